#include "sign_in.hpp"
#include <calimatic/testing/keys.hpp>

using namespace interop;
using cal::error_code;
using kind = cal::session_event::kind;

// What clients do once they are registered: sign in, authenticate by what they sign, stay signed in, ask about tokens.

namespace {

constexpr auto callback = "http://127.0.0.1:4711/callback";

cal::client_registration_request application(std::string method) {
    cal::client_registration_request request;
    request.metadata.redirect_uris = {callback};
    request.metadata.token_endpoint_auth_method = std::move(method);
    request.metadata.grant_types = {"authorization_code", "refresh_token", "client_credentials"};
    request.metadata.response_types = {"code"};
    request.metadata.application_type = "native";
    request.metadata.client_name = "Registered \u00c5pp";
    return request;
}

cal::result<cal::client_registration> enrol(
    cal::server_metadata const& server, cal::client_registration_request const& request, std::string_view from = {}, std::string_view to = {}) {
    auto made = cal::build_client_registration_request(server, request);
    support::accepted("registration request", made);
    if (auto const at = made->body.find(from); !from.empty()) {
        REQUIRE(at != std::string::npos);
        made->body.replace(at, from.size(), to);
    }
    return cal::drive(cal::single_request(std::move(made),
                          [&](cal::http_response const& response) { return cal::parse_client_registration_response(response, request); }),
        example::curl_transport());
}

cal::result<cal::client_registration> read(cal::server_metadata const& server, cal::client_registration const& registration) {
    return cal::drive(cal::single_request(cal::build_client_read_request(server, registration),
                          [&](cal::http_response const& response) { return cal::parse_client_read_response(response, registration); }),
        example::curl_transport());
}

/// The registration as a program finds it that was started anew.
cal::client_registration saved(cal::client_registration const& registration) {
    auto read = cal::parse_client_registration(cal::serialize(registration).expose());
    support::accepted("saved registration", read);
    return std::move(*read);
}

/// One of the fixed keys for each algorithm of assertions.
std::string_view key_for(std::string_view alg) {
    if (alg == "ES256") return cal::testing::p256_key;
    if (alg == "ES384") return cal::testing::p384_key;
    if (alg == "ES512") return cal::testing::p521_key;
    return alg.starts_with("Ed") ? cal::testing::ed25519_key : cal::testing::rsa_key;
}

/// A client that signs its requests with that algorithm, just registered.
cal::client_information signing_client(cal::server_metadata const& server, std::string_view alg) {
    bool const by_secret = alg.starts_with("HS");
    auto request = application(by_secret ? "client_secret_jwt" : "private_key_jwt");
    request.metadata.token_endpoint_auth_signing_alg = alg;
    if (!by_secret) {
        auto const signer = cal::signer::make(key_for(alg), cal::parse_algorithm(alg).value());
        support::accepted("key", signer);
        request.metadata.jwks = cal::serialize(cal::jwk_set{{signer->public_key()}, {}});
    }
    auto const registered = enrol(server, request);
    support::accepted("registration", registered);
    auto client = registered->client();
    CHECK(client.token_endpoint_auth_method == request.metadata.token_endpoint_auth_method);
    CHECK(client.token_endpoint_auth_signing_alg == alg);
    CHECK(client.client_secret.empty() != by_secret);
    if (!by_secret) client.private_jwk = key_for(alg);
    return client;
}

cal::result<cal::token_set> machine_token(cal::server_metadata const& server, cal::client_information const& client) {
    cal::os_random random;
    return request_tokens(cal::build_token_request(server, client, cal::client_credentials_grant{.scope = "machine"}, cal::system_now(), {}, &random),
        {.scope = "machine"});
}

cal::result<cal::introspection> introspect(cal::server_metadata const& server, cal::client_information const& client, std::string_view token,
    cal::introspection_expectations const& expected = {}, std::string_view hint = {}) {
    cal::os_random random;
    return cal::drive(cal::single_request(cal::build_introspection_request(server, client, token, hint, cal::system_now(), {}, &random),
                          [&](cal::http_response const& response, cal::time_point now) {
                              return cal::parse_introspection_response(response, client, token, expected, now);
                          }),
        example::curl_transport());
}

} // namespace

// Registration

TEST_CASE("a client that was just registered signs in") {
    auto const server = provider();
    auto const crypto = either_crypto();
    auto const method = std::string(GENERATE("none", "client_secret_post", "client_secret_basic"));
    INFO(method);
    auto request = application(method);
    if (method == "none") request.metadata.grant_types = {"authorization_code", "refresh_token"};
    auto const registered = enrol(server, request);
    support::accepted("registration", registered);
    CHECK(registered->client_secret.empty() == (method == "none"));
    CHECK_FALSE(registered->client_secret_expires_at); // 0: never
    CHECK(registered->client_id_issued_at);
    CHECK(registered->metadata.redirect_uris == std::vector<std::string>{callback});
    CHECK(registered->metadata.client_name == "Registered \u00c5pp");
    CHECK(registered->metadata.id_token_signed_response_alg == "RS256"); // which was the provider's choice
    CHECK(registered->metadata.extra.find("subject_type") != std::string::npos);
    auto const user = sign_in({.client = saved(*registered).client(), .options = {.crypto = crypto}});
    support::accepted("sign-in", user);
    CHECK(user->claims.aud() == std::vector<std::string_view>{registered->client_id});
}

TEST_CASE("a redirect URI that the provider refuses is told in its own words") {
    auto const server = provider();
    auto const request = application("client_secret_basic");
    auto const fragment = enrol(server, request, "/callback", "/callback#part"); // which no request of ours has
    support::refused("a redirect URI with a fragment", fragment, error_code::client_registration_error);
    CHECK(fragment.error().server_error() == "invalid_redirect_uri");
    CHECK(fragment.error().http_status() == 400);
    CHECK(fragment.error().condition() == cal::condition::correct_input);
}

TEST_CASE("the token of a registration is good for no other") {
    auto const server = provider();
    auto one = enrol(server, application("client_secret_post"));
    auto const other = enrol(server, application("client_secret_post"));
    support::accepted("one", one);
    support::accepted("other", other);
    one->registration_client_uri = other->registration_client_uri.clone();
    support::refused("read", read(server, *one), error_code::registration_access_refused);
}

// Clients that sign

TEST_CASE("a client authenticates by what it signs, with every algorithm") {
    auto const server = provider();
    for (auto const alg : algorithms) {
        INFO(alg);
        auto client = signing_client(server, alg);
        support::accepted("for the issuer", machine_token(server, client));
        client.assertion_audience = cal::client_assertion_audience::token_endpoint;
        support::accepted("for the token endpoint", machine_token(server, client));
        if (alg.starts_with("HS")) client.client_secret = std::string(86, 'x');
        else
            client.private_jwk = alg.starts_with("Ed") ? cal::testing::other_ed25519_key
                : alg == "ES256"                       ? cal::testing::other_p256_key
                : alg == "ES384"                       ? cal::testing::other_p384_key
                : alg == "ES512"                       ? cal::testing::other_p521_key
                                                       : cal::testing::other_rsa_key;
        auto const refused = machine_token(server, client);
        support::refused("another key", refused, error_code::token_error);
        CHECK(refused.error().server_error() == "invalid_client");
    }
}

TEST_CASE("what a client signed is good for one request") {
    auto const server = provider();
    auto const client = signing_client(server, GENERATE("ES256", "HS256"));
    cal::os_random random;
    auto const request = cal::build_token_request(server, client, cal::client_credentials_grant{.scope = "machine"}, cal::system_now(), {}, &random);
    support::accepted("request", request);
    auto const send = [&] {
        auto const response = example::curl_transport()(*request);
        REQUIRE(response);
        return cal::parse_token_response(*response, {.scope = "machine"}, cal::system_now());
    };
    support::accepted("once", send());
    auto const again = send();
    support::refused("twice", again, error_code::token_error);
    CHECK(again.error().server_error() == "invalid_client");
}

TEST_CASE("a client that signs signs in, stays signed in over a restart, and signs out") {
    auto const server = provider();
    auto const client = signing_client(server, GENERATE("ES256", "HS256"));
    session_keeper keeper;
    auto user = sign_in(server, keeper.send, {.client = client.clone(), .parameters = offline()});
    support::accepted("sign-in", user);
    cal::os_random random;
    cal::session_options const options{.unauthorized_interval = cal::milliseconds(0)};
    auto session = cal::session::start({server, client.clone()}, std::move(*user), random, cal::system_now(), options);
    support::accepted("session", session);
    std::string blob;
    keeper.save = [&](std::string const& now_saved) { blob = now_saved; };
    REQUIRE(keeper.run(*session, kind::tokens_changed));

    for (bool const restart : {false, false, true}) {
        if (restart) {
            auto resumed = cal::session::resume(cal::oauth_refresh{server, client.clone()}, blob, random, cal::system_now(), options);
            support::accepted("resumed", resumed);
            session = std::move(resumed);
        }
        auto const before = session->access_token(cal::system_now());
        support::accepted("access token", before);
        std::string const text(*before);
        CHECK(session->handle_unauthorized(text, cal::system_now()));
        REQUIRE(keeper.run(*session, kind::tokens_changed));
        auto const after = session->access_token(cal::system_now());
        support::accepted("access token", after);
        CHECK(*after != text);
    }
    std::string const last(*session->access_token(cal::system_now()));
    auto const active = introspect(server, client, last);
    support::accepted("introspection", active);
    CHECK(active->active);
    session->sign_out(cal::system_now());
    static_cast<void>(keeper.run(*session, kind::tokens_changed)); // which does not happen
    CHECK(session->has_ended());
    CHECK_FALSE(session->last_error());
    auto const revoked = introspect(server, client, last);
    support::accepted("introspection", revoked);
    CHECK_FALSE(revoked->active);
}

// Introspection

TEST_CASE("a token is what the provider says of it") {
    auto const server = provider();
    auto const method = std::string(GENERATE("client_secret_post", "client_secret_basic"));
    auto const client = confidential_client(method);
    auto const user = sign_in({.client = client.clone(), .parameters = offline()});
    support::accepted("sign-in", user);
    auto const access = user->tokens.access_token.expose();
    auto const told = introspect(server, client, access, {.issuer = server.issuer, .client_id = client.client_id}, "access_token");
    support::accepted("access token", told);
    REQUIRE(told->active);
    CHECK(told->client_id() == client.client_id);
    CHECK(told->members.sub() == "alice");
    CHECK(told->members.iss() == issuer());
    CHECK(told->token_type() == "Bearer");
    CHECK(told->members.exp() > cal::system_now());
    CHECK(cal::scope_covers(told->scope().value_or(""), "openid profile offline_access"));

    auto const kept = introspect(server, client, user->tokens.refresh_token.expose(), {.issuer = server.issuer}, "refresh_token");
    support::accepted("refresh token", kept);
    CHECK(kept->active);
    CHECK_FALSE(kept->token_type());

    support::refused(
        "of another issuer", introspect(server, client, access, {.issuer = "https://other.example"}), error_code::introspection_iss_mismatch);
    support::refused("for an audience that it does not name", introspect(server, client, access, {.audience = "https://api.example"}),
        error_code::introspection_aud_mismatch);
    support::refused("of another client", introspect(server, client, access, {.client_id = "another"}), error_code::introspection_client_mismatch);

    auto const unknown = introspect(server, client, "a-token-of-nobody");
    support::accepted("unknown token", unknown);
    CHECK_FALSE(unknown->active);
}

TEST_CASE("nobody asks about a token without credentials") {
    auto const server = provider();
    support::refused("a public client", introspect(server, public_client(), "some-token"), error_code::introspection_without_credentials);
    auto client = confidential_client("client_secret_basic");
    client.client_secret = "a secret that is not the one";
    auto const wrong = introspect(server, client, "some-token-of-somebody");
    support::refused("a wrong secret", wrong, error_code::introspection_error);
    CHECK(wrong.error().server_error() == "invalid_client");
    CHECK(wrong.error().message().find("a secret that") == std::string::npos);
}
