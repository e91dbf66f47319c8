#include <calimatic/flow/logout_token_validation.hpp>

#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/machine.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/logout_tokens.hpp"

namespace cal = calimatic;
using cal::error_code;
using support::accepted;
using support::logout_token_sample;
using support::refused;
using kind = cal::crypto_answer::kind;

static_assert(cal::flow<cal::logout_token_validation>);
static_assert(cal::asks_crypto<cal::logout_token_validation>);

namespace {

cal::logout_token_validation validation(logout_token_sample const& sample, cal::crypto_answers crypto, cal::jwk_set const& keys) {
    return cal::logout_token_validation(sample.signed_text(), keys, sample.expected, sample.now, crypto);
}
cal::logout_token_validation validation(logout_token_sample const& sample, cal::crypto_answers crypto = cal::crypto_answers::by_host) {
    return validation(sample, crypto, support::public_keys({support::rsa_key}));
}

/// Runs a validation to its end, answering as the library would.
cal::result<cal::logout_token_claims> run(cal::logout_token_validation flow) {
    while (auto question = flow.poll_crypto_question()) REQUIRE(flow.handle_crypto_answer(question->id, cal::answer_inside(*question)));
    CHECK(flow.next_deadline() == cal::at_once);
    auto ended = flow.poll_result();
    REQUIRE(ended);
    CHECK_FALSE(flow.poll_result());
    CHECK_FALSE(flow.next_deadline());
    return std::move(*ended);
}

} // namespace

TEST_CASE("inside and by the host, a logout token is accepted or refused for the same rule") {
    for (auto const& row : support::logout_token_cases()) {
        INFO(row.what);
        logout_token_sample sample;
        row.change(sample);
        for (auto crypto : {cal::crypto_answers::inside, cal::crypto_answers::by_host})
            CHECK(support::rule_name(run(validation(sample, crypto))) == support::rule_name(row.code));
    }
}

TEST_CASE("a signature is asked about, and what is not a yes is refused") {
    logout_token_sample const sample;
    auto flow = validation(sample);
    CHECK(flow.next_deadline() == cal::at_once);
    auto const question = flow.poll_crypto_question();
    REQUIRE(question);
    CHECK_FALSE(flow.poll_crypto_question());
    CHECK(question->what == cal::crypto_question::kind::verify_signature);
    CHECK_FALSE(flow.handle_crypto_answer(question->id + 1, {kind::yes, {}}));
    CHECK_FALSE(flow.handle_crypto_answer(0, {kind::yes, {}}));
    CHECK_FALSE(flow.poll_request(sample.now));
    CHECK(flow.handle_crypto_answer(question->id, {kind::yes, {}}));
    CHECK_FALSE(flow.handle_crypto_answer(question->id, {kind::no, {}}));
    CHECK(flow.poll_result()->value().sid() == "sid-1");

    for (auto const& [answer, code] : {std::pair{kind::no, error_code::jws_signature_invalid},
             std::pair{kind::unavailable, error_code::crypto_unavailable}, std::pair{kind::digest, error_code::crypto_unavailable}}) {
        auto other = validation(sample);
        CHECK(other.handle_crypto_answer(other.poll_crypto_question()->id, {answer, {}}));
        refused("not a yes", *other.poll_result(), code);
    }
}

TEST_CASE("each key that fits is asked about, and a MAC once") {
    logout_token_sample sample;
    sample.header.remove("kid");
    auto keys = support::public_keys({support::other_rsa_key, support::rsa_key});
    for (auto& key : keys.keys) key.kid.reset();
    accepted("the second of two keys", run(validation(sample, cal::crypto_answers::by_host, keys)));
    refused("no key", run(validation(sample, cal::crypto_answers::by_host, {})), error_code::jwk_not_found);

    sample.expected.id_token_signed_response_alg = "HS256";
    sample.expected.client_secret = support::client_secret.substr(0, 32);
    sample.header.set("alg", R"("HS256")");
    sample.key = support::hs256_key;
    auto flow = validation(sample);
    auto const question = flow.poll_crypto_question();
    REQUIRE(question);
    CHECK(question->secret.expose() == support::client_secret.substr(0, 32));
    CHECK(flow.handle_crypto_answer(question->id, {kind::no, {}}));
    CHECK_FALSE(flow.poll_crypto_question());
    refused("a MAC of another secret", *flow.poll_result(), error_code::jws_signature_invalid);
}

TEST_CASE("a validation that is given up has remembered nothing, and takes no answer any more") {
    cal::replay_cache seen;
    logout_token_sample sample;
    sample.expected.tokens_seen = &seen;
    auto flow = validation(sample);
    auto const question = flow.poll_crypto_question();
    flow.abort();
    CHECK_FALSE(flow.handle_crypto_answer(question->id, {kind::yes, {}}));
    refused("aborted", *flow.poll_result(), error_code::aborted);
    flow.abort();
    CHECK_FALSE(flow.poll_result());
    CHECK(seen.size() == 0);
    accepted("again", run(validation(sample)));
    refused("twice", run(validation(sample)), error_code::replayed);
}

TEST_CASE("what a validation of a logout token was started with need not outlive the call") {
    auto const start = [] {
        std::string issuer = "https://op.example.com", client = "client-1-of-some-length";
        logout_token_sample sample;
        sample.claims.set("aud", '"' + client + '"');
        sample.expected.issuer = issuer;
        sample.expected.client_id = client;
        return validation(sample);
    };
    accepted("moved", run(start()));
}
