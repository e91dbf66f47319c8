#pragma once
#include <calimatic/flow/shared_session.hpp>

#include <calimatic/impl/flow/shared_session_state.ipp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// The next step of the protocol, unless an answer of the store is waited for.
CALIMATIC_DECL void shared_session::state::advance(time_point now) {
    take_answer(now);
    bool const was_read = std::exchange(is_fresh, false);
    if (final_error) return advance_end(now);
    if (is_busy()) return;
    if (store_failures > 0 && now < store_retry_at) return release();
    if (has_to_read()) return ask(store_question::kind::read);
    if (has_to_replace()) return ask_replace();
    if (has_unsaved_tokens) { // not while another may be about to send what they came of
        if (!is_leased_elsewhere(now)) ask_replace();
        return;
    }
    if (is_leased && is_under_way()) return; // its requests come next
    is_leased = false;
    if (!is_due(now)) return release();
    if (options.lock == shared_lock::by_host && !holds_lock) return ask(store_question::kind::lock);
    if (!was_read) return ask(store_question::kind::read);
    if (is_leased_elsewhere(now)) return;
    if (!is_under_way()) {
        inner->poll_request(now); // begins, gives up or ends; a request of it waits until that is stored
        take_events();
    }
    if (is_under_way() || has_to_store) return ask_replace();
    release();
}

CALIMATIC_DECL void shared_session::state::release() {
    if (!holds_lock || has_news() || (store_failures == 0 && is_under_way())) return;
    holds_lock = false;
    ask(store_question::kind::unlock);
}

/// The lock that may be granted at any moment is let go by the same question.
CALIMATIC_DECL void shared_session::state::stop_waiting_for_lock() {
    if (asked != 0 && asked_what == store_question::kind::lock) {
        asked = 0;
        ask(store_question::kind::unlock);
    } else if (question && question->what == store_question::kind::lock) {
        question.reset();
    }
}

CALIMATIC_DECL std::optional<http_request> shared_session::state::poll(time_point now) {
    survive_clock(now);
    advance(now);
    if (final_error) {
        auto request = is_revoking ? inner->poll_request(now) : std::nullopt;
        return request ? send(std::move(*request)) : std::nullopt;
    }
    if (is_busy() || !inner || !is_leased || !is_under_way()) return std::nullopt;
    auto const deadline = inner->next_deadline();
    if (!deadline || *deadline > now) return std::nullopt;
    auto const left = lease_until - now;
    if (left < options.lease / 2) { // this process has slept
        is_leased = false;
        advance(now);
        return std::nullopt;
    }
    auto request = inner->poll_request(now);
    if (request && held().now_at == session_state::step::requesting_token) is_ours = true;
    take_events();
    if (!request) { // it gave up
        advance(now);
        return std::nullopt;
    }
    request->timeout = (std::min)(request->timeout, left);
    return send(std::move(*request));
}

CALIMATIC_DECL std::optional<http_request> shared_session::state::send(http_request request) {
    inner_request = std::exchange(request.id, request_id{++last_request});
    in_flight = request.id;
    return std::optional<http_request>(std::move(request));
}

/// `hand_over` gives the answer to the session that asked for it.
template <class HandOver>
bool shared_session::state::handle(request_id answered, time_point now, HandOver hand_over) {
    if (answered == request_id{} || answered != in_flight) return false;
    in_flight = {};
    survive_clock(now);
    bool const is_taken = hand_over(inner_request);
    if (final_error) return is_taken;
    take_events();
    // Whoever lost an answer looks first whether somebody else has one.
    if (held().uncertain == session_state::doubt::open && held().now_at == session_state::step::resting) wants_read = true;
    advance(now);
    return is_taken;
}

CALIMATIC_DECL std::optional<time_point> shared_session::state::next_deadline() const {
    if (question || answer) return at_once;
    std::optional<time_point> next;
    auto const add = [&next](std::optional<time_point> time) {
        if (time) next = next ? (std::min)(*next, *time) : *time;
    };
    if (final_error) {
        if (is_revoking) add(inner->next_deadline());
        if (has_to_end_others) add(sign_out_until);
        if (asked == 0 && has_to_end_others) add(store_failures > 0 ? store_retry_at : at_once);
        return next;
    }
    if (asked != 0) return std::nullopt;
    if (has_to_read() || has_to_replace()) {
        next = at_once;
    } else if (inner) {
        next = has_to_store || has_unsaved_tokens ? std::optional(at_once) : inner->next_deadline();
        bool const waits = options.lock == shared_lock::none && !(is_leased && is_under_way());
        if (next && waits) next = (std::max)(*next, foreign_until);
    }
    if (next && store_failures > 0) next = (std::max)(*next, store_retry_at);
    return next;
}

CALIMATIC_DECL std::optional<crypto_question> shared_session::state::poll_question() {
    if (!inner || !is_leased) return std::nullopt;
    auto asking = inner->poll_crypto_question();
    if (!asking) return std::nullopt;
    inner_question = std::exchange(asking->id, ++last_crypto);
    asked_crypto = asking->id;
    return asking;
}

CALIMATIC_DECL bool shared_session::state::handle_crypto(std::uint64_t answered, crypto_answer const& given) {
    if (answered == 0 || answered != asked_crypto) return false;
    asked_crypto = 0;
    bool const is_taken = inner->handle_crypto_answer(inner_question, given);
    if (!final_error) take_events();
    return is_taken;
}

CALIMATIC_DECL bool shared_session::state::handle_unauthorized(std::string_view token, time_point now) {
    survive_clock(now);
    if (final_error || !inner) return false;
    bool const is_due = inner->handle_unauthorized(token, now);
    take_events();
    advance(now);
    return is_due;
}

CALIMATIC_DECL void shared_session::state::abort() {
    stop_waiting_for_lock();
    if (asked != 0) handle_answer(asked, {});
    if (in_flight == request_id{}) return;
    in_flight = {};
    inner->abort();
    if (final_error) return;
    take_events();
    wants_read = wants_read || held().uncertain == session_state::doubt::open;
}

} // namespace calimatic::inline CALIMATIC_ABI
