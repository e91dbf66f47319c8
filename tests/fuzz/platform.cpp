#include <calimatic/platform/claims.hpp>
#include <calimatic/platform/organization.hpp>
#include <calimatic/platform/password.hpp>
#include <calimatic/platform/platform_request.hpp>
#include <calimatic/platform/provision.hpp>
#include <calimatic/platform/user.hpp>
#include <calimatic/platform/user_import.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"

/// \file
/// The replies of the platform's management API, and its claims.

namespace fuzz {

namespace {

constexpr std::string_view secret = "ccas_a-secret-that-no-reply-may-tell";

cal::platform_client const& platform() {
    static cal::platform_client const one{"https://auth.example", cal::app_client{"cca_1", secret}};
    return one;
}

void require_kept(cal::error const& e) {
    require_fit(e);
    require(!tells(e, secret), "no error tells the credential");
}

void platform_response(std::string_view input) {
    auto const answer = response_of(input);
    auto const reply = cal::parse_platform_response(answer, platform());
    auto const reset = cal::parse_reset_password_response(answer, platform());
    require(reply.has_value() == reset.has_value(), "a reset is answered as everything is");
    if (!reply) return require_kept(reply.error());
    require(reply->status >= 200 && reply->status <= 299, "success is 2xx");
    auto const success = reply->document.root()["success"];
    require(success.as_bool() == true || reply->document.root().kind() == cal::json_kind::absent, "success is said");
}

/// A reply to something secret: no error repeats it.
void secret_response(std::string_view input) {
    auto const answer = response_of(input);
    cal::secret_string const password("a-password-that-no-error-may-tell");
    std::vector<cal::imported_user> users;
    users.push_back({.email = "a@x.example", .temporary_password = password.clone()});
    auto const set = cal::parse_set_password_response(answer, platform(), password);
    auto const imported = cal::parse_import_users_response(answer, platform(), users);
    require(set.has_value() == imported.has_value(), "both are envelopes");
    if (set) return;
    for (auto const* e : {&set.error(), &imported.error()}) {
        require_kept(*e);
        require(!tells(*e, password.expose()), "no error tells the password");
    }
}

void user_response(std::string_view input) {
    auto const answer = response_of(input);
    auto const user = cal::parse_resolve_user_response(answer, platform(), "");
    if (!user) require_kept(user.error());
    if (user && *user) {
        require(!(*user)->user_id.empty() || !(*user)->keycloak_user_id.empty() || !(*user)->email.empty(), "a user can be told from others");
        auto const beside = (*user)->document.root()["data"]["hasLicense"];
        bool const said = (*user)->data()["hasLicense"].as_bool() == true || beside.as_bool() == true;
        require(cal::require_license(*user).has_value() == said, "a licence is said, never guessed");
    }
    auto const provisioned = cal::parse_provision_user_response(answer, platform());
    if (!provisioned) return require_kept(provisioned.error());
    require(!provisioned->user_id.empty(), "who was provisioned has an id");
    if (user && *user) require((*user)->user_id == provisioned->user_id, "a user is read in one way");
}

void organization_response(std::string_view input) {
    auto const answer = response_of(input);
    auto const created = cal::parse_create_organization_response(answer, platform(), "acme");
    if (created) {
        require(!created->id.empty(), "an organization has an id");
        require(created->created == (answer.status != 409), "409 means that it was there");
    } else {
        require_kept(created.error());
    }
    auto const found = cal::parse_find_organization_response(answer, platform(), "acme");
    if (!found) return require_kept(found.error());
    if (*found) require(!(*found)->id.empty() && ((*found)->slug.empty() || (*found)->slug == "acme"), "what is found is what was looked for");
}

void platform_claims(std::string_view input) {
    auto const document = cal::parse_json(input, input.size());
    if (!document) return;
    cal::platform_claims const claims(document->root());
    cal::claims_profile const profile{.permissions = "permissions", .roles = "roles", .organization_id = "id"};
    auto const names = [&](cal::json value, std::string_view text) {
        return value.to_string().find(text) != std::string::npos || input.find('\\') != std::string_view::npos;
    };
    require(!claims.member_of("", profile), "nobody belongs to no organization");
    if (claims.member_of("o-1", profile))
        require(names(claims["organization_id"], "o-1") || names(claims.organization_memberships(), "o-1"), "a member is said to be one");
    if (claims.has_permission("users:read", profile).value()) require(names(claims["permissions"], "users:read"), "a permission is said");
    require(!claims.has_permission("users:read", {}), "no name is guessed");
    (void)claims.roles(profile);
    (void)claims.user_type();
    (void)claims.licenses().size();
    auto const organization = cal::require_organization(claims, "openid organization");
    if (!organization) return require_fit(organization.error());
    require(!organization->empty() && claims.member_of(*organization), "the organization is the user's");
}

} // namespace

std::span<target const> platform_targets() {
    static constexpr target all[] = {
        {"platform_response", platform_response},
        {"secret_response", secret_response},
        {"user_response", user_response},
        {"organization_response", organization_response},
        {"platform_claims", platform_claims},
    };
    return all;
}

} // namespace fuzz
