#pragma once
#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// A digital signature or MAC algorithm of JWS (RFC 7518 3.1, RFC 8037 3.1, RFC 9864 2.2). "none" is not one and never will be.
enum class signature_algorithm : std::uint8_t {
    rs256,   ///< "RS256": RSASSA-PKCS1-v1_5 with SHA-256
    rs384,   ///< "RS384": with SHA-384
    rs512,   ///< "RS512": with SHA-512
    ps256,   ///< "PS256": RSASSA-PSS with SHA-256, MGF1 with the same, and a salt as long as the hash
    ps384,   ///< "PS384": with SHA-384
    ps512,   ///< "PS512": with SHA-512
    es256,   ///< "ES256": ECDSA with P-256 and SHA-256
    es384,   ///< "ES384": with P-384 and SHA-384
    es512,   ///< "ES512": with P-521 and SHA-512
    eddsa,   ///< "EdDSA": with an Ed25519 key
    ed25519, ///< "Ed25519": the same under its fully-specified name
    hs256,   ///< "HS256": HMAC with SHA-256 and a shared secret; never a key of a set
    hs384,   ///< "HS384": with SHA-384
    hs512,   ///< "HS512": with SHA-512
};

/// A row of the table of algorithms: all that the library knows of one, so that a further algorithm is a further row.
struct algorithm_traits {
    signature_algorithm algorithm;
    std::string_view alg;        ///< the registered name
    std::string_view kty;        ///< the key type that it needs
    std::string_view crv;        ///< the curve that it needs, or ""
    hash_algorithm hash;         ///< of the signature, and of at_hash (OIDC Core 3.1.3.6; SHA-512 for Ed25519)
    std::size_t signature_bytes; ///< the exact length of a signature, or 0: that of the modulus
};

/// The row of an algorithm.
CALIMATIC_DECL algorithm_traits const& traits_of(signature_algorithm algorithm) noexcept;

/// Whether the algorithm is a MAC, made and verified with one secret: HS256, HS384 or HS512 (RFC 7518 3.2).
CALIMATIC_DECL bool is_mac(signature_algorithm algorithm) noexcept;

/// The algorithm of that name, compared exactly (RFC 7515 4.1.1), or nothing.
CALIMATIC_DECL std::optional<signature_algorithm> parse_algorithm(std::string_view alg) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/algorithm.ipp>
#endif
