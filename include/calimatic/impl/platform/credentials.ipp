#pragma once
#include <calimatic/platform/credentials.hpp>

#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// A server may repeat what it was sent.
inline error without_credentials(error e, platform_credentials const& credentials) {
    if (auto const* app = std::get_if<app_client>(&credentials)) return std::move(e).without(app->client_secret.expose());
    if (auto const* key = std::get_if<api_key>(&credentials)) return std::move(e).without(key->value.expose());
    return e;
}

} // namespace detail

CALIMATIC_DECL platform_client platform_client::clone() const {
    platform_client copy;
    copy.base_url = base_url;
    if (auto const* app = std::get_if<app_client>(&credentials)) copy.credentials = app_client{app->client_id, app->client_secret.clone()};
    else if (auto const* key = std::get_if<api_key>(&credentials)) copy.credentials = api_key{key->value.clone()};
    else copy.credentials = added_by_host{};
    return copy;
}

CALIMATIC_DECL result<void> put_platform_credentials(http_request& request, platform_credentials const& credentials, check_options const& options) {
    detail::rule_check const rule{options};
    for (auto const* name : {"x-client-id", "x-client-secret", "x-api-key"}) detail::remove_header(request, name);
    if (auto const* app = std::get_if<app_client>(&credentials)) {
        auto const secret = app->client_secret.expose();
        if (auto e = rule(!app->client_id.empty(), error_code::client_id_missing)) return *std::move(e);
        if (auto e = rule(!secret.empty(), error_code::client_secret_missing, {}, "x-client-secret")) return *std::move(e);
        bool const sendable = detail::is_sendable(app->client_id) && detail::is_sendable(secret);
        if (auto e = rule(sendable, error_code::credential_not_sendable)) return *std::move(e);
        request.headers.push_back({"x-client-id", app->client_id});
        request.headers.push_back({"x-client-secret", std::string(secret)});
    } else if (auto const* key = std::get_if<api_key>(&credentials)) {
        auto const value = key->value.expose();
        if (auto e = rule(!value.empty(), error_code::api_key_missing)) return *std::move(e);
        if (auto e = rule(detail::is_sendable(value), error_code::credential_not_sendable)) return *std::move(e);
        request.headers.push_back({"x-api-key", std::string(value)});
    }
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
