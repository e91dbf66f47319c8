#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// \file
/// The seam to the cryptographic back end: nothing else names one. Key material comes as plain bytes, already checked for size and range.

namespace calimatic::inline CALIMATIC_ABI::detail {

#if !defined(CALIMATIC_CRYPTO_NONE)

/// The hash of some bytes. Errors: `crypto_unavailable`.
CALIMATIC_DECL result<std::string> compute_hash(hash_algorithm hash, std::string_view data);

/// The HMAC of some bytes (RFC 2104). How long a key must be is for the caller to say. Errors: `crypto_unavailable`.
CALIMATIC_DECL result<std::string> compute_hmac(hash_algorithm hash, std::string_view key, std::string_view data);

/// What kind of signature, and with which parameters. The salt of PSS is as long as the hash.
enum class scheme : std::uint8_t {
    rsa_pkcs1_sha256,
    rsa_pkcs1_sha384,
    rsa_pkcs1_sha512,
    rsa_pss_sha256,
    rsa_pss_sha384,
    rsa_pss_sha512,
    ecdsa_p256_sha256,
    ecdsa_p384_sha384,
    ecdsa_p521_sha512,
    ed25519,
};

/// A public key, as the numbers of RFC 7518 6 in big-endian bytes: `a` is n, x or the Ed25519 point, `b` is e or y.
struct public_numbers {
    std::string_view a;
    std::string_view b;
};

/// One public key, prepared for one scheme. It has state: one thread at a time.
class verification_key {
public:
    /// Errors: `jwk_refused_by_crypto` (a point off its curve, of small order, ...).
    static CALIMATIC_DECL result<verification_key> load(scheme scheme, public_numbers const& key);
    CALIMATIC_DECL verification_key(verification_key&&) noexcept;
    CALIMATIC_DECL verification_key& operator=(verification_key&&) noexcept;
    CALIMATIC_DECL ~verification_key();

    /// Whether the signature is that of the message. Any length but the exact one is no signature, and is never given to the back end.
    CALIMATIC_DECL bool accepts(std::string_view message, std::string_view signature) noexcept;

private:
    struct state;
    explicit verification_key(std::unique_ptr<state>) noexcept;
    std::unique_ptr<state> state_;
};

/// What a private key adds to the public one: p and q for RSA; d for the others.
struct private_numbers {
    std::string_view d;
    std::string_view p;
    std::string_view q;
};

/// One private key, prepared for one scheme.
class signing_key {
public:
    /// Tries the key out: one signature, verified, proves that both halves belong together, whatever the numbers are.
    /// Errors: `jwk_refused_by_crypto`.
    static CALIMATIC_DECL result<signing_key> load(scheme scheme, private_numbers const& key, public_numbers const& public_half);
    CALIMATIC_DECL signing_key(signing_key&&) noexcept;
    CALIMATIC_DECL signing_key& operator=(signing_key&&) noexcept;
    CALIMATIC_DECL ~signing_key();

    /// The signature in the form of JWS (RFC 7518 3.4: r and s of full length). But for PSS, whose salt is drawn from `random`, it is the same for
    /// the same message, since ECDSA is deterministic here (RFC 6979); what is drawn then blinds the computation. Errors: `random_source_failed`,
    /// `crypto_unavailable`.
    CALIMATIC_DECL result<std::string> sign(std::string_view message, random_source& random);

private:
    struct state;
    explicit signing_key(std::unique_ptr<state>) noexcept;
    std::unique_ptr<state> state_;
};

#endif

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION) && !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/impl/detail/crypto_botan.ipp>
#endif
