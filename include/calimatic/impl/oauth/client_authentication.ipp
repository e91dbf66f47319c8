#pragma once
#include <calimatic/oauth/client_authentication.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/derived_random.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/signer.hpp>
#include <calimatic/oauth/pkce.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr seconds client_assertion_lifetime{60};
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

/// Whether the client signs what it sends, whether or not it can.
inline bool signs_requests(client_information const& client) noexcept {
    auto const& name = client.token_endpoint_auth_method;
    return name == "client_secret_jwt" || name == "private_key_jwt" || (name.empty() && !client.private_jwk.empty());
}

/// An assertion is made for one request, and nobody keeps it: whatever begins as a JWT does is taken for one.
inline std::string without_assertions(std::string_view text) {
    std::string out;
    for (auto at = text.find("eyJ"); at != std::string_view::npos; at = text.find("eyJ")) {
        out.append(text.substr(0, at)).append("[secret]");
        text.remove_prefix(at);
        auto const end =
            std::find_if_not(text.begin(), text.end(), [](char c) { return is_ascii_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    }
    return out.append(text);
}

/// A server may repeat what it was sent.
inline error without_client_secret(error e, client_information const& client) {
    if (signs_requests(client)) e = std::move(e).with_server(without_assertions(e.server_error()), without_assertions(e.server_text()));
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

inline constexpr std::string_view client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"; // RFC 7523 2.2

struct auth_method_row {
    std::string_view name;
    client_auth_method method;
};
inline constexpr auth_method_row auth_method_table[] = {
    {"none", client_auth_method::none},
    {"client_secret_post", client_auth_method::client_secret_post},
    {"client_secret_basic", client_auth_method::client_secret_basic},
#if !defined(CALIMATIC_CRYPTO_NONE)
    {"client_secret_jwt", client_auth_method::client_secret_jwt},
    {"private_key_jwt", client_auth_method::private_key_jwt},
#endif
};
#if defined(CALIMATIC_CRYPTO_NONE)
inline constexpr std::string_view auth_method_names = "none, client_secret_post, client_secret_basic";
#else
inline constexpr std::string_view auth_method_names = "none, client_secret_post, client_secret_basic, client_secret_jwt, private_key_jwt";
#endif

inline auth_method_row const* find_auth_method(std::string_view name) noexcept {
    for (auto const& row : auth_method_table)
        if (row.name == name) return &row;
    return nullptr;
}

constexpr bool is_assertion(client_auth_method method) noexcept {
    return method == client_auth_method::client_secret_jwt || method == client_auth_method::private_key_jwt;
}

/// Draws the seed of all that the client will sign, if it signs. Errors: `random_source_failed`.
inline result<void> seed_assertions(derived_random& assertions, client_information const& client, random_source& random) {
    if (!signs_requests(client)) return {};
    return assertions.seed(random);
}

#if defined(CALIMATIC_CRYPTO_NONE)

/// Never called: no such method is selected.
inline result<std::string> make_client_assertion(
    server_metadata const&, client_information const&, client_auth_method, time_point, check_options const&, random_source*) {
    return error_code::crypto_unavailable;
}

#else

/// The algorithm that the client was registered for, or the one that follows from its key.
CALIMATIC_DECL result<signature_algorithm> assertion_algorithm(
    client_information const& client, client_auth_method method, check_options const& options) {
    rule_check const rule{options};
    bool const by_secret = method == client_auth_method::client_secret_jwt;
    std::string alg = client.token_endpoint_auth_signing_alg;
    if (alg.empty() && !by_secret) {
        auto const key = parse_json(client.private_jwk.expose(), options.limits.jwk_set_body, options);
        if (!key) return error(key.error()).with_condition(condition::fix_configuration);
        alg = key->root()["alg"].as_string().value_or("");
    }
    if (alg.empty()) alg = by_secret ? "HS256" : "RS256";
    auto const algorithm = parse_algorithm(alg);
    if (auto e = rule(algorithm.has_value(), error_code::jws_alg_unknown, alg)) return *std::move(e);
    bool const fits = is_mac(*algorithm) == by_secret;
    if (auto e = rule(fits, error_code::client_assertion_alg_invalid, alg, by_secret ? "HS256, HS384 or HS512" : "a signature")) return *std::move(e);
    return *algorithm;
}

/// What signs the client's assertions, its key checked.
CALIMATIC_DECL result<signer> make_assertion_signer(client_information const& client, client_auth_method method, check_options const& options) {
    auto const algorithm = assertion_algorithm(client, method, options);
    if (!algorithm) return algorithm.error();
    if (method == client_auth_method::private_key_jwt) return signer::make(client.private_jwk.expose(), *algorithm, options);
    // OIDC Core 10.1: the bytes of the secret are the key
    if (auto e = check_mac_secret(client.client_secret.expose(), *algorithm, rule_check{options})) return *std::move(e);
    auto k = base64url_encode(client.client_secret.expose());
    json_writer writer;
    writer.string("kty", "oct").string("k", k);
    wipe(k);
    secret_string const jwk(writer.finish());
    return signer::make(jwk.expose(), *algorithm, options);
}

/// RFC 7523 3: who, for whom, once, and not for long.
CALIMATIC_DECL result<std::string> make_client_assertion(server_metadata const& server, client_information const& client, client_auth_method method,
    time_point now, check_options const& options, random_source* random) {
    rule_check const rule{options};
    bool const for_issuer = client.assertion_audience == client_assertion_audience::issuer;
    std::string_view const audience = for_issuer ? server.issuer : server.token_endpoint;
    if (auto e = rule(!audience.empty(), error_code::endpoint_missing, {}, for_issuer ? "issuer" : "token_endpoint")) return *std::move(e);
    if (auto e = rule(random != nullptr, error_code::client_assertion_random_missing)) return *std::move(e);
    auto signed_by = make_assertion_signer(client, method, options);
    if (!signed_by) return std::move(signed_by).error();
    auto const jti = make_code_verifier(*random); // 256 bits
    if (!jti) return jti.error();
    auto const second = std::chrono::floor<seconds>(bounded_time(now).time_since_epoch()).count();
    json_writer claims;
    claims.string("iss", client.client_id).string("sub", client.client_id).string("aud", audience).string("jti", jti->expose());
    claims.number("iat", second).number("exp", second + client_assertion_lifetime.count());
    return signed_by->sign(claims.finish(), *random);
}

#endif

} // namespace detail

CALIMATIC_DECL result<client_auth_method> select_client_auth_method(
    server_metadata const& server, client_information const& client, time_point now, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = rule(!client.client_id.empty(), error_code::client_id_missing)) return *std::move(e);

    auto const& offered = server.token_endpoint_auth_methods_supported;
    auto const offers = [&](std::string_view name) { return offered.empty() || std::find(offered.begin(), offered.end(), name) != offered.end(); };
    // What was registered is used whatever the list says: the list may be only its default, and the registration is the server's own word too.
    std::string_view name = client.token_endpoint_auth_method;
    if (name.empty()) {
        if (!client.private_jwk.empty()) name = "private_key_jwt";
        else if (client.client_secret.empty()) name = "none";
        else if (offers("client_secret_basic")) name = "client_secret_basic";
        else if (offers("client_secret_post")) name = "client_secret_post";
    }
    auto const* const known = detail::find_auth_method(name);
    if (auto e = rule(known != nullptr, error_code::client_auth_method_unsupported, name, detail::auth_method_names)) return *std::move(e);
    auto const method = known->method;
    if (method == client_auth_method::none) return method;
    if (method == client_auth_method::private_key_jwt) {
        if (auto e = rule(!client.private_jwk.empty(), error_code::client_key_missing)) return *std::move(e);
        return method;
    }

    if (auto e = rule(!client.client_secret.empty(), error_code::client_secret_missing, {}, name)) return *std::move(e);
    bool const expired = client.client_secret_expires_at && now >= *client.client_secret_expires_at;
    if (auto e = rule(!expired, error_code::client_secret_expired)) return *std::move(e);
    return method;
}

CALIMATIC_DECL result<void> authenticate_client(http_request& request, server_metadata const& server, client_information const& client,
    time_point now, check_options const& options, random_source* random) {
    auto const method = select_client_auth_method(server, client, now, options);
    if (!method) return method.error();
    std::string assertion;
    if (detail::is_assertion(*method)) {
        auto made = detail::make_client_assertion(server, client, *method, now, options, random);
        if (!made) return std::move(made).error();
        assertion = std::move(*made);
    }
    detail::remove_header(request, "Authorization"); // never two methods in one request
    if (*method == client_auth_method::client_secret_basic) {
        request.headers.push_back({"Authorization", detail::basic_credentials(client)});
        return {};
    }
    detail::append_form(request.body, "client_id", client.client_id);
    if (*method == client_auth_method::client_secret_post) detail::append_form(request.body, "client_secret", client.client_secret.expose());
    if (!assertion.empty()) {
        detail::append_form(request.body, "client_assertion_type", detail::client_assertion_type);
        detail::append_form(request.body, "client_assertion", assertion);
        wipe(assertion);
    }
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
