#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <string_view>

/// \file
/// A user's second factor. Each request has the user's access token, and the credential of an `app_client` as well, because the documentation says both
/// that it is needed and that it is not. For trusted back ends and devices only. Where a builder is said to give errors, those of `put_bearer_token`, of
/// every request to the headless API (`build_headless_login_request`), and `platform_member_invalid` are among them. What the platform replies is not
/// documented: an object, or nothing at all. Errors of all replies: those of any answer and of `parse_json`, `platform_response_malformed`,
/// `platform_error`, `access_refused`, and those that a code of the platform names, among them `invalid_token` (renew the access token) and
/// `mfa_code_wrong`. None repeats what was sent.

namespace calimatic::inline CALIMATIC_ABI {

/// What may prove that the user is there. What is empty is not sent.
struct mfa_proof {
    secret_string code{};
    secret_string password{};
};

/// GET /mfa/status. Errors: as above.
CALIMATIC_DECL result<http_request> build_mfa_status_request(
    platform_client const& platform, std::string_view access_token, check_options const& options = {});
/// Its reply.
CALIMATIC_DECL result<json_document> parse_mfa_status_response(
    http_response const& response, platform_client const& platform, std::string_view access_token, check_options const& options = {});

/// POST /mfa/enroll. `method` ("totp") is sent where it is not "". Errors: as above, `platform_fact_missing` for `mfa_enroll_method`.
CALIMATIC_DECL result<http_request> build_mfa_enroll_request(platform_client const& platform, std::string_view access_token, std::string_view method,
    headless_profile const& profile, check_options const& options = {});
/// Its reply: the secret that the user's device is to know. The document is wiped when it is dropped; nothing of it belongs into a log.
CALIMATIC_DECL result<json_document> parse_mfa_enroll_response(
    http_response const& response, platform_client const& platform, std::string_view access_token, check_options const& options = {});

/// POST /mfa/enroll/confirm, with a code of that device. Errors: as above, `platform_fact_missing` for `mfa_enroll_confirm_code`.
CALIMATIC_DECL result<http_request> build_mfa_enroll_confirm_request(platform_client const& platform, std::string_view access_token,
    secret_string const& code, headless_profile const& profile, check_options const& options = {});
/// Its reply, which may have backup codes: secret.
CALIMATIC_DECL result<json_document> parse_mfa_enroll_confirm_response(http_response const& response, platform_client const& platform,
    std::string_view access_token, secret_string const& code, check_options const& options = {});

/// POST /mfa/disable. Errors: as above, `platform_fact_missing` for `mfa_disable_code` and `mfa_disable_password`.
CALIMATIC_DECL result<http_request> build_mfa_disable_request(platform_client const& platform, std::string_view access_token, mfa_proof const& proof,
    headless_profile const& profile, check_options const& options = {});
/// Its reply.
CALIMATIC_DECL result<json_document> parse_mfa_disable_response(http_response const& response, platform_client const& platform,
    std::string_view access_token, mfa_proof const& proof, check_options const& options = {});

/// GET /mfa/backup-codes: how many are left. Errors: as above.
CALIMATIC_DECL result<http_request> build_mfa_backup_codes_request(
    platform_client const& platform, std::string_view access_token, check_options const& options = {});
/// Its reply.
CALIMATIC_DECL result<json_document> parse_mfa_backup_codes_response(
    http_response const& response, platform_client const& platform, std::string_view access_token, check_options const& options = {});

/// POST /mfa/backup-codes: makes new ones, and the old ones are good no more. Errors: as above, `platform_fact_missing` for `mfa_backup_codes_code` and
/// `mfa_backup_codes_password`.
CALIMATIC_DECL result<http_request> build_regenerate_mfa_backup_codes_request(platform_client const& platform, std::string_view access_token,
    mfa_proof const& proof, headless_profile const& profile, check_options const& options = {});
/// Its reply, which has the codes: secret.
CALIMATIC_DECL result<json_document> parse_regenerate_mfa_backup_codes_response(http_response const& response, platform_client const& platform,
    std::string_view access_token, mfa_proof const& proof, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/mfa.ipp>
#endif
