#pragma once
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <calimatic/platform/platform_request.hpp>
#include <calimatic/testing/simulated_headless.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

/// \file
/// What the tests of the headless API share: a platform, two profiles that have no name in common, requests compared whole.

namespace support {

inline calimatic::platform_client headless_platform() { return {"https://auth.example", calimatic::app_client{"cca_1", "ccas_a-secret-of-ours"}}; }

/// The names that one would expect from those that are documented.
inline calimatic::headless_profile camel_case_profile() { return calimatic::testing::simulated_headless_profile(); }

/// Others, so that no name can have come from elsewhere than the profile.
inline calimatic::headless_profile other_profile() {
    return {
        .signup_email = "login",
        .signup_password = "pass word",
        .signup_first_name = "given_name",
        .signup_last_name = "family_name",
        .refresh_refresh_token = "refresh_token",
        .refresh_reply = {"access_token", "refresh_token", "id_token", "expires_at"},
        .logout_refresh_token = "revoke",
        .email_verification_token = "email_token",
        .password_reset_token = "reset_token",
        .password_reset_new_password = "new_password",
        .delete_sessions_user_id = "user",
        .delete_sessions_place = calimatic::parameter_place::body,
        .unlock_user_id = "user",
        .mfa_enroll_method = "factor",
        .mfa_enroll_confirm_code = "otp",
        .mfa_disable_code = "otp",
        .mfa_disable_password = "secret",
        .mfa_backup_codes_code = "one_time",
        .mfa_backup_codes_password = "phrase",
    };
}

/// Checks a whole request: method, address below /api/v1/auth/headless, header fields, body.
inline void sends(calimatic::result<calimatic::http_request> const& request, calimatic::http_method method, std::string_view path,
    std::string_view body, std::string_view bearer = {}) {
    INFO(path);
    accepted("request", request);
    CHECK(request->method == method);
    CHECK(request->url == "https://auth.example/api/v1/auth/headless" + std::string(path));
    CHECK(request->body == body);
    auto const header = [&request](char const* name) { return calimatic::find_header(request->headers, name).value_or("none"); };
    CHECK(header("x-client-id") == "cca_1");
    CHECK(header("x-client-secret") == "ccas_a-secret-of-ours");
    CHECK(header("Accept") == "application/json");
    CHECK(header("Content-Type") == (body.empty() ? "none" : "application/json"));
    CHECK(header("Authorization") == (bearer.empty() ? "none" : "Bearer " + std::string(bearer)));
    CHECK(request->headers.size() == 3 + (body.empty() ? 0u : 1u) + (bearer.empty() ? 0u : 1u));
    CHECK(request->max_response_body == calimatic::limits{}.platform_body);
}

/// Checks that a call is refused for want of one name, and which.
template <class T>
void lacks(calimatic::result<T> const& outcome, std::string_view member) {
    refused(member, outcome, calimatic::error_code::platform_fact_missing);
    CHECK(outcome.error().expected() == member);
}

inline calimatic::http_response reply(int status, std::string body) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

} // namespace support
