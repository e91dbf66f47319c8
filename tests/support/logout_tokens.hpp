#pragma once
#include <calimatic/oidc/logout_token.hpp>
#include <calimatic/oidc/logout_token_rules.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/id_tokens.hpp"

/// \file
/// A logout token that keeps every rule, to be spoiled in one place, and what is accepted and refused in one whose signature is right: one table, for
/// `validate_logout_token`, `logout_token_rules` and `logout_token_validation`.

namespace support {

inline constexpr std::string_view logout_event = "http://schemas.openid.net/event/backchannel-logout";

struct logout_token_sample {
    object_text header{{"alg", R"("RS256")"}, {"typ", R"("logout+jwt")"}, {"kid", R"("rsa-1")"}};
    object_text claims{{"iss", R"("https://op.example.com")"}, {"sub", R"("user-1")"}, {"aud", R"("client-1")"}, {"exp", seconds_from_now(120)},
        {"iat", seconds_from_now(0)}, {"jti", R"("jti-1")"}, {"sid", R"("sid-1")"}, {"events", "{\"" + std::string(logout_event) + "\":{}}"}};
    std::optional<std::string> payload{}; ///< instead of the claims
    std::optional<std::string> token{};   ///< instead of all of these
    std::string_view key = rsa_key;
    calimatic::logout_token_expectations expected{.issuer = "https://op.example.com", .client_id = "client-1"};
    calimatic::time_point now = support::now;

    std::string payload_text() const { return payload ? *payload : claims.text(); }
    /// The token with a signature that nobody could verify.
    std::string unsigned_text() const { return token ? *token : unsigned_token(header.text(), payload_text()); }
#if !defined(CALIMATIC_CRYPTO_NONE)
    std::string signed_text() const { return token ? *token : signed_with_header(key, header.text(), payload_text()); }
#endif
};

/// `logout_token_rules` with the answer given by hand.
inline calimatic::result<calimatic::logout_token_claims> validate_by_hand(logout_token_sample const& sample, bool verified = true) {
    auto rules = calimatic::logout_token_rules::start(sample.unsigned_text(), sample.expected);
    if (!rules) return rules.error();
    return std::move(*rules).finish(verified, sample.now);
}

struct logout_token_case {
    std::string what;
    std::function<void(logout_token_sample&)> change;
    calimatic::error_code code; ///< `none`: accepted
};

inline std::vector<logout_token_case> logout_token_cases() {
    using calimatic::error_code;
    using std::chrono::seconds;
    using sample = logout_token_sample;
    std::vector<logout_token_case> cases;
    auto const refuse = [&cases](std::string_view what, std::function<void(sample&)> change, error_code code) {
        cases.push_back({std::string(what), std::move(change), code});
    };
    auto const accept = [&refuse](std::string_view what, std::function<void(sample&)> change) { refuse(what, std::move(change), error_code::none); };
    using text = std::string;
    auto const set = [](text name, text json) { return [=](sample& s) { s.claims.set(name, json); }; };
    auto const without = [](text name) { return [=](sample& s) { s.claims.remove(name); }; };
    auto const header = [](text name, text json) { return [=](sample& s) { s.header.set(name, json); }; };
    auto const token = [](text whole) { return [=](sample& s) { s.token = whole; }; };
    auto const at = [](text name, std::int64_t difference) { return [=](sample& s) { s.claims.set(name, seconds_from_now(difference)); }; };
    auto const event = [set](text json) { return set("events", "{\"" + text(logout_event) + "\":" + json + "}"); };

    // clang-format off
    accept("ok: a token that keeps every rule", [](sample&) {});

    // (1), the form; typ (2.4, RFC 8725 3.11)
    refuse("not a token", token("junk"), error_code::jws_not_compact);
    refuse("an encrypted token", token("e30.e30.AAAA.AAAA.AAAA"), error_code::jws_encrypted);
    refuse("sig-empty", token(encode(R"({"alg":"RS256"})") + ".e30."), error_code::jws_signature_missing);
    refuse("huge", set("filler", '"' + text(70'000, 'x') + '"'), error_code::token_too_large);
    refuse("claims that are no object", [](sample& s) { s.payload = "[]"; }, error_code::jwt_claims_malformed);
    refuse("a claim twice", [](sample& s) { s.claims.repeat("sub", R"("user-2")"); }, error_code::json_duplicate_member);
    refuse("another token inside", header("cty", R"("JWT")"), error_code::jwt_nested);
    accept("typ-JWT", header("typ", R"("JWT")"));
    accept("typ in other case", header("typ", R"("LOGOUT+JWT")"));
    accept("no typ", [](sample& s) { s.header.remove("typ"); });
    refuse("typ-at-jwt", header("typ", R"("at+jwt")"), error_code::logout_token_typ);
    refuse("typ of a security event", header("typ", R"("secevent+jwt")"), error_code::logout_token_typ);
    refuse("typ is empty", header("typ", R"("")"), error_code::logout_token_typ);
    refuse("typ ends in NUL", header("typ", R"("logout+jwt\u0000")"), error_code::logout_token_typ);
    accept("strict: logout+jwt", [](sample& s) { s.expected.typ_required = true; });
    refuse("strict: typ-JWT", [](sample& s) { s.expected.typ_required = true; s.header.set("typ", R"("JWT")"); }, error_code::logout_token_typ);
    refuse("strict: no typ", [](sample& s) { s.expected.typ_required = true; s.header.remove("typ"); }, error_code::logout_token_typ);

    // (3), alg
    refuse("alg-none", header("alg", R"("none")"), error_code::jws_alg_none);
    refuse("alg-none, in other case and without a signature", token(encode(R"({"alg":"nOnE"})") + ".e30."), error_code::jws_alg_none);
    refuse("alg-wrong", header("alg", R"("ES256")"), error_code::jws_alg_not_allowed);
    refuse("alg is one of MACs", header("alg", R"("HS256")"), error_code::jws_alg_not_allowed);
    refuse("the registered algorithm is unknown", [](sample& s) { s.expected.id_token_signed_response_alg = "RS1"; }, error_code::jws_alg_unknown);
    refuse("a MAC for a client without a secret", [](sample& s) {
        s.expected.id_token_signed_response_alg = "HS256";
        s.header.set("alg", R"("HS256")");
    }, error_code::hmac_of_public_client);
    refuse("a MAC with a short secret", [](sample& s) {
        s.expected.id_token_signed_response_alg = "HS256";
        s.expected.client_secret = "short";
        s.header.set("alg", R"("HS256")");
    }, error_code::hmac_key_too_short);

    // (4) iss, aud, iat, exp
    refuse("iss-wrong", set("iss", R"("https://op.example.com1")"), error_code::logout_token_iss_mismatch);
    refuse("iss with a slash", set("iss", R"("https://op.example.com/")"), error_code::logout_token_iss_mismatch);
    refuse("iss-missing", without("iss"), error_code::logout_token_iss_missing);
    refuse("iss is empty, and no issuer was named", [](sample& s) { s.expected.issuer = {}; s.claims.set("iss", R"("")"); }, error_code::logout_token_iss_mismatch);
    refuse("aud-wrong", set("aud", R"("client-11")"), error_code::logout_token_aud_mismatch);
    refuse("aud-missing", without("aud"), error_code::logout_token_aud_missing);
    refuse("aud is null", set("aud", "null"), error_code::logout_token_aud_missing);
    refuse("aud is an empty array", set("aud", "[]"), error_code::logout_token_aud_mismatch);
    refuse("aud has another client in it", set("aud", R"(["client-1","client-2"])"), error_code::logout_token_aud_untrusted);
    accept("aud has a trusted audience in it", [](sample& s) {
        s.expected.trusted_audiences = {"api-1"};
        s.claims.set("aud", R"(["api-1","client-1"])");
    });
    accept("aud is an array", set("aud", R"(["client-1"])"));
    refuse("exp-missing", without("exp"), error_code::logout_token_exp_missing);
    refuse("exp-past", at("exp", -60), error_code::logout_token_expired);
    accept("exp is past within the tolerance", at("exp", -59));
    refuse("exp is a string", set("exp", '"' + seconds_from_now(120) + '"'), error_code::claim_type_wrong);
    refuse("nbf is in the future", at("nbf", 61), error_code::logout_token_nbf_future);
    accept("nbf is now", at("nbf", 60));
    refuse("iat-missing", without("iat"), error_code::logout_token_iat_missing);
    refuse("iat in the future", at("iat", 61), error_code::logout_token_iat_future);
    refuse("iat-old", [](sample& s) { s.claims.set("iat", seconds_from_now(-661)); }, error_code::logout_token_iat_old);
    accept("iat is old within the tolerance", at("iat", -660));

    // (5) sub, sid
    refuse("no-sub-no-sid", [](sample& s) { s.claims.remove("sub").remove("sid"); }, error_code::logout_token_subject_missing);
    refuse("both are null", [](sample& s) { s.claims.set("sub", "null").set("sid", "null"); }, error_code::logout_token_subject_missing);
    accept("sub alone", without("sid"));
    accept("sid alone", without("sub"));
    refuse("sid is a number", set("sid", "1"), error_code::claim_type_wrong);
    refuse("sid is empty", set("sid", R"("")"), error_code::claim_type_wrong);
    refuse("sub is a number", set("sub", "1"), error_code::claim_type_wrong);
    refuse("sub is empty", set("sub", R"("")"), error_code::id_token_sub_invalid);
    refuse("sub goes on behind a NUL", set("sub", R"("user-1\u0000")"), error_code::id_token_sub_invalid);

    // (6) events
    refuse("no-events", without("events"), error_code::logout_token_event_missing);
    refuse("events is null", set("events", "null"), error_code::logout_token_event_missing);
    refuse("events is a string", set("events", '"' + text(logout_event) + '"'), error_code::logout_token_event_missing);
    refuse("events is an array", set("events", "[\"" + text(logout_event) + "\"]"), error_code::logout_token_event_missing);
    refuse("events is empty", set("events", "{}"), error_code::logout_token_event_missing);
    refuse("event-wrong", set("events", R"({"http://schemas.openid.net/event/backchannel-logout1":{}})"), error_code::logout_token_event_missing);
    refuse("event-not-object: a string", event(R"("")"), error_code::logout_token_event_missing);
    refuse("event-not-object: an array", event("[]"), error_code::logout_token_event_missing);
    refuse("event-not-object: true", event("true"), error_code::logout_token_event_missing);
    refuse("event-not-object: null", event("null"), error_code::logout_token_event_missing);
    accept("the event has members", event(R"({"a":1})"));
    accept("other events beside it", set("events", "{\"https://example.com/other\":1,\"" + text(logout_event) + "\":{}}"));

    // (7) nonce
    refuse("with-nonce", set("nonce", R"("n")"), error_code::logout_token_nonce);
    refuse("with a nonce that is empty", set("nonce", R"("")"), error_code::logout_token_nonce);
    refuse("with a nonce that is a number", set("nonce", "1"), error_code::logout_token_nonce);

    // jti (2.4)
    refuse("jti-missing", without("jti"), error_code::logout_token_jti_missing);
    refuse("jti is empty", set("jti", R"("")"), error_code::logout_token_jti_missing);
    refuse("jti is a number", set("jti", "1"), error_code::claim_type_wrong);

    // what is not asked for
    accept("an extra claim", set("extra", R"([{"a":null}])"));
    refuse("an ID Token", [](sample& s) {
        s.header.set("typ", R"("JWT")");
        s.claims.remove("events").remove("jti").remove("sid").set("nonce", R"("n-0S6_WzA2Mj")").set("auth_time", seconds_from_now(-5));
    }, error_code::logout_token_event_missing);
    // clang-format on
    return cases;
}

} // namespace support
