#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/impl/oauth/client_registration.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_platform_token.ipp>
#include <calimatic/jose/jws.hpp>
#include <chrono>

namespace calimatic::inline CALIMATIC_ABI::testing {

/// What is wrong about a client's assertion (RFC 7523 3, OIDC Core 9); "" where nothing is.
CALIMATIC_DECL std::string_view simulated_platform::state::wrong_about_assertion(
    simulated_client const& client, std::string_view assertion, time_point now) {
    auto const method = detail::registered_method(client.client);
    bool const by_secret = method == "client_secret_jwt";
    if (!by_secret && method != "private_key_jwt") return "the client is registered for another authentication method";
    auto const token = parse_compact_jws(assertion);
    auto const algorithm = token ? parse_algorithm(token->alg) : std::nullopt;
    if (!algorithm || is_mac(*algorithm) != by_secret) return "the assertion is not signed as the client is registered";
    auto const& alg = client.client.token_endpoint_auth_signing_alg;
    if (!alg.empty() && alg != token->alg) return "the assertion is signed with another algorithm than the registered one";
    auto jwks = client.jwks;
    if (jwks.empty() && !by_secret) jwks = R"({"keys":[)" + detail::public_half(client.client.private_jwk.expose()).text() + "]}";
    auto keys = by_secret ? jwk_set{} : parse_jwk_set(jwks).value_or(jwk_set{});
    signature_verifier verifier(std::move(keys), {*algorithm});
    if (!detail::verify_token(*token, *algorithm, verifier, client.client.client_secret.expose())) return "the assertion's signature is wrong";

    auto const document = parse_json(token->payload, token->payload.size());
    if (!document) return "the assertion has no claims";
    auto const claims = document->root();
    auto const string = [&claims](std::string_view name) { return claims[name].as_string().value_or(""); };
    if (string("iss") != client.client.client_id || string("sub") != client.client.client_id) return "iss and sub are not the client";
    if (auto const aud = string("aud"); aud != options.issuer && aud != metadata().token_endpoint) return "the assertion is for another audience";
    time_point const expires_at{seconds(claims["exp"].as_int64().value_or(0))};
    if (expires_at <= now || expires_at > now + seconds(300)) return "the assertion has expired, or lives for too long";
    bool const is_new = assertions.remember(client.client.client_id + ' ' + std::string(string("jti")), expires_at, now).has_value();
    if (string("jti").empty() || !is_new) return "the assertion was used before, or has no jti";
    return {};
}

/// RFC 7662: what is known of a token, to whoever can authenticate.
CALIMATIC_DECL void simulated_platform::state::answer_introspection(exchange& x) {
    detail::simulated_form const form(x.request->body);
    if (x.request->method != http_method::post || !form.well_formed() || form["token"].empty())
        return x.oauth_error(400, "invalid_request", "an introspection is a POST with a token in its form");
    auto const* client = authenticated_client(x, form);
    if (!client) return;
    if (detail::registered_method(client->client) == "none") return x.oauth_error(401, "invalid_client", "only a client with credentials may ask");
    auto& body = x.answer.body;
    auto const tell = [&](std::string_view client_id, std::string_view sub, std::string_view scope, time_point expires_at) {
        body.set("active", "true").set_string("iss", options.issuer).set_string("client_id", client_id).set_string("sub", sub);
        body.set_string("scope", scope).set_number("exp", detail::whole_seconds(expires_at));
    };
    body.set("active", "false");
    if (auto const index = find_refresh_token(form["token"])) {
        auto const& token = refresh_tokens[*index];
        auto const& grant = grants[token.grant];
        if (!grant.ended && !token.spent_at && x.now < token.expires_at) tell(grant.client_id, grant.sub, grant.scope, token.expires_at);
    } else if (auto const found = access_tokens.find(form["token"]); found != access_tokens.end()) {
        auto const& token = found->second;
        bool const ended = token.revoked || (token.grant && grants[*token.grant].ended) || x.now >= token.expires_at;
        if (!ended) {
            tell(token.client_id, token.grant ? grants[*token.grant].sub : token.client_id, token.scope, token.expires_at);
            body.set_string("aud", options.issuer).set_string("token_type", "Bearer");
        }
    }
    apply(x, fault_stage::body);
    x.json(200, body.text());
}

/// The metadata that a body asks for. Nothing where they are refused, and the exchange is over.
CALIMATIC_DECL std::optional<client_metadata> simulated_platform::state::asked_metadata(exchange& x, json root) {
    client_metadata metadata;
    auto const refuse = [&x](std::string_view error, std::string_view why) -> std::optional<client_metadata> {
        x.oauth_error(400, error, why);
        return std::nullopt;
    };
    if (root.kind() != json_kind::object) return refuse("invalid_client_metadata", "the body has to be a JSON object");
    if (auto const wrong = detail::read_client_metadata(root, metadata, {}); !wrong.empty())
        return refuse("invalid_client_metadata", wrong.front().got());
    if (auto const valid = validate_client_metadata(metadata); !valid) {
        auto const& e = valid.error();
        bool const by_redirect = e == error_code::redirect_uri_invalid || e == error_code::redirect_uris_missing;
        return refuse(by_redirect ? "invalid_redirect_uri" : "invalid_client_metadata", e.expected());
    }
    auto& method = metadata.token_endpoint_auth_method;
    if (method.empty()) method = "client_secret_post";
    if (!detail::find_auth_method(method)) return refuse("invalid_client_metadata", "token_endpoint_auth_method");
    if (method == "private_key_jwt" && metadata.jwks.empty()) return refuse("invalid_client_metadata", "jwks: no key is fetched");
    if (metadata.scope.empty()) metadata.scope = "openid profile email offline_access";
    return metadata;
}

/// Makes a registration a client that can sign in, and tells it (RFC 7591 3.2.1, RFC 7592 3).
CALIMATIC_DECL void simulated_platform::state::give_registration(exchange& x, int status, client_registration& registration) {
    auto const& metadata = registration.metadata;
    simulated_client client;
    client.client = registration.client();
    client.redirect_uris = metadata.redirect_uris;
    client.scope = metadata.scope;
    client.refresh_tokens = detail::has_grant(metadata, "refresh_token");
    client.jwks = metadata.jwks;
    client.post_logout_redirect_uris = metadata.post_logout_redirect_uris;
    if (auto* known = find_client(registration.client_id)) *known = std::move(client);
    else clients.push_back(std::move(client));

    detail::json_writer writer;
    detail::write_client_metadata(writer, metadata);
    x.answer.body = detail::json_members(writer.finish());
    x.answer.body.set_string("client_id", registration.client_id);
    if (!registration.client_secret.empty())
        x.answer.body.set_string("client_secret", registration.client_secret.expose()).set_number("client_secret_expires_at", 0);
    if (options.registration.management) {
        if (options.registration.rotate_access_tokens || registration.registration_access_token.empty())
            registration.registration_access_token = random_text(random);
        x.answer.body.set_string("registration_access_token", registration.registration_access_token.expose());
        x.answer.body.set_string("registration_client_uri", this->metadata().registration_endpoint + '/' + registration.client_id);
    }
    apply(x, fault_stage::body);
    x.json(status, x.answer.body.text());
    x.answer.header("Cache-Control", "no-store");
}

CALIMATIC_DECL void simulated_platform::state::register_client(exchange& x) {
    std::erase_if(registered_at, [&x](time_point time) { return time <= x.now - seconds(60); });
    if (registered_at.size() >= options.registration.per_minute) {
        x.json(429, "{}");
        auto const wait = std::chrono::ceil<seconds>(registered_at.empty() ? seconds(60) : registered_at.front() + seconds(60) - x.now);
        return x.answer.header("Retry-After", std::to_string(wait.count()));
    }
    auto const type = find_header(x.request->headers, "Content-Type").value_or("");
    if (!detail::equal_ignoring_case(type.substr(0, type.find(';')), "application/json"))
        return x.oauth_error(400, "invalid_client_metadata", "a registration is JSON");
    auto const& demanded = options.registration.initial_access_token;
    if (!demanded.empty() && find_header(x.request->headers, "Authorization") != "Bearer " + demanded)
        return x.oauth_error(401, "invalid_token", "an initial access token is needed");
    auto const document = parse_json(x.request->body, x.request->body.size());
    auto metadata = asked_metadata(x, document ? document->root() : json());
    if (!metadata) return;
    registered_at.push_back(x.now);
    client_registration registration;
    registration.client_id = "cca_" + random_text(random);
    auto const& method = metadata->token_endpoint_auth_method;
    if (method != "none" && method != "private_key_jwt") registration.client_secret = "ccas_" + random_text(random) + random_text(random);
    registration.metadata = std::move(*metadata);
    x.entry.client_id = registration.client_id;
    auto& kept = registrations[registration.client_id];
    kept = std::move(registration);
    give_registration(x, 201, kept);
}

/// RFC 7592: whoever has the token of a registration reads it, replaces what is registered, and ends it.
CALIMATIC_DECL void simulated_platform::state::manage_client(exchange& x, std::string_view client_id) {
    auto const found = registrations.find(client_id);
    auto const token = find_header(x.request->headers, "Authorization").value_or("");
    bool const known =
        found != registrations.end() && constant_time_equal(token, "Bearer " + std::string(found->second.registration_access_token.expose()));
    if (!known) return x.oauth_error(401, "invalid_token", "the token is not one of a registration");
    auto& registration = found->second;
    x.entry.client_id = registration.client_id;
    if (x.request->method == http_method::get) return give_registration(x, 200, registration);
    if (x.request->method == http_method::delete_) {
        std::erase_if(clients, [&](simulated_client const& one) { return one.client.client_id == registration.client_id; });
        for (auto& grant : grants) grant.ended = grant.ended || grant.client_id == registration.client_id;
        registrations.erase(found);
        x.answer.response.status = 204;
        return;
    }
    if (x.request->method != http_method::put) return x.json(405, "{}");
    auto const document = parse_json(x.request->body, x.request->body.size());
    auto const root = document ? document->root() : json();
    for (auto const* name : {"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"})
        if (root[name].kind() != json_kind::absent) return x.oauth_error(400, "invalid_request", name);
    auto const secret = root["client_secret"];
    if (root["client_id"].as_string() != registration.client_id || (secret.has_value() && secret.as_string() != registration.client_secret.expose()))
        return x.oauth_error(400, "invalid_request", "client_id and client_secret are those of the registration");
    auto metadata = asked_metadata(x, root);
    if (!metadata) return;
    registration.metadata = std::move(*metadata);
    give_registration(x, 200, registration);
}

CALIMATIC_DECL void simulated_platform::state::answer_registration(exchange& x) {
    std::string_view const url = x.request->url;
    auto const endpoint = metadata().registration_endpoint;
    if (url == endpoint && x.request->method == http_method::post) return register_client(x);
    if (options.registration.management && url.starts_with(endpoint + '/')) return manage_client(x, url.substr(endpoint.size() + 1));
    x.json(url == endpoint ? 405 : 404, "{}");
}

} // namespace calimatic::inline CALIMATIC_ABI::testing
