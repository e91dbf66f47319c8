#pragma once
#include <calimatic/platform/user_import.hpp>

#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <cstddef>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The documented limits. The error names the member.
inline std::optional<error> check_imported_user(imported_user const& user, check_options const& options) {
    rule_check const rule{options};
    if (auto e = check_member(rule, "email", user.email, {1, 255})) return e;
    if (auto e = check_member(rule, "firstName", user.first_name, {1, 100})) return e;
    if (auto e = check_member(rule, "lastName", user.last_name, {1, 100})) return e;
    if (auto e = check_text(rule, "organizationId", user.organization_id)) return e;
    if (auto e = check_member(rule, "role", user.role, {0, 50})) return e;
    if (!user.temporary_password.empty())
        if (auto e = check_member(rule, "temporaryPassword", user.temporary_password.expose(), {8, 128})) return e;
    if (auto e = check_member(rule, "passwordHash", user.password_hash.expose(), {0, 1024})) return e;
    if (auto e = check_applications(rule, user.applications)) return e;
    return check_member(rule, "externalId", user.external_id, {0, 255});
}

/// Appends a user whose members are within their limits.
inline std::optional<error> append_imported_user(std::string& array, imported_user const& user, check_options const& options) {
    json_writer writer;
    writer.string("email", user.email).string("firstName", user.first_name).string("lastName", user.last_name);
    writer.optional_string("organizationId", user.organization_id).optional_string("role", user.role);
    writer.optional_string("temporaryPassword", user.temporary_password.expose()).optional_string("passwordHash", user.password_hash.expose());
    if (user.applications) writer.strings("applications", *user.applications);
    writer.optional_string("externalId", user.external_id);
    if (!user.metadata.empty()) {
        auto const metadata = parse_json_object(user.metadata, options);
        if (!metadata) return metadata.error();
        writer.raw("metadata", metadata->root().to_string());
    }
    auto record = writer.finish();
    if (array.size() > 1) append_secret(array, ",");
    append_secret(array, record);
    wipe(record);
    return std::nullopt;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_import_users_request(
    platform_client const& platform, std::span<imported_user const> users, std::string_view extra_members, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = rule(!users.empty(), error_code::platform_member_invalid, "users", "at least one")) return *std::move(e);
    std::string array = "[";
    for (std::size_t i = 0; i < users.size(); ++i) {
        auto e = detail::check_imported_user(users[i], options);
        if (!e) e = detail::append_imported_user(array, users[i], options);
        if (!e) continue;
        wipe(array);
        return std::move(*e).with_got("users[" + std::to_string(i) + "]." + std::string(e->got().empty() ? "metadata" : e->got()));
    }
    detail::append_secret(array, "]");
    detail::json_writer writer;
    writer.raw("users", array);
    wipe(array);
    if (auto e = detail::write_extra_members(writer, extra_members, {"users"}, options)) return *std::move(e);
    auto body = writer.finish();
    auto request = build_platform_request(platform, http_method::post, "/api/v1/users/import", body, options);
    wipe(body);
    return request;
}

CALIMATIC_DECL result<platform_response> parse_import_users_response(
    http_response const& response, platform_client const& platform, std::span<imported_user const> users, check_options const& options) {
    auto reply = parse_platform_response(response, platform, options);
    if (reply) return reply;
    auto e = std::move(reply).error();
    for (auto const& user : users) e = std::move(e).without(user.temporary_password.expose()).without(user.password_hash.expose());
    return e;
}

} // namespace calimatic::inline CALIMATIC_ABI
