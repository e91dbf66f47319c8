#include <calimatic/drive/os_random.hpp>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace cal = calimatic;

TEST_CASE("the system's random source fills any length, all of it") {
    cal::os_random random;
    CHECK(random.fill({}));
    for (std::size_t size : {1u, 16u, 255u, 256u, 257u, 5000u}) {
        // A byte that is never written stays zero in all of 40 fillings: by chance that happens once in 256^40.
        std::vector<bool> touched(size);
        for (int i = 0; i < 40; ++i) {
            std::vector<std::byte> bytes(size);
            REQUIRE(random.fill(bytes));
            for (std::size_t at = 0; at < size; ++at)
                if (bytes[at] != std::byte{}) touched[at] = true;
        }
        for (std::size_t at = 0; at < size; ++at) REQUIRE(touched[at]);
    }
}

TEST_CASE("the system's random source does not repeat itself") {
    cal::os_random random;
    std::set<std::array<std::byte, 16>> seen;
    for (int i = 0; i < 10'000; ++i) {
        std::array<std::byte, 16> bytes{};
        REQUIRE(random.fill(bytes));
        REQUIRE(seen.insert(bytes).second);
    }
}
