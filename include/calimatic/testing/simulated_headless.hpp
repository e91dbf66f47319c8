#pragma once
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::testing {

/// The names that the simulated platform goes by where it is given no others. The platform's own may be others: they are not documented.
inline headless_profile simulated_headless_profile() {
    return {
        .signup_email = "email",
        .signup_password = "password",
        .signup_first_name = "firstName",
        .signup_last_name = "lastName",
        .refresh_refresh_token = "refreshToken",
        .refresh_reply = headless_token_names::of_login(),
        .logout_refresh_token = "refreshToken",
        .email_verification_token = "token",
        .password_reset_token = "token",
        .password_reset_new_password = "newPassword",
        .delete_sessions_user_id = "userId",
        .delete_sessions_place = parameter_place::query,
        .unlock_user_id = "userId",
        .mfa_enroll_method = "method",
        .mfa_enroll_confirm_code = "code",
        .mfa_disable_code = "code",
        .mfa_disable_password = "password",
        .mfa_backup_codes_code = "code",
        .mfa_backup_codes_password = "password",
    };
}

/// How a refusal is written.
enum class simulated_error_style : std::uint8_t {
    code_and_message, ///< {"code": "CODE", "message": "words"}
    within_error,     ///< {"error": {"code": "CODE", "message": "words"}}
    failed_with_code, ///< {"success": false, "error": "words", "code": "CODE"}
};

/// How the headless API of the simulated platform does what it does. Whether refresh tokens rotate, whether a refresh gives an ID Token, and whether a
/// sign-in needs a licence are said by the options of the platform.
struct simulated_headless_options {
    headless_profile profile = simulated_headless_profile();
    simulated_error_style error_style = simulated_error_style::code_and_message;
    seconds access_token_lifetime{15 * 60};
    seconds id_token_lifetime{15 * 60};
    seconds refresh_token_lifetime{7 * 24 * 3600}; ///< of each one, from when it was issued
    seconds mfa_challenge_lifetime{300};
    seconds mail_token_lifetime{3600};
    int max_attempts = 5; ///< wrong passwords, until the account is locked
    std::chrono::minutes lockout_duration{10};
    std::size_t min_password_length = 8;
    bool unverified_may_sign_in = true; ///< else refused with EMAIL_NOT_VERIFIED
    int not_licensed_status = 403;      ///< of APP_NOT_LICENSED
    bool mfa_needs_client = true;       ///< whether a call with an access token needs the client's credential as well
    bool empty_replies = false;         ///< whether what else replies `{}` replies nothing, with status 204, where that is not documented
};

/// A second factor of an account. Its codes are fixed: time has no part in them.
struct simulated_second_factor {
    std::string user_id = "user-1";
    std::string secret = "JBSWY3DPEHPK3PXP";  ///< as it is told to a device
    std::vector<std::string> codes{"123456"}; ///< each is right at any time
    std::vector<std::string> backup_codes{};  ///< each is right once
    bool confirmed = true;                    ///< else it was enrolled, and asks for nothing yet
};

/// A mail that was sent.
struct simulated_mail {
    enum class purpose : std::uint8_t { verify_email, reset_password };
    purpose what;
    std::string email;
    std::string token;
    time_point expires_at; ///< by the platform's clock
    bool used = false;
};

/// What the headless API works on besides the accounts of the directory; a test may look at it and change it.
struct simulated_headless {
    std::vector<simulated_second_factor> second_factors{}; ///< at most one of each account
    std::vector<std::string> unverified{};                 ///< whose address is not verified: user ids
    std::vector<simulated_mail> mails{};                   ///< in the order in which they were sent
    std::string next_code = "654321";                      ///< that a device shows which is enrolled from now on
};

} // namespace calimatic::inline CALIMATIC_ABI::testing

#endif
