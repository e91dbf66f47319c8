#include <calimatic/oidc/logout.hpp>

#include <calimatic/detail/form.hpp>
#include <calimatic/detail/uri.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/keys.hpp"
#include "support/outcome.hpp"

namespace cal = calimatic;
using cal::error_code;
using support::accepted;
using support::refused;

namespace {

constexpr auto our_page = "https://app.example/signed-out";

cal::server_metadata server(std::string_view endpoint = "https://op.example/logout") {
    return {.issuer = "https://op.example", .end_session_endpoint = std::string(endpoint)};
}
cal::client_information client(std::string_view client_id = "client") { return {.client_id = std::string(client_id)}; }
cal::pending_logout pending(std::string_view uri = our_page, std::string_view state = "the-state") { return {std::string(uri), state}; }

} // namespace

TEST_CASE("the user's browser is sent to the provider with the hint, and with where to come back") {
    auto const url = cal::build_end_session_url(server(), client(), pending(), {.id_token_hint = "a.b-c_d.e"});
    accepted("with a way back", url);
    CHECK(*url ==
        "https://op.example/logout?id_token_hint=a.b-c_d.e&client_id=client&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fsigned-out"
        "&state=the-state");
    CHECK(cal::build_end_session_url(server(), client(), {}, {}).value() == "https://op.example/logout?client_id=client");
    CHECK(cal::build_end_session_url(server(), client("a b&c"), {}, {.logout_hint = "alice+1@example.com", .ui_locales = "de fr"}).value() ==
        "https://op.example/logout?logout_hint=alice%2B1%40example.com&client_id=a%20b%26c&ui_locales=de%20fr");
    CHECK(cal::build_end_session_url(server("https://op.example/logout?tenant=7"), client(), {}, {}).value() ==
        "https://op.example/logout?tenant=7&client_id=client");
    accepted("an own query in the way back", cal::build_end_session_url(server(), client(), pending("https://app.example/?a=1"), {}));
    accepted("a loopback address", cal::build_end_session_url(server(), client(), pending("http://127.0.0.1:3000/bye"), {}));
    accepted("a scheme of the application's own", cal::build_end_session_url(server(), client(), pending("com.example.app:/bye"), {}));
}

TEST_CASE("a hint that is too long for a URL goes into a form") {
    std::string const hint(20'000, 'x');
    refused("as a URL", cal::build_end_session_url(server(), client(), pending(), {.id_token_hint = hint}), error_code::url_too_long);
    auto const form = cal::build_end_session_form(
        server("https://op.example/logout?tenant=7"), client(), pending(), {.id_token_hint = hint, .logout_hint = "a <b>", .ui_locales = "de"});
    accepted("as a form", form);
    CHECK(form->url == "https://op.example/logout?tenant=7");
    std::vector<std::pair<std::string, std::string>> fields;
    for (auto const& [name, value] : form->fields) fields.emplace_back(name, value);
    CHECK(fields ==
        std::vector<std::pair<std::string, std::string>>{{"id_token_hint", hint}, {"logout_hint", "a <b>"}, {"client_id", "client"},
            {"post_logout_redirect_uri", our_page}, {"state", "the-state"}, {"ui_locales", "de"}});
}

TEST_CASE("what cannot be asked of the provider is refused before it is sent, as URL and as form") {
    using enum error_code;
    auto const refuse = [](std::string_view what, cal::server_metadata const& at, cal::client_information const& who, cal::pending_logout const& back,
                            cal::end_session_parameters const& with, error_code code) {
        refused(what, cal::build_end_session_url(at, who, back, with), code);
        refused(what, cal::build_end_session_form(at, who, back, with), code);
    };
    refuse("no endpoint", server(""), client(), pending(), {}, endpoint_missing);
    CHECK(cal::build_end_session_url(server(""), client(), {}, {}).error().expected().starts_with("end_session_endpoint"));
    refuse("an endpoint without TLS", server("http://op.example/logout"), client(), pending(), {}, url_not_https);
    refuse("an endpoint with a fragment", server("https://op.example/logout#x"), client(), pending(), {}, url_has_fragment);
    refuse("an endpoint that has a parameter already", server("https://op.example/logout?state=x"), client(), pending(), {}, parameter_repeated);
    refuse("no client_id", server(), client(""), pending(), {}, client_id_missing);
    refuse("a way back without TLS", server(), client(), pending("http://app.example/"), {}, redirect_uri_invalid);
    refuse("a way back that is relative", server(), client(), pending("/signed-out"), {}, url_malformed);
    refuse("a way back with a fragment", server(), client(), pending("https://app.example/#a"), {}, redirect_uri_invalid);
    refuse("a way back to a script", server(), client(), pending("javascript:alert(1)"), {}, redirect_uri_invalid);
    refuse("a way back that has a state already", server(), client(), pending("https://app.example/?state=x"), {}, redirect_uri_invalid);
    refuse("a way back without a state", server(), client(), pending(our_page, ""), {}, logout_state_missing);
    refuse("a hint that is no text", server(), client(), pending(), {.logout_hint = "\xff"}, form_malformed);
    refuse("a hint with a NUL", server(), client(), pending(), {.logout_hint = {"a\0b", 3}}, form_malformed);
    CHECK(cal::build_end_session_url(server(""), client(), pending(our_page, "secret-state"), {.id_token_hint = "secret-token"})
              .error()
              .message()
              .find("secret-") == std::string::npos);
}

TEST_CASE("a state is fresh for every logout") {
    support::seeded_random random;
    auto const one = cal::make_pending_logout(our_page, random), other = cal::make_pending_logout(our_page, random);
    accepted("one", one);
    CHECK(one->post_logout_redirect_uri == our_page);
    CHECK(one->state.size() == 43);
    CHECK(one->state.expose() != other->state.expose());
    refused("where nobody comes back to", cal::make_pending_logout("http://app.example/", random), error_code::redirect_uri_invalid);
    refused("nowhere", cal::make_pending_logout("", random), error_code::url_malformed);
    support::failing_random none;
    refused("no random bytes", cal::make_pending_logout(our_page, none), error_code::random_source_failed);
}

TEST_CASE("the browser comes back from our logout, or it does not count") {
    using enum error_code;
    auto const check = [](std::string_view what, std::string_view url, error_code code, std::string_view uri = our_page) {
        INFO(what);
        auto const outcome = cal::validate_end_session_response(url, pending(uri));
        CHECK(support::rule_name(outcome) == support::rule_name(code));
        if (!outcome) CHECK(outcome.error().message().find("the-state") == std::string::npos);
    };
    check("our return", "https://app.example/signed-out?state=the-state", none);
    check("with parameters that nobody knows", "https://app.example/signed-out?x=1&state=the-state&y", none);
    check("as browsers write it", "HTTPS://APP.example:443/signed-out?state=the%2Dstate#", none);
    check("with our own query", "https://app.example/out?b=2&state=the-state&a=1", none, "https://app.example/out?a=1&b=2");

    check("no-state", "https://app.example/signed-out", logout_state_missing);
    check("an empty state", "https://app.example/signed-out?state=", logout_state_missing);
    check("a state in the fragment", "https://app.example/signed-out#state=the-state", logout_state_missing);
    check("other-state", "https://app.example/signed-out?state=other-state", logout_state_mismatch);
    check("a part of the state", "https://app.example/signed-out?state=the-stat", logout_state_mismatch);
    check("more than the state", "https://app.example/signed-out?state=the-state1", logout_state_mismatch);
    check("two states", "https://app.example/signed-out?state=the-state&state=the-state", parameter_repeated);
    check("two others", "https://app.example/signed-out?state=the-state&a=1&a=1", parameter_repeated);
    check("another path", "https://app.example/signed-out/?state=the-state", logout_return_not_ours);
    check("another host", "https://app.example.evil.example/signed-out?state=the-state", logout_return_not_ours);
    check("a user name", "https://app.example@evil.example/signed-out?state=the-state", logout_return_not_ours);
    check("without TLS", "http://app.example/signed-out?state=the-state", logout_return_not_ours);
    check("without our own query", "https://app.example/out?state=the-state", logout_return_not_ours, "https://app.example/out?a=1");
    check("a relative URL", "/signed-out?state=the-state", logout_return_not_ours);
    check("nothing", "", logout_return_not_ours);
    check("a broken escape", "https://app.example/signed-out?state=%zz", form_malformed);
    check("a NUL", "https://app.example/signed-out?state=the-state%00", form_malformed);
    check("a line break", "https://app.example/signed-out?state=the-state\n", url_malformed);
    check("a very long URL", "https://app.example/signed-out?state=" + std::string(17'000, 'x'), url_too_long);
    refused("where nobody was to come back", cal::validate_end_session_response("https://app.example/?state=x", {}), logout_return_not_ours);
    refused("where nothing was kept", cal::validate_end_session_response("?state=", {}), logout_return_not_ours);
}

TEST_CASE("a pending logout outlives the process, and a damaged one does not pass for whole") {
    auto const blob = serialize(pending());
    auto const back = cal::parse_pending_logout(blob.expose());
    accepted("back", back);
    CHECK(back->post_logout_redirect_uri == our_page);
    CHECK(back->state.expose() == "the-state");
    accepted("without a way back", cal::parse_pending_logout(serialize(cal::pending_logout{}).expose()));

    std::string const whole(blob.expose());
    auto const edited = [&whole](std::string_view from, std::string_view to) {
        auto text = whole;
        return text.replace(text.find(from), from.size(), to);
    };
    refused("nothing", cal::parse_pending_logout(""), error_code::blob_malformed);
    refused("cut", cal::parse_pending_logout(whole.substr(0, whole.size() / 2)), error_code::blob_malformed);
    refused("of another kind", cal::parse_pending_logout(edited("pending_logout", "pending_sign_in")), error_code::blob_malformed);
    refused("an empty state", cal::parse_pending_logout(edited("the-state", "")), error_code::blob_malformed);
    refused("an empty address", cal::parse_pending_logout(edited(our_page, "")), error_code::blob_malformed);
    refused("state is a number", cal::parse_pending_logout(edited("\"the-state\"", "1")), error_code::blob_malformed);
    refused("a later version", cal::parse_pending_logout(edited("\"version\":1", "\"version\":2")), error_code::blob_version_unknown);
}
