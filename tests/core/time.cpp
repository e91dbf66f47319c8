#include <calimatic/core/time.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <type_traits>

using namespace calimatic;
using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST_CASE("time is UNIX time in milliseconds") {
    STATIC_CHECK(time_point{}.time_since_epoch().count() == 0);
    STATIC_CHECK(time_point(seconds{1}).time_since_epoch().count() == 1000);
    STATIC_CHECK(std::is_same_v<time_point::clock, std::chrono::system_clock>);
    STATIC_CHECK(time_point(sys_days(2001y / 9 / 9) + 1h + 46min + 40s).time_since_epoch() == milliseconds{1'000'000'000'000});
    STATIC_CHECK(sizeof(time_point) == 8);
}

TEST_CASE("the years 0 to 9999 are within reach, so that a NumericDate cannot overflow") {
    STATIC_CHECK((time_point::max)() > time_point(sys_days(9999y / 12 / 31)));
    STATIC_CHECK((time_point::min)() < time_point(sys_days(0y / 1 / 1)));
}
