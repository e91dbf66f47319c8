#include <calimatic/testing/simulated_headless.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/headless.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using cal::error_code;
using cal::seconds;
using sim::simulated_error_style;
using support::accepted;
using support::refused;

namespace {

constexpr std::string_view password = "correct horse battery staple";
constexpr std::string_view email = "alice@example.com";

/// A platform with an account and a confidential application, and the application's side.
struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    cal::platform_client us;
    cal::headless_profile profile;

    explicit fixture(sim::simulated_platform_options how = {}, cal::headless_profile names = sim::simulated_headless_profile())
        : platform(with_profile(std::move(how), names)), us{platform.issuer(), cal::app_client{"kiosk", "kiosk-secret"}}, profile(std::move(names)) {
        cal::client_information client{.client_id = "kiosk"};
        client.client_secret = "kiosk-secret";
        platform.add_client({.client = std::move(client)});
        sim::simulated_account alice{.first_name = "Alice", .last_name = "Example", .organization_id = "org-1"};
        alice.password = password;
        alice.applications = {"kiosk"};
        platform.add_user({});
        platform.directory().organizations.push_back({});
        platform.directory().accounts.push_back(std::move(alice));
    }
    static sim::simulated_platform_options with_profile(sim::simulated_platform_options how, cal::headless_profile const& names) {
        how.access_token_signing_alg = "EdDSA";
        how.headless.profile = names;
        return how;
    }

    template <class Parse>
    auto ask(cal::result<cal::http_request> request, Parse parse) {
        return cal::drive(cal::single_request(std::move(request), std::move(parse)), host);
    }
    cal::result<cal::headless_login> login(std::string_view secret = password, std::string_view who = email) {
        return ask(cal::build_headless_login_request(us, who, secret),
            [&](cal::http_response const& r) { return cal::parse_headless_login_response(r, us, secret); });
    }
    cal::headless_tokens sign_in() {
        auto outcome = login();
        accepted("login", outcome);
        auto* tokens = std::get_if<cal::headless_tokens>(&*outcome);
        REQUIRE(tokens);
        return std::move(*tokens);
    }
    cal::mfa_challenge challenge() {
        auto outcome = login();
        accepted("login", outcome);
        auto* asked = std::get_if<cal::mfa_challenge>(&*outcome);
        REQUIRE(asked);
        return std::move(*asked);
    }
    cal::result<cal::headless_tokens> answer(cal::mfa_challenge const& asked, std::string_view code, std::string_view method) {
        return ask(cal::build_mfa_verify_request(us, asked.mfa_token, code, method),
            [&](cal::http_response const& r) { return cal::parse_mfa_verify_response(r, us, asked.mfa_token, code); });
    }
    cal::result<cal::headless_tokens> refresh(cal::secret_string const& token) {
        return ask(cal::build_headless_refresh_request(us, token, profile),
            [&](cal::http_response const& r) { return cal::parse_headless_refresh_response(r, us, token, profile); });
    }
    cal::result<void> logout(cal::secret_string const& token) {
        return ask(cal::build_headless_logout_request(us, token, profile),
            [&](cal::http_response const& r) { return cal::parse_headless_logout_response(r, us, token); });
    }
    cal::result<cal::headless_login_sessions> sessions(std::string_view user_id = "user-1") {
        return ask(cal::build_list_headless_login_sessions_request(us, user_id),
            [&](cal::http_response const& r) { return cal::parse_list_headless_login_sessions_response(r, us); });
    }
    cal::result<cal::lockout_status> lockout(std::string_view user_id = "user-1") {
        return ask(
            cal::build_lockout_status_request(us, user_id), [&](cal::http_response const& r) { return cal::parse_lockout_status_response(r, us); });
    }
    bool is_good(cal::secret_string const& access_token) {
        return ask(cal::build_userinfo_request(platform.metadata(), access_token.expose()), [](cal::http_response const& r) {
            return cal::parse_userinfo_response(r, "user-1");
        }).has_value();
    }
};

sim::simulated_platform_options styled(simulated_error_style style) {
    sim::simulated_platform_options how;
    how.headless.error_style = style;
    return how;
}

/// What a test runs under: profiles that have no name in common, and each style of refusals.
fixture any_fixture() {
    auto const style =
        GENERATE(simulated_error_style::code_and_message, simulated_error_style::within_error, simulated_error_style::failed_with_code);
    bool const other = GENERATE(false, true);
    auto how = styled(style);
    how.headless.empty_replies = other;
    return fixture(std::move(how), other ? support::other_profile() : sim::simulated_headless_profile());
}

} // namespace

TEST_CASE("a headless login gives tokens that are good") {
    auto f = any_fixture();
    auto const tokens = f.sign_in();
    CHECK(tokens.user.user_id == "user-1");
    CHECK(tokens.user.email == email);
    CHECK(tokens.user.first_name == "Alice");
    CHECK(tokens.user.org_name == "An organization");
    CHECK(tokens.user.licenses == std::vector<std::string>{"kiosk"});
    CHECK(f.is_good(tokens.access_token));
    REQUIRE(tokens.expires_at);
    auto const lifetime = *tokens.expires_at - f.host.now();
    CHECK(lifetime <= seconds{900});
    CHECK(lifetime > seconds{890});
    f.host.advance(seconds{900});
    CHECK_FALSE(f.is_good(tokens.access_token));
}

TEST_CASE("its ID Token is that of the client, signed by the published keys, without a nonce") {
    fixture f;
    auto const tokens = f.sign_in();
    auto const server = f.platform.metadata();
    cal::http_request request;
    request.url = server.jwks_uri;
    auto keys = cal::parse_jwk_set(f.platform.handle(request, f.host.now()).body);
    accepted("keys", keys);
    cal::signature_verifier verifier(*std::move(keys), {cal::signature_algorithm::rs256});
    cal::id_token_expectations const expected{.issuer = server.issuer, .client_id = "kiosk"};
    auto const claims = cal::validate_id_token(tokens.id_token.expose(), verifier, expected, f.host.now());
    accepted("ID Token", claims);
    CHECK(claims->sub() == "user-1");
}

TEST_CASE("whoever is not the client, or not the user, is refused") {
    auto f = any_fixture();
    refused("wrong password", f.login("another password"), error_code::credentials_wrong);
    refused("nobody", f.login(password, "bob@example.com"), error_code::credentials_wrong);
    refused("no address", f.login(password, "alice"), error_code::platform_input_refused);
    f.us.credentials = cal::app_client{"kiosk", "another-secret"};
    refused("wrong client secret", f.login(), error_code::platform_client_refused);
    f.us.credentials = cal::app_client{"other", "kiosk-secret"};
    refused("unknown client", f.login(), error_code::platform_client_refused);
    f.us.credentials = cal::added_by_host{};
    refused("no client", f.login(), error_code::platform_client_refused);
}

TEST_CASE("an account is locked after too many wrong passwords, and opens by itself or is opened") {
    auto f = any_fixture();
    auto const fresh = f.lockout();
    accepted("status", fresh);
    CHECK_FALSE(fresh->locked);
    CHECK(fresh->attempts_remaining == 5);
    for (int i = 0; i < 5; ++i) refused("wrong", f.login("another password"), error_code::credentials_wrong);
    refused("locked", f.login(), error_code::account_locked);
    auto const locked = f.lockout();
    accepted("status", locked);
    CHECK(locked->locked);
    CHECK(locked->attempts_remaining == 0);
    REQUIRE(locked->remaining_lockout_seconds);
    CHECK(*locked->remaining_lockout_seconds <= seconds{600});
    REQUIRE(locked->locked_until);
    CHECK(*locked->locked_until > f.host.now());

    if (GENERATE(true, false)) {
        f.host.wait_until(*locked->locked_until);
    } else {
        accepted("unlock", f.ask(cal::build_unlock_user_request(f.us, "user-1", f.profile), [&](cal::http_response const& r) {
            return cal::parse_unlock_user_response(r, f.us);
        }));
    }
    CHECK_FALSE(f.lockout()->locked);
    CHECK(f.sign_in().user.user_id == "user-1");
    refused("nobody", f.lockout("nobody"), error_code::user_not_found);
}

TEST_CASE("a right password forgets the wrong ones before it") {
    fixture f;
    for (int i = 0; i < 4; ++i) refused("wrong", f.login("another password"), error_code::credentials_wrong);
    f.sign_in();
    CHECK(f.lockout()->attempts_remaining == 5);
}

TEST_CASE("a user without a licence is refused, with whichever status") {
    sim::simulated_platform_options how;
    how.management.sign_in_needs_license = true;
    how.headless.not_licensed_status = GENERATE(401, 402, 403);
    fixture f(std::move(how));
    auto const tokens = f.sign_in();
    f.platform.directory().accounts.front().applications.clear();
    refused("login", f.login(), error_code::app_not_licensed);
    refused("refresh", f.refresh(tokens.refresh_token), error_code::app_not_licensed);
}

TEST_CASE("a second factor is asked for, for five minutes") {
    auto f = any_fixture();
    f.platform.headless().second_factors.push_back({.codes = {"111111", "222222"}, .backup_codes = {"spare-1", "spare-2"}});
    auto const asked = f.challenge();
    CHECK(asked.expires_in == seconds{300});
    CHECK(asked.methods == std::vector<std::string>{"totp", "backup_code"});
    CHECK(asked.user.first_name == "Alice");
    refused("wrong", f.answer(asked, "333333", "totp"), error_code::mfa_code_wrong);
    refused("of the other method", f.answer(asked, "spare-1", "totp"), error_code::mfa_code_wrong);
    refused("no method", f.answer(asked, "111111", "sms"), error_code::platform_input_refused);
    auto const tokens = f.answer(asked, "222222", "totp");
    accepted("right", tokens);
    CHECK(f.is_good(tokens->access_token));
    refused("twice", f.answer(asked, "222222", "totp"), error_code::mfa_challenge_expired);

    accepted("backup code", f.answer(f.challenge(), "spare-1", "backup_code"));
    refused("backup code, again", f.answer(f.challenge(), "spare-1", "backup_code"), error_code::mfa_code_wrong);
    auto const late = f.challenge();
    f.host.advance(seconds{300});
    refused("late", f.answer(late, "111111", "totp"), error_code::mfa_challenge_expired);
}

TEST_CASE("refresh tokens rotate, and one that comes again ends the session") {
    auto f = any_fixture();
    auto const first = f.sign_in();
    f.host.advance(seconds{800});
    auto const second = f.refresh(first.refresh_token);
    accepted("refresh", second);
    CHECK(second->refresh_token.expose() != first.refresh_token.expose());
    CHECK(f.is_good(second->access_token));
    CHECK_FALSE(second->id_token.empty());
    REQUIRE(f.platform.requests().size() >= 2);
    CHECK(f.platform.requests()[1].refresh_token == 0); // login, refresh, UserInfo
    refused("again", f.refresh(first.refresh_token), error_code::invalid_token);
    refused("its successor", f.refresh(second->refresh_token), error_code::invalid_token);
    CHECK_FALSE(f.is_good(second->access_token));
    refused("unknown", f.refresh("never-issued"), error_code::invalid_token);
}

TEST_CASE("refresh tokens that do not rotate stay, for seven days") {
    sim::simulated_platform_options how;
    how.rotate_refresh_tokens = false;
    how.id_token_on_refresh = false;
    fixture f(std::move(how));
    auto const first = f.sign_in();
    for (int i = 0; i < 3; ++i) {
        auto const again = f.refresh(first.refresh_token);
        accepted("refresh", again);
        CHECK(again->refresh_token.expose() == first.refresh_token.expose());
        CHECK(again->id_token.empty());
    }
    f.host.advance(std::chrono::hours{7 * 24});
    refused("a week later", f.refresh(first.refresh_token), error_code::invalid_token);
}

TEST_CASE("a logout ends the session, and one that is not known is none") {
    auto f = any_fixture();
    auto const tokens = f.sign_in();
    accepted("logout", f.logout(tokens.refresh_token));
    refused("refresh", f.refresh(tokens.refresh_token), error_code::invalid_token);
    CHECK_FALSE(f.is_good(tokens.access_token));
    accepted("again", f.logout(tokens.refresh_token));
    accepted("unknown", f.logout("never-issued"));
}

TEST_CASE("a request that is lost is recorded with its refresh token") {
    fixture f;
    auto const tokens = f.sign_in();
    accepted("fault", f.platform.inject("net-request-lost"));
    refused("lost", f.refresh(tokens.refresh_token), error_code::transport_no_answer);
    CHECK(f.platform.requests().back().refresh_token == 0);
    CHECK_FALSE(f.platform.requests().back().acted);
}

TEST_CASE("sessions are listed and ended, one or all") {
    auto f = any_fixture();
    auto const first = f.sign_in();
    f.host.advance(seconds{10});
    auto const second = f.sign_in();
    f.host.advance(seconds{10});
    auto const fresh = f.refresh(first.refresh_token);
    accepted("refresh", fresh);
    auto const list = f.sessions();
    accepted("list", list);
    REQUIRE(list->sessions.size() == 2);
    CHECK(list->sessions[0].application == "kiosk");
    CHECK(list->sessions[0].last_active_at > list->sessions[0].created_at);
    CHECK(list->sessions[1].last_active_at == list->sessions[1].created_at);
    CHECK(list->sessions[0].id != list->sessions[1].id);

    auto const end = [&](std::string_view id) {
        return f.ask(cal::build_delete_headless_login_session_request(f.us, id),
            [&](cal::http_response const& r) { return cal::parse_delete_headless_login_session_response(r, f.us); });
    };
    auto const end_all = [&](std::string_view user_id) {
        return f.ask(cal::build_delete_headless_login_sessions_request(f.us, user_id, f.profile),
            [&](cal::http_response const& r) { return cal::parse_delete_headless_login_sessions_response(r, f.us); });
    };
    accepted("one", end(list->sessions[0].id));
    refused("again", end(list->sessions[0].id), error_code::platform_error);
    refused("refresh", f.refresh(fresh->refresh_token), error_code::invalid_token);
    CHECK(f.is_good(second.access_token));
    CHECK(f.sessions()->sessions.size() == 1);
    accepted("all", end_all("user-1"));
    CHECK_FALSE(f.is_good(second.access_token));
    CHECK(f.sessions()->sessions.empty());
    refused("nobody", end_all("nobody"), error_code::user_not_found);
    refused("nobody", f.sessions("nobody"), error_code::user_not_found);
}

TEST_CASE("somebody signs up and verifies the address") {
    auto f = any_fixture();
    auto const signup = [&](std::string_view address, std::string_view secret) {
        return f.ask(cal::build_headless_signup_request(f.us, {std::string(address), secret, "Bob", "Example", {}}, f.profile),
            [&](cal::http_response const& r) { return cal::parse_headless_signup_response(r, f.us, secret); });
    };
    auto const created = signup("bob@example.com", "another password");
    accepted("signup", created);
    REQUIRE(f.platform.directory().accounts.size() == 2);
    auto const& bob = f.platform.directory().accounts.back();
    CHECK(created->root()["userId"].as_string() == bob.user_id);
    CHECK(bob.first_name == "Bob");
    CHECK(bob.applications == std::vector<std::string>{"kiosk"});
    refused("the same address", signup("BOB@example.com", "another password"), error_code::platform_error);
    refused("a short password", signup("carol@example.com", "short"), error_code::platform_input_refused);
    accepted("login", f.login("another password", "bob@example.com"));

    auto const send = [&](std::string_view address) {
        return f.ask(cal::build_email_verification_send_request(f.us, address),
            [&](cal::http_response const& r) { return cal::parse_email_verification_send_response(r, f.us); });
    };
    auto const confirm = [&](std::string_view token) {
        return f.ask(cal::build_email_verification_confirm_request(f.us, token, f.profile),
            [&](cal::http_response const& r) { return cal::parse_email_verification_confirm_response(r, f.us, token); });
    };
    accepted("send", send("bob@example.com"));
    accepted("to nobody", send("nobody@example.com"));
    accepted("to who is verified", send(email));
    refused("to no address", send("nobody"), error_code::platform_input_refused);
    REQUIRE(f.platform.headless().mails.size() == 1);
    auto const token = f.platform.headless().mails.back().token;
    refused("another token", confirm("another token"), error_code::invalid_token);
    accepted("confirm", confirm(token));
    CHECK(f.platform.headless().unverified.empty());
    refused("twice", confirm(token), error_code::invalid_token);
}

TEST_CASE("an address that is not verified may not sign in where that is so") {
    sim::simulated_platform_options how;
    how.headless.unverified_may_sign_in = false;
    fixture f(std::move(how));
    f.platform.headless().unverified.push_back("user-1");
    auto const outcome = f.login();
    refused("login", outcome, error_code::platform_error);
    CHECK(outcome.error().server_error() == "EMAIL_NOT_VERIFIED");
    CHECK(outcome.error().condition() == cal::condition::access_refused);
}

TEST_CASE("a password is reset with the token of a mail, once and in time") {
    auto f = any_fixture();
    auto const tokens = f.sign_in();
    auto const send = [&] {
        accepted("send", f.ask(cal::build_password_reset_send_request(f.us, email), [&](cal::http_response const& r) {
            return cal::parse_password_reset_send_response(r, f.us);
        }));
        return f.platform.headless().mails.back().token;
    };
    auto const confirm = [&](std::string_view token, std::string_view secret) {
        return f.ask(cal::build_password_reset_confirm_request(f.us, token, secret, f.profile),
            [&](cal::http_response const& r) { return cal::parse_password_reset_confirm_response(r, f.us, token, secret); });
    };
    auto const token = send();
    refused("short", confirm(token, "short"), error_code::platform_input_refused);
    accepted("confirm", confirm(token, "a new password"));
    refused("twice", confirm(token, "a newer password"), error_code::invalid_token);
    refused("old password", f.login(), error_code::credentials_wrong);
    accepted("new password", f.login("a new password"));
    refused("the session of before", f.refresh(tokens.refresh_token), error_code::invalid_token);
    auto const late = send();
    f.host.advance(std::chrono::hours{1});
    refused("late", confirm(late, "a newer password"), error_code::invalid_token);
}

TEST_CASE("the password policy tells what a signup keeps to") {
    fixture f;
    auto const policy =
        f.ask(cal::build_password_policy_request(f.us), [&](cal::http_response const& r) { return cal::parse_password_policy_response(r, f.us); });
    accepted("policy", policy);
    CHECK(policy->root()["minLength"].as_int64() == 8);
}

TEST_CASE("a second factor is enrolled, used, renewed and disabled") {
    auto f = any_fixture();
    auto const tokens = f.sign_in();
    auto const bearer = tokens.access_token.expose();
    auto const status = [&] {
        return f.ask(cal::build_mfa_status_request(f.us, bearer),
            [&](cal::http_response const& r) { return cal::parse_mfa_status_response(r, f.us, bearer); });
    };
    auto const enroll = [&](std::string_view method) {
        return f.ask(cal::build_mfa_enroll_request(f.us, bearer, method, f.profile),
            [&](cal::http_response const& r) { return cal::parse_mfa_enroll_response(r, f.us, bearer); });
    };
    auto const confirm = [&](std::string_view code) {
        return f.ask(cal::build_mfa_enroll_confirm_request(f.us, bearer, code, f.profile),
            [&](cal::http_response const& r) { return cal::parse_mfa_enroll_confirm_response(r, f.us, bearer, code); });
    };
    auto const remaining = [&] {
        auto const reply = f.ask(cal::build_mfa_backup_codes_request(f.us, bearer),
            [&](cal::http_response const& r) { return cal::parse_mfa_backup_codes_response(r, f.us, bearer); });
        accepted("codes", reply);
        return reply->root()["remaining"].as_int64();
    };
    auto const renew = [&](cal::mfa_proof const& proof) {
        return f.ask(cal::build_regenerate_mfa_backup_codes_request(f.us, bearer, proof, f.profile),
            [&](cal::http_response const& r) { return cal::parse_regenerate_mfa_backup_codes_response(r, f.us, bearer, proof); });
    };
    auto const disable = [&](cal::mfa_proof const& proof) {
        return f.ask(cal::build_mfa_disable_request(f.us, bearer, proof, f.profile),
            [&](cal::http_response const& r) { return cal::parse_mfa_disable_response(r, f.us, bearer, proof); });
    };

    CHECK(status()->root()["enabled"].as_bool() == false);
    refused("nothing to confirm", confirm("654321"), error_code::platform_error);
    refused("another method", enroll("sms"), error_code::platform_input_refused);
    auto const enrolled = enroll("totp");
    accepted("enroll", enrolled);
    CHECK(enrolled->root()["secret"].as_string() == "JBSWY3DPEHPK3PXP");
    CHECK(f.sign_in().user.user_id == "user-1"); // not before it is confirmed
    refused("wrong", confirm("000000"), error_code::mfa_code_wrong);
    auto const confirmed = confirm("654321");
    accepted("confirm", confirmed);
    CHECK(confirmed->root()["backupCodes"].size() == 8);
    CHECK(status()->root()["enabled"].as_bool() == true);
    refused("twice", enroll(""), error_code::platform_error);

    std::string const spare(*confirmed->root()["backupCodes"][0].as_string());
    accepted("sign-in", f.answer(f.challenge(), spare, "backup_code"));
    CHECK(remaining() == 7);
    accepted("new codes", renew({}));
    CHECK(remaining() == 8);
    refused("an old one", f.answer(f.challenge(), *confirmed->root()["backupCodes"][1].as_string(), "backup_code"), error_code::mfa_code_wrong);

    refused("no proof", disable({}), error_code::platform_input_refused);
    refused("wrong code", disable({"000000", ""}), error_code::mfa_code_wrong);
    refused("wrong password", disable({"", "another password"}), error_code::credentials_wrong);
    accepted("disable", disable({"654321", password}));
    CHECK(status()->root()["enabled"].as_bool() == false);
    refused("no second factor", renew({}), error_code::platform_error);
    f.host.advance(seconds{900});
    refused("an old token", status(), error_code::invalid_token);
}

TEST_CASE("calls with an access token need the client's credential where the platform says so") {
    bool const needed = GENERATE(true, false);
    sim::simulated_platform_options how;
    how.headless.mfa_needs_client = needed;
    fixture f(std::move(how));
    auto const tokens = f.sign_in();
    auto const status = [&] {
        return f.ask(cal::build_mfa_status_request(f.us, tokens.access_token.expose()),
            [&](cal::http_response const& r) { return cal::parse_mfa_status_response(r, f.us, tokens.access_token.expose()); });
    };
    accepted("both", status());
    f.us.credentials = cal::added_by_host{};
    if (needed) refused("the token alone", status(), error_code::platform_client_refused);
    else accepted("the token alone", status());
    f.us.credentials = cal::app_client{"kiosk", "another-secret"};
    refused("a wrong credential", status(), error_code::platform_client_refused);
}

TEST_CASE("the server is strict about what it is sent") {
    fixture f;
    auto const answer = [&](cal::http_method method, std::string_view path, std::string_view type, std::string body) {
        cal::http_request request;
        request.method = method;
        request.url = f.platform.issuer() + "/api/v1/auth/headless" + std::string(path);
        request.headers = {{"x-client-id", "kiosk"}, {"x-client-secret", "kiosk-secret"}};
        if (!type.empty()) request.headers.push_back({"Content-Type", std::string(type)});
        request.body = std::move(body);
        return f.platform.handle(request, f.host.now()).status;
    };
    using enum cal::http_method;
    std::string const right = R"({"email":"alice@example.com","password":"correct horse battery staple"})";
    CHECK(answer(post, "/login", "application/json; charset=utf-8", right) == 200);
    CHECK(answer(post, "/login", "", right) == 400);
    CHECK(answer(post, "/login", "text/plain", right) == 400);
    CHECK(answer(post, "/login", "application/json", "[]") == 400);
    CHECK(answer(post, "/login", "application/json", "{") == 400);
    CHECK(answer(post, "/login", "application/json", R"({"email":"alice@example.com","password":1})") == 400);
    CHECK(answer(get, "/login", "", "") == 404);
    CHECK(answer(post, "/", "application/json", "{}") == 404);
    CHECK(answer(post, "", "application/json", "{}") == 404);
    CHECK(answer(post, "/refresh", "application/json", "{}") == 400);
    CHECK(answer(post, "/logout", "application/json", "{}") == 400);
    CHECK(answer(get, "/sessions", "", "") == 400);
    CHECK(answer(get, "/sessions?userId=user-1&userId=user-1", "", "") == 400);
    CHECK(answer(delete_, "/sessions", "", "") == 400);
    CHECK(answer(delete_, "/sessions/unknown", "", "") == 404);
    CHECK(answer(get, "/security/lockout-status", "", "") == 400);
    CHECK(answer(post, "/security/unlock", "application/json", R"({"userId":"nobody"})") == 404);
    CHECK(answer(get, "/mfa/status", "", "") == 401);
}

TEST_CASE("the same seed gives the same tokens") {
    fixture one;
    fixture other;
    CHECK(one.sign_in().access_token.expose() == other.sign_in().access_token.expose());
}
