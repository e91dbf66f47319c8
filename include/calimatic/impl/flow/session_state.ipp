#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/derived_random.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/flow/id_token_check.ipp>
#include <algorithm>
#include <utility>
#include <variant>

namespace calimatic::inline CALIMATIC_ABI {

struct session::state {
    enum class step : std::uint8_t {
        resting,          // until a refresh is due
        saving_start,     // a refresh is to leave once that is saved
        starting,         // ... which it is
        requesting_token, // in flight
        checking,         // the ID Token of the answer, for which keys may be in flight
        saving_tokens,    // the new ones are given out once they are saved
        revoking,         // after a sign-out: to be asked for, or in flight
        ended,
    };

    /// Where the outcome of a refresh is not known, and what becomes of its token.
    enum class doubt : std::uint8_t {
        none,
        open,     // it may be sent again, within the window
        closed,   // it is not sent any more ...
        last_try, // ... but this once
    };

    state(refresh_method h, session_options o, std::uint64_t seed, time_point now)
        : how(std::move(h)), options(std::move(o)),
          token_check(server().jwks_uri, std::exchange(options.keys, std::nullopt), seed, options.crypto, options.check), jitter_seed(seed),
          last_now(detail::bounded_time(now)) {
        for (auto* wait :
            {&options.first_wait, &options.longest_wait, &options.ambiguity_window, &options.unauthorized_interval, &options.sign_out_wait})
            *wait = detail::bounded_wait(*wait);
    }

    static result<session> start(refresh_method how, sign_in signed_in, random_source& random, time_point now, session_options options);

    // How it comes by fresh tokens: session_method.ipp

    server_metadata const& server() const noexcept;
    client_information const& client() const noexcept;
    result<http_request> build_refresh(time_point issuer_now);
    result<token_set> parse_refresh(http_response const& response, time_point now) const;
    bool is_refusal(error const& e) const;
    bool can_revoke() const noexcept;
    result<http_request> build_revocation(time_point issuer_now);
    result<void> parse_revocation(http_response const& response) const;
    headless_refresh const* headless() const noexcept { return detail::method_if<headless_refresh>(how); }
    client_credentials const* without_user() const noexcept { return detail::method_if<client_credentials>(how); }
    /// A token of the application itself is asked for again as easily as it was lost.
    bool keeps_nothing() const noexcept { return options.storage == storage::none || without_user(); }

    // Time

    /// A clock that was set back: how much time went by is not known, so all waits go on as if none had. Whatever hangs on how long ago something was
    /// is decided for the worse.
    void survive_clock(time_point& now) {
        now = detail::bounded_time(now);
        auto const back = last_now - now;
        auto const before = std::exchange(last_now, now);
        if (now - before > clock_offset::max_clock_offset && now < detail::library_release)
            forget_clock(); // what is no clock may begin anew anywhere
        if (back <= milliseconds{0}) return;
        for (auto* time : {&tokens.received_at, &received.received_at, &retry_at, &sign_out_until, &started_at}) *time -= back;
        for (auto* time : {&tokens.expires_at, &received.expires_at, &published.expires_at})
            if (*time) **time -= back;
        if (back < small_step) return;
        forget_clock();
        if (is_started) started_at -= options.ambiguity_window;
    }

    /// Whether the clock was another than was thought.
    bool learn_clock(http_response const& response, time_point now) {
        bool const learned = clock.learn(response, sent_at, now);
        if (learned) tell({session_event::kind::clock_corrected, 0, {}, {}, clock.describe()});
        return learned;
    }

    void forget_clock() {
        if (!clock.describe().empty()) tell({session_event::kind::clock_corrected, 0, {}, {}, {}});
        clock.reset();
    }

    /// The same for times that were saved at `then`. Where the clock was set back since, how old the tokens are is not known.
    void survive_clock_since(time_point then, time_point now) {
        last_now = then;
        if (now < then) is_forced = true;
        survive_clock(now);
    }

    std::optional<time_point> window_end() const {
        return uncertain == doubt::open ? std::optional(started_at + options.ambiguity_window) : std::nullopt;
    }

    bool has_expired(time_point now) const { return published.expires_at && now >= *published.expires_at; }

    bool can_refresh() const {
        if (without_user()) return true;
        return !tokens.refresh_token.empty() && (uncertain == doubt::none || uncertain == doubt::open || may_try_last());
    }
    bool may_try_last() const { return options.last_try && !tried_last && uncertain == doubt::closed; }

    /// When the next refresh leaves; nothing: never.
    std::optional<time_point> due_at() const {
        if (!can_refresh()) return std::nullopt;
        auto due = refresh_schedule(tokens.received_at, tokens.expires_at, jitter_seed, options.timing);
        if (uncertain == doubt::closed) due = tokens.expires_at; // the last try, when nothing is left to lose
        // Not all the time, however short a lifetime is.
        if (due) due = (std::max)(*due, tokens.received_at + options.first_wait);
        if (is_forced || uncertain == doubt::open) due = at_once;
        return due && failures > 0 ? (std::max)(*due, retry_at) : due;
    }

    std::optional<time_point> next_deadline() const {
        if (has_question()) return at_once;
        if (in_flight != request_id{}) return ends_at_sign_out() ? std::optional(sign_out_until) : std::nullopt;
        switch (now_at) {
        case step::resting: {
            auto const due = due_at();
            // The end of the access token is the end of the session where no refresh will come.
            auto const end = can_refresh() ? window_end() : published.expires_at;
            return due && end ? (std::min)(*due, *end) : due ? due : end;
        }
        case step::starting: return at_once;
        case step::checking: return token_check.next_deadline();
        case step::revoking: return (std::min)(retry_at, sign_out_until);
        case step::saving_start:
        case step::requesting_token:
        case step::saving_tokens:
        case step::ended: break;
        }
        return std::nullopt;
    }

    bool ends_at_sign_out() const noexcept { return is_signed_out && now_at != step::ended; }

    // Events

    void tell(session_event event) {
        std::erase_if(events, [&](auto const& other) { return other.what == event.what; });
        events.push_back(std::move(event));
    }
    void tell_saved(session_event::kind what) {
        ++generation;
        tell({what, keeps_nothing() ? 0 : generation, {}, {}, {}});
    }

    // Requests

    std::optional<http_request> poll(time_point now) {
        survive_clock(now);
        if (ends_at_sign_out() && now >= sign_out_until) {
            if (now_at != step::requesting_token) {
                if (in_flight != request_id{}) last_error = to_error(transport_failure::no_answer);
                finish_sign_out();
                return std::nullopt;
            }
            in_flight = {}; // the answer was waited for long enough: the token that is held is revoked
            start_revocation(now);
        }
        if (in_flight != request_id{}) return std::nullopt;
        switch (now_at) {
        case step::resting: return poll_resting(now);
        case step::starting: return send_refresh(now);
        case step::checking:
            if (auto request = token_check.poll_request(now)) return send(std::move(*request), now);
            // No request, and an error: it could not be built.
            if (auto const& failed = token_check.key_error(); failed && (!last_error || last_error->code() != failed->code()))
                tell_failure(*failed, token_check.next_deadline());
            return std::nullopt;
        case step::revoking: return poll_revocation(now);
        case step::saving_start:
        case step::requesting_token:
        case step::saving_tokens:
        case step::ended: break;
        }
        return std::nullopt;
    }

    std::optional<http_request> poll_resting(time_point now) {
        if (auto const end = window_end(); end && now >= *end) give_up();
        if (!can_refresh()) {
            if (has_expired(now)) end_session(last_error && uncertain != doubt::none ? *last_error : broken(error_code::refresh_token_missing));
            return std::nullopt;
        }
        auto const due = due_at();
        if (!due || now < *due) return std::nullopt;
        if (without_user() || uncertain == doubt::open) return send_refresh(now); // nothing is spent, or that it was started is saved already
        if (uncertain == doubt::closed) {
            uncertain = doubt::last_try;
            tried_last = true;
        } else {
            started_at = now;
            is_started = true;
        }
        now_at = keeps_nothing() ? step::starting : step::saving_start;
        tell_saved(session_event::kind::refresh_started);
        return keeps_nothing() ? send_refresh(now) : std::nullopt;
    }

    std::optional<http_request> send_refresh(time_point now) {
        auto request = build_refresh(clock.correct(now));
        if (!request) {
            handle_certain_failure(std::move(request).error(), now);
            return std::nullopt;
        }
        now_at = step::requesting_token;
        is_superseded = false;
        return send(std::move(*request), now);
    }

    std::optional<http_request> send(http_request request, time_point now) {
        in_flight = request_id{++last_request};
        sent_at = now;
        request.id = in_flight;
        return std::optional<http_request>(std::move(request));
    }

    // Answers

    bool handle(request_id id, http_response response, time_point now) {
        bool const awaited = id != request_id{} && id == in_flight;
        if (awaited) {
            survive_clock(now);
            in_flight = {};
            if (now_at == step::requesting_token) handle_token_response(response, now);
            else if (now_at == step::revoking) handle_revocation(response, now);
            else {
                token_check.handle_response(std::move(response), now);
                handle_keys();
            }
        }
        wipe(response.body);
        return awaited;
    }

    bool handle(request_id id, transport_failure failure, time_point now) {
        if (id == request_id{} || id != in_flight) return false;
        survive_clock(now);
        in_flight = {};
        if (now_at == step::requesting_token) {
            if (failure == transport_failure::not_sent) handle_certain_failure(to_error(failure), now);
            else handle_unknown_outcome(to_error(failure), now);
        } else if (now_at == step::revoking) {
            retry_revocation(to_error(failure), now);
        } else {
            token_check.handle_failure(failure, now);
            handle_keys();
        }
        return true;
    }

    // What became of a refresh: session_refresh.ipp

    void handle_token_response(http_response const& response, time_point now);
    void handle_refusal(error e);
    void handle_certain_failure(error e, time_point now);
    void handle_unknown_outcome(error e, time_point now);
    void give_up();
    void wait(error const& e, time_point now);

    void tell_failure(error e, std::optional<time_point> again) {
        last_error = e;
        tell({session_event::kind::refresh_failed, 0, std::move(e), again, {}});
    }

    error broken(error_code code) const { return *detail::rule_check{options.check}(false, code); }

    // New tokens: session_tokens.ipp

    void start_check(detail::round_trip times);
    void handle_keys();
    void handle_check();
    std::optional<crypto_question> poll_question();
    bool handle_answer(std::uint64_t id, crypto_answer const& answer);
    bool has_question() const { return now_at == step::checking && asked == 0 && token_check.has_question(); }
    void accept();
    void settle_superseded();
    void settle();
    void publish();
    bool handle_saved(std::uint64_t saved);
    bool handle_unauthorized(std::string_view token, time_point now);

    // The end

    void end_session(error e) {
        if (e.condition() == condition::retry_later) e = std::move(e).with_condition(condition::authorize_again);
        forget();
        last_error = e;
        final_error = e;
        tell_end(std::move(e));
    }

    /// What was saved before would begin the session again.
    void tell_end(error e) {
        tell_saved(session_event::kind::ended);
        events.back().error = std::move(e);
    }

    // session_sign_out.ipp

    void sign_out(time_point now);
    bool revoke(session_subject const& subject, time_point now);
    void start_revocation(time_point now);
    secret_string const& token_to_revoke() const noexcept;
    std::optional<http_request> poll_revocation(time_point now);
    void handle_revocation(http_response const& response, time_point now);
    void retry_revocation(error e, time_point now);
    void finish_sign_out();

    void forget() {
        now_at = step::ended;
        in_flight = {};
        asked = 0;
        token_check.abort();
        published = {};
        tokens = {};
        received = {};
        latest_claims.reset();
        first_claims.reset();
        is_started = is_forced = false;
        uncertain = doubt::none;
    }

    void abort() {
        auto const now = last_now;
        if (in_flight == request_id{}) return;
        if (now_at == step::revoking) {
            in_flight = {};
            last_error = to_error(transport_failure::cancelled);
            finish_sign_out();
        } else {
            handle(in_flight, transport_failure::cancelled, now);
        }
    }

    static constexpr milliseconds small_step{2'000}; // by which time services set clocks right without anybody noticing

    refresh_method how;
    session_options options;
    clock_offset clock;
    clock_offset clock_before;
    detail::id_token_check token_check;
    detail::derived_random assertions; // of a client that signs its requests
    std::uint64_t jitter_seed;
    time_point last_now;

    step now_at = step::resting;
    token_set tokens;      // the newest that were checked
    token_set received;    // whose ID Token is being checked
    bool is_dated = false; // ... and whose answer told the issuer's time
    struct {
        secret_string access_token;
        std::optional<time_point> expires_at;
    } published; // what is given out
    std::optional<id_token_claims> first_claims, latest_claims;
    std::uint64_t generation = 0;

    bool is_started = false; // a refresh with the token that is held was, or is about to be, sent: since `started_at`
    time_point started_at{};
    doubt uncertain = doubt::none;
    bool tried_last = false;
    bool is_forced = false;     // a refresh is wanted ahead of its time
    bool is_superseded = false; // what is in flight presents a token that was replaced meanwhile
    bool is_signed_out = false;
    time_point sign_out_until{};

    unsigned failures = 0; // without a success since
    time_point retry_at{};
    std::optional<error> last_error, final_error;

    request_id in_flight{}; // 0: none
    std::uint64_t last_request = 0;
    time_point sent_at{};
    std::uint64_t last_question = 0;
    std::uint64_t asked = 0; // the question that is open; 0: none
    std::vector<session_event> events;
};

} // namespace calimatic::inline CALIMATIC_ABI
