#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Any request to the platform's APIs, for the endpoints that this library has no function for. `path` begins with "/" and is put behind
/// `base_url`; what it contains from outside is percent-encoded already. `body` is JSON, or "" for none. Errors: `platform_path_invalid` (no path, a
/// fragment, dot segments, anything that could lead to another host), those of `parse_json` for the body (as `correct_input`), of
/// `put_platform_credentials`, and of URLs.
CALIMATIC_DECL result<http_request> build_platform_request(
    platform_client const& platform, http_method method, std::string_view path, std::string_view body = {}, check_options const& options = {});

/// What the platform replied with success.
struct platform_response {
    int status = 0;           ///< 2xx
    json_document document{}; ///< the envelope `{"success": true, "data": ...}`; nothing where the reply had no body

    /// What is in the envelope; `absent` where nothing is.
    json data() const noexcept { return document.root()["data"]; }
};

/// Reads the reply of the management API: an envelope, or no body at all (204). A refusal is an error that tells the platform's own words, in
/// `server_text()`, and its code, if it gave one, in `server_error()`. Errors: those of any answer, of `parse_json`, `platform_response_malformed`, `platform_error`, and those
/// that a code of the platform names: `platform_client_refused`, `platform_input_refused`, `user_not_found`, `app_not_licensed`, `invalid_token`,
/// `credentials_wrong`, `account_locked`, `mfa_code_wrong`, `mfa_challenge_expired`, `too_many_requests`.
CALIMATIC_DECL result<platform_response> parse_platform_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/platform_request.ipp>
#endif
