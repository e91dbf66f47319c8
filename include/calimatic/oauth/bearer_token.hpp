#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// Puts an access token on a request, in the Authorization header and nowhere else (RFC 6750 2.1), replacing one that is there. Errors:
/// `token_not_sendable`, `token_too_large`, `url_not_https` and the others of URLs: a token is sent over https, or to loopback.
CALIMATIC_DECL result<void> put_bearer_token(http_request& request, std::string_view access_token, check_options const& options = {});

/// One challenge of a WWW-Authenticate header (RFC 9110 11.6.1).
struct challenge {
    struct parameter {
        std::string name; ///< in lower case
        std::string value;
    };
    std::string scheme; ///< in lower case
    std::string token68;
    std::vector<parameter> parameters;

    /// The parameter of that name (lower case), or nothing.
    CALIMATIC_DECL std::optional<std::string_view> find(std::string_view name) const noexcept;
};

/// Reads every challenge of every WWW-Authenticate field: quoted strings, token68, several challenges in one field. Errors: `challenge_malformed`.
CALIMATIC_DECL result<std::vector<challenge>> parse_www_authenticate(std::vector<http_header> const& headers, check_options const& options = {});

/// What a protected resource answers a request with that it refuses (RFC 6750 3). A request without a token is told neither error nor what is about
/// one (3.1).
struct bearer_challenge {
    std::string realm{};             ///< printable ASCII; "": left out, as are the others
    std::string scope{};             ///< that a token needs, separated by spaces
    std::string error{};             ///< "invalid_request" (status 400), "invalid_token" (401), "insufficient_scope" (403)
    std::string error_description{}; ///< for developers, not for users: printable ASCII without `"` and `\`
    std::string error_uri{};         ///< a page about the error
};

/// The value of the WWW-Authenticate field; no text can end the field or its own attribute. `parse_www_authenticate` reads it back. Errors:
/// `challenge_attribute_invalid` (`got()` tells which), also where there is none at all, or a description or URI and no error; `scope_malformed`.
CALIMATIC_DECL result<std::string> build_www_authenticate(bearer_challenge const& challenge, check_options const& options = {});

/// What a protected resource says against a request that carried a token, or nothing where the status is not an error (RFC 6750 3.1):
/// `invalid_token` (renew the token), `insufficient_scope` (`expected()` tells the scope wanted), `invalid_request`, `access_refused` (401 or 403
/// without a word why), `headers_too_large`, `too_many_requests`, `server_unavailable`, `redirect_not_followed`, `status_unexpected`.
CALIMATIC_DECL std::optional<error> parse_resource_error(http_response const& response, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/bearer_token.ipp>
#endif
