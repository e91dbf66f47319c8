#include <calimatic/oidc/logout_request.hpp>

#include <calimatic/core/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/outcome.hpp"

using calimatic::error_code;
using calimatic::http_method;
using support::accepted;
using support::refused;

namespace {

constexpr auto form = "application/x-www-form-urlencoded";

calimatic::result<std::string> parse(std::string_view body, std::string_view type = form, http_method method = http_method::post) {
    calimatic::http_request request;
    request.method = method;
    request.url = "https://app.example/backchannel-logout?logout_token=of.the.url";
    if (!type.empty()) request.headers.push_back({"content-type", std::string(type)});
    request.body = body;
    return calimatic::parse_logout_request(request);
}

} // namespace

TEST_CASE("a logout request is a POST of a form with one logout_token") {
    using enum error_code;
    CHECK(parse("logout_token=a.b.c").value() == "a.b.c");
    CHECK(parse("x=1&logout_token=a.b-_c&y=2&y=3").value() == "a.b-_c");
    CHECK(parse("logout%5Ftoken=a%2Eb.c").value() == "a.b.c");
    CHECK(parse("logout_token=a.b.c", "Application/X-WWW-Form-Urlencoded; charset=utf-8").value() == "a.b.c");

    refused("GET", parse("logout_token=a.b.c", form, http_method::get), logout_request_malformed);
    refused("PUT", parse("logout_token=a.b.c", form, http_method::put), logout_request_malformed);
    refused("JSON", parse(R"({"logout_token":"a.b.c"})", "application/json"), logout_request_malformed);
    refused("a form that is not called one", parse("logout_token=a.b.c", "text/plain"), logout_request_malformed);
    refused("no type", parse("logout_token=a.b.c", ""), logout_request_malformed);
    refused("the bare token", parse("a.b.c"), logout_request_malformed);
    refused("nothing", parse(""), logout_request_malformed);
    refused("an empty token", parse("logout_token="), logout_request_malformed);
    refused("a token of another name", parse("token=a.b.c"), logout_request_malformed);
    refused("two tokens", parse("logout_token=a.b.c&logout_token=a.b.c"), parameter_repeated);
    refused("two tokens, one of them empty", parse("logout_token=&logout_token=a.b.c"), parameter_repeated);
    refused("a broken escape", parse("logout_token=a%2"), form_malformed);
    refused("a NUL", parse("logout_token=a.b.c%00"), form_malformed);
    refused("10 MB", parse("logout_token=" + std::string(10'000'000, 'x')), token_too_large);
    accepted("64 KB", parse("logout_token=" + std::string(64 * 1024 - 13, 'x')));
    refused("one byte more", parse("logout_token=" + std::string(64 * 1024 - 12, 'x')), token_too_large);
    std::string many;
    for (int i = 0; i < 100; ++i) many += "a=b&";
    refused("too many parameters", parse(many + "logout_token=a.b.c"), too_many_parameters);
}

TEST_CASE("the answer is 200 or 400, and never cached") {
    auto const good = calimatic::build_logout_response(calimatic::result<void>());
    CHECK(good.status == 200);
    CHECK(good.body.empty());
    CHECK(calimatic::find_header(good.headers, "cache-control") == "no-store");
    CHECK(calimatic::build_logout_response(calimatic::result<int>(1)).status == 200);

    calimatic::result<int> const refusal(calimatic::error(error_code::logout_token_expired).with_got("what was found"));
    auto const bad = calimatic::build_logout_response(refusal);
    CHECK(bad.status == 400);
    CHECK(calimatic::find_header(bad.headers, "cache-control") == "no-store");
    CHECK(calimatic::find_header(bad.headers, "content-type") == "application/json");
    auto const body = calimatic::parse_json(bad.body, bad.body.size());
    REQUIRE(body);
    CHECK(body->root()["error"].as_string() == "invalid_request");
    CHECK(body->root()["error_description"].as_string() == "logout_token_expired");
    CHECK(bad.body.find("what was found") == std::string::npos);
}
