#include <calimatic/testing/simulated_registration.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/keys.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/keys.hpp"
#include "support/outcome.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using cal::seconds;
using support::accepted;
using support::refused;

namespace {

constexpr std::string_view redirect_uri = "http://localhost:3001/auth/callback";

struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    sim::seeded_random random{3};
    cal::server_metadata server;

    explicit fixture(sim::simulated_registration_options how = {}) : platform({.registration = std::move(how)}), server(platform.metadata()) {
        platform.add_user({});
    }

    static cal::client_registration_request wanted() {
        cal::client_registration_request request;
        request.metadata.redirect_uris = {std::string(redirect_uri)};
        request.metadata.client_name = "App";
        request.metadata.grant_types = {"authorization_code", "refresh_token"};
        request.metadata.extra = R"({"loginUrl":"https://app.example/login"})";
        return request;
    }

    cal::result<cal::client_registration> enrol(cal::client_registration_request const& request) {
        return cal::drive(cal::single_request(cal::build_client_registration_request(server, request),
                              [&](cal::http_response const& response) { return cal::parse_client_registration_response(response, request); }),
            host);
    }
    cal::result<cal::client_registration> read(cal::client_registration const& registration) {
        return cal::drive(cal::single_request(cal::build_client_read_request(server, registration),
                              [&](cal::http_response const& response) { return cal::parse_client_read_response(response, registration); }),
            host);
    }
    cal::result<cal::client_registration> update(cal::client_registration const& registration, cal::client_metadata const& metadata) {
        return cal::drive(
            cal::single_request(cal::build_client_update_request(server, registration, metadata),
                [&](cal::http_response const& response) { return cal::parse_client_update_response(response, registration, metadata); }),
            host);
    }
    cal::result<void> remove(cal::client_registration const& registration) {
        return cal::drive(cal::single_request(cal::build_client_delete_request(server, registration),
                              [&](cal::http_response const& response) { return cal::parse_client_delete_response(response, registration); }),
            host);
    }
    cal::result<cal::sign_in> sign_in(cal::client_information client, std::string_view to = redirect_uri) {
        auto flow = cal::authorization_code_flow::start(
            server, std::move(client), {.redirect_uri = std::string(to), .scope = "openid offline_access"}, random, host.now());
        if (!flow) return flow.error();
        auto redirect = platform.authorize(*flow->authorization_url(), host.now());
        if (!redirect) return redirect.error();
        if (auto taken = flow->handle_redirect(*redirect, host.now()); !taken) return taken.error();
        return cal::drive(*flow, host);
    }
    cal::result<cal::introspection> introspect(
        cal::client_information const& client, std::string_view token, cal::introspection_expectations const& expected = {}) {
        return cal::drive(cal::single_request(cal::build_introspection_request(server, client, token, {}, host.now(), {}, &random),
                              [&](cal::http_response const& response, cal::time_point now) {
                                  return cal::parse_introspection_response(response, client, token, expected, now);
                              }),
            host);
    }
};

} // namespace

TEST_CASE("an application is registered, saved, and signs in with what was saved") {
    fixture f;
    auto const registration = f.enrol(fixture::wanted());
    accepted("registration", registration);
    CHECK(registration->client_id.starts_with("cca_"));
    CHECK(registration->client_secret.expose().starts_with("ccas_"));
    CHECK_FALSE(registration->client_secret_expires_at);
    CHECK(registration->metadata.token_endpoint_auth_method == "client_secret_post");
    CHECK(registration->metadata.extra.find("loginUrl") != std::string::npos);
    CHECK(registration->registration_access_token.empty());
    auto const saved = serialize(*registration);
    auto user = f.sign_in(cal::parse_client_registration(saved.expose()).value().client());
    accepted("sign-in", user);
    CHECK_FALSE(user->tokens.refresh_token.empty());
    auto const elsewhere = f.sign_in(registration->client(), "http://localhost:3001/auth/callback/");
    CHECK_FALSE(elsewhere); // exact strings
    CHECK(f.read(*registration).error() == cal::error_code::registration_management_missing);
}

TEST_CASE("a public client has no secret, and one with a key signs") {
    fixture f;
    auto request = fixture::wanted();
    request.metadata.token_endpoint_auth_method = "none";
    auto const open = f.enrol(request);
    accepted("none", open);
    CHECK(open->client_secret.empty());
    accepted("sign-in", f.sign_in(open->client()));
    request.metadata.token_endpoint_auth_method = "private_key_jwt";
    CHECK(f.enrol(request).error().server_error() == "invalid_client_metadata"); // without a key
    request.metadata.token_endpoint_auth_signing_alg = "ES256";
    request.metadata.jwks = support::jwk_set_text({support::public_jwk(sim::p256_key)});
    auto const signing = f.enrol(request);
    accepted("private_key_jwt", signing);
    auto client = signing->client();
    client.private_jwk = sim::p256_key;
    accepted("sign-in", f.sign_in(client.clone()));
    client.private_jwk = sim::other_p256_key;
    CHECK_FALSE(f.sign_in(std::move(client)));
}

TEST_CASE("five registrations a minute, and an initial access token where it is demanded") {
    fixture f;
    for (int i = 0; i < 5; ++i) accepted("one of five", f.enrol(fixture::wanted()));
    auto const sixth = f.enrol(fixture::wanted());
    refused("the sixth", sixth, cal::error_code::too_many_requests);
    REQUIRE(sixth.error().retry_after());
    f.host.advance(*sixth.error().retry_after());
    accepted("later", f.enrol(fixture::wanted()));

    fixture closed({.initial_access_token = "the-initial-token"});
    refused("without", closed.enrol(fixture::wanted()), cal::error_code::registration_access_refused);
    auto request = fixture::wanted();
    request.initial_access_token = "the-initial-token";
    accepted("with", closed.enrol(request));
}

TEST_CASE("the platform is strict about what it is asked to register") {
    fixture f;
    auto const refusal = [&](std::string body) {
        auto request = cal::build_client_registration_request(f.server, fixture::wanted());
        REQUIRE(request);
        request->body = std::move(body);
        auto const answer = f.platform.handle(*request, f.host.now());
        CHECK(answer.status == 400);
        return std::string(cal::parse_json(answer.body, 4096).value().root()["error"].as_string().value());
    };
    CHECK(refusal("[]") == "invalid_client_metadata");
    CHECK(refusal("{") == "invalid_client_metadata");
    CHECK(refusal("{}") == "invalid_redirect_uri");
    CHECK(refusal(R"({"redirect_uris":["https://a.example/cb#x"]})") == "invalid_redirect_uri");
    CHECK(refusal(R"({"redirect_uris":["https://a.example/cb"],"client_name":1})") == "invalid_client_metadata");
    CHECK(refusal(R"({"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"odd"})") == "invalid_client_metadata");
}

TEST_CASE("a registration is read, updated and deleted, with a new token each time") {
    fixture f({.management = true});
    auto registration = f.enrol(fixture::wanted());
    accepted("registration", registration);
    auto const first = registration->clone();
    registration = f.read(*registration);
    accepted("read", registration);
    CHECK(registration->registration_access_token.expose() != first.registration_access_token.expose());
    CHECK(registration->client_secret.expose() == first.client_secret.expose());
    refused("the old token", f.read(first), cal::error_code::registration_access_refused);
    auto metadata = registration->metadata;
    metadata.redirect_uris = {"https://app.example/cb"};
    registration = f.update(*registration, metadata);
    accepted("update", registration);
    CHECK(registration->metadata.redirect_uris == metadata.redirect_uris);
    accepted("sign-in", f.sign_in(registration->client(), "https://app.example/cb"));
    CHECK_FALSE(f.sign_in(registration->client()));
    accepted("delete", f.remove(*registration));
    refused("gone", f.read(*registration), cal::error_code::registration_access_refused);
    CHECK_FALSE(f.sign_in(registration->client(), "https://app.example/cb"));
}

TEST_CASE("introspection knows its tokens, and no client without credentials") {
    fixture f;
    auto const registration = f.enrol(fixture::wanted());
    accepted("registration", registration);
    auto const client = registration->client();
    auto const user = f.sign_in(client.clone());
    accepted("sign-in", user);
    auto const access = user->tokens.access_token.expose();
    auto const told = f.introspect(client, access, {.issuer = f.server.issuer, .client_id = client.client_id});
    accepted("access token", told);
    REQUIRE(told->active);
    CHECK(told->members.sub() == "user-1");
    CHECK(told->scope() == "openid offline_access");
    CHECK(told->token_type() == "Bearer");
    CHECK(f.introspect(client, user->tokens.refresh_token.expose())->active);
    CHECK_FALSE(f.introspect(client, "nothing")->active);
    auto stranger = client.clone();
    stranger.client_secret = "another secret";
    refused("wrong secret", f.introspect(stranger, access), cal::error_code::introspection_error);
    f.platform.revoke_user("user-1");
    CHECK_FALSE(f.introspect(client, access)->active);
    CHECK_FALSE(f.introspect(client, user->tokens.refresh_token.expose())->active);

    auto request = cal::build_introspection_request(f.server, client, access, {}, f.host.now());
    request->body = "token=x&client_id=" + client.client_id;
    CHECK(f.platform.handle(*request, f.host.now()).status == 401);
}
