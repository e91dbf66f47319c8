#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <cstdint>

namespace calimatic::inline CALIMATIC_ABI {

/// The client authentication methods that the library has (RFC 6749 2.3.1, RFC 7591 2, OIDC Core 9).
enum class client_auth_method : std::uint8_t {
    none,
    client_secret_post,
    client_secret_basic,
    client_secret_jwt, ///< an assertion with a MAC by the secret; only where cryptography is inside
    private_key_jwt,   ///< an assertion signed with the client's own key; likewise
};

/// How the client authenticates at this server: as registered, whatever the server's list says, since the list may be but its default. Errors:
/// `client_id_missing`, `client_secret_missing`, `client_secret_expired`, `client_key_missing`, `client_auth_method_unsupported` (always for
/// assertions with CALIMATIC_CRYPTO_NONE).
CALIMATIC_DECL result<client_auth_method> select_client_auth_method(
    server_metadata const& server, client_information const& client, time_point now, check_options const& options = {});

/// Adds the client's authentication to a request whose body is a form: exactly one method (RFC 6749 2.3), id and secret form-encoded before
/// base64 in the header (2.3.1), client_id in the body for a client without one (3.2.1). An assertion (RFC 7523 2.2 and 3) is for this request
/// alone: its jti is 256 bits of `random`, which is borrowed for the call and not needed by other methods, and it expires 60 seconds after `now`. Its
/// typ is "JWT", which all servers take, and not the "client-authentication+jwt" of later drafts. Errors: those of `select_client_auth_method`;
/// `client_assertion_random_missing`, `client_assertion_alg_invalid`, `jws_alg_unknown`, `endpoint_missing` (no issuer or token endpoint to be its
/// audience), `hmac_key_too_short`, `random_source_failed`, those of `signer`.
CALIMATIC_DECL result<void> authenticate_client(http_request& request, server_metadata const& server, client_information const& client,
    time_point now, check_options const& options = {}, random_source* random = nullptr);

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/client_authentication.ipp>
#endif
