#include <calimatic/flow/headless_sign_in.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/headless.hpp"

/// \file
/// Headless sign-ins, and the sessions that come of them, at the simulated platform: under two profiles, with both ways to answer a question.

namespace cal = calimatic;
namespace sim = calimatic::testing;
using namespace std::chrono_literals;
using cal::error_code;
using kind = cal::session_event::kind;

namespace {

constexpr std::string_view password = "correct horse battery staple";

struct kiosk {
    cal::headless_profile profile;
    cal::crypto_answers crypto;
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    sim::seeded_random random;
    cal::client_information client{.client_id = "kiosk"};
    std::vector<cal::session_event> events;
    std::string saved;

    kiosk(bool other_names, cal::crypto_answers answers, sim::simulated_platform_options how = {})
        : profile(other_names ? support::other_profile() : support::camel_case_profile()), crypto(answers), platform(named(std::move(how), profile)) {
        sim::simulated_client registered{.client = {.client_id = "kiosk"}};
        registered.client.client_secret = "the-secret-of-the-kiosk";
        platform.add_client(std::move(registered));
        platform.add_user({});
        sim::simulated_account alice{.first_name = "Alice"};
        alice.password = password;
        alice.applications = {"kiosk"};
        platform.directory().accounts.push_back(std::move(alice));
    }
    static sim::simulated_platform_options named(sim::simulated_platform_options how, cal::headless_profile const& names) {
        how.access_token_signing_alg = "EdDSA";
        how.headless.profile = names;
        return how;
    }

    cal::platform_client us() const { return {platform.issuer(), cal::app_client{"kiosk", "the-secret-of-the-kiosk"}}; }
    cal::headless_refresh how() const { return {us(), profile, platform.metadata(), client.clone()}; }

    /// `codes` are what the user enters when asked.
    cal::result<cal::headless_signed_in> sign_in(std::string_view secret = password, std::vector<std::string> codes = {}) {
        cal::headless_sign_in_options options;
        options.crypto = crypto;
        auto flow = cal::headless_sign_in::start(us(), platform.metadata(), client.clone(), "alice@example.com", secret, random, options);
        REQUIRE(flow);
        struct user_at_the_kiosk {
            sim::simulated_host& host;
            cal::headless_sign_in& flow;
            std::vector<std::string> codes;

            cal::time_point now() const { return host.now(); }
            void wait_until(cal::time_point time) {
                if (!flow.mfa() || codes.empty()) return host.wait_until(time);
                host.advance(5s);
                CHECK(flow.handle_code(codes.front(), codes.front().size() == 6 ? "totp" : "backup_code", host.now()));
                codes.erase(codes.begin());
            }
            cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) { return host.send(request); }
        };
        return cal::drive(*flow, user_at_the_kiosk{host, *flow, std::move(codes)}, cal::answer_inside);
    }
    cal::session start(cal::headless_signed_in user) {
        cal::session_options options;
        options.crypto = crypto;
        auto session = cal::session::start(how(), std::move(user.sign_in), random, host.now(), std::move(options));
        REQUIRE(session);
        take_events(*session);
        return std::move(*session);
    }
    cal::session start() {
        auto user = sign_in();
        support::accepted("sign-in", user);
        return start(std::move(*user));
    }

    void take_events(cal::session& session) {
        while (auto question = session.poll_crypto_question()) session.handle_crypto_answer(question->id, cal::answer_inside(*question));
        while (auto event = session.poll_event()) {
            if (event->generation != 0) {
                saved = cal::serialize(session).expose();
                session.handle_saved(event->generation);
            }
            events.push_back(std::move(*event));
        }
    }
    /// Lives through one request of the session; false where it wants none any more.
    bool step(cal::session& session) {
        for (int turns = 0; turns < 10; ++turns) {
            take_events(session);
            if (auto request = session.poll_request(host.now())) {
                if (auto answer = host.send(*request)) session.handle_response(request->id, std::move(*answer), host.now());
                else session.handle_failure(request->id, answer.error(), host.now());
                take_events(session);
                return true;
            }
            take_events(session);
            auto const deadline = session.next_deadline();
            if (session.has_ended() || !deadline) return false;
            host.wait_until(*deadline);
        }
        FAIL("the session has deadlines and no request");
        return false;
    }
    /// Whether the platform takes the access token that the session gives out now.
    bool is_good(cal::session const& session) {
        auto const token = session.access_token(host.now());
        if (!token) return false;
        auto const answer = host.send(*cal::build_userinfo_request(platform.metadata(), *token));
        return answer && cal::parse_userinfo_response(*answer, "user-1").has_value();
    }
    cal::error const& end() const {
        REQUIRE(events.back().what == kind::ended);
        return *events.back().error;
    }
};

#define EVERY_SETTING                                                                                                                                \
    bool const others = GENERATE(false, true);                                                                                                       \
    auto const answers = GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host)

} // namespace

TEST_CASE("at the simulated platform a password and a code lead to a session that stays fresh, and ends there when the user signs out") {
    EVERY_SETTING;
    sim::simulated_platform_options how;
    how.headless.empty_replies = others;
    kiosk k(others, answers, std::move(how));
    k.platform.headless().second_factors.push_back({.codes = {"123456"}, .backup_codes = {"backup-1"}});
    auto user = k.sign_in(password, {"999999", GENERATE("123456", "backup-1")});
    support::accepted("sign-in", user);
    CHECK(user->sign_in.claims.sub() == "user-1");
    CHECK(user->user.first_name == "Alice");
    auto session = k.start(std::move(*user));
    auto last = std::string();
    auto const begun = k.host.now();
    for (int refreshes = 0; refreshes < 40; ++refreshes) {
        if (refreshes == 10) k.platform.rotate_keys();
        auto const token = session.access_token(k.host.now());
        REQUIRE(token);
        CHECK(*token != last);
        last = *token;
        CHECK(k.is_good(session));
        if (refreshes == 20) { // another process goes on
            auto resumed = cal::session::resume(k.how(), k.saved, k.random, k.host.now(), {.crypto = answers});
            REQUIRE(resumed);
            session = std::move(*resumed);
        }
        while (session.access_token(k.host.now()).value_or("") == last) REQUIRE(k.step(session));
    }
    CHECK(k.host.now() - begun > 40 * 13min);
    CHECK(session.claims()->iat() > begun);
    session.sign_out(k.host.now());
    CHECK(k.step(session));
    CHECK(session.has_ended());
    CHECK_FALSE(session.last_error());
    auto const answer = k.host.send(*cal::build_userinfo_request(k.platform.metadata(), last));
    CHECK_FALSE(cal::parse_userinfo_response(*answer, "user-1"));
}

TEST_CASE("at the simulated platform a device whose clock is wrong keeps its session fresh") {
    EVERY_SETTING;
    sim::simulated_platform_options how;
    how.send_date_header = GENERATE(true, false);
    auto const wrong = GENERATE(cal::milliseconds(-7h), cal::milliseconds(9h));
    kiosk k(others, answers, std::move(how));
    k.host.set_clock(k.host.now() + wrong);
    auto session = k.start();
    CHECK(session.clock().learned().value_or(0ms) != 0ms);
    for (int refreshes = 0; refreshes < 10; ++refreshes) {
        REQUIRE(session.expires_at());
        auto const left = *session.expires_at() - k.host.now();
        CHECK(left > 14min);
        CHECK(left < 15min + 5s);
        auto const before = k.host.now();
        CHECK(k.is_good(session));
        REQUIRE(k.step(session));
        CHECK(k.host.now() - before > 13min);
        CHECK(k.is_good(session));
    }
}

TEST_CASE("what the simulated platform says to a password is told with what to do about it") {
    EVERY_SETTING;
    auto const style = GENERATE(
        sim::simulated_error_style::code_and_message, sim::simulated_error_style::within_error, sim::simulated_error_style::failed_with_code);
    sim::simulated_platform_options how;
    how.headless.error_style = style;
    how.headless.mfa_challenge_lifetime = 60s;
    how.management.sign_in_needs_license = true;
    kiosk k(others, answers, std::move(how));
    SECTION("wrong, and then too often") {
        for (int attempts = 0; attempts < 5; ++attempts) support::refused("wrong", k.sign_in("something else"), error_code::credentials_wrong);
        support::refused("locked", k.sign_in(), error_code::account_locked);
        k.host.advance(10min);
        support::accepted("later", k.sign_in());
    }
    SECTION("no licence") {
        k.platform.directory().accounts.front().applications.clear();
        auto const ended = k.sign_in();
        support::refused("licence", ended, error_code::app_not_licensed);
        CHECK(ended.error().condition() == cal::condition::access_refused);
    }
    SECTION("no code in time") {
        k.platform.headless().second_factors.push_back({});
        auto const begun = k.host.now();
        auto const ended = k.sign_in(password, {"999999"});
        support::refused("late", ended, error_code::mfa_challenge_expired);
        CHECK(k.host.now() - begun >= 60s);
    }
    SECTION("an unknown client") {
        k.platform.add_client({.client = {.client_id = "kiosk"}});
        support::refused("client", k.sign_in(), error_code::platform_client_refused);
    }
}

TEST_CASE("a headless session ends when the simulated platform takes back what it rests on") {
    EVERY_SETTING;
    sim::simulated_platform_options how;
    how.headless.error_style = others ? sim::simulated_error_style::within_error : sim::simulated_error_style::code_and_message;
    how.management.sign_in_needs_license = true;
    kiosk k(others, answers, std::move(how));
    auto session = k.start();
    SECTION("the licence") {
        k.platform.directory().accounts.front().applications.clear();
        CHECK(k.step(session));
        CHECK(k.end() == error_code::app_not_licensed);
        CHECK(k.end().condition() == cal::condition::access_refused);
    }
    SECTION("the sign-in") {
        k.platform.revoke_user("user-1");
        CHECK(k.step(session));
        CHECK(k.end() == error_code::invalid_token);
        CHECK(k.end().condition() == cal::condition::authorize_again);
    }
    SECTION("not the client, which somebody has to mend") {
        k.platform.add_client({.client = {.client_id = "kiosk"}});
        CHECK(k.step(session));
        CHECK(k.events.back().error == error_code::platform_client_refused);
        CHECK_FALSE(session.has_ended());
        sim::simulated_client mended{.client = {.client_id = "kiosk"}};
        mended.client.client_secret = "the-secret-of-the-kiosk";
        k.platform.add_client(std::move(mended));
        CHECK(k.step(session));
        CHECK(k.is_good(session));
        return;
    }
    CHECK(session.has_ended());
    CHECK_FALSE(k.step(session));
}

TEST_CASE("a headless refresh whose answer is lost is settled within its window, as far as the simulated platform lets it be") {
    EVERY_SETTING;
    bool const forgives = GENERATE(true, false);
    sim::simulated_platform_options how;
    if (forgives) how.reuse_grace = 60s;
    kiosk k(others, answers, std::move(how));
    auto session = k.start();
    auto const before = std::string(*session.access_token(k.host.now()));
    REQUIRE(k.platform.inject({.name = "net-response-lost", .endpoint = sim::simulated_endpoint::headless}));
    CHECK(k.step(session));
    CHECK(k.events.back().what == kind::refresh_failed);
    CHECK(session.access_token(k.host.now()).value_or("") == before);
    CHECK(k.step(session));
    CHECK(session.has_ended() != forgives);
    if (forgives) CHECK(k.is_good(session));
    else CHECK(k.end() == error_code::invalid_token);
}
