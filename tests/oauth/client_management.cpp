#include <calimatic/oauth/client_management.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::client_registration;
using calimatic::error_code;
using calimatic::http_response;
using calimatic::server_metadata;
using support::rule_name;

namespace {

server_metadata const server{.issuer = "https://op.example", .registration_endpoint = "https://op.example/register"};

client_registration registered() {
    client_registration registration{.client_id = "x", .client_secret = "the-secret"};
    registration.registration_access_token = "the-access-token";
    registration.registration_client_uri = "https://op.example/register/x";
    registration.metadata.redirect_uris = {"https://app.example/cb"};
    registration.metadata.client_name = "App";
    registration.metadata.extra = R"({"colour":"blue"})";
    return registration;
}

http_response reply(std::string body, int status = 200) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

} // namespace

TEST_CASE("a registration is read at its own address with its own token (RFC 7592 2.1)") {
    auto const request = calimatic::build_client_read_request(server, registered());
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::get);
    CHECK(request->url == "https://op.example/register/x");
    CHECK(request->body.empty());
    CHECK(calimatic::find_header(request->headers, "Authorization") == "Bearer the-access-token");
    CHECK_FALSE(calimatic::find_header(request->headers, "Content-Type"));
}

TEST_CASE("an update sends all metadata and the client_id, and nothing that is not the client's to set (RFC 7592 2.2)") {
    auto const registration = registered();
    auto metadata = registration.metadata;
    metadata.client_name = "Other";
    auto const request = calimatic::build_client_update_request(server, registration, metadata);
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::put);
    CHECK(request->url == "https://op.example/register/x");
    CHECK(calimatic::find_header(request->headers, "Content-Type") == "application/json");
    CHECK(calimatic::find_header(request->headers, "Authorization") == "Bearer the-access-token");
    CHECK(request->body == R"({"client_id":"x","redirect_uris":["https://app.example/cb"],"client_name":"Other","colour":"blue"})");

    auto stated = registered();
    stated.software_statement = "a.b.c"; // RFC 7591 3.2.1: the server returned it along with the metadata
    auto const with_it = calimatic::build_client_update_request(server, stated, stated.metadata);
    REQUIRE(with_it);
    CHECK(with_it->body ==
        R"({"client_id":"x","redirect_uris":["https://app.example/cb"],"client_name":"App","colour":"blue","software_statement":"a.b.c"})");

    metadata.redirect_uris = {"http://app.example/cb"};
    CHECK(rule_name(calimatic::build_client_update_request(server, registration, metadata)) == "redirect_uri_invalid");
}

TEST_CASE("a registration is deleted (RFC 7592 2.3)") {
    auto const request = calimatic::build_client_delete_request(server, registered());
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::delete_);
    CHECK(request->url == "https://op.example/register/x");
    CHECK(request->body.empty());
    CHECK(calimatic::find_header(request->headers, "Authorization") == "Bearer the-access-token");
    auto const outcome = [](http_response const& response) { return rule_name(calimatic::parse_client_delete_response(response, registered())); };
    CHECK(outcome({204, {}, ""}) == "accepted");
    CHECK(outcome({200, {}, "{}"}) == "status_unexpected");
    CHECK(outcome({401, {}, ""}) == "registration_access_refused");
    CHECK(outcome({403, {}, ""}) == "registration_access_refused");
    CHECK(outcome({405, {}, ""}) == "status_unexpected");
    CHECK(outcome({503, {}, ""}) == "server_unavailable");
}

TEST_CASE("the token goes to no other origin than the server's") {
    auto const outcome = [](std::string_view uri, server_metadata const& at = server) {
        auto registration = registered();
        registration.registration_client_uri = uri;
        return rule_name(calimatic::build_client_read_request(at, registration));
    };
    CHECK(outcome("https://op.example:443/anywhere?client_id=x") == "accepted");
    CHECK(outcome("https://op.example/r", {.issuer = "https://op.example"}) == "accepted");
    CHECK(outcome("https://evil.example/register/x") == "registration_client_uri_foreign");
    CHECK(outcome("https://op.example:444/register/x") == "registration_client_uri_foreign");
    CHECK(outcome("https://op.example.evil.example/x") == "registration_client_uri_foreign");
    CHECK(outcome("http://localhost/register/x") == "registration_client_uri_foreign");
    CHECK(outcome("http://op.example/register/x") == "url_not_https");
    CHECK(outcome("https://op.example/x#y") == "url_has_fragment");
    CHECK(outcome("") == "registration_management_missing");
    auto without = registered();
    without.registration_access_token.clear();
    CHECK(rule_name(calimatic::build_client_delete_request(server, without)) == "registration_management_missing");
}

TEST_CASE("every reply may bring a new token, address and secret, and the old ones are discarded (RFC 7592 3)") {
    auto const read = calimatic::parse_client_read_response(
        reply(R"({"client_id":"x","client_secret":"new-secret","client_secret_expires_at":0,"registration_access_token":"new-token",)"
              R"("registration_client_uri":"https://op.example/r/2","client_name":"Changed"})"),
        registered());
    support::accepted("rotated", read);
    CHECK(read->client_secret.expose() == "new-secret");
    CHECK(read->registration_access_token.expose() == "new-token");
    CHECK(read->registration_client_uri.expose() == "https://op.example/r/2");
    CHECK(read->metadata.client_name == "Changed");

    auto metadata = registered().metadata;
    metadata.client_name = "Wanted";
    auto const updated = calimatic::parse_client_update_response(reply(R"({"client_id":"x"})"), registered(), metadata);
    support::accepted("kept", updated);
    CHECK(updated->client_secret.expose() == "the-secret");
    CHECK(updated->registration_access_token.expose() == "the-access-token");
    CHECK(updated->registration_client_uri.expose() == "https://op.example/register/x");
    CHECK(updated->metadata.client_name == "Wanted");
    CHECK(updated->metadata.extra == R"({"colour":"blue"})");
}

TEST_CASE("a reply that is no answer to ours changes nothing, and no error tells a secret") {
    auto const refuse = [](std::string_view what, http_response const& response, error_code code) {
        auto const read = calimatic::parse_client_read_response(response, registered());
        support::refused(what, read, code);
        for (std::string_view const secret : {"the-secret", "the-access-token", "register/x"})
            CHECK(read.error().message().find(secret) == std::string::npos);
    };
    refuse("another client", reply(R"({"client_id":"y"})"), error_code::registration_of_another_client);
    refuse("no client", reply("{}"), error_code::registration_member_missing);
    refuse("201", reply(R"({"client_id":"x"})", 201), error_code::status_unexpected);
    refuse("gone", reply(R"({"error":"invalid_token","error_description":"the-access-token"})", 401), error_code::registration_access_refused);
    refuse("refused", reply(R"({"error":"invalid_client_metadata","error_description":"the-secret"})", 400), error_code::client_registration_error);
    refuse("unavailable", reply(R"({"error":"x","error_description":"https://op.example/register/x"})", 503), error_code::server_unavailable);
    refuse("no JSON", reply("<html>"), error_code::json_syntax);
}
