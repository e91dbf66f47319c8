#include <calimatic/flow/jwk_set_source.hpp>

#include <calimatic/flow/machine.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/keys.hpp"

namespace cal = calimatic;
using cal::milliseconds;

namespace {

constexpr cal::time_point start{milliseconds{1'800'000'000'000}};
constexpr milliseconds s{1000};

cal::http_response with_key(std::string_view key) { return {200, {}, support::jwk_set_text({support::public_jwk(key)})}; }

/// Answers the request that is due now.
void fetch(cal::jwk_set_source& source, std::string_view key, cal::time_point now) {
    auto request = source.poll_request(now);
    REQUIRE(request);
    REQUIRE(source.handle_response(request->id, with_key(key), now));
}

} // namespace

TEST_CASE("a source without keys fetches them at once, with one request in flight") {
    cal::jwk_set_source source("https://op.example/jwks");
    CHECK(source.next_deadline() == cal::at_once);
    CHECK_FALSE(source.keys());
    auto request = source.poll_request(start);
    REQUIRE(request);
    CHECK(request->url == "https://op.example/jwks");
    CHECK_FALSE(source.poll_request(start + 3600 * s));
    CHECK(source.handle_unknown_key(start)); // the fetch in flight will do
    CHECK(source.fetches() == 0);
    CHECK_FALSE(source.poll_request(start));
    CHECK(source.handle_response(request->id, with_key(support::rsa_key), start));
    REQUIRE(source.keys());
    CHECK(source.keys()->keys.size() == 1);
    CHECK(source.generation() == 1);
    CHECK_FALSE(source.handle_response(request->id, with_key(support::p256_key), start));
    CHECK(source.keys()->keys[0].kty == "RSA");
}

TEST_CASE("keys are fetched again when they have grown old, and a snapshot stays as it was") {
    cal::jwk_set_source source("https://op.example/jwks");
    fetch(source, support::rsa_key, start);
    CHECK(source.next_deadline() == start + 3600 * s);
    CHECK_FALSE(source.poll_request(start + 3599 * s));
    auto const snapshot = source.keys();
    fetch(source, support::p256_key, start + 3600 * s);
    CHECK(snapshot->keys[0].kty == "RSA");
    CHECK(source.keys()->keys[0].kty == "EC");
    CHECK(source.generation() == 2);
}

TEST_CASE("keys that were fetched earlier are used until they are old") {
    cal::jwk_set_source source("https://op.example/jwks", support::public_keys({support::rsa_key}), start);
    CHECK_FALSE(source.poll_request(start + 10 * s));
    CHECK(source.poll_request(start + 3600 * s));
}

TEST_CASE("a hundred unknown keys cost one fetch in 30 seconds") {
    cal::jwk_set_source source("https://op.example/jwks");
    fetch(source, support::rsa_key, start);
    int fetches = 0;
    for (int i = 0; i < 100; ++i) {
        auto const now = start + milliseconds{i * 290};
        source.handle_unknown_key(now);
        if (auto request = source.poll_request(now)) {
            ++fetches;
            source.handle_response(request->id, with_key(support::rsa_key), now);
        }
    }
    CHECK(fetches == 1);
    CHECK_FALSE(source.handle_unknown_key(start + 29 * s));
    CHECK(source.handle_unknown_key(start + 30 * s));
    CHECK(source.poll_request(start + 30 * s));
}

TEST_CASE("an unknown key costs one fetch in 30 seconds also where the fetch fails") {
    cal::jwk_set_source source("https://op.example/jwks");
    fetch(source, support::rsa_key, start);
    int fetches = 0;
    for (auto now = start; now < start + 90 * s; now += milliseconds{100}) {
        source.handle_unknown_key(now);
        if (auto request = source.poll_request(now)) {
            ++fetches;
            CHECK(source.handle_failure(request->id, cal::transport_failure::no_answer, now));
        }
    }
    CHECK(fetches == 3);
    CHECK(source.fetches() == 4);
    CHECK(source.generation() == 1);
    CHECK(source.keys()->keys[0].kty == "RSA");
}

TEST_CASE("a fetch that fails keeps the keys, tells why, and waits longer each time") {
    struct row {
        std::string what;
        cal::http_response answer;
        cal::error_code code;
    };
    for (auto const& bad : {
             row{"jwks-500", {500, {}, {}}, cal::error_code::server_unavailable},
             row{"jwks-html", {200, {}, "<html>"}, cal::error_code::json_syntax},
             row{"jwks-no-keys", {200, {}, "{}"}, cal::error_code::jwk_set_malformed},
             row{"jwks-keys-object", {200, {}, R"({"keys":{}})"}, cal::error_code::jwk_set_malformed},
             row{"jwks-empty", {200, {}, R"({"keys":[]})"}, cal::error_code::jwk_set_empty},
             row{"jwks-oct and nothing else", {200, {}, R"({"keys":[{"kty":"oct","k":"AAAA"}]})"}, cal::error_code::jwk_set_empty},
             row{"jwks-redirect", {302, {{"Location", "https://evil.example"}}, {}}, cal::error_code::redirect_not_followed},
             row{"jwks-huge", {200, {}, std::string(600 * 1024, ' ')}, cal::error_code::transport_too_large},
         }) {
        INFO(bad.what);
        cal::jwk_set_source source("https://op.example/jwks");
        fetch(source, support::rsa_key, start);
        auto now = start + 3600 * s;
        auto request = source.poll_request(now);
        REQUIRE(request);
        CHECK(source.handle_response(request->id, bad.answer, now));
        REQUIRE(source.last_error());
        CHECK(*source.last_error() == bad.code);
        REQUIRE(source.keys());
        CHECK(source.keys()->keys[0].kty == "RSA");

        auto const first = *source.next_deadline();
        CHECK(first >= now + 1 * s);
        CHECK(first <= now + 2 * s);
        CHECK_FALSE(source.poll_request(first - milliseconds{1}));
        request = source.poll_request(first);
        REQUIRE(request);
        CHECK(source.handle_failure(request->id, cal::transport_failure::no_answer, first));
        CHECK(*source.next_deadline() >= first + 2 * s);
        fetch(source, support::p256_key, *source.next_deadline());
        CHECK_FALSE(source.last_error());
        CHECK(source.keys()->keys[0].kty == "EC");
    }
}

TEST_CASE("the waiting time that a server asks for is kept, and has an upper bound of its own") {
    cal::jwk_set_source source("https://op.example/jwks");
    auto request = source.poll_request(start);
    CHECK(source.handle_response(request->id, {429, {{"Retry-After", "120"}}, {}}, start));
    CHECK(source.next_deadline() == start + 120 * s);
    auto now = start + 120 * s;
    for (int i = 0; i < 40; ++i) {
        now = *source.next_deadline();
        request = source.poll_request(now);
        REQUIRE(request);
        source.handle_failure(request->id, cal::transport_failure::not_sent, now);
    }
    CHECK(*source.next_deadline() - now <= 375 * s); // 300 s and a quarter
}

TEST_CASE("devices with different seeds do not come back at the same moment") {
    cal::jwk_set_source_options one, two;
    one.jitter_seed = 1;
    two.jitter_seed = 0x123456789abcdef;
    cal::jwk_set_source a("https://op.example/jwks", one), b("https://op.example/jwks", two);
    for (auto* source : {&a, &b}) source->handle_failure(source->poll_request(start)->id, cal::transport_failure::not_sent, start);
    CHECK(a.next_deadline() != b.next_deadline());
}

TEST_CASE("a clock that is set back does not stop the fetching") {
    cal::jwk_set_source source("https://op.example/jwks");
    fetch(source, support::rsa_key, start);
    auto const back = start - 400 * 24 * 3600 * s;
    CHECK_FALSE(source.poll_request(back));
    CHECK(source.handle_unknown_key(back));
    CHECK(source.poll_request(back));

    cal::jwk_set_source failed("https://op.example/jwks");
    failed.handle_failure(failed.poll_request(start)->id, cal::transport_failure::not_sent, start);
    CHECK_FALSE(failed.poll_request(back)); // the wait begins anew
    CHECK(failed.poll_request(back + 2 * s));
}

TEST_CASE("a clock that is set back by less than a day makes no wait longer than it was meant to be") {
    cal::jwk_set_source source("https://op.example/jwks");
    source.handle_failure(source.poll_request(start)->id, cal::transport_failure::not_sent, start);
    auto const back = start - 23 * 3600 * s;
    CHECK_FALSE(source.poll_request(back));
    CHECK(source.poll_request(back + 2 * s));

    cal::jwk_set_source held("https://op.example/jwks");
    fetch(held, support::rsa_key, start);
    CHECK_FALSE(held.poll_request(back));
    CHECK(held.poll_request(back + 3600 * s));
}

TEST_CASE("an issuer that asks for rest is left alone, whatever keys the tokens name") {
    cal::jwk_set_source source("https://op.example/jwks");
    fetch(source, support::rsa_key, start);
    CHECK(source.handle_unknown_key(start));
    source.handle_response(source.poll_request(start)->id, {503, {{"Retry-After", "86400"}}, {}}, start);
    for (auto now = start + 31 * s; now < start + 86400 * s; now += 600 * s) {
        CHECK_FALSE(source.handle_unknown_key(now));
        CHECK_FALSE(source.poll_request(now));
    }
    CHECK(source.handle_unknown_key(start + 86400 * s));
    CHECK(source.poll_request(start + 86400 * s));
}

TEST_CASE("durations that mean never and clocks that mean nothing do no harm") {
    cal::jwk_set_source_options never;
    never.max_age = never.refetch_interval = never.first_wait = never.longest_wait = (milliseconds::max)();
    cal::jwk_set_source source("https://op.example/jwks", never);
    fetch(source, support::rsa_key, start);
    for (int i = 0; i < 100; ++i) CHECK_FALSE(source.poll_request(start + i * 3600 * s));
    CHECK(source.handle_unknown_key(start));
    source.handle_failure(source.poll_request(start)->id, cal::transport_failure::not_sent, start);
    CHECK_FALSE(source.handle_unknown_key(start + 3600 * s));

    for (auto now : {(cal::time_point::min)(), cal::time_point{milliseconds{-1}}, (cal::time_point::max)()}) {
        cal::jwk_set_source fresh("https://op.example/jwks");
        fetch(fresh, support::rsa_key, now);
        CHECK(fresh.handle_unknown_key(now));
        fresh.handle_failure(fresh.poll_request(now)->id, cal::transport_failure::no_answer, now);
        CHECK_FALSE(fresh.poll_request(now));
        CHECK(cal::jwk_set_source("https://op.example/jwks", support::public_keys({support::rsa_key}), now).next_deadline());
    }
}

TEST_CASE("an aborted fetch is forgotten, and the next poll may fetch again") {
    cal::jwk_set_source source("https://op.example/jwks");
    auto const old = source.poll_request(start)->id;
    source.abort();
    CHECK_FALSE(source.handle_response(old, with_key(support::rsa_key), start));
    auto const again = source.poll_request(start);
    REQUIRE(again);
    CHECK(again->id != old);
}

TEST_CASE("a jwks_uri that must not be asked is an error without a request") {
    for (auto const* uri : {"file:///etc/passwd", "http://op.example/jwks", "javascript:alert(1)", ""}) {
        INFO(uri);
        cal::jwk_set_source source(uri);
        CHECK_FALSE(source.poll_request(start));
        CHECK(source.last_error());
    }
}
