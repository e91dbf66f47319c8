#include <calimatic/platform/platform_request.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::app_client;
using calimatic::condition;
using calimatic::error_code;
using calimatic::find_header;
using calimatic::http_method;
using calimatic::http_response;
using calimatic::json_kind;
using calimatic::platform_client;
using support::rule_name;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};

http_response reply(int status, std::string body) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

auto build(std::string_view path, std::string_view body = {}) { return calimatic::build_platform_request(platform, http_method::post, path, body); }

auto parse(int status, std::string body) { return calimatic::parse_platform_response(reply(status, std::move(body)), platform); }

} // namespace

TEST_CASE("a request goes below the platform's address, with its credential") {
    auto const request = calimatic::build_platform_request(platform, http_method::delete_, "/api/v1/users/u%2F1?force=true", R"({"a":1})");
    support::accepted("request", request);
    CHECK(request->method == http_method::delete_);
    CHECK(request->url == "https://auth.example/api/v1/users/u%2F1?force=true");
    CHECK(request->body == R"({"a":1})");
    CHECK(find_header(request->headers, "Content-Type") == "application/json");
    CHECK(find_header(request->headers, "Accept") == "application/json");
    CHECK(find_header(request->headers, "x-client-id") == "cca_1");
    CHECK(find_header(request->headers, "x-client-secret") == "ccas_a-secret-of-ours");
    CHECK(request->max_response_body == calimatic::limits{}.platform_body);
}

TEST_CASE("without a body there is no Content-Type, and a base_url keeps its path") {
    auto const request = calimatic::build_platform_request({"https://own.example/auth/", calimatic::added_by_host{}}, http_method::get, "/api/v1/x");
    support::accepted("request", request);
    CHECK(request->url == "https://own.example/auth/api/v1/x");
    CHECK(request->body.empty());
    CHECK_FALSE(find_header(request->headers, "Content-Type"));
    CHECK(request->headers.size() == 1);
}

TEST_CASE("a path that could lead elsewhere is refused") {
    for (auto const* path :
        {"", "api", "//evil.example/x", "/a#b", "/a/../b", "/a/%2e%2E/b", "/a/.%2e", "/.", "/a\\b", "@evil.example/", ".evil.example/"})
        support::refused(path, build(path), error_code::platform_path_invalid);
    support::refused("space", build("/a b"), error_code::url_malformed);
    support::refused("line break", build("/a\r\nHost: x"), error_code::url_malformed);
    support::accepted("dots within a name", build("/a..b/c.d?e=../f"));
}

TEST_CASE("an address that is no place for a secret is refused") {
    auto const at = [](std::string base_url) {
        return calimatic::build_platform_request({std::move(base_url), app_client{"cca_1", "ccas_1"}}, http_method::get, "/x");
    };
    support::refused("http", at("http://auth.example"), error_code::url_not_https);
    support::refused("query", at("https://auth.example?x=1"), error_code::url_has_query);
    support::refused("fragment", at("https://auth.example#x"), error_code::url_has_fragment);
    support::refused("user name", at("https://me@auth.example"), error_code::url_has_userinfo);
    support::refused("empty", at(""), error_code::url_malformed);
    support::accepted("loopback", at("http://127.0.0.1:3000"));
}

TEST_CASE("a body that is not JSON is the caller's mistake") {
    auto const request = build("/x", "{");
    support::refused("half an object", request, error_code::json_syntax);
    CHECK(request.error().condition() == condition::correct_input);
    support::refused("credential missing", calimatic::build_platform_request({}, http_method::get, "/x"), error_code::client_id_missing);
}

TEST_CASE("an envelope gives its data") {
    auto const response = parse(201, R"({"success":true,"data":{"id":"o-1","new":[1]}})");
    support::accepted("envelope", response);
    CHECK(response->status == 201);
    CHECK(response->data()["id"].as_string() == "o-1");
    CHECK(response->document.root()["success"].as_bool() == true);
    CHECK(parse(200, R"({"success":true})")->data().kind() == json_kind::absent);
    CHECK(parse(204, "")->data().kind() == json_kind::absent);
    CHECK(parse(200, "")->status == 200);
}

TEST_CASE("what is no envelope is refused") {
    struct row {
        char const* what;
        int status;
        char const* body;
        error_code code;
    };
    row const rows[] = {
        {"an array", 200, "[]", error_code::platform_response_malformed},
        {"bare data", 200, R"({"id":"o-1"})", error_code::platform_response_malformed},
        {"success as text", 200, R"({"success":"true","data":{}})", error_code::platform_response_malformed},
        {"HTML", 200, "<html>", error_code::json_syntax},
        {"success twice", 200, R"({"success":false,"success":true})", error_code::json_duplicate_member},
        {"HTML as a refusal", 404, "<html>", error_code::status_unexpected},
        {"success as a refusal", 404, R"({"success":true})", error_code::status_unexpected},
        {"an interim answer", 102, "", error_code::status_unexpected},
        {"a redirect", 302, "", error_code::redirect_not_followed},
        {"an HTML 502", 502, "<html>bad gateway</html>", error_code::server_unavailable},
    };
    for (auto const& row : rows) {
        auto const response = parse(row.status, row.body);
        support::refused(row.what, response, row.code);
        if (row.status != 200) CHECK(response.error().http_status() == row.status);
    }
    support::refused("too large", parse(200, std::string(calimatic::limits{}.platform_body + 1, ' ')), error_code::transport_too_large);
}

TEST_CASE("a refusal tells the platform's words, in whichever style it is written") {
    struct row {
        int status;
        char const* body;
        error_code rule;
        condition what_to_do;
        char const* code;
        char const* text;
    };
    row const rows[] = {
        {400, R"({"success":false,"error":"slug is too long"})", error_code::platform_error, condition::correct_input, "", "slug is too long"},
        {200, R"({"success":false,"error":"Forbidden"})", error_code::platform_error, condition::fix_configuration, "", "Forbidden"},
        {200, R"({"success":false})", error_code::platform_error, condition::fix_configuration, "", ""},
        {403, R"({"success":false,"error":"org:manage needed"})", error_code::platform_error, condition::access_refused, "", "org:manage needed"},
        {401, R"({"code":"INVALID_CLIENT","message":"Unknown client"})", error_code::platform_client_refused, condition::fix_configuration,
            "INVALID_CLIENT", "Unknown client"},
        {403, R"({"error":{"code":"APP_NOT_LICENSED","message":"No."}})", error_code::app_not_licensed, condition::access_refused, "APP_NOT_LICENSED",
            "No."},
        {404, R"({"error":"USER_NOT_FOUND"})", error_code::user_not_found, condition::correct_input, "USER_NOT_FOUND", ""},
        {400, R"({"error":"VALIDATION_ERROR","message":"email"})", error_code::platform_input_refused, condition::correct_input, "VALIDATION_ERROR",
            "email"},
        {401, R"({"error":"INVALID_CREDENTIALS"})", error_code::credentials_wrong, condition::correct_input, "INVALID_CREDENTIALS", ""},
        {401, R"({"error":"INVALID_TOKEN"})", error_code::invalid_token, condition::authorize_again, "INVALID_TOKEN", ""},
        {401, R"({"error":"MFA_INVALID_CODE"})", error_code::mfa_code_wrong, condition::correct_input, "MFA_INVALID_CODE", ""},
        {401, R"({"error":"MFA_CHALLENGE_EXPIRED"})", error_code::mfa_challenge_expired, condition::authorize_again, "MFA_CHALLENGE_EXPIRED", ""},
        {423, R"({"code":"ACCOUNT_LOCKED"})", error_code::account_locked, condition::retry_later, "ACCOUNT_LOCKED", ""},
        {423, R"({"code":"SOMETHING_NEW"})", error_code::platform_error, condition::retry_later, "SOMETHING_NEW", ""},
        {429, R"({"code":"RATE_LIMITED","message":"slowly"})", error_code::too_many_requests, condition::retry_later, "RATE_LIMITED", "slowly"},
        {503, R"({"success":false,"error":"back soon, we hope"})", error_code::server_unavailable, condition::retry_later, "", "back soon, we hope"},
        {401, R"({"error":"invalid_client","error_description":"who?"})", error_code::platform_error, condition::fix_configuration, "invalid_client",
            "who?"},
    };
    for (auto const& row : rows) {
        INFO(row.body);
        auto const response = parse(row.status, row.body);
        REQUIRE(rule_name(response) == rule_name(row.rule));
        CHECK(response.error().condition() == row.what_to_do);
        CHECK(response.error().server_error() == row.code);
        CHECK(response.error().server_text() == row.text);
        CHECK(response.error().http_status() == row.status);
    }
}

TEST_CASE("a refusal asks to wait, and does not repeat the secret") {
    auto const response = calimatic::parse_platform_response(
        {429, {{"Retry-After", "7"}}, R"({"success":false,"error":"not so fast, ccas_a-secret-of-ours"})"}, platform);
    REQUIRE_FALSE(response);
    CHECK(response.error().retry_after() == calimatic::seconds{7});
    CHECK(response.error().server_text() == "not so fast, [secret]");
}
