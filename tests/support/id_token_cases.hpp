#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/id_tokens.hpp"

/// \file
/// What is accepted and refused in an ID Token whose signature is right: one table, for `validate_id_token` and for `id_token_rules`.

namespace support {

struct id_token_case {
    std::string what;
    std::function<void(id_token_sample&)> change;
    calimatic::error_code code; ///< `none`: accepted
};

inline std::vector<id_token_case> id_token_cases() {
    using calimatic::error_code;
    using std::chrono::hours;
    using std::chrono::seconds;
    using sample = id_token_sample;
    std::vector<id_token_case> cases;
    auto const refuse = [&cases](std::string_view what, std::function<void(sample&)> change, error_code code) {
        cases.push_back({std::string(what), std::move(change), code});
    };
    auto const accept = [&refuse](std::string_view what, std::function<void(sample&)> change) { refuse(what, std::move(change), error_code::none); };
    // What a case changes: a claim, a member of the header, the whole payload, the whole token.
    using text = std::string;
    auto const set = [](text name, text json) { return [=](sample& s) { s.claims.set(name, json); }; };
    auto const without = [](text name) { return [=](sample& s) { s.claims.remove(name); }; };
    auto const header = [](text name, text json) { return [=](sample& s) { s.header.set(name, json); }; };
    auto const payload = [](text json) { return [=](sample& s) { s.payload = json; }; };
    auto const token = [](text whole) { return [=](sample& s) { s.token = whole; }; };
    auto const at = [](text name, std::int64_t difference) { return [=](sample& s) { s.claims.set(name, seconds_from_now(difference)); }; };

    // clang-format off
    accept("ok: a token that keeps every rule", [](sample&) {});

    // the form, rule (1), typ (RFC 8725 3.11), nesting
    refuse("idt-junk", token("junk"), error_code::jws_not_compact);
    refuse("idt-4-parts", token("e30.e30.AAAA.AAAA"), error_code::jws_not_compact);
    refuse("idt-5-parts: an encrypted token", token("e30.e30.AAAA.AAAA.AAAA"), error_code::jws_encrypted);
    refuse("idt-5-parts: PBES2 with p2c=10^9 is refused before anything is decoded",
        token(encode(R"({"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000,"p2s":"AAAA"})") + ".AAAA.AAAA.AAAA.AAAA"), error_code::jws_encrypted);
    refuse("idt-sig-absent: two parts", token("e30.e30"), error_code::jws_not_compact);
    refuse("idt-sig-empty", token(encode(R"({"alg":"RS256"})") + ".e30."), error_code::jws_signature_missing);
    refuse("idt-json-serialization", token(R"({"protected":"e30","payload":"e30","signature":"AAAA"})"), error_code::jws_not_compact);
    refuse("idt-huge", [](sample& s) { s.claims.set("filler", '"' + text(70'000, 'x') + '"'); }, error_code::token_too_large);
    refuse("idt-typ-at-jwt", header("typ", R"("at+jwt")"), error_code::id_token_typ);
    refuse("idt-typ-logout-jwt", header("typ", R"("logout+jwt")"), error_code::id_token_typ);
    refuse("idt-typ-dpop-jwt", header("typ", R"("dpop+jwt")"), error_code::id_token_typ);
    refuse("typ is a whole media type", header("typ", R"("application/jwt")"), error_code::id_token_typ);
    refuse("typ is empty", header("typ", R"("")"), error_code::id_token_typ);
    refuse("typ has JWT in it", header("typ", R"("JWT ")"), error_code::id_token_typ);
    refuse("typ ends in NUL", header("typ", R"("JWT\u0000")"), error_code::id_token_typ);
    refuse("typ is a number", header("typ", "1"), error_code::jws_header_malformed);
    accept("ok-typ-JWT", header("typ", R"("JWT")"));
    accept("ok-typ-JWT in lower case", header("typ", R"("jwt")"));
    accept("ok-typ-JWT: escaped", header("typ", R"("\u004aWT")"));
    accept("ok: no typ", [](sample& s) { s.header.remove("typ"); });
    refuse("idt-cty-jwt", header("cty", R"("JWT")"), error_code::jwt_nested);
    refuse("idt-crit-unknown", [](sample& s) { s.header.set("crit", R"(["x"])").set("x", "1"); }, error_code::jws_crit_not_understood);
    refuse("idt-b64-false", header("b64", "false"), error_code::jws_b64);
    refuse("idt-kid-number", header("kid", "1"), error_code::jws_kid_invalid);
    refuse("idt-dup-header", [](sample& s) { s.header.repeat("typ", R"("JWT")"); }, error_code::json_duplicate_member);

    // the claims as a whole (RFC 7519 7.2)
    refuse("idt-payload-array", payload("[]"), error_code::jwt_claims_malformed);
    refuse("idt-payload-string", payload(R"("x")"), error_code::jwt_claims_malformed);
    refuse("idt-payload-not-json", payload("x"), error_code::json_syntax);
    refuse("idt-payload-empty", payload(""), error_code::json_syntax);
    refuse("idt-payload-trailing", [](sample& s) { s.payload = s.claims.text() + "{}"; }, error_code::json_syntax);
    refuse("idt-payload-bom", [](sample& s) { s.payload = "\xef\xbb\xbf" + s.claims.text(); }, error_code::json_syntax);
    refuse("idt-payload-bad-utf8", set("name", "\"\xff\""), error_code::json_syntax);
    refuse("idt-dup-claim", [](sample& s) { s.claims.repeat("sub", R"("user-2")"); }, error_code::json_duplicate_member);
    refuse("idt-dup-claim: escaped", [](sample& s) { s.claims.repeat("s\\u0075b", R"("user-2")"); }, error_code::json_duplicate_member);
    refuse("idt-deep", set("deep", text(40, '[') + text(40, ']')), error_code::json_too_deep);
    accept("ok-extra-claims: of any type", [](sample& s) {
        s.claims.set("a", "null").set("b", "true").set("c", "[1,{}]").set("d", R"({"e":1.5})").set("f", R"("g")").set("h", "-1e3");
    });
    accept("ok: claims repeated in the header have no effect", header("iss", R"("https://evil.example.com")"));

    // (2) iss
    refuse("idt-iss-wrong", set("iss", R"("https://op.example.com1")"), error_code::id_token_iss_mismatch);
    refuse("idt-iss-missing", without("iss"), error_code::id_token_iss_missing);
    refuse("idt-iss-missing: null", set("iss", "null"), error_code::id_token_iss_missing);
    refuse("idt-iss-slash", set("iss", R"("https://op.example.com/")"), error_code::id_token_iss_mismatch);
    refuse("idt-iss-array: with the right one in it", set("iss", R"(["https://op.example.com"])"), error_code::claim_type_wrong);
    refuse("iss is the beginning of ours", set("iss", R"("https://op.example.co")"), error_code::id_token_iss_mismatch);
    refuse("iss is the end of ours", set("iss", R"("op.example.com")"), error_code::id_token_iss_mismatch);
    refuse("iss in other case", set("iss", R"("https://OP.example.com")"), error_code::id_token_iss_mismatch);
    refuse("iss with the default port", set("iss", R"("https://op.example.com:443")"), error_code::id_token_iss_mismatch);
    refuse("iss ends in NUL", set("iss", R"("https://op.example.com\u0000")"), error_code::id_token_iss_mismatch);
    refuse("iss in another normal form (NFD, not NFC)", [](sample& s) {
        s.expected.issuer = "https://op.example.com/\xc3\xa9";
        s.claims.set("iss", "\"https://op.example.com/e\xcc\x81\"");
    }, error_code::id_token_iss_mismatch);
    accept("ok: iss is escaped", set("iss", R"("https:\/\/op.\u0065xample.com")"));
    refuse("no issuer was named, and iss is empty", [](sample& s) { s.expected.issuer = {}; s.claims.set("iss", R"("")"); }, error_code::id_token_iss_mismatch);

    // (3) aud
    refuse("idt-aud-wrong", set("aud", R"("client-11")"), error_code::id_token_aud_mismatch);
    refuse("idt-aud-missing", without("aud"), error_code::id_token_aud_missing);
    refuse("idt-aud-missing: null", set("aud", "null"), error_code::id_token_aud_missing);
    refuse("idt-aud-prefix", set("aud", R"("client-")"), error_code::id_token_aud_mismatch);
    refuse("idt-aud-empty-array", set("aud", "[]"), error_code::id_token_aud_mismatch);
    refuse("idt-aud-untrusted-second", set("aud", R"(["client-1","client-11"])"), error_code::id_token_aud_untrusted);
    refuse("idt-aud-untrusted-second: the other way round", set("aud", R"(["client-11","client-1"])"), error_code::id_token_aud_untrusted);
    refuse("idt-aud-untrusted-second: with azp", [](sample& s) {
        s.claims.set("aud", R"(["client-1","client-11"])").set("azp", R"("client-1")");
    }, error_code::id_token_aud_untrusted);
    refuse("aud in other case", set("aud", R"("Client-1")"), error_code::id_token_aud_mismatch);
    refuse("aud is a list in a string", set("aud", R"("client-1 client-2")"), error_code::id_token_aud_mismatch);
    refuse("aud is an array of an empty string", set("aud", R"([""])"), error_code::id_token_aud_mismatch);
    refuse("aud is an empty string", set("aud", R"("")"), error_code::id_token_aud_mismatch);
    refuse("aud is an object", set("aud", "{}"), error_code::claim_type_wrong);
    refuse("aud is an object with client_id as a member", set("aud", R"({"client-1":true})"), error_code::claim_type_wrong);
    refuse("aud is a number", set("aud", "1"), error_code::claim_type_wrong);
    refuse("aud is true", set("aud", "true"), error_code::claim_type_wrong);
    refuse("aud is a nested array", set("aud", R"([["client-1"]])"), error_code::claim_type_wrong);
    refuse("aud has null in it", set("aud", R"(["client-1",null])"), error_code::claim_type_wrong);
    refuse("no client_id was named, and aud is empty", [](sample& s) { s.expected.client_id = {}; s.claims.set("aud", R"("")"); }, error_code::id_token_aud_mismatch);
    refuse("a trusted audience alone", [](sample& s) {
        s.expected.trusted_audiences = {"api-1"};
        s.claims.set("aud", R"("api-1")");
    }, error_code::id_token_aud_mismatch);
    accept("ok-aud-array", set("aud", R"(["client-1"])"));
    accept("ok: aud says it twice", set("aud", R"(["client-1","client-1"])"));
    accept("ok: a second audience that is trusted", [](sample& s) {
        s.expected.trusted_audiences = {"api-2", "api-1"};
        s.claims.set("aud", R"(["api-1","client-1"])");
    });

    // (4), (5) azp
    refuse("idt-azp-wrong", set("azp", R"("client-11")"), error_code::id_token_azp_mismatch);
    refuse("azp is empty", set("azp", R"("")"), error_code::id_token_azp_mismatch);
    refuse("azp is an array", set("azp", R"(["client-1"])"), error_code::claim_type_wrong);
    refuse("azp is a trusted audience", [](sample& s) {
        s.expected.trusted_audiences = {"api-1"};
        s.claims.set("aud", R"(["api-1","client-1"])").set("azp", R"("api-1")");
    }, error_code::id_token_azp_mismatch);
    accept("ok-azp", set("azp", R"("client-1")"));
    accept("ok: azp is null", set("azp", "null"));

    // (7) alg
    refuse("idt-alg-other: correctly signed with another key", [](sample& s) {
        s.key = p256_key;
        s.header.set("alg", R"("ES256")").set("kid", R"("p256-1")");
    }, error_code::jws_alg_not_allowed);
    refuse("idt-alg-other-same-key", header("alg", R"("PS256")"), error_code::jws_alg_not_allowed);
    refuse("idt-alg-other-same-key: Ed25519 is registered, EdDSA comes", [](sample& s) {
        s.key = ed25519_key;
        s.header.set("alg", R"("EdDSA")").set("kid", R"("ed25519-1")");
        s.expected.id_token_signed_response_alg = "Ed25519";
    }, error_code::jws_alg_not_allowed);
    refuse("idt-alg-none", header("alg", R"("none")"), error_code::jws_alg_none);
    refuse("idt-alg-nOnE", header("alg", R"("nOnE")"), error_code::jws_alg_none);
    refuse("idt-alg-missing", [](sample& s) { s.header.remove("alg"); }, error_code::jws_alg_missing);
    refuse("idt-alg-array", header("alg", R"(["RS256"])"), error_code::jws_header_malformed);
    refuse("idt-hs256-pem", header("alg", R"("HS256")"), error_code::jws_alg_not_allowed);
    refuse("alg in lower case", header("alg", R"("rs256")"), error_code::jws_alg_not_allowed);
    refuse("alg with a space", header("alg", R"("RS256 ")"), error_code::jws_alg_not_allowed);
    refuse("alg is empty", header("alg", R"("")"), error_code::jws_alg_not_allowed);
    refuse("an algorithm that this library does not know is registered", [](sample& s) {
        s.expected.id_token_signed_response_alg = "ES256K";
        s.header.set("alg", R"("ES256K")");
    }, error_code::jws_alg_unknown);
    refuse("none is registered", [](sample& s) { s.expected.id_token_signed_response_alg = "none"; }, error_code::jws_alg_unknown);
    refuse("none is registered, and none comes", [](sample& s) {
        s.expected.id_token_signed_response_alg = "none";
        s.header.set("alg", R"("none")");
    }, error_code::jws_alg_none);
    refuse("nothing is registered", [](sample& s) { s.expected.id_token_signed_response_alg = {}; }, error_code::jws_alg_unknown);
    accept("ok: alg is escaped", header("alg", R"("\u0052S256")"));
    accept("ok-alg-ES256", [](sample& s) {
        s.key = p256_key;
        s.header.set("alg", R"("ES256")").set("kid", R"("p256-1")");
        s.expected.id_token_signed_response_alg = "ES256";
    });
    auto const ec = [](text alg, std::string_view key, text kid) {
        return [=](sample& s) {
            s.key = key;
            s.header.set("alg", '"' + alg + '"').set("kid", '"' + kid + '"');
            s.expected.id_token_signed_response_alg = key == p384_key ? "ES384" : "ES512";
        };
    };
    accept("ok-alg-ES384", ec("ES384", p384_key, "p384-1"));
    accept("ok-alg-ES512", ec("ES512", p521_key, "p521-1"));
    refuse("ES512 comes with the key of ES384", ec("ES512", p384_key, "p384-1"), error_code::jws_alg_not_allowed);

    // (8) a MAC with the client_secret
    auto const mac = [](text alg, std::string_view key, std::size_t secret_bytes, std::function<void(sample&)> change = [](sample&) {}) {
        return [=](sample& s) {
            s.key = key;
            s.header.set("alg", '"' + alg + '"').remove("kid");
            s.expected.id_token_signed_response_alg = key == hs256_key ? "HS256" : key == hs384_key ? "HS384" : "HS512";
            s.expected.client_secret = client_secret.substr(0, secret_bytes);
            change(s);
        };
    };
    accept("ok-alg-HS256", mac("HS256", hs256_key, 32));
    accept("ok-alg-HS384", mac("HS384", hs384_key, 48));
    accept("ok-alg-HS512", mac("HS512", hs512_key, 64));
    accept("ok-alg-HS256: a kid that no key has", mac("HS256", hs256_key, 32, header("kid", R"("rsa-1")")));
    refuse("idt-hs256-empty: a public client", mac("HS256", hs256_key, 0), error_code::hmac_of_public_client);
    refuse("HS256 with a secret of one byte", mac("HS256", hs256_key, 1), error_code::hmac_key_too_short);
    refuse("HS256 with a secret of 31 bytes", mac("HS256", hs256_key, 31), error_code::hmac_key_too_short);
    refuse("HS384 with a secret of 47 bytes", mac("HS384", hs384_key, 47), error_code::hmac_key_too_short);
    refuse("HS512 with a secret of 63 bytes", mac("HS512", hs512_key, 63), error_code::hmac_key_too_short);
    refuse("HS256 comes, HS512 is registered", mac("HS256", hs512_key, 64), error_code::jws_alg_not_allowed);
    refuse("RS256 comes, HS256 is registered", mac("RS256", hs256_key, 32), error_code::jws_alg_not_allowed);
    refuse("HS256 comes, RS256 is registered, and there is a secret", [=](sample& s) {
        mac("HS256", hs256_key, 32)(s);
        s.expected.id_token_signed_response_alg = "RS256";
    }, error_code::jws_alg_not_allowed);
    accept("ok-alg-Ed25519", [](sample& s) {
        s.key = ed25519_key;
        s.header.set("alg", R"("Ed25519")").set("kid", R"("ed25519-1")");
        s.expected.id_token_signed_response_alg = "Ed25519";
    });

    // sub (OIDC Core 2)
    refuse("idt-sub-missing", without("sub"), error_code::id_token_sub_missing);
    refuse("idt-sub-missing: null", set("sub", "null"), error_code::id_token_sub_missing);
    refuse("idt-sub-empty", set("sub", R"("")"), error_code::id_token_sub_invalid);
    refuse("idt-sub-number", set("sub", "1"), error_code::claim_type_wrong);
    refuse("idt-nul-in-sub", set("sub", R"("admin\u0000user-1")"), error_code::id_token_sub_invalid);
    refuse("sub with a line feed", set("sub", R"("user\n1")"), error_code::id_token_sub_invalid);
    refuse("sub with a DEL", set("sub", "\"user\x7f\""), error_code::id_token_sub_invalid);
    refuse("sub is not ASCII", set("sub", "\"us\xc3\xa9r\""), error_code::id_token_sub_invalid);
    refuse("sub has 256 characters", set("sub", '"' + text(256, 'x') + '"'), error_code::id_token_sub_invalid);
    accept("ok: sub has 255 characters", set("sub", '"' + text(255, 'x') + '"'));
    accept("ok: sub with spaces and marks", set("sub", R"(" ~|'<>& ")"));

    // (9) exp, and nbf (RFC 7519 4.1.5)
    refuse("idt-exp-past", at("exp", -360), error_code::id_token_expired);
    refuse("idt-exp-missing", without("exp"), error_code::id_token_exp_missing);
    refuse("idt-exp-null", set("exp", "null"), error_code::id_token_exp_missing);
    refuse("idt-exp-string", set("exp", '"' + seconds_from_now(300) + '"'), error_code::claim_type_wrong);
    refuse("exp is true", set("exp", "true"), error_code::claim_type_wrong);
    refuse("idt-exp-negative", set("exp", "-1"), error_code::id_token_expired);
    refuse("exp=0", set("exp", "0"), error_code::id_token_expired);
    refuse("exp=1e400", set("exp", "1e400"), error_code::json_number_not_finite);
    refuse("exp beyond the year 9999", set("exp", "253402300800"), error_code::claim_out_of_range);
    refuse("exp before the year 0", set("exp", "-62167219201"), error_code::claim_out_of_range);
    refuse("exp does not fit 64 bits", set("exp", "18446744073709551617"), error_code::claim_out_of_range);
    refuse("exp exactly as long ago as is tolerated", at("exp", -60), error_code::id_token_expired);
    accept("ok: exp a little less long ago", set("exp", seconds_from_now(-60) + ".002"));
    accept("ok-exp-fraction", set("exp", seconds_from_now(0) + ".5"));
    accept("ok: exp in exponent notation", set("exp", "1.8000003e9"));
    accept("ok: exp in the year 9999", set("exp", "253402300799"));
    refuse("no tolerance: exp is now", [](sample& s) { s.expected.exp_tolerance = seconds(0); s.claims.set("exp", seconds_from_now(0)); }, error_code::id_token_expired);
    refuse("a negative tolerance is none", [](sample& s) {
        s.expected.exp_tolerance = (seconds::min)();
        s.claims.set("exp", seconds_from_now(0));
    }, error_code::id_token_expired);
    accept("ok: a negative tolerance is none", [](sample& s) { s.expected.exp_tolerance = seconds(-3600); s.claims.set("exp", seconds_from_now(1)); });
    accept("ok: any tolerance at all", [](sample& s) {
        s.expected.exp_tolerance = s.expected.iat_tolerance = s.expected.iat_max_age = (seconds::max)();
        s.claims.set("exp", "-62167219200").set("nbf", "253402300799").set("iat", "-62167219200");
    });
    refuse("the end of time", [](sample& s) {
        s.now = (calimatic::time_point::max)();
        s.claims.set("exp", "253402300799");
    }, error_code::id_token_expired);
    refuse("the beginning of time", [](sample& s) { s.now = (calimatic::time_point::min)(); }, error_code::id_token_iat_future);
    refuse("the beginning of time, and nbf", [](sample& s) {
        s.now = (calimatic::time_point::min)();
        s.claims.set("nbf", "-62167219200");
    }, error_code::id_token_nbf_future);
    refuse("a device whose clock starts in 1970", [](sample& s) { s.now = calimatic::time_point(); }, error_code::id_token_iat_future);
    refuse("idt-nbf-future", at("nbf", 3600), error_code::id_token_nbf_future);
    refuse("nbf just beyond what is tolerated", at("nbf", 61), error_code::id_token_nbf_future);
    refuse("nbf is a string", set("nbf", R"("0")"), error_code::claim_type_wrong);
    accept("ok: nbf as far in the future as is tolerated", at("nbf", 60));
    accept("ok: nbf is null", set("nbf", "null"));
    accept("ok: nbf in the past", set("nbf", "0"));

    // (10) iat
    refuse("idt-iat-missing", without("iat"), error_code::id_token_iat_missing);
    refuse("idt-iat-missing: null", set("iat", "null"), error_code::id_token_iat_missing);
    refuse("iat is a string", set("iat", R"("1800000000")"), error_code::claim_type_wrong);
    refuse("idt-iat-future", at("iat", 3600), error_code::id_token_iat_future);
    refuse("iat just beyond what is tolerated", at("iat", 61), error_code::id_token_iat_future);
    refuse("idt-iat-week-old", at("iat", -7 * 24 * 3600), error_code::id_token_iat_old);
    refuse("iat just too old", at("iat", -661), error_code::id_token_iat_old);
    refuse("iat in milliseconds", set("iat", seconds_from_now(0) + "000"), error_code::claim_out_of_range);
    accept("ok: iat as far in the future as is tolerated", at("iat", 60));
    accept("ok: iat as old as is tolerated", at("iat", -660));
    accept("ok: a week old, and that is allowed", [](sample& s) { s.expected.iat_max_age = hours(24 * 8); s.claims.set("iat", seconds_from_now(-7 * 24 * 3600)); });
    refuse("a negative age is none", [](sample& s) { s.expected.iat_max_age = (seconds::min)(); s.claims.set("iat", seconds_from_now(-61)); }, error_code::id_token_iat_old);

    // (11) nonce
    refuse("idt-nonce-wrong", set("nonce", R"("n-0S6_WzA2Mj-n-0S6_WzA2Mj1")"), error_code::id_token_nonce_mismatch);
    refuse("idt-nonce-missing", without("nonce"), error_code::id_token_nonce_missing);
    refuse("idt-nonce-missing: null", set("nonce", "null"), error_code::id_token_nonce_missing);
    refuse("idt-replay: the token of another sign-in", set("nonce", R"("another-sign-in-of-this-user")"), error_code::id_token_nonce_mismatch);
    refuse("nonce is the beginning of ours", set("nonce", R"("n-0S6_WzA2Mj")"), error_code::id_token_nonce_mismatch);
    refuse("nonce is empty", set("nonce", R"("")"), error_code::id_token_nonce_mismatch);
    refuse("nonce in other case", set("nonce", R"("N-0s6_wZa2mJ-N-0s6_wZa2mJ")"), error_code::id_token_nonce_mismatch);
    refuse("nonce is a number", set("nonce", "1"), error_code::id_token_nonce_mismatch);
    refuse("nonce is an array with ours in it", set("nonce", R"(["n-0S6_WzA2Mj-n-0S6_WzA2Mj"])"), error_code::id_token_nonce_mismatch);
    refuse("a nonce that was not sent", [](sample& s) { s.expected.nonce.reset(); }, error_code::id_token_nonce_unexpected);
    refuse("a nonce that was not sent and is no string", [](sample& s) { s.expected.nonce.reset(); s.claims.set("nonce", "0"); }, error_code::id_token_nonce_unexpected);
    accept("ok: none sent, none there", [](sample& s) { s.expected.nonce.reset(); s.claims.remove("nonce"); });
    accept("ok: none sent, null there", [](sample& s) { s.expected.nonce.reset(); s.claims.set("nonce", "null"); });

    // (12) acr
    auto const acr = [](text json) {
        return [=](sample& s) {
            s.expected.acr_values = {"urn:mace:incommon:iap:silver", "urn:mace:incommon:iap:bronze"};
            s.claims.set("acr", json);
        };
    };
    refuse("acr is missing", [](sample& s) { s.expected.acr_values = {"urn:mace:incommon:iap:silver"}; }, error_code::id_token_acr_mismatch);
    refuse("acr is another", acr(R"("0")"), error_code::id_token_acr_mismatch);
    refuse("acr is null", acr("null"), error_code::id_token_acr_mismatch);
    refuse("acr is a number", acr("0"), error_code::id_token_acr_mismatch);
    refuse("acr is an array", acr(R"(["urn:mace:incommon:iap:silver"])"), error_code::id_token_acr_mismatch);
    accept("ok: acr is the second one", acr(R"("urn:mace:incommon:iap:bronze")"));
    accept("ok: acr that nobody asked for", set("acr", R"("0")"));

    // (13) auth_time
    auto const aged = [](seconds max_age, text json) {
        return [=](sample& s) {
            s.expected.max_age = max_age;
            s.claims.set("auth_time", json);
        };
    };
    refuse("idt-auth_time-missing", [](sample& s) { s.expected.max_age = seconds(300); }, error_code::id_token_auth_time_missing);
    refuse("idt-auth_time-missing: null", aged(seconds(300), "null"), error_code::id_token_auth_time_missing);
    refuse("idt-auth_time-old", aged(seconds(300), seconds_from_now(-3600)), error_code::id_token_auth_time_old);
    refuse("auth_time just too old", aged(seconds(300), seconds_from_now(-361)), error_code::id_token_auth_time_old);
    refuse("auth_time and max_age=0", aged(seconds(0), seconds_from_now(-61)), error_code::id_token_auth_time_old);
    refuse("a negative max_age is 0", aged((seconds::min)(), seconds_from_now(-61)), error_code::id_token_auth_time_old);
    refuse("auth_time in the future", aged(seconds(300), seconds_from_now(61)), error_code::id_token_auth_time_future);
    refuse("auth_time is a string", aged(seconds(300), '"' + seconds_from_now(0) + '"'), error_code::claim_type_wrong);
    refuse("auth_time is out of range", aged(seconds(300), "1e15"), error_code::claim_out_of_range);
    accept("ok: auth_time as far in the future as is tolerated", aged(seconds(300), seconds_from_now(60)));
    accept("ok: auth_time as old as is tolerated", aged(seconds(300), seconds_from_now(-360)));
    accept("ok: auth_time and max_age=0", aged(seconds(0), seconds_from_now(-60)));
    accept("ok: any max_age at all", aged((seconds::max)(), "-62167219200"));
    accept("ok: auth_time is old, and nobody asked", set("auth_time", "0"));
    accept("ok: auth_time is no number, and nobody asked", set("auth_time", R"("yesterday")"));

    // at_hash (3.1.3.8)
    auto const quoted = [](std::string_view value) { return '"' + text(value) + '"'; };
    refuse("idt-at_hash-wrong", set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RA")"), error_code::id_token_at_hash_mismatch);
    refuse("idt-at_hash-wrong: with a character more", set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RQ1")"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash is shorter than half the hash", set("at_hash", R"("77QmUPtjPfzWtF2AnpK9")"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash is the whole hash", set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RWpXrWlrecdbLUyJDIb7S6Q")"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash is padded", set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RQ==")"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash has other trailing bits", set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RR")"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash is empty", set("at_hash", R"("")"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash is a number", set("at_hash", "1"), error_code::id_token_at_hash_mismatch);
    refuse("at_hash of another access token", [=](sample& s) {
        s.claims.set("at_hash", quoted(sample_at_hash_sha256));
        s.expected.access_token = "another";
    }, error_code::id_token_at_hash_mismatch);
    auto const eddsa = [](text at_hash) {
        return [=](sample& s) {
            s.key = ed25519_key;
            s.header.set("alg", R"("EdDSA")").set("kid", R"("ed25519-1")");
            s.expected.id_token_signed_response_alg = "EdDSA";
            s.claims.set("at_hash", at_hash);
        };
    };
    refuse("at_hash by SHA-256 with EdDSA", eddsa(quoted(sample_at_hash_sha256)), error_code::id_token_at_hash_mismatch);
    refuse("at_hash by SHA-512 with RS256", set("at_hash", quoted(sample_at_hash_sha512)), error_code::id_token_at_hash_mismatch);
    accept("ok-at_hash (OIDC Core A.3)", set("at_hash", quoted(sample_at_hash_sha256)));
    accept("ok-at_hash by SHA-512 with EdDSA", eddsa(quoted(sample_at_hash_sha512)));
    auto const at_hash = [](std::function<void(sample&)> alg, text hash) {
        return [=](sample& s) { alg(s); s.claims.set("at_hash", hash); };
    };
    accept("ok-at_hash by SHA-384 with ES384", at_hash(ec("ES384", p384_key, "p384-1"), quoted(sample_at_hash_sha384)));
    accept("ok-at_hash by SHA-512 with ES512", at_hash(ec("ES512", p521_key, "p521-1"), quoted(sample_at_hash_sha512)));
    accept("ok-at_hash by SHA-384 with HS384", at_hash(mac("HS384", hs384_key, 48), quoted(sample_at_hash_sha384)));
    refuse("at_hash by SHA-256 with ES384", at_hash(ec("ES384", p384_key, "p384-1"), quoted(sample_at_hash_sha256)), error_code::id_token_at_hash_mismatch);
    refuse("at_hash by SHA-384 with HS256", at_hash(mac("HS256", hs256_key, 32), quoted(sample_at_hash_sha384)), error_code::id_token_at_hash_mismatch);
    refuse("at_hash by SHA-384 of another token", at_hash(mac("HS384", hs384_key, 48), quoted(encode(text(24, 'x')))), error_code::id_token_at_hash_mismatch);
    accept("ok: at_hash is null", set("at_hash", "null"));
    accept("ok: at_hash, and no access token", [](sample& s) {
        s.expected.access_token = {};
        s.claims.set("at_hash", "1");
    });
    accept("ok: a c_hash, which the code flow does not look at", set("c_hash", R"("LDktKdoQak3Pk0cnXxCltA")"));

    // other tokens (RFC 8725 3.12)
    auto const logout = R"({"http://schemas.openid.net/event/backchannel-logout":{}})";
    refuse("a logout token that is typed JWT", [=](sample& s) { s.claims.remove("nonce").set("events", logout); }, error_code::id_token_typ);
    refuse("a logout token that is typed JWT, where no nonce was sent", [=](sample& s) {
        s.expected.nonce.reset();
        s.claims.remove("nonce").set("events", logout);
    }, error_code::id_token_typ);
    refuse("an access token for the client itself that is typed JWT", [](sample& s) {
        s.claims.remove("nonce").set("client_id", R"("client-1")").set("scope", R"("openid")").set("jti", R"("1")");
    }, error_code::id_token_nonce_missing);
    refuse("a client assertion", payload(R"({"iss":"client-1","sub":"client-1","aud":"https://op.example.com","exp":1800000060,"iat":1800000000,"jti":"1"})"),
        error_code::id_token_iss_mismatch);
    accept("ok: events of another kind", set("events", R"({"https://example.com/event":{}})"));
    accept("ok: events that are none", set("events", R"("none")"));

    // of a refresh (12.2)
    auto const refreshed = [](std::function<void(sample&)> change) {
        return [=](sample& s) {
            s.first.emplace(s.claims).set("iat", seconds_from_now(-300)).set("auth_time", seconds_from_now(-900)).set("aud", R"(["client-1","api-1"])");
            s.claims.remove("nonce").set("auth_time", seconds_from_now(-900)).set("aud", R"(["client-1","api-1"])");
            s.expected.trusted_audiences = {"api-1", "api-2"};
            change(s);
        };
    };
    accept("ok-rt-no-nonce", refreshed([](sample&) {}));
    accept("ok-rt: the nonce of the first", refreshed([](sample& s) { s.claims.set("nonce", R"("n-0S6_WzA2Mj-n-0S6_WzA2Mj")"); }));
    accept("ok-rt: nonce is null", refreshed([](sample& s) { s.claims.set("nonce", "null"); }));
    accept("ok-rt: a further audience", refreshed([](sample& s) { s.claims.set("aud", R"(["api-2","api-1","client-1"])"); }));
    accept("ok-rt: no auth_time", refreshed([](sample& s) { s.claims.remove("auth_time"); }));
    accept("ok-rt: auth_time, where the first had none", refreshed([](sample& s) { s.first->remove("auth_time"); }));
    accept("ok-rt: max_age of the sign-in long ago", refreshed([](sample& s) { s.expected.max_age = seconds(0); }));
    accept("ok-rt: azp in both", refreshed([](sample& s) { s.claims.set("azp", R"("client-1")"); s.first->set("azp", R"("client-1")"); }));
    accept("ok-rt: iat as much older as is tolerated", refreshed([](sample& s) { s.claims.set("iat", seconds_from_now(-360)); }));
    refuse("rt-iss-changed", refreshed([](sample& s) { s.claims.set("iss", R"("https://op2.example.com")"); }), error_code::id_token_iss_mismatch);
    refuse("rt-iss-changed: with the issuer that is expected", refreshed([](sample& s) { s.first->set("iss", R"("https://op2.example.com")"); }), error_code::id_token_changed);
    refuse("rt-sub-changed", refreshed([](sample& s) { s.claims.set("sub", R"("user-2")"); }), error_code::id_token_changed);
    refuse("rt-sub-changed: in case only", refreshed([](sample& s) { s.claims.set("sub", R"("User-1")"); }), error_code::id_token_changed);
    refuse("rt-aud-changed: without an audience of the first", refreshed([](sample& s) { s.claims.set("aud", R"("client-1")"); }), error_code::id_token_changed);
    refuse("rt-aud-changed: another client", refreshed([](sample& s) { s.claims.set("aud", R"("client-11")"); }), error_code::id_token_aud_mismatch);
    refuse("rt-auth_time-changed", refreshed([](sample& s) { s.claims.set("auth_time", seconds_from_now(-899)); }), error_code::id_token_changed);
    refuse("rt-auth_time-changed: into a string", refreshed([](sample& s) { s.claims.set("auth_time", '"' + seconds_from_now(-900) + '"'); }), error_code::id_token_changed);
    refuse("rt-azp-changed: it was not there", refreshed([](sample& s) { s.claims.set("azp", R"("client-1")"); }), error_code::id_token_changed);
    refuse("rt-azp-changed: it is no longer there", refreshed([](sample& s) { s.first->set("azp", R"("client-1")"); }), error_code::id_token_changed);
    refuse("rt-nonce-changed", refreshed([](sample& s) { s.claims.set("nonce", R"("another")"); }), error_code::id_token_changed);
    refuse("rt-nonce-changed: into a number", refreshed([](sample& s) { s.claims.set("nonce", "1"); }), error_code::id_token_changed);
    refuse("rt-nonce-changed: the first had none", refreshed([](sample& s) {
        s.first->remove("nonce");
        s.claims.set("nonce", R"("n-0S6_WzA2Mj-n-0S6_WzA2Mj")");
    }), error_code::id_token_changed);
    refuse("rt-iat-older", refreshed([](sample& s) { s.claims.set("iat", seconds_from_now(-361)); }), error_code::id_token_changed);
    refuse("rt-exp-past", refreshed([](sample& s) { s.claims.set("exp", seconds_from_now(-360)); }), error_code::id_token_expired);
    refuse("rt-at_hash-wrong", refreshed([](sample& s) { s.claims.set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RA")"); }), error_code::id_token_at_hash_mismatch);
    refuse("rt: a logout token typed JWT", refreshed([=](sample& s) { s.claims.set("events", logout); }), error_code::id_token_typ);
    // clang-format on
    return cases;
}

} // namespace support
