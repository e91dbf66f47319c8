#include <calimatic/platform/headless/headless_login_session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::http_method;
using calimatic::milliseconds;
using calimatic::parameter_place;
using calimatic::time_point;
using support::camel_case_profile;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();

auto parse(int status, std::string body) { return calimatic::parse_list_headless_login_sessions_response(reply(status, std::move(body)), platform); }

} // namespace

TEST_CASE("the sessions of a user are asked for") {
    support::sends(calimatic::build_list_headless_login_sessions_request(platform, "u-1"), http_method::get, "/sessions?userId=u-1", "");
    support::sends(calimatic::build_list_headless_login_sessions_request(platform, "a b&userId=c/\xc3\xa9"), http_method::get,
        "/sessions?userId=a%20b%26userId%3Dc%2F%C3%A9", "");
    support::refused("nobody", calimatic::build_list_headless_login_sessions_request(platform, ""), error_code::platform_member_invalid);
}

TEST_CASE("sessions are read as documented") {
    auto const list = parse(200,
        R"({"sessions":[{"id":"s-1","application":"kiosk","ipAddress":"192.0.2.1","userAgent":"Kiosk/1.0","createdAt":"2025-01-15T11:00:00.000Z",)"
        R"("lastActiveAt":"2025-01-15T11:00:01.500Z","new":1},{"id":"s-2","application":"","ipAddress":null,"createdAt":"2025-01-15T11:00:00Z"}],)"
        R"("total":2})");
    support::accepted("two", list);
    REQUIRE(list->sessions.size() == 2);
    auto const& [one, other] = std::pair(list->sessions[0], list->sessions[1]);
    CHECK(one.id == "s-1");
    CHECK(one.application == "kiosk");
    CHECK(one.ip_address == "192.0.2.1");
    CHECK(one.user_agent == "Kiosk/1.0");
    CHECK(one.created_at == time_point(milliseconds(1'736'938'800'000)));
    CHECK(one.last_active_at == time_point(milliseconds(1'736'938'801'500)));
    CHECK(other.ip_address.empty());
    CHECK(other.user_agent.empty());
    CHECK_FALSE(other.last_active_at);
    CHECK(list->document.root()["total"].as_int64() == 2);
    CHECK(list->document.root()["sessions"][0]["new"].as_int64() == 1);
    CHECK(parse(200, R"({"sessions":[]})")->sessions.empty());
}

TEST_CASE("lists of sessions that are refused") {
    auto const refuse = [](std::string_view what, std::string body, error_code code) { support::refused(what, parse(200, std::move(body)), code); };
    refuse("no list", "{}", error_code::platform_response_malformed);
    refuse("a bare array", "[]", error_code::platform_response_malformed);
    refuse("a list that is null", R"({"sessions":null})", error_code::platform_response_malformed);
    refuse("a list that is an object", R"({"sessions":{}})", error_code::json_member_type_wrong);
    refuse("a session that is text", R"({"sessions":["s-1"]})", error_code::platform_response_malformed);
    refuse("no id", R"({"sessions":[{"application":"a","createdAt":"2025-01-15T11:00:00Z"}]})", error_code::platform_response_malformed);
    refuse("an id that is a number", R"({"sessions":[{"id":1,"application":"a","createdAt":"2025-01-15T11:00:00Z"}]})",
        error_code::json_member_type_wrong);
    refuse("no application", R"({"sessions":[{"id":"s-1","createdAt":"2025-01-15T11:00:00Z"}]})", error_code::platform_response_malformed);
    refuse("no time", R"({"sessions":[{"id":"s-1","application":"a"}]})", error_code::platform_response_malformed);
    refuse("a day", R"({"sessions":[{"id":"s-1","application":"a","createdAt":"2025-01-15"}]})", error_code::timestamp_malformed);
    refuse("a bad second time", R"({"sessions":[{"id":"s-1","application":"a","createdAt":"2025-01-15T11:00:00Z","lastActiveAt":"now"}]})",
        error_code::timestamp_malformed);
    refuse("an address that is an object", R"({"sessions":[{"id":"s","application":"a","createdAt":"2025-01-15T11:00:00Z","ipAddress":{}}]})",
        error_code::json_member_type_wrong);
    support::refused("404", parse(404, R"({"code":"USER_NOT_FOUND"})"), error_code::user_not_found);
    support::refused("nothing", parse(200, ""), error_code::json_syntax);
}

TEST_CASE("one session is ended by its id, which stays one segment of the path") {
    support::sends(calimatic::build_delete_headless_login_session_request(platform, "s-1"), http_method::delete_, "/sessions/s-1", "");
    support::sends(
        calimatic::build_delete_headless_login_session_request(platform, "a/../b?c#d"), http_method::delete_, "/sessions/a%2F..%2Fb%3Fc%23d", "");
    support::refused("none", calimatic::build_delete_headless_login_session_request(platform, ""), error_code::platform_id_invalid);
    support::refused("a dot", calimatic::build_delete_headless_login_session_request(platform, "."), error_code::platform_id_invalid);
    support::refused("two dots", calimatic::build_delete_headless_login_session_request(platform, ".."), error_code::platform_id_invalid);
    support::refused("no UTF-8", calimatic::build_delete_headless_login_session_request(platform, "\xff"), error_code::platform_id_invalid);
}

TEST_CASE("all sessions of a user are ended as the profile says") {
    support::sends(calimatic::build_delete_headless_login_sessions_request(platform, "u 1", camel_case_profile()), http_method::delete_,
        "/sessions?userId=u%201", "");
    support::sends(calimatic::build_delete_headless_login_sessions_request(platform, "u 1", support::other_profile()), http_method::delete_,
        "/sessions", R"({"user":"u 1"})");
    support::sends(calimatic::build_delete_headless_login_sessions_request(
                       platform, "u-1", {.delete_sessions_user_id = "for user", .delete_sessions_place = parameter_place::query}),
        http_method::delete_, "/sessions?for%20user=u-1", "");
    support::lacks(calimatic::build_delete_headless_login_sessions_request(platform, "u-1", {.delete_sessions_place = parameter_place::body}),
        "delete_sessions_user_id");
    support::lacks(
        calimatic::build_delete_headless_login_sessions_request(platform, "u-1", {.delete_sessions_user_id = "userId"}), "delete_sessions_place");
    support::lacks(calimatic::build_delete_headless_login_sessions_request(
                       platform, "u-1", {.delete_sessions_user_id = "userId", .delete_sessions_place = parameter_place{7}}),
        "delete_sessions_place");
    support::refused(
        "nobody", calimatic::build_delete_headless_login_sessions_request(platform, "", camel_case_profile()), error_code::platform_member_invalid);
}

TEST_CASE("any success ends sessions") {
    for (auto const parse_deleted :
        {calimatic::parse_delete_headless_login_session_response, calimatic::parse_delete_headless_login_sessions_response}) {
        auto const outcome = [&](int status, std::string body) { return parse_deleted(reply(status, std::move(body)), platform, {}); };
        support::accepted("an object", outcome(200, "{}"));
        support::accepted("a count", outcome(200, R"({"ended":3})"));
        support::accepted("nothing", outcome(204, ""));
        support::refused("a page", outcome(200, "<html>"), error_code::json_syntax);
        support::refused("404", outcome(404, R"({"code":"SESSION_NOT_FOUND"})"), error_code::platform_error);
        support::refused("an HTML 404", outcome(404, "<html>"), error_code::status_unexpected);
    }
}
