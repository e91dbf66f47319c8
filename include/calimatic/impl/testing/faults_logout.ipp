#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/impl/testing/faults_id_token.ipp>
#include <calimatic/impl/testing/faults_jose.ipp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <span>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Faults of a logout token (Back-Channel Logout 2.4 and 2.6).
inline std::span<testing::fault const> logout_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto logout = testing::simulated_endpoint::end_session;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"lot-typ-at-jwt", logout, refused, claims, "typ is that of an access token", [](answer& a) { a.id_token.header.set_string("typ", "at+jwt"); }},
        {"ok-lot-typ-JWT", logout, accepted, claims, "typ is JWT", [](answer& a) { a.id_token.header.set_string("typ", "JWT"); }},
        {"lot-alg-none", logout, refused, id_token, "alg is none, without a signature", [](answer& a) { claim_unsigned(a, "none"); }},
        {"lot-alg-other", logout, refused, claims, "correctly signed, with another algorithm and another key of the issuer", [](answer& a) {
            bool const rsa = a.id_token.alg == "RS256";
            a.id_token.key = rsa ? testing::p256_key : testing::rsa_key;
            a.id_token.alg = rsa ? "ES256" : "RS256";
            a.id_token.header.set_string("alg", a.id_token.alg).set_string("kid", json_members(a.id_token.key).string("kid")); }},
        {"lot-sig-flip", logout, refused, id_token, "every byte of the signature XOR 0x5A", [](answer& a) { change_signature(a, [](auto& s) { for (char& c : s) c = static_cast<char>(c ^ 0x5a); }); }},
        {"lot-iss-wrong", logout, refused, claims, "iss with a 1 appended", [](answer& a) { append_to_claim(a, "iss", "1"); }},
        {"lot-aud-wrong", logout, refused, claims, "aud with a 1 appended", [](answer& a) { append_to_claim(a, "aud", "1"); }},
        {"lot-iat-missing", logout, refused, claims, "no iat", [](answer& a) { remove_claim(a, "iat"); }},
        {"lot-iat-week-old", logout, refused, claims, "iat was a week ago", [](answer& a) { put_time_claim(a, "iat", -7 * 86'400); }},
        {"lot-exp-past", logout, refused, claims, "exp was 6 minutes ago", [](answer& a) { put_time_claim(a, "exp", -360); }},
        {"lot-exp-missing", logout, refused, claims, "no exp", [](answer& a) { remove_claim(a, "exp"); }},
        {"lot-no-sub-no-sid", logout, refused, claims, "neither sub nor sid", [](answer& a) { remove_claim(a, "sub"), remove_claim(a, "sid"); }},
        {"lot-no-events", logout, refused, claims, "no events", [](answer& a) { remove_claim(a, "events"); }},
        {"lot-event-wrong", logout, refused, claims, "another event", [](answer& a) { put_raw_claim(a, "events", R"({"http://schemas.openid.net/event/frontchannel-logout":{}})"); }},
        {"lot-event-not-object", logout, refused, claims, "the event is a string", [](answer& a) { put_raw_claim(a, "events", R"({"http://schemas.openid.net/event/backchannel-logout":""})"); }},
        {"lot-with-nonce", logout, refused, claims, "a nonce", [](answer& a) { put_claim(a, "nonce", "n"); }},
        {"lot-jti-missing", logout, refused, claims, "no jti", [](answer& a) { remove_claim(a, "jti"); }},
        {"ok-lot-extra-claims", logout, accepted, claims, "claims that nobody asked for", [](answer& a) { put_raw_claim(a, "extra", R"([{"a":null}])"); }},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
