#include <calimatic/auth.hpp>
#include <calimatic/testing/keys.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "host.hpp"
#include "support/keys.hpp"
#include "support/outcome.hpp"

/// \file
/// Registration and its management, client assertions, introspection.

namespace {

namespace cal = calimatic;
using cal::error_code;
using interop::issuer;

cal::server_metadata discovered() {
    auto found = cal::drive(cal::discover(issuer()), example::curl_transport());
    support::accepted("discovery", found);
    return std::move(*found);
}

template <class Parse>
auto send(cal::result<cal::http_request> request, Parse parse) {
    return cal::drive(cal::single_request(std::move(request), std::move(parse)), example::curl_transport());
}

cal::client_registration enrol(cal::server_metadata const& server, cal::client_registration_request const& request) {
    auto registration = send(cal::build_client_registration_request(server, request),
        [&](cal::http_response const& response) { return cal::parse_client_registration_response(response, request); });
    support::accepted("registration", registration);
    auto saved = serialize(*registration);
    return std::move(cal::parse_client_registration(saved.expose())).value();
}

cal::client_registration_request wanted(std::string method) {
    cal::client_registration_request request;
    request.metadata.redirect_uris = {"http://127.0.0.1/callback"};
    request.metadata.application_type = "native";
    request.metadata.grant_types = {"authorization_code", "client_credentials"};
    request.metadata.client_name = "Registered";
    request.metadata.token_endpoint_auth_method = std::move(method);
    return request;
}

cal::result<cal::token_set> own_token(cal::server_metadata const& server, cal::client_information const& client) {
    cal::os_random random;
    auto const now = cal::system_now();
    return send(cal::build_token_request(server, client, cal::client_credentials_grant{.scope = "machine"}, now, {}, &random),
        [now](cal::http_response const& response) { return cal::parse_token_response(response, {.scope = "machine"}, now); });
}

cal::result<cal::introspection> introspect(cal::server_metadata const& server, cal::client_information const& client, std::string_view token) {
    cal::os_random random;
    auto const now = cal::system_now();
    return send(cal::build_introspection_request(server, client, token, "access_token", now, {}, &random), [&](cal::http_response const& response) {
        return cal::parse_introspection_response(response, client, token, {.issuer = server.issuer, .client_id = client.client_id}, now);
    });
}

} // namespace

TEST_CASE("a registered client gets a token and asks about it") {
    auto const server = discovered();
    for (std::string const method : {"client_secret_basic", "client_secret_post", "client_secret_jwt"}) {
        INFO(method);
        auto const registration = enrol(server, wanted(method));
        CHECK(registration.metadata.token_endpoint_auth_method == method);
        CHECK_FALSE(registration.client_secret.empty());
        auto const client = registration.client();
        auto const tokens = own_token(server, client);
        support::accepted(method, tokens);
        auto const told = introspect(server, client, tokens->access_token.expose());
        support::accepted("introspection", told);
        REQUIRE(told->active);
        CHECK(told->scope() == "machine");
        auto const unknown = introspect(server, client, "nothing-that-was-issued");
        support::accepted("unknown", unknown);
        CHECK_FALSE(unknown->active);
        auto wrong = client.clone();
        wrong.client_secret = std::string(64, 'x');
        CHECK(own_token(server, wrong).error().server_error() == "invalid_client");
    }
}

TEST_CASE("a client signs its requests with its own key") {
    auto const server = discovered();
    auto request = wanted("private_key_jwt");
    request.metadata.token_endpoint_auth_signing_alg = "ES256";
    request.metadata.jwks = support::jwk_set_text({support::public_jwk(support::p256_key)});
    auto const registration = enrol(server, request);
    CHECK(registration.client_secret.empty());
    auto client = registration.client();
    client.private_jwk = support::p256_key;
    auto const tokens = own_token(server, client);
    support::accepted("private_key_jwt", tokens);
    CHECK(introspect(server, client, tokens->access_token.expose())->active);
    client.private_jwk = support::other_p256_key;
    CHECK(own_token(server, client).error().server_error() == "invalid_client");
}

TEST_CASE("a registration is read, updated and deleted, and each answer brings a new token") {
    auto const server = discovered();
    auto registration = enrol(server, wanted("client_secret_basic"));
    REQUIRE_FALSE(registration.registration_access_token.empty());
    auto const read = [&](cal::client_registration const& held) {
        return send(cal::build_client_read_request(server, held),
            [&](cal::http_response const& response) { return cal::parse_client_read_response(response, held); });
    };
    auto const seen = read(registration);
    support::accepted("read", seen);
    CHECK(seen->client_secret.expose() == registration.client_secret.expose());
    CHECK(seen->metadata.client_name == "Registered");
    auto metadata = seen->metadata;
    metadata.client_name = "Renamed";
    auto const updated = send(cal::build_client_update_request(server, *seen, metadata),
        [&](cal::http_response const& response) { return cal::parse_client_update_response(response, *seen, metadata); });
    support::accepted("update", updated);
    CHECK(updated->metadata.client_name == "Renamed");
    CHECK(updated->registration_access_token.expose() != seen->registration_access_token.expose());
    support::refused("the token before", read(*seen), error_code::registration_access_refused);
    support::accepted("delete", send(cal::build_client_delete_request(server, *updated), [&](cal::http_response const& response) {
        return cal::parse_client_delete_response(response, *updated);
    }));
    support::refused("gone", read(*updated), error_code::registration_access_refused);
}

TEST_CASE("what the provider does not register is told in its words") {
    auto request = wanted("client_secret_basic");
    request.metadata.token_endpoint_auth_method = "no_such_method";
    auto const registration = send(cal::build_client_registration_request(discovered(), request),
        [&](cal::http_response const& response) { return cal::parse_client_registration_response(response, request); });
    support::refused("method", registration, error_code::client_registration_error);
    CHECK(registration.error().server_error() == "invalid_client_metadata");
}
