#pragma once
#include <calimatic/auth.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/sessions.hpp"
#include "support/shared_store.hpp"

/// \file
/// Several tabs that share a session: one store and one lock, each step taken by hand.

namespace support {

struct shared_tab {
    cal::shared_session session;
    unsigned number;
    std::vector<cal::shared_session_event> events{};
    std::optional<cal::store_question> waiting{}; ///< for the lock

    bool happened(cal::shared_session_event::kind what) const {
        return std::any_of(events.begin(), events.end(), [what](auto const& event) { return event.what == what; });
    }
    cal::error_code end() const {
        for (auto const& event : events)
            if (event.what == cal::shared_session_event::kind::ended) return event.error->code();
        return cal::error_code::none;
    }
};

struct shared_fixture : session_fixture {
    shared_store store;
    cal::shared_session_options shared;

    explicit shared_fixture(cal::shared_lock lock = cal::shared_lock::by_host, cal::crypto_answers crypto = cal::default_crypto_answers)
        : session_fixture(crypto) {
        shared.lock = lock;
        shared.session = options;
        shared.session.timing.jitter = cal::milliseconds{0};
    }

    shared_tab make(cal::result<cal::shared_session> made) {
        REQUIRE(made);
        return {std::move(*made), ++tabs_};
    }
    /// A tab in which a user has signed in, whose session is stored.
    shared_tab start() { return start(signed_in()); }
    shared_tab start(cal::sign_in user) {
        auto made = make(cal::shared_session::start(how(), std::move(user), random, now(), shared));
        settle(made);
        return made;
    }
    shared_tab open() {
        auto made = make(cal::shared_session::open(how(), random, now(), shared));
        settle(made);
        return made;
    }

    /// One question to the store, answered at once. Returns whether there was one; one for a lock that another holds waits.
    bool answer_question(shared_tab& tab) {
        auto question = tab.waiting ? std::exchange(tab.waiting, std::nullopt) : tab.session.poll_store_question();
        if (!question) return false;
        auto answer = store.answer(*question, tab.number);
        if (!answer) {
            tab.waiting = std::move(question);
            return false;
        }
        CHECK(tab.session.handle_store_answer(question->id, std::move(*answer)));
        return true;
    }
    void take_events(shared_tab& tab) {
        while (auto question = tab.session.poll_crypto_question()) tab.session.handle_crypto_answer(question->id, cal::answer_inside(*question));
        while (auto event = tab.session.poll_event()) tab.events.push_back(std::move(*event));
    }
    /// Everything that can be done now, up to a request, which is given back.
    std::optional<cal::http_request> settle(shared_tab& tab) {
        for (int i = 0; i < 50; ++i) {
            auto request = tab.session.poll_request(now());
            take_events(tab);
            if (request) return request;
            if (!answer_question(tab)) {
                if (auto const next = tab.session.next_deadline(); !next || *next > now() || tab.waiting) return std::nullopt;
            }
        }
        FAIL("a tab does not come to rest");
        return std::nullopt;
    }
    /// Lets time pass until the tab wants something sent.
    cal::http_request next_request(shared_tab& tab) {
        for (int i = 0; i < 20; ++i) {
            if (auto request = settle(tab)) return std::move(*request);
            auto const deadline = tab.session.next_deadline();
            REQUIRE(deadline);
            now() = (std::max)(now(), *deadline);
        }
        FAIL("a tab has deadlines and no request");
        return {};
    }
    std::optional<cal::http_request> answer(shared_tab& tab, cal::http_request const& request, cal::http_response response) {
        CHECK(tab.session.handle_response(request.id, std::move(response), now()));
        return settle(tab);
    }
    std::optional<cal::http_request> fail(shared_tab& tab, cal::http_request const& request, cal::transport_failure failure) {
        CHECK(tab.session.handle_failure(request.id, failure, now()));
        return settle(tab);
    }
    std::string access_token(shared_tab const& tab) {
        auto const token = tab.session.access_token(now());
        return token ? std::string(*token) : std::string(token.error().name());
    }

private:
    unsigned tabs_ = 0;
};

} // namespace support
