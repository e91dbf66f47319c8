#pragma once
#include <calimatic/platform/headless/headless_refresh.hpp>

#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/headless/headless_call.ipp>
#include <calimatic/impl/platform/headless/headless_members.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The names of the reply, before a refresh token is spent on it.
inline std::optional<error> check_refresh_reply(headless_token_names const& names, check_options const& options) {
    if (auto e = check_fact(names.access_token, "refresh_reply.access_token", options)) return e;
    if (auto e = check_fact(names.refresh_token, "refresh_reply.refresh_token", options)) return e;
    if (auto e = check_fact(names.id_token, "refresh_reply.id_token", options)) return e;
    return check_fact(names.expires_at, "refresh_reply.expires_at", options);
}

inline result<headless_tokens> read_headless_refresh(
    http_response const& response, secret_string const& refresh_token, headless_token_names const& names, check_options const& options) {
    if (auto e = check_refresh_reply(names, options)) return *std::move(e);
    auto document = parse_headless_object(response, options);
    if (!document) return std::move(document).error();
    headless_tokens tokens;
    headless_reader reader(document->root(), options);
    reader.token(names.access_token, tokens.access_token, true)
        .optional_token(names.refresh_token, tokens.refresh_token)
        .optional_token(names.id_token, tokens.id_token)
        .optional_time(names.expires_at, tokens.expires_at); // whether a refresh tells it is not documented
    if (auto e = reader.failure()) return *std::move(e);
    if (tokens.refresh_token.empty()) tokens.refresh_token = refresh_token.clone();
    // Nor whether it tells the user, and fresh tokens are not lost over it.
    if (auto user = read_headless_user(document->root()["user"], {options.limits, nullptr})) tokens.user = *std::move(user);
    tokens.document = *std::move(document);
    return tokens;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_headless_refresh_request(
    platform_client const& platform, secret_string const& refresh_token, headless_profile const& profile, check_options const& options) {
    if (auto e = detail::check_refresh_reply(profile.refresh_reply, options)) return *std::move(e);
    if (auto e = detail::rule_check{options}(!refresh_token.empty(), error_code::refresh_token_missing)) return *std::move(e);
    detail::headless_body body(options);
    body.set(profile.refresh_refresh_token, "refresh_refresh_token", refresh_token.expose());
    return detail::build_headless_post(platform, "/refresh", body, options);
}

CALIMATIC_DECL result<headless_tokens> parse_headless_refresh_response(http_response const& response, platform_client const& platform,
    secret_string const& refresh_token, headless_profile const& profile, check_options const& options) {
    auto tokens = detail::read_headless_refresh(response, refresh_token, profile.refresh_reply, options);
    if (!tokens) return detail::told(std::move(tokens).error(), response, platform, {refresh_token.expose()});
    return tokens;
}

} // namespace calimatic::inline CALIMATIC_ABI
