#include <calimatic/flow/headless_sign_in.hpp>

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
using support::headless_fixture;
using support::headless_refusal;

namespace {

static_assert(cal::flow<cal::headless_sign_in> && cal::asks_crypto<cal::headless_sign_in>);

#define BOTH_MODES auto const mode = GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host)

/// Checks how a sign-in ended.
void ends(std::string_view what, cal::result<cal::headless_signed_in> const& ended, error_code code, condition wanted) {
    INFO(what);
    support::refused(what, ended, code);
    CHECK(static_cast<int>(ended.error().condition()) == static_cast<int>(wanted));
}

/// A sign-in that awaits a code.
cal::headless_sign_in challenged(headless_fixture& f, std::string_view expires_in = "300") {
    auto flow = f.begin();
    REQUIRE(flow);
    f.answer(*flow, f.challenge(expires_in));
    CHECK_FALSE(flow->poll_result());
    return std::move(*flow);
}

} // namespace

TEST_CASE("a right password signs in, and neither request has more than it needs") {
    BOTH_MODES;
    headless_fixture f(mode);
    auto flow = f.begin();
    REQUIRE(flow);
    CHECK_FALSE(flow->mfa());
    CHECK(flow->next_deadline() == cal::at_once);
    auto request = flow->poll_request(f.now());
    REQUIRE(request);
    CHECK_FALSE(flow->poll_request(f.now()));
    CHECK_FALSE(flow->next_deadline());
    CHECK(request->id != cal::request_id{});
    support::sends(cal::result<cal::http_request>(std::move(*request)), cal::http_method::post, "/login",
        R"({"email":"alice@example.com","password":"correct horse battery staple"})");
    f.now() += 300ms;
    CHECK(flow->handle_response(cal::request_id{1}, f.login_response(f.first_tokens()), f.now()));
    auto const ended = f.end(*flow);
    support::accepted("sign-in", ended);
    auto const& [signed_in, user] = *ended;
    CHECK(signed_in.claims.sub() == "alice");
    CHECK(signed_in.claims.name() == "Alice");
    CHECK(signed_in.tokens.access_token.expose() == "access-1-of-this-session");
    CHECK(signed_in.tokens.refresh_token.expose() == "refresh-1-of-this-session");
    CHECK(signed_in.tokens.token_type == "Bearer");
    CHECK(signed_in.tokens.expires_at == f.now() + 15min);
    CHECK(signed_in.tokens.received_at == f.now());
    CHECK_FALSE(signed_in.keys.keys.empty());
    CHECK(user.user_id == "u-1");
    CHECK(user.organization_id == "o-1");
    CHECK(user.licenses == std::vector<std::string>{"app-1"});
    CHECK(f.server.log == std::vector<std::string>{"jwks"});
}

TEST_CASE("a second factor is asked for, and a right code signs in") {
    BOTH_MODES;
    headless_fixture f(mode);
    auto flow = challenged(f);
    auto const* asked = flow.mfa();
    REQUIRE(asked);
    CHECK(asked->methods == std::vector<std::string>{"totp", "backup_code"});
    CHECK(asked->user.first_name == "Alice");
    CHECK(asked->expires_at == f.now() + 5min);
    CHECK_FALSE(asked->refused);
    CHECK(flow.next_deadline() == f.now() + 5min);
    CHECK_FALSE(flow.poll_request(f.now()));
    CHECK(f.server.log.empty());

    f.now() += 1min;
    CHECK(flow.handle_code("123456", "totp", f.now()));
    CHECK_FALSE(flow.mfa());
    CHECK(flow.next_deadline() == cal::at_once);
    support::refused("a code while another is checked", flow.handle_code("654321", "totp", f.now()), error_code::flow_in_wrong_state);
    auto request = flow.poll_request(f.now());
    REQUIRE(request);
    auto const id = request->id;
    support::sends(cal::result<cal::http_request>(std::move(*request)), cal::http_method::post, "/mfa/verify",
        R"({"mfaToken":"mfa_eyJhbGciOiJIUzI1NiJ9.e30.x","code":"123456","method":"totp"})");
    auto tokens = f.first_tokens();
    tokens.user = R"({"userId":"u-1","email":"alice@example.com","firstName":"Alice","lastName":"Example"})";
    CHECK(flow.handle_response(id, f.login_response(tokens), f.now()));
    auto const ended = f.end(flow);
    support::accepted("sign-in", ended);
    CHECK(ended->sign_in.claims.sub() == "alice");
    CHECK(ended->user.last_name == "Example");
    CHECK_FALSE(ended->user.licenses);
}

TEST_CASE("a code that does not do leaves the challenge open, and says why") {
    struct row {
        std::string_view what;
        cal::http_response response;
        error_code code;
    };
    cal::http_response busy{503, {{"Retry-After", "7"}}, {}};
    row const rows[] = {
        {"wrong", headless_refusal(401, "MFA_INVALID_CODE"), error_code::mfa_code_wrong},
        {"malformed", headless_refusal(400, "VALIDATION_ERROR"), error_code::platform_input_refused},
        {"too many", headless_refusal(429, "RATE_LIMITED"), error_code::too_many_requests},
        {"busy", busy, error_code::server_unavailable},
        {"broken", support::reply(500, "<html>"), error_code::server_unavailable},
    };
    for (auto const& [what, response, code] : rows) {
        INFO(what);
        headless_fixture f;
        auto flow = challenged(f);
        for (int times = 0; times < 3; ++times) {
            REQUIRE(flow.handle_code("123456", "totp", f.now()));
            f.answer(flow, response);
            REQUIRE(flow.mfa());
            REQUIRE(flow.mfa()->refused);
            CHECK(support::rule_name(flow.mfa()->refused->code()) == support::rule_name(code));
            CHECK_FALSE(flow.poll_result());
            CHECK_FALSE(flow.poll_request(f.now())); // no code is sent a second time by itself
            CHECK(flow.next_deadline() == flow.mfa()->expires_at);
        }
        REQUIRE(flow.handle_code("backup-1234", "backup_code", f.now()));
        f.answer(flow, f.login_response(f.first_tokens()));
        support::accepted("in the end", f.end(flow));
    }
    headless_fixture f;
    auto flow = challenged(f);
    CHECK(flow.handle_code("123456", "totp", f.now()));
    auto const request = f.next_request(flow);
    CHECK(flow.handle_failure(request.id, transport_failure::not_sent, f.now()));
    REQUIRE(flow.mfa());
    CHECK(flow.mfa()->refused == error_code::transport_not_sent);
    CHECK(flow.handle_code("123456", "totp", f.now()));
    CHECK(f.next_request(flow).id != request.id);
}

TEST_CASE("what ends a challenge ends the sign-in") {
    struct row {
        std::string_view what;
        cal::http_response response;
        error_code code;
        condition kind;
    };
    row const rows[] = {
        {"expired at the platform", headless_refusal(401, "MFA_CHALLENGE_EXPIRED"), error_code::mfa_challenge_expired, condition::authorize_again},
        {"client", headless_refusal(401, "INVALID_CLIENT"), error_code::platform_client_refused, condition::fix_configuration},
        {"locked", headless_refusal(423, "ACCOUNT_LOCKED"), error_code::account_locked, condition::authorize_again},
        {"licence", headless_refusal(403, "APP_NOT_LICENSED"), error_code::app_not_licensed, condition::access_refused},
        {"unknown code", headless_refusal(401, "SOMETHING_NEW"), error_code::platform_error, condition::fix_configuration},
        {"gateway without answer", support::reply(502, ""), error_code::server_unavailable, condition::authorize_again},
        {"gateway that waited", support::reply(504, ""), error_code::server_unavailable, condition::authorize_again},
        {"redirect", {302, {{"Location", "https://evil.example"}}, {}}, error_code::redirect_not_followed, condition::distrust_server},
        {"page", support::reply(200, "<html>"), error_code::json_syntax, condition::distrust_server},
        {"no tokens", support::reply(200, "{}"), error_code::platform_response_malformed, condition::distrust_server},
        {"another challenge", headless_fixture::challenge(), error_code::platform_response_malformed, condition::distrust_server},
    };
    for (auto const& [what, response, code, kind] : rows) {
        headless_fixture f;
        auto flow = challenged(f);
        REQUIRE(flow.handle_code("123456", "totp", f.now()));
        f.answer(flow, response);
        ends(what, f.end(flow), code, kind);
        support::refused(what, flow.handle_code("123456", "totp", f.now()), error_code::flow_in_wrong_state);
        CHECK(f.server.log.empty());
    }
}

TEST_CASE("a challenge is answered within its time") {
    headless_fixture f;
    auto flow = challenged(f);
    f.now() += 5min - 1ms;
    CHECK_FALSE(flow.poll_request(f.now()));
    CHECK(flow.mfa());
    SECTION("the deadline ends it") {
        f.now() += 1ms;
        CHECK_FALSE(flow.poll_request(f.now()));
        ends("deadline", f.end(flow), error_code::mfa_challenge_expired, condition::authorize_again);
    }
    SECTION("a code that comes too late is not sent") {
        f.now() += 1ms;
        support::refused("code", flow.handle_code("123456", "totp", f.now()), error_code::mfa_challenge_expired);
        ends("code", f.end(flow), error_code::mfa_challenge_expired, condition::authorize_again);
    }
    SECTION("what is in flight is waited for") {
        CHECK(flow.handle_code("123456", "totp", f.now()));
        auto const request = f.next_request(flow);
        f.now() += 1min;
        CHECK_FALSE(flow.poll_request(f.now()));
        CHECK(flow.handle_response(request.id, f.login_response(f.first_tokens()), f.now()));
        support::accepted("in the end", f.end(flow));
    }
    SECTION("a wrong code at the last moment is the last") {
        CHECK(flow.handle_code("123456", "totp", f.now()));
        auto const request = f.next_request(flow);
        f.now() += 1min;
        CHECK(flow.handle_response(request.id, headless_refusal(401, "MFA_INVALID_CODE"), f.now()));
        CHECK(flow.mfa());
        ends("wrong", f.end(flow), error_code::mfa_challenge_expired, condition::authorize_again);
    }
    SECTION("a clock that was set back leaves it to the platform") {
        f.now() -= 24h;
        CHECK(flow.handle_code("123456", "totp", f.now()));
        CHECK(f.poll(flow));
    }
}

TEST_CASE("a challenge that is over when it comes ends the sign-in") {
    headless_fixture f;
    auto flow = challenged(f, "0");
    ends("0 s", f.end(flow), error_code::mfa_challenge_expired, condition::authorize_again);
}

TEST_CASE("a code that cannot be sent is refused, and the challenge stays") {
    headless_fixture f;
    auto flow = f.begin();
    REQUIRE(flow);
    support::refused("too early", flow->handle_code("123456", "totp", f.now()), error_code::flow_in_wrong_state);
    f.answer(*flow, f.challenge());
    support::refused("empty", flow->handle_code("", "totp", f.now()), error_code::platform_member_invalid);
    support::refused("not UTF-8", flow->handle_code("\xff", "totp", f.now()), error_code::platform_member_invalid);
    support::refused("no method", flow->handle_code("123456", "", f.now()), error_code::platform_member_invalid);
    CHECK(flow->mfa());
    CHECK(flow->handle_code("123456", "totp", f.now()));
}

TEST_CASE("what the platform says to a password ends the sign-in, with what to do about it") {
    struct row {
        std::string_view what;
        cal::http_response response;
        error_code code;
        condition kind;
    };
    auto const limited = [](int status, std::string_view code) {
        auto response = headless_refusal(status, code);
        response.headers.push_back({"Retry-After", "540"});
        return response;
    };
    row const rows[] = {
        {"wrong", headless_refusal(401, "INVALID_CREDENTIALS"), error_code::credentials_wrong, condition::correct_input},
        {"locked", limited(423, "ACCOUNT_LOCKED"), error_code::account_locked, condition::retry_later},
        {"too many", limited(429, "RATE_LIMITED"), error_code::too_many_requests, condition::retry_later},
        {"licence", headless_refusal(403, "APP_NOT_LICENSED"), error_code::app_not_licensed, condition::access_refused},
        {"client", headless_refusal(401, "INVALID_CLIENT"), error_code::platform_client_refused, condition::fix_configuration},
        {"address", headless_refusal(400, "VALIDATION_ERROR"), error_code::platform_input_refused, condition::correct_input},
        {"unknown code", headless_refusal(403, "EMAIL_NOT_VERIFIED"), error_code::platform_error, condition::access_refused},
        {"page", support::reply(502, "<html>"), error_code::server_unavailable, condition::retry_later},
        {"not JSON", support::reply(200, "<html>"), error_code::json_syntax, condition::distrust_server},
        {"neither", support::reply(200, "{}"), error_code::platform_response_malformed, condition::distrust_server},
        {"redirect", {307, {{"Location", "https://evil.example"}}, {}}, error_code::redirect_not_followed, condition::distrust_server},
    };
    for (auto const& [what, response, code, kind] : rows) {
        headless_fixture f;
        auto const ended = f.sign_in_with(response);
        ends(what, ended, code, kind);
        CHECK(f.server.log.empty()); // nothing is asked for after a refusal
        if (response.headers.back().name == "Retry-After") CHECK(ended.error().retry_after() == 540s);
    }
}

TEST_CASE("an answer that was lost ends the sign-in, and nothing is sent twice") {
    for (auto const& [failure, code] : {std::pair(transport_failure::not_sent, error_code::transport_not_sent),
             std::pair(transport_failure::no_answer, error_code::transport_no_answer),
             std::pair(transport_failure::too_large, error_code::transport_too_large),
             std::pair(transport_failure::cancelled, error_code::transport_cancelled)}) {
        headless_fixture f;
        auto flow = f.begin();
        REQUIRE(flow);
        auto const request = f.next_request(*flow);
        CHECK(flow->handle_failure(request.id, failure, f.now()));
        ends("password", f.end(*flow), code, cal::rule_of(code).kind);
    }
    headless_fixture f;
    auto flow = challenged(f);
    CHECK(flow.handle_code("123456", "totp", f.now()));
    CHECK(flow.handle_failure(f.next_request(flow).id, transport_failure::no_answer, f.now()));
    ends("code", f.end(flow), error_code::transport_no_answer, condition::authorize_again);
}

TEST_CASE("the ID Token keeps the rules of every ID Token") {
    struct row {
        std::string_view name, value;
        error_code code;
    };
    row const rows[] = {
        {"iss", R"("https://evil.example")", error_code::id_token_iss_mismatch},
        {"iss", "", error_code::id_token_iss_missing},
        {"aud", R"("another-client")", error_code::id_token_aud_mismatch},
        {"aud", R"(["client","untrusted"])", error_code::id_token_aud_untrusted},
        {"azp", R"("another-client")", error_code::id_token_azp_mismatch},
        {"exp", "1799990000", error_code::id_token_expired},
        {"exp", "", error_code::id_token_exp_missing},
        {"iat", "1800009999", error_code::id_token_iat_future},
        {"iat", "1799990000", error_code::id_token_iat_old},
        {"iat", "", error_code::id_token_iat_missing},
        {"sub", "", error_code::id_token_sub_missing},
        {"nonce", R"("of-another-sign-in")", error_code::id_token_nonce_unexpected},
        {"at_hash", R"("AAAAAAAAAAAAAAAAAAAAAA")", error_code::id_token_at_hash_mismatch},
    };
    BOTH_MODES;
    for (auto const& [name, value, code] : rows) {
        headless_fixture f(mode);
        auto tokens = f.first_tokens();
        tokens.id_token = f.id_token({{std::string(name), std::string(value)}});
        ends(name, f.sign_in_with(f.login_response(tokens, support::http_date(f.now()))), code, condition::distrust_server);
    }
}

TEST_CASE("an ID Token that is not there, or not signed by the issuer, signs nobody in") {
    BOTH_MODES;
    headless_fixture f(mode);
    auto tokens = f.first_tokens();
    SECTION("none") {
        tokens.id_token.clear();
        auto const ended = f.sign_in_with(f.login_response(tokens));
        ends("none", ended, error_code::platform_response_malformed, condition::distrust_server);
        CHECK(ended.error().expected() == "idToken");
    }
    SECTION("another signature") {
        tokens.id_token = support::with_flipped_signature(tokens.id_token);
        ends("flipped", f.sign_in_with(f.login_response(tokens)), error_code::jws_signature_invalid, condition::distrust_server);
    }
    SECTION("another algorithm") {
        tokens.id_token = f.id_token({}, support::p256_key);
        ends("ES256", f.sign_in_with(f.login_response(tokens)), error_code::jws_alg_not_allowed, condition::distrust_server);
    }
    SECTION("after a second factor, too") {
        tokens.id_token = support::with_flipped_signature(tokens.id_token);
        auto flow = challenged(f);
        CHECK(flow.handle_code("123456", "totp", f.now()));
        f.answer(flow, f.login_response(tokens));
        ends("flipped", f.end(flow), error_code::jws_signature_invalid, condition::distrust_server);
    }
}

TEST_CASE("keys that are held are used, and fetched once more where they do not fit") {
    BOTH_MODES;
    headless_fixture f(mode);
    f.sign_in_options.keys = f.signed_in().sign_in.keys;
    f.server.log.clear();
    support::accepted("held", f.sign_in_with(f.login_response(f.first_tokens())));
    CHECK(f.server.log.empty());
    f.sign_in_options.keys = support::public_keys({support::p256_key});
    auto const fetched = f.sign_in_with(f.login_response(f.first_tokens()));
    support::accepted("fetched", fetched);
    CHECK(f.server.log == std::vector<std::string>{"jwks"});
    CHECK(fetched->sign_in.keys.keys.size() == f.server.published.size());
}

TEST_CASE("keys that cannot be had are asked for up to three times") {
    headless_fixture f;
    int left = 0;
    f.server.tamper = [&left](std::string_view, cal::http_response honest) -> cal::result<cal::http_response, transport_failure> {
        if (left == 0) return honest;
        --left;
        return transport_failure::no_answer;
    };
    left = 2;
    support::accepted("two failures", f.sign_in_with(f.login_response(f.first_tokens())));
    left = 3;
    ends("three failures", f.sign_in_with(f.login_response(f.first_tokens())), error_code::transport_no_answer, condition::authorize_again);
    f.server.tamper = [](std::string_view, cal::http_response) { return cal::http_response{503, {{"Retry-After", "31"}}, {}}; };
    ends("a long wait", f.sign_in_with(f.login_response(f.first_tokens())), error_code::server_unavailable, condition::authorize_again);
    f.server.tamper = [](std::string_view, cal::http_response) { return support::reply(200, "{}"); };
    ends("no key set", f.sign_in_with(f.login_response(f.first_tokens())), error_code::jwk_set_malformed, condition::distrust_server);
}

TEST_CASE("a device whose clock is wrong signs in, and knows when its token ends") {
    struct row {
        std::string_view what;
        cal::milliseconds ahead;
        bool dated;
    };
    row const rows[] = {
        {"3 h fast, told by Date", 3h, true},
        {"3 h slow, told by Date", -3h, true},
        {"3 h fast, told by iat", 3h, false},
        {"9 min fast, told by iat", 9min, false},
        {"3 h slow, told by iat", -3h, false},
    };
    BOTH_MODES;
    for (auto const& [what, ahead, dated] : rows) {
        INFO(what);
        headless_fixture f(mode);
        f.now() -= ahead; // the platform's time, for what it makes
        auto const tokens = f.first_tokens();
        auto const date = dated ? support::http_date(f.now()) : std::string();
        f.now() += ahead;
        auto ended = f.sign_in_with(f.login_response(tokens, date));
        support::accepted(what, ended);
        CHECK(ended->sign_in.clock.learned() == -ahead);
        CHECK(ended->sign_in.tokens.expires_at == f.now() + 15min);
        auto session = cal::session::start(f.how(), std::move(ended->sign_in), f.random, f.now(), f.options);
        REQUIRE(session);
        CHECK(session->expires_at() == std::nullopt); // until it is saved
        f.take_events(*session);
        CHECK(f.access_token(*session) == "access-1-of-this-session");
        CHECK(session->clock().learned() == -ahead);
    }
}

TEST_CASE("a device that was never told the time signs in by Date") {
    headless_fixture f;
    auto const tokens = f.first_tokens();
    auto const date = support::http_date(f.now());
    f.now() = cal::time_point(5min); // in 1970
    auto const ended = f.sign_in_with(f.login_response(tokens, date));
    support::accepted("1970", ended);
    CHECK(ended->sign_in.tokens.expires_at == f.now() + 15min);
    CHECK(ended->sign_in.tokens.received_at == f.now());
}

TEST_CASE("a clock that was learned earlier serves where nothing else tells the time") {
    headless_fixture f;
    auto const tokens = f.first_tokens();
    f.now() += 2h;
    f.sign_in_options.clock = cal::clock_offset(-2h);
    auto const ended = f.sign_in_with(f.login_response(tokens));
    support::accepted("learned", ended);
    CHECK(ended->sign_in.tokens.expires_at == f.now() + 15min);
}

TEST_CASE("the answer of a host decides, and one that cannot tell ends the sign-in") {
    using kind = cal::crypto_answer::kind;
    for (auto const& [answer, code] :
        {std::pair(kind::unavailable, error_code::crypto_unavailable), std::pair(kind::no, error_code::jws_signature_invalid)}) {
        headless_fixture f(cal::crypto_answers::by_host);
        f.sign_in_options.keys = support::public_keys({support::rsa_key});
        auto flow = f.begin();
        REQUIRE(flow);
        CHECK_FALSE(flow->poll_crypto_question());
        f.answer(*flow, f.login_response(f.first_tokens()));
        CHECK(flow->next_deadline() == cal::at_once);
        auto const question = flow->poll_crypto_question();
        REQUIRE(question);
        CHECK_FALSE(flow->poll_crypto_question());
        CHECK_FALSE(flow->next_deadline());
        CHECK_FALSE(flow->handle_crypto_answer(question->id + 1, {kind::yes, {}}));
        CHECK_FALSE(flow->handle_crypto_answer(0, {kind::yes, {}}));
        CHECK(flow->handle_crypto_answer(question->id, {answer, {}}));
        CHECK_FALSE(flow->handle_crypto_answer(question->id, {kind::yes, {}}));
        if (answer == kind::no) { // the keys may have changed
            auto const request = flow->poll_request(f.now());
            REQUIRE(request);
            CHECK(flow->handle_response(request->id, *f.server.handle(*request, f.now()), f.now()));
            auto const again = flow->poll_crypto_question();
            REQUIRE(again);
            CHECK(flow->handle_crypto_answer(again->id, {answer, {}}));
        }
        support::refused("answer", f.end(*flow), code);
    }
}

TEST_CASE("no error and no decision of a sign-in tells a secret that the platform repeats") {
    std::string const secrets[] = {std::string(support::password), std::string(support::mfa_token), "backup-1234-5678", "ccas_a-secret-of-ours"};
    std::string all;
    for (auto const& secret : secrets) all += secret + ' ';
    support::recording_trace trace;
    auto const harmless = [&](cal::error const& e) {
        for (auto const& secret : secrets) {
            INFO(secret);
            auto const whole = e.message() + ' ' + std::string(e.server_text()) + ' ' + std::string(e.server_error()) + trace.text();
            CHECK(whole.find(secret) == std::string::npos);
        }
    };
    headless_fixture f;
    f.sign_in_options.check.trace = &trace;
    auto const ended = f.sign_in_with(headless_refusal(401, "INVALID_CREDENTIALS", "not " + secrets[0] + " with " + secrets[3]));
    support::refused("password", ended, error_code::credentials_wrong);
    harmless(ended.error());
    auto flow = challenged(f);
    CHECK(flow.handle_code(secrets[2], "backup_code", f.now()));
    auto again = headless_refusal(401, "MFA_INVALID_CODE", "not " + secrets[2] + " for " + secrets[1] + " with " + secrets[3]);
    f.answer(flow, again);
    REQUIRE(flow.mfa());
    harmless(*flow.mfa()->refused);
    CHECK(flow.handle_code("123456", "totp", f.now()));
    f.answer(flow, headless_refusal(400, "VALIDATION_ERROR", "123456 is no code"));
    CHECK(flow.mfa()->refused->server_text().find("123456") == std::string_view::npos);
}

TEST_CASE("what cannot lead to a sign-in is refused before a password is sent") {
    headless_fixture f;
    support::refused("address", f.begin("", support::password), error_code::platform_member_invalid);
    support::refused("password", f.begin("alice@example.com", ""), error_code::platform_member_invalid);
    support::failing_random no_random;
    support::refused("random",
        cal::headless_sign_in::start(support::headless_platform(), f.metadata, f.client.clone(), "alice@example.com", support::password, no_random),
        error_code::random_source_failed);
    auto const start = [&](cal::platform_client platform, auto change) {
        auto metadata = f.metadata;
        auto client = f.client.clone();
        change(metadata, client);
        return cal::headless_sign_in::start(
            std::move(platform), std::move(metadata), std::move(client), "alice@example.com", support::password, f.random, f.sign_in_options);
    };
    auto const as_is = [](auto&, auto&) {};
    support::accepted("as it is", start(support::headless_platform(), as_is));
    support::accepted("credentials of the host", start({"https://own.example", cal::added_by_host{}}, as_is));
    support::refused("API key", start({"https://auth.example", cal::api_key{"key"}}, as_is), error_code::client_id_missing);
    support::refused("no secret", start({"https://auth.example", cal::app_client{"cca_1", {}}}, as_is), error_code::client_secret_missing);
    support::refused("plain http", start({"http://auth.example", cal::app_client{"cca_1", "ccas_2"}}, as_is), error_code::url_not_https);
    auto const whole = support::headless_platform;
    support::refused("no client_id", start(whole(), [](auto&, auto& client) { client.client_id.clear(); }), error_code::client_id_missing);
    support::refused("no keys", start(whole(), [](auto& server, auto&) { server.jwks_uri.clear(); }), error_code::endpoint_missing);
    support::refused(
        "keys over http", start(whole(), [](auto& server, auto&) { server.jwks_uri = "http://op.example/jwks"; }), error_code::url_not_https);
    support::refused(
        "algorithm", start(whole(), [](auto&, auto& client) { client.id_token_signed_response_alg = "none"; }), error_code::jws_alg_unknown);
    support::refused("MAC without a secret", start(whole(), [](auto&, auto& client) { client.id_token_signed_response_alg = "HS256"; }),
        error_code::hmac_of_public_client);
}

TEST_CASE("what was aborted asks for nothing more, and ignores what comes late") {
    headless_fixture f;
    auto flow = f.begin();
    REQUIRE(flow);
    SECTION("before the password has left") {
        flow->abort();
        ends("before", f.end(*flow), error_code::aborted, condition::retry_later);
    }
    SECTION("while it is in flight") {
        auto const request = f.next_request(*flow);
        flow->abort();
        CHECK_FALSE(flow->handle_response(request.id, f.login_response(f.first_tokens()), f.now()));
        ends("in flight", f.end(*flow), error_code::aborted, condition::retry_later);
    }
    SECTION("while a code is awaited") {
        f.answer(*flow, f.challenge());
        flow->abort();
        ends("awaiting", f.end(*flow), error_code::aborted, condition::retry_later);
    }
    flow->abort();
    CHECK_FALSE(flow->poll_result());
}

TEST_CASE("a sign-in ignores answers to what was never sent, and second answers") {
    headless_fixture f;
    auto flow = f.begin();
    REQUIRE(flow);
    CHECK_FALSE(flow->handle_response(cal::request_id{1}, f.login_response(f.first_tokens()), f.now()));
    CHECK_FALSE(flow->handle_failure({}, transport_failure::not_sent, f.now()));
    auto const request = f.next_request(*flow);
    CHECK_FALSE(flow->handle_failure(cal::request_id{static_cast<std::uint64_t>(request.id) + 1}, transport_failure::not_sent, f.now()));
    CHECK(flow->handle_response(request.id, f.challenge(), f.now()));
    CHECK_FALSE(flow->handle_response(request.id, f.login_response(f.first_tokens()), f.now()));
    CHECK_FALSE(flow->handle_failure(request.id, transport_failure::no_answer, f.now()));
    CHECK(flow->mfa());
}

TEST_CASE("a program that blocks asks for the code while it waits") {
    headless_fixture f;
    auto flow = f.begin();
    REQUIRE(flow);
    struct terminal {
        headless_fixture& f;
        cal::headless_sign_in& flow;
        std::vector<std::string> codes{"654321", "123456"}; // the last is right

        cal::time_point now() const { return f.host.time; }
        void wait_until(cal::time_point time) {
            if (!flow.mfa()) return void(f.host.time = (std::max)(f.host.time, time));
            auto const code = codes.front();
            codes.erase(codes.begin());
            CHECK(flow.handle_code(code, "totp", now()));
        }
        cal::result<cal::http_response, transport_failure> send(cal::http_request const& request) {
            if (request.url.ends_with("/login")) return f.challenge();
            if (!request.url.ends_with("/mfa/verify")) return f.server.handle(request, now());
            if (request.body.find("123456") == std::string::npos) return headless_refusal(401, "MFA_INVALID_CODE");
            return f.login_response(f.first_tokens());
        }
    } host{f, *flow};
    auto const user = cal::drive(*flow, host);
    support::accepted("sign-in", user);
    CHECK(host.codes.empty());
}
