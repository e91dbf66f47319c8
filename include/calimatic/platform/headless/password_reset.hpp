#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// POST /password/reset-send: sends a mail with a token that can be used once. Errors: `platform_member_invalid` for an empty address, those of every
/// request to the headless API (`build_headless_login_request`). For trusted back ends and devices only, as the next one is.
CALIMATIC_DECL result<http_request> build_password_reset_send_request(
    platform_client const& platform, std::string_view email, check_options const& options = {});

/// Success says nothing about the address: it is the same for one that is unknown. Errors: those of `parse_email_verification_send_response`.
CALIMATIC_DECL result<void> parse_password_reset_send_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

/// POST /password/reset-confirm, which sets a new password. Errors: `platform_fact_missing` for `password_reset_token` and
/// `password_reset_new_password`, `platform_member_invalid`, those of every request to the headless API.
CALIMATIC_DECL result<http_request> build_password_reset_confirm_request(platform_client const& platform, secret_string const& token,
    secret_string const& new_password, headless_profile const& profile, check_options const& options = {});

/// Reads the reply, whose members are not documented: an object, or nothing at all. Errors: those of `parse_headless_signup_response`. None repeats the
/// token or the password.
CALIMATIC_DECL result<json_document> parse_password_reset_confirm_response(http_response const& response, platform_client const& platform,
    secret_string const& token, secret_string const& new_password, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/password_reset.ipp>
#endif
