#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/drive/blocking.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/machine.hpp>
#include <concepts>
#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// How a coroutine waits and sends. What `send` and `wait_until` return is awaited: `send` gives a `result<http_response, transport_failure>` under
/// the transport contract of `core/http`, `wait_until` ends at that time, or earlier: the driver looks again. The request is `send`'s to keep.
template <class H>
concept awaitable_host = requires(H& host, http_request request, time_point time) {
    { host.now() } -> std::convertible_to<time_point>;
    host.send(std::move(request));
    host.wait_until(time);
};

namespace detail {

/// The parameters live in the coroutine: values, or references to what the caller keeps.
template <template <class> class Task, class F, class Host, class Answer>
Task<result<typename std::remove_reference_t<F>::value_type>> co_drive(F flow, Host host, Answer answer) {
    for (;;) {
        if (auto ended = flow.poll_result()) co_return std::move(*ended);
        if constexpr (asks_crypto<std::remove_reference_t<F>>) {
            if (auto question = flow.poll_crypto_question()) {
                auto const id = question->id;
                if constexpr (std::is_invocable_r_v<crypto_answer, Answer&, crypto_question>) {
                    flow.handle_crypto_answer(id, answer(*std::move(question)));
                } else {
                    crypto_answer const given = co_await answer(*std::move(question));
                    flow.handle_crypto_answer(id, given);
                }
                continue;
            }
        }
        if (auto request = flow.poll_request(host.now())) {
            auto const id = request->id;
            result<http_response, transport_failure> response = co_await host.send(*std::move(request));
            if (response) flow.handle_response(id, std::move(*response), host.now());
            else flow.handle_failure(id, response.error(), host.now());
            continue;
        }
        if (auto ended = flow.poll_result()) co_return std::move(*ended);
        auto const deadline = flow.next_deadline();
        if (!deadline) {
            flow.abort();
            co_return error_code::flow_in_wrong_state;
        }
        co_await host.wait_until(*deadline);
    }
}

} // namespace detail

/// `drive` as a coroutine: `auto user = co_await co_drive<my_task>(flow, host);`. `Task` is any coroutine template of one parameter (an alias, where
/// yours has more). What is passed as an rvalue moves into the coroutine and lives as long; what is passed by name is referred to, and must outlive
/// it (g++ 12 destroys an aggregate twice that is made within a `co_await` expression: pass such a host by name). The coroutine may be destroyed
/// wherever it is suspended. `answer` is asked the cryptographic questions of a flow that was started with
/// `crypto_answers::by_host`, and returns a `crypto_answer`, or what gives one when it is awaited.
template <template <class> class Task, class F, class Host, class Answer = no_crypto_answers>
    requires(flow<std::remove_reference_t<F>>&& awaitable_host<std::remove_reference_t<Host>>)
Task<result<typename std::remove_reference_t<F>::value_type>> co_drive(F&& flow, Host&& host, Answer&& answer = {}) {
    return detail::co_drive<Task, F, Host, Answer>(std::forward<F>(flow), std::forward<Host>(host), std::forward<Answer>(answer));
}

} // namespace calimatic::inline CALIMATIC_ABI
