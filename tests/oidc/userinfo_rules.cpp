#include <calimatic/oidc/userinfo_rules.hpp>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "support/id_tokens.hpp"

using calimatic::error_code;
using calimatic::http_response;
using calimatic::userinfo_rules;
using support::object_text;

namespace {

/// A signed UserInfo response that keeps every rule, and what it must match.
struct sample {
    object_text header{{"alg", R"("RS256")"}, {"kid", R"("rsa-1")"}};
    object_text claims{{"iss", R"("https://op.example.com")"}, {"aud", R"("client-1")"}, {"sub", R"("user-1")"}, {"email", R"("jane@example.com")"}};
    std::string content_type = "application/jwt";
    std::string token{}; ///< instead of the header and the claims
    int status = 200;
    calimatic::userinfo_expectations expected{
        .sub = "user-1", .issuer = "https://op.example.com", .client_id = "client-1", .userinfo_signed_response_alg = "RS256"};

    http_response response() const {
        return {status, {{"Content-Type", content_type}}, token.empty() ? support::unsigned_token(header.text(), claims.text()) : token};
    }
};

/// The rule that breaks, if the answer about the signature is yes.
std::string outcome(sample const& s, bool verified = true) {
    auto const response = s.response();
    auto rules = userinfo_rules::start(response, s.expected);
    if (!rules) return support::rule_name(rules);
    return support::rule_name(std::move(*rules).finish(verified, support::now));
}

void refuse(std::string_view what, std::function<void(sample&)> const& change, error_code code) {
    INFO(what);
    sample s;
    change(s);
    CHECK(outcome(s) == support::rule_name(code));
}
void accept(std::string_view what, std::function<void(sample&)> const& change) { refuse(what, change, error_code::none); }

auto set(std::string name, std::string json) {
    return [=](sample& s) { s.claims.set(name, json); };
}
auto header(std::string name, std::string json) {
    return [=](sample& s) { s.header.set(name, json); };
}

} // namespace

TEST_CASE("a signed UserInfo response is a token of the registered algorithm, from the issuer, for the client, about the user") {
    accept("ok: a response that keeps every rule", [](sample&) {});
    accept("ok-aud-array", set("aud", R"(["other","client-1"])"));
    accept("ok-typ-JWT", header("typ", R"("JWT")"));
    accept("ok: the content type in other case, with a parameter", [](sample& s) { s.content_type = "Application/JWT; charset=utf-8"; });

    refuse(
        "JSON where JWT is registered", [](sample& s) { s.content_type = "application/json"; }, error_code::userinfo_content_type);
    refuse(
        "no content type", [](sample& s) { s.content_type = ""; }, error_code::userinfo_content_type);
    refuse(
        "another content type", [](sample& s) { s.content_type = "text/plain"; }, error_code::userinfo_content_type);
    refuse(
        "the content type of another token", [](sample& s) { s.content_type = "application/at+jwt"; }, error_code::userinfo_content_type);
    refuse(
        "ui-204", [](sample& s) { s.status = 204; }, error_code::status_unexpected);
    refuse(
        "ui-401", [](sample& s) { s.status = 401; }, error_code::access_refused);
    refuse(
        "ui-redirect", [](sample& s) { s.status = 302; }, error_code::redirect_not_followed);
    refuse(
        "ui-huge", [](sample& s) { s.token = std::string(300'000, 'x'); }, error_code::transport_too_large);
    refuse(
        "a token that is too large", [](sample& s) { s.token = std::string(100'000, 'x'); }, error_code::token_too_large);

    refuse(
        "JSON that says it were a JWT", [](sample& s) { s.token = R"({"sub":"user-1"})"; }, error_code::jws_not_compact);
    refuse(
        "encrypted, which was not registered", [](sample& s) { s.token = "e30.e30.AAAA.AAAA.AAAA"; }, error_code::jws_encrypted);
    refuse("alg none", header("alg", R"("none")"), error_code::jws_alg_none);
    refuse(
        "alg none, registered so",
        [](sample& s) {
            s.header.set("alg", R"("none")");
            s.expected.userinfo_signed_response_alg = "none";
        },
        error_code::jws_alg_none);
    refuse("another algorithm", header("alg", R"("PS256")"), error_code::jws_alg_not_allowed);
    refuse(
        "a MAC, where a signature is registered",
        [](sample& s) {
            s.header.set("alg", R"("HS256")");
            s.expected.client_secret = support::client_secret;
        },
        error_code::jws_alg_not_allowed);
    refuse(
        "an algorithm that this library does not know is registered",
        [](sample& s) {
            s.header.set("alg", R"("ES256K")");
            s.expected.userinfo_signed_response_alg = "ES256K";
        },
        error_code::jws_alg_unknown);
    refuse(
        "nothing is registered", [](sample& s) { s.expected.userinfo_signed_response_alg = {}; }, error_code::jws_alg_unknown);

    refuse("another issuer", set("iss", R"("https://op.example.com/")"), error_code::userinfo_iss_mismatch);
    refuse(
        "no issuer", [](sample& s) { s.claims.remove("iss"); }, error_code::userinfo_iss_mismatch);
    refuse(
        "no issuer is expected, and an empty one comes",
        [](sample& s) {
            s.expected.issuer = {};
            s.claims.set("iss", R"("")");
        },
        error_code::userinfo_iss_mismatch);
    refuse("iss an array", set("iss", R"(["https://op.example.com"])"), error_code::claim_type_wrong);
    refuse("another client", set("aud", R"("client-11")"), error_code::userinfo_aud_mismatch);
    refuse(
        "no audience", [](sample& s) { s.claims.remove("aud"); }, error_code::userinfo_aud_mismatch);
    refuse("an audience of nobody", set("aud", "[]"), error_code::userinfo_aud_mismatch);
    refuse(
        "no client is expected, and an empty one comes",
        [](sample& s) {
            s.expected.client_id = {};
            s.claims.set("aud", R"("")");
        },
        error_code::userinfo_aud_mismatch);

    refuse("ui-sub-wrong", set("sub", R"("user-2")"), error_code::userinfo_sub_mismatch);
    refuse(
        "ui-sub-missing", [](sample& s) { s.claims.remove("sub"); }, error_code::userinfo_sub_missing);
    refuse("ui-sub-number", set("sub", "1"), error_code::claim_type_wrong);
    refuse(
        "ui-sub-twice", [](sample& s) { s.claims.repeat("sub", R"("user-2")"); }, error_code::json_duplicate_member);
    refuse(
        "no subject is expected, and an empty one comes",
        [](sample& s) {
            s.expected.sub = {};
            s.claims.set("sub", R"("")");
        },
        error_code::userinfo_sub_mismatch);
}

TEST_CASE("times are kept where a signed UserInfo response has them") {
    using support::seconds_from_now;
    accept("ok: exp and nbf", [](sample& s) { s.claims.set("exp", seconds_from_now(1)).set("nbf", seconds_from_now(0)); });
    accept("ok: as far away as is tolerated", [](sample& s) { s.claims.set("exp", seconds_from_now(-59)).set("nbf", seconds_from_now(60)); });
    accept("ok: null", [](sample& s) { s.claims.set("exp", "null").set("nbf", "null"); });
    refuse("expired", set("exp", seconds_from_now(-60)), error_code::userinfo_expired);
    refuse("not valid yet", set("nbf", seconds_from_now(61)), error_code::userinfo_nbf_future);
    refuse("exp a string", set("exp", R"("1")"), error_code::claim_type_wrong);
    refuse("exp out of range", set("exp", "1e300"), error_code::claim_out_of_range);
}

TEST_CASE("no other token of the same issuer is a UserInfo response (RFC 8725 3.11, 3.12)") {
    for (auto name : {"nonce", "at_hash", "c_hash", "s_hash"}) refuse("an ID Token", set(name, R"("x")"), error_code::userinfo_typ);
    refuse("an ID Token whose nonce is no string", set("nonce", "1"), error_code::userinfo_typ);
    refuse("an access token", header("typ", R"("at+jwt")"), error_code::userinfo_typ);
    refuse("a logout token", header("typ", R"("logout+jwt")"), error_code::userinfo_typ);
    refuse(
        "a logout token that is typed JWT", set("events", R"({"http://schemas.openid.net/event/backchannel-logout":{}})"), error_code::userinfo_typ);
    refuse("an empty type", header("typ", R"("")"), error_code::userinfo_typ);
    refuse("a nested one", header("cty", R"("JWT")"), error_code::jwt_nested);
}

TEST_CASE("a signature that does not fit comes before the claims that hang on it") {
    CHECK(outcome({}, false) == "jws_signature_invalid");
    sample s;
    s.claims.set("sub", R"("user-2")").set("exp", "1");
    CHECK(outcome(s, false) == "jws_signature_invalid");
    CHECK(outcome(s, true) == "userinfo_expired");
}

TEST_CASE("a MAC is asked about with the client_secret, if that is a key") {
    sample s;
    s.header.set("alg", R"("HS256")");
    s.expected.userinfo_signed_response_alg = "HS256";
    CHECK(outcome(s) == "hmac_of_public_client");
    s.expected.client_secret = support::client_secret.substr(0, 31);
    CHECK(outcome(s) == "hmac_key_too_short");
    s.expected.client_secret = support::client_secret.substr(0, 32);
    CHECK(outcome(s) == "accepted");
    auto const response = s.response();
    auto const rules = userinfo_rules::start(response, s.expected);
    REQUIRE(rules);
    CHECK(rules->algorithm() == calimatic::signature_algorithm::hs256);
    CHECK(rules->token().signature == "signature");
}

TEST_CASE("the claims are those of the token") {
    sample const s;
    auto const response = s.response();
    auto rules = userinfo_rules::start(response, s.expected);
    REQUIRE(rules);
    auto const info = std::move(*rules).finish(true, support::now);
    REQUIRE(info);
    CHECK(info->sub() == "user-1");
    CHECK(info->email() == "jane@example.com");
    CHECK((*info)["iss"].as_string() == "https://op.example.com");
}

TEST_CASE("no error and no decision tells whose UserInfo it is, or a secret") {
    for (auto const& change : {set("sub", R"("another-user")"), set("nonce", R"("n-0S6_WzA2Mj")")}) {
        sample s;
        change(s);
        support::recording_trace trace;
        calimatic::check_options options;
        options.trace = &trace;
        auto const response = s.response();
        auto rules = userinfo_rules::start(response, s.expected, options);
        auto const message = rules ? std::move(*rules).finish(true, support::now).error().message() : rules.error().message();
        for (auto secret : {"another-user", "user-1", "n-0S6_WzA2Mj"}) {
            CHECK(message.find(secret) == std::string::npos);
            CHECK(trace.text().find(secret) == std::string::npos);
        }
        CHECK(trace.broken().size() == 1);
    }
}

TEST_CASE("expectations that would not outlive the rules of UserInfo cannot be given") {
    STATIC_REQUIRE_FALSE(
        std::is_invocable_v<decltype([](auto&& expected) -> decltype(userinfo_rules::start({}, std::forward<decltype(expected)>(expected))) {
            return userinfo_rules::start({}, std::forward<decltype(expected)>(expected));
        }),
            calimatic::userinfo_expectations>);
}
