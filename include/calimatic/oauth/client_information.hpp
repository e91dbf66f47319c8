#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What the server knows the application by (RFC 7591 2 and 3.2.1), under the registered names. A secret belongs neither in a page nor in a program
/// that is distributed: such a client has none.
struct client_information {
    std::string client_id{};
    secret_string client_secret{};
    std::optional<time_point> client_secret_expires_at{}; ///< nothing: never (0 on the wire)
    /// "none", "client_secret_post" or "client_secret_basic". "": none without a secret; with one, client_secret_basic (the registered
    /// default), or client_secret_post where the server lists only that.
    std::string token_endpoint_auth_method{};
    std::string id_token_signed_response_alg = "RS256"; ///< the one algorithm that ID Tokens may have (OIDC Registration 2); HS*: by client_secret
    std::string userinfo_signed_response_alg{};         ///< the one that UserInfo is signed with; "": it is not, and comes as JSON

    /// A second copy, secret included, asked for in so many words.
    CALIMATIC_DECL client_information clone() const;
};

/// The client as a saved value, secret included, and back. Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL secret_string serialize(client_information const& client);
CALIMATIC_DECL result<client_information> parse_client_information(std::string_view blob, check_options const& options = {});

/// The client authentication methods that the library has (RFC 6749 2.3.1, RFC 7591 2).
enum class client_auth_method : std::uint8_t { none, client_secret_post, client_secret_basic };

/// How the client authenticates at this server: as registered, whatever the server's list says, since the list may be but its default. Errors:
/// `client_id_missing`, `client_secret_missing`, `client_secret_expired`, `client_auth_method_unsupported`.
CALIMATIC_DECL result<client_auth_method> select_client_auth_method(
    server_metadata const& server, client_information const& client, time_point now, check_options const& options = {});

/// Adds the client's authentication to a request whose body is a form: exactly one method (RFC 6749 2.3), id and secret form-encoded before
/// base64 in the header (2.3.1), client_id in the body for a client without one (3.2.1). Errors: those of `select_client_auth_method`.
CALIMATIC_DECL result<void> authenticate_client(
    http_request& request, server_metadata const& server, client_information const& client, time_point now, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/client_information.ipp>
#endif
