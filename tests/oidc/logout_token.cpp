#include <calimatic/oidc/logout_token.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/id_token_cases.hpp"
#include "support/logout_tokens.hpp"

using calimatic::error_code;
using calimatic::signature_algorithm;
using support::accepted;
using support::logout_token_sample;
using support::refused;

namespace {

calimatic::result<calimatic::logout_token_claims> validate(
    logout_token_sample const& sample, std::string_view key = support::rsa_key, calimatic::check_options const& options = {}) {
    auto const allowed = calimatic::parse_algorithm(sample.expected.id_token_signed_response_alg).value_or(signature_algorithm::rs256);
    calimatic::signature_verifier verifier(support::public_keys({key}), {allowed});
    return calimatic::validate_logout_token(sample.signed_text(), verifier, sample.expected, sample.now, options);
}

} // namespace

static_assert(!std::is_constructible_v<calimatic::logout_token_claims, calimatic::claims>);

TEST_CASE("the rules of a logout token that is signed") {
    for (auto const& row : support::logout_token_cases()) {
        INFO(row.what);
        logout_token_sample sample;
        row.change(sample);
        CHECK(support::rule_name(validate(sample)) == support::rule_name(row.code));
    }
}

TEST_CASE("the claims of a logout token can be read") {
    logout_token_sample sample;
    sample.claims.set("extra", "[1]");
    auto claims = validate(sample).value();
    auto const sub = claims.subject().sub;
    auto const moved = std::move(claims);
    CHECK(moved.iss() == "https://op.example.com");
    CHECK(moved.aud() == std::vector<std::string_view>{"client-1"});
    CHECK(moved.jti() == "jti-1");
    CHECK(moved.iat() == support::now);
    CHECK(moved.exp() == support::now + std::chrono::seconds(120));
    CHECK(moved.sub() == "user-1");
    CHECK(moved.sid() == "sid-1");
    CHECK(moved["extra"].size() == 1);
    CHECK(moved.all().jti() == "jti-1");
    CHECK(sub == "user-1"); // views survive the move
    CHECK(moved.subject().iss == "https://op.example.com");
    CHECK(moved.subject().sid == "sid-1");
    sample.claims.remove("sub");
    CHECK_FALSE(validate(sample)->sub());
    CHECK(validate(sample)->subject().sub.empty());
}

TEST_CASE("a signature is what it must be") {
    logout_token_sample sample;
    auto const good = sample.signed_text();
    sample.token = support::with_flipped_signature(good);
    refused("sig-bad", validate(sample), error_code::jws_signature_invalid);
    sample.token = support::with_payload(good, sample.claims.set("sub", R"("user-2")").text());
    refused("edited", validate(sample), error_code::jws_signature_invalid);
    sample.token = good;
    refused("no key of it", validate(sample, support::p256_key), error_code::jwk_not_found);

    logout_token_sample es256;
    es256.expected.id_token_signed_response_alg = "ES256";
    es256.header.set("alg", R"("ES256")").remove("kid");
    es256.key = support::p256_key;
    accepted("ES256", validate(es256, support::p256_key));

    logout_token_sample mac;
    mac.expected.id_token_signed_response_alg = "HS256";
    mac.expected.client_secret = support::client_secret.substr(0, 32);
    mac.header.set("alg", R"("HS256")").remove("kid");
    mac.key = support::hs256_key;
    accepted("HS256, by client_secret", validate(mac));
    mac.expected.client_secret = support::client_secret.substr(1, 32);
    refused("HS256, by another one", validate(mac), error_code::jws_signature_invalid);
}

TEST_CASE("a logout token is never an ID Token, and an ID Token never a logout token") {
    for (auto const typ : {R"("JWT")", R"("logout+jwt")"}) {
        INFO(typ);
        logout_token_sample logout;
        logout.header.set("typ", typ);
        calimatic::signature_verifier verifier(support::public_keys({support::rsa_key}), {signature_algorithm::rs256});
        calimatic::id_token_expectations const as_id_token{.issuer = logout.expected.issuer, .client_id = logout.expected.client_id};
        refused("as an ID Token", calimatic::validate_id_token(logout.signed_text(), verifier, as_id_token, support::now), error_code::id_token_typ);

        support::id_token_sample id_token;
        id_token.header.set("typ", typ);
        id_token.claims.set("jti", R"("1")").set("sid", R"("s")");
        logout.token = id_token.signed_text();
        refused("as a logout token", validate(logout), error_code::logout_token_event_missing);
    }
}

TEST_CASE("every rule that was looked at is in the trace, and no claim of a nonce") {
    support::recording_trace trace;
    calimatic::check_options const options{.trace = &trace};
    logout_token_sample sample;
    accepted("good", validate(sample, support::rsa_key, options));
    auto const text = trace.text();
    for (std::string_view const name : {"logout_token_typ", "jws_alg_not_allowed", "jws_signature_invalid", "logout_token_iss_mismatch",
             "logout_token_aud_mismatch", "logout_token_expired", "logout_token_iat_old", "logout_token_subject_missing",
             "logout_token_event_missing", "logout_token_nonce", "logout_token_jti_missing"}) {
        INFO(name);
        CHECK(text.find(name) != std::string::npos);
    }
    CHECK(trace.broken().empty());
    sample.claims.set("nonce", R"("a-nonce-that-is-kept")");
    auto const outcome = validate(sample, support::rsa_key, options);
    CHECK(trace.broken() == std::vector<std::string>{"logout_token_nonce"});
    CHECK(trace.text().find("a-nonce-that") == std::string::npos);
    CHECK(outcome.error().message().find("a-nonce-that") == std::string::npos);
}
