#include <calimatic/flow/session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/sessions.hpp"

namespace cal = calimatic;
using namespace std::chrono_literals;
using support::parameter;
using support::session_fixture;
using support::to_response;
using kind = cal::session_event::kind;
using cal::transport_failure;

#define BOTH_MODES session_fixture f(GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host))

TEST_CASE("a clock that is wrong is told in words, and its offset serves the check of the token that came with it") {
    BOTH_MODES;
    bool const dated = GENERATE(true, false);
    auto session = f.start();
    auto const request = f.next_request(session);
    f.now() += 11min;
    auto const id_token = f.id_token(); // of a server whose clock is right
    auto const date = support::http_date(f.now());
    f.now() -= 11min;
    f.answer(session, request, to_response({.id_token = id_token}, dated ? std::string_view(date) : std::string_view()));
    CHECK(f.access_token(session) == "access-2");
    CHECK(f.last(kind::clock_corrected).text == "this device's clock is 11 minutes slow");
    CHECK(session.clock().describe() == "this device's clock is 11 minutes slow");
    CHECK(session.expires_at() == f.now() + 1h); // by this device's clock, right or wrong
    auto const restored = f.restart(session);    // it outlives the process
    CHECK(restored.clock().learned() == session.clock().learned());

    // Somebody sets the clock right; the next answer finds that out.
    f.now() += 11min;
    auto const next = f.next_request(session);
    f.answer(session, next, to_response({.access_token = "access-3", .id_token = f.id_token()}, support::http_date(f.now())));
    CHECK(f.access_token(session) == "access-3");
    CHECK(f.last(kind::clock_corrected).text.empty());
}

TEST_CASE("without a Date an offset is believed only together with a token that keeps every rule") {
    BOTH_MODES;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.now() += 11min;
    auto const id_token = f.id_token({{"sub", "\"mallory\""}});
    f.now() -= 11min;
    f.answer(session, request, to_response({.id_token = id_token}));
    CHECK(f.last(kind::ended).error == cal::error_code::id_token_changed);
    CHECK_FALSE(f.happened(kind::clock_corrected));
}

TEST_CASE("a clock that is set forward, or a device that slept, finds its token over and refreshes at once") {
    session_fixture f;
    auto session = f.start();
    f.now() += 24h * 365 * 30;
    CHECK(f.access_token(session) == "access_token_unavailable");
    auto const request = f.poll(session);
    REQUIRE(request);
    f.answer(session, *request, to_response({}));
    CHECK(f.access_token(session) == "access-2");
}

TEST_CASE("a clock that is set back neither prolongs a token nor a wait") {
    session_fixture f;
    auto session = f.start();
    f.now() += 30min;
    CHECK_FALSE(f.poll(session));
    auto const left = *session.expires_at() - f.now();
    f.now() -= 24h * 365 * 30;
    CHECK_FALSE(f.poll(session));
    CHECK(*session.expires_at() - f.now() == left);
    CHECK(*session.next_deadline() < f.now() + 30min);
    CHECK(f.access_token(session) == "the-access-token");

    f.fail(session, f.next_request(session), transport_failure::not_sent);
    f.now() -= 5min;
    CHECK_FALSE(f.poll(session));
    CHECK(*session.next_deadline() <= f.now() + 1250ms);
}

TEST_CASE("a clock that is set back closes the window of a refresh without answer, and drops the offset") {
    session_fixture f;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.answer(session, request, to_response({.access_token = "access-2"}, support::http_date(f.now() + 11min)));
    REQUIRE(session.clock().learned());
    f.fail(session, f.next_request(session), transport_failure::no_answer);
    auto small = f.restart(session);
    f.now() -= 1s; // as time services do
    CHECK(small.poll_request(f.now()));
    f.now() -= 2s;
    f.events.clear();
    CHECK_FALSE(f.poll(session));
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
    CHECK_FALSE(session.clock().learned());
    CHECK(f.access_token(session) == "access-2");
    auto restarted = f.restart(session); // which does not open it again
    CHECK_FALSE(restarted.poll_request(f.now()));
    f.now() += 2h;
    CHECK_FALSE(f.poll(session));
    CHECK(session.has_ended());
    CHECK(f.last(kind::ended).error == cal::error_code::refresh_outcome_unknown);
}

TEST_CASE("a refresh during which the clock was set back is not sent again: nobody knows how long it took") {
    session_fixture f;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.now() -= 3s;
    f.fail(session, request, transport_failure::no_answer);
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
    CHECK_FALSE(f.poll(session));
    CHECK(f.access_token(session) == "the-access-token");
}

TEST_CASE("a fast clock that somebody sets right is told, too") {
    session_fixture f;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.answer(session, request, to_response({}, support::http_date(f.now() - 11min)));
    CHECK(f.last(kind::clock_corrected).text == "this device's clock is 11 minutes fast");
    f.now() -= 11min;
    CHECK_FALSE(f.poll(session));
    CHECK(f.last(kind::clock_corrected).text.empty());
    CHECK_FALSE(session.clock().learned());
}

TEST_CASE("a device without a clock may be set to a date that is no better, and learns anew") {
    session_fixture f;
    f.now() = cal::time_point{} + 1min;
    f.server.edit_claims = [](std::string claims) {
        claims = support::with_member(claims, "iat", std::to_string(support::seconds_of(support::noon)));
        return support::with_member(claims, "exp", std::to_string(support::seconds_of(support::noon) + 300));
    };
    auto session = f.start();
    f.now() += 24h * 365 * 50; // 2019
    auto const request = f.next_request(session);
    auto const real = support::noon + 1h;
    f.answer(session, request, to_response({}, support::http_date(real)));
    CHECK(session.clock().correct(f.now()) >= real - 2s);
    CHECK(session.clock().correct(f.now()) <= real + 2s);
}

TEST_CASE("a clock that is set back while an answer is on its way teaches nothing") {
    session_fixture f;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.now() -= 1h;
    f.answer(session, request, to_response({}, support::http_date(f.now() + 1h)));
    CHECK(f.access_token(session) == "access-2");
    CHECK(session.expires_at() == f.now() + 1h);
    CHECK_FALSE(session.clock().learned());
}

TEST_CASE("a device that boots in 1970 keeps its session over the next boot, too") {
    BOTH_MODES;
    f.now() = cal::time_point{} + 1min;
    f.server.edit_claims = [](std::string claims) {
        claims = support::with_member(claims, "iat", std::to_string(support::seconds_of(support::noon)));
        return support::with_member(claims, "exp", std::to_string(support::seconds_of(support::noon) + 300));
    };
    auto session = f.start();
    CHECK(session.clock().describe() == "this device's clock is 57 years slow");
    CHECK(f.access_token(session) == "the-access-token");
    f.now() += 5h;
    f.answer(session, f.next_request(session), to_response({}));
    auto const blob = serialize(session);

    // Days later the clock begins anew: how old the tokens are is not known, so they are refreshed.
    auto const real = support::noon + 72h;
    f.now() = cal::time_point{} + 2min;
    auto again = f.resume(blob.expose());
    REQUIRE(again);
    CHECK_FALSE(again->clock().learned());
    auto const request = f.next_request(*again);
    auto const booted = f.now();
    f.now() = real;
    auto const id_token = f.id_token();
    f.now() = booted;
    f.answer(*again, request, to_response({.access_token = "access-3", .id_token = id_token}, support::http_date(real)));
    auto const keys = f.next_request(*again);
    f.answer(*again, keys, f.server.handle(keys, f.now()).value());
    CHECK(f.access_token(*again) == "access-3");
    CHECK(again->clock().correct(f.now()) > real - 3s);

    // Then the network sets the clock.
    f.now() = real + 1min;
    f.answer(*again, f.next_request(*again), to_response({.access_token = "access-4", .id_token = f.id_token()}, support::http_date(f.now())));
    CHECK(f.access_token(*again) == "access-4");
    CHECK(again->clock().describe().empty());
}

TEST_CASE("the ends of time are no trouble") {
    for (auto const time : {(cal::time_point::min)(), (cal::time_point::max)()}) {
        session_fixture f;
        auto session = f.start();
        f.now() = time;
        if (auto const request = f.poll(session)) f.fail(session, *request, transport_failure::no_answer);
        f.poll(session);
        CHECK_FALSE(session.handle_unauthorized("x", time));
        session.sign_out(time);
        f.poll(session);
        session.abort();
        f.options.timing = {(cal::milliseconds::max)(), (cal::milliseconds::max)()};
        for (auto* wait :
            {&f.options.first_wait, &f.options.longest_wait, &f.options.ambiguity_window, &f.options.sign_out_wait, &f.options.unauthorized_interval})
            *wait = (cal::milliseconds::max)();
        f.now() = support::noon;
        auto other = f.start();
        f.now() = time;
        if (auto const request = f.poll(other)) f.fail(other, *request, transport_failure::no_answer);
        f.poll(other);
        other.sign_out(time);
        f.poll(other);
        CHECK(f.access_token(other) == "signed_out");
    }
}

TEST_CASE("a client that signs its requests learns from what refuses them that its clock is wrong") {
    session_fixture f;
    auto const real = f.now();
    f.now() -= 11min;
    cal::client_credentials how;
    how.server = f.metadata;
    how.client = {.client_id = "app", .private_jwk = support::rsa_key};
    auto session = std::move(cal::session::start(std::move(how), f.random, f.now(), f.options)).value();
    auto const issued_at = [](cal::http_request const& request) {
        auto const assertion = support::take_apart(parameter(request.body, "client_assertion"));
        return cal::time_point(cal::seconds(support::json_of(assertion.payload).root()["iat"].as_int64().value()));
    };
    auto const first = f.next_request(session);
    CHECK(issued_at(first) == real - 11min);
    auto refusal = support::refusal("invalid_client", 401);
    refusal.headers.push_back({"Date", support::http_date(real)});
    f.answer(session, first, refusal);
    CHECK(f.last(kind::clock_corrected).text == "this device's clock is 11 minutes slow");
    CHECK(f.last(kind::refresh_failed).error->condition() == cal::condition::retry_later);
    auto const second = f.next_request(session);
    CHECK(f.now() < real - 11min + 3s); // soon, and not as late as what somebody has to mend
    CHECK(issued_at(second) >= real);
    f.answer(session, second, refusal); // for another reason, then
    CHECK(f.last(kind::refresh_failed).error->condition() == cal::condition::fix_configuration);
}
