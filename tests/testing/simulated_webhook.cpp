#include <calimatic/testing/simulated_webhook.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"
#include "support/webhooks.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using cal::error_code;

namespace {

constexpr std::string_view secret = "the-first-key-0123456789";

cal::webhook_payload_profile flat() {
    return {.event = "/event", .user_id = "/user", .email = "/email", .organization_id = "/org", .application = "/app"};
}

/// A platform with a user, and an application that has a webhook.
struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    cal::platform_client app{platform.issuer(), cal::app_client{"cca_1", "ccas_1"}};
    cal::platform_client key{platform.issuer(), cal::api_key{"key-1"}};
    sim::simulated_webhook_options how;

    explicit fixture(sim::simulated_webhook_options given = {.signature = support::listed_profile()}) : platform({.webhooks = given}), how(given) {
        platform.add_client({.client = {.client_id = "cca_1", .client_secret = "ccas_1"}});
        platform.directory().api_keys.push_back({"key-1", {}});
        platform.directory().accounts.push_back({});
    }
    template <class Parse>
    auto call(cal::result<cal::http_request> request, Parse parse) {
        return cal::drive(cal::single_request(std::move(request), parse), host);
    }
    cal::result<cal::webhook> create(std::vector<std::string> events = {"user.updated", "license.revoked"}, std::string_view with = secret) {
        cal::webhook_registration const registration{
            .url = "https://app.example/hook", .events = std::move(events), .secret = with, .description = "Zo\xc3\xab"};
        return call(cal::build_create_webhook_request(app, registration),
            [this](cal::http_response const& response) { return cal::parse_webhook_response(response, app, secret); });
    }
    cal::result<std::optional<cal::webhook>> update(std::string_view id, cal::webhook_update const& what) {
        return call(cal::build_update_webhook_request(app, id, what),
            [this](cal::http_response const& response) { return cal::parse_update_webhook_response(response, app, secret); });
    }
    void happens(std::string type, std::string application = {}) {
        platform.directory().events.push_back({std::move(type), "user-1", "org-1", std::move(application)});
    }
    std::optional<cal::http_request> poll() { return platform.poll_webhook_delivery(host.now()); }
    bool answer(cal::http_request const& request, int status) { return platform.handle_webhook_answer(request.id, status, host.now()); }
    cal::result<cal::verified_webhook> verify(cal::http_request const& request, cal::replay_cache* seen = nullptr, std::string_view with = secret) {
        std::vector<cal::secret_string> keys;
        keys.emplace_back(with);
        return cal::verify_webhook(request.body, request.headers, how.signature, keys, host.now(), seen);
    }
};

} // namespace

TEST_CASE("webhooks are created, listed, got, changed and removed") {
    fixture f;
    auto const created = f.create();
    support::accepted("create", created);
    CHECK(created->url == "https://app.example/hook");
    CHECK(created->events == std::vector<std::string>{"user.updated", "license.revoked"});
    CHECK(created->description == "Zo\xc3\xab");
    CHECK(created->is_active == true);
    CHECK(created->document.root().to_string().find(secret) == std::string::npos);
    REQUIRE(f.platform.webhooks().size() == 1);
    CHECK(f.platform.webhooks()[0].secret.expose() == secret);

    auto const changed = f.update(created->id, {.events = std::vector<std::string>{"user.deleted"}, .is_active = false});
    support::accepted("update", changed);
    CHECK((*changed)->events == std::vector<std::string>{"user.deleted"});
    CHECK((*changed)->is_active == false);
    CHECK((*changed)->url == "https://app.example/hook");

    auto const got = f.call(cal::build_get_webhook_request(f.key, created->id),
        [&](cal::http_response const& response) { return cal::parse_webhook_response(response, f.key); });
    support::accepted("get", got);
    CHECK(got->is_active == false);
    auto const list = [&] {
        return f.call(cal::build_list_webhooks_request(f.app),
            [&](cal::http_response const& response) { return cal::parse_list_webhooks_response(response, f.app); });
    };
    CHECK(list()->webhooks.size() == 1);
    auto const remove = [&] {
        return f.call(cal::build_delete_webhook_request(f.app, created->id),
            [&](cal::http_response const& response) { return cal::parse_delete_webhook_response(response, f.app); });
    };
    support::accepted("remove", remove());
    CHECK(list()->webhooks.empty());
    auto const again = remove();
    support::refused("removed", again, error_code::platform_error);
    CHECK(again.error().http_status() == 404);
    CHECK(f.platform.count(sim::simulated_endpoint::webhooks) == 7);
}

TEST_CASE("the platform refuses what its documentation forbids") {
    fixture f;
    auto const post = [&](std::string_view body) {
        auto request = cal::build_platform_request(f.app, cal::http_method::post, "/api/v1/admin/webhooks", body);
        return f.platform.handle(*request, f.host.now());
    };
    for (auto const* body : {R"({"events":["a"]})", R"({"url":"http://app.example/","events":["a"]})", R"({"url":1,"events":["a"]})",
             R"({"url":"https://app.example/"})", R"({"url":"https://app.example/","events":[]})", R"({"url":"https://app.example/","events":"a"})",
             R"({"url":"https://app.example/","events":[1]})", R"({"url":"https://app.example/","events":["a"],"secret":"too short"})",
             R"({"url":"https://app.example/","events":["a"],"secret":7})", R"({"url":"https://app.example/","events":["a"],"description":{}})",
             R"({"url":"https://app.example/","events":["a"],"isActive":"yes"})"}) {
        INFO(body);
        auto const response = post(body);
        CHECK(response.status == 400);
        CHECK(response.body.find("\"success\":false") != std::string::npos);
    }
    CHECK(f.platform.webhooks().empty());
    CHECK(post(R"({"url":"http://127.0.0.1:8080/","events":["a"]})").status == 201);

    f.app.credentials = cal::app_client{"cca_1", "wrong"};
    auto const refused = f.create();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().http_status() == 401);
    for (auto const* path :
        {"/api/v1/admin/webhooks/", "/api/v1/admin/webhooks/none", "/api/v1/admin/webhooks/none/deliveries", "/api/v1/admin/webhooks/a/b"}) {
        auto request = cal::build_platform_request(f.key, cal::http_method::get, path);
        CHECK(f.platform.handle(*request, f.host.now()).status == 404);
    }
    auto request = cal::build_platform_request(f.key, cal::http_method::put, "/api/v1/admin/webhooks/" + f.platform.webhooks()[0].id, "{}");
    CHECK(f.platform.handle(*request, f.host.now()).status == 405);
}

TEST_CASE("what happens is delivered, verified and read, however it is signed and written") {
    struct row {
        char const* what;
        sim::simulated_webhook_options how;
        std::string_view secret;
    };
    auto iso = support::single_profile();
    iso.time_format = cal::webhook_time_format::iso8601;
    row const rows[] = {
        {"Standard Webhooks", {}, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        {"in a list, flat", {.signature = support::listed_profile(), .payload = flat()}, secret},
        {"in a field of its own, nested", {.signature = support::single_profile()}, secret},
        {"with a time of ISO 8601", {.signature = iso, .payload = flat()}, secret},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        fixture f(row.how);
        support::accepted("create", f.create({"user.updated", "license.revoked"}, row.secret));
        f.happens("user.updated");
        f.happens("user.deleted"); // nobody asked for it
        f.happens("license.revoked", "cca_1");
        cal::replay_cache seen;
        for (auto const type : {cal::webhook_event_type::user_updated, cal::webhook_event_type::license_revoked}) {
            auto const request = f.poll();
            REQUIRE(request);
            CHECK(request->method == cal::http_method::post);
            CHECK(request->url == "https://app.example/hook");
            CHECK(cal::find_header(request->headers, "Content-Type") == "application/json");
            auto const webhook = f.verify(*request, &seen, row.secret);
            support::accepted("verify", webhook);
            support::refused("replay", f.verify(*request, &seen, row.secret), error_code::replayed);
            auto const event = cal::parse_webhook_event(*webhook, row.how.payload);
            support::accepted("event", event);
            CHECK(event->type == type);
            CHECK(event->user_id == "user-1");
            CHECK(event->email == "alice@example.com");
            CHECK(event->organization_id == "org-1");
            CHECK(event->application.has_value() == (type == cal::webhook_event_type::license_revoked));
            CHECK_FALSE(f.poll()); // one at a time
            CHECK(f.answer(*request, cal::build_webhook_response(webhook).status));
            CHECK_FALSE(f.answer(*request, 204));
        }
        CHECK_FALSE(f.poll());
        CHECK(f.platform.webhooks()[0].failures == 0);
    }
}

TEST_CASE("who signs the body alone can be verified by the insecure profile only") {
    auto sender = support::single_profile();
    sender.timestamp_header.clear();
    sender.signed_content.clear();
    sender.id_member = "/id";
    fixture f({.signature = sender});
    support::accepted("create", f.create());
    f.happens("user.updated");
    auto const request = f.poll();
    REQUIRE(request);
    support::refused("as it is", f.verify(*request), error_code::platform_fact_missing);
    cal::replay_cache seen;
    std::vector<cal::secret_string> keys;
    keys.emplace_back(secret);
    cal::insecure::unsigned_time_profile const profile(sender.signature, "/id", cal::seconds{3600});
    support::accepted("first", cal::verify_webhook(request->body, request->headers, profile, keys, f.host.now(), seen));
    support::refused("second", cal::verify_webhook(request->body, request->headers, profile, keys, f.host.now(), seen), error_code::replayed);
}

TEST_CASE("without a secret nothing is signed, and nothing verifies") {
    fixture f;
    support::accepted("create", f.create({"user.updated"}, ""));
    f.happens("user.updated");
    auto const request = f.poll();
    REQUIRE(request);
    CHECK(request->headers.size() == 1);
    support::refused("unsigned", f.verify(*request), error_code::webhook_header_missing);
}

TEST_CASE("a delivery that fails is tried three times, each signed anew, and all with the same id") {
    fixture f;
    auto const created = f.create();
    support::accepted("create", created);
    f.happens("user.updated");
    cal::replay_cache seen;
    std::string id;
    for (int const status : {0, 503, 500}) {
        auto const request = f.poll();
        REQUIRE(request);
        auto const webhook = f.verify(*request, &seen);
        support::accepted("verify", webhook);
        CHECK((id.empty() || webhook->id() == id));
        id = webhook->id();
        seen.forget(id); // it could not be acted upon
        CHECK(f.answer(*request, status));
        CHECK_FALSE(f.poll());
        f.host.advance(cal::seconds{60});
        support::refused(
            "an attempt that is too old",
            [&] {
                f.host.advance(cal::seconds{300});
                return f.verify(*request, &seen);
            }(),
            error_code::webhook_too_old);
    }
    CHECK_FALSE(f.poll());
    auto const log = f.call(cal::build_webhook_deliveries_request(f.app, created->id),
        [&](cal::http_response const& response) { return cal::parse_webhook_deliveries_response(response, f.app); });
    support::accepted("log", log);
    REQUIRE(log->deliveries.size() == 3);
    CHECK(log->deliveries[0]["status"].as_int64() == 0);
    CHECK(log->deliveries[2]["status"].as_int64() == 500);
    CHECK(log->deliveries[2]["attempt"].as_int64() == 3);
    CHECK(log->deliveries[2]["eventId"].as_string() == id);
    CHECK(log->deliveries[2]["event"].as_string() == "user.updated");
    CHECK(f.platform.webhooks()[0].failures == 1);
}

TEST_CASE("after ten deliveries that failed the webhook is off, until it is switched on again") {
    fixture f({.signature = support::listed_profile(), .attempts = 1});
    auto const created = f.create();
    support::accepted("create", created);
    for (int i = 0; i < 11; ++i) f.happens("user.updated");
    for (int i = 0; i < 10; ++i) {
        auto const request = f.poll();
        REQUIRE(request);
        CHECK(f.answer(*request, 400));
    }
    CHECK_FALSE(f.poll());
    CHECK_FALSE(f.platform.webhooks()[0].is_active);
    auto const on = f.update(created->id, {.is_active = true});
    support::accepted("on", on);
    f.happens("user.updated");
    auto const request = f.poll();
    REQUIRE(request);
    CHECK(f.answer(*request, 204));
    CHECK(f.platform.webhooks()[0].failures == 0);
}

TEST_CASE("a secret is rotated without losing a delivery") {
    fixture f;
    auto const created = f.create();
    support::accepted("create", created);
    std::vector<cal::secret_string> keys;
    keys.emplace_back("the-second-key-987654321");
    keys.emplace_back(secret);
    auto const receive = [&] {
        f.happens("user.updated");
        auto const request = f.poll();
        auto webhook = cal::verify_webhook(request->body, request->headers, f.how.signature, keys, f.host.now(), nullptr);
        f.answer(*request, cal::build_webhook_response(webhook).status);
        return webhook;
    };
    CHECK(receive()->key_index() == 1);
    support::accepted("rotate", f.update(created->id, {.secret = cal::secret_string("the-second-key-987654321")}));
    CHECK(receive()->key_index() == 0);
}

TEST_CASE("a platform whose clock is wrong delivers what is early or stale") {
    fixture f;
    support::accepted("create", f.create());
    for (auto const& [ahead, code] :
        {std::pair{cal::seconds{301}, error_code::webhook_too_early}, {cal::seconds{-302}, error_code::webhook_too_old}}) {
        f.platform.set_clock_ahead(ahead);
        f.happens("user.updated");
        auto const request = f.poll();
        REQUIRE(request);
        support::refused("clock", f.verify(*request), code);
        CHECK(f.answer(*request, 204));
    }
}

TEST_CASE("what is removed is sent nothing any more") {
    fixture f;
    auto const created = f.create();
    support::accepted("create", created);
    f.happens("user.updated");
    auto const request = f.poll();
    REQUIRE(request);
    support::accepted("remove", f.call(cal::build_delete_webhook_request(f.app, created->id), [&](cal::http_response const& response) {
        return cal::parse_delete_webhook_response(response, f.app);
    }));
    CHECK(f.answer(*request, 500));
    f.host.advance(cal::seconds{60});
    CHECK_FALSE(f.poll());
}
