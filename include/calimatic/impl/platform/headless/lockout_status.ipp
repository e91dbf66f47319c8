#pragma once
#include <calimatic/platform/headless/lockout_status.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>
#include <calimatic/impl/platform/headless/headless_members.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline result<lockout_status> read_lockout_status(http_response const& response, check_options const& options) {
    auto document = parse_headless_object(response, options);
    if (!document) return std::move(document).error();
    lockout_status status;
    std::int64_t minutes = 0;
    headless_reader reader(document->root(), options);
    reader.boolean("locked", status.locked)
        .optional_duration("remainingLockoutSeconds", status.remaining_lockout_seconds)
        .count("attemptsRemaining", status.attempts_remaining)
        .optional_time("lockedUntil", status.locked_until)
        .count("maxAttempts", status.max_attempts)
        .count("lockoutDurationMinutes", minutes);
    if (auto e = reader.failure()) return *std::move(e);
    status.lockout_duration_minutes = std::chrono::minutes{minutes};
    if (!status.locked) { // whatever else is said of a lock that is over
        status.remaining_lockout_seconds.reset();
        status.locked_until.reset();
    }
    status.document = *std::move(document);
    return status;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_lockout_status_request(
    platform_client const& platform, std::string_view user_id, check_options const& options) {
    if (auto e = detail::check_headless_value(user_id, "userId", options)) return *std::move(e);
    auto const path = "/security/lockout-status?userId=" + detail::percent_encode(user_id);
    return detail::build_headless_request(platform, http_method::get, path, {}, options);
}

CALIMATIC_DECL result<lockout_status> parse_lockout_status_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto status = detail::read_lockout_status(response, options);
    if (!status) return detail::told(std::move(status).error(), response, platform, {});
    return status;
}

CALIMATIC_DECL result<http_request> build_unlock_user_request(
    platform_client const& platform, std::string_view user_id, headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set(profile.unlock_user_id, "unlock_user_id", user_id);
    return detail::build_headless_post(platform, "/security/unlock", body, options);
}

CALIMATIC_DECL result<json_document> parse_unlock_user_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    return detail::parse_open_headless_reply(response, platform, {}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
