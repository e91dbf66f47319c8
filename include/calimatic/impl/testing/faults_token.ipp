#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/impl/testing/faults_network.ipp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <cstddef>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// A value that is nested deeper than any honest one.
inline std::string deep_json() { return std::string(20'000, '[') + std::string(20'000, ']'); }

/// More than any answer may have.
inline constexpr std::size_t huge_body = 1024 * 1024;

/// Sends the client elsewhere, with what it sent.
inline void redirect_elsewhere(simulated_answer& a) {
    a.answer(307, "text/plain", "");
    a.header("Location", "https://attacker.example/sink");
}

/// Faults of the token response (RFC 6749 5).
inline std::span<testing::fault const> token_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto token = testing::simulated_endpoint::token;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"tok-access-missing", token, refused, body, "no access_token", [](answer& a) { a.body.remove("access_token"); }},
        {"tok-access-empty", token, refused, body, "access_token is empty", [](answer& a) { a.body.set_string("access_token", ""); }},
        {"tok-access-number", token, refused, body, "access_token is a number", [](answer& a) { a.body.set_number("access_token", 1); }},
        {"tok-access-crlf", token, refused, body, "access_token has a line break and a header in it",
            [](answer& a) { a.body.set_string("access_token", "token\r\nX-Injected: 1"); }},
        {"tok-type-missing", token, refused, body, "no token_type", [](answer& a) { a.body.remove("token_type"); }},
        {"tok-type-mac", token, refused, body, "token_type is mac", [](answer& a) { a.body.set_string("token_type", "mac"); }},
        {"ok-tok-type-case", token, accepted, body, "token_type is bEARER", [](answer& a) { a.body.set_string("token_type", "bEARER"); }},
        {"tok-array", token, refused, response, "an array", [](answer& a) { a.response.body = "[" + a.response.body + "]"; }},
        {"tok-empty", token, refused, response, "an empty body", [](answer& a) { a.response.body.clear(); }},
        {"tok-html", token, refused, response, "a page", [](answer& a) { gateway_answers(a, 200); }},
        {"tok-error-in-200", token, refused, response, "an error with status 200", [](answer& a) { a.response.body = R"({"error":"invalid_grant"})"; }},
        {"ok-tok-extra", token, accepted, body, "members that nobody knows",
            [](answer& a) { a.body.set("not-before-policy", "0").set("session_state", R"({"a":[null,1.5]})"); }},
        {"tok-dup", token, refused, body, "access_token is there twice", [](answer& a) { a.body.repeat("access_token", R"("another")"); }},
        {"ok-tok-expires-missing", token, accepted, body, "no expires_in", [](answer& a) { a.body.remove("expires_in"); }},
        {"tok-expires-string", token, refused, body, "expires_in is a string", [](answer& a) { a.body.set_string("expires_in", "3600"); }},
        {"tok-expires-negative", token, accepted, body, "expires_in is -1: the token has expired already", [](answer& a) { a.body.set_number("expires_in", -1); }},
        {"tok-expires-huge", token, accepted, body, "expires_in is 9e18, which is to be cut and must not overflow", [](answer& a) { a.body.set("expires_in", "9000000000000000000"); }},
        {"tok-400-html", token, refused, instead, "status 400 with a page", [](answer& a) { gateway_answers(a, 400); }},
        {"tok-400-no-error", token, refused, instead, "status 400 with an object that has no error", [](answer& a) { a.answer(400, "application/json", R"({"message":"no"})"); }},
        {"tok-500", token, failed, instead, "status 500", [](answer& a) { gateway_answers(a, 500); }},
        {"tok-503-retry", token, failed, instead, "status 503 with Retry-After", [](answer& a) { gateway_answers(a, 503); a.header("Retry-After", std::to_string(a.retry_after.count())); }},
        {"tok-429", token, failed, instead, "status 429 with Retry-After", [](answer& a) { gateway_answers(a, 429); a.header("Retry-After", std::to_string(a.retry_after.count())); }},
        {"tok-redirect", token, refused, instead, "a redirect that would take the request to another server", redirect_elsewhere},
        {"tok-huge", token, refused, response, "a body of a megabyte", [](answer& a) { a.response.body.resize(huge_body, ' '); }},
        {"tok-deep", token, refused, body, "a member that is nested 20,000 deep", [](answer& a) { a.body.set("deep", deep_json()); }},
        {"tok-truncated", token, refused, response, "the body ends in the middle", [](answer& a) { a.response.body.resize(a.response.body.size() / 2); }},
        {"tok-trailing", token, refused, response, "more behind the object", [](answer& a) { a.response.body += "{}"; }},
        {"tok-hang", token, failed, lost_after, "the server acts and then says nothing until the time is up",
            [](answer& a) { a.failure = transport_failure::no_answer; a.duration = a.timeout; }},
        {"tok-close", token, failed, lost_after, "the server acts and closes the connection without an answer",
            [](answer& a) { a.failure = transport_failure::no_answer; }},
        {"tok-short-length", token, failed, lost_after, "the server closes the connection before the length that it told, so that the host has no complete answer",
            [](answer& a) { a.failure = transport_failure::no_answer; }},
        {"ok-tok-refresh-dropped", token, accepted, body, "no refresh_token: of a refresh, the old one is to be kept", [](answer& a) { a.body.remove("refresh_token"); }},
    };
    // clang-format on
    return rows;
}

/// Faults of the UserInfo response (OIDC Core 5.3).
inline std::span<testing::fault const> userinfo_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    static constexpr auto userinfo = testing::simulated_endpoint::userinfo;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"ui-sub-wrong", userinfo, refused, body, "sub of somebody else", [](answer& a) { a.body.set_string("sub", a.body.string("sub") + "invalid"); }},
        {"ui-sub-missing", userinfo, refused, body, "no sub", [](answer& a) { a.body.remove("sub"); }},
        {"ui-sub-number", userinfo, refused, body, "sub is a number", [](answer& a) { a.body.set_number("sub", 1); }},
        {"ui-401", userinfo, refused, instead, "the token is refused as invalid",
            [](answer& a) { a.answer(401, "text/plain", ""); a.header("WWW-Authenticate", R"(Bearer realm="a, b", error="invalid_token", error_description="The \"token\" expired")"); }},
        {"ui-403", userinfo, refused, instead, "the token does not reach this far",
            [](answer& a) { a.answer(403, "text/plain", ""); a.header("WWW-Authenticate", R"(Basic abc==, bearer error=insufficient_scope, scope="openid profile")"); }},
        {"ui-401-dpop-case", userinfo, refused, instead, "the token is refused with a challenge of another scheme, in odd letter case",
            [](answer& a) { a.answer(401, "text/plain", ""); a.header("WWW-Authenticate", R"(dPoP algs="ES256", error="invalid_token")"); }},
        {"ui-html", userinfo, refused, response, "a page", [](answer& a) { gateway_answers(a, 200); }},
        {"ui-array", userinfo, refused, response, "an array", [](answer& a) { a.response.body = "[" + a.response.body + "]"; }},
        {"ui-redirect", userinfo, refused, instead, "a redirect that would take the token to another server", redirect_elsewhere},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
