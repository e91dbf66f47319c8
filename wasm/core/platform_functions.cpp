// The pairs of the platform's management API, and its claims. What needs a secret, or a place that the page's user cannot read, is not here: the headless
// API, webhooks, provisioning in bulk.

#include "calls.hpp"
#include "platform_values.hpp"
#include "values.hpp"
#include <calimatic/platform/password.hpp>
#include <algorithm>
#include <iterator>

namespace bridge {
namespace {

template <class T>
reply json_reply(cal::result<T> const& result) {
    return reply_of(result, [](T const& made) { return to_json(made); });
}

template <class T>
reply json_reply(cal::result<std::optional<T>> const& result) {
    return reply_of(result, [](std::optional<T> const& made) { return made ? to_json(*made) : std::string("null"); });
}

/// A view of JSON, or null.
reply view_reply(cal::result<cal::json> const& result) {
    return reply_of(result, [](cal::json found) { return found.has_value() ? found.to_string() : std::string("null"); });
}

cal::http_response response_of(arguments& given, call const& c) {
    auto response = given.object("response");
    if (response) return read_response(std::move(*response), c.bytes);
    given.wrong("response");
    return {};
}

/// A member that has to be an object.
arguments object_of(arguments& given, std::string_view name) {
    auto members = given.object(name);
    if (!members) given.wrong(name);
    return members ? std::move(*members) : arguments(given);
}

reply build_platform(arguments& given, call const&) {
    using enum cal::http_method;
    constexpr cal::http_method methods[]{get, post, put, patch, delete_};
    auto const method = std::find_if(std::begin(methods), std::end(methods), [name = given.text("method")](auto m) { return to_string(m) == name; });
    if (method == std::end(methods)) return given.wrong("method"), reply();
    return json_reply(cal::build_platform_request(read_platform(given), *method, given.text("path"), read_json(given, "body")));
}
reply parse_platform(arguments& given, call const& c) {
    return json_reply(cal::parse_platform_response(response_of(given, c), read_platform(given)));
}

reply build_create_organization(arguments& given, call const&) {
    auto const platform = read_platform(given);
    return json_reply(cal::build_create_organization_request(platform, read_new_organization(object_of(given, "organization"))));
}
reply parse_create_organization(arguments& given, call const& c) {
    return json_reply(cal::parse_create_organization_response(response_of(given, c), read_platform(given), given.text("slug")));
}
reply build_find_organization(arguments& given, call const&) {
    return json_reply(cal::build_find_organization_request(read_platform(given), given.text("slug")));
}
reply parse_find_organization(arguments& given, call const& c) {
    return json_reply(cal::parse_find_organization_response(response_of(given, c), read_platform(given), given.text("slug")));
}

reply build_resolve_user(arguments& given, call const&) {
    return json_reply(cal::build_resolve_user_request(read_platform(given), given.text("email")));
}
reply build_resolve_keycloak_user(arguments& given, call const&) {
    auto const platform = read_platform(given);
    return json_reply(cal::build_resolve_keycloak_user_request(platform, given.text("keycloakUserId"), read_management_profile(given)));
}
reply parse_resolve_user(arguments& given, call const& c) {
    return json_reply(cal::parse_resolve_user_response(response_of(given, c), read_platform(given), given.text("email")));
}
reply require_license(arguments& given, call const&) {
    std::optional<cal::resolved_user> user;
    if (auto members = given.object("user")) {
        user.emplace().has_license = members->flag("hasLicense");
        members->finish();
    }
    return reply_of(cal::require_license(user));
}

reply build_provision_user(arguments& given, call const&) {
    auto const platform = read_platform(given);
    return json_reply(cal::build_provision_user_request(platform, read_new_user(object_of(given, "user"))));
}
reply parse_provision_user(arguments& given, call const& c) {
    return json_reply(cal::parse_provision_user_response(response_of(given, c), read_platform(given)));
}

reply validate_batch_user(arguments& given, call const&) { return reply_of(cal::validate_batch_user(read_batch_user(object_of(given, "user")))); }
reply build_provision_batch(arguments& given, call const&) {
    cal::user_batch batch;
    auto members = object_of(given, "batch");
    batch.users = read_batch_users(members);
    batch.default_organization_id = members.text("defaultOrganizationId");
    batch.send_invite_emails = members.flag("sendInviteEmails");
    members.finish();
    return json_reply(cal::build_provision_batch_request(read_platform(given), batch));
}
reply parse_provision_batch(arguments& given, call const& c) {
    auto const platform = read_platform(given);
    return json_reply(cal::parse_provision_batch_response(response_of(given, c), platform, read_batch_users(given)));
}

reply build_import_users(arguments& given, call const&) {
    auto const platform = read_platform(given);
    auto const users = read_imported_users(given);
    return json_reply(cal::build_import_users_request(platform, users, read_json(given, "extra_members")));
}
reply parse_import_users(arguments& given, call const& c) {
    auto const platform = read_platform(given);
    return json_reply(cal::parse_import_users_response(response_of(given, c), platform, read_imported_users(given)));
}

reply build_reset_password(arguments& given, call const&) {
    auto const platform = read_platform(given);
    return json_reply(cal::build_reset_password_request(platform, given.text("id"), read_management_profile(given)));
}
reply parse_reset_password(arguments& given, call const& c) {
    return json_reply(cal::parse_reset_password_response(response_of(given, c), read_platform(given)));
}
reply build_set_password(arguments& given, call const&) {
    auto const platform = read_platform(given);
    cal::secret_string const password(given.text("temporary_password"));
    return json_reply(
        cal::build_set_password_request(platform, given.text("id"), password, read_management_profile(given), read_json(given, "extra_members")));
}
reply parse_set_password(arguments& given, call const& c) {
    cal::secret_string const password(given.text("temporary_password"));
    return json_reply(cal::parse_set_password_response(response_of(given, c), read_platform(given), password));
}

/// The claims are the bytes of the call, for they are not the caller's: no name in them is a mistake.
template <class F>
reply with_claims(call const& c, F&& run) {
    auto const document = cal::parse_json(c.bytes, cal::limits().userinfo_body);
    if (!document) return failure(document.error());
    return run(cal::platform_claims(document->root()));
}

reply read_claims(arguments&, call const& c) {
    return with_claims(c, [](cal::platform_claims const& claims) { return value(to_json(claims)); });
}
reply permissions(arguments& given, call const& c) {
    auto const profile = read_claims_profile(given);
    return with_claims(c, [&](cal::platform_claims const& claims) { return view_reply(claims.permissions(profile)); });
}
reply roles(arguments& given, call const& c) {
    auto const profile = read_claims_profile(given);
    return with_claims(c, [&](cal::platform_claims const& claims) { return view_reply(claims.roles(profile)); });
}
reply has_permission(arguments& given, call const& c) {
    auto const profile = read_claims_profile(given);
    auto const permission = given.text("permission");
    return with_claims(c, [&](cal::platform_claims const& claims) {
        auto const has = claims.has_permission(permission, profile);
        return has ? flag_value(*has) : failure(has.error());
    });
}
reply member_of(arguments& given, call const& c) {
    auto const profile = read_claims_profile(given);
    auto const id = given.text("organization_id");
    return with_claims(c, [&](cal::platform_claims const& claims) { return flag_value(claims.member_of(id, profile)); });
}
reply require_organization(arguments& given, call const& c) {
    auto const scope = given.text("granted_scope");
    return with_claims(c, [&](cal::platform_claims const& claims) {
        auto const id = cal::require_organization(claims, scope);
        return id ? text_value(*id) : failure(id.error());
    });
}

// clang-format off
constexpr function table[]{
    {"build_platform_request", build_platform},
    {"parse_platform_response", parse_platform},
    {"build_create_organization_request", build_create_organization},
    {"parse_create_organization_response", parse_create_organization},
    {"build_find_organization_request", build_find_organization},
    {"parse_find_organization_response", parse_find_organization},
    {"build_resolve_user_request", build_resolve_user},
    {"build_resolve_keycloak_user_request", build_resolve_keycloak_user},
    {"parse_resolve_user_response", parse_resolve_user},
    {"require_license", require_license},
    {"build_provision_user_request", build_provision_user},
    {"parse_provision_user_response", parse_provision_user},
    {"validate_batch_user", validate_batch_user},
    {"build_provision_batch_request", build_provision_batch},
    {"parse_provision_batch_response", parse_provision_batch},
    {"build_import_users_request", build_import_users},
    {"parse_import_users_response", parse_import_users},
    {"build_reset_password_request", build_reset_password},
    {"parse_reset_password_response", parse_reset_password},
    {"build_set_password_request", build_set_password},
    {"parse_set_password_response", parse_set_password},
    {"platform_claims", read_claims},
    {"platform_claims.permissions", permissions},
    {"platform_claims.roles", roles},
    {"platform_claims.has_permission", has_permission},
    {"platform_claims.member_of", member_of},
    {"require_organization", require_organization},
};
// clang-format on

} // namespace

std::span<function const> platform_functions() { return table; }

} // namespace bridge
