#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Whether an account is locked after too many wrong passwords.
struct lockout_status {
    bool locked = false;
    std::optional<seconds> remaining_lockout_seconds{}; ///< nothing where it is not locked, or where that was not said
    std::int64_t attempts_remaining = 0;
    std::optional<time_point> locked_until{}; ///< likewise, by the platform's clock
    std::int64_t max_attempts = 0;
    std::chrono::minutes lockout_duration_minutes{0};
    json_document document{}; ///< the whole reply
};

/// GET /security/lockout-status of a user. Errors: `platform_member_invalid` for an empty id, those of every request to the headless API
/// (`build_headless_login_request`). For trusted back ends and devices only, as the next one is.
CALIMATIC_DECL result<http_request> build_lockout_status_request(
    platform_client const& platform, std::string_view user_id, check_options const& options = {});

/// Reads the status. Errors: `user_not_found`, `too_many_requests` and others that a code of the platform names, `platform_error`, those of any answer
/// and of `parse_json`, `platform_response_malformed`, `json_member_type_wrong`, `timestamp_malformed`.
CALIMATIC_DECL result<lockout_status> parse_lockout_status_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

/// POST /security/unlock. Errors: `platform_fact_missing` for `unlock_user_id`, `platform_member_invalid`, those of every request to the headless API.
CALIMATIC_DECL result<http_request> build_unlock_user_request(
    platform_client const& platform, std::string_view user_id, headless_profile const& profile, check_options const& options = {});

/// Reads the reply, whose members are not documented: an object, or nothing at all. Errors: those of `parse_headless_signup_response`.
CALIMATIC_DECL result<json_document> parse_unlock_user_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/lockout_status.ipp>
#endif
