#include <calimatic/oauth/client_information.hpp>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.hpp"

using calimatic::client_auth_method;
using calimatic::client_information;
using calimatic::error_code;
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
    }
    return "?";
}

} // namespace

TEST_CASE("the authentication method is the registered one, or else the best that the server lists") {
    server_metadata const minimal{.issuer = "https://op.example"}; // lists its default, client_secret_basic
    CHECK(selected(minimal, {.client_id = "client"}) == "none");
    CHECK(selected(minimal, confidential()) == "client_secret_basic");
    CHECK(selected(offering({"client_secret_post"}), confidential()) == "client_secret_post");
    CHECK(selected(offering({"client_secret_post", "client_secret_basic"}), confidential()) == "client_secret_basic");
    CHECK(selected(offering({"private_key_jwt", "client_secret_post"}), confidential()) == "client_secret_post");
    CHECK(selected(offering({}), confidential()) == "client_secret_basic");
    CHECK(selected(minimal, confidential("none")) == "none");
    CHECK(selected(minimal, confidential("client_secret_post")) == "client_secret_post"); // Calimatic registers this one, and its list is not known
    CHECK(selected(offering({"client_secret_post"}), confidential("client_secret_basic")) == "client_secret_basic");
}

TEST_CASE("a client that cannot authenticate is told so before anything is sent") {
    server_metadata const minimal{.issuer = "https://op.example"};
    CHECK(selected(minimal, {}) == "client_id_missing");
    CHECK(selected(minimal, {.client_id = "client", .token_endpoint_auth_method = "client_secret_basic"}) == "client_secret_missing");
    CHECK(selected(minimal, {.client_id = "client", .token_endpoint_auth_method = "client_secret_post"}) == "client_secret_missing");
    CHECK(selected(minimal, confidential("private_key_jwt")) == "client_auth_method_unsupported");
    CHECK(selected(minimal, confidential("client_secret_jwt")) == "client_auth_method_unsupported");
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

TEST_CASE("a client is saved and read back, and copied when asked for") {
    auto client = confidential("client_secret_post");
    client.client_secret_expires_at = noon + milliseconds{7};
    client.id_token_signed_response_alg = "ES256";
    client.userinfo_signed_response_alg = "PS256";
    for (auto const& copy : {calimatic::parse_client_information(serialize(client).expose()).value().clone(), client.clone()}) {
        CHECK(copy.client_id == "client");
        CHECK(copy.client_secret.expose() == "correct horse battery");
        CHECK(copy.client_secret_expires_at == noon + milliseconds{7});
        CHECK(copy.token_endpoint_auth_method == "client_secret_post");
        CHECK(copy.id_token_signed_response_alg == "ES256");
        CHECK(copy.userinfo_signed_response_alg == "PS256");
    }
    auto const plain = calimatic::parse_client_information(serialize(client_information{.client_id = "public"}).expose());
    REQUIRE(plain);
    CHECK(plain->client_id == "public");
    CHECK(plain->client_secret.empty());
    CHECK_FALSE(plain->client_secret_expires_at);
    CHECK(plain->id_token_signed_response_alg == "RS256");
    CHECK(plain->userinfo_signed_response_alg.empty());
    auto const blob = std::string(serialize(client_information{.client_id = "public"}).expose()); // as it was written before UserInfo could be signed
    CHECK(blob.find("userinfo") == std::string::npos);
}

TEST_CASE("a damaged client is refused") {
    auto const refuse = [](std::string_view what, std::string_view blob, error_code code) {
        INFO(what);
        CHECK(rule_name(calimatic::parse_client_information(blob)) == rule_name(code));
    };
    std::string const whole(serialize(confidential()).expose());
    auto const with = [&](std::string_view from, std::string_view to) {
        auto changed = whole;
        auto const at = changed.find(from);
        REQUIRE(at != std::string::npos);
        return changed.replace(at, from.size(), to);
    };
    REQUIRE(calimatic::parse_client_information(whole));
    refuse("empty", "", error_code::blob_malformed);
    refuse("not JSON", "client", error_code::blob_malformed);
    refuse("an array", "[]", error_code::blob_malformed);
    for (std::size_t size = 0; size < whole.size(); size += 7) refuse("cut", whole.substr(0, size), error_code::blob_malformed);
    refuse("another kind", with("client_information", "token_set"), error_code::blob_malformed);
    refuse("a later version", with("\"version\":1", "\"version\":2"), error_code::blob_version_unknown);
    refuse("client_id a number", with("\"client\"", "1"), error_code::blob_malformed);
    refuse("client_id null", with("\"client\"", "null"), error_code::blob_malformed);
    refuse("client_id missing", with("\"client_id\"", "\"client_ID\""), error_code::blob_malformed);
    refuse("client_secret an object", with("\"correct horse battery\"", "{}"), error_code::blob_malformed);
    refuse("client_secret null", with("\"correct horse battery\"", "null"), error_code::blob_malformed);
    refuse("expiry a text", with("\"client_secret\"", "\"client_secret_expires_at\":\"1\",\"client_secret\""), error_code::blob_malformed);
    refuse("expiry a fraction", with("\"client_secret\"", "\"client_secret_expires_at\":1.5,\"client_secret\""), error_code::blob_malformed);
    refuse("expiry out of range", with("\"client_secret\"", "\"client_secret_expires_at\":9223372036854775807,\"client_secret\""),
        error_code::blob_malformed);
    refuse("method a boolean", with("\"token_endpoint_auth_method\":\"\"", "\"token_endpoint_auth_method\":false"), error_code::blob_malformed);
    refuse("alg of UserInfo a number", with("\"client_secret\"", "\"userinfo_signed_response_alg\":1,\"client_secret\""), error_code::blob_malformed);
    refuse("alg missing", with("id_token_signed_response_alg", "other"), error_code::blob_malformed);
    refuse("too large", std::string(1100 * 1024, ' ') + whole, error_code::blob_malformed);
}
