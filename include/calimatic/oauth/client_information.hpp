#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Whom a client assertion is for (RFC 7523 3): the issuer, or, for servers that take no other, the token endpoint.
enum class client_assertion_audience : std::uint8_t { issuer, token_endpoint };

/// What the server knows the application by (RFC 7591 2 and 3.2.1), under the registered names. A secret belongs neither in a page nor in a program
/// that is distributed: such a client has none.
struct client_information {
    std::string client_id{};
    secret_string client_secret{};
    std::optional<time_point> client_secret_expires_at{}; ///< nothing: never (0 on the wire)
    /// "none", "client_secret_post", "client_secret_basic", "client_secret_jwt" or "private_key_jwt". "": private_key_jwt with a private_jwk; none
    /// without a secret; with one, client_secret_basic (the registered default), or client_secret_post where the server lists only that.
    std::string token_endpoint_auth_method{};
    std::string id_token_signed_response_alg = "RS256"; ///< the one algorithm that ID Tokens may have (OIDC Registration 2); HS*: by client_secret
    std::string userinfo_signed_response_alg{};         ///< the one that UserInfo is signed with; "": it is not, and comes as JSON
    secret_string private_jwk{};                        ///< the private key of private_key_jwt (RFC 7517); its public half is registered
    /// The algorithm of the client's assertions (OIDC Registration 2). "": HS256 with client_secret_jwt; with private_key_jwt the alg of the key, or
    /// RS256 where it has none.
    std::string token_endpoint_auth_signing_alg{};
    client_assertion_audience assertion_audience = client_assertion_audience::issuer;

    /// A second copy, secret included, asked for in so many words.
    CALIMATIC_DECL client_information clone() const;
};

/// The client as a saved value, secret and private key included, and back. Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL secret_string serialize(client_information const& client);
CALIMATIC_DECL result<client_information> parse_client_information(std::string_view blob, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/client_information.ipp>
#endif
