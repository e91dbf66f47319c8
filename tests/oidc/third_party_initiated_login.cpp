#include <calimatic/oidc/third_party_initiated_login.hpp>

#include <calimatic/detail/form.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

namespace cal = calimatic;
using cal::error_code;
using support::accepted;
using support::refused;

namespace {

constexpr auto form = "application/x-www-form-urlencoded";
constexpr auto iss = "iss=https%3A%2F%2Fop.example";

cal::login_initiation_expectations expected() {
    return {.issuers = {"https://other.example", "https://op.example"},
        .targets = {"https://app.example/", "https://docs.example:8443/guide", "https://files.example/a/"}};
}
cal::result<cal::third_party_initiated_login> get(
    std::string const& query, cal::login_initiation_expectations const& what = expected(), cal::check_options const& options = {}) {
    cal::http_request request;
    request.url = "https://app.example/login?" + query;
    return cal::validate_third_party_initiated_login(request, what, options);
}
cal::result<cal::third_party_initiated_login> post(
    std::string const& body, std::string_view type = form, cal::http_method method = cal::http_method::post) {
    cal::http_request request;
    request.method = method;
    request.url = "https://app.example/login?iss=https%3A%2F%2Fevil.example";
    request.headers.push_back({"Content-Type", std::string(type)});
    request.body = body;
    return cal::validate_third_party_initiated_login(request, expected());
}
/// Where a login that is to lead to this target leads to; the name of the rule where it is refused.
std::string target(std::string_view text, cal::login_initiation_expectations const& what = expected()) {
    auto const login = get(std::string(iss) + "&target_link_uri=" + cal::detail::form_encode(text), what);
    return login ? login->target_link_uri : support::rule_name(login);
}

} // namespace

TEST_CASE("a login is initiated with GET or POST") {
    auto const all = std::string(iss) + "&login_hint=alice%2B1%40example.com&target_link_uri=https%3A%2F%2Fapp.example%2Fcourse%3Fa%3D1&more=x";
    for (auto const& login : {get(all), post(all), post(all, "application/x-www-form-urlencoded;charset=utf-8")}) {
        accepted("login", login);
        CHECK(login->iss == "https://op.example");
        CHECK(login->login_hint == "alice+1@example.com");
        CHECK(login->target_link_uri == "https://app.example/course?a=1");
    }
    auto const least = get(iss);
    accepted("iss alone", least);
    CHECK(least->login_hint.empty());
    CHECK(least->target_link_uri.empty());

    cal::http_request relative; // as a server gets it
    relative.url = "/login?" + all;
    accepted("a path with a query", cal::validate_third_party_initiated_login(relative, expected()));
}

TEST_CASE("a login that is initiated in another way is refused") {
    using enum error_code;
    refused("PUT", post(iss, form, cal::http_method::put), login_request_malformed);
    refused("JSON", post(R"({"iss":"https://op.example"})", "application/json"), login_request_malformed);
    refused("a form that is not called one", post(iss, "text/plain"), login_request_malformed);
    refused("a large form", post(std::string(iss) + "&x=" + std::string(17'000, 'x')), login_request_malformed);
    refused("a long URL", get(std::string(iss) + "&x=" + std::string(17'000, 'x')), url_too_long);
    refused("a broken escape", get(std::string(iss) + "&login_hint=%z"), form_malformed);
    refused("a NUL", get(std::string(iss) + "&login_hint=a%00"), form_malformed);
    refused("a line break", get(std::string(iss) + "&login_hint=a\nb"), url_malformed);
    refused("iss twice", get(std::string(iss) + '&' + iss), parameter_repeated);
    refused("a target twice", get(std::string(iss) + "&target_link_uri=/a&target_link_uri=/a"), parameter_repeated);
    std::string many = iss;
    for (int i = 0; i < 100; ++i) many += "&a" + std::to_string(i) + "=b";
    refused("too many parameters", get(many), too_many_parameters);
}

TEST_CASE("a login is with an issuer that is trusted") {
    using enum error_code;
    refused("none is named", get("login_hint=a"), login_iss_missing);
    refused("an empty one", get("iss="), login_iss_missing);
    refused("one in the URL of a POST", post("login_hint=a"), login_iss_missing);
    refused("a foreign one", get("iss=https%3A%2F%2Fevil.example"), login_iss_untrusted);
    refused("one with a slash", get("iss=https%3A%2F%2Fop.example%2F"), login_iss_untrusted);
    refused("one in other case", get("iss=https%3A%2F%2FOP.example"), login_iss_untrusted);
    refused("the beginning of one", get("iss=https%3A%2F%2Fop.exampl"), login_iss_untrusted);
    refused("nobody is trusted", get(iss, {}), login_iss_untrusted);

    auto lenient = expected();
    lenient.iss_if_missing = "https://platform.example";
    auto const login = get("login_hint=a", lenient);
    accepted("a platform that does not name itself", login);
    CHECK(login->iss == "https://platform.example");
    accepted("that names itself", get("iss=https%3A%2F%2Fplatform.example", lenient));
    accepted("another one", get(iss, lenient));
    refused("a foreign one", get("iss=https%3A%2F%2Fevil.example", lenient), login_iss_untrusted);
}

TEST_CASE("a login leads to the application") {
    CHECK(target("https://app.example") == "https://app.example");
    CHECK(target("https://app.example/a/b?c=https%3A%2F%2Fevil.example#d/e") == "https://app.example/a/b?c=https%3A%2F%2Fevil.example#d/e");
    CHECK(target("HTTPS://APP.example:443/a") == "HTTPS://APP.example:443/a");
    CHECK(target("/") == "https://app.example/");
    CHECK(target("/a/b?c=d#e") == "https://app.example/a/b?c=d#e");
    CHECK(target("/a:b//c") == "https://app.example/a:b//c");
    CHECK(target("/caf%C3%A9%20a/...") == "https://app.example/caf%C3%A9%20a/...");
    CHECK(target("https://docs.example:8443/guide") == "https://docs.example:8443/guide");
    CHECK(target("https://docs.example:8443/guide/1") == "https://docs.example:8443/guide/1");
    CHECK(target("https://docs.example:8443/guide?x") == "https://docs.example:8443/guide?x");
    CHECK(target("https://files.example/a/b") == "https://files.example/a/b");
    CHECK(target("/a", {.issuers = {"https://op.example"}, .targets = {"http://localhost:3000/app", "http://localhost:3000/a"}}) ==
        "http://localhost:3000/a");
}

TEST_CASE("a login that leads elsewhere is refused") {
    for (std::string_view const text :
        {"//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example",
            "/%09/evil.example", "/\n/evil.example", "/%0a/evil.example", "/%5cevil.example", "/%5C%5Cevil.example", "/%2Fevil.example",
            "/%2f%2fevil.example", "/a/%2e%2e/b", "/.%2E/b", "/../b", "/a/./b", "/a/..", "/%252Fevil", "/%7f", "/%01", "https:evil.example",
            "https:/evil.example", "https:///evil.example", "https:app.example/a", "http:evil.example", "javascript:alert(1)",
            "JavaScript://app.example/%0aalert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
            "https://evil.example", "https://evil.example/https://app.example/", "https://app.example.evil.example/", "https://evilapp.example/",
            "https://app.example@evil.example/", "https://app.example:x@evil.example/", "https://app.example%40evil.example/",
            "https://app.example%2eevil.example/", "https://evil.example#@app.example/", "https://evil.example?@app.example/",
            "https://evil.example\\@app.example/", "https://app.example\\.evil.example/", "https://user@app.example/", "https://app.example:444/",
            "http://app.example/", "ftp://app.example/", "https://app.example:443@evil.example/", "https://app.example/\r\nSet-Cookie:a=b",
            " https://app.example/", "https://app.example/ ", "https://app.example/ a", "https://app.example/caf\xc3\xa9",
            "https://app\xe3\x80\x82"
            "example/",
            "https://app.example//evil.example", "https://app.example///evil.example/", "https://app.example/#a#b", "https://[::1]/",
            "https://127.1/", "app.example/a", "a", "?a=b", "#a", ".", "../a", ";a", "https://docs.example:8443/", "https://docs.example:8443/guides",
            "https://docs.example:8443/guide/../x", "https://docs.example:8443/guide/%2e%2e/x", "https://docs.example/guide",
            "https://files.example/a", "https://files.example/ab"}) {
        INFO(text);
        CHECK(target(text) == "login_target_refused");
    }
    CHECK(target("/a", {.issuers = {"https://op.example"}}) == "login_target_refused"); // nothing was named
    CHECK(target("https://app.example/", {.issuers = {"https://op.example"}}) == "login_target_refused");
    CHECK(target("/a", {.issuers = {"https://op.example"}, .targets = {"http://app.example/"}}) == "url_not_https");
    CHECK(target("/b", {.issuers = {"https://op.example"}, .targets = {"https://app.example/a"}}) == "login_target_refused");
}

TEST_CASE("what a login was refused for is in the error, but no path or query of it") {
    support::recording_trace trace;
    auto const outcome =
        get(std::string(iss) + "&login_hint=a-hint&target_link_uri=https%3A%2F%2Fevil.example%2Fa-path%3Fa-query", expected(), {.trace = &trace});
    refused("elsewhere", outcome, error_code::login_target_refused);
    CHECK(outcome.error().got() == "https://evil.example");
    CHECK(trace.broken() == std::vector<std::string>{"login_target_refused"});
    for (std::string_view const kept : {"a-hint", "a-path", "a-query"}) {
        CHECK(outcome.error().message().find(kept) == std::string::npos);
        CHECK(trace.text().find(kept) == std::string::npos);
    }
}
