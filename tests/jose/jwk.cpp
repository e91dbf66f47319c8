#include <calimatic/jose/jwk.hpp>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/outcome.hpp"
#include "support/tokens.hpp"
#include "support/vectors.hpp"

using namespace calimatic;
using support::encode;
using support::json_of;
using support::jwk_set_text;
using support::rule_name;
using support::public_jwk;
using support::with_member;

namespace {

result<jwk> parse(std::string_view text) {
    auto const document = json_of(text);
    return parse_jwk(document.root());
}
void refuse(std::string_view what, std::string_view text, error_code code) {
    INFO(what);
    CHECK(rule_name(parse(text)) == rule_name(code));
}
void accept(std::string_view what, std::string_view text) { refuse(what, text, error_code::none); }

std::string const rsa_jwk = public_jwk(support::rsa_key);
std::string const ec_jwk = public_jwk(support::p256_key);
std::string const okp_jwk = public_jwk(support::ed25519_key);

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
/// A modulus of that many bits, all of them set.
std::string modulus(std::size_t bits) {
    std::string n((bits + 7) / 8, '\xff');
    if (bits % 8) n[0] = static_cast<char>((1 << bits % 8) - 1);
    return quoted(encode(n));
}
std::string octets(std::size_t size, char value = 1) { return quoted(encode(std::string(size, value))); }

/// The kids of the keys that may have signed, or the name of the rule that is broken.
std::string candidates(jwk_set const& set, signature_algorithm algorithm, std::optional<std::string> const& kid, check_options const& options = {}) {
    auto const keys = select_keys(set, algorithm, kid, options);
    if (!keys) return rule_name(keys);
    std::string kids;
    for (auto const* key : *keys) {
        CHECK((key >= set.keys.data() && key < set.keys.data() + set.keys.size()));
        kids += (kids.empty() ? "" : " ") + key->kid.value_or("-");
    }
    return kids;
}

} // namespace

TEST_CASE("keys of each type are read into the bytes of their numbers (RFC 7518 6, RFC 8037 2)") {
    auto key = parse(with_member(rsa_jwk, "alg", R"("RS256")"));
    REQUIRE(key);
    CHECK(key->kty == "RSA");
    CHECK(key->kid == "rsa-1");
    CHECK(key->alg == "RS256");
    CHECK(key->crv.empty());
    CHECK(key->n.size() == 256);
    CHECK(key->e == std::string("\x01\x00\x01", 3));
    key = parse(ec_jwk);
    REQUIRE(key);
    CHECK(key->crv == "P-256");
    CHECK(key->alg.empty());
    CHECK(key->x.size() == 32);
    CHECK(key->y.size() == 32);
    key = parse(okp_jwk);
    REQUIRE(key);
    CHECK(key->crv == "Ed25519");
    CHECK(key->x.size() == 32);
    CHECK(key->y.empty());
}

TEST_CASE("the public keys of the specifications are read, their private ones are not public (RFC 7520 3)") {
    accept("RFC 7515 A.2", vectors::rfc7515_a2_jwk);
    accept("RFC 7638 3.1", vectors::rfc7638_3_1);
    accept("RFC 7515 A.4: P-521", public_jwk(vectors::rfc7515_a4_jwk));
    accept("RFC 7520 3.1: P-521", vectors::rfc7520_3_1);
    accept("RFC 7520 3.3", vectors::rfc7520_3_3);
    refuse("RFC 7515 A.3", vectors::rfc7515_a3_jwk, error_code::jwk_not_public);
    refuse("RFC 7515 A.4", vectors::rfc7515_a4_jwk, error_code::jwk_not_public);
    refuse("RFC 7520 3.2", vectors::rfc7520_3_2, error_code::jwk_not_public);
    refuse("RFC 7520 3.4", vectors::rfc7520_3_4, error_code::jwk_not_public);
    refuse("RFC 8037 A.1", vectors::rfc8037_a1, error_code::jwk_not_public);
    refuse("RFC 7520 3.5", vectors::rfc7520_3_5, error_code::jwk_not_public);
    refuse("RFC 7520 3.6: for encryption besides", vectors::rfc7520_3_6, error_code::jwk_not_public);
}

TEST_CASE("a key is an object with the members that its type needs (RFC 7517 4)") {
    for (auto text : {"[]", "null", "1", R"("RSA")"}) refuse("not an object", text, error_code::jwk_malformed);
    refuse("no kty", "{}", error_code::jwk_malformed);
    refuse("kty a number", with_member(rsa_jwk, "kty", "1"), error_code::jwk_malformed);
    refuse("ok-jwks-unknown-kty", R"({"kty":"AKP","alg":"ML-DSA-44","pub":"AA"})", error_code::jwk_kty_unsupported);
    refuse("kty in lower case", with_member(rsa_jwk, "kty", R"("rsa")"), error_code::jwk_kty_unsupported);
    for (auto name : {"n", "e"}) {
        refuse(name, with_member(rsa_jwk, name, ""), error_code::jwk_malformed);
        refuse(name, with_member(rsa_jwk, name, "65537"), error_code::jwk_malformed);
        refuse(name, with_member(rsa_jwk, name, "null"), error_code::jwk_malformed);
        refuse(name, with_member(rsa_jwk, name, R"("AQAB=")"), error_code::base64url_invalid);
        refuse(name, with_member(rsa_jwk, name, R"("AQ+B")"), error_code::base64url_invalid);
    }
    for (auto name : {"crv", "x", "y"}) {
        refuse(name, with_member(ec_jwk, name, ""), error_code::jwk_malformed);
        refuse(name, with_member(ec_jwk, name, "[]"), error_code::jwk_malformed);
    }
    refuse("Ed25519 without x", with_member(okp_jwk, "x", ""), error_code::jwk_malformed);
    for (auto crv : {"secp256k1", "P-257", "p-256", "", "Ed25519"})
        refuse("a curve that is not for EC", with_member(ec_jwk, "crv", quoted(crv)), error_code::jwk_kty_unsupported);
    for (auto crv : {"X25519", "Ed448", "ed25519", "P-256"})
        refuse("a curve that is not for OKP", with_member(okp_jwk, "crv", quoted(crv)), error_code::jwk_kty_unsupported);
    accept("ok-jwks-extra, x5c, x5u and x5t are not looked at",
        with_member(with_member(with_member(rsa_jwk, "x5u", R"("file:///x")"), "x5c", "[1]"), "x5t", "{}"));
    accept("an optional member that is null is absent", with_member(with_member(with_member(rsa_jwk, "use", "null"), "alg", "null"), "kid", "null"));
}

TEST_CASE("symmetric keys and private members are never part of a public key") {
    refuse("jwks-oct", R"({"kty":"oct","k":"AAAA"})", error_code::jwk_not_public);
    refuse("jwks-oct without k", R"({"kty":"oct"})", error_code::jwk_not_public);
    for (auto name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
        for (auto value : {R"("AA")", R"("")", "1", "[]"}) {
            refuse("jwks-private, RSA", with_member(rsa_jwk, name, value), error_code::jwk_not_public);
            refuse("jwks-private, EC", with_member(ec_jwk, name, value), error_code::jwk_not_public);
            refuse("jwks-private, OKP", with_member(okp_jwk, name, value), error_code::jwk_not_public);
        }
}

TEST_CASE("a key for something else is not for signatures") {
    accept("use sig", with_member(rsa_jwk, "use", R"("sig")"));
    refuse("jwks-use-enc", with_member(rsa_jwk, "use", R"("enc")"), error_code::jwk_not_for_signatures);
    refuse("another use", with_member(rsa_jwk, "use", R"("SIG")"), error_code::jwk_not_for_signatures);
    refuse("use a number", with_member(rsa_jwk, "use", "1"), error_code::jwk_malformed);
    accept("key_ops verify", with_member(rsa_jwk, "key_ops", R"(["sign","verify"])"));
    refuse("jwks-key_ops-sign", with_member(rsa_jwk, "key_ops", R"(["sign"])"), error_code::jwk_not_for_signatures);
    refuse("key_ops encrypt", with_member(rsa_jwk, "key_ops", R"(["encrypt","wrapKey"])"), error_code::jwk_not_for_signatures);
    refuse("key_ops empty", with_member(rsa_jwk, "key_ops", "[]"), error_code::jwk_not_for_signatures);
    refuse("key_ops twice the same", with_member(rsa_jwk, "key_ops", R"(["verify","verify"])"), error_code::jwk_malformed);
    refuse("key_ops a string", with_member(rsa_jwk, "key_ops", R"("verify")"), error_code::jwk_malformed);
    refuse("key_ops of numbers", with_member(rsa_jwk, "key_ops", R"(["verify",1])"), error_code::jwk_malformed);
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += ",\"" + std::to_string(i) + '"';
    refuse("20 000 key_ops", with_member(rsa_jwk, "key_ops", R"(["verify")" + many + "]"), error_code::jwk_malformed);
}

TEST_CASE("kid and alg are strings (RFC 7517 4.4, 4.5)") {
    refuse("kid a number", with_member(rsa_jwk, "kid", "1"), error_code::jws_kid_invalid);
    refuse("kid too long", with_member(rsa_jwk, "kid", quoted(std::string(1025, 'k'))), error_code::jws_kid_invalid);
    accept("kid of 1024 bytes", with_member(rsa_jwk, "kid", quoted(std::string(1024, 'k'))));
    refuse("alg a number", with_member(rsa_jwk, "alg", "256"), error_code::jwk_malformed);
    CHECK(parse(with_member(rsa_jwk, "alg", R"("RSA-OAEP")"))->alg == "RSA-OAEP");
    CHECK(parse(with_member(rsa_jwk, "kid", R"("")"))->kid == "");
    CHECK_FALSE(parse(with_member(rsa_jwk, "kid", ""))->kid);
}

TEST_CASE("an RSA key has 2048 to 8192 bits, an odd modulus, and an odd exponent from 3 to 2^32-1") {
    refuse("jwks-rsa-1024", with_member(rsa_jwk, "n", modulus(1024)), error_code::jwk_rsa_size);
    refuse("2047 bits", with_member(rsa_jwk, "n", modulus(2047)), error_code::jwk_rsa_size);
    accept("2048 bits", with_member(rsa_jwk, "n", modulus(2048)));
    accept("8192 bits", with_member(rsa_jwk, "n", modulus(8192)));
    refuse("8193 bits", with_member(rsa_jwk, "n", modulus(8193)), error_code::jwk_rsa_size);
    refuse("100 000 bits", with_member(rsa_jwk, "n", modulus(100'000)), error_code::jwk_rsa_size);
    refuse("n empty", with_member(rsa_jwk, "n", R"("")"), error_code::jwk_rsa_size);
    refuse("n zero", with_member(rsa_jwk, "n", octets(256, 0)), error_code::jwk_rsa_size);
    refuse("1024 bits behind zeros", with_member(rsa_jwk, "n", quoted(encode(std::string(128, '\0') + std::string(128, '\xff')))),
        error_code::jwk_rsa_size);
    refuse("n even", with_member(rsa_jwk, "n", quoted(encode(std::string(255, '\xff') + '\xfe'))), error_code::jwk_rsa_modulus);
    auto const e = [](std::string_view bytes) { return with_member(rsa_jwk, "e", quoted(encode(bytes))); };
    accept("e = 3", e("\x03"));
    accept("e = 2^32-1", e("\xff\xff\xff\xff"));
    refuse("jwks-e-1", e("\x01"), error_code::jwk_rsa_exponent);
    refuse("jwks-e-even", e(std::string_view("\x01\x00\x00", 3)), error_code::jwk_rsa_exponent);
    refuse("e = 2", e("\x02"), error_code::jwk_rsa_exponent);
    refuse("e = 0", e(std::string_view("\0", 1)), error_code::jwk_rsa_exponent);
    refuse("e empty", e(""), error_code::jwk_rsa_exponent);
    refuse("e = 2^32+1", e(std::string_view("\x01\x00\x00\x00\x01", 5)), error_code::jwk_rsa_exponent);
    refuse("e as long as n (Botan needs seconds)", e(std::string(256, '\x7f')), error_code::jwk_rsa_exponent);
}

TEST_CASE("leading zero octets of n and e, which some libraries write, are dropped") {
    auto const n = parse(rsa_jwk)->n;
    auto key = parse(with_member(with_member(rsa_jwk, "n", quoted(encode('\0' + n))), "e", R"("AAEAAQ")"));
    REQUIRE(key);
    CHECK(key->n == n);
    CHECK(key->e.size() == 3);
    CHECK(thumbprint_input(*key) == thumbprint_input(*parse(rsa_jwk)));
}

TEST_CASE("coordinates have the full length of their curve") {
    for (auto name : {"x", "y"}) {
        refuse("jwks-short-coordinate", with_member(ec_jwk, name, octets(31)), error_code::jwk_coordinate_length);
        refuse("a leading zero too many", with_member(ec_jwk, name, octets(33, 0)), error_code::jwk_coordinate_length);
        refuse("an empty coordinate", with_member(ec_jwk, name, R"("")"), error_code::jwk_coordinate_length);
        refuse("coordinates of P-256 for P-384", with_member(with_member(ec_jwk, "crv", R"("P-384")"), name, octets(48)),
            error_code::jwk_coordinate_length);
    }
    refuse("an uncompressed point as x", with_member(ec_jwk, "x", octets(65, 4)), error_code::jwk_coordinate_length);
    refuse("Ed25519, short", with_member(okp_jwk, "x", octets(31)), error_code::jwk_coordinate_length);
    refuse("Ed25519, long", with_member(okp_jwk, "x", octets(33)), error_code::jwk_coordinate_length);
    for (auto const& [key, size] :
        {std::pair(public_jwk(support::p384_key), std::size_t(48)), std::pair(public_jwk(support::p521_key), std::size_t(66))}) {
        accept("P-384 and P-521", key);
        for (auto name : {"x", "y"}) {
            refuse("one byte short", with_member(key, name, octets(size - 1)), error_code::jwk_coordinate_length);
            refuse("a leading zero too many", with_member(key, name, octets(size + 1, 0)), error_code::jwk_coordinate_length);
        }
    }
    refuse("P-521 without its leading zero octets", with_member(public_jwk(support::p521_key), "x", octets(65)), error_code::jwk_coordinate_length);
}

TEST_CASE("entries of a set that cannot be used are skipped with the reason (RFC 7517 5)") {
    auto set = parse_jwk_set(jwk_set_text({rsa_jwk, R"({"kty":"oct","kid":"secret","k":"AA"})", "null", R"({"kty":"AKP","kid":"new"})", ec_jwk,
        with_member(okp_jwk, "kid", ""), support::p256_key, "1"}));
    REQUIRE(set);
    REQUIRE(set->keys.size() == 3);
    CHECK(set->keys[0].kid == "rsa-1");
    CHECK(set->keys[1].kid == "p256-1");
    CHECK_FALSE(set->keys[2].kid);
    REQUIRE(set->skipped.size() == 5);
    CHECK(set->skipped[0] == error_code::jwk_not_public);
    CHECK(set->skipped[0].got() == "secret");
    CHECK(set->skipped[1] == error_code::jwk_malformed);
    CHECK(set->skipped[2] == error_code::jwk_kty_unsupported);
    CHECK(set->skipped[2].got() == "new");
    CHECK(set->skipped[3] == error_code::jwk_not_public);
    CHECK(set->skipped[3].got() == "p256-1");
    CHECK(set->skipped[4] == error_code::jwk_malformed);
}

TEST_CASE("a set is an object with a bounded array of keys") {
    CHECK(parse_jwk_set(R"({"keys":[]})")->keys.empty());                     // jwks-empty: a set, only of no use
    CHECK(rule_name(parse_jwk_set("{}")) == "jwk_set_malformed");             // jwks-no-keys
    CHECK(rule_name(parse_jwk_set(R"({"keys":{}})")) == "jwk_set_malformed"); // jwks-keys-object
    CHECK(rule_name(parse_jwk_set(R"({"keys":null})")) == "jwk_set_malformed");
    CHECK(rule_name(parse_jwk_set("[]")) == "json_not_an_object");
    CHECK(rule_name(parse_jwk_set("<html>")) == "json_syntax"); // jwks-html
    CHECK(rule_name(parse_jwk_set("")) == "json_syntax");
    CHECK(rule_name(parse_jwk_set(R"({"keys":[],"keys":[]})")) == "json_duplicate_member");
    std::string many = "1";
    for (int i = 1; i < 128; ++i) many += ",1";
    CHECK(parse_jwk_set(R"({"keys":[)" + many + "]}")->skipped.size() == 128);
    CHECK(rule_name(parse_jwk_set(R"({"keys":[)" + many + ",1]}")) == "jwk_set_too_many_keys");
    CHECK(rule_name(parse_jwk_set(R"({"keys":[],"x":")" + std::string(512 * 1024, 'x') + R"("})")) == "json_too_large"); // jwks-huge
    CHECK(rule_name(parse_jwk_set(R"({"keys":)" + std::string(20'000, '[') + std::string(20'000, ']') + "}")) == "json_too_deep");
}

TEST_CASE("a set that is written down reads back the same, and never holds a private member") {
    auto const set = parse_jwk_set(jwk_set_text({with_member(rsa_jwk, "alg", R"("RS256")"), ec_jwk, with_member(okp_jwk, "kid", ""),
        with_member(public_jwk(support::other_p256_key), "kid", R"("\"\\\u0000é")"), vectors::rfc7520_3_1}));
    REQUIRE(set);
    auto const text = serialize(*set);
    auto const again = parse_jwk_set(text);
    REQUIRE(again);
    REQUIRE(again->keys.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        auto const &a = set->keys[i], &b = again->keys[i];
        CHECK(std::tie(a.kty, a.kid, a.alg, a.crv, a.n, a.e, a.x, a.y) == std::tie(b.kty, b.kid, b.alg, b.crv, b.n, b.e, b.x, b.y));
    }
    for (auto member : {"\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"dq\"", "\"qi\"", "\"k\""}) CHECK(text.find(member) == std::string::npos);
    CHECK(serialize(jwk_set{}) == R"({"keys":[]})");
}

TEST_CASE("a key fits by its type, its curve and its alg") {
    using enum signature_algorithm;
    auto const of = [](std::initializer_list<std::string_view> keys) { return *parse_jwk_set(jwk_set_text(keys)); };
    auto const all = of({rsa_jwk, ec_jwk, okp_jwk, vectors::rfc7520_3_1});
    CHECK(candidates(all, rs256, std::nullopt) == "rsa-1");
    CHECK(candidates(all, es256, std::nullopt) == "p256-1");
    CHECK(candidates(all, eddsa, std::nullopt) == "ed25519-1");
    CHECK(candidates(all, ed25519, std::nullopt) == "ed25519-1");
    CHECK(candidates(of({with_member(rsa_jwk, "alg", R"("RS256")")}), rs256, std::nullopt) == "rsa-1");
    for (auto alg : {"PS256", "RS512", "RSA-OAEP", "rs256", "none", "HS256"}) // jwks-alg-mismatch
        CHECK(candidates(of({with_member(rsa_jwk, "alg", quoted(alg))}), rs256, std::nullopt) == "jwk_not_found");
    CHECK(candidates(of({with_member(okp_jwk, "alg", R"("EdDSA")")}), eddsa, std::nullopt) == "ed25519-1");
    CHECK(candidates(of({with_member(okp_jwk, "alg", R"("EdDSA")")}), ed25519, std::nullopt) == "jwk_not_found");
    CHECK(candidates(of({with_member(okp_jwk, "alg", R"("Ed25519")")}), ed25519, std::nullopt) == "ed25519-1");
    CHECK(candidates(of({with_member(okp_jwk, "alg", R"("Ed25519")")}), eddsa, std::nullopt) == "jwk_not_found");
}

TEST_CASE("kid chooses among the keys that fit; a missing one leaves all of them") {
    using enum signature_algorithm;
    auto const set = *parse_jwk_set(jwk_set_text({rsa_jwk, public_jwk(support::other_rsa_key), ec_jwk, with_member(okp_jwk, "kid", "")}));
    CHECK(candidates(set, rs256, "rsa-1") == "rsa-1");
    CHECK(candidates(set, rs256, "rsa-2") == "rsa-2");
    CHECK(candidates(set, rs256, std::nullopt) == "rsa-1 rsa-2"); // idt-kid-missing
    CHECK(candidates(set, rs256, "unknown") == "jwk_not_found");  // idt-kid-unknown: rsa_jwk keys all have a kid
    CHECK(candidates(set, rs256, "p256-1") == "jwk_not_found");   // idt-kid-of-other-key
    CHECK(candidates(set, rs256, "RSA-1") == "jwk_not_found");
    CHECK(candidates(set, rs256, "") == "jwk_not_found");
    CHECK(candidates(set, rs256, "../../dev/null") == "jwk_not_found"); // idt-kid-traversal
    CHECK(candidates(set, eddsa, "unknown") == "-");                    // ok-jwks-no-kid
    CHECK(candidates(set, eddsa, "rsa-1") == "jwk_not_found");          // a kid that a key has never falls back
    CHECK(candidates(set, eddsa, std::nullopt) == "-");
    CHECK(candidates(jwk_set{}, rs256, std::nullopt) == "jwk_not_found");
}

TEST_CASE("two keys of one kid are refused if both fit, and told apart if one does") {
    using enum signature_algorithm;
    auto const same = with_member(public_jwk(support::other_rsa_key), "kid", R"("rsa-1")");
    auto const set = *parse_jwk_set(jwk_set_text({rsa_jwk, same, with_member(ec_jwk, "kid", R"("rsa-1")")}));
    CHECK(candidates(set, rs256, "rsa-1") == "jwk_kid_repeated"); // jwks-dup-kid
    CHECK(candidates(set, rs256, std::nullopt) == "jwk_kid_repeated");
    CHECK(candidates(set, es256, "rsa-1") == "rsa-1");
    CHECK(candidates(*parse_jwk_set(jwk_set_text({rsa_jwk, with_member(same, "alg", R"("PS256")")})), rs256, "rsa-1") == "rsa-1");
}

TEST_CASE("no more keys are tried than the limit allows") {
    jwk_set set;
    for (int i = 0; i < 8; ++i) {
        set.keys.push_back(*parse(rsa_jwk));
        set.keys.back().kid.reset();
    }
    CHECK(select_keys(set, signature_algorithm::rs256, std::nullopt)->size() == 8);
    set.keys.push_back(set.keys.back());
    CHECK(candidates(set, signature_algorithm::rs256, std::nullopt) == "jwk_too_many_candidates");
    CHECK(candidates(set, signature_algorithm::rs256, "unknown") == "jwk_too_many_candidates");
    check_options options;
    options.limits.key_candidates = 9;
    CHECK(select_keys(set, signature_algorithm::rs256, std::nullopt, options)->size() == 9);
}

TEST_CASE("what is hashed for a thumbprint is the required members only, in order (RFC 7638 3)") {
    CHECK(thumbprint_input(*parse(vectors::rfc7638_3_1)).starts_with(R"({"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmb)"));
    CHECK(thumbprint_input(*parse(with_member(vectors::rfc8037_a1, "d", ""))) ==
        R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"); // RFC 8037 A.3
    CHECK(thumbprint_input(*parse(with_member(vectors::rfc7515_a3_jwk, "d", ""))) ==
        R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
}

#if !defined(CALIMATIC_CRYPTO_NONE)
TEST_CASE("thumbprints are those of RFC 7638 3.1 and RFC 8037 A.3") {
    CHECK(*jwk_thumbprint(*parse(vectors::rfc7638_3_1)) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    CHECK(*jwk_thumbprint(*parse(with_member(vectors::rfc8037_a1, "d", ""))) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}
#endif
