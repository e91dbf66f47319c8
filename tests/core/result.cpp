#include <calimatic/core/result.hpp>
#include <calimatic/core/error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <utility>

using namespace calimatic;

namespace {

result<int> half(int value) {
    if (value % 2 != 0) return error_code::url_malformed;
    return value / 2;
}

} // namespace

TEST_CASE("a result holds a value or an error") {
    auto const good = half(4);
    REQUIRE(good);
    CHECK(*good == 2);
    CHECK(good.value() == 2);
    auto const bad = half(3);
    REQUIRE_FALSE(bad.has_value());
    CHECK(bad.error() == error_code::url_malformed);
    CHECK(bad.value_or(7) == 7);
    CHECK(good.value_or(7) == 2);
}

TEST_CASE("a result of a move-only value hands it out") {
    result<std::unique_ptr<int>> r = std::make_unique<int>(5);
    REQUIRE(r);
    CHECK(**r == 5);
    auto const taken = *std::move(r);
    CHECK(*taken == 5);
    result<std::unique_ptr<int>> failed = error_code::aborted;
    CHECK(std::move(failed).value_or(nullptr) == nullptr);
}

TEST_CASE("where value and error are of one type, unexpected tells which is meant") {
    result<int, int> const good = 1;
    result<int, int> const bad = unexpected{2};
    REQUIRE(good);
    CHECK(*good == 1);
    REQUIRE_FALSE(bad.has_value());
    CHECK(bad.error() == 2);
}

TEST_CASE("a chain goes on with the value and stops at the error") {
    CHECK(*half(8).and_then(half).and_then(half) == 1);
    CHECK(half(6).and_then(half).error() == error_code::url_malformed);
    CHECK(*half(8).transform([](int v) { return std::to_string(v); }) == "4");
    CHECK(half(7).transform([](int v) { return std::to_string(v); }).error() == error_code::url_malformed);
    auto const renamed = half(7).transform_error([](error const& e) { return std::string(e.name()); });
    REQUIRE_FALSE(renamed.has_value());
    CHECK(renamed.error() == "url_malformed");
    CHECK(*half(8).transform_error([](error const& e) { return std::string(e.name()); }) == 4);
    CHECK(*half(7).or_else([](error const&) { return half(2); }) == 1);
    CHECK(*half(8).or_else([](error const&) { return half(2); }) == 4);
}

TEST_CASE("a result without a value is success or an error") {
    result<void> const good;
    CHECK(good);
    result<void> bad = error(error_code::state_missing).with_got("x");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().got() == "x");
    result<void, int> const number = unexpected{3};
    REQUIRE_FALSE(number);
    CHECK(number.error() == 3);
}
