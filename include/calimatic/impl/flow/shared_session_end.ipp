#pragma once
#include <calimatic/flow/shared_session.hpp>

#include <calimatic/impl/flow/shared_session_state.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// It is over here, and what is stored says so, or says something else.
CALIMATIC_DECL void shared_session::state::end(error e) {
    final_error = e;
    store_error.reset();
    wants_read = false;
    attempt = {};
    bool const has_tokens_of_its_own = e == error_code::signed_out_elsewhere && has_news();
    tell({kind::ended, 0, std::move(e), {}, {}});
    if (has_tokens_of_its_own) revoke(last_now);
    else drop();
}

CALIMATIC_DECL void shared_session::state::sign_out(time_point now) {
    survive_clock(now);
    if (final_error) return;
    final_error = broken(error_code::signed_out);
    events.clear();
    tell({kind::ended, 0, final_error, {}, {}});
    store_error.reset();
    store_failures = replace_failures = 0;
    sign_out_until = now + options.session.sign_out_wait;
    has_to_end_others = wants_read = true;
    stop_waiting_for_lock();
    // Otherwise what is stored may be newer than what is held: that is revoked.
    if (inner && is_waiting_for_answer()) {
        is_revoking = true;
        inner->sign_out(now);
    }
    advance(now);
}

CALIMATIC_DECL void shared_session::state::advance_end(time_point now) {
    if (has_to_end_others && now >= sign_out_until) {
        asked = 0;
        question.reset();
        revoke(now);
    }
    if (is_busy()) return;
    if (has_to_end_others) {
        if (store_failures > 0 && now < store_retry_at) return;
        if (wants_read) ask(store_question::kind::read);
        else ask_replace();
    } else if (std::exchange(holds_lock, false)) {
        ask(store_question::kind::unlock);
    }
}

CALIMATIC_DECL void shared_session::state::handle_record_at_end(record found, time_point now) {
    if (!has_to_end_others) return;
    bool const is_of_this_user = user.empty() || found.user == user;
    if (found.what != record::kind::session || !is_of_this_user) return revoke(now); // there is nobody to end
    if (found.generation <= generation || is_revoking || has_unsaved_tokens) return;
    highest = generation = found.generation;
    if (auto newer = resume(found, now)) {
        drop();
        inner = *std::move(newer);
    }
}

/// What is held is the newest, as far as can be known.
CALIMATIC_DECL void shared_session::state::revoke(time_point now) {
    has_to_end_others = wants_read = false;
    if (!inner || is_revoking) return;
    is_revoking = true;
    inner->sign_out(now);
}

CALIMATIC_DECL bool shared_session::state::has_ended() const noexcept {
    return final_error && !has_to_end_others && (!inner || inner->has_ended()) && !holds_lock && !is_busy();
}

} // namespace calimatic::inline CALIMATIC_ABI
