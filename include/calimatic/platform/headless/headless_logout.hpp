#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>

namespace calimatic::inline CALIMATIC_ABI {

/// POST /logout, which revokes a refresh token. Access tokens may stay good until they expire: the host drops its own copy of all of them. Errors:
/// `platform_fact_missing` for `logout_refresh_token`, `token_missing`, `platform_member_invalid`, those of every request to the headless API
/// (`build_headless_login_request`). For trusted back ends and devices only.
CALIMATIC_DECL result<http_request> build_headless_logout_request(
    platform_client const& platform, secret_string const& refresh_token, headless_profile const& profile, check_options const& options = {});

/// Reads the reply, whose members are not documented: any success is one. After an error the token may still be good. Errors: those of any answer and
/// of `parse_json`, `platform_response_malformed`, `platform_error`, and those that a code of the platform names. None repeats the token.
CALIMATIC_DECL result<void> parse_headless_logout_response(
    http_response const& response, platform_client const& platform, secret_string const& refresh_token, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/headless_logout.ipp>
#endif
