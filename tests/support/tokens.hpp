#pragma once
#include <calimatic/detail/base64url.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "support/keys.hpp"

/// \file
/// Tokens, honest and hostile: taken apart and put together again by hand.

namespace support {

inline std::string encode(std::string_view bytes) { return calimatic::detail::base64url_encode(bytes); }
inline std::string decode(std::string_view text) { return calimatic::detail::base64url_decode(text).value(); }

/// The decoded parts of a compact JWS.
struct token_parts {
    std::string header;
    std::string payload;
    std::string signature;

    std::string compact() const { return encode(header) + '.' + encode(payload) + '.' + encode(signature); }
};

inline token_parts take_apart(std::string_view token) {
    auto const first = token.find('.'), last = token.rfind('.');
    return {decode(token.substr(0, first)), decode(token.substr(first + 1, last - first - 1)), decode(token.substr(last + 1))};
}

/// The text without its last n characters, for faults of the encoding.
inline std::string without_last(std::string_view text, std::size_t n) { return std::string(text.substr(0, text.size() - n)); }

/// Any header, any payload, no signature worth the name.
inline std::string unsigned_token(std::string_view header, std::string_view payload = "{}", std::string_view signature = "signature") {
    return token_parts{std::string(header), std::string(payload), std::string(signature)}.compact();
}

/// The token with other bytes as its signature, payload or header, and the rest as it was.
inline std::string with_signature(std::string_view token, std::string_view signature) {
    return std::string(token.substr(0, token.rfind('.') + 1)) + encode(signature);
}
inline std::string with_payload(std::string_view token, std::string_view payload) {
    auto parts = take_apart(token);
    parts.payload = payload;
    return parts.compact();
}
inline std::string with_header(std::string_view token, std::string_view header) {
    auto parts = take_apart(token);
    parts.header = header;
    return parts.compact();
}

/// `idt-sig-flip`: every byte of the signature XOR 0x5A, as the conformance suite does it.
inline std::string with_flipped_signature(std::string_view token) {
    auto parts = take_apart(token);
    for (char& c : parts.signature) c = static_cast<char>(c ^ 0x5a);
    return parts.compact();
}

#if !defined(CALIMATIC_CRYPTO_NONE)
/// A token signed with a key of keys.hpp: `{"alg","typ":"JWT","kid"}`.
inline std::string signed_token(std::string_view private_jwk, std::string_view payload, std::string_view typ = "JWT") {
    seeded_random random;
    return signer_of(private_jwk).sign(payload, random, typ).value();
}

/// The same, correctly signed, but with a protected header of the caller's.
inline std::string signed_with_header(std::string_view private_jwk, std::string_view header, std::string_view payload = "{}") {
    seeded_random random;
    return signer_of(private_jwk).sign_with_header(header, payload, random).value();
}
#endif

} // namespace support
