#include <calimatic/platform/user.hpp>

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::app_client;
using calimatic::error_code;
using calimatic::find_header;
using calimatic::http_method;
using calimatic::json_kind;
using calimatic::platform_client;
using support::rule_name;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};

auto parse(int status, std::string body, std::string_view email = {}) {
    return calimatic::parse_resolve_user_response({status, {{"Content-Type", "application/json"}}, std::move(body)}, platform, email);
}

} // namespace

TEST_CASE("who has an address is asked with every byte of it") {
    struct row {
        char const* email;
        char const* url;
    };
    row const rows[] = {
        {"alice@example.com", "https://auth.example/api/v1/users/resolve?email=alice%40example.com"},
        {"a+b&c=d#e@x.example", "https://auth.example/api/v1/users/resolve?email=a%2Bb%26c%3Dd%23e%40x.example"},
        {"a b/%2F?@x", "https://auth.example/api/v1/users/resolve?email=a%20b%2F%252F%3F%40x"},
        {"\xc3\x85sa@x", "https://auth.example/api/v1/users/resolve?email=%C3%85sa%40x"},
    };
    for (auto const& row : rows) {
        auto const request = calimatic::build_resolve_user_request(platform, row.email);
        support::accepted(row.email, request);
        CHECK(request->method == http_method::get);
        CHECK(request->url == row.url);
        CHECK(request->body.empty());
        CHECK(request->headers.size() == 3);
        CHECK(find_header(request->headers, "x-client-id") == "cca_1");
        CHECK(find_header(request->headers, "x-client-secret") == "ccas_a-secret-of-ours");
        CHECK(find_header(request->headers, "Accept") == "application/json");
    }
    support::refused("nobody", calimatic::build_resolve_user_request(platform, ""), error_code::platform_member_invalid);
    support::refused("256", calimatic::build_resolve_user_request(platform, std::string(256, 'a')), error_code::platform_member_invalid);
    support::refused("NUL", calimatic::build_resolve_user_request(platform, std::string_view("a\0b", 3)), error_code::platform_member_invalid);
    support::refused("not UTF-8", calimatic::build_resolve_user_request(platform, "a\xff"), error_code::platform_member_invalid);
    support::refused("no credential", calimatic::build_resolve_user_request({}, "a@x"), error_code::client_id_missing);
}

TEST_CASE("who has a Keycloak id can be asked once the parameter's name is known") {
    auto const unknown = calimatic::build_resolve_keycloak_user_request(platform, "k-1", {});
    support::refused("no name", unknown, error_code::platform_fact_missing);
    CHECK(unknown.error().expected() == "resolve_keycloak_parameter");
    for (std::string const name : {"keycloakId", "kc&id"}) {
        auto const request = calimatic::build_resolve_keycloak_user_request(platform, "k/1", {.resolve_keycloak_parameter = name});
        support::accepted(name, request);
        CHECK(request->url == "https://auth.example/api/v1/users/resolve?" + std::string(name == "kc&id" ? "kc%26id" : "keycloakId") + "=k%2F1");
    }
    support::refused("no id", calimatic::build_resolve_keycloak_user_request(platform, "", {.resolve_keycloak_parameter = "k"}),
        error_code::platform_member_invalid);
}

TEST_CASE("a user is read wherever the data have one") {
    for (auto const* body :
        {
            R"({"success":true,"data":{"userId":"u-1","keycloakUserId":"k-1","email":"a@x","hasLicense":true,"licenses":["app-1",{"id":2}],"new":1}})",
            R"({"success":true,"data":{"user":{"userId":"u-1","keycloakUserId":"k-1","email":"a@x","hasLicense":true,"licenses":["app-1",{"id":2}],"new":1}}})",
            R"({"success":true,"data":{"user":{"userId":"u-1","keycloakUserId":"k-1","email":"a@x","new":1},"hasLicense":true,"licenses":["app-1",{"id":2}]}})",
            R"({"success":true,"data":[{"id":"u-1","keycloakUserId":"k-1","email":"a@x","hasLicense":true,"licenses":["app-1",{"id":2}],"new":1}]})",
        }) {
        auto const user = parse(200, body);
        support::accepted(body, user);
        REQUIRE(*user);
        CHECK((*user)->user_id == "u-1");
        CHECK((*user)->keycloak_user_id == "k-1");
        CHECK((*user)->email == "a@x");
        CHECK((*user)->has_license == true);
        CHECK((*user)->licenses()[0].as_string() == "app-1");
        CHECK((*user)->licenses()[1]["id"].as_int64() == 2);
        CHECK((*user)->data()["new"].as_int64() == 1);
    }
    auto const bare = parse(200, R"({"success":true,"data":{"email":"a@x","userId":null,"hasLicense":null}})");
    support::accepted("little", bare);
    REQUIRE(*bare);
    CHECK((*bare)->user_id.empty());
    CHECK_FALSE((*bare)->has_license);
    CHECK((*bare)->licenses().kind() == json_kind::absent);
}

TEST_CASE("that there is no such user has to be said") {
    struct row {
        int status;
        char const* body;
    };
    for (auto const& row :
        {row{404, R"({"success":false,"error":"User not found"})"}, row{404, R"({"success":false})"}, row{200, R"({"success":true,"data":null})"},
            row{200, R"({"success":true,"data":[]})"}, row{200, R"({"success":true,"data":{"user":null}})"},
            row{404, R"({"code":"USER_NOT_FOUND","message":"Nobody"})"}, row{200, R"({"success":false,"error":"USER_NOT_FOUND"})"}}) {
        auto const nobody = parse(row.status, row.body);
        support::accepted(row.body, nobody);
        CHECK_FALSE(*nobody);
    }
}

TEST_CASE("whatever else is no user is an error") {
    struct row {
        char const* what;
        int status;
        char const* body;
        error_code code;
    };
    row const rows[] = {
        {"a page with 404", 404, "<html>not found</html>", error_code::status_unexpected},
        {"an empty 404", 404, "", error_code::status_unexpected},
        {"404 of something else", 404, R"({"error":"Not Found"})", error_code::platform_error},
        {"404 with a code", 404, R"({"success":false,"error":{"code":"INVALID_CLIENT"}})", error_code::platform_client_refused},
        {"404 and success", 404, R"({"success":true,"data":null})", error_code::status_unexpected},
        {"failure with 400", 400, R"({"success":false,"error":"User not found"})", error_code::platform_error},
        {"failure with 200", 200, R"({"success":false,"error":"User not found"})", error_code::platform_error},
        {"no data", 200, R"({"success":true})", error_code::platform_response_malformed},
        {"no body", 200, "", error_code::platform_response_malformed},
        {"204", 204, "", error_code::platform_response_malformed},
        {"data without a user", 200, R"({"success":true,"data":{}})", error_code::platform_response_malformed},
        {"an empty user", 200, R"({"success":true,"data":{"userId":"","email":""}})", error_code::platform_response_malformed},
        {"two users", 200, R"({"success":true,"data":[{"userId":"u-1"},{"userId":"u-2"}]})", error_code::platform_response_malformed},
        {"an array of null", 200, R"({"success":true,"data":[null]})", error_code::platform_response_malformed},
        {"data as text", 200, R"({"success":true,"data":"u-1"})", error_code::platform_response_malformed},
        {"an id as a number", 200, R"({"success":true,"data":{"userId":1,"email":"a@x"}})", error_code::platform_response_malformed},
        {"an address as an object", 200, R"({"success":true,"data":{"userId":"u","email":{}}})", error_code::platform_response_malformed},
        {"a licence as text", 200, R"({"success":true,"data":{"userId":"u","hasLicense":"true"}})", error_code::platform_response_malformed},
        {"a licence, and none", 200, R"({"success":true,"data":{"user":{"userId":"u","hasLicense":true},"hasLicense":false}})",
            error_code::platform_response_malformed},
        {"a licence as text beside the user", 200, R"({"success":true,"data":{"user":{"userId":"u"},"hasLicense":"true"}})",
            error_code::platform_response_malformed},
        {"a licence as a number", 200, R"({"success":true,"data":{"userId":"u","hasLicense":1}})", error_code::platform_response_malformed},
        {"an HTML page", 200, "<html>", error_code::json_syntax},
        {"an HTML 502", 502, "<html>", error_code::server_unavailable},
        {"429", 429, R"({"success":false,"error":"slowly"})", error_code::too_many_requests},
    };
    for (auto const& row : rows) support::refused(row.what, parse(row.status, row.body), row.code);
}

TEST_CASE("a licence is there, is not there, or is not known") {
    struct row {
        char const* body;
        error_code code;
    };
    for (auto const& row : {row{R"({"success":true,"data":{"userId":"u","hasLicense":true}})", error_code::none},
             row{R"({"success":true,"data":{"userId":"u","hasLicense":false}})", error_code::app_not_licensed},
             row{R"({"success":true,"data":{"user":{"userId":"u"},"hasLicense":false}})", error_code::app_not_licensed},
             row{R"({"success":true,"data":{"userId":"u","licenses":["cca_1"]}})", error_code::license_unknown},
             row{R"({"success":true,"data":null})", error_code::user_not_found}}) {
        INFO(row.body);
        auto const user = parse(200, row.body);
        REQUIRE(user);
        CHECK(rule_name(calimatic::require_license(*user)) == rule_name(row.code));
    }
}

TEST_CASE("a user with another address than the one that was asked for is not taken for that one") {
    auto const jane = R"({"success":true,"data":{"userId":"u-1","email":"Jane@School.example","hasLicense":true}})";
    support::accepted("the same, but for its case", parse(200, jane, "jane@school.EXAMPLE"));
    support::accepted("asked for by id", parse(200, jane));
    support::refused("another", parse(200, jane, "joe@school.example"), error_code::platform_response_malformed);
    support::accepted("no address", parse(200, R"({"success":true,"data":{"userId":"u-1"}})", "joe@school.example"));
}
