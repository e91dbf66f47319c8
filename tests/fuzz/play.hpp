#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/machine.hpp>
#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fuzz.hpp"

/// \file
/// A host that the fuzzer plays: it sends what a machine asks for, and answers late, twice, wrongly, never, under another id, at another time. What
/// the contract of machines promises is required at every step.

namespace fuzz {

/// What all machines of one input share.
struct host {
    reader& in;
    cal::time_point now{cal::milliseconds(1'800'000'000'000)};
    std::vector<std::string> secrets{}; ///< that no error may tell
    bool has_lied = false;              ///< said yes to a question whose answer is no
    bool aborted = false;

    /// A clock shows a time of the years 1 to 9990; only then can a machine name a later one.
    void move_to(cal::time_point time) {
        constexpr cal::time_point first{cal::milliseconds{-62'135'596'800'000}}, last{cal::milliseconds{253'100'000'000'000}};
        now = (std::clamp)(time, first, last);
    }

    /// The honest host sends for 20 ms, and waits until it is to ask again.
    void let_time_pass(std::optional<cal::time_point> deadline) {
        using namespace std::chrono;
        switch (in.choose(8)) {
        case 1: move_to(now); break;
        case 2: move_to(now + seconds(in.byte())); break;
        case 3: move_to(now - seconds(in.byte())); break;
        case 4: move_to(now + hours(in.byte())); break;
        case 5: move_to(now - hours(24 * in.byte())); break;
        case 6: move_to(in.time()); break;
        case 7: move_to(deadline.value_or(now) - milliseconds(1)); break;
        default: move_to((std::max)(now + milliseconds(20), deadline.value_or(now)));
        }
    }

    void require_harmless(cal::error const& e) const {
        require_fit(e);
        for (auto const& secret : secrets) require(secret.size() < 8 || !tells(e, secret), "no error tells a secret");
    }
};

template <cal::machine M>
class play {
public:
    play(M& machine, host& host) : machine_(machine), host_(host), in_(host.in) {}

    /// Runs a flow until it ends and gives its result. `answer(request)` plays the server; `idle()` brings what else the flow waits for.
    template <class Answer, class Idle>
    auto run(Answer answer, Idle idle) {
        for (int step = 0; step < most_steps; ++step) {
            if (auto ended = poll_end()) return std::move(*ended);
            if (!host_.aborted && in_.choose(32) == 31) abort();
            else if (!answer_question() && !exchange(answer)) wait(idle);
        }
        require(false, "a flow comes to its end");
        std::abort();
    }

    /// Runs a machine that has no end for some steps.
    template <class Answer, class Idle>
    void run(int steps, Answer answer, Idle idle) {
        for (int step = 0; step < steps; ++step) {
            if (in_.choose(32) == 31) machine_.abort();
            idle();
            if (answer_question() || exchange(answer)) continue;
            idle(); // the poll may have made something happen
            if (answer_question() || exchange(answer)) continue;
            require_no_busy_loop();
            host_.let_time_pass(machine_.next_deadline());
        }
    }

    /// Another machine took the place of this one, and counts from the beginning.
    void begin_anew() {
        ids_.clear();
        questions_.clear();
        last_ = {};
    }

private:
    static constexpr int most_steps = 400;

    void abort() {
        machine_.abort();
        host_.aborted = true;
    }

    auto poll_end() {
        auto ended = machine_.poll_result();
        if (!ended) return ended;
        if (!*ended) host_.require_harmless(ended->error());
        for (auto const time : {host_.now, host_.now + std::chrono::hours(24 * 365), host_.now - std::chrono::hours(24 * 365)})
            require(!machine_.poll_request(time), "after its end a flow asks for nothing");
        require(!machine_.next_deadline(), "after its end a flow waits for nothing");
        if constexpr (cal::asks_crypto<M>) require(!machine_.poll_crypto_question(), "after its end a flow asks no question");
        require(!machine_.handle_failure(last_, cal::transport_failure::no_answer, host_.now), "an answer after the end is ignored");
        machine_.abort();
        require(!machine_.poll_result(), "a result is handed out once");
        return ended;
    }

    bool answer_question() {
        if constexpr (cal::asks_crypto<M>) {
            auto const question = machine_.poll_crypto_question();
            if (!question) return false;
            require(question->id != 0 && questions_.insert(question->id).second, "a question has an id of its own");
            require(!machine_.poll_crypto_question(), "a question is handed out once");
            require(!machine_.poll_request(host_.now), "nothing is requested while a question is open");
            using kind = cal::crypto_answer::kind;
            auto answer = cal::answer_inside(*question);
            switch (in_.choose(8)) {
            case 1: answer = {kind::no, {}}; break;
            case 2:
                host_.has_lied = answer.what != kind::yes;
                answer = {kind::yes, {}};
                break;
            case 3: answer = {}; break;
            case 4: answer = {kind::digest, in_.text()}; break;
            case 5: require(!machine_.handle_crypto_answer(question->id + 1, answer), "an answer to another question is ignored"); break;
            case 6: require(!machine_.handle_crypto_answer(0, answer), "an answer to no question is ignored"); break;
            case 7:
                if constexpr (cal::flow<M>) {
                    abort();
                    require(!machine_.handle_crypto_answer(question->id, answer), "an answer after the end is ignored");
                    return true;
                }
                break;
            default: break;
            }
            require(machine_.handle_crypto_answer(question->id, answer), "an answer is taken");
            require(!machine_.handle_crypto_answer(question->id, answer), "an answer that comes twice is ignored");
            return true;
        } else {
            return false;
        }
    }

    template <class Answer>
    bool exchange(Answer& answer) {
        auto const request = machine_.poll_request(host_.now);
        if (!request) return false;
        auto const id = request->id;
        require(id != cal::request_id{} && ids_.insert(id).second, "a request has an id of its own");
        require(request->timeout.count() > 0 && request->max_response_body > 0, "a request has its limits");
        auto const before = std::exchange(last_, id);
        gave_up_ = false;
        if (!in_.empty() && disturb(id, before)) return true;
        host_.let_time_pass(std::nullopt);
        auto response = answer(*request);
        auto const again = response ? *response : cal::http_response{};
        bool const taken =
            response ? machine_.handle_response(id, std::move(*response), host_.now) : machine_.handle_failure(id, response.error(), host_.now);
        require(taken || std::exchange(gave_up_, false), "an answer is taken");
        require(!machine_.handle_response(id, again, host_.now), "an answer that comes twice is ignored");
        return true;
    }

    /// While a request is in flight. Returns whether that is over.
    bool disturb(cal::request_id id, cal::request_id before) {
        for (int times = 0; times < 4; ++times) {
            poll_in_flight(host_.now);
            switch (in_.choose(8)) {
            case 1: host_.let_time_pass(std::nullopt); break;
            case 2:
                require(!machine_.handle_response(cal::request_id{static_cast<std::uint64_t>(id) + 1}, {200, {}, "{}"}, host_.now),
                    "an answer to no request is ignored");
                break;
            case 3:
                require(
                    !machine_.handle_failure(cal::request_id{}, cal::transport_failure::not_sent, host_.now), "an answer to no request is ignored");
                break;
            case 4: require(!machine_.handle_response(before, {200, {}, "{}"}, host_.now), "a late answer is ignored"); break;
            case 5:
                abort();
                require(!machine_.handle_response(id, {200, {}, "{}"}, host_.now), "an answer after the end is ignored");
                return true;
            case 6: poll_in_flight(in_.time()); break;
            default: return false;
            }
        }
        return false;
    }

    void poll_in_flight(cal::time_point now) {
        // A machine may name a time until which it waits for an answer.
        if (auto const deadline = machine_.next_deadline(); deadline && *deadline <= now) gave_up_ = true;
        require(!machine_.poll_request(now), "one request is in flight at most");
    }

    /// Nothing was to be had at this time: then the machine names a later one, or waits for something else.
    void require_no_busy_loop() const {
        auto const deadline = machine_.next_deadline();
        require(!deadline || *deadline > host_.now, "a machine that has nothing to do is not to be asked at once");
    }

    template <class Idle>
    void wait(Idle& idle) {
        if (auto const deadline = machine_.next_deadline(); deadline && *deadline <= host_.now) {
            // The poll itself may have ended the flow; then its result is there.
            ended_soon_ = !ended_soon_;
            require(ended_soon_, "a machine that has nothing to do is not to be asked at once");
            return;
        }
        ended_soon_ = false;
        if (!idle()) host_.let_time_pass(machine_.next_deadline());
    }

    M& machine_;
    host& host_;
    reader& in_;
    std::set<cal::request_id> ids_;
    std::set<std::uint64_t> questions_;
    cal::request_id last_{};
    bool ended_soon_ = false;
    bool gave_up_ = false;
};

} // namespace fuzz
