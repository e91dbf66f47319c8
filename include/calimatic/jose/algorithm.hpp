#pragma once
#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// A digital signature algorithm of JWS (RFC 7518 3.1, RFC 8037 3.1, RFC 9864 2.2). "none" is not one and never will be.
enum class signature_algorithm : std::uint8_t {
    rs256,   ///< "RS256": RSASSA-PKCS1-v1_5 with SHA-256
    es256,   ///< "ES256": ECDSA with P-256 and SHA-256
    eddsa,   ///< "EdDSA": with an Ed25519 key
    ed25519, ///< "Ed25519": the same under its fully-specified name
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

/// The algorithm of that name, compared exactly (RFC 7515 4.1.1), or nothing.
CALIMATIC_DECL std::optional<signature_algorithm> parse_algorithm(std::string_view alg) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/algorithm.ipp>
#endif
