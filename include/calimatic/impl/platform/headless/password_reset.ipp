#pragma once
#include <calimatic/platform/headless/password_reset.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_password_reset_send_request(
    platform_client const& platform, std::string_view email, check_options const& options) {
    detail::headless_body body(options);
    body.set("email", email);
    return detail::build_headless_post(platform, "/password/reset-send", body, options);
}

CALIMATIC_DECL result<void> parse_password_reset_send_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    return detail::parse_headless_success(response, platform, {}, options);
}

CALIMATIC_DECL result<http_request> build_password_reset_confirm_request(platform_client const& platform, secret_string const& token,
    secret_string const& new_password, headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set(profile.password_reset_token, "password_reset_token", token.expose())
        .set(profile.password_reset_new_password, "password_reset_new_password", new_password.expose());
    return detail::build_headless_post(platform, "/password/reset-confirm", body, options);
}

CALIMATIC_DECL result<json_document> parse_password_reset_confirm_response(http_response const& response, platform_client const& platform,
    secret_string const& token, secret_string const& new_password, check_options const& options) {
    return detail::parse_open_headless_reply(response, platform, {token.expose(), new_password.expose()}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
