#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/impl/testing/simulated_answer.ipp>
#include <span>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// A gateway in front of the server answers with a status and a page.
inline void gateway_answers(simulated_answer& a, int status) {
    a.answer(status, "text/html", "<html><body>" + std::to_string(status) + "</body></html>");
}

/// Faults of any endpoint: what networks and gateways do.
inline std::span<testing::fault const> network_faults() {
    using answer = simulated_answer;
    using enum testing::fault_outcome;
    using enum testing::fault_stage;
    // clang-format off
    static constexpr testing::fault rows[]{
        {"net-not-sent", {}, failed, lost_before, "no connection: the request never leaves the device",
            [](answer& a) { a.failure = transport_failure::not_sent; }},
        {"net-request-lost", {}, failed, lost_before, "the request is lost on its way, and no answer comes until the time is up",
            [](answer& a) { a.failure = transport_failure::no_answer; a.duration = a.timeout; }},
        {"net-response-lost", {}, failed, lost_after, "the server acts, and its answer is lost",
            [](answer& a) { a.failure = transport_failure::no_answer; a.duration = a.timeout; }},
        {"net-delay", {}, failed, lost_after, "the server acts, and its answer takes `delay`; where the time is up before, no answer comes",
            [](answer& a) {
                a.duration = (std::min)(a.delay, a.timeout);
                if (a.delay >= a.timeout) a.failure = transport_failure::no_answer;
            }},
        {"net-429", {}, failed, instead, "too many requests, without a word for how long",
            [](answer& a) { gateway_answers(a, 429); }},
        {"net-429-retry-after", {}, failed, instead, "too many requests, with Retry-After",
            [](answer& a) { gateway_answers(a, 429); a.header("Retry-After", std::to_string(a.retry_after.count())); }},
        {"net-500", {}, failed, instead, "the server fails before it acts",
            [](answer& a) { gateway_answers(a, 500); }},
        {"net-502", {}, failed, instead, "a gateway does not reach the server",
            [](answer& a) { gateway_answers(a, 502); }},
        {"net-503-retry-after", {}, failed, instead, "the server is being maintained, with Retry-After",
            [](answer& a) { gateway_answers(a, 503); a.header("Retry-After", std::to_string(a.retry_after.count())); }},
        {"net-504", {}, failed, response, "the server acts, and a gateway loses its answer",
            [](answer& a) { a.response.headers.clear(); gateway_answers(a, 504); }},
        {"net-truncated", {}, failed, response, "the server acts, and its answer ends in the middle of the body",
            [](answer& a) { a.response.body.resize(a.response.body.size() / 2); }},
        {"net-garbage", {}, failed, response, "the server acts, and the body of its answer is random bytes",
            [](answer& a) { for (auto& octet : a.response.body) octet = static_cast<char>(a.random->next() & 0xff); }},
    };
    // clang-format on
    return rows;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
