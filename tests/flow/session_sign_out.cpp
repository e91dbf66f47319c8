#include <calimatic/flow/session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/sessions.hpp"

namespace cal = calimatic;
using namespace std::chrono_literals;
using support::parameter;
using support::refusal;
using support::session_fixture;
using support::to_response;
using kind = cal::session_event::kind;
using cal::transport_failure;

namespace {

void check_signed_out(session_fixture& f, cal::session& session) {
    CHECK(f.access_token(session) == "signed_out");
    CHECK(f.last(kind::ended).error == cal::error_code::signed_out);
    CHECK(serialize(session).expose().find("token") == std::string_view::npos);
    CHECK(f.resume(serialize(session).expose()).error() == cal::error_code::session_ended);
}

} // namespace

TEST_CASE("a sign-out ends the session here at once, and revokes the refresh token") {
    session_fixture f;
    auto session = f.start();
    session.sign_out(f.now());
    f.take_events(session);
    check_signed_out(f, session);
    CHECK(f.last(kind::ended).generation == session.generation());
    CHECK(f.resume(f.saved.expose()).error() == cal::error_code::session_ended); // a restart does not sign in again
    CHECK_FALSE(session.has_ended());
    auto const request = f.poll(session);
    REQUIRE(request);
    CHECK(request->url == "https://op.example/revoke");
    CHECK(parameter(request->body, "token") == "the-refresh-token");
    CHECK(parameter(request->body, "token_type_hint") == "refresh_token");
    CHECK(parameter(request->body, "client_id") == "client");
    f.answer(session, *request, {200, {}, ""});
    CHECK(session.has_ended());
    CHECK_FALSE(session.last_error());
    check_signed_out(f, session);
    CHECK_FALSE(session.next_deadline());
    session.sign_out(f.now());
    CHECK_FALSE(f.poll(session));
}

TEST_CASE("without a refresh token the access token is revoked, and without an endpoint nothing is") {
    session_fixture f;
    auto user = f.signed_in();
    user.tokens.refresh_token.clear();
    auto session = f.start(std::move(user));
    session.sign_out(f.now());
    auto const request = f.next_request(session);
    CHECK(parameter(request.body, "token") == "the-access-token");
    CHECK(parameter(request.body, "token_type_hint") == "access_token");

    f.metadata.revocation_endpoint.clear();
    auto other = f.start();
    other.sign_out(f.now());
    CHECK(other.has_ended());
    CHECK_FALSE(other.last_error());
    f.take_events(other);
    check_signed_out(f, other);
}

TEST_CASE("a sign-out during a refresh waits for the answer, and revokes the successor") {
    session_fixture f;
    auto session = f.start();
    auto const refresh = f.next_request(session);
    session.sign_out(f.now());
    f.take_events(session);
    check_signed_out(f, session);
    CHECK_FALSE(f.poll(session));
    CHECK(session.next_deadline() == f.now() + 10s);

    SECTION("the answer comes") {
        f.now() += 9s;
        f.answer(session, refresh, to_response({.id_token = f.id_token()}));
        CHECK(f.access_token(session) == "signed_out");
        CHECK(parameter(f.next_request(session).body, "token") == "refresh-2");
    }
    SECTION("it fails") {
        f.fail(session, refresh, transport_failure::no_answer);
        CHECK(parameter(f.next_request(session).body, "token") == "the-refresh-token");
    }
    SECTION("it cannot be read") {
        f.answer(session, refresh, {200, {}, "?"});
        CHECK(parameter(f.next_request(session).body, "token") == "the-refresh-token");
    }
    SECTION("it is a refusal: there is nothing to revoke any more") {
        f.answer(session, refresh, refusal("invalid_grant"));
        CHECK(session.has_ended());
    }
    SECTION("it does not come in time, and then comes late") {
        f.now() += 10s;
        auto const request = f.poll(session);
        REQUIRE(request);
        CHECK(parameter(request->body, "token") == "the-refresh-token");
        CHECK_FALSE(session.handle_response(refresh.id, to_response({}), f.now()));
        f.answer(session, *request, {200, {}, ""});
        CHECK(session.has_ended());
    }
    CHECK(f.access_token(session) == "signed_out");
}

TEST_CASE("a revocation that fails is tried again within its time, and the session has ended all the same") {
    session_fixture f;
    auto session = f.start();
    session.sign_out(f.now());
    auto const begun = f.now();
    int sent = 0;
    while (!session.has_ended()) {
        if (auto const request = f.poll(session)) {
            ++sent;
            if (sent == 1) f.fail(session, *request, transport_failure::not_sent);
            else f.answer(session, *request, {503, {}, ""});
        } else {
            f.now() = *session.next_deadline();
        }
    }
    CHECK(sent > 2);
    CHECK(f.now() <= begun + 10s);
    CHECK(session.last_error() == cal::error_code::server_unavailable);
    check_signed_out(f, session);
}

TEST_CASE("a revocation that is refused or never answered ends, too") {
    session_fixture f;
    auto session = f.start();
    session.sign_out(f.now());
    f.answer(session, f.next_request(session), refusal("invalid_client", 401));
    CHECK(session.has_ended());
    CHECK(session.last_error());

    auto other = f.start();
    other.sign_out(f.now());
    auto const request = f.next_request(other);
    f.now() += 10s;
    CHECK_FALSE(f.poll(other));
    CHECK(other.has_ended());
    CHECK(other.last_error() == cal::error_code::transport_no_answer);
    CHECK_FALSE(other.handle_response(request.id, {200, {}, ""}, f.now()));
}

TEST_CASE("a sign-out before a refresh has left, and one of new tokens that are not saved yet") {
    session_fixture f;
    f.saves = false;
    auto session = f.start();
    session.handle_saved(session.generation());
    f.now() = *session.next_deadline();
    CHECK_FALSE(f.poll(session));
    session.sign_out(f.now());
    CHECK(parameter(f.next_request(session).body, "token") == "the-refresh-token");

    auto other = f.start();
    other.sign_out(f.now());
    CHECK(parameter(f.next_request(other).body, "token") == "the-refresh-token");
}

TEST_CASE("an answer to a question that comes after the sign-out is ignored") {
    session_fixture f(cal::crypto_answers::by_host);
    auto session = f.start();
    auto const request = f.next_request(session);
    CHECK(session.handle_response(request.id, to_response({.id_token = f.id_token()}), f.now()));
    auto const question = session.poll_crypto_question();
    REQUIRE(question);
    session.sign_out(f.now());
    CHECK_FALSE(session.handle_crypto_answer(question->id, cal::answer_inside(*question)));
    CHECK_FALSE(session.poll_crypto_question());
    CHECK(parameter(f.next_request(session).body, "token") == "refresh-2");
}

TEST_CASE("a clock that is set back does not prolong a sign-out") {
    session_fixture f;
    auto session = f.start();
    f.next_request(session);
    session.sign_out(f.now());
    f.now() -= 24h;
    CHECK_FALSE(f.poll(session));
    CHECK(*session.next_deadline() <= f.now() + 10s);
}

TEST_CASE("what is given up counts as unanswered") {
    session_fixture f;
    auto session = f.start();
    session.abort();
    CHECK(f.access_token(session) == "the-access-token");
    auto const request = f.next_request(session);
    session.abort();
    f.take_events(session);
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::transport_cancelled);
    CHECK_FALSE(session.handle_response(request.id, to_response({}), f.now()));
    CHECK(f.poll(session));
    session.sign_out(f.now());
    session.abort();
    CHECK(f.next_request(session).url == "https://op.example/revoke");
    session.abort();
    CHECK(session.has_ended());
    CHECK(session.last_error() == cal::error_code::transport_cancelled);
    session.abort();
}

TEST_CASE("answers to what was never sent, or twice, are ignored") {
    session_fixture f;
    auto session = f.start();
    CHECK_FALSE(session.handle_response(cal::request_id{}, to_response({}), f.now()));
    CHECK_FALSE(session.handle_response(cal::request_id{1}, to_response({}), f.now()));
    CHECK_FALSE(session.handle_failure(cal::request_id{1}, transport_failure::no_answer, f.now()));
    auto const request = f.next_request(session);
    CHECK_FALSE(session.handle_response(cal::request_id{99}, to_response({}), f.now()));
    f.answer(session, request, to_response({}));
    CHECK_FALSE(session.handle_response(request.id, to_response({.access_token = "again"}), f.now()));
    CHECK_FALSE(session.handle_failure(request.id, transport_failure::no_answer, f.now()));
    CHECK(f.access_token(session) == "access-2");
}

TEST_CASE("events that nobody takes do not pile up") {
    session_fixture f;
    auto session = f.start();
    f.saves = false;
    for (int i = 0; i < 50; ++i) {
        f.now() = *session.next_deadline();
        auto request = session.poll_request(f.now());
        if (!request) {
            REQUIRE(session.handle_saved(session.generation()));
            request = session.poll_request(f.now());
        }
        REQUIRE(request);
        session.handle_failure(request->id, transport_failure::not_sent, f.now());
    }
    f.events.clear();
    f.take_events(session);
    CHECK(f.events.size() == 2); // a start, and a failure
}

// Without a user

TEST_CASE("an application's own token is asked for at once, and again and again") {
    session_fixture f;
    auto const how = [&](std::string secret) {
        cal::client_credentials c;
        c.server = f.metadata;
        c.client = {.client_id = "app", .client_secret = std::move(secret), .token_endpoint_auth_method = "client_secret_post"};
        c.scope = "org:users:manage";
        c.resource = {"https://api.example"};
        return c;
    };
    CHECK(cal::session::start(how(""), f.random, f.now()).error() == cal::error_code::client_secret_missing);
    auto session = std::move(cal::session::start(how("the-secret-of-the-app"), f.random, f.now())).value();
    CHECK_FALSE(session.claims());
    CHECK(session.access_token(f.now()).error().got() == "not received");
    auto const request = session.poll_request(f.now()); // nothing is spent, so nothing is saved before
    REQUIRE(request);
    CHECK(parameter(request->body, "grant_type") == "client_credentials");
    CHECK(parameter(request->body, "scope") == "org:users:manage");
    CHECK(parameter(request->body, "resource") == "https://api.example");
    f.answer(session, *request, to_response({.refresh_token = ""}));
    CHECK(f.access_token(session) == "access-2");
    CHECK(session.scope() == "org:users:manage");

    // What is not known is asked again, later, and no refusal is the end.
    for (auto const failure : {transport_failure::no_answer, transport_failure::not_sent}) f.fail(session, f.next_request(session), failure);
    f.answer(session, f.next_request(session), refusal("invalid_grant"));
    f.answer(session, f.next_request(session), refusal("invalid_client", 401));
    CHECK_FALSE(session.has_ended());
    auto const blob = serialize(session);
    f.answer(session, f.next_request(session), to_response({.access_token = "access-3", .refresh_token = "", .id_token = "ignored"}));
    CHECK(f.access_token(session) == "access-3");

    auto again = cal::session::resume(how("the-secret-of-the-app"), blob.expose(), f.random, f.now());
    REQUIRE(again);
    CHECK(parameter(f.next_request(*again).body, "grant_type") == "client_credentials");
    auto fresh = std::move(cal::session::start(how("the-secret-of-the-app"), f.random, f.now())).value();
    auto from_nothing = cal::session::resume(how("the-secret-of-the-app"), serialize(fresh).expose(), f.random, f.now());
    REQUIRE(from_nothing);
    CHECK(from_nothing->poll_request(f.now()));

    session.sign_out(f.now());
    CHECK(parameter(f.next_request(session).body, "token") == "access-3");
}
