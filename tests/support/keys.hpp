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
using calimatic::testing::other_rsa_key;
using calimatic::testing::p256_key;
using calimatic::testing::rsa_key;
using calimatic::testing::seeded_random;

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
/// The algorithm that a test means with one of the keys above.
inline calimatic::signature_algorithm algorithm_of(std::string_view private_jwk) {
    auto const document = json_of(private_jwk);
    auto const kty = document.root()["kty"].as_string();
    return kty == "RSA" ? calimatic::signature_algorithm::rs256
        : kty == "EC"   ? calimatic::signature_algorithm::es256
                        : calimatic::signature_algorithm::eddsa;
}

inline calimatic::signer signer_of(std::string_view private_jwk) { return calimatic::signer::make(private_jwk, algorithm_of(private_jwk)).value(); }
#endif

} // namespace support
