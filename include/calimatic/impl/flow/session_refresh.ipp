#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/detail/jitter.hpp>
#include <calimatic/impl/flow/session_state.ipp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL void session::state::handle_token_response(http_response const& response, time_point now) {
    auto answer = parse_refresh(response, now);
    if (!answer) {
        auto e = std::move(answer).error();
        if (is_refusal(e)) return handle_refusal(std::move(e));
        // What was signed by a clock that is wrong has expired, or is not valid yet: the next one is signed by the server's, and soon.
        bool const may_be_late = e == error_code::token_error && e.server_error() == "invalid_client" && detail::signs_requests(client());
        if (may_be_late && learn_clock(response, now)) e = std::move(e).with_condition(condition::retry_later);
        // A gateway that got no answer, and an answer that cannot be read: the server may have acted.
        auto const status = response.status;
        if (status == 502 || status == 504 || (status >= 200 && status <= 299)) return handle_unknown_outcome(std::move(e), now);
        return handle_certain_failure(std::move(e), now);
    }
    if (is_signed_out) {
        if (!is_superseded) tokens = std::move(*answer);
        return start_revocation(now);
    }
    learn_clock(response, now);
    if (is_superseded) return settle_superseded(); // the tokens that were taken over are later ones
    bool const has_id_token = !without_user() && answer->id_token.expose() != tokens.id_token.expose();
    received = std::move(*answer);
    if (!has_id_token) return accept();
    is_dated = find_header(response.headers, "Date").has_value();
    start_check({sent_at, now});
    if (now_at == step::checking) tell_saved(session_event::kind::tokens_received);
}

CALIMATIC_DECL void session::state::handle_refusal(error e) {
    if (is_signed_out) return is_superseded ? start_revocation(last_now) : finish_sign_out();
    if (is_superseded) return settle_superseded(); // it was of a token that another process has replaced
    // The headless API's codes tell what to do where something is sent; here it is the sign-in that is over.
    if (headless() && e.condition() != condition::access_refused) e = std::move(e).with_condition(condition::authorize_again);
    end_session(std::move(e));
}

/// The server did not act. Whatever was in doubt before still is.
CALIMATIC_DECL void session::state::handle_certain_failure(error e, time_point now) {
    if (is_signed_out) return start_revocation(now);
    if (is_superseded) return settle_superseded();
    bool const was_saved = is_started && uncertain != doubt::open;
    if (uncertain == doubt::last_try) {
        uncertain = doubt::closed;
        tried_last = false; // not for a try that cannot have reached anybody
    } else if (uncertain == doubt::none) {
        is_started = false;
    }
    now_at = step::resting;
    wait(e, now);
    if (uncertain == doubt::open && retry_at >= *window_end()) return give_up();
    tell_failure(std::move(e), retry_at);
    if (was_saved) events.back().generation = keeps_nothing() ? 0 : ++generation; // a restart must not take it for one that got no answer
}

CALIMATIC_DECL void session::state::handle_unknown_outcome(error e, time_point now) {
    if (is_signed_out) return start_revocation(now);
    if (is_superseded) return settle_superseded();
    if (without_user()) return handle_certain_failure(std::move(e), now); // nothing was spent
    now_at = step::resting;
    bool const first = uncertain == doubt::none;
    if (uncertain == doubt::last_try) {
        uncertain = doubt::closed;
        return end_session(std::move(e).with_condition(condition::authorize_again));
    }
    if (first) uncertain = doubt::open;
    wait(e, now);
    if (first && !e.retry_after()) retry_at = now; // while the server may still take it
    if (uncertain == doubt::closed || retry_at >= *window_end()) return give_up();
    tell_failure(std::move(e), retry_at);
}

/// The token is not sent any more: whoever presents one that was spent may be taken for a thief, and loses what its successor could do.
CALIMATIC_DECL void session::state::give_up() {
    uncertain = doubt::closed;
    is_forced = false;
    auto again = may_try_last() ? tokens.expires_at : std::nullopt;
    if (again && failures > 0) again = (std::max)(*again, retry_at);
    tell_failure(broken(error_code::refresh_outcome_unknown), again);
}

CALIMATIC_DECL void session::state::wait(error const& e, time_point now) {
    auto next = options.first_wait;
    for (unsigned i = 0; i < failures && next < options.longest_wait; ++i) next *= 2;
    // What somebody has to mend is not mended within a second.
    if (e.condition() == condition::fix_configuration) next = options.longest_wait;
    next = detail::jittered((std::min)(next, options.longest_wait), jitter_seed);
    if (auto const wanted = e.retry_after()) next = (std::max)(next, milliseconds(*wanted));
    ++failures;
    retry_at = now + next;
}

} // namespace calimatic::inline CALIMATIC_ABI
