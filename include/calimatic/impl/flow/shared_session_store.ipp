#pragma once
#include <calimatic/flow/shared_session.hpp>

#include <calimatic/impl/flow/shared_session_state.ipp>
#include <algorithm>
#include <utility>

/// \file
/// What is asked of the store, and what its answers mean.

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL void shared_session::state::ask(store_question::kind what) {
    question.emplace();
    question->id = ++last_asked;
    question->what = what;
}

/// What is held takes the place of what is stored, unless that has changed since it was read.
CALIMATIC_DECL void shared_session::state::ask_replace() {
    record next;
    highest = (std::max)(highest, generation);
    next.generation = (std::min)(highest + 1, detail::most_generation);
    next.tokens = is_publishing ? next.generation : tokens;
    attempt = {};
    if (has_to_end_others) {
        next.what = record::kind::signed_out;
    } else if (inner->has_ended()) {
        next.what = record::kind::ended;
    } else {
        auto const& s = held();
        attempt.inner_generation = inner->generation();
        next.session = serialize(*inner);
        next.failures = (std::min)(s.failures, detail::most_failures);
        next.retry_in = (std::clamp)(s.retry_at - s.last_now, milliseconds{0}, detail::longest_retry_in);
        if (is_under_way()) {
            attempt.is_leased = true;
            attempt.lease_until = last_now + options.lease;
            next.held = record::lease{id, attempt.lease_until};
        }
    }
    attempt.what = next.what;
    attempt.generation = next.generation;
    attempt.text = detail::serialize(next, detail::server_of(how).issuer, detail::client_of(how).client_id);
    ask(store_question::kind::replace);
    question->revision = revision;
    question->value = attempt.text.clone();
}

CALIMATIC_DECL bool shared_session::state::handle_answer(std::uint64_t answered, store_answer given) {
    if (answered == 0 || answered != asked) return false;
    asked = 0;
    answer = std::move(given);
    return true;
}

CALIMATIC_DECL void shared_session::state::take_answer(time_point now) {
    if (!answer) return;
    auto const given = *std::exchange(answer, std::nullopt);
    bool const is_done = given.what == store_answer::kind::done;
    switch (asked_what) {
    case store_question::kind::lock:
        if (!is_done) return handle_store_failure(broken(error_code::store_failed, "lock"), now);
        holds_lock = true;
        break;
    case store_question::kind::unlock: break; // one that failed ends with this process
    case store_question::kind::read:
        if (!is_done) {
            wants_read = true;
            return handle_store_failure(broken(error_code::store_failed, "read"), now);
        }
        is_fresh = true;
        revision = given.revision;
        return handle_read(given.value.expose(), now);
    case store_question::kind::replace:
        if (is_done) {
            revision = given.revision;
            return handle_replaced();
        }
        // Somebody else was first, or whether it is stored is not known: what is there now tells.
        wants_read = true;
        is_leased = false;
        if (given.what == store_answer::kind::conflict) attempt = {};
        // A store that has a conflict each time is not asked all the time.
        if (given.what != store_answer::kind::conflict || ++conflicts > most_conflicts) {
            handle_store_failure(broken(error_code::store_failed, "replace"), now);
            ++replace_failures;
        }
        break;
    }
}

CALIMATIC_DECL void shared_session::state::handle_store_failure(error e, time_point now) {
    auto next = options.session.first_wait;
    auto const failures = (std::max)(store_failures, replace_failures); // a store that is full is read all the same
    for (unsigned i = 0; i < failures && next < options.session.longest_wait; ++i) next *= 2;
    store_retry_at = now + random.jittered_wait((std::min)(next, options.session.longest_wait));
    ++store_failures;
    store_error = e;
    tell({kind::store_failed, 0, std::move(e), store_retry_at, {}});
}

CALIMATIC_DECL void shared_session::state::handle_replaced() {
    auto const done = std::exchange(attempt, {});
    conflicts = replace_failures = 0;
    handle_store_success();
    generation = highest = done.generation;
    is_leased = done.is_leased;
    lease_until = done.lease_until;
    if (!is_leased) tell({kind::notify, generation, {}, {}, {}});
    if (done.what == record::kind::signed_out) return revoke(last_now);
    if (final_error) return; // meanwhile
    if (done.what == record::kind::ended) return end(*held().final_error);
    is_restoring = false;
    if (is_leased && !has_unsaved_tokens) started = generation;
    if (std::exchange(is_publishing, false)) tokens = generation;
    if (done.inner_generation != inner->generation()) return; // it has changed again
    has_to_store = has_unsaved_tokens = false;
    inner->handle_saved(done.inner_generation);
    if (std::exchange(has_changed, false)) tell({kind::tokens_changed, 0, {}, {}, {}});
}

CALIMATIC_DECL void shared_session::state::handle_store_success() {
    store_failures = 0;
    store_error.reset();
}

CALIMATIC_DECL void shared_session::state::handle_read(std::string_view value, time_point now) {
    if (!attempt.text.empty() && value == attempt.text.expose()) return handle_replaced(); // it only seemed to fail
    attempt = {};
    if (revision.empty()) return handle_unusable(broken(error_code::session_missing), now);
    auto found = detail::parse_shared_record(value, detail::server_of(how).issuer, detail::client_of(how).client_id, options.session.check);
    if (!found) return handle_unusable(std::move(found).error(), now);
    handle_store_success();
    if (final_error) handle_record_at_end(*std::move(found), now);
    else handle_record(*std::move(found), now);
}

/// What is stored is no session that can be read. Tokens that nobody else has take its place, and an answer that may bring some is waited for; otherwise
/// others may know newer ones than are held.
CALIMATIC_DECL void shared_session::state::handle_unusable(error e, time_point now) {
    bool const is_of_others = e == error_code::session_of_another_server || e == error_code::session_of_another_client;
    if (final_error) {
        handle_store_success();
        if (is_of_others) revoke(now);
        return;
    }
    if (is_publishing || has_unsaved_tokens) return handle_store_success();
    if (!inner || inner->has_ended() || (held().has_expired(now) && !has_news())) return end(std::move(e).with_condition(condition::authorize_again));
    wants_read = true;
    is_leased = false;
    handle_store_failure(std::move(e), now);
    if (auto const expires_at = inner->expires_at(); expires_at && *expires_at > now) store_retry_at = (std::min)(store_retry_at, *expires_at);
}

CALIMATIC_DECL void shared_session::state::handle_record(record found, time_point now) {
    highest = (std::max)(is_publishing ? highest : generation, found.generation);
    if (is_publishing) return;
    if (!found.held || found.held->id == id) {
        foreign = {};
        foreign_until = at_once;
    } else if (found.held->id != foreign.id || found.held->until != foreign.until) {
        // Whatever a clock, or somebody, says: not for longer than a lease is.
        foreign = *found.held;
        foreign_until = (std::min)(foreign.until, now + options.lease);
    }
    if (inner && found.generation == generation) return;
    if (inner && found.generation < generation) {
        is_restoring = true;
        return;
    }
    is_leased = is_restoring = false;
    if (found.what == record::kind::signed_out) return end(broken(inner ? error_code::signed_out_elsewhere : error_code::session_missing));
    bool const is_session = found.what == record::kind::session;
    if (inner && is_session && found.user != user) return end(broken(error_code::session_of_another_user));
    if (has_news() && found.tokens < newest()) return; // which take its place
    if (!is_session) return end(broken(error_code::session_ended));
    adopt(std::move(found), now);
}

CALIMATIC_DECL result<session> shared_session::state::resume(record const& found, time_point now) {
    auto with = options.session;
    if (inner && held().token_check.has_keys()) with.keys = held().token_check.keys();
    // The time of a host that asks for it once a frame may be a little behind.
    if (found.saved_at > now && found.saved_at - now < session_state::small_step) now = found.saved_at;
    return session::resume(detail::clone(how), found.session.expose(), random, now, std::move(with));
}

CALIMATIC_DECL void shared_session::state::adopt(record found, time_point now) {
    auto next = resume(found, now);
    if (!next) return handle_unusable(std::move(next).error(), now);
    if (inner && next->claims()->sub() != user) return end(broken(error_code::session_of_another_user));
    auto& s = *next->state_;
    bool const is_first = !inner;
    bool const is_other_token = is_first || !constant_time_equal(s.published.access_token.expose(), held().published.access_token.expose());
    if (!is_first) {
        if (!is_other_token && held().is_forced) s.is_forced = true;
        if (!scope_covers(s.tokens.scope, held().tokens.scope)) tell({kind::scope_reduced, 0, {}, {}, s.tokens.scope});
        if (s.clock.learned() != held().clock.learned()) tell({kind::clock_corrected, 0, {}, {}, s.clock.describe()});
    }
    if (found.failures > 0) {
        s.failures = found.failures;
        s.retry_at = s.last_now + (std::max)(milliseconds{0}, found.retry_in - (std::max)(milliseconds{0}, s.last_now - found.saved_at));
    }
    drop();
    inner = *std::move(next);
    user = inner->claims()->sub();
    generation = found.generation;
    tokens = found.tokens;
    take_events();
    if (is_other_token) tell({kind::tokens_changed, 0, {}, {}, {}});
}

/// What belongs to the session that was held.
CALIMATIC_DECL void shared_session::state::drop() {
    if (inner) last_clock = inner->clock();
    inner.reset();
    in_flight = {};
    asked_crypto = 0;
    replace_failures = 0;
    is_ours = has_unsaved_tokens = has_to_store = has_changed = is_leased = is_publishing = is_restoring = false;
}

} // namespace calimatic::inline CALIMATIC_ABI
