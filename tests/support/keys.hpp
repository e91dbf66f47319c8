#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/signer.hpp>
#include <calimatic/testing/keys.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// \file
/// What tests make of the fixed keys of testing/keys.hpp.

namespace support {

using calimatic::testing::ed25519_key;
using calimatic::testing::other_ed25519_key;
using calimatic::testing::other_p256_key;
using calimatic::testing::other_p384_key;
using calimatic::testing::other_p521_key;
using calimatic::testing::other_rsa_key;
using calimatic::testing::p256_key;
using calimatic::testing::p384_key;
using calimatic::testing::p521_key;
using calimatic::testing::rsa_key;
using calimatic::testing::seeded_random;

/// A client_secret as long as the longest hash. Everybody can read this one, too.
inline constexpr std::string_view client_secret = "Everybody can read this secret, so it guards nothing: 64 bytes.!";

/// Its first bytes as symmetric keys, each as long as the hash of its algorithm.
inline constexpr std::string_view hs256_key = R"({"kty":"oct","kid":"hmac-256","alg":"HS256","k":"RXZlcnlib2R5IGNhbiByZWFkIHRoaXMgc2VjcmV0LCA"})";
inline constexpr std::string_view hs384_key =
    R"({"kty":"oct","kid":"hmac-384","alg":"HS384","k":"RXZlcnlib2R5IGNhbiByZWFkIHRoaXMgc2VjcmV0LCBzbyBpdCBndWFyZHMgbm90"})";
inline constexpr std::string_view hs512_key =
    R"({"kty":"oct","kid":"hmac-512","alg":"HS512","k":"RXZlcnlib2R5IGNhbiByZWFkIHRoaXMgc2VjcmV0LCBzbyBpdCBndWFyZHMgbm90aGluZzogNjQgYnl0ZXMuIQ"})";

/// A random source that is out of order.
class failing_random final : public calimatic::random_source {
public:
    bool fill(std::span<std::byte>) noexcept override { return false; }
};

/// A value of JSON text as a document that can be kept. Ends the program if the text is not JSON.
inline calimatic::json_document json_of(std::string_view text) { return std::move(calimatic::parse_json(text, 1 << 20)).value(); }

/// The public half of a JWK, as text: what is not listed here is left out, and `extra` ("\"use\":\"sig\"") is added.
inline std::string public_jwk(std::string_view private_jwk, std::string_view extra = {}) {
    auto const document = json_of(private_jwk);
    std::string text = "{";
    for (auto name : {"kty", "kid", "alg", "crv", "n", "e", "x", "y"})
        if (auto value = document.root()[name]; value.has_value())
            text.append(text.size() > 1 ? "," : "").append("\"").append(name).append("\":").append(value.to_string());
    if (!extra.empty()) text.append(",").append(extra);
    return text + "}";
}

/// A key set of JWK texts, taken as they are.
inline std::string jwk_set_text(std::initializer_list<std::string_view> jwks) {
    std::string text;
    for (auto jwk : jwks) text.append(text.empty() ? "" : ",").append(jwk);
    return "{\"keys\":[" + text + "]}";
}

/// The public halves of some keys, as a set.
inline calimatic::jwk_set public_keys(std::initializer_list<std::string_view> private_jwks) {
    calimatic::jwk_set set;
    for (auto jwk : private_jwks) set.keys.push_back(calimatic::parse_jwk(json_of(public_jwk(jwk)).root()).value());
    return set;
}

/// A JWK text with a member replaced or added (`value` is JSON text), or left out where `value` is empty.
inline std::string with_member(std::string_view jwk, std::string_view name, std::string_view value) {
    auto const document = json_of(jwk);
    std::string text;
    auto const append = [&text](std::string_view member, std::string_view json) {
        text.append(text.empty() ? "" : ",").append("\"").append(member).append("\":").append(json);
    };
    for (std::size_t i = 0; i < document.root().size(); ++i)
        if (auto member = document.root().member_name(i); member != name) append(member, document.root().member_value(i).to_string());
    if (!value.empty()) append(name, value);
    return "{" + text + "}";
}

#if !defined(CALIMATIC_CRYPTO_NONE)
/// The algorithm that a test means with one of the keys above: its alg, or else the usual one of its type and curve.
inline calimatic::signature_algorithm algorithm_of(std::string_view private_jwk) {
    using enum calimatic::signature_algorithm;
    auto const document = json_of(private_jwk);
    if (auto const named = calimatic::parse_algorithm(document.root()["alg"].as_string().value_or(""))) return *named;
    auto const crv = document.root()["crv"].as_string().value_or("");
    return crv == "P-256" ? es256 : crv == "P-384" ? es384 : crv == "P-521" ? es512 : crv == "Ed25519" ? eddsa : rs256;
}

/// A JWK that names its algorithm (RFC 7517 4.4).
inline std::string for_alg(std::string_view jwk, std::string_view alg) { return with_member(jwk, "alg", '"' + std::string(alg) + '"'); }

inline calimatic::signer signer_of(std::string_view private_jwk) { return calimatic::signer::make(private_jwk, algorithm_of(private_jwk)).value(); }
#endif

} // namespace support
