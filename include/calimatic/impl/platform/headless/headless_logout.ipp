#pragma once
#include <calimatic/platform/headless/headless_logout.hpp>

#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/headless/headless_call.ipp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_headless_logout_request(
    platform_client const& platform, secret_string const& refresh_token, headless_profile const& profile, check_options const& options) {
    if (auto e = detail::rule_check{options}(!refresh_token.empty(), error_code::token_missing)) return *std::move(e);
    detail::headless_body body(options);
    body.set(profile.logout_refresh_token, "logout_refresh_token", refresh_token.expose());
    return detail::build_headless_post(platform, "/logout", body, options);
}

CALIMATIC_DECL result<void> parse_headless_logout_response(
    http_response const& response, platform_client const& platform, secret_string const& refresh_token, check_options const& options) {
    return detail::parse_headless_success(response, platform, {refresh_token.expose()}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
