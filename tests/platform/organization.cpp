#include <calimatic/platform/organization.hpp>

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
using calimatic::new_organization;
using calimatic::platform_client;
using support::rule_name;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};

auto build(new_organization const& wanted) { return calimatic::build_create_organization_request(platform, wanted); }
auto created(int status, std::string body) {
    return calimatic::parse_create_organization_response({status, {{"Content-Type", "application/json"}}, std::move(body)}, platform, "acme");
}
auto found(int status, std::string body) {
    return calimatic::parse_find_organization_response({status, {{"Content-Type", "application/json"}}, std::move(body)}, platform, "acme");
}

} // namespace

TEST_CASE("an organization is created with what was given, and nothing else") {
    struct row {
        new_organization wanted;
        char const* body;
    };
    row const rows[] = {
        {{.name = "Acme", .slug = "acme"}, R"({"name":"Acme","slug":"acme"})"},
        {{.name = "\xc3\x85 \"School\"", .slug = "a-1", .type = "partner", .domain = "acme.com", .plan = "starter"},
            R"({"name":"Å \"School\"","slug":"a-1","type":"partner","domain":"acme.com","plan":"starter"})"},
        {{.name = "Acme", .slug = "acme", .plan = "anything-new", .extra_members = R"({"region":"eu","seats":[1,null]})"},
            R"({"name":"Acme","slug":"acme","plan":"anything-new","region":"eu","seats":[1,null]})"},
    };
    for (auto const& row : rows) {
        auto const request = build(row.wanted);
        support::accepted(row.body, request);
        CHECK(request->method == http_method::post);
        CHECK(request->url == "https://auth.example/api/v1/organizations");
        CHECK(request->body == row.body);
        CHECK(request->headers.size() == 4);
        CHECK(find_header(request->headers, "Content-Type") == "application/json");
        CHECK(find_header(request->headers, "x-client-id") == "cca_1");
    }
}

TEST_CASE("documented limits are checked before anything is sent") {
    std::string const wide = "\xc3\x85";
    std::string wide_255;
    for (int i = 0; i < 255; ++i) wide_255 += wide;
    struct row {
        char const* what;
        new_organization wanted;
        char const* member; ///< that is refused; "": none
    };
    row const rows[] = {
        {"the longest", {.name = wide_255, .slug = std::string(100, 'a'), .type = "internal", .domain = std::string(255, 'd')}, ""},
        {"no name", {.slug = "acme"}, "name"},
        {"a name that is too long", {.name = wide_255 + "x", .slug = "acme"}, "name"},
        {"a name that is not UTF-8", {.name = "\xff", .slug = "acme"}, "name"},
        {"a name with NUL", {.name = std::string(1, '\0'), .slug = "acme"}, "name"},
        {"no slug", {.name = "Acme"}, "slug"},
        {"a slug that is too long", {.name = "Acme", .slug = std::string(101, 'a')}, "slug"},
        {"capitals", {.name = "Acme", .slug = "Acme"}, "slug"},
        {"an underscore", {.name = "Acme", .slug = "ac_me"}, "slug"},
        {"beyond ASCII", {.name = "Acme", .slug = "\xc3\xa5"}, "slug"},
        {"a path", {.name = "Acme", .slug = "../a"}, "slug"},
        {"a type that is not documented", {.name = "Acme", .slug = "acme", .type = "Customer"}, "type"},
        {"a domain that is too long", {.name = "Acme", .slug = "acme", .domain = std::string(256, 'd')}, "domain"},
        {"a plan that is not UTF-8", {.name = "Acme", .slug = "acme", .plan = "\xff"}, "plan"},
    };
    for (auto const& row : rows) {
        auto const request = build(row.wanted);
        if (std::string_view(row.member).empty()) {
            support::accepted(row.what, request);
            continue;
        }
        support::refused(row.what, request, error_code::platform_member_invalid);
        CHECK(request.error().got() == row.member);
        CHECK(request.error().condition() == condition::correct_input);
    }
    auto const with = [](std::string extra) { return build({.name = "Acme", .slug = "acme", .extra_members = std::move(extra)}); };
    support::refused("an extra slug", with(R"({"slug":"other"})"), error_code::parameter_reserved);
    support::refused("an extra plan, not given otherwise", with(R"({"plan":"free"})"), error_code::parameter_reserved);
    support::refused("extra members that are a list", with("[1]"), error_code::json_not_an_object);
    support::refused("extra members that are no JSON", with("{"), error_code::json_syntax);
    CHECK(with("{").error().condition() == condition::correct_input);
    support::refused("an extra member twice", with(R"({"a":1,"a":2})"), error_code::json_duplicate_member);
    support::accepted("no extra members", with("{}"));
}

TEST_CASE("an organization is new, or was there before, wherever its id is") {
    struct row {
        int status;
        char const* body;
        bool created;
    };
    row const rows[] = {
        {201, R"({"success":true,"data":{"id":"o-1","slug":"acme","new":1}})", true},
        {200, R"({"success":true,"data":{"id":"o-1","slug":"acme"}})", true},
        {201, R"({"success":true,"data":{"organization":{"id":"o-1","slug":"acme"}}})", true},
        {409, R"({"success":false,"error":"exists","data":{"id":"o-1","slug":"acme"}})", false},
        {409, R"({"success":true,"data":{"id":"o-1","slug":"acme"}})", false},
        {409, R"({"success":false,"data":{"organization":{"id":"o-1","slug":"acme"}}})", false},
        {409, R"({"error":"exists","organization":{"id":"o-1","slug":"acme"}})", false},
        {409, R"({"id":"o-1","slug":"acme"})", false},
        {409, R"({"success":"no","data":{"id":7},"organization":{"id":""},"id":"o-1","slug":"acme"})", false},
    };
    for (auto const& row : rows) {
        auto const one = created(row.status, row.body);
        support::accepted(row.body, one);
        CHECK(one->id == "o-1");
        CHECK(one->slug == "acme");
        CHECK(one->name.empty());
        CHECK(one->created == row.created);
    }
    CHECK(created(201, R"({"success":true,"data":{"id":"o-1","new":{"a":1}}})")->document.root()["data"]["new"]["a"].as_int64() == 1);
    auto const whole =
        created(201, R"({"success":true,"data":{"id":"o-1","name":"Acme","slug":"acme","type":"customer","domain":null,"plan":"free"}})");
    CHECK(whole->name == "Acme");
    CHECK(whole->type == "customer");
    CHECK(whole->domain.empty());
    CHECK(whole->plan == "free");
}

TEST_CASE("what gives no id is no organization") {
    struct row {
        char const* what;
        int status;
        char const* body;
        error_code code;
    };
    row const rows[] = {
        {"409 without an id", 409, R"({"success":false,"error":"slug exists"})", error_code::organization_id_missing},
        {"409 with null", 409, R"({"success":true,"data":null})", error_code::organization_id_missing},
        {"409 with a number", 409, R"({"success":true,"data":{"id":1}})", error_code::organization_id_missing},
        {"409 with an empty id", 409, R"({"success":true,"data":{"id":""}})", error_code::organization_id_missing},
        {"409 with an id in a list", 409, R"({"success":true,"data":[{"id":"o-1"}]})", error_code::organization_id_missing},
        {"409 with another slug's id", 409, R"({"success":false,"error":"domain taken","data":{"id":"o-2","slug":"acme-2"}})",
            error_code::organization_id_missing},
        {"409 with another type", 409, R"({"success":true,"data":{"id":"o-1","slug":5}})", error_code::platform_response_malformed},
        {"409 with a page", 409, "<html>", error_code::status_unexpected},
        {"409 with a list", 409, "[]", error_code::status_unexpected},
        {"409 without a body", 409, "", error_code::status_unexpected},
        {"success without data", 201, R"({"success":true})", error_code::platform_response_malformed},
        {"success without a body", 204, "", error_code::platform_response_malformed},
        {"success with an id as a number", 201, R"({"success":true,"data":{"id":1}})", error_code::platform_response_malformed},
        {"success with a list", 201, R"({"success":true,"data":["o-1"]})", error_code::platform_response_malformed},
        {"success as text", 201, R"({"success":"true","data":{"id":"o-1"}})", error_code::platform_response_malformed},
        {"a name as a list", 201, R"({"success":true,"data":{"id":"o-1","name":[]}})", error_code::platform_response_malformed},
        {"refused", 403, R"({"success":false,"error":"Missing permission"})", error_code::platform_error},
        {"refused, with an id", 400, R"({"success":false,"error":"no","data":{"id":"o-1"}})", error_code::platform_error},
        {"a page", 200, "<html>", error_code::json_syntax},
        {"a page with 502", 502, "<html>", error_code::server_unavailable},
    };
    for (auto const& row : rows) support::refused(row.what, created(row.status, row.body), row.code);

    auto const missing = created(409, R"({"success":false,"error":"slug exists, ccas_a-secret-of-ours"})");
    CHECK(missing.error().server_text() == "slug exists, [secret]");
    CHECK(missing.error().http_status() == 409);
    support::refused("too large", created(409, std::string(calimatic::limits{}.platform_body + 1, ' ')), error_code::transport_too_large);
}

TEST_CASE("an organization is looked up by its slug") {
    auto const request = calimatic::build_find_organization_request(platform, "acme-1");
    support::accepted("request", request);
    CHECK(request->method == http_method::get);
    CHECK(request->url == "https://auth.example/api/v1/organizations?slug=acme-1");
    CHECK(request->body.empty());
    for (auto const* slug : {"", "Acme", "a b", "a&b=c", "a/.."})
        support::refused(slug, calimatic::build_find_organization_request(platform, slug), error_code::platform_member_invalid);
}

TEST_CASE("whatever shape the data have, they are about the slug that was asked for") {
    for (auto const* body : {R"({"success":true,"data":{"id":"o-1","slug":"acme","name":"Acme"}})",
             R"({"success":true,"data":{"id":"o-1","name":"Acme"}})", R"({"success":true,"data":[{"id":"o-1","slug":"acme","name":"Acme"}]})",
             R"({"success":true,"data":[{"id":"o-1","name":"Acme"}]})", R"({"success":true,"data":{"organization":{"id":"o-1","name":"Acme"}}})",
             R"({"success":true,"data":[{"id":"o-2","slug":"acme-2"},{"id":"o-1","slug":"acme","name":"Acme"},7]})"}) {
        auto const one = found(200, body);
        support::accepted(body, one);
        REQUIRE(*one);
        CHECK((*one)->id == "o-1");
        CHECK((*one)->name == "Acme");
        CHECK_FALSE((*one)->created);
    }
    struct row {
        int status;
        char const* body;
    };
    for (auto const& row : {row{200, R"({"success":true,"data":null})"}, row{200, R"({"success":true,"data":[]})"},
             row{200, R"({"success":true,"data":{"organization":null}})"}, row{404, R"({"success":false,"error":"Not found"})"}}) {
        auto const none = found(row.status, row.body);
        support::accepted(row.body, none);
        CHECK_FALSE(*none);
    }
    struct refused_row {
        char const* what;
        int status;
        char const* body;
        error_code code;
    };
    for (auto const& row :
        {refused_row{"another slug", 200, R"({"success":true,"data":{"id":"o-2","slug":"acme-2"}})", error_code::platform_response_malformed},
            refused_row{
                "only other slugs", 200, R"({"success":true,"data":[{"id":"o-2","slug":"acme-2"}]})", error_code::platform_response_malformed},
            refused_row{"the same slug twice", 200, R"({"success":true,"data":[{"id":"o-1","slug":"acme"},{"id":"o-2","slug":"acme"}]})",
                error_code::platform_response_malformed},
            refused_row{"two without a slug", 200, R"({"success":true,"data":[{"id":"o-1"},{"id":"o-2"}]})", error_code::platform_response_malformed},
            refused_row{"no id", 200, R"({"success":true,"data":[{"slug":"acme"}]})", error_code::platform_response_malformed},
            refused_row{"no data", 200, R"({"success":true})", error_code::platform_response_malformed},
            refused_row{"an empty object", 200, R"({"success":true,"data":{}})", error_code::platform_response_malformed},
            refused_row{"text", 200, R"({"success":true,"data":"o-1"})", error_code::platform_response_malformed},
            refused_row{"a page with 404", 404, "<html>", error_code::status_unexpected},
            refused_row{"404 without an envelope", 404, R"({"error":"no"})", error_code::platform_error},
            refused_row{"403", 403, R"({"success":false,"error":"no"})", error_code::platform_error}})
        support::refused(row.what, found(row.status, row.body), row.code);
}
