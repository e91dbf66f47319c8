#include <calimatic/oauth/bearer_token.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.hpp"

using calimatic::condition;
using calimatic::error_code;
using calimatic::http_header;
using calimatic::http_response;
using calimatic::seconds;
using support::rule_name;

namespace {

/// Challenges in one line each: `bearer realm="x" error="y"`, `basic abc=`.
std::string read(std::vector<http_header> const& headers) {
    auto const challenges = calimatic::parse_www_authenticate(headers);
    if (!challenges) return rule_name(challenges);
    std::string out;
    for (auto const& challenge : *challenges) {
        if (!out.empty()) out += " | ";
        out += challenge.scheme;
        if (!challenge.token68.empty()) out += ' ' + challenge.token68;
        for (auto const& parameter : challenge.parameters) out += ' ' + parameter.name + "=<" + parameter.value + '>';
    }
    return out;
}

std::string read(std::string_view field) { return read({{"WWW-Authenticate", std::string(field)}}); }

http_response refusal(int status, std::string challenge) { return {status, {{"WWW-Authenticate", std::move(challenge)}}, ""}; }

std::string resource_error(http_response const& response) {
    auto const e = calimatic::parse_resource_error(response);
    return e ? std::string(e->name()) : "accepted";
}

} // namespace

TEST_CASE("a token is put into the Authorization header and nowhere else") {
    calimatic::http_request request;
    request.url = "https://api.example/me?x=1";
    request.headers = {{"authorization", "Basic old"}, {"Accept", "application/json"}, {"AUTHORIZATION", "Bearer older"}};
    REQUIRE(calimatic::put_bearer_token(request, "mF_9.B5f-4.1JqM"));
    CHECK(request.headers.size() == 2);
    CHECK(calimatic::find_header(request.headers, "Authorization") == "Bearer mF_9.B5f-4.1JqM");
    CHECK(calimatic::find_header(request.headers, "Accept") == "application/json");
    CHECK(request.url == "https://api.example/me?x=1");
    CHECK(request.body.empty());
}

TEST_CASE("a token that would break out of its header is refused") {
    auto const refuse = [](std::string_view what, std::string_view token, error_code code) {
        INFO(what);
        calimatic::http_request request;
        request.url = "https://api.example/me";
        auto const put = calimatic::put_bearer_token(request, token);
        CHECK(rule_name(put) == rule_name(code));
        CHECK(request.headers.empty());
        if (!put && token.size() > 4) CHECK(put.error().message().find(token) == std::string::npos);
    };
    refuse("empty", "", error_code::token_not_sendable);
    refuse("tok-access-crlf", "abcdef\r\nX-Admin: 1", error_code::token_not_sendable);
    refuse("a line feed at the end", "abcdef\n", error_code::token_not_sendable);
    refuse("a space", "abc def", error_code::token_not_sendable);
    refuse("a tab", "abc\tdef", error_code::token_not_sendable);
    refuse("NUL", std::string_view("abc\0def", 7), error_code::token_not_sendable);
    refuse("DEL", "abcdef\x7f", error_code::token_not_sendable);
    refuse("beyond ASCII", "abcdef\xc3\xa9", error_code::token_not_sendable);
    refuse("too large", std::string(64 * 1024 + 1, 'a'), error_code::token_too_large);
}

TEST_CASE("a token is sent over https, or to loopback") {
    auto const put = [](std::string url) {
        calimatic::http_request request;
        request.url = std::move(url);
        request.headers = {{"Authorization", "Basic old"}};
        auto const done = calimatic::put_bearer_token(request, "abcdef");
        CHECK((calimatic::find_header(request.headers, "Authorization") == "Bearer abcdef") == done.has_value());
        return rule_name(done);
    };
    CHECK(put("https://api.example/") == "accepted");
    CHECK(put("http://127.0.0.1:8080/") == "accepted");
    CHECK(put("http://api.example/") == "url_not_https");
    CHECK(put("http://localhost.example/") == "url_not_https");
    CHECK(put("https://user@api.example/") == "url_has_userinfo");
    CHECK(put("") == "url_malformed");
}

TEST_CASE("every legal form of a challenge is read (RFC 9110 11.6.1)") {
    CHECK(read(std::vector<http_header>{}) == "");
    CHECK(read("") == "");
    CHECK(read(" ,\t, ") == "");
    CHECK(read("Bearer") == "bearer");
    CHECK(read("Bearer ") == "bearer");
    CHECK(read("bEARER realm=\"example\"") == "bearer realm=<example>");
    CHECK(read("Bearer realm=\"example\", error=\"invalid_token\", error_description=\"The access token expired\"") ==
        "bearer realm=<example> error=<invalid_token> error_description=<The access token expired>");
    CHECK(read("Bearer error=invalid_token,scope=a") == "bearer error=<invalid_token> scope=<a>");
    CHECK(read("Bearer  ERROR = \"x\" ,\trealm\t=\ty") == "bearer error=<x> realm=<y>");
    CHECK(read("Bearer realm=\"a \\\"b\\\" \\\\ c, Basic d=\"") == "bearer realm=<a \"b\" \\ c, Basic d=>");
    CHECK(read("Bearer realm=\"\"") == "bearer realm=<>");
    CHECK(read("Bearer realm=\"\xc3\xa9\"") == "bearer realm=<\xc3\xa9>");
    CHECK(read("Negotiate dG9rZW4=") == "negotiate dG9rZW4=");
    CHECK(read("Negotiate a-._~+/b==") == "negotiate a-._~+/b==");
    CHECK(read("Negotiate abc, Bearer error=\"x\"") == "negotiate abc | bearer error=<x>");
    CHECK(read("Basic realm=\"a\", Bearer error=\"x\", scope=\"s t\", DPoP algs=\"ES256\"") ==
        "basic realm=<a> | bearer error=<x> scope=<s t> | dpop algs=<ES256>");
    CHECK(read("Negotiate, Bearer, Basic realm=x") == "negotiate | bearer | basic realm=<x>");
    CHECK(read(",, Bearer , , error=\"x\" ,, , Basic realm=y,") == "bearer error=<x> | basic realm=<y>"); // empty elements of a list are legal
    CHECK(read("Bearer, error=\"x\"") == "bearer error=<x>");
    CHECK(read("Bearer error=\"x\", , realm=y,,Basic realm=z,") == "bearer error=<x> realm=<y> | basic realm=<z>");
    CHECK(read("Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"") ==
        "newauth realm=<apps> type=<1> title=<Login to \"apps\"> | basic realm=<simple>"); // the example of RFC 9110 11.6.1
    CHECK(read({{"www-authenticate", "Basic realm=a"}, {"Date", "Bearer x=y"}, {"WWW-AUTHENTICATE", "Bearer error=b"}}) ==
        "basic realm=<a> | bearer error=<b>");
}

TEST_CASE("what is not a challenge is refused, whatever it is") {
    auto const refuse = [](std::string_view what, std::string_view field) {
        INFO(what);
        CHECK(read(field) == "challenge_malformed");
    };
    refuse("a quotation mark", "\"");
    refuse("a string in place of a scheme", "\"Bearer\" error=x");
    refuse("an equals sign in place of a scheme", "=x");
    refuse("a string without end", "Bearer error=\"invalid_token");
    refuse("a string that ends in a backslash", "Bearer error=\"invalid_token\\");
    refuse("something after a string", "Bearer error=\"x\"y");
    refuse("two parameters without a comma", "Bearer error=\"x\" scope=\"y\"");
    refuse("a parameter without value at the end", "Bearer error=\"x\", scope=");
    refuse("a parameter without value in between", "Bearer error=, scope=x");
    refuse("words", "Bearer not a parameter");
    refuse("a parameter after a token68", "Negotiate abc= realm=x");
    refuse("a parameter twice", "Bearer error=\"x\", error=\"y\"");
    refuse("a parameter twice in another letter case", "Bearer error=\"x\", ERROR=\"y\"");
    refuse("a control character in a string", "Bearer error=\"a\x01\"");
    refuse("a line break in a string", "Bearer error=\"a\r\nb\"");
    refuse("an escaped line break in a string", "Bearer error=\"a\\\nb\"");
    refuse("DEL in a string", "Bearer error=\"a\x7f\"");
    refuse("NUL in a string", std::string_view("Bearer error=\"a\0\"", 17));
    refuse("beyond ASCII in a scheme", "B\xc3\xa9 error=x");
    refuse("a semicolon", "Bearer error=x; scope=y");
    refuse("a later field", "Bearer,@");
}

TEST_CASE("a challenge header is bounded, and costs no more than its length") {
    auto const repeat = [](std::string_view piece, std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i) out += piece;
        return out;
    };
    CHECK(calimatic::parse_www_authenticate({{"WWW-Authenticate", repeat("A,", 32)}})->size() == 32);
    CHECK(read(repeat("A,", 33)) == "challenge_malformed");
    CHECK(read(std::vector<http_header>(33, {"WWW-Authenticate", "A"})) == "challenge_malformed");
    CHECK(read(repeat("A,", 1'000'000)) == "challenge_malformed");
    CHECK(read("A " + repeat("a=b,", 65)) == "challenge_malformed");
    std::string distinct = "A ";
    for (int i = 0; i < 64; ++i) distinct += "a" + std::to_string(i) + "=b,";
    CHECK(calimatic::parse_www_authenticate({{"WWW-Authenticate", distinct}})->front().parameters.size() == 64);
    CHECK(read(distinct + "last=b") == "challenge_malformed");
    CHECK(read("Bearer realm=\"" + std::string(64 * 1024, 'x') + "\"") == "challenge_malformed");
    CHECK(read(std::string(60 * 1024, ',')) == "");
}

TEST_CASE("a parameter is found by its name") {
    auto const challenges = calimatic::parse_www_authenticate({{"WWW-Authenticate", "Bearer Realm=\"a\", error=\"\""}});
    REQUIRE(challenges);
    CHECK((*challenges)[0].find("realm") == "a");
    CHECK((*challenges)[0].find("error") == "");
    CHECK_FALSE((*challenges)[0].find("scope"));
}

TEST_CASE("what a protected resource says is told apart (RFC 6750 3.1)") {
    CHECK(resource_error({200, {}, ""}) == "accepted");
    CHECK(resource_error({204, {}, ""}) == "accepted");
    CHECK(resource_error(refusal(200, "Bearer error=\"invalid_token\"")) == "accepted");
    CHECK(resource_error(refusal(401, "Bearer error=\"invalid_token\"")) == "invalid_token"); // ui-401
    CHECK(resource_error(refusal(401, "dPoP error=\"invalid_token\"")) == "invalid_token");   // ui-401-dpop-case
    CHECK(resource_error(refusal(401, "Basic realm=\"x\", bEARER realm=\"y\", error=invalid_token")) == "invalid_token");
    CHECK(resource_error({401, {{"WWW-Authenticate", "Negotiate"}, {"www-authenticate", "Bearer error=\"invalid_token\""}}, ""}) == "invalid_token");
    CHECK(resource_error(refusal(403, "Bearer error=\"insufficient_scope\", scope=\"a b\"")) == "insufficient_scope"); // ui-403
    CHECK(resource_error(refusal(400, "Bearer error=\"invalid_request\"")) == "invalid_request");
    CHECK(resource_error(refusal(401, "Bearer")) == "access_refused");
    CHECK(resource_error(refusal(401, "Bearer realm=\"x\"")) == "access_refused");
    CHECK(resource_error(refusal(401, "Digest error=\"invalid_token\"")) == "access_refused"); // another scheme's words are not ours
    CHECK(resource_error(refusal(401, "Bearer error=\"own_code\"")) == "access_refused");
    CHECK(resource_error(refusal(401, "Bearer error=\"INVALID_TOKEN\"")) == "access_refused");
    CHECK(resource_error({401, {}, ""}) == "access_refused");
    CHECK(resource_error({403, {}, "<html>"}) == "access_refused");
    CHECK(resource_error({401, {}, R"({"error":"invalid_token"})"}) == "invalid_token"); // in the body, where some put it
    CHECK(resource_error({403, {}, R"({"error":"insufficient_scope"})"}) == "insufficient_scope");
    CHECK(resource_error({400, {}, R"({"error":"something"})"}) == "status_unexpected");
    CHECK(resource_error({404, {}, ""}) == "status_unexpected");
    CHECK(resource_error({100, {}, ""}) == "status_unexpected");
    CHECK(resource_error({0, {}, ""}) == "status_unexpected");
    CHECK(resource_error({302, {{"Location", "https://evil.example"}}, ""}) == "redirect_not_followed"); // ui-redirect
    CHECK(resource_error({429, {}, ""}) == "too_many_requests");
    CHECK(resource_error({502, {}, ""}) == "server_unavailable");
    CHECK(resource_error({401, std::vector<http_header>(129, {"WWW-Authenticate", "Bearer"}), ""}) == "headers_too_large");
}

TEST_CASE("a header that cannot be read does not hide the refusal") {
    CHECK(resource_error(refusal(401, "Bearer error=\"invalid_token")) == "access_refused");
    CHECK(resource_error(refusal(403, "@")) == "access_refused");
    CHECK(resource_error(refusal(404, "@")) == "status_unexpected");
    CHECK(resource_error({401, {{"WWW-Authenticate", "Bearer error=\"insufficient_scope\""}, {"WWW-Authenticate", "@"}}, ""}) == "access_refused");
    CHECK(resource_error({401, {{"WWW-Authenticate", "@"}}, R"({"error":"invalid_token"})"}) == "invalid_token");
}

TEST_CASE("a refusal carries the server's words, the status, the scope and the waiting time") {
    auto const scope =
        calimatic::parse_resource_error(refusal(403, "Bearer error=\"insufficient_scope\", error_description=\"more\\r\", scope=\"a b\""));
    REQUIRE(scope);
    CHECK(scope->expected() == "a b");
    CHECK(scope->server_error() == "insufficient_scope");
    CHECK(scope->server_text() == "morer");
    CHECK(scope->http_status() == 403);
    CHECK(scope->condition() == condition::access_refused);

    auto const expired = calimatic::parse_resource_error({401, {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}, {"Retry-After", "3"}}, ""});
    REQUIRE(expired);
    CHECK(expired->condition() == condition::authorize_again);
    CHECK(expired->expected().empty());
    CHECK(expired->retry_after() == seconds{3});
}

namespace {

/// The field that is built, or the rule that is broken and by what.
std::string built(calimatic::bearer_challenge const& challenge) {
    auto const field = calimatic::build_www_authenticate(challenge);
    return field ? *field : rule_name(field) + ' ' + std::string(field.error().got());
}

} // namespace

TEST_CASE("a resource server builds the challenges of RFC 6750 3") {
    CHECK(built({.realm = "example"}) == R"(Bearer realm="example")");
    CHECK(built({.realm = "example", .error = "invalid_token", .error_description = "The access token expired"}) ==
        R"(Bearer realm="example", error="invalid_token", error_description="The access token expired")");
    CHECK(built({.scope = " users:write  users:read users:write ", .error = "insufficient_scope", .error_uri = "https://api.example/errors#scope"}) ==
        R"(Bearer scope="users:write users:read", error="insufficient_scope", error_uri="https://api.example/errors#scope")");
}

TEST_CASE("what is built is read back as it was") {
    calimatic::bearer_challenge const challenge{.realm = R"(a "realm", error="none\" \)",
        .scope = "openid https://api.example/all",
        .error = "invalid_token",
        .error_description = "expired, or it never was one = no",
        .error_uri = "https://api.example/?a=1,2"};
    auto const field = calimatic::build_www_authenticate(challenge);
    REQUIRE(field);
    auto const read = calimatic::parse_www_authenticate({{"WWW-Authenticate", *field}, {"WWW-Authenticate", "Basic realm=x"}});
    REQUIRE(read);
    REQUIRE(read->size() == 2);
    auto const& first = read->front();
    CHECK(first.scheme == "bearer");
    CHECK(first.parameters.size() == 5);
    CHECK(first.find("realm") == challenge.realm);
    CHECK(first.find("scope") == challenge.scope);
    CHECK(first.find("error") == challenge.error);
    CHECK(first.find("error_description") == challenge.error_description);
    CHECK(first.find("error_uri") == challenge.error_uri);
    CHECK(resource_error(refusal(401, *field)) == "invalid_token");

    std::string every; // each character that a realm may have
    for (char c = 0x20; c < 0x7f; ++c) every += c;
    auto const realm = calimatic::build_www_authenticate({.realm = every});
    REQUIRE(realm);
    CHECK(calimatic::parse_www_authenticate({{"WWW-Authenticate", *realm}})->front().find("realm") == every);
}

TEST_CASE("no text breaks out of its attribute or of the field") {
    for (std::string const& bad : {std::string("a\r\nSet-Cookie: x=1"), std::string("a\rb"), std::string("a\nb"), std::string("a\0b", 3),
             std::string("a\tb"), std::string("a\x7f"), std::string("a\x1b[31m"), std::string("caf\xc3\xa9"), std::string("a\xff")}) {
        INFO(bad);
        CHECK(built({.realm = bad}) == "challenge_attribute_invalid realm");
        CHECK(built({.scope = bad}) == "scope_malformed ");
        CHECK(built({.error = bad}) == "challenge_attribute_invalid error");
        CHECK(built({.error = "invalid_token", .error_description = bad}) == "challenge_attribute_invalid error_description");
        CHECK(built({.error = "invalid_token", .error_uri = bad}) == "challenge_attribute_invalid error_uri");
    }
    for (std::string const bad : {R"(a", error="x)", R"(a\)", R"(\")"}) { // RFC 6750 3 has no escapes in these
        INFO(bad);
        CHECK(built({.scope = bad}) == "scope_malformed ");
        CHECK(built({.error = bad}) == "challenge_attribute_invalid error");
        CHECK(built({.error = "invalid_token", .error_description = bad}) == "challenge_attribute_invalid error_description");
        CHECK(built({.error = "invalid_token", .error_uri = bad}) == "challenge_attribute_invalid error_uri");
    }
    CHECK(built({.error = "invalid_token", .error_uri = "https://api.example/a b"}) == "challenge_attribute_invalid error_uri");
    CHECK(built({}) == "challenge_attribute_invalid no attribute");
    CHECK(built({.scope = "  "}) == "challenge_attribute_invalid no attribute");
    CHECK(built({.realm = "x", .error_description = "why"}) == "challenge_attribute_invalid error");
    CHECK(built({.realm = "x", .error_uri = "https://api.example/"}) == "challenge_attribute_invalid error");
    CHECK(built({.realm = std::string(70'000, 'x')}) == "challenge_attribute_invalid too long");
    auto const refused = calimatic::build_www_authenticate({.realm = "\r\n"});
    CHECK(refused.error().condition() == condition::correct_input);
}
