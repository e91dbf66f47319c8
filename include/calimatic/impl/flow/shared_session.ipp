#pragma once
#include <calimatic/flow/shared_session.hpp>

#include <calimatic/impl/flow/session.ipp>
#include <calimatic/impl/flow/shared_session_end.ipp>
#include <calimatic/impl/flow/shared_session_protocol.ipp>
#include <calimatic/impl/flow/shared_session_record.ipp>
#include <calimatic/impl/flow/shared_session_state.ipp>
#include <calimatic/impl/flow/shared_session_store.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<std::unique_ptr<shared_session::state>> shared_session::state::make(
    refresh_method how, random_source& random, time_point now, shared_session_options options) {
    auto made = std::make_unique<state>(std::move(how), std::move(options), now);
    std::byte bits[16];
    if (!random.fill(bits)) return error_code::random_source_failed;
    made->id = detail::base64url_encode({reinterpret_cast<char const*>(bits), sizeof bits});
    if (auto seeded = made->random.seed(random); !seeded) return std::move(seeded).error();
    return made;
}

CALIMATIC_DECL result<shared_session> shared_session::state::start(
    refresh_method how, sign_in signed_in, random_source& random, time_point now, shared_session_options options) {
    auto made = make(std::move(how), random, now, std::move(options));
    if (!made) return std::move(made).error();
    auto& s = **made;
    if (!s.options.session.keys) s.options.session.keys = signed_in.keys;
    auto begun = session::state::start(detail::clone(s.how), std::move(signed_in), random, now, s.options.session);
    if (!begun) return std::move(begun).error();
    s.inner = *std::move(begun);
    s.user = s.inner->claims()->sub();
    s.is_publishing = s.wants_read = true;
    // A store that was emptied must not make this one count from the beginning: then it would be older than what others hold.
    auto const since_1970 = s.last_now.time_since_epoch().count();
    if (since_1970 > 0) s.highest = static_cast<std::uint64_t>(since_1970);
    s.take_events();
    return shared_session(*std::move(made));
}

CALIMATIC_DECL result<shared_session> shared_session::state::open(
    refresh_method how, random_source& random, time_point now, shared_session_options options) {
    now = detail::bounded_time(now);
    if (auto checked = detail::check_method(how, now, options.session); !checked) return std::move(checked).error();
    auto made = make(std::move(how), random, now, std::move(options));
    if (!made) return std::move(made).error();
    (*made)->wants_read = true;
    return shared_session(*std::move(made));
}

CALIMATIC_DECL result<shared_session> shared_session::start(
    oauth_refresh how, sign_in signed_in, random_source& random, time_point now, shared_session_options options) {
    return state::start(std::move(how), std::move(signed_in), random, now, std::move(options));
}
CALIMATIC_DECL result<shared_session> shared_session::open(oauth_refresh how, random_source& random, time_point now, shared_session_options options) {
    return state::open(std::move(how), random, now, std::move(options));
}

#if !defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
CALIMATIC_DECL result<shared_session> shared_session::start(
    headless_refresh how, sign_in signed_in, random_source& random, time_point now, shared_session_options options) {
    return state::start(std::move(how), std::move(signed_in), random, now, std::move(options));
}
CALIMATIC_DECL result<shared_session> shared_session::open(
    headless_refresh how, random_source& random, time_point now, shared_session_options options) {
    return state::open(std::move(how), random, now, std::move(options));
}
#endif

CALIMATIC_DECL shared_session::shared_session(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
CALIMATIC_DECL shared_session::shared_session(shared_session&&) noexcept = default;
CALIMATIC_DECL shared_session& shared_session::operator=(shared_session&&) noexcept = default;
CALIMATIC_DECL shared_session::~shared_session() = default;

CALIMATIC_DECL result<std::string_view> shared_session::access_token(time_point now) const {
    auto const& s = *state_;
    if (s.final_error) return *s.final_error;
    if (!s.inner) return s.broken(error_code::access_token_unavailable, "the store is read");
    if (s.inner->has_ended()) return s.broken(error_code::access_token_unavailable, "the store is asked whether there are newer tokens");
    return s.inner->access_token(now);
}

CALIMATIC_DECL id_token_claims const* shared_session::claims() const noexcept {
    return state_->inner && !state_->final_error ? state_->inner->claims() : nullptr;
}
CALIMATIC_DECL std::string_view shared_session::id_token() const noexcept {
    return state_->inner && !state_->final_error ? state_->inner->id_token() : std::string_view();
}
CALIMATIC_DECL std::string_view shared_session::scope() const noexcept {
    return state_->inner && !state_->final_error ? state_->inner->scope() : std::string_view();
}
CALIMATIC_DECL std::optional<time_point> shared_session::expires_at() const noexcept {
    return state_->inner && !state_->final_error ? state_->inner->expires_at() : std::nullopt;
}
CALIMATIC_DECL clock_offset const& shared_session::clock() const noexcept { return state_->inner ? state_->inner->clock() : state_->last_clock; }
CALIMATIC_DECL std::uint64_t shared_session::generation() const noexcept { return state_->generation; }
CALIMATIC_DECL std::optional<error> const& shared_session::last_error() const noexcept {
    auto const& s = *state_;
    return s.store_error ? s.store_error : s.inner ? s.inner->last_error() : s.final_error;
}
CALIMATIC_DECL bool shared_session::is_opening() const noexcept { return !state_->inner && !state_->final_error; }
CALIMATIC_DECL bool shared_session::has_ended() const noexcept { return state_->has_ended(); }

CALIMATIC_DECL bool shared_session::handle_unauthorized(std::string_view access_token, time_point now) {
    return state_->handle_unauthorized(access_token, now);
}
CALIMATIC_DECL void shared_session::handle_notice() {
    auto& s = *state_;
    if (s.final_error) return;
    s.wants_read = true;
    s.store_retry_at = s.last_now;
}
CALIMATIC_DECL void shared_session::sign_out(time_point now) { state_->sign_out(now); }

CALIMATIC_DECL std::optional<shared_session_event> shared_session::poll_event() {
    auto& events = state_->events;
    if (events.empty()) return std::nullopt;
    std::optional<shared_session_event> first(std::move(events.front()));
    events.erase(events.begin());
    return first;
}

CALIMATIC_DECL std::optional<http_request> shared_session::poll_request(time_point now) { return state_->poll(now); }
CALIMATIC_DECL bool shared_session::handle_response(request_id id, http_response response, time_point now) {
    auto& s = *state_;
    bool const is_taken = s.handle(id, now, [&](request_id inner) { return s.inner->handle_response(inner, std::move(response), now); });
    wipe(response.body);
    return is_taken;
}
CALIMATIC_DECL bool shared_session::handle_failure(request_id id, transport_failure failure, time_point now) {
    auto& s = *state_;
    return s.handle(id, now, [&](request_id inner) { return s.inner->handle_failure(inner, failure, now); });
}
CALIMATIC_DECL std::optional<time_point> shared_session::next_deadline() const { return state_->next_deadline(); }
CALIMATIC_DECL void shared_session::abort() { state_->abort(); }
CALIMATIC_DECL std::optional<crypto_question> shared_session::poll_crypto_question() { return state_->poll_question(); }
CALIMATIC_DECL bool shared_session::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) { return state_->handle_crypto(id, answer); }

CALIMATIC_DECL std::optional<store_question> shared_session::poll_store_question() {
    auto& s = *state_;
    if (!s.question) return std::nullopt;
    s.asked = s.question->id;
    s.asked_what = s.question->what;
    if (s.asked_what == store_question::kind::read) s.wants_read = false; // a notice that comes from now on is of something newer
    return std::exchange(s.question, std::nullopt);
}
CALIMATIC_DECL bool shared_session::handle_store_answer(std::uint64_t id, store_answer answer) {
    return state_->handle_answer(id, std::move(answer));
}

} // namespace calimatic::inline CALIMATIC_ABI
