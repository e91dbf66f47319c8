#pragma once
#include <calimatic/auth.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "support/provider.hpp"
#include "support/shared_store.hpp"

/// \file
/// Processes that share a session, in every order in which what happens to them can happen. A schedule is a list of choices; since a machine cannot be
/// copied, it is lived from its beginning each time. Where two schedules lead to the same state, one is followed.

namespace interleavings {

namespace cal = calimatic;
using cal::milliseconds;
using cal::time_point;

inline constexpr milliseconds ambiguity_window{60'000};

struct violation {
    std::string what;
};
inline void require(bool kept, std::string_view what) {
    if (!kept) throw violation{std::string(what)};
}

/// What a server does with a refresh token that is presented again, soon after its first use.
enum class server_kind : std::uint8_t {
    lenient,  ///< it gives the same successor again
    strict,   ///< it gives another one, and the first is good no more
    refusing, ///< it gives none, and the first stays good
};

/// What can happen in a family of schedules, and how often.
struct circumstances {
    std::string name;
    cal::shared_lock lock = cal::shared_lock::by_host;
    unsigned processes = 2;
    unsigned crashes = 0;
    unsigned losses = 0; ///< of a request or of its answer
    unsigned sleeps = 0; ///< of the whole device, for longer than a lease is
    unsigned sign_outs = 0;
    bool has_notices = false;
    server_kind server = server_kind::lenient;
    std::size_t random_schedules = 0; ///< 0: all that there are, one after the other
};

/// One number of all that decides what happens next.
class digest {
public:
    void add(std::uint64_t value) { value_ = (value_ ^ value) * 0x9e3779b97f4a7c15 ^ (value_ >> 29); }
    void add(std::string_view text) {
        std::uint64_t value = 0xcbf29ce484222325;
        for (char const c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        add(value);
    }
    void add(time_point time) { add(static_cast<std::uint64_t>(time.time_since_epoch().count())); }
    std::uint64_t value() const noexcept { return value_; }

private:
    std::uint64_t value_ = 0x243f6a8885a308d3;
};

/// A token endpoint that rotates refresh tokens: rt-1 gives at-2 and rt-2. Where one is presented again after the grace, or after its successor was
/// used, the whole family is over.
class rotating_server {
public:
    bool is_over = false, has_detected_reuse = false;
    unsigned newest = 1;
    unsigned requests = 0;

    explicit rotating_server(server_kind kind) : kind_(kind) {}

    cal::http_response handle(std::string_view refresh_token, time_point now) {
        ++requests;
        auto const presented = number_of(refresh_token);
        bool const is_repeated = newest > 1 && presented == parent_ && now - rotated_at_ <= ambiguity_window;
        if (presented != newest && !is_repeated) is_over = has_detected_reuse = true;
        if (is_over || (is_repeated && kind_ == server_kind::refusing))
            return {400, {{"Content-Type", "application/json"}}, R"({"error":"invalid_grant"})"};
        if (presented == newest || kind_ == server_kind::strict) {
            if (presented == newest) rotated_at_ = now;
            parent_ = presented;
            ++newest;
        }
        auto const number = std::to_string(newest);
        return {200, {{"Content-Type", "application/json"}},
            R"({"token_type":"Bearer","expires_in":3600,"access_token":"at-)" + number + R"(","refresh_token":"rt-)" + number + "\"}"};
    }
    void add_to(digest& d) const {
        for (auto const value : {newest, parent_, unsigned{is_over}, unsigned{has_detected_reuse}, requests}) d.add(value);
        d.add(rotated_at_);
    }
    static unsigned newest_given(std::string_view body) {
        auto const begin = body.find("rt-");
        return number_of(body.substr(begin, body.find('"', begin) - begin));
    }
    static unsigned number_of(std::string_view token) {
        if (token.empty()) return 0;
        return token == "the-refresh-token" ? 1 : static_cast<unsigned>(std::stoul(std::string(token.substr(3))));
    }

private:
    server_kind kind_;
    unsigned parent_ = 0;
    time_point rotated_at_{};
};

/// Chooses, and remembers, so that everything is chosen once; or at random.
class chooser {
public:
    chooser() = default;
    explicit chooser(std::uint64_t seed) : random_(std::mt19937_64(seed)) {}

    /// 0 up to `count`, not included.
    std::size_t choose(std::size_t count) {
        if (random_) return (*random_)() % count;
        if (at_ == chosen_.size()) chosen_.push_back({0, count});
        return chosen_[at_++].which;
    }
    /// Whether the next choice was never made.
    bool is_new() const noexcept { return !random_ && at_ == chosen_.size(); }
    void begin() noexcept { at_ = 0; }
    bool next() {
        if (random_) return true;
        while (!chosen_.empty() && chosen_.back().which + 1 == chosen_.back().count) chosen_.pop_back();
        if (chosen_.empty()) return false;
        ++chosen_.back().which;
        return true;
    }

private:
    struct choice {
        std::size_t which, count;
    };
    std::vector<choice> chosen_;
    std::size_t at_ = 0;
    std::optional<std::mt19937_64> random_;
};

struct process {
    std::optional<cal::shared_session> session{};
    unsigned number = 0;
    unsigned life = 0;
    digest history{};                              ///< of what went in; it decides what the machine is
    std::optional<cal::store_question> question{}; ///< not yet done
    std::optional<std::pair<std::uint64_t, cal::store_answer>> answer{};
    std::optional<cal::http_request> request{}; ///< not yet there
    unsigned sent_as = 0;
    std::optional<std::pair<cal::request_id, cal::http_response>> response{};
    unsigned received = 0; ///< the newest refresh token that came here
    bool has_notice = false, is_dead = false, has_signed_out = false;
    std::optional<cal::error_code> end{};
};

class world {
public:
    world(circumstances const& c, cal::oauth_refresh const& how, std::string_view stored, time_point begin, chooser& choices,
        std::vector<std::string>& log)
        : c_(c), how_(how), choices_(choices), log_(log), now_(begin), server_(c.server), processes_(c.processes), begin_(begin), crashes_(c.crashes),
          losses_(c.losses), sleeps_(c.sleeps), sign_outs_(c.sign_outs) {
        store_.put(stored);
        note_stored();
        for (unsigned i = 0; i < processes_.size(); ++i) {
            auto& p = processes_[i];
            p.number = i + 1;
            open(p);
            execute(p);
            deliver_store_answer(p);
        }
        now_ = *processes_.front().session->next_deadline(); // at which all of them want to refresh
        for (auto& p : processes_) settle(p);
    }

    /// Lives until nothing more happens, or the state was seen before.
    void run(std::unordered_set<std::uint64_t>& seen) {
        for (int count = 0; count < 400; ++count) {
            if (choices_.is_new() && !seen.insert(state()).second) return;
            auto const steps = possible_steps();
            if (steps.empty()) {
                if (pass_time()) continue;
                return require_good_end();
            }
            auto const& chosen = steps[choices_.choose(steps.size())];
            log_.push_back(chosen.describe());
            take(chosen);
        }
        throw violation{"it comes to rest"};
    }

private:
    enum class what : std::uint8_t {
        execute,
        deliver_store_answer,
        serve,
        deliver_response,
        lose_request,
        lose_response,
        notice,
        restart,
        sign_out,
        crash,
        sleep
    };
    struct step {
        what kind;
        process* who;

        std::string describe() const {
            static constexpr std::array<std::string_view, 11> names = {"the store acts", "the store's answer arrives", "the server acts",
                "the server's answer arrives", "the request is lost", "the answer is lost", "a notice arrives", "restarts", "signs out", "dies",
                "the device sleeps"};
            auto text = (who ? "process " + std::to_string(who->number) + ": " : std::string()) + std::string(names[static_cast<std::size_t>(kind)]);
            if (kind == what::execute) {
                static constexpr std::array<std::string_view, 4> questions = {" (lock)", " (unlock)", " (read)", " (replace)"};
                text += questions[static_cast<std::size_t>(who->question->what)];
            }
            return text;
        }
    };

    std::vector<step> possible_steps() {
        std::vector<step> steps;
        for (auto& p : processes_) {
            if (p.is_dead) {
                steps.push_back({what::restart, &p});
                continue;
            }
            if (p.question && can_execute(p)) steps.push_back({what::execute, &p});
            if (p.answer) steps.push_back({what::deliver_store_answer, &p});
            if (p.request) steps.push_back({what::serve, &p});
            if (p.response) steps.push_back({what::deliver_response, &p});
            if (p.has_notice) steps.push_back({what::notice, &p});
        }
        bool const is_busy = !steps.empty();
        for (auto& p : processes_) {
            if (p.is_dead) continue;
            bool const is_at_something = p.question || p.answer || p.request || p.response || store_.lock_holder == p.number;
            if (p.request && losses_ > 0) steps.push_back({what::lose_request, &p});
            if (p.response && losses_ > 0) steps.push_back({what::lose_response, &p});
            if (is_at_something && crashes_ > 0) steps.push_back({what::crash, &p});
            if (sign_outs_ > 0 && !p.end) steps.push_back({what::sign_out, &p});
        }
        if (is_busy && sleeps_ > 0) steps.push_back({what::sleep, nullptr});
        return steps;
    }

    void take(step const& s) {
        switch (s.kind) {
        case what::execute: return execute(*s.who);
        case what::deliver_store_answer: return deliver_store_answer(*s.who);
        case what::serve: return serve(*s.who);
        case what::deliver_response: return deliver_response(*s.who);
        case what::lose_request:
        case what::lose_response: return lose(*s.who);
        case what::notice:
            s.who->has_notice = false;
            s.who->history.add("notice");
            s.who->session->handle_notice();
            return settle(*s.who);
        case what::restart: return open(*s.who);
        case what::sign_out:
            --sign_outs_;
            s.who->has_signed_out = true;
            s.who->history.add("sign_out");
            s.who->history.add(now_);
            s.who->session->sign_out(now_);
            return settle(*s.who);
        case what::crash: return crash(*s.who);
        case what::sleep:
            --sleeps_;
            now_ += milliseconds{31'000};
            for (auto& p : processes_)
                if (!p.is_dead) settle(p);
            return;
        }
    }

    void open(process& p) {
        p.is_dead = false;
        p.history.add("open");
        p.history.add(now_);
        support::seeded_random random(p.number * 100 + ++p.life);
        cal::shared_session_options options;
        options.lock = c_.lock;
        options.session.timing.jitter = milliseconds{0};
        options.session.ambiguity_window = ambiguity_window;
        p.session.emplace(*cal::shared_session::open(cal::oauth_refresh{how_.server, how_.client.clone()}, random, now_, std::move(options)));
        settle(p);
    }

    /// A process does at once what it can.
    void settle(process& p) {
        auto& s = *p.session;
        p.history.add(now_);
        for (int i = 0; i < 10; ++i) {
            auto request = s.poll_request(now_);
            while (auto const event = s.poll_event()) take_event(p, *event);
            auto question = s.poll_store_question();
            if (auto const token = s.access_token(now_)) require(stored_.contains(std::string(*token)), "what is given out is stored");
            if (!request && !question) {
                auto const deadline = s.next_deadline();
                require(!deadline || *deadline > now_, "what has nothing to do is not to be asked at once");
                require(!s.has_ended() || p.end, "an end is told");
                return;
            }
            if (request) {
                require_good_request(*request);
                p.request = std::move(request);
                p.sent_as = ++sent_;
            }
            if (question) {
                using kind = cal::store_question::kind;
                bool const gives_up_lock = question->what == kind::unlock && p.question && p.question->what == kind::lock;
                require((!p.question && !p.answer) || gives_up_lock, "one question is open at most");
                p.question = std::move(question);
            }
        }
        throw violation{"a process comes to rest"};
    }

    void take_event(process& p, cal::shared_session_event const& event) {
        using kind = cal::shared_session_event::kind;
        if (event.what == kind::ended) p.end = event.error->code();
        if (event.what != kind::notify || !c_.has_notices) return;
        for (auto& other : processes_)
            if (&other != &p && !other.is_dead) other.has_notice = true;
    }

    void require_good_request(cal::http_request const& request) {
        if (request.url.ends_with("/revoke")) return;
        auto const token = support::parameter(request.body, "refresh_token");
        require(!superseded_.contains(rotating_server::number_of(token)), "a refresh token is not sent after its successor was stored");
        auto const first = first_sent_.emplace(token, now_).first->second;
        require(now_ - first <= ambiguity_window, "a refresh token is not sent again after the window");
        require(store_.value.find("\"lease\"") != store_.value.npos || has_ended_in_store(), "a request leaves under a lease");
        ++refreshes_;
        require(refreshes_ <= 1 + faults(), "there is one refresh, but for what went wrong");
    }
    bool has_ended_in_store() const { return store_.value.find("\"signed_out\"") != store_.value.npos; }
    /// What went wrong so far.
    unsigned faults() const { return c_.crashes - crashes_ + c_.losses - losses_ + c_.sleeps - sleeps_; }

    bool can_execute(process const& p) const {
        return p.question->what != cal::store_question::kind::lock || store_.lock_holder == 0 || store_.lock_holder == p.number;
    }
    void execute(process& p) {
        auto const question = *std::exchange(p.question, std::nullopt);
        auto answer = store_.answer(question, p.number);
        if (question.what == cal::store_question::kind::replace) note_stored();
        p.answer.emplace(question.id, std::move(*answer));
        // What a lock is used for comes after it in any case.
        if (question.what == cal::store_question::kind::lock || question.what == cal::store_question::kind::unlock) deliver_store_answer(p);
    }
    void deliver_store_answer(process& p) {
        auto [id, answer] = *std::exchange(p.answer, std::nullopt);
        p.history.add(id);
        p.history.add(static_cast<std::uint64_t>(answer.what));
        p.history.add(answer.revision);
        p.history.add(answer.value.expose());
        p.session->handle_store_answer(id, std::move(answer));
        settle(p);
    }
    void serve(process& p) {
        auto const request = *std::exchange(p.request, std::nullopt);
        if (request.url.ends_with("/revoke")) {
            auto const token = support::parameter(request.body, "token");
            // Whoever revokes a token of the family ends it.
            if (rotating_server::number_of(token) <= server_.newest) server_.is_over = true;
            p.response.emplace(request.id, cal::http_response{200, {}, {}});
            return;
        }
        is_out_of_order_ = is_out_of_order_ || p.sent_as < last_served_;
        last_served_ = (std::max)(last_served_, p.sent_as);
        p.response.emplace(request.id, server_.handle(support::parameter(request.body, "refresh_token"), now_));
    }
    void deliver_response(process& p) {
        auto [id, response] = *std::exchange(p.response, std::nullopt);
        p.history.add(static_cast<std::uint64_t>(id));
        p.history.add(response.body);
        if (response.status == 200 && !response.body.empty()) p.received = rotating_server::newest_given(response.body);
        p.session->handle_response(id, std::move(response), now_);
        settle(p);
    }
    void lose(process& p) {
        --losses_;
        auto const id = p.request ? p.request->id : p.response->first;
        p.request.reset();
        p.response.reset();
        p.history.add("lost");
        p.session->handle_failure(id, cal::transport_failure::no_answer, now_);
        settle(p);
    }
    void crash(process& p) {
        --crashes_;
        p.session.reset();
        p.question.reset();
        p.answer.reset();
        p.request.reset();
        p.response.reset();
        p.has_notice = false;
        p.end.reset();
        p.received = 0;
        p.is_dead = true;
        if (store_.lock_holder == p.number) store_.lock_holder = 0;
    }
    /// Nothing else happens: to the next deadline. False: there is none soon.
    bool pass_time() {
        std::optional<time_point> next;
        for (auto const& p : processes_)
            if (auto const deadline = p.session ? p.session->next_deadline() : std::nullopt; deadline && (!next || *deadline < *next))
                next = deadline;
        if (!next || *next > begin_ + milliseconds{3'600'000} + milliseconds{200'000}) return false;
        now_ = (std::max)(now_, *next);
        log_.push_back("time passes");
        for (auto& p : processes_)
            if (p.session) settle(p);
        return true;
    }

    void note_stored() {
        auto const access = member("access_token"), refresh = member("refresh_token");
        if (access.empty()) return;
        stored_.insert(access);
        for (unsigned i = 1; i < rotating_server::number_of(refresh); ++i) superseded_.insert(i);
    }
    std::string member(std::string_view name) const {
        auto const pattern = "\"" + std::string(name) + "\":\"";
        auto const found = store_.value.find(pattern);
        if (found == store_.value.npos) return {};
        auto const begin = found + pattern.size();
        return store_.value.substr(begin, store_.value.find('"', begin) - begin);
    }

    void require_good_end() {
        require(store_.lock_holder == 0, "the lock is let go");
        bool const has_signed_out = std::any_of(processes_.begin(), processes_.end(), [](process const& p) { return p.has_signed_out; });
        // Which of two answers is the newer one, only a server knows that saw the requests in another order, or gave one to somebody who died.
        bool const can_be_known = c_.server != server_kind::strict || (!is_out_of_order_ && crashes_ == c_.crashes);
        auto const access = member("access_token"), refresh = member("refresh_token");
        for (auto& p : processes_) {
            if (!has_signed_out && !server_.is_over && can_be_known)
                require(rotating_server::number_of(refresh) >= p.received, "no token is lost that came to who lives");
            require(!p.question && !p.answer && !p.request && !p.response, "nobody is left waiting");
            if (p.end) {
                require(p.session->has_ended(), "an end is one");
                if (!has_signed_out) require(c_.sleeps > 0, "nobody ends within the window");
                require(!p.session->access_token(now_), "after the end nothing is given out");
                continue;
            }
            if (has_signed_out && c_.has_notices) require(p.life > 1, "a sign-out in one ends all");
            if (has_signed_out) continue;
            auto const token = p.session->access_token(now_);
            require(token.has_value(), "who lives has an access token");
            require(*token == access, "who lives has the newest tokens");
            require(rotating_server::number_of(refresh) > 1, "what was due was done");
        }
        if (has_signed_out) {
            if (crashes_ == c_.crashes) require(has_ended_in_store(), "a sign-out is stored");
            if (crashes_ == c_.crashes && losses_ == c_.losses) require(server_.is_over, "a sign-out revokes");
            return;
        }
        require(store_.value.find("\"lease\"") == store_.value.npos || c_.sleeps > 0, "no lease is left");
        bool const nobody_ended = std::none_of(processes_.begin(), processes_.end(), [](process const& p) { return p.end.has_value(); });
        if (nobody_ended && can_be_known)
            require(!server_.is_over && rotating_server::number_of(refresh) == server_.newest, "the newest tokens are stored");
        if (can_be_known) require(!server_.has_detected_reuse, "no reuse is detected");
    }

    std::uint64_t state() const {
        digest d;
        d.add(now_);
        d.add(store_.changes);
        d.add(store_.value);
        d.add(store_.lock_holder);
        server_.add_to(d);
        for (auto const left : {crashes_, losses_, sleeps_, sign_outs_, refreshes_, sent_, last_served_, unsigned{is_out_of_order_}}) d.add(left);
        for (auto const& p : processes_) {
            d.add(p.history.value());
            d.add(p.sent_as);
            for (auto const flag : {p.is_dead, p.has_notice, p.has_signed_out, p.question.has_value(), p.answer.has_value(), p.request.has_value(),
                     p.response.has_value()})
                d.add(unsigned{flag});
            if (p.answer) {
                d.add(p.answer->second.revision);
                d.add(p.answer->second.value.expose());
                d.add(static_cast<std::uint64_t>(p.answer->second.what));
            }
            if (p.response) d.add(p.response->second.body);
        }
        for (auto const& [token, time] : first_sent_) d.add(time);
        return d.value();
    }

    circumstances const& c_;
    cal::oauth_refresh const& how_;
    chooser& choices_;
    std::vector<std::string>& log_;
    time_point now_;
    support::shared_store store_;
    rotating_server server_;
    std::vector<process> processes_;
    time_point begin_;
    unsigned crashes_, losses_, sleeps_, sign_outs_;
    unsigned refreshes_ = 0, sent_ = 0, last_served_ = 0;
    bool is_out_of_order_ = false; ///< the server has seen requests in another order than that in which they left
    std::set<std::string> stored_; ///< access tokens that were
    std::set<unsigned> superseded_;
    std::map<std::string, time_point> first_sent_;
};

} // namespace interleavings
