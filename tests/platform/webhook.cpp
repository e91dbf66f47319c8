#include <calimatic/platform/webhook.hpp>

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
using calimatic::webhook_registration;
using calimatic::webhook_update;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};
constexpr std::string_view address = "https://auth.example/api/v1/admin/webhooks";

http_response reply(int status, std::string body) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

void check_request(calimatic::http_request const& request, http_method method, std::string_view url, std::string_view body) {
    CHECK(request.method == method);
    CHECK(request.url == url);
    CHECK(request.body == body);
    CHECK(find_header(request.headers, "Content-Type").has_value() == !body.empty());
    CHECK(find_header(request.headers, "x-client-id") == "cca_1");
    CHECK(find_header(request.headers, "x-client-secret") == "ccas_a-secret-of-ours");
    CHECK(find_header(request.headers, "Accept") == "application/json");
}

} // namespace

TEST_CASE("a webhook is registered with what was given and nothing else") {
    auto const least = calimatic::build_create_webhook_request(platform, {.url = "https://app.example/hook", .events = {"user.deleted"}});
    support::accepted("least", least);
    check_request(*least, http_method::post, address, R"({"url":"https://app.example/hook","events":["user.deleted"]})");

    auto const all = calimatic::build_create_webhook_request(platform,
        {.url = "http://127.0.0.1:8080/hook?x=1",
            .events = {"user.updated", "license.revoked"},
            .secret = "0123456789abcdef",
            .description = "Unser \xc3\x84mter-Kiosk",
            .is_active = false});
    support::accepted("all", all);
    check_request(*all, http_method::post, address,
        R"({"url":"http://127.0.0.1:8080/hook?x=1","events":["user.updated","license.revoked"],"secret":"0123456789abcdef",)"
        "\"description\":\"Unser \xc3\x84mter-Kiosk\",\"isActive\":false}");
}

TEST_CASE("what the platform forbids is not sent") {
    struct row {
        char const* what;
        webhook_registration registration;
        error_code code;
    };
    auto const with = [](auto change) {
        webhook_registration registration{.url = "https://app.example/hook", .events = {"user.deleted"}, .secret = "0123456789abcdef"};
        change(registration);
        return registration;
    };
    row rows[] = {
        {"http", with([](auto& r) { r.url = "http://app.example/hook"; }), error_code::url_not_https},
        {"no address", with([](auto& r) { r.url = ""; }), error_code::url_malformed},
        {"a fragment", with([](auto& r) { r.url = "https://app.example/#x"; }), error_code::url_has_fragment},
        {"a user name", with([](auto& r) { r.url = "https://me@app.example/"; }), error_code::url_has_userinfo},
        {"no events", with([](auto& r) { r.events.clear(); }), error_code::platform_member_invalid},
        {"an event without a name", with([](auto& r) { r.events.emplace_back(); }), error_code::platform_member_invalid},
        {"an event not in UTF-8", with([](auto& r) { r.events.emplace_back("\xff"); }), error_code::platform_member_invalid},
        {"15 characters", with([](auto& r) { r.secret = "0123456789abcde"; }), error_code::platform_member_invalid},
        {"256 characters", with([](auto& r) { r.secret = std::string(256, 'x'); }), error_code::platform_member_invalid},
        {"a secret not in UTF-8", with([](auto& r) { r.secret = "0123456789abcdef\xff"; }), error_code::platform_member_invalid},
        {"501 characters", with([](auto& r) { r.description = std::string(501, 'x'); }), error_code::platform_member_invalid},
    };
    for (auto const& row : rows) {
        auto const request = calimatic::build_create_webhook_request(platform, row.registration);
        support::refused(row.what, request, row.code);
        CHECK(request.error().message().find("0123456789abcde") == std::string::npos);
    }
    auto const longest = with([](auto& r) {
        r.secret = std::string(255, 'x');
        r.description.clear();
        for (int i = 0; i < 500; ++i) r.description += "\xc3\xa4"; // characters, not bytes
    });
    support::accepted("longest", calimatic::build_create_webhook_request(platform, longest));
    support::refused("no credential", calimatic::build_create_webhook_request({}, longest), error_code::client_id_missing);
}

TEST_CASE("one webhook is addressed by its id, whatever is in that") {
    auto const one = std::string(address) + "/w%2F1%3F%20";
    check_request(*calimatic::build_list_webhooks_request(platform), http_method::get, address, "");
    check_request(*calimatic::build_get_webhook_request(platform, "w/1? "), http_method::get, one, "");
    check_request(*calimatic::build_delete_webhook_request(platform, "w/1? "), http_method::delete_, one, "");
    check_request(*calimatic::build_webhook_deliveries_request(platform, "w/1? "), http_method::get, one + "/deliveries", "");
    check_request(*calimatic::build_update_webhook_request(platform, "w/1? ", {.is_active = true}), http_method::patch, one, R"({"isActive":true})");
    for (std::string_view const id : {"", ".", "..", "\xff"}) {
        support::refused("get", calimatic::build_get_webhook_request(platform, id), error_code::platform_id_invalid);
        support::refused("delete", calimatic::build_delete_webhook_request(platform, id), error_code::platform_id_invalid);
        support::refused("update", calimatic::build_update_webhook_request(platform, id, {}), error_code::platform_id_invalid);
        support::refused("deliveries", calimatic::build_webhook_deliveries_request(platform, id), error_code::platform_id_invalid);
    }
}

TEST_CASE("a change has only what changes, by the same rules") {
    webhook_update everything;
    everything.url = "https://app.example/new";
    everything.events = {"user.deleted", "user.suspended"};
    everything.secret = "fedcba9876543210";
    everything.description = "";
    everything.is_active = false;
    auto const request = calimatic::build_update_webhook_request(platform, "w-1", everything);
    support::accepted("everything", request);
    check_request(*request, http_method::patch, std::string(address) + "/w-1",
        R"({"url":"https://app.example/new","events":["user.deleted","user.suspended"],"secret":"fedcba9876543210","description":"","isActive":false})");
    check_request(*calimatic::build_update_webhook_request(platform, "w-1", {}), http_method::patch, std::string(address) + "/w-1", "{}");

    auto const update = [](auto change) {
        webhook_update changed;
        change(changed);
        return calimatic::build_update_webhook_request(platform, "w-1", changed);
    };
    support::refused("http", update([](auto& u) { u.url = "http://app.example/"; }), error_code::url_not_https);
    support::refused("no events", update([](auto& u) { u.events.emplace(); }), error_code::platform_member_invalid);
    support::refused("an empty secret", update([](auto& u) { u.secret.emplace(); }), error_code::platform_member_invalid);
    support::refused("501 characters", update([](auto& u) { u.description = std::string(501, 'x'); }), error_code::platform_member_invalid);
}

TEST_CASE("a webhook is read in an envelope and bare") {
    for (std::string_view const around : {R"({"success":true,"data":*})", R"({"success":true,"data":{"webhook":*}})", R"({"data":*})", "*"}) {
        INFO(around);
        auto text = std::string(around);
        text.replace(text.find('*'), 1,
            R"({"id":"w-1","url":"https://app.example/hook","events":["user.deleted"],"description":null,"isActive":true,"failures":3})");
        auto const read = calimatic::parse_webhook_response(reply(201, text), platform);
        support::accepted("webhook", read);
        CHECK(read->id == "w-1");
        CHECK(read->url == "https://app.example/hook");
        CHECK(read->events == std::vector<std::string>{"user.deleted"});
        CHECK(read->description.empty());
        CHECK(read->is_active == true);
        CHECK(read->document.root().to_string().find("\"failures\":3") != std::string::npos);
        CHECK(calimatic::parse_update_webhook_response(reply(200, text), platform)->value().id == "w-1");
    }
    auto const least = calimatic::parse_webhook_response(reply(200, R"({"id":7})"), platform);
    support::accepted("least", least);
    CHECK(least->id == "7");
    CHECK(least->url.empty());
    CHECK_FALSE(least->is_active);
}

TEST_CASE("what is no webhook is refused") {
    struct row {
        char const* what;
        int status;
        char const* body;
        error_code code;
    };
    row const rows[] = {
        {"success without data", 201, R"({"success":true})", error_code::platform_response_malformed},
        {"no body", 204, "", error_code::platform_response_malformed},
        {"no id", 200, R"({"url":"https://app.example"})", error_code::platform_response_malformed},
        {"an empty id", 200, R"({"id":""})", error_code::platform_response_malformed},
        {"an object as id", 200, R"({"id":{}})", error_code::platform_response_malformed},
        {"a number as url", 200, R"({"id":"1","url":1})", error_code::platform_response_malformed},
        {"a text as events", 200, R"({"id":"1","events":"user.deleted"})", error_code::platform_response_malformed},
        {"numbers as events", 200, R"({"id":"1","events":[1]})", error_code::platform_response_malformed},
        {"a text as isActive", 200, R"({"id":"1","isActive":"true"})", error_code::platform_response_malformed},
        {"success as text", 200, R"({"success":"true","data":{"id":"1"}})", error_code::platform_response_malformed},
        {"an array", 200, "[]", error_code::platform_response_malformed},
        {"a text", 200, "\"w-1\"", error_code::platform_response_malformed},
        {"HTML", 200, "<html>", error_code::json_syntax},
        {"a failure", 200, R"({"success":false,"error":"no"})", error_code::platform_error},
        {"not found", 404, R"({"success":false,"error":"No such webhook"})", error_code::platform_error},
        {"an HTML 502", 502, "<html>", error_code::server_unavailable},
        {"a redirect", 302, "", error_code::redirect_not_followed},
    };
    for (auto const& row : rows) {
        auto const read = calimatic::parse_webhook_response(reply(row.status, row.body), platform);
        support::refused(row.what, read, row.code);
        CHECK(read.error().http_status() == (row.code == error_code::platform_error ? row.status : read.error().http_status()));
    }
}

TEST_CASE("a change and a removal may be answered with success alone") {
    for (auto const& [status, body] : {std::pair{204, ""}, {200, R"({"success":true})"}, {200, R"({"success":true,"data":null})"}}) {
        INFO(body);
        auto const changed = calimatic::parse_update_webhook_response(reply(status, body), platform);
        support::accepted("change", changed);
        CHECK_FALSE(changed->has_value());
        support::accepted("removal", calimatic::parse_delete_webhook_response(reply(status, body), platform));
    }
    support::refused("bare", calimatic::parse_update_webhook_response(reply(200, "{}"), platform), error_code::platform_response_malformed);
    for (auto const* text : {R"({"success":true,"data":"w-1"})", R"({"success":true,"data":7})", R"({"success":true,"data":{"url":"https://a"}})"})
        support::refused(text, calimatic::parse_update_webhook_response(reply(200, text), platform), error_code::platform_response_malformed);
    support::refused("failure", calimatic::parse_update_webhook_response(reply(400, R"({"success":false})"), platform), error_code::platform_error);
    support::refused("failure", calimatic::parse_delete_webhook_response(reply(200, R"({"success":false})"), platform), error_code::platform_error);
    support::refused("HTML", calimatic::parse_delete_webhook_response(reply(404, "<html>"), platform), error_code::status_unexpected);
    support::accepted("removal", calimatic::parse_delete_webhook_response(reply(200, R"({"id":"w-1"})"), platform));
}

TEST_CASE("lists are found wherever the one array is") {
    for (std::string_view const around :
        {R"({"success":true,"data":*})", R"({"success":true,"data":{"webhooks":*,"total":1}})", R"({"data":*,"page":1})", R"({"items":*})", "*"}) {
        INFO(around);
        auto text = std::string(around);
        text.replace(text.find('*'), 1, R"([{"id":"w-1","events":["a"]},{"id":"w-2","isActive":false}])");
        auto const list = calimatic::parse_list_webhooks_response(reply(200, text), platform);
        support::accepted("list", list);
        REQUIRE(list->webhooks.size() == 2);
        CHECK(list->webhooks[0].events == std::vector<std::string>{"a"});
        CHECK(list->webhooks[1].id == "w-2");
        CHECK(list->webhooks[1].is_active == false);
        CHECK(list->document.root().to_string() == text);
        auto const log = calimatic::parse_webhook_deliveries_response(reply(200, text), platform);
        support::accepted("log", log);
        CHECK(log->deliveries.size() == 2);
        CHECK(log->deliveries[1]["id"].as_string() == "w-2");
    }
    CHECK(calimatic::parse_list_webhooks_response(reply(200, "[]"), platform)->webhooks.empty());
    for (auto const* text :
        {"{}", R"({"success":true})", R"({"a":[],"b":[]})", R"({"success":true,"data":{"a":{}}})", R"({"success":true,"data":"x"})"}) {
        support::refused(text, calimatic::parse_list_webhooks_response(reply(200, text), platform), error_code::platform_response_malformed);
        support::refused(text, calimatic::parse_webhook_deliveries_response(reply(200, text), platform), error_code::platform_response_malformed);
    }
    for (auto const* text : {R"([{"id":"w-1"},{}])", "[1]", R"([{"id":null}])"})
        support::refused(text, calimatic::parse_list_webhooks_response(reply(200, text), platform), error_code::platform_response_malformed);
    support::accepted("elements of any shape", calimatic::parse_webhook_deliveries_response(reply(200, "[1,{}]"), platform));
}

TEST_CASE("no error repeats the secret that was sent, nor our own") {
    auto const refusal = reply(400, R"({"success":false,"error":"secret 0123456789abcdef is weak, ccas_a-secret-of-ours"})");
    auto const created = calimatic::parse_webhook_response(refusal, platform, "0123456789abcdef");
    REQUIRE_FALSE(created);
    CHECK(created.error().server_text() == "secret [secret] is weak, [secret]");
    CHECK(
        calimatic::parse_update_webhook_response(refusal, platform, "0123456789abcdef").error().server_text() == "secret [secret] is weak, [secret]");
    CHECK(created.error().condition() == condition::correct_input);
}
