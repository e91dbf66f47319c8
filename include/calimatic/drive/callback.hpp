#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/machine.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline void wipe_answer(result<http_response, transport_failure>& answer) noexcept {
    if (answer) wipe(answer->body);
}
inline void wipe_answer(crypto_answer&) noexcept {}

/// Where the one answer to a request or a question waits until the pump looks.
template <class T>
class answer_slot {
public:
    answer_slot() = default;
    answer_slot(answer_slot const&) = delete;
    answer_slot& operator=(answer_slot const&) = delete;
    ~answer_slot() {
        if (answer_) wipe_answer(*answer_);
    }
    bool put(T& answer) {
        std::lock_guard const lock(mutex_);
        if (std::exchange(answered_, true)) return false;
        answer_.emplace(std::move(answer));
        return true;
    }
    std::optional<T> take() {
        std::lock_guard const lock(mutex_);
        return std::exchange(answer_, std::nullopt);
    }

    bool is_answered() {
        std::lock_guard const lock(mutex_);
        return answered_;
    }

private:
    std::mutex mutex_;
    bool answered_ = false;
    std::optional<T> answer_;
};

} // namespace detail

/// What a pump hands out with each request and each question, to be called with the answer: at once or later, on any thread. It is cheap to copy. The
/// first call counts; one that comes after that, or after the pump or the machine is gone, or was aborted, does nothing.
template <class T>
class pump_answer {
public:
    explicit pump_answer(std::shared_ptr<detail::answer_slot<T>> const& slot) noexcept : slot_(slot) {}

    void operator()(T answer) const {
        if (auto const slot = slot_.lock(); !slot || !slot->put(answer)) detail::wipe_answer(answer);
    }

private:
    std::weak_ptr<detail::answer_slot<T>> slot_;
};

/// Runs one machine without blocking, called once a frame, a tick, or whenever something happened:
///     pump(session, [&](http_request request, auto answer) { engine_http.start(std::move(request), answer); }, now);
/// `send` starts a request under the transport contract of `core/http`. Its `answer` takes an `http_response` or a `transport_failure`; the machine
/// gets it in the next call of the pump, with the time of that call. A call returns whether that is wanted at once, because the answer came inside of
/// `send`. What the machine then has to tell (a flow's result, a session's events) the caller takes out of it. `next_deadline()` tells when to call
/// again if no answer comes. An idle pump does not allocate.
///
/// One pump for each machine, and while an answer is outstanding the machine stays where it is. A pump that is called with a machine at another place
/// first tells it that what was outstanding has failed (`cancelled`, `unavailable`), so that no machine waits for ever, and none gets an answer that
/// was meant for another. A machine that was assigned in the middle of a request to where another one was needs a new pump. The callbacks end neither
/// the pump nor the machine.
class pump {
public:
    pump() = default;
    pump(pump&&) noexcept = default;
    pump& operator=(pump&&) noexcept = default;

    /// A machine that was started with `crypto_answers::by_host` is told `unavailable` here.
    template <machine M, class Send>
    bool operator()(M& machine, Send&& send, time_point now) {
        return (*this)(machine, send, now, [](crypto_question const&, pump_answer<crypto_answer> const& answer) { answer({}); });
    }

    /// The same with `ask(crypto_question question, auto answer)`, whose `answer` takes a `crypto_answer`: at once, and then the machine gets it in this
    /// call, or later.
    template <machine M, class Send, class Ask>
    bool operator()(M& machine, Send&& send, time_point now, Ask&& ask) {
        if (std::exchange(machine_, std::addressof(machine)) != std::addressof(machine)) cancel(machine, now);
        deliver_response(machine, now);
        if constexpr (asks_crypto<M>) {
            do {
                while (auto question = machine.poll_crypto_question()) {
                    // Ids are counted by each machine: a question of one that was here before may have the same.
                    std::erase_if(questions_, [&](auto const& other) { return other.id == question->id; });
                    auto const slot = questions_.emplace_back(question_outstanding::with(question->id)).slot;
                    ask(std::move(*question), pump_answer(slot));
                }
            } while (deliver_crypto_answers(machine));
        }
        if (auto request = machine.poll_request(now)) {
            request_ = request_outstanding::with(request->id); // in place of an older one, whose answer nobody waits for
            send(std::move(*request), pump_answer(request_.slot));
        }
        return request_.slot && request_.slot->is_answered();
    }

private:
    template <class Id, class T>
    struct outstanding {
        Id id{};
        std::shared_ptr<detail::answer_slot<T>> slot{}; // null: nothing is outstanding

        static outstanding with(Id id) { return {id, std::make_shared<detail::answer_slot<T>>()}; }
    };

    using request_outstanding = outstanding<request_id, result<http_response, transport_failure>>;
    using question_outstanding = outstanding<std::uint64_t, crypto_answer>;

    template <class M>
    void deliver_response(M& machine, time_point now) {
        auto answer = request_.slot ? request_.slot->take() : std::nullopt;
        if (!answer) return;
        request_.slot.reset();
        if (*answer) machine.handle_response(request_.id, std::move(**answer), now);
        else machine.handle_failure(request_.id, answer->error(), now);
    }

    template <class M>
    bool deliver_crypto_answers(M& machine) {
        return std::erase_if(questions_, [&](auto const& question) {
            auto const answer = question.slot->take();
            if (answer) machine.handle_crypto_answer(question.id, *answer);
            return answer.has_value();
        }) > 0;
    }

    template <class M>
    void cancel(M& machine, time_point now) {
        if (std::exchange(request_.slot, nullptr)) machine.handle_failure(request_.id, transport_failure::cancelled, now);
        if constexpr (asks_crypto<M>)
            for (auto const& question : questions_) machine.handle_crypto_answer(question.id, crypto_answer{});
        questions_.clear();
    }

    void const* machine_ = nullptr; // compared, never followed
    request_outstanding request_;
    std::vector<question_outstanding> questions_;
};

} // namespace calimatic::inline CALIMATIC_ABI
