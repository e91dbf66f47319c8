#include <calimatic/core/random.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <array>

using namespace calimatic;

namespace {

struct constant_source final : random_source {
    bool works = true;
    bool fill(std::span<std::byte> out) noexcept override {
        if (!works) return false;
        std::fill(out.begin(), out.end(), std::byte{7});
        return true;
    }
};

} // namespace

TEST_CASE("a random source fills what it is given or says that it cannot") {
    constant_source source;
    random_source& any = source;
    std::array<std::byte, 5> bytes{};
    CHECK(any.fill(bytes));
    CHECK(std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{7}; }));
    CHECK(any.fill({}));
    source.works = false;
    CHECK_FALSE(any.fill(bytes));
    STATIC_CHECK(noexcept(any.fill(bytes)));
}
