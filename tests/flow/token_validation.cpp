#include <calimatic/flow/token_validation.hpp>

#include <calimatic/detail/crypto.hpp>

#include <calimatic/flow/machine.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "support/provider.hpp"

namespace cal = calimatic;
using support::noon;
using kind = cal::crypto_answer::kind;

namespace {

std::string claims_with(std::string_view extra = {}) {
    return R"({"iss":"https://op.example","aud":"client","sub":"alice","iat":1800000000,"exp":1800000300)" + std::string(extra) + "}";
}

cal::id_token_expectations expected_claims() { return {.issuer = "https://op.example", .client_id = "client"}; }

/// Runs a validation to its end, answering as the library would.
cal::result<cal::id_token_claims> run(cal::token_validation flow) {
    while (auto question = flow.poll_crypto_question()) REQUIRE(flow.handle_crypto_answer(question->id, cal::answer_inside(*question)));
    auto ended = flow.poll_result();
    REQUIRE(ended);
    CHECK_FALSE(flow.poll_result());
    return std::move(*ended);
}

cal::token_validation validation(
    std::string_view token, cal::jwk_set const& keys, cal::crypto_answers crypto, cal::id_token_expectations expected = expected_claims()) {
    return cal::token_validation(token, keys, expected, noon, crypto);
}

} // namespace

TEST_CASE("inside and by the host, a validation ends in the same claims or the same error") {
    auto off_curve = support::public_keys({support::p256_key});
    off_curve.keys[0].x[5] = static_cast<char>(off_curve.keys[0].x[5] ^ 1);
    auto weak = support::public_keys({support::rsa_key});
    weak.keys[0].e = "\x01";
    auto const rsa = support::public_keys({support::rsa_key});
    auto const good = support::signed_token(support::rsa_key, claims_with());
    auto es256 = expected_claims();
    es256.id_token_signed_response_alg = "ES256";
    auto with_token = expected_claims();
    with_token.access_token = "the-access-token";
    auto const at_hash = support::encode(cal::detail::compute_hash(cal::hash_algorithm::sha256, "the-access-token").value().substr(0, 16));
    auto other = rsa;
    other.keys[0].kid = "unknown";

    auto const registered = [](std::string_view alg, std::string_view secret = {}) {
        auto changed = expected_claims();
        changed.id_token_signed_response_alg = alg;
        changed.client_secret = secret;
        return changed;
    };
    auto const ps384 = support::for_alg(support::rsa_key, "PS384");
    auto const secret = support::client_secret;
    auto const hs256 = support::signed_token(support::hs256_key, claims_with());

    struct row {
        std::string what;
        std::string token;
        cal::jwk_set keys;
        cal::id_token_expectations expected;
        cal::error_code code;
    };
    for (auto const& test :
        {
            row{"good", good, rsa, expected_claims(), cal::error_code::none},
            row{"ES256", support::signed_token(support::p256_key, claims_with()), support::public_keys({support::p256_key}), es256,
                cal::error_code::none},
            row{"ES384", support::signed_token(support::p384_key, claims_with()), support::public_keys({support::p384_key}), registered("ES384"),
                cal::error_code::none},
            row{"ES512", support::signed_token(support::p521_key, claims_with()), support::public_keys({support::p521_key}), registered("ES512"),
                cal::error_code::none},
            row{"PS384", support::signed_token(ps384, claims_with()), rsa, registered("PS384"), cal::error_code::none},
            row{"an RS384 signature under PS384",
                support::signed_with_header(support::for_alg(support::rsa_key, "RS384"), R"({"alg":"PS384","kid":"rsa-1"})", claims_with()), rsa,
                registered("PS384"), cal::error_code::jws_signature_invalid},
            row{"PS384 comes with a key for RS256", support::signed_token(ps384, claims_with()),
                support::public_keys({support::for_alg(support::rsa_key, "RS256")}), registered("PS384"), cal::error_code::jwk_not_found},
            row{"ES384 comes with a key of P-256", support::signed_with_header(support::p256_key, R"({"alg":"ES384"})", claims_with()),
                support::public_keys({support::p256_key}), registered("ES384"), cal::error_code::jwk_not_found},
            row{"HS256", hs256, {}, registered("HS256", secret.substr(0, 32)), cal::error_code::none},
            row{"HS384", support::signed_token(support::hs384_key, claims_with()), {}, registered("HS384", secret.substr(0, 48)),
                cal::error_code::none},
            row{"HS512", support::signed_token(support::hs512_key, claims_with()), rsa, registered("HS512", secret), cal::error_code::none},
            row{"HS256 with another secret", hs256, rsa, registered("HS256", secret.substr(1, 32)), cal::error_code::jws_signature_invalid},
            row{"HS256 with a short secret", hs256, rsa, registered("HS256", secret.substr(0, 31)), cal::error_code::hmac_key_too_short},
            row{"HS256 without a secret", hs256, rsa, registered("HS256"), cal::error_code::hmac_of_public_client},
            row{"HS256 comes, RS256 is registered", hs256, rsa, registered("RS256", secret.substr(0, 32)), cal::error_code::jws_alg_not_allowed},
            row{"one of two keys without kid", support::signed_token(support::rsa_key, claims_with()), rsa, expected_claims(), cal::error_code::none},
            row{"at_hash fits", support::signed_token(support::rsa_key, claims_with(",\"at_hash\":\"" + at_hash + "\"")), rsa, with_token,
                cal::error_code::none},
            row{"idt-at_hash-wrong", support::signed_token(support::rsa_key, claims_with(R"(,"at_hash":"AAAAAAAAAAAAAAAAAAAAAA")")), rsa, with_token,
                cal::error_code::id_token_at_hash_mismatch},
            row{"idt-sig-flip", support::with_flipped_signature(good), rsa, expected_claims(), cal::error_code::jws_signature_invalid},
            row{"idt-payload-edited", support::with_payload(good, claims_with(R"(,"admin":true)")), rsa, expected_claims(),
                cal::error_code::jws_signature_invalid},
            row{"signed by another key of the same name", support::signed_token(support::other_rsa_key, claims_with()),
                [] {
                    auto keys = support::public_keys({support::rsa_key});
                    keys.keys[0].kid = "rsa-2";
                    return keys;
                }(),
                expected_claims(), cal::error_code::jws_signature_invalid},
            row{"idt-kid-unknown", good, other, expected_claims(), cal::error_code::jwk_not_found},
            row{"jwks-empty", good, {}, expected_claims(), cal::error_code::jwk_not_found},
            row{"jwks-off-curve", support::signed_token(support::p256_key, claims_with()), off_curve, es256, cal::error_code::jws_signature_invalid},
            row{"jwks-e-1", good, weak, expected_claims(), cal::error_code::jws_signature_invalid},
            row{"idt-alg-other", support::signed_token(support::p256_key, claims_with()), support::public_keys({support::p256_key}),
                expected_claims(), cal::error_code::jws_alg_not_allowed},
            row{"idt-exp-past",
                support::signed_token(support::rsa_key, R"({"iss":"https://op.example","aud":"client","sub":"a","iat":1799999000,"exp":1799999900})"),
                rsa, expected_claims(), cal::error_code::id_token_expired},
            row{"idt-iss-wrong",
                support::signed_token(
                    support::rsa_key, R"({"iss":"https://op.example1","aud":"client","sub":"a","iat":1800000000,"exp":1800000300})"),
                rsa, expected_claims(), cal::error_code::id_token_iss_mismatch},
            row{"not a token", "x", rsa, expected_claims(), cal::error_code::jws_not_compact},
        }) {
        INFO(test.what);
        for (auto crypto : {cal::crypto_answers::inside, cal::crypto_answers::by_host}) {
            auto const ended = run(validation(test.token, test.keys, crypto, test.expected));
            if (test.code == cal::error_code::none) {
                REQUIRE(ended);
                CHECK(ended->sub() == "alice");
            } else {
                REQUIRE_FALSE(ended);
                CHECK(ended.error() == test.code);
            }
        }
    }
}

TEST_CASE("a token without kid is tried with every fitting key, and the host is asked about each") {
    auto keys = support::public_keys({support::other_rsa_key, support::rsa_key, support::p256_key});
    for (auto& key : keys.keys) key.kid.reset();
    auto const token = support::signed_with_header(support::rsa_key, R"({"alg":"RS256"})", claims_with());
    auto flow = validation(token, keys, cal::crypto_answers::by_host);
    CHECK(flow.next_deadline() == cal::at_once);
    auto first = flow.poll_crypto_question();
    REQUIRE(first);
    CHECK(first->what == cal::crypto_question::kind::verify_signature);
    CHECK(first->algorithm == cal::signature_algorithm::rs256);
    CHECK_FALSE(flow.poll_crypto_question()); // handed out once
    CHECK(flow.handle_crypto_answer(first->id, {kind::no, {}}));
    CHECK_FALSE(flow.handle_crypto_answer(first->id, {kind::yes, {}})); // old
    auto second = flow.poll_crypto_question();
    REQUIRE(second);
    CHECK(second->key.n != first->key.n);
    CHECK(flow.handle_crypto_answer(second->id, {kind::yes, {}}));
    CHECK(flow.poll_result()->has_value());
}

TEST_CASE("about a MAC the host is asked once, with the secret and no key") {
    auto expected = expected_claims();
    expected.id_token_signed_response_alg = "HS256";
    expected.client_secret = support::client_secret.substr(0, 32);
    auto const token = support::signed_token(support::hs256_key, claims_with());
    auto flow = validation(token, support::public_keys({support::rsa_key}), cal::crypto_answers::by_host, expected);
    auto const question = flow.poll_crypto_question();
    REQUIRE(question);
    CHECK(question->what == cal::crypto_question::kind::verify_signature);
    CHECK(question->algorithm == cal::signature_algorithm::hs256);
    CHECK(question->secret.expose() == support::client_secret.substr(0, 32));
    CHECK(question->key.kty.empty());
    CHECK(question->expected == support::take_apart(token).signature);
    CHECK(flow.handle_crypto_answer(question->id, {kind::no, {}}));
    CHECK_FALSE(flow.poll_crypto_question());
    CHECK(flow.poll_result()->error() == cal::error_code::jws_signature_invalid);
}

TEST_CASE("a signature that is not of the exact length is refused without asking") {
    auto es256 = expected_claims();
    es256.id_token_signed_response_alg = "ES256";
    auto const rs = support::signed_token(support::rsa_key, claims_with());
    auto const es = support::signed_token(support::p256_key, claims_with());
    auto const rsa = support::public_keys({support::rsa_key});
    auto const p256 = support::public_keys({support::p256_key});
    auto const p384 = support::public_keys({support::p384_key});
    auto const p521 = support::public_keys({support::p521_key});
    auto es384 = es256, es512 = es256, hs256 = es256;
    es384.id_token_signed_response_alg = "ES384";
    es512.id_token_signed_response_alg = "ES512";
    hs256.id_token_signed_response_alg = "HS256";
    hs256.client_secret = support::client_secret.substr(0, 32);
    auto const es_384 = support::signed_token(support::p384_key, claims_with()), es_512 = support::signed_token(support::p521_key, claims_with());
    auto const hs = support::signed_token(support::hs256_key, claims_with());
    struct row {
        char const* what;
        std::string token;
        cal::jwk_set const& keys;
        cal::id_token_expectations expected;
    };
    for (auto const& bad : {
             row{"idt-es256-der", support::with_signature(es, std::string("\x30\x44", 2) + std::string(68, 'x')), p256, es256},
             row{"ES256, one byte short", support::with_signature(es, std::string(63, 'x')), p256, es256},
             row{"ES256, one byte more", support::with_signature(es, std::string(65, 'x')), p256, es256},
             row{"ES384, one byte short", support::with_signature(es_384, std::string(95, 'x')), p384, es384},
             row{"ES384, one byte more", support::with_signature(es_384, std::string(97, 'x')), p384, es384},
             row{"ES384, DER", support::with_signature(es_384, std::string("\x30\x64", 2) + std::string(100, 'x')), p384, es384},
             row{"ES512, one byte short", support::with_signature(es_512, std::string(131, 'x')), p521, es512},
             row{"ES512, one byte more", support::with_signature(es_512, std::string(133, 'x')), p521, es512},
             row{"HS256, half of the MAC", support::with_signature(hs, support::take_apart(hs).signature.substr(0, 16)), rsa, hs256},
             row{"HS256, one byte short", support::with_signature(hs, support::take_apart(hs).signature.substr(0, 31)), rsa, hs256},
             row{"HS256, one byte more", support::with_signature(hs, support::take_apart(hs).signature + '\0'), rsa, hs256},
             row{"RS256, a leading zero dropped", support::with_signature(rs, std::string(255, 'x')), rsa, expected_claims()},
             row{"RS256, a leading zero more", support::with_signature(rs, std::string(257, '\0')), rsa, expected_claims()},
         }) {
        INFO(bad.what);
        auto flow = validation(bad.token, bad.keys, cal::crypto_answers::by_host, bad.expected);
        CHECK_FALSE(flow.poll_crypto_question());
        CHECK(flow.poll_result()->error() == cal::error_code::jws_signature_invalid);
    }
}

TEST_CASE("whatever is not the answer that was asked for fails closed") {
    auto const token = support::signed_token(support::rsa_key, claims_with());
    auto const keys = support::public_keys({support::rsa_key});
    for (auto answer : {cal::crypto_answer{}, cal::crypto_answer{kind::unavailable, {}}, cal::crypto_answer{kind::digest, std::string(32, 'x')}}) {
        auto flow = validation(token, keys, cal::crypto_answers::by_host);
        CHECK(flow.handle_crypto_answer(flow.poll_crypto_question()->id, answer));
        CHECK(flow.poll_result()->error() == cal::error_code::crypto_unavailable);
    }
}

TEST_CASE("an answer to an unknown question is ignored, and an aborted validation takes none") {
    auto const token = support::signed_token(support::rsa_key, claims_with());
    auto flow = validation(token, support::public_keys({support::rsa_key}), cal::crypto_answers::by_host);
    CHECK_FALSE(flow.handle_crypto_answer(0, {kind::yes, {}}));
    CHECK_FALSE(flow.handle_crypto_answer(99, {kind::yes, {}}));
    CHECK_FALSE(flow.poll_result());
    auto const id = flow.poll_crypto_question()->id;
    flow.abort();
    CHECK_FALSE(flow.handle_crypto_answer(id, {kind::yes, {}}));
    CHECK(flow.poll_result()->error() == cal::error_code::aborted);
    CHECK_FALSE(flow.poll_request(noon));
    CHECK_FALSE(flow.handle_response(cal::request_id{1}, {}, noon));
}

TEST_CASE("what a validation was started with need not outlive the call") {
    auto const start = [] {
        std::string issuer = "https://op.example", client = "client", nonce = "a-nonce-of-some-length", access = "the-access-token-of-some-length";
        auto const at_hash = support::encode(cal::detail::compute_hash(cal::hash_algorithm::sha256, access).value().substr(0, 16));
        auto const token = support::signed_token(support::rsa_key, claims_with(",\"nonce\":\"" + nonce + "\",\"at_hash\":\"" + at_hash + "\""));
        cal::id_token_expectations expected{.issuer = issuer, .client_id = client, .nonce = nonce, .access_token = access};
        return validation(token, support::public_keys({support::rsa_key}), cal::crypto_answers::by_host, expected);
    };
    CHECK(run(start()));
}
