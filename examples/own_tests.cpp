// A program of one's own, tested in milliseconds: with the simulated platform, and everything that can go wrong

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace cal = calimatic;

// --- The program: a greeting. It knows nothing of the tests, only how it sends.

/// What the screen shows after a sign-in.
template <class Host>
std::string greet(cal::server_metadata const& server, cal::random_source& random, Host& host, auto open_browser) {
    auto flow = cal::authorization_code_flow::start(
        server, {.client_id = "game"}, {.redirect_uri = "http://127.0.0.1:3000/callback", .scope = "openid profile"}, random, host.now());
    if (!flow) return "This game is not set up correctly.";
    auto const redirect = open_browser(*flow->authorization_url());
    if (auto taken = flow->handle_redirect(redirect, host.now()); !taken)
        return taken.error().condition() == cal::condition::access_refused ? "Another time, then." : "That was not the answer.";
    auto user = cal::drive(*flow, host);
    if (user) return "Welcome, " + std::string(user->claims.name()) + "!";
    switch (user.error().condition()) {
    case cal::condition::retry_later:
    case cal::condition::authorize_again: return "Please try again.";
    case cal::condition::access_refused: return "Another time, then.";
    default: return "Something is wrong with the server."; // and user.error().message() goes into the log
    }
}

// --- Its tests.

namespace {

int passed = 0, failed = 0;

void expect(std::string_view what, std::string const& shown, std::string_view wanted) {
    bool const fits = shown == wanted;
    ++(fits ? passed : failed);
    std::printf("%s  %.*s: %s\n", fits ? "ok    " : "FAILED", static_cast<int>(what.size()), what.data(), shown.c_str());
}

/// A platform for each test, so that none disturbs another.
struct fixture {
    cal::testing::simulated_platform platform;
    cal::testing::simulated_host host{platform};
    cal::testing::seeded_random random;

    fixture() {
        platform.add_user({.sub = "user-1", .claims_json = R"({"name":"Alice"})"});
        platform.add_client({.client = {.client_id = "game"}, .redirect_uris = {"http://127.0.0.1:3000/callback"}});
    }
    std::string greeting(cal::testing::user_decision const& decision = {}) {
        return greet(platform.metadata(), random, host,
            [&](std::string_view url) { return platform.authorize(url, host.now(), decision).value_or("http://127.0.0.1:3000/callback"); });
    }
    bool happened() const {
        return std::any_of(platform.requests().begin(), platform.requests().end(), [](auto const& request) { return !request.faults.empty(); });
    }
};

} // namespace

int main() {
    auto const begin = std::chrono::steady_clock::now();

    expect("a user signs in", fixture().greeting(), "Welcome, Alice!");
    expect("a user presses Cancel", fixture().greeting({.allow = false}), "Another time, then.");

    fixture wrong_clock;
    wrong_clock.platform.set_clock_ahead(std::chrono::minutes(11));
    expect("the clock of the device is 11 minutes slow", wrong_clock.greeting(), "Welcome, Alice!");

    // One line for each attack and each failure that the library knows; `faults()` lists them all.
    struct row {
        std::string_view fault, shown;
    };
    for (auto const& [fault, shown] : {
             row{"idt-sig-flip", "Something is wrong with the server."},
             row{"idt-nonce-wrong", "Something is wrong with the server."},
             row{"idt-alg-none", "Something is wrong with the server."},
             row{"az-iss-wrong", "That was not the answer."},
             row{"net-response-lost", "Welcome, Alice!"},   // that of the keys, which can be asked for again
             row{"net-503-retry-after", "Welcome, Alice!"}, // likewise, after the time that it tells
             row{"ok-tok-type-case", "Welcome, Alice!"},
         }) {
        fixture f;
        if (!f.platform.inject(fault)) return 1;
        auto const greeting = f.greeting();
        expect(fault, f.happened() ? greeting : "it did not happen", shown);
    }

    // A code is exchanged once, whatever happens to the answer.
    fixture lost;
    if (!lost.platform.inject({.name = "net-response-lost", .endpoint = cal::testing::simulated_endpoint::token})) return 1;
    expect("the answer to the exchange is lost", lost.greeting(), "Please try again.");
    expect("the code was sent", std::to_string(lost.platform.count(cal::testing::simulated_endpoint::token)) + " time", "1 time");

    auto const spent = std::chrono::duration_cast<cal::milliseconds>(std::chrono::steady_clock::now() - begin);
    std::printf("%d passed, %d failed, in %lld ms\n", passed, failed, static_cast<long long>(spent.count()));
    return failed == 0 ? 0 : 1;
}
