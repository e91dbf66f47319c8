#include "sign_in.hpp"
#include <thread>

using namespace interop;
using cal::error_code;

namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void check_alice(cal::result<cal::sign_in> const& user, std::string_view client_id) {
    support::accepted("sign-in", user);
    CHECK(user->claims.iss() == issuer());
    CHECK(user->claims.sub() == "alice");
    CHECK(user->claims.aud() == std::vector<std::string_view>{client_id});
    CHECK_FALSE(user->tokens.access_token.empty());
    CHECK(user->tokens.expires_at > cal::system_now());
}

} // namespace

// Discovery

TEST_CASE("discovery reads what the provider says of itself") {
    auto const server = provider();
    CHECK(server.issuer == issuer());
    CHECK(server.token_endpoint == issuer() + "/token");
    CHECK(server.authorization_response_iss_parameter_supported);
    CHECK(cal::parse_server_metadata(cal::serialize(server), issuer()).has_value());
}

TEST_CASE("metadata of another issuer are refused") {
    auto const other_name = replaced(issuer(), "127.0.0.1", "localhost"); // the same provider answers there
    support::refused("az-issuer", cal::drive(cal::discover(other_name), example::curl_transport()), error_code::metadata_issuer_mismatch);
}

TEST_CASE("discovery finds the metadata at the place of RFC 8414 too") {
    auto const found = cal::drive(cal::discover(issuer(), cal::metadata_location::oauth_authorization_server), example::curl_transport());
    support::accepted("RFC 8414", found);
    CHECK(found->jwks_uri == issuer() + "/jwks");
}

// Sign-in

TEST_CASE("a public client signs in") { check_alice(sign_in({.options = {.crypto = either_crypto()}}), "demonstration"); }

TEST_CASE("a confidential client with odd characters signs in with client_secret_post") {
    auto client = confidential_client("client_secret_post");
    auto const id = client.client_id;
    check_alice(sign_in({.client = std::move(client), .options = {.crypto = either_crypto()}}), id);
}

TEST_CASE("a confidential client with odd characters signs in with client_secret_basic") {
    auto client = confidential_client("client_secret_basic");
    auto const id = client.client_id;
    check_alice(sign_in({.client = std::move(client), .options = {.crypto = either_crypto()}}), id);
}

TEST_CASE("a wrong client_secret is refused and not repeated") {
    auto client = confidential_client("client_secret_basic");
    client.client_secret = "a secret that is not the one";
    auto const user = sign_in({.client = std::move(client)});
    support::refused("wrong secret", user, error_code::token_error);
    CHECK(user.error().server_error() == "invalid_client");
    CHECK(user.error().condition() == cal::condition::fix_configuration);
    CHECK(user.error().message().find("a secret that") == std::string::npos);
}

TEST_CASE("an ID Token of another algorithm than the registered one is refused") {
    auto client = client_with_algorithm("ES256");
    client.id_token_signed_response_alg = GENERATE("RS256", "EdDSA");
    support::refused("idt-alg-other", sign_in({.client = std::move(client)}), error_code::jws_alg_not_allowed);
}

TEST_CASE("EdDSA and Ed25519 are two names of one key but not of one registration") {
    auto client = client_with_algorithm("Ed25519");
    client.id_token_signed_response_alg = "EdDSA";
    support::refused("idt-alg-other-same-key", sign_in({.client = std::move(client)}), error_code::jws_alg_not_allowed);
}

TEST_CASE("UserInfo is of the user of the ID Token") {
    auto const crypto = either_crypto();
    auto const user = sign_in({.parameters = {.redirect_uri = "http://127.0.0.1:4711/callback", .scope = "openid profile email"},
        .options = {.crypto = crypto, .request_userinfo = true}});
    support::accepted("sign-in", user);
    REQUIRE(user->userinfo);
    CHECK(user->userinfo->sub() == "alice");
    CHECK(user->userinfo->name() == "Alice \u00c5ngstr\u00f6m");
    CHECK(user->userinfo->email() == "alice@example.com");
    CHECK((*user->userinfo)["email_verified"].as_bool() == true);
    CHECK(cal::scope_covers(user->tokens.scope, "openid profile email"));
    CHECK_FALSE(user->scope_reduced);
}

TEST_CASE("UserInfo that is signed is read with every algorithm") {
    auto const crypto = either_crypto();
    auto const server = provider();
    for (auto const alg : algorithms) {
        INFO(alg);
        recording_transport send;
        send.before = [&](cal::http_request const& request) {
            if (request.url == server.userinfo_endpoint && alg == "ES384") rotate_keys();
        };
        auto const user = sign_in(server, send,
            {.client = client_with_signed_userinfo(alg),
                .parameters = {.redirect_uri = "http://127.0.0.1:4711/callback", .scope = "openid profile"},
                .options = {.crypto = crypto, .request_userinfo = true}});
        support::accepted("sign-in", user);
        CHECK_FALSE(user->userinfo_error);
        REQUIRE(user->userinfo);
        CHECK(user->userinfo->name() == "Alice \u00c5ngstr\u00f6m");
        CHECK((*user->userinfo)["iss"].as_string() == issuer()); // which an unsigned one does not say
        CHECK(send.count(server.jwks_uri) == (alg == "ES384" ? 2 : 1));
    }
}

TEST_CASE("UserInfo that is signed otherwise than registered, or not at all, is refused, and the sign-in stands") {
    auto const crypto = either_crypto();
    auto const registered = GENERATE("ES256", "none at all");
    INFO(registered);
    auto client = client_with_signed_userinfo("RS256");
    client.userinfo_signed_response_alg = registered == std::string_view("ES256") ? registered : "";
    auto const user = sign_in({.client = std::move(client), .options = {.crypto = crypto, .request_userinfo = true}});
    check_alice(user, "signed-userinfo-RS256");
    CHECK_FALSE(user->userinfo);
    CHECK(user->userinfo_error == (registered == std::string_view("ES256") ? error_code::jws_alg_not_allowed : error_code::userinfo_content_type));

    auto unsigned_client = public_client();
    unsigned_client.userinfo_signed_response_alg = "RS256";
    auto const other = sign_in({.client = std::move(unsigned_client), .options = {.crypto = crypto, .request_userinfo = true}});
    check_alice(other, "demonstration");
    CHECK_FALSE(other->userinfo);
    CHECK(other->userinfo_error == error_code::userinfo_content_type);
}

TEST_CASE("max_age is answered with auth_time") {
    auto const user = sign_in({.parameters = {.redirect_uri = "http://127.0.0.1:4711/callback", .max_age = cal::seconds(3600)}});
    check_alice(user, "demonstration");
    CHECK(user->claims.auth_time());
}

TEST_CASE("a refused consent ends the sign-in before anything is requested") {
    auto const crypto = either_crypto();
    recording_transport send;
    auto const server = provider();
    auto const user = sign_in(server, send, {.options = {.crypto = crypto}, .allow = false});
    support::refused("az-error", user, error_code::authorization_error);
    CHECK(user.error().server_error() == "access_denied");
    CHECK(user.error().condition() == cal::condition::access_refused);
    CHECK(send.count(server.token_endpoint) == 0);
}

TEST_CASE("prompt none without a session says login_required") {
    auto const user = sign_in({.parameters = {.redirect_uri = "http://127.0.0.1:4711/callback", .prompt = "none"}});
    support::refused("prompt=none", user, error_code::authorization_error);
    CHECK(user.error().server_error() == "login_required");
}

TEST_CASE("the iss of the redirect must be there and be the provider's") {
    auto const iss = "&iss=" + cal::detail::form_encode(issuer());
    support::refused("az-iss-missing", sign_in({.on_the_way_back = [&](std::string url) { return replaced(std::move(url), iss, ""); }}),
        error_code::authorization_iss_missing);
    support::refused("az-iss-wrong",
        sign_in({.on_the_way_back = [&](std::string url) { return replaced(std::move(url), iss, "&iss=https%3A%2F%2Fevil.example"); }}),
        error_code::authorization_iss_mismatch);
}

TEST_CASE("the redirect of another sign-in is ignored and ours is still taken") {
    cal::os_random random;
    auto const server = provider();
    cal::authorization_parameters const parameters{.redirect_uri = "http://127.0.0.1:4711/callback"};
    auto ours = cal::authorization_code_flow::start(server, public_client(), parameters, random, cal::system_now());
    auto other = cal::authorization_code_flow::start(server, public_client(), parameters, random, cal::system_now());
    REQUIRE(ours);
    REQUIRE(other);
    support::refused(
        "state of another", ours->handle_redirect(redirected(*other->authorization_url()), cal::system_now()), error_code::state_mismatch);
    CHECK(ours->pending());
    auto const redirect = redirected(*ours->authorization_url());
    support::accepted("ours", ours->handle_redirect(redirect, cal::system_now()));
    check_alice(cal::drive(*ours, example::curl_transport()), "demonstration");
    support::refused("ours again", ours->handle_redirect(redirect, cal::system_now()), error_code::redirect_already_used);
}

TEST_CASE("a code is good once and only with its verifier") {
    cal::os_random random;
    auto const server = provider();
    auto const client = public_client();
    auto const state = cal::make_code_verifier(random);
    auto const proof = cal::make_pkce(random);
    REQUIRE(state);
    REQUIRE(proof);
    cal::authorization_parameters const parameters{.redirect_uri = "http://127.0.0.1:4711/callback"};
    auto const fresh_code = [&] {
        auto const url = cal::build_authorization_url(
            server, client, parameters, {.state = state->expose(), .nonce = "a nonce", .code_challenge = proof->code_challenge});
        REQUIRE(url);
        auto response = cal::validate_authorization_response(
            redirected(*url), {.issuer = server.issuer, .redirect_uri = parameters.redirect_uri, .state = state->expose(), .iss_required = true});
        support::accepted("authorization response", response);
        return std::move(*response);
    };
    auto const exchange = [&](cal::authorization_response const& response, std::string_view verifier) {
        return request_tokens(cal::build_token_request(server, client,
                                  cal::authorization_code_grant{response.code(), parameters.redirect_uri, verifier}, cal::system_now()),
            {.id_token_required = true});
    };
    auto const code = fresh_code();
    support::accepted("the first time", exchange(code, proof->code_verifier.expose()));
    for (auto const& refused : {exchange(code, proof->code_verifier.expose()), exchange(fresh_code(), std::string(43, 'x'))}) {
        support::refused("invalid_grant", refused, error_code::token_error);
        CHECK(refused.error().server_error() == "invalid_grant");
    }
}

// Keys

TEST_CASE("keys that the provider replaces just before it signs are fetched again") {
    auto const crypto = either_crypto();
    auto const server = provider();
    recording_transport send;
    send.before = [&](cal::http_request const& request) {
        if (request.url == server.token_endpoint) rotate_keys(); // our keys are fetched before the exchange
    };
    check_alice(sign_in(server, send, {.options = {.crypto = crypto}}), "demonstration");
    CHECK(send.count(server.jwks_uri) == 2);
}

TEST_CASE("keys held from an earlier sign-in are used until they no longer fit") {
    auto const server = provider();
    recording_transport send;
    auto first = sign_in(server, send, {});
    support::accepted("first", first);
    CHECK(send.count(server.jwks_uri) == 1);
    auto second = sign_in(server, send, {.options = {.keys = std::move(first->keys)}});
    support::accepted("second", second);
    CHECK(send.count(server.jwks_uri) == 1);
    rotate_keys();
    check_alice(sign_in(server, send, {.options = {.keys = std::move(second->keys)}}), "demonstration");
    CHECK(send.count(server.jwks_uri) == 2);
}

// Refresh

TEST_CASE("a refresh rotates the refresh token and the old one is refused") {
    auto const server = provider();
    recording_transport send;
    auto const user = sign_in(server, send,
        {.client = client_with_algorithm("ES256"),
            .parameters = {.redirect_uri = "http://127.0.0.1:4711/callback", .scope = "openid offline_access", .prompt = "consent"}});
    support::accepted("sign-in", user);
    REQUIRE_FALSE(user->tokens.refresh_token.empty());
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // iat counts seconds

    auto const client = client_with_algorithm("ES256");
    auto const tokens = refresh(server, client, user->tokens);
    support::accepted("refresh", tokens);
    CHECK_FALSE(tokens->refresh_token.expose() == user->tokens.refresh_token.expose());
    CHECK_FALSE(tokens->access_token.expose() == user->tokens.access_token.expose());
    CHECK(tokens->scope == user->tokens.scope);
    CHECK_FALSE(tokens->id_token.expose() == user->tokens.id_token.expose());

    cal::signature_verifier verifier(user->keys, {cal::signature_algorithm::es256});
    cal::id_token_expectations expected{.issuer = server.issuer,
        .client_id = client.client_id,
        .id_token_signed_response_alg = "ES256",
        .access_token = tokens->access_token.expose(),
        .refreshed = &user->claims};
    auto const claims = cal::validate_id_token(tokens->id_token.expose(), verifier, expected, cal::system_now());
    support::accepted("refreshed ID Token", claims);
    CHECK(claims->sub() == "alice");
    CHECK(claims->iat() > user->claims.iat());
    auto const by_host =
        cal::drive(cal::token_validation(tokens->id_token.expose(), user->keys, expected, cal::system_now(), cal::crypto_answers::by_host),
            example::curl_transport(), answer);
    support::accepted("the same by questions", by_host);

    auto const old = refresh(server, client, user->tokens);
    support::refused("old refresh token", old, error_code::token_error);
    CHECK(old.error().server_error() == "invalid_grant");
    CHECK(old.error().condition() == cal::condition::authorize_again);
    CHECK(old.error().message().find(user->tokens.refresh_token.expose()) == std::string::npos);
}

TEST_CASE("a refreshed ID Token of another user is refused") {
    auto const server = provider();
    recording_transport send;
    auto const alice = sign_in(server, send, {});
    support::accepted("alice", alice);
    cal::os_random random;
    auto flow =
        cal::authorization_code_flow::start(server, public_client(), {.redirect_uri = "http://127.0.0.1:4711/callback"}, random, cal::system_now());
    REQUIRE(flow);
    static_cast<void>(flow->handle_redirect(redirected(*flow->authorization_url(), true, "bob"), cal::system_now()));
    auto const bob = cal::drive(*flow, send);
    support::accepted("bob", bob);

    cal::signature_verifier verifier(alice->keys, {cal::signature_algorithm::rs256});
    cal::id_token_expectations const expected{.issuer = server.issuer, .client_id = "demonstration", .refreshed = &alice->claims};
    support::refused(
        "rt-sub-changed", cal::validate_id_token(bob->tokens.id_token.expose(), verifier, expected, cal::system_now()), error_code::id_token_changed);
}

// Without a user

TEST_CASE("client_credentials give a token to the client itself") {
    auto const server = provider();
    auto const client = confidential_client("client_secret_basic");
    auto const tokens = request_tokens(
        cal::build_token_request(server, client, cal::client_credentials_grant{.scope = "machine"}, cal::system_now()), {.scope = "machine"});
    support::accepted("client_credentials", tokens);
    CHECK_FALSE(tokens->access_token.empty());
    CHECK(tokens->scope == "machine");
    CHECK(tokens->refresh_token.empty());
    CHECK(tokens->id_token.empty());
}

TEST_CASE("a scope that the client may not have is refused") {
    auto const tokens = request_tokens(cal::build_token_request(
        provider(), confidential_client("client_secret_post"), cal::client_credentials_grant{.scope = "machine"}, cal::system_now()));
    support::refused("invalid_scope", tokens, error_code::token_error);
    CHECK(tokens.error().server_error() == "invalid_scope");
}

TEST_CASE("an access token that the provider does not know is an invalid_token") {
    auto const info = cal::drive(cal::single_request(cal::build_userinfo_request(provider(), "not-a-token"),
                                     [](cal::http_response const& response) { return cal::parse_userinfo_response(response, "alice"); }),
        example::curl_transport());
    support::refused("bad token", info, error_code::invalid_token);
    CHECK(info.error().http_status() == 401);
    CHECK(info.error().condition() == cal::condition::authorize_again);
    CHECK(info.error().server_error() == "invalid_token");
}

TEST_CASE("a token without the scope openid does not reach UserInfo") {
    auto const server = provider();
    auto const tokens = request_tokens(cal::build_token_request(
        server, confidential_client("client_secret_basic"), cal::client_credentials_grant{.scope = "machine"}, cal::system_now()));
    support::accepted("client_credentials", tokens);
    auto const info = cal::drive(cal::single_request(cal::build_userinfo_request(server, tokens->access_token.expose()),
                                     [](cal::http_response const& response) { return cal::parse_userinfo_response(response, "alice"); }),
        example::curl_transport());
    REQUIRE_FALSE(info);
    CHECK((info.error() == error_code::invalid_token || info.error() == error_code::insufficient_scope));
}
