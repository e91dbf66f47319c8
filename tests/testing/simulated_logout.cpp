#include <calimatic/testing/simulated_logout.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using endpoint = sim::simulated_endpoint;
using cal::error_code;
using support::accepted;
using support::refused;

namespace {

constexpr auto redirect_uri = "http://127.0.0.1:3000/callback";
constexpr auto bye = "http://127.0.0.1:3000/bye?from=logout";

struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    sim::seeded_random random{7};
    cal::client_information client{.client_id = "app"};
    cal::server_metadata server = platform.metadata();

    fixture() {
        platform.add_user({});
        platform.add_user({.sub = "user-2"});
        for (auto const* id : {"app", "other"})
            platform.add_client({.client = {.client_id = id}, .redirect_uris = {redirect_uri}, .post_logout_redirect_uris = {bye}});
    }
    cal::sign_in sign_in(std::string sub = "user-1", std::string client_id = "app") {
        auto flow = cal::authorization_code_flow::start(
            server, {.client_id = std::move(client_id)}, {.redirect_uri = redirect_uri, .scope = "openid offline_access"}, random, host.now());
        auto const redirect = platform.authorize(*flow->authorization_url(), host.now(), {.sub = std::move(sub)});
        REQUIRE(redirect);
        REQUIRE(flow->handle_redirect(*redirect, host.now()));
        return std::move(cal::drive(*flow, host)).value();
    }
    cal::session start(cal::sign_in user) {
        return cal::session::start(cal::oauth_refresh{server, client.clone()}, std::move(user), random, host.now(), {.storage = cal::storage::none})
            .value();
    }
    /// Whether what was granted still gives tokens.
    bool lives(cal::sign_in const& user) {
        auto const info =
            cal::drive(cal::single_request(cal::build_userinfo_request(server, user.tokens.access_token.expose()),
                           [&](cal::http_response const& response) { return cal::parse_userinfo_response(response, user.claims.sub()); }),
                host);
        return info.has_value();
    }
};

} // namespace

TEST_CASE("a user is signed out at the platform, and comes back with the state") {
    fixture f;
    auto user = f.sign_in(), other_user = f.sign_in("user-2"), elsewhere = f.sign_in("user-1", "other");
    CHECK(user.claims.sid() == "session-1");
    CHECK(other_user.claims.sid() == "session-2");
    auto pending = cal::make_pending_logout(bye, f.random);
    REQUIRE(pending);
    auto const url = cal::build_end_session_url(f.server, f.client, *pending, {.id_token_hint = user.tokens.id_token.expose()});
    accepted("url", url);
    f.host.advance(std::chrono::hours(24)); // a hint may be old
    auto const back = f.platform.end_session(*url, f.host.now());
    accepted("logout", back);
    CHECK(back->starts_with("http://127.0.0.1:3000/bye?from=logout&state="));
    accepted("return", cal::validate_end_session_response(*back, *pending));
    refused("another state", cal::validate_end_session_response(*back + "x", *pending), error_code::logout_state_mismatch);
    CHECK(f.platform.count(endpoint::end_session) == 1);
    CHECK(f.platform.requests().back().status == 302);
    CHECK(f.platform.requests().back().client_id == "app");
}

TEST_CASE("what was granted to that application by that user ends, and nothing else does") {
    fixture f;
    auto const user = f.sign_in(), other_user = f.sign_in("user-2"), elsewhere = f.sign_in("user-1", "other");
    SECTION("the user of the hint") {
        auto const url = cal::build_end_session_url(f.server, f.client, {}, {.id_token_hint = user.tokens.id_token.expose()});
        CHECK(f.platform.end_session(*url, f.host.now()).value().empty());
        CHECK_FALSE(f.lives(user));
        CHECK(f.lives(other_user));
    }
    SECTION("without a hint, who signed in last") {
        CHECK(f.platform.end_session(*cal::build_end_session_url(f.server, f.client, {}, {}), f.host.now()).value().empty());
        CHECK(f.lives(user));
        CHECK_FALSE(f.lives(other_user));
        CHECK(f.platform.requests().back().client_id == "app");
    }
    CHECK(f.lives(elsewhere));
}

TEST_CASE("a logout with POST, as a browser sends the form") {
    fixture f;
    auto const user = f.sign_in();
    auto pending = cal::make_pending_logout(bye, f.random).value();
    auto const form = cal::build_end_session_form(f.server, f.client, pending, {.id_token_hint = user.tokens.id_token.expose()}).value();
    cal::http_request request;
    request.method = cal::http_method::post;
    request.url = form.url;
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    for (auto const& [name, value] : form.fields) cal::detail::append_form(request.body, name, value);
    auto const answer = f.platform.handle(request, f.host.now());
    CHECK(answer.status == 302);
    accepted("return", cal::validate_end_session_response(cal::find_header(answer.headers, "Location").value_or(""), pending));
    CHECK_FALSE(f.lives(user));
    request.headers.clear();
    CHECK(f.platform.handle(request, f.host.now()).status == 400);
    request.method = cal::http_method::get;
    request.url += "?client_id=app";
    CHECK(f.platform.handle(request, f.host.now()).status == 200);
}

TEST_CASE("the platform redirects nobody to an address that is not registered, and believes no hint of others") {
    fixture f;
    auto const user = f.sign_in();
    std::string const hint(user.tokens.id_token.expose());
    auto const refuse = [&](std::string_view what, std::string const& query) {
        auto const outcome = f.platform.end_session(f.server.end_session_endpoint + query, f.host.now());
        refused(what, outcome, error_code::status_unexpected);
        CHECK(outcome.error().http_status() >= 400);
    };
    refuse("another address", "?client_id=app&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F");
    refuse("its address without its query", "?client_id=app&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fbye");
    refuse("an address of nobody", "?post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fbye%3Ffrom%3Dlogout");
    refuse("a client that is not known", "?client_id=nobody");
    refuse("a hint that was changed", "?id_token_hint=" + hint + "A");
    refuse("a hint of another client", "?client_id=other&id_token_hint=" + hint);
    refuse("a parameter twice", "?client_id=app&client_id=app");
    refuse("another page", "/more?client_id=app");
    CHECK(f.lives(user));
}

TEST_CASE("a logout token ends the session that it means") {
    fixture f;
    auto user = f.sign_in(), again = f.sign_in(), other_user = f.sign_in("user-2");
    auto const keys = user.keys;
    cal::session sessions[] = {f.start(std::move(user)), f.start(std::move(again)), f.start(std::move(other_user))};
    cal::signature_verifier verifier(keys, {cal::signature_algorithm::rs256});
    cal::replay_cache seen;
    cal::logout_token_expectations const expected{.issuer = f.platform.issuer(), .client_id = "app", .typ_required = true, .tokens_seen = &seen};
    auto const receive = [&](std::string const& token) {
        cal::http_request request;
        request.method = cal::http_method::post;
        request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        request.body = "logout_token=" + token;
        auto const claims = cal::validate_logout_token(cal::parse_logout_request(request).value(), verifier, expected, f.host.now());
        if (claims)
            for (auto& session : sessions) (void)session.revoke(claims->subject(), f.host.now());
        return cal::build_logout_response(claims).status;
    };
    auto const ended = [&] {
        std::string text;
        for (auto const& session : sessions) text += session.has_ended() ? '1' : '0';
        return text;
    };
    CHECK(receive(f.platform.make_logout_token({.client_id = "other", .sub = "user-1"}, f.host.now())) == 400);
    CHECK(ended() == "000");
    auto const token = f.platform.make_logout_token({.sub = "user-1", .sid = "session-2"}, f.host.now());
    CHECK(receive(token) == 200);
    CHECK(ended() == "010");
    CHECK(receive(token) == 400);                                                            // replayed
    CHECK(receive(f.platform.make_logout_token({.sid = "session-9"}, f.host.now())) == 200); // nobody is meant
    CHECK(ended() == "010");
    CHECK(receive(f.platform.make_logout_token({.sub = "user-1"}, f.host.now())) == 200);
    CHECK(ended() == "110");
    CHECK(receive(f.platform.make_logout_token({.client_id = "nobody", .sub = "user-2"}, f.host.now())) == 400);
    CHECK(ended() == "110");
}

TEST_CASE("the ID Tokens of a refresh have the sid of the sign-in") {
    fixture f;
    f.sign_in();
    auto session = f.start(f.sign_in());
    f.host.wait_until(*session.next_deadline());
    auto request = session.poll_request(f.host.now());
    REQUIRE(request);
    CHECK(session.handle_response(request->id, f.host.send(*request).value(), f.host.now()));
    CHECK(session.claims()->sid() == "session-2");
}
