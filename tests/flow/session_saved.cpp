#include <calimatic/flow/session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstddef>
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

std::string refresh_token_of(cal::http_request const& request) { return parameter(request.body, "refresh_token"); }

/// The blob with a member replaced, added, or left out where `json` is empty.
std::string edited(std::string_view blob, std::string_view member, std::string_view json) { return support::with_member(blob, member, json); }

} // namespace

TEST_CASE("a session goes on in another process as it was") {
    session_fixture f;
    auto const before = f.start();
    f.now() += 10min;
    auto session = f.restart(before);
    CHECK(f.access_token(session) == "the-access-token");
    CHECK(session.claims()->sub() == "alice");
    CHECK(session.claims()->name() == "Alice");
    CHECK(session.id_token() == before.id_token());
    CHECK(session.scope() == "openid email");
    CHECK(session.expires_at() == before.expires_at());
    CHECK(session.generation() == before.generation());
    CHECK(serialize(session).size() == serialize(before).size());
    CHECK_FALSE(f.poll(session));
    CHECK(*session.next_deadline() > f.now() + 40min);
}

TEST_CASE("a session restored in the middle of a refresh sends it again within the window, and later not") {
    for (auto const crash : {"before it left", "in flight", "after a failure"}) {
        INFO(crash);
        session_fixture f;
        auto session = f.start();
        auto const request = f.next_request(session);
        if (crash == std::string_view("after a failure")) f.fail(session, request, transport_failure::no_answer);
        auto const blob = crash == std::string_view("before it left") ? std::move(f.saved) : serialize(session);
        auto const started_at = f.now();

        f.now() = started_at + 59s;
        auto early = f.resume(blob.expose());
        REQUIRE(early);
        auto const again = f.poll(*early);
        REQUIRE(again);
        CHECK(refresh_token_of(*again) == "the-refresh-token");
        f.answer(*early, *again, to_response({}));
        CHECK(f.access_token(*early) == "access-2");

        f.now() = started_at + 60s;
        f.events.clear();
        auto late = f.resume(blob.expose());
        REQUIRE(late);
        f.take_events(*late);
        CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
        CHECK_FALSE(f.poll(*late));
        f.now() = started_at + 10h;
        CHECK_FALSE(f.poll(*late));
        CHECK(late->has_ended());
        CHECK(f.access_token(*late) == "refresh_outcome_unknown");
    }
}

TEST_CASE("a device without a clock does not take an old refresh for a fresh one") {
    session_fixture f;
    auto session = f.start();
    REQUIRE(f.next_request(session).id != cal::request_id{});
    auto const blob = serialize(session);
    f.now() = cal::time_point{} + 1min;
    auto restored = f.resume(blob.expose());
    REQUIRE(restored);
    f.take_events(*restored);
    CHECK(f.last(kind::refresh_failed).error == cal::error_code::refresh_outcome_unknown);
    CHECK_FALSE(f.poll(*restored));
    CHECK(f.access_token(*restored) == "the-access-token"); // for as long as it had left
    f.now() += 2h;
    CHECK_FALSE(f.poll(*restored));
    CHECK(restored->has_ended());
}

TEST_CASE("what was saved is refused where it is damaged, of another version, or of somebody else, and nothing is lost") {
    session_fixture f;
    auto session = f.start();
    f.answer(session, f.next_request(session), to_response({.id_token = f.id_token({{"name", "\"A\""}})}));
    auto const saved = serialize(session);
    std::string const blob(saved.expose());
    REQUIRE(f.resume(blob));
    auto const session_without_refresh_token = f.signed_in();

    struct row {
        std::string_view what;
        std::string blob;
        cal::error_code code;
    };
    row const rows[] = {
        {"empty", "", cal::error_code::blob_malformed},
        {"not JSON", "session", cal::error_code::blob_malformed},
        {"cut", blob.substr(0, blob.size() - 1), cal::error_code::blob_malformed},
        {"followed by something", blob + "{}", cal::error_code::blob_malformed},
        {"another value", std::string(serialize(cal::token_set{}).expose()), cal::error_code::blob_malformed},
        {"older", edited(blob, "version", "0"), cal::error_code::blob_version_unknown},
        {"newer", edited(blob, "version", "2"), cal::error_code::blob_version_unknown},
        {"version is a text", edited(blob, "version", "\"1\""), cal::error_code::blob_malformed},
        {"another method", edited(blob, "method", "\"client_credentials\""), cal::error_code::blob_malformed},
        {"no method", edited(blob, "method", ""), cal::error_code::blob_malformed},
        {"another issuer", edited(blob, "issuer", "\"https://op.example/\""), cal::error_code::session_of_another_server},
        {"no issuer", edited(blob, "issuer", ""), cal::error_code::blob_malformed},
        {"another client", edited(blob, "client_id", "\"client-2\""), cal::error_code::session_of_another_client},
        {"no generation", edited(blob, "generation", ""), cal::error_code::blob_malformed},
        {"a negative generation", edited(blob, "generation", "-1"), cal::error_code::blob_malformed},
        {"a broken generation", edited(blob, "generation", "1.5"), cal::error_code::blob_malformed},
        {"a generation that JSON cannot tell", edited(blob, "generation", "9007199254740993"), cal::error_code::blob_malformed},
        {"no time of saving", edited(blob, "saved_at", ""), cal::error_code::blob_malformed},
        {"an impossible time", edited(blob, "saved_at", "9223372036854775807"), cal::error_code::blob_malformed},
        {"no tokens", edited(blob, "tokens", ""), cal::error_code::blob_malformed},
        {"tokens without one", edited(blob, "tokens", serialize(cal::token_set{}).expose()), cal::error_code::blob_malformed},
        {"tokens of another kind", edited(blob, "tokens", "{}"), cal::error_code::blob_malformed},
        {"tokens that are null", edited(blob, "tokens", "null"), cal::error_code::blob_malformed},
        {"damaged received tokens", edited(blob, "received", "[]"), cal::error_code::blob_malformed},
        {"no claims", edited(blob, "claims", ""), cal::error_code::blob_malformed},
        {"claims that are none", edited(blob, "claims", "[]"), cal::error_code::blob_malformed},
        {"claims of another issuer", edited(blob, "claims", R"({"iss":"https://evil.example","sub":"alice","aud":"client","exp":1,"iat":1})"),
            cal::error_code::blob_malformed},
        {"claims for another client", edited(blob, "claims", R"({"iss":"https://op.example","sub":"alice","aud":"other","exp":1,"iat":1})"),
            cal::error_code::blob_malformed},
        {"claims without sub", edited(blob, "claims", R"({"iss":"https://op.example","aud":"client","exp":1,"iat":1})"),
            cal::error_code::blob_malformed},
        {"claims without exp", edited(blob, "claims", R"({"iss":"https://op.example","sub":"alice","aud":"client","iat":1})"),
            cal::error_code::blob_malformed},
        {"claims without iat", edited(blob, "claims", R"({"iss":"https://op.example","sub":"alice","aud":"client","exp":1})"),
            cal::error_code::blob_malformed},
        {"claims without aud", edited(blob, "claims", R"({"iss":"https://op.example","sub":"alice","exp":1,"iat":1})"),
            cal::error_code::blob_malformed},
        {"damaged newest claims", edited(blob, "latest_claims", "{}"), cal::error_code::blob_malformed},
        {"a refresh without a token to refresh with",
            edited(edited(blob, "tokens", edited(serialize(session_without_refresh_token.tokens).expose(), "refresh_token", "")),
                "refresh_started_at", std::to_string(f.now().time_since_epoch().count())),
            cal::error_code::blob_malformed},
        {"a refresh at no time", edited(blob, "refresh_started_at", "\"now\""), cal::error_code::blob_malformed},
        {"a last try that is not true", edited(blob, "last_try", "false"), cal::error_code::blob_malformed},
        {"an offset that is no number", edited(blob, "clock_offset", "\"1\""), cal::error_code::blob_malformed},
        {"ended", edited(blob, "ended", "true"), cal::error_code::session_ended},
        {"too large", blob + std::string(1'100'000, ' '), cal::error_code::blob_malformed},
    };
    auto const generation = session.generation();
    for (auto const& row : rows) {
        support::refused(row.what, f.resume(row.blob), row.code);
        support::refused(row.what, session.replace_tokens(row.blob, f.now()), row.code);
        CHECK(f.access_token(session) == "access-2");
        CHECK(session.generation() == generation);
    }
    CHECK(f.resume(edited(blob, "unknown", "1"))); // a member of the future that does not matter
    for (std::size_t cut = 0; cut < blob.size(); cut += 7) CHECK_FALSE(f.resume(std::string_view(blob).substr(0, cut)));

    support::failing_random broken;
    CHECK(cal::session::resume(f.how(), blob, broken, f.now(), {}).error() == cal::error_code::random_source_failed);
    auto how = f.how();
    how.server.token_endpoint.clear();
    CHECK(cal::session::resume(std::move(how), blob, f.random, f.now(), {}).error() == cal::error_code::endpoint_missing);
}

TEST_CASE("an extreme offset or time in what was saved does no harm") {
    session_fixture f;
    auto const session = f.start();
    std::string const blob(serialize(session).expose());
    for (auto const* offset : {"9223372036854775807", "-9223372036854775808", "0", "90000000"}) {
        auto restored = f.resume(edited(blob, "clock_offset", offset));
        REQUIRE(restored);
        CHECK(f.access_token(*restored) == "the-access-token");
        f.answer(*restored, f.next_request(*restored), to_response({}));
        CHECK(f.access_token(*restored) == "access-2");
    }
    for (auto const* time : {"-62135596800000", "253402300799999"}) {
        auto restored = f.resume(edited(edited(blob, "saved_at", time), "refresh_started_at", time));
        REQUIRE(restored);
        CHECK_FALSE(f.poll(*restored));
    }
}

TEST_CASE("a session of one user at one client is not started for another") {
    session_fixture f;
    auto how = f.how();
    how.server.issuer = "https://other.example";
    CHECK(cal::session::start(std::move(how), f.signed_in(), f.random, f.now()).error() == cal::error_code::session_of_another_server);
    how = f.how();
    how.client.client_id = "client-2";
    CHECK(cal::session::start(std::move(how), f.signed_in(), f.random, f.now()).error() == cal::error_code::session_of_another_client);
    how = f.how();
    how.client.id_token_signed_response_alg = "none";
    CHECK(cal::session::start(std::move(how), f.signed_in(), f.random, f.now()).error() == cal::error_code::jws_alg_unknown);
    support::failing_random broken;
    CHECK(cal::session::start(f.how(), f.signed_in(), broken, f.now()).error() == cal::error_code::random_source_failed);
}

// Tokens that came by another way

namespace {

/// Two processes that hold one session: the second has refreshed it.
struct two_processes : session_fixture {
    cal::session first = start();
    cal::session second = restart(first);
    cal::secret_string newer;

    two_processes() {
        answer(second, next_request(second), to_response({}));
        newer = serialize(second);
        events.clear();
    }
};

} // namespace

TEST_CASE("newer tokens of another process are taken over") {
    two_processes f;
    REQUIRE(f.first.replace_tokens(f.newer.expose(), f.now()));
    f.take_events(f.first);
    CHECK(f.last(kind::tokens_changed).generation == 0); // saved already
    CHECK(f.access_token(f.first) == "access-2");
    CHECK(f.first.generation() == f.second.generation());
    CHECK(refresh_token_of(f.next_request(f.first)) == "refresh-2");
    support::refused("the same again", f.second.replace_tokens(f.newer.expose(), f.now()), cal::error_code::session_not_newer);
}

TEST_CASE("a clock that was set back since does not prolong the tokens that are taken over") {
    two_processes f;
    f.now() -= 30min;
    f.poll(f.first);
    REQUIRE(f.first.replace_tokens(f.newer.expose(), f.now()));
    CHECK(*f.first.expires_at() <= f.now() + 1h);
    CHECK(refresh_token_of(f.next_request(f.first)) == "refresh-2"); // how old they are is not known
}

TEST_CASE("a refusal of a token that was replaced meanwhile does not matter") {
    two_processes f;
    auto const request = f.next_request(f.first);
    CHECK(refresh_token_of(request) == "the-refresh-token");
    // The write-ahead of this process counted on: the other one saved once more.
    f.answer(f.second, f.next_request(f.second), to_response({.access_token = "access-3", .refresh_token = "refresh-3"}));
    REQUIRE(f.first.replace_tokens(serialize(f.second).expose(), f.now()));
    CHECK(f.access_token(f.first) == "access-3");
    CHECK_FALSE(f.poll(f.first));

    SECTION("invalid_grant") { f.answer(f.first, request, refusal("invalid_grant")); }
    SECTION("no answer") { f.fail(f.first, request, transport_failure::no_answer); }
    SECTION("not sent") { f.fail(f.first, request, transport_failure::not_sent); }
    CHECK_FALSE(f.first.has_ended());
    CHECK_FALSE(f.first.last_error());
    CHECK(f.access_token(f.first) == "access-3");
    CHECK(refresh_token_of(f.next_request(f.first)) == "refresh-3");
}

TEST_CASE("a sign-out revokes the tokens that were taken over, whatever becomes of the refresh of the older ones") {
    for (auto const* outcome : {"refused", "answered", "lost"}) {
        INFO(outcome);
        two_processes f;
        auto const request = f.next_request(f.first);
        f.answer(f.second, f.next_request(f.second), to_response({.access_token = "access-3", .refresh_token = "refresh-3"}));
        REQUIRE(f.first.replace_tokens(serialize(f.second).expose(), f.now()));
        f.first.sign_out(f.now());
        if (outcome == std::string_view("refused")) f.answer(f.first, request, refusal("invalid_grant"));
        else if (outcome == std::string_view("answered")) f.answer(f.first, request, to_response({.refresh_token = "refresh-2"}));
        else f.fail(f.first, request, transport_failure::no_answer);
        CHECK(parameter(f.next_request(f.first).body, "token") == "refresh-3");
    }
}

TEST_CASE("an answer that still comes for a token that was replaced does not matter either: what it brings may have been spent") {
    two_processes f;
    auto const request = f.next_request(f.first);
    f.answer(f.second, f.next_request(f.second), to_response({.access_token = "access-3", .refresh_token = "refresh-3"}));
    REQUIRE(f.first.replace_tokens(serialize(f.second).expose(), f.now()));
    f.answer(f.first, request, to_response({.access_token = "access-2b", .refresh_token = "refresh-2"}));
    CHECK(f.access_token(f.first) == "access-3");
    CHECK(f.first.generation() == f.second.generation());
    CHECK(refresh_token_of(f.next_request(f.first)) == "refresh-3");
}

TEST_CASE("tokens taken over end a doubt") {
    two_processes f;
    f.fail(f.first, f.next_request(f.first), transport_failure::no_answer);
    f.answer(f.second, f.next_request(f.second), to_response({.access_token = "access-3", .refresh_token = "refresh-3"}));
    REQUIRE(f.first.replace_tokens(serialize(f.second).expose(), f.now()));
    CHECK(f.access_token(f.first) == "access-3");
    CHECK_FALSE(f.poll(f.first));
    CHECK(serialize(f.first).expose().find("refresh_started_at") == std::string_view::npos);
}

TEST_CASE("what is not settled, of another user, or ended is not taken over") {
    two_processes f;
    support::refused("the other one refreshes", f.first.replace_tokens(edited(f.newer.expose(), "refresh_started_at", "1"), f.now()),
        cal::error_code::session_unsettled);
    auto const sub = R"({"iss":"https://op.example","sub":"mallory","aud":"client","exp":1,"iat":1})";
    support::refused(
        "another user", f.first.replace_tokens(edited(f.newer.expose(), "claims", sub), f.now()), cal::error_code::session_of_another_user);
    CHECK(f.access_token(f.first) == "the-access-token");

    f.saves = false;
    f.now() = *f.first.next_deadline();
    f.poll(f.first);
    f.first.handle_saved(f.first.generation());
    auto const request = f.poll(f.first);
    REQUIRE(request);
    f.answer(f.first, *request, to_response({.access_token = "own"}));
    support::refused("this one has new tokens to save", f.first.replace_tokens(edited(f.newer.expose(), "generation", "1000"), f.now()),
        cal::error_code::session_unsettled);

    f.second.sign_out(f.now());
    support::refused("this one has ended", f.second.replace_tokens(f.newer.expose(), f.now()), cal::error_code::signed_out);
}

TEST_CASE("tokens whose ID Token is still to be checked are checked as of when they came") {
    session_fixture f;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.server.published = {support::other_rsa_key};
    auto const check = [&](cal::session& restarted) {
        auto const keys = f.next_request(restarted);
        CHECK(keys.url == "https://op.example/jwks");
        f.answer(restarted, keys, f.server.handle(keys, f.now()).value());
        CHECK(f.access_token(restarted) == "access-2");
        CHECK(*restarted.expires_at() <= f.now() + 1h);
    };
    auto const restart = [&] {
        f.events.clear();
        auto restarted = f.restart(session);
        CHECK_FALSE(f.happened(kind::refresh_failed)); // its outcome is known
        return restarted;
    };

    SECTION("although the clock was set back since") {
        f.answer(session, request, to_response({.id_token = f.id_token({}, support::other_rsa_key)}, support::http_date(f.now())));
        f.now() -= 2h;
        auto restarted = restart();
        check(restarted);
    }
    SECTION("although the device has no clock any more") {
        f.answer(session, request, to_response({.id_token = f.id_token({}, support::other_rsa_key)}, support::http_date(f.now())));
        f.now() = cal::time_point{} + 1min;
        auto restarted = restart();
        check(restarted);
    }
    SECTION("by the time in the token, if the answer told none") {
        f.now() += 2h;
        auto const id_token = f.id_token({}, support::other_rsa_key);
        f.now() -= 2h;
        f.answer(session, request, to_response({.id_token = id_token}));
        auto restarted = restart();
        check(restarted);
        CHECK(restarted.clock().describe() == "this device's clock is 2 hours slow");
    }
    SECTION("by the time that the answer told, else") {
        f.now() += 2h;
        auto const id_token = f.id_token({}, support::other_rsa_key);
        f.now() -= 2h;
        f.answer(session, request, to_response({.id_token = id_token}, support::http_date(f.now())));
        auto restarted = restart();
        auto const keys = f.next_request(restarted);
        f.answer(restarted, keys, f.server.handle(keys, f.now()).value());
        CHECK(f.last(kind::ended).error == cal::error_code::id_token_iat_future);
    }
    SECTION("and are saved with the word for that") {
        f.answer(session, request, to_response({.id_token = f.id_token({}, support::other_rsa_key)}, support::http_date(f.now())));
        auto const blob = serialize(session);
        CHECK(blob.expose().find("\"dated\":true") != std::string_view::npos);
        support::refused("not a boolean", f.resume(edited(blob.expose(), "dated", "1")), cal::error_code::blob_malformed);
    }
}

TEST_CASE("claims that are as deep as claims may be can be saved and read back") {
    session_fixture f;
    f.server.edit_claims = [](std::string claims) { return support::with_member(claims, "deep", std::string(31, '[') + std::string(31, ']')); };
    CHECK(f.resume(serialize(f.start()).expose()));
}

TEST_CASE("a 401 for tokens that were taken over is not lost with the refresh of the older ones") {
    two_processes f;
    auto const request = f.next_request(f.first);
    f.answer(f.second, f.next_request(f.second), to_response({.access_token = "access-3", .refresh_token = "refresh-3"}));
    REQUIRE(f.first.replace_tokens(serialize(f.second).expose(), f.now()));
    CHECK_FALSE(f.first.handle_unauthorized("access-3", f.now())); // too young
    f.now() += 1min;
    CHECK(f.first.handle_unauthorized("access-3", f.now()));
    SECTION("refused") { f.answer(f.first, request, refusal("invalid_grant")); }
    SECTION("answered") { f.answer(f.first, request, to_response({.refresh_token = "refresh-2"})); }
    SECTION("lost") { f.fail(f.first, request, transport_failure::no_answer); }
    CHECK(f.first.next_deadline() == cal::at_once);
    CHECK(refresh_token_of(f.next_request(f.first)) == "refresh-3");
}
