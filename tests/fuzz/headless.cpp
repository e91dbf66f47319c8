#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/iso8601.hpp>
#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "fuzz.hpp"
#include "support/headless.hpp"

/// \file
/// The headless API: replies in every form, and requests made of any text.

namespace fuzz {

namespace {

constexpr std::string_view sent = "what-was-sent-0123456789";
constexpr std::string_view also_sent = "also-sent-9876543210";

cal::platform_client const platform = support::headless_platform();

/// Whatever a reply says, no error repeats what was secret in the request.
void require_refusal(cal::error const& e, std::initializer_list<std::string_view> secrets) {
    require_fit(e);
    require(!tells(e, "ccas_a-secret-of-ours"), "no error tells the client's secret");
    for (auto const secret : secrets) require(!tells(e, secret), "no error tells what was sent");
}

void require_time(cal::time_point time) {
    using namespace std::chrono;
    require(time >= sys_days(year(1) / 1 / 1) && time < sys_days(year(10000) / 1 / 1), "a time is of the years 1 to 9999");
}

void require_tokens(cal::http_response const& answer, cal::headless_tokens const& tokens) {
    require(answer.status >= 200 && answer.status <= 299, "tokens come with success");
    require(cal::detail::is_sendable(tokens.access_token.expose()), "an access token can be sent");
    require(!tokens.refresh_token.empty(), "there is a refresh token");
    for (auto const* token : {&tokens.access_token, &tokens.refresh_token, &tokens.id_token})
        require(token->size() <= cal::limits{}.token, "a token is within its limit");
    if (tokens.expires_at) require_time(*tokens.expires_at);
}

void headless_login(std::string_view input) {
    auto const answer = response_of(input);
    auto const login = cal::parse_headless_login_response(answer, platform, sent);
    if (!login) {
        require_secret_kept(login.error(), input, answer.body, {"accessToken", "refreshToken", "idToken", "mfaToken"});
        return require_refusal(login.error(), {sent});
    }
    if (auto const* tokens = std::get_if<cal::headless_tokens>(&*login)) {
        require_tokens(answer, *tokens);
        require(!tokens->id_token.empty() && tokens->document.root()["mfaRequired"].as_bool() != true, "tokens come without a challenge");
        return;
    }
    auto const& challenge = std::get<cal::mfa_challenge>(*login);
    require(!challenge.mfa_token.empty() && challenge.expires_in >= cal::seconds(0), "a challenge can be answered");
    for (auto const* name : {"accessToken", "refreshToken", "idToken"})
        require(!challenge.document.root()[name].has_value(), "a challenge comes without tokens");
}

void mfa_verify(std::string_view input) {
    auto const answer = response_of(input);
    auto const tokens = cal::parse_mfa_verify_response(answer, platform, sent, also_sent);
    if (!tokens) return require_refusal(tokens.error(), {sent, also_sent});
    require_tokens(answer, *tokens);
    require(!tokens->id_token.empty(), "a sign-in has an ID Token");
}

void headless_refresh(std::string_view input) {
    auto const answer = response_of(input);
    for (auto const& profile : {support::camel_case_profile(), support::other_profile()}) {
        auto const tokens = cal::parse_headless_refresh_response(answer, platform, sent, profile);
        if (!tokens) {
            require_refusal(tokens.error(), {sent});
            continue;
        }
        require_tokens(answer, *tokens);
        auto const given = tokens->document.root()[profile.refresh_reply.refresh_token].as_string().value_or("");
        require(tokens->refresh_token.expose() == (given.empty() ? sent : given), "a refresh token is kept until there is another");
    }
}

/// Those whose form is not documented read all alike, but for what must be in the reply.
void headless_reply(std::string_view input) {
    auto const answer = response_of(input);
    cal::mfa_proof const proof{sent, also_sent};
    auto const same = [&](auto const& outcome, std::initializer_list<std::string_view> secrets) {
        if (!outcome) return require_refusal(outcome.error(), secrets);
        require(answer.status >= 200 && answer.status <= 299, "a success has the status of one");
    };
    same(cal::parse_headless_signup_response(answer, platform, sent), {sent});
    same(cal::parse_headless_logout_response(answer, platform, sent), {sent});
    same(cal::parse_email_verification_send_response(answer, platform), {});
    same(cal::parse_email_verification_confirm_response(answer, platform, sent), {sent});
    same(cal::parse_password_reset_send_response(answer, platform), {});
    same(cal::parse_password_reset_confirm_response(answer, platform, sent, also_sent), {sent, also_sent});
    same(cal::parse_delete_headless_login_session_response(answer, platform), {});
    same(cal::parse_delete_headless_login_sessions_response(answer, platform), {});
    same(cal::parse_unlock_user_response(answer, platform), {});
    same(cal::parse_password_policy_response(answer, platform), {});
    same(cal::parse_mfa_status_response(answer, platform, sent), {sent});
    same(cal::parse_mfa_enroll_response(answer, platform, sent), {sent});
    same(cal::parse_mfa_enroll_confirm_response(answer, platform, sent, also_sent), {sent, also_sent});
    same(cal::parse_mfa_disable_response(answer, platform, sent, proof), {sent, also_sent});
    same(cal::parse_mfa_backup_codes_response(answer, platform, sent), {sent});
    same(cal::parse_regenerate_mfa_backup_codes_response(answer, platform, sent, proof), {sent, also_sent});
}

void headless_login_sessions(std::string_view input) {
    auto const answer = response_of(input);
    auto const list = cal::parse_list_headless_login_sessions_response(answer, platform);
    if (!list) return require_refusal(list.error(), {});
    require(list->sessions.size() == list->document.root()["sessions"].size(), "every session is read");
    for (auto const& session : list->sessions) {
        require_time(session.created_at);
        if (session.last_active_at) require_time(*session.last_active_at);
    }
}

void lockout_status(std::string_view input) {
    auto const status = cal::parse_lockout_status_response(response_of(input), platform);
    if (!status) return require_refusal(status.error(), {});
    require(status->attempts_remaining >= 0 && status->max_attempts >= 0, "a number of attempts is not negative");
    require(status->lockout_duration_minutes.count() >= 0, "a duration is not negative");
    if (!status->locked) require(!status->locked_until && !status->remaining_lockout_seconds, "what is not locked is not locked until a time");
    if (status->locked_until) require_time(*status->locked_until);
}

void iso8601(std::string_view input) {
    auto const time = cal::detail::parse_iso8601(input);
    if (!time) return;
    require_time(*time);
    require(input.size() >= 20 && input.size() <= 64 && input[4] == '-' && input[16] == ':', "a time is written in full");
}

/// A request stays at its endpoint, and its body says what was given.
void headless_request(std::string_view input) {
    reader in(input);
    auto const one = in.text();
    auto const two = in.text();
    auto const name = in.text();
    cal::headless_profile const profile{.signup_email = name,
        .signup_password = name + "2",
        .refresh_refresh_token = name,
        .refresh_reply = cal::headless_token_names::of_login(),
        .delete_sessions_user_id = name,
        .delete_sessions_place = in.flag() ? cal::parameter_place::query : cal::parameter_place::body,
        .unlock_user_id = name};
    auto const sends = [&](cal::result<cal::http_request> const& request, std::string_view path, std::string_view member, std::string_view value) {
        if (!request) {
            require_fit(request.error());
            return;
        }
        auto const whole = "https://auth.example/api/v1/auth/headless" + std::string(path);
        require(request->url.substr(0, request->url.find('?')) == whole, "a request stays at its endpoint");
        for (auto const& header : request->headers)
            require(header.value.find_first_of("\r\n") == std::string::npos, "no header field is ended by its value");
        if (request->body.empty()) return;
        auto const body = cal::parse_json(request->body, cal::limits{}.platform_body);
        require(body.has_value() && body->root()[member].as_string() == value, "a body says what was given");
    };
    sends(cal::build_headless_login_request(platform, one, two), "/login", "password", two);
    sends(cal::build_mfa_verify_request(platform, one, two, "totp"), "/mfa/verify", "code", two);
    sends(cal::build_headless_signup_request(platform, {one, two, "", "", ""}, profile), "/signup", name, one);
    sends(cal::build_headless_refresh_request(platform, one, profile), "/refresh", name, one);
    sends(cal::build_unlock_user_request(platform, one, profile), "/security/unlock", name, one);
    sends(cal::build_list_headless_login_sessions_request(platform, one), "/sessions", {}, {});
    sends(cal::build_delete_headless_login_sessions_request(platform, one, profile), "/sessions", name, one);
    sends(cal::build_mfa_status_request(platform, one), "/mfa/status", {}, {});
    if (auto const request = cal::build_delete_headless_login_session_request(platform, one)) {
        constexpr std::string_view sessions = "https://auth.example/api/v1/auth/headless/sessions/";
        require(request->url.starts_with(sessions), "a request stays at its endpoint");
        auto const id = request->url.substr(sessions.size());
        require(!id.empty() && id != "." && id != ".." && id.find_first_of("/?#\\") == std::string::npos, "an id is one segment of a path");
    }
}

} // namespace

std::span<target const> headless_targets() {
    static constexpr target targets[] = {
        {"headless_login", headless_login},
        {"mfa_verify", mfa_verify},
        {"headless_refresh", headless_refresh},
        {"headless_reply", headless_reply},
        {"headless_login_sessions", headless_login_sessions},
        {"lockout_status", lockout_status},
        {"iso8601", iso8601},
        {"headless_request", headless_request},
    };
    return targets;
}

} // namespace fuzz
