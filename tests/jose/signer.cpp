#include <calimatic/jose/signer.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/jose/signature_verifier.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/outcome.hpp"
#include "support/tokens.hpp"
#include "support/vectors.hpp"

using namespace calimatic;
using support::rule_name;
using support::with_member;
using enum signature_algorithm;

namespace {

void refuse(std::string_view what, std::string_view key, signature_algorithm algorithm, error_code code) {
    INFO(what);
    auto const made = signer::make(key, algorithm);
    CHECK(rule_name(made) == rule_name(code));
    if (!made) CHECK(made.error().condition() == condition::fix_configuration);
}
void accept(std::string_view what, std::string_view key, signature_algorithm algorithm) { refuse(what, key, algorithm, error_code::none); }

constexpr std::string_view rsa = support::rsa_key, p256 = support::p256_key, p384 = support::p384_key, p521 = support::p521_key,
                           ed = support::ed25519_key;

} // namespace

TEST_CASE("a token that was signed verifies under the public half") {
    support::seeded_random random;
    for (auto [key, algorithm] :
        {std::pair(rsa, rs256), std::pair(rsa, rs384), std::pair(rsa, rs512), std::pair(rsa, ps256), std::pair(rsa, ps384), std::pair(rsa, ps512),
            std::pair(p256, es256), std::pair(p384, es384), std::pair(p521, es512), std::pair(ed, eddsa), std::pair(ed, ed25519)}) {
        INFO(traits_of(algorithm).alg);
        auto made = signer::make(key, algorithm);
        REQUIRE(made);
        CHECK(made->algorithm() == algorithm);
        auto const token = made->sign(R"({"sub":"u"})", random);
        REQUIRE(token);
        auto const jws = parse_compact_jws(*token);
        REQUIRE(jws);
        CHECK(jws->alg == traits_of(algorithm).alg);
        CHECK(jws->kid == made->public_key().kid);
        CHECK(jws->typ == "JWT");
        CHECK(jws->payload == R"({"sub":"u"})");
        signature_verifier verifier(jwk_set{{made->public_key()}, {}}, {algorithm});
        CHECK(rule_name(verifier.verify_signature(*jws)) == "accepted");
    }
}

TEST_CASE("the header says what it must and nothing more") {
    support::seeded_random random;
    auto const header = [&](std::string_view key, std::string_view typ) {
        return support::take_apart(*signer::make(key, eddsa)->sign("{}", random, typ)).header;
    };
    CHECK(header(ed, "JWT") == R"({"alg":"EdDSA","typ":"JWT","kid":"ed25519-1"})");
    CHECK(header(ed, "") == R"({"alg":"EdDSA","kid":"ed25519-1"})");
    CHECK(header(with_member(ed, "kid", ""), "") == R"({"alg":"EdDSA"})");
    CHECK(header(with_member(ed, "kid", R"("a\"b")"), "") == R"({"alg":"EdDSA","kid":"a\"b"})");
}

TEST_CASE("the signatures of the specifications come out to the byte (RFC 7515 A.2, RFC 7520 4.1, RFC 8037 A.4)") {
    support::seeded_random random;
    auto const again = [&](std::string_view key, signature_algorithm algorithm, std::string_view token) {
        auto const parts = support::take_apart(token);
        return *signer::make(key, algorithm)->sign_with_header(parts.header, parts.payload, random) == token;
    };
    CHECK(again(vectors::rfc8037_a1, eddsa, vectors::rfc8037_a4));
    CHECK(again(vectors::rfc7520_3_4, rs256, vectors::rfc7520_4_1));
    CHECK_FALSE(again(vectors::rfc7515_a3_jwk, es256, vectors::rfc7515_a3)); // made with a random k, ours is of RFC 6979
    CHECK_FALSE(again(vectors::rfc7520_3_4, ps384, vectors::rfc7520_4_2));   // its salt is random
    CHECK(again(vectors::rfc7520_3_5, hs256, vectors::rfc7520_4_4));
    CHECK(again(rsa, rs384, vectors::rs384));
    CHECK(again(rsa, rs512, vectors::rs512));
    CHECK(again(support::hs384_key, hs384, vectors::hs384));
    CHECK(again(support::hs512_key, hs512, vectors::hs512));
}

TEST_CASE("a secret signs HS256, HS384 and HS512 if it is as long as the hash (RFC 7518 3.2)") {
    auto const secret = [](std::size_t size) { return R"({"kty":"oct","k":")" + support::encode(std::string(size, 's')) + "\"}"; };
    accept("32 bytes", secret(32), hs256);
    accept("48 bytes", secret(48), hs384);
    accept("64 bytes", secret(64), hs512);
    accept("more", secret(200), hs512);
    refuse("31 bytes", secret(31), hs256, error_code::hmac_key_too_short);
    refuse("47 bytes", secret(47), hs384, error_code::hmac_key_too_short);
    refuse("63 bytes", secret(63), hs512, error_code::hmac_key_too_short);
    refuse("an empty secret", secret(0), hs256, error_code::hmac_key_too_short);
    refuse("no secret", R"({"kty":"oct"})", hs256, error_code::jwk_not_private);
    refuse("a secret that is no string", R"({"kty":"oct","k":1})", hs256, error_code::jwk_malformed);
    refuse("alg HS256 for HS384", with_member(support::hs512_key, "alg", R"("HS256")"), hs384, error_code::jwk_alg_mismatch);
    refuse("alg A256GCM", vectors::rfc7520_3_6, hs256, error_code::jwk_not_for_signatures);
    refuse("use enc", with_member(support::hs256_key, "use", R"("enc")"), hs256, error_code::jwk_not_for_signatures);
    refuse("key_ops verify only", with_member(support::hs256_key, "key_ops", R"(["verify"])"), hs256, error_code::jwk_not_for_signatures);
    refuse("an RSA key", rsa, hs256, error_code::jwk_alg_mismatch);
    refuse("a P-256 key", p256, hs256, error_code::jwk_alg_mismatch);
    refuse("a secret for RS256", support::hs256_key, rs256, error_code::jwk_not_public);
    refuse("not an object", "1", hs256, error_code::jwk_malformed);

    auto const public_half = support::signer_of(support::hs256_key).public_key();
    CHECK(serialize(jwk_set{{public_half}, {}}) == R"({"keys":[{"kty":"oct","kid":"hmac-256","alg":"HS256"}]})");
    support::failing_random broken; // nothing is drawn for a MAC
    CHECK(rule_name(support::signer_of(support::hs256_key).sign("{}", broken)) == "accepted");
}

TEST_CASE("the same token is signed in the same way, whatever the random source") {
    for (auto key : {rsa, p256, p384, p521, ed, support::hs256_key}) {
        support::seeded_random one(1), two(2);
        auto made = support::signer_of(key);
        CHECK(*made.sign("{}", one) == *made.sign("{}", two));
    }
    support::seeded_random one(1), two(1), three(2); // but for PSS, whose salt is random
    auto made = support::signer_of(support::for_alg(rsa, "PS256"));
    auto const token = *made.sign("{}", one);
    CHECK(token == *made.sign("{}", two));
    CHECK(token != *made.sign("{}", three));
}

TEST_CASE("a random source that fails is an error where it is needed") {
    support::failing_random broken;
    CHECK(rule_name(support::signer_of(p256).sign("{}", broken)) == "random_source_failed");
}

TEST_CASE("the public half has no private member, and is the key that was given") {
    auto const made = support::signer_of(rsa);
    auto const expected = support::public_keys({rsa});
    CHECK(serialize(jwk_set{{made.public_key()}, {}}) == serialize(expected));
}

TEST_CASE("a key that signs has its private members (RFC 7518 6.2.2, 6.3.2)") {
    refuse("a public key", support::public_jwk(rsa), rs256, error_code::jwk_not_private);
    refuse("a public key", support::public_jwk(p256), es256, error_code::jwk_not_private);
    refuse("a public key", support::public_jwk(ed), eddsa, error_code::jwk_not_private);
    for (auto name : {"d", "p", "q"}) {
        refuse(name, with_member(rsa, name, ""), rs256, error_code::jwk_not_private);
        refuse(name, with_member(rsa, name, "1"), rs256, error_code::jwk_malformed);
        refuse(name, with_member(rsa, name, R"("=")"), rs256, error_code::base64url_invalid);
    }
    for (auto name : {"dp", "dq", "qi"}) accept("members that follow from the others are not needed", with_member(rsa, name, ""), rs256);
    refuse("more than two primes", with_member(rsa, "oth", "[]"), rs256, error_code::jwk_kty_unsupported);
    refuse("d short", with_member(p256, "d", R"("AQ")"), es256, error_code::jwk_coordinate_length);
    refuse("d long", with_member(ed, "d", '"' + support::encode(std::string(64, 'x')) + '"'), eddsa, error_code::jwk_coordinate_length);
    refuse("p longer than n", with_member(rsa, "p", '"' + support::encode(std::string(5000, 'x')) + '"'), rs256, error_code::jwk_rsa_size);
}

TEST_CASE("both halves belong together") {
    auto const of_other = [](std::string_view key, std::string_view other, char const* name) {
        auto const document = support::json_of(other);
        return with_member(key, name, document.root()[name].to_string());
    };
    refuse("p of another key", of_other(rsa, support::other_rsa_key, "p"), rs256, error_code::jwk_refused_by_crypto);
    refuse("n of another key", of_other(rsa, support::other_rsa_key, "n"), rs256, error_code::jwk_refused_by_crypto);
    refuse("d of another key", of_other(p256, support::other_p256_key, "d"), es256, error_code::jwk_refused_by_crypto);
    refuse("x of another key", of_other(p256, support::other_p256_key, "x"), es256, error_code::jwk_refused_by_crypto);
    refuse("d of another key", of_other(ed, support::other_ed25519_key, "d"), eddsa, error_code::jwk_refused_by_crypto);
    refuse("x of another key", of_other(ed, support::other_ed25519_key, "x"), eddsa, error_code::jwk_refused_by_crypto);
    refuse("d of another key", of_other(p384, support::other_p384_key, "d"), es384, error_code::jwk_refused_by_crypto);
    refuse("d of another key", of_other(p521, support::other_p521_key, "d"), es512, error_code::jwk_refused_by_crypto);
    refuse("p of another key", of_other(rsa, support::other_rsa_key, "p"), ps512, error_code::jwk_refused_by_crypto);
    refuse("d of zero", with_member(p256, "d", '"' + support::encode(std::string(32, '\0')) + '"'), es256, error_code::jwk_refused_by_crypto);
}

TEST_CASE("the rules for public keys hold for one's own as well") {
    refuse("RSA of 1024 bits", with_member(rsa, "n", '"' + support::encode(std::string(128, '\xff')) + '"'), rs256, error_code::jwk_rsa_size);
    refuse("e = 1", with_member(rsa, "e", R"("AQ")"), rs256, error_code::jwk_rsa_exponent);
    refuse("use enc", with_member(rsa, "use", R"("enc")"), rs256, error_code::jwk_not_for_signatures);
    refuse("key_ops verify only", with_member(rsa, "key_ops", R"(["verify"])"), rs256, error_code::jwk_not_for_signatures);
    accept("key_ops sign", with_member(rsa, "key_ops", R"(["sign"])"), rs256);
    refuse("a symmetric key", R"({"kty":"oct","k":"AAAA"})", rs256, error_code::jwk_not_public);
    refuse("P-521", vectors::rfc7520_3_2, es256, error_code::jwk_alg_mismatch);
    refuse("not JSON", "-----BEGIN PRIVATE KEY-----", rs256, error_code::json_syntax);
    refuse("not an object", "[]", rs256, error_code::jwk_malformed);
}

TEST_CASE("a key signs with the one algorithm that it is for") {
    refuse("RSA for ES256", rsa, es256, error_code::jwk_alg_mismatch);
    refuse("P-256 for EdDSA", p256, eddsa, error_code::jwk_alg_mismatch);
    refuse("P-256 for ES384", p256, es384, error_code::jwk_alg_mismatch);
    refuse("P-384 for ES512", p384, es512, error_code::jwk_alg_mismatch);
    refuse("P-521 for ES384", p521, es384, error_code::jwk_alg_mismatch);
    accept("RFC 7520 3.2", vectors::rfc7520_3_2, es512);
    refuse("alg PS256", with_member(rsa, "alg", R"("PS256")"), rs256, error_code::jwk_alg_mismatch);
    accept("alg RS256", with_member(rsa, "alg", R"("RS256")"), rs256);
    refuse("alg EdDSA for Ed25519", with_member(ed, "alg", R"("EdDSA")"), ed25519, error_code::jwk_alg_mismatch);
}

TEST_CASE("no error tells anything of a private key") {
    auto const document = support::json_of(rsa);
    for (auto name : {"d", "p", "q"}) {
        auto const secret = std::string(*document.root()[name].as_string());
        auto const made = signer::make(with_member(rsa, name, '"' + secret + "=\""), rs256);
        REQUIRE_FALSE(made);
        CHECK(made.error().message().find(secret.substr(0, 16)) == std::string::npos);
    }
}

#endif
