#include <calimatic/oauth/token.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::authorization_code_grant;
using calimatic::client_credentials_grant;
using calimatic::client_information;
using calimatic::condition;
using calimatic::error_code;
using calimatic::http_response;
using calimatic::milliseconds;
using calimatic::refresh_token_grant;
using calimatic::seconds;
using calimatic::server_metadata;
using calimatic::time_point;
using calimatic::token_expectations;
using calimatic::token_set;
using support::rule_name;

namespace {

constexpr time_point noon{milliseconds{1'800'000'000'000}};
constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view old_refresh_token = "tGzv3JOkF0XG5Qx2TlKWIA";

server_metadata const server{.issuer = "https://op.example", .token_endpoint = "https://op.example/token"};
client_information const public_client{.client_id = "client"};

client_information confidential(std::string method = "client_secret_basic") {
    return {.client_id = "client", .client_secret = "secret", .client_secret_expires_at = {}, .token_endpoint_auth_method = std::move(method)};
}

http_response answer(std::string body, int status = 200) { return {status, {{"Content-Type", "application/json;charset=UTF-8"}}, std::move(body)}; }

/// A token response with some members replaced by others.
http_response with(std::string_view members) {
    std::string body = R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer")";
    if (!members.empty()) body += ',';
    return answer(body.append(members).append("}"));
}

auto parse(http_response const& response, token_expectations const& expected = {}) {
    return calimatic::parse_token_response(response, expected, noon);
}

token_set before() {
    return {.access_token = "old-access-token",
        .token_type = "Bearer",
        .expires_at = noon,
        .received_at = noon - seconds{3600},
        .refresh_token = old_refresh_token,
        .id_token = "old-id-token",
        .scope = "openid email"};
}

} // namespace

TEST_CASE("a code is exchanged by a POST with a form") {
    authorization_code_grant const grant{.code = "Splxl+/&=", .redirect_uri = "https://app.example/cb?a=b&c", .code_verifier = verifier};
    auto const request = calimatic::build_token_request(server, public_client, grant, noon);
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::post);
    CHECK(request->url == "https://op.example/token"); // nothing of the grant in it
    CHECK(request->body ==
        "grant_type=authorization_code&code=Splxl%2B%2F%26%3D&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3Db%26c"
        "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&client_id=client");
    CHECK(calimatic::find_header(request->headers, "Content-Type") == "application/x-www-form-urlencoded");
    CHECK(calimatic::find_header(request->headers, "Accept") == "application/json");
    CHECK_FALSE(calimatic::find_header(request->headers, "Authorization"));
    CHECK(request->timeout == milliseconds{30'000});
    CHECK(request->max_response_body == 256 * 1024);
}

TEST_CASE("a confidential client authenticates by one method") {
    authorization_code_grant const grant{.code = "code", .redirect_uri = "https://app.example/cb", .code_verifier = verifier};
    auto const basic = calimatic::build_token_request(server, confidential(), grant, noon);
    REQUIRE(basic);
    CHECK(calimatic::find_header(basic->headers, "Authorization") == "Basic Y2xpZW50OnNlY3JldA==");
    CHECK(basic->body.find("client_") == std::string::npos);
    auto const post = calimatic::build_token_request(server, confidential("client_secret_post"), grant, noon);
    REQUIRE(post);
    CHECK(post->body.ends_with("&client_id=client&client_secret=secret"));
    CHECK_FALSE(calimatic::find_header(post->headers, "Authorization"));
}

TEST_CASE("an exchange that cannot work is not begun") {
    auto const outcome = [](server_metadata const& at, client_information const& client, authorization_code_grant const& grant) {
        return rule_name(calimatic::build_token_request(at, client, grant, noon));
    };
    authorization_code_grant const good{.code = "code", .redirect_uri = "https://app.example/cb", .code_verifier = verifier};
    CHECK(outcome(server, public_client, good) == "accepted");
    CHECK(outcome({}, public_client, good) == "endpoint_missing");
    CHECK(outcome({.token_endpoint = "http://op.example/token"}, public_client, good) == "url_not_https");
    CHECK(outcome({.token_endpoint = "http://localhost:9000/token"}, public_client, good) == "accepted");
    CHECK(outcome({.token_endpoint = "https://op.example/token#x"}, public_client, good) == "url_has_fragment");
    CHECK(outcome({.token_endpoint = "file:///etc/passwd"}, public_client, good) == "url_not_https");
    CHECK(outcome(server, {}, good) == "client_id_missing");
    CHECK(outcome(server, {.client_id = "client", .token_endpoint_auth_method = "client_secret_post"}, good) == "client_secret_missing");
    CHECK(outcome(server, public_client, {.code = "", .redirect_uri = "https://app.example/cb", .code_verifier = verifier}) == "code_missing");
    CHECK(outcome(server, public_client, {.code = "code", .redirect_uri = "https://app.example/cb", .code_verifier = "short"}) ==
        "code_verifier_invalid");
    CHECK(outcome(server, public_client, {.code = "code", .redirect_uri = "https://app.example/cb", .code_verifier = ""}) == "code_verifier_invalid");
}

TEST_CASE("the token endpoint's own query is kept") {
    auto const request = calimatic::build_token_request(server_metadata{.token_endpoint = "https://op.example/token?tenant=1"}, public_client,
        refresh_token_grant{.refresh_token = old_refresh_token}, noon);
    REQUIRE(request);
    CHECK(request->url == "https://op.example/token?tenant=1");
}

TEST_CASE("a refresh asks for no more than was granted") {
    auto const body = [](refresh_token_grant const& grant) {
        auto const request = calimatic::build_token_request(server, public_client, grant, noon);
        return request ? request->body : rule_name(request);
    };
    CHECK(body({.refresh_token = "a+b"}) == "grant_type=refresh_token&refresh_token=a%2Bb&client_id=client");
    CHECK(body({.refresh_token = "a", .granted_scope = "openid email"}) == "grant_type=refresh_token&refresh_token=a&client_id=client");
    CHECK(body({.refresh_token = "a", .granted_scope = "openid email", .scope = "email email"}) ==
        "grant_type=refresh_token&refresh_token=a&scope=email&client_id=client");
    CHECK(body({.refresh_token = "a", .granted_scope = "openid email", .scope = "email openid"}) ==
        "grant_type=refresh_token&refresh_token=a&scope=email+openid&client_id=client");
    CHECK(body({.refresh_token = "a", .granted_scope = "openid email", .scope = "openid admin"}) == "scope_exceeds_grant");
    CHECK(body({.refresh_token = "a", .granted_scope = "openid", .scope = "OPENID"}) == "scope_exceeds_grant");
    CHECK(body({.refresh_token = "a", .granted_scope = "", .scope = "openid"}) == "scope_exceeds_grant");
    CHECK(body({.refresh_token = "a", .granted_scope = "openid", .scope = "a\nb"}) == "scope_malformed");
    CHECK(body({.refresh_token = ""}) == "refresh_token_missing");
}

TEST_CASE("a client asks for a token of its own (RFC 6749 4.4)") {
    auto const body = [](client_information const& client, client_credentials_grant const& grant) {
        auto const request = calimatic::build_token_request(server, client, grant, noon);
        return request ? request->body : rule_name(request);
    };
    CHECK(body(confidential(), {}) == "grant_type=client_credentials");
    CHECK(body(confidential("client_secret_post"), {.scope = "a b a", .resource = {"https://api.example/x", "urn:y"}}) ==
        "grant_type=client_credentials&scope=a+b&resource=https%3A%2F%2Fapi.example%2Fx&resource=urn%3Ay&client_id=client&client_secret=secret");
    CHECK(body(public_client, {}) == "client_secret_missing");
    CHECK(body(confidential("none"), {}) == "client_secret_missing");
    CHECK(body(confidential(), {.scope = "a\"b"}) == "scope_malformed");
    CHECK(body(confidential(), {.resource = {"/relative"}}) == "url_malformed");
    CHECK(body(confidential(), {.resource = {"https://api.example/#x"}}) == "url_has_fragment");
}

TEST_CASE("the answer of RFC 6749 5.1 is read") {
    auto const tokens = parse(answer(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example_is_bearer"})"));
    CHECK(rule_name(tokens) == "token_type_unknown");
    auto const read = parse(
        with(
            R"("expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value","scope":"openid","id_token":"e30.e30.e30")"),
        {.scope = "openid email", .id_token_required = true});
    REQUIRE(read);
    CHECK(read->access_token.expose() == "2YotnFZFEjr1zCsicMWpAA");
    CHECK(read->token_type == "Bearer");
    CHECK(read->expires_at == noon + seconds{3600});
    CHECK(read->received_at == noon);
    CHECK(read->refresh_token.expose() == "tGzv3JOkF0XG5Qx2TlKWIA");
    CHECK(read->id_token.expose() == "e30.e30.e30");
    CHECK(read->scope == "openid"); // less than was asked for, and visible
    CHECK_FALSE(calimatic::scope_covers(read->scope, "openid email"));
}

TEST_CASE("what a token response may be is accepted") {
    auto const accept = [](std::string_view what, http_response const& response, token_expectations const& expected = {}) {
        INFO(what);
        auto tokens = parse(response, expected);
        CHECK(rule_name(tokens) == "accepted");
        return tokens ? std::move(*tokens) : token_set{};
    };
    CHECK(accept("ok-tok-type-case", answer(R"({"access_token":"a","token_type":"bEARER"})")).token_type == "bEARER");
    accept("ok-tok-extra", with(R"("x":{"y":[null,1.5]},"error_description":"none","refresh_expires_in":0)"));
    CHECK_FALSE(accept("ok-tok-expires-missing", with("")).expires_at);
    CHECK_FALSE(accept("expires_in null", with(R"("expires_in":null)")).expires_at);
    CHECK(accept("tok-expires-negative: expired already", with(R"("expires_in":-5)")).expires_at == noon);
    CHECK(accept("expires_in zero", with(R"("expires_in":0)")).expires_at == noon);
    CHECK(accept("expires_in with a fraction", with(R"("expires_in":59.999)")).expires_at == noon + seconds{59});
    CHECK(accept("expires_in with an exponent", with(R"("expires_in":6e1)")).expires_at == noon + seconds{60});
    CHECK(accept("ten years", with(R"("expires_in":315360000)")).expires_at == noon + seconds{315360000});
    for (auto const huge : {"315360001", "9223372036854775807", "18446744073709551615", "1e300"})
        CHECK(accept("tok-expires-huge", with(R"("expires_in":)" + std::string(huge))).expires_at == noon + seconds{315360000});
    CHECK(accept("tok-expires-negative, beyond measure", with(R"("expires_in":-1e300)")).expires_at == noon);
    CHECK(accept("no scope: as asked for", with(""), {.scope = "openid email"}).scope == "openid email");
    CHECK(accept("scope null: as asked for", with(R"("scope":null)"), {.scope = "openid"}).scope == "openid");
    CHECK(accept("an empty scope is what was granted", with(R"("scope":"")"), {.scope = "openid"}).scope == "");
    CHECK(accept("no id_token where none is needed", with("")).id_token.empty());
    CHECK(accept("id_token null where none is needed", with(R"("id_token":null)")).id_token.empty());
    CHECK(accept("an empty refresh token is none", with(R"("refresh_token":"")")).refresh_token.empty());
    CHECK(accept("error null", with(R"("error":null)")).token_type == "Bearer");
    accept("no content type", {200, {}, R"({"access_token":"a","token_type":"Bearer"})"});
    accept("another content type, but JSON", {200, {{"Content-Type", "text/plain"}}, R"({"access_token":"a","token_type":"Bearer"})"});
    accept("a token as large as allowed", answer(R"({"token_type":"Bearer","access_token":")" + std::string(64 * 1024, 'a') + "\"}"));
    accept("every character that a header can carry", answer(R"({"token_type":"Bearer","access_token":"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"})"));
}

TEST_CASE("what is not a token response is refused") {
    auto const refuse = [](std::string_view what, http_response const& response, error_code code, token_expectations const& expected = {}) {
        INFO(what);
        auto const tokens = parse(response, expected);
        CHECK(rule_name(tokens) == rule_name(code));
        if (!tokens) CHECK(tokens.error().message().find("2YotnFZFEjr1zCsicMWpAA") == std::string::npos);
    };
    token_expectations const sign_in{.scope = "openid", .id_token_required = true};
    refuse("tok-access-missing", answer(R"({"token_type":"Bearer"})"), error_code::access_token_missing);
    refuse("tok-access-missing: null", answer(R"({"access_token":null,"token_type":"Bearer"})"), error_code::access_token_missing);
    refuse("tok-access-empty", answer(R"({"access_token":"","token_type":"Bearer"})"), error_code::access_token_missing);
    refuse("tok-access-number", answer(R"({"access_token":7,"token_type":"Bearer"})"), error_code::json_member_type_wrong);
    refuse("an access token in a list", answer(R"({"access_token":["a"],"token_type":"Bearer"})"), error_code::json_member_type_wrong);
    refuse("tok-access-crlf", answer(R"({"access_token":"a\r\nX-Admin: 1","token_type":"Bearer"})"), error_code::token_not_sendable);
    refuse("a space in the access token", answer(R"({"access_token":"a b","token_type":"Bearer"})"), error_code::token_not_sendable);
    refuse("a line feed in the refresh token", answer(R"({"access_token":"a","token_type":"Bearer","refresh_token":"a\nb"})"),
        error_code::token_not_sendable);
    refuse("a refresh token beyond ASCII", answer(R"({"access_token":"a","token_type":"Bearer","refresh_token":"\u00e9"})"),
        error_code::token_not_sendable);
    refuse("NUL in the access token", answer(R"({"access_token":"a\u0000b","token_type":"Bearer"})"), error_code::token_not_sendable);
    refuse("an access token beyond ASCII", answer(R"({"access_token":"\u00e9","token_type":"Bearer"})"), error_code::token_not_sendable);
    refuse("an access token too large", answer(R"({"token_type":"Bearer","access_token":")" + std::string(64 * 1024 + 1, 'a') + "\"}"),
        error_code::json_string_too_long);
    refuse("tok-type-missing", answer(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA"})"), error_code::token_type_missing);
    refuse("token_type null", answer(R"({"access_token":"a","token_type":null})"), error_code::token_type_missing);
    refuse("token_type empty", answer(R"({"access_token":"a","token_type":""})"), error_code::token_type_missing);
    refuse("token_type a number", answer(R"({"access_token":"a","token_type":1})"), error_code::json_member_type_wrong);
    refuse("tok-type-mac", answer(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"mac"})"), error_code::token_type_unknown);
    refuse("a DPoP token", answer(R"({"access_token":"a","token_type":"DPoP"})"), error_code::token_type_unknown);
    refuse("a type that begins with Bearer", answer(R"({"access_token":"a","token_type":"Bearer "})"), error_code::token_type_unknown);
    refuse(
        "a token in place of the type", answer(R"({"access_token":"Bearer","token_type":"2YotnFZFEjr1zCsicMWpAA"})"), error_code::token_type_unknown);
    refuse("tok-array", answer(R"([{"access_token":"a","token_type":"Bearer"}])"), error_code::token_response_malformed);
    refuse("a text", answer(R"("2YotnFZFEjr1zCsicMWpAA")"), error_code::token_response_malformed);
    refuse("null", answer("null"), error_code::token_response_malformed);
    refuse("tok-empty", answer(""), error_code::json_syntax);
    refuse("tok-html", {200, {{"Content-Type", "text/html"}}, "<html>Sign in to the network</html>"}, error_code::token_response_malformed);
    refuse("tok-html said to be JSON", answer("<html>"), error_code::json_syntax);
    refuse("a form, as in the days before RFC 6749",
        {200, {{"Content-Type", "application/x-www-form-urlencoded"}}, "access_token=a&token_type=bearer"}, error_code::token_response_malformed);
    refuse("tok-dup", answer(R"({"access_token":"a","token_type":"Bearer","access_token":"b"})"), error_code::json_duplicate_member);
    refuse("tok-trailing", answer(R"({"access_token":"a","token_type":"Bearer"}x)"), error_code::json_syntax);
    refuse("tok-truncated, tok-short-length", answer(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bear)"), error_code::json_syntax);
    refuse("tok-deep", with(R"("x":)" + std::string(100'000, '[')), error_code::json_too_deep);
    refuse("tok-huge", answer(std::string(256 * 1024 + 1, ' ')), error_code::transport_too_large);
    refuse("bad UTF-8", answer("{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"x\":\"\xc0\xaf\"}"), error_code::json_syntax);
    refuse("tok-expires-string (chapter 4, 8: strict)", with(R"("expires_in":"3600")"), error_code::expires_in_invalid);
    refuse("expires_in a boolean", with(R"("expires_in":true)"), error_code::expires_in_invalid);
    refuse("expires_in a list", with(R"("expires_in":[3600])"), error_code::expires_in_invalid);
    refuse("expires_in infinite", with(R"("expires_in":1e999)"), error_code::json_number_not_finite);
    refuse("expires_in NaN", with(R"("expires_in":NaN)"), error_code::json_syntax);
    refuse("a refresh token that is a number", with(R"("refresh_token":1)"), error_code::json_member_type_wrong);
    refuse("scope in a list", with(R"("scope":["openid"])"), error_code::json_member_type_wrong);
    refuse("idt-dropped", with(""), error_code::id_token_missing, sign_in);
    refuse("idt-null", with(R"("id_token":null)"), error_code::id_token_missing, sign_in);
    refuse("idt-empty", with(R"("id_token":"")"), error_code::id_token_missing, sign_in);
    refuse("idt-number", with(R"("id_token":7)"), error_code::json_member_type_wrong, sign_in);
    refuse("idt-number where none is needed", with(R"("id_token":7)"), error_code::json_member_type_wrong);
    refuse("tok-error-in-200", answer(R"({"error":"invalid_grant"})"), error_code::token_error);
    refuse("tok-error-in-200 with tokens", with(R"("error":"invalid_grant")"), error_code::token_error);
    refuse("tok-error-in-200, an object", with(R"("error":{"code":7})"), error_code::token_error);
    refuse("tok-400-html", {400, {{"Content-Type", "text/html"}}, "<html>"}, error_code::status_unexpected);
    refuse("tok-400-no-error", answer(R"({"message":"no"})", 400), error_code::status_unexpected);
    refuse("400 with an error that is no text", answer(R"({"error":400})", 400), error_code::status_unexpected);
    refuse(
        "400 with tokens",
        [] {
            auto r = with("");
            r.status = 400;
            return r;
        }(),
        error_code::status_unexpected);
    refuse(
        "201 with tokens",
        [] {
            auto r = with("");
            r.status = 201;
            return r;
        }(),
        error_code::status_unexpected);
    refuse("204", answer("", 204), error_code::status_unexpected);
    refuse("no status", answer("", 0), error_code::status_unexpected);
    refuse("tok-redirect", {307, {{"Location", "https://evil.example/token"}}, ""}, error_code::redirect_not_followed);
    refuse(
        "tok-redirect with tokens",
        [] {
            auto r = with("");
            r.status = 302;
            return r;
        }(),
        error_code::redirect_not_followed);
    refuse("tok-500", answer("", 500), error_code::server_unavailable);
    refuse(
        "tok-500 with tokens",
        [] {
            auto r = with("");
            r.status = 500;
            return r;
        }(),
        error_code::server_unavailable);
    refuse("tok-429", answer(R"({"error":"invalid_grant"})", 429), error_code::too_many_requests);
    refuse("too many header fields", {200, std::vector<calimatic::http_header>(129, {"a", "b"}), with("").body}, error_code::headers_too_large);
}

TEST_CASE("tokens are bounded by their own limit too") {
    calimatic::check_options options;
    options.limits.token = 4;
    auto const outcome = [&](std::string_view body) {
        return rule_name(calimatic::parse_token_response(answer(std::string(body)), {}, noon, options));
    };
    CHECK(outcome(R"({"access_token":"abcd","token_type":"Bearer"})") == "token_too_large"); // token_type is one of the members that it holds for
    options.limits.token = 6;
    CHECK(outcome(R"({"access_token":"abcdef","token_type":"Bearer"})") == "accepted");
    CHECK(outcome(R"({"access_token":"abcdefg","token_type":"Bearer"})") == "token_too_large");
    CHECK(outcome(R"({"access_token":"abcdef","token_type":"Bearer","refresh_token":"abcdefg"})") == "token_too_large");
    CHECK(outcome(R"({"access_token":"abcdef","token_type":"Bearer","id_token":"abcdefg"})") == "token_too_large");
}

TEST_CASE("a refusal carries the server's words and what to do") {
    auto const e = parse(answer(R"({"error":"invalid_grant","error_description":"code expired\r\nX: y"})", 400));
    REQUIRE_FALSE(e);
    CHECK(e.error() == error_code::token_error);
    CHECK(e.error().condition() == condition::authorize_again);
    CHECK(e.error().server_error() == "invalid_grant");
    CHECK(e.error().server_text() == "code expired\r\nX: y");
    CHECK(e.error().http_status() == 400);
    CHECK(e.error().message().find_first_of("\r\n") == std::string::npos);

    auto const kind = [](std::string_view name, int status = 400) {
        auto const refused = parse(answer(R"({"error":")" + std::string(name) + "\"}", status));
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == error_code::token_error);
        return refused.error().condition();
    };
    CHECK(kind("invalid_client", 401) == condition::fix_configuration);
    CHECK(kind("invalid_scope") == condition::correct_input);
    CHECK(kind("authorization_pending") == condition::retry_later);
    CHECK(kind("access_denied", 403) == condition::access_refused);
    CHECK(kind("of_its_own") == condition::authorize_again); // unknown codes are passed through

    auto const unavailable = parse({503, {{"Retry-After", "30"}}, R"({"error":"server_error","error_description":"database"})"}); // tok-503-retry
    REQUIRE_FALSE(unavailable);
    CHECK(unavailable.error() == error_code::server_unavailable);
    CHECK(unavailable.error().condition() == condition::retry_later);
    CHECK(unavailable.error().retry_after() == seconds{30});
    CHECK(unavailable.error().server_text() == "database");
}

TEST_CASE("a refresh keeps what the answer does not renew") {
    auto const old = before();
    auto const kept = parse(with(R"("expires_in":60)"), {.refreshed = &old}); // ok-tok-refresh-dropped
    REQUIRE(kept);
    CHECK(kept->access_token.expose() == "2YotnFZFEjr1zCsicMWpAA");
    CHECK(kept->refresh_token.expose() == old_refresh_token);
    CHECK(kept->id_token.expose() == "old-id-token");
    CHECK(kept->scope == "openid email");
    CHECK(kept->expires_at == noon + seconds{60});

    auto const renewed = parse(with(R"("refresh_token":"new","id_token":"e30","scope":"openid")"), {.refreshed = &old});
    REQUIRE(renewed);
    CHECK(renewed->refresh_token.expose() == "new"); // and the old one is gone
    CHECK(renewed->id_token.expose() == "e30");
    CHECK(renewed->scope == "openid");
    CHECK_FALSE(renewed->expires_at); // the old time does not hold for the new token

    auto const less = parse(with(""), {.scope = "email", .refreshed = &old});
    REQUIRE(less);
    CHECK(less->scope == "email"); // as asked for in this refresh
    CHECK(rule_name(parse(with(""), {.id_token_required = true, .refreshed = &old})) == "id_token_missing");
}

TEST_CASE("a server that repeats the refresh token does not get it into an error") {
    auto const old = before();
    auto const e =
        parse(answer(R"({"error":"invalid_grant","error_description":"token tGzv3JOkF0XG5Qx2TlKWIA is unknown"})", 400), {.refreshed = &old});
    REQUIRE_FALSE(e);
    CHECK(e.error().server_text() == "token [secret] is unknown");
    auto const unavailable = parse(answer(R"({"error":"tGzv3JOkF0XG5Qx2TlKWIA"})", 500), {.refreshed = &old});
    REQUIRE_FALSE(unavailable);
    CHECK(unavailable.error().server_error() == "[secret]");
}

TEST_CASE("a scope covers another word by word") {
    CHECK(calimatic::scope_covers("openid email", ""));
    CHECK(calimatic::scope_covers("openid email", "email"));
    CHECK(calimatic::scope_covers("openid  email ", " email openid"));
    CHECK_FALSE(calimatic::scope_covers("openid email", "mail"));
    CHECK_FALSE(calimatic::scope_covers("openid email", "Email"));
    CHECK_FALSE(calimatic::scope_covers("openid email", "openid email profile"));
    CHECK_FALSE(calimatic::scope_covers("", "openid"));
}

TEST_CASE("tokens are saved and read back, and copied when asked for") {
    auto const tokens = before();
    for (auto const& copy : {calimatic::parse_token_set(serialize(tokens).expose()).value().clone(), tokens.clone()}) {
        CHECK(copy.access_token.expose() == "old-access-token");
        CHECK(copy.token_type == "Bearer");
        CHECK(copy.expires_at == noon);
        CHECK(copy.received_at == noon - seconds{3600});
        CHECK(copy.refresh_token.expose() == old_refresh_token);
        CHECK(copy.id_token.expose() == "old-id-token");
        CHECK(copy.scope == "openid email");
    }
    auto const small_set = calimatic::parse_token_set(serialize(token_set{.access_token = "\"\\\x01", .token_type = "bearer"}).expose());
    REQUIRE(small_set);
    CHECK(small_set->access_token.expose() == "\"\\\x01");
    CHECK_FALSE(small_set->expires_at);
    CHECK(small_set->refresh_token.empty());
    CHECK(small_set->id_token.empty());
    CHECK(small_set->received_at == time_point{});
}

TEST_CASE("saved tokens that are damaged are refused") {
    std::string const whole(serialize(before()).expose());
    auto const refuse = [](std::string_view what, std::string_view blob, error_code code) {
        INFO(what);
        auto const tokens = calimatic::parse_token_set(blob);
        CHECK(rule_name(tokens) == rule_name(code));
        if (!tokens) CHECK(tokens.error().message().find(old_refresh_token) == std::string::npos);
    };
    auto const changed = [&](std::string_view from, std::string_view to) {
        auto text = whole;
        auto const at = text.find(from);
        REQUIRE(at != std::string::npos);
        return text.replace(at, from.size(), to);
    };
    REQUIRE(calimatic::parse_token_set(whole));
    for (std::size_t size = 0; size < whole.size(); size += 5) refuse("cut", whole.substr(0, size), error_code::blob_malformed);
    refuse("something behind it", whole + "x", error_code::blob_malformed);
    refuse("another kind", changed("token_set", "client_information"), error_code::blob_malformed);
    refuse("a later version", changed("\"version\":1", "\"version\":2"), error_code::blob_version_unknown);
    refuse("version a text", changed("\"version\":1", "\"version\":\"1\""), error_code::blob_malformed);
    refuse("access_token missing", changed("\"access_token\"", "\"x\""), error_code::blob_malformed);
    refuse("access_token null", changed("\"old-access-token\"", "null"), error_code::blob_malformed);
    refuse("refresh_token a number", changed("\"tGzv3JOkF0XG5Qx2TlKWIA\"", "1"), error_code::blob_malformed);
    refuse("id_token a list", changed("\"old-id-token\"", "[]"), error_code::blob_malformed);
    refuse("scope missing", changed("\"scope\"", "\"x\""), error_code::blob_malformed);
    refuse("expires_at a text", changed("\"expires_at\":1800000000000", "\"expires_at\":\"1800000000000\""), error_code::blob_malformed);
    refuse("expires_at null", changed("\"expires_at\":1800000000000", "\"expires_at\":null"), error_code::blob_malformed);
    refuse("expires_at out of range", changed("\"expires_at\":1800000000000", "\"expires_at\":9223372036854775807"), error_code::blob_malformed);
    refuse("received_at missing", changed("\"received_at\"", "\"x\""), error_code::blob_malformed);
    refuse("a member twice", changed("\"scope\"", "\"token_type\":\"Bearer\",\"scope\""), error_code::blob_malformed);
}
