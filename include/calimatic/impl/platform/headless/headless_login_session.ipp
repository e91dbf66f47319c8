#pragma once
#include <calimatic/platform/headless/headless_login_session.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>
#include <calimatic/impl/platform/headless/headless_members.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <cstddef>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline result<headless_login_session> read_headless_login_session(json object, check_options const& options) {
    headless_login_session session;
    headless_reader reader(object, options);
    reader.string("id", session.id)
        .string("application", session.application)
        .optional_string("ipAddress", session.ip_address)
        .optional_string("userAgent", session.user_agent)
        .time("createdAt", session.created_at)
        .optional_time("lastActiveAt", session.last_active_at);
    if (auto e = reader.failure()) return *std::move(e);
    return session;
}

inline result<headless_login_sessions> read_headless_login_sessions(http_response const& response, check_options const& options) {
    auto document = parse_headless_object(response, options);
    if (!document) return std::move(document).error();
    headless_login_sessions list;
    headless_reader reader(document->root(), options);
    auto const elements = reader.array("sessions");
    if (auto e = reader.failure()) return *std::move(e);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        auto session = read_headless_login_session(elements[i], options);
        if (!session) return std::move(session).error();
        list.sessions.push_back(*std::move(session));
    }
    list.document = *std::move(document);
    return list;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_list_headless_login_sessions_request(
    platform_client const& platform, std::string_view user_id, check_options const& options) {
    if (auto e = detail::check_headless_value(user_id, "userId", options)) return *std::move(e);
    return detail::build_headless_request(platform, http_method::get, "/sessions?userId=" + detail::percent_encode(user_id), {}, options);
}

CALIMATIC_DECL result<headless_login_sessions> parse_list_headless_login_sessions_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto list = detail::read_headless_login_sessions(response, options);
    if (!list) return detail::told(std::move(list).error(), response, platform, {});
    return list;
}

CALIMATIC_DECL result<http_request> build_delete_headless_login_session_request(
    platform_client const& platform, std::string_view session_id, check_options const& options) {
    if (auto e = detail::check_path_id(detail::rule_check{options}, session_id)) return *std::move(e); // an empty one would end all sessions
    return detail::build_headless_request(platform, http_method::delete_, "/sessions/" + detail::percent_encode(session_id), {}, options);
}

CALIMATIC_DECL result<http_request> build_delete_headless_login_sessions_request(
    platform_client const& platform, std::string_view user_id, headless_profile const& profile, check_options const& options) {
    bool const is_known = profile.delete_sessions_place == parameter_place::query || profile.delete_sessions_place == parameter_place::body;
    if (auto e = detail::rule_check{options}(is_known, error_code::platform_fact_missing, {}, "delete_sessions_place")) return *std::move(e);
    detail::headless_body body(options);
    body.set(profile.delete_sessions_user_id, "delete_sessions_user_id", user_id);
    auto const text = body.finish();
    if (!text) return text.error();
    if (profile.delete_sessions_place == parameter_place::body)
        return detail::build_headless_request(platform, http_method::delete_, "/sessions", *text, options);
    auto const query = '?' + detail::percent_encode(profile.delete_sessions_user_id) + '=' + detail::percent_encode(user_id);
    return detail::build_headless_request(platform, http_method::delete_, "/sessions" + query, {}, options);
}

CALIMATIC_DECL result<void> parse_delete_headless_login_session_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    return detail::parse_headless_success(response, platform, {}, options);
}

CALIMATIC_DECL result<void> parse_delete_headless_login_sessions_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    return detail::parse_headless_success(response, platform, {}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
