#pragma once
#include <calimatic/platform/password.hpp>

#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_reset_password_request(
    platform_client const& platform, std::string_view id, management_profile const& profile, check_options const& options) {
    detail::rule_check const rule{options};
    auto const& body = profile.reset_password_body;
    if (auto e = rule(body.has_value(), error_code::platform_fact_missing, {}, "reset_password_body")) return *std::move(e);
    if (auto e = detail::check_path_id(rule, id)) return *std::move(e);
    return build_platform_request(platform, http_method::post, "/api/v1/users/" + detail::percent_encode(id) + "/reset-password", *body, options);
}

CALIMATIC_DECL result<platform_response> parse_reset_password_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    return parse_platform_response(response, platform, options);
}

CALIMATIC_DECL result<http_request> build_set_password_request(platform_client const& platform, std::string_view id,
    secret_string const& temporary_password, management_profile const& profile, std::string_view extra_members, check_options const& options) {
    detail::rule_check const rule{options};
    auto const& member = profile.set_password_member;
    if (auto e = rule(!member.empty(), error_code::platform_fact_missing, {}, "set_password_member")) return *std::move(e);
    if (auto e = detail::check_path_id(rule, id)) return *std::move(e);
    bool const has_password = !temporary_password.empty();
    if (auto e = rule(has_password, error_code::platform_member_invalid, member, "a password")) return *std::move(e);
    if (auto e = detail::check_text(rule, member, temporary_password.expose())) return *std::move(e);

    detail::json_writer writer;
    writer.string(member, temporary_password.expose());
    if (auto e = detail::write_extra_members(writer, extra_members, {member}, options)) return *std::move(e);
    auto body = writer.finish();
    auto request =
        build_platform_request(platform, http_method::post, "/api/v1/users/" + detail::percent_encode(id) + "/set-password", body, options);
    wipe(body);
    return request;
}

CALIMATIC_DECL result<platform_response> parse_set_password_response(
    http_response const& response, platform_client const& platform, secret_string const& temporary_password, check_options const& options) {
    auto reply = parse_platform_response(response, platform, options);
    if (reply) return reply;
    return std::move(reply).error().without(temporary_password.expose());
}

} // namespace calimatic::inline CALIMATIC_ABI
