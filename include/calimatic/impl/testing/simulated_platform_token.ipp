#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <calimatic/impl/testing/simulated_platform_authorization.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/oauth/pkce.hpp>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

struct claimed_client {
    std::string client_id;
    std::string client_secret;
    std::string_view method; ///< "" with an assertion, which either method has
    std::string assertion{};
};

/// What a client says of itself (RFC 6749 2.3); nothing where it says it in two ways, or in a way that cannot be read.
inline std::optional<claimed_client> read_claimed_client(http_request const& request, simulated_form const& form) {
    auto const header = find_header(request.headers, "Authorization");
    if (auto const assertion = form["client_assertion"]; !assertion.empty()) {
        if (header || !form["client_secret"].empty() || form["client_assertion_type"] != client_assertion_type) return std::nullopt;
        return claimed_client{std::string(form["client_id"]), {}, {}, std::string(assertion)};
    }
    if (!header) {
        bool const has_secret = !form["client_secret"].empty();
        return claimed_client{std::string(form["client_id"]), std::string(form["client_secret"]), has_secret ? "client_secret_post" : "none"};
    }
    if (!form["client_secret"].empty() || !equal_ignoring_case(header->substr(0, 6), "Basic ")) return std::nullopt;
    std::string text(header->substr(6)); // base64 with padding, which base64url_decode does not take
    while (text.ends_with('=')) text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    auto const decoded = base64url_decode(text);
    if (!decoded || decoded->find(':') == std::string::npos) return std::nullopt;
    auto const colon = decoded->find(':');
    simulated_form const both("i=" + decoded->substr(0, colon) + "&s=" + decoded->substr(colon + 1)); // 2.3.1: both are form-encoded
    if (!form["client_id"].empty() && form["client_id"] != both["i"]) return std::nullopt;
    return claimed_client{std::string(both["i"]), std::string(both["s"]), "client_secret_basic"};
}

/// How a client was registered to authenticate.
inline std::string_view registered_method(client_information const& client) {
    if (!client.token_endpoint_auth_method.empty()) return client.token_endpoint_auth_method;
    if (!client.private_jwk.empty()) return "private_key_jwt";
    return client.client_secret.empty() ? "none" : "client_secret_basic";
}

} // namespace detail

namespace testing {

CALIMATIC_DECL simulated_client* simulated_platform::state::authenticated_client(exchange& x, detail::simulated_form const& form) {
    auto const refuse = [&x](std::string_view why) -> simulated_client* {
        x.oauth_error(401, "invalid_client", why);
        if (find_header(x.request->headers, "Authorization")) x.answer.header("WWW-Authenticate", "Basic realm=\"token\"");
        return nullptr;
    };
    auto const said = detail::read_claimed_client(*x.request, form);
    if (!said) return refuse("the client says in two ways who it is, or in none that is known");
    x.entry.client_id = said->client_id;
    auto* client = find_client(said->client_id);
    if (!client) return refuse("the client is not known");
    if (!said->assertion.empty()) {
        auto const wrong = wrong_about_assertion(*client, said->assertion, x.now);
        return wrong.empty() ? client : refuse(wrong);
    }
    if (said->method != detail::registered_method(client->client)) return refuse("the client is registered for another authentication method");
    if (!constant_time_equal(said->client_secret, client->client.client_secret.expose())) return refuse("the client_secret is wrong");
    return client;
}

CALIMATIC_DECL void simulated_platform::state::answer_token(exchange& x) {
    x.answer.header("Cache-Control", "no-store");
    detail::simulated_form const form(x.request->body);
    auto const type = find_header(x.request->headers, "Content-Type").value_or("");
    if (x.request->method != http_method::post || !detail::equal_ignoring_case(type.substr(0, type.find(';')), "application/x-www-form-urlencoded") ||
        !form.well_formed() || x.request->url.find('?') != std::string::npos)
        return x.oauth_error(400, "invalid_request", "a token request is a POST with a form");
    auto const* client = authenticated_client(x, form);
    if (!client) return;
    if (x.entry.grant_type == "authorization_code") return exchange_code(x, *client, form);
    if (x.entry.grant_type == "refresh_token") return refresh(x, *client, form);
    if (x.entry.grant_type == "client_credentials") return give_client_credentials(x, *client, form);
    x.oauth_error(400, "unsupported_grant_type", "there is no such grant");
}

CALIMATIC_DECL void simulated_platform::state::exchange_code(exchange& x, simulated_client const& client, detail::simulated_form const& form) {
    auto const refuse = [&x](std::string_view why) { x.oauth_error(400, "invalid_grant", why); };
    auto const code = form["code"];
    auto const found = std::find_if(grants.begin(), grants.end(), [&](grant_record const& one) { return !code.empty() && one.code == code; });
    if (found == grants.end() || found->client_id != client.client.client_id) return refuse("the code is not known");
    if (found->code_spent) { // RFC 6749 4.1.2: then what was made of it is not to be trusted, either
        found->ended = true;
        return refuse("the code was used before");
    }
    found->code_spent = true;
    if (found->ended) return refuse("the grant was revoked");
    if (x.now >= found->code_expires_at) return refuse("the code has expired");
    if (form["redirect_uri"] != found->redirect_uri) return refuse("the redirect_uri is another one");
    if (compute_code_challenge(form["code_verifier"]).value_or("") != found->code_challenge) return refuse("the code_verifier is wrong");

    auto const index = static_cast<std::size_t>(found - grants.begin());
    std::optional<std::size_t> token;
    if (client.refresh_tokens) {
        token = refresh_tokens.size();
        refresh_tokens.push_back({random_text(random), index, x.now + options.refresh_token_lifetime});
    }
    give_tokens(x, client, index, found->scope, token, true);
}

CALIMATIC_DECL void simulated_platform::state::refresh(exchange& x, simulated_client const& client, detail::simulated_form const& form) {
    auto const refuse = [&x](std::string_view why) { x.oauth_error(400, "invalid_grant", why); };
    auto const index = x.entry.refresh_token;
    if (!index) return refuse("the refresh token is not known");
    auto& grant = grants[refresh_tokens[*index].grant];
    if (grant.client_id != client.client.client_id) return refuse("the refresh token is not known");
    if (grant.ended) return refuse("the grant was revoked");
    if (x.now >= refresh_tokens[*index].expires_at) return refuse("the refresh token has expired");
    std::string scope(form["scope"].empty() ? std::string_view(grant.scope) : form["scope"]);
    if (detail::common_scope(scope, {grant.scope}) != scope) // RFC 6749 6
        return x.oauth_error(400, "invalid_scope", "more than was granted");
    if (!options.rotate_refresh_tokens)
        return give_tokens(x, client, refresh_tokens[*index].grant, std::move(scope), std::nullopt, options.id_token_on_refresh);
    auto const successor = spend_refresh_token(*index, x.now, options.refresh_token_lifetime);
    if (!successor) return refuse("the refresh token was used before");
    give_tokens(x, client, refresh_tokens[*index].grant, std::move(scope), *successor, options.id_token_on_refresh);
}

/// The successor of a refresh token. Nothing where it was spent before, which ends the grant (RFC 9700 4.14.2).
CALIMATIC_DECL std::optional<std::size_t> simulated_platform::state::spend_refresh_token(std::size_t index, time_point now, seconds lifetime) {
    auto const spent_at = refresh_tokens[index].spent_at;
    if (!spent_at) {
        refresh_tokens[index].spent_at = now;
        refresh_tokens[index].successor = refresh_tokens.size();
        refresh_tokens.push_back({random_text(random), refresh_tokens[index].grant, now + lifetime});
        return refresh_tokens.size() - 1;
    }
    auto const successor = refresh_tokens[index].successor;
    if (now >= *spent_at && now - *spent_at < options.reuse_grace && !refresh_tokens[successor].spent_at) return successor;
    grants[refresh_tokens[index].grant].ended = true;
    return std::nullopt;
}

CALIMATIC_DECL void simulated_platform::state::give_client_credentials(
    exchange& x, simulated_client const& client, detail::simulated_form const& form) {
    if (detail::registered_method(client.client) == "none")
        return x.oauth_error(400, "unauthorized_client", "a client without a secret cannot prove who it is");
    auto const scope = detail::common_scope(form["scope"], {client.scope});
    if (scope.empty() && !form["scope"].empty()) return x.oauth_error(400, "invalid_scope", "nothing of it is allowed");
    x.answer.access_token = make_access_token(x.now, client.client.client_id, client.client.client_id, scope, std::nullopt);
    give_answer(x, scope);
}

CALIMATIC_DECL void simulated_platform::state::give_tokens(
    exchange& x, simulated_client const& client, std::size_t index, std::string scope, std::optional<std::size_t> refresh_token, bool with_id_token) {
    x.answer.access_token = make_access_token(x.now, grants[index].sub, client.client.client_id, scope, index);
    if (refresh_token) x.answer.body.set_string("refresh_token", refresh_tokens[*refresh_token].token);
    if (with_id_token) {
        x.answer.body.set_string("id_token", make_id_token(x, client, grants[index]));
        id_tokens.emplace(x.answer.id_token.text, index);
    }
    give_answer(x, scope);
}

CALIMATIC_DECL void simulated_platform::state::give_answer(exchange& x, std::string_view scope) {
    x.answer.body.set_string("access_token", x.answer.access_token).set_string("token_type", "Bearer");
    x.answer.body.set_number("expires_in", options.access_token_lifetime.count());
    if (!scope.empty()) x.answer.body.set_string("scope", scope);
    apply(x, fault_stage::body);
    x.json(200, x.answer.body.text());
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
