#include <calimatic/detail/jitter.hpp>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <set>

namespace cal = calimatic;

TEST_CASE("a jittered wait is the wait and at most a quarter more, and differs") {
    std::uint64_t seed = 42;
    std::set<cal::milliseconds> seen;
    for (int i = 0; i < 1000; ++i) {
        auto const wait = cal::detail::jittered(cal::milliseconds{8000}, seed);
        CHECK(wait >= cal::milliseconds{8000});
        CHECK(wait <= cal::milliseconds{10'000});
        seen.insert(wait);
    }
    CHECK(seen.size() > 100);
    CHECK(*seen.begin() < cal::milliseconds{8100});
    CHECK(*seen.rbegin() > cal::milliseconds{9900});
    CHECK(cal::detail::jittered(cal::milliseconds{0}, seed) == cal::milliseconds{0});
}
