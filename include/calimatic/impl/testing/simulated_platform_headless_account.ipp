#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/impl/platform/platform_request.ipp>
#include <calimatic/impl/testing/simulated_directory.ipp>
#include <calimatic/impl/testing/simulated_platform_headless.ipp>
#include <calimatic/impl/testing/simulated_platform_management.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <chrono>

namespace calimatic::inline CALIMATIC_ABI::testing {

CALIMATIC_DECL void simulated_platform::state::headless_call::signup() {
    auto const password = text(names().signup_password);
    detail::simulated_provisioning asked;
    asked.email = text(names().signup_email);
    asked.first_name = text(names().signup_first_name);
    asked.last_name = text(names().signup_last_name);
    if (asked.email.find('@') == std::string::npos) return refuse_input(names().signup_email + ": invalid");
    if (password.size() < how().min_password_length) return refuse_input(names().signup_password + ": too short");
    if (s.directory.find_account_by_email(asked.email)) return refuse(409, "EMAIL_EXISTS", "There is an account with that address");
    auto const created = s.provision(client->client.client_id, asked);
    created.account->password = password;
    s.headless.unverified.push_back(created.account->user_id);
    give(detail::json_members().set_string("userId", created.account->user_id).set_string("email", created.account->email));
}

/// The same for an address that is not known (platform documentation: "always 200").
CALIMATIC_DECL void simulated_platform::state::headless_call::send_mail(simulated_mail::purpose what) {
    auto const email = text("email");
    if (email.find('@') == std::string::npos) return refuse_input("email: invalid");
    auto const* one = s.directory.find_account_by_email(email);
    auto const& unverified = s.headless.unverified;
    bool const is_needed =
        one && (what == simulated_mail::purpose::reset_password || std::find(unverified.begin(), unverified.end(), one->user_id) != unverified.end());
    if (is_needed) s.headless.mails.push_back({what, one->email, random_text(s.random), x.now + how().mail_token_lifetime});
    give();
}

/// Uses the token of a mail up; null where it is not good.
CALIMATIC_DECL simulated_account* simulated_platform::state::headless_call::take_mail(simulated_mail::purpose what, std::string_view token) {
    auto* const mail = detail::find_where(s.headless.mails, [&](auto const& one) { return one.what == what && one.token == token; });
    auto* const one = mail && !mail->used && x.now < mail->expires_at ? s.directory.find_account_by_email(mail->email) : nullptr;
    if (one) mail->used = true;
    else refuse(400, "INVALID_TOKEN", "The token is expired, used or not known");
    return one;
}

CALIMATIC_DECL void simulated_platform::state::headless_call::verify_email() {
    auto const* one = take_mail(simulated_mail::purpose::verify_email, text(names().email_verification_token));
    if (!one) return;
    std::erase(s.headless.unverified, one->user_id);
    give_nothing();
}

CALIMATIC_DECL void simulated_platform::state::headless_call::reset_password() {
    auto const password = text(names().password_reset_new_password);
    if (password.size() < how().min_password_length) return refuse_input(names().password_reset_new_password + ": too short");
    auto* one = take_mail(simulated_mail::purpose::reset_password, text(names().password_reset_token));
    if (!one) return;
    one->password = password;
    s.attempts.erase(one->user_id);
    end_sessions(one->user_id);
    give_nothing();
}

CALIMATIC_DECL void simulated_platform::state::headless_call::end_sessions(std::string_view user_id) {
    for (auto const& session : s.login_sessions)
        if (s.grants[session.grant].sub == user_id) s.grants[session.grant].ended = true;
}

CALIMATIC_DECL void simulated_platform::state::headless_call::list_sessions() {
    auto const user_id = query("userId");
    if (user_id.empty()) return refuse_input("userId is needed");
    if (!s.directory.find_account(user_id)) return refuse_user();
    std::string list;
    for (auto const& session : s.login_sessions) {
        auto const& grant = s.grants[session.grant];
        if (grant.ended || grant.sub != user_id) continue;
        detail::json_members one;
        one.set_string("id", session.id).set_string("application", grant.client_id);
        if (!session.user_agent.empty()) one.set_string("userAgent", session.user_agent);
        one.set_string("createdAt", detail::iso8601(session.created_at)).set_string("lastActiveAt", detail::iso8601(session.last_active_at));
        list.append(list.empty() ? "" : ",").append(one.text());
    }
    give(detail::json_members().set("sessions", "[" + list + "]"));
}

/// `id` is as it stands in the path.
CALIMATIC_DECL void simulated_platform::state::headless_call::delete_session(std::string_view id) {
    auto const* session = detail::find_where(s.login_sessions, [&](auto const& one) { return detail::percent_encode(one.id) == id; });
    if (!session || s.grants[session->grant].ended) return refuse(404, "SESSION_NOT_FOUND", "There is no such session");
    s.grants[session->grant].ended = true;
    give_nothing();
}

CALIMATIC_DECL void simulated_platform::state::headless_call::delete_sessions() {
    bool const in_query = names().delete_sessions_place == parameter_place::query;
    auto const user_id = in_query ? query(names().delete_sessions_user_id) : text(names().delete_sessions_user_id);
    if (user_id.empty()) return refuse_input(names().delete_sessions_user_id + " is needed");
    if (!s.directory.find_account(user_id)) return refuse_user();
    end_sessions(user_id);
    give_nothing();
}

CALIMATIC_DECL void simulated_platform::state::headless_call::lockout_status() {
    auto const user_id = query("userId");
    if (user_id.empty()) return refuse_input("userId is needed");
    if (!s.directory.find_account(user_id)) return refuse_user();
    auto& tried = s.attempts[user_id];
    if (tried.locked_until && x.now >= *tried.locked_until) tried = {};
    detail::json_members reply;
    auto const until = tried.locked_until;
    auto const remaining = until ? std::chrono::ceil<seconds>(*until - x.now).count() : 0;
    reply.set("locked", until ? "true" : "false").set("remainingLockoutSeconds", until ? std::to_string(remaining) : "null");
    reply.set_number("attemptsRemaining", how().max_attempts - tried.failures);
    reply.set("lockedUntil", until ? detail::json_string(detail::iso8601(*until)) : "null");
    reply.set_number("maxAttempts", how().max_attempts).set_number("lockoutDurationMinutes", how().lockout_duration.count());
    give(std::move(reply));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::password_policy() {
    give(detail::json_members().set_number("minLength", static_cast<std::int64_t>(how().min_password_length)));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::unlock() {
    auto const user_id = text(names().unlock_user_id);
    if (user_id.empty()) return refuse_input(names().unlock_user_id + " is needed");
    if (!s.directory.find_account(user_id)) return refuse_user();
    s.attempts.erase(user_id);
    give_nothing();
}

CALIMATIC_DECL void simulated_platform::state::headless_call::mfa_status() {
    auto const* factor = second_factor_of(account->user_id);
    bool const is_on = factor && factor->confirmed;
    give(detail::json_members().set("enabled", is_on ? "true" : "false").set("methods", is_on ? R"(["totp","backup_code"])" : "[]"));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::mfa_enroll() {
    auto const method = text(names().mfa_enroll_method);
    if (!method.empty() && method != "totp") return refuse_input(names().mfa_enroll_method + ": invalid");
    auto* factor = second_factor_of(account->user_id);
    if (factor && factor->confirmed) return refuse(409, "MFA_ALREADY_ENABLED", "There is a second factor");
    if (!factor) factor = &s.headless.second_factors.emplace_back();
    *factor = {.user_id = account->user_id, .codes = {s.headless.next_code}, .confirmed = false};
    auto const uri = "otpauth://totp/" + detail::percent_encode(account->email) + "?secret=" + factor->secret;
    give(detail::json_members().set_string("secret", factor->secret).set_string("otpauthUri", uri));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::mfa_confirm() {
    auto* factor = second_factor_of(account->user_id);
    if (!factor || factor->confirmed) return refuse(409, "MFA_NOT_ENROLLED", "Nothing waits to be confirmed");
    if (!take_code(*factor, "totp", text(names().mfa_enroll_confirm_code))) return refuse(401, "MFA_INVALID_CODE", "The code is wrong");
    factor->confirmed = true;
    mfa_new_backup_codes();
}

/// Whether the user gave a proof, and every one that was given is right.
CALIMATIC_DECL bool simulated_platform::state::headless_call::prove(
    simulated_second_factor& factor, std::string_view code_name, std::string_view password_name) {
    auto const code = text(code_name);
    auto const password = text(password_name);
    bool const code_is_right = code.empty() || take_code(factor, "totp", code) || take_code(factor, "backup_code", code);
    if (code.empty() && password.empty()) refuse_input("A code or a password is needed");
    else if (!code_is_right) refuse(401, "MFA_INVALID_CODE", "The code is wrong");
    else if (!password.empty() && !constant_time_equal(account->password.expose(), password)) refuse(401, "INVALID_CREDENTIALS", "Invalid password");
    else return true;
    return false;
}

CALIMATIC_DECL void simulated_platform::state::headless_call::mfa_disable() {
    auto* factor = second_factor_of(account->user_id);
    if (!factor || !factor->confirmed) return refuse(409, "MFA_NOT_ENROLLED", "There is no second factor");
    if (!prove(*factor, names().mfa_disable_code, names().mfa_disable_password)) return;
    std::erase_if(s.headless.second_factors, [this](auto const& one) { return one.user_id == account->user_id; });
    give_nothing();
}

CALIMATIC_DECL void simulated_platform::state::headless_call::mfa_backup_codes() {
    auto const* factor = second_factor_of(account->user_id);
    give(detail::json_members().set_number("remaining", factor ? static_cast<std::int64_t>(factor->backup_codes.size()) : 0));
}

CALIMATIC_DECL void simulated_platform::state::headless_call::mfa_new_backup_codes() {
    auto* factor = second_factor_of(account->user_id);
    if (!factor || !factor->confirmed) return refuse(409, "MFA_NOT_ENROLLED", "There is no second factor");
    factor->backup_codes.clear();
    while (factor->backup_codes.size() < 8) factor->backup_codes.push_back(random_text(s.random).substr(0, 10));
    give(detail::json_members().set("backupCodes", detail::json_strings(factor->backup_codes)));
}

} // namespace calimatic::inline CALIMATIC_ABI::testing
