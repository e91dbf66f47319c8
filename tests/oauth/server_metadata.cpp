#include <calimatic/oauth/server_metadata.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

using calimatic::error_code;
using calimatic::http_response;
using calimatic::metadata_location;
using calimatic::server_metadata;
using support::rule_name;
using strings = std::vector<std::string>;

namespace {

constexpr std::string_view issuer = "https://op.example/tenant";

/// A document of members, each a name and its JSON text; a value of "" leaves the member out.
class document {
public:
    document& set(std::string_view name, std::string_view value) {
        for (auto& member : members_)
            if (member.first == name) return member.second = value, *this;
        members_.emplace_back(name, value);
        return *this;
    }
    std::string text() const {
        std::string out;
        for (auto const& [name, value] : members_)
            if (!value.empty()) out += (out.empty() ? "{\"" : ",\"") + name + "\":" + value;
        return out.empty() ? "{}" : out + "}";
    }

private:
    std::vector<std::pair<std::string, std::string>> members_{
        {"issuer", R"("https://op.example/tenant")"},
        {"authorization_endpoint", R"("https://op.example/authorize")"},
        {"token_endpoint", R"("https://op.example/token")"},
        {"jwks_uri", R"("https://op.example/jwks")"},
    };
};

std::string with(std::string_view name, std::string_view value) { return document().set(name, value).text(); }

http_response json_answer(std::string body) { return {200, {{"Content-Type", "application/json"}}, std::move(body)}; }

std::string request_url(std::string_view of, metadata_location location) {
    auto const request = calimatic::build_server_metadata_request(of, location);
    return request ? request->url : rule_name(request);
}

} // namespace

TEST_CASE("the metadata are asked for where the two specifications put them") {
    auto const openid = [](std::string_view of) { return request_url(of, metadata_location::openid_configuration); };
    CHECK(openid("https://op.example") == "https://op.example/.well-known/openid-configuration");
    CHECK(openid("https://op.example/") == "https://op.example/.well-known/openid-configuration");
    CHECK(openid("https://op.example/t/") == "https://op.example/t/.well-known/openid-configuration");
    CHECK(openid("https://op.example:8443/a/b") == "https://op.example:8443/a/b/.well-known/openid-configuration");
    CHECK(openid("http://localhost:9000") == "http://localhost:9000/.well-known/openid-configuration");
    CHECK(openid("http://[::1]:9000/x") == "http://[::1]:9000/x/.well-known/openid-configuration");

    auto const oauth = [](std::string_view of) { return request_url(of, metadata_location::oauth_authorization_server); };
    CHECK(oauth("https://op.example") == "https://op.example/.well-known/oauth-authorization-server");
    CHECK(oauth("https://op.example/") == "https://op.example/.well-known/oauth-authorization-server");
    CHECK(oauth("https://op.example/issuer1") == "https://op.example/.well-known/oauth-authorization-server/issuer1");
    CHECK(oauth("https://op.example/a/b/") == "https://op.example/.well-known/oauth-authorization-server/a/b");
}

TEST_CASE("the request for metadata is a bounded GET without credentials") {
    auto const request = calimatic::build_server_metadata_request(issuer);
    REQUIRE(request);
    CHECK(request->method == calimatic::http_method::get);
    CHECK(request->body.empty());
    CHECK(calimatic::find_header(request->headers, "accept") == "application/json");
    CHECK(request->headers.size() == 1);
    CHECK(request->timeout == calimatic::milliseconds{10'000});
    CHECK(request->max_response_body == 256 * 1024);
}

TEST_CASE("an issuer is an https URL without query, fragment and user") {
    auto const refuse = [](std::string_view what, std::string_view of, error_code code) {
        INFO(what);
        CHECK(request_url(of, metadata_location::openid_configuration) == rule_name(code));
        CHECK(request_url(of, metadata_location::oauth_authorization_server) == rule_name(code));
    };
    refuse("empty", "", error_code::url_malformed);
    refuse("a query", "https://op.example?x", error_code::url_has_query);
    refuse("an empty query", "https://op.example/?", error_code::url_has_query);
    refuse("a fragment", "https://op.example#x", error_code::url_has_fragment);
    refuse("an empty fragment", "https://op.example#", error_code::url_has_fragment);
    refuse("a user", "https://user@op.example", error_code::url_has_userinfo);
    refuse("a user and a password", "https://user:password@op.example", error_code::url_has_userinfo);
    refuse("http", "http://op.example", error_code::url_not_https);
    refuse("http on a host that begins like loopback", "http://localhost.example", error_code::url_not_https);
    refuse("http on a host that begins like a loopback address", "http://127.0.0.1.example", error_code::url_not_https);
    refuse("file:", "file:///etc/passwd", error_code::url_not_https);
    refuse("ftp:", "ftp://op.example", error_code::url_not_https);
    refuse("data:", "data:application/json,1", error_code::url_not_https);
    refuse("javascript:", "javascript:alert(1)", error_code::url_not_https);
    refuse("link-local http", "http://169.254.169.254/latest", error_code::url_not_https);
    refuse("no scheme", "op.example", error_code::url_malformed);
    refuse("no host", "https:///t", error_code::url_malformed);
    refuse("a line break", "https://op.example/\r\nX: y", error_code::url_malformed);
    refuse("a space", "https://op.example/ t", error_code::url_malformed);
    refuse("NUL", std::string_view("https://op.example/\0t", 21), error_code::url_malformed);
    refuse("too long", "https://op.example/" + std::string(16 * 1024, 'a'), error_code::url_too_long);
    refuse("too long with its suffix", "https://op.example/" + std::string(16 * 1024 - 25, 'a'), error_code::url_too_long);
    refuse("the address of the metadata", "https://op.example/.well-known/openid-configuration", error_code::issuer_malformed);
}

TEST_CASE("a minimal document is accepted, with the defaults of its specification") {
    auto const server = calimatic::parse_server_metadata(document().text(), issuer);
    REQUIRE(server);
    CHECK(server->issuer == issuer);
    CHECK(server->authorization_endpoint == "https://op.example/authorize");
    CHECK(server->token_endpoint == "https://op.example/token");
    CHECK(server->jwks_uri == "https://op.example/jwks");
    CHECK(server->userinfo_endpoint.empty());
    CHECK(server->end_session_endpoint.empty());
    CHECK(server->response_modes_supported == strings{"query", "fragment"});
    CHECK(server->grant_types_supported == strings{"authorization_code", "implicit"});
    CHECK(server->token_endpoint_auth_methods_supported == strings{"client_secret_basic"});
    CHECK(server->code_challenge_methods_supported.empty());
    CHECK_FALSE(server->authorization_response_iss_parameter_supported);
}

TEST_CASE("what may be in a document is accepted") {
    auto const accept = [](std::string_view what, std::string const& text) {
        INFO(what);
        auto const server = calimatic::parse_server_metadata(text, issuer);
        CHECK(rule_name(server) == "accepted");
        return server ? *server : server_metadata{};
    };
    accept("ok-disc-unknown: members that are not known", document().set("x", R"({"y":[1,null]})").set("service_documentation", "7").text());
    accept("disc-only-plain-pkce: S256 is sent all the same", with("code_challenge_methods_supported", R"(["plain"])"));
    accept("disc-alg-none-only: the list enables nothing", with("id_token_signing_alg_values_supported", R"(["none"])"));
    CHECK(accept("null optional members are absent", document().set("userinfo_endpoint", "null").set("grant_types_supported", "null").text())
              .grant_types_supported == strings{"authorization_code", "implicit"});
    CHECK(accept("an optional endpoint", with("userinfo_endpoint", R"("https://op.example/me")")).userinfo_endpoint == "https://op.example/me");
    CHECK(accept("iss is promised", with("authorization_response_iss_parameter_supported", "true")).authorization_response_iss_parameter_supported);
    CHECK(accept("an endpoint with a query", with("authorization_endpoint", R"("https://op.example/a?tenant=1")")).authorization_endpoint ==
        "https://op.example/a?tenant=1");
    CHECK(accept("empty lists", with("token_endpoint_auth_methods_supported", "[]")).token_endpoint_auth_methods_supported.empty());
    CHECK(accept("escapes are undone before the issuer is compared", with("issuer", R"("https:\/\/op.example\u002ftenant")")).issuer == issuer);
}

TEST_CASE("a public issuer cannot send us to this machine or to link-local addresses, and one on loopback can") {
    for (std::string_view const url :
        {"http://127.0.0.1:8080/token", "http://localhost/token", "http://[::1]/token", "https://169.254.169.254/latest", "https://[fe80::1]/x"})
        for (std::string_view const member : {"token_endpoint", "jwks_uri", "userinfo_endpoint"}) {
            INFO(member << ' ' << url);
            auto const server = calimatic::parse_server_metadata(with(member, "\"" + std::string(url) + "\""), issuer);
            REQUIRE_FALSE(server);
            CHECK(server.error() == error_code::metadata_url_refused);
        }
    std::string_view const own = "http://127.0.0.1:9000";
    auto const text =
        R"({"issuer":"http://127.0.0.1:9000","authorization_endpoint":"http://127.0.0.1:9000/a","token_endpoint":"http://localhost:9001/t","jwks_uri":"http://[::1]:9000/k"})";
    CHECK(rule_name(calimatic::parse_server_metadata(text, own)) == "accepted");
}

TEST_CASE("where there are no metadata, the issuer is most likely spelled wrong, and the error says so") {
    auto const missing = calimatic::parse_server_metadata_response({404, {}, {}}, issuer);
    REQUIRE_FALSE(missing);
    CHECK(missing.error() == error_code::status_unexpected);
    CHECK(missing.error().condition() == calimatic::condition::correct_input);
    CHECK(missing.error().http_status() == 404);
    CHECK(missing.error().expected() == "metadata of " + std::string(issuer));
}

TEST_CASE("metadata of another issuer are of no use at all") {
    auto const refuse = [](std::string_view what, std::string_view value) {
        INFO(what);
        // The rest of the document is wrong as well: the issuer is what is told.
        auto const text = document().set("issuer", value).set("token_endpoint", "7").set("jwks_uri", "").text();
        auto const server = calimatic::parse_server_metadata(text, issuer);
        REQUIRE_FALSE(server);
        CHECK(server.error() == error_code::metadata_issuer_mismatch);
        CHECK(server.error().expected() == issuer);
        return std::string(server.error().got());
    };
    CHECK(refuse("disc-issuer-wrong", R"("https://op.example/tenantINVALID")") == "https://op.example/tenantINVALID");
    CHECK(refuse("disc-issuer-slash", R"("https://op.example/tenant/")") == "https://op.example/tenant/");
    CHECK(refuse("disc-issuer-missing", "") == "");
    CHECK(refuse("null", "null") == "");
    CHECK(refuse("a prefix", R"("https://op.example/tenan")") == "https://op.example/tenan");
    CHECK(refuse("another tenant of the host", R"("https://op.example/other")") == "https://op.example/other");
    CHECK(refuse("another letter case", R"("https://OP.example/tenant")") == "https://OP.example/tenant");
    CHECK(refuse("the default port", R"("https://op.example:443/tenant")") == "https://op.example:443/tenant");
    CHECK(refuse("a list with the right one in it", R"(["https://op.example/tenant"])") == "");
    CHECK(refuse("a number", "1") == "");
    CHECK(refuse("NUL at the end", R"("https://op.example/tenant\u0000")") == "https://op.example/tenant\\x00");
}

TEST_CASE("no issuer is not an issuer that matches") {
    CHECK(rule_name(calimatic::parse_server_metadata(with("issuer", R"("")"), "")) == "metadata_issuer_mismatch");
    CHECK(rule_name(calimatic::parse_server_metadata(with("issuer", ""), "")) == "metadata_issuer_mismatch");
}

TEST_CASE("a document that breaks a rule is refused") {
    auto const refuse = [](std::string_view what, std::string const& text, error_code code) {
        INFO(what);
        CHECK(rule_name(calimatic::parse_server_metadata(text, issuer)) == rule_name(code));
    };
    refuse("disc-html", "<!doctype html><html>", error_code::json_syntax);
    refuse("empty", "", error_code::json_syntax);
    refuse("disc-array", "[" + document().text() + "]", error_code::json_not_an_object);
    refuse("a text", R"("issuer")", error_code::json_not_an_object);
    refuse("a member twice", R"({"issuer":"https://op.example/tenant","issuer":"https://op.example/tenant"})", error_code::json_duplicate_member);
    refuse("trailing data", document().text() + "x", error_code::json_syntax);
    refuse("too deep", with("x", std::string(40, '[') + std::string(40, ']')), error_code::json_too_deep);
    refuse("too large", document().text() + std::string(256 * 1024, ' '), error_code::json_too_large);
    refuse("disc-no-authorization", with("authorization_endpoint", ""), error_code::metadata_member_missing);
    refuse("disc-no-token", with("token_endpoint", ""), error_code::metadata_member_missing);
    refuse("disc-no-jwks_uri", with("jwks_uri", ""), error_code::metadata_member_missing);
    refuse("null is missing", with("jwks_uri", "null"), error_code::metadata_member_missing);
    refuse("disc-endpoint-number", with("token_endpoint", "7"), error_code::metadata_member_type_wrong);
    refuse("an endpoint in a list", with("token_endpoint", R"(["https://op.example/token"])"), error_code::metadata_member_type_wrong);
    refuse("an optional endpoint is an object", with("userinfo_endpoint", "{}"), error_code::metadata_member_type_wrong);
    refuse("a list is a text", with("scopes_supported", R"("openid")"), error_code::metadata_member_type_wrong);
    refuse("a list of numbers", with("token_endpoint_auth_methods_supported", "[1]"), error_code::metadata_member_type_wrong);
    refuse("a list with null in it", with("claims_supported", R"(["sub",null])"), error_code::metadata_member_type_wrong);
    refuse("a promise of iss in words", with("authorization_response_iss_parameter_supported", R"("true")"), error_code::metadata_member_type_wrong);
    refuse("a promise of iss as a number", with("authorization_response_iss_parameter_supported", "1"), error_code::metadata_member_type_wrong);
    refuse("the first broken rule is the error", document().set("authorization_endpoint", "7").set("token_endpoint", "").text(),
        error_code::metadata_member_type_wrong);
}

TEST_CASE("no endpoint of any name may be something other than https") {
    struct row {
        std::string_view what, url;
    };
    row const rows[] = {
        {"disc-endpoint-javascript", "javascript:alert(1)"},
        {"disc-endpoint-file", "file:///etc/passwd"},
        {"data:", "data:application/json,{}"},
        {"ftp:", "ftp://op.example/token"},
        {"http away from loopback", "http://op.example/token"},
        {"the metadata service of a cloud", "http://169.254.169.254/latest/meta-data"},
        {"relative", "/token"},
        {"no host", "https:///token"},
        {"empty", ""},
        {"a fragment", "https://op.example/token#x"},
        {"a user", "https://op.example@evil.example/token"},
        {"a backslash", "https://op.example\\\\@evil.example/token"},
        {"a line break", "https://op.example/token\\r\\nHost: evil.example"},
        {"a space", "https://op.example/ token"},
    };
    for (auto const name : {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "registration_endpoint",
             "revocation_endpoint", "introspection_endpoint", "end_session_endpoint", "device_authorization_endpoint"}) {
        for (auto const& [what, url] : rows) {
            INFO(name << ": " << what);
            auto const server = calimatic::parse_server_metadata(with(name, "\"" + std::string(url) + "\""), issuer);
            CHECK(rule_name(server) == "metadata_url_refused");
            if (!server) CHECK(server.error().got().starts_with(name));
        }
    }
}

TEST_CASE("a refused endpoint is told by name and host, not with what its path holds") {
    auto const server = calimatic::parse_server_metadata(with("token_endpoint", R"("http://op.example/token?key=hunter2hunter2")"), issuer);
    REQUIRE_FALSE(server);
    CHECK(server.error().got() == "token_endpoint: http://op.example");
}

TEST_CASE("metadata come with status 200 and no other") {
    auto const outcome = [](http_response const& response) { return rule_name(calimatic::parse_server_metadata_response(response, issuer)); };
    CHECK(outcome(json_answer(document().text())) == "accepted");
    CHECK(outcome({200, {}, document().text()}) == "accepted");
    CHECK(outcome({404, {}, document().text()}) == "status_unexpected"); // disc-404
    CHECK(outcome({201, {}, document().text()}) == "status_unexpected");
    CHECK(outcome({401, {}, document().text()}) == "status_unexpected");
    CHECK(outcome({0, {}, document().text()}) == "status_unexpected");
    CHECK(outcome({302, {{"Location", "https://evil.example/"}}, document().text()}) == "redirect_not_followed"); // disc-redirect
    CHECK(outcome({500, {}, document().text()}) == "server_unavailable");
    CHECK(outcome({429, {}, document().text()}) == "too_many_requests");
    CHECK(outcome({200, {{"Content-Type", "text/html"}}, "<html>"}) == "json_syntax"); // disc-html
    CHECK(outcome({200, {}, std::string(256 * 1024 + 1, ' ')}) == "transport_too_large");
}

TEST_CASE("metadata are written as a document that is read back") {
    server_metadata const server{.issuer = std::string(issuer),
        .authorization_endpoint = "https://a.example/1",
        .token_endpoint = "https://a.example/2",
        .jwks_uri = "https://a.example/3",
        .userinfo_endpoint = "https://a.example/4",
        .registration_endpoint = "https://a.example/5",
        .revocation_endpoint = "https://a.example/6",
        .introspection_endpoint = "https://a.example/7",
        .end_session_endpoint = "https://a.example/8",
        .device_authorization_endpoint = "https://a.example/9",
        .scopes_supported = {"openid", "a"},
        .response_types_supported = {"code"},
        .response_modes_supported = {"query"},
        .grant_types_supported = {"refresh_token"},
        .token_endpoint_auth_methods_supported = {},
        .id_token_signing_alg_values_supported = {"RS256", "ES256"},
        .code_challenge_methods_supported = {"S256"},
        .claims_supported = {"sub", "\"quoted\""},
        .authorization_response_iss_parameter_supported = true};
    auto const text = serialize(server);
    auto const copy = calimatic::parse_server_metadata(text, issuer);
    REQUIRE(copy);
    CHECK(serialize(*copy) == text);
    CHECK(copy->device_authorization_endpoint == "https://a.example/9");
    CHECK(copy->registration_endpoint == "https://a.example/5");
    CHECK(copy->token_endpoint_auth_methods_supported.empty());
    CHECK(copy->response_modes_supported == strings{"query"});
    CHECK(copy->claims_supported == strings{"sub", "\"quoted\""});
    CHECK(copy->authorization_response_iss_parameter_supported);
    auto const minimal = calimatic::parse_server_metadata(serialize(calimatic::parse_server_metadata(document().text(), issuer).value()), issuer);
    REQUIRE(minimal);
    CHECK(minimal->userinfo_endpoint.empty());
    CHECK(minimal->token_endpoint_auth_methods_supported == strings{"client_secret_basic"});
}

TEST_CASE("keys are asked for at an https URL") {
    auto const request = calimatic::build_jwk_set_request("https://op.example/jwks?v=1");
    REQUIRE(request);
    CHECK(request->url == "https://op.example/jwks?v=1");
    CHECK(request->method == calimatic::http_method::get);
    CHECK(request->timeout == calimatic::milliseconds{10'000});
    CHECK(request->max_response_body == 512 * 1024);
    CHECK(calimatic::find_header(request->headers, "Accept") == "application/jwk-set+json, application/json");
    CHECK(rule_name(calimatic::build_jwk_set_request("")) == "url_malformed");
    CHECK(rule_name(calimatic::build_jwk_set_request("file:///etc/passwd")) == "url_not_https");
    CHECK(rule_name(calimatic::build_jwk_set_request("http://op.example/jwks")) == "url_not_https");
}

TEST_CASE("an answer that is no key set is refused") {
    auto const refuse = [](std::string_view what, http_response const& response, error_code code) {
        INFO(what);
        CHECK(rule_name(calimatic::parse_jwk_set_response(response)) == rule_name(code));
    };
    refuse("jwks-500", {500, {}, R"({"keys":[]})"}, error_code::server_unavailable);
    refuse("jwks-html", {200, {{"Content-Type", "text/html"}}, "<html></html>"}, error_code::json_syntax);
    refuse("jwks-empty: no body", json_answer(""), error_code::json_syntax);
    refuse("jwks-no-keys", json_answer("{}"), error_code::jwk_set_malformed);
    refuse("jwks-keys-object", json_answer(R"({"keys":{}})"), error_code::jwk_set_malformed);
    refuse("an array", json_answer("[]"), error_code::json_not_an_object);
    refuse("jwks-huge: too large", json_answer(std::string(512 * 1024 + 1, ' ')), error_code::transport_too_large);
    std::string many = R"({"keys":[{})";
    for (int i = 0; i < 128; ++i) many += ",{}";
    refuse("jwks-huge: too many keys", json_answer(many + "]}"), error_code::jwk_set_too_many_keys);
    refuse("a redirect", {307, {{"Location", "https://evil.example/jwks"}}, ""}, error_code::redirect_not_followed);
    refuse("404", {404, {}, R"({"keys":[]})"}, error_code::status_unexpected);
    refuse("204", {204, {}, ""}, error_code::status_unexpected);
}

TEST_CASE("an answer with keys is read, and one with an empty list has none") {
    auto const empty = calimatic::parse_jwk_set_response(json_answer(R"({"keys":[]})")); // jwks-empty: then no key fits any token
    REQUIRE(empty);
    CHECK(empty->keys.empty());
    auto const keys = calimatic::parse_jwk_set_response(
        json_answer(R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})"));
    REQUIRE(keys);
    REQUIRE(keys->keys.size() == 1);
    CHECK(keys->keys[0].kid == "a");
}
