#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_platform_token.ipp>
#include <calimatic/jose/jws.hpp>

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

CALIMATIC_DECL void simulated_platform::state::answer_introspection(exchange& x) { x.json(404, "{}"); }

CALIMATIC_DECL void simulated_platform::state::answer_registration(exchange& x) { x.json(404, "{}"); }

} // namespace calimatic::inline CALIMATIC_ABI::testing
