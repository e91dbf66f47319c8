#include <calimatic/oauth/introspection.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/keys.hpp"
#include "support/outcome.hpp"

using calimatic::client_information;
using calimatic::error_code;
using calimatic::http_response;
using calimatic::introspection_expectations;
using calimatic::milliseconds;
using calimatic::seconds;
using calimatic::server_metadata;
using calimatic::time_point;
using support::rule_name;

namespace {

constexpr time_point noon{milliseconds{1'800'000'000'000}};
constexpr std::string_view token = "the-token-0123456789";
server_metadata const server{.issuer = "https://op.example", .introspection_endpoint = "https://op.example/introspect"};

client_information confidential(std::string method = "client_secret_post") {
    return {
        .client_id = "api", .client_secret = "the secret of ours", .client_secret_expires_at = {}, .token_endpoint_auth_method = std::move(method)};
}

http_response answer(std::string body, int status = 200) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

auto parse(http_response const& response, introspection_expectations const& expected = {}) {
    return calimatic::parse_introspection_response(response, confidential(), token, expected, noon);
}

bool is_active(std::string_view body) {
    auto const told = parse(answer(std::string(body)));
    support::accepted(body, told);
    CHECK(told->active == (told->members.root().size() > 0)); // nothing is known of others
    return told->active;
}

} // namespace

TEST_CASE("a token is asked about in the body of a POST, by a client that authenticates (RFC 7662 2.1)") {
    auto const request = calimatic::build_introspection_request(server, confidential(), "a+b/c=&d", "access_token", noon);
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::post);
    CHECK(request->url == "https://op.example/introspect");
    CHECK(request->body == "token=a%2Bb%2Fc%3D%26d&token_type_hint=access_token&client_id=api&client_secret=the+secret+of+ours");
    CHECK(calimatic::find_header(request->headers, "Content-Type") == "application/x-www-form-urlencoded");
    CHECK(calimatic::find_header(request->headers, "Accept") == "application/json");
    auto const basic = calimatic::build_introspection_request(server, confidential("client_secret_basic"), token, "", noon);
    REQUIRE(basic);
    CHECK(basic->body == "token=the-token-0123456789");
    CHECK(calimatic::find_header(basic->headers, "Authorization").has_value());
    client_information signing{.client_id = "api", .private_jwk = support::rsa_key};
    support::seeded_random random;
    auto const signed_request = calimatic::build_introspection_request(server, signing, token, "", noon, {}, &random);
    support::accepted("private_key_jwt", signed_request);
    CHECK(signed_request->body.find("&client_assertion=eyJ") != std::string::npos);
}

TEST_CASE("nobody asks without credentials") {
    auto const outcome = [](server_metadata const& at, client_information const& client, std::string_view what) {
        return rule_name(calimatic::build_introspection_request(at, client, what, "", noon));
    };
    CHECK(outcome(server, confidential(), token) == "accepted");
    CHECK(outcome({.issuer = "https://op.example"}, confidential(), token) == "endpoint_missing");
    CHECK(outcome({.introspection_endpoint = "http://op.example/i"}, confidential(), token) == "url_not_https");
    CHECK(outcome(server, confidential(), "") == "introspection_token_missing");
    CHECK(outcome(server, {.client_id = "api"}, token) == "introspection_without_credentials");
    CHECK(outcome(server, confidential("none"), token) == "introspection_without_credentials");
    CHECK(outcome(server, {}, token) == "client_id_missing");
    CHECK(outcome(server, {.client_id = "api", .private_jwk = support::rsa_key}, token) != "accepted");
}

TEST_CASE("active is the boolean true and nothing else (RFC 7662 2.2)") {
    CHECK(is_active(R"({"active":true})"));
    for (std::string_view const body : {R"({"active":false})", R"({"active":"true"})", R"({"active":1})", R"({"active":null})", "{}",
             R"({"Active":true})", R"({"active":false,"exp":"soon","sub":1})", R"({"active":[true]})"})
        CHECK_FALSE(is_active(body));
}

TEST_CASE("a token that is over, or not begun, is not active whatever the server says") {
    CHECK(is_active(R"({"active":true,"exp":1800000001})"));
    CHECK(is_active(R"({"active":true,"exp":1799999941})")); // within what the clock may be wrong
    CHECK_FALSE(is_active(R"({"active":true,"exp":1799999940})"));
    CHECK_FALSE(is_active(R"({"active":true,"exp":0})"));
    CHECK(is_active(R"({"active":true,"nbf":1800000060})"));
    CHECK_FALSE(is_active(R"({"active":true,"nbf":1800000061})"));
    auto const exact = parse(answer(R"({"active":true,"exp":1800000000})"), {.exp_tolerance = seconds(0)});
    support::accepted("exact", exact);
    CHECK_FALSE(exact->active);
}

TEST_CASE("the members are typed, and every other one is reachable") {
    auto const told =
        parse(answer(R"({"active":true,"scope":"a b","client_id":"app","username":"alice","token_type":"Bearer","exp":1800000100,"iat":1799999000,)"
                     R"("nbf":1799999000,"sub":"user-1","aud":["api","b"],"iss":"https://op.example","jti":"j","extension_field":{"x":1}})"));
    support::accepted("all", told);
    CHECK(told->scope() == "a b");
    CHECK(told->client_id() == "app");
    CHECK(told->username() == "alice");
    CHECK(told->token_type() == "Bearer");
    CHECK(told->members.exp() == time_point(seconds(1'800'000'100)));
    CHECK(told->members.sub() == "user-1");
    CHECK(told->members.aud()->size() == 2);
    CHECK(told->members.jti() == "j");
    CHECK(told->members["extension_field"]["x"].as_int64() == 1);
}

TEST_CASE("a token that is another one than expected is refused") {
    constexpr std::string_view body = R"({"active":true,"iss":"https://op.example","aud":["api","b"],"client_id":"app"})";
    auto const outcome = [](introspection_expectations const& expected, std::string_view text) {
        return rule_name(parse(answer(std::string(text)), expected));
    };
    CHECK(outcome({.issuer = "https://op.example", .audience = "b", .client_id = "app"}, body) == "accepted");
    CHECK(outcome({.issuer = "https://other.example"}, body) == "introspection_iss_mismatch");
    CHECK(outcome({.audience = "c"}, body) == "introspection_aud_mismatch");
    CHECK(outcome({.client_id = "other"}, body) == "introspection_client_mismatch");
    CHECK(outcome({.issuer = "https://op.example"}, R"({"active":true})") == "introspection_iss_mismatch");
    CHECK(outcome({.audience = "b"}, R"({"active":true})") == "introspection_aud_mismatch");
    CHECK(outcome({.client_id = "app"}, R"({"active":true,"client_id":null})") == "introspection_client_mismatch");
    CHECK(outcome({.audience = "b"}, R"({"active":false})") == "accepted"); // and not active
}

TEST_CASE("an answer that is none is refused, and tells no secret") {
    auto const refuse = [](std::string_view what, http_response const& response, error_code code) {
        auto const told = parse(response);
        support::refused(what, told, code);
        for (std::string_view const secret : {token, std::string_view("the secret of ours")})
            CHECK(told.error().message().find(secret) == std::string::npos);
    };
    refuse("a page", answer("<html>"), error_code::json_syntax);
    refuse("an array", answer("[true]"), error_code::json_not_an_object);
    refuse("exp a text", answer(R"({"active":true,"exp":"1"})"), error_code::claim_type_wrong);
    refuse("scope a list", answer(R"({"active":true,"scope":["a"]})"), error_code::claim_type_wrong);
    refuse("exp out of range", answer(R"({"active":true,"exp":1e30})"), error_code::claim_out_of_range);
    refuse("401", answer(R"({"error":"invalid_client","error_description":"the secret of ours, the-token-0123456789"})", 401),
        error_code::introspection_error);
    refuse("404", answer("", 404), error_code::status_unexpected);
    refuse("201", answer(R"({"active":true})", 201), error_code::status_unexpected);
    refuse("503", answer("", 503), error_code::server_unavailable);
    refuse("302", answer("", 302), error_code::redirect_not_followed);
    refuse("too large", answer(std::string(300 * 1024, ' ')), error_code::transport_too_large);
}

TEST_CASE("a server that repeats an assertion does not get it into an error") {
    client_information const client{.client_id = "api", .private_jwk = support::rsa_key};
    support::seeded_random random;
    auto const request = calimatic::build_introspection_request(server, client, token, "", noon, {}, &random);
    REQUIRE(request);
    auto const assertion = request->body.substr(request->body.rfind('=') + 1);
    REQUIRE(assertion.starts_with("eyJ"));
    auto const outcome = [&](std::string const& words) {
        auto const told = calimatic::parse_introspection_response(
            answer("{\"error\":\"invalid_client\",\"error_description\":\"" + words + "\"}", 401), client, token, {}, noon);
        support::refused(words, told, error_code::introspection_error);
        return std::string(told.error().server_text());
    };
    CHECK(
        outcome("the assertion " + assertion + " has expired, and so had " + assertion) == "the assertion [secret] has expired, and so had [secret]");
    CHECK(outcome(assertion) == "[secret]");
    CHECK(outcome("in " + std::string(1000, ' ') + assertion).ends_with(" [secret]")); // cut off
    CHECK(outcome("client_assertion=" + assertion.substr(0, 40) + "&x") == "client_assertion=[secret]&x");
    CHECK(outcome("the key is not known") == "the key is not known");
}
