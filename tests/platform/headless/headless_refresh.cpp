#include <calimatic/platform/headless/headless_refresh.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::headless_profile;
using calimatic::http_method;
using calimatic::milliseconds;
using calimatic::time_point;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();
constexpr std::string_view sent = "the.refresh.token";

auto parse(int status, std::string_view body, headless_profile const& profile = support::camel_case_profile()) {
    return calimatic::parse_headless_refresh_response(reply(status, std::string(body)), platform, sent, profile);
}

} // namespace

TEST_CASE("a refresh sends the token under the profile's name") {
    support::sends(calimatic::build_headless_refresh_request(platform, sent, support::camel_case_profile()), http_method::post, "/refresh",
        R"({"refreshToken":"the.refresh.token"})");
    support::sends(calimatic::build_headless_refresh_request(platform, sent, support::other_profile()), http_method::post, "/refresh",
        R"({"refresh_token":"the.refresh.token"})");
}

TEST_CASE("a refresh token is not spent on a reply that cannot be read") {
    auto const without = [](auto forget, std::string_view member) {
        auto profile = support::camel_case_profile();
        forget(profile);
        support::lacks(calimatic::build_headless_refresh_request(platform, sent, profile), member);
        if (member.starts_with("refresh_reply")) support::lacks(parse(200, "{}", profile), member);
    };
    without([](headless_profile& p) { p.refresh_refresh_token.clear(); }, "refresh_refresh_token");
    without([](headless_profile& p) { p.refresh_reply.access_token.clear(); }, "refresh_reply.access_token");
    without([](headless_profile& p) { p.refresh_reply.refresh_token.clear(); }, "refresh_reply.refresh_token");
    without([](headless_profile& p) { p.refresh_reply.id_token.clear(); }, "refresh_reply.id_token");
    without([](headless_profile& p) { p.refresh_reply.expires_at.clear(); }, "refresh_reply.expires_at");
    support::refused(
        "no token", calimatic::build_headless_refresh_request(platform, "", support::camel_case_profile()), error_code::refresh_token_missing);
}

TEST_CASE("a reply gives fresh tokens") {
    auto const tokens = parse(200,
        R"({"accessToken":"a","refreshToken":"r","idToken":"i","expiresAt":"2025-01-15T11:00:00Z","user":{"userId":"u-1","email":"a@b.c"},"x":1})");
    support::accepted("as after a login", tokens);
    CHECK(tokens->access_token.expose() == "a");
    CHECK(tokens->refresh_token.expose() == "r");
    CHECK(tokens->id_token.expose() == "i");
    CHECK(tokens->expires_at == time_point(milliseconds(1'736'938'800'000)));
    CHECK(tokens->user.user_id == "u-1");
    CHECK(tokens->document.root()["x"].as_int64() == 1);

    auto const other =
        parse(200, R"({"access_token":"a","refresh_token":"r","id_token":"i","expires_at":"2025-01-15T11:00:00Z"})", support::other_profile());
    support::accepted("under other names", other);
    CHECK(other->access_token.expose() == "a");
    CHECK(other->refresh_token.expose() == "r");
    CHECK(other->id_token.expose() == "i");
    CHECK(other->user.user_id.empty());
}

TEST_CASE("a reply without a refresh token keeps the old one") {
    for (auto const* body : {R"({"accessToken":"a","expiresAt":"2025-01-15T11:00:00Z"})",
             R"({"accessToken":"a","refreshToken":null,"idToken":null,"expiresAt":"2025-01-15T11:00:00Z"})",
             R"({"accessToken":"a","refreshToken":"","idToken":"","expiresAt":"2025-01-15T11:00:00Z","user":"u-1"})"}) {
        auto const tokens = parse(200, body);
        support::accepted(body, tokens);
        CHECK(tokens->refresh_token.expose() == sent);
        CHECK(tokens->id_token.empty());
        CHECK(tokens->user.user_id.empty());
    }
}

TEST_CASE("a reply that does not say when its token ends is one all the same") {
    for (auto const* body : {R"({"accessToken":"a","refreshToken":"r"})", R"({"accessToken":"a","refreshToken":"r","expiresAt":null})"}) {
        auto const tokens = parse(200, body);
        support::accepted(body, tokens);
        CHECK(tokens->refresh_token.expose() == "r");
        CHECK_FALSE(tokens->expires_at);
    }
}

TEST_CASE("replies to a refresh that are refused") {
    auto const refuse = [](std::string_view what, std::string_view body, error_code code) { support::refused(what, parse(200, body), code); };
    refuse("no access token", R"({"refreshToken":"r","expiresAt":"2025-01-15T11:00:00Z"})", error_code::platform_response_malformed);
    refuse("no good time", R"({"accessToken":"a","expiresAt":"soon"})", error_code::timestamp_malformed);
    refuse("a refresh token that is a number", R"({"accessToken":"a","refreshToken":1,"expiresAt":"2025-01-15T11:00:00Z"})",
        error_code::json_member_type_wrong);
    refuse("names of another profile", R"({"access_token":"a","expires_at":"2025-01-15T11:00:00Z"})", error_code::platform_response_malformed);
    refuse("a refusal in a 200", R"({"success":false,"error":"INVALID_TOKEN"})", error_code::invalid_token);
    refuse("an array", "[]", error_code::platform_response_malformed);
    refuse("nothing", "", error_code::json_syntax);
}

TEST_CASE("a refused refresh does not repeat the token") {
    auto const tokens = parse(401, R"({"error":{"code":"INVALID_TOKEN","message":"the.refresh.token is spent"}})");
    support::refused("spent", tokens, error_code::invalid_token);
    CHECK(tokens.error().server_text() == "[secret] is spent");
    support::refused("a page", parse(503, "<html>"), error_code::server_unavailable);
}
