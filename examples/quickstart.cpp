// Signs a user in and keeps the session fresh for hours: on a simulated platform, without a network, in virtual time

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace cal = calimatic;
using std::chrono::minutes;

namespace {

cal::testing::simulated_platform platform({.reuse_grace = minutes(1)}); // the other side: provider, user and browser
cal::testing::simulated_host host(platform);
cal::time_point const begin = host.now();

/// One line for each step, with the hours and minutes since the beginning.
void say(std::string_view step, std::string_view what) {
    auto const minute = std::chrono::duration_cast<minutes>(host.now() - begin).count();
    std::printf("%lld:%02lld  %-10.*s %.*s\n", static_cast<long long>(minute / 60), static_cast<long long>(minute % 60),
        static_cast<int>(step.size()), step.data(), static_cast<int>(what.size()), what.data());
}
template <class T>
T require(cal::result<T> result) {
    if (result) return std::move(*result);
    say("failed", result.error().message()); // what broke, where that rule is written, and what to do
    std::exit(1);
}

/// What a program does with a session's events. A real one writes `serialize(session)` to safe storage before it says `handle_saved`.
void handle(cal::session& session, cal::session_event const& event) {
    using kind = cal::session_event::kind;
    auto const saved = serialize(session);
    if (event.generation != 0) session.handle_saved(event.generation);
    auto const saved_text = "saved, " + std::to_string(saved.size()) + " bytes";
    switch (event.what) {
    case kind::refresh_started: say("refresh", "started, and " + saved_text); break;
    case kind::tokens_received: say("refresh", "answered, with a key that is new, and " + saved_text); break;
    case kind::tokens_changed: say("tokens", "new ones, " + saved_text); break;
    case kind::refresh_failed: say("refresh", event.error->message()); break;
    case kind::scope_reduced: say("scope", event.text); break;
    case kind::clock_corrected: say("clock", event.text); break;
    case kind::ended: say("ended", event.error->message()); break;
    }
}

/// The loop of a program, as often as there is something to do, for so long.
void run(cal::session& session, cal::milliseconds duration) {
    cal::pump pump;
    auto const send = [](cal::http_request const& request, auto answer) { answer(host.send(request)); };
    auto const end = host.now() + duration;
    for (;;) {
        bool idle = !pump(session, send, host.now());
        for (; auto event = session.poll_event(); idle = false) handle(session, *event);
        auto const deadline = session.next_deadline();
        if (!idle) continue;
        if (session.has_ended() || !deadline || *deadline >= end) break;
        host.wait_until(*deadline);
    }
    if (!session.has_ended()) host.wait_until(end);
}

} // namespace

int main() {
    platform.add_user({.sub = "user-1", .claims_json = R"({"name":"Alice","email":"alice@example.com"})"});
    platform.add_client({.client = {.client_id = "quickstart"}, .redirect_uris = {"http://127.0.0.1:3000/callback"}});

    auto const server = require(cal::drive(cal::discover(platform.issuer()), host));
    say("discovered", server.issuer);

    cal::client_information const client{.client_id = "quickstart"}; // a distributed program has no secret
    cal::testing::seeded_random random;                              // a real one takes cal::os_random
    auto flow = require(cal::authorization_code_flow::start(server, client.clone(),
        {.redirect_uri = "http://127.0.0.1:3000/callback", .scope = "openid profile email offline_access"}, random, host.now()));
    auto const redirect = require(platform.authorize(*flow.authorization_url(), host.now())); // the user signs in, in the browser
    if (auto taken = flow.handle_redirect(redirect, host.now()); !taken) return say("failed", taken.error().message()), 1;
    auto user = require(cal::drive(flow, host));
    say("signed in",
        "iss " + std::string(user.claims.iss()) + ", sub " + std::string(user.claims.sub()) + ", name " + std::string(user.claims.name()));
    say("granted", user.tokens.scope);

    auto const sub = std::string(user.claims.sub());
    auto session = require(cal::session::start({server, client.clone()}, std::move(user), random, host.now()));
    run(session, minutes(70)); // the access token is good for an hour

    platform.rotate_keys();
    say("platform", "has new keys");
    run(session, minutes(60));

    if (!platform.inject("net-response-lost")) return 1;
    say("platform", "will act, and its next answer will be lost");
    run(session, minutes(60));

    auto const token = require(session.access_token(host.now()));
    auto const info = require(cal::drive(cal::single_request(cal::build_userinfo_request(server, token),
                                             [&](cal::http_response const& response) { return cal::parse_userinfo_response(response, sub); }),
        host));
    say("UserInfo", info.email());

    session.sign_out(host.now());
    run(session, minutes(1));
    say("revoked", session.last_error() ? session.last_error()->message() : "and nothing is left");
}
