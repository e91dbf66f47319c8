#pragma once
#include <calimatic/detail/response.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

inline bool is_http_token(std::string_view text) noexcept { return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar); }

/// An error with what the server added to it.
inline error with_response(error e, http_response const& response, check_options const& options) {
    if (auto const words = parse_server_error(response.body, options)) e = std::move(e).with_server(words->error, words->description);
    return std::move(e).with_http_status(response.status).with_retry_after(retry_after(response));
}

CALIMATIC_DECL std::optional<error> check_response(http_response const& response, std::size_t max_body, check_options const& options) {
    rule_check rule{options};
    std::size_t header_bytes = 0;
    for (auto const& header : response.headers) header_bytes += header.name.size() + header.value.size();
    bool const headers_fit = response.headers.size() <= options.limits.headers && header_bytes <= options.limits.header_bytes;
    if (auto e = rule(headers_fit, error_code::headers_too_large)) return std::move(*e).with_http_status(response.status);
    if (auto e = rule(response.body.size() <= max_body, error_code::transport_too_large)) return std::move(*e).with_http_status(response.status);
    // Where to is not told: a Location may repeat the request's parameters.
    auto const status = response.status;
    if (auto e = rule(status < 300 || status > 399, error_code::redirect_not_followed)) return std::move(*e).with_http_status(status);
    if (auto e = rule(status != 429, error_code::too_many_requests)) return with_response(std::move(*e), response, options);
    if (auto e = rule(status < 500 || status > 599, error_code::server_unavailable)) return with_response(std::move(*e), response, options);
    return std::nullopt;
}

CALIMATIC_DECL error unexpected_status(http_response const& response) {
    return error(error_code::status_unexpected).with_http_status(response.status);
}

CALIMATIC_DECL std::string media_type(std::vector<http_header> const& headers) {
    auto const field = find_header(headers, "content-type");
    if (!field) return {};
    auto const text = trim(field->substr(0, field->find(';')));
    auto const slash = text.find('/');
    if (slash == std::string_view::npos || !is_http_token(text.substr(0, slash)) || !is_http_token(text.substr(slash + 1))) return {};
    return ascii_lower(text);
}

CALIMATIC_DECL std::optional<server_error> parse_server_error(std::string_view body, check_options const& options) {
    if (body.empty()) return std::nullopt;
    auto const document = parse_json(body, options.limits.token_body, {options.limits, nullptr}); // looking is no decision
    if (!document) return std::nullopt;
    auto const error = document->root()["error"].as_string();
    if (!error || error->empty()) return std::nullopt;
    auto description = document->root()["error_description"].as_string().value_or("");
    if (description.size() > options.limits.server_text) {
        auto end = options.limits.server_text;
        while (end > 0 && (static_cast<unsigned char>(description[end]) & 0xc0) == 0x80) --end; // not within a character
        description = description.substr(0, end);
    }
    return server_error{std::string(*error), std::string(description)};
}

CALIMATIC_DECL condition condition_of(std::string_view server_error, condition otherwise) noexcept {
    struct row {
        std::string_view error;
        condition kind;
    };
    static constexpr row rows[] = {
        {"invalid_grant", condition::authorize_again}, // RFC 6749 5.2
        {"invalid_client", condition::fix_configuration},
        {"unauthorized_client", condition::fix_configuration},
        {"unsupported_grant_type", condition::fix_configuration},
        {"invalid_request", condition::fix_configuration},
        {"invalid_scope", condition::correct_input},
        {"unsupported_response_type", condition::fix_configuration}, // RFC 6749 4.1.2.1
        {"access_denied", condition::access_refused},
        {"server_error", condition::retry_later},
        {"temporarily_unavailable", condition::retry_later},
        {"interaction_required", condition::authorize_again}, // OIDC Core 3.1.2.6
        {"login_required", condition::authorize_again},
        {"consent_required", condition::authorize_again},
        {"account_selection_required", condition::authorize_again},
        {"invalid_request_uri", condition::fix_configuration},
        {"invalid_request_object", condition::fix_configuration},
        {"request_not_supported", condition::fix_configuration},
        {"request_uri_not_supported", condition::fix_configuration},
        {"registration_not_supported", condition::fix_configuration},
        {"invalid_target", condition::correct_input},             // RFC 8707 2
        {"unsupported_token_type", condition::fix_configuration}, // RFC 7009 2.2.1
        {"authorization_pending", condition::retry_later},        // RFC 8628 3.5
        {"slow_down", condition::retry_later},
        {"expired_token", condition::authorize_again},
    };
    for (auto const& row : rows)
        if (row.error == server_error) return row.kind;
    return otherwise;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
