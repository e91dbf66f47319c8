#include <calimatic/flow/session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/headless_sign_ins.hpp"

namespace cal = calimatic;
using namespace std::chrono_literals;
using cal::condition;
using cal::error_code;
using cal::transport_failure;
using kind = cal::session_event::kind;
using support::headless_fixture;
using support::headless_refusal;
using support::http_date;
using support::iso_date;

namespace {

/// Every test runs under two profiles that have no name in common, and with both ways to answer a question.
#define BOTH_PROFILES                                                                                                                                \
    bool const others = GENERATE(false, true);                                                                                                       \
    auto const mode = GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host)
#define FIXTURE headless_fixture f(others ? support::other_profile() : support::camel_case_profile(), mode)

std::string_view text_of(cal::json value) { return value.as_string().value_or("none"); }

/// The refresh token that a request presents: to be refreshed, or revoked.
std::string token_of(cal::http_request const& request, std::string_view name) {
    auto const body = cal::parse_json(request.body, request.body.size());
    REQUIRE(body);
    CHECK(body->root().size() == 1);
    return std::string(text_of(body->root()[name]));
}

constexpr std::string_view first_token = "refresh-1-of-this-session";
constexpr std::string_view second_token = "refresh-2-of-this-session";

} // namespace

TEST_CASE("a headless session refreshes through the headless endpoint when it is due") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    CHECK(f.access_token(session) == "access-1-of-this-session");
    CHECK(session.claims()->sub() == "alice");
    CHECK(session.scope().empty());
    CHECK(session.expires_at() == f.now() + 15min);
    auto const due = session.next_deadline();
    REQUIRE(due);
    CHECK(*due <= f.now() + 14min);
    CHECK(*due > f.now() + 13min);
    f.now() = *due - 1ms;
    CHECK_FALSE(f.poll(session));
    f.now() = *due;
    auto request = f.poll(session);
    REQUIRE(request);
    auto const id = request->id;
    support::sends(cal::result<cal::http_request>(std::move(*request)), cal::http_method::post, "/refresh",
        others ? R"({"refresh_token":"refresh-1-of-this-session"})" : R"({"refreshToken":"refresh-1-of-this-session"})");
    CHECK(session.handle_response(id, f.refresh_response(), f.now()));
    f.take_events(session);
    CHECK(f.access_token(session) == "access-2-of-this-session");
    CHECK(session.expires_at() == f.now() + 15min);
    CHECK_FALSE(f.poll(session));
    CHECK(token_of(f.next_request(session), f.profile.refresh_refresh_token) == second_token);
}

TEST_CASE("what the platform leaves out of a refresh stays as it was") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    auto const id_token = std::string(session.id_token());
    f.answer(session, f.next_request(session), f.refresh_response({.refresh_token = ""}));
    CHECK(f.access_token(session) == "access-2-of-this-session");
    CHECK(session.id_token() == id_token);
    CHECK(session.claims()->sub() == "alice");
    CHECK(token_of(f.next_request(session), f.profile.refresh_refresh_token) == first_token);
}

TEST_CASE("a headless refresh leaves once its start is saved, and what it gives is given out once that is saved") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    f.now() = *session.next_deadline();
    f.saves = false;
    CHECK_FALSE(f.poll(session));
    CHECK(f.events.back().what == kind::refresh_started);
    CHECK_FALSE(f.poll(session));
    CHECK(session.handle_saved(session.generation()));
    auto const request = session.poll_request(f.now());
    REQUIRE(request);
    f.answer(session, *request, f.refresh_response({.id_token = f.id_token()}));
    f.poll(session);
    CHECK(f.last(kind::tokens_changed).generation == session.generation());
    CHECK(f.access_token(session) == "access-1-of-this-session");
    CHECK(session.handle_saved(session.generation()));
    CHECK(f.access_token(session) == "access-2-of-this-session");
}

TEST_CASE("a headless refresh without a readable answer is sent again within its window, and later not") {
    BOTH_PROFILES;
    FIXTURE;
    struct row {
        std::string_view what;
        cal::http_response response;
    };
    row const rows[] = {
        {"gateway", support::reply(502, "")},
        {"gateway that waited", support::reply(504, "")},
        {"page", support::reply(200, "<html>")},
        {"other names", support::reply(200, R"({"at":"access","rt":"refresh"})")},
        {"a time that is none", support::to_response({.expires_at = "in an hour"}, f.profile.refresh_reply)},
    };
    for (auto const& [what, response] : rows) {
        INFO(what);
        headless_fixture g(f.profile, mode);
        auto session = g.start();
        g.answer(session, g.next_request(session), response);
        CHECK(g.last(kind::refresh_failed).error);
        auto const again = g.poll(session);
        REQUIRE(again);
        CHECK(token_of(*again, f.profile.refresh_refresh_token) == first_token);
        g.fail(session, *again, transport_failure::no_answer);
        g.now() += 61s;
        CHECK_FALSE(g.poll(session));
        CHECK(g.last(kind::refresh_failed).error == error_code::refresh_outcome_unknown);
        CHECK(g.access_token(session) != "access-2-of-this-session");
        g.now() += 1h;
        CHECK_FALSE(g.poll(session));
        CHECK(session.has_ended());
        CHECK(g.last(kind::ended).error->condition() == condition::authorize_again);
    }
}

TEST_CASE("a refusal of the refresh token ends a headless session, and every other one waits") {
    struct row {
        std::string_view what;
        cal::http_response response;
        error_code code;
        bool ends;
        condition kind;
    };
    cal::http_response const busy{503, {{"Retry-After", "120"}}, {}};
    row const rows[] = {
        {"token", headless_refusal(401, "INVALID_TOKEN"), error_code::invalid_token, true, condition::authorize_again},
        {"token, with another status", headless_refusal(400, "INVALID_TOKEN"), error_code::invalid_token, true, condition::authorize_again},
        {"account", headless_refusal(401, "INVALID_CREDENTIALS"), error_code::credentials_wrong, true, condition::authorize_again},
        {"user", headless_refusal(404, "USER_NOT_FOUND"), error_code::user_not_found, true, condition::authorize_again},
        {"licence", headless_refusal(403, "APP_NOT_LICENSED"), error_code::app_not_licensed, true, condition::access_refused},
        {"unknown code", headless_refusal(401, "REFRESH_TOKEN_REUSED"), error_code::platform_error, true, condition::authorize_again},
        {"words", headless_refusal(401, ""), error_code::platform_error, true, condition::authorize_again},
        {"RFC 6749", support::refusal("invalid_grant"), error_code::platform_error, true, condition::authorize_again},
        {"in an envelope", support::reply(401, R"({"success":false,"error":"the token is not known"})"), error_code::platform_error, true,
            condition::authorize_again},
        {"client", headless_refusal(401, "INVALID_CLIENT"), error_code::platform_client_refused, false, condition::fix_configuration},
        {"client, RFC 6749", support::refusal("invalid_client", 401), error_code::platform_error, false, condition::fix_configuration},
        {"client, RFC 6749 5.2", support::refusal("unauthorized_client", 401), error_code::platform_error, false, condition::fix_configuration},
        {"page", support::reply(401, "<html>"), error_code::status_unexpected, false, condition::distrust_server},
        {"input", headless_refusal(400, "VALIDATION_ERROR"), error_code::platform_input_refused, false, condition::correct_input},
        {"unknown code at 403", headless_refusal(403, "SOMETHING_NEW"), error_code::platform_error, false, condition::access_refused},
        {"locked", headless_refusal(423, "ACCOUNT_LOCKED"), error_code::account_locked, false, condition::retry_later},
        {"too many", headless_refusal(429, "RATE_LIMITED"), error_code::too_many_requests, false, condition::retry_later},
        {"busy", busy, error_code::server_unavailable, false, condition::retry_later},
    };
    BOTH_PROFILES;
    for (auto const& [what, response, code, ends, wanted] : rows) {
        INFO(what);
        FIXTURE;
        auto session = f.start();
        f.answer(session, f.next_request(session), response);
        CHECK(session.has_ended() == ends);
        auto const& event = f.last(ends ? kind::ended : kind::refresh_failed);
        REQUIRE(event.error);
        CHECK(support::rule_name(event.error->code()) == support::rule_name(code));
        CHECK(static_cast<int>(event.error->condition()) == static_cast<int>(wanted));
        if (ends) {
            CHECK_FALSE(f.poll(session));
            CHECK_FALSE(f.resume(f.saved.expose()));
            continue;
        }
        CHECK(f.access_token(session) == "access-1-of-this-session");
        REQUIRE(event.retry_at);
        CHECK(*event.retry_at >= f.now() + 900ms);
        if (code == error_code::server_unavailable) CHECK(*event.retry_at >= f.now() + 2min);
        CHECK_FALSE(f.poll(session));
        f.now() = *event.retry_at;
        auto const again = f.poll(session);
        REQUIRE(again);
        CHECK(token_of(*again, f.profile.refresh_refresh_token) == first_token);
        f.answer(session, *again, f.refresh_response());
        CHECK(f.access_token(session) == "access-2-of-this-session");
    }
}

TEST_CASE("the ID Token of a headless refresh is bound to that of the sign-in") {
    struct row {
        std::string_view name, value;
        error_code code;
    };
    row const rows[] = {
        {"sub", R"("mallory")", error_code::id_token_changed},
        {"iss", R"("https://evil.example")", error_code::id_token_iss_mismatch},
        {"aud", R"("another-client")", error_code::id_token_aud_mismatch},
        {"azp", R"("client")", error_code::id_token_changed},
        {"nonce", R"("of-a-page")", error_code::id_token_changed},
        {"exp", "1799990000", error_code::id_token_expired},
        {"at_hash", R"("AAAAAAAAAAAAAAAAAAAAAA")", error_code::id_token_at_hash_mismatch},
    };
    BOTH_PROFILES;
    for (auto const& [name, value, code] : rows) {
        INFO(name);
        FIXTURE;
        auto session = f.start();
        auto const request = f.next_request(session);
        f.answer(session, request, f.refresh_response({.id_token = f.id_token({{std::string(name), std::string(value)}})}, http_date(f.now())));
        CHECK(session.has_ended());
        CHECK(support::rule_name(f.last(kind::ended).error->code()) == support::rule_name(code));
    }
    FIXTURE;
    auto session = f.start();
    auto const request = f.next_request(session);
    f.answer(session, request, f.refresh_response({.id_token = f.id_token({{"name", R"("Alice the Second")"}})}));
    CHECK(f.access_token(session) == "access-2-of-this-session");
    CHECK(session.claims()->name() == "Alice the Second");
}

TEST_CASE("a headless session knows when its token ends, however wrong the clock of its device is") {
    struct row {
        std::string_view what;
        cal::milliseconds ahead;
        bool dated, with_id_token;
    };
    row const rows[] = {
        {"told by Date", 5h, true, false},
        {"slow, told by Date", -5h, true, false},
        {"wrong by more than is learned", 72h, true, false},
        {"told by iat", 5h, false, true},
        {"slow, told by iat", -5h, false, true},
    };
    BOTH_PROFILES;
    for (auto const& [what, ahead, dated, with_id_token] : rows) {
        INFO(what);
        FIXTURE;
        auto session = f.start();
        auto const request = f.next_request(session);
        auto answer = support::headless_answer{.expires_at = iso_date(f.now() + 15min)};
        if (with_id_token) answer.id_token = f.id_token();
        auto const response = f.refresh_response(answer, dated ? http_date(f.now()) : std::string());
        f.fail(session, request, transport_failure::not_sent);
        f.now() += ahead; // between two requests: in flight nobody could tell how long it took
        auto const again = f.next_request(session);
        f.answer(session, again, response);
        CHECK(f.access_token(session) == "access-2-of-this-session");
        REQUIRE(session.expires_at());
        CHECK(*session.expires_at() >= f.now() + 14min);
        CHECK(*session.expires_at() <= f.now() + 15min + 2s);
    }
}

TEST_CASE("where nothing tells the platform's time, a token that seems to be over is used until somebody refuses it") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    auto const request = f.next_request(session);
    auto const expired = iso_date(f.now() - 1h);
    SECTION("without a Date") {
        f.answer(session, request, f.refresh_response({.expires_at = expired}));
        CHECK(f.access_token(session) == "access-2-of-this-session");
        CHECK_FALSE(session.expires_at());
        CHECK_FALSE(session.next_deadline());
        f.now() += 1h;
        CHECK(session.handle_unauthorized("access-2-of-this-session", f.now()));
        CHECK(token_of(f.next_request(session), f.profile.refresh_refresh_token) == second_token);
    }
    SECTION("where no time is told at all") {
        f.answer(session, request, support::to_response({}, f.profile.refresh_reply, http_date(f.now())));
        CHECK(f.access_token(session) == "access-2-of-this-session");
        CHECK_FALSE(session.expires_at());
        f.now() += 1h;
        CHECK(session.handle_unauthorized("access-2-of-this-session", f.now()));
        CHECK(token_of(f.next_request(session), f.profile.refresh_refresh_token) == second_token);
    }
    SECTION("with the Date of a cache") {
        auto response = f.refresh_response({.expires_at = expired}, http_date(f.now() - 2h));
        response.headers.push_back({"Age", "7200"});
        f.answer(session, request, response);
        CHECK_FALSE(session.expires_at());
    }
    SECTION("but with a Date it is over, and others are asked for ever more rarely") {
        f.answer(session, request, f.refresh_response({.expires_at = expired}, http_date(f.now())));
        CHECK(f.access_token(session) == "access_token_unavailable");
        auto before = f.now();
        for (auto least = 900ms; least < 20s; least *= 2) {
            auto const next = f.next_request(session);
            CHECK(f.now() - before >= least);
            before = f.now();
            f.answer(session, next, f.refresh_response({.expires_at = expired}, http_date(f.now())));
        }
        CHECK_FALSE(session.has_ended());
    }
}

TEST_CASE("a headless session goes on in another process, under its own method only") {
    BOTH_PROFILES;
    FIXTURE;
    auto const before = f.start();
    auto const blob = cal::serialize(before);
    CHECK(blob.expose().find(R"("method":"headless_refresh")") != std::string_view::npos);
    CHECK(blob.expose().find("ccas_a-secret-of-ours") == std::string_view::npos);
    auto resumed = f.resume(blob.expose());
    REQUIRE(resumed);
    CHECK(f.access_token(*resumed) == "access-1-of-this-session");
    CHECK(resumed->claims()->sub() == "alice");
    CHECK(token_of(f.next_request(*resumed), f.profile.refresh_refresh_token) == first_token);

    auto const other = cal::session::resume(cal::oauth_refresh{f.metadata, f.client.clone()}, blob.expose(), f.random, f.now(), f.options);
    support::refused("OAuth", other, error_code::blob_malformed);
    CHECK(other.error().expected() == "oauth_refresh");
    CHECK(other.error().got() == "headless_refresh");
    support::session_fixture oauth;
    support::refused("headless", f.resume(cal::serialize(oauth.start()).expose()), error_code::blob_malformed);
    auto elsewhere = f.how();
    elsewhere.server.issuer = "https://other.example";
    support::refused("another issuer", cal::session::resume(std::move(elsewhere), blob.expose(), f.random, f.now(), f.options),
        error_code::session_of_another_server);
}

TEST_CASE("a headless session that was saved while keys were waited for learns when its token ends") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    auto answer = support::headless_answer{.id_token = f.id_token({}, support::other_rsa_key), .expires_at = iso_date(f.now() + 15min)};
    f.now() += 1h; // by which the device is fast now
    f.answer(session, f.next_request(session), f.refresh_response(answer));
    CHECK(f.happened(kind::tokens_received));
    CHECK_FALSE(f.happened(kind::clock_corrected));
    f.options.keys = support::public_keys({support::other_rsa_key});
    auto resumed = f.resume(f.saved.expose());
    REQUIRE(resumed);
    f.take_events(*resumed);
    CHECK(f.last(kind::clock_corrected).text == "this device's clock is 1 hour fast");
    CHECK(f.access_token(*resumed) == "access-2-of-this-session");
    CHECK(resumed->expires_at() == f.now() + 15min);
}

TEST_CASE("newer tokens of another process are taken over by a headless session") {
    BOTH_PROFILES;
    FIXTURE;
    auto first = f.start();
    auto second = f.resume(f.saved.expose());
    REQUIRE(second);
    f.answer(*second, f.next_request(*second), f.refresh_response());
    CHECK(first.replace_tokens(f.saved.expose(), f.now()));
    CHECK(f.access_token(first) == "access-2-of-this-session");
}

TEST_CASE("a sign-out of a headless session ends it here, and revokes the refresh token through the headless endpoint") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    session.sign_out(f.now());
    CHECK(f.access_token(session) == "signed_out");
    CHECK_FALSE(session.has_ended());
    auto request = f.poll(session);
    REQUIRE(request);
    auto const id = request->id;
    support::sends(cal::result<cal::http_request>(std::move(*request)), cal::http_method::post, "/logout",
        others ? R"({"revoke":"refresh-1-of-this-session"})" : R"({"refreshToken":"refresh-1-of-this-session"})");
    SECTION("it is") {
        CHECK(session.handle_response(id, support::reply(GENERATE(200, 204), ""), f.now()));
        CHECK(session.has_ended());
        CHECK_FALSE(session.last_error());
    }
    SECTION("it was not good any more") {
        CHECK(session.handle_response(id, headless_refusal(401, "INVALID_TOKEN"), f.now()));
        CHECK(session.has_ended());
        CHECK_FALSE(session.last_error());
    }
    SECTION("it is not") {
        CHECK(session.handle_response(id, headless_refusal(401, "INVALID_CLIENT", "not with ccas_a-secret-of-ours"), f.now()));
        CHECK(session.has_ended());
        REQUIRE(session.last_error());
        CHECK(*session.last_error() == error_code::platform_client_refused);
        CHECK(session.last_error()->server_text() == "not with [secret]");
    }
    SECTION("it is tried again within its time") {
        CHECK(session.handle_failure(id, transport_failure::no_answer, f.now()));
        CHECK_FALSE(session.has_ended());
        f.answer(session, f.next_request(session), support::reply(200, "{}"));
        CHECK(session.has_ended());
        CHECK_FALSE(session.last_error());
    }
    CHECK_FALSE(f.poll(session));
}

TEST_CASE("a sign-out during a headless refresh revokes the successor") {
    BOTH_PROFILES;
    FIXTURE;
    auto session = f.start();
    auto const request = f.next_request(session);
    session.sign_out(f.now());
    CHECK_FALSE(f.poll(session));
    f.answer(session, request, f.refresh_response());
    auto const revocation = f.poll(session);
    REQUIRE(revocation);
    CHECK(token_of(*revocation, f.profile.logout_refresh_token) == second_token);
    f.answer(session, *revocation, support::reply(200, "{}"));
    CHECK(session.has_ended());
}

TEST_CASE("a profile that lacks a name is found out where it is needed, and not later") {
    headless_fixture f;
    auto const start = [&] { return cal::session::start(f.how(), f.signed_in().sign_in, f.random, f.now(), f.options); };
    auto const blob = cal::serialize(f.start());
    auto const whole = f.profile;
    f.profile.refresh_refresh_token.clear();
    support::lacks(start(), "refresh_refresh_token");
    support::lacks(f.resume(blob.expose()), "refresh_refresh_token");
    f.profile = whole;
    for (auto const& [name, member] : {std::pair("refresh_reply.access_token", &cal::headless_token_names::access_token),
             std::pair("refresh_reply.refresh_token", &cal::headless_token_names::refresh_token),
             std::pair("refresh_reply.id_token", &cal::headless_token_names::id_token),
             std::pair("refresh_reply.expires_at", &cal::headless_token_names::expires_at)}) {
        f.profile = whole;
        (f.profile.refresh_reply.*member).clear();
        support::lacks(start(), name);
    }
    f.profile = whole;
    f.profile.logout_refresh_token.clear();
    auto session = f.start(); // which can be refreshed, and not be ended at the platform
    session.sign_out(f.now());
    CHECK_FALSE(f.poll(session));
    CHECK(session.has_ended());
    REQUIRE(session.last_error());
    CHECK(*session.last_error() == error_code::platform_fact_missing);
}

TEST_CASE("what cannot keep a headless session is refused at its start") {
    headless_fixture f;
    auto const start = [&](auto change) {
        auto how = f.how();
        change(how);
        return cal::session::start(std::move(how), f.signed_in().sign_in, f.random, f.now(), f.options);
    };
    support::accepted("as it is", start([](auto&) {}));
    support::accepted("credentials of the host", start([](auto& how) { how.platform.credentials = cal::added_by_host{}; }));
    support::refused("API key", start([](auto& how) { how.platform.credentials = cal::api_key{"key"}; }), error_code::client_id_missing);
    support::refused("no address", start([](auto& how) { how.platform.base_url.clear(); }), error_code::url_malformed);
    support::refused("no keys", start([](auto& how) { how.server.jwks_uri.clear(); }), error_code::endpoint_missing);
    support::refused("another issuer", start([](auto& how) { how.server.issuer = "https://other.example"; }), error_code::session_of_another_server);
    support::refused("another client", start([](auto& how) { how.client.client_id = "other"; }), error_code::session_of_another_client);
}

TEST_CASE("no event of a headless session tells a secret that the platform repeats") {
    BOTH_PROFILES;
    FIXTURE;
    support::recording_trace trace;
    f.options.check.trace = &trace;
    auto session = f.start();
    f.answer(
        session, f.next_request(session), headless_refusal(400, "VALIDATION_ERROR", "cannot use refresh-1-of-this-session of ccas_a-secret-of-ours"));
    auto const& e = *f.last(kind::refresh_failed).error;
    CHECK(e.server_text() == "cannot use [secret] of [secret]");
    CHECK(trace.text().find("refresh-1") == std::string::npos);
    CHECK(trace.text().find("ccas_") == std::string::npos);
}

TEST_CASE("without storage a headless session waits for nothing") {
    BOTH_PROFILES;
    FIXTURE;
    f.options.storage = cal::storage::none;
    f.saves = false;
    auto session = f.start();
    CHECK(f.access_token(session) == "access-1-of-this-session");
    f.answer(session, f.next_request(session), f.refresh_response());
    CHECK(f.access_token(session) == "access-2-of-this-session");
}
