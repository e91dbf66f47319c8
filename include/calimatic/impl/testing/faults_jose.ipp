#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <calimatic/impl/testing/simulated_keys.ipp>
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The parts of a compact JWS, in base64url.
struct token_segments {
    std::string header;
    std::string payload;
    std::string signature;

    explicit token_segments(std::string_view token)
        : header(token.substr(0, token.find('.'))),
          payload(token.substr((std::min)(header.size() + 1, token.size()), token.rfind('.') - header.size() - 1)),
          signature(token.substr(token.rfind('.') + 1)) {}
    std::string text() const { return header + '.' + payload + '.' + signature; }
};

/// Changes the signature's bytes.
template <class F>
void change_signature(simulated_answer& a, F change) {
    token_segments segments(a.id_token.text);
    auto bytes = base64url_decode(segments.signature).value_or("");
    change(bytes);
    segments.signature = base64url_encode(bytes);
    a.id_token.text = segments.text();
}

/// Claims another algorithm after the token was signed, and takes its signature off.
inline void claim_unsigned(simulated_answer& a, std::string_view alg) {
    token_segments segments(a.id_token.text);
    segments.header = base64url_encode(json_members(a.id_token.header).set_string("alg", alg).text());
    a.id_token.text = segments.header + '.' + segments.payload + '.';
}

/// Signs with a key that the platform does not publish.
inline void sign_as_attacker(simulated_answer& a) {
    bool const is_secret = json_members(a.id_token.key).string("kty") == "oct";
    json_members key(is_secret ? a.id_token.key : other_simulated_key(a.id_token.key));
    if (is_secret) key.set_string("k", base64url_encode(std::string(64, 'a')));
    a.id_token.key = key.set_string("kid", "attacker").text();
}

/// Signs with HS256, with something that everybody knows as the secret.
inline void sign_with_public_secret(simulated_answer& a, std::string_view secret) {
    a.id_token.header.set_string("alg", "HS256");
    a.id_token.alg = "HS256";
    a.id_token.key = json_members().set_string("kty", "oct").set_string("k", base64url_encode(secret)).text();
}

/// A DER value (X.690 8.1): tag, length, content.
inline std::string der(char tag, std::string_view content) {
    std::string length;
    for (auto size = content.size(); size > 0; size >>= 8) length.insert(length.begin(), static_cast<char>(size & 0xff));
    if (content.size() < 0x80) length.assign(1, static_cast<char>(content.size()));
    else length.insert(length.begin(), static_cast<char>(0x80 | length.size()));
    return tag + length + std::string(content);
}
/// A number that is not negative, in big-endian bytes.
inline std::string der_integer(std::string_view bytes) {
    while (bytes.size() > 1 && bytes.front() == 0) bytes.remove_prefix(1);
    bool const sign = !bytes.empty() && (bytes.front() & 0x80) != 0;
    return der(0x02, (sign ? std::string(1, '\0') : std::string()) + std::string(bytes));
}
/// The RSA key that would sign: RSAPublicKey (RFC 8017 A.1.1) and SubjectPublicKeyInfo (RFC 5280 4.1).
inline std::string pkcs1_of(simulated_answer const& a) {
    json_members const key(a.id_token.key);
    return der(0x30, der_integer(base64url_decode(key.string("n")).value_or("")) + der_integer(base64url_decode(key.string("e")).value_or("")));
}
inline std::string spki_of(simulated_answer const& a) {
    static constexpr std::string_view rsa_encryption("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 15);
    return der(0x30, std::string(rsa_encryption) + der(0x03, std::string(1, '\0') + pkcs1_of(a)));
}
inline std::string pem(std::string_view label, std::string_view bytes) {
    auto text = "-----BEGIN " + std::string(label) + "-----\n";
    auto const base64 = base64_encode(bytes);
    for (std::size_t i = 0; i < base64.size(); i += 64) text += base64.substr(i, 64) + '\n';
    return text + "-----END " + std::string(label) + "-----\n";
}

/// Sets a bit that the last character of a part does not use; where every part uses all, a space behind the claims makes some.
inline void use_spare_bits(simulated_answer& a) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    token_segments segments(a.id_token.text);
    if (segments.signature.size() % 4 == 0 && segments.payload.size() % 4 == 0 && segments.header.size() % 4 == 0)
        segments.payload = base64url_encode(base64url_decode(segments.payload).value_or("") + ' ');
    for (auto* part : {&segments.signature, &segments.payload, &segments.header}) {
        if (part->size() % 4 == 0) continue;
        part->back() = alphabet[alphabet.find(part->back()) | 1];
        break;
    }
    a.id_token.text = segments.text();
}

/// Faults of the header of an ID Token, and of its signature (RFC 7515, RFC 8725).
inline std::span<testing::fault const> jose_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto token = testing::simulated_endpoint::token;
    // clang-format off
    static constexpr testing::fault rows[]{
        // the signature
        {"idt-sig-flip", token, refused, id_token, "every byte of the signature XOR 0x5A", [](answer& a) { change_signature(a, [](auto& s) { for (char& c : s) c = static_cast<char>(c ^ 0x5a); }); }},
        {"idt-sig-absent", token, refused, id_token, "two parts: no signature", [](answer& a) { a.id_token.text = a.id_token.text.substr(0, a.id_token.text.rfind('.')); }},
        {"idt-sig-empty", token, refused, id_token, "the signature is empty", [](answer& a) { a.id_token.text.resize(a.id_token.text.rfind('.') + 1); }},
        {"idt-sig-zero", token, refused, id_token, "every byte of the signature is 0", [](answer& a) { change_signature(a, [](auto& s) { s.assign(s.size(), '\0'); }); }},
        {"idt-sig-short", token, refused, id_token, "the signature is AAAA", [](answer& a) { change_signature(a, [](auto& s) { s.assign(3, '\0'); }); }},
        {"idt-es256-der", token, refused, id_token, "an ECDSA signature in DER", [](answer& a) {
            change_signature(a, [](auto& s) { s = der(0x30, der_integer(s.substr(0, s.size() / 2)) + der_integer(s.substr(s.size() / 2))); }); }, {}, "ES256"},
        {"idt-es256-zero", token, refused, id_token, "an ECDSA signature with r = s = 0", [](answer& a) { change_signature(a, [](auto& s) { s.assign(s.size(), '\0'); }); }, {}, "ES256"},
        {"idt-payload-edited", token, refused, id_token, "another sub was put in after signing", [](answer& a) {
            token_segments segments(a.id_token.text);
            segments.payload = base64url_encode(json_members(a.id_token.claims).set_string("sub", "admin").text());
            a.id_token.text = segments.text(); }},
        // keys that the token brings along (RFC 8725 3.10)
        {"idt-embedded-jwk", token, refused, claims, "signed with a key that the header has in it (jwk)", [](answer& a) {
            sign_as_attacker(a);
            a.id_token.header.set("jwk", public_half(a.id_token.key).text()); }},
        {"idt-jku", token, refused, claims, "signed with a key that the header tells where to find (jku)", [](answer& a) {
            sign_as_attacker(a);
            a.id_token.header.set_string("kid", "attacker").set_string("jku", "https://attacker.example/jwks"); }},
        {"idt-x5u", token, refused, claims, "signed with a key that the header tells where to find (x5u)", [](answer& a) {
            sign_as_attacker(a);
            a.id_token.header.set_string("kid", "attacker").set_string("x5u", "https://attacker.example/certificate"); }},
        // alg
        {"idt-alg-none", token, refused, id_token, "alg is none, without a signature", [](answer& a) { claim_unsigned(a, "none"); }},
        {"idt-alg-nOnE", token, refused, id_token, "alg is nOnE, without a signature", [](answer& a) { claim_unsigned(a, "nOnE"); }},
        {"idt-alg-none-keeps-sig", token, refused, claims, "alg is none, with a signature", [](answer& a) { a.id_token.header.set_string("alg", "none"); }},
        {"idt-alg-missing", token, refused, claims, "no alg", [](answer& a) { a.id_token.header.remove("alg"); }},
        {"idt-alg-array", token, refused, claims, "alg is an array with the right one in it", [](answer& a) { a.id_token.header.set("alg", "[" + a.id_token.header.value("alg") + "]"); }},
        {"idt-alg-other", token, refused, claims, "correctly signed, with another algorithm and another key of the issuer", [](answer& a) {
            bool const rsa = a.id_token.alg == "RS256";
            a.id_token.key = rsa ? testing::p256_key : testing::rsa_key;
            a.id_token.alg = rsa ? "ES256" : "RS256";
            a.id_token.header.set_string("alg", a.id_token.alg).set_string("kid", json_members(a.id_token.key).string("kid")); }},
        {"idt-alg-other-same-key", token, refused, claims, "correctly signed, with the right key and another algorithm that it has", [](answer& a) {
            a.id_token.alg = "PS256";
            a.id_token.header.set_string("alg", "PS256"); }, {}, "RS256"},
        {"idt-hs256-spki-pem", token, refused, claims, "HS256 with the public key as secret, as PEM (SubjectPublicKeyInfo)", [](answer& a) { sign_with_public_secret(a, pem("PUBLIC KEY", spki_of(a))); }, {}, "RS256"},
        {"idt-hs256-pkcs1-pem", token, refused, claims, "HS256 with the public key as secret, as PEM (PKCS #1)", [](answer& a) { sign_with_public_secret(a, pem("RSA PUBLIC KEY", pkcs1_of(a))); }, {}, "RS256"},
        {"idt-hs256-der", token, refused, claims, "HS256 with the public key as secret, as DER", [](answer& a) { sign_with_public_secret(a, spki_of(a)); }, {}, "RS256"},
        {"idt-hs256-jwk", token, refused, claims, "HS256 with the public key as secret, as JWK", [](answer& a) { sign_with_public_secret(a, public_half(a.id_token.key).text()); }, {}, "RS256"},
        {"idt-hs256-modulus", token, refused, claims, "HS256 with the modulus as secret", [](answer& a) { sign_with_public_secret(a, base64url_decode(json_members(a.id_token.key).string("n")).value_or("")); }, {}, "RS256"},
        {"idt-hs256-empty", token, refused, claims, "HS256 as if there were an empty secret", [](answer& a) { sign_with_public_secret(a, ""); }},
        // kid
        {"idt-kid-missing", token, accepted, claims, "no kid: one key fits", [](answer& a) { a.id_token.header.remove("kid"); }},
        {"idt-kid-unknown", token, refused, claims, "a kid that is not in the key set", [](answer& a) { a.id_token.header.set_string("kid", "unknown"); }, {}, {}, true},
        {"idt-kid-number", token, refused, claims, "kid is a number", [](answer& a) { a.id_token.header.set_number("kid", 1); }},
        {"idt-kid-traversal", token, refused, claims, "kid is a path", [](answer& a) { a.id_token.header.set_string("kid", "../../../../dev/null"); }, {}, {}, true},
        {"idt-kid-of-other-key", token, refused, claims, "kid of a key of another type", [](answer& a) {
            auto const& other = json_members(a.id_token.key).string("kty") == "RSA" ? testing::p256_key : testing::rsa_key;
            a.id_token.header.set_string("kid", json_members(other).string("kid")); }, {}, {}, true},
        // typ, cty, crit, b64
        {"ok-typ-JWT", token, accepted, claims, "typ is JWT", [](answer& a) { a.id_token.header.set_string("typ", "JWT"); }},
        {"idt-typ-at-jwt", token, refused, claims, "typ is that of an access token", [](answer& a) { a.id_token.header.set_string("typ", "at+jwt"); }},
        {"idt-typ-logout-jwt", token, refused, claims, "typ is that of a logout token", [](answer& a) { a.id_token.header.set_string("typ", "logout+jwt"); }},
        {"idt-cty-jwt", token, refused, claims, "cty says that there is a token inside", [](answer& a) { a.id_token.header.set_string("cty", "JWT"); }},
        {"idt-crit-unknown", token, refused, claims, "crit names an extension that nobody knows", [](answer& a) { a.id_token.header.set("crit", R"(["x"])").set("x", "1"); }},
        {"idt-crit-empty", token, refused, claims, "crit is empty", [](answer& a) { a.id_token.header.set("crit", "[]"); }},
        {"idt-crit-names-absent", token, refused, claims, "crit names a parameter that is not there", [](answer& a) { a.id_token.header.set("crit", R"(["x"])"); }},
        {"idt-b64-false", token, refused, claims, "b64 is false, and crit says so", [](answer& a) { a.id_token.header.set("b64", "false").set("crit", R"(["b64"])"); }},
        {"idt-b64-false-no-crit", token, refused, claims, "b64 is false", [](answer& a) { a.id_token.header.set("b64", "false"); }},
        {"idt-dup-header", token, refused, claims, "alg is there twice", [](answer& a) { a.id_token.header.repeat("alg", a.id_token.header.value("alg")); }},
        // the compact form (RFC 7515 7.1) and base64url (RFC 7515 2)
        {"idt-junk", token, refused, id_token, "not a token at all", [](answer& a) { a.id_token.text = "junk"; }},
        {"idt-4-parts", token, refused, id_token, "four parts", [](answer& a) { a.id_token.text += ".AAAA"; }},
        {"idt-5-parts", token, refused, id_token, "five parts, as an encrypted token has them", [](answer& a) {
            a.id_token.text = base64url_encode(R"({"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000,"p2s":"AAAA"})") + ".AAAA.AAAA.AAAA.AAAA"; }},
        {"idt-json-serialization", token, refused, id_token, "the JSON serialization of the same token", [](answer& a) {
            token_segments const s(a.id_token.text);
            a.id_token.text = json_members().set_string("protected", s.header).set_string("payload", s.payload).set_string("signature", s.signature).text(); }},
        {"idt-padding", token, refused, id_token, "base64url with padding", [](answer& a) { a.id_token.text += '='; }},
        {"idt-whitespace", token, refused, id_token, "a line break behind the token", [](answer& a) { a.id_token.text += '\n'; }},
        {"idt-inner-whitespace", token, refused, id_token, "a line break within the payload", [](answer& a) { a.id_token.text.insert(a.id_token.text.find('.') + 5, 1, '\n'); }},
        {"idt-std-base64", token, refused, id_token, "base64 with + and / in place of base64url", [](answer& a) {
            std::replace(a.id_token.text.begin(), a.id_token.text.end(), '-', '+');
            std::replace(a.id_token.text.begin(), a.id_token.text.end(), '_', '/');
            if (a.id_token.text.find_first_of("+/") == std::string::npos) a.id_token.text.back() = '+'; }},
        {"idt-noncanonical-bits", token, refused, id_token, "a bit is set that base64url does not use", use_spare_bits},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
