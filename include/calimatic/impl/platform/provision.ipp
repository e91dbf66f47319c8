#pragma once
#include <calimatic/platform/provision.hpp>

#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <calimatic/impl/platform/user.ipp>
#include <calimatic/platform/platform_request.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_provision_user_request(
    platform_client const& platform, new_user const& user, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = detail::check_member(rule, "email", user.email, {1, 255})) return *std::move(e);
    if (auto e = detail::check_text(rule, "firstName", user.first_name)) return *std::move(e);
    if (auto e = detail::check_text(rule, "lastName", user.last_name)) return *std::move(e);
    if (auto e = detail::check_text(rule, "organizationId", user.organization_id)) return *std::move(e);
    if (auto e = detail::check_text(rule, "role", user.role)) return *std::move(e);
    if (auto e = detail::check_applications(rule, user.applications)) return *std::move(e);

    detail::json_writer writer;
    writer.string("email", user.email).optional_string("firstName", user.first_name).optional_string("lastName", user.last_name);
    writer.optional_string("organizationId", user.organization_id).optional_string("role", user.role);
    if (user.send_invite_email) writer.boolean("sendInviteEmail", *user.send_invite_email);
    if (user.applications) writer.strings("applications", *user.applications);
    auto const reserved = {std::string_view("email"), std::string_view("firstName"), std::string_view("lastName"), std::string_view("organizationId"),
        std::string_view("role"), std::string_view("sendInviteEmail"), std::string_view("applications")};
    if (auto e = detail::write_extra_members(writer, user.extra_members, reserved, options)) return *std::move(e);
    return build_platform_request(platform, http_method::post, "/api/v1/users/provision", writer.finish(), options);
}

CALIMATIC_DECL result<provisioned_user> parse_provision_user_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto envelope = parse_platform_response(response, platform, options);
    if (!envelope) return std::move(envelope).error();
    auto const member = detail::user_in(envelope->data());
    auto ids = detail::read_user_ids(member);
    bool const is_new_fits = member["isNewUser"].as_bool() || !member["isNewUser"].has_value();
    bool const well_formed = ids && !ids->user_id.empty() && is_new_fits;
    if (auto e = detail::rule_check{options}(well_formed, error_code::platform_response_malformed, {}, "data.userId"))
        return std::move(*e).with_http_status(response.status);
    return provisioned_user{std::move(ids->user_id), std::move(ids->keycloak_user_id), std::move(ids->email), member["isNewUser"].as_bool(),
        std::move(envelope->document)};
}

} // namespace calimatic::inline CALIMATIC_ABI
