#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/impl/flow/authorization_code_flow.ipp>
#include <calimatic/impl/flow/headless_token_set.ipp>
#include <calimatic/impl/flow/session_state.ipp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <calimatic/oauth/revocation.hpp>
#include <calimatic/oauth/token.hpp>
#include <calimatic/platform/headless/headless_logout.hpp>
#include <calimatic/platform/headless/headless_refresh.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

/// \file
/// What is different from one way to come by fresh tokens to another.

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// What would otherwise be found out only when the first refresh is due.
CALIMATIC_DECL result<void> check_method(oauth_refresh const& how, time_point now, session_options const& options) {
    return check_client(how.server, how.client, now, options.crypto, options.check);
}
CALIMATIC_DECL result<void> check_method(client_credentials const& how, time_point now, session_options const& options) {
    auto const method = select_client_auth_method(how.server, how.client, now, options.check);
    if (!method) return method.error();
    if (auto checked = check_assertions(how.client, *method, options.crypto, options.check); !checked) return checked;
    derived_random unseeded; // which is as far as a request gets that is not to be sent
    auto const request =
        build_token_request(how.server, how.client, client_credentials_grant{how.scope, how.resource}, now, options.check, &unseeded);
    if (!request && request.error() != error_code::random_source_failed) return request.error();
    return {};
}
CALIMATIC_DECL result<void> check_method(headless_refresh const& how, time_point, session_options const& options) {
    if (auto checked = check_algorithms(how.server, how.client, how.client.client_secret.expose(), options.check); !checked) return checked;
    auto const request = build_headless_refresh_request(how.platform, "any refresh token", how.profile, options.check);
    if (!request) return request.error();
    return {};
}
CALIMATIC_DECL result<void> check_method(refresh_method const& how, time_point now, session_options const& options) {
    if (auto const* user = std::get_if<oauth_refresh>(&how)) return check_method(*user, now, options);
    if (auto const* user = method_if<headless_refresh>(how)) return check_method(*user, now, options);
    return check_method(*method_if<client_credentials>(how), now, options);
}

/// RFC 6749 5.2, OIDC Core 3.1.2.6: what no later try can change.
inline bool is_final(std::string_view error) noexcept {
    constexpr std::string_view final_errors[] = {
        "invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"};
    return std::find(std::begin(final_errors), std::end(final_errors), error) != std::end(final_errors);
}

/// The same of the headless API, whose documented codes say it. One that is not documented says it with a 401, which is about the refresh token where
/// it is not about the client. A page that somebody else put in front of the platform says nothing.
inline bool is_headless_refusal(error const& e) noexcept {
    switch (e.code()) {
    case error_code::invalid_token:
    case error_code::credentials_wrong:
    case error_code::user_not_found:
    case error_code::app_not_licensed: return true;
    case error_code::platform_error: break;
    default: return false;
    }
    auto const code = e.server_error();
    return is_final(code) || (e.http_status() == 401 && code != "invalid_client" && code != "unauthorized_client");
}

} // namespace detail

CALIMATIC_DECL server_metadata const& session::state::server() const noexcept {
    if (auto const* user = std::get_if<oauth_refresh>(&how)) return user->server;
    if (auto const* user = headless()) return user->server;
    return without_user()->server;
}

CALIMATIC_DECL client_information const& session::state::client() const noexcept {
    if (auto const* user = std::get_if<oauth_refresh>(&how)) return user->client;
    if (auto const* user = headless()) return user->client;
    return without_user()->client;
}

CALIMATIC_DECL result<http_request> session::state::build_refresh(time_point issuer_now) {
    if (auto const* user = headless()) return build_headless_refresh_request(user->platform, tokens.refresh_token, user->profile, options.check);
    if (auto const* alone = without_user())
        return build_token_request(
            server(), client(), client_credentials_grant{alone->scope, alone->resource}, issuer_now, options.check, &assertions);
    return build_token_request(
        server(), client(), refresh_token_grant{tokens.refresh_token.expose(), {}, {}}, issuer_now, options.check, &assertions);
}

CALIMATIC_DECL result<token_set> session::state::parse_refresh(http_response const& response, time_point now) const {
    if (auto const* user = headless()) {
        auto given = parse_headless_refresh_response(response, user->platform, tokens.refresh_token, user->profile, options.check);
        if (!given) return std::move(given).error();
        auto fresh = detail::to_token_set(std::move(*given), response, clock, now);
        fresh.scope = tokens.scope;
        if (fresh.id_token.empty()) fresh.id_token = tokens.id_token.clone();
        return fresh;
    }
    auto const* const alone = without_user();
    auto const& scope = alone ? alone->scope : tokens.scope;
    auto fresh = parse_token_response(response, {scope, false, alone ? nullptr : &tokens}, now, options.check);
    if (!fresh) return detail::without_client_secret(std::move(fresh).error(), client());
    return fresh;
}

CALIMATIC_DECL bool session::state::is_refusal(error const& e) const {
    if (without_user()) return false;
    if (headless()) return detail::is_headless_refusal(e);
    return e == error_code::token_error && detail::is_final(e.server_error());
}

/// The access tokens of a refresh token go with it (RFC 7009 2.1).
CALIMATIC_DECL secret_string const& session::state::token_to_revoke() const noexcept {
    return tokens.refresh_token.empty() ? tokens.access_token : tokens.refresh_token;
}

CALIMATIC_DECL bool session::state::can_revoke() const noexcept {
    if (headless()) return !tokens.refresh_token.empty();
    return !token_to_revoke().empty() && !server().revocation_endpoint.empty();
}

CALIMATIC_DECL result<http_request> session::state::build_revocation(time_point issuer_now) {
    if (auto const* user = headless()) return build_headless_logout_request(user->platform, tokens.refresh_token, user->profile, options.check);
    std::string_view const hint = tokens.refresh_token.empty() ? "access_token" : "refresh_token";
    return build_revocation_request(server(), client(), token_to_revoke().expose(), hint, issuer_now, options.check, &assertions);
}

CALIMATIC_DECL result<void> session::state::parse_revocation(http_response const& response) const {
    auto const* const user = headless();
    if (!user) return parse_revocation_response(response, client(), token_to_revoke().expose(), options.check);
    auto const revoked = parse_headless_logout_response(response, user->platform, tokens.refresh_token, options.check);
    // As with RFC 7009 2.2: a token that is not good any more is as it was to be.
    if (!revoked && revoked.error() == error_code::invalid_token) return {};
    return revoked;
}

} // namespace calimatic::inline CALIMATIC_ABI
