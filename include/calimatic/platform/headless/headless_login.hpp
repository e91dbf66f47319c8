#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_tokens.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// \file
/// Sign-in by e-mail address and password, without a browser. The headless API is for trusted back ends and devices only: whoever calls it sees the
/// user's password, and holds the secret of an `app_client`. A page, an application of another maker, or a program that is distributed signs in with
/// `authorization_code_flow`.

namespace calimatic::inline CALIMATIC_ABI {

/// A second factor is asked for before there are tokens.
struct mfa_challenge {
    secret_string mfa_token{};          ///< for `build_mfa_verify_request`
    seconds expires_in{0};              ///< how long it is good for, from when the reply came
    std::vector<std::string> methods{}; ///< "totp", "backup_code"
    headless_user user{};
    json_document document{}; ///< the whole reply, the token included: secret
};

/// What a right password leads to.
using headless_login = std::variant<headless_tokens, mfa_challenge>;

/// POST /login. Errors: `platform_member_invalid` for an empty e-mail address or password, those of `build_platform_request`, and `client_id_missing`
/// for an `api_key`, which the headless API does not take: so of every request to it.
CALIMATIC_DECL result<http_request> build_headless_login_request(
    platform_client const& platform, std::string_view email, secret_string const& password, check_options const& options = {});

/// Reads tokens or a challenge: the latter is what says that `mfaRequired` is true. Errors: those that a code of the platform names, among them
/// `credentials_wrong`, `account_locked`, `app_not_licensed`; `platform_error`; those of any answer and of `parse_json`;
/// `platform_response_malformed`, `json_member_type_wrong`, `timestamp_malformed`, `token_too_large`,
/// `token_not_sendable`, `headless_login_ambiguous`. None repeats the password.
CALIMATIC_DECL result<headless_login> parse_headless_login_response(
    http_response const& response, platform_client const& platform, secret_string const& password, check_options const& options = {});

/// POST /mfa/verify, which answers a challenge. `code` is of the method: "totp", or "backup_code". Errors: `platform_member_invalid`, those of every
/// request to the headless API.
CALIMATIC_DECL result<http_request> build_mfa_verify_request(platform_client const& platform, secret_string const& mfa_token,
    secret_string const& code, std::string_view method, check_options const& options = {});

/// Reads the tokens. Errors: `mfa_code_wrong` (the challenge may be answered again), `mfa_challenge_expired`, and those of
/// `parse_headless_login_response`. None repeats the challenge's token or the code.
CALIMATIC_DECL result<headless_tokens> parse_mfa_verify_response(http_response const& response, platform_client const& platform,
    secret_string const& mfa_token, secret_string const& code, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/headless_login.ipp>
#endif
