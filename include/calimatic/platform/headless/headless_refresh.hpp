#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <calimatic/platform/headless/headless_tokens.hpp>

namespace calimatic::inline CALIMATIC_ABI {

/// POST /refresh. It needs `refresh_refresh_token` and `refresh_reply` of the profile, so that no refresh token is spent on a reply that cannot be
/// read. Errors: `platform_fact_missing`, `refresh_token_missing`, `platform_member_invalid`, those of every request to the headless API. For trusted
/// back ends and devices only.
CALIMATIC_DECL result<http_request> build_headless_refresh_request(
    platform_client const& platform, secret_string const& refresh_token, headless_profile const& profile, check_options const& options = {});

/// Reads the fresh tokens. A reply without a refresh token keeps the one that was sent (`refresh_token`), and one without an ID Token, a time or
/// a user leaves these empty. Errors: `platform_fact_missing`, `invalid_token` and others that a code of the platform names, and those of
/// `parse_headless_login_response`. None repeats the refresh token.
CALIMATIC_DECL result<headless_tokens> parse_headless_refresh_response(http_response const& response, platform_client const& platform,
    secret_string const& refresh_token, headless_profile const& profile, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/headless_refresh.ipp>
#endif
