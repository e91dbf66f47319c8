#include <calimatic/oidc/id_token_rules.hpp>

#include <calimatic/core/trace.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/id_token_cases.hpp"

using calimatic::error_code;
using calimatic::id_token_rules;
using support::id_token_sample;

namespace {

bool yes(calimatic::compact_jws const&) { return true; }
bool no(calimatic::compact_jws const&) { return false; }

} // namespace

TEST_CASE("the rules of an ID Token, with the answers given by hand") {
    for (auto const& row : support::id_token_cases()) {
        INFO(row.what);
        id_token_sample sample;
        row.change(sample);
        std::optional<calimatic::id_token_claims> first;
        if (sample.first) sample.expected.refreshed = &first.emplace(support::first_claims(*sample.first));
        CHECK(
            support::rule_name(support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, yes)) == support::rule_name(row.code));
    }
}

TEST_CASE("with a signature that does not fit, no rule about a claim is looked at that comes after it") {
    id_token_sample sample;
    sample.claims.set("exp", "0").remove("sub").set("nonce", "1").set("at_hash", "1");
    CHECK(support::rule_name(support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, no)) == "jws_signature_invalid");
    CHECK(support::rule_name(support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, yes)) == "id_token_sub_missing");
}

TEST_CASE("the first rule that is broken is the error") {
    id_token_sample sample;
    sample.expected.max_age = std::chrono::seconds(0);
    sample.expected.acr_values = {"gold"};
    sample.header.set("typ", R"("at+jwt")").set("alg", R"("ES256")");
    sample.claims.set("iss", R"("i")")
        .set("aud", R"("a")")
        .set("azp", R"("z")")
        .set("sub", R"("")")
        .set("exp", "0")
        .set("nbf", support::seconds_from_now(99));
    sample.claims.set("iat", "0").set("nonce", R"("n")").set("acr", R"("c")").set("auth_time", "0").set("at_hash", R"("h")");
    std::vector<std::string> broken;
    auto const validate = [&] {
        auto const name = support::rule_name(support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, yes));
        if (broken.empty() || broken.back() != name) broken.push_back(name);
    };
    validate();
    sample.header.set("typ", R"("JWT")"), validate();
    sample.claims.set("iss", R"("https://op.example.com")"), validate();
    sample.claims.set("aud", R"(["client-1","a"])"), validate();
    sample.claims.set("aud", R"("client-1")"), validate();
    sample.claims.remove("azp"), validate();
    sample.header.set("alg", R"("RS256")"), validate();
    sample.claims.set("sub", R"("user-1")"), validate();
    sample.claims.set("exp", support::seconds_from_now(300)), validate();
    sample.claims.remove("nbf"), validate();
    sample.claims.set("iat", support::seconds_from_now(0)), validate();
    sample.claims.set("nonce", R"("n-0S6_WzA2Mj-n-0S6_WzA2Mj")"), validate();
    sample.claims.set("acr", R"("gold")"), validate();
    sample.claims.set("auth_time", support::seconds_from_now(0)), validate();
    sample.claims.remove("at_hash"), validate();
    CHECK(broken ==
        std::vector<std::string>{"id_token_typ", "id_token_iss_mismatch", "id_token_aud_mismatch", "id_token_aud_untrusted", "id_token_azp_mismatch",
            "jws_alg_not_allowed", "id_token_sub_invalid", "id_token_expired", "id_token_nbf_future", "id_token_iat_old", "id_token_nonce_mismatch",
            "id_token_acr_mismatch", "id_token_auth_time_old", "id_token_at_hash_mismatch", "accepted"});
}

TEST_CASE("a step out of order is refused, and ends the validation") {
    id_token_sample const sample;
    auto const token = sample.unsigned_text();
    auto const start = [&] { return id_token_rules::start(token, sample.expected).value(); };

    SECTION("the claims before the signature") {
        auto rules = start();
        CHECK(support::rule_name(std::move(rules).finish(true)) == "flow_in_wrong_state");
        CHECK(support::rule_name(rules.handle_signature(true, sample.now)) == "flow_in_wrong_state");
    }
    SECTION("the claims after a signature that does not fit") {
        auto rules = start();
        CHECK(support::rule_name(rules.handle_signature(false, sample.now)) == "jws_signature_invalid");
        CHECK(support::rule_name(std::move(rules).finish(true)) == "flow_in_wrong_state");
    }
    SECTION("the claims after a rule that broke") {
        auto rules = start();
        CHECK(support::rule_name(rules.handle_signature(true, sample.now + std::chrono::hours(1))) == "id_token_expired");
        CHECK(support::rule_name(rules.handle_signature(true, sample.now)) == "flow_in_wrong_state");
        CHECK(support::rule_name(std::move(rules).finish(true)) == "flow_in_wrong_state");
    }
    SECTION("the claims after an at_hash that is none") {
        auto spoiled = sample;
        spoiled.claims.set("at_hash", "1");
        auto rules = id_token_rules::start(spoiled.unsigned_text(), spoiled.expected).value();
        CHECK(support::rule_name(rules.handle_signature(true, sample.now)) == "id_token_at_hash_mismatch");
        CHECK_FALSE(rules.at_hash());
        CHECK(support::rule_name(std::move(rules).finish(true)) == "flow_in_wrong_state");
    }
    SECTION("a second answer about the signature") {
        auto rules = start();
        CHECK(rules.handle_signature(true, sample.now));
        CHECK(support::rule_name(rules.handle_signature(false, sample.now)) == "flow_in_wrong_state");
        CHECK(support::rule_name(std::move(rules).finish(true)) == "flow_in_wrong_state");
    }
    SECTION("the claims twice") {
        auto rules = start();
        CHECK(rules.handle_signature(true, sample.now));
        CHECK(std::move(rules).finish(true));
        CHECK(support::rule_name(std::move(rules).finish(true)) == "flow_in_wrong_state");
    }
}

TEST_CASE("the hash of the access token is asked for once the signature was answered") {
    id_token_sample sample;
    sample.claims.set("at_hash", R"("77QmUPtjPfzWtF2AnpK9RQ")");
    auto const token = sample.unsigned_text();
    auto rules = id_token_rules::start(token, sample.expected).value();
    CHECK(rules.algorithm() == calimatic::signature_algorithm::rs256);
    CHECK(rules.token().signature == "signature");
    CHECK_FALSE(rules.at_hash());
    REQUIRE(rules.handle_signature(true, sample.now));
    auto const question = rules.at_hash();
    REQUIRE(question);
    CHECK(question->hash == calimatic::hash_algorithm::sha256);
    CHECK(question->data == support::sample_access_token);
    CHECK(support::encode(question->prefix) == support::sample_at_hash_sha256);

    SECTION("yes") { CHECK(support::rule_name(std::move(rules).finish(true)) == "accepted"); }
    SECTION("no") { CHECK(support::rule_name(std::move(rules).finish(false)) == "id_token_at_hash_mismatch"); }
    SECTION("there is no question after a refusal") {
        CHECK_FALSE(rules.handle_signature(true, sample.now));
        CHECK_FALSE(rules.at_hash());
    }
}

TEST_CASE("no is refused even where nothing was asked") {
    id_token_sample const sample;
    auto const token = sample.unsigned_text();
    auto rules = id_token_rules::start(token, sample.expected).value();
    REQUIRE(rules.handle_signature(true, sample.now));
    CHECK_FALSE(rules.at_hash());
    CHECK(support::rule_name(std::move(rules).finish(false)) == "id_token_at_hash_mismatch");
}

TEST_CASE("an error about a time tells both times") {
    auto const broken = [](auto change, calimatic::time_point now = support::now) {
        id_token_sample sample;
        change(sample);
        auto const result = support::validate_by_hand(sample.unsigned_text(), sample.expected, now, yes);
        return result ? "accepted" : std::string(result.error().got()) + " / " + std::string(result.error().expected());
    };
    using sample = id_token_sample;
    CHECK(broken([](sample& s) { s.claims.set("exp", support::seconds_from_now(-86400)); }) ==
        "exp 2027-01-14T08:00:00Z / after now, which is 2027-01-15T08:00:00Z");
    CHECK(broken([](sample& s) { s.claims.set("nbf", support::seconds_from_now(61)); }) ==
        "nbf 2027-01-15T08:01:01Z / not after now, which is 2027-01-15T08:00:00Z");
    CHECK(broken([](sample& s) { s.claims.set("iat", support::seconds_from_now(3600)); }) ==
        "iat 2027-01-15T09:00:00Z / not after now, which is 2027-01-15T08:00:00Z");
    CHECK(broken([](sample& s) { s.claims.set("iat", "-0.5"); }) ==
        "iat 1969-12-31T23:59:59Z / at most 600 s before now, which is 2027-01-15T08:00:00Z");
    CHECK(broken([](sample& s) {
        s.expected.max_age = std::chrono::seconds(300);
        s.claims.set("auth_time", "951782400"); // a 29th of February
    }) == "auth_time 2000-02-29T00:00:00Z / at most 300 s before now, which is 2027-01-15T08:00:00Z");
    CHECK(broken([](sample& s) { s.claims.set("iat", "253402300799"); }, calimatic::time_point()) ==
        "iat 9999-12-31T23:59:59Z / not after now, which is 1970-01-01T00:00:00Z");
    CHECK(broken([](sample&) {}, (calimatic::time_point::max)()) == "exp 2027-01-15T08:05:00Z / after now, which is 9999-12-31T23:59:59Z");
    CHECK(broken([](sample& s) { s.claims.set("iat", "-62167219200"); }, (calimatic::time_point::min)()) ==
        "iat 0000-01-01T00:00:00Z / not after now, which is 0000-01-01T00:00:00Z");
}

TEST_CASE("an error about a refreshed ID Token tells the claim that changed") {
    auto const changed = [](auto change) {
        id_token_sample sample;
        auto first_one = sample.claims;
        first_one.set("auth_time", support::seconds_from_now(-9));
        auto const first = support::first_claims(first_one);
        change(sample);
        sample.expected.refreshed = &first;
        auto const result = support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, yes);
        return support::rule_name(result) + ' ' + std::string(result ? "" : result.error().got());
    };
    using sample = id_token_sample;
    CHECK(changed([](sample&) {}) == "accepted ");
    CHECK(changed([](sample& s) {
        s.expected.issuer = "https://op2.example.com";
        s.claims.set("iss", R"("https://op2.example.com")");
    }) == "id_token_changed iss");
    CHECK(changed([](sample& s) { s.claims.set("sub", R"("user-2")"); }) == "id_token_changed sub");
    CHECK(changed([](sample& s) { s.claims.set("iat", support::seconds_from_now(-61)); }) == "id_token_changed iat");
    CHECK(changed([](sample& s) {
        s.expected.client_id = "client-2";
        s.claims.set("aud", R"("client-2")");
    }) == "id_token_changed aud");
    CHECK(changed([](sample& s) { s.claims.set("auth_time", support::seconds_from_now(-8)); }) == "id_token_changed auth_time");
    CHECK(changed([](sample& s) { s.claims.set("nonce", R"("another")"); }) == "id_token_changed nonce");
    CHECK(changed([](sample& s) { s.claims.set("azp", R"("client-1")"); }) == "id_token_changed azp");
}

TEST_CASE("what to do about an error") {
    auto const condition = [](auto change) {
        id_token_sample sample;
        change(sample);
        return support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, yes).error().condition();
    };
    using sample = id_token_sample;
    CHECK(condition([](sample& s) { s.expected.id_token_signed_response_alg = "ES256K"; }) == calimatic::condition::fix_configuration);
    CHECK(condition([](sample& s) { s.claims.remove("iss"); }) == calimatic::condition::distrust_server);
    CHECK(condition([](sample& s) { s.expected.acr_values = {"gold"}; }) == calimatic::condition::access_refused);
    CHECK(condition([](sample& s) {
        s.expected.max_age = std::chrono::seconds(1);
        s.claims.set("auth_time", "0");
    }) == calimatic::condition::authorize_again);
}

TEST_CASE("the trace tells every decision, changes none and holds no secret") {
    for (auto const& row : support::id_token_cases()) {
        INFO(row.what);
        id_token_sample sample;
        row.change(sample);
        std::optional<calimatic::id_token_claims> first;
        if (sample.first) sample.expected.refreshed = &first.emplace(support::first_claims(*sample.first));
        support::recording_trace trace;
        calimatic::check_options options;
        options.trace = &trace;
        auto const result = support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, yes, options);
        CHECK(support::rule_name(result) == support::rule_name(row.code));
        CHECK(trace.broken() == (result ? std::vector<std::string>{} : std::vector{support::rule_name(row.code)}));
        if (result) CHECK(trace.entries.size() >= 12);
        for (auto secret :
            {"n-0S6_WzA2Mj", "another-sign-in", support::sample_access_token.data(), support::sample_at_hash_sha256.data(), "Everybody can read"}) {
            CHECK(trace.text().find(secret) == std::string::npos);
            if (!result) CHECK(result.error().message().find(secret) == std::string::npos);
        }
    }
}

TEST_CASE("expectations that would not outlive the rules cannot be given") {
    STATIC_REQUIRE_FALSE(
        std::is_invocable_v<decltype([](auto&& expected) -> decltype(id_token_rules::start("", std::forward<decltype(expected)>(expected))) {
            return id_token_rules::start("", std::forward<decltype(expected)>(expected));
        }),
            calimatic::id_token_expectations>);
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<calimatic::id_token_claims>);
    STATIC_REQUIRE_FALSE(std::is_default_constructible_v<calimatic::id_token_claims>);
}
