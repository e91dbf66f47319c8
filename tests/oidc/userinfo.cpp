#include <calimatic/oidc/userinfo.hpp>

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/id_tokens.hpp"

using calimatic::error_code;
using calimatic::http_header;
using calimatic::http_response;

namespace {

http_response answer(std::string body, std::string content_type = "application/json") {
    return {200, {{"Content-Type", std::move(content_type)}}, std::move(body)};
}

void refuse(std::string_view what, http_response const& response, error_code code, std::string_view sub = "user-1") {
    INFO(what);
    auto const result = calimatic::parse_userinfo_response(response, sub);
    CHECK(support::rule_name(result) == support::rule_name(code));
}

void accept(std::string_view what, http_response const& response, std::string_view sub = "user-1") {
    INFO(what);
    auto const result = calimatic::parse_userinfo_response(response, sub);
    CHECK(support::rule_name(result) == "accepted");
    if (result) CHECK(result->sub() == sub);
}

calimatic::server_metadata server_with(std::string userinfo_endpoint) {
    calimatic::server_metadata server;
    server.userinfo_endpoint = std::move(userinfo_endpoint);
    return server;
}

} // namespace

TEST_CASE("UserInfo is asked for with the token in the header and nowhere else") {
    calimatic::check_options options;
    options.limits.userinfo_body = 1234;
    auto const request = calimatic::build_userinfo_request(server_with("https://op.example.com/userinfo?tenant=1"), "access-token-1", options);
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::get);
    CHECK(request->url == "https://op.example.com/userinfo?tenant=1");
    CHECK(request->body.empty());
    CHECK(request->max_response_body == 1234);
    REQUIRE(request->headers.size() == 2);
    CHECK(calimatic::find_header(request->headers, "Accept") == "application/json, application/jwt");
    CHECK(calimatic::find_header(request->headers, "Authorization") == "Bearer access-token-1");
}

TEST_CASE("a UserInfo request that must not be sent is not built") {
    auto const build = [](std::string endpoint, std::string_view token = "access-token-1") {
        return support::rule_name(calimatic::build_userinfo_request(server_with(std::move(endpoint)), token));
    };
    CHECK(build("https://op.example.com/userinfo") == "accepted");
    CHECK(build("http://127.0.0.1:8080/userinfo") == "accepted");
    CHECK(build("") == "endpoint_missing");
    CHECK(build("http://op.example.com/userinfo") == "url_not_https");
    CHECK(build("javascript:alert(1)") == "url_not_https");
    CHECK(build("file:///etc/passwd") == "url_not_https");
    CHECK(build("https://op@evil.example.com/userinfo") == "url_has_userinfo");
    CHECK(build("https://op.example.com/userinfo#f") == "url_has_fragment");
    CHECK(build("https://op.example.com/userinfo", "") == "token_not_sendable");
    CHECK(build("https://op.example.com/userinfo", "a\r\nX-Evil: 1") == "token_not_sendable"); // tok-access-crlf
}

TEST_CASE("UserInfo is used only if it is about the user of the ID Token") {
    accept("ok: sub is that of the ID Token", answer(R"({"sub":"user-1"})"));
    accept("ok: sub is escaped", answer(R"({"sub":"us\u0065r-1"})"));
    refuse("ui-sub-wrong", answer(R"({"sub":"user-1invalid"})"), error_code::userinfo_sub_mismatch);
    refuse("ui-sub-wrong: the beginning of ours", answer(R"({"sub":"user-"})"), error_code::userinfo_sub_mismatch);
    refuse("ui-sub-wrong: in other case", answer(R"({"sub":"User-1"})"), error_code::userinfo_sub_mismatch);
    refuse("ui-sub-wrong: with a space", answer(R"({"sub":"user-1 "})"), error_code::userinfo_sub_mismatch);
    refuse("ui-sub-wrong: ends in NUL", answer(R"({"sub":"user-1\u0000"})"), error_code::userinfo_sub_mismatch);
    refuse("ui-sub-wrong: an array with ours in it", answer(R"({"sub":["user-1"]})"), error_code::userinfo_sub_mismatch);
    refuse("ui-sub-missing", answer("{}"), error_code::userinfo_sub_missing);
    refuse("ui-sub-missing: null", answer(R"({"sub":null})"), error_code::userinfo_sub_missing);
    refuse("ui-sub-missing: only deeper", answer(R"({"user":{"sub":"user-1"}})"), error_code::userinfo_sub_missing);
    refuse("ui-sub-number", answer(R"({"sub":1})"), error_code::userinfo_sub_mismatch, "1");
    refuse("ui-sub-twice", answer(R"({"sub":"user-1","sub":"user-2"})"), error_code::json_duplicate_member);
    refuse("no subject is expected, and an empty one comes", answer(R"({"sub":""})"), error_code::userinfo_sub_mismatch, "");
}

TEST_CASE("UserInfo is a JSON object with status 200") {
    auto const user = std::string(R"({"sub":"user-1"})");
    accept("ok: a character set", answer(user, "application/json; charset=utf-8"));
    accept("ok: a content type in other case", answer(user, "Application/JSON;charset=UTF-8"));
    accept("ok: no content type", http_response{200, {}, user});
    accept("ok: claims of any type", answer(R"({"a":null,"sub":"user-1","b":[{}],"c":1e3})"));
    accept("ok: aggregated and distributed claims, which are not followed",
        answer(R"({"sub":"user-1","_claim_names":{"a":"s"},"_claim_sources":{"s":{"endpoint":"http://169.254.169.254/"}}})"));
    refuse("ui-html", answer("<html></html>", "text/html"), error_code::userinfo_content_type);
    refuse("ui-html: that is JSON", answer(user, "text/html"), error_code::userinfo_content_type);
    refuse("ui-html: that says it were JSON", answer("<html></html>"), error_code::json_syntax);
    refuse("ui-jwt: signed, and that was not registered", answer(support::unsigned_token(R"({"alg":"none"})", user), "application/jwt"),
        error_code::userinfo_content_type);
    refuse("ui-jwt: without a content type", http_response{200, {}, support::unsigned_token(R"({"alg":"none"})", user)}, error_code::json_syntax);
    refuse("a content type that is none", answer(user, "json"), error_code::userinfo_content_type);
    refuse("an empty content type", answer(user, ""), error_code::userinfo_content_type);
    refuse("a content type that begins with ours", answer(user, "application/jsonp"), error_code::userinfo_content_type);
    refuse("ui-array", answer("[" + user + "]"), error_code::userinfo_malformed);
    refuse("ui-string", answer(R"("user-1")"), error_code::userinfo_malformed);
    refuse("ui-empty", answer(""), error_code::json_syntax);
    refuse("ui-truncated", answer(R"({"sub":"user-1")"), error_code::json_syntax);
    refuse("ui-trailing", answer(user + user), error_code::json_syntax);
    refuse("ui-deep", answer(R"({"sub":"user-1","a":)" + std::string(100'000, '[')), error_code::json_too_deep);
    refuse("ui-huge", answer(R"({"sub":"user-1","a":")" + std::string(300'000, 'x') + "\"}"), error_code::transport_too_large);
    refuse(
        "ui-headers", http_response{200, std::vector<http_header>(129, {"Content-Type", "application/json"}), user}, error_code::headers_too_large);
    refuse("ui-204", http_response{204, {}, ""}, error_code::status_unexpected);
    refuse("ui-201", http_response{201, {}, user}, error_code::status_unexpected);
    refuse("ui-100", http_response{100, {}, user}, error_code::status_unexpected);
    refuse("status 0", http_response{0, {}, user}, error_code::status_unexpected);
}

TEST_CASE("what the UserInfo endpoint says against the request") {
    auto const user = std::string(R"({"sub":"user-1"})");
    auto const challenged = [&user](int status, std::string challenge) {
        return http_response{status, {{"WWW-Authenticate", std::move(challenge)}}, user};
    };
    refuse(
        "ui-401", challenged(401, R"(Bearer realm="op", error="invalid_token", error_description="expired, \"really\"")"), error_code::invalid_token);
    refuse("ui-401: the scheme in other case, after another one", challenged(401, R"(Basic abc=, bEARER error="invalid_token")"),
        error_code::invalid_token);
    refuse("ui-401-dpop-case", challenged(401, R"(dPoP error="invalid_token")"), error_code::invalid_token);
    refuse("ui-401: without a word", http_response{401, {}, user}, error_code::access_refused);
    refuse("ui-403", challenged(403, R"(Bearer error="insufficient_scope", scope="openid profile")"), error_code::insufficient_scope);
    refuse("ui-redirect", http_response{302, {{"Location", "https://evil.example.com/"}}, user}, error_code::redirect_not_followed);
    refuse("ui-redirect: 307", http_response{307, {{"Location", "https://evil.example.com/"}}, user}, error_code::redirect_not_followed);
    refuse("ui-429", http_response{429, {{"Retry-After", "7"}}, user}, error_code::too_many_requests);
    refuse("ui-503", http_response{503, {}, user}, error_code::server_unavailable);
    refuse("ui-404", http_response{404, {}, user}, error_code::status_unexpected);

    auto const busy = calimatic::parse_userinfo_response(http_response{429, {{"Retry-After", "7"}}, ""}, "user-1");
    CHECK(busy.error().retry_after() == calimatic::seconds(7));
    auto const expired = calimatic::parse_userinfo_response(challenged(401, R"(Bearer error="invalid_token")"), "user-1");
    CHECK(expired.error().condition() == calimatic::condition::authorize_again);
    CHECK(expired.error().http_status() == 401);
}

TEST_CASE("the claims of UserInfo can be read by name") {
    auto const result = calimatic::parse_userinfo_response(
        answer(R"({"sub":"user-1","name":"Jane","email":"jane@example.com","picture":"https://example.com/p","organization":{"id":"o-1"}})"),
        "user-1");
    REQUIRE(result);
    CHECK(result->name() == "Jane");
    CHECK(result->email() == "jane@example.com");
    CHECK(result->picture() == "https://example.com/p");
    CHECK((*result)["organization"]["id"].as_string() == "o-1");
    CHECK(result->root().size() == 5);

    auto const bare = calimatic::parse_userinfo_response(answer(R"({"sub":"user-1","name":1,"email":null})"), "user-1");
    REQUIRE(bare);
    CHECK(bare->name().empty());
    CHECK(bare->email().empty());
    CHECK(bare->picture().empty());
    CHECK((*bare)["x"].kind() == calimatic::json_kind::absent);
}

#if !defined(CALIMATIC_CRYPTO_NONE)

TEST_CASE("signed UserInfo is validated with the keys of the issuer (OIDC Core 5.3.2)") {
    std::string const claims = R"({"iss":"https://op.example.com","aud":"client-1","sub":"user-1","email":"jane@example.com"})";
    calimatic::userinfo_expectations expected{
        .sub = "user-1", .issuer = "https://op.example.com", .client_id = "client-1", .userinfo_signed_response_alg = "RS256"};
    calimatic::signature_verifier verifier(
        support::public_keys({support::rsa_key, support::p384_key}), {calimatic::signature_algorithm::rs256, calimatic::signature_algorithm::es384});
    auto const validate = [&](std::string const& token) {
        return support::rule_name(calimatic::validate_userinfo_response(answer(token, "application/jwt"), verifier, expected, support::now));
    };
    auto const good = support::signed_token(support::rsa_key, claims);
    CHECK(validate(good) == "accepted");
    CHECK(calimatic::validate_userinfo_response(answer(good, "application/jwt"), verifier, expected, support::now)->email() == "jane@example.com");
    CHECK(validate(support::with_flipped_signature(good)) == "jws_signature_invalid");
    CHECK(validate(support::with_payload(good, R"({"iss":"https://op.example.com","aud":"client-1","sub":"user-1","email":"m@example.com"})")) ==
        "jws_signature_invalid");
    CHECK(validate(support::signed_token(support::other_rsa_key, claims)) == "jwk_not_found");
    CHECK(validate(support::signed_with_header(support::other_rsa_key, R"({"alg":"RS256","kid":"rsa-1"})", claims)) == "jws_signature_invalid");
    CHECK(validate(support::signed_token(support::p384_key, claims)) == "jws_alg_not_allowed");
    CHECK(validate(support::signed_token(support::rsa_key, R"({"iss":"https://op.example.com","aud":"client-1","sub":"user-2"})")) ==
        "userinfo_sub_mismatch");
    // a signature that does not fit comes before a subject that does not
    CHECK(validate(support::with_payload(good, R"({"iss":"https://op.example.com","aud":"client-1","sub":"user-2"})")) == "jws_signature_invalid");

    expected.userinfo_signed_response_alg = "ES384";
    CHECK(validate(support::signed_token(support::p384_key, claims)) == "accepted");
    CHECK(validate(good) == "jws_alg_not_allowed");

    expected.userinfo_signed_response_alg = "HS256";
    expected.client_secret = support::client_secret.substr(0, 32);
    auto const mac = support::signed_token(support::hs256_key, claims);
    CHECK(validate(mac) == "accepted");
    CHECK(validate(support::with_flipped_signature(mac)) == "jws_signature_invalid");
    CHECK(validate(support::with_signature(mac, support::take_apart(mac).signature.substr(0, 16))) == "jws_signature_invalid");
    expected.client_secret = support::client_secret.substr(1, 32);
    CHECK(validate(mac) == "jws_signature_invalid");
    expected.client_secret = support::client_secret.substr(0, 31);
    CHECK(validate(mac) == "hmac_key_too_short");
}

#endif

TEST_CASE("an error about the subject tells neither of the two") {
    auto const result = calimatic::parse_userinfo_response(answer(R"({"sub":"another-user"})"), "the-user");
    REQUIRE_FALSE(result);
    CHECK(result.error().message().find("another-user") == std::string::npos);
    CHECK(result.error().message().find("the-user") == std::string::npos);
}
