#include <calimatic/platform/headless/mfa.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/headless.hpp"

using calimatic::condition;
using calimatic::error_code;
using calimatic::headless_profile;
using calimatic::http_method;
using calimatic::mfa_proof;
using support::camel_case_profile;
using support::other_profile;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();
constexpr std::string_view token = "an.access.token";

mfa_proof both() { return {"123456", "correct horse"}; }

} // namespace

TEST_CASE("each request has the user's token and the client's credential") {
    using enum http_method;
    auto const send = [](auto const& request, http_method method, std::string_view path, std::string_view body) {
        support::sends(request, method, path, body, token);
    };
    send(calimatic::build_mfa_status_request(platform, token), get, "/mfa/status", "");
    send(calimatic::build_mfa_backup_codes_request(platform, token), get, "/mfa/backup-codes", "");
    send(calimatic::build_mfa_enroll_request(platform, token, "", {}), post, "/mfa/enroll", "{}");
    send(calimatic::build_mfa_enroll_request(platform, token, "totp", camel_case_profile()), post, "/mfa/enroll", R"({"method":"totp"})");
    send(calimatic::build_mfa_enroll_request(platform, token, "totp", other_profile()), post, "/mfa/enroll", R"({"factor":"totp"})");
    send(calimatic::build_mfa_enroll_confirm_request(platform, token, "123456", camel_case_profile()), post, "/mfa/enroll/confirm",
        R"({"code":"123456"})");
    send(calimatic::build_mfa_enroll_confirm_request(platform, token, "123456", other_profile()), post, "/mfa/enroll/confirm", R"({"otp":"123456"})");
    send(calimatic::build_mfa_disable_request(platform, token, {}, {}), post, "/mfa/disable", "{}");
    send(calimatic::build_mfa_disable_request(platform, token, both(), camel_case_profile()), post, "/mfa/disable",
        R"({"code":"123456","password":"correct horse"})");
    send(calimatic::build_mfa_disable_request(platform, token, both(), other_profile()), post, "/mfa/disable",
        R"({"otp":"123456","secret":"correct horse"})");
    send(calimatic::build_regenerate_mfa_backup_codes_request(platform, token, {}, {}), post, "/mfa/backup-codes", "{}");
    send(calimatic::build_regenerate_mfa_backup_codes_request(platform, token, both(), camel_case_profile()), post, "/mfa/backup-codes",
        R"({"code":"123456","password":"correct horse"})");
    send(calimatic::build_regenerate_mfa_backup_codes_request(platform, token, {"123456", ""}, other_profile()), post, "/mfa/backup-codes",
        R"({"one_time":"123456"})");
}

TEST_CASE("a host that adds the credential sees the token alone") {
    auto const request = calimatic::build_mfa_status_request({"https://own.example", calimatic::added_by_host{}}, token);
    support::accepted("by host", request);
    CHECK(calimatic::find_header(request->headers, "Authorization") == "Bearer an.access.token");
    CHECK(request->headers.size() == 2);
}

TEST_CASE("a request about the second factor that cannot work is not begun") {
    support::lacks(calimatic::build_mfa_enroll_request(platform, token, "totp", {}), "mfa_enroll_method");
    support::lacks(calimatic::build_mfa_enroll_confirm_request(platform, token, "123456", {}), "mfa_enroll_confirm_code");
    support::lacks(calimatic::build_mfa_disable_request(platform, token, both(), {}), "mfa_disable_code");
    support::lacks(calimatic::build_mfa_disable_request(platform, token, both(), {.mfa_disable_code = "code"}), "mfa_disable_password");
    support::lacks(calimatic::build_regenerate_mfa_backup_codes_request(platform, token, both(), {}), "mfa_backup_codes_code");
    support::lacks(calimatic::build_regenerate_mfa_backup_codes_request(platform, token, both(), {.mfa_backup_codes_code = "code"}),
        "mfa_backup_codes_password");
    support::refused(
        "no code", calimatic::build_mfa_enroll_confirm_request(platform, token, "", camel_case_profile()), error_code::platform_member_invalid);
    for (auto const* bad : {"", "a b", "a\r\nx: y"}) {
        support::refused(bad, calimatic::build_mfa_status_request(platform, bad), error_code::token_not_sendable);
        support::refused(bad, calimatic::build_mfa_enroll_request(platform, bad, "", {}), error_code::token_not_sendable);
    }
    support::refused(
        "an API key", calimatic::build_mfa_status_request({"https://auth.example", calimatic::api_key{"k"}}, token), error_code::client_id_missing);
}

TEST_CASE("replies about the second factor are whatever the platform says") {
    auto const all = [](int status, std::string_view body) {
        auto const response = reply(status, std::string(body));
        std::vector<std::pair<std::string_view, calimatic::result<calimatic::json_document>>> outcomes;
        outcomes.emplace_back("status", calimatic::parse_mfa_status_response(response, platform, token));
        outcomes.emplace_back("enroll", calimatic::parse_mfa_enroll_response(response, platform, token));
        outcomes.emplace_back("confirm", calimatic::parse_mfa_enroll_confirm_response(response, platform, token, "123456"));
        outcomes.emplace_back("disable", calimatic::parse_mfa_disable_response(response, platform, token, both()));
        outcomes.emplace_back("codes", calimatic::parse_mfa_backup_codes_response(response, platform, token));
        outcomes.emplace_back("new codes", calimatic::parse_regenerate_mfa_backup_codes_response(response, platform, token, both()));
        return outcomes;
    };
    for (auto const& [what, outcome] : all(200, R"({"enabled":true,"codes":["a","b"]})")) {
        support::accepted(what, outcome);
        CHECK(outcome->root()["codes"][1].as_string() == "b");
    }
    for (auto const& [what, outcome] : all(204, "")) support::accepted(what, outcome);
    for (auto const& [what, outcome] : all(200, "<html>")) support::refused(what, outcome, error_code::json_syntax);
    for (auto const& [what, outcome] : all(429, R"({"code":"RATE_LIMITED"})")) support::refused(what, outcome, error_code::too_many_requests);
    for (auto const& [what, outcome] : all(404, "")) support::refused(what, outcome, error_code::status_unexpected);
    for (auto const& [what, outcome] : all(401, R"({"code":"INVALID_TOKEN","message":"an.access.token has expired"})")) {
        support::refused(what, outcome, error_code::invalid_token);
        CHECK(outcome.error().condition() == condition::authorize_again);
        CHECK(outcome.error().server_text() == "[secret] has expired");
    }
    // Without a word of the platform's own, but one of HTTP's.
    for (auto const& [what, outcome] : all(401, "")) support::refused(what, outcome, error_code::access_refused);
    for (auto const& [what, outcome] : all(403, "<html>")) support::refused(what, outcome, error_code::access_refused);
    auto const challenged = calimatic::parse_mfa_status_response(
        {401, {{"WWW-Authenticate", R"(Bearer error="invalid_token", error_description="an.access.token is old")"}}, ""}, platform, token);
    support::refused("a challenge", challenged, error_code::invalid_token);
    CHECK(challenged.error().server_text() == "[secret] is old");

    auto const wrong = calimatic::parse_mfa_disable_response(
        reply(401, R"({"code":"MFA_INVALID_CODE","message":"neither 123456 nor correct horse"})"), platform, token, both());
    support::refused("a wrong code", wrong, error_code::mfa_code_wrong);
    CHECK(wrong.error().server_text() == "[secret]");
}
