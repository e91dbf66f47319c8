#include <calimatic/platform/headless/email_verification.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::http_method;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();

} // namespace

TEST_CASE("a mail to verify an address is asked for") {
    support::sends(calimatic::build_email_verification_send_request(platform, "alice@example.com"), http_method::post, "/email/verify-send",
        R"({"email":"alice@example.com"})");
    support::refused("no address", calimatic::build_email_verification_send_request(platform, ""), error_code::platform_member_invalid);

    auto const parse = [](int status, std::string body) {
        return calimatic::parse_email_verification_send_response(reply(status, std::move(body)), platform);
    };
    support::accepted("as documented", parse(200, "{}"));
    support::refused("a page", parse(200, "<html>"), error_code::json_syntax);
    support::refused("an array", parse(200, "[]"), error_code::platform_response_malformed);
    support::refused("429", parse(429, R"({"code":"RATE_LIMITED"})"), error_code::too_many_requests);
    support::refused("401", parse(401, R"({"code":"INVALID_CLIENT"})"), error_code::platform_client_refused);
    support::refused("400", parse(400, R"({"error":{"code":"VALIDATION_ERROR","message":"email"}})"), error_code::platform_input_refused);
    auto const told = parse(401, R"({"code":"INVALID_CLIENT","message":"not ccas_a-secret-of-ours"})");
    support::refused("a secret", told, error_code::platform_client_refused);
    CHECK(told.error().server_text() == "not [secret]");
}

TEST_CASE("an address is verified with the token of the mail") {
    support::sends(calimatic::build_email_verification_confirm_request(platform, "a/token+of=mail", support::camel_case_profile()), http_method::post,
        "/email/verify-confirm", R"({"token":"a/token+of=mail"})");
    support::sends(calimatic::build_email_verification_confirm_request(platform, "a/token+of=mail", support::other_profile()), http_method::post,
        "/email/verify-confirm", R"({"email_token":"a/token+of=mail"})");
    support::lacks(calimatic::build_email_verification_confirm_request(platform, "a-token", {}), "email_verification_token");
    support::refused("no token", calimatic::build_email_verification_confirm_request(platform, "", support::camel_case_profile()),
        error_code::platform_member_invalid);

    auto const parse = [](int status, std::string body) {
        return calimatic::parse_email_verification_confirm_response(reply(status, std::move(body)), platform, "a-token-of-mail");
    };
    auto const verified = parse(200, R"({"email":"alice@example.com"})");
    support::accepted("an object", verified);
    CHECK(verified->root()["email"].as_string() == "alice@example.com");
    support::accepted("nothing", parse(204, ""));
    auto const spent = parse(400, R"({"code":"TOKEN_USED","message":"a-token-of-mail was used"})");
    support::refused("spent", spent, error_code::platform_error);
    CHECK(spent.error().server_error() == "TOKEN_USED");
    CHECK(spent.error().server_text() == "[secret] was used");
}
