#pragma once
#include <deque>
#include <functional>
#include <memory>

#include "world.hpp"

/// \file
/// One process of the host: a session, what is done for it, and what is held against it.

namespace simulation {

/// What is saved, and all that the host can know from it.
struct disk {
    std::optional<std::string> blob{};
    std::set<std::string> obsolete{}; ///< refresh tokens whose successor is in the blob
    time_point device_time{};         ///< the last that the session had seen ...
    time_point at{};                  ///< ... when that was ...
    milliseconds lost{0};             ///< ... and by how much it had lost count until then
};

/// What a life has had that may end a session.
struct reasons {
    bool revoked = false;          ///< by an administrator, or by a sign-out
    bool refused = false;          ///< a fault that may spoil an ID Token or its keys
    bool unavailable = false;      ///< a question was answered with `unavailable`
    bool unknown = false;          ///< a refresh got no answer, or none that can be read
    bool keys_removed = false;     ///< while an ID Token was waiting for them
    bool clock = false;            ///< the device's clock was wrong by more than can be learned, or jumped in flight, or the platform's was set back
    bool no_refresh_token = false; ///< the sign-in gave none
    bool two_processes = false;    ///< another process may have presented the same token

    std::string describe() const {
        std::string text;
        for (auto const& [had, name] : {std::pair{revoked, " revoked"}, {refused, " refused"}, {unavailable, " unavailable"}, {unknown, " unknown"},
                 {keys_removed, " keys removed"}, {clock, " clock"}, {no_refresh_token, " no refresh token"}, {two_processes, " two processes"}})
            if (had) text += name;
        return text.empty() ? " none" : text;
    }
};

class process {
public:
    process(world& around, disk& held, reasons& had, circumstances const& chosen, cal::session made)
        : obsolete(held.obsolete), w(around), saved(held), why(had), given(chosen), session(std::move(made)), seen_device(w.device()),
          seen_at(w.now) {}

    static constexpr milliseconds window{60'000};
    static constexpr milliseconds sign_out_wait{10'000};
    static constexpr milliseconds longest_wait{375'000}; // with its jitter; more than any Retry-After here

    bool is_over() const { return session.has_ended(); }
    bool keeps_blobs() const { return given.storage == cal::storage::by_host && !given.without_user; }
    /// Nothing is under way.
    bool is_quiet() const { return !flight && saves.empty() && !question && !is_checking; }
    bool has_sent() const { return last_id > 0; }
    bool is_signed_out() const { return signed_out_at.has_value(); }

    /// When the host has to do something again.
    std::optional<time_point> next_due() const {
        std::optional<time_point> due;
        auto const consider = [&due](time_point time) { due = due ? (std::min)(*due, time) : time; };
        if (!saves.empty()) consider(saves.front().is_written ? saves.front().told_at : saves.front().written_at);
        if (question) consider(question->due);
        if (flight) consider(flight->due);
        if (auto const deadline = session.next_deadline()) consider((std::max)(*deadline, w.device()) - w.ahead);
        return due;
    }

    /// Does what is due, as a host does at every turn of its loop.
    void turn() {
        while (!saves.empty() && save_front()) {}
        if (question && w.now >= question->due) answer_question();
        if (flight && w.now >= flight->due) deliver();
        poll();
        observe();
        w.check_trace();
    }

    /// What the session must have lost count of: its clock was set back, and it could not know how much time went by.
    void see() {
        auto const believed = (std::max)(milliseconds(0), w.device() - seen_device);
        auto const elapsed = w.now - seen_at;
        if (elapsed > believed) lost += elapsed - believed;
        seen_device = w.device();
        seen_at = w.now;
    }
    void see_from(disk const& from) {
        lost = from.lost;
        seen_device = from.device_time;
        seen_at = from.at;
        see();
    }

    void poll() {
        auto const deadline = session.next_deadline();
        bool const was_over = session.has_ended();
        see();
        auto request = session.poll_request(w.device());
        bool const progress = take_events() || request;
        if (request) {
            stalls = 0;
            return send(*request, was_over);
        }
        auto const next = session.next_deadline();
        stalls = !progress && deadline && *deadline <= w.device() && next && *next <= w.device() ? stalls + 1 : 0;
        w.log.check(invariant::no_busy_loop, stalls < 3, "the deadline has come, and polling does nothing");
        if (signed_out_at && !session.has_ended()) {
            auto const bound = *signed_out_at + 2 * sign_out_wait + (lost - lost_at_sign_out) + (overslept - overslept_at_sign_out);
            w.log.check(invariant::sign_out_ends, w.now < bound + milliseconds(1), "it is still going on");
            w.log.check(invariant::sign_out_ends, session.next_deadline().has_value(), "it has no deadline");
        }
    }

    void handle_unauthorized(std::string const& token) {
        see();
        bool const is_current = token == current_token;
        bool const will_refresh = session.handle_unauthorized(token, w.device());
        w.note(std::string("a resource server answers 401: ") + (will_refresh ? "a refresh is due" : "nothing to do"));
        w.log.check(invariant::late_answers_do_nothing, is_current || !will_refresh, "the token that was refused is not the current one");
        got_unauthorized = true;
        take_events();
    }

    void sign_out() {
        w.note("signs out");
        w.log.reached(std::string("sign-out ") +
            (flight                 ? "in flight"
                    : is_checking   ? "while checking"
                    : saves.empty() ? "at rest"
                                    : "while saving"));
        see();
        session.sign_out(w.device());
        signed_out_at = w.now;
        lost_at_sign_out = lost;
        overslept_at_sign_out = overslept;
    }

    void abort() {
        w.note("aborts what is in flight");
        if (flight && flight->is_refresh) forget_outcome();
        session.abort();
        late = std::move(flight);
        flight.reset();
        take_events();
    }

    /// Hands in what the session does not wait for.
    void make_noise() {
        auto const before = serialize();
        see();
        auto const respond = [&](cal::request_id id) {
            cal::http_response response{200, {{"Content-Type", "application/json"}},
                R"({"access_token":"of-somebody-else","token_type":"Bearer","expires_in":3600,"refresh_token":"of-somebody-else"})"};
            bool const taken = w.dice.percent(50) ? session.handle_response(id, std::move(response), w.device())
                                                  : session.handle_failure(id, cal::transport_failure::no_answer, w.device());
            w.log.check(invariant::late_answers_do_nothing, !taken, "an answer that nothing waits for is taken");
        };
        respond(cal::request_id{0});
        respond(cal::request_id{999'999});
        if (late) respond(late->id);
        bool const answered = session.handle_crypto_answer(question ? question->what.id + 7 : 1'000'003, {cal::crypto_answer::kind::yes, {}});
        w.log.check(invariant::late_answers_do_nothing, !answered, "an answer to a question that was not asked is taken");
        w.log.check(
            invariant::late_answers_do_nothing, !session.handle_saved(session.generation() + 1), "a generation that is to come counts as saved");
        w.log.check(invariant::late_answers_do_nothing, before == serialize(), "the session has changed");
    }

    /// The value to save, which must be one that can be taken up again.
    std::string serialize() {
        std::string blob(cal::serialize(session).expose());
        sim::seeded_random random(7);
        cal::session_options options;
        options.check.trace = &w.trace;
        options.crypto = given.crypto;
        auto const again = cal::session::resume(how(), blob, random, w.device(), std::move(options));
        bool const has_ended = session.has_ended() || signed_out_at;
        bool const fits = has_ended ? !again && again.error() == cal::error_code::session_ended : again.has_value();
        if (!again) w.check_error(again.error());
        w.log.check(invariant::every_blob_resumes, fits, again ? "it resumes after the end" : again.error().name());
        return blob;
    }

    cal::refresh_method how() const { return w.how(given); }

    /// The process ends here, or loses track: of what it had sent, and of what it had received and not saved.
    void forget_outcome() {
        if (flight && !flight->is_superseded) mark_unknown(flight->refresh_token, flight->sent_at);
        for (auto const& token : obsolete)
            if (!saved.obsolete.contains(token)) mark_unknown(token, w.fact_of_refresh(token).sent_at.value_or(w.now));
    }

    struct save {
        std::uint64_t generation;
        std::string blob;
        std::set<std::string> obsolete;
        time_point device_time, at;
        milliseconds lost;
        time_point written_at, told_at;
        bool is_written = false;
        bool fails = false;
    };
    struct open_question {
        cal::crypto_question what;
        time_point due;
    };

    std::set<std::string> obsolete; ///< refresh tokens whose successor was seen
    std::string newest_refresh_token{};
    std::string current_token{}; ///< the access token that was given out last
    std::string last_token{};    ///< and the one before
    std::optional<answer> flight{}, late{};
    std::deque<save> saves{};
    std::optional<open_question> question{};
    bool is_checking = false; ///< the ID Token of an answer
    bool saving_is_late = false, saving_fails = false;
    std::optional<time_point> signed_out_at{};
    std::optional<time_point> refreshed_at{}; ///< the last answer that was good
    std::optional<time_point> not_before{};   ///< of the next refresh, after a failure

private:
    void mark_unknown(std::string const& token, time_point since) {
        why.unknown = true;
        if (token.empty()) return; // an application's own
        auto& fact = w.fact_of_refresh(token);
        if (fact.unknown_since) return;
        fact.unknown_since = since;
        fact.lost_then = fact.set_back_then; // what was saved when it left knows nothing of later
    }

    void send(cal::http_request const& request, bool was_over) {
        auto const id = static_cast<std::uint64_t>(request.id);
        bool const is_revocation = w.is_revocation(request.url);
        bool const may_send = !was_over && !has_seen_end && (!signed_out_at || is_revocation);
        w.log.check(invariant::nothing_after_the_end, may_send || (is_revocation && signed_out_at && !was_over), "a request to " + request.url);
        if (flight && signed_out_at) late = std::exchange(flight, std::nullopt); // given up for the revocation
        w.log.check(invariant::one_request_in_flight, !flight, "a second request");
        w.log.check(invariant::one_request_in_flight, id > last_id, "an id comes twice");
        last_id = id;
        auto const token = w.token_of(request);
        if (!token.empty()) { w.log.check(invariant::no_token_after_its_successor, !obsolete.contains(token), w.name_of(token) + " is sent"); }
        bool const is_late_try = !token.empty() && !is_revocation && check_window(token);
        bool const is_refresh = w.is_refresh(request.url);
        if (is_refresh) {
            w.log.check(invariant::nothing_after_the_end, !refusal_is_certain, "a refresh after an ID Token that ends the session");
            w.log.check(invariant::waits_as_told, !not_before || w.now >= *not_before, "a refresh too soon after a failure");
        }
        auto sent = w.send(request);
        w.note((token.empty() ? std::string("a request") : w.name_of(token)) + " was sent, answer due in " +
            std::to_string((sent.due - w.now).count()) + " ms");
        if (w.dice.percent(5)) sent.due += w.dice.up_to(milliseconds(20'000));
        sent.due = (std::min)(sent.due, sent.sent_at + sent.timeout);
        if (is_revocation) why.revoked = true;
        if (is_refresh && !token.empty()) {
            auto& fact = w.fact_of_refresh(token);
            fact.sent_at = w.now;
            fact.set_back_then = w.set_back;
            if (sent.is_dropped) fact.was_dropped = true;
        }
        sent.is_late_try = is_late_try;
        flight = std::move(sent);
    }

    /// Whether it is after the window.
    bool check_window(std::string const& token) {
        auto& fact = w.fact_of_refresh(token);
        if (!fact.unknown_since) return false;
        w.log.reached("sent again");
        bool const is_late = w.now >= *fact.unknown_since + window + (w.set_back - fact.lost_then);
        if (is_late) {
            ++fact.late_tries;
            w.log.reached("last try");
        }
        w.log.check(invariant::nothing_sent_again_after_the_window, fact.late_tries <= (given.last_try ? 1u : 0u), w.name_of(token) + " is sent");
        return is_late;
    }

    void deliver() {
        auto a = std::move(*flight);
        flight.reset();
        bool const timed_out = w.now >= a.sent_at + a.timeout;
        if (timed_out || !a.response) {
            if (timed_out) a.failure = cal::transport_failure::no_answer;
            a.response.reset();
            a.is_readable = false;
        }
        if (a.is_refresh && !signed_out_at) learn_from(a);
        else if (a.is_refresh && a.is_readable && !a.new_refresh_token.empty() && a.new_refresh_token != a.refresh_token)
            obsolete.insert(a.refresh_token);
        if (a.is_suspicious) why.refused = true;
        see();
        if (a.response) {
            auto copy = *a.response;
            bool const taken = session.handle_response(a.id, std::move(copy), w.device());
            w.log.check(invariant::late_answers_do_nothing, taken, "the answer that is waited for is ignored");
        } else {
            bool const taken = session.handle_failure(a.id, a.failure, w.device());
            w.log.check(invariant::late_answers_do_nothing, taken, "the failure that is waited for is ignored");
            w.note("no answer has come");
        }
        take_events();
        if (w.dice.percent(20)) {
            auto const before = serialize();
            bool const again =
                a.response ? session.handle_response(a.id, std::move(*a.response), w.device()) : session.handle_failure(a.id, a.failure, w.device());
            w.log.check(invariant::late_answers_do_nothing, !again && before == serialize(), "an answer counts twice");
        }
        late = std::move(a);
    }

    /// What the host can know from the answer to a refresh.
    void learn_from(answer const& a) {
        not_before.reset();
        if (!a.response) {
            if (a.failure == cal::transport_failure::not_sent) take_try_back(a);
            else if (!a.is_superseded) mark_unknown(a.refresh_token, a.sent_at);
            return;
        }
        auto const server_now = w.now + w.server_ahead;
        auto const wrong = w.device() > server_now ? w.device() - server_now : server_now - w.device();
        if (wrong > cal::clock_offset::max_clock_offset - milliseconds(60'000)) why.clock = true;
        if (a.is_readable) return learn_tokens(a);
        auto const status = a.response->status;
        auto const& body = a.response->body;
        if (status == 502 || status == 504 || (status >= 200 && status < 300)) {
            if (!a.is_superseded) mark_unknown(a.refresh_token, a.sent_at);
        } else if (body.find(given.is_headless ? "INVALID_TOKEN" : "invalid_grant") != body.npos && a.is_whole) {
            explain_refusal(a);
        } else if (!a.is_superseded) {
            take_try_back(a);
            bool const asks_to_wait = status == 429 || status >= 500;
            auto const wait = asks_to_wait ? cal::retry_after(*a.response) : std::nullopt;
            not_before = w.now + (std::max)(milliseconds(900), milliseconds(wait.value_or(seconds(0))));
        }
    }

    void learn_tokens(answer const& a) {
        auto const& body = a.response->body;
        if (a.is_superseded) return;
        is_checking = !a.new_id_token.empty();
        if (a.is_refused && is_checking) refusal_is_certain = true;
        if (!a.refresh_token.empty()) {
            auto& fact = w.fact_of_refresh(a.refresh_token);
            fact.unknown_since.reset();
            fact.late_tries = 0;
        }
        if (!a.new_refresh_token.empty() && a.new_refresh_token != a.refresh_token) {
            obsolete.insert(a.refresh_token);
            newest_refresh_token = a.new_refresh_token;
            auto& successor = w.fact_of_refresh(a.new_refresh_token);
            if (successor.issued_at == time_point{}) successor.issued_at = a.server_time;
        }
        auto& fact = w.access_tokens[a.new_access_token];
        fact.received_at = w.now;
        fact.lost_then = lost;
        fact.was_refused = refusal_is_certain;
        if (auto const found = body.find("\"expires_in\":"); found != body.npos) {
            auto const value = std::strtoll(body.c_str() + found + 13, nullptr, 10);
            fact.lifetime = seconds((std::clamp)(value, -1LL, 4'000LL * 24 * 3600)); // no longer than the library takes
        }
        // By the platform's clock, which tells whole seconds; where it tells none, the device's own clock may be wrong by anything.
        bool const is_told = given.is_headless && cal::find_header(a.response->headers, "Date") && !cal::find_header(a.response->headers, "Age");
        if (is_told) fact.lifetime = milliseconds(given.platform.access_token_lifetime) + milliseconds(1'000);
        refreshed_at = w.now;
    }

    /// A last try that cannot have reached anybody does not count.
    void take_try_back(answer const& a) {
        auto& fact = w.fact_of_refresh(a.refresh_token);
        if (a.is_late_try) --fact.late_tries;
        if (a.was_handed_over && fact.unknown_since == a.sent_at) fact.unknown_since.reset(); // another process could not know, and this one does
    }

    /// Why did the platform refuse the refresh token?
    void explain_refusal(answer const& a) {
        auto const& fact = w.fact_of_refresh(a.refresh_token);
        bool const has_expired = a.server_time >= fact.issued_at + given.platform.refresh_token_lifetime;
        bool const explained =
            why.revoked || fact.unknown_since || fact.was_dropped || has_expired || why.two_processes || a.is_suspicious || was_superseded;
        w.log.reached("refused by the platform");
        w.log.check(invariant::nothing_lost, explained, w.name_of(a.refresh_token) + " is refused without a reason");
        refusal_was_explained = true;
    }

    void answer_question() {
        auto const asked = std::move(*question);
        question.reset();
        cal::crypto_answer reply = cal::answer_inside(asked.what);
        if (w.dice.percent(1)) {
            reply = {};
            why.unavailable = true;
            w.note("the host cannot answer the question");
        }
        w.log.check(
            invariant::late_answers_do_nothing, !session.handle_crypto_answer(asked.what.id + 1, reply), "the answer to another question is taken");
        bool const is_open = !signed_out_at; // which ends the check
        w.log.check(invariant::late_answers_do_nothing, session.handle_crypto_answer(asked.what.id, reply) == is_open, "the answer to the question");
        w.log.check(invariant::late_answers_do_nothing, !session.handle_crypto_answer(asked.what.id, reply), "a question is answered twice");
        take_events();
    }

    bool save_front() {
        auto& front = saves.front();
        if (!front.is_written) {
            if (w.now < front.written_at) return false;
            if (front.fails) {
                w.note("saving fails");
                w.log.reached("saving failed");
                auto const generation = session.generation();
                saves.clear();
                begin_save(generation);
                saves.back().written_at = saves.back().told_at = w.now + milliseconds(60'000);
                return false;
            }
            saved = {front.blob, front.obsolete, front.device_time, front.at, front.lost};
            front.is_written = true;
        }
        if (w.now < front.told_at) return false;
        auto const generation = front.generation;
        bool const is_last = generation == session.generation();
        saves.pop_front();
        bool const taken = session.handle_saved(generation);
        w.log.check(invariant::late_answers_do_nothing, taken == (is_last && !session.has_ended()), "a generation that was saved");
        return true;
    }

    void begin_save(std::uint64_t generation) {
        auto const written_at = w.now + (saving_is_late ? w.dice.up_to(milliseconds(90'000)) : w.dice.up_to(milliseconds(5)));
        auto const told_at = written_at + (saving_is_late ? w.dice.up_to(milliseconds(20'000)) : milliseconds(0));
        saves.push_back({generation, serialize(), obsolete, seen_device, seen_at, lost, written_at, told_at, false, saving_fails});
        saving_is_late = saving_fails = false;
    }

    bool take_events() {
        bool any = false;
        if (!question) {
            if (auto asked = session.poll_crypto_question()) {
                any = true;
                w.log.check(invariant::one_request_in_flight, asked->id > last_question, "the id of a question comes twice");
                last_question = asked->id;
                question.emplace(
                    open_question{std::move(*asked), w.now + (w.dice.percent(20) ? w.dice.up_to(milliseconds(5'000)) : milliseconds(1))});
            }
        }
        while (auto event = session.poll_event()) {
            any = true;
            handle(*event);
        }
        return any;
    }

    void handle(cal::session_event const& event) {
        using kind = cal::session_event::kind;
        static constexpr std::array<char const*, 7> names{
            "tokens_changed", "refresh_started", "tokens_received", "refresh_failed", "scope_reduced", "clock_corrected", "ended"};
        auto const name = names[static_cast<std::size_t>(event.what)];
        w.note(std::string("event ") + name + (event.error ? ": " + event.error->message() : "") + (event.text.empty() ? "" : ": " + event.text));
        w.log.reached(std::string("event ") + name);
        if (event.error) w.check_error(*event.error);
        w.check_text(event.text);
        w.log.check(invariant::every_blob_resumes, event.generation == 0 || keeps_blobs(), "something is to be saved that need not be");
        if (event.what == kind::tokens_changed) is_checking = false;
        if (event.what == kind::ended) return handle_end(*event.error);
        if (event.generation != 0) begin_save(event.generation);
        if (event.what == kind::refresh_failed && event.error && *event.error == cal::error_code::refresh_outcome_unknown)
            w.log.check(invariant::ends_for_a_reason, why.unknown, "the outcome of a refresh is said to be unknown, and is not");
    }

    void handle_end(cal::error const& e) {
        has_seen_end = !signed_out_at;
        is_checking = false;
        saves.clear();
        saved.blob.reset();
        auto const name = std::string(e.name());
        w.log.reached("ended: " + name);
        auto const begins = [&name](std::string_view with) { return name.substr(0, with.size()) == with; };
        bool reasonable = false;
        if (e == cal::error_code::signed_out) reasonable = signed_out_at.has_value();
        else if (e == cal::error_code::crypto_unavailable) reasonable = why.unavailable;
        else if (e == cal::error_code::refresh_token_missing) reasonable = why.no_refresh_token;
        else if (e == cal::error_code::invalid_token) reasonable = refusal_was_explained || (got_unauthorized && why.no_refresh_token);
        else if (e == cal::error_code::token_error) reasonable = refusal_was_explained || why.refused || why.unknown;
        else if (begins("id_token") || begins("jw") || begins("base64")) reasonable = why.refused || why.clock || why.keys_removed;
        else reasonable = why.unknown || why.refused;
        w.note("reasons that it has had:" + why.describe());
        w.log.check(invariant::ends_for_a_reason, reasonable, name);
        w.log.check(invariant::nothing_after_the_end, !session.access_token(w.device()), "an access token after the end");
        serialize();
    }

    /// Looks at the session as an application does.
    void observe() {
        auto const token = session.access_token(w.device());
        if (!token) w.check_error(token.error());
        if (session.last_error()) w.check_error(*session.last_error());
        if (token) {
            w.log.check(invariant::nothing_after_the_end, !session.has_ended() && !signed_out_at, "an access token after the end");
            std::string const text(*token);
            if (text != current_token) {
                last_token = std::exchange(current_token, text);
                w.note("another access token is given out");
            }
            auto const found = w.access_tokens.find(text);
            w.log.check(invariant::the_right_user, found != w.access_tokens.end(), "an access token that nobody gave");
            auto& fact = found->second;
            w.log.check(invariant::the_right_user, !fact.was_refused, "an access token that came with a wrong ID Token");
            if (keeps_blobs()) {
                fact.was_saved = fact.was_saved || (saved.blob && saved.blob->find(text) != std::string::npos);
                w.log.check(invariant::saved_before_used, fact.was_saved, "an access token that is in no saved value");
            }
            if (fact.lifetime) {
                auto const end = fact.received_at + *fact.lifetime + (lost - fact.lost_then);
                w.log.check(
                    invariant::expired_tokens_stay_in, w.now < end, "an access token " + std::to_string((w.now - end).count()) + " ms after its end");
            }
        }
        if (session.expires_at() && token)
            w.log.check(invariant::expired_tokens_stay_in, *session.expires_at() > w.device(), "an access token after the time that is told");
        if (auto const* claims = session.claims()) w.log.check(invariant::the_right_user, claims->sub() == user, "the claims are of somebody else");
        if (is_quiet() && !session.has_ended() && !signed_out_at) observe_rest(token.has_value());
    }

    void observe_rest(bool has_token) {
        if (keeps_blobs() && !newest_refresh_token.empty()) {
            bool const holds = saved.blob && saved.blob->find(newest_refresh_token) != std::string::npos;
            w.log.check(invariant::nothing_lost, holds, "the newest refresh token is not saved");
        }
        auto const deadline = session.next_deadline();
        if (has_token && !session.expires_at()) return; // nobody knows when it ends
        w.log.check(invariant::wakes_in_time, deadline.has_value(), "it never wakes");
        auto const end = has_token ? *session.expires_at() : w.device();
        w.log.check(invariant::wakes_in_time, *deadline <= end || *deadline <= w.device() + longest_wait, "it sleeps for too long");
    }

public:
    bool was_superseded = false; ///< another process has brought newer tokens while a request was in flight
    bool refusal_is_certain = false;

private:
    world& w;
    disk& saved;
    reasons& why;
    circumstances const& given;

public:
    cal::session session;
    time_point seen_device, seen_at;
    milliseconds lost{0};
    milliseconds overslept{0}; ///< while the host did nothing

private:
    milliseconds lost_at_sign_out{0}, overslept_at_sign_out{0};
    std::uint64_t last_id = 0, last_question = 0;
    unsigned stalls = 0;
    bool has_seen_end = false;
    bool got_unauthorized = false;
    bool refusal_was_explained = false;
};

} // namespace simulation
