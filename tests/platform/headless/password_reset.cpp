#include <calimatic/platform/headless/password_reset.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::headless_profile;
using calimatic::http_method;
using support::camel_case_profile;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();
constexpr std::string_view token = "a-token-of-mail";
constexpr std::string_view password = "correct horse";

} // namespace

TEST_CASE("a mail to reset a password is asked for") {
    support::sends(calimatic::build_password_reset_send_request(platform, "alice@example.com"), http_method::post, "/password/reset-send",
        R"({"email":"alice@example.com"})");
    support::refused("no address", calimatic::build_password_reset_send_request(platform, ""), error_code::platform_member_invalid);

    auto const parse = [](int status, std::string body) {
        return calimatic::parse_password_reset_send_response(reply(status, std::move(body)), platform);
    };
    support::accepted("as documented", parse(200, "{}"));
    support::refused("a page", parse(200, "<html>"), error_code::json_syntax);
    support::refused("429", parse(429, R"({"code":"RATE_LIMITED"})"), error_code::too_many_requests);
    support::refused("401", parse(401, R"({"code":"INVALID_CLIENT"})"), error_code::platform_client_refused);
    support::refused("400", parse(400, R"({"code":"VALIDATION_ERROR"})"), error_code::platform_input_refused);
}

TEST_CASE("a new password is set with the token of the mail") {
    support::sends(calimatic::build_password_reset_confirm_request(platform, token, password, camel_case_profile()), http_method::post,
        "/password/reset-confirm", R"({"token":"a-token-of-mail","newPassword":"correct horse"})");
    support::sends(calimatic::build_password_reset_confirm_request(platform, token, password, support::other_profile()), http_method::post,
        "/password/reset-confirm", R"({"reset_token":"a-token-of-mail","new_password":"correct horse"})");

    auto const without = [](auto forget, std::string_view member) {
        auto profile = camel_case_profile();
        forget(profile);
        support::lacks(calimatic::build_password_reset_confirm_request(platform, token, password, profile), member);
    };
    without([](headless_profile& p) { p.password_reset_token.clear(); }, "password_reset_token");
    without([](headless_profile& p) { p.password_reset_new_password.clear(); }, "password_reset_new_password");
    support::refused("no token", calimatic::build_password_reset_confirm_request(platform, "", password, camel_case_profile()),
        error_code::platform_member_invalid);
    support::refused("no password", calimatic::build_password_reset_confirm_request(platform, token, "", camel_case_profile()),
        error_code::platform_member_invalid);
    support::refused("two values, one name",
        calimatic::build_password_reset_confirm_request(platform, token, password, {.password_reset_token = "x", .password_reset_new_password = "x"}),
        error_code::json_duplicate_member);
}

TEST_CASE("a reset's reply is whatever the platform says") {
    auto const parse = [](int status, std::string body) {
        return calimatic::parse_password_reset_confirm_response(reply(status, std::move(body)), platform, token, password);
    };
    support::accepted("an object", parse(200, "{}"));
    support::accepted("nothing", parse(204, ""));
    support::refused("a page", parse(200, "<html>"), error_code::json_syntax);
    auto const refused = parse(400, R"({"error":"neither a-token-of-mail nor correct horse will do"})");
    support::refused("refused", refused, error_code::platform_error);
    CHECK(refused.error().server_text() == "neither [secret] nor [secret] will do");
}
