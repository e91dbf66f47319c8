#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI {

/// Signs JWTs with a private key of one's own: client assertions (RFC 7523), and the tokens of a test's provider.
class signer {
public:
    /// Reads a private JWK (RFC 7517, RFC 7518 6.2.2 and 6.3.2, RFC 8037 2) under the same key rules as a public one; for HS256, HS384 and HS512
    /// a symmetric one (RFC 7518 6.4). If the key has an alg, it must be this one. Errors: those of `parse_json` and `parse_jwk`,
    /// `jwk_not_private`, `jwk_alg_mismatch`, `jwk_refused_by_crypto` (the halves do not belong together), `hmac_key_too_short`, all as
    /// `fix_configuration`.
    static CALIMATIC_DECL result<signer> make(std::string_view private_jwk, signature_algorithm algorithm, check_options const& options = {});
    CALIMATIC_DECL signer(signer&&) noexcept;
    CALIMATIC_DECL signer& operator=(signer&&) noexcept;
    CALIMATIC_DECL ~signer();

    /// The compact JWS of `payload`, whose header is alg, the key's kid, and `typ` where that is not empty (RFC 7515 3.1).
    /// Errors: `random_source_failed`, `crypto_unavailable`.
    CALIMATIC_DECL result<std::string> sign(std::string_view payload, random_source& random, std::string_view typ = "JWT");

    /// The same with a protected header given as JSON text; its alg should be this signer's. For tests that need a hostile one.
    CALIMATIC_DECL result<std::string> sign_with_header(std::string_view header, std::string_view payload, random_source& random);

    /// The public half; of a symmetric key kty, kid and alg only.
    CALIMATIC_DECL jwk const& public_key() const noexcept;
    CALIMATIC_DECL signature_algorithm algorithm() const noexcept;

private:
    struct state;
    explicit signer(std::unique_ptr<state>) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/signer.ipp>
#endif

#endif
