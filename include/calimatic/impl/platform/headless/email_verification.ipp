#pragma once
#include <calimatic/platform/headless/email_verification.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_email_verification_send_request(
    platform_client const& platform, std::string_view email, check_options const& options) {
    detail::headless_body body(options);
    body.set("email", email);
    return detail::build_headless_post(platform, "/email/verify-send", body, options);
}

CALIMATIC_DECL result<void> parse_email_verification_send_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    return detail::parse_headless_success(response, platform, {}, options);
}

CALIMATIC_DECL result<http_request> build_email_verification_confirm_request(
    platform_client const& platform, secret_string const& token, headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set(profile.email_verification_token, "email_verification_token", token.expose());
    return detail::build_headless_post(platform, "/email/verify-confirm", body, options);
}

CALIMATIC_DECL result<json_document> parse_email_verification_confirm_response(
    http_response const& response, platform_client const& platform, secret_string const& token, check_options const& options) {
    return detail::parse_open_headless_reply(response, platform, {token.expose()}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
