#pragma once
#include <calimatic/jose/algorithm.hpp>

#include <calimatic/detail/crypto.hpp>
#include <cstdlib>
#include <iterator>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// In the order of the enumeration.
inline constexpr algorithm_traits algorithm_table[] = {
    {signature_algorithm::rs256, "RS256", "RSA", "", hash_algorithm::sha256, 0},
    {signature_algorithm::rs384, "RS384", "RSA", "", hash_algorithm::sha384, 0},
    {signature_algorithm::rs512, "RS512", "RSA", "", hash_algorithm::sha512, 0},
    {signature_algorithm::ps256, "PS256", "RSA", "", hash_algorithm::sha256, 0},
    {signature_algorithm::ps384, "PS384", "RSA", "", hash_algorithm::sha384, 0},
    {signature_algorithm::ps512, "PS512", "RSA", "", hash_algorithm::sha512, 0},
    {signature_algorithm::es256, "ES256", "EC", "P-256", hash_algorithm::sha256, 64},
    {signature_algorithm::es384, "ES384", "EC", "P-384", hash_algorithm::sha384, 96},
    {signature_algorithm::es512, "ES512", "EC", "P-521", hash_algorithm::sha512, 132},
    {signature_algorithm::eddsa, "EdDSA", "OKP", "Ed25519", hash_algorithm::sha512, 64},
    {signature_algorithm::ed25519, "Ed25519", "OKP", "Ed25519", hash_algorithm::sha512, 64},
    {signature_algorithm::hs256, "HS256", "oct", "", hash_algorithm::sha256, 32},
    {signature_algorithm::hs384, "HS384", "oct", "", hash_algorithm::sha384, 48},
    {signature_algorithm::hs512, "HS512", "oct", "", hash_algorithm::sha512, 64},
};

#if !defined(CALIMATIC_CRYPTO_NONE)
/// Not for MACs, which have no pair of keys.
inline scheme scheme_of(signature_algorithm algorithm) noexcept {
    switch (algorithm) {
    case signature_algorithm::rs256: return scheme::rsa_pkcs1_sha256;
    case signature_algorithm::rs384: return scheme::rsa_pkcs1_sha384;
    case signature_algorithm::rs512: return scheme::rsa_pkcs1_sha512;
    case signature_algorithm::ps256: return scheme::rsa_pss_sha256;
    case signature_algorithm::ps384: return scheme::rsa_pss_sha384;
    case signature_algorithm::ps512: return scheme::rsa_pss_sha512;
    case signature_algorithm::es256: return scheme::ecdsa_p256_sha256;
    case signature_algorithm::es384: return scheme::ecdsa_p384_sha384;
    case signature_algorithm::es512: return scheme::ecdsa_p521_sha512;
    case signature_algorithm::eddsa:
    case signature_algorithm::ed25519: return scheme::ed25519;
    case signature_algorithm::hs256:
    case signature_algorithm::hs384:
    case signature_algorithm::hs512: break;
    }
    std::abort(); // a defect of the caller
}
#endif

} // namespace detail

CALIMATIC_DECL algorithm_traits const& traits_of(signature_algorithm algorithm) noexcept {
    auto const index = static_cast<std::size_t>(algorithm);
    if (index >= std::size(detail::algorithm_table)) std::abort(); // not a value of the enumeration: a defect of the caller
    return detail::algorithm_table[index];
}

CALIMATIC_DECL bool is_mac(signature_algorithm algorithm) noexcept { return traits_of(algorithm).kty == "oct"; }

CALIMATIC_DECL std::optional<signature_algorithm> parse_algorithm(std::string_view alg) noexcept {
    for (auto const& row : detail::algorithm_table)
        if (row.alg == alg) return row.algorithm;
    return std::nullopt;
}

} // namespace calimatic::inline CALIMATIC_ABI
