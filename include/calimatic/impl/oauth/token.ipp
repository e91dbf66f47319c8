#pragma once
#include <calimatic/oauth/token.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <calimatic/oauth/pkce.hpp>
#include <algorithm>
#include <cmath>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int token_set_version = 1;
inline constexpr seconds longest_lifetime{3650LL * 24 * 3600};

/// A POST to the token endpoint whose form has its grant_type.
inline result<http_request> begin_token_request(server_metadata const& server, std::string_view grant_type, check_options const& options) {
    auto request = begin_form_request(server.token_endpoint, "token_endpoint", options);
    if (request) append_form(request->body, "grant_type", grant_type);
    return request;
}

/// The request with the client's authentication, which stands last in the form.
inline result<http_request> finish_token_request(http_request request, server_metadata const& server, client_information const& client,
    time_point now, check_options const& options, random_source* random) {
    if (auto const authenticated = authenticate_client(request, server, client, now, options, random); !authenticated) return authenticated.error();
    return request;
}

/// A member that is a string, or nothing. Null counts as absent, and so does "": no token is empty.
inline result<std::optional<std::string_view>> read_token_member(json root, std::string_view name, check_options const& options) {
    rule_check const rule{options};
    auto const value = root[name];
    if (!value.has_value()) return std::optional<std::string_view>();
    auto text = value.as_string();
    if (auto e = rule(text.has_value(), error_code::json_member_type_wrong, name, "a string")) return *std::move(e);
    bool const fits = text->size() <= options.limits.token;
    if (auto e = rule(fits, error_code::token_too_large, name)) return std::move(*e).with_condition(condition::distrust_server);
    if (text->empty()) text.reset();
    return text;
}

/// When the token expires, or nothing where that was not said.
inline result<std::optional<time_point>> read_expires_in(json value, time_point now, check_options const& options) {
    if (!value.has_value()) return std::optional<time_point>();
    auto const lifetime = value.as_double();
    // RFC 6749 A.14: a number. A text is refused, as providers that send one are few and the next one may mean a date.
    if (auto e = rule_check{options}(lifetime.has_value() && *lifetime == *lifetime, error_code::expires_in_invalid)) return *std::move(e);
    // Compared as a double: a number out of range must not be converted.
    auto const bounded = *lifetime <= 0 ? 0.0 : std::floor((std::min)(*lifetime, static_cast<double>(longest_lifetime.count())));
    return std::optional(now + seconds(static_cast<seconds::rep>(bounded)));
}

/// RFC 6749 A.17.
inline bool is_refresh_token(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

/// The text of a 200.
inline result<json_document> read_token_document(http_response const& response, check_options const& options) {
    rule_check const rule{options};
    auto document = parse_json(response.body, options.limits.token_body, options);
    if (!document) {
        // A page in place of an answer: a captive portal, a proxy. "Not JSON" would be the lesser half of the truth.
        auto const type = media_type(response);
        bool const page = document.error() == error_code::json_syntax && !type.empty() && type != "application/json";
        if (auto e = rule(!page, error_code::token_response_malformed, type, "application/json")) return *std::move(e);
        return document;
    }
    if (auto e = rule(document->root().kind() == json_kind::object, error_code::token_response_malformed)) return *std::move(e);
    return document;
}

inline error token_error_of(server_error const& words, http_response const& response, check_options const& options) {
    auto e = rule_check{options}(false, error_code::token_error);
    return std::move(*e)
        .with_server(words.error, words.description)
        .with_http_status(response.status)
        .with_retry_after(retry_after(response))
        .with_condition(condition_of(words.error, condition::authorize_again));
}

inline result<token_set> read_token_response(
    http_response const& response, token_expectations const& expected, time_point now, check_options const& options) {
    rule_check const rule{options};
    if (auto e = check_response(response, options.limits.token_body, options)) return *std::move(e);
    if (response.status >= 400 && response.status <= 499) {
        if (auto const words = parse_server_error(response.body, options)) return token_error_of(*words, response, options);
    }
    if (response.status != 200) return unexpected_status(response);

    auto const document = read_token_document(response, options);
    if (!document) return document.error();
    auto const root = document->root();
    // Whatever else is there: an error is not a success.
    if (root["error"].has_value()) return token_error_of(parse_server_error(response.body, options).value_or(server_error{}), response, options);

    auto const access_token = read_token_member(root, "access_token", options);
    if (!access_token) return access_token.error();
    if (auto e = rule(access_token->has_value(), error_code::access_token_missing)) return *std::move(e);
    if (auto e = rule(is_sendable(**access_token), error_code::token_not_sendable)) return *std::move(e);
    auto const token_type = read_token_member(root, "token_type", options);
    if (!token_type) return token_type.error();
    if (auto e = rule(token_type->has_value(), error_code::token_type_missing)) return *std::move(e);
    // A type is a short word; whatever is longer may be a token in the wrong place, and is not told.
    auto const type = **token_type;
    auto const told_type = type.size() <= 16 ? type : std::string_view();
    if (auto e = rule(equal_ignoring_case(type, "Bearer"), error_code::token_type_unknown, told_type, "Bearer")) return *std::move(e);
    auto const expires_at = read_expires_in(root["expires_in"], now, options);
    if (!expires_at) return expires_at.error();
    auto const refresh_token = read_token_member(root, "refresh_token", options);
    if (!refresh_token) return refresh_token.error();
    bool const visible = !*refresh_token || is_refresh_token(**refresh_token);
    if (auto e = rule(visible, error_code::token_not_sendable, "refresh_token")) return *std::move(e);
    auto const scope = root["scope"];
    if (auto e = rule(!scope.has_value() || scope.as_string(), error_code::json_member_type_wrong, "scope", "a string")) return *std::move(e);
    auto const id_token = read_token_member(root, "id_token", options);
    if (!id_token) return id_token.error();
    if (auto e = rule(id_token->has_value() || !expected.id_token_required, error_code::id_token_missing)) return *std::move(e);

    auto const* const before = expected.refreshed;
    token_set tokens;
    tokens.access_token = **access_token;
    tokens.token_type = type;
    tokens.expires_at = *expires_at;
    tokens.received_at = now;
    if (*refresh_token) tokens.refresh_token = **refresh_token;
    else if (before) tokens.refresh_token = before->refresh_token.clone();
    if (*id_token) tokens.id_token = **id_token;
    else if (before) tokens.id_token = before->id_token.clone();
    if (scope.has_value()) tokens.scope = *scope.as_string();
    else if (!expected.scope.empty() || !before) tokens.scope = expected.scope;
    else tokens.scope = before->scope;
    return tokens;
}

} // namespace detail

CALIMATIC_DECL token_set token_set::clone() const {
    return {access_token.clone(), token_type, expires_at, received_at, refresh_token.clone(), id_token.clone(), scope};
}

CALIMATIC_DECL secret_string serialize(token_set const& tokens) {
    detail::json_writer writer;
    detail::begin_blob(writer, "token_set", detail::token_set_version);
    writer.string("access_token", tokens.access_token.expose());
    writer.string("token_type", tokens.token_type);
    if (tokens.expires_at) writer.number("expires_at", tokens.expires_at->time_since_epoch().count());
    writer.number("received_at", tokens.received_at.time_since_epoch().count());
    writer.optional_string("refresh_token", tokens.refresh_token.expose());
    writer.optional_string("id_token", tokens.id_token.expose());
    writer.string("scope", tokens.scope);
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<token_set> parse_token_set(std::string_view blob, check_options const& options) {
    detail::rule_check const rule{options};
    auto const document = detail::parse_blob(blob, "token_set", detail::token_set_version, options);
    if (!document) return document.error();
    token_set tokens;
    detail::blob_reader reader(document->root());
    reader.secret("access_token", tokens.access_token)
        .string("token_type", tokens.token_type)
        .optional_time("expires_at", tokens.expires_at)
        .time("received_at", tokens.received_at)
        .optional_secret("refresh_token", tokens.refresh_token)
        .optional_secret("id_token", tokens.id_token)
        .string("scope", tokens.scope);
    if (auto e = rule(reader.whole(), error_code::blob_malformed)) return *std::move(e);
    return tokens;
}

CALIMATIC_DECL bool scope_covers(std::string_view granted, std::string_view wanted) noexcept {
    for (auto word = detail::next_word(wanted); !word.empty(); word = detail::next_word(wanted))
        if (!detail::has_word(granted, word)) return false;
    return true;
}

CALIMATIC_DECL result<http_request> build_token_request(server_metadata const& server, client_information const& client,
    authorization_code_grant const& grant, time_point now, check_options const& options, random_source* random) {
    detail::rule_check const rule{options};
    auto request = detail::begin_token_request(server, "authorization_code", options);
    if (!request) return request;
    if (auto e = rule(!grant.code.empty(), error_code::code_missing)) return std::move(*e).with_condition(condition::correct_input);
    if (auto const valid = validate_code_verifier(grant.code_verifier, options); !valid) return valid.error();
    detail::append_form(request->body, "code", grant.code);
    detail::append_form(request->body, "redirect_uri", grant.redirect_uri);
    detail::append_form(request->body, "code_verifier", grant.code_verifier);
    return detail::finish_token_request(*std::move(request), server, client, now, options, random);
}

CALIMATIC_DECL result<http_request> build_token_request(server_metadata const& server, client_information const& client,
    refresh_token_grant const& grant, time_point now, check_options const& options, random_source* random) {
    detail::rule_check const rule{options};
    auto request = detail::begin_token_request(server, "refresh_token", options);
    if (!request) return request;
    if (auto e = rule(!grant.refresh_token.empty(), error_code::refresh_token_missing)) return *std::move(e);
    auto const scope = detail::normalize_scope(grant.scope);
    if (auto e = rule(scope.has_value(), error_code::scope_malformed)) return *std::move(e);
    if (auto e = rule(scope_covers(grant.granted_scope, *scope), error_code::scope_exceeds_grant, *scope, grant.granted_scope)) return *std::move(e);
    detail::append_form(request->body, "refresh_token", grant.refresh_token);
    if (!scope->empty()) detail::append_form(request->body, "scope", *scope);
    return detail::finish_token_request(*std::move(request), server, client, now, options, random);
}

CALIMATIC_DECL result<http_request> build_token_request(server_metadata const& server, client_information const& client,
    client_credentials_grant const& grant, time_point now, check_options const& options, random_source* random) {
    detail::rule_check const rule{options};
    auto request = detail::begin_token_request(server, "client_credentials", options);
    if (!request) return request;
    auto const scope = detail::normalize_scope(grant.scope);
    if (auto e = rule(scope.has_value(), error_code::scope_malformed)) return *std::move(e);
    auto const method = select_client_auth_method(server, client, now, options);
    if (!method) return method.error();
    bool const confidential = *method != client_auth_method::none; // RFC 6749 4.4: no others
    if (auto e = rule(confidential, error_code::client_secret_missing)) return *std::move(e);
    if (!scope->empty()) detail::append_form(request->body, "scope", *scope);
    for (auto const& resource : grant.resource) {
        auto const target = detail::parse_uri(resource, options);
        if (!target) return target.error();
        if (auto e = rule(!target->fragment, error_code::url_has_fragment)) return *std::move(e); // RFC 8707 2
        detail::append_form(request->body, "resource", resource);
    }
    return detail::finish_token_request(*std::move(request), server, client, now, options, random);
}

CALIMATIC_DECL result<token_set> parse_token_response(
    http_response const& response, token_expectations const& expected, time_point now, check_options const& options) {
    auto tokens = detail::read_token_response(response, expected, now, options);
    if (tokens || !expected.refreshed) return tokens;
    return std::move(tokens.error()).without(expected.refreshed->refresh_token.expose()); // a server may repeat what it refuses
}

} // namespace calimatic::inline CALIMATIC_ABI
