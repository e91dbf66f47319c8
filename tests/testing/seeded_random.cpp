#include <calimatic/testing/seeded_random.hpp>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>

namespace sim = calimatic::testing;

TEST_CASE("a seed always gives the same bytes, and another seed others") {
    auto const bytes = [](std::uint64_t seed) {
        std::array<std::byte, 32> out{};
        sim::seeded_random source(seed);
        CHECK(source.fill(out));
        return out;
    };
    CHECK(bytes(1) == bytes(1));
    CHECK(bytes(1) != bytes(2));
    CHECK(bytes(0) != std::array<std::byte, 32>{});
}

TEST_CASE("the numbers are those of splitmix64") {
    sim::seeded_random source(1234567);
    CHECK(source.next() == 6457827717110365317u);
    CHECK(source.next() == 3203168211198807973u);
}
