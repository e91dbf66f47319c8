#include <calimatic/platform/headless/lockout_status.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::http_method;
using calimatic::milliseconds;
using calimatic::seconds;
using calimatic::time_point;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();

auto parse(int status, std::string body) { return calimatic::parse_lockout_status_response(reply(status, std::move(body)), platform); }

constexpr std::string_view locked =
    R"({"locked":true,"remainingLockoutSeconds":540,"attemptsRemaining":0,"lockedUntil":"2025-01-15T11:00:00.000Z","maxAttempts":5,)"
    R"("lockoutDurationMinutes":10})";

std::string changed(std::string_view from, std::string_view to) {
    std::string whole(locked);
    auto const at = whole.find(from);
    REQUIRE(at != std::string::npos);
    return whole.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("the lockout of a user is asked for") {
    support::sends(calimatic::build_lockout_status_request(platform, "u-1"), http_method::get, "/security/lockout-status?userId=u-1", "");
    support::sends(calimatic::build_lockout_status_request(platform, "u/1"), http_method::get, "/security/lockout-status?userId=u%2F1", "");
    support::refused("nobody", calimatic::build_lockout_status_request(platform, ""), error_code::platform_member_invalid);
}

TEST_CASE("a lockout is read as documented") {
    auto const status = parse(200, std::string(locked));
    support::accepted("locked", status);
    CHECK(status->locked);
    CHECK(status->remaining_lockout_seconds == seconds{540});
    CHECK(status->attempts_remaining == 0);
    CHECK(status->locked_until == time_point(milliseconds(1'736'938'800'000)));
    CHECK(status->max_attempts == 5);
    CHECK(status->lockout_duration_minutes == std::chrono::minutes{10});
    CHECK(status->document.root()["maxAttempts"].as_int64() == 5);

    auto const open = parse(200,
        R"({"locked":false,"remainingLockoutSeconds":null,"attemptsRemaining":4,"lockedUntil":null,"maxAttempts":5,"lockoutDurationMinutes":10})");
    support::accepted("open", open);
    CHECK_FALSE(open->locked);
    CHECK_FALSE(open->remaining_lockout_seconds);
    CHECK_FALSE(open->locked_until);
    CHECK(open->attempts_remaining == 4);
}

TEST_CASE("unusual lockouts") {
    auto const absent = parse(200, R"({"locked":true,"attemptsRemaining":0,"maxAttempts":5,"lockoutDurationMinutes":10})");
    support::accepted("without what may be null", absent);
    CHECK(absent->locked);
    CHECK_FALSE(absent->locked_until);
    auto const over = parse(200, changed("true", "false"));
    support::accepted("a lock that is over", over);
    CHECK_FALSE(over->remaining_lockout_seconds);
    CHECK_FALSE(over->locked_until);
    CHECK(parse(200, changed("540", "539.7"))->remaining_lockout_seconds == seconds{539});
    CHECK(parse(200, changed("540", "-1"))->remaining_lockout_seconds == seconds{0});
}

TEST_CASE("lockouts that are refused") {
    auto const refuse = [](std::string_view what, std::string body, error_code code) { support::refused(what, parse(200, std::move(body)), code); };
    refuse("nothing", "{}", error_code::platform_response_malformed);
    refuse("locked as text", changed("true", R"("true")"), error_code::json_member_type_wrong);
    refuse("locked as null", changed("true", "null"), error_code::platform_response_malformed);
    refuse("seconds as text", changed("540", R"("540")"), error_code::json_member_type_wrong);
    refuse("a time as a number", changed(R"("2025-01-15T11:00:00.000Z")", "1736938800"), error_code::json_member_type_wrong);
    refuse("a bad time", changed("T11", " 11"), error_code::timestamp_malformed);
    refuse("attempts below zero", changed(R"(Remaining":0)", R"(Remaining":-1)"), error_code::json_member_type_wrong);
    refuse("half an attempt", changed(R"(Attempts":5)", R"(Attempts":4.5)"), error_code::json_member_type_wrong);
    refuse("more minutes than there are", changed("10}", "1e300}"), error_code::json_member_type_wrong);
    refuse("no minutes", changed("lockoutDurationMinutes", "lockoutMinutes"), error_code::platform_response_malformed);
    support::refused("404", parse(404, R"({"code":"USER_NOT_FOUND"})"), error_code::user_not_found);
    support::refused("401", parse(401, R"({"code":"INVALID_CLIENT"})"), error_code::platform_client_refused);
    support::refused("429", parse(429, R"({"code":"RATE_LIMITED"})"), error_code::too_many_requests);
}

TEST_CASE("a user is unlocked") {
    support::sends(calimatic::build_unlock_user_request(platform, "u-1", support::camel_case_profile()), http_method::post, "/security/unlock",
        R"({"userId":"u-1"})");
    support::sends(
        calimatic::build_unlock_user_request(platform, "u-1", support::other_profile()), http_method::post, "/security/unlock", R"({"user":"u-1"})");
    support::lacks(calimatic::build_unlock_user_request(platform, "u-1", {}), "unlock_user_id");
    support::lacks(calimatic::build_unlock_user_request(platform, "u-1", {.unlock_user_id = "\xff"}), "unlock_user_id");
    support::refused(
        "nobody", calimatic::build_unlock_user_request(platform, "", support::camel_case_profile()), error_code::platform_member_invalid);

    auto const outcome = [](int status, std::string body) { return calimatic::parse_unlock_user_response(reply(status, std::move(body)), platform); };
    CHECK(outcome(200, R"({"unlocked":true})")->root()["unlocked"].as_bool() == true);
    support::accepted("nothing", outcome(204, ""));
    support::refused("404", outcome(404, R"({"code":"USER_NOT_FOUND"})"), error_code::user_not_found);
}
