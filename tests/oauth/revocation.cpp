#include <calimatic/oauth/revocation.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

using calimatic::client_information;
using calimatic::condition;
using calimatic::error_code;
using calimatic::http_response;
using calimatic::milliseconds;
using calimatic::seconds;
using calimatic::server_metadata;
using calimatic::time_point;
using support::rule_name;

namespace {

constexpr time_point noon{milliseconds{1'800'000'000'000}};
constexpr std::string_view token = "45ghiukldjahdnhzdauz";

server_metadata const server{.issuer = "https://op.example", .revocation_endpoint = "https://op.example/revoke"};
client_information const public_client{.client_id = "client"};

client_information confidential(std::string method = "client_secret_basic") {
    return {
        .client_id = "client", .client_secret = "a secret:of ours", .client_secret_expires_at = {}, .token_endpoint_auth_method = std::move(method)};
}

http_response answer(std::string body, int status) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

auto parse(http_response const& response, client_information const& client = public_client) {
    return calimatic::parse_revocation_response(response, client, token);
}

} // namespace

TEST_CASE("a token is revoked by a POST with a form (RFC 7009 2.1)") {
    auto const request = calimatic::build_revocation_request(server, public_client, "a+b/c=&d", "refresh_token", noon);
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::post);
    CHECK(request->url == "https://op.example/revoke"); // nothing of the token in it
    CHECK(request->body == "token=a%2Bb%2Fc%3D%26d&token_type_hint=refresh_token&client_id=client");
    CHECK(calimatic::find_header(request->headers, "Content-Type") == "application/x-www-form-urlencoded");
    CHECK(calimatic::find_header(request->headers, "Accept") == "application/json");
    CHECK_FALSE(calimatic::find_header(request->headers, "Authorization"));
    CHECK(request->timeout == milliseconds{30'000});
    CHECK(request->max_response_body == 256 * 1024);
}

TEST_CASE("a revocation without a hint says nothing, and the endpoint's own query is kept") {
    auto const request =
        calimatic::build_revocation_request({.revocation_endpoint = "https://op.example/revoke?tenant=1"}, public_client, token, "", noon);
    REQUIRE(request);
    CHECK(request->url == "https://op.example/revoke?tenant=1");
    CHECK(request->body == "token=45ghiukldjahdnhzdauz&client_id=client");
}

TEST_CASE("a confidential client authenticates its revocations by one method") {
    auto const basic = calimatic::build_revocation_request(server, confidential(), token, "", noon);
    REQUIRE(basic);
    CHECK(calimatic::find_header(basic->headers, "Authorization") == "Basic Y2xpZW50OmErc2VjcmV0JTNBb2Yrb3Vycw==");
    CHECK(basic->body == "token=45ghiukldjahdnhzdauz");
    auto const post = calimatic::build_revocation_request(server, confidential("client_secret_post"), token, "", noon);
    REQUIRE(post);
    CHECK(post->body == "token=45ghiukldjahdnhzdauz&client_id=client&client_secret=a+secret%3Aof+ours");
    CHECK_FALSE(calimatic::find_header(post->headers, "Authorization"));
}

TEST_CASE("a revocation that cannot work is not begun") {
    auto const outcome = [](server_metadata const& at, client_information const& client, std::string_view what) {
        return rule_name(calimatic::build_revocation_request(at, client, what, "access_token", noon));
    };
    CHECK(outcome(server, public_client, token) == "accepted");
    CHECK(outcome({.token_endpoint = "https://op.example/token"}, public_client, token) == "endpoint_missing");
    CHECK(outcome({.revocation_endpoint = "http://op.example/revoke"}, public_client, token) == "url_not_https");
    CHECK(outcome({.revocation_endpoint = "http://[::1]:9000/revoke"}, public_client, token) == "accepted");
    CHECK(outcome({.revocation_endpoint = "https://op.example/revoke#x"}, public_client, token) == "url_has_fragment");
    CHECK(outcome({.revocation_endpoint = "https://a:b@op.example/revoke"}, public_client, token) == "url_has_userinfo");
    CHECK(outcome(server, public_client, "") == "token_missing");
    CHECK(outcome(server, {}, token) == "client_id_missing");
    CHECK(outcome(server, {.client_id = "client", .token_endpoint_auth_method = "client_secret_post"}, token) == "client_secret_missing");
    CHECK(
        outcome(server,
            {.client_id = "client", .client_secret = "secret", .client_secret_expires_at = noon, .token_endpoint_auth_method = "client_secret_post"},
            token) == "client_secret_expired");
    CHECK(outcome(server, confidential("private_key_jwt"), token) == "client_key_missing");
    CHECK(outcome(server, confidential("tls_client_auth"), token) == "client_auth_method_unsupported");
}

TEST_CASE("200 is success, whatever stands beside it (RFC 7009 2.2)") {
    auto const accept = [](std::string_view what, http_response const& response) { support::accepted(what, parse(response)); };
    accept("empty", {200, {}, ""});
    accept("an object", answer("{}", 200));
    accept("an error", answer(R"({"error":"invalid_token"})", 200));
    accept("a page", {200, {{"Content-Type", "text/html"}}, "<html>"});
    accept("no JSON that is said to be some", answer("{", 200));
    accept("more than is read", answer(std::string(256 * 1024 + 1, ' '), 200));
}

TEST_CASE("whatever is not success is refused") {
    auto const refuse = [](std::string_view what, http_response const& response, error_code code) {
        support::refused(what, parse(response), code);
        support::refused(what, parse(response, confidential()), code);
    };
    refuse("unsupported_token_type", answer(R"({"error":"unsupported_token_type"})", 400), error_code::revocation_error);
    refuse("invalid_client", answer(R"({"error":"invalid_client"})", 401), error_code::revocation_error);
    refuse("an error of its own", answer(R"({"error":"of_its_own"})", 403), error_code::revocation_error);
    refuse("400 without a body", answer("", 400), error_code::status_unexpected);
    refuse("400 with a page", {400, {{"Content-Type", "text/html"}}, "<html>"}, error_code::status_unexpected);
    refuse("400 without an error", answer(R"({"message":"no"})", 400), error_code::status_unexpected);
    refuse("400 with an error that is no text", answer(R"({"error":400})", 400), error_code::status_unexpected);
    refuse("400 with an error twice", answer(R"({"error":"a","error":"b"})", 400), error_code::status_unexpected);
    refuse("404", answer("", 404), error_code::status_unexpected);
    refuse("201", answer("", 201), error_code::status_unexpected);
    refuse("204", answer("", 204), error_code::status_unexpected);
    refuse("no status", answer("", 0), error_code::status_unexpected);
    refuse("a redirect", {307, {{"Location", "https://evil.example/revoke"}}, ""}, error_code::redirect_not_followed);
    refuse("429", answer("", 429), error_code::too_many_requests);
    refuse("500", answer("", 500), error_code::server_unavailable);
    refuse("503", answer("", 503), error_code::server_unavailable);
    refuse("an error that is too large", answer(R"({"error":"a"})" + std::string(256 * 1024, ' '), 400), error_code::transport_too_large);
    refuse("too many header fields", {400, std::vector<calimatic::http_header>(129, {"a", "b"}), ""}, error_code::headers_too_large);
}

TEST_CASE("a refused revocation carries the server's words and what to do") {
    auto const refused = parse(answer(R"({"error":"unsupported_token_type","error_description":"no access tokens"})", 400));
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == error_code::revocation_error);
    CHECK(refused.error().condition() == condition::fix_configuration);
    CHECK(refused.error().server_error() == "unsupported_token_type");
    CHECK(refused.error().server_text() == "no access tokens");
    CHECK(refused.error().http_status() == 400);

    auto const busy = parse({503, {{"Retry-After", "120"}}, R"({"error":"temporarily_unavailable"})"}); // 2.2.1: the token may still be good
    REQUIRE_FALSE(busy);
    CHECK(busy.error() == error_code::server_unavailable);
    CHECK(busy.error().condition() == condition::retry_later);
    CHECK(busy.error().retry_after() == seconds{120});
    CHECK(busy.error().server_error() == "temporarily_unavailable");
}

TEST_CASE("a server that repeats the request does not get its secrets into an error") {
    for (int const status : {400, 503}) {
        auto const repeated =
            parse(answer(R"({"error":"45ghiukldjahdnhzdauz","error_description":"token=45ghiukldjahdnhzdauz&client_secret=a+secret%3Aof+ours)"
                         R"( a secret:of ours Basic Y2xpZW50OmErc2VjcmV0JTNBb2Yrb3Vycw=="})",
                      status),
                confidential());
        REQUIRE_FALSE(repeated);
        CHECK(repeated.error().server_error() == "[secret]");
        CHECK(repeated.error().server_text() == "token=[secret]&client_secret=[secret] [secret] Basic [secret]");
    }
}
