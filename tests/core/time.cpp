#include <calimatic/core/time.hpp>
#include <catch2/catch_test_macros.hpp>
#include <type_traits>

using namespace calimatic;

TEST_CASE("time is UNIX time in milliseconds") {
    STATIC_CHECK(time_point{}.time_since_epoch().count() == 0);
    STATIC_CHECK(time_point(seconds{1}).time_since_epoch().count() == 1000);
    STATIC_CHECK(std::is_same_v<time_point::clock, std::chrono::system_clock>);
    using namespace std::chrono;
    STATIC_CHECK(time_point(sys_days(2001y / September / 9) + 1h + 46min + 40s).time_since_epoch() == milliseconds{1'000'000'000'000});
    STATIC_CHECK(sizeof(time_point) == 8);
}

TEST_CASE("the year 9999 is within reach, so that a NumericDate cannot overflow") {
    using namespace std::chrono;
    STATIC_CHECK(time_point::max() > time_point(sys_days(9999y / December / 31)));
    STATIC_CHECK(time_point::min() < time_point(sys_days(0y / January / 1)));
}
