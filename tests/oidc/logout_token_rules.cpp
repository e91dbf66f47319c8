#include <calimatic/oidc/logout_token_rules.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/logout_tokens.hpp"

using calimatic::error_code;
using calimatic::logout_token_rules;
using support::accepted;
using support::logout_token_sample;
using support::refused;

TEST_CASE("the rules of a logout token, with the answer given by hand") {
    for (auto const& row : support::logout_token_cases()) {
        INFO(row.what);
        logout_token_sample sample;
        row.change(sample);
        CHECK(support::rule_name(support::validate_by_hand(sample)) == support::rule_name(row.code));
    }
}

TEST_CASE("the first rule that is broken is the error, in the order of section 2.6") {
    logout_token_sample sample;
    sample.header.set("typ", R"("at+jwt")").set("alg", R"("ES256")");
    sample.claims.set("iss", R"("i")").set("aud", R"("a")").set("exp", "0").set("nbf", support::seconds_from_now(99)).set("iat", "0");
    sample.claims.remove("sub").remove("sid").remove("events").remove("jti").set("nonce", R"("n")");
    std::vector<std::string> broken;
    bool verified = false;
    auto const validate = [&] { broken.push_back(support::rule_name(support::validate_by_hand(sample, verified))); };
    validate();
    sample.header.set("typ", R"("JWT")"), validate();
    sample.header.set("alg", R"("RS256")"), validate();
    verified = true, validate();
    sample.claims.set("iss", R"("https://op.example.com")"), validate();
    sample.claims.set("aud", R"("client-1")"), validate();
    sample.claims.set("exp", support::seconds_from_now(120)), validate();
    sample.claims.remove("nbf"), validate();
    sample.claims.set("iat", support::seconds_from_now(0)), validate();
    sample.claims.set("sid", R"("sid-1")"), validate();
    sample.claims.set("events", "{\"" + std::string(support::logout_event) + "\":{}}"), validate();
    sample.claims.remove("nonce"), validate();
    sample.claims.set("jti", R"("jti-1")"), validate();
    CHECK(broken ==
        std::vector<std::string>{"logout_token_typ", "jws_alg_not_allowed", "jws_signature_invalid", "logout_token_iss_mismatch",
            "logout_token_aud_mismatch", "logout_token_expired", "logout_token_nbf_future", "logout_token_iat_old", "logout_token_subject_missing",
            "logout_token_event_missing", "logout_token_nonce", "logout_token_jti_missing", "accepted"});
}

TEST_CASE("the claims are handed out once") {
    logout_token_sample const sample;
    auto const token = sample.unsigned_text();
    auto rules = logout_token_rules::start(token, sample.expected).value();
    accepted("once", std::move(rules).finish(true, sample.now));
    refused("twice", std::move(rules).finish(true, sample.now), error_code::flow_in_wrong_state);
    auto unsigned_rules = logout_token_rules::start(token, sample.expected).value();
    refused("unsigned", std::move(unsigned_rules).finish(false, sample.now), error_code::jws_signature_invalid);
    refused("and then signed", std::move(unsigned_rules).finish(true, sample.now), error_code::flow_in_wrong_state);
}

TEST_CASE("a token that comes twice is refused for as long as it would be accepted") {
    calimatic::replay_cache seen(2);
    logout_token_sample sample;
    sample.expected.tokens_seen = &seen;
    sample.claims.set("nonce", "1");
    refused("one that breaks a rule is not remembered", support::validate_by_hand(sample), error_code::logout_token_nonce);
    sample.claims.remove("nonce");
    accepted("first", support::validate_by_hand(sample));
    refused("again", support::validate_by_hand(sample), error_code::replayed);
    sample.now += std::chrono::seconds(179);
    refused("in the last second", support::validate_by_hand(sample), error_code::replayed);
    sample.now += std::chrono::seconds(1);
    refused("later", support::validate_by_hand(sample), error_code::logout_token_expired);

    sample.now = support::now;
    sample.claims.set("exp", support::seconds_from_now(1'000'000'000)).set("jti", R"("jti-2")");
    accepted("one without much of an end", support::validate_by_hand(sample));
    sample.now += std::chrono::seconds(660);
    refused("again, at the end of its age", support::validate_by_hand(sample), error_code::replayed);
    sample.now += calimatic::milliseconds(1);
    refused("later", support::validate_by_hand(sample), error_code::logout_token_iat_old);

    sample.now = support::now;
    sample.claims.set("jti", R"("jti-3")");
    refused("no room", support::validate_by_hand(sample), error_code::replay_cache_full);
    seen.forget("jti-2");
    accepted("room", support::validate_by_hand(sample));
    sample.claims.set("jti", '"' + std::string(2000, 'x') + '"');
    refused("an id that is too long", support::validate_by_hand(sample), error_code::replay_id_invalid);
}

TEST_CASE("expectations that would not outlive the rules are not taken") {
    constexpr auto takes = [](auto&& expected) {
        return requires { logout_token_rules::start(std::string_view(), std::forward<decltype(expected)>(expected)); };
    };
    calimatic::logout_token_expectations const expected{};
    CHECK(takes(expected));
    CHECK_FALSE(takes(calimatic::logout_token_expectations{}));
}
