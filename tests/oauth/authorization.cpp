#include <calimatic/oauth/authorization.hpp>

#include <calimatic/detail/form.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.hpp"

using calimatic::authorization_expectations;
using calimatic::authorization_parameters;
using calimatic::condition;
using calimatic::error_code;
using calimatic::seconds;
using calimatic::server_metadata;
using support::rule_name;

namespace {

constexpr std::string_view state = "af0ifjsldkjXYZ-_0123456";
constexpr std::string_view nonce = "n-0S6_WzA2MjABCDEFGHIJK";
constexpr std::string_view challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr std::string_view callback = "https://app.example/cb";

server_metadata server(std::string endpoint = "https://op.example/authorize") {
    return {.issuer = "https://op.example", .authorization_endpoint = std::move(endpoint)};
}

authorization_parameters asking(std::string scope = "openid") {
    authorization_parameters parameters;
    parameters.redirect_uri = callback;
    parameters.scope = std::move(scope);
    return parameters;
}

calimatic::result<std::string> build(authorization_parameters const& parameters, server_metadata const& at = server()) {
    return calimatic::build_authorization_url(at, {.client_id = "client"}, parameters, {state, nonce, challenge});
}

/// All values of a parameter of a URL's query, separated by `|`.
std::string values_of(std::string_view url, std::string_view name) {
    auto const parameters = calimatic::detail::parse_form(url.substr(url.find('?') + 1), {});
    REQUIRE(parameters);
    std::string out;
    for (auto const& parameter : *parameters)
        if (parameter.name == name) out += (out.empty() ? "" : "|") + parameter.value;
    return out;
}

calimatic::result<calimatic::authorization_response> validate(std::string_view url, authorization_expectations const& expected) {
    auto response = calimatic::validate_authorization_response(url, expected);
    if (!response) { // whatever broke, none of these is ever told
        auto const text = response.error().message() + std::string(response.error().server_text()) + std::string(response.error().server_error());
        CHECK(text.find(expected.state) == std::string::npos);
        CHECK(text.find("SplxlOBeZQQYbYS6WxSbIA") == std::string::npos);
    }
    return response;
}

constexpr authorization_expectations expected{.issuer = "https://op.example", .redirect_uri = callback, .state = state, .iss_required = false};

/// `$state` in a row of a table stands for the state that is expected, `$code` for a code.
std::string filled(std::string_view row) {
    std::string url(row);
    auto const fill = [&](std::string_view mark, std::string_view text) {
        for (auto at = url.find(mark); at != std::string::npos; at = url.find(mark, at + text.size())) url.replace(at, mark.size(), text);
    };
    fill("$state", state);
    fill("$code", "SplxlOBeZQQYbYS6WxSbIA");
    return url;
}

void refuse(std::string_view what, std::string_view url, error_code code, authorization_expectations const& against = expected) {
    INFO(what);
    CHECK(rule_name(validate(filled(url), against)) == rule_name(code));
}

void accept(std::string_view what, std::string_view url, std::string_view code = "SplxlOBeZQQYbYS6WxSbIA",
    authorization_expectations const& against = expected) {
    INFO(what);
    auto const response = validate(filled(url), against);
    CHECK(rule_name(response) == "accepted");
    if (response) CHECK(response->code() == code);
    CHECK(calimatic::is_our_redirect(filled(url), against));
}

} // namespace

TEST_CASE("the parameters stand in the URL in a fixed order, each once") {
    auto const url = build(asking("openid email"));
    REQUIRE(url);
    CHECK(*url ==
        "https://op.example/authorize?response_type=code&client_id=client&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid%20email"
        "&state=af0ifjsldkjXYZ-_0123456&nonce=n-0S6_WzA2MjABCDEFGHIJK"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
}

TEST_CASE("what the application asks for is passed on") {
    auto parameters = asking();
    parameters.prompt = "login consent";
    parameters.max_age = seconds{300};
    parameters.acr_values = "urn:a urn:b";
    parameters.login_hint = "j\xc3\xb6hn+doe@example.com&x=y";
    parameters.ui_locales = "de-AT de";
    parameters.display = "touch";
    parameters.resource = {"https://api.example/a", "urn:example:b"};
    parameters.extra = {{"audience", "https://api.example"}, {"empty", ""}};
    auto const url = build(parameters);
    REQUIRE(url);
    CHECK(url->ends_with(
        "&code_challenge_method=S256&prompt=login%20consent&max_age=300&acr_values=urn%3Aa%20urn%3Ab&login_hint=j%C3%B6hn%2Bdoe%40example.com%26x%3Dy"
        "&ui_locales=de-AT%20de&display=touch&resource=https%3A%2F%2Fapi.example%2Fa&resource=urn%3Aexample%3Ab&audience=https%3A%2F%2Fapi.example&empty="));
    CHECK(values_of(*url, "login_hint") == parameters.login_hint);
    parameters = asking();
    parameters.max_age = seconds{0};
    CHECK(values_of(build(parameters).value(), "max_age") == "0");
    CHECK(values_of(build(asking("openid offline_access")).value(), "prompt") == ""); // nothing is added in silence
}

TEST_CASE("the scope has openid, and each scope once") {
    auto const scope = [](std::string asked) { return values_of(build(asking(std::move(asked))).value(), "scope"); };
    CHECK(scope("openid") == "openid");
    CHECK(scope("") == "openid");
    CHECK(scope("email profile") == "openid email profile");
    CHECK(scope("email openid") == "email openid");
    CHECK(scope(" email  email openid email ") == "email openid");
    CHECK(scope("OPENID openidx") == "openid OPENID openidx");
    CHECK(rule_name(build(asking("openid\temail"))) == "scope_malformed");
    CHECK(rule_name(build(asking("openid \"email\""))) == "scope_malformed");
    CHECK(rule_name(build(asking("openid \xc3\xa9"))) == "scope_malformed");
}

TEST_CASE("the redirect_uri is sent as given and encoded once") {
    auto parameters = asking();
    parameters.redirect_uri = "https://app.example/cb?a=b&c&d=%2526+x";
    auto const url = build(parameters);
    REQUIRE(url);
    CHECK(url->find("redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3Db%26c%26d%3D%252526%2Bx&") != std::string::npos);
    CHECK(values_of(*url, "redirect_uri") == parameters.redirect_uri);
}

TEST_CASE("the endpoint's own query is kept, a fragment refused") {
    CHECK(build(asking(), server("https://op.example/auth?tenant=1"))->starts_with("https://op.example/auth?tenant=1&response_type=code&"));
    CHECK(build(asking(), server("https://op.example/auth?"))->starts_with("https://op.example/auth?response_type=code&"));
    CHECK(rule_name(build(asking(), server("https://op.example/auth#x"))) == "url_has_fragment");
    CHECK(rule_name(build(asking(), server("https://op.example/auth#"))) == "url_has_fragment");
    CHECK(rule_name(build(asking(), server(""))) == "endpoint_missing");
    CHECK(rule_name(build(asking(), server("http://op.example/auth"))) == "url_not_https");
    CHECK(rule_name(build(asking(), server("javascript:alert(1)"))) == "url_not_https");
    CHECK(rule_name(build(asking(), server("https://user@op.example/auth"))) == "url_has_userinfo");
}

TEST_CASE("an endpoint's own query cannot bring a parameter of ours along") {
    for (auto const name :
        {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "st%61te"}) {
        INFO(name);
        CHECK(rule_name(build(asking(), server("https://op.example/auth?" + std::string(name) + "=x"))) == "parameter_repeated");
    }
    auto parameters = asking();
    parameters.extra = {{"tenant", "2"}};
    CHECK(rule_name(build(parameters, server("https://op.example/auth?tenant=1"))) == "parameter_repeated");
    CHECK(rule_name(build(asking(), server("https://op.example/auth?x=%00"))) == "form_malformed");
}

TEST_CASE("an extra parameter cannot replace one of ours") {
    auto const with = [](std::vector<calimatic::authorization_parameter> extra) {
        auto parameters = asking();
        parameters.extra = std::move(extra);
        return rule_name(build(parameters));
    };
    for (auto const name : {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
             "prompt", "max_age", "acr_values", "login_hint", "ui_locales", "display", "resource", "response_mode", "request", "request_uri",
             "code_verifier", "client_secret"}) {
        INFO(name);
        CHECK(with({{name, "x"}}) == "parameter_reserved");
    }
    CHECK(with({{"audience", "x"}}) == "accepted");
    CHECK(with({{"STATE", "x"}}) == "accepted"); // names are case-sensitive
    CHECK(with({{"", "x"}}) == "form_malformed");
    CHECK(with({{"a", "1"}, {"b", "2"}, {"a", "3"}}) == "parameter_repeated");
    CHECK(with({{"a", "\xff"}}) == "form_malformed");
    CHECK(with({{"a", std::string(1, '\0')}}) == "form_malformed");
    CHECK(with({{"\xc0\xaf", "x"}}) == "form_malformed");
    CHECK(with(std::vector<calimatic::authorization_parameter>(65, {"a", "b"})) == "too_many_parameters");
    auto parameters = asking();
    parameters.extra = {{"a", "1"}, {"a", "2"}};
    CHECK(build(parameters).error().condition() == condition::correct_input); // the caller's mistake, not the server's
}

TEST_CASE("prompt=none stands alone") {
    auto const with = [](std::string prompt, std::optional<seconds> max_age = {}) {
        auto parameters = asking();
        parameters.prompt = std::move(prompt);
        parameters.max_age = max_age;
        return rule_name(build(parameters));
    };
    CHECK(with("none") == "accepted");
    CHECK(with(" none ") == "accepted");
    CHECK(with("none", seconds{1}) == "accepted");
    CHECK(with("login", seconds{0}) == "accepted");
    CHECK(with("nonesuch login") == "accepted");
    CHECK(with("none login") == "prompt_contradictory");
    CHECK(with("login none") == "prompt_contradictory");
    CHECK(with("none none") == "prompt_contradictory");
    CHECK(with("none", seconds{0}) == "prompt_contradictory");
    CHECK(with("", seconds{-1}) == "max_age_negative");
}

TEST_CASE("a request without client, binding or a readable resource is not made") {
    CHECK(rule_name(calimatic::build_authorization_url(server(), {}, asking(), {state, nonce, challenge})) == "client_id_missing");
    calimatic::client_information const client{.client_id = "client"};
    CHECK(rule_name(calimatic::build_authorization_url(server(), client, asking(), {"", nonce, challenge})) == "binding_missing");
    CHECK(rule_name(calimatic::build_authorization_url(server(), client, asking(), {state, "", challenge})) == "binding_missing");
    CHECK(rule_name(calimatic::build_authorization_url(server(), client, asking(), {state, nonce, ""})) == "binding_missing");
    auto parameters = asking();
    parameters.resource = {"not a URL"};
    CHECK(rule_name(build(parameters)) == "url_malformed");
    parameters.resource = {"https://api.example/#x"};
    CHECK(rule_name(build(parameters)) == "url_has_fragment");
    parameters = asking();
    parameters.login_hint = std::string(17 * 1024, 'x');
    CHECK(rule_name(build(parameters)) == "url_too_long");
    parameters = asking();
    parameters.redirect_uri = "";
    CHECK(rule_name(build(parameters)) == "url_malformed");
}

TEST_CASE("S256 is asked for whatever the server lists: plain never") {
    auto at = server();
    at.code_challenge_methods_supported = {"plain"}; // disc-only-plain-pkce: state is there as well
    auto const url = build(asking(), at);
    REQUIRE(url);
    CHECK(values_of(*url, "code_challenge_method") == "S256");
    CHECK(values_of(*url, "state") == state);
}

TEST_CASE("a redirect_uri is https, http on loopback, or of a private-use scheme") {
    auto const accept_uri = [](std::string_view uri) {
        INFO(uri);
        CHECK(rule_name(calimatic::validate_redirect_uri(uri)) == "accepted");
    };
    auto const refuse_uri = [](std::string_view what, std::string_view uri, error_code code = error_code::redirect_uri_invalid) {
        INFO(what);
        CHECK(rule_name(calimatic::validate_redirect_uri(uri)) == rule_name(code));
    };
    accept_uri("https://app.example/cb");
    accept_uri("https://app.example");
    accept_uri("https://app.example/cb?a=b&c");
    accept_uri("http://localhost:3001/auth/callback");
    accept_uri("http://127.0.0.1:51004/");
    accept_uri("http://[::1]:51004/cb");
    accept_uri("com.example.app:/cb");
    accept_uri("com.example.app://cb");
    refuse_uri("empty", "", error_code::url_malformed);
    refuse_uri("relative", "/cb", error_code::url_malformed);
    refuse_uri("http away from loopback", "http://app.example/cb");
    refuse_uri("http on a host that begins like loopback", "http://127.0.0.1.example/cb");
    refuse_uri("a scheme without a period", "myapp:/cb");
    refuse_uri("javascript:", "javascript:alert(1)");
    refuse_uri("data:", "data:text/html,x");
    refuse_uri("file:", "file:///tmp/cb");
    refuse_uri("a fragment", "https://app.example/cb#x");
    refuse_uri("an empty fragment", "https://app.example/cb#");
    refuse_uri("a user", "https://user@app.example/cb");
    refuse_uri("no host", "https:///cb");
    refuse_uri("no authority", "https:cb");
    refuse_uri("a wildcard's space", "https://app.example/c b", error_code::url_malformed);
    refuse_uri("a line break", "https://app.example/cb\r\nX: y", error_code::url_malformed);
    refuse_uri("too long", "https://app.example/" + std::string(16 * 1024, 'a'), error_code::url_too_long);
    refuse_uri("a parameter that the answer has", "https://app.example/cb?state=x");
    refuse_uri("code", "https://app.example/cb?a=b&c%6fde=x");
    refuse_uri("iss", "https://app.example/cb?iss");
    refuse_uri("a parameter twice", "https://app.example/cb?a=1&a=2");
    refuse_uri("a parameter that is not UTF-8", "https://app.example/cb?a=%ff", error_code::form_malformed);
}

TEST_CASE("an answer to our request is accepted") {
    accept("a code", "https://app.example/cb?code=$code&state=$state");
    accept("in any order", "https://app.example/cb?state=$state&code=$code");
    accept("ok: parameters that are not known", "https://app.example/cb?code=$code&state=$state&foo=1&session_state=a.b|c[d]");
    accept("az-token-in-query: tokens are not looked at", "https://app.example/cb?code=$code&state=$state&access_token=a&id_token=b");
    accept("iss is ours", "https://app.example/cb?code=$code&state=$state&iss=https%3A%2F%2Fop.example");
    accept("iss unencoded", "https://app.example/cb?code=$code&state=$state&iss=https://op.example");
    accept("an empty iss counts as omitted", "https://app.example/cb?code=$code&state=$state&iss=");
    accept("an empty error counts as omitted", "https://app.example/cb?code=$code&state=$state&error=");
    accept("a fragment is no part of it", "https://app.example/cb?code=$code&state=$state#_=_");
    accept("a fragment with parameters is not read", "https://app.example/cb?code=$code&state=$state#state=x&code=y&error=z");
    accept("a fragment with a question mark", "https://app.example/cb?code=$code&state=$state#?state=x");
    accept("a plus sign is a space", "https://app.example/cb?code=a+b%2Bc&state=$state", "a b+c");
    accept("empty pieces", "https://app.example/cb?&code=$code&&state=$state&", "SplxlOBeZQQYbYS6WxSbIA");
    accept("a slash in a code", "https://app.example/cb?code=4/0AbC%2Fd&state=$state", "4/0AbC/d");
}

TEST_CASE("an answer that breaks a rule is refused") {
    refuse("az-state-wrong", "https://app.example/cb?code=$code&state=another", error_code::state_mismatch);
    refuse("a state that ours begins with", "https://app.example/cb?code=$code&state=af0ifjsldkj", error_code::state_mismatch);
    refuse("a state that begins with ours", "https://app.example/cb?code=$code&state=$statex", error_code::state_mismatch);
    refuse("a state in another letter case", "https://app.example/cb?code=$code&state=AF0IFJSLDKJXYZ-_0123456", error_code::state_mismatch);
    refuse("a state with a space behind it", "https://app.example/cb?code=$code&state=$state+", error_code::state_mismatch);
    refuse("az-state-missing", "https://app.example/cb?code=$code", error_code::state_missing);
    refuse("an empty state", "https://app.example/cb?code=$code&state=", error_code::state_missing);
    refuse("a state in the fragment", "https://app.example/cb?code=$code#state=$state", error_code::state_missing);
    refuse("STATE is not state", "https://app.example/cb?code=$code&STATE=$state", error_code::state_missing);
    refuse("nothing", "https://app.example/cb", error_code::state_missing);
    refuse("az-code-twice", "https://app.example/cb?code=$code&code=b&state=$state", error_code::parameter_repeated);
    refuse("az-state-twice", "https://app.example/cb?code=$code&state=$state&state=$state", error_code::parameter_repeated);
    refuse("state twice, once encoded", "https://app.example/cb?code=$code&state=$state&st%61te=x", error_code::parameter_repeated);
    refuse("az-iss-twice", "https://app.example/cb?code=$code&state=$state&iss=https://op.example&iss=https://evil.example",
        error_code::parameter_repeated);
    refuse("an unknown parameter twice", "https://app.example/cb?code=$code&state=$state&foo=1&foo=2", error_code::parameter_repeated);
    refuse("az-code-missing", "https://app.example/cb?state=$state", error_code::code_missing);
    refuse("az-code-empty", "https://app.example/cb?code=&state=$state", error_code::code_missing);
    refuse("az-code-and-error", "https://app.example/cb?code=$code&error=access_denied&state=$state", error_code::code_and_error);
    refuse("az-token-in-query without a code", "https://app.example/cb?access_token=a&id_token=b&state=$state", error_code::code_missing);
    refuse("a malformed escape in the state", "https://app.example/cb?code=$code&state=%zz", error_code::form_malformed);
    refuse("an incomplete escape", "https://app.example/cb?state=$state&code=a%2", error_code::form_malformed);
    refuse("NUL in a code", "https://app.example/cb?code=a%00b&state=$state", error_code::form_malformed);
    refuse("overlong UTF-8", "https://app.example/cb?code=a%c0%af&state=$state", error_code::form_malformed);
    refuse("a surrogate", "https://app.example/cb?code=$code&state=$state&x=%ed%a0%80", error_code::form_malformed);
    refuse("a line break in a code", "https://app.example/cb?code=a%0d%0ab&state=$state", error_code::form_malformed);
    refuse("a code beyond ASCII", "https://app.example/cb?code=%c3%a9&state=$state", error_code::form_malformed);
    refuse("a raw line break", "https://app.example/cb?code=$code&state=$state\r\n", error_code::url_malformed);
    refuse("a raw space", "https://app.example/cb?code=$code&state=$state x=1", error_code::url_malformed);
    refuse("a raw NUL", std::string("https://app.example/cb?code=$code&state=$state") + '\0', error_code::url_malformed);
    refuse("too long", "https://app.example/cb?code=$code&state=$state&x=" + std::string(16 * 1024, 'a'), error_code::url_too_long);
    std::string many = "https://app.example/cb?code=$code&state=$state";
    for (int i = 0; i < 62; ++i) many += "&p" + std::to_string(i);
    accept("as many parameters as allowed", many);
    refuse("too many parameters", many + "&one", error_code::too_many_parameters);
}

TEST_CASE("a flow without a state takes no answer") {
    authorization_expectations const none{.issuer = "https://op.example", .redirect_uri = callback, .state = ""};
    auto const outcome = [&](std::string_view url) { return rule_name(calimatic::validate_authorization_response(url, none)); };
    CHECK(outcome("https://app.example/cb?code=a&state=") == "state_missing");
    CHECK(outcome("https://app.example/cb?code=a") == "state_missing");
    CHECK(outcome("https://app.example/cb?code=a&state=x") == "state_mismatch");
    CHECK_FALSE(calimatic::is_our_redirect("https://app.example/cb?code=a&state=", none));
}

TEST_CASE("an answer is ours only at our redirect_uri") {
    auto const other = [](std::string_view what, std::string_view base) {
        INFO(what);
        auto const url = filled(std::string(base) + "?code=$code&state=$state");
        CHECK(rule_name(validate(url, expected)) == "redirect_not_ours");
        CHECK_FALSE(calimatic::is_our_redirect(url, expected));
    };
    other("another path", "https://app.example/other");
    other("a path that begins with ours", "https://app.example/cb/x");
    other("a slash more", "https://app.example/cb/");
    other("another letter case in the path", "https://app.example/CB");
    other("another host", "https://evil.example/cb");
    other("a host that ends in ours", "https://evil-app.example/cb");
    other("ours as a user", "https://app.example@evil.example/cb");
    other("a user", "https://user@app.example/cb");
    other("another port", "https://app.example:444/cb");
    other("another scheme", "http://app.example/cb");
    other("a path that leads to ours", "https://app.example/x/../cb");
    other("an escape in the path", "https://app.example/c%62");
    other("no scheme", "app.example/cb");
    other("a path alone", "/cb");
    other("nothing", "");
    refuse("a question mark that was encoded: nothing of what follows is told", "https://app.example/cb%3Fcode=$code%26state=$state",
        error_code::redirect_not_ours);
    refuse("the same, with a query", "https://app.example/cb%3Fcode=$code%26state=$state?x", error_code::redirect_not_ours);
    refuse("names that are secrets", "https://app.example/cb?$code&$code&$state&$state", error_code::parameter_repeated);
    refuse("ours in the query", "https://evil.example/?https://app.example/cb&code=$code&state=$state", error_code::redirect_not_ours);
    refuse("ours in the fragment", "https://evil.example/?code=$code&state=$state#https://app.example/cb", error_code::redirect_not_ours);
    // The order of the checks: this page may be anybody's, so that its state does not matter yet.
    refuse("another path with another state", "https://app.example/other?state=x&error=access_denied", error_code::redirect_not_ours);
    refuse("another path with a repeated parameter", "https://app.example/other?state=x&state=y", error_code::parameter_repeated);
    refuse("no redirect_uri is expected", "?code=$code&state=$state", error_code::redirect_not_ours,
        {.issuer = "https://op.example", .redirect_uri = "", .state = state});
}

TEST_CASE("what a browser changes of its own accord is no difference (RFC 3986 6.2)") {
    auto const at = [](std::string_view registered, std::string_view arrived) {
        authorization_expectations const against{.issuer = "https://op.example", .redirect_uri = registered, .state = state};
        return rule_name(validate(filled(std::string(arrived) + "?code=$code&state=$state"), against));
    };
    CHECK(at("http://localhost:3001", "http://localhost:3001/") == "accepted");
    CHECK(at("http://localhost:3001", "http://localhost:3001") == "accepted");
    CHECK(at("https://App.Example/Cb", "https://app.example/Cb") == "accepted");
    CHECK(at("https://app.example:443/cb", "https://app.example/cb") == "accepted");
    CHECK(at("com.example.App:/cb", "com.example.app:/cb") == "accepted");
    CHECK(at("https://App.Example/Cb", "https://app.example/cb") == "redirect_not_ours");
    CHECK(at("http://localhost:3001", "http://127.0.0.1:3001/") == "redirect_not_ours");
    CHECK(at("http://localhost:3001", "http://localhost:3002/") == "redirect_not_ours");
    CHECK(at("com.example.app:/cb", "com.example.app://cb") == "redirect_not_ours");
    CHECK(at("com.example.app:/cb", "com.example.app:///cb") == "redirect_not_ours");
    CHECK(at("com.example.app:/cb", "com.example.app:cb") == "redirect_not_ours");
    CHECK(at("com.example.app:/cb", "com.example.other:/cb") == "redirect_not_ours");
}

TEST_CASE("a redirect_uri's own query comes back with the answer") {
    authorization_expectations const own{.issuer = "https://op.example", .redirect_uri = "https://app.example/cb?a=b&c", .state = state};
    accept("as it was sent", "https://app.example/cb?a=b&c&code=$code&state=$state", "SplxlOBeZQQYbYS6WxSbIA", own);
    accept("written anew by the server", "https://app.example/cb?c=&code=$code&state=$state&a=%62", "SplxlOBeZQQYbYS6WxSbIA", own);
    refuse("without it", "https://app.example/cb?code=$code&state=$state", error_code::redirect_not_ours, own);
    refuse("without a part of it", "https://app.example/cb?a=b&code=$code&state=$state", error_code::redirect_not_ours, own);
    refuse("with another value", "https://app.example/cb?a=x&c&code=$code&state=$state", error_code::redirect_not_ours, own);
    refuse("with two values", "https://app.example/cb?a=b&c&a=x&code=$code&state=$state", error_code::parameter_repeated, own);
    CHECK_FALSE(calimatic::is_our_redirect(filled("https://app.example/cb?code=$code&state=$state"), own));
}

TEST_CASE("an answer of another issuer is refused, whatever it says") {
    auto promised = expected;
    promised.iss_required = true;
    accept("iss was promised and is ours", "https://app.example/cb?code=$code&state=$state&iss=https%3A%2F%2Fop.example", "SplxlOBeZQQYbYS6WxSbIA",
        promised);
    refuse("az-iss-missing", "https://app.example/cb?code=$code&state=$state", error_code::authorization_iss_missing, promised);
    refuse("an empty iss is a missing one", "https://app.example/cb?code=$code&state=$state&iss=", error_code::authorization_iss_missing, promised);
    refuse("az-iss-missing in an error", "https://app.example/cb?error=access_denied&state=$state", error_code::authorization_iss_missing, promised);
    for (auto const& against : {expected, promised}) {
        refuse("az-iss-wrong", "https://app.example/cb?code=$code&state=$state&iss=https%3A%2F%2Fop.example1", error_code::authorization_iss_mismatch,
            against);
        refuse("iss of another server (mix-up)", "https://app.example/cb?code=$code&state=$state&iss=https://evil.example",
            error_code::authorization_iss_mismatch, against);
        refuse("iss with a slash", "https://app.example/cb?code=$code&state=$state&iss=https://op.example/", error_code::authorization_iss_mismatch,
            against);
        refuse("iss in another letter case", "https://app.example/cb?code=$code&state=$state&iss=https://OP.example",
            error_code::authorization_iss_mismatch, against);
        refuse("iss encoded twice", "https://app.example/cb?code=$code&state=$state&iss=https%253A%252F%252Fop.example",
            error_code::authorization_iss_mismatch, against);
        refuse("az-iss-wrong in an error", "https://app.example/cb?error=access_denied&state=$state&iss=https://evil.example",
            error_code::authorization_iss_mismatch, against);
    }
    refuse("state comes before iss", "https://app.example/cb?code=$code&state=x&iss=https://evil.example", error_code::state_mismatch, promised);
    auto const mismatch = validate(filled("https://app.example/cb?code=$code&state=$state&iss=https://evil.example"), expected);
    CHECK(mismatch.error().got() == "https://evil.example");
    CHECK(mismatch.error().expected() == "https://op.example");
}

TEST_CASE("an error is passed on in the server's words") {
    auto const url = filled(
        "https://app.example/cb?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E%0d%0aX:+y&error_uri=https://evil.example/&state=$state");
    auto const response = validate(url, expected);
    REQUIRE_FALSE(response);
    CHECK(response.error() == error_code::authorization_error);
    CHECK(response.error().condition() == condition::access_refused);
    CHECK(response.error().server_error() == "access_denied");
    CHECK(response.error().server_text() == "<script>alert(1)</script>\r\nX: y"); // verbatim
    auto const line = response.error().message();
    CHECK(line.find_first_of("\r\n") == std::string::npos);
    CHECK(line.find("evil.example") == std::string::npos);
}

TEST_CASE("an error tells what to do") {
    auto const kind = [](std::string_view name) {
        auto const response = validate(filled("https://app.example/cb?state=$state&error=" + std::string(name)), expected);
        REQUIRE_FALSE(response);
        CHECK(response.error() == error_code::authorization_error); // az-error
        return response.error().condition();
    };
    CHECK(kind("access_denied") == condition::access_refused);
    CHECK(kind("login_required") == condition::authorize_again);
    CHECK(kind("interaction_required") == condition::authorize_again);
    CHECK(kind("temporarily_unavailable") == condition::retry_later);
    CHECK(kind("invalid_scope") == condition::correct_input);
    CHECK(kind("invalid_request") == condition::fix_configuration); // S256 refused: an error, and nothing weaker is tried
    CHECK(kind("of_its_own") == condition::access_refused);
}

TEST_CASE("a server that repeats state and code in its error does not get them into ours") {
    auto const denied = validate(filled("https://app.example/cb?error=access_denied&error_description=state+$state+is+odd&state=$state"), expected);
    REQUIRE_FALSE(denied);
    CHECK(denied.error().server_text() == "state [secret] is odd");
    auto const both = validate(filled("https://app.example/cb?error=server_error&error_description=$code&code=$code&state=$state"), expected);
    REQUIRE_FALSE(both);
    CHECK(both.error() == error_code::code_and_error);
    CHECK(both.error().server_text() == "[secret]");
}

TEST_CASE("whether a redirect ends the sign-in is told by redirect_uri and state alone") {
    auto const ours = [](std::string_view url) { return calimatic::is_our_redirect(filled(url), expected); };
    CHECK(ours("https://app.example/cb?state=$state"));
    CHECK(ours("https://app.example/cb?state=$state&error=access_denied"));
    CHECK(ours("https://app.example/cb?state=$state&code=a&code=b")); // ours, and to be refused
    CHECK(ours("https://app.example/cb?state=$state&iss=https://evil.example"));
    CHECK_FALSE(ours("https://app.example/cb"));
    CHECK_FALSE(ours("https://app.example/cb?code=a"));
    CHECK_FALSE(ours("https://app.example/cb?state="));
    CHECK_FALSE(ours("https://app.example/cb?state=x"));
    CHECK_FALSE(ours("https://app.example/cb?state=$state&state=$state"));
    CHECK_FALSE(ours("https://app.example/cb?state=$state&state=x"));
    CHECK_FALSE(ours("https://app.example/cb?state=x&state=$state"));
    CHECK_FALSE(ours("https://app.example/cb?state=$state&code=%zz"));
    CHECK_FALSE(ours("https://app.example/cb?state=$state\n"));
    CHECK_FALSE(ours("https://app.example/other?state=$state"));
    CHECK_FALSE(ours("https://app.example/cb#state=$state"));
    CHECK_FALSE(ours("https://app.example/cb?state=$state&x=" + std::string(16 * 1024, 'a')));
    CHECK_FALSE(ours(""));
}
