#pragma once
#include <calimatic/oauth/client_registration.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/oauth/client_metadata.ipp>
#include <calimatic/oauth/bearer_token.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int client_registration_version = 1;

/// A server may repeat what it was sent, and what it gave.
inline error without_registration_secrets(error e, client_registration const& registration) {
    for (auto const* secret : {&registration.client_secret, &registration.registration_access_token, &registration.registration_client_uri})
        if (!secret->empty()) e = std::move(e).without(secret->expose());
    return e;
}

/// A request about a registration whose body, if it is to have one, is JSON.
inline http_request make_registration_request(http_method method, std::string_view url, std::string body, check_options const& options) {
    http_request request;
    request.method = method;
    request.url = url;
    request.headers.push_back({"Accept", "application/json"});
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    request.max_response_body = options.limits.token_body;
    return request;
}

/// What a server refuses, in the words of RFC 7591 3.2.2, or with a challenge for the access token (RFC 7592 2). Nothing where the status is another.
CALIMATIC_DECL std::optional<error> registration_refusal(http_response const& response, check_options const& options) {
    rule_check const rule{options};
    auto const words = parse_server_error(response.body, options);
    if (response.status == 401 || response.status == 403) {
        auto e = rule(false, error_code::registration_access_refused);
        if (words) e = std::move(*e).with_server(words->error, words->description);
        return std::move(*e).with_http_status(response.status);
    }
    if (response.status < 400 || response.status > 499 || !words) return std::nullopt;
    auto e = rule(false, error_code::client_registration_error);
    return std::move(*e).with_server(words->error, words->description).with_http_status(response.status).with_retry_after(retry_after(response));
}

/// A member that is a secret, kept where the reply has none.
inline std::optional<error> read_registration_secret(json root, std::string_view name, secret_string& out, check_options const& options) {
    rule_check const rule{options};
    auto const value = root[name];
    if (!value.has_value()) return std::nullopt;
    auto const text = value.as_string();
    if (auto e = rule(text.has_value(), error_code::json_member_type_wrong, name, "a string")) return e;
    if (!text->empty()) out = *text;
    return std::nullopt;
}

/// A time in seconds since 1970; 0 is none.
inline std::optional<error> read_registration_time(json root, std::string_view name, std::optional<time_point>& out, check_options const& options) {
    auto const value = root[name];
    if (!value.has_value()) return std::nullopt;
    auto const time = value.as_int64();
    bool const fits = time && *time >= 0 && *time <= 253'402'300'799; // the year 9999
    if (auto e = rule_check{options}(fits, error_code::registration_time_invalid, name)) return e;
    out.reset();
    if (*time != 0) out = time_point(seconds(*time));
    return std::nullopt;
}

/// Reads a client information response over what was known before: every value that it has replaces that one (RFC 7591 3.2.1, RFC 7592 3).
CALIMATIC_DECL result<client_registration> read_registration(
    http_response const& response, client_registration before, check_options const& options) {
    rule_check const rule{options};
    auto const document = parse_json(response.body, options.limits.token_body, options);
    if (!document) return document.error();
    auto const root = document->root();
    if (auto e = rule(root.kind() == json_kind::object, error_code::json_not_an_object)) return *std::move(e);
    auto const client_id = root["client_id"].as_string().value_or("");
    if (auto e = rule(!client_id.empty(), error_code::registration_member_missing, {}, "client_id")) return *std::move(e);
    bool const same = before.client_id.empty() || client_id == before.client_id;
    if (auto e = rule(same, error_code::registration_of_another_client, client_id, before.client_id)) return *std::move(e);
    before.client_id = client_id;
    for (auto const& [name, member] : {std::pair{"client_secret", &client_registration::client_secret},
             std::pair{"registration_access_token", &client_registration::registration_access_token},
             std::pair{"registration_client_uri", &client_registration::registration_client_uri}})
        if (auto e = read_registration_secret(root, name, before.*member, options)) return *std::move(e);
    if (root["client_secret"].has_value()) before.client_secret_expires_at.reset(); // that was of the one before
    for (auto const& [name, member] : {std::pair{"client_secret_expires_at", &client_registration::client_secret_expires_at},
             std::pair{"client_id_issued_at", &client_registration::client_id_issued_at}})
        if (auto e = read_registration_time(root, name, before.*member, options)) return *std::move(e);
    if (auto e = read_client_metadata(root, before.metadata, options)) return *std::move(e);
    if (auto const statement = root["software_statement"]; statement.has_value()) {
        auto const text = statement.as_string();
        if (auto e = rule(text.has_value(), error_code::json_member_type_wrong, "software_statement", "a string")) return *std::move(e);
        before.software_statement = *text;
    }
    return before;
}

} // namespace detail

CALIMATIC_DECL client_information client_registration::client() const {
    client_information client;
    client.client_id = client_id;
    client.client_secret = client_secret.clone();
    client.client_secret_expires_at = client_secret_expires_at;
    client.token_endpoint_auth_method = metadata.token_endpoint_auth_method;
    client.token_endpoint_auth_signing_alg = metadata.token_endpoint_auth_signing_alg;
    if (!metadata.id_token_signed_response_alg.empty()) client.id_token_signed_response_alg = metadata.id_token_signed_response_alg;
    client.userinfo_signed_response_alg = metadata.userinfo_signed_response_alg;
    return client;
}

CALIMATIC_DECL client_registration client_registration::clone() const {
    return {client_id, client_secret.clone(), client_secret_expires_at, client_id_issued_at, registration_access_token.clone(),
        registration_client_uri.clone(), metadata, software_statement};
}

CALIMATIC_DECL secret_string serialize(client_registration const& registration) {
    detail::json_writer metadata;
    detail::write_client_metadata(metadata, registration.metadata);
    detail::json_writer writer;
    detail::begin_blob(writer, "client_registration", detail::client_registration_version);
    writer.string("client_id", registration.client_id);
    writer.optional_string("client_secret", registration.client_secret.expose());
    if (auto const& time = registration.client_secret_expires_at) writer.number("client_secret_expires_at", time->time_since_epoch().count());
    if (auto const& time = registration.client_id_issued_at) writer.number("client_id_issued_at", time->time_since_epoch().count());
    writer.optional_string("registration_access_token", registration.registration_access_token.expose());
    writer.optional_string("registration_client_uri", registration.registration_client_uri.expose());
    writer.raw("metadata", metadata.finish()).optional_string("software_statement", registration.software_statement);
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<client_registration> parse_client_registration(std::string_view blob, check_options const& options) {
    detail::rule_check const rule{options};
    auto deeper = options; // by one than the server's reply was
    ++deeper.limits.json_depth;
    auto const document = detail::parse_blob(blob, "client_registration", detail::client_registration_version, deeper);
    if (!document) return document.error();
    client_registration registration;
    detail::blob_reader reader(document->root());
    reader.string("client_id", registration.client_id)
        .optional_secret("client_secret", registration.client_secret)
        .optional_time("client_secret_expires_at", registration.client_secret_expires_at)
        .optional_time("client_id_issued_at", registration.client_id_issued_at)
        .optional_secret("registration_access_token", registration.registration_access_token)
        .optional_secret("registration_client_uri", registration.registration_client_uri)
        .optional_string("software_statement", registration.software_statement);
    auto const metadata = document->root()["metadata"];
    bool const whole = reader.whole() && metadata.kind() == json_kind::object &&
        !detail::read_client_metadata(metadata, registration.metadata, {options.limits, nullptr});
    if (auto e = rule(whole, error_code::blob_malformed)) return *std::move(e);
    return registration;
}

CALIMATIC_DECL result<http_request> build_client_registration_request(
    server_metadata const& server, client_registration_request const& request, check_options const& options) {
    bool const offered = !server.registration_endpoint.empty();
    if (auto e = detail::rule_check{options}(offered, error_code::endpoint_missing, {}, "registration_endpoint")) return *std::move(e);
    if (auto const url = detail::check_endpoint(server.registration_endpoint, options); !url) return url.error();
    if (auto const valid = validate_client_metadata(request.metadata, options); !valid) return valid.error();
    detail::json_writer body;
    detail::write_client_metadata(body, request.metadata);
    body.optional_string("software_statement", request.software_statement);
    auto made = detail::make_registration_request(http_method::post, server.registration_endpoint, body.finish(), options);
    if (!request.initial_access_token.empty())
        if (auto const put = put_bearer_token(made, request.initial_access_token.expose(), options); !put) return put.error();
    return made;
}

CALIMATIC_DECL result<client_registration> parse_client_registration_response(
    http_response const& response, client_registration_request const& request, check_options const& options) {
    auto const without_secrets = [&](error e) {
        return std::move(e).without(request.initial_access_token.expose()).without(request.software_statement);
    };
    if (auto e = detail::check_response(response, options.limits.token_body, options)) return without_secrets(*std::move(e));
    if (auto e = detail::registration_refusal(response, options)) return without_secrets(*std::move(e));
    if (response.status != 201 && response.status != 200) return detail::unexpected_status(response);
    client_registration asked;
    asked.metadata = request.metadata;
    asked.software_statement = request.software_statement;
    return detail::read_registration(response, std::move(asked), options);
}

} // namespace calimatic::inline CALIMATIC_ABI
