#include <calimatic/flow/crypto_question.hpp>

#include <calimatic/detail/base64url.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/tokens.hpp"

namespace cal = calimatic;
using kind = cal::crypto_answer::kind;

namespace {

cal::crypto_question about_signature(std::string_view private_jwk) {
    auto const token = support::signed_token(private_jwk, R"({"sub":"alice"})");
    cal::crypto_question q;
    q.what = cal::crypto_question::kind::verify_signature;
    q.algorithm = support::algorithm_of(private_jwk);
    if (is_mac(q.algorithm)) {
        auto const document = support::json_of(private_jwk);
        q.secret = support::decode(*document.root()["k"].as_string());
    } else {
        q.key = support::public_keys({private_jwk}).keys[0];
    }
    q.data = token.substr(0, token.rfind('.'));
    q.expected = support::take_apart(token).signature;
    return q;
}

} // namespace

TEST_CASE("the library's own back end answers every kind of question") {
    auto const ps384 = support::for_alg(support::rsa_key, "PS384");
    for (std::string_view key : {support::rsa_key, std::string_view(ps384), support::p256_key, support::p384_key, support::p521_key,
             support::ed25519_key, support::hs256_key, support::hs384_key, support::hs512_key}) {
        auto q = about_signature(key);
        CHECK(cal::answer_inside(q).what == kind::yes);
        q.data = std::string(q.data.expose()) + 'x';
        CHECK(cal::answer_inside(q).what == kind::no);
    }

    cal::crypto_question q;
    q.what = cal::crypto_question::kind::sha256;
    q.data = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    auto const digest = cal::answer_inside(q);
    CHECK(digest.what == kind::digest);
    CHECK(cal::detail::base64url_encode(digest.digest) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"); // RFC 7636 appendix B

    q.what = cal::crypto_question::kind::hash_begins_with;
    q.hash = cal::hash_algorithm::sha256;
    q.expected = digest.digest.substr(0, 16);
    CHECK(cal::answer_inside(q).what == kind::yes);
    q.expected[0] = static_cast<char>(q.expected[0] ^ 1);
    CHECK(cal::answer_inside(q).what == kind::no);
    q.expected = digest.digest + "x";
    CHECK(cal::answer_inside(q).what == kind::no);
}

TEST_CASE("a key that cannot be loaded, and a signature of the wrong length, are the answer no") {
    auto q = about_signature(support::p256_key);
    q.key.x[3] = static_cast<char>(q.key.x[3] ^ 1); // off its curve
    CHECK(cal::answer_inside(q).what == kind::no);

    for (auto key : {support::rsa_key, support::p256_key, support::p521_key, support::ed25519_key, support::hs256_key, support::hs512_key}) {
        auto cut = about_signature(key);
        cut.expected.pop_back();
        CHECK(cal::answer_inside(cut).what == kind::no);
        cut.expected.clear();
        CHECK(cal::answer_inside(cut).what == kind::no);
    }

    auto wrong_key = about_signature(support::rsa_key);
    wrong_key.key = support::public_keys({support::ed25519_key}).keys[0];
    CHECK(cal::answer_inside(wrong_key).what == kind::no);

    auto short_secret = about_signature(support::hs256_key);
    short_secret.secret = std::string(short_secret.secret.expose().substr(0, 31));
    CHECK(cal::answer_inside(short_secret).what == kind::no);
    short_secret.secret.clear();
    CHECK(cal::answer_inside(short_secret).what == kind::no);
}
