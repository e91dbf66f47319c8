#include <calimatic/platform/webhook_event.hpp>

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/outcome.hpp"
#include "support/webhooks.hpp"

using namespace calimatic;

namespace {

/// Flat members, and members of members.
webhook_payload_profile const flat{.event = "/event", .user_id = "/userId", .email = "/email", .organization_id = "/org", .application = "/app"};
webhook_payload_profile const nested{.event = "/type",
    .user_id = "/data/user/id",
    .email = "/data/user/email",
    .organization_id = "/data/organization~1id",
    .application = "/data/license/application"};

/// A payload that was signed.
verified_webhook verified(std::string_view payload) {
    constexpr std::string_view key = "the-first-key-0123456789";
    std::vector<secret_string> keys;
    keys.emplace_back(key);
    std::vector<http_header> const headers{
        {"x-hook-time", "1800000000000"}, {"x-hook-signature", "sha256=" + support::hmac_hex(key, "1800000000000:" + std::string(payload))}};
    auto webhook = verify_webhook(payload, headers, support::single_profile(), keys, time_point(seconds{1'800'000'000}), nullptr);
    support::accepted(payload, webhook);
    return std::move(*webhook);
}

} // namespace

TEST_CASE("the five events are read, wherever their members are") {
    struct row {
        char const* name;
        webhook_event_type type;
    };
    for (auto const& [name, type] : {row{"user.created", webhook_event_type::user_created}, row{"user.updated", webhook_event_type::user_updated},
             row{"user.suspended", webhook_event_type::user_suspended}, row{"user.deleted", webhook_event_type::user_deleted},
             row{"license.revoked", webhook_event_type::license_revoked}}) {
        auto const check = [&](std::string const& payload, webhook_payload_profile const& profile) {
            auto const event = parse_webhook_event(verified(payload), profile);
            support::accepted(name, event);
            CHECK(event->type == type);
            CHECK(event->name == name);
            CHECK(event->user_id == "u-1");
            CHECK(event->email == "zo\xc3\xab@example.com");
            CHECK(event->organization_id == "17");
            CHECK(event->application == "cca_1");
            CHECK(event->payload.root()["more"].as_bool() == true);
        };
        check("{\"event\":\"" + std::string(name) +
                "\",\"userId\":\"u-1\",\"email\":\"zo\xc3\xab@example.com\",\"org\":17,\"app\":\"cca_1\",\"more\":true}",
            flat);
        check("{\"type\":\"" + std::string(name) +
                "\",\"data\":{\"user\":{\"id\":\"u-1\",\"email\":\"zo\\u00eb@example.com\"},\"organization/id\":17,"
                "\"license\":{\"application\":\"cca_1\"}},\"more\":true}",
            nested);
    }
}

TEST_CASE("what the payload lacks or the profile does not name is nothing") {
    auto const bare = parse_webhook_event(verified(R"({"event":"user.deleted","userId":"u-1","email":null})"), flat);
    support::accepted("bare", bare);
    CHECK_FALSE(bare->email);
    CHECK_FALSE(bare->organization_id);
    CHECK_FALSE(bare->application);
    auto const unnamed =
        parse_webhook_event(verified(R"({"event":"user.deleted","userId":"u-1","email":"a@b"})"), {.event = "/event", .user_id = "/userId"});
    support::accepted("unnamed", unnamed);
    CHECK_FALSE(unnamed->email);
}

TEST_CASE("an event that is not known is passed on by its name") {
    for (auto const* payload : {R"({"event":"organization.renamed","userId":{"of":"another kind"},"email":[1]})", R"({"event":"user.Deleted"})"}) {
        for (auto const& profile : {flat, webhook_payload_profile{.event = "/event"}}) {
            auto const event = parse_webhook_event(verified(payload), profile);
            support::accepted(payload, event);
            CHECK(event->type == webhook_event_type::other);
            CHECK(event->name == event->payload.root()["event"].as_string());
            CHECK_FALSE(event->user_id);
            CHECK_FALSE(event->email);
        }
    }
}

TEST_CASE("a payload that is no event as the profile has it is refused") {
    struct row {
        char const* what;
        char const* payload;
        error_code code;
    };
    row const rows[] = {
        {"no name", R"({"userId":"u-1"})", error_code::webhook_event_malformed},
        {"an empty name", R"({"event":"","userId":"u-1"})", error_code::webhook_event_malformed},
        {"a number as name", R"({"event":1,"userId":"u-1"})", error_code::webhook_event_malformed},
        {"nobody", R"({"event":"user.deleted"})", error_code::webhook_event_malformed},
        {"null", R"({"event":"user.deleted","userId":null})", error_code::webhook_event_malformed},
        {"an empty id", R"({"event":"user.deleted","userId":""})", error_code::webhook_event_malformed},
        {"an object as id", R"({"event":"user.deleted","userId":{}})", error_code::webhook_event_malformed},
        {"a fraction as id", R"({"event":"user.deleted","userId":1.5})", error_code::webhook_event_malformed},
        {"a boolean as address", R"({"event":"user.deleted","userId":"u-1","email":true})", error_code::webhook_event_malformed},
        {"an array as organization", R"({"event":"user.deleted","userId":"u-1","org":[]})", error_code::webhook_event_malformed},
        {"an object as application", R"({"event":"license.revoked","userId":"u-1","app":{}})", error_code::webhook_event_malformed},
        {"of the other profile", R"({"type":"user.deleted","data":{"user":{"id":"u-1"}}})", error_code::webhook_event_malformed},
        {"an array", "[]", error_code::webhook_event_malformed},
        {"a text", "\"user.deleted\"", error_code::webhook_event_malformed},
        {"the name twice", R"({"event":"user.deleted","event":"user.updated","userId":"u-1"})", error_code::json_duplicate_member},
        {"a form", "event=user.deleted&userId=u-1", error_code::json_syntax},
        {"nothing", "", error_code::json_syntax},
        {"not UTF-8", "{\"event\":\"user.deleted\",\"userId\":\"\xff\"}", error_code::json_syntax},
    };
    for (auto const& row : rows) support::refused(row.what, parse_webhook_event(verified(row.payload), flat), row.code);
    check_options small;
    small.limits.webhook_body = 10;
    support::refused("too large", parse_webhook_event(verified(R"({"event":"x.y"})"), flat, small), error_code::json_too_large);
}

TEST_CASE("a place that is needed has to be named, and written as a pointer") {
    auto const webhook = verified(R"({"event":"user.deleted","userId":"u-1"})");
    auto const fresh = parse_webhook_event(webhook, {});
    support::refused("a fresh profile", fresh, error_code::platform_fact_missing);
    CHECK(fresh.error().expected() == "event");
    auto const nobody = parse_webhook_event(webhook, {.event = "/event"});
    support::refused("no user", nobody, error_code::platform_fact_missing);
    CHECK(nobody.error().expected() == "user_id");
    support::refused("event", parse_webhook_event(webhook, {.event = "event", .user_id = "/userId"}), error_code::webhook_profile_invalid);
    support::refused("user", parse_webhook_event(webhook, {.event = "/event", .user_id = "data.user"}), error_code::webhook_profile_invalid);
    support::refused(
        "address", parse_webhook_event(webhook, {.event = "/event", .user_id = "/userId", .email = "/~"}), error_code::webhook_profile_invalid);
}

TEST_CASE("nothing but a verified webhook can be read") {
    STATIC_CHECK_FALSE(std::is_invocable_v<decltype(parse_webhook_event), std::string_view, webhook_payload_profile const&, check_options const&>);
}
