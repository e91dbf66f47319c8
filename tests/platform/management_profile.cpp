#include <calimatic/platform/management_profile.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("no name of a profile has a default") {
    calimatic::management_profile const profile;
    CHECK(profile.resolve_keycloak_parameter.empty());
    CHECK_FALSE(profile.reset_password_body);
    CHECK(profile.set_password_member.empty());
}
