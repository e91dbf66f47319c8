#pragma once
#include "process.hpp"

/// \file
/// A whole life: signing in, staying signed in through whatever happens, signing in again.

namespace simulation {

class life {
public:
    life(record& written, std::uint64_t seed) : log(written), dice(seed), given(dice, seed), w(log, dice, given) {
        w.note("a life of " + std::to_string(given.steps) + " steps: " + given.describe());
    }

    void run() {
        for (log.step = 1; log.step <= given.steps; ++log.step) {
            if (!running && !take_up()) break;
            act();
            if (running && running->is_over()) bury();
        }
        if (running) heal();
    }

private:
    // Beginning

    cal::session_options options() {
        cal::session_options made;
        made.storage = given.storage;
        made.crypto = given.crypto;
        made.last_try = given.last_try;
        made.check.trace = &w.trace;
        if (keys && dice.percent(50)) made.keys = *keys;
        return made;
    }

    /// A process with a session: from what was saved, or from a new sign-in.
    bool take_up() {
        if (saved.blob) return resume();
        if (sign_ins++ >= 3) return false;
        why = {};
        saved = {};
        if (given.without_user) {
            auto how = cal::client_credentials{w.platform.metadata(), w.client.clone(), "profile", {}};
            begin(cal::session::start(std::move(how), dice.source(), w.device(), options()));
            return true;
        }
        auto signed_in = sign_in(true);
        if (!signed_in) {
            why = {};
            // Once more, with nothing in the way.
            w.platform.clear_faults();
            set_clock(milliseconds(0));
            set_server_clock(milliseconds(0));
            signed_in = sign_in(false);
            log.check(invariant::sign_in_succeeds, signed_in.has_value(), signed_in ? "" : signed_in.error().name());
        }
        keys = signed_in->keys;
        std::string const refresh_token(signed_in->tokens.refresh_token.expose());
        std::string const access_token(signed_in->tokens.access_token.expose());
        auto const received_at = w.now;
        auto const expires_at = signed_in->tokens.expires_at;
        begin(given.is_headless ? cal::session::start(w.headless(), std::move(*signed_in), dice.source(), w.device(), options())
                                : cal::session::start(cal::oauth_refresh{w.platform.metadata(), w.client.clone()}, std::move(*signed_in),
                                      dice.source(), w.device(), options()));
        auto& fact = w.access_tokens[access_token];
        fact.received_at = received_at;
        if (expires_at) fact.lifetime = *expires_at - w.device();
        fact.lost_then = running->lost;
        running->newest_refresh_token = refresh_token;
        why.no_refresh_token = refresh_token.empty();
        if (!refresh_token.empty()) w.fact_of_refresh(refresh_token).issued_at = w.now + w.server_ahead;
        running->turn();
        return true;
    }

    void begin(cal::result<cal::session> session) {
        if (!session) w.check_error(session.error());
        log.check(invariant::sign_in_succeeds, session.has_value(), session ? "" : session.error().name());
        running = std::make_unique<process>(w, saved, why, given, std::move(*session));
    }

    bool resume() {
        auto made = cal::session::resume(w.how(given), *saved.blob, dice.source(), w.device(), options());
        log.check(invariant::every_blob_resumes, made.has_value(), made ? "" : made.error().name());
        running = std::make_unique<process>(w, saved, why, given, std::move(*made));
        running->see_from(saved);
        if (saved.blob->find("\"refresh_started_at\"") != std::string::npos) why.unknown = true;
        w.note("a process resumes");
        running->turn();
        return true;
    }

    cal::result<cal::sign_in> sign_in(bool with_faults) {
        w.note(with_faults ? "signs in" : "signs in again, with nothing in the way");
        if (with_faults && dice.percent(20)) w.inject_random_fault();
        auto server = drive(cal::discover(w.platform.issuer(), cal::metadata_location::openid_configuration, {{}, &w.trace}));
        if (!server) return server.error();
        if (given.is_headless) return sign_in_headless(std::move(*server));
        cal::authorization_code_options how;
        how.crypto = given.crypto;
        how.request_userinfo = given.reads_userinfo;
        how.check.trace = &w.trace;
        if (keys && dice.percent(50)) how.keys = *keys;
        cal::authorization_parameters parameters{.redirect_uri = redirect_uri, .scope = "openid profile offline_access"};
        auto flow = cal::authorization_code_flow::start(*server, w.client.clone(), std::move(parameters), dice.source(), w.device(), how);
        if (!flow) return flow.error();
        while (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, cal::answer_inside(*question));
        auto pending = flow->pending();
        auto const url = flow->authorization_url();
        if (!pending || !url) return cal::error_code::flow_in_wrong_state;
        w.secrets.add(pending->state.expose());
        w.secrets.add(pending->nonce.expose());
        w.secrets.add(pending->code_verifier.expose());
        if (dice.percent(30)) { // in another process
            auto again = cal::parse_pending_sign_in(cal::serialize(*pending).expose(), {{}, &w.trace});
            log.check(invariant::every_blob_resumes, again.has_value(), "a pending sign-in");
            flow = cal::authorization_code_flow::resume(*server, w.client.clone(), std::move(*again), dice.source(), w.device(), how);
            if (!flow) return flow.error();
            log.reached("sign-in resumed");
        }
        w.now += dice.up_to(milliseconds(60'000));
        auto const redirect = w.platform.authorize(*url, w.now);
        if (!redirect) return redirect.error();
        w.secrets.add(parameter(*redirect, "code"));
        if (auto taken = flow->handle_redirect(*redirect, w.device()); !taken) return taken.error();
        return drive(std::move(*flow));
    }

    cal::result<cal::sign_in> sign_in_headless(cal::server_metadata server) {
        cal::headless_sign_in_options how;
        how.crypto = given.crypto;
        how.check.trace = &w.trace;
        if (keys && dice.percent(50)) how.keys = *keys;
        auto flow = cal::headless_sign_in::start(w.headless_client(), std::move(server), w.client.clone(), email, password, dice.source(), how);
        if (!flow) return flow.error();
        auto ended = drive(std::move(*flow));
        if (!ended) return std::move(ended).error();
        log.reached(given.has_second_factor ? "headless sign-in with a code" : "headless sign-in");
        return std::move(ended->sign_in);
    }

    /// The user enters a code, if one is asked for: mostly the right one.
    bool enter_code(cal::headless_sign_in& flow) {
        auto const* const asked = flow.mfa();
        if (!asked) return false;
        if (asked->refused) w.check_error(*asked->refused);
        w.now += dice.up_to(milliseconds(30'000));
        auto const taken = flow.handle_code(dice.percent(80) ? right_code : "the-code-of-another-device", "totp", w.device());
        if (!taken) w.check_error(taken.error());
        return true;
    }
    template <class Flow>
    static bool enter_code(Flow&) {
        return false;
    }

    /// Runs a flow to its end.
    template <class Flow>
    cal::result<typename Flow::value_type> drive(Flow flow) {
        std::uint64_t last_id = 0;
        for (std::size_t turns = 0;; ++turns) {
            log.check(invariant::no_busy_loop, turns < 200, "a flow goes round in circles");
            w.check_trace();
            if (auto ended = flow.poll_result()) {
                log.check(invariant::nothing_after_the_end, !flow.poll_request(w.device()), "a request of a flow that has ended");
                if (!*ended) {
                    w.check_error(ended->error());
                    w.note("the flow ends: " + ended->error().message());
                    log.reached("sign-in failed");
                }
                return std::move(*ended);
            }
            if (auto question = flow.poll_crypto_question()) {
                flow.handle_crypto_answer(question->id, cal::answer_inside(*question));
                continue;
            }
            if (auto request = flow.poll_request(w.device())) {
                auto const id = static_cast<std::uint64_t>(request->id);
                log.check(invariant::one_request_in_flight, id > last_id && !flow.poll_request(w.device()), "in a flow");
                last_id = id;
                auto a = w.send(*request);
                why.refused = why.refused || a.is_suspicious;
                w.now = a.due;
                if (a.response) flow.handle_response(a.id, std::move(*a.response), w.device());
                else flow.handle_failure(a.id, a.failure, w.device());
                continue;
            }
            if (auto ended = flow.poll_result()) return std::move(*ended);
            if (enter_code(flow)) continue;
            auto const deadline = flow.next_deadline();
            log.check(invariant::wakes_in_time, deadline.has_value(), "a flow waits for nothing");
            if (deadline) w.now += (std::max)(milliseconds(0), *deadline - w.device());
        }
    }

    // What happens

    void act() {
        auto const roll = dice.below(1000);
        if (roll < 620) return advance();
        if (roll < 670) return sleep();
        if (roll < 730) return w.inject_random_fault();
        if (roll < 765) return jump();
        if (roll < 805) return restart();
        if (roll < 830) return rotate_keys();
        if (roll < 850) return turn_with([this] { running->handle_unauthorized(running->current_token); });
        if (roll < 860) return turn_with([this] { running->handle_unauthorized(running->last_token); });
        if (roll < 880) return hand_over();
        if (roll < 890) return turn_with([this] { running->abort(); });
        if (roll < 894) return revoke();
        if (roll < 902) return sign_out();
        if (roll < 930) {
            (dice.percent(70) ? running->saving_is_late : running->saving_fails) = true;
            return advance();
        }
        if (roll < 940)
            return set_server_clock(dice.of(std::array{milliseconds(0), milliseconds(-600'000), milliseconds(600'000), milliseconds(72'000'000)}));
        running->make_noise();
    }

    template <class F>
    void turn_with(F what) {
        what();
        running->turn();
    }

    /// Time goes on until something is to be done.
    void advance() {
        if (set_aside && running->is_quiet() && dice.percent(60)) return take_back();
        auto const due = running->next_due();
        auto const rest = dice.up_to(milliseconds(given.platform.access_token_lifetime));
        auto const until = due ? (std::max)(*due, w.now) : w.now + rest;
        w.now = dice.percent(15) ? (std::min)(until, w.now + rest) : until;
        running->turn();
    }

    void sleep() {
        auto const time = dice.of(std::array{milliseconds(10'000), milliseconds(60'000), milliseconds(1'200'000), milliseconds(7'200'000),
            milliseconds(43'200'000), milliseconds(259'200'000)});
        w.note("sleeps for " + std::to_string(time.count() / 1000) + " s");
        log.reached("sleep");
        auto const slept = dice.up_to(time);
        w.now += slept;
        running->overslept += slept;
        running->turn();
    }

    void jump() {
        log.reached(running->flight ? "clock jump in flight" : "clock jump");
        if (dice.percent(15)) set_clock(milliseconds(seconds(dice.below(1'000'000))) - w.now.time_since_epoch());
        else if (dice.percent(40)) set_clock(milliseconds(0));
        else
            set_clock(w.ahead +
                dice.of(std::array{milliseconds(1'000), milliseconds(-1'000), milliseconds(30'000), milliseconds(-30'000), milliseconds(600'000),
                    milliseconds(-600'000), milliseconds(10'800'000), milliseconds(-10'800'000), milliseconds(1'728'000'000),
                    milliseconds(-1'728'000'000)}));
        running->turn();
    }

    void set_clock(milliseconds ahead) {
        if (ahead == w.ahead) return;
        w.note("the device's clock is set " + std::to_string((ahead - w.ahead).count() / 1000) + " s ahead");
        if (ahead < w.ahead) w.set_back += w.ahead - ahead;
        w.ahead = ahead;
        if (running) running->not_before.reset();
        if (running && running->flight) why.clock = true;
    }

    void set_server_clock(milliseconds ahead) {
        w.note("the platform's clock is " + std::to_string(ahead.count() / 1000) + " s ahead");
        if (ahead < w.server_ahead || ahead - w.server_ahead > cal::clock_offset::max_clock_offset - milliseconds(120'000)) why.clock = true;
        w.server_ahead = ahead;
        w.platform.set_clock_ahead(ahead);
    }

    void rotate_keys() {
        w.note("the platform signs with other keys");
        w.platform.rotate_keys();
        if (!dice.percent(40)) return;
        w.note("... and removes the old ones");
        log.reached("keys removed");
        w.platform.remove_old_keys();
        bool const waits = !running->is_quiet() || set_aside;
        if (waits || (saved.blob && saved.blob->find("\"received\"") != std::string::npos)) why.keys_removed = true;
    }

    void revoke() {
        w.note("an administrator revokes all that the user granted");
        w.platform.revoke_user(user);
        why.revoked = true;
    }

    void sign_out() {
        running->sign_out();
        if (dice.percent(20)) { // and the process ends before the host has noticed
            if (saved.blob) return kill();
        }
        running->turn();
    }

    /// The process ends wherever it is.
    void restart() {
        auto const& p = *running;
        log.reached(std::string("restart ") +
            (p.is_signed_out()              ? "during a sign-out"
                    : p.flight              ? "while " + world::endpoint_name(p.flight->from) + " is asked"
                    : p.question            ? "while a question is open"
                    : p.is_checking         ? "while keys are waited for"
                    : p.saves.empty()       ? "at rest"
                    : p.saves[0].is_written ? "after saving, before it was said"
                                            : "before it was saved"));
        kill();
    }

    void kill() {
        w.note("the process ends");
        running->forget_outcome();
        if (!running->keeps_blobs() && given.without_user && !running->is_signed_out())
            saved = {running->serialize(), {}, running->seen_device, running->seen_at, running->lost};
        if (given.storage == cal::storage::none && !given.without_user) saved = {};
        running.reset();
        drop_aside();
        if (dice.percent(30)) w.now += dice.up_to(milliseconds(3'600'000));
        if (dice.percent(10)) set_clock(w.ahead + dice.of(std::array{milliseconds(-30'000), milliseconds(-600'000), milliseconds(600'000)}));
    }

    /// Another process takes the session up while this one is not looking.
    void hand_over() {
        if (set_aside || !running->keeps_blobs() || !saved.blob || running->is_signed_out()) return advance();
        if (!running->saves.empty() || running->question || running->is_checking) return advance();
        log.reached(running->flight ? "another process, while a request is in flight" : "another process");
        w.note("another process takes over");
        running->forget_outcome();
        if (running->flight) why.two_processes = running->flight->was_handed_over = true;
        set_aside = std::move(running);
        resume();
        if (dice.percent(50)) running->handle_unauthorized(running->current_token);
    }

    void take_back() {
        if (!saved.blob || running->is_signed_out()) return drop_aside();
        w.note("the first process is back");
        auto const replaced = set_aside->session.replace_tokens(*saved.blob, w.device());
        if (!replaced) w.check_error(replaced.error());
        w.note(replaced ? "it takes over what the other one saved" : "it does not take over what is saved: " + std::string(replaced.error().name()));
        log.reached(replaced ? "tokens replaced" : "tokens not replaced: " + std::string(replaced.error().name()));
        bool const is_unchanged = !replaced && replaced.error() == cal::error_code::session_not_newer && !running->has_sent();
        if (!replaced && !is_unchanged) return drop_aside();
        if (replaced) {
            set_aside->see_from(saved);
            set_aside->obsolete = saved.obsolete;
            set_aside->newest_refresh_token = running->newest_refresh_token.empty() ? set_aside->newest_refresh_token : running->newest_refresh_token;
            set_aside->was_superseded = true;
            if (set_aside->flight) set_aside->flight->is_superseded = true;
            set_aside->not_before.reset();
        }
        running = std::move(set_aside);
        running->turn();
    }

    void drop_aside() { set_aside.reset(); }

    void bury() {
        w.note("the session is over");
        log.reached("sessions that ended");
        running.reset();
        drop_aside();
        saved = {};
        w.now += dice.up_to(milliseconds(600'000));
    }

    // The end

    /// The network works again and the clocks are right: then the session becomes fresh, or has a reason to end.
    void heal() {
        w.note("all is well again");
        log.step = given.steps + 1;
        w.platform.clear_faults();
        drop_aside();
        set_clock(milliseconds(0));
        set_server_clock(milliseconds(0));
        auto const begun = w.now;
        running->turn();
        auto const most = milliseconds(given.platform.access_token_lifetime) + milliseconds(1'200'000);
        for (std::size_t turns = 0; !running->is_over(); ++turns) {
            if (running->refreshed_at && *running->refreshed_at >= begun && running->is_quiet() && running->session.access_token(w.device())) break;
            auto const end = running->session.expires_at();
            if (end && *end - w.device() > most) break; // a fault has made a token that outlives everything
            log.check(invariant::nothing_lost, w.now - begun < most, "it does not become fresh again");
            log.check(invariant::no_busy_loop, turns < 500, "it does not come to an end");
            auto const due = running->next_due();
            if (due) w.now = (std::max)(*due, w.now);
            if (!due || w.now - begun > milliseconds(120'000)) { // as for a token of which nobody knows when it ends
                if (!due) w.now += milliseconds(60'000);
                if (!running->session.expires_at() && !running->current_token.empty()) running->handle_unauthorized(running->current_token);
            }
            running->turn();
        }
        log.reached(running->is_over() ? "over in the end" : "fresh in the end");
        running.reset();
    }

    record& log;
    chance dice;
    circumstances given;
    world w;
    disk saved;
    reasons why;
    std::optional<cal::jwk_set> keys;
    std::unique_ptr<process> running, set_aside;
    unsigned sign_ins = 0;
};

} // namespace simulation
