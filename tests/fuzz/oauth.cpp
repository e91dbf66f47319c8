#include <calimatic/detail/form.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/flow/pending_sign_in.hpp>
#include <calimatic/oauth/authorization.hpp>
#include <calimatic/oauth/bearer_token.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/client_management.hpp>
#include <calimatic/oauth/client_metadata.hpp>
#include <calimatic/oauth/client_registration.hpp>
#include <calimatic/oauth/introspection.hpp>
#include <calimatic/oauth/pkce.hpp>
#include <calimatic/oauth/revocation.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/oauth/token.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/oidc/userinfo.hpp>
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "support/keys.hpp"
#include "support/tokens.hpp"

/// \file
/// The endpoints' answers, redirects, and saved values.

namespace fuzz {

namespace {

constexpr std::string_view issuer = "https://op.example";
constexpr std::string_view state = "the-state-0123456789";
constexpr cal::time_point now{cal::milliseconds(1'800'000'000'000)};

void server_metadata(std::string_view input) {
    auto const server = cal::parse_server_metadata(input, issuer);
    if (!server) return require_fit(server.error());
    require(server->issuer == issuer, "metadata are those of the issuer");
    for (auto const* url :
        {&server->authorization_endpoint, &server->token_endpoint, &server->jwks_uri, &server->userinfo_endpoint, &server->registration_endpoint,
            &server->revocation_endpoint, &server->introspection_endpoint, &server->end_session_endpoint, &server->device_authorization_endpoint})
        require(url->empty() || url->starts_with("https://") || cal::detail::parse_uri(*url, {})->scheme == "https", "an endpoint is https");
    auto const text = cal::serialize(*server);
    auto const again = cal::parse_server_metadata(text, issuer);
    require(again.has_value(), "what was accepted is accepted again");
    require(cal::serialize(*again) == text, "metadata stay the same");
    require(cal::build_jwk_set_request(server->jwks_uri).has_value() || server->jwks_uri.empty(), "the keys can be asked for");
}

void server_metadata_response(std::string_view input) {
    auto const answer = response_of(input);
    auto const server = cal::parse_server_metadata_response(answer, issuer);
    auto const keys = cal::parse_jwk_set_response(answer);
    if (!server) require_fit(server.error());
    if (!keys) require_fit(keys.error());
    require((!server && !keys) || answer.status == 200, "no other status has a value");
}

/// An issuer: where its metadata are.
void issuer_url(std::string_view input) {
    for (auto const location : {cal::metadata_location::openid_configuration, cal::metadata_location::oauth_authorization_server}) {
        auto const request = cal::build_server_metadata_request(input, location);
        if (!request) {
            require_fit(request.error());
            continue;
        }
        auto const url = cal::detail::check_endpoint(request->url, {});
        auto const own = cal::detail::check_endpoint(input, {});
        require(url && own && cal::detail::same_origin(*url, *own) && !url->query, "metadata are at the issuer's origin");
        require(url->path.find("/.well-known/") != std::string::npos, "metadata are at a well-known place");
    }
}

void require_same(cal::token_set const& tokens) {
    auto const blob = cal::serialize(tokens);
    auto const again = cal::parse_token_set(blob.expose());
    require(again.has_value(), "what was accepted can be saved");
    require(cal::serialize(*again).expose() == blob.expose(), "tokens stay the same");
    require(again->access_token.expose() == tokens.access_token.expose() && again->expires_at == tokens.expires_at, "tokens stay the same");
}

void token_response(std::string_view input) {
    reader in(input);
    auto const choices = in.byte();
    auto const answer = response_of(in.rest());
    cal::token_set before;
    before.refresh_token = "refresh-token-0123456789";
    before.scope = "openid";
    bool const refreshing = (choices & 2) != 0;
    auto const tokens = cal::parse_token_response(answer, {"openid email", (choices & 1) != 0, refreshing ? &before : nullptr}, now);
    if (!tokens) {
        require_fit(tokens.error());
        if (answer.status == 200) require_secret_kept(tokens.error(), in.rest(), answer.body, {"access_token", "refresh_token", "id_token"});
        require(!refreshing || !tells(tokens.error(), "refresh-token-0123456789"), "no error tells the refresh token");
        return;
    }
    require(answer.status == 200, "no other status has a value");
    require(cal::detail::is_sendable(tokens->access_token.expose()) && tokens->access_token.size() <= cal::limits{}.token, "a token can be sent");
    if (tokens->expires_at)
        require(*tokens->expires_at >= now && *tokens->expires_at <= now + std::chrono::hours(24 * 366 * 10), "a lifetime is bounded");
    require((choices & 1) == 0 || !tokens->id_token.empty(), "an ID Token that is required is there");
    require(!refreshing || !tokens->refresh_token.empty(), "a refresh loses no refresh token");
    require_same(*tokens);
    cal::http_request request;
    request.url = "https://op.example/userinfo";
    require(cal::put_bearer_token(request, tokens->access_token.expose()).has_value(), "a token can be sent");
}

void token_set(std::string_view input) {
    auto const tokens = cal::parse_token_set(input);
    if (tokens) return require_same(*tokens);
    require_fit(tokens.error());
    require_secret_kept(tokens.error(), input, input, {"access_token", "refresh_token", "id_token"});
}

void client_information(std::string_view input) {
    auto const client = cal::parse_client_information(input);
    if (!client) {
        require_fit(client.error());
        require_secret_kept(client.error(), input, input, {"client_secret"});
        return;
    }
    auto const blob = cal::serialize(*client);
    auto const again = cal::parse_client_information(blob.expose());
    require(again && cal::serialize(*again).expose() == blob.expose(), "a client stays the same");
    cal::server_metadata const server{.issuer = "https://op.example", .token_endpoint = "https://op.example/token"};
    auto const request = cal::build_token_request(
        server, *client, cal::authorization_code_grant{"code", "https://app.example/cb", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}, now);
    if (!request) {
        require_fit(request.error());
        require_secret_kept(request.error(), input, input, {"client_secret"});
        return;
    }
    bool const in_header = cal::find_header(request->headers, "Authorization").has_value();
    auto const form = cal::detail::parse_form(request->body, {});
    require(form.has_value(), "a request has a form");
    auto const sent = [&form](std::string_view name) {
        return std::count_if(form->begin(), form->end(), [name](auto const& p) { return p.name == name; });
    };
    require(sent("client_secret") + (in_header ? 1 : 0) <= 1 && sent("client_id") + (in_header ? 1 : 0) == 1, "a client authenticates in one way");
    for (auto const& header : request->headers)
        require(std::all_of(header.value.begin(), header.value.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }), "a header cannot be ended");
}

void pending_sign_in(std::string_view input) {
    auto const pending = cal::parse_pending_sign_in(input);
    if (!pending) {
        require_fit(pending.error());
        require_secret_kept(pending.error(), input, input, {"state", "nonce", "code_verifier"});
        return;
    }
    require(!pending->state.empty() && !pending->nonce.empty() && pending->code_verifier.size() >= 43, "nothing is missing that a check hangs on");
    auto const blob = cal::serialize(*pending);
    auto const again = cal::parse_pending_sign_in(blob.expose());
    require(again && cal::serialize(*again).expose() == blob.expose(), "a pending sign-in stays the same");
    require(cal::serialize(pending->clone()).expose() == blob.expose(), "a copy is the same");
}

void userinfo_response(std::string_view input) {
    auto const answer = response_of(input);
    auto const info = cal::parse_userinfo_response(answer, "alice");
    if (!info) {
        require_fit(info.error());
        return;
    }
    require(info->sub() == "alice" && answer.status == 200, "UserInfo is about the user");
    require(info->root().kind() == cal::json_kind::object, "UserInfo is an object");
}

/// Nobody but the seed has a signature.
void signed_userinfo(std::string_view input) {
    static cal::signature_verifier verifier(
        cal::parse_jwk_set(support::jwk_set_text({support::public_jwk(support::ed25519_key)})).value(), {cal::signature_algorithm::eddsa});
    auto const answer = response_of(input);
    cal::userinfo_expectations const expected{.sub = "alice", .issuer = issuer, .client_id = "client", .userinfo_signed_response_alg = "EdDSA"};
    auto const info = cal::validate_userinfo_response(answer, verifier, expected, now);
    if (!info) return require_fit(info.error());
    auto const made_once = support::signed_token(support::ed25519_key, R"({"iss":"https://op.example","aud":"client","sub":"alice"})");
    require(answer.body == made_once && info->sub() == "alice" && answer.status == 200, "UserInfo that was signed is as it was signed");
}

void revocation_response(std::string_view input) {
    auto const answer = response_of(input);
    cal::client_information const client{.client_id = "client", .client_secret = "client-secret-0123456789"};
    auto const done = cal::parse_revocation_response(answer, client, "revoked-token-0123456789");
    require(!done || answer.status == 200, "200 is success, and nothing else is");
    if (done) return;
    require_fit(done.error());
    for (auto const* secret : {"client-secret-0123456789", "revoked-token-0123456789"})
        require(!tells(done.error(), secret), "no error tells a secret");
}

void require_same(cal::client_registration const& registration) {
    auto const blob = cal::serialize(registration);
    auto const again = cal::parse_client_registration(blob.expose());
    require(again && cal::serialize(*again).expose() == blob.expose(), "a registration stays the same");
    require(cal::serialize(registration.clone()).expose() == blob.expose(), "a copy is the same");
}

void client_registration_response(std::string_view input) {
    auto const answer = response_of(input);
    cal::client_registration_request request;
    request.metadata.redirect_uris = {"https://app.example/cb"};
    request.metadata.extra = R"({"loginUrl":"https://app.example/login"})";
    request.initial_access_token = "initial-token-0123456789";
    auto const registration = cal::parse_client_registration_response(answer, request);
    if (!registration) {
        require_fit(registration.error());
        require(!tells(registration.error(), "initial-token-0123456789"), "no error tells a secret");
        return;
    }
    require(answer.status == 200 || answer.status == 201, "no other status has a value");
    require(!registration->client_id.empty(), "a client has an id");
    require_same(*registration);
    require(registration->client().client_id == registration->client_id, "a client can sign in");
    cal::server_metadata const server{.issuer = "https://op.example", .registration_endpoint = "https://op.example/register"};
    auto const managed = cal::build_client_read_request(server, *registration);
    if (managed)
        require(cal::detail::same_origin(*cal::detail::parse_uri(managed->url, {}), *cal::detail::parse_uri("https://op.example", {})),
            "the token goes to no other origin");
    else require_fit(managed.error());
}

void client_management_response(std::string_view input) {
    auto const answer = response_of(input);
    cal::client_registration held{.client_id = "client", .client_secret = "client-secret-0123456789"};
    held.registration_access_token = "access-token-0123456789";
    held.registration_client_uri = "https://op.example/register/client-0123456789";
    auto const read = cal::parse_client_read_response(answer, held);
    auto const updated = cal::parse_client_update_response(answer, held, {});
    auto const deleted = cal::parse_client_delete_response(answer, held);
    require(!read || (answer.status == 200 && read->client_id == "client"), "a registration stays that of its client");
    require(read.has_value() == updated.has_value() && (!deleted || answer.status == 204), "each answer has its status");
    if (read) require_same(*read);
    for (auto const* secret : {"client-secret-0123456789", "access-token-0123456789", "client-0123456789"}) {
        if (!read && count(input, secret) <= 1) require(!tells(read.error(), secret), "no error tells a secret");
        if (!deleted && count(input, secret) <= 1) require(!tells(deleted.error(), secret), "no error tells a secret");
    }
}

void client_registration(std::string_view input) {
    auto const registration = cal::parse_client_registration(input);
    if (registration) return require_same(*registration);
    require_fit(registration.error());
    require_secret_kept(registration.error(), input, input, {"client_secret", "registration_access_token", "registration_client_uri"});
}

void client_metadata(std::string_view input) {
    reader in(input);
    cal::client_metadata metadata;
    metadata.redirect_uris = {in.text()};
    if (in.flag()) metadata.redirect_uris.push_back(in.text());
    metadata.client_uri = in.text();
    metadata.scope = in.text();
    metadata.jwks = in.text();
    metadata.extra = in.rest();
    auto const valid = cal::validate_client_metadata(metadata);
    if (!valid) return require_fit(valid.error());
    for (auto const& uri : metadata.redirect_uris) require(cal::validate_redirect_uri(uri).has_value(), "a redirect_uri can be registered");
    cal::client_registration_request request;
    request.metadata = metadata;
    cal::server_metadata const server{.registration_endpoint = "https://op.example/register"};
    auto const sent = cal::build_client_registration_request(server, request);
    require(sent && cal::parse_json(sent->body, sent->body.size()).has_value(), "what is registered is JSON, and nothing twice");
}

void introspection_response(std::string_view input) {
    auto const answer = response_of(input);
    cal::client_information const client{.client_id = "client", .client_secret = "client-secret-0123456789"};
    auto const told = cal::parse_introspection_response(answer, client, "the-token-0123456789", {.audience = "api"}, now);
    if (!told) {
        require_fit(told.error());
        for (auto const* secret : {"client-secret-0123456789", "the-token-0123456789"})
            require(!tells(told.error(), secret), "no error tells a secret");
        return;
    }
    require(answer.status == 200, "no other status has a value");
    auto const document = cal::parse_json(answer.body, answer.body.size());
    require(!told->active || document->root()["active"].as_bool() == true, "active is the boolean");
    require(told->active || told->members.root().size() == 0, "of a token that is not active nothing is known");
    require(!told->active || !told->members.exp() || *told->members.exp() + cal::seconds(60) > now, "a token that is over is not active");
}

void www_authenticate(std::string_view input) {
    auto const answer = response_of(input);
    if (auto const e = cal::parse_resource_error(answer)) require_fit(*e);
    else require(answer.status >= 200 && answer.status <= 299, "a refusal is an error");
    std::vector<cal::http_header> headers = answer.headers;
    headers.push_back({"WWW-Authenticate", answer.body});
    auto const challenges = cal::parse_www_authenticate(headers);
    if (!challenges) return require_fit(challenges.error());
    std::string text;
    for (auto const& challenge : *challenges) {
        require(
            !challenge.scheme.empty() && std::none_of(challenge.scheme.begin(), challenge.scheme.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "a scheme is in lower case");
        require(challenge.parameters.size() <= cal::limits{}.parameters, "parameters are within their limit");
        require(challenge.token68.empty() || challenge.parameters.empty(), "a challenge has a token or parameters");
        text += (text.empty() ? "" : ", ") + challenge.scheme;
        if (!challenge.token68.empty()) text += ' ' + challenge.token68;
        for (auto const& [name, value] : challenge.parameters) {
            require(challenge.find(name) == value, "a parameter is there once");
            text += (name == challenge.parameters.front().name ? " " : ", ") + name + "=\"";
            for (char const c : value) (text += c == '"' || c == '\\' ? "\\" : "") += c;
            text += '"';
        }
    }
    auto const again = cal::parse_www_authenticate({{"WWW-Authenticate", text}});
    require(again && again->size() == challenges->size(), "challenges written anew are the same");
    for (std::size_t i = 0; i < again->size(); ++i) {
        auto const &a = (*again)[i], &b = (*challenges)[i];
        require(a.scheme == b.scheme && a.token68 == b.token68, "challenges written anew are the same");
        auto const same = [](auto const& x, auto const& y) { return x.name == y.name && x.value == y.value; };
        require(std::equal(a.parameters.begin(), a.parameters.end(), b.parameters.begin(), b.parameters.end(), same), "parameters stay the same");
    }
}

std::string values(std::string_view url, std::string_view name) {
    url = url.substr(0, url.find('#'));
    auto const mark = url.find('?');
    auto const form = cal::detail::parse_form(mark == std::string_view::npos ? "" : url.substr(mark + 1), {});
    std::string found;
    if (form)
        for (auto const& parameter : *form)
            if (parameter.name == name) found += parameter.value + '\n';
    return found;
}

void authorization_response(std::string_view input) {
    for (bool const promised : {false, true}) {
        for (std::string_view const redirect_uri : {"https://app.example/cb", "http://127.0.0.1:8080/?a=1&b", "com.example.app:/cb"}) {
            cal::authorization_expectations const expected{issuer, redirect_uri, state, promised};
            auto const response = cal::validate_authorization_response(input, expected);
            bool const ours = cal::is_our_redirect(input, expected);
            if (ours) require(values(input, "state") == std::string(state) + '\n', "our redirect has our state once");
            if (response) {
                require(ours, "a code came to our redirect");
                require(
                    values(input, "code") == std::string(response->code()) + '\n' && !response->code().empty(), "the code is that of the redirect");
                require(values(input, "iss") == std::string(issuer) + '\n' ||
                        (!promised && values(input, "iss").find_first_not_of('\n') == std::string::npos),
                    "the issuer is the expected one");
                require(values(input, "error").find_first_not_of('\n') == std::string::npos, "a refusal has no code");
                continue;
            }
            auto const& e = response.error();
            require_fit(e);
            if (count(input, state) == 1 && values(input, "state").starts_with(state)) require(!tells(e, state), "no error tells the state");
            if (count(input, planted) == 1 && values(input, "code").find(planted) != std::string::npos)
                require(!tells(e, planted), "no error tells the code");
        }
    }
}

void redirect_uri(std::string_view input) {
    auto const valid = cal::validate_redirect_uri(input);
    if (!valid) return require_fit(valid.error());
    auto const url = cal::detail::parse_uri(input, {});
    require(url && !url->fragment && !url->has_userinfo, "a redirect_uri has no fragment and no user name");
    require(url->scheme == "https" || (url->scheme == "http" && url->is_loopback()) || url->scheme.find('.') != std::string::npos,
        "a redirect comes back safely");
    auto const answer = cal::detail::append_query(input, "code=c&state=" + std::string(state) + "&iss=https%3A%2F%2Fop.example");
    if (answer.size() > cal::limits{}.url) return;
    cal::authorization_expectations const expected{issuer, input, state, true};
    auto const response = cal::validate_authorization_response(answer, expected);
    require(response && response->code() == "c", "an answer to the redirect_uri is ours");
    require(cal::is_our_redirect(answer, expected), "an answer to the redirect_uri is ours");
}

void authorization_url(std::string_view input) {
    reader in(input);
    cal::server_metadata const server{.issuer = "https://op.example", .authorization_endpoint = "https://op.example/authorize" + in.text()};
    cal::authorization_parameters parameters;
    parameters.redirect_uri = "https://app.example/cb" + in.text();
    parameters.scope = in.text();
    parameters.prompt = in.text();
    if (in.flag()) parameters.max_age = cal::seconds(in.number());
    parameters.acr_values = in.text();
    parameters.acr_required = in.flag();
    parameters.login_hint = in.text();
    for (auto left = in.choose(4); left > 0; --left) parameters.resource.push_back(in.text());
    for (auto left = in.choose(4); left > 0; --left) {
        auto name = in.text();
        parameters.extra.push_back({std::move(name), in.text()});
    }
    auto const url =
        cal::build_authorization_url(server, {.client_id = "client"}, parameters, {state, "the-nonce-0123456789", "the-challenge-0123456789"});
    if (!url) {
        require_fit(url.error());
        for (std::string_view const secret : {state, std::string_view("the-nonce-0123456789")})
            require(!tells(url.error(), secret) || count(input, secret) > 0, "no error tells what binds the answer");
        return;
    }
    require(url->size() <= cal::limits{}.url, "a URL is within its limit");
    require(cal::detail::check_endpoint(*url, {}).has_value(), "the URL is one");
    require(url->starts_with(server.authorization_endpoint), "the endpoint's own query is kept");
    auto const once = [&url](std::string_view name, std::string_view value) {
        require(values(*url, name) == std::string(value) + '\n', "a parameter is sent once");
    };
    once("state", state);
    once("nonce", "the-nonce-0123456789");
    once("code_challenge", "the-challenge-0123456789");
    once("code_challenge_method", "S256");
    once("response_type", "code");
    once("client_id", "client");
    once("redirect_uri", parameters.redirect_uri);
    require(cal::scope_covers(values(*url, "scope").substr(0, values(*url, "scope").size() - 1), "openid"), "openid is asked for");
    for (auto const& [name, value] : parameters.extra) once(name, value);
}

void code_verifier(std::string_view input) {
    auto const valid = cal::validate_code_verifier(input);
    auto const challenge = cal::compute_code_challenge(input);
    require(valid.has_value() == challenge.has_value(), "a verifier that is valid has a challenge");
    if (!valid) {
        require_fit(valid.error());
        require(!tells(valid.error(), planted), "no error tells a verifier");
        return;
    }
    require(input.size() >= 43 && input.size() <= 128 && challenge->size() == 43, "a verifier has 43 to 128 characters");
    require(cal::detail::form_encode(input).find('+') == std::string::npos, "a verifier is printable");
}

} // namespace

std::span<target const> oauth_targets() {
    static constexpr target targets[] = {
        {"server_metadata", server_metadata},
        {"server_metadata_response", server_metadata_response},
        {"issuer_url", issuer_url},
        {"token_response", token_response},
        {"token_set", token_set},
        {"client_information", client_information},
        {"pending_sign_in", pending_sign_in},
        {"userinfo_response", userinfo_response},
        {"signed_userinfo", signed_userinfo},
        {"revocation_response", revocation_response},
        {"client_registration_response", client_registration_response},
        {"client_management_response", client_management_response},
        {"client_registration", client_registration},
        {"client_metadata", client_metadata},
        {"introspection_response", introspection_response},
        {"www_authenticate", www_authenticate},
        {"authorization_response", authorization_response},
        {"redirect_uri", redirect_uri},
        {"authorization_url", authorization_url},
        {"code_verifier", code_verifier},
    };
    return targets;
}

} // namespace fuzz
