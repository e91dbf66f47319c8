#include <calimatic/jose/signature_verifier.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.hpp"
#include "support/tokens.hpp"
#include "support/vectors.hpp"

using namespace calimatic;
using support::rule_name;
using support::unsigned_token;
using enum signature_algorithm;

TEST_CASE("the algorithm of a token is one of those that the caller allows, and no other") {
    auto const check_alg = [](std::string_view alg, std::vector<signature_algorithm> const& allowed) {
        auto const token = parse_compact_jws(unsigned_token(R"({"alg":")" + std::string(alg) + R"("})"));
        auto const algorithm = check_algorithm(*token, allowed);
        return algorithm ? std::string(traits_of(*algorithm).alg) : rule_name(algorithm);
    };
    CHECK(check_alg("RS256", {rs256}) == "RS256");
    CHECK(check_alg("ES256", {rs256, es256}) == "ES256");
    CHECK(check_alg("RS256", {es256}) == "jws_alg_not_allowed"); // idt-alg-other
    CHECK(check_alg("EdDSA", {ed25519}) == "jws_alg_not_allowed");
    CHECK(check_alg("Ed25519", {eddsa}) == "jws_alg_not_allowed");
    CHECK(check_alg("RS256", {}) == "jws_alg_not_allowed");
    CHECK(check_alg("HS256", {hs384, hs512}) == "jws_alg_not_allowed");
    CHECK(check_alg("PS256", {rs256}) == "jws_alg_not_allowed");
    CHECK(check_alg("ES512", {es512}) == "ES512");
    for (auto alg : {"HS256", "HS512", "PS256", "RS1", "rs256", "RS256 ", "", "ES256K", "none "})
        CHECK(check_alg(alg, {rs256, es256, eddsa, ed25519}) == "jws_alg_not_allowed");
    for (auto token : {vectors::rfc7515_a1, vectors::rfc7515_a4, vectors::rfc7520_4_2, vectors::rfc7520_4_3, vectors::rfc7520_4_4}) {
        INFO(token);
        CHECK(rule_name(check_algorithm(*parse_compact_jws(token), {rs256, es256, eddsa, ed25519})) == "jws_alg_not_allowed");
    }
}

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace {

std::vector<signature_algorithm> const every_algorithm = {rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, eddsa, ed25519};

/// "accepted", or the rule that breaks when the token is taken apart and then verified.
std::string verify_with(signature_verifier& verifier, std::string_view token) {
    auto const jws = parse_compact_jws(token);
    return jws ? rule_name(verifier.verify_signature(*jws)) : rule_name(jws);
}
std::string verify_with(std::string_view keys, std::string_view token, std::vector<signature_algorithm> const& allowed = every_algorithm) {
    signature_verifier verifier(*parse_jwk_set(keys), allowed);
    return verify_with(verifier, token);
}
std::string set_of(std::string_view jwk) { return support::jwk_set_text({jwk}); }

constexpr std::string_view all_keys[] = {support::rsa_key, support::p256_key, support::p384_key, support::p521_key, support::ed25519_key};
constexpr std::string_view claims_text = R"({"sub":"u"})";

signature_verifier verifier_of_all_keys() {
    return signature_verifier(
        support::public_keys({support::rsa_key, support::other_rsa_key, support::p256_key, support::other_p256_key, support::p384_key,
            support::other_p384_key, support::p521_key, support::other_p521_key, support::ed25519_key, support::other_ed25519_key}),
        every_algorithm);
}

} // namespace

TEST_CASE("the vectors of the specifications verify") {
    CHECK(verify_with(set_of(vectors::rfc7515_a2_jwk), vectors::rfc7515_a2) == "accepted");
    CHECK(verify_with(set_of(support::public_jwk(vectors::rfc7515_a3_jwk)), vectors::rfc7515_a3) == "accepted");
    CHECK(verify_with(set_of(vectors::rfc7520_3_3), vectors::rfc7520_4_1) == "accepted");
    CHECK(verify_with(set_of(support::public_jwk(vectors::rfc8037_a1)), vectors::rfc8037_a4) == "accepted");
    CHECK(verify_with(set_of(vectors::rfc7520_3_3), vectors::rfc7515_a2) == "jws_signature_invalid");
    CHECK(verify_with(set_of(vectors::rfc7520_3_3), vectors::rfc7520_4_2) == "accepted"); // PS384
    CHECK(verify_with(set_of(vectors::rfc7520_3_1), vectors::rfc7520_4_3) == "accepted"); // ES512
    CHECK(verify_with(set_of(support::public_jwk(vectors::rfc7515_a4_jwk)), vectors::rfc7515_a4) == "accepted");
    CHECK(verify_with(set_of(vectors::rfc7520_3_1), vectors::rfc7515_a4) == "jws_signature_invalid");
}

TEST_CASE("what another implementation has signed verifies, each with its algorithm") {
    auto verifier = verifier_of_all_keys();
    for (auto token : {vectors::rs384, vectors::rs512, vectors::ps256, vectors::ps512, vectors::es384}) {
        INFO(token);
        CHECK(verify_with(verifier, token) == "accepted");
        CHECK(verify_with(verifier, support::with_flipped_signature(token)) == "jws_signature_invalid");
        auto const alg = *parse_algorithm(parse_compact_jws(token)->alg);
        for (auto other : every_algorithm)
            if (other != alg)
                CHECK(verify_with(set_of(support::public_jwk(alg == es384 ? support::p384_key : support::rsa_key)), token, {other}) ==
                    "jws_alg_not_allowed");
    }
}

TEST_CASE("a held verifier tells a good token from a bad one, in any order") {
    auto verifier = verifier_of_all_keys();
    REQUIRE(verifier.keys().keys.size() == 10);
    REQUIRE(verifier.keys().skipped.empty());
    for (auto key : all_keys) {
        INFO(key.substr(0, 40));
        auto const token = support::signed_token(key, claims_text);
        auto const refused = [&](char const* what, std::string_view hostile, std::string_view rule = "jws_signature_invalid") {
            INFO(what);
            CHECK(verify_with(verifier, hostile) == rule);
            CHECK(verify_with(verifier, token) == "accepted"); // a refused token leaves nothing behind
        };
        auto const signature = support::take_apart(token).signature;
        refused("idt-sig-flip", support::with_flipped_signature(token));
        refused("idt-sig-zero", support::with_signature(token, std::string(signature.size(), '\0')));
        refused("idt-sig-one-byte", support::with_signature(token, "x"));
        refused("AAAA", support::with_signature(token, std::string(3, '\0')));
        refused("a byte short", support::with_signature(token, signature.substr(1)));
        refused("a byte long", support::with_signature(token, signature + '\0'));
        refused("64 kB of signature", support::with_signature(token, std::string(40'000, '\xff')));
        refused("idt-payload-edited", support::with_payload(token, R"({"sub":"admin"})"));
        refused("idt-payload-empty", support::with_payload(token, ""));
        auto const header = support::take_apart(token).header;
        refused("idt-header-edited: a space", support::with_header(token, header + " "));
        refused("idt-sig-absent", token.substr(0, token.rfind('.') + 1), "jws_signature_missing");
        refused("idt-padding", token + "==", "base64url_invalid");
        refused("idt-alg-none", support::with_header(support::with_signature(token, ""), R"({"alg":"none"})"), "jws_alg_none");
        refused("idt-none-keeps-sig", support::with_header(token, R"({"alg":"none"})"), "jws_alg_none");
    }
}

TEST_CASE("a signature of another token of the same key does not fit") {
    auto verifier = verifier_of_all_keys();
    for (auto key : all_keys) {
        auto const one = support::signed_token(key, R"({"sub":"a"})"), other = support::signed_token(key, R"({"sub":"b"})");
        CHECK(verify_with(verifier, support::with_signature(one, support::take_apart(other).signature)) == "jws_signature_invalid");
    }
}

TEST_CASE("spare bits of base64url make no second spelling of a token (idt-noncanonical-bits)") {
    auto verifier = verifier_of_all_keys();
    for (auto key : all_keys) { // 256 and 64 bytes leave four and two spare bits, 96 and 132 none
        auto const token = support::signed_token(key, claims_text);
        int accepted = 0;
        for (char last : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
            accepted += verify_with(verifier, support::without_last(token, 1) + last) == "accepted";
        CHECK(accepted == 1); // the right one
    }
}

TEST_CASE("ECDSA takes no DER, whatever its length, and no other length at all (idt-es256-der)") {
    auto verifier = verifier_of_all_keys();
    for (auto key : {support::p256_key, support::p384_key, support::p521_key}) {
        auto const token = support::signed_token(key, claims_text);
        auto const raw = support::take_apart(token).signature;
        auto const half = raw.size() / 2;
        INFO(raw.size());
        auto const refused = [&](std::string const& signature) {
            CHECK(verify_with(verifier, support::with_signature(token, signature)) == "jws_signature_invalid");
        };
        auto const size = [](std::size_t n) { return std::string(1, static_cast<char>(n)); };
        for (std::size_t zeros = 0; zeros < 2; ++zeros) {
            auto const r = std::string(zeros, '\0') + raw.substr(0, half), s = raw.substr(half);
            auto const body = "\x02" + size(r.size()) + r + "\x02" + size(s.size()) + s;
            refused((body.size() < 128 ? "\x30" : "\x30\x81") + size(body.size()) + body);
        }
        refused(raw.substr(1));
        refused(raw.substr(0, raw.size() - 1));
        refused(raw + '\0');
        refused('\0' + raw);
        refused('\0' + raw.substr(0, half) + '\0' + raw.substr(half));
        refused(std::string(raw.size(), '\0')); // idt-sig-zero
        refused(raw.substr(half) + raw.substr(0, half));
        CHECK(verify_with(verifier, token) == "accepted");
    }
}

TEST_CASE("the curve is fixed by the algorithm, and the algorithm by the curve") {
    auto verifier = verifier_of_all_keys();
    for (auto [key, kid] : {std::pair(support::p256_key, "p256-1"), std::pair(support::p384_key, "p384-1"), std::pair(support::p521_key, "p521-1")})
        for (auto alg : {"ES256", "ES384", "ES512"}) {
            INFO(kid << ' ' << alg);
            auto const header = "{\"alg\":\"" + std::string(alg) + "\",\"kid\":\"" + kid + "\"}";
            bool const fits = alg == traits_of(support::algorithm_of(key)).alg;
            CHECK(verify_with(verifier, support::signed_with_header(key, header, claims_text)) == (fits ? "accepted" : "jwk_not_found"));
        }
    // the same without a kid: the key of the right curve is tried, and did not sign this
    CHECK(verify_with(verifier, support::signed_with_header(support::p256_key, R"({"alg":"ES384"})")) == "jws_signature_invalid");
    CHECK(verify_with(verifier, support::signed_with_header(support::p384_key, R"({"alg":"ES512"})")) == "jws_signature_invalid");
}

TEST_CASE("RSA: a signature of one scheme or hash is none of another, and a key is bound to the algorithm that it names") {
    for (auto alg : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) {
        auto const key = support::for_alg(support::rsa_key, alg);
        auto const token = support::signed_token(key, claims_text);
        for (auto other : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) {
            INFO(alg << ' ' << other);
            bool const same = std::string_view(alg) == other;
            auto const header = "{\"alg\":\"" + std::string(other) + "\",\"kid\":\"rsa-1\"}";
            auto const renamed = support::signed_with_header(key, header, claims_text); // signed as `alg`
            CHECK(verify_with(set_of(support::public_jwk(support::rsa_key)), renamed) == (same ? "accepted" : "jws_signature_invalid"));
            CHECK(
                verify_with(set_of(support::public_jwk(support::for_alg(support::rsa_key, other))), token) == (same ? "accepted" : "jwk_not_found"));
        }
    }
}

TEST_CASE("a public key is never an HMAC secret, whatever form it has, and no key of a set is one") {
    auto const spki = "-----BEGIN PUBLIC KEY-----\n"
                      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArWfeZdTjy70aJUVBEq5g\n"
                      "X6I3gXqQkCEvegQmuEmrsY0kllZg4EQk6hgGVUaUQOMv2bvjluEr+rW+WkItUIvk\n"
                      "GPiRGR03ZAKvYPFPH/XjDew+LUlpTfiGKUXW2ARbV3vsdIhPVBA3X3ay99lRHDhe\n"
                      "P4uXw1v94Atk6zkUnRnWpHNkbaHC1sOzgSPaL7Fe0oX82iXWnK7h/LhtZ6gKF4xZ\n"
                      "VOEogOIWKvs30d5e30h0ZyORR+TNCKFGc9x1JxqaVoL4AQOqaPv+ReGXm1dwLRKH\n"
                      "eDhGhLwJ8n5JXs/RwoUyCcsxsbbcuuzvjj04CidTXqaSPpcgYM0GStm2dc5fR6ER\n"
                      "cwIDAQAB\n"
                      "-----END PUBLIC KEY-----\n"; // of rsa-1, as OpenSSL writes it
    auto const document = support::json_of(support::rsa_key);
    auto const modulus = support::decode(*document.root()["n"].as_string());
    std::string crlf;
    for (char c : std::string_view(spki)) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    std::string der;
    for (char c : std::string_view(spki).substr(27, std::string_view(spki).rfind("\n--") - 27))
        if (c != '\n') der += c == '+' ? '-' : c == '/' ? '_' : c; // base64url
    der = support::decode(der);
    REQUIRE(der.find(modulus) != std::string::npos);
    struct spelling {
        char const* what;
        std::string secret;
    };
    auto verifier = verifier_of_all_keys();
    auto every_name = every_algorithm; // a caller who allows too much
    every_name.insert(every_name.end(), {hs256, hs384, hs512});
    signature_verifier careless(support::public_keys({support::rsa_key}), every_name);
    for (auto const& [what, secret] : {
             spelling{"idt-hs256-spki-pem", spki},
             spelling{"without the last line end", std::string(spki, std::string_view(spki).size() - 1)},
             spelling{"with CR LF", crlf},
             spelling{"with a space before", " " + std::string(spki)},
             spelling{"idt-hs256-der", der},
             spelling{"PKCS #1: idt-hs256-pkcs1-der", der.substr(24)},
             spelling{"idt-hs256-jwk", support::public_jwk(support::rsa_key)},
             spelling{"idt-hs256-modulus", modulus},
             spelling{"the modulus in base64url", support::encode(modulus)},
         }) {
        INFO(what);
        for (auto alg : {"HS256", "HS384", "HS512"}) {
            auto const key = "{\"kty\":\"oct\",\"kid\":\"rsa-1\",\"alg\":\"" + std::string(alg) + "\",\"k\":\"" + support::encode(secret) + "\"}";
            auto const token = support::signed_token(key, claims_text);
            CHECK(verify_with(verifier, token) == "jws_alg_not_allowed");
            CHECK(verify_with(careless, token) == "jwk_not_found");
            auto const as_rsa = support::signed_with_header(key, R"({"alg":"RS256","kid":"rsa-1"})", claims_text);
            CHECK(verify_with(verifier, as_rsa) == "jws_signature_invalid");
        }
    }
    auto const empty = unsigned_token(R"({"alg":"HS256","kid":"rsa-1"})", claims_text, std::string(32, 'x')); // idt-hs256-empty
    CHECK(verify_with(verifier, empty) == "jws_alg_not_allowed");
    CHECK(verify_with(careless, empty) == "jwk_not_found");
    CHECK(verify_with(support::jwk_set_text({support::public_jwk(support::rsa_key), R"({"kty":"oct","kid":"rsa-1","k":""})"}), empty) ==
        "jws_alg_not_allowed");
    auto const shared = support::signed_token(support::hs256_key, claims_text);
    CHECK(verify_with(set_of(support::hs256_key), shared, {hs256}) == "jwk_not_found"); // jwks-oct: a secret that everybody can read
    jwk_set by_hand;
    by_hand.keys.push_back(support::signer_of(support::hs256_key).public_key());
    signature_verifier of_hand(by_hand, {hs256});
    CHECK(verify_with(of_hand, shared) == "jwk_not_found");
}

TEST_CASE("keys that a token brings or names are not looked at") {
    auto verifier = verifier_of_all_keys();
    auto const attacker = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
    auto const with = [](std::string_view members) {
        return support::signed_with_header(vectors::rfc8037_a1, R"({"alg":"EdDSA",)" + std::string(members) + "}");
    };
    CHECK(verify_with(verifier, with(std::string(R"("jwk":)") + attacker)) == "jws_signature_invalid");        // idt-embedded-jwk
    CHECK(verify_with(verifier, with(R"("jku":"https://attacker.example/jwks")")) == "jws_signature_invalid"); // idt-jku
    CHECK(verify_with(verifier, with(R"("x5u":"file:///dev/null","x5c":["AA"])")) == "jws_signature_invalid"); // idt-x5u
    CHECK(verify_with(verifier, with(std::string(R"("kid":"ed25519-1","jwk":)") + attacker)) == "jws_signature_invalid");
}

TEST_CASE("a kid chooses a key, and only among those that fit") {
    auto verifier = verifier_of_all_keys();
    auto const with_kid = [&](std::string_view kid) {
        return verify_with(verifier, support::signed_with_header(support::rsa_key, R"({"alg":"RS256","kid":)" + std::string(kid) + "}"));
    };
    CHECK(with_kid(R"("rsa-1")") == "accepted");
    CHECK(with_kid(R"("rsa-2")") == "jws_signature_invalid");
    CHECK(with_kid(R"("p256-1")") == "jwk_not_found");         // idt-kid-of-other-key
    CHECK(with_kid(R"("unknown")") == "jwk_not_found");        // idt-kid-unknown
    CHECK(with_kid(R"("../../dev/null")") == "jwk_not_found"); // idt-kid-traversal
    CHECK(with_kid(R"("rsa-1\u0000")") == "jwk_not_found");
    CHECK(with_kid("1") == "jws_kid_invalid");                                                                             // idt-kid-number
    CHECK(verify_with(verifier, support::signed_with_header(support::rsa_key, R"({"alg":"RS256"})")) == "accepted");       // idt-kid-missing
    CHECK(verify_with(verifier, support::signed_with_header(support::other_rsa_key, R"({"alg":"RS256"})")) == "accepted"); // the second candidate
}

TEST_CASE("no kid anywhere: every candidate is tried (oidcc-client-test-kid-absent-multiple-jwks)") {
    jwk_set keys = support::public_keys({support::other_rsa_key, support::other_p256_key, support::other_p384_key, support::other_p521_key,
        support::other_ed25519_key, support::rsa_key, support::p256_key, support::p384_key, support::p521_key, support::ed25519_key});
    for (auto& key : keys.keys) key.kid.reset();
    signature_verifier verifier(keys, every_algorithm);
    for (auto key : all_keys) {
        CHECK(verify_with(verifier, support::signed_token(key, claims_text)) == "accepted"); // ok-jwks-no-kid: the token has one
        CHECK(verify_with(verifier, support::signed_token(support::with_member(key, "kid", ""), claims_text)) == "accepted");
        CHECK(verify_with(verifier, support::with_flipped_signature(support::signed_token(key, claims_text))) == "jws_signature_invalid");
    }
}

TEST_CASE("keys that break a rule verify nothing") {
    auto const jwk = support::public_jwk(support::rsa_key), ec = support::public_jwk(support::p256_key);
    auto const token = support::signed_token(support::rsa_key, claims_text), ec_token = support::signed_token(support::p256_key, claims_text);
    using support::with_member;
    CHECK(verify_with(set_of(jwk), token) == "accepted");
    CHECK(verify_with(set_of(with_member(jwk, "use", R"("enc")")), token) == "jwk_not_found");        // jwks-use-enc
    CHECK(verify_with(set_of(with_member(jwk, "key_ops", R"(["sign"])")), token) == "jwk_not_found"); // jwks-key_ops-sign
    CHECK(verify_with(set_of(with_member(jwk, "alg", R"("PS256")")), token) == "jwk_not_found");      // jwks-alg-mismatch
    CHECK(verify_with(set_of(with_member(jwk, "alg", R"("RS512")")), token) == "jwk_not_found");
    CHECK(verify_with(set_of(with_member(jwk, "e", R"("AQ")")), token) == "jwk_not_found"); // jwks-e-1
    CHECK(verify_with(set_of(with_member(jwk, "e", R"("Ag")")), token) == "jwk_not_found"); // jwks-e-even
    CHECK(
        verify_with(set_of(with_member(jwk, "n", '"' + support::encode(std::string(128, '\xff')) + '"')), token) == "jwk_not_found"); // jwks-rsa-1024
    CHECK(verify_with(set_of(support::rsa_key), token) == "jwk_not_found");                                                           // jwks-private
    CHECK(verify_with(set_of(R"({"kty":"oct","kid":"rsa-1","k":"AAAA"})"), token) == "jwk_not_found");                                // jwks-oct
    CHECK(verify_with(set_of(with_member(ec, "x", R"("AQ")")), ec_token) == "jwk_not_found"); // jwks-short-coordinate
    CHECK(verify_with(support::jwk_set_text({jwk, jwk}), token) == "jwk_kid_repeated");       // jwks-dup-kid
    CHECK(verify_with(support::jwk_set_text({"null", R"({"kty":"AKP"})", with_member(jwk, "x5c", "1")}), token) ==
        "accepted"); // ok-jwks-unknown-kty, ok-jwks-extra
    CHECK(verify_with(set_of(jwk), token, {es256}) == "jws_alg_not_allowed");
}

TEST_CASE("a key that the back end refuses is told among the skipped, and counts as one that does not fit (jwks-off-curve)") {
    auto const off_curve = support::with_member(support::public_jwk(support::p256_key), "y", '"' + support::encode(std::string(32, '\x01')) + '"');
    auto const small_order = R"({"kty":"OKP","kid":"ed25519-1","crv":"Ed25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})";
    signature_verifier verifier(
        *parse_jwk_set(support::jwk_set_text({off_curve, small_order, support::public_jwk(support::rsa_key)})), every_algorithm);
    REQUIRE(verifier.keys().keys.size() == 3);
    REQUIRE(verifier.keys().skipped.size() == 2);
    CHECK(verifier.keys().skipped[0] == error_code::jwk_refused_by_crypto);
    CHECK(verifier.keys().skipped[0].got() == "p256-1");
    CHECK(verifier.keys().skipped[1].got() == "ed25519-1");
    CHECK(verify_with(verifier, support::signed_token(support::p256_key, claims_text)) == "jws_signature_invalid");
    CHECK(verify_with(verifier, support::with_header(unsigned_token("{}", "{}", std::string(64, '\0')), R"({"alg":"EdDSA","kid":"ed25519-1"})")) ==
        "jws_signature_invalid");
    CHECK(verify_with(verifier, support::signed_token(support::rsa_key, claims_text)) == "accepted");
    // a second key, which is good, is tried all the same
    CHECK(verify_with(support::jwk_set_text(
                          {support::with_member(off_curve, "kid", ""), support::with_member(support::public_jwk(support::p256_key), "kid", "")}),
              support::signed_token(support::p256_key, claims_text)) == "accepted");
}

TEST_CASE("keys put together by hand are looked at once more before they are used") {
    auto keys = support::public_keys({support::rsa_key, support::p256_key, support::p384_key, support::p521_key, support::ed25519_key});
    keys.keys[0].n.resize(128);
    keys.keys[1].x.clear();
    keys.keys[2].y.resize(47);
    keys.keys[3].x += '\0';
    keys.keys[4].x.resize(31);
    signature_verifier verifier(keys, every_algorithm);
    REQUIRE(verifier.keys().skipped.size() == 5);
    CHECK(verifier.keys().skipped[0] == error_code::jwk_rsa_size);
    for (std::size_t i = 1; i < 5; ++i) CHECK(verifier.keys().skipped[i] == error_code::jwk_coordinate_length);
    for (auto key : all_keys) CHECK(verify_with(verifier, support::signed_token(key, claims_text)) == "jws_signature_invalid");
}

TEST_CASE("EdDSA and Ed25519 are one signature under two names, each only where it is allowed (RFC 9864)") {
    auto const as_eddsa = support::signed_with_header(support::ed25519_key, R"({"alg":"EdDSA"})"),
               as_ed25519 = support::signed_with_header(support::ed25519_key, R"({"alg":"Ed25519"})");
    auto const keys = set_of(support::public_jwk(support::ed25519_key));
    CHECK(verify_with(keys, as_eddsa, {eddsa}) == "accepted");
    CHECK(verify_with(keys, as_ed25519, {ed25519}) == "accepted");
    CHECK(verify_with(keys, as_eddsa, {ed25519}) == "jws_alg_not_allowed");
    CHECK(verify_with(keys, as_ed25519, {eddsa}) == "jws_alg_not_allowed");
    CHECK(verify_with(keys, as_eddsa, {ed25519, eddsa}) == "accepted");
    CHECK(verify_with(keys, support::with_header(as_eddsa, R"({"alg":"Ed25519"})")) == "jws_signature_invalid");
    auto const bound = set_of(support::public_jwk(support::ed25519_key, R"("alg":"Ed25519")"));
    CHECK(verify_with(bound, as_ed25519) == "accepted");
    CHECK(verify_with(bound, as_eddsa) == "jwk_not_found");
}

TEST_CASE("an algorithm of another family never reaches a key (idt-alg-other-same-key)") {
    auto verifier = verifier_of_all_keys();
    CHECK(verify_with(verifier, support::signed_with_header(support::rsa_key, R"({"alg":"ES256","kid":"rsa-1"})")) == "jwk_not_found");
    CHECK(verify_with(verifier, support::signed_with_header(support::p256_key, R"({"alg":"EdDSA","kid":"p256-1"})")) == "jwk_not_found");
    CHECK(verify_with(verifier, support::signed_with_header(support::rsa_key, R"({"alg":"ES512","kid":"rsa-1"})")) == "jwk_not_found");
    CHECK(verify_with(verifier, support::signed_with_header(support::p256_key, R"({"alg":"PS256","kid":"p256-1"})")) == "jwk_not_found");
    CHECK(verify_with(verifier, support::signed_with_header(support::ed25519_key, R"({"alg":"ES256"})")) == "jws_signature_invalid"); // 64 bytes too
}

TEST_CASE("correctly signed, but with a header that is refused") {
    auto verifier = verifier_of_all_keys();
    auto const with = [&](std::string_view members) {
        return verify_with(verifier, support::signed_with_header(support::rsa_key, R"({"alg":"RS256",)" + std::string(members) + "}"));
    };
    CHECK(with(R"("crit":["exp"],"exp":1)") == "jws_crit_not_understood");     // idt-crit-unknown
    CHECK(with(R"("crit":[])") == "jws_crit_malformed");                       // idt-crit-empty
    CHECK(with(R"("crit":["exp"])") == "jws_crit_malformed");                  // idt-crit-names-absent
    CHECK(with(R"("b64":false,"crit":["b64"])") == "jws_crit_not_understood"); // idt-b64-false
    CHECK(with(R"("b64":false)") == "jws_b64");                                // idt-b64-false-no-crit
}

TEST_CASE("a verifier that was moved works, and its trace tells the outcome") {
    support::seeded_random random;
    support::recording_trace seen;
    check_options options;
    options.trace = &seen;
    signature_verifier first(support::public_keys({support::rsa_key}), {rs256}, options);
    auto verifier = std::move(first);
    auto const token = support::signed_token(support::rsa_key, claims_text);
    CHECK(verify_with(verifier, token) == "accepted");
    CHECK(rule_name(seen.entries.back().rule) == "jws_signature_invalid");
    CHECK(seen.broken().empty());
    CHECK(verify_with(verifier, support::with_flipped_signature(token)) == "jws_signature_invalid");
    CHECK(seen.broken() == std::vector<std::string>{"jws_signature_invalid"});
    CHECK(verifier.allowed() == std::vector<signature_algorithm>{rs256});
}

#endif
