#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/impl/testing/faults_token.ipp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <cstdint>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

inline void put_claim(simulated_answer& a, std::string_view name, std::string_view value) { a.id_token.claims.set_string(name, value); }
inline void put_raw_claim(simulated_answer& a, std::string_view name, std::string value) { a.id_token.claims.set(name, std::move(value)); }
inline void put_time_claim(simulated_answer& a, std::string_view name, std::int64_t from_now) {
    a.id_token.claims.set_number(name, a.now + from_now);
}
inline void append_to_claim(simulated_answer& a, std::string_view name, std::string_view more) {
    put_claim(a, name, a.id_token.claims.string(name).append(more));
}
inline void remove_claim(simulated_answer& a, std::string_view name) { a.id_token.claims.remove(name); }

/// Faults of the claims of an ID Token that is signed as it should be (OIDC Core 2 and 3.1.3.7).
inline std::span<testing::fault const> id_token_claim_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto token = testing::simulated_endpoint::token;
    // clang-format off
    static constexpr testing::fault rows[]{
        // OIDC Core 3.1.3.7 (2)
        {"idt-iss-wrong", token, refused, claims, "iss with a 1 appended", [](answer& a) { append_to_claim(a, "iss", "1"); }},
        {"idt-iss-missing", token, refused, claims, "no iss", [](answer& a) { remove_claim(a, "iss"); }},
        {"idt-iss-slash", token, refused, claims, "iss with a slash appended", [](answer& a) { append_to_claim(a, "iss", "/"); }},
        {"idt-iss-array", token, refused, claims, "iss is an array with the right one in it", [](answer& a) { put_raw_claim(a, "iss", "[" + a.id_token.claims.value("iss") + "]"); }},
        // (3)
        {"idt-aud-wrong", token, refused, claims, "aud with a 1 appended", [](answer& a) { append_to_claim(a, "aud", "1"); }},
        {"idt-aud-missing", token, refused, claims, "no aud", [](answer& a) { remove_claim(a, "aud"); }},
        {"idt-aud-prefix", token, refused, claims, "aud without its last character", [](answer& a) { auto aud = a.id_token.claims.string("aud"); if (!aud.empty()) aud.pop_back(); put_claim(a, "aud", aud); }},
        {"idt-aud-empty-array", token, refused, claims, "aud is an empty array", [](answer& a) { put_raw_claim(a, "aud", "[]"); }},
        {"idt-aud-untrusted-second", token, refused, claims, "aud names another client, too", [](answer& a) { put_raw_claim(a, "aud", "[" + a.id_token.claims.value("aud") + ",\"another-client\"]"); }},
        {"ok-aud-array", token, accepted, claims, "aud is an array of one", [](answer& a) { put_raw_claim(a, "aud", "[" + a.id_token.claims.value("aud") + "]"); }},
        // (4), (5)
        {"idt-azp-wrong", token, refused, claims, "azp is another client", [](answer& a) { put_claim(a, "azp", a.id_token.claims.string("aud") + "1"); }},
        {"ok-azp", token, accepted, claims, "azp is the client", [](answer& a) { put_claim(a, "azp", a.id_token.claims.string("aud")); }},
        // sub
        {"idt-sub-missing", token, refused, claims, "no sub", [](answer& a) { remove_claim(a, "sub"); }},
        {"idt-sub-empty", token, refused, claims, "sub is empty", [](answer& a) { put_claim(a, "sub", ""); }},
        {"idt-sub-number", token, refused, claims, "sub is a number", [](answer& a) { put_raw_claim(a, "sub", "1"); }},
        {"idt-nul-in-sub", token, refused, claims, "sub goes on behind a NUL", [](answer& a) { append_to_claim(a, "sub", std::string_view("\0admin", 6)); }},
        // (9)
        {"idt-exp-past", token, refused, claims, "exp was 6 minutes ago", [](answer& a) { put_time_claim(a, "exp", -360); }},
        {"idt-exp-missing", token, refused, claims, "no exp", [](answer& a) { remove_claim(a, "exp"); }},
        {"idt-exp-string", token, refused, claims, "exp is a string", [](answer& a) { put_claim(a, "exp", a.id_token.claims.value("exp")); }},
        {"idt-exp-null", token, refused, claims, "exp is null", [](answer& a) { put_raw_claim(a, "exp", "null"); }},
        {"idt-exp-negative", token, refused, claims, "exp is -1", [](answer& a) { put_raw_claim(a, "exp", "-1"); }},
        {"ok-exp-fraction", token, accepted, claims, "exp has a fraction", [](answer& a) { put_raw_claim(a, "exp", a.id_token.claims.value("exp") + ".5"); }},
        {"idt-nbf-future", token, refused, claims, "nbf is in an hour", [](answer& a) { put_time_claim(a, "nbf", 3600); }},
        // (10)
        {"idt-iat-missing", token, refused, claims, "no iat", [](answer& a) { remove_claim(a, "iat"); }},
        {"idt-iat-future", token, refused, claims, "iat is in an hour", [](answer& a) { put_time_claim(a, "iat", 3600); }},
        {"idt-iat-week-old", token, refused, claims, "iat was a week ago", [](answer& a) { put_time_claim(a, "iat", -7 * 24 * 3600); }},
        // (11)
        {"idt-nonce-wrong", token, refused, claims, "nonce with a 1 appended", [](answer& a) { append_to_claim(a, "nonce", "1"); }},
        {"idt-nonce-missing", token, refused, claims, "no nonce", [](answer& a) { remove_claim(a, "nonce"); }},
        {"idt-replay", token, refused, claims, "the token of another sign-in: all is right but the nonce", [](answer& a) { put_claim(a, "nonce", "bm9uY2Ugb2YgYW5vdGhlciBzaWduLWluLCBlYXJsaWVy"); }},
        // (13)
        {"idt-auth_time-missing", token, refused, claims, "no auth_time, which a client that sent max_age needs", [](answer& a) { remove_claim(a, "auth_time"); }},
        {"idt-auth_time-old", token, refused, claims, "auth_time was a day ago, which is too old for a client that sent max_age", [](answer& a) { put_time_claim(a, "auth_time", -24 * 3600); }},
        // 3.1.3.8
        {"idt-at_hash-wrong", token, refused, claims, "at_hash of another access token", [](answer& a) { put_claim(a, "at_hash", "77QmUPtjPfzWtF2AnpK9RQ"); }},
        // the claims as a whole (RFC 7519 7.2)
        {"ok-extra-claims", token, accepted, claims, "claims that nobody knows, of every type",
            [](answer& a) { a.id_token.claims.set("x1", "null").set("x2", "true").set("x3", "[1,{}]").set("x4", R"({"a":1.5})").set("x5", R"("text")").set("x6", "-1e3"); }},
        {"idt-dup-claim", token, refused, claims, "sub is there twice, and the first is a lie", [](answer& a) { a.id_token.claims.repeat_first("sub", R"("admin")"); }},
        {"idt-dup-claim-last", token, refused, claims, "sub is there twice, and the last is a lie", [](answer& a) { a.id_token.claims.repeat("sub", R"("admin")"); }},
        {"idt-payload-array", token, refused, claims, "the claims are in an array", [](answer& a) { a.id_token.payload = "[" + a.id_token.claims.text() + "]"; }},
        {"idt-payload-string", token, refused, claims, "the claims are a string", [](answer& a) { a.id_token.payload = "\"claims\""; }},
        {"idt-payload-not-json", token, refused, claims, "the claims are not JSON", [](answer& a) { a.id_token.payload = "claims"; }},
        {"idt-payload-empty", token, refused, claims, "the claims are empty", [](answer& a) { a.id_token.payload = ""; }},
        {"idt-payload-trailing", token, refused, claims, "more behind the claims", [](answer& a) { a.id_token.payload = a.id_token.claims.text() + "{}"; }},
        {"idt-payload-bom", token, refused, claims, "a byte order mark before the claims", [](answer& a) { a.id_token.payload = "\xef\xbb\xbf" + a.id_token.claims.text(); }},
        {"idt-payload-bad-utf8", token, refused, claims, "a claim that is not UTF-8", [](answer& a) { put_raw_claim(a, "name", "\"\xff\""); }},
        {"idt-deep", token, refused, claims, "a claim that is nested 20,000 deep", [](answer& a) { put_raw_claim(a, "deep", deep_json()); }},
        {"idt-huge", token, refused, claims, "a claim of 100 kB", [](answer& a) { put_claim(a, "filler", std::string(100'000, 'x')); }},
        // its place in the answer (3.1.3.3)
        {"idt-dropped", token, refused, body, "no id_token", [](answer& a) { a.body.remove("id_token"); }, "authorization_code"},
        {"idt-null", token, refused, body, "id_token is null", [](answer& a) { a.body.set("id_token", "null"); }, "authorization_code"},
        {"idt-number", token, refused, body, "id_token is a number", [](answer& a) { a.body.set_number("id_token", 1); }, "authorization_code"},
        {"idt-empty", token, refused, body, "id_token is empty", [](answer& a) { a.body.set_string("id_token", ""); }, "authorization_code"},
    };
    // clang-format on
    return rows;
}

/// Faults of the ID Token of a refresh (OIDC Core 12.2).
inline std::span<testing::fault const> refresh_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto token = testing::simulated_endpoint::token;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"rt-iss-changed", token, refused, claims, "iss is another one", [](answer& a) { append_to_claim(a, "iss", "/other"); }, "refresh_token"},
        {"rt-sub-changed", token, refused, claims, "sub is another one", [](answer& a) { append_to_claim(a, "sub", "-other"); }, "refresh_token"},
        {"rt-aud-changed", token, refused, claims, "aud is another one", [](answer& a) { append_to_claim(a, "aud", "-other"); }, "refresh_token"},
        {"rt-auth_time-changed", token, refused, claims, "auth_time is a minute before the one of the sign-in", [](answer& a) { a.id_token.claims.set_number("auth_time", a.id_token.claims.number("auth_time") - 60); }, "refresh_token"},
        {"ok-rt-no-id_token", token, accepted, body, "no id_token: the old one is to be kept", [](answer& a) { a.body.remove("id_token"); }, "refresh_token"},
        {"ok-rt-no-nonce", token, accepted, claims, "no nonce", [](answer& a) { remove_claim(a, "nonce"); }, "refresh_token"},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
