#include <calimatic/flow/session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/sessions.hpp"

namespace cal = calimatic;
using namespace std::chrono_literals;
using support::session_fixture;
using support::to_response;
using kind = cal::session_event::kind;

namespace {

/// A session whose ID Token has a sid, as the first or the last refresh told it.
cal::session with_sid(session_fixture& f, std::string const& sid) {
    auto session = f.start();
    f.answer(session, f.next_request(session), to_response({.id_token = f.id_token({{"sid", sid}})}));
    f.events.clear();
    return session;
}

void check_revoked(session_fixture& f, cal::session& session) {
    CHECK(session.has_ended());
    CHECK(f.access_token(session) == "session_revoked");
    CHECK(session.access_token(f.now()).error().condition() == cal::condition::authorize_again);
    CHECK_FALSE(session.claims());
    CHECK(session.id_token().empty());
    f.take_events(session);
    CHECK(f.last(kind::ended).error == cal::error_code::session_revoked);
    CHECK(f.last(kind::ended).generation == session.generation());
    CHECK(f.resume(f.saved.expose()).error() == cal::error_code::session_ended); // a restart does not sign in again
    CHECK_FALSE(session.poll_request(f.now() + 24h));
    CHECK_FALSE(session.next_deadline());
}

} // namespace

TEST_CASE("a session ends when it is meant, and only then") {
    struct row {
        std::string_view what;
        cal::session_subject subject;
        bool meant;
    };
    constexpr std::string_view iss = "https://op.example";
    for (auto const& [what, subject, meant] : {
             row{"its user", {iss, "alice"}, true},
             row{"itself", {iss, {}, "s-1"}, true},
             row{"both", {iss, "alice", "s-1"}, true},
             row{"another user", {iss, "bob"}, false},
             row{"another user of that sid", {iss, "bob", "s-1"}, false},
             row{"another session of its user", {iss, "alice", "s-2"}, false},
             row{"another session", {iss, {}, "s-2"}, false},
             row{"a user of another issuer", {"https://op.example/", "alice"}, false},
             row{"a session of another issuer", {"https://other.example", {}, "s-1"}, false},
             row{"a user of no issuer", {{}, "alice"}, false},
             row{"nobody", {iss}, false},
             row{"a part of the user's name", {iss, "alic"}, false},
             row{"the sid as sub", {iss, "s-1"}, false},
         }) {
        INFO(what);
        session_fixture f;
        auto session = with_sid(f, "\"s-1\"");
        CHECK(session.revoke(subject, f.now()) == meant);
        if (meant) {
            check_revoked(f, session);
            CHECK_FALSE(session.revoke(subject, f.now()));
        } else {
            CHECK_FALSE(session.poll_event());
            CHECK(f.access_token(session) == "access-2");
        }
    }
}

TEST_CASE("a session without a sid is ended by its user alone, and a refresh may leave the sid out") {
    session_fixture f;
    auto session = f.start();
    CHECK_FALSE(session.revoke({"https://op.example", {}, "s-1"}, f.now()));
    CHECK_FALSE(session.revoke({"https://op.example", "bob", "s-1"}, f.now()));
    SECTION("named alone") { CHECK(session.revoke({"https://op.example", "alice"}, f.now())); }
    SECTION("named with a session that it may be") { CHECK(session.revoke({"https://op.example", "alice", "s-1"}, f.now())); }

    f.server.edit_id_token = [](std::string token) {
        return support::signed_token(support::rsa_key, support::with_member(support::take_apart(token).payload, "sid", "\"s-1\""));
    };
    auto other = f.start();
    f.answer(other, f.next_request(other), to_response({.id_token = f.id_token()}));
    CHECK(other.claims()->sid() == std::nullopt);
    auto again = f.restart(other);
    for (auto* one : {&other, &again}) CHECK(one->revoke({"https://op.example", {}, "s-1"}, f.now()));
    check_revoked(f, again);
}

TEST_CASE("a session is ended at every step, and no answer revives it") {
    session_fixture f(cal::crypto_answers::by_host);
    cal::session_subject const alice{"https://op.example", "alice"};
    SECTION("a refresh is in flight") {
        auto session = f.start();
        auto const request = f.next_request(session);
        CHECK(session.revoke(alice, f.now()));
        CHECK_FALSE(session.handle_response(request.id, to_response({.id_token = f.id_token()}), f.now()));
        check_revoked(f, session);
    }
    SECTION("its ID Token is being checked") {
        auto session = f.start();
        auto const request = f.next_request(session);
        CHECK(session.handle_response(request.id, to_response({.id_token = f.id_token()}), f.now()));
        auto const question = session.poll_crypto_question();
        REQUIRE(question);
        CHECK(session.revoke(alice, f.now()));
        CHECK_FALSE(session.handle_crypto_answer(question->id, cal::answer_inside(*question)));
        check_revoked(f, session);
    }
    SECTION("its tokens are not saved yet") {
        f.saves = false;
        auto session = f.start();
        auto const unsaved = session.generation();
        CHECK(session.revoke(alice, f.now()));
        CHECK_FALSE(session.handle_saved(unsaved));
        f.saves = true;
        check_revoked(f, session);
    }
}

TEST_CASE("a revocation during a sign-out changes nothing") {
    session_fixture f;
    auto session = f.start();
    session.sign_out(f.now());
    f.take_events(session);
    CHECK_FALSE(session.revoke({"https://op.example", "alice"}, f.now()));
    CHECK(f.access_token(session) == "signed_out");
    CHECK(f.next_request(session).url == "https://op.example/revoke");
}

TEST_CASE("the session of an application is nobody's") {
    session_fixture f;
    cal::client_credentials how;
    how.server = f.metadata;
    how.client = {.client_id = "app", .client_secret = "the-secret-of-the-app"};
    auto session = std::move(cal::session::start(std::move(how), f.random, f.now())).value();
    CHECK_FALSE(session.revoke({"https://op.example", "alice"}, f.now()));
    CHECK_FALSE(session.revoke({"https://op.example", "app"}, f.now()));
    CHECK_FALSE(session.has_ended());
}
