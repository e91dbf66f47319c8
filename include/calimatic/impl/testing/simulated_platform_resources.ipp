#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>

namespace calimatic::inline CALIMATIC_ABI::testing {

CALIMATIC_DECL void simulated_platform::state::answer_userinfo(exchange& x) {
    auto const refuse = [&x](int status, std::string_view challenge) {
        x.json(status, "{}");
        x.answer.header("WWW-Authenticate", challenge);
    };
    auto const header = find_header(x.request->headers, "Authorization").value_or("");
    if (!detail::equal_ignoring_case(header.substr(0, 7), "Bearer ")) return refuse(401, "Bearer realm=\"userinfo\"");
    auto const token = access_tokens.find(header.substr(7));
    if (token == access_tokens.end()) return refuse(401, "Bearer error=\"invalid_token\", error_description=\"the token is not known\"");
    auto const& known = token->second;
    x.entry.client_id = known.client_id;
    if (known.revoked || (known.grant && grants[*known.grant].ended))
        return refuse(401, "Bearer error=\"invalid_token\", error_description=\"the token was revoked\"");
    if (x.now >= known.expires_at) return refuse(401, "Bearer error=\"invalid_token\", error_description=\"the token has expired\"");
    if (!known.grant || !detail::has_word(known.scope, "openid")) return refuse(403, "Bearer error=\"insufficient_scope\", scope=\"openid\"");

    auto const& sub = grants[*known.grant].sub;
    x.answer.body = claims_of(sub, known.scope);
    x.answer.body.set_string("sub", sub);
    apply(x, fault_stage::body);
    auto const* client = find_client(known.client_id);
    if (!client || client->client.userinfo_signed_response_alg.empty()) return x.json(200, x.answer.body.text());
    auto draft = draft_for(client->client.userinfo_signed_response_alg, client->client.client_secret.expose());
    draft.claims = x.answer.body;
    draft.claims.set_string("iss", options.issuer).set_string("aud", known.client_id);
    x.answer.answer(200, "application/jwt", sign(draft));
}

/// RFC 7009: a refresh token takes with it all that the user granted at that sign-in, an access token goes alone.
CALIMATIC_DECL void simulated_platform::state::answer_revocation(exchange& x) {
    detail::simulated_form const form(x.request->body);
    if (x.request->method != http_method::post || !form.well_formed() || form["token"].empty())
        return x.oauth_error(400, "invalid_request", "a revocation is a POST with a token in its form");
    auto const* client = authenticated_client(x, form);
    if (!client) return;
    auto const theirs = [&](std::string_view client_id) {
        if (client_id == client->client.client_id) return true;
        x.oauth_error(400, "unauthorized_client", "the token was issued to another client");
        return false;
    };
    if (auto const index = find_refresh_token(form["token"])) {
        auto& grant = grants[refresh_tokens[*index].grant];
        if (!theirs(grant.client_id)) return;
        x.entry.refresh_token = index;
        grant.ended = true;
    } else if (auto const token = access_tokens.find(form["token"]); token != access_tokens.end()) {
        if (!theirs(token->second.client_id)) return;
        token->second.revoked = true;
    }
    x.answer.answer(200, "text/plain", "");
}

} // namespace calimatic::inline CALIMATIC_ABI::testing
