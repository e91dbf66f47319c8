#include <calimatic/detail/derived_random.hpp>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <initializer_list>
#include <set>
#include <span>
#include <string>

#include "support/outcome.hpp"

namespace {

struct counting_random final : calimatic::random_source {
    std::size_t drawn = 0;
    bool works = true;
    bool fill(std::span<std::byte> out) noexcept override {
        for (auto& octet : out) octet = static_cast<std::byte>(++drawn & 0xff);
        return works;
    }
};

std::string draw(calimatic::detail::derived_random& random, std::size_t size) {
    std::string bytes(size, '\0');
    REQUIRE(random.fill(std::as_writable_bytes(std::span(bytes))));
    return bytes;
}

} // namespace

TEST_CASE("what is drawn after a seed follows from it, never repeats, and asks the host for nothing more") {
    counting_random host;
    calimatic::detail::derived_random one;
    REQUIRE(one.seed(host));
    CHECK(host.drawn == 32);
    std::set<std::string> drawn;
    for (std::size_t const size : std::initializer_list<std::size_t>{32, 16, 32, 33, 100, 32, 1024}) drawn.insert(draw(one, size).substr(0, 16));
    CHECK(drawn.size() == 7);
    CHECK(host.drawn == 32);

    counting_random again;
    calimatic::detail::derived_random same, other;
    REQUIRE(same.seed(again));
    REQUIRE(other.seed(again)); // another seed
    auto const first = draw(same, 100);
    CHECK(drawn.contains(first.substr(0, 16)));
    CHECK(first != draw(other, 100));
}

TEST_CASE("without a seed nothing is drawn") {
    calimatic::detail::derived_random random;
    std::array<std::byte, 4> bytes{};
    CHECK_FALSE(random.fill(bytes));
    counting_random broken;
    broken.works = false;
    CHECK(support::rule_name(random.seed(broken)) == "random_source_failed");
    CHECK_FALSE(random.fill(bytes));
}
