#include <calimatic/platform/provision.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

using calimatic::app_client;
using calimatic::error_code;
using calimatic::find_header;
using calimatic::http_method;
using calimatic::new_user;
using calimatic::platform_client;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};

auto parse(int status, std::string body) {
    return calimatic::parse_provision_user_response({status, {{"Content-Type", "application/json"}}, std::move(body)}, platform);
}

} // namespace

TEST_CASE("a user is provisioned with what was given, and nothing else") {
    struct row {
        new_user user;
        char const* body;
    };
    row const rows[] = {
        {{.email = "a+b@x.example"}, R"({"email":"a+b@x.example"})"},
        {{.email = "a@x", .first_name = "\xc3\x85sa", .last_name = "O'\"B", .organization_id = "o-1", .role = "admin", .send_invite_email = true},
            R"({"email":"a@x","firstName":"Åsa","lastName":"O'\"B","organizationId":"o-1","role":"admin","sendInviteEmail":true})"},
        {{.email = "a@x", .send_invite_email = false, .applications = std::vector<std::string>{}},
            R"({"email":"a@x","sendInviteEmail":false,"applications":[]})"},
        {{.email = "a@x", .applications = std::vector<std::string>{"cca_1", "cca_2"}, .extra_members = R"({"locale":"sv"})"},
            R"({"email":"a@x","applications":["cca_1","cca_2"],"locale":"sv"})"},
    };
    for (auto const& row : rows) {
        auto const request = calimatic::build_provision_user_request(platform, row.user);
        support::accepted(row.body, request);
        CHECK(request->method == http_method::post);
        CHECK(request->url == "https://auth.example/api/v1/users/provision");
        CHECK(request->body == row.body);
        CHECK(request->headers.size() == 4);
        CHECK(find_header(request->headers, "Content-Type") == "application/json");
        CHECK(find_header(request->headers, "x-client-secret") == "ccas_a-secret-of-ours");
    }
}

TEST_CASE("a user who cannot be provisioned is not sent") {
    struct row {
        new_user user;
        char const* member;
    };
    row const rows[] = {
        {{}, "email"},
        {{.email = std::string(256, 'a')}, "email"},
        {{.email = "a@\xff"}, "email"},
        {{.email = "a@x", .first_name = "\xff"}, "firstName"},
        {{.email = "a@x", .last_name = "\xc3"}, "lastName"},
        {{.email = "a@x", .organization_id = "\xff"}, "organizationId"},
        {{.email = "a@x", .role = std::string(1, '\0')}, "role"},
        {{.email = "a@x", .applications = std::vector<std::string>{""}}, "applications"},
    };
    for (auto const& row : rows) {
        auto const request = calimatic::build_provision_user_request(platform, row.user);
        support::refused(row.member, request, error_code::platform_member_invalid);
        CHECK(request.error().got() == row.member);
    }
    for (auto const* extra : {R"({"email":"b@x"})", R"({"role":"admin"})", R"({"applications":[]})", R"({"sendInviteEmail":true})"})
        support::refused(
            extra, calimatic::build_provision_user_request(platform, {.email = "a@x", .extra_members = extra}), error_code::parameter_reserved);
}

TEST_CASE("a provisioned user has an id, and may have been there") {
    auto const user = parse(201, R"({"success":true,"data":{"userId":"u-1","keycloakUserId":"k-1","email":"a@x","isNewUser":true,"new":[1]}})");
    support::accepted("new", user);
    CHECK(user->user_id == "u-1");
    CHECK(user->keycloak_user_id == "k-1");
    CHECK(user->email == "a@x");
    CHECK(user->is_new_user == true);
    CHECK(user->document.root()["data"]["new"][0].as_int64() == 1);
    auto const known = parse(200, R"({"success":true,"data":{"userId":"u-1","keycloakUserId":null,"isNewUser":false}})");
    support::accepted("known", known);
    CHECK(known->is_new_user == false);
    CHECK(known->keycloak_user_id.empty());
    CHECK_FALSE(parse(200, R"({"success":true,"data":{"userId":"u-1"}})")->is_new_user);
    CHECK(parse(200, R"({"success":true,"data":{"user":{"userId":"u-1"}}})")->user_id == "u-1");
}

TEST_CASE("what has no id is nobody's account") {
    struct row {
        char const* what;
        int status;
        char const* body;
        error_code code;
    };
    for (auto const& row : {row{"no data", 200, R"({"success":true})", error_code::platform_response_malformed},
             row{"null", 200, R"({"success":true,"data":null})", error_code::platform_response_malformed},
             row{"no id", 200, R"({"success":true,"data":{"email":"a@x"}})", error_code::platform_response_malformed},
             row{"an empty id", 200, R"({"success":true,"data":{"userId":""}})", error_code::platform_response_malformed},
             row{"an id that is a number", 200, R"({"success":true,"data":{"userId":1}})", error_code::platform_response_malformed},
             row{"an address that is a list", 200, R"({"success":true,"data":{"userId":"u","email":[]}})", error_code::platform_response_malformed},
             row{"newness as text", 200, R"({"success":true,"data":{"userId":"u","isNewUser":"true"}})", error_code::platform_response_malformed},
             row{"two", 200, R"({"success":true,"data":[{"userId":"u"},{"userId":"v"}]})", error_code::platform_response_malformed},
             row{"no body", 204, "", error_code::platform_response_malformed}, row{"a page", 200, "<html>", error_code::json_syntax},
             row{"400", 400, R"({"success":false,"error":"email: invalid"})", error_code::platform_error},
             row{"a code", 400, R"({"code":"VALIDATION_ERROR"})", error_code::platform_input_refused},
             row{"502", 502, "<html>", error_code::server_unavailable}})
        support::refused(row.what, parse(row.status, row.body), row.code);
}
