#pragma once
#include <calimatic/flow/shared_session.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/derived_random.hpp>
#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/flow/session.ipp>
#include <calimatic/impl/flow/shared_session_record.ipp>
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// For sessions that are taken over after the host's random source was lent. Without cryptography nothing is signed, and only the jitter is drawn,
/// which guards nothing.
class successor_random final : public random_source {
public:
    /// Errors: `random_source_failed`.
    result<void> seed(random_source& random) {
        auto const jitter = make_jitter_seed(random);
        if (!jitter) return jitter.error();
        jitter_ = *jitter;
        return derived_.seed(random);
    }

    bool fill(std::span<std::byte> out) noexcept override {
#if defined(CALIMATIC_CRYPTO_NONE)
        for (auto& byte : out) {
            jittered(milliseconds{0}, jitter_);
            byte = static_cast<std::byte>(jitter_ >> 56);
        }
        return true;
#else
        return derived_.fill(out);
#endif
    }

    milliseconds jittered_wait(milliseconds wait) noexcept { return jittered(wait, jitter_); }

private:
    std::uint64_t jitter_ = 0;
    derived_random derived_;
};

inline refresh_method clone(refresh_method const& how) {
#if !defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
    if (auto const* user = method_if<headless_refresh>(how))
        return headless_refresh{user->platform.clone(), user->profile, user->server, user->client.clone()};
#endif
    auto const& user = *std::get_if<oauth_refresh>(&how); // there is no third that is shared
    return oauth_refresh{user.server, user.client.clone()};
}
inline server_metadata const& server_of(refresh_method const& how) noexcept {
    auto const* const user = method_if<headless_refresh>(how);
    return user ? user->server : std::get_if<oauth_refresh>(&how)->server;
}
inline client_information const& client_of(refresh_method const& how) noexcept {
    auto const* const user = method_if<headless_refresh>(how);
    return user ? user->client : std::get_if<oauth_refresh>(&how)->client;
}

} // namespace detail

struct shared_session::state {
    using kind = shared_session_event::kind;
    using record = detail::shared_record;
    using session_state = session::state;

    state(refresh_method h, shared_session_options o, time_point now)
        : how(std::move(h)), options(std::move(o)), last_now(detail::bounded_time(now)) {
        constexpr milliseconds shortest_lease{1'000};
        options.lease = (std::max)(detail::bounded_wait(options.lease), shortest_lease);
        options.session.storage = storage::by_host;
        for (auto* wait : {&options.session.first_wait, &options.session.longest_wait, &options.session.sign_out_wait})
            *wait = detail::bounded_wait(*wait);
    }

    static result<std::unique_ptr<state>> make(refresh_method how, random_source& random, time_point now, shared_session_options options);
    static result<shared_session> start(refresh_method how, sign_in signed_in, random_source& random, time_point now, shared_session_options options);
    static result<shared_session> open(refresh_method how, random_source& random, time_point now, shared_session_options options);

    // Time

    /// A clock that was set back: waits go on as if no time had gone by, and how long the lease was held is not known.
    void survive_clock(time_point now) {
        now = detail::bounded_time(now);
        auto const back = last_now - now;
        last_now = now;
        if (back <= milliseconds{0}) return;
        for (auto* time : {&store_retry_at, &foreign_until, &sign_out_until}) *time -= back;
        if (back >= session_state::small_step) lease_until = at_once;
        else lease_until -= back;
    }

    // The session that is held

    session_state& held() const noexcept { return *inner->state_; }

    /// Whether a refresh was started, and is not settled.
    bool is_under_way() const noexcept {
        if (!inner) return false;
        auto const& s = held();
        switch (s.now_at) {
        case session_state::step::saving_start:
        case session_state::step::starting:
        case session_state::step::requesting_token:
        case session_state::step::checking: return true;
        case session_state::step::resting: return s.uncertain == session_state::doubt::open;
        case session_state::step::saving_tokens:
        case session_state::step::revoking:
        case session_state::step::ended: break;
        }
        return false;
    }

    /// Whether there is an answer, or may be one soon, that nobody else has.
    bool has_news() const noexcept { return has_unsaved_tokens || (is_ours && inner && is_waiting_for_answer()); }
    bool is_waiting_for_answer() const noexcept {
        return held().now_at == session_state::step::requesting_token || held().now_at == session_state::step::checking;
    }
    /// What its tokens, or those to come, are counted as.
    std::uint64_t newest() const noexcept { return has_unsaved_tokens || !has_news() ? tokens : started; }

    bool is_due(time_point now) const {
        if (has_to_store) return true;
        auto const deadline = inner->next_deadline();
        return deadline && *deadline <= now;
    }

    /// What became of what was done to the session. Whatever is to be saved is stored before anybody learns of it.
    void take_events() {
        while (auto event = inner->poll_event()) {
            if (event->generation != 0) has_to_store = true;
            switch (event->what) {
            case session_event::kind::tokens_changed:
            case session_event::kind::tokens_received:
                if (event->what == session_event::kind::tokens_changed) has_changed = true;
                if (!std::exchange(is_ours, false)) break;
                tokens = started;
                has_unsaved_tokens = true;
                break;
            case session_event::kind::refresh_failed: tell({kind::refresh_failed, 0, std::move(event->error), event->retry_at, {}}); break;
            case session_event::kind::scope_reduced: tell({kind::scope_reduced, 0, {}, {}, std::move(event->text)}); break;
            case session_event::kind::clock_corrected: tell({kind::clock_corrected, 0, {}, {}, std::move(event->text)}); break;
            case session_event::kind::refresh_started:
            case session_event::kind::ended: break;
            }
        }
    }

    void tell(shared_session_event event) {
        std::erase_if(events, [&](auto const& other) { return other.what == event.what; });
        events.push_back(std::move(event));
    }

    error broken(error_code code, std::string_view got = {}) const { return *detail::rule_check{options.session.check}(false, code, got); }

    // Questions: shared_session_store.ipp

    bool is_busy() const noexcept { return question || asked != 0 || answer; }
    void ask(store_question::kind what);
    void ask_replace();
    bool handle_answer(std::uint64_t id, store_answer given);
    void take_answer(time_point now);
    void handle_replaced();
    void handle_store_success();
    void handle_read(std::string_view value, time_point now);
    void handle_record(record found, time_point now);
    void handle_unusable(error e, time_point now);
    void handle_store_failure(error e, time_point now);
    void adopt(record found, time_point now);
    result<session> resume(record const& found, time_point now);

    // What to do next: shared_session_protocol.ipp

    void advance(time_point now);
    void release();
    void stop_waiting_for_lock();
    bool is_leased_elsewhere(time_point now) const noexcept { return options.lock == shared_lock::none && now < foreign_until; }
    bool has_to_replace() const noexcept { return is_publishing || is_restoring || (is_leased && has_to_store); }
    bool has_to_read() const noexcept { return wants_read || (generation < highest && !is_publishing && !has_news()); }
    std::optional<http_request> poll(time_point now);
    std::optional<http_request> send(http_request request);
    template <class HandOver>
    bool handle(request_id answered, time_point now, HandOver hand_over);
    std::optional<time_point> next_deadline() const;
    std::optional<crypto_question> poll_question();
    bool handle_crypto(std::uint64_t id, crypto_answer const& given);
    bool handle_unauthorized(std::string_view token, time_point now);
    void abort();

    // The end: shared_session_end.ipp

    void end(error e);
    void sign_out(time_point now);
    void advance_end(time_point now);
    void handle_record_at_end(record found, time_point now);
    void revoke(time_point now);
    void drop();
    bool has_ended() const noexcept;

    refresh_method how;
    shared_session_options options;
    detail::successor_random random;
    std::string id; // of the leases
    time_point last_now;

    std::optional<session> inner; // nothing: the store was not read yet, or it is over
    std::string user;             // whose it is
    clock_offset last_clock;      // while there is none that is held
    std::uint64_t generation = 0; // of what is held, as it was stored; 0: it was not
    std::uint64_t highest = 0;    // of what was seen there
    std::uint64_t tokens = 0;     // see `shared_record`
    std::uint64_t started = 0;    // the generation as which the start of the refresh was stored
    bool is_ours = false;         // a refresh was sent from here, and no tokens came of it yet
    bool has_unsaved_tokens = false;
    bool has_to_store = false;  // the session has changed since it was stored
    bool has_changed = false;   // ... and has new tokens
    bool is_publishing = false; // the sign-in was not stored yet
    bool is_restoring = false;  // the store has an older session than this

    // The store
    bool holds_lock = false;
    bool is_leased = false; // to this one, by what is stored
    time_point lease_until{};
    record::lease foreign;
    time_point foreign_until = at_once; // for how long that one counts
    bool wants_read = false;
    bool is_fresh = false; // read just now
    std::string revision;
    std::optional<store_question> question; // to be polled
    std::uint64_t asked = 0, last_asked = 0;
    store_question::kind asked_what{};
    std::optional<store_answer> answer; // to be taken
    struct {
        secret_string text; // "": nothing was
        record::kind what{};
        std::uint64_t generation = 0, inner_generation = 0;
        bool is_leased = false;
        time_point lease_until{};
    } attempt; // to replace what is stored, whose outcome is not known
    static constexpr unsigned most_conflicts = 8;
    unsigned conflicts = 0; // in a row
    unsigned store_failures = 0;
    unsigned replace_failures = 0; // since it was done, whatever was read meanwhile
    time_point store_retry_at{};
    std::optional<error> store_error;

    // The end
    std::optional<error> final_error;
    bool has_to_end_others = false;
    bool is_revoking = false; // what is held
    time_point sign_out_until{};

    request_id in_flight{}, inner_request{};
    std::uint64_t last_request = 0;
    std::uint64_t asked_crypto = 0, inner_question = 0, last_crypto = 0;
    std::vector<shared_session_event> events;
};

} // namespace calimatic::inline CALIMATIC_ABI
