#include <calimatic/platform/headless/headless_logout.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::http_method;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();

} // namespace

TEST_CASE("a headless logout revokes a refresh token") {
    support::sends(calimatic::build_headless_logout_request(platform, "the.refresh.token", support::camel_case_profile()), http_method::post,
        "/logout", R"({"refreshToken":"the.refresh.token"})");
    support::sends(calimatic::build_headless_logout_request(platform, "the.refresh.token", support::other_profile()), http_method::post, "/logout",
        R"({"revoke":"the.refresh.token"})");
    support::lacks(calimatic::build_headless_logout_request(platform, "the.refresh.token", {}), "logout_refresh_token");
    support::refused("no token", calimatic::build_headless_logout_request(platform, "", support::camel_case_profile()), error_code::token_missing);
}

TEST_CASE("any success ends it") {
    auto const parse = [](int status, std::string body) {
        return calimatic::parse_headless_logout_response(reply(status, std::move(body)), platform, "the.refresh.token");
    };
    support::accepted("an object", parse(200, "{}"));
    support::accepted("nothing", parse(200, ""));
    support::accepted("204", parse(204, ""));
    support::accepted("an envelope", parse(200, R"({"success":true})"));
    support::refused("a page", parse(200, "<html>"), error_code::json_syntax);
    support::refused("a refusal in a 200", parse(200, R"({"success":false})"), error_code::platform_error);
    support::refused("503", parse(503, ""), error_code::server_unavailable);
    auto const unknown = parse(401, R"({"success":false,"error":"the.refresh.token is not known","code":"INVALID_TOKEN"})");
    support::refused("unknown", unknown, error_code::invalid_token);
    CHECK(unknown.error().server_text() == "[secret] is not known");
}
