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
using support::refusal;
using support::session_fixture;
using support::to_response;
using kind = cal::session_event::kind;
using cal::transport_failure;

namespace {

#define BOTH_MODES session_fixture f(GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host))

std::string refresh_token_of(cal::http_request const& request) { return parameter(request.body, "refresh_token"); }

} // namespace

// The schedule

TEST_CASE("a refresh leaves when it is due, and not before") {
    session_fixture f;
    auto session = f.start();
    CHECK(f.access_token(session) == "the-access-token");
    CHECK(session.claims()->sub() == "alice");
    CHECK(session.scope() == "openid email");
    auto const due = session.next_deadline();
    REQUIRE(due);
    CHECK(*due <= f.now() + 59min);
    CHECK(*due > f.now() + 58min);
    f.now() = *due - 1ms;
    CHECK_FALSE(f.poll(session));
    f.now() = *due;
    auto const request = f.poll(session);
    REQUIRE(request);
    CHECK(request->method == cal::http_method::post);
    CHECK(request->url == "https://op.example/token");
    CHECK(parameter(request->body, "grant_type") == "refresh_token");
    CHECK(refresh_token_of(*request) == "the-refresh-token");
    CHECK(parameter(request->body, "client_id") == "client");
    CHECK(f.access_token(session) == "the-access-token");
    f.answer(session, *request, to_response({}));
    CHECK(f.access_token(session) == "access-2");
    CHECK(session.expires_at() == f.now() + 1h);
    CHECK(session.next_deadline() > f.now() + 58min);
    CHECK_FALSE(f.poll(session));
    CHECK(refresh_token_of(f.next_request(session)) == "refresh-2");
}

TEST_CASE("what the server leaves out of a refresh stays as it was") {
    session_fixture f;
    auto session = f.start();
    auto const id_token = std::string(session.id_token());
    f.answer(session, f.next_request(session), to_response({.refresh_token = "", .expires_in = ""}));
    CHECK(f.access_token(session) == "access-2");
    CHECK(session.id_token() == id_token);
    CHECK(session.scope() == "openid email");
    CHECK_FALSE(session.expires_at());
    CHECK_FALSE(session.next_deadline()); // nobody said when it ends
    f.now() += 24h;
    CHECK(f.access_token(session) == "access-2");
    CHECK(session.handle_unauthorized("access-2", f.now()));
    CHECK(refresh_token_of(f.next_request(session)) == "the-refresh-token");
}

TEST_CASE("a session restored after its token has expired refreshes at once") {
    session_fixture f;
    auto const before = f.start();
    f.now() += 5h;
    auto session = f.restart(before);
    CHECK(f.access_token(session) == "access_token_unavailable");
    auto const request = f.poll(session);
    REQUIRE(request);
    f.answer(session, *request, to_response({}));
    CHECK(f.access_token(session) == "access-2");
}

TEST_CASE("without a refresh token a session ends with its access token") {
    session_fixture f;
    auto user = f.signed_in();
    user.tokens.refresh_token.clear();
    auto session = f.start(std::move(user));
    auto const end = session.expires_at();
    CHECK(session.next_deadline() == end);
    f.now() = *end - 1ms;
    CHECK_FALSE(f.poll(session));
    CHECK(f.access_token(session) == "the-access-token");
    f.now() = *end;
    CHECK_FALSE(f.poll(session));
    CHECK(session.has_ended());
    CHECK(f.last(kind::ended).error == cal::error_code::refresh_token_missing);
    CHECK(f.access_token(session) == "refresh_token_missing");
    CHECK_FALSE(session.claims());
}

// Persist before publish

TEST_CASE("a refresh leaves once its start is saved, and the new token is given out once it is saved") {
    session_fixture f;
    auto session = f.start();
    f.saves = false;
    f.now() = *session.next_deadline();
    CHECK_FALSE(f.poll(session));
    auto const started = f.last(kind::refresh_started);
    CHECK(started.generation == session.generation());
    CHECK_FALSE(session.next_deadline());
    CHECK_FALSE(session.handle_saved(started.generation - 1));
    CHECK_FALSE(session.handle_saved(started.generation + 1));
    CHECK_FALSE(f.poll(session));
    CHECK(session.handle_saved(started.generation));
    CHECK(session.next_deadline() == cal::at_once);
    auto const request = f.poll(session);
    REQUIRE(request);

    f.answer(session, *request, to_response({}));
    auto const changed = f.last(kind::tokens_changed);
    CHECK(changed.generation == started.generation + 1);
    CHECK(f.access_token(session) == "the-access-token");
    f.now() += 2min; // over
    CHECK(f.access_token(session) == "access_token_unavailable");
    CHECK_FALSE(session.handle_saved(started.generation));
    CHECK(f.access_token(session) == "access_token_unavailable");
    CHECK(session.handle_saved(changed.generation));
    CHECK(f.access_token(session) == "access-2");
}

TEST_CASE("the first tokens are saved before they are given out, too") {
    session_fixture f;
    f.saves = false;
    auto session = f.start();
    CHECK(f.access_token(session) == "access_token_unavailable");
    CHECK(session.access_token(f.now()).error().got() == "handle_saved is waited for");
    CHECK(session.handle_saved(f.last(kind::tokens_changed).generation));
    CHECK(f.access_token(session) == "the-access-token");
}

TEST_CASE("a saving that failed is tried again, without an event") {
    session_fixture f;
    f.saves = false;
    auto session = f.start();
    f.now() += 2h;
    CHECK_FALSE(f.poll(session));
    CHECK_FALSE(session.next_deadline());
    CHECK(session.access_token(f.now()).error().got() == "handle_saved is waited for");
    CHECK(session.handle_saved(session.generation()));
    CHECK(session.access_token(f.now()).error().got() == "expired"); // by now
    CHECK(session.next_deadline() <= f.now());
}

TEST_CASE("without storage nothing is waited for") {
    session_fixture f;
    f.options.storage = cal::storage::none;
    f.saves = false;
    auto session = f.start();
    CHECK(f.access_token(session) == "the-access-token");
    f.answer(session, f.next_request(session), to_response({}));
    CHECK(f.access_token(session) == "access-2");
    for (auto const& event : f.events) CHECK(event.generation == 0);
    CHECK_FALSE(session.handle_saved(session.generation()));
}

// A resource server that refuses

TEST_CASE("a 401 for the current token makes a refresh due, once, and one for another token does not") {
    session_fixture f;
    auto session = f.start();
    f.now() += 10min;
    CHECK_FALSE(session.handle_unauthorized("an-older-token", f.now()));
    CHECK_FALSE(session.handle_unauthorized("", f.now()));
    CHECK_FALSE(f.poll(session));
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    CHECK(session.next_deadline() == cal::at_once);
    auto const request = f.poll(session);
    REQUIRE(request);
    CHECK(session.handle_unauthorized("the-access-token", f.now())); // under way
    CHECK_FALSE(f.poll(session));
    f.answer(session, *request, to_response({}));
    CHECK_FALSE(session.handle_unauthorized("the-access-token", f.now()));
    CHECK_FALSE(session.handle_unauthorized("access-2", f.now())); // a fresh one: another would fare no better
    CHECK_FALSE(f.poll(session));
    f.now() += 30s;
    CHECK(session.handle_unauthorized("access-2", f.now()));
}

TEST_CASE("a 401 that nothing can be done about ends the session") {
    session_fixture f;
    auto user = f.signed_in();
    user.tokens.refresh_token.clear();
    auto session = f.start(std::move(user));
    f.now() += 10min;
    CHECK_FALSE(session.handle_unauthorized("the-access-token", f.now()));
    f.take_events(session);
    CHECK(f.last(kind::ended).error == cal::error_code::invalid_token);
    CHECK_FALSE(session.handle_unauthorized("the-access-token", f.now()));
}

// Failures that lose nothing

TEST_CASE("a 401 that was to be answered with a refresh ends the session when that refresh will not come") {
    session_fixture f;
    auto session = f.start();
    f.answer(session, f.next_request(session), to_response({.expires_in = ""})); // nobody knows when it ends
    f.now() += 1h;
    CHECK(session.handle_unauthorized("access-2", f.now()));
    f.fail(session, f.next_request(session), transport_failure::no_answer);
    f.now() += 1h;
    CHECK_FALSE(f.poll(session));
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
    CHECK_FALSE(session.handle_unauthorized("access-2", f.now()));
    f.take_events(session);
    CHECK(f.last(kind::ended).error == cal::error_code::refresh_outcome_unknown);
}

TEST_CASE("while the server did not act, a session waits longer and longer, and keeps its tokens") {
    struct row {
        std::string_view what;
        cal::result<cal::http_response, transport_failure> outcome;
        std::string_view error;
    };
    row const rows[] = {
        {"not sent", transport_failure::not_sent, "transport_not_sent"},
        {"tok-500", cal::http_response{500, {}, "oops"}, "server_unavailable"},
        {"503", cal::http_response{503, {}, ""}, "server_unavailable"},
        {"tok-429", cal::http_response{429, {}, ""}, "too_many_requests"},
        {"tok-redirect", cal::http_response{307, {{"Location", "https://evil.example"}}, ""}, "redirect_not_followed"},
        {"tok-400-html", cal::http_response{400, {{"Content-Type", "text/html"}}, "<html>"}, "status_unexpected"},
        {"tok-400-no-error", cal::http_response{400, {{"Content-Type", "application/json"}}, "{}"}, "status_unexpected"},
        {"403 of a firewall", cal::http_response{403, {}, "no"}, "status_unexpected"},
        {"temporarily_unavailable", refusal("temporarily_unavailable"), "token_error"},
        {"an error that nobody registered", refusal("quota_exceeded"), "token_error"},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        session_fixture f;
        auto session = f.start();
        cal::milliseconds before{0};
        for (int i = 0; i < 4; ++i) {
            auto const request = f.next_request(session);
            CHECK(refresh_token_of(request) == "the-refresh-token");
            if (row.outcome) f.answer(session, request, *row.outcome);
            else f.fail(session, request, row.outcome.error());
            auto const& failed = f.last(kind::refresh_failed);
            REQUIRE(failed.error);
            CHECK(failed.error->name() == row.error);
            CHECK(session.last_error() == failed.error->code());
            REQUIRE(failed.retry_at);
            auto const wait = *failed.retry_at - f.now();
            CHECK(wait >= 1s * (1 << i));
            CHECK(wait <= 1250ms * (1 << i));
            CHECK(wait > before);
            before = wait;
            CHECK(session.next_deadline() == failed.retry_at);
            CHECK(f.access_token(session) == "the-access-token");
            // A restart finds no refresh whose outcome is unknown.
            CHECK(f.saved.expose().find("refresh_started_at") == std::string_view::npos);
        }
        f.answer(session, f.next_request(session), to_response({}));
        CHECK(f.access_token(session) == "access-2");
        CHECK_FALSE(session.last_error());
    }
}

TEST_CASE("what the server asks to wait is waited") {
    session_fixture f;
    auto session = f.start();
    f.answer(session, f.next_request(session), {503, {{"Retry-After", "100"}}, ""});
    CHECK(f.last(kind::refresh_failed).retry_at == f.now() + 100s);
    f.now() += 99s;
    CHECK_FALSE(f.poll(session));
    f.now() += 1s;
    CHECK(f.poll(session));
}

TEST_CASE("tokens that are over when they come are no reason to ask for others all the time") {
    for (auto const* lifetime : {"0", "-1", "-1e300"}) {
        session_fixture f;
        auto session = f.start();
        auto const begun = f.now();
        int sent = 0;
        while (f.now() < begun + 3h) {
            f.answer(session, f.next_request(session), to_response({.refresh_token = "refresh-" + std::to_string(++sent), .expires_in = lifetime}));
            CHECK(f.access_token(session) == "access_token_unavailable");
        }
        CHECK(sent > 5);
        CHECK(sent < 50);
        f.answer(session, f.next_request(session), to_response({}));
        CHECK(f.access_token(session) == "access-2");
        CHECK(*session.next_deadline() > f.now() + 50min);
    }
}

TEST_CASE("tokens that live for a second are refreshed every second at most") {
    session_fixture f;
    auto session = f.start();
    auto request = f.next_request(session);
    auto const begun = f.now();
    int sent = 0;
    for (; f.now() < begun + 1min; ++sent) {
        f.answer(session, request, to_response({.expires_in = "1"}));
        request = f.next_request(session);
    }
    CHECK(sent <= 60);
    CHECK(sent >= 50);
}

TEST_CASE("what somebody has to mend is asked for rarely, and ends nothing") {
    session_fixture f;
    auto session = f.start();
    f.answer(session, f.next_request(session), refusal("invalid_client", 401));
    CHECK(f.last(kind::refresh_failed).error->condition() == cal::condition::fix_configuration);
    CHECK(*f.last(kind::refresh_failed).retry_at >= f.now() + 5min);
    f.now() += 2h; // the access token is over, and still nothing is lost
    CHECK(f.access_token(session) == "access_token_unavailable");
    f.answer(session, f.next_request(session), to_response({}));
    CHECK(f.access_token(session) == "access-2");
}

TEST_CASE("waits have an upper bound") {
    session_fixture f;
    auto session = f.start();
    for (int i = 0; i < 40; ++i) {
        f.fail(session, f.next_request(session), transport_failure::not_sent);
        CHECK(*f.last(kind::refresh_failed).retry_at <= f.now() + 375s);
    }
}

// A refresh whose outcome is not known

TEST_CASE("a refresh without a readable answer is sent again at once, with the same token") {
    struct row {
        std::string_view what;
        cal::result<cal::http_response, transport_failure> outcome;
    };
    row const rows[] = {
        {"no answer", transport_failure::no_answer},
        {"cancelled", transport_failure::cancelled},
        {"tok-huge", transport_failure::too_large},
        {"502", cal::http_response{502, {}, ""}},
        {"504", cal::http_response{504, {}, ""}},
        {"tok-truncated", cal::http_response{200, {{"Content-Type", "application/json"}}, R"({"access_token":"a)"}},
        {"tok-html", cal::http_response{200, {{"Content-Type", "text/html"}}, "<html>"}},
        {"tok-empty", cal::http_response{200, {}, ""}},
        {"tok-array", cal::http_response{200, {}, "[]"}},
        {"tok-access-missing", cal::http_response{200, {}, R"({"token_type":"Bearer"})"}},
        {"tok-type-mac", cal::http_response{200, {}, R"({"access_token":"a","token_type":"mac"})"}},
        {"tok-error-in-200", refusal("server_error", 200)},
        {"204", cal::http_response{204, {}, ""}},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        session_fixture f;
        auto session = f.start();
        auto const first = f.next_request(session);
        if (row.outcome) f.answer(session, first, *row.outcome);
        else f.fail(session, first, row.outcome.error());
        CHECK(f.last(kind::refresh_failed).retry_at == f.now());
        CHECK(f.access_token(session) == "the-access-token");
        auto const second = f.poll(session);
        REQUIRE(second);
        CHECK(second->id != first.id);
        CHECK(refresh_token_of(*second) == "the-refresh-token");
        CHECK_FALSE(session.handle_response(first.id, to_response({.access_token = "late"}), f.now()));
        f.answer(session, *second, to_response({}));
        CHECK(f.access_token(session) == "access-2");
        CHECK_FALSE(session.last_error());
        CHECK(f.saved.expose().find("refresh_started_at") == std::string_view::npos);
    }
}

TEST_CASE("after the window the token is not sent any more, and the access token is used until its end") {
    session_fixture f;
    auto session = f.start();
    auto const first = f.next_request(session);
    auto const sent_at = f.now();
    int sent = 1;
    f.fail(session, first, transport_failure::no_answer);
    while (session.next_deadline() && f.now() < sent_at + 2min) {
        if (auto const request = f.poll(session)) {
            CHECK(f.now() < sent_at + 60s);
            CHECK(refresh_token_of(*request) == "the-refresh-token");
            f.fail(session, *request, ++sent % 2 ? transport_failure::no_answer : transport_failure::not_sent);
        } else {
            f.now() = (std::max)(f.now() + 1ms, *session.next_deadline());
        }
        if (f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown) break;
    }
    CHECK(sent > 3);
    auto const& gave_up = f.last(kind::refresh_failed);
    CHECK(gave_up.error == cal::error_code::refresh_outcome_unknown);
    CHECK(gave_up.error->condition() == cal::condition::authorize_again);
    CHECK_FALSE(gave_up.retry_at);
    CHECK(f.access_token(session) == "the-access-token");
    CHECK(session.next_deadline() == session.expires_at());
    CHECK_FALSE(f.poll(session));
    CHECK(f.access_token(session) == "the-access-token");
    f.now() = *session.expires_at();
    CHECK_FALSE(f.poll(session));
    CHECK(session.has_ended());
    CHECK(f.last(kind::ended).error == cal::error_code::refresh_outcome_unknown);
}

TEST_CASE("a server that asks to be left alone for longer than the window closes it") {
    session_fixture f;
    auto session = f.start();
    f.answer(session, f.next_request(session), {502, {{"Retry-After", "3600"}}, ""});
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
    CHECK_FALSE(f.poll(session));
}

TEST_CASE("within the window a plain refusal settles the doubt") {
    session_fixture f;
    auto session = f.start();
    f.fail(session, f.next_request(session), transport_failure::no_answer);
    f.answer(session, f.next_request(session), refusal("invalid_grant"));
    CHECK(session.has_ended());
    CHECK(f.last(kind::ended).error->server_error() == "invalid_grant");
}

TEST_CASE("a device that is the only holder may try once more when the access token is over") {
    session_fixture f;
    f.options.last_try = true;
    auto session = f.start();
    auto const end = *session.expires_at();
    auto again = end;
    if (GENERATE(false, true)) { // or later, when the server wants to be asked again
        again = *session.next_deadline() + 1h;
        f.answer(session, f.next_request(session), {502, {{"Retry-After", "3600"}}, ""});
    } else {
        f.answer(session, f.next_request(session), {502, {}, ""});
        f.now() += 1min;
        CHECK_FALSE(f.poll(session));
    }
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
    CHECK(f.last(kind::refresh_failed).retry_at == again);
    CHECK(session.next_deadline() == again);
    f.now() = again;
    auto const request = f.next_request(session);
    CHECK(f.now() == again);
    CHECK(refresh_token_of(request) == "the-refresh-token");
    CHECK(f.saved.expose().find("\"last_try\":true") != std::string_view::npos);

    SECTION("and has tokens again") {
        f.answer(session, request, to_response({}));
        CHECK(f.access_token(session) == "access-2");
        CHECK(f.saved.expose().find("last_try") == std::string_view::npos);
    }
    SECTION("and is refused") {
        f.answer(session, request, refusal("invalid_grant"));
        CHECK(session.has_ended());
    }
    SECTION("and gets no answer: there is no further try") {
        f.fail(session, request, transport_failure::no_answer);
        CHECK(session.has_ended());
        CHECK(f.last(kind::ended).error->condition() == cal::condition::authorize_again);
    }
    SECTION("and what was not sent was no try") {
        f.fail(session, request, transport_failure::not_sent);
        for (int i = 0; i < 3; ++i) {
            f.fail(session, f.next_request(session), transport_failure::not_sent);
            CHECK_FALSE(session.has_ended());
            CHECK(f.saved.expose().find("last_try") == std::string_view::npos);
        }
        auto restarted = f.restart(session);
        f.answer(restarted, f.next_request(restarted), to_response({}));
        CHECK(f.access_token(restarted) == "access-2");
    }
    SECTION("and is restarted in the middle: that was the try") {
        auto restarted = f.restart(session);
        CHECK_FALSE(f.poll(restarted));
        CHECK(restarted.has_ended());
    }
}

TEST_CASE("a last try leaves when it was said to, also where a 401 had called for the refresh") {
    session_fixture f;
    f.options.last_try = true;
    auto session = f.start();
    f.now() += 10min;
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    f.fail(session, f.next_request(session), transport_failure::no_answer);
    CHECK(session.handle_unauthorized("the-access-token", f.now())); // it is still to be sent again
    f.now() += 61s;
    CHECK_FALSE(f.poll(session));
    CHECK(f.last(kind::refresh_failed).retry_at == session.expires_at());
    CHECK(session.next_deadline() == session.expires_at());
    CHECK(session.handle_unauthorized("the-access-token", f.now())); // there is nothing left to lose
    CHECK(refresh_token_of(f.next_request(session)) == "the-refresh-token");
}

TEST_CASE("a 401 while new tokens are checked or saved waits for them") {
    session_fixture f;
    auto session = f.start();
    f.saves = false;
    f.now() = *session.next_deadline();
    CHECK_FALSE(f.poll(session));
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    session.handle_saved(session.generation());
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    auto const request = f.poll(session);
    REQUIRE(request);
    f.server.published = {support::other_rsa_key};
    f.answer(session, *request, to_response({.id_token = f.id_token({}, support::other_rsa_key)}));
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    auto const keys = f.poll(session);
    REQUIRE(keys);
    f.answer(session, *keys, f.server.handle(*keys, f.now()).value());
    CHECK(session.handle_unauthorized("the-access-token", f.now()));
    session.handle_saved(session.generation());
    CHECK(f.access_token(session) == "access-2");
    CHECK_FALSE(f.poll(session));
}

// Refusals

TEST_CASE("a refusal that no later try can change ends the session") {
    for (auto const error :
        {"invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"}) {
        INFO(error);
        session_fixture f;
        auto session = f.start();
        f.answer(session, f.next_request(session), refusal(error));
        CHECK(session.has_ended());
        auto const& ended = f.last(kind::ended);
        CHECK(ended.error == cal::error_code::token_error);
        CHECK(ended.error->server_error() == error);
        CHECK(f.access_token(session) == "token_error");
        CHECK(f.resume(f.saved.expose()).error() == cal::error_code::session_ended);
        CHECK_FALSE(session.next_deadline());
        CHECK_FALSE(f.poll(session));
        f.now() += 24h;
        CHECK_FALSE(f.poll(session));
    }
}

TEST_CASE("an error never tells a secret that the server repeats") {
    session_fixture f;
    f.client.client_secret = "the-secret-of-the-client";
    auto session = f.start();
    auto const request = f.next_request(session);
    f.answer(session, request,
        {400, {},
            R"({"error":"invalid_request","error_description":"no: the-refresh-token of Basic )" +
                std::string("Y2xpZW50OnRoZS1zZWNyZXQtb2YtdGhlLWNsaWVudA==") + R"( the-secret-of-the-client"})"});
    auto const message = f.last(kind::refresh_failed).error->message();
    CHECK(message.find("[secret]") != std::string::npos);
    for (auto const* secret : {"the-refresh-token", "the-secret-of-the-client", "Y2xpZW50OnRoZS1zZWNyZXQ"})
        CHECK(message.find(secret) == std::string::npos);
}

// ID Tokens

TEST_CASE("a refreshed ID Token is bound to the first one") {
    struct row {
        std::string_view what;
        std::vector<std::pair<std::string, std::string>> changes;
        cal::error_code code;
    };
    row const rows[] = {
        {"as the first", {}, cal::error_code::none},
        {"another name", {{"name", "\"Alice B.\""}}, cal::error_code::none},
        {"rt-iss-changed", {{"iss", "\"https://evil.example\""}}, cal::error_code::id_token_iss_mismatch},
        {"rt-sub-changed", {{"sub", "\"mallory\""}}, cal::error_code::id_token_changed},
        {"rt-aud-changed", {{"aud", "\"other\""}}, cal::error_code::id_token_aud_mismatch},
        {"azp appears", {{"azp", "\"client\""}}, cal::error_code::id_token_changed},
        {"another nonce", {{"nonce", "\"other\""}}, cal::error_code::id_token_changed},
        {"idt-exp-past", {{"exp", "1"}}, cal::error_code::id_token_expired},
        {"idt-at_hash-wrong", {{"at_hash", "\"77QmUPtjPfzWtF2AnpK9RQ\""}}, cal::error_code::id_token_at_hash_mismatch},
    };
    BOTH_MODES;
    for (auto const& row : rows) {
        INFO(row.what);
        auto session = f.start();
        auto const request = f.next_request(session);
        f.answer(session, request, to_response({.id_token = f.id_token(row.changes)}));
        if (row.code == cal::error_code::none) {
            CHECK(f.access_token(session) == "access-2");
            CHECK(session.claims()->sub() == "alice");
            auto again = f.restart(session); // which knows both the first and the newest claims, and has no keys
            CHECK(again.claims()->name() == session.claims()->name());
            f.answer(again, f.next_request(again), to_response({.access_token = "access-3", .id_token = f.id_token({{"sub", "\"mallory\""}})}));
            auto const keys = f.poll(again);
            REQUIRE(keys);
            CHECK(keys->url == "https://op.example/jwks");
            f.answer(again, *keys, f.server.handle(*keys, f.now()).value());
            CHECK(again.has_ended());
        } else {
            CHECK(support::rule_name(f.last(kind::ended).error->code()) == support::rule_name(row.code));
            CHECK(session.has_ended());
            CHECK_FALSE(f.poll(session));
        }
    }
}

TEST_CASE("where HS256 is registered the client_secret checks a refreshed ID Token, and no keys are fetched") {
    BOTH_MODES;
    f.server.key = support::hs256_key;
    f.client.client_secret = support::client_secret.substr(0, 32);
    f.client.id_token_signed_response_alg = "HS256";
    auto session = f.restart(f.start());
    f.answer(session, f.next_request(session), to_response({.id_token = f.id_token({}, support::hs256_key)}));
    CHECK(f.access_token(session) == "access-2");
    auto const forged = support::with_flipped_signature(f.id_token({}, support::hs256_key));
    f.answer(session, f.next_request(session), to_response({.access_token = "access-3", .id_token = forged}));
    CHECK(f.last(kind::ended).error == cal::error_code::jws_signature_invalid);
}

TEST_CASE("auth_time must stay what it was, an ID Token need not come, and no nonce need be in it") {
    BOTH_MODES;
    f.server.edit_claims = [](std::string claims) { return support::with_member(claims, "auth_time", "1799999000"); };
    auto session = f.start();
    f.answer(session, f.next_request(session), to_response({}));
    CHECK(f.access_token(session) == "access-2");
    f.answer(session, f.next_request(session), to_response({.access_token = "access-3", .id_token = f.id_token({{"auth_time", "1799999000"}})}));
    CHECK(f.access_token(session) == "access-3");
    f.answer(session, f.next_request(session), to_response({.access_token = "access-4", .id_token = f.id_token({{"auth_time", "1799999001"}})}));
    CHECK(f.last(kind::ended).error == cal::error_code::id_token_changed);
}

TEST_CASE("keys that were rotated are fetched, and the tokens are safe meanwhile") {
    BOTH_MODES;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.server.published = {support::other_rsa_key};
    f.answer(session, request, to_response({.id_token = f.id_token({}, support::other_rsa_key)}));
    CHECK(f.happened(kind::tokens_received));
    CHECK(f.saved.expose().find("refresh-2") != std::string_view::npos);
    CHECK(f.access_token(session) == "the-access-token");

    SECTION("then the new ones are used") {
        auto const keys = f.poll(session);
        REQUIRE(keys);
        CHECK(keys->url == "https://op.example/jwks");
        CHECK_FALSE(f.poll(session));
        f.answer(session, *keys, f.server.handle(*keys, f.now()).value());
        CHECK(f.access_token(session) == "access-2");
        CHECK(f.saved.expose().find("\"received\"") == std::string_view::npos);
    }
    SECTION("also after a restart at that moment") {
        auto again = f.restart(session);
        CHECK(f.access_token(again) == "the-access-token");
        auto const keys = f.poll(again);
        REQUIRE(keys);
        f.answer(again, *keys, f.server.handle(*keys, f.now()).value());
        CHECK(f.access_token(again) == "access-2");
        CHECK(refresh_token_of(f.next_request(again)) == "refresh-2");
    }
    SECTION("however long the keys take") {
        for (int i = 0; i < 12; ++i) {
            auto const keys = f.next_request(session);
            CHECK(keys.url == "https://op.example/jwks");
            f.fail(session, keys, transport_failure::no_answer);
            auto const& failed = f.last(kind::refresh_failed);
            CHECK(failed.error == cal::error_code::transport_no_answer);
            CHECK(failed.retry_at == session.next_deadline());
        }
        auto const keys = f.next_request(session);
        f.answer(session, keys, f.server.handle(keys, f.now()).value());
        CHECK(f.access_token(session) == "access-2");
    }
    SECTION("but a token that fits none of the keys ends the session") {
        f.server.published = {support::rsa_key};
        auto const keys = f.next_request(session);
        f.answer(session, keys, f.server.handle(keys, f.now()).value());
        CHECK(f.last(kind::ended).error == cal::error_code::jwk_not_found);
    }
    SECTION("a sign-out then revokes the newest token") {
        session.sign_out(f.now());
        auto const revocation = f.poll(session);
        REQUIRE(revocation);
        CHECK(parameter(revocation->body, "token") == "refresh-2");
    }
}

TEST_CASE("an answerer that cannot tell ends the session, and so does one that says no") {
    for (auto const answer : {cal::crypto_answer::kind::unavailable, cal::crypto_answer::kind::no, cal::crypto_answer::kind::digest}) {
        session_fixture f(cal::crypto_answers::by_host);
        auto session = f.start();
        auto const request = f.next_request(session);
        CHECK(session.handle_response(request.id, to_response({.id_token = f.id_token()}), f.now()));
        CHECK(session.next_deadline() == cal::at_once);
        auto const question = session.poll_crypto_question();
        REQUIRE(question);
        CHECK_FALSE(session.poll_crypto_question());
        CHECK_FALSE(session.next_deadline());
        CHECK_FALSE(session.handle_crypto_answer(question->id + 1, {answer, {}}));
        CHECK_FALSE(session.handle_crypto_answer(0, {answer, {}}));
        CHECK(session.handle_crypto_answer(question->id, {answer, {}}));
        CHECK_FALSE(session.handle_crypto_answer(question->id, {cal::crypto_answer::kind::yes, {}}));
        if (answer == cal::crypto_answer::kind::no) { // the keys that were held may be old: once more with fresh ones
            auto const keys = session.poll_request(f.now());
            REQUIRE(keys);
            CHECK(session.handle_response(keys->id, f.server.handle(*keys, f.now()).value(), f.now()));
            CHECK(session.handle_crypto_answer(session.poll_crypto_question()->id, {answer, {}}));
        }
        CHECK(session.has_ended());
        CHECK(f.access_token(session) == (answer == cal::crypto_answer::kind::no ? "jws_signature_invalid" : "crypto_unavailable"));
    }
}

TEST_CASE("less scope is told, once") {
    session_fixture f;
    auto session = f.start();
    f.answer(session, f.next_request(session), to_response({.scope = "openid"}));
    CHECK(f.last(kind::scope_reduced).text == "openid");
    CHECK(session.scope() == "openid");
    f.events.clear();
    f.answer(session, f.next_request(session), to_response({.access_token = "access-3"}));
    CHECK(session.scope() == "openid");
    CHECK_FALSE(f.happened(kind::scope_reduced));
}
