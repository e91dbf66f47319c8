#include <calimatic/platform/provision_batch.hpp>

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

using calimatic::batch_user;
using calimatic::error_code;
using calimatic::provision_outcome;
using calimatic::user_batch;

namespace {

calimatic::platform_client const platform{"https://auth.example", calimatic::app_client{"cca_1", "ccas_a-secret-of-ours"}};

batch_user user(std::string email) { return {.email = std::move(email), .first_name = "Ada", .last_name = "Lovelace"}; }

std::vector<batch_user> const sent{user("a@x.example"), user("B@x.example"), user("c@x.example")};

calimatic::http_response reply(int status, std::string body) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

auto parse(int status, std::string body) { return calimatic::parse_provision_batch_response(reply(status, std::move(body)), platform, sent); }

/// "created existing unconfirmed", or the name of the error.
std::string outcomes(int status, std::string body) {
    auto const read = parse(status, std::move(body));
    if (!read) return std::string(read.error().name());
    std::string text;
    for (auto const& row : read->rows) text.append(text.empty() ? "" : " ").append(to_string(row.outcome));
    return text;
}

std::string in_results(std::string_view rows) { return R"({"success":true,"data":{"results":[)" + std::string(rows) + "]}}"; }

} // namespace

TEST_CASE("a batch is sent with the documented names, plural where the documentation is") {
    user_batch batch{.users = sent, .default_organization_id = "org-1", .send_invite_emails = true};
    batch.users.resize(2);
    batch.users[1].organization_id = "org-2";
    batch.users[1].role = "admin";
    batch.users[1].applications = std::vector<std::string>{"cca_1", "cca_2"};
    auto const request = calimatic::build_provision_batch_request(platform, batch);
    support::accepted("request", request);
    CHECK(request->method == calimatic::http_method::post);
    CHECK(request->url == "https://auth.example/api/v1/users/provision/bulk");
    CHECK(request->body ==
        R"({"users":[{"email":"a@x.example","firstName":"Ada","lastName":"Lovelace"},)"
        R"({"email":"B@x.example","firstName":"Ada","lastName":"Lovelace","organizationId":"org-2","role":"admin","applications":["cca_1","cca_2"]}],)"
        R"("defaultOrganizationId":"org-1","sendInviteEmails":true})");
    CHECK(calimatic::find_header(request->headers, "Content-Type") == "application/json");
    CHECK(calimatic::find_header(request->headers, "x-client-id") == "cca_1");
    CHECK(calimatic::find_header(request->headers, "x-client-secret") == "ccas_a-secret-of-ours");
    CHECK(request->headers.size() == 4);
}

TEST_CASE("what is left out is not sent") {
    auto const request = calimatic::build_provision_batch_request(platform, {.users = {user("a@x.example")}});
    support::accepted("request", request);
    CHECK(request->body == R"({"users":[{"email":"a@x.example","firstName":"Ada","lastName":"Lovelace"}]})");
    auto const without = calimatic::build_provision_batch_request(platform, {.users = {user("a@x.example")}, .send_invite_emails = false});
    CHECK(without->body.find(R"("sendInviteEmails":false)") != std::string::npos);
}

TEST_CASE("a batch has 1 to 500 users, each address once") {
    user_batch batch;
    support::refused("nobody", calimatic::build_provision_batch_request(platform, batch), error_code::batch_size_invalid);
    for (int i = 0; i < 500; ++i) batch.users.push_back(user("u" + std::to_string(i) + "@x.example"));
    support::accepted("500", calimatic::build_provision_batch_request(platform, batch));
    batch.users.push_back(user("one-more@x.example"));
    support::refused("501", calimatic::build_provision_batch_request(platform, batch), error_code::batch_size_invalid);
    batch.users = {user("a@x.example"), user(" A@X.example\t")};
    support::refused("twice", calimatic::build_provision_batch_request(platform, batch), error_code::batch_size_invalid);
}

TEST_CASE("the documented limits of a user are checked before anything is sent, in characters") {
    auto const check = [](std::string_view what, auto edit, std::string_view member) {
        auto one = user("a@x.example");
        edit(one);
        INFO(what);
        auto const valid = calimatic::validate_batch_user(one);
        auto const built = calimatic::build_provision_batch_request(platform, {.users = {one}});
        CHECK(valid.has_value() == member.empty());
        CHECK(built.has_value() == member.empty());
        if (member.empty()) return;
        CHECK(support::rule_name(valid) == "platform_member_invalid");
        CHECK(valid.error().got() == member);
        CHECK(support::rule_name(built) == "platform_member_invalid");
    };
    auto const umlauts = [](std::size_t count) {
        std::string text;
        while (count-- > 0) text += "\u00c4";
        return text;
    };
    check(
        "email of 255", [](auto& u) { u.email = std::string(245, 'a') + "@x.example"; }, "");
    check(
        "email of 256", [](auto& u) { u.email = std::string(246, 'a') + "@x.example"; }, "email");
    check(
        "no email", [](auto& u) { u.email.clear(); }, "email");
    check(
        "first name of 100", [&](auto& u) { u.first_name = umlauts(100); }, "");
    check(
        "first name of 101", [&](auto& u) { u.first_name = umlauts(101); }, "firstName");
    check(
        "no first name", [](auto& u) { u.first_name.clear(); }, "");
    check(
        "last name of 101", [](auto& u) { u.last_name = std::string(101, 'x'); }, "lastName");
    check(
        "no last name", [](auto& u) { u.last_name.clear(); }, "");
    check(
        "role of 50", [](auto& u) { u.role = std::string(50, 'x'); }, "");
    check(
        "role of 51", [](auto& u) { u.role = std::string(51, 'x'); }, "role");
    check(
        "not UTF-8", [](auto& u) { u.first_name = "\xff"; }, "firstName");
    check(
        "an application without a name", [](auto& u) { u.applications = std::vector<std::string>{""}; }, "applications");
}

TEST_CASE("rows are found wherever the reply has them") {
    struct row {
        std::string_view what;
        std::string body;
        std::string_view outcomes;
    };
    std::string const created = R"({"email":"a@x.example","userId":"u1","isNewUser":true})";
    std::string const existing = R"({"email":"b@X.example","userId":"u2","isNewUser":false})";
    std::string const refused = R"({"email":"c@x.example","success":false,"error":"Domain not allowed"})";
    row const rows[]{
        {"data.results", in_results(created + ',' + existing + ',' + refused), "created existing refused"},
        {"data.users, in another order", R"({"success":true,"data":{"users":[)" + refused + ',' + existing + ',' + created + "]}}",
            "created existing refused"},
        {"data is an array", R"({"success":true,"data":[)" + created + ',' + existing + ',' + refused + "]}", "created existing refused"},
        {"split in two",
            R"({"success":true,"data":{"created":[)" + created + ',' + existing + R"(],"failed":[{"email":"c@x.example","message":"no"}]}})",
            "created existing refused"},
        {"among the failed by another name", R"({"success":true,"data":{"failedUsers":[{"email":"a@x.example","reason":"no"}]}})",
            "refused unconfirmed unconfirmed"},
        {"errors beside the data", R"({"success":true,"data":{"users":[)" + created + R"(]},"errors":[{"email":"c@x.example"}]})",
            "created unconfirmed refused"},
        {"by address", R"({"success":true,"data":{"results":{"a@x.example":{"userId":"u1","isNewUser":true},"c@x.example":{"error":"no"}}}})",
            "created unconfirmed refused"},
        {"by address among the failed", R"({"success":true,"data":{"failed":{"a@x.example":{"message":"no"}}}})", "refused unconfirmed unconfirmed"},
        {"a user within a row",
            in_results(R"({"success":true,"user":{"email":"a@x.example","userId":"u1"}},{"success":false,"user":{"email":"c@x.example"}})"),
            "provisioned unconfirmed refused"},
        {"the result within a row", in_results(R"({"email":"a@x.example","result":{"success":true,"isNewUser":true}})"),
            "created unconfirmed unconfirmed"},
        {"blanks around an address", in_results(R"({"email":" A@x.example ","success":true})"), "provisioned unconfirmed unconfirmed"},
        {"deep down", R"({"success":true,"data":{"a":{"b":[[{"c":[)" + created + "]}]]}}}", "created unconfirmed unconfirmed"},
    };
    for (auto const& [what, body, expected] : rows) {
        INFO(what);
        CHECK(outcomes(200, body) == expected);
    }
}

TEST_CASE("a user is reported as provisioned by positive evidence only") {
    struct row {
        std::string_view what;
        std::string_view row;
        std::string_view outcome;
    };
    row const rows[]{
        {"nothing but the address", R"({"email":"a@x.example"})", "unconfirmed"},
        {"what was sent comes back", R"({"email":"a@x.example","firstName":"Ada","lastName":"Lovelace","role":"member"})", "unconfirmed"},
        {"an id", R"({"email":"a@x.example","userId":"u1"})", "provisioned"},
        {"an empty id", R"({"email":"a@x.example","userId":""})", "unconfirmed"},
        {"an id that is null", R"({"email":"a@x.example","userId":null})", "unconfirmed"},
        {"an id that is no text", R"({"email":"a@x.example","userId":7})", "unconfirmed"},
        {"success", R"({"email":"a@x.example","success":true})", "provisioned"},
        {"success that is a text", R"({"email":"a@x.example","success":"true"})", "unconfirmed"},
        {"new", R"({"email":"a@x.example","isNewUser":true})", "created"},
        {"not new", R"({"email":"a@x.example","isNewUser":false})", "existing"},
        {"an error that is null", R"({"email":"a@x.example","userId":"u1","error":null,"errors":[]})", "provisioned"},
        {"no success", R"({"email":"a@x.example","success":false})", "refused"},
        {"an error", R"({"email":"a@x.example","error":"no"})", "refused"},
        {"an error that is an object", R"({"email":"a@x.example","error":{"code":"X_Y","message":"no"}})", "refused"},
        {"errors", R"({"email":"a@x.example","errors":["no"]})", "refused"},
        {"failed", R"({"email":"a@x.example","failed":true})", "refused"},
        {"not failed says nothing", R"({"email":"a@x.example","failed":false})", "unconfirmed"},
        {"an id and an error", R"({"email":"a@x.example","userId":"u1","error":"no"})", "unconfirmed"},
        {"success and no success", R"({"email":"a@x.example","success":true},{"email":"a@x.example","success":false})", "unconfirmed"},
        {"new and not new", R"({"email":"a@x.example","isNewUser":true},{"email":"A@x.example","isNewUser":false})", "provisioned"},
        {"another user's id", R"({"email":"a@x.example","conflicts_with":{"email":"d@x.example","userId":"u4"}})", "unconfirmed"},
        {"the id of another who was sent", R"({"email":"a@x.example","invited_by":{"email":"b@x.example","userId":"u2","success":true}})",
            "unconfirmed"},
        {"refused, and another user's id", R"({"email":"a@x.example","error":"taken","by":{"email":"d@x.example","userId":"u4"}})", "refused"},
        {"the same address within", R"({"email":"a@x.example","user":{"email":"A@x.example","userId":"u1"}})", "provisioned"},
        {"another user", R"({"email":"d@x.example","success":true})", "unconfirmed"},
        {"two users in one row", R"({"success":true,"a":{"email":"a@x.example"},"b":{"email":"b@x.example"}})", "unconfirmed"},
        {"an address that is no text", R"({"email":1,"success":true})", "unconfirmed"},
    };
    for (auto const& [what, row, outcome] : rows) {
        INFO(what);
        CHECK(outcomes(200, in_results(row)) == std::string(outcome) + " unconfirmed unconfirmed");
    }
}

TEST_CASE("what the platform says of a user is told, without our secrets and cut to a size that can be kept") {
    auto const read = parse(200,
        in_results(R"({"email":"a@x.example","userId":"u1","keycloakUserId":"k1","isNewUser":true},)"
                   R"({"email":"b@x.example","error":{"code":"DOMAIN_NOT_ALLOWED","message":"not with ccas_a-secret-of-ours"}},)"
                   R"({"email":"c@x.example","errors":["first of several"]})"));
    support::accepted("reply", read);
    CHECK(read->status == 200);
    CHECK_FALSE(read->refusal);
    CHECK(read->rows[0].user_id == "u1");
    CHECK(read->rows[0].keycloak_user_id == "k1");
    CHECK_FALSE(read->rows[0].error);
    CHECK(*read->rows[1].error == error_code::user_refused);
    CHECK(read->rows[1].error->server_error() == "DOMAIN_NOT_ALLOWED");
    CHECK(read->rows[1].error->server_text() == "not with [secret]");
    CHECK(read->rows[2].error->server_text() == "first of several");
    CHECK(read->document.root()["data"]["results"].size() == 3);

    auto const long_words =
        parse(200, in_results(R"({"email":"a@x.example","userId":")" + std::string(300, 'u') + R"(","error":")" + std::string(5000, 'x') + "\"}"));
    CHECK(long_words->rows[0].error->server_text().size() == 200);
    CHECK(long_words->rows[0].user_id.empty());
}

TEST_CASE("a user without a row is unconfirmed, and never provisioned") {
    for (auto const* body : {R"({"success":true})", R"({"success":true,"data":null})", R"({"success":true,"data":{}})",
             R"({"success":true,"data":{"created":3,"failed":0}})", R"({"success":true,"data":{"results":[]}})"})
        CHECK(outcomes(200, body) == "unconfirmed unconfirmed unconfirmed");
    CHECK(outcomes(204, "") == "unconfirmed unconfirmed unconfirmed");
    CHECK(*parse(204, "")->rows[0].error == error_code::user_unconfirmed);
    CHECK_FALSE(parse(204, "")->rows[0].was_reported);
}

TEST_CASE("a refusal of the whole batch is a value where it tells of users, and an error where it does not") {
    std::string const body = R"({"success":false,"error":"Validation failed","errors":[{"email":"c@x.example","message":"bad"}]})";
    for (int const status : {200, 207, 400, 409, 422}) {
        INFO(status);
        auto const read = parse(status, body);
        support::accepted("tells of one", read);
        REQUIRE(read->refusal);
        CHECK(*read->refusal == error_code::platform_error);
        CHECK(read->refusal->server_text() == "Validation failed");
        CHECK_FALSE(read->rows[0].was_reported);
        CHECK(read->rows[2].outcome == provision_outcome::refused);
        CHECK(read->rows[2].error->http_status() == status);
        support::refused("tells of nobody", parse(status, R"({"success":false,"error":"Validation failed"})"), error_code::platform_error);
    }
    for (int const status : {401, 403, 404}) support::refused("not about users", parse(status, body), error_code::platform_error);
}

TEST_CASE("a reply that is none is an error") {
    std::string const row = R"({"email":"a@x.example","success":true})";
    support::refused("HTML", parse(200, "<html>"), error_code::json_syntax);
    support::refused("cut off", parse(200, R"({"success":true,"data":{"results":[)" + row), error_code::json_syntax);
    support::refused("an array", parse(200, '[' + row + ']'), error_code::platform_response_malformed);
    support::refused("no success", parse(200, R"({"data":[)" + row + "]}"), error_code::platform_response_malformed);
    support::refused("success that is a text", parse(200, R"({"success":"true","data":[)" + row + "]}"), error_code::platform_response_malformed);
    support::refused("429", parse(429, ""), error_code::too_many_requests);
    support::refused("502", parse(502, R"({"success":true,"data":[)" + row + "]}"), error_code::server_unavailable);
    support::refused("redirect", parse(302, ""), error_code::redirect_not_followed);
    support::refused("a page", parse(400, "<html>"), error_code::status_unexpected);
    support::refused("too large", parse(200, std::string(1024 * 1024 + 1, ' ')), error_code::transport_too_large);
    auto const echoed = parse(400, R"({"success":false,"error":"what is ccas_a-secret-of-ours?"})");
    CHECK(echoed.error().server_text() == "what is [secret]?");
}

TEST_CASE("outcomes have names") {
    using enum provision_outcome;
    std::string names;
    for (auto const outcome : {created, existing, provisioned, refused, unconfirmed, unknown, duplicate})
        names.append(to_string(outcome)).append(" ");
    CHECK(names == "created existing provisioned refused unconfirmed unknown duplicate ");
}
