#include <calimatic/oauth/client_authentication.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/keys.hpp"
#include "support/outcome.hpp"

using calimatic::client_auth_method;
using calimatic::client_information;
using calimatic::milliseconds;
using calimatic::server_metadata;
using calimatic::time_point;
using support::rule_name;

namespace {

constexpr time_point noon{milliseconds{1'800'000'000'000}};

client_information confidential(std::string method = "") {
    return {.client_id = "client",
        .client_secret = "correct horse battery",
        .client_secret_expires_at = {},
        .token_endpoint_auth_method = std::move(method)};
}

server_metadata offering(std::vector<std::string> methods) {
    return {.issuer = "https://op.example", .token_endpoint_auth_methods_supported = std::move(methods)};
}

calimatic::http_request form_request() {
    calimatic::http_request request;
    request.method = calimatic::http_method::post;
    request.body = "grant_type=x";
    return request;
}

std::string selected(server_metadata const& server, client_information const& client, time_point now = noon) {
    auto const method = calimatic::select_client_auth_method(server, client, now);
    if (!method) return rule_name(method);
    switch (*method) {
    case client_auth_method::none: return "none";
    case client_auth_method::client_secret_post: return "client_secret_post";
    case client_auth_method::client_secret_basic: return "client_secret_basic";
    case client_auth_method::client_secret_jwt: return "client_secret_jwt";
    case client_auth_method::private_key_jwt: return "private_key_jwt";
    }
    return "?";
}

server_metadata const signing{.issuer = "https://op.example", .token_endpoint = "https://op.example/token"};

client_information signing_client(std::string_view private_jwk, std::string alg = "") {
    client_information client{.client_id = "client", .client_secret = "never sent", .token_endpoint_auth_method = "private_key_jwt"};
    client.private_jwk = private_jwk;
    client.token_endpoint_auth_signing_alg = std::move(alg);
    return client;
}

client_information mac_client(std::string_view secret, std::string alg = "") {
    client_information client{.client_id = "client", .client_secret = secret, .token_endpoint_auth_method = "client_secret_jwt"};
    client.token_endpoint_auth_signing_alg = std::move(alg);
    return client;
}

/// The value of a parameter that is in the form once.
std::string parameter(std::string_view form, std::string_view name) {
    auto const all = calimatic::detail::parse_form(form, {});
    REQUIRE(all);
    std::vector<std::string> values;
    for (auto const& one : *all)
        if (one.name == name) values.push_back(one.value);
    REQUIRE(values.size() == 1);
    return values.front();
}

calimatic::compact_jws assertion_of(client_information const& client, calimatic::random_source& random, time_point now = noon) {
    auto request = form_request();
    support::accepted("authentication", calimatic::authenticate_client(request, signing, client, now, {}, &random));
    CHECK(request.headers.empty());
    CHECK(request.body.find("client_secret") == std::string::npos); // nothing beside the assertion
    CHECK(parameter(request.body, "client_id") == "client");
    CHECK(parameter(request.body, "client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    auto jws = calimatic::parse_compact_jws(parameter(request.body, "client_assertion"));
    REQUIRE(jws);
    return std::move(*jws);
}

std::string refused_assertion(client_information const& client, server_metadata const& at = signing) {
    support::seeded_random random;
    auto request = form_request();
    auto outcome = calimatic::authenticate_client(request, at, client, noon, {}, &random);
    CHECK(request.body == "grant_type=x");
    return rule_name(outcome);
}

struct no_random final : calimatic::random_source {
    bool fill(std::span<std::byte>) noexcept override { return false; }
};

} // namespace

TEST_CASE("the authentication method is the registered one, or else the best that the server lists") {
    server_metadata const minimal{.issuer = "https://op.example"}; // lists its default, client_secret_basic
    CHECK(selected(minimal, {.client_id = "client"}) == "none");
    CHECK(selected(minimal, confidential()) == "client_secret_basic");
    CHECK(selected(offering({"client_secret_post"}), confidential()) == "client_secret_post");
    CHECK(selected(offering({"client_secret_post", "client_secret_basic"}), confidential()) == "client_secret_basic");
    CHECK(selected(offering({"private_key_jwt", "client_secret_post"}), confidential()) == "client_secret_post");
    CHECK(selected(offering({}), confidential()) == "client_secret_basic");
    CHECK(selected(minimal, {.client_id = "client", .private_jwk = support::p256_key}) == "private_key_jwt");
    CHECK(selected(minimal, confidential("client_secret_jwt")) == "client_secret_jwt");
    CHECK(selected(minimal, confidential("none")) == "none");
    CHECK(selected(minimal, confidential("client_secret_post")) == "client_secret_post"); // Calimatic registers this one, and its list is not known
    CHECK(selected(offering({"client_secret_post"}), confidential("client_secret_basic")) == "client_secret_basic");
}

TEST_CASE("a client that cannot authenticate is told so before anything is sent") {
    server_metadata const minimal{.issuer = "https://op.example"};
    CHECK(selected(minimal, {}) == "client_id_missing");
    CHECK(selected(minimal, {.client_id = "client", .token_endpoint_auth_method = "client_secret_basic"}) == "client_secret_missing");
    CHECK(selected(minimal, {.client_id = "client", .token_endpoint_auth_method = "client_secret_post"}) == "client_secret_missing");
    CHECK(selected(minimal, confidential("private_key_jwt")) == "client_key_missing");
    CHECK(selected(minimal, {.client_id = "client", .token_endpoint_auth_method = "client_secret_jwt"}) == "client_secret_missing");
    CHECK(selected(minimal, confidential("tls_client_auth")) == "client_auth_method_unsupported");
    CHECK(selected(minimal, confidential("CLIENT_SECRET_BASIC")) == "client_auth_method_unsupported");
    CHECK(selected(offering({"private_key_jwt"}), confidential()) == "client_auth_method_unsupported");

    auto expiring = confidential();
    expiring.client_secret_expires_at = noon;
    CHECK(selected(minimal, expiring, noon - milliseconds{1}) == "client_secret_basic");
    CHECK(selected(minimal, expiring, noon) == "client_secret_expired");
    expiring.token_endpoint_auth_method = "none";
    CHECK(selected(minimal, expiring, noon) == "none"); // no secret is used
}

TEST_CASE("client_secret_basic encodes id and secret as a form before base64") {
    auto request = form_request();
    client_information const odd{
        .client_id = "odd client:id+%", .client_secret = "&=+% \xc3\xa9:", .token_endpoint_auth_method = "client_secret_basic"};
    REQUIRE(calimatic::authenticate_client(request, {}, odd, noon));
    // base64("odd+client%3Aid%2B%25:%26%3D%2B%25+%C3%A9%3A")
    CHECK(calimatic::find_header(request.headers, "Authorization") == "Basic b2RkK2NsaWVudCUzQWlkJTJCJTI1OiUyNiUzRCUyQiUyNSslQzMlQTklM0E=");
    CHECK(request.body == "grant_type=x"); // one method: nothing in the body
}

TEST_CASE("client_secret_post puts id and secret into the form and nowhere else") {
    auto request = form_request();
    client_information const odd{
        .client_id = "odd client:id+%", .client_secret = "&=+% \xc3\xa9", .token_endpoint_auth_method = "client_secret_post"};
    REQUIRE(calimatic::authenticate_client(request, {}, odd, noon));
    CHECK(request.body == "grant_type=x&client_id=odd+client%3Aid%2B%25&client_secret=%26%3D%2B%25+%C3%A9");
    CHECK(request.headers.empty());
}

TEST_CASE("a public client sends its id and no secret, even if one is configured") {
    for (auto const& client : {client_information{.client_id = "client"}, confidential("none")}) {
        auto request = form_request();
        REQUIRE(calimatic::authenticate_client(request, {}, client, noon));
        CHECK(request.body == "grant_type=x&client_id=client");
        CHECK(request.headers.empty());
    }
}

TEST_CASE("an Authorization header that is there already does not become a second method") {
    auto const count = [](calimatic::http_request const& request) {
        return std::count_if(request.headers.begin(), request.headers.end(), [](auto const& h) { return h.name.size() == 13; });
    };
    auto request = form_request();
    request.headers = {{"AUTHORIZATION", "Basic b2xkOm9sZA=="}, {"Accept", "application/json"}, {"authorization", "Bearer old"}};
    REQUIRE(calimatic::authenticate_client(request, {}, confidential("client_secret_basic"), noon));
    CHECK(count(request) == 1);
    CHECK(calimatic::find_header(request.headers, "authorization")->starts_with("Basic Y2xpZW50"));
    REQUIRE(calimatic::authenticate_client(request, {}, confidential("client_secret_post"), noon));
    CHECK(count(request) == 0);
    CHECK(calimatic::find_header(request.headers, "Accept") == "application/json");
}

TEST_CASE("a request is left alone when the client cannot authenticate") {
    auto request = form_request();
    CHECK(rule_name(calimatic::authenticate_client(request, {}, {}, noon)) == "client_id_missing");
    CHECK(request.body == "grant_type=x");
    CHECK(request.headers.empty());
}

TEST_CASE("an assertion says who, for whom, once and not for long, and is signed with the client's key (RFC 7523 3)") {
    struct row {
        std::string_view key, alg, wanted;
    };
    for (auto const& [key, alg, wanted] : {row{support::rsa_key, "", "RS256"}, row{support::rsa_key, "PS256", "PS256"},
             row{support::p256_key, "ES256", "ES256"}, row{support::p521_key, "ES512", "ES512"}, row{support::ed25519_key, "EdDSA", "EdDSA"}}) {
        INFO(wanted);
        support::seeded_random random;
        auto const jws = assertion_of(signing_client(key, std::string(alg)), random, noon + milliseconds{999});
        CHECK(jws.alg == wanted);
        CHECK(jws.typ == "JWT");
        CHECK(jws.kid == calimatic::signer::make(key, *calimatic::parse_algorithm(wanted)).value().public_key().kid);
        auto const claims = calimatic::parse_json(jws.payload, 4096).value();
        auto const root = claims.root();
        CHECK(root.size() == 6);
        CHECK(root["iss"].as_string() == "client");
        CHECK(root["sub"].as_string() == "client");
        CHECK(root["aud"].as_string() == "https://op.example");
        CHECK(root["iat"].as_int64() == 1'800'000'000);
        CHECK(root["exp"].as_int64() == 1'800'000'060);
        CHECK(root["jti"].as_string().value().size() == 43);
        auto made = calimatic::signer::make(key, *calimatic::parse_algorithm(wanted)).value();
        calimatic::jwk_set keys;
        keys.keys.push_back(made.public_key());
        calimatic::signature_verifier verifier(std::move(keys), {*calimatic::parse_algorithm(wanted)});
        support::accepted(wanted, verifier.verify_signature(jws));
    }
}

TEST_CASE("client_secret_jwt is a MAC by the bytes of the secret (OIDC Core 9 and 10.1)") {
    support::seeded_random random;
    std::string_view const secret = support::client_secret;
    auto const jws = assertion_of(mac_client(secret), random);
    CHECK(jws.alg == "HS256");
    CHECK(jws.signature == calimatic::detail::compute_hmac(calimatic::hash_algorithm::sha256, secret, jws.signing_input).value());
    CHECK(assertion_of(mac_client(secret, "HS512"), random).alg == "HS512");
}

TEST_CASE("the algorithm of a key counts, every request has a jti of its own, and the audience can be the token endpoint") {
    support::seeded_random random;
    std::string key(support::p256_key);
    key.insert(1, R"("alg":"ES256",)");
    auto client = signing_client(key);
    client.assertion_audience = calimatic::client_assertion_audience::token_endpoint;
    auto const one = assertion_of(client, random);
    CHECK(one.alg == "ES256");
    auto const first = calimatic::parse_json(one.payload, 4096).value();
    auto const other = calimatic::parse_json(assertion_of(client, random).payload, 4096).value();
    CHECK(first.root()["aud"].as_string() == "https://op.example/token");
    CHECK(first.root()["jti"].as_string() != other.root()["jti"].as_string());
}

TEST_CASE("a client that cannot sign as it was registered sends nothing") {
    CHECK(refused_assertion(signing_client("")) == "client_key_missing");
    CHECK(refused_assertion(signing_client("{")) == "json_syntax");
    CHECK(refused_assertion(signing_client(R"({"kty":"RSA"})")) == "jwk_malformed");
    CHECK(refused_assertion(signing_client(support::p256_key)) == "jwk_alg_mismatch"); // RS256 where nobody says otherwise
    CHECK(refused_assertion(signing_client(support::rsa_key, "XS256")) == "jws_alg_unknown");
    CHECK(refused_assertion(signing_client(support::rsa_key, "none")) == "jws_alg_unknown");
    CHECK(refused_assertion(signing_client(support::rsa_key, "HS256")) == "client_assertion_alg_invalid");
    CHECK(refused_assertion(signing_client(support::hs256_key)) == "client_assertion_alg_invalid");
    CHECK(refused_assertion(mac_client(support::client_secret, "RS256")) == "client_assertion_alg_invalid");
    CHECK(refused_assertion(mac_client(support::client_secret.substr(0, 31))) == "hmac_key_too_short"); // RFC 7518 3.2
    CHECK(refused_assertion(mac_client(support::client_secret.substr(0, 32), "HS384")) == "hmac_key_too_short");
    CHECK(refused_assertion(mac_client("")) == "client_secret_missing");
    CHECK(refused_assertion(mac_client(support::client_secret), {.token_endpoint = "https://op.example/token"}) == "endpoint_missing");
    auto request = form_request();
    CHECK(rule_name(calimatic::authenticate_client(request, signing, mac_client(support::client_secret), noon)) == "client_assertion_random_missing");
    no_random broken;
    CHECK(
        rule_name(calimatic::authenticate_client(request, signing, mac_client(support::client_secret), noon, {}, &broken)) == "random_source_failed");
    auto const e = calimatic::authenticate_client(request, signing, signing_client("{"), noon, {}, &broken);
    CHECK(e.error().condition() == calimatic::condition::fix_configuration);
    CHECK(request.body == "grant_type=x");
}
