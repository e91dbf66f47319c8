#pragma once
#include <calimatic/oauth/server_metadata.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr milliseconds public_document_timeout{10'000};

/// The members that are URLs, in the order of the struct.
struct metadata_endpoint {
    std::string_view name;
    std::string server_metadata::*member;
    bool required;
};
inline constexpr metadata_endpoint metadata_endpoints[] = {
    {"authorization_endpoint", &server_metadata::authorization_endpoint, true},
    {"token_endpoint", &server_metadata::token_endpoint, true},
    {"jwks_uri", &server_metadata::jwks_uri, true},
    {"userinfo_endpoint", &server_metadata::userinfo_endpoint, false},
    {"registration_endpoint", &server_metadata::registration_endpoint, false},
    {"revocation_endpoint", &server_metadata::revocation_endpoint, false},
    {"introspection_endpoint", &server_metadata::introspection_endpoint, false},
    {"end_session_endpoint", &server_metadata::end_session_endpoint, false},
    {"device_authorization_endpoint", &server_metadata::device_authorization_endpoint, false},
};

/// The members that are lists of strings, likewise.
struct metadata_list {
    std::string_view name;
    std::vector<std::string> server_metadata::*member;
};
inline constexpr metadata_list metadata_lists[] = {
    {"scopes_supported", &server_metadata::scopes_supported},
    {"response_types_supported", &server_metadata::response_types_supported},
    {"response_modes_supported", &server_metadata::response_modes_supported},
    {"grant_types_supported", &server_metadata::grant_types_supported},
    {"token_endpoint_auth_methods_supported", &server_metadata::token_endpoint_auth_methods_supported},
    {"token_endpoint_auth_signing_alg_values_supported", &server_metadata::token_endpoint_auth_signing_alg_values_supported},
    {"id_token_signing_alg_values_supported", &server_metadata::id_token_signing_alg_values_supported},
    {"code_challenge_methods_supported", &server_metadata::code_challenge_methods_supported},
    {"claims_supported", &server_metadata::claims_supported},
};

inline constexpr std::string_view promises_iss = "authorization_response_iss_parameter_supported";

inline std::optional<std::vector<std::string>> read_strings(json value) {
    if (value.kind() != json_kind::array) return std::nullopt;
    std::vector<std::string> strings;
    strings.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto const element = value[i].as_string();
        if (!element) return std::nullopt;
        strings.emplace_back(*element);
    }
    return strings;
}

/// "token_endpoint: file://host": enough to find the mistake, without what a path or a query may hold.
inline std::string describe_endpoint(std::string_view name, std::string_view url, check_options const& options) {
    std::string text(name);
    auto const parsed = parse_uri(url, {options.limits, nullptr});
    if (parsed) text += ": " + parsed->scheme + (parsed->has_authority ? "://" : ":") + parsed->host;
    return text;
}

inline http_request build_public_get(std::string url, std::string_view accept, std::size_t max_response_body) {
    http_request request;
    request.url = std::move(url);
    request.headers.push_back({"Accept", std::string(accept)});
    request.timeout = public_document_timeout;
    request.max_response_body = max_response_body;
    return request;
}

/// Whether metadata of this issuer may name the URL. A public issuer has no business on the user's own machine, nor with the services that a cloud
/// gives at link-local addresses (RFC 3927, RFC 4291 2.5.6): secrets would go there. A host that means it edits the metadata.
inline bool is_endpoint_of(std::string_view issuer, std::string_view url, check_options const& options) {
    check_options const untraced{options.limits, nullptr};
    auto const endpoint = check_endpoint(url, untraced);
    if (!endpoint) return false;
    if (endpoint->host.starts_with("169.254.") || endpoint->host.starts_with("[fe80:")) return false;
    auto const own = parse_uri(issuer, untraced);
    return endpoint->scheme == "https" || (own && own->is_loopback());
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_server_metadata_request(std::string_view issuer, metadata_location location, check_options const& options) {
    static constexpr std::string_view openid_suffix = "/.well-known/openid-configuration";
    static constexpr std::string_view oauth_suffix = "/.well-known/oauth-authorization-server";
    detail::rule_check const rule{options};
    auto const parsed = detail::check_endpoint(issuer, options);
    if (!parsed) return parsed.error();
    if (auto e = rule(!parsed->query, error_code::url_has_query)) return *std::move(e);
    // The address of the metadata, taken for the issuer: its own metadata would not be there.
    bool const is_location = issuer.find("/.well-known/") != std::string_view::npos;
    if (auto e = rule(!is_location, error_code::issuer_malformed, "the address of the metadata", "the issuer")) return *std::move(e);

    auto const without_slash = issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer;
    std::string url;
    if (location == metadata_location::openid_configuration) {
        url.append(without_slash).append(openid_suffix);
    } else {
        auto const path = without_slash.find('/', without_slash.find("://") + 3);
        url.append(without_slash.substr(0, path)).append(oauth_suffix);
        if (path != std::string_view::npos) url.append(without_slash.substr(path));
    }
    if (auto e = rule(url.size() <= options.limits.url, error_code::url_too_long)) return *std::move(e);
    return detail::build_public_get(std::move(url), "application/json", options.limits.metadata_body);
}

CALIMATIC_DECL result<server_metadata> parse_server_metadata_response(
    http_response const& response, std::string_view issuer, check_options const& options) {
    if (auto e = detail::check_response(response, options.limits.metadata_body, options)) return *std::move(e);
    if (response.status == 404) // a server that works: most likely the issuer is spelled wrong
        return detail::unexpected_status(response).with_expected("metadata of " + std::string(issuer)).with_condition(condition::correct_input);
    if (response.status != 200) return detail::unexpected_status(response);
    return parse_server_metadata(response.body, issuer, options);
}

CALIMATIC_DECL result<server_metadata> parse_server_metadata(std::string_view text, std::string_view issuer, check_options const& options) {
    detail::rule_check const rule{options};
    auto const document = parse_json(text, options.limits.metadata_body, options);
    if (!document) return document.error();
    auto const root = document->root();
    if (auto e = rule(root.kind() == json_kind::object, error_code::json_not_an_object)) return *std::move(e);
    // Until this is known to hold, nothing else in the document means anything (OIDC Discovery 4.3).
    auto const found = root["issuer"].as_string().value_or("");
    if (auto e = rule(!issuer.empty() && found == issuer, error_code::metadata_issuer_mismatch, found, issuer)) return *std::move(e);

    server_metadata server;
    server.issuer = issuer;
    for (auto const& [name, member, required] : detail::metadata_endpoints) {
        auto const value = root[name];
        if (auto e = rule(!required || value.has_value(), error_code::metadata_member_missing, {}, name)) return *std::move(e);
        if (!value.has_value()) continue;
        auto const url = value.as_string();
        if (auto e = rule(url.has_value(), error_code::metadata_member_type_wrong, name, "a string")) return *std::move(e);
        bool const allowed = detail::is_endpoint_of(issuer, *url, options);
        auto const got = allowed ? std::string() : detail::describe_endpoint(name, *url, options);
        if (auto e = rule(allowed, error_code::metadata_url_refused, got, "an https URL without user name and fragment")) return *std::move(e);
        server.*member = *url;
    }
    for (auto const& [name, member] : detail::metadata_lists) {
        auto const value = root[name];
        if (!value.has_value()) continue;
        auto strings = detail::read_strings(value);
        if (auto e = rule(strings.has_value(), error_code::metadata_member_type_wrong, name, "an array of strings")) return *std::move(e);
        server.*member = *std::move(strings);
    }
    if (auto const value = root[detail::promises_iss]; value.has_value()) {
        auto const promised = value.as_bool();
        if (auto e = rule(promised.has_value(), error_code::metadata_member_type_wrong, detail::promises_iss, "a boolean")) return *std::move(e);
        server.authorization_response_iss_parameter_supported = *promised;
    }
    return server;
}

CALIMATIC_DECL std::string serialize(server_metadata const& server) {
    detail::json_writer writer;
    writer.string("issuer", server.issuer);
    for (auto const& endpoint : detail::metadata_endpoints) writer.optional_string(endpoint.name, server.*endpoint.member);
    for (auto const& list : detail::metadata_lists) writer.strings(list.name, server.*list.member);
    writer.boolean(detail::promises_iss, server.authorization_response_iss_parameter_supported);
    return writer.finish();
}

CALIMATIC_DECL result<http_request> build_jwk_set_request(std::string_view jwks_uri, check_options const& options) {
    if (auto const parsed = detail::check_endpoint(jwks_uri, options); !parsed) return parsed.error();
    return detail::build_public_get(std::string(jwks_uri), "application/jwk-set+json, application/json", options.limits.jwk_set_body);
}

CALIMATIC_DECL result<jwk_set> parse_jwk_set_response(http_response const& response, check_options const& options) {
    if (auto e = detail::check_response(response, options.limits.jwk_set_body, options)) return *std::move(e);
    if (response.status != 200) return detail::unexpected_status(response);
    return parse_jwk_set(response.body, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
