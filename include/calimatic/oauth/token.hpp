#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// What a token endpoint gave (RFC 6749 5.1, OIDC Core 3.1.3.3), under the registered names. The access token is opaque: nothing is read out of it.
struct token_set {
    secret_string access_token{};
    std::string token_type{};               ///< "Bearer", in the letter case of the server
    std::optional<time_point> expires_at{}; ///< `expires_in` after the answer came, by this device's clock; nothing: not said
    time_point received_at{};
    secret_string refresh_token{}; ///< empty: none
    secret_string id_token{};      ///< empty: none. Its claims are to be trusted only once it was validated
    std::string scope{};           ///< granted; that which was asked for, where the server said nothing (5.1)

    /// A second copy, asked for in so many words.
    CALIMATIC_DECL token_set clone() const;
};

/// The tokens as a saved value, secret, and back. Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL secret_string serialize(token_set const& tokens);
CALIMATIC_DECL result<token_set> parse_token_set(std::string_view blob, check_options const& options = {});

/// Whether every scope of `wanted` is in `granted`: a server may grant less than was asked for (RFC 6749 3.3).
CALIMATIC_DECL bool scope_covers(std::string_view granted, std::string_view wanted) noexcept;

/// RFC 6749 4.1.3. A code is exchanged once, whatever becomes of the request.
struct authorization_code_grant {
    std::string_view code;
    std::string_view redirect_uri;  ///< the very text of the authorization request
    std::string_view code_verifier; ///< RFC 7636 4.5
};
/// RFC 6749 6.
struct refresh_token_grant {
    std::string_view refresh_token;
    std::string_view granted_scope{}; ///< what was granted
    std::string_view scope{};         ///< less than that, if less is wanted
};
/// RFC 6749 4.4: a token for the client itself.
struct client_credentials_grant {
    std::string_view scope{};
    std::vector<std::string> resource{}; ///< RFC 8707
};

/// The request for each grant: a POST with a form, and the client's authentication. Errors: `endpoint_missing`, `code_missing`,
/// `code_verifier_invalid`, `refresh_token_missing`, `scope_malformed`, `scope_exceeds_grant`, those of `authenticate_client` and of URLs;
/// `client_secret_missing` for client_credentials of a client without authentication. `random` is borrowed for the call, and needed by clients that sign.
CALIMATIC_DECL result<http_request> build_token_request(server_metadata const& server, client_information const& client,
    authorization_code_grant const& grant, time_point now, check_options const& options = {}, random_source* random = nullptr);
CALIMATIC_DECL result<http_request> build_token_request(server_metadata const& server, client_information const& client,
    refresh_token_grant const& grant, time_point now, check_options const& options = {}, random_source* random = nullptr);
CALIMATIC_DECL result<http_request> build_token_request(server_metadata const& server, client_information const& client,
    client_credentials_grant const& grant, time_point now, check_options const& options = {}, random_source* random = nullptr);

/// What the answer is read against.
struct token_expectations {
    std::string_view scope{};             ///< asked for; that of the answer where it names none
    bool id_token_required = false;       ///< an exchange for a sign-in: OIDC Core 3.1.3.3
    token_set const* refreshed = nullptr; ///< of a refresh: keeps its refresh token, scope and ID Token where the answer has none (RFC 6749 6)
};

/// Reads the answer. `expires_in` counts from `now`; a negative one is over already, one beyond ten years is cut. Errors: those of any answer,
/// `token_error` (with the server's words; see `condition()`), `status_unexpected`, `token_response_malformed`, those of `parse_json`,
/// `access_token_missing`, `token_type_missing`, `token_type_unknown`, `token_not_sendable`, `token_too_large`, `expires_in_invalid`,
/// `json_member_type_wrong`, `id_token_missing`.
CALIMATIC_DECL result<token_set> parse_token_response(
    http_response const& response, token_expectations const& expected, time_point now, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/token.ipp>
#endif
