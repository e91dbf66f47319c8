#include <calimatic/platform/headless/headless_signup.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/headless.hpp"

using calimatic::condition;
using calimatic::error_code;
using calimatic::headless_profile;
using calimatic::headless_signup;
using calimatic::http_method;
using support::camel_case_profile;
using support::other_profile;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();

headless_signup alice(std::string extra = {}) { return {"alice@example.com", "correct horse", "Alice", "Example", std::move(extra)}; }

} // namespace

TEST_CASE("a signup sends what there is, under the profile's names") {
    support::sends(calimatic::build_headless_signup_request(platform, alice(), camel_case_profile()), http_method::post, "/signup",
        R"({"email":"alice@example.com","password":"correct horse","firstName":"Alice","lastName":"Example"})");
    support::sends(calimatic::build_headless_signup_request(platform, alice(R"({"terms":{"accepted":true},"age":7})"), other_profile()),
        http_method::post, "/signup",
        R"({"login":"alice@example.com","pass word":"correct horse","given_name":"Alice","family_name":"Example","terms":{"accepted":true},"age":7})");
    support::sends(calimatic::build_headless_signup_request(
                       platform, {"alice@example.com", "correct horse", "", "", ""}, {.signup_email = "email", .signup_password = "password"}),
        http_method::post, "/signup", R"({"email":"alice@example.com","password":"correct horse"})");
}

TEST_CASE("a signup that cannot work is not begun") {
    auto const without = [](auto forget, std::string_view member) {
        auto profile = camel_case_profile();
        forget(profile);
        support::lacks(calimatic::build_headless_signup_request(platform, alice(), profile), member);
    };
    without([](headless_profile& p) { p.signup_email.clear(); }, "signup_email");
    without([](headless_profile& p) { p.signup_password.clear(); }, "signup_password");
    without([](headless_profile& p) { p.signup_first_name.clear(); }, "signup_first_name");
    without([](headless_profile& p) { p.signup_last_name.clear(); }, "signup_last_name");

    auto const refuse = [](std::string_view what, headless_signup const& signup, error_code code) {
        auto const request = calimatic::build_headless_signup_request(platform, signup, camel_case_profile());
        support::refused(what, request, code);
        CHECK(request.error().condition() == condition::correct_input);
    };
    refuse("no address", {"", "correct horse", "", "", ""}, error_code::platform_member_invalid);
    refuse("no password", {"alice@example.com", "", "", "", ""}, error_code::platform_member_invalid);
    refuse("a name in Latin-1", {"alice@example.com", "correct horse", "Ren\xe9", "", ""}, error_code::platform_member_invalid);
    refuse("extra that is no JSON", alice("{"), error_code::json_syntax);
    refuse("extra that is an array", alice("[]"), error_code::json_not_an_object);
    refuse("extra that says otherwise", alice(R"({"password":"other"})"), error_code::json_duplicate_member);
}

TEST_CASE("a signup's reply is whatever the platform says") {
    auto const parse = [](int status, std::string body) {
        return calimatic::parse_headless_signup_response(reply(status, std::move(body)), platform, "correct horse");
    };
    auto const created = parse(201, R"({"userId":"u-1","verified":false})");
    support::accepted("an object", created);
    CHECK(created->root()["userId"].as_string() == "u-1");
    support::accepted("nothing", parse(201, ""));
    CHECK(parse(204, "")->root().kind() == calimatic::json_kind::absent);
    support::refused("a page", parse(200, "<html>"), error_code::json_syntax);
    support::refused("an array", parse(200, "[]"), error_code::platform_response_malformed);
    support::refused("a refusal in a 200", parse(200, R"({"success":false,"error":"No."})"), error_code::platform_error);
    support::refused("nothing, 404", parse(404, ""), error_code::status_unexpected);
    support::refused("a redirect", parse(302, ""), error_code::redirect_not_followed);
    auto const weak = parse(400, R"({"code":"VALIDATION_ERROR","message":"correct horse is too weak"})");
    support::refused("weak", weak, error_code::platform_input_refused);
    CHECK(weak.error().server_text() == "[secret] is too weak");
}
