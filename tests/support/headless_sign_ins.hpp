#pragma once
#include <calimatic/auth.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/headless.hpp"
#include "support/sessions.hpp"

/// \file
/// A headless sign-in, and the session that comes of it, under test: keys are the small provider's, all else is answered by hand.

namespace support {

inline constexpr std::string_view password = "correct horse battery staple";
inline constexpr std::string_view mfa_token = "mfa_eyJhbGciOiJIUzI1NiJ9.e30.x";

/// ISO 8601, as the platform writes it.
inline std::string iso_date(cal::time_point time) {
    using namespace std::chrono;
    auto const day = floor<days>(time);
    year_month_day const date(day);
    auto const digits = [](auto value, std::size_t count) {
        auto const text = std::to_string(value);
        return std::string(count - (std::min)(count, text.size()), '0') + text;
    };
    auto const ms = (time - day).count();
    return digits(static_cast<int>(date.year()), 4) + '-' + digits(static_cast<unsigned>(date.month()), 2) + '-' +
        digits(static_cast<unsigned>(date.day()), 2) + 'T' + digits(ms / 3'600'000, 2) + ':' + digits(ms / 60'000 % 60, 2) + ':' +
        digits(ms / 1000 % 60, 2) + '.' + digits(ms % 1000, 3) + 'Z';
}

/// What the platform gives; "": left out.
struct headless_answer {
    std::string access_token = "access-2-of-this-session";
    std::string refresh_token = "refresh-2-of-this-session";
    std::string id_token{};
    std::string expires_at{};
    std::string user{}; ///< an object
};

inline cal::http_response to_response(headless_answer const& answer, cal::headless_token_names const& names, std::string_view date = {}) {
    std::string body;
    auto const add = [&body](std::string_view name, std::string const& json) {
        body.append(body.empty() ? "{" : ",").append("\"").append(name).append("\":").append(json);
    };
    auto const add_text = [&add](std::string_view name, std::string const& text) {
        if (!text.empty()) add(name, '"' + text + '"');
    };
    add_text(names.access_token, answer.access_token);
    add_text(names.refresh_token, answer.refresh_token);
    add_text(names.id_token, answer.id_token);
    add_text(names.expires_at, answer.expires_at);
    if (!answer.user.empty()) add("user", answer.user);
    auto response = reply(200, body + '}');
    if (!date.empty()) response.headers.push_back({"Date", std::string(date)});
    return response;
}

/// A refusal as the headless API's documentation names its parts.
inline cal::http_response headless_refusal(int status, std::string_view code, std::string_view message = "words") {
    std::string body = R"({"message":")" + std::string(message) + '"';
    if (!code.empty()) body += R"(,"code":")" + std::string(code) + '"';
    return reply(status, body + '}');
}

struct headless_fixture : session_fixture {
    cal::headless_profile profile = camel_case_profile();
    cal::headless_sign_in_options sign_in_options;
    std::vector<std::string> answered_questions; ///< of sign-ins, by their kind

    explicit headless_fixture(cal::crypto_answers crypto = cal::crypto_answers::inside) : session_fixture(crypto) { sign_in_options.crypto = crypto; }
    headless_fixture(cal::headless_profile names, cal::crypto_answers crypto) : headless_fixture(crypto) { profile = std::move(names); }

    cal::headless_refresh how() const { return {headless_platform(), profile, metadata, client.clone()}; }

    cal::result<cal::headless_sign_in> begin(std::string_view email = "alice@example.com", std::string_view secret = password) {
        return cal::headless_sign_in::start(headless_platform(), metadata, client.clone(), email, secret, random, sign_in_options);
    }

    /// Tokens as /login gives them: good for a quarter of an hour by a platform whose clock is right.
    headless_answer first_tokens(cal::milliseconds device_ahead = {}) {
        return {.access_token = "access-1-of-this-session",
            .refresh_token = "refresh-1-of-this-session",
            .id_token = id_token(),
            .expires_at = iso_date(now() - device_ahead + std::chrono::minutes(15)),
            .user = R"({"userId":"u-1","email":"alice@example.com","firstName":"Alice","organizationId":"o-1","licenses":["app-1"]})"};
    }
    static cal::http_response challenge(std::string_view expires_in = "300") {
        return reply(200,
            R"({"mfaRequired":true,"mfaToken":")" + std::string(mfa_token) + R"(","expiresIn":)" + std::string(expires_in) +
                R"(,"methods":["totp","backup_code"],"user":{"userId":"u-1","email":"alice@example.com","firstName":"Alice"}})");
    }
    static cal::http_response login_response(headless_answer const& answer, std::string_view date = {}) {
        return to_response(answer, cal::headless_token_names::of_login(), date);
    }
    cal::http_response refresh_response(headless_answer answer = {}, std::string_view date = {}) {
        if (answer.expires_at.empty()) answer.expires_at = iso_date(now() + std::chrono::minutes(15));
        return to_response(answer, profile.refresh_reply, date);
    }

    /// Answers what is asked about keys and signatures, as the provider and an honest host do; then the request that is left, if there is one.
    std::optional<cal::http_request> poll(cal::headless_sign_in& flow) {
        for (int i = 0; i < 20; ++i) {
            while (auto question = flow.poll_crypto_question()) {
                CHECK_FALSE(flow.poll_request(now()));
                CHECK(flow.handle_crypto_answer(question->id, cal::answer_inside(*question)));
            }
            auto request = flow.poll_request(now());
            if (!request || request->url != metadata.jwks_uri) return request;
            if (auto keys = server.handle(*request, now())) CHECK(flow.handle_response(request->id, std::move(*keys), now()));
            else CHECK(flow.handle_failure(request->id, keys.error(), now()));
            if (auto const deadline = flow.next_deadline()) now() = (std::max)(now(), *deadline);
        }
        FAIL("keys are asked for again and again");
        return std::nullopt;
    }
    using session_fixture::poll;

    cal::http_request next_request(cal::headless_sign_in& flow) {
        auto request = poll(flow);
        REQUIRE(request);
        return std::move(*request);
    }
    using session_fixture::next_request;

    void answer(cal::headless_sign_in& flow, cal::http_response response) {
        auto const request = next_request(flow);
        CHECK(flow.handle_response(request.id, std::move(response), now()));
    }
    using session_fixture::answer;

    cal::result<cal::headless_signed_in> end(cal::headless_sign_in& flow) {
        CHECK_FALSE(poll(flow));
        auto ended = flow.poll_result();
        REQUIRE(ended);
        CHECK_FALSE(flow.poll_request(now()));
        CHECK_FALSE(flow.poll_crypto_question());
        CHECK_FALSE(flow.next_deadline());
        CHECK_FALSE(flow.mfa());
        CHECK_FALSE(flow.poll_result());
        return std::move(*ended);
    }
    /// The end of a sign-in whose password is answered so.
    cal::result<cal::headless_signed_in> sign_in_with(cal::http_response response) {
        auto flow = begin();
        REQUIRE(flow);
        answer(*flow, std::move(response));
        return end(*flow);
    }

    cal::headless_signed_in signed_in() {
        auto user = sign_in_with(login_response(first_tokens()));
        REQUIRE(user);
        return std::move(*user);
    }
    /// A session whose first tokens are saved.
    cal::session start() { return start(signed_in()); }
    cal::session start(cal::headless_signed_in user) {
        auto session = cal::session::start(how(), std::move(user.sign_in), random, now(), options);
        REQUIRE(session);
        take_events(*session);
        return std::move(*session);
    }
    cal::result<cal::session> resume(std::string_view blob) { return cal::session::resume(how(), blob, random, now(), options); }
};

} // namespace support
