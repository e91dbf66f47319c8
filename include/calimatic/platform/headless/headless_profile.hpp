#pragma once
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// Under which names a reply of the headless API has its tokens.
struct headless_token_names {
    std::string access_token{};
    std::string refresh_token{};
    std::string id_token{};
    std::string expires_at{}; ///< of the access token, a time of ISO 8601

    /// Those that the documentation gives for the replies to /login and /mfa/verify.
    static headless_token_names of_login() { return {"accessToken", "refreshToken", "idToken", "expiresAt"}; }
};

/// Where a request has a parameter.
enum class parameter_place : std::uint8_t { unknown, query, body };

/// The names of JSON members that the platform's public documentation leaves open, as its operator tells them. None has a default, for a guess could
/// be wrong where nobody sees it: a call that needs a name which is "" is refused with `platform_fact_missing`, whose `expected()` is the name of the
/// member of this struct. What a call does not need may stay "".
struct headless_profile {
    std::string signup_email{}; ///< of POST /signup
    std::string signup_password{};
    std::string signup_first_name{};
    std::string signup_last_name{};
    std::string refresh_refresh_token{};    ///< of POST /refresh
    headless_token_names refresh_reply{};   ///< `headless_token_names::of_login()` where it is the same as the reply to /login
    std::string logout_refresh_token{};     ///< of POST /logout
    std::string email_verification_token{}; ///< of POST /email/verify-confirm
    std::string password_reset_token{};     ///< of POST /password/reset-confirm
    std::string password_reset_new_password{};
    std::string delete_sessions_user_id{}; ///< of DELETE /sessions, for all sessions of a user
    parameter_place delete_sessions_place = parameter_place::unknown;
    std::string unlock_user_id{};    ///< of POST /security/unlock
    std::string mfa_enroll_method{}; ///< of POST /mfa/enroll, where it is told a method
    std::string mfa_enroll_confirm_code{};
    std::string mfa_disable_code{}; ///< of POST /mfa/disable, where it is told a code
    std::string mfa_disable_password{};
    std::string mfa_backup_codes_code{}; ///< of POST /mfa/backup-codes, likewise
    std::string mfa_backup_codes_password{};
};

} // namespace calimatic::inline CALIMATIC_ABI
