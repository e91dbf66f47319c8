// The pairs of the platform's management API. `platform` is {base_url}, that of the page's own back end, which adds the credential. A response goes as
// `response`: {status, headers?: [[name, value], ...]}, with its body as the bytes beside the arguments; a request comes as {id, method, url, headers,
// body, timeout, max_response_body}. Not for a page: the headless API, webhooks and provisioning in bulk, which belong to a back end.

#include "calls.hpp"
#include "platform_values.hpp"
#include "values.hpp"
#include <calimatic/platform/password.hpp>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>

namespace bridge {
namespace {

reply write(cal::result<cal::http_request> const& request) {
    return reply_of(request, [](cal::http_request const& made) { return to_json(made); });
}

template <class T>
reply write(cal::result<T> const& read) {
    return reply_of(read, [](T const& value) { return to_json(value); });
}

/// What may not be there is null then.
template <class T>
reply write(cal::result<std::optional<T>> const& read) {
    return reply_of(read, [](std::optional<T> const& value) { return value ? to_json(*value) : json_text("null"); });
}

reply build_platform_request(arguments& given, call const&) {
    auto const platform = read_platform(given);
    if (!given.has("method")) given.wrong("method");
    auto const method = given.choice("method", {"GET", "POST", "PUT", "PATCH", "DELETE"});
    auto const path = given.text("path");
    return write(cal::build_platform_request(platform, cal::http_method(method), path, read_json(given, "body")));
}

reply build_provision_batch_request(arguments& given, call const&) {
    auto const platform = read_platform(given);
    cal::user_batch batch;
    given.required_object("batch", [&](arguments& members) {
        batch.users = read_batch_users(members);
        batch.default_organization_id = members.text("defaultOrganizationId");
        batch.send_invite_emails = members.optional_flag("sendInviteEmails");
    });
    return write(cal::build_provision_batch_request(platform, batch));
}

reply build_set_password_request(arguments& given, call const&) {
    auto const platform = read_platform(given);
    auto const id = given.text("id");
    cal::secret_string const password(given.text("temporary_password"));
    auto const profile = read_management_profile(given);
    return write(cal::build_set_password_request(platform, id, password, profile, read_json(given, "extra_members")));
}

// clang-format off
constexpr function table[]{
    // {platform, method, path, body?: any JSON} -> request
    {"build_platform_request", build_platform_request},
    // {response, platform} -> {status, document}
    {"parse_platform_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        return write(cal::parse_platform_response(response, read_platform(given)));
    }},
    // {platform, organization: {name, slug, type?, domain?, plan?, extra_members?: {...}}} -> request
    {"build_create_organization_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        return write(cal::build_create_organization_request(platform, read_new_organization(given)));
    }},
    // {response, platform, slug} -> {id, name, slug, type, domain, plan, created, document}
    {"parse_create_organization_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        auto const platform = read_platform(given);
        return write(cal::parse_create_organization_response(response, platform, given.text("slug")));
    }},
    // {platform, slug} -> request
    {"build_find_organization_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        return write(cal::build_find_organization_request(platform, given.text("slug")));
    }},
    // {response, platform, slug} -> as to create one, or null
    {"parse_find_organization_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        auto const platform = read_platform(given);
        return write(cal::parse_find_organization_response(response, platform, given.text("slug")));
    }},
    // {platform, email} -> request
    {"build_resolve_user_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        return write(cal::build_resolve_user_request(platform, given.text("email")));
    }},
    // {platform, keycloakUserId, profile} -> request
    {"build_resolve_keycloak_user_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        auto const id = given.text("keycloakUserId");
        return write(cal::build_resolve_keycloak_user_request(platform, id, read_management_profile(given)));
    }},
    // {response, platform, email?} -> {userId, keycloakUserId, email, hasLicense, licenses, document}, or null
    {"parse_resolve_user_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        auto const platform = read_platform(given);
        return write(cal::parse_resolve_user_response(response, platform, given.text("email")));
    }},
    // {user: {hasLicense?: boolean}, or null} -> null
    {"require_license", [](arguments& given, call const&) {
        std::optional<cal::resolved_user> user;
        given.object("user", [&](arguments& members) { user.emplace().has_license = members.optional_flag("hasLicense"); });
        return reply_of(cal::require_license(user));
    }},
    // {platform, user: {email, firstName?, lastName?, organizationId?, role?, applications?, sendInviteEmail?, extra_members?: {...}}} -> request
    {"build_provision_user_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        return write(cal::build_provision_user_request(platform, read_new_user(given)));
    }},
    // {response, platform} -> {userId, keycloakUserId, email, isNewUser, document}
    {"parse_provision_user_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        return write(cal::parse_provision_user_response(response, read_platform(given)));
    }},
    // {user: {email, firstName?, lastName?, organizationId?, role?, applications?}} -> null
    {"validate_batch_user", [](arguments& given, call const&) {
        cal::batch_user user;
        given.required_object("user", [&](arguments& members) { user = read_batch_user(members); });
        return reply_of(cal::validate_batch_user(user));
    }},
    // {platform, batch: {users: [such users, ...], defaultOrganizationId?, sendInviteEmails?}} -> request
    {"build_provision_batch_request", build_provision_batch_request},
    // {response, platform, users: those that were sent} -> {status, rows: [{outcome, was_reported, userId, keycloakUserId, error}], refusal, document}
    {"parse_provision_batch_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        auto const platform = read_platform(given);
        return write(cal::parse_provision_batch_response(response, platform, read_batch_users(given)));
    }},
    // {platform, users: [such users that also have {temporaryPassword?, passwordHash?, externalId?, metadata?: {...}}], extra_members?: {...}} -> request
    {"build_import_users_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        auto const users = read_imported_users(given);
        return write(cal::build_import_users_request(platform, users, read_json(given, "extra_members")));
    }},
    // {response, platform, users: those that were sent} -> {status, document}
    {"parse_import_users_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        auto const platform = read_platform(given);
        return write(cal::parse_import_users_response(response, platform, read_imported_users(given)));
    }},
    // {platform, id, profile} -> request
    {"build_reset_password_request", [](arguments& given, call const&) {
        auto const platform = read_platform(given);
        auto const id = given.text("id");
        return write(cal::build_reset_password_request(platform, id, read_management_profile(given)));
    }},
    // {response, platform} -> {status, document}
    {"parse_reset_password_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        return write(cal::parse_reset_password_response(response, read_platform(given)));
    }},
    // {platform, id, temporary_password, profile, extra_members?: {...}} -> request
    {"build_set_password_request", build_set_password_request},
    // {response, platform, temporary_password} -> {status, document}
    {"parse_set_password_response", [](arguments& given, call const& call) {
        auto const response = read_response_of(given, call.bytes);
        auto const platform = read_platform(given);
        return write(cal::parse_set_password_response(response, platform, cal::secret_string(given.text("temporary_password"))));
    }},
};
// clang-format on

} // namespace

functions platform_functions() { return table; }

} // namespace bridge
