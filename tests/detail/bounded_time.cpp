#include <calimatic/detail/bounded_time.hpp>

#include <catch2/catch_test_macros.hpp>

using calimatic::milliseconds;
using calimatic::time_point;
using calimatic::detail::bounded_time;
using calimatic::detail::bounded_wait;

TEST_CASE("times and waits that can be meant are left alone") {
    for (auto const ms : {-62'135'596'800'000LL, -1LL, 0LL, 1'800'000'000'000LL, 253'402'300'799'999LL})
        CHECK(bounded_time(time_point{milliseconds{ms}}) == time_point{milliseconds{ms}});
    for (auto const ms : {0LL, 1LL, 86'400'000LL, 3'000'000'000'000LL}) CHECK(bounded_wait(milliseconds{ms}) == milliseconds{ms});
}

TEST_CASE("any two of the others can be added without overflow") {
    for (auto const time : {(time_point::min)(), (time_point::max)()})
        for (auto const wait : {(milliseconds::min)(), milliseconds{-1}, (milliseconds::max)()}) {
            CHECK(bounded_wait(wait) >= milliseconds{0});
            auto const sum = bounded_time(time) + bounded_wait(wait) + bounded_wait(wait);
            CHECK(sum >= bounded_time(time));
            CHECK(sum - bounded_time(time) == 2 * bounded_wait(wait));
        }
}
