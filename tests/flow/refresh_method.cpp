#include <calimatic/flow/refresh_method.hpp>

#include <catch2/catch_test_macros.hpp>
#include <utility>

TEST_CASE("a method is one of the three, and is moved with its secret") {
    calimatic::refresh_method how = calimatic::client_credentials{.client = {.client_id = "app", .client_secret = "the-secret-of-the-app"}};
    auto const moved = std::move(how);
    auto const* alone = std::get_if<calimatic::client_credentials>(&moved);
    REQUIRE(alone);
    CHECK(alone->client.client_secret.expose() == "the-secret-of-the-app");
    CHECK_FALSE(std::get_if<calimatic::oauth_refresh>(&moved));
    CHECK_FALSE(std::get_if<calimatic::headless_refresh>(&moved));
}
