#include <calimatic/platform/headless/password_policy.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/headless.hpp"

using calimatic::error_code;
using calimatic::http_method;
using support::reply;

TEST_CASE("the password policy is asked for and read as it is") {
    auto const platform = support::headless_platform();
    support::sends(calimatic::build_password_policy_request(platform), http_method::get, "/security/password-policy", "");

    auto const parse = [&platform](int status, std::string body) {
        return calimatic::parse_password_policy_response(reply(status, std::move(body)), platform);
    };
    auto const policy = parse(200, R"({"minLength":12,"rules":[{"name":"digits"}]})");
    support::accepted("an object", policy);
    CHECK(policy->root()["minLength"].as_int64() == 12);
    CHECK(policy->root()["rules"][0]["name"].as_string() == "digits");
    support::refused("nothing", parse(200, ""), error_code::json_syntax);
    support::refused("an array", parse(200, "[]"), error_code::platform_response_malformed);
    support::refused("a refusal in a 200", parse(200, R"({"success":false,"error":"No."})"), error_code::platform_error);
    support::refused("401", parse(401, R"({"code":"INVALID_CLIENT"})"), error_code::platform_client_refused);
}
