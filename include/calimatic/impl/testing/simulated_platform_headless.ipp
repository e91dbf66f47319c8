#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/impl/testing/simulated_directory.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_platform_token.ipp>
#include <chrono>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// A time of ISO 8601 in UTC: "2025-01-15T11:00:00.000Z".
CALIMATIC_DECL std::string iso8601(time_point time) {
    using namespace std::chrono;
    auto const day = floor<days>(time);
    year_month_day const date(day);
    hh_mm_ss const clock(time - day);
    auto const digits = [](auto number, std::size_t size) {
        auto text = std::to_string(number);
        return text.size() < size ? std::string(size - text.size(), '0') + text : text;
    };
    return digits(static_cast<int>(date.year()), 4) + '-' + digits(static_cast<unsigned>(date.month()), 2) + '-' +
        digits(static_cast<unsigned>(date.day()), 2) + 'T' + digits(clock.hours().count(), 2) + ':' + digits(clock.minutes().count(), 2) + ':' +
        digits(clock.seconds().count(), 2) + '.' + digits(clock.subseconds().count(), 3) + 'Z';
}

/// The path of a request to the headless API, below its own.
inline std::string_view headless_path(std::string_view issuer, std::string_view url) {
    constexpr std::string_view base = "/api/v1/auth/headless";
    auto const path = simulated_path(issuer, url);
    return path.substr((std::min)(base.size(), path.size()));
}

} // namespace detail

namespace testing {

/// One call of the headless API.
struct simulated_platform::state::headless_call {
    state& s;
    exchange& x;
    json_document body{};
    simulated_client* client = nullptr;   ///< null where none had to say who it is
    simulated_account* account = nullptr; ///< whose access token came along

    simulated_headless_options const& how() const noexcept { return s.options.headless; }
    headless_profile const& names() const noexcept { return how().profile; }

    std::string text(std::string_view name) const { return std::string(body.root()[name].as_string().value_or("")); }
    std::string query(std::string_view name) const {
        std::string_view const url = x.request->url;
        detail::simulated_form const form(url.substr((std::min)(url.find('?'), url.size() - 1) + 1));
        return std::string(form.well_formed() ? form[name] : std::string_view());
    }

    void refuse(int status, std::string_view code, std::string_view words) {
        auto& reply = x.answer.body;
        detail::json_members inner;
        switch (how().error_style) {
        case simulated_error_style::code_and_message: reply.set_string("code", code).set_string("message", words); break;
        case simulated_error_style::within_error: reply.set("error", inner.set_string("code", code).set_string("message", words).text()); break;
        case simulated_error_style::failed_with_code: reply.set("success", "false").set_string("error", words).set_string("code", code); break;
        }
        s.apply(x, fault_stage::body);
        x.json(status, reply.text());
    }
    void refuse_input(std::string_view words) { refuse(400, "VALIDATION_ERROR", words); }
    void refuse_user() { refuse(404, "USER_NOT_FOUND", "There is no such user"); }

    void give(detail::json_members reply = {}) {
        x.answer.body = std::move(reply);
        s.apply(x, fault_stage::body);
        x.json(200, x.answer.body.text());
    }
    /// Success whose reply is not documented, and has nothing to say.
    void give_nothing() {
        if (!how().empty_replies) return give();
        x.answer.response.status = 204;
        x.answer.response.body.clear();
    }

    bool has_license(simulated_account const& one) const {
        auto const& all = one.applications;
        return !s.options.management.sign_in_needs_license || std::find(all.begin(), all.end(), client->client.client_id) != all.end();
    }
    simulated_second_factor* second_factor_of(std::string_view user_id) noexcept {
        return detail::find_where(s.headless.second_factors, [user_id](auto const& one) { return one.user_id == user_id; });
    }
    static bool take_code(simulated_second_factor& factor, std::string_view method, std::string_view code) {
        auto& backup = factor.backup_codes;
        if (method == "totp") return std::find(factor.codes.begin(), factor.codes.end(), code) != factor.codes.end();
        auto const found = std::find(backup.begin(), backup.end(), code);
        if (method != "backup_code" || found == backup.end()) return false;
        backup.erase(found);
        return true;
    }

    // impl/testing/simulated_platform_headless.ipp
    CALIMATIC_DECL bool know_client(bool needed);
    CALIMATIC_DECL bool know_user();
    CALIMATIC_DECL bool read_body();
    CALIMATIC_DECL void dispatch();
    CALIMATIC_DECL void login();
    CALIMATIC_DECL void verify_code();
    CALIMATIC_DECL void sign_in(simulated_account const& one);
    CALIMATIC_DECL void give_tokens(std::size_t grant, headless_token_names const& as, std::optional<std::size_t> refresh_token, bool with_id_token);
    CALIMATIC_DECL void refresh();
    CALIMATIC_DECL void logout();
    // impl/testing/simulated_platform_headless_account.ipp
    CALIMATIC_DECL void signup();
    CALIMATIC_DECL void send_mail(simulated_mail::purpose what);
    CALIMATIC_DECL simulated_account* take_mail(simulated_mail::purpose what, std::string_view token);
    CALIMATIC_DECL void verify_email();
    CALIMATIC_DECL void reset_password();
    CALIMATIC_DECL void end_sessions(std::string_view user_id);
    CALIMATIC_DECL void list_sessions();
    CALIMATIC_DECL void delete_session(std::string_view id);
    CALIMATIC_DECL void delete_sessions();
    CALIMATIC_DECL void lockout_status();
    CALIMATIC_DECL void password_policy();
    CALIMATIC_DECL void unlock();
    CALIMATIC_DECL void mfa_status();
    CALIMATIC_DECL void mfa_enroll();
    CALIMATIC_DECL void mfa_confirm();
    CALIMATIC_DECL bool prove(simulated_second_factor& factor, std::string_view code_name, std::string_view password_name);
    CALIMATIC_DECL void mfa_disable();
    CALIMATIC_DECL void mfa_backup_codes();
    CALIMATIC_DECL void mfa_new_backup_codes();
};

/// Which refresh token a call has, for the record of what arrived: it stands there even if the request is lost.
CALIMATIC_DECL std::optional<std::size_t> simulated_platform::state::headless_refresh_token(exchange const& x) const {
    auto const path = detail::headless_path(options.issuer, x.request->url);
    if (path != "/refresh" && path != "/logout") return std::nullopt;
    auto const& profile = options.headless.profile;
    auto const document = parse_json(x.request->body, x.request->body.size());
    auto const name = std::string_view(path == "/refresh" ? profile.refresh_refresh_token : profile.logout_refresh_token);
    return document ? find_refresh_token(document->root()[name].as_string().value_or("")) : std::nullopt;
}

CALIMATIC_DECL void simulated_platform::state::answer_headless(exchange& x) { headless_call{*this, x}.dispatch(); }

CALIMATIC_DECL bool simulated_platform::state::headless_call::know_client(bool needed) {
    auto const id = find_header(x.request->headers, "x-client-id");
    auto const secret = find_header(x.request->headers, "x-client-secret");
    if (!needed && !id && !secret) return true;
    x.entry.client_id = id.value_or("");
    client = s.find_client(x.entry.client_id);
    auto const registered = client ? client->client.client_secret.expose() : std::string_view();
    if (!registered.empty() && constant_time_equal(registered, secret.value_or(""))) return true;
    refuse(401, "INVALID_CLIENT", "The client is not known by that secret");
    return false;
}

CALIMATIC_DECL bool simulated_platform::state::headless_call::know_user() {
    auto const header = find_header(x.request->headers, "Authorization").value_or("");
    bool const is_bearer = detail::equal_ignoring_case(header.substr(0, 7), "Bearer ");
    auto const token = is_bearer ? s.access_tokens.find(header.substr(7)) : s.access_tokens.end();
    if (token != s.access_tokens.end() && token->second.grant) {
        auto const& grant = s.grants[*token->second.grant];
        bool const is_good = !token->second.revoked && !grant.ended && x.now < token->second.expires_at;
        if (is_good) account = s.directory.find_account(grant.sub);
    }
    if (account) return true;
    refuse(401, "INVALID_TOKEN", "The access token is expired or invalid");
    return false;
}

CALIMATIC_DECL bool simulated_platform::state::headless_call::read_body() {
    bool const is_post = x.request->method == http_method::post;
    if (!is_post && x.request->body.empty()) return true;
    auto const type = find_header(x.request->headers, "Content-Type").value_or("");
    auto document = parse_json(x.request->body, x.request->body.size());
    bool const is_json = detail::equal_ignoring_case(type.substr(0, type.find(';')), "application/json");
    if (is_json && document && document->root().kind() == json_kind::object) {
        body = *std::move(document);
        return true;
    }
    refuse_input("The body has to be a JSON object");
    return false;
}

CALIMATIC_DECL void simulated_platform::state::headless_call::dispatch() {
    using call = headless_call;
    struct route {
        std::string_view path;
        http_method method;
        void (call::*answer)();
        bool of_user = false;
    };
    static constexpr route routes[] = {
        {"/login", http_method::post, &call::login},
        {"/signup", http_method::post, &call::signup},
        {"/refresh", http_method::post, &call::refresh},
        {"/logout", http_method::post, &call::logout},
        {"/mfa/verify", http_method::post, &call::verify_code},
        {"/mfa/status", http_method::get, &call::mfa_status, true},
        {"/mfa/enroll", http_method::post, &call::mfa_enroll, true},
        {"/mfa/enroll/confirm", http_method::post, &call::mfa_confirm, true},
        {"/mfa/disable", http_method::post, &call::mfa_disable, true},
        {"/mfa/backup-codes", http_method::get, &call::mfa_backup_codes, true},
        {"/mfa/backup-codes", http_method::post, &call::mfa_new_backup_codes, true},
        {"/email/verify-confirm", http_method::post, &call::verify_email},
        {"/password/reset-confirm", http_method::post, &call::reset_password},
        {"/sessions", http_method::get, &call::list_sessions},
        {"/sessions", http_method::delete_, &call::delete_sessions},
        {"/security/lockout-status", http_method::get, &call::lockout_status},
        {"/security/password-policy", http_method::get, &call::password_policy},
        {"/security/unlock", http_method::post, &call::unlock},
    };
    auto const path = detail::headless_path(s.options.issuer, x.request->url);
    auto const method = x.request->method;
    auto const known = [this](bool of_user) { return know_client(!of_user || how().mfa_needs_client) && (!of_user || know_user()) && read_body(); };
    for (auto const& route : routes)
        if (route.path == path && route.method == method) return known(route.of_user) ? (this->*route.answer)() : void();
    using enum simulated_mail::purpose;
    if (path == "/email/verify-send" && method == http_method::post) return known(false) ? send_mail(verify_email) : void();
    if (path == "/password/reset-send" && method == http_method::post) return known(false) ? send_mail(reset_password) : void();
    if (path.starts_with("/sessions/") && method == http_method::delete_) return known(false) ? delete_session(path.substr(10)) : void();
    refuse(404, "NOT_FOUND", "There is no such endpoint");
}

CALIMATIC_DECL void simulated_platform::state::headless_call::login() {
    auto const email = text("email");
    auto const password = text("password");
    if (email.find('@') == std::string::npos || password.empty()) return refuse_input("An email and a password are needed");
    auto const refuse_credentials = [this] { refuse(401, "INVALID_CREDENTIALS", "Invalid email or password"); };
    auto const* one = s.directory.find_account_by_email(email);
    if (!one || one->password.empty()) return refuse_credentials();
    auto& tried = s.attempts[one->user_id];
    if (tried.locked_until && x.now >= *tried.locked_until) tried = {};
    if (tried.locked_until) return refuse(423, "ACCOUNT_LOCKED", "Too many failed attempts");
    if (!constant_time_equal(one->password.expose(), password)) {
        if (++tried.failures >= how().max_attempts) tried.locked_until = x.now + how().lockout_duration;
        return refuse_credentials();
    }
    tried = {};
    auto const& unverified = s.headless.unverified;
    if (!how().unverified_may_sign_in && std::find(unverified.begin(), unverified.end(), one->user_id) != unverified.end())
        return refuse(403, "EMAIL_NOT_VERIFIED", "The email address is not verified");
    if (!has_license(*one)) return refuse(how().not_licensed_status, "APP_NOT_LICENSED", "No licence for this application");
    auto const* factor = second_factor_of(one->user_id);
    if (!factor || !factor->confirmed) return sign_in(*one);

    s.challenges.push_back({"mfa_" + random_text(s.random), one->user_id, client->client.client_id, x.now + how().mfa_challenge_lifetime});
    detail::json_members user;
    user.set_string("userId", one->user_id).set_string("email", one->email).set_string("firstName", one->first_name);
    detail::json_members reply;
    reply.set("mfaRequired", "true").set_string("mfaToken", s.challenges.back().token);
    reply.set_number("expiresIn", how().mfa_challenge_lifetime.count());
    reply.set("methods", factor->backup_codes.empty() ? R"(["totp"])" : R"(["totp","backup_code"])").set("user", user.text());
    give(std::move(reply));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::verify_code() {
    auto const token = text("mfaToken");
    auto const method = text("method");
    if (token.empty() || text("code").empty() || (method != "totp" && method != "backup_code"))
        return refuse_input("mfaToken, code and method are needed");
    auto* const asked = detail::find_where(s.challenges, [&token](auto const& one) { return one.token == token; });
    bool const is_good = asked && !asked->answered && asked->client_id == client->client.client_id && x.now < asked->expires_at;
    auto const* one = is_good ? s.directory.find_account(asked->user_id) : nullptr;
    auto* factor = one ? second_factor_of(one->user_id) : nullptr;
    if (!factor) return refuse(401, "MFA_CHALLENGE_EXPIRED", "The challenge has expired");
    if (!take_code(*factor, method, text("code"))) return refuse(401, "MFA_INVALID_CODE", "The code is wrong");
    asked->answered = true;
    sign_in(*one);
}

CALIMATIC_DECL void simulated_platform::state::headless_call::sign_in(simulated_account const& one) {
    auto const grant = s.grants.size();
    s.grants.push_back({.sub = one.user_id,
        .client_id = client->client.client_id,
        .scope = "openid profile email",
        .nonce = {},
        .authenticated_at = x.now,
        .code = {},
        .code_challenge = {},
        .redirect_uri = {},
        .code_expires_at = x.now,
        .code_spent = true,
        .headless = true});
    auto const agent = find_header(x.request->headers, "User-Agent").value_or("");
    s.login_sessions.push_back({"session-" + random_text(s.random), grant, std::string(agent), x.now, x.now});
    s.refresh_tokens.push_back({random_text(s.random), grant, x.now + how().refresh_token_lifetime});
    give_tokens(grant, headless_token_names::of_login(), s.refresh_tokens.size() - 1, true);
}

CALIMATIC_DECL void simulated_platform::state::headless_call::give_tokens(
    std::size_t grant, headless_token_names const& as, std::optional<std::size_t> refresh_token, bool with_id_token) {
    auto const& given = s.grants[grant];
    detail::json_members reply;
    x.answer.access_token = s.make_access_token(x.now, given.sub, given.client_id, given.scope, grant);
    reply.set_string(as.access_token, x.answer.access_token);
    if (refresh_token) reply.set_string(as.refresh_token, s.refresh_tokens[*refresh_token].token);
    if (with_id_token) reply.set_string(as.id_token, s.make_id_token(x, *client, given));
    reply.set_string(as.expires_at, detail::iso8601(x.now + how().access_token_lifetime));
    if (auto const* one = s.directory.find_account(given.sub)) {
        detail::json_members user;
        user.set_string("userId", one->user_id).set_string("email", one->email);
        user.set_string("firstName", one->first_name).set_string("lastName", one->last_name);
        if (auto const* organization = s.directory.find_organization(one->organization_id))
            user.set_string("organizationId", organization->id).set_string("orgName", organization->name);
        user.set("licenses", detail::json_strings(one->applications));
        reply.set("user", user.text());
    }
    give(std::move(reply));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::refresh() {
    auto const refuse_token = [this](std::string_view why) { refuse(401, "INVALID_TOKEN", why); };
    if (text(names().refresh_refresh_token).empty()) return refuse_input(names().refresh_refresh_token + " is needed");
    auto const index = x.entry.refresh_token;
    if (!index) return refuse_token("The refresh token is not known");
    auto const grant = s.refresh_tokens[*index].grant;
    auto const& given = s.grants[grant];
    if (!given.headless || given.client_id != client->client.client_id) return refuse_token("The refresh token is not known");
    if (given.ended) return refuse_token("The session has ended");
    if (x.now >= s.refresh_tokens[*index].expires_at) return refuse_token("The refresh token has expired");
    auto const* one = s.directory.find_account(given.sub);
    if (!one) return refuse_token("There is no such user");
    if (!has_license(*one)) return refuse(how().not_licensed_status, "APP_NOT_LICENSED", "No licence for this application");
    std::optional<std::size_t> successor;
    if (s.options.rotate_refresh_tokens) {
        successor = s.spend_refresh_token(*index, x.now, how().refresh_token_lifetime);
        if (!successor) return refuse_token("The refresh token was used before");
    }
    for (auto& session : s.login_sessions)
        if (session.grant == grant) session.last_active_at = x.now;
    give_tokens(grant, names().refresh_reply, successor, s.options.id_token_on_refresh);
}

CALIMATIC_DECL void simulated_platform::state::headless_call::logout() {
    if (text(names().logout_refresh_token).empty()) return refuse_input(names().logout_refresh_token + " is needed");
    if (auto const index = x.entry.refresh_token) {
        auto& given = s.grants[s.refresh_tokens[*index].grant];
        if (given.client_id != client->client.client_id) return refuse(401, "INVALID_TOKEN", "The refresh token is of another client");
        given.ended = true;
    }
    give_nothing();
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
