// A kiosk whose power fails in the worst moment: the session goes on from what was saved, also in the middle of a refresh

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cal = calimatic;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

cal::testing::simulated_platform platform({.reuse_grace = minutes(1)}); // whoever lost an answer may ask again for a minute
cal::testing::simulated_host host(platform);
cal::testing::seeded_random random_bytes; // a real program takes cal::os_random

/// What survives: the newest `serialize(session)`. A real program writes it to a file of mode 0600, sealed with a key of the host, and says
/// `handle_saved` once it is on the disk.
cal::secret_string disk;

cal::client_information client() { return {.client_id = "kiosk"}; }

[[noreturn]] void fail(cal::error const& error) {
    std::printf("failed: %s\n", error.message().c_str());
    std::exit(1);
}

/// Works on a session until it rests, or until the power fails: after so many requests, before their answers are read.
void work(cal::session& session, std::optional<int> power_fails_after = {}) {
    for (int sent = 0;;) {
        auto request = session.poll_request(host.now());
        bool idle = !request;
        for (; auto event = session.poll_event(); idle = false) {
            if (event->error) std::printf("  %s\n", event->error->message().c_str());
            if (event->generation == 0) continue;
            disk = serialize(session);
            session.handle_saved(event->generation);
        }
        if (idle) return;
        if (!request) continue;
        auto answer = host.send(*request);
        if (++sent == power_fails_after) return;
        if (answer) session.handle_response(request->id, std::move(*answer), host.now());
        else session.handle_failure(request->id, answer.error(), host.now());
    }
}

/// The next start of the program.
cal::session restart() {
    auto session = cal::session::resume(cal::oauth_refresh{platform.metadata(), client()}, disk.expose(), random_bytes, host.now());
    if (!session) fail(session.error()); // damaged, of another version, of another issuer: sign in again, and keep the file for whoever looks into it
    return std::move(*session);
}

void show(std::string_view when, cal::session const& session) {
    auto const token = session.access_token(host.now());
    std::printf("%.*s: %s\n", static_cast<int>(when.size()), when.data(),
        token ? ("signed in as " + std::string(session.claims()->sub()) + ", with an access token").c_str() : token.error().message().c_str());
}

} // namespace

int main() {
    platform.add_user({});
    platform.add_client({.client = client(), .redirect_uris = {"http://127.0.0.1:3000/callback"}});
    auto flow = cal::authorization_code_flow::start(platform.metadata(), client(),
        {.redirect_uri = "http://127.0.0.1:3000/callback", .scope = "openid offline_access"}, random_bytes, host.now());
    if (!flow) fail(flow.error());
    auto const redirect = platform.authorize(*flow->authorization_url(), host.now());
    if (!redirect) fail(redirect.error());
    if (auto taken = flow->handle_redirect(*redirect, host.now()); !taken) fail(taken.error());
    auto user = cal::drive(*flow, host);
    if (!user) fail(user.error());

    {
        auto session = cal::session::start(cal::oauth_refresh{platform.metadata(), client()}, std::move(*user), random_bytes, host.now());
        if (!session) fail(session.error());
        work(*session);
        show("After the sign-in", *session);
    }
    host.advance(minutes(20));
    {
        auto session = restart();
        work(session);
        show("After a restart", session);
    }
    host.advance(hours(8));
    {
        auto session = restart();
        show("After a night", session);
        work(session);
        show("A moment later", session);

        host.advance(minutes(59));
        work(session, 1); // the refresh was sent, and the platform has replaced the token; nobody reads the answer
        std::printf("The power fails in the middle of a refresh.\n");
    }
    host.advance(seconds(20));
    {
        // What was saved says that a refresh had started: it is sent again, while the server may still take it.
        auto session = restart();
        work(session);
        show("After the power failed", session);
    }
}
