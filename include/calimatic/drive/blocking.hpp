#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/machine.hpp>
#include <algorithm>
#include <chrono>
#include <concepts>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// How a program that may block waits and sends. `send` keeps the transport contract of `core/http`.
template <class H>
concept blocking_host = requires(H& host, http_request const& request, time_point time) {
    { host.now() } -> std::convertible_to<time_point>;
    {host.wait_until(time)}; // or for a part of it: the driver looks again
    { host.send(request) } -> std::same_as<result<http_response, transport_failure>>;
};

/// The time of the system's clock.
inline time_point system_now() { return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now()); }

/// A host made of one callback: the system's clock, sleeping, and `send`.
template <class Send>
struct system_host {
    Send& callback;

    static time_point now() { return system_now(); }
    /// For a second at most: whoever sets the clock back meanwhile does not make the program sleep for as long.
    static void wait_until(time_point time) { std::this_thread::sleep_for(time - (std::max)(system_now(), time - seconds(1))); }
    result<http_response, transport_failure> send(http_request const& request) { return callback(request); }
};

/// The answers of a host that has none: every question ends the flow with `crypto_unavailable`.
struct no_crypto_answers {
    crypto_answer operator()(crypto_question const&) const { return {}; }
};

/// Runs a flow to its end, blocking. `answer` is asked the cryptographic questions of a flow that was started with `crypto_answers::by_host`. A flow
/// that waits for something that the driver cannot bring (a redirect that was not handed in) is waited for until its deadline; one without a
/// deadline ends with `flow_in_wrong_state`.
template <class F, blocking_host Host, class Answer = no_crypto_answers>
    requires(flow<std::remove_reference_t<F>>)
result<typename std::remove_reference_t<F>::value_type> drive(F&& flow, Host&& host, Answer&& answer = {}) {
    for (;;) {
        if (auto ended = flow.poll_result()) return std::move(*ended);
        if constexpr (asks_crypto<std::remove_reference_t<F>>) {
            if (auto question = flow.poll_crypto_question()) {
                flow.handle_crypto_answer(question->id, answer(*question));
                continue;
            }
        }
        if (auto request = flow.poll_request(host.now())) {
            if (auto response = host.send(*request)) flow.handle_response(request->id, std::move(*response), host.now());
            else flow.handle_failure(request->id, response.error(), host.now());
            continue;
        }
        if (auto ended = flow.poll_result()) return std::move(*ended);
        auto const deadline = flow.next_deadline();
        if (!deadline) {
            flow.abort();
            return error_code::flow_in_wrong_state;
        }
        host.wait_until(*deadline);
    }
}

/// The same with the system's clock and sleeping: `drive(flow, [](http_request const& request) -> result<http_response, transport_failure> { ... })`.
template <class F, class Send, class Answer = no_crypto_answers>
    requires(flow<std::remove_reference_t<F>> && !blocking_host<Send> && std::invocable<Send&, http_request const&>)
result<typename std::remove_reference_t<F>::value_type> drive(F&& flow, Send&& send, Answer&& answer = {}) {
    return drive(std::forward<F>(flow), system_host<std::remove_reference_t<Send>>{send}, std::forward<Answer>(answer));
}

} // namespace calimatic::inline CALIMATIC_ABI
