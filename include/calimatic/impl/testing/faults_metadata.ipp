#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/impl/testing/faults_token.ipp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <calimatic/impl/testing/simulated_keys.ipp>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Faults of discovery (OIDC Discovery 4).
inline std::span<testing::fault const> discovery_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto discovery = testing::simulated_endpoint::discovery;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"disc-issuer-wrong", discovery, refused, body, "issuer with INVALID appended", [](answer& a) { a.body.set_string("issuer", a.issuer + "INVALID"); }},
        {"disc-issuer-slash", discovery, refused, body, "issuer with a slash appended", [](answer& a) { a.body.set_string("issuer", a.issuer + "/"); }},
        {"disc-issuer-missing", discovery, refused, body, "no issuer", [](answer& a) { a.body.remove("issuer"); }},
        {"disc-html", discovery, refused, response, "a page", [](answer& a) { gateway_answers(a, 200); }},
        {"disc-404", discovery, refused, instead, "status 404", [](answer& a) { gateway_answers(a, 404); }},
        {"disc-array", discovery, refused, response, "an array", [](answer& a) { a.response.body = "[" + a.response.body + "]"; }},
        {"disc-no-authorization", discovery, refused, body, "no authorization_endpoint", [](answer& a) { a.body.remove("authorization_endpoint"); }},
        {"disc-no-token", discovery, refused, body, "no token_endpoint", [](answer& a) { a.body.remove("token_endpoint"); }},
        {"disc-no-jwks_uri", discovery, refused, body, "no jwks_uri", [](answer& a) { a.body.remove("jwks_uri"); }},
        {"disc-endpoint-number", discovery, refused, body, "token_endpoint is a number", [](answer& a) { a.body.set_number("token_endpoint", 1); }},
        {"disc-endpoint-javascript", discovery, refused, body, "authorization_endpoint is a script", [](answer& a) { a.body.set_string("authorization_endpoint", "javascript:alert(1)"); }},
        {"disc-endpoint-file", discovery, refused, body, "jwks_uri is a file", [](answer& a) { a.body.set_string("jwks_uri", "file:///etc/passwd"); }},
        {"disc-redirect", discovery, refused, instead, "a redirect to another server", redirect_elsewhere},
        {"ok-disc-unknown", discovery, accepted, body, "members that nobody knows", [](answer& a) { a.body.set("x_unknown", R"([{"a":null}])").set_number("mtls_endpoint_aliases_v2", 1); }},
        {"disc-alg-none-only", discovery, prepares, body, "ID Tokens are said to be signed with none", [](answer& a) { a.body.set("id_token_signing_alg_values_supported", R"(["none"])"); }},
        {"disc-only-plain-pkce", discovery, prepares, body, "S256 is not offered: a client must not fall back to plain", [](answer& a) { a.body.set("code_challenge_methods_supported", R"(["plain"])"); }},
    };
    // clang-format on
    return rows;
}

/// Changes every key of a type.
template <class F>
void each_key(simulated_answer& a, std::string_view kty, F change) {
    for (auto& key : a.keys)
        if (kty.empty() || key.string("kty") == kty) change(key);
}

/// Changes the decoded bytes of a member.
template <class F>
void change_bytes(json_members& key, std::string_view name, F change) {
    auto bytes = base64url_decode(key.string(name)).value_or("");
    change(bytes);
    key.set_string(name, base64url_encode(bytes));
}

/// Another key of each kind under the name of one that is there.
inline void repeat_kids(simulated_answer& a) {
    auto const honest = a.keys;
    for (auto const& key : honest) {
        auto const kid = key.string("kid");
        a.keys.push_back(public_half(other_simulated_key(simulated_key_named(kid))).set_string("kid", kid));
    }
}

/// Faults of the key set (RFC 7517). Those that spoil keys spoil all that could verify a token, so that no good one is left.
inline std::span<testing::fault const> key_set_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto jwks = testing::simulated_endpoint::jwks;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"jwks-use-enc", jwks, refused, keys, "the keys are for encryption (use)", [](answer& a) { each_key(a, "", [](auto& key) { key.set_string("use", "enc"); }); }, {}, {}, true},
        {"jwks-key_ops-sign", jwks, refused, keys, "the keys are not for verifying (key_ops)", [](answer& a) { each_key(a, "", [](auto& key) { key.remove("use").set("key_ops", R"(["sign"])"); }); }, {}, {}, true},
        {"jwks-alg-mismatch", jwks, refused, keys, "the keys are for another algorithm (alg)", [](answer& a) { each_key(a, "", [](auto& key) { key.set_string("alg", "RSA-OAEP"); }); }, {}, {}, true},
        {"jwks-dup-kid", jwks, refused, keys, "a second key of each kind under the same kid", repeat_kids, {}, {}, true},
        {"jwks-oct", jwks, refused, keys, "the keys are symmetric ones", [](answer& a) {
            each_key(a, "", [](auto& key) { key = json_members().set_string("kty", "oct").set_string("kid", key.string("kid")).set_string("k", std::string(43, 'A')); }); }, {}, {}, true},
        {"jwks-private", jwks, refused, keys, "the keys have their private members", [](answer& a) { each_key(a, "", [](auto& key) { key = json_members(simulated_key_named(key.string("kid"))); }); }, {}, {}, true},
        {"jwks-rsa-1024", jwks, refused, keys, "RSA keys have 1024 bits", [](answer& a) {
            each_key(a, "RSA", [](auto& key) { change_bytes(key, "n", [](auto& n) { n.resize(128); n.back() = static_cast<char>(n.back() | 1); }); }); }, {}, "RS256", true},
        {"jwks-e-1", jwks, refused, keys, "the exponent of RSA keys is 1", [](answer& a) { each_key(a, "RSA", [](auto& key) { key.set_string("e", "AQ"); }); }, {}, "RS256", true},
        {"jwks-e-even", jwks, refused, keys, "the exponent of RSA keys is 65536", [](answer& a) { each_key(a, "RSA", [](auto& key) { key.set_string("e", "AQAA"); }); }, {}, "RS256", true},
        {"jwks-off-curve", jwks, refused, keys, "the points of EC keys are not on their curve", [](answer& a) {
            each_key(a, "EC", [](auto& key) { change_bytes(key, "y", [](auto& y) { y.back() = static_cast<char>(y.back() ^ 1); }); }); }, {}, "ES256", true},
        {"jwks-short-coordinate", jwks, refused, keys, "a coordinate of EC keys lacks its first byte", [](answer& a) {
            each_key(a, "EC", [](auto& key) { change_bytes(key, "y", [](auto& y) { y.erase(0, 1); }); }); }, {}, "ES256", true},
        {"jwks-huge", jwks, refused, response, "a body of a megabyte", [](answer& a) { a.response.body.resize(huge_body, ' '); }, {}, {}, true},
        {"jwks-500", jwks, failed, instead, "status 500", [](answer& a) { gateway_answers(a, 500); }, {}, {}, true},
        {"jwks-html", jwks, refused, response, "a page", [](answer& a) { gateway_answers(a, 200); }, {}, {}, true},
        {"jwks-empty", jwks, refused, keys, "a set without keys", [](answer& a) { a.keys.clear(); }, {}, {}, true},
        {"jwks-no-keys", jwks, refused, body, "no member keys", [](answer& a) { a.body.remove("keys"); }, {}, {}, true},
        {"jwks-keys-object", jwks, refused, body, "keys is an object", [](answer& a) { a.body.set("keys", "{}"); }, {}, {}, true},
        {"ok-jwks-unknown-kty", jwks, accepted, keys, "among others, keys of types and curves that nobody knows, and entries that are no keys", [](answer& a) {
            a.keys.insert(a.keys.begin(), {json_members().set_string("kty", "PQC").set_string("kid", "pqc-1"), json_members().set_string("kty", "EC").set_string("crv", "P-999").set_string("x", "AA"), json_members()}); }, {}, {}, true},
        {"ok-jwks-extra", jwks, accepted, keys, "members that nobody needs, an x5u that must not be fetched among them", [](answer& a) {
            each_key(a, "", [](auto& key) { key.set_string("x5u", "https://attacker.example/certificate").set("nbf", "0").set("x5c", R"(["AAAA"])"); }); }, {}, {}, true},
        {"ok-jwks-no-kid", jwks, accepted, keys, "no key has a kid", [](answer& a) { each_key(a, "", [](auto& key) { key.remove("kid"); }); }, {}, {}, true},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
