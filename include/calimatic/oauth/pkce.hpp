#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// 256 random bits in base64url: a `code_verifier` (RFC 7636 4.1), and what `state` and `nonce` are made of. Errors: `random_source_failed`.
CALIMATIC_DECL result<secret_string> make_code_verifier(random_source& random);

/// Whether a verifier that someone else made may be used. Errors: `code_verifier_invalid`.
CALIMATIC_DECL result<void> validate_code_verifier(std::string_view code_verifier, check_options const& options = {});

#if !defined(CALIMATIC_CRYPTO_NONE)

/// Proof Key for Code Exchange (RFC 7636): binds an authorization code to the client that asked for it. Always S256.
struct pkce {
    secret_string code_verifier; ///< 43 characters, 256 random bits (4.1); only ever sent to the token endpoint
    std::string code_challenge;  ///< base64url(SHA-256(code_verifier)) (4.2)
};

/// Makes a fresh pair. Errors: `random_source_failed`, `crypto_unavailable`.
CALIMATIC_DECL result<pkce> make_pkce(random_source& random);

/// The challenge of a verifier (4.2). Errors: `code_verifier_invalid`, `crypto_unavailable`.
CALIMATIC_DECL result<std::string> compute_code_challenge(std::string_view code_verifier);

#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/pkce.ipp>
#endif
