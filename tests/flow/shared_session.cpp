#include <calimatic/flow/shared_session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/shared_sessions.hpp"

namespace cal = calimatic;
using namespace std::chrono_literals;
using support::parameter;
using support::refusal;
using support::shared_fixture;
using support::to_response;
using kind = cal::shared_session_event::kind;
using cal::shared_lock;
using cal::transport_failure;

static_assert(cal::machine<cal::shared_session> && cal::asks_crypto<cal::shared_session>);

namespace {

std::string refresh_token_of(cal::http_request const& request) { return parameter(request.body, "refresh_token"); }
constexpr shared_lock locks[] = {shared_lock::by_host, shared_lock::none};

} // namespace

TEST_CASE("a sign-in is stored before its access token is given out, and then others have it, too") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.make(cal::shared_session::start(f.how(), f.signed_in(), f.random, f.now(), f.shared));
        CHECK(f.access_token(first) == "access_token_unavailable");
        CHECK(first.session.generation() == 0);
        f.settle(first);
        CHECK(f.access_token(first) == "the-access-token");
        CHECK(first.happened(kind::tokens_changed));
        CHECK(first.happened(kind::notify));

        auto second = f.make(cal::shared_session::open(f.how(), f.random, f.now(), f.shared));
        CHECK(second.session.is_opening());
        CHECK(f.access_token(second) == "access_token_unavailable");
        CHECK_FALSE(second.session.claims());
        f.settle(second);
        CHECK_FALSE(second.session.is_opening());
        CHECK(f.access_token(second) == "the-access-token");
        CHECK(second.session.claims()->sub() == "alice");
        CHECK(second.session.scope() == "openid email");
        CHECK(second.session.id_token() == first.session.id_token());
        CHECK(second.session.generation() == first.session.generation());
        CHECK(second.session.expires_at() == first.session.expires_at());
        CHECK(second.happened(kind::tokens_changed));
        CHECK_FALSE(second.happened(kind::notify));
    }
}

TEST_CASE("one of several refreshes, and the others take over its tokens") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start(), second = f.open(), third = f.open();
        auto const request = f.next_request(second);
        CHECK(refresh_token_of(request) == "the-refresh-token");
        CHECK(request.timeout <= f.shared.lease);
        CHECK_FALSE(f.settle(first));
        CHECK_FALSE(f.settle(third));
        CHECK(f.access_token(first) == "the-access-token");
        f.answer(second, request, to_response({}));
        CHECK(f.access_token(second) == "access-2");
        CHECK(second.happened(kind::notify));
        CHECK(f.store.lock_holder == 0);
        third.session.handle_notice();
        for (auto* tab : {&first, &third}) {
            CHECK_FALSE(f.settle(*tab));
            f.now() += 30s; // the lease that the first one saw
            CHECK_FALSE(f.settle(*tab));
            CHECK(f.access_token(*tab) == "access-2");
            CHECK(tab->happened(kind::tokens_changed));
        }
        CHECK(f.store.lock_holder == 0);
    }
}

TEST_CASE("an opening ends with what is stored, or that nothing is, and never waits for a user that there is not") {
    shared_fixture f;
    struct row {
        std::string_view what;
        std::string value;
        cal::error_code code;
    };
    auto const first = f.start();
    auto const good = f.store.value;
    row const rows[] = {
        {"nothing", "", cal::error_code::session_missing},
        {"signed out", support::with_member(support::with_member(good, "session", ""), "signed_out", "true"), cal::error_code::session_missing},
        {"ended", support::with_member(support::with_member(good, "session", ""), "ended", "true"), cal::error_code::session_ended},
        {"not JSON", "garbage", cal::error_code::blob_malformed},
        {"cut", good.substr(0, good.size() - 1), cal::error_code::blob_malformed},
        {"another kind", support::with_member(good, "calimatic", "\"session\""), cal::error_code::blob_malformed},
        {"a later version", support::with_member(good, "version", "2"), cal::error_code::blob_version_unknown},
        {"another issuer", support::with_member(good, "issuer", "\"https://other.example\""), cal::error_code::session_of_another_server},
        {"another client", support::with_member(good, "client_id", "\"other\""), cal::error_code::session_of_another_client},
        {"no issuer", support::with_member(good, "issuer", ""), cal::error_code::blob_malformed},
        {"no generation", support::with_member(good, "generation", ""), cal::error_code::blob_malformed},
        {"generation 0", support::with_member(good, "generation", "0"), cal::error_code::blob_malformed},
        {"a generation without end", support::with_member(good, "generation", "9223372036854775807"), cal::error_code::blob_malformed},
        {"a generation that none can follow", support::with_member(good, "generation", "4503599627370496"), cal::error_code::blob_malformed},
        {"tokens of the future", support::with_member(good, "tokens", "4503599627370496"), cal::error_code::blob_malformed},
        {"no tokens", support::with_member(good, "tokens", ""), cal::error_code::blob_malformed},
        {"no session", support::with_member(good, "session", ""), cal::error_code::blob_malformed},
        {"a session that is none", support::with_member(good, "session", "[]"), cal::error_code::blob_malformed},
        {"a session that is empty", support::with_member(good, "session", "{}"), cal::error_code::blob_malformed},
        {"a session and an end", support::with_member(good, "ended", "true"), cal::error_code::blob_malformed},
        {"an end that is not", support::with_member(support::with_member(good, "session", ""), "ended", "false"), cal::error_code::blob_malformed},
        {"a lease without end", support::with_member(good, "lease", "\"x\""), cal::error_code::blob_malformed},
        {"an end of no lease", support::with_member(good, "leased_until", "1"), cal::error_code::blob_malformed},
        {"failures without a wait", support::with_member(good, "failures", "1"), cal::error_code::blob_malformed},
        {"too many failures", support::with_member(support::with_member(good, "failures", "65"), "retry_in", "1"), cal::error_code::blob_malformed},
        {"too long a wait", support::with_member(support::with_member(good, "failures", "1"), "retry_in", "86400001"),
            cal::error_code::blob_malformed},
    };
    for (auto const& [what, value, code] : rows) {
        INFO(what);
        f.store.value = value;
        f.store.changes = value.empty() ? 0 : 1;
        auto tab = f.open();
        CHECK(tab.end() == code);
        CHECK_FALSE(tab.session.is_opening());
        CHECK(tab.session.has_ended());
        CHECK(f.access_token(tab) == tab.session.last_error()->name());
        CHECK(tab.session.last_error()->condition() == cal::condition::authorize_again);
        CHECK_FALSE(tab.session.next_deadline());
        CHECK(f.store.value == value);
    }
    f.store.put(good);
    CHECK(f.access_token(f.open()) == "the-access-token");
}

TEST_CASE("what is stored and cannot be read, or is gone, destroys nothing, and nothing is refreshed until it is back") {
    for (bool const is_gone : {false, true})
        for (bool const comes_back : {false, true}) {
            INFO(is_gone << comes_back);
            shared_fixture f;
            auto tab = f.start();
            auto const good = f.store.value;
            auto const bad = std::string(is_gone ? "" : "garbage");
            f.store.value = bad;
            f.store.changes = is_gone ? 0 : 7;
            tab.session.handle_notice();
            CHECK_FALSE(f.settle(tab));
            CHECK(tab.session.last_error() == (is_gone ? cal::error_code::session_missing : cal::error_code::blob_malformed));
            CHECK(tab.happened(kind::store_failed));
            auto const expires_at = *tab.session.expires_at();
            while (f.now() < expires_at - 5s) {
                CHECK_FALSE(f.settle(tab));
                f.now() = (std::min)(*tab.session.next_deadline(), expires_at - 5s);
            }
            CHECK(f.access_token(tab) == "the-access-token");
            CHECK(f.store.value == bad);
            if (comes_back) {
                f.store.put(good);
                tab.session.handle_notice();
                f.answer(tab, f.next_request(tab), to_response({}));
                CHECK(f.access_token(tab) == "access-2");
                CHECK_FALSE(tab.session.last_error());
            } else {
                f.now() = expires_at;
                CHECK_FALSE(f.settle(tab));
                CHECK(tab.session.has_ended());
                CHECK(tab.session.last_error()->condition() == cal::condition::authorize_again);
                CHECK(f.store.value == bad);
            }
        }
}

TEST_CASE("what is stored is spoilt or gone while an answer is waited for: that is not lost, however long the token has expired") {
    for (bool const is_gone : {false, true})
        for (bool const is_answered : {false, true}) {
            INFO(is_gone << is_answered);
            shared_fixture f;
            auto tab = f.start();
            f.now() = *tab.session.expires_at() + 1min;
            auto const request = f.next_request(tab);
            f.store.value = is_gone ? "" : "garbage";
            f.store.changes = is_gone ? 0 : 7;
            tab.session.handle_notice();
            CHECK_FALSE(f.settle(tab));
            CHECK_FALSE(tab.session.has_ended());
            if (is_answered) CHECK_FALSE(f.answer(tab, request, to_response({})));
            else CHECK_FALSE(f.fail(tab, request, transport_failure::no_answer));
            f.now() = *tab.session.next_deadline(); // the store is asked again
            CHECK_FALSE(f.settle(tab));
            CHECK(tab.session.has_ended() == !is_answered);
            CHECK((f.store.value.find("refresh-2") != std::string::npos) == is_answered);
            if (is_answered) CHECK(f.access_token(tab) == "access-2");
            else CHECK(tab.end() == (is_gone ? cal::error_code::session_missing : cal::error_code::blob_malformed));
        }
}

TEST_CASE("an older record does not take the place of what is held, and is replaced") {
    shared_fixture f;
    auto first = f.start(), second = f.open();
    auto const old = f.store.value;
    f.answer(first, f.next_request(first), to_response({}));
    auto const newer = f.store.value;
    f.store.put(old);
    first.session.handle_notice();
    CHECK_FALSE(f.settle(first));
    CHECK(f.access_token(first) == "access-2");
    CHECK(f.store.value != old);
    CHECK(f.store.value != newer); // its generation is higher
    second.session.handle_notice();
    f.settle(second);
    CHECK(f.access_token(second) == "access-2");
    CHECK(second.session.generation() == first.session.generation());
}

TEST_CASE("a store that fails is asked again ever more rarely, and nothing leaves that is not stored") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto tab = f.start();
        f.store.fails = true;
        f.now() = *tab.session.next_deadline();
        auto wait = 0ms;
        for (int i = 0; i < 12; ++i) {
            CHECK_FALSE(f.settle(tab));
            CHECK(tab.session.last_error() == cal::error_code::store_failed);
            auto const next = *tab.session.next_deadline() - f.now();
            CHECK(next > 0ms);
            CHECK(next <= f.shared.session.longest_wait * 5 / 4);
            if (i == 8) CHECK(next > wait);
            if (i == 0) wait = next;
            f.now() += next;
        }
        CHECK(f.access_token(tab) == (f.now() < *tab.session.expires_at() ? "the-access-token" : "access_token_unavailable"));
        CHECK_FALSE(tab.session.has_ended());
        f.store.fails = false;
        f.answer(tab, f.next_request(tab), to_response({}));
        CHECK(f.access_token(tab) == "access-2");
        CHECK_FALSE(tab.session.last_error());
    }
}

TEST_CASE("a store that is read and never written is written ever more rarely") {
    shared_fixture f;
    f.store.is_full = true;
    auto tab = f.start();
    auto wait = 0ms;
    for (int i = 0; i < 12; ++i) {
        CHECK(tab.session.last_error() == cal::error_code::store_failed);
        auto const next = *tab.session.next_deadline() - f.now();
        CHECK(next > wait / 2);
        CHECK(next <= f.shared.session.longest_wait * 5 / 4);
        wait = next;
        f.now() += next;
        CHECK_FALSE(f.settle(tab));
    }
    CHECK(wait >= f.shared.session.longest_wait / 2);
    f.store.is_full = false;
    f.now() = *tab.session.next_deadline();
    f.settle(tab); // and refreshes what has expired meanwhile
    CHECK(f.store.changes > 0);
    CHECK_FALSE(tab.session.last_error());
}

TEST_CASE("new tokens that cannot be stored are not given out, and are stored later") {
    shared_fixture f;
    auto tab = f.start();
    auto const request = f.next_request(tab);
    f.store.fails = true;
    f.answer(tab, request, to_response({}));
    CHECK(f.access_token(tab) == "the-access-token");
    f.store.fails = false;
    f.now() = *tab.session.next_deadline();
    CHECK_FALSE(f.settle(tab));
    CHECK(f.access_token(tab) == "access-2");
    CHECK(f.store.value.find("refresh-2") != std::string::npos);
}

TEST_CASE("a replacement that only seemed to fail was none the less made") {
    shared_fixture f;
    auto tab = f.start();
    f.now() = *tab.session.next_deadline();
    for (int i = 0; i < 4; ++i) { // lock, read, and the replacement that says that a refresh starts
        CHECK_FALSE(tab.session.poll_request(f.now()));
        auto question = tab.session.poll_store_question();
        if (!question) break;
        auto answer = f.store.answer(*question, tab.number);
        if (question->what == cal::store_question::kind::replace) answer = cal::store_answer{};
        CHECK(tab.session.handle_store_answer(question->id, std::move(*answer)));
    }
    auto const changes = f.store.changes;
    auto const request = f.next_request(tab);
    CHECK(refresh_token_of(request) == "the-refresh-token");
    CHECK(f.store.changes == changes);
}

TEST_CASE("of whoever died with the lock another takes over at once, of whoever died with a lease when that is over") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto second = f.start();
        {
            auto first = f.open();
            REQUIRE(refresh_token_of(f.next_request(first)) == "the-refresh-token");
        }
        f.store.lock_holder = 0;
        auto const died_at = f.now();
        auto const request = f.next_request(second);
        CHECK(refresh_token_of(request) == "the-refresh-token");
        CHECK(f.now() - died_at == (lock == shared_lock::by_host ? 0s : 30s));
        f.answer(second, request, to_response({}));
        CHECK(f.access_token(second) == "access-2");
    }
}

TEST_CASE("a lease that somebody wrote without an end ends none the less") {
    shared_fixture f(shared_lock::none);
    auto tab = f.start();
    f.store.put(support::with_member(support::with_member(f.store.value, "lease", "\"x\""), "leased_until", "253402300799999"));
    f.now() = *tab.session.next_deadline();
    auto const due_at = f.now();
    CHECK(refresh_token_of(f.next_request(tab)) == "the-refresh-token");
    CHECK(f.now() == due_at + 30s);
}

TEST_CASE("a refresh that was lost is sent again within the window, and later the session says so") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start();
        REQUIRE(refresh_token_of(f.next_request(first)) == "the-refresh-token");
        f.store.lock_holder = 0;
        f.now() += 61s;
        auto second = f.open();
        CHECK(second.session.last_error() == cal::error_code::refresh_outcome_unknown);
        f.now() += 10min;
        CHECK_FALSE(f.settle(second));
        CHECK(second.end() == cal::error_code::refresh_outcome_unknown);
        CHECK(second.session.has_ended());
        CHECK(f.store.value.find("\"ended\":true") != std::string::npos);
        CHECK(f.open().end() == cal::error_code::session_ended);
    }
}

TEST_CASE("whoever got no answer looks whether another has one") {
    shared_fixture f(shared_lock::none);
    auto first = f.start(), second = f.open();
    auto const lost = f.next_request(first);
    f.now() += 31s;
    auto const again = f.settle(second);
    REQUIRE(again);
    f.answer(second, *again, to_response({}));
    CHECK_FALSE(f.fail(first, lost, transport_failure::no_answer));
    CHECK(f.access_token(first) == "access-2");
}

TEST_CASE("an answer that comes after the lease is over is not lost") {
    shared_fixture f(shared_lock::none);
    auto first = f.start(), second = f.open();
    auto const slow = f.next_request(first);
    f.now() += 31s;
    auto const again = f.settle(second);
    REQUIRE(again);
    SECTION("the other dies") {
        f.answer(first, slow, to_response({}));
        CHECK(f.access_token(first) == "the-access-token"); // the other may be about to send
        f.now() += 31s;
        f.settle(first);
        CHECK(f.access_token(first) == "access-2");
        CHECK_FALSE(f.answer(second, *again, refusal("invalid_grant")));
        CHECK(f.access_token(second) == "access-2"); // refused because of the first
    }
    SECTION("the other has a later one") {
        f.answer(first, slow, to_response({}));
        f.answer(second, *again, to_response({.access_token = "access-3", .refresh_token = "refresh-3"}));
        first.session.handle_notice();
        f.settle(first);
        CHECK(f.access_token(first) == "access-3");
        CHECK(f.access_token(second) == "access-3");
    }
    SECTION("the other was refused") {
        f.answer(second, *again, refusal("invalid_grant"));
        CHECK(second.end() == cal::error_code::token_error);
        f.answer(first, slow, to_response({}));
        CHECK(f.access_token(first) == "access-2");
        CHECK(f.access_token(f.open()) == "access-2");
    }
}

TEST_CASE("a refusal ends the session for all") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start(), second = f.open();
        f.answer(first, f.next_request(first), refusal("invalid_grant"));
        CHECK(first.end() == cal::error_code::token_error);
        CHECK(first.session.has_ended());
        CHECK(f.access_token(first) == "token_error");
        CHECK(f.store.lock_holder == 0);
        CHECK(f.store.value.find("the-refresh-token") == std::string::npos);
        second.session.handle_notice();
        f.settle(second);
        CHECK(second.end() == cal::error_code::session_ended);
    }
}

TEST_CASE("a server that fails is asked no more often by several than by one") {
    shared_fixture f;
    auto first = f.start(), second = f.open();
    auto last = cal::time_point{};
    auto wait = 0ms;
    unsigned requests = 0;
    for (auto const end = f.now() + 1h; f.now() < end;) {
        std::optional<cal::time_point> next;
        for (auto* tab : {&first, &second}) {
            if (auto const request = f.settle(*tab)) {
                if (requests > 0) CHECK(f.now() - last >= 1s);
                if (requests > 0) wait = f.now() - last;
                last = f.now();
                ++requests;
                f.answer(*tab, *request, refusal("temporarily_unavailable", 503));
            }
            if (auto const deadline = tab->session.next_deadline()) next = next ? (std::min)(*next, *deadline) : *deadline;
        }
        f.now() = *next;
    }
    CHECK(requests >= 3);
    CHECK(requests <= 7); // within the last minute of the access token
    CHECK(wait >= 8s);
    CHECK(first.happened(kind::refresh_failed));
}

TEST_CASE("an access token that is refused is taken from another who has refreshed it, and is refreshed otherwise") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start(), second = f.open();
        f.now() += 1min;
        CHECK_FALSE(first.session.handle_unauthorized("another", f.now()));
        CHECK(first.session.handle_unauthorized("the-access-token", f.now()));
        auto const request = f.settle(first);
        REQUIRE(request);
        f.answer(first, *request, to_response({}));
        CHECK(second.session.handle_unauthorized("the-access-token", f.now()));
        CHECK_FALSE(f.settle(second));
        CHECK(f.access_token(second) == "access-2");
        CHECK_FALSE(second.session.handle_unauthorized("the-access-token", f.now()));
    }
}

TEST_CASE("a sign-out in one ends all, and revokes the newest refresh token") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start(), second = f.open();
        f.answer(first, f.next_request(first), to_response({}));
        second.session.sign_out(f.now()); // which knows the older one
        CHECK(f.access_token(second) == "signed_out");
        CHECK_FALSE(second.session.claims());
        CHECK(second.session.id_token().empty());
        CHECK_FALSE(second.session.has_ended());
        auto const revocation = f.settle(second);
        REQUIRE(revocation);
        CHECK(parameter(revocation->body, "token") == "refresh-2");
        f.answer(second, *revocation, {200, {}, {}});
        CHECK(second.session.has_ended());
        CHECK(second.happened(kind::notify));
        CHECK(f.store.value.find("refresh") == std::string::npos);
        CHECK(f.store.value.find("access") == std::string::npos);
        first.session.handle_notice();
        CHECK_FALSE(f.settle(first));
        CHECK(first.end() == cal::error_code::signed_out_elsewhere);
        CHECK(f.access_token(first) == "signed_out_elsewhere");
        CHECK(first.session.has_ended());
        CHECK(f.open().end() == cal::error_code::session_missing);
    }
}

TEST_CASE("who waits for a lock, or for an answer, can sign out at once") {
    shared_fixture f;
    auto first = f.start(), second = f.open();
    auto const request = f.next_request(first);
    CHECK_FALSE(f.settle(second));
    REQUIRE(second.waiting);
    auto const waiting = second.waiting->id;
    second.session.sign_out(f.now());
    second.waiting.reset();
    auto const question = second.session.poll_store_question();
    REQUIRE(question);
    CHECK(question->what == cal::store_question::kind::unlock);
    CHECK_FALSE(second.session.handle_store_answer(waiting, {cal::store_answer::kind::done, {}, {}}));
    CHECK(second.session.handle_store_answer(question->id, {cal::store_answer::kind::done, {}, {}}));
    auto const revocation = f.settle(second);
    REQUIRE(revocation);
    CHECK(parameter(revocation->body, "token") == "the-refresh-token");
    // The first one has a token that nobody else knows: it is revoked there.
    auto const of_the_first = f.answer(first, request, to_response({}));
    REQUIRE(of_the_first);
    CHECK(first.end() == cal::error_code::signed_out_elsewhere);
    CHECK(parameter(of_the_first->body, "token") == "refresh-2");
    CHECK_FALSE(first.session.has_ended());
    f.answer(first, *of_the_first, {200, {}, {}});
    CHECK(first.session.has_ended());
    CHECK(f.store.lock_holder == 0);
}

TEST_CASE("a sign-out ends in time, whatever the store does") {
    shared_fixture f;
    auto tab = f.start();
    f.store.fails = true;
    tab.session.sign_out(f.now());
    auto const begin = f.now();
    bool is_revoked = false;
    while (!tab.session.has_ended()) {
        if (auto const request = f.settle(tab)) {
            is_revoked = true;
            f.answer(tab, *request, {200, {}, {}});
        } else {
            REQUIRE(tab.session.next_deadline());
            f.now() = *tab.session.next_deadline();
        }
        REQUIRE(f.now() <= begin + 20s);
    }
    CHECK(is_revoked);
    CHECK(tab.session.last_error() == cal::error_code::store_failed);
}

TEST_CASE("a sign-in of the same user is taken over, one of another is not") {
    shared_fixture f;
    auto first = f.start(), second = f.open();
    f.server.access_token = "access-of-the-second-sign-in";
    auto third = f.start();
    CHECK(f.access_token(third) == "access-of-the-second-sign-in");
    first.session.handle_notice();
    f.settle(first);
    CHECK(f.access_token(first) == "access-of-the-second-sign-in");

    f.server.edit_claims = [](std::string claims) { return support::with_member(claims, "sub", "\"bob\""); };
    auto fourth = f.start();
    CHECK(fourth.session.claims()->sub() == "bob");
    auto const stored = f.store.value;
    second.session.handle_notice();
    f.settle(second);
    CHECK(second.end() == cal::error_code::session_of_another_user);
    CHECK(second.session.has_ended());
    third.session.sign_out(f.now());
    f.settle(third);
    CHECK(f.store.value == stored); // theirs goes on
    CHECK(f.access_token(fourth) == "access-of-the-second-sign-in");
}

TEST_CASE("a sign-in takes the place of whatever is stored, and counts on even where that cannot be read") {
    shared_fixture f;
    auto first = f.start();
    for (auto const* what : {"garbage", R"({"calimatic":"shared_session","version":9})"}) {
        f.store.put(what);
        f.now() += 1s;
        auto second = f.start();
        CHECK(f.access_token(second) == "the-access-token");
        CHECK(second.session.generation() > first.session.generation());
        CHECK(f.store.value != what);
    }
}

TEST_CASE("ID Tokens of a refresh are checked before anybody gets its tokens, wherever the cryptography is") {
    for (auto const crypto : {cal::crypto_answers::inside, cal::crypto_answers::by_host}) {
        shared_fixture f(shared_lock::none, crypto);
        auto first = f.start(), second = f.open();
        f.answer(first, f.next_request(first), to_response({.id_token = f.id_token({{"name", "\"A\""}})}));
        CHECK(f.access_token(first) == "access-2");
        CHECK(first.session.claims()->name() == "A");
        second.session.handle_notice();
        f.settle(second);
        CHECK(second.session.claims()->name() == "A");

        // The other has to fetch the keys.
        auto const request = f.next_request(second);
        auto const keys = f.answer(second, request, to_response({.access_token = "access-3", .id_token = f.id_token({{"sub", "\"mallory\""}})}));
        REQUIRE(keys);
        CHECK(keys->url == f.metadata.jwks_uri);
        CHECK(f.access_token(second) == "access-2");
        f.answer(second, *keys, *f.server.handle(*keys, f.now()));
        CHECK(second.end() == cal::error_code::id_token_changed);
        CHECK(f.store.value.find("\"ended\":true") != std::string::npos);
    }
}

TEST_CASE("another goes on with an answer whose ID Token was being checked when somebody died") {
    shared_fixture f(shared_lock::by_host, cal::crypto_answers::by_host);
    auto second = f.start();
    {
        auto first = f.open();
        auto const request = f.next_request(first);
        REQUIRE(first.session.handle_response(request.id, to_response({.id_token = f.id_token({{"name", "\"A\""}})}), f.now()));
        for (int i = 0; i < 5; ++i) { // stores what it got, and dies with the question
            (void)first.session.poll_request(f.now());
            f.answer_question(first);
        }
    }
    CHECK(f.store.value.find("access-2") != std::string::npos);
    f.store.lock_holder = 0;
    second.session.handle_notice();
    CHECK_FALSE(f.settle(second));
    CHECK(f.access_token(second) == "access-2");
    CHECK(second.session.claims()->name() == "A");
}

TEST_CASE("who slept past its lease reads again before it sends") {
    shared_fixture f(shared_lock::none);
    auto first = f.start(), second = f.open();
    f.now() = *first.session.next_deadline();
    for (int i = 0; i < 2; ++i) { // reads, and stores that it starts
        CHECK_FALSE(first.session.poll_request(f.now()));
        CHECK(f.answer_question(first));
    }
    f.now() += 31s;
    auto const request = f.settle(second);
    REQUIRE(request);
    f.answer(second, *request, to_response({}));
    CHECK_FALSE(f.settle(first));
    CHECK(f.access_token(first) == "access-2");
}

TEST_CASE("a clock that is set back neither refreshes all at once nor waits for ever") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start(), second = f.open();
        REQUIRE(f.next_request(first).id != cal::request_id{});
        f.store.lock_holder = 0;
        f.now() -= 24h;
        unsigned requests = 0;
        for (int i = 0; i < 20 && requests == 0 && !second.session.has_ended(); ++i) {
            if (f.settle(second)) ++requests;
            else f.now() = (std::max)(f.now(), second.session.next_deadline().value_or(f.now() + 1h));
        }
        CHECK((requests == 1 || second.end() == cal::error_code::refresh_outcome_unknown));
    }
}

TEST_CASE("an answer to another question is ignored, and aborting leaves nothing behind") {
    shared_fixture f;
    auto tab = f.start();
    CHECK_FALSE(tab.session.handle_store_answer(0, {cal::store_answer::kind::done, "9", "x"}));
    CHECK_FALSE(tab.session.handle_store_answer(99, {cal::store_answer::kind::done, "9", "x"}));
    CHECK_FALSE(tab.session.handle_response(cal::request_id{99}, {200, {}, {}}, f.now()));
    CHECK_FALSE(tab.session.handle_failure(cal::request_id{}, transport_failure::no_answer, f.now()));
    CHECK_FALSE(tab.session.handle_crypto_answer(0, {}));
    auto const request = f.next_request(tab);
    tab.session.abort();
    CHECK_FALSE(tab.session.handle_response(request.id, to_response({}), f.now()));
    auto const again = f.next_request(tab);
    CHECK(again.id != request.id);
    CHECK(refresh_token_of(again) == "the-refresh-token");
    f.answer(tab, again, to_response({}));
    CHECK(f.access_token(tab) == "access-2");
}

TEST_CASE("a session begins only with a random source, and for the issuer that it is of") {
    shared_fixture f;
    support::failing_random none;
    CHECK(cal::shared_session::open(f.how(), none, f.now(), f.shared).error() == cal::error_code::random_source_failed);
    CHECK(cal::shared_session::start(f.how(), f.signed_in(), none, f.now(), f.shared).error() == cal::error_code::random_source_failed);
    auto how = f.how();
    how.server.issuer = "https://other.example";
    CHECK(
        cal::shared_session::start(std::move(how), f.signed_in(), f.random, f.now(), f.shared).error() == cal::error_code::session_of_another_server);
}
