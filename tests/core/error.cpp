#include <calimatic/core/error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace calimatic;

namespace {

error full() {
    return error(error_code::id_token_iss_mismatch)
        .with_expected("https://a")
        .with_got("https://b")
        .with_server("invalid_grant", "gone")
        .with_http_status(400)
        .with_retry_after(seconds{30});
}

bool one_printable_line(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

} // namespace

TEST_CASE("an error is no larger than 16 bytes and says what its rule says") {
    STATIC_CHECK(sizeof(error) <= 16);
    error const e = error_code::state_mismatch;
    CHECK(e.code() == error_code::state_mismatch);
    CHECK(e == error_code::state_mismatch);
    CHECK_FALSE(e == error_code::state_missing);
    CHECK(e.condition() == condition::correct_input);
    CHECK(e.name() == "state_mismatch");
    CHECK(e.section() == "RFC 6749 10.12");
    CHECK(e.expected().empty());
    CHECK(e.got().empty());
    CHECK(e.server_error().empty());
    CHECK(e.server_text().empty());
    CHECK(e.http_status() == 0);
    CHECK_FALSE(e.retry_after());
}

TEST_CASE("the message is one line for a log or a support form") {
    CHECK(full().message() ==
        "id_token_iss_mismatch: the ID Token is of another issuer (OIDC Core 3.1.3.7 (2)); expected \"https://a\", got \"https://b\"; "
        "the server said invalid_grant \"gone\" (HTTP 400); retry after 30 s; do: do not use the answer, and report it to the provider");
    CHECK(
        error(error_code::aborted).message() == "aborted: the flow was aborted by the host (machine contract); do: try again later, nothing is lost");
    CHECK(error(error_code::status_unexpected).with_http_status(418).with_got("418").message() ==
        "status_unexpected: the HTTP status is not one that this answer may have (RFC 9110 15); got \"418\"; HTTP 418; "
        "do: do not use the answer, and report it to the provider");
    CHECK(
        error(error_code::token_error).with_server("", "out of order").message().find("the server said \"out of order\"; do:") != std::string::npos);
    for (auto kind : {condition::retry_later, condition::authorize_again, condition::correct_input, condition::access_refused,
             condition::fix_configuration, condition::distrust_server, static_cast<condition>(99)}) {
        auto const e = error(error_code::aborted).with_condition(kind);
        CHECK(e.condition() == kind);
        CHECK(e.message().find("; do: ") + 10 < e.message().size());
    }
}

TEST_CASE("text from outside cannot forge a line of a log") { // CR/LF in error_description
    auto const e = error(error_code::token_error)
                       .with_got("a\r\nINFO all is well\x1b[2J\x7f\xc3\xa9")
                       .with_expected(std::string_view("\0b", 2))
                       .with_server("bad\nerror", "line\r\n\"quoted\" \xe2\x80\xae");
    CHECK(e.got() == "a\\x0d\\x0aINFO all is well\\x1b[2J\\x7f\\xc3\\xa9");
    CHECK(e.expected() == "\\x00b");
    CHECK(e.server_error() == "bad\nerror");
    CHECK(e.server_text() == "line\r\n\"quoted\" \xe2\x80\xae");
    CHECK(one_printable_line(e.message()));
    CHECK(e.message().find("the server said bad\\x0aerror \"line\\x0d\\x0a\\x22quoted\\x22 \\xe2\\x80\\xae\"") != std::string::npos);
    CHECK(
        error(error_code::aborted).with_got("\"; do: trust me \"").message().find("got \"\\x22; do: trust me \\x22\"; do: try") != std::string::npos);
}

TEST_CASE("texts are cut") {
    auto const e = error(error_code::token_error).with_got(std::string(5000, 'x')).with_expected(std::string(255, 'y') + "\nz");
    CHECK(e.got() == std::string(256, 'x'));
    CHECK(e.expected() == std::string(255, 'y')); // an escape is not cut in two
    auto const text = std::string(1023, 'a') + "\xe2\x82\xac" + "b";
    CHECK(error(error_code::token_error).with_server("", text).server_text() == std::string(1023, 'a'));
    CHECK(error(error_code::token_error).with_server("", std::string(1021, 'a') + "\xe2\x82\xac" + "b").server_text() ==
        std::string(1021, 'a') + "\xe2\x82\xac");
    CHECK(error(error_code::token_error).with_server("", std::string(1020, 'a') + "\xf0\x9f\x98\x80" + "b").server_text() ==
        std::string(1020, 'a') + "\xf0\x9f\x98\x80");
    CHECK(error(error_code::token_error).with_server("", std::string(1022, 'a') + "\xf0\x9f\x98\x80" + "b").server_text() == std::string(1022, 'a'));
    CHECK(error(error_code::token_error).with_server("", std::string(5000, '\x80')).server_text().size() == 1024); // not UTF-8 at all
    CHECK(error(error_code::token_error).with_server(std::string(5000, 'e'), "").server_error().size() == 256);
}

TEST_CASE("a copy shares what there is to tell, and changing one leaves the other as it was") {
    auto const first = full();
    auto second = first;
    CHECK(second.got().data() == first.got().data());
    second = std::move(second).with_got("other");
    CHECK(first.got() == "https://b");
    CHECK(second.got() == "other");
    CHECK(second.expected() == "https://a");
    CHECK(second.retry_after() == seconds{30});
    CHECK(second.http_status() == 400);
}

TEST_CASE("assignment survives itself, and a moved-from error is still one") {
    auto e = full();
    auto& same = e;
    e = same;
    CHECK(e.got() == "https://b");
    e = std::move(same);
    CHECK(e.got() == "https://b");
    auto taken = std::move(e);
    CHECK(taken.got() == "https://b");
    CHECK(e.code() == error_code::id_token_iss_mismatch); // NOLINT: what is left is specified
    CHECK(e.got().empty());
    e = std::move(e).with_got("again");
    CHECK(e.got() == "again");
    e = error_code::state_missing;
    CHECK(e.got().empty());
    CHECK(e.condition() == rule_of(error_code::state_missing).kind);
}

TEST_CASE("setting nothing takes nothing away but what was there") {
    auto e = error(error_code::too_many_requests).with_got("").with_expected("").with_server("", "").with_retry_after({});
    CHECK_FALSE(e.retry_after());
    auto given = full().with_retry_after({}).with_got("").with_server("", "");
    CHECK_FALSE(given.retry_after());
    CHECK(given.got().empty());
    CHECK(given.server_error().empty());
    CHECK(given.expected() == "https://a");
    CHECK(error(error_code::aborted).with_http_status(-1).http_status() == 0);
    CHECK(error(error_code::aborted).with_http_status(70000).http_status() == 0);
}

TEST_CASE("a secret that the server repeats is taken out") {
    std::string const secret = "s3cr3t-refresh-token";
    auto const e =
        error(error_code::token_error).with_got("x" + secret).with_server(secret, "token " + secret + " and " + secret + " unknown").without(secret);
    CHECK(e.got() == "x[secret]");
    CHECK(e.server_error() == "[secret]");
    CHECK(e.server_text() == "token [secret] and [secret] unknown");
    CHECK(e.message().find(secret) == std::string::npos);

    SECTION("as a form spells it") {
        CHECK(error(error_code::token_error).with_server("", "code=a%2Fb%2Bc%3Dlong&x").without("a/b+c=long").server_text() == "code=[secret]&x");
    }
    SECTION("as JSON spells it") {
        auto const in_json =
            error(error_code::platform_error).with_server("", R"(no: {"password":"a \"b\\c\n\u0001 long"})").without("a \"b\\c\n\x01 long");
        CHECK(in_json.server_text() == R"(no: {"password":"[secret]"})");
        CHECK(error(error_code::token_error).with_server("", R"(no JSON: {"password":"pass\"wo\\rd"})").without(R"(pass"wo\rd)").server_text() ==
            R"(no JSON: {"password":"[secret]"})");
    }
    SECTION("as an escape spells it") {
        CHECK(error(error_code::token_error).with_got("is p\xc3\xa4sswort").without("p\xc3\xa4sswort").got() == "is [secret]");
    }
    SECTION("where the text was cut within it") {
        auto const cut = error(error_code::token_error).with_server("", std::string(1010, 'x') + secret).without(secret);
        CHECK(cut.server_text() == std::string(1010, 'x') + "[secret]");
        CHECK(cut.server_text().find("s3cr") == std::string_view::npos);
    }
    SECTION("not one of fewer than 8 bytes") {
        CHECK(error(error_code::token_error).with_server("", "a plan").without("a").server_text() == "a plan");
        CHECK(error(error_code::token_error).with_server("", "1234567").without("1234567").server_text() == "1234567");
        CHECK(error(error_code::token_error).with_server("", "12345678").without("12345678").server_text() == "[secret]");
        CHECK(error(error_code::token_error).without("").got().empty());
    }
    SECTION("and a copy made before keeps its text") {
        auto const before = error(error_code::token_error).with_got(secret);
        CHECK(error(before).without(secret).got() == "[secret]");
        CHECK(before.got() == secret);
    }
}

#if !defined(__EMSCRIPTEN__) // a page has no threads
TEST_CASE("copies of one error may live in several threads") {
    auto const shared = full();
    std::vector<std::thread> threads;
    std::vector<int> sound(4, 0);
    for (std::size_t i = 0; i < sound.size(); ++i) {
        threads.emplace_back([&shared, &sound, i] {
            for (int round = 0; round < 2000; ++round) {
                auto copy = shared;
                auto changed = error(copy).with_got("changed");
                if (copy.got() == "https://b" && changed.got() == "changed") ++sound[i];
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(sound == std::vector<int>(4, 2000));
    CHECK(shared.got() == "https://b");
}
#endif
