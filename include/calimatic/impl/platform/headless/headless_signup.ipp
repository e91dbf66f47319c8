#pragma once
#include <calimatic/platform/headless/headless_signup.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_headless_signup_request(
    platform_client const& platform, headless_signup const& signup, headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set(profile.signup_email, "signup_email", signup.email)
        .set(profile.signup_password, "signup_password", signup.password.expose())
        .set_optional(profile.signup_first_name, "signup_first_name", signup.first_name)
        .set_optional(profile.signup_last_name, "signup_last_name", signup.last_name)
        .set_all_of(signup.extra);
    return detail::build_headless_post(platform, "/signup", body, options);
}

CALIMATIC_DECL result<json_document> parse_headless_signup_response(
    http_response const& response, platform_client const& platform, secret_string const& password, check_options const& options) {
    return detail::parse_open_headless_reply(response, platform, {password.expose()}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
