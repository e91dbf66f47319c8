#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A public key for signatures (RFC 7517 4, RFC 7518 6, RFC 8037 2). Only `parse_jwk` and `parse_jwk_set` should fill one: they check it.
/// `x5c`, `x5u` and `x5t` are neither read nor fetched.
struct jwk {
    std::string kty;                ///< "RSA", "EC" or "OKP"
    std::optional<std::string> kid; ///< not there is not the same as empty
    std::string alg;                ///< the one algorithm that the key is for, or ""
    std::string crv;                ///< "P-256", "P-384", "P-521" or "Ed25519"; "" for RSA
    std::string n;                  ///< RSA modulus, big-endian bytes without leading zeros
    std::string e;                  ///< RSA exponent, likewise
    std::string x;                  ///< EC coordinate of full length, or the OKP point
    std::string y;                  ///< EC coordinate of full length
};

/// The keys of an issuer (RFC 7517 5) that can verify signatures, in the order of the set.
struct jwk_set {
    std::vector<jwk> keys;
    std::vector<error> skipped; ///< why the other entries cannot be used, one error each (`got` tells the kid)
};

/// Reads one public key. Errors: `jwk_malformed`, `jwk_kty_unsupported`, `jwk_not_public` (kty oct, or private members), `jwk_not_for_signatures`
/// (use, key_ops), `jws_kid_invalid`, `jwk_rsa_size`, `jwk_rsa_exponent`, `jwk_rsa_modulus`, `jwk_coordinate_length`, `base64url_invalid`.
/// Leading zero octets of n and e are dropped, since some libraries write one; an optional member that is null counts as absent.
/// Whether a point is on its curve is for the cryptographic back end: `signature_verifier` asks it.
CALIMATIC_DECL result<jwk> parse_jwk(json value, check_options const& options = {});

/// Reads a set; entries that cannot be used are skipped (RFC 7517 5), so the result may hold no key at all. Errors: those of `parse_json`,
/// `json_not_an_object`, `jwk_set_malformed`, `jwk_set_too_many_keys`.
CALIMATIC_DECL result<jwk_set> parse_jwk_set(std::string_view text, check_options const& options = {});

/// The set as JSON text, for caching; `parse_jwk_set` reads it back. No private member is ever written (RFC 7517 9.2).
CALIMATIC_DECL std::string serialize(jwk_set const& keys);

/// The keys of a set that may have made a signature (OIDC Core 10.1, RFC 7517 4): kty, crv and alg fit, and so does kid. A kid that no key has
/// selects the keys without a kid; without a kid in the header every fitting key is a candidate. The pointers are into `keys`.
/// Errors: `jwk_not_found`, `jwk_kid_repeated` (never "the first wins"), `jwk_too_many_candidates`.
CALIMATIC_DECL result<std::vector<jwk const*>> select_keys(
    jwk_set const& keys, signature_algorithm algorithm, std::optional<std::string> const& kid, check_options const& options = {});

/// The pointers would outlive the set.
result<std::vector<jwk const*>> select_keys(
    jwk_set const&& keys, signature_algorithm algorithm, std::optional<std::string> const& kid, check_options const& options = {}) = delete;

/// The JSON text whose hash is the thumbprint of the key: the required members only, in lexicographic order, without white space (RFC 7638 3).
CALIMATIC_DECL std::string thumbprint_input(jwk const& key);

#if !defined(CALIMATIC_CRYPTO_NONE)
/// base64url(SHA-256(thumbprint_input)) (RFC 7638). Errors: `crypto_unavailable`.
CALIMATIC_DECL result<std::string> jwk_thumbprint(jwk const& key);
#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/jwk.ipp>
#endif
