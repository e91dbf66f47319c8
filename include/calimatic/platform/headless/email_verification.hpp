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

/// POST /email/verify-send: sends a mail with a link. Errors: `platform_member_invalid` for an empty address, those of every request to the headless
/// API (`build_headless_login_request`). For trusted back ends and devices only, as the next one is.
CALIMATIC_DECL result<http_request> build_email_verification_send_request(
    platform_client const& platform, std::string_view email, check_options const& options = {});

/// Success says nothing about the address: it is the same for one that is unknown or verified already. Errors: `too_many_requests`,
/// `platform_client_refused`, `platform_input_refused`, `platform_error`, those of any answer and of `parse_json`, `platform_response_malformed`.
CALIMATIC_DECL result<void> parse_email_verification_send_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

/// POST /email/verify-confirm, with the token that the link of the mail had. Errors: `platform_fact_missing` for `email_verification_token`,
/// `platform_member_invalid`, those of every request to the headless API.
CALIMATIC_DECL result<http_request> build_email_verification_confirm_request(
    platform_client const& platform, secret_string const& token, headless_profile const& profile, check_options const& options = {});

/// Reads the reply, whose members are not documented: an object, or nothing at all. Errors: those of `parse_headless_signup_response`. None repeats the
/// token.
CALIMATIC_DECL result<json_document> parse_email_verification_confirm_response(
    http_response const& response, platform_client const& platform, secret_string const& token, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/email_verification.ipp>
#endif
