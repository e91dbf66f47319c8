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
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// Where a user is signed in, as the platform keeps it: not the tokens that a `session` keeps fresh here.
struct headless_login_session {
    std::string id{};
    std::string application{};
    std::string ip_address{}; ///< "": not said
    std::string user_agent{}; ///< likewise; untrusted text
    time_point created_at{};
    std::optional<time_point> last_active_at{};
};

/// All of them that a user has.
struct headless_login_sessions {
    std::vector<headless_login_session> sessions{};
    json_document document{}; ///< the whole reply
};

/// GET /sessions of a user. Errors: `platform_member_invalid` for an empty id, those of every request to the headless API
/// (`build_headless_login_request`). For trusted back ends and devices only, as all of these are.
CALIMATIC_DECL result<http_request> build_list_headless_login_sessions_request(
    platform_client const& platform, std::string_view user_id, check_options const& options = {});

/// Reads the list. Errors: those of any answer and of `parse_json`, those that a code of the platform names, `platform_error`,
/// `platform_response_malformed`, `json_member_type_wrong`, `timestamp_malformed`.
CALIMATIC_DECL result<headless_login_sessions> parse_list_headless_login_sessions_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

/// DELETE /sessions/{id}, which ends one. Errors: `platform_id_invalid`, those of every request to the headless API.
CALIMATIC_DECL result<http_request> build_delete_headless_login_session_request(
    platform_client const& platform, std::string_view session_id, check_options const& options = {});

/// DELETE /sessions, which ends all that a user has. Errors: `platform_fact_missing` for `delete_sessions_user_id` and `delete_sessions_place`,
/// `platform_member_invalid`, those of every request to the headless API.
CALIMATIC_DECL result<http_request> build_delete_headless_login_sessions_request(
    platform_client const& platform, std::string_view user_id, headless_profile const& profile, check_options const& options = {});

/// Reads the reply to either, whose members are not documented: any success is one. Errors: those of any answer and of `parse_json`,
/// `platform_response_malformed`, `platform_error`, and those that a code of the platform names.
CALIMATIC_DECL result<void> parse_delete_headless_login_session_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});
CALIMATIC_DECL result<void> parse_delete_headless_login_sessions_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/headless_login_session.ipp>
#endif
