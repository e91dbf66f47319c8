#include <calimatic/platform/headless/headless_login.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/headless.hpp"

using calimatic::condition;
using calimatic::error_code;
using calimatic::headless_tokens;
using calimatic::http_method;
using calimatic::mfa_challenge;
using calimatic::milliseconds;
using calimatic::seconds;
using calimatic::time_point;
using support::reply;

namespace {

calimatic::platform_client const platform = support::headless_platform();
constexpr std::string_view password = "correct horse battery staple";

/// As documented, with members that are not.
constexpr std::string_view tokens_reply =
    R"({"accessToken":"an.access.token","refreshToken":"a.refresh.token","idToken":"an.id.token","expiresAt":"2025-01-15T11:00:00.000Z",)"
    R"("user":{"userId":"u-1","email":"alice@example.com","firstName":"Alice","lastName":"Example","organizationId":"o-1","orgName":"Acme",)"
    R"("licenses":["app-1","app-2"],"theme":"dark"},"device":{"known":true}})";
constexpr std::string_view challenge_reply =
    R"({"mfaRequired":true,"mfaToken":"mfa_eyJhbGciOiJIUzI1NiJ9.e30.x","expiresIn":300,"methods":["totp","backup_code"],)"
    R"("user":{"userId":"u-1","email":"alice@example.com","firstName":"Alice"}})";

auto parse(int status, std::string_view body) {
    return calimatic::parse_headless_login_response(reply(status, std::string(body)), platform, password);
}

/// A reply with one piece of it changed.
std::string changed(std::string_view text, std::string_view from, std::string_view to) {
    std::string whole(text);
    auto const at = whole.find(from);
    REQUIRE(at != std::string::npos);
    return whole.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a login is a POST of address and password") {
    support::sends(calimatic::build_headless_login_request(platform, "alice@example.com", password), http_method::post, "/login",
        R"({"email":"alice@example.com","password":"correct horse battery staple"})");
    support::sends(calimatic::build_headless_login_request(platform, "a\"b@example.com", "p\\\n\xc3\xa4\xf0\x9f\x94\x91"), http_method::post,
        "/login", "{\"email\":\"a\\\"b@example.com\",\"password\":\"p\\\\\\n\xc3\xa4\xf0\x9f\x94\x91\"}");
}

TEST_CASE("a host that adds the credential sees none") {
    auto const request =
        calimatic::build_headless_login_request({"https://own.example/auth", calimatic::added_by_host{}}, "alice@example.com", password);
    support::accepted("request", request);
    CHECK(request->url == "https://own.example/auth/api/v1/auth/headless/login");
    CHECK(request->headers.size() == 2);
    CHECK_FALSE(calimatic::find_header(request->headers, "x-client-id"));
}

TEST_CASE("a login that cannot work is not begun") {
    auto const build = [](std::string_view email, std::string_view secret) {
        return calimatic::build_headless_login_request(platform, email, secret);
    };
    support::refused("no address", build("", password), error_code::platform_member_invalid);
    CHECK(build("", password).error().got() == "email");
    support::refused("no password", build("alice@example.com", ""), error_code::platform_member_invalid);
    CHECK(build("alice@example.com", "").error().got() == "password");
    support::refused("bytes that would be replaced", build("alice@example.com", "\xff\xfe in a password"), error_code::platform_member_invalid);
    support::refused("an address in Latin-1", build("\xe4lice@example.com", password), error_code::platform_member_invalid);
    support::refused("an API key", calimatic::build_headless_login_request({"https://auth.example", calimatic::api_key{"k"}}, "a@b.c", password),
        error_code::client_id_missing);
    support::refused("no credential", calimatic::build_headless_login_request({}, "a@b.c", password), error_code::client_id_missing);
    support::refused("http", calimatic::build_headless_login_request({"http://auth.example", calimatic::app_client{"c", "s"}}, "a@b.c", password),
        error_code::url_not_https);
    support::refused(
        "more than is sent", build("alice@example.com", std::string(calimatic::limits{}.json_string + 1, 'a')), error_code::json_string_too_long);
}

TEST_CASE("a login gives tokens and says who signed in") {
    auto const login = parse(200, tokens_reply);
    support::accepted("tokens", login);
    auto const* tokens = std::get_if<headless_tokens>(&*login);
    REQUIRE(tokens);
    CHECK(tokens->access_token.expose() == "an.access.token");
    CHECK(tokens->refresh_token.expose() == "a.refresh.token");
    CHECK(tokens->id_token.expose() == "an.id.token");
    CHECK(tokens->expires_at == time_point(milliseconds(1'736'938'800'000)));
    CHECK(tokens->user.user_id == "u-1");
    CHECK(tokens->user.email == "alice@example.com");
    CHECK(tokens->user.first_name == "Alice");
    CHECK(tokens->user.last_name == "Example");
    CHECK(tokens->user.organization_id == "o-1");
    CHECK(tokens->user.org_name == "Acme");
    CHECK(tokens->user.licenses == std::vector<std::string>{"app-1", "app-2"});
    CHECK(tokens->document.root()["user"]["theme"].as_string() == "dark");
    CHECK(tokens->document.root()["device"]["known"].as_bool() == true);
}

TEST_CASE("or asks for a second factor") {
    auto const login = parse(200, challenge_reply);
    support::accepted("challenge", login);
    auto const* challenge = std::get_if<mfa_challenge>(&*login);
    REQUIRE(challenge);
    CHECK(challenge->mfa_token.expose() == "mfa_eyJhbGciOiJIUzI1NiJ9.e30.x");
    CHECK(challenge->expires_in == seconds{300});
    CHECK(challenge->methods == std::vector<std::string>{"totp", "backup_code"});
    CHECK(challenge->user.user_id == "u-1");
    CHECK(challenge->user.first_name == "Alice");
    CHECK(challenge->user.last_name.empty());
    CHECK_FALSE(challenge->user.licenses);
    CHECK(challenge->document.root()["mfaRequired"].as_bool() == true);
}

TEST_CASE("unusual replies to a login that are accepted") {
    auto const accept = [](std::string_view what, std::string const& body) { support::accepted(what, parse(200, body)); };
    accept("mfaRequired null", changed(tokens_reply, R"({"acc)", R"({"mfaRequired":null,"acc)"));
    accept("mfaRequired false", changed(tokens_reply, R"({"acc)", R"({"mfaRequired":false,"acc)"));
    accept("tokens that are null beside a challenge", changed(challenge_reply, R"({"mfa)", R"({"accessToken":null,"mfa)"));
    accept("no licences", changed(tokens_reply, R"(["app-1","app-2"])", "[]"));
    accept("an organization that is null", changed(tokens_reply, R"("o-1")", "null"));
    accept("a method that is not known", changed(challenge_reply, R"(["totp",)", R"(["webauthn","totp",)"));
    accept("a lifetime with a fraction", changed(challenge_reply, "300", "299.5"));
    accept("an offset", changed(tokens_reply, "11:00:00.000Z", "12:00:00+01:00"));
    auto const long_lived = parse(200, changed(challenge_reply, "300", "1e300"));
    support::accepted("a lifetime beyond reason", long_lived);
    CHECK(std::get<mfa_challenge>(*long_lived).expires_in == seconds{3650LL * 24 * 3600});
    CHECK(std::get<mfa_challenge>(*parse(200, changed(challenge_reply, "300", "-1"))).expires_in == seconds{0});
}

TEST_CASE("replies to a login that are refused") {
    auto const refuse = [](std::string_view what, std::string_view body, error_code code, std::string_view expected = {}) {
        auto const login = parse(200, body);
        support::refused(what, login, code);
        if (!expected.empty()) CHECK(login.error().expected() == expected);
        CHECK(login.error().http_status() == 200);
    };
    refuse("an array", "[]", error_code::platform_response_malformed);
    refuse("a page", "<html>", error_code::json_syntax);
    refuse("nothing", "", error_code::json_syntax);
    refuse("an empty object", "{}", error_code::platform_response_malformed, "accessToken");
    refuse("an envelope", R"({"success":true,"data":{}})", error_code::platform_response_malformed, "accessToken");
    refuse("a refusal", R"({"success":false,"error":"No."})", error_code::platform_error);
    refuse("a refusal with a code", R"({"error":{"code":"INVALID_CREDENTIALS"}})", error_code::credentials_wrong);
    refuse("both", changed(tokens_reply, R"({"acc)", R"({"mfaRequired":true,"mfaToken":"mfa_1","acc)"), error_code::headless_login_ambiguous);
    refuse("an ID Token beside a challenge", changed(challenge_reply, R"({"mfa)", R"({"idToken":"x","mfa)"), error_code::headless_login_ambiguous);
    refuse("a challenge that is not required", changed(challenge_reply, "true", "false"), error_code::headless_login_ambiguous);
    refuse("a challenge beside tokens", changed(tokens_reply, R"({"acc)", R"({"mfaToken":"mfa_1","acc)"), error_code::headless_login_ambiguous);
    refuse("mfaRequired as text", changed(challenge_reply, "true", R"("true")"), error_code::json_member_type_wrong, "a boolean");
    refuse("mfaRequired as a number", changed(tokens_reply, R"({"acc)", R"({"mfaRequired":0,"acc)"), error_code::json_member_type_wrong);
    refuse("a member twice", changed(tokens_reply, R"({"acc)", R"({"accessToken":"x","acc)"), error_code::json_duplicate_member);

    refuse("no access token", changed(tokens_reply, R"("accessToken")", R"("access_token")"), error_code::platform_response_malformed, "accessToken");
    refuse("an empty one", changed(tokens_reply, R"("an.access.token")", R"("")"), error_code::platform_response_malformed, "accessToken");
    refuse("one that is a number", changed(tokens_reply, R"("an.access.token")", "1"), error_code::json_member_type_wrong, "a string");
    refuse("one that would end a header", changed(tokens_reply, "an.access.token", "a\\r\\nb"), error_code::token_not_sendable);
    refuse("no refresh token", changed(tokens_reply, R"("a.refresh.token")", "null"), error_code::platform_response_malformed, "refreshToken");
    refuse("no ID Token", changed(tokens_reply, R"("an.id.token")", "null"), error_code::platform_response_malformed, "idToken");
    refuse("no time", changed(tokens_reply, R"("expiresAt")", R"("expiresIn")"), error_code::platform_response_malformed, "expiresAt");
    refuse("a time as a number", changed(tokens_reply, R"("2025-01-15T11:00:00.000Z")", "1736938800"), error_code::json_member_type_wrong);
    refuse("a time of no zone", changed(tokens_reply, "00.000Z", "00.000"), error_code::timestamp_malformed);
    refuse("no user", changed(tokens_reply, R"("user")", R"("User")"), error_code::platform_response_malformed, "user");
    refuse("a user that is text", changed(challenge_reply, R"({"userId":"u-1","email":"alice@example.com","firstName":"Alice"})", R"("u-1")"),
        error_code::json_member_type_wrong, "an object");
    refuse("no user id", changed(tokens_reply, R"("u-1")", "null"), error_code::platform_response_malformed, "userId");
    refuse("no address", changed(tokens_reply, R"("email")", R"("mail")"), error_code::platform_response_malformed, "email");
    refuse("a name that is a number", changed(tokens_reply, R"("Alice")", "1"), error_code::json_member_type_wrong);
    refuse("licences as text", changed(tokens_reply, R"(["app-1","app-2"])", R"("app-1 app-2")"), error_code::json_member_type_wrong);
    refuse("a licence that is an object", changed(tokens_reply, R"(["app-1",)", R"([{},)"), error_code::json_member_type_wrong);

    refuse("no challenge token", changed(challenge_reply, R"("mfaToken")", R"("token")"), error_code::platform_response_malformed, "mfaToken");
    refuse("no lifetime", changed(challenge_reply, "300", "null"), error_code::platform_response_malformed, "expiresIn");
    refuse("a lifetime as text", changed(challenge_reply, "300", R"("300")"), error_code::json_member_type_wrong, "a number of seconds");
    refuse("no methods", changed(challenge_reply, R"("methods")", R"("method")"), error_code::platform_response_malformed, "methods");
    refuse("a method that is a number", changed(challenge_reply, R"(["totp",)", "[1,"), error_code::json_member_type_wrong);

    calimatic::check_options options;
    options.limits.token = 14;
    auto const large = calimatic::parse_headless_login_response(reply(200, std::string(tokens_reply)), platform, password, options);
    support::refused("a token larger than allowed", large, error_code::token_too_large);
    CHECK(large.error().condition() == condition::distrust_server);
}

TEST_CASE("refusals by name") {
    struct row {
        int status;
        char const* code;
        error_code rule;
        condition what_to_do;
    };
    row const rows[] = {
        {401, "INVALID_CREDENTIALS", error_code::credentials_wrong, condition::correct_input},
        {401, "INVALID_CLIENT", error_code::platform_client_refused, condition::fix_configuration},
        {423, "ACCOUNT_LOCKED", error_code::account_locked, condition::retry_later},
        {403, "APP_NOT_LICENSED", error_code::app_not_licensed, condition::access_refused},
        {429, "RATE_LIMITED", error_code::too_many_requests, condition::retry_later},
        {400, "VALIDATION_ERROR", error_code::platform_input_refused, condition::correct_input},
        {403, "EMAIL_NOT_VERIFIED", error_code::platform_error, condition::access_refused},
    };
    for (auto const& row : rows) {
        auto const login = parse(row.status, std::string(R"({"code":")") + row.code + R"(","message":"No."})");
        support::refused(row.code, login, row.rule);
        CHECK(login.error().condition() == row.what_to_do);
        CHECK(login.error().server_error() == row.code);
        CHECK(login.error().http_status() == row.status);
    }
}

TEST_CASE("no error repeats what was sent") {
    auto const text = [](std::string_view secret, std::string_view words) {
        auto const login = calimatic::parse_headless_login_response(
            reply(401, R"({"code":"INVALID_CREDENTIALS","message":")" + std::string(words) + "\"}"), platform, secret);
        REQUIRE_FALSE(login);
        return std::string(login.error().server_text());
    };
    CHECK(text(password, "not correct horse battery staple, not ccas_a-secret-of-ours") == "not [secret], not [secret]");
    CHECK(text("short", "short is not it") == "[secret]"); // too short to be found in every spelling, so all of the text goes
    CHECK(text("short", "that is not it") == "that is not it");

    auto const verify = calimatic::parse_mfa_verify_response(
        reply(401, R"({"code":"MFA_INVALID_CODE","message":"123456 is wrong for mfa_0123456789"})"), platform, "mfa_0123456789", "123456");
    support::refused("code", verify, error_code::mfa_code_wrong);
    CHECK(verify.error().server_text() == "[secret]");
}

TEST_CASE("a challenge is answered with a code") {
    support::sends(calimatic::build_mfa_verify_request(platform, "mfa_1", "123456", "totp"), http_method::post, "/mfa/verify",
        R"({"mfaToken":"mfa_1","code":"123456","method":"totp"})");
    support::sends(calimatic::build_mfa_verify_request(platform, "mfa_1", "abcd-efgh", "backup_code"), http_method::post, "/mfa/verify",
        R"({"mfaToken":"mfa_1","code":"abcd-efgh","method":"backup_code"})");
    support::refused("no token", calimatic::build_mfa_verify_request(platform, "", "123456", "totp"), error_code::platform_member_invalid);
    support::refused("no code", calimatic::build_mfa_verify_request(platform, "mfa_1", "", "totp"), error_code::platform_member_invalid);
    support::refused("no method", calimatic::build_mfa_verify_request(platform, "mfa_1", "123456", ""), error_code::platform_member_invalid);
}

TEST_CASE("the right code gives the tokens") {
    auto const verify = [](int status, std::string_view body) {
        return calimatic::parse_mfa_verify_response(reply(status, std::string(body)), platform, "mfa_0123456789", "123456");
    };
    auto const tokens = verify(200, changed(tokens_reply, R"("organizationId":"o-1","orgName":"Acme","licenses":["app-1","app-2"],)", ""));
    support::accepted("as documented", tokens);
    CHECK(tokens->access_token.expose() == "an.access.token");
    CHECK(tokens->user.last_name == "Example");
    CHECK_FALSE(tokens->user.licenses);
    support::accepted("as after a login", verify(200, tokens_reply));
    support::refused("another challenge", verify(200, challenge_reply), error_code::platform_response_malformed);
    support::refused("nothing", verify(200, "{}"), error_code::platform_response_malformed);
    support::refused("expired", verify(401, R"({"code":"MFA_CHALLENGE_EXPIRED"})"), error_code::mfa_challenge_expired);
    support::refused("a page", verify(502, "<html>"), error_code::server_unavailable);
}
