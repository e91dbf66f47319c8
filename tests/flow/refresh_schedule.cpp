#include <calimatic/flow/refresh_schedule.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <set>
#include <string_view>

using namespace calimatic;
using namespace std::chrono_literals;

namespace {

constexpr time_point noon{milliseconds{1'800'000'000'000}};
constexpr std::uint64_t least = 0, most = ~std::uint64_t{0};

} // namespace

TEST_CASE("a refresh is due early, but not before half of the lifetime") {
    struct row {
        std::string_view what;
        milliseconds lifetime;
        refresh_timing timing;
        milliseconds after; // due so long after the tokens came, without jitter
    };
    for (auto const& [what, lifetime, timing, after] : {
             row{"an hour", 1h, {}, 59min},
             row{"a quarter of an hour", 15min, {}, 14min},
             row{"two minutes", 2min, {}, 1min},
             row{"a minute", 1min, {}, 30s},
             row{"a second", 1s, {}, 500ms},
             row{"nothing", 0s, {}, 0s},
             row{"less than nothing", -5s, {}, 0s},
             row{"ten years", 3650 * 24h, {}, 3650 * 24h - 1min},
             row{"earlier still", 1h, {.early = 10min}, 50min},
             row{"as early as can be", 1h, {.early = (milliseconds::max)()}, 30min},
             row{"not early", 1h, {.early = 0s}, 1h},
             row{"late is not early", 1h, {.early = -1h}, 1h},
         }) {
        INFO(what);
        CHECK(refresh_schedule(noon, noon + lifetime, least, timing) == noon + after);
    }
}

TEST_CASE("jitter makes it earlier, by at most what is allowed") {
    std::set<time_point> seen;
    for (std::uint64_t seed = least; seed < most / 16 * 15; seed += most / 16) {
        auto const due = refresh_schedule(noon, noon + 1h, seed);
        REQUIRE(due);
        CHECK(*due <= noon + 59min);
        CHECK(*due > noon + 58min + 30s);
        seen.insert(*due);
        CHECK(refresh_schedule(noon, noon + 1h, seed) == due);
    }
    CHECK(seen.size() == 15);
    CHECK(refresh_schedule(noon, noon + 1min, most) == noon + 30s); // half of the lifetime is the limit here, too
    CHECK(refresh_schedule(noon, noon + 1h, most, {.jitter = 0s}) == noon + 59min);
}

TEST_CASE("without an end there is no schedule, and the ends of time are no trouble") {
    CHECK_FALSE(refresh_schedule(noon, std::nullopt, most));
    constexpr auto first = (time_point::min)(), last = (time_point::max)();
    CHECK(refresh_schedule(first, last, most, {(milliseconds::max)(), (milliseconds::max)()}));
    CHECK(refresh_schedule(last, first, most, {(milliseconds::min)(), (milliseconds::min)()}));
}
