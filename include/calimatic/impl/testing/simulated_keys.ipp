#pragma once
#include <calimatic/testing/keys.hpp>

#include <calimatic/impl/testing/simulated_answer.ipp>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The fixed keys of one kind.
struct simulated_keys {
    std::string_view kty;
    std::string_view crv;
    std::span<std::string_view const> keys;
};

inline std::array<simulated_keys, 5> all_simulated_keys() {
    return {{{"RSA", "", testing::rsa_keys}, {"EC", "P-256", testing::p256_keys}, {"EC", "P-384", testing::p384_keys},
        {"EC", "P-521", testing::p521_keys}, {"OKP", "Ed25519", testing::ed25519_keys}}};
}

/// The fixed key of that kid, or "".
inline std::string_view simulated_key_named(std::string_view kid) {
    for (auto const& kind : all_simulated_keys())
        for (auto const key : kind.keys)
            if (json_members(key).string("kid") == kid) return key;
    return {};
}

/// The next key of the same kind, or "".
inline std::string_view other_simulated_key(std::string_view key) {
    for (auto const& kind : all_simulated_keys())
        for (std::size_t i = 0; i < kind.keys.size(); ++i)
            if (kind.keys[i] == key) return kind.keys[(i + 1) % kind.keys.size()];
    return {};
}

/// What a private JWK may show of itself.
inline json_members public_half(std::string_view private_jwk) {
    json_members const whole(private_jwk);
    json_members half;
    for (auto const* name : {"kty", "kid", "crv", "n", "e", "x", "y"})
        if (auto value = whole.value(name); !value.empty()) half.set(name, std::move(value));
    return half.set_string("use", "sig");
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
