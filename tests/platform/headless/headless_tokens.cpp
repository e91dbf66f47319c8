#include <calimatic/platform/headless/headless_tokens.hpp>

#include <catch2/catch_test_macros.hpp>
#include <type_traits>
#include <utility>

using calimatic::headless_tokens;
using calimatic::headless_user;

TEST_CASE("tokens are moved, never copied; who signed in may be copied") {
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<headless_tokens>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<headless_tokens>);
    STATIC_REQUIRE(std::is_copy_constructible_v<headless_user>);

    headless_tokens tokens;
    tokens.access_token = "an-access-token";
    tokens.user = {.user_id = "u-1", .email = "alice@example.com"};
    auto const moved = std::move(tokens);
    CHECK(moved.access_token.expose() == "an-access-token");
    CHECK(moved.user.user_id == "u-1");
}

TEST_CASE("what was not said is told from what is nothing") {
    headless_user user;
    CHECK_FALSE(user.licenses);
    user.licenses.emplace();
    CHECK(user.licenses->empty());
}
