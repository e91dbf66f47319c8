#pragma once
#include <calimatic/auth.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"
#include "support/provider.hpp"

/// \file
/// A session under test: its user has signed in at the small provider, and its requests are answered by hand.

namespace support {

struct token_answer {
    std::string access_token = "access-2";
    std::string refresh_token = "refresh-2"; ///< "": none
    std::string id_token{};
    std::string expires_in = "3600"; ///< "": not said
    std::string scope{};
};

inline cal::http_response to_response(token_answer const& answer, std::string_view date = {}) {
    cal::http_response response{
        200, {{"Content-Type", "application/json"}}, "{\"token_type\":\"Bearer\",\"access_token\":\"" + answer.access_token + '"'};
    auto const add = [&response](std::string_view name, std::string const& value) {
        if (!value.empty()) response.body.append(",\"").append(name).append("\":\"").append(value).append("\"");
    };
    add("refresh_token", answer.refresh_token);
    add("id_token", answer.id_token);
    add("scope", answer.scope);
    if (!answer.expires_in.empty()) response.body += ",\"expires_in\":" + answer.expires_in;
    response.body += '}';
    if (!date.empty()) response.headers.push_back({"Date", std::string(date)});
    return response;
}

inline cal::http_response refusal(std::string_view error, int status = 400) {
    return {status, {{"Content-Type", "application/json"}}, "{\"error\":\"" + std::string(error) + "\"}"};
}

/// RFC 9110 5.6.7.
inline std::string http_date(cal::time_point time) {
    using namespace std::chrono;
    static constexpr std::string_view weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = floor<days>(time);
    year_month_day const date(day);
    auto const second = static_cast<unsigned>(floor<seconds>(time - day).count());
    auto const two = [](unsigned value) { return std::string(value < 10 ? "0" : "") + std::to_string(value); };
    return std::string(weekdays[weekday(day).c_encoding()]) + ", " + two(static_cast<unsigned>(date.day())) + ' ' +
        std::string(months[static_cast<unsigned>(date.month()) - 1]) + ' ' + std::to_string(static_cast<int>(date.year())) + ' ' +
        two(second / 3600) + ':' + two(second / 60 % 60) + ':' + two(second % 60) + " GMT";
}

struct session_fixture {
    using kind = cal::session_event::kind;

    provider server;
    virtual_host host{server};
    seeded_random random;
    cal::session_options options;
    cal::client_information client{.client_id = "client"};
    cal::server_metadata metadata = with_revocation(server.metadata());
    std::vector<cal::session_event> events; ///< all that were polled
    cal::secret_string saved;               ///< the blob of the last saving
    bool saves = true;                      ///< whether the host saves what it is told to

    explicit session_fixture(cal::crypto_answers crypto = cal::crypto_answers::inside) { options.crypto = crypto; }

    static cal::server_metadata with_revocation(cal::server_metadata metadata) {
        metadata.revocation_endpoint = metadata.issuer + "/revoke";
        return metadata;
    }
    cal::time_point& now() { return host.time; }

    cal::sign_in signed_in() {
        auto flow = cal::authorization_code_flow::start(
            metadata, client.clone(), {.redirect_uri = "http://127.0.0.1:3000/cb", .scope = "openid email"}, random, host.now());
        REQUIRE(flow);
        REQUIRE(flow->handle_redirect(server.authorize(*flow->authorization_url()), host.now()));
        auto user = cal::drive(*flow, host);
        REQUIRE(user);
        return std::move(*user);
    }
    cal::oauth_refresh how() const { return {metadata, client.clone()}; }

    /// A session whose first tokens are saved: "the-access-token" and "the-refresh-token", good for an hour from `now()`.
    cal::session start() { return start(signed_in()); }
    cal::session start(cal::sign_in user) {
        auto session = cal::session::start(how(), std::move(user), random, now(), options);
        REQUIRE(session);
        take_events(*session);
        return std::move(*session);
    }
    cal::result<cal::session> resume(std::string_view blob) { return cal::session::resume(how(), blob, random, now(), options); }
    cal::session restart(cal::session const& before) {
        auto session = resume(serialize(before).expose());
        REQUIRE(session);
        take_events(*session);
        return std::move(*session);
    }

    /// Does what a host does: answers questions, takes events, saves.
    void take_events(cal::session& session) {
        while (auto question = session.poll_crypto_question()) session.handle_crypto_answer(question->id, cal::answer_inside(*question));
        while (auto event = session.poll_event()) {
            if (event->generation != 0 && saves) {
                saved = serialize(session);
                session.handle_saved(event->generation);
            }
            events.push_back(std::move(*event));
        }
    }
    /// The request that the session wants sent now, if any.
    std::optional<cal::http_request> poll(cal::session& session) {
        auto request = session.poll_request(now());
        take_events(session);
        if (!request) request = session.poll_request(now());
        return request;
    }
    /// Lets time pass until the session wants something sent. Ends the test if it never does.
    cal::http_request next_request(cal::session& session) {
        for (int i = 0; i < 10; ++i) {
            if (auto request = poll(session)) return std::move(*request);
            auto const deadline = session.next_deadline();
            REQUIRE(deadline);
            now() = (std::max)(now(), *deadline);
        }
        FAIL("the session has deadlines and no request");
        return {};
    }
    void answer(cal::session& session, cal::http_request const& request, cal::http_response response) {
        CHECK(session.handle_response(request.id, std::move(response), now()));
        take_events(session);
    }
    void fail(cal::session& session, cal::http_request const& request, cal::transport_failure failure) {
        CHECK(session.handle_failure(request.id, failure, now()));
        take_events(session);
    }

    /// An ID Token as the provider would give it now, but for what is changed.
    std::string id_token(std::vector<std::pair<std::string, std::string>> const& changes = {}, std::string_view key = rsa_key) {
        auto claims = "{\"iss\":\"" + server.issuer +
            "\",\"sub\":\"alice\",\"aud\":\"client\",\"name\":\"Alice\",\"iat\":" + std::to_string(seconds_of(now())) +
            ",\"exp\":" + std::to_string(seconds_of(now()) + 300) + "}";
        for (auto const& [name, value] : changes) claims = with_member(claims, name, value);
        return signed_token(key, claims);
    }

    bool happened(kind what) const {
        return std::any_of(events.begin(), events.end(), [what](auto const& event) { return event.what == what; });
    }
    cal::session_event const& last(kind what) const {
        for (auto event = events.rbegin(); event != events.rend(); ++event)
            if (event->what == what) return *event;
        FAIL("no such event");
        return events.front();
    }
    std::string access_token(cal::session const& session) {
        auto const token = session.access_token(now());
        return token ? std::string(*token) : std::string(token.error().name());
    }
};

} // namespace support
