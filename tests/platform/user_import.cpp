#include <calimatic/platform/user_import.hpp>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

using calimatic::app_client;
using calimatic::condition;
using calimatic::error_code;
using calimatic::find_header;
using calimatic::http_method;
using calimatic::imported_user;
using calimatic::platform_client;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};

imported_user alice() { return {.email = "a@x.example", .first_name = "Alice", .last_name = "A"}; }

auto build(std::vector<imported_user> const& users, std::string_view extra = {}) {
    return calimatic::build_import_users_request(platform, users, extra);
}

} // namespace

TEST_CASE("users are imported with what was given, and nothing else") {
    std::vector<imported_user> users;
    users.push_back(alice());
    users.push_back({.email = "b@x.example",
        .first_name = "B\"ob",
        .last_name = "\xc3\x85",
        .organization_id = "o-1",
        .role = "admin",
        .temporary_password = "initial-\"1",
        .password_hash = "$2b$10$hash",
        .applications = std::vector<std::string>{"cca_1"},
        .external_id = "77",
        .metadata = R"({"grade": 7, "a":[null]})"});
    auto const request = build(users, R"({"defaultOrganizationId":"o-2","dryRun":false})");
    support::accepted("two", request);
    CHECK(request->method == http_method::post);
    CHECK(request->url == "https://auth.example/api/v1/users/import");
    CHECK(request->headers.size() == 4);
    CHECK(find_header(request->headers, "Content-Type") == "application/json");
    CHECK(request->body ==
        R"({"users":[{"email":"a@x.example","firstName":"Alice","lastName":"A"},)"
        R"({"email":"b@x.example","firstName":"B\"ob","lastName":"Å","organizationId":"o-1","role":"admin","temporaryPassword":"initial-\"1",)"
        R"("passwordHash":"$2b$10$hash","applications":["cca_1"],"externalId":"77","metadata":{"grade":7,"a":[null]}}],)"
        R"("defaultOrganizationId":"o-2","dryRun":false})");
}

TEST_CASE("documented limits of an imported user are checked, and the error says whose and which") {
    struct row {
        char const* what;
        std::function<void(imported_user&)> change;
        char const* member; ///< "": accepted
    };
    row const rows[] = {
        {"the longest",
            [](auto& u) {
                u.email = std::string(255, 'e');
                u.first_name = u.last_name = std::string(100, 'n');
                u.role = std::string(50, 'r');
                u.temporary_password = std::string(128, 'p');
                u.password_hash = std::string(1024, 'h');
                u.external_id = std::string(255, 'x');
            },
            ""},
        {"the shortest password", [](auto& u) { u.temporary_password = "\xc3\x85\xc3\x85\xc3\x85\xc3\x85\xc3\x85\xc3\x85\xc3\x85\xc3\x85"; }, ""},
        {"no address", [](auto& u) { u.email.clear(); }, "email"},
        {"a long address", [](auto& u) { u.email = std::string(256, 'e'); }, "email"},
        {"no first name", [](auto& u) { u.first_name.clear(); }, "firstName"},
        {"a long first name", [](auto& u) { u.first_name = std::string(101, 'n'); }, "firstName"},
        {"no last name", [](auto& u) { u.last_name.clear(); }, "lastName"},
        {"a long last name", [](auto& u) { u.last_name = std::string(101, 'n'); }, "lastName"},
        {"an organization in Latin-1", [](auto& u) { u.organization_id = "\xe5"; }, "organizationId"},
        {"a long role", [](auto& u) { u.role = std::string(51, 'r'); }, "role"},
        {"a short password", [](auto& u) { u.temporary_password = "secret1"; }, "temporaryPassword"},
        {"a password that is short but in bytes", [](auto& u) { u.temporary_password = "\xc3\x85\xc3\x85\xc3\x85\xc3\x85"; }, "temporaryPassword"},
        {"a long password", [](auto& u) { u.temporary_password = std::string(129, 'p'); }, "temporaryPassword"},
        {"a password in Latin-1", [](auto& u) { u.temporary_password = "secret-\xe5-1"; }, "temporaryPassword"},
        {"a long hash", [](auto& u) { u.password_hash = std::string(1025, 'h'); }, "passwordHash"},
        {"an application without an id",
            [](auto& u) {
                u.applications = std::vector<std::string>{"a", ""};
            },
            "applications"},
        {"a long external id", [](auto& u) { u.external_id = std::string(256, 'x'); }, "externalId"},
    };
    for (auto const& row : rows) {
        std::vector<imported_user> users;
        users.push_back(alice());
        users.push_back(alice());
        row.change(users[1]);
        support::recording_trace trace;
        auto const request = calimatic::build_import_users_request(platform, users, {}, {.trace = &trace});
        if (std::string_view(row.member).empty()) {
            support::accepted(row.what, request);
            continue;
        }
        support::refused(row.what, request, error_code::platform_member_invalid);
        CHECK(request.error().got() == "users[1]." + std::string(row.member));
        CHECK(request.error().message().find("secret") == std::string::npos);
        CHECK(trace.text().find("secret-") == std::string::npos);
    }
    support::refused("nobody", build({}), error_code::platform_member_invalid);
}

TEST_CASE("metadata and what is beside the users are JSON objects") {
    auto const with = [](std::string metadata) {
        std::vector<imported_user> users;
        users.push_back(alice());
        users[0].metadata = std::move(metadata);
        return build(users);
    };
    support::accepted("an empty object", with("{}"));
    support::refused("a list", with("[]"), error_code::json_not_an_object);
    CHECK(with("[]").error().got() == "users[0].metadata");
    CHECK(with("[]").error().condition() == condition::correct_input);
    support::refused("no JSON", with("{a:1}"), error_code::json_syntax);
    support::refused("an object and more", with(R"({},"email":"b@x")"), error_code::json_syntax);
    std::vector<imported_user> users;
    users.push_back(alice());
    support::refused("other users", build(users, R"({"users":[]})"), error_code::parameter_reserved);
    support::refused("a list", build(users, "[]"), error_code::json_not_an_object);
}

TEST_CASE("an import's reply is an envelope, and an error repeats no password") {
    std::vector<imported_user> users;
    users.push_back(alice());
    users.push_back(alice());
    users[0].password_hash = "$2b$10$a-hash-of-ours";
    users[1].temporary_password = "a-password-of-ours";
    auto const parse = [&users](int status, std::string body) {
        return calimatic::parse_import_users_response({status, {}, std::move(body)}, platform, users);
    };
    auto const done = parse(200, R"({"success":true,"data":{"imported":2}})");
    support::accepted("done", done);
    CHECK(done->data()["imported"].as_int64() == 2);
    auto const refused = parse(400, R"({"success":false,"error":"bad: $2b$10$a-hash-of-ours a-password-of-ours ccas_a-secret-of-ours a@x.example"})");
    support::refused("refused", refused, error_code::platform_error);
    CHECK(refused.error().server_text() == "bad: [secret] [secret] [secret] a@x.example");
    support::refused("a page", parse(200, "<html>"), error_code::json_syntax);
    support::refused("wrong types", parse(200, R"({"success":1})"), error_code::platform_response_malformed);
}
