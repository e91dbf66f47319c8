#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/detail/jitter.hpp>
#include <calimatic/impl/flow/headless_token_set.ipp>
#include <calimatic/impl/flow/session_state.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

// The ID Token of an answer

CALIMATIC_DECL void session::state::start_check(detail::round_trip times) {
    id_token_expectations expected;
    expected.issuer = server().issuer;
    expected.client_id = client().client_id;
    expected.id_token_signed_response_alg = client().id_token_signed_response_alg;
    expected.client_secret = client().client_secret.expose();
    expected.trusted_audiences = options.trusted_audiences;
    expected.access_token = received.access_token.expose();
    expected.refreshed = &*first_claims;
    expected.exp_tolerance = options.exp_tolerance;
    expected.iat_tolerance = options.iat_tolerance;
    expected.iat_max_age = options.iat_max_age;
    now_at = step::checking;
    clock_before = clock;
    token_check.start(received.id_token.expose(), std::move(expected), clock, times, is_dated);
    handle_check();
}

CALIMATIC_DECL void session::state::handle_keys() {
    if (auto const& failed = token_check.key_error()) tell_failure(*failed, token_check.next_deadline());
    else handle_check();
}

CALIMATIC_DECL void session::state::handle_check() {
    auto claims = token_check.poll_result();
    if (!claims) return; // keys or an answer are waited for
    if (!*claims) {
        auto e = std::move(*claims).error();
        return end_session(std::move(e).without(received.access_token.expose()).without(received.refresh_token.expose()));
    }
    if (clock.learned() != clock_before.learned()) tell({session_event::kind::clock_corrected, 0, {}, {}, clock.describe()});
    if (headless()) detail::correct_expiry(received, clock_before, is_dated, (*claims)->iat());
    latest_claims = std::move(**claims);
    accept();
}

CALIMATIC_DECL std::optional<crypto_question> session::state::poll_question() {
    if (asked != 0 || now_at != step::checking) return std::nullopt;
    auto question = token_check.poll_question();
    if (question) asked = question->id = ++last_question;
    return question;
}

CALIMATIC_DECL bool session::state::handle_answer(std::uint64_t id, crypto_answer const& answer) {
    if (id == 0 || id != asked) return false;
    asked = 0;
    token_check.handle_answer(answer);
    handle_check();
    return true;
}

// New tokens

CALIMATIC_DECL void session::state::accept() {
    if (!scope_covers(received.scope, tokens.scope)) tell({session_event::kind::scope_reduced, 0, {}, {}, received.scope});
    tokens = std::exchange(received, {});
    auto const failed_before = failures;
    settle();
    // A server that gives tokens which are over at once is asked for others ever more rarely.
    if (tokens.expires_at && *tokens.expires_at <= tokens.received_at) {
        failures = failed_before;
        wait(error_code::access_token_unavailable, last_now);
    }
    detail::jittered(milliseconds{0}, jitter_seed); // the next refresh has a jitter of its own
    now_at = step::saving_tokens;
    tell_saved(session_event::kind::tokens_changed);
    if (keeps_nothing()) publish();
}

/// What became of the refresh of a token that was replaced does not matter.
CALIMATIC_DECL void session::state::settle_superseded() {
    bool const was_forced = is_forced;
    settle();
    is_forced = was_forced;
}

/// Nothing is in doubt about the tokens that are held.
CALIMATIC_DECL void session::state::settle() {
    now_at = step::resting;
    uncertain = doubt::none;
    is_started = is_forced = is_superseded = tried_last = false;
    failures = 0;
    last_error.reset();
}

CALIMATIC_DECL void session::state::publish() {
    published = {tokens.access_token.clone(), tokens.expires_at};
    now_at = step::resting;
}

CALIMATIC_DECL bool session::state::handle_saved(std::uint64_t saved) {
    if (saved != generation || keeps_nothing()) return false;
    if (now_at == step::saving_start) now_at = step::starting;
    else if (now_at == step::saving_tokens) publish();
    return true;
}

CALIMATIC_DECL bool session::state::handle_unauthorized(std::string_view token, time_point now) {
    survive_clock(now);
    if (now_at == step::ended || is_signed_out || published.access_token.empty()) return false;
    if (!constant_time_equal(token, published.access_token.expose())) return false;
    if (now_at != step::resting && !is_superseded) return true;
    if (is_forced && can_refresh()) return true;
    if (now - tokens.received_at < options.unauthorized_interval) return false;
    if (!can_refresh()) {
        end_session(uncertain != doubt::none && last_error ? *last_error : broken(error_code::invalid_token));
        return false;
    }
    is_forced = true;
    return true;
}

} // namespace calimatic::inline CALIMATIC_ABI
