#include <calimatic/oauth/client_registration.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::client_registration_request;
using calimatic::condition;
using calimatic::error_code;
using calimatic::http_response;
using calimatic::seconds;
using calimatic::server_metadata;
using calimatic::time_point;
using support::rule_name;

namespace {

server_metadata const server{.issuer = "https://op.example", .registration_endpoint = "https://op.example/api/v1/oidc/register"};

client_registration_request wanted() {
    client_registration_request request;
    request.metadata.redirect_uris = {"http://localhost:3001/auth/callback"};
    request.metadata.client_name = "My App";
    request.metadata.grant_types = {"authorization_code", "refresh_token"};
    request.metadata.scope = "openid profile";
    return request;
}

http_response reply(std::string body, int status = 201) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

auto parse(std::string body, int status = 201) { return calimatic::parse_client_registration_response(reply(std::move(body), status), wanted()); }

/// As the platform documents it.
constexpr std::string_view documented =
    R"({"client_id":"cca_1","client_secret":"ccas_secret","client_secret_expires_at":0,"client_name":"My App",)"
    R"("redirect_uris":["http://localhost:3001/auth/callback"],"grant_types":["authorization_code","refresh_token"],)"
    R"("token_endpoint_auth_method":"client_secret_post","scope":"openid profile email"})";

} // namespace

TEST_CASE("a registration is a POST of JSON without authentication (RFC 7591 3.1)") {
    auto const request = calimatic::build_client_registration_request(server, wanted());
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::post);
    CHECK(request->url == "https://op.example/api/v1/oidc/register");
    CHECK(calimatic::find_header(request->headers, "Content-Type") == "application/json");
    CHECK(calimatic::find_header(request->headers, "Accept") == "application/json");
    CHECK_FALSE(calimatic::find_header(request->headers, "Authorization"));
    CHECK(request->body ==
        R"({"redirect_uris":["http://localhost:3001/auth/callback"],"grant_types":["authorization_code","refresh_token"],)"
        R"("client_name":"My App","scope":"openid profile"})");
}

TEST_CASE("every member has its registered name, and extra ones their own") {
    client_registration_request all;
    all.metadata = {.redirect_uris = {"https://a.example/cb"},
        .token_endpoint_auth_method = "private_key_jwt",
        .token_endpoint_auth_signing_alg = "ES256",
        .grant_types = {"authorization_code"},
        .response_types = {"code"},
        .client_name = "A",
        .client_uri = "https://a.example",
        .logo_uri = "https://a.example/logo",
        .scope = "openid",
        .contacts = {"a@a.example"},
        .tos_uri = "https://a.example/tos",
        .policy_uri = "https://a.example/policy",
        .jwks_uri = "https://a.example/jwks",
        .software_id = "id",
        .software_version = "1",
        .application_type = "web",
        .post_logout_redirect_uris = {"https://a.example/bye"},
        .id_token_signed_response_alg = "ES256",
        .userinfo_signed_response_alg = "RS256",
        .backchannel_logout_uri = "https://a.example/logout",
        .backchannel_logout_session_required = true,
        .initiate_login_uri = "https://a.example/login",
        .extra = R"({"loginUrl":"https://a.example/l","clientUri":"https://a.example"})"};
    all.software_statement = "a.b.c";
    all.initial_access_token = "initial-token";
    auto const request = calimatic::build_client_registration_request(server, all);
    support::accepted("all", request);
    CHECK(calimatic::find_header(request->headers, "Authorization") == "Bearer initial-token");
    CHECK(request->body ==
        R"({"redirect_uris":["https://a.example/cb"],"grant_types":["authorization_code"],"response_types":["code"],)"
        R"("contacts":["a@a.example"],"post_logout_redirect_uris":["https://a.example/bye"],"token_endpoint_auth_method":"private_key_jwt",)"
        R"("token_endpoint_auth_signing_alg":"ES256","client_name":"A","client_uri":"https://a.example","logo_uri":"https://a.example/logo",)"
        R"("scope":"openid","tos_uri":"https://a.example/tos","policy_uri":"https://a.example/policy","jwks_uri":"https://a.example/jwks",)"
        R"("software_id":"id","software_version":"1","application_type":"web","id_token_signed_response_alg":"ES256",)"
        R"("userinfo_signed_response_alg":"RS256","backchannel_logout_uri":"https://a.example/logout",)"
        R"("initiate_login_uri":"https://a.example/login","backchannel_logout_session_required":true,)"
        R"("loginUrl":"https://a.example/l","clientUri":"https://a.example","software_statement":"a.b.c"})");
}

TEST_CASE("a client that signs nobody in says that it uses no response_type (RFC 7591 2.1)") {
    client_registration_request machine;
    machine.metadata.grant_types = {"client_credentials"};
    auto const request = calimatic::build_client_registration_request(server, machine);
    REQUIRE(request);
    CHECK(request->body == R"({"response_types":[],"grant_types":["client_credentials"]})");
}

TEST_CASE("a registration that cannot work is not sent") {
    CHECK(rule_name(calimatic::build_client_registration_request({.issuer = "https://op.example"}, wanted())) == "endpoint_missing");
    CHECK(rule_name(calimatic::build_client_registration_request({.registration_endpoint = "http://op.example/r"}, wanted())) == "url_not_https");
    CHECK(rule_name(calimatic::build_client_registration_request(server, {})) == "redirect_uris_missing");
    auto odd = wanted();
    odd.initial_access_token = "a b";
    CHECK(rule_name(calimatic::build_client_registration_request(server, odd)) == "token_not_sendable");
}

TEST_CASE("what the server registered counts, and what it does not repeat stays as it was asked for") {
    auto const registration = parse(std::string(documented));
    support::accepted("documented", registration);
    CHECK(registration->client_id == "cca_1");
    CHECK(registration->client_secret.expose() == "ccas_secret");
    CHECK_FALSE(registration->client_secret_expires_at);
    CHECK(registration->metadata.token_endpoint_auth_method == "client_secret_post");
    CHECK(registration->metadata.scope == "openid profile email"); // another one than was asked for
    CHECK(registration->registration_access_token.empty());
    auto const client = registration->client();
    CHECK(client.client_id == "cca_1");
    CHECK(client.client_secret.expose() == "ccas_secret");
    CHECK(client.token_endpoint_auth_method == "client_secret_post");
    CHECK(client.id_token_signed_response_alg == "RS256");

    auto const little = parse(R"({"client_id":"x","scope":null,"colour":"blue","client_name#de":{"a":[1]}})");
    support::accepted("little", little);
    CHECK(little->metadata.client_name == "My App");
    CHECK(little->metadata.scope == "openid profile");
    CHECK(little->metadata.extra == R"({"colour":"blue","client_name#de":{"a":[1]}})"); // reachable
    support::accepted("200", parse(std::string(documented), 200));
}

TEST_CASE("the software statement is kept, as the server returns it or as it was sent (RFC 7591 3.2.1)") {
    auto request = wanted();
    request.software_statement = "a.b.c";
    auto const kept = calimatic::parse_client_registration_response(reply(R"({"client_id":"x"})"), request);
    support::accepted("not repeated", kept);
    CHECK(kept->software_statement == "a.b.c");
    auto const told = calimatic::parse_client_registration_response(reply(R"({"client_id":"x","software_statement":"d.e.f"})"), request);
    support::accepted("repeated", told);
    CHECK(told->software_statement == "d.e.f");
    CHECK(told->metadata.extra.empty());
    CHECK(calimatic::parse_client_registration(serialize(*told).expose())->software_statement == "d.e.f");
    CHECK(told->clone().software_statement == "d.e.f");
}

TEST_CASE("a secret has an end, or none, and is never lost for want of being told which") {
    auto const with = [](std::string_view more) { return parse(R"({"client_id":"x","client_secret":"s")" + std::string(more) + "}"); };
    CHECK(with(R"(,"client_secret_expires_at":1800000000)")->client_secret_expires_at == time_point(seconds(1'800'000'000)));
    CHECK(with(R"(,"client_secret_expires_at":1800000000,"client_id_issued_at":1700000000)")->client_id_issued_at ==
        time_point(seconds(1'700'000'000)));
    CHECK_FALSE(with(R"(,"client_secret_expires_at":0)")->client_secret_expires_at);
    auto const untold = with("");
    support::accepted("not told", untold);
    CHECK(untold->client_secret.expose() == "s");
    for (std::string_view const wrong : {"-1", "1.5", "\"0\"", "253402300800", "1e300", "true"})
        support::refused(wrong, with(",\"client_secret_expires_at\":" + std::string(wrong)), error_code::registration_time_invalid);
}

TEST_CASE("a reply that is no registration is refused, and tells nothing") {
    auto const refuse = [](std::string_view what, std::string body, error_code code) { support::refused(what, parse(std::move(body)), code); };
    refuse("a page", "<html>", error_code::json_syntax);
    refuse("an array", "[]", error_code::json_not_an_object);
    refuse("no client_id", R"({"client_secret":"s"})", error_code::registration_member_missing);
    refuse("client_id empty", R"({"client_id":""})", error_code::registration_member_missing);
    refuse("client_id a number", R"({"client_id":1})", error_code::registration_member_missing);
    refuse("secret a number", R"({"client_id":"x","client_secret":1})", error_code::json_member_type_wrong);
    refuse("token an object", R"({"client_id":"x","registration_access_token":{}})", error_code::json_member_type_wrong);
    refuse("name a number", R"({"client_id":"x","client_name":1})", error_code::json_member_type_wrong);
    refuse("uris a text", R"({"client_id":"x","redirect_uris":"u"})", error_code::json_member_type_wrong);
    refuse("statement a number", R"({"client_id":"x","software_statement":1})", error_code::json_member_type_wrong);
    refuse("jwks a text", R"({"client_id":"x","jwks":"u"})", error_code::json_member_type_wrong);
    refuse("flag a text", R"({"client_id":"x","backchannel_logout_session_required":"true"})", error_code::json_member_type_wrong);
    refuse("twice", R"({"client_id":"x","client_id":"y"})", error_code::json_duplicate_member);
    support::refused("a redirect", parse("", 302), error_code::redirect_not_followed);
    support::refused("204", parse("", 204), error_code::status_unexpected);
    support::refused("a 404 page", parse("<html>", 404), error_code::status_unexpected);
    support::refused("502", parse("<html>", 502), error_code::server_unavailable);
    support::refused("too large", parse(std::string(300 * 1024, ' ')), error_code::transport_too_large);
}

TEST_CASE("what the server refuses is passed on in its words (RFC 7591 3.2.2)") {
    for (std::string_view const code :
        {"invalid_redirect_uri", "invalid_client_metadata", "invalid_software_statement", "unapproved_software_statement"}) {
        auto const refused = parse("{\"error\":\"" + std::string(code) + "\",\"error_description\":\"because\"}", 400);
        support::refused(code, refused, error_code::client_registration_error);
        CHECK(refused.error().server_error() == code);
        CHECK(refused.error().server_text() == "because");
        CHECK(refused.error().http_status() == 400);
        CHECK(refused.error().condition() == condition::correct_input);
    }
    auto often = reply("{}", 429);
    often.headers.push_back({"Retry-After", "60"});
    auto const later = calimatic::parse_client_registration_response(often, wanted());
    support::refused("429", later, error_code::too_many_requests);
    CHECK(later.error().retry_after() == seconds(60));

    auto request = wanted();
    request.initial_access_token = "the-initial-token";
    auto const denied = calimatic::parse_client_registration_response(
        reply(R"({"error":"invalid_token","error_description":"the-initial-token is over"})", 401), request);
    support::refused("401", denied, error_code::registration_access_refused);
    CHECK(denied.error().server_text() == "[secret] is over");
    CHECK(denied.error().condition() == condition::fix_configuration);
}

TEST_CASE("a registration is saved and read back, and copied when asked for") {
    auto registration =
        parse(R"({"client_id":"x","client_secret":"s","client_secret_expires_at":1800000000,"client_id_issued_at":1700000000,)"
              R"("registration_access_token":"rat","registration_client_uri":"https://op.example/r/x","jwks":{"keys":[]},"colour":"blue"})");
    support::accepted("registration", registration);
    auto const blob = serialize(*registration);
    for (auto const& copy : {calimatic::parse_client_registration(blob.expose()).value().clone(), registration->clone()}) {
        CHECK(copy.client_id == "x");
        CHECK(copy.client_secret.expose() == "s");
        CHECK(copy.client_secret_expires_at == time_point(seconds(1'800'000'000)));
        CHECK(copy.client_id_issued_at == time_point(seconds(1'700'000'000)));
        CHECK(copy.registration_access_token.expose() == "rat");
        CHECK(copy.registration_client_uri.expose() == "https://op.example/r/x");
        CHECK(copy.metadata.client_name == "My App");
        CHECK(copy.metadata.jwks == R"({"keys":[]})");
        CHECK(copy.metadata.extra == R"({"colour":"blue"})");
        CHECK(serialize(copy).expose() == blob.expose());
    }
    std::string const whole(blob.expose());
    auto const refuse = [&](std::string_view from, std::string_view to, error_code code) {
        auto changed = whole;
        auto const at = changed.find(from);
        REQUIRE(at != std::string::npos);
        CHECK(rule_name(calimatic::parse_client_registration(changed.replace(at, from.size(), to))) == rule_name(code));
    };
    for (std::size_t size = 0; size < whole.size(); size += 11)
        CHECK(rule_name(calimatic::parse_client_registration(whole.substr(0, size))) == "blob_malformed");
    refuse("client_registration", "client_information", error_code::blob_malformed);
    refuse("\"version\":1", "\"version\":2", error_code::blob_version_unknown);
    refuse("\"rat\"", "1", error_code::blob_malformed);
    refuse("\"My App\"", "1", error_code::blob_malformed);
    refuse("\"metadata\"", "\"other\"", error_code::blob_malformed);
}

TEST_CASE("what a server nests is saved and read back, as deep as it may be") {
    auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    auto const registration = parse(R"({"client_id":"x","client_secret":"s","colour":)" + nested(31) + '}');
    support::accepted("deepest", registration);
    auto const copy = calimatic::parse_client_registration(serialize(*registration).expose());
    support::accepted("saved", copy);
    CHECK(copy->metadata.extra == "{\"colour\":" + nested(31) + '}');

    auto request = wanted();
    request.metadata.extra = R"({"palette":)" + nested(40) + '}';
    calimatic::check_options wider;
    wider.limits.json_depth = 50;
    auto const sent = calimatic::build_client_registration_request(server, request, wider);
    support::accepted("a limit of the caller's own", sent);
    CHECK(sent->body.find("\"palette\":" + nested(40)) != std::string::npos);
    auto const read = calimatic::parse_client_registration_response(reply(R"({"client_id":"x"})"), request, wider);
    support::accepted("answered", read);
    CHECK(read->metadata.extra == request.metadata.extra);
    support::accepted("saved", calimatic::parse_client_registration(serialize(*read).expose(), wider));
}
