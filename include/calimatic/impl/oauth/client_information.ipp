#pragma once
#include <calimatic/oauth/client_information.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int client_information_version = 1;
inline constexpr milliseconds form_request_timeout{30'000};

/// RFC 6749 2.3.1: form-encoded first, so that neither a colon nor a byte outside of ASCII is left.
inline std::string basic_credentials(client_information const& client) {
    auto text = form_encode(client.client_id);
    auto secret = form_encode(client.client_secret.expose());
    append_secret(text, ":");
    append_secret(text, secret);
    auto encoded = base64_encode(text);
    wipe(secret);
    wipe(text);
    std::string value = "Basic ";
    append_secret(value, encoded);
    wipe(encoded);
    return value;
}

/// A server may repeat what it was sent.
inline error without_client_secret(error e, client_information const& client) {
    if (client.client_secret.empty()) return e;
    auto credentials = basic_credentials(client);
    e = std::move(e).without(client.client_secret.expose()).without(std::string_view(credentials).substr(std::string_view("Basic ").size()));
    wipe(credentials);
    return e;
}

/// A POST to an endpoint of that name where clients authenticate, with a form that is still empty, for an answer in JSON.
inline result<http_request> begin_form_request(std::string_view endpoint, std::string_view name, check_options const& options) {
    if (auto e = rule_check{options}(!endpoint.empty(), error_code::endpoint_missing, {}, name)) return *std::move(e);
    if (auto const url = check_endpoint(endpoint, options); !url) return url.error();
    http_request request;
    request.method = http_method::post;
    request.url = endpoint;
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.headers.push_back({"Accept", "application/json"});
    request.timeout = form_request_timeout;
    request.max_response_body = options.limits.token_body;
    return request;
}

} // namespace detail

CALIMATIC_DECL client_information client_information::clone() const {
    return {client_id, client_secret.clone(), client_secret_expires_at, token_endpoint_auth_method, id_token_signed_response_alg,
        userinfo_signed_response_alg};
}

CALIMATIC_DECL secret_string serialize(client_information const& client) {
    detail::json_writer writer;
    detail::begin_blob(writer, "client_information", detail::client_information_version);
    writer.string("client_id", client.client_id);
    writer.optional_string("client_secret", client.client_secret.expose());
    if (client.client_secret_expires_at) writer.number("client_secret_expires_at", client.client_secret_expires_at->time_since_epoch().count());
    writer.string("token_endpoint_auth_method", client.token_endpoint_auth_method);
    writer.string("id_token_signed_response_alg", client.id_token_signed_response_alg);
    writer.optional_string("userinfo_signed_response_alg", client.userinfo_signed_response_alg);
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<client_information> parse_client_information(std::string_view blob, check_options const& options) {
    detail::rule_check const rule{options};
    auto const document = detail::parse_blob(blob, "client_information", detail::client_information_version, options);
    if (!document) return document.error();
    client_information client;
    detail::blob_reader reader(document->root());
    reader.string("client_id", client.client_id)
        .optional_secret("client_secret", client.client_secret)
        .optional_time("client_secret_expires_at", client.client_secret_expires_at)
        .string("token_endpoint_auth_method", client.token_endpoint_auth_method)
        .string("id_token_signed_response_alg", client.id_token_signed_response_alg)
        .optional_string("userinfo_signed_response_alg", client.userinfo_signed_response_alg);
    if (auto e = rule(reader.whole(), error_code::blob_malformed)) return *std::move(e);
    return client;
}

CALIMATIC_DECL result<client_auth_method> select_client_auth_method(
    server_metadata const& server, client_information const& client, time_point now, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = rule(!client.client_id.empty(), error_code::client_id_missing)) return *std::move(e);

    auto const& offered = server.token_endpoint_auth_methods_supported;
    auto const offers = [&](std::string_view name) { return offered.empty() || std::find(offered.begin(), offered.end(), name) != offered.end(); };
    // What was registered is used whatever the list says: the list may be only its default, and the registration is the server's own word too.
    std::string_view name = client.token_endpoint_auth_method;
    if (name.empty()) {
        if (client.client_secret.empty()) name = "none";
        else if (offers("client_secret_basic")) name = "client_secret_basic";
        else if (offers("client_secret_post")) name = "client_secret_post";
    }
    client_auth_method method = client_auth_method::none;
    if (name == "client_secret_basic") method = client_auth_method::client_secret_basic;
    else if (name == "client_secret_post") method = client_auth_method::client_secret_post;
    bool const known = method != client_auth_method::none || name == "none";
    if (auto e = rule(known, error_code::client_auth_method_unsupported, name, "none, client_secret_post, client_secret_basic")) return *std::move(e);
    if (method == client_auth_method::none) return method;

    if (auto e = rule(!client.client_secret.empty(), error_code::client_secret_missing, {}, name)) return *std::move(e);
    bool const expired = client.client_secret_expires_at && now >= *client.client_secret_expires_at;
    if (auto e = rule(!expired, error_code::client_secret_expired)) return *std::move(e);
    return method;
}

CALIMATIC_DECL result<void> authenticate_client(
    http_request& request, server_metadata const& server, client_information const& client, time_point now, check_options const& options) {
    auto const method = select_client_auth_method(server, client, now, options);
    if (!method) return method.error();
    detail::remove_header(request, "Authorization"); // never two methods in one request
    if (*method == client_auth_method::client_secret_basic) {
        request.headers.push_back({"Authorization", detail::basic_credentials(client)});
        return {};
    }
    detail::append_form(request.body, "client_id", client.client_id);
    if (*method == client_auth_method::client_secret_post) detail::append_form(request.body, "client_secret", client.client_secret.expose());
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
