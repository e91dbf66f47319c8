#include <calimatic/platform/headless/headless_profile.hpp>

#include <catch2/catch_test_macros.hpp>

#include "support/headless.hpp"

using calimatic::headless_profile;
using calimatic::headless_token_names;

TEST_CASE("a profile knows nothing that it was not told") {
    headless_profile const profile;
    CHECK(profile.refresh_refresh_token.empty());
    CHECK(profile.refresh_reply.access_token.empty());
    CHECK(profile.refresh_reply.refresh_token.empty());
    CHECK(profile.refresh_reply.id_token.empty());
    CHECK(profile.refresh_reply.expires_at.empty());
    CHECK(profile.delete_sessions_place == calimatic::parameter_place::unknown);
}

TEST_CASE("the documented names are there to be said") {
    auto const names = headless_token_names::of_login();
    CHECK(names.access_token == "accessToken");
    CHECK(names.refresh_token == "refreshToken");
    CHECK(names.id_token == "idToken");
    CHECK(names.expires_at == "expiresAt");
}
