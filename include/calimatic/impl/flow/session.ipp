#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/impl/core/clock_offset.ipp>
#include <calimatic/impl/flow/session_blob.ipp>
#include <calimatic/impl/flow/session_method.ipp>
#include <calimatic/impl/flow/session_refresh.ipp>
#include <calimatic/impl/flow/session_sign_out.ipp>
#include <calimatic/impl/flow/session_state.ipp>
#include <calimatic/impl/flow/session_tokens.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// Of a user, in either of the two ways.
CALIMATIC_DECL result<session> session::state::start(
    refresh_method how, sign_in signed_in, random_source& random, time_point now, session_options options) {
    if (auto checked = detail::check_method(how, signed_in.clock.correct(now), options); !checked) return std::move(checked).error();
    auto const seed = detail::make_jitter_seed(random);
    if (!seed) return seed.error();
    if (!options.keys) options.keys = std::move(signed_in.keys);
    auto made = std::make_unique<state>(std::move(how), std::move(options), *seed, now);
    if (auto seeded = detail::seed_assertions(made->assertions, made->client(), random); !seeded) return std::move(seeded).error();
    detail::rule_check const rule{made->options.check};
    std::string_view const issuer = made->server().issuer, client_id = made->client().client_id;
    auto const iss = signed_in.claims.iss();
    if (auto e = rule(iss == issuer, error_code::session_of_another_server, iss, issuer)) return *std::move(e);
    auto const aud = signed_in.claims.aud();
    bool const for_us = std::find(aud.begin(), aud.end(), client_id) != aud.end();
    if (auto e = rule(for_us, error_code::session_of_another_client, {}, client_id)) return *std::move(e);
    made->clock = signed_in.clock;
    made->tokens = std::move(signed_in.tokens);
    made->first_claims = std::move(signed_in.claims);
    made->now_at = step::saving_tokens;
    made->tell_saved(session_event::kind::tokens_changed);
    if (made->keeps_nothing()) made->publish();
    return session(std::move(made));
}

CALIMATIC_DECL result<session> session::start(oauth_refresh how, sign_in signed_in, random_source& random, time_point now, session_options options) {
    return state::start(std::move(how), std::move(signed_in), random, now, std::move(options));
}

#if !defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
CALIMATIC_DECL result<session> session::start(
    headless_refresh how, sign_in signed_in, random_source& random, time_point now, session_options options) {
    return state::start(std::move(how), std::move(signed_in), random, now, std::move(options));
}

CALIMATIC_DECL result<session> session::start(client_credentials how, random_source& random, time_point now, session_options options) {
    if (auto checked = detail::check_method(how, now, options); !checked) return std::move(checked).error();
    auto const seed = detail::make_jitter_seed(random);
    if (!seed) return seed.error();
    auto made = std::make_unique<state>(std::move(how), std::move(options), *seed, now);
    if (auto seeded = detail::seed_assertions(made->assertions, made->client(), random); !seeded) return std::move(seeded).error();
    made->is_forced = true;
    return session(std::move(made));
}
#endif

CALIMATIC_DECL result<session> session::resume(
    refresh_method how, std::string_view blob, random_source& random, time_point now, session_options options) {
    now = detail::bounded_time(now);
    if (auto checked = detail::check_method(how, now, options); !checked) return std::move(checked).error();
    auto const seed = detail::make_jitter_seed(random);
    if (!seed) return seed.error();
    auto made = std::make_unique<state>(std::move(how), std::move(options), *seed, now);
    if (auto seeded = detail::seed_assertions(made->assertions, made->client(), random); !seeded) return std::move(seeded).error();
    auto& s = *made;
    auto saved = detail::read_session(blob, detail::name_of(s.how), s.server().issuer, s.client().client_id, s.options.check);
    if (!saved) return std::move(saved).error();
    s.generation = saved->generation;
    s.tokens = std::move(saved->tokens);
    if (saved->first_claims) s.first_claims = claims_of_blob(std::move(*saved->first_claims));
    if (saved->latest_claims) s.latest_claims = claims_of_blob(std::move(*saved->latest_claims));
    if (saved->clock_offset) s.clock = clock_offset(*saved->clock_offset);
    if (saved->refresh_started_at) {
        s.is_started = true;
        s.started_at = *saved->refresh_started_at;
        s.tried_last = saved->tried_last;
        bool const in_window = now >= s.started_at && now < s.started_at + s.options.ambiguity_window;
        s.uncertain = in_window && !s.tried_last ? state::doubt::open : state::doubt::closed;
    }
    if (!s.tokens.access_token.empty()) s.publish();
    else s.is_forced = true;
    if (saved->received) { // checked by the time, and the clock, of when it was received
        s.received = std::move(*saved->received);
        s.is_dated = saved->is_dated;
        s.start_check({s.received.received_at, s.received.received_at});
    }
    // A clock that was none then is none now, and began anew with the device.
    if (now < detail::library_release) s.clock.reset();
    s.survive_clock_since(saved->saved_at, now);
    if (s.uncertain == state::doubt::closed && s.now_at == state::step::resting) s.give_up();
    return session(std::move(made));
}

CALIMATIC_DECL id_token_claims session::claims_of_blob(calimatic::claims claims) noexcept { return id_token_claims(std::move(claims)); }

CALIMATIC_DECL session::session(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
CALIMATIC_DECL session::session(session&&) noexcept = default;
CALIMATIC_DECL session& session::operator=(session&&) noexcept = default;
CALIMATIC_DECL session::~session() = default;

CALIMATIC_DECL result<std::string_view> session::access_token(time_point now) const {
    auto const& s = *state_;
    if (s.final_error) return *s.final_error;
    detail::rule_check const rule{s.options.check};
    auto const usable = !s.published.access_token.empty() && !s.has_expired(now);
    bool const unsaved = s.now_at == state::step::saving_start || s.now_at == state::step::saving_tokens;
    auto const why = unsaved ? "handle_saved is waited for" : s.published.access_token.empty() ? "not received" : "expired";
    if (auto e = rule(usable, error_code::access_token_unavailable, usable ? "" : why)) return *std::move(e);
    return s.published.access_token.expose();
}

CALIMATIC_DECL id_token_claims const* session::claims() const noexcept {
    auto const& newest = state_->latest_claims ? state_->latest_claims : state_->first_claims;
    return newest ? &*newest : nullptr;
}
CALIMATIC_DECL std::string_view session::id_token() const noexcept { return state_->tokens.id_token.expose(); }
CALIMATIC_DECL std::string_view session::scope() const noexcept { return state_->tokens.scope; }
CALIMATIC_DECL std::optional<time_point> session::expires_at() const noexcept { return state_->published.expires_at; }
CALIMATIC_DECL clock_offset const& session::clock() const noexcept { return state_->clock; }
CALIMATIC_DECL std::uint64_t session::generation() const noexcept { return state_->generation; }
CALIMATIC_DECL std::optional<error> const& session::last_error() const noexcept { return state_->last_error; }
CALIMATIC_DECL bool session::has_ended() const noexcept { return state_->now_at == state::step::ended; }

CALIMATIC_DECL bool session::handle_saved(std::uint64_t generation) { return state_->handle_saved(generation); }
CALIMATIC_DECL bool session::handle_unauthorized(std::string_view access_token, time_point now) {
    return state_->handle_unauthorized(access_token, now);
}

CALIMATIC_DECL result<void> session::replace_tokens(std::string_view blob, time_point now) {
    auto& s = *state_;
    s.survive_clock(now);
    if (s.final_error) return *s.final_error;
    detail::rule_check const rule{s.options.check};
    auto saved = detail::read_session(blob, detail::name_of(s.how), s.server().issuer, s.client().client_id, s.options.check);
    if (!saved) return std::move(saved).error();
    bool const same_user =
        saved->first_claims.has_value() == s.first_claims.has_value() && (!s.first_claims || saved->first_claims->sub() == s.first_claims->sub());
    if (auto e = rule(same_user, error_code::session_of_another_user)) return *std::move(e);
    auto const theirs = std::to_string(saved->generation);
    if (auto e = rule(saved->generation > s.generation, error_code::session_not_newer, theirs, "more than " + std::to_string(s.generation)))
        return *std::move(e);
    bool const settled = !saved->received && !saved->refresh_started_at && !saved->tokens.access_token.empty() && s.now_at != state::step::checking &&
        s.now_at != state::step::saving_tokens;
    if (auto e = rule(settled, error_code::session_unsettled)) return *std::move(e);

    bool const in_flight = s.now_at == state::step::requesting_token;
    s.generation = saved->generation;
    s.tokens = std::move(saved->tokens);
    if (saved->first_claims) s.first_claims = claims_of_blob(std::move(*saved->first_claims));
    s.latest_claims.reset();
    if (saved->latest_claims) s.latest_claims = claims_of_blob(std::move(*saved->latest_claims));
    s.settle();
    s.publish();
    s.survive_clock_since(saved->saved_at, now);
    s.tell({session_event::kind::tokens_changed, 0, {}, {}, {}}); // it is saved already
    if (in_flight) {
        s.now_at = state::step::requesting_token;
        s.is_superseded = true;
    }
    return {};
}

CALIMATIC_DECL void session::sign_out(time_point now) { state_->sign_out(now); }
CALIMATIC_DECL bool session::revoke(session_subject const& subject, time_point now) { return state_->revoke(subject, now); }

CALIMATIC_DECL std::optional<session_event> session::poll_event() {
    auto& events = state_->events;
    if (events.empty()) return std::nullopt;
    std::optional<session_event> first(std::move(events.front()));
    events.erase(events.begin());
    return first;
}

CALIMATIC_DECL std::optional<http_request> session::poll_request(time_point now) { return state_->poll(now); }
CALIMATIC_DECL bool session::handle_response(request_id id, http_response response, time_point now) {
    return state_->handle(id, std::move(response), now);
}
CALIMATIC_DECL bool session::handle_failure(request_id id, transport_failure failure, time_point now) { return state_->handle(id, failure, now); }
CALIMATIC_DECL std::optional<time_point> session::next_deadline() const { return state_->next_deadline(); }
CALIMATIC_DECL void session::abort() { state_->abort(); }
CALIMATIC_DECL std::optional<crypto_question> session::poll_crypto_question() { return state_->poll_question(); }
CALIMATIC_DECL bool session::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) { return state_->handle_answer(id, answer); }

} // namespace calimatic::inline CALIMATIC_ABI
