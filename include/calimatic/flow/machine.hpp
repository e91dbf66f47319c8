#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <concepts>
#include <optional>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// The deadline of a machine that can go on at once: before every time that a clock shows.
inline constexpr time_point at_once{milliseconds{-62'135'596'800'000}};

/// What sequences requests without sending them. The host asks `poll_request` what to send, sends it in its own way, and hands the answer or the
/// failure back under the request's id. At most one request is in flight. An answer to any other id is ignored and says so (false): a late answer
/// does no harm, and a machine may be destroyed or aborted at any time. Calls never block, never throw for input, never call back into the host.
/// One thread at a time.
template <class M>
concept machine = requires(M& m, M const& c, request_id id, http_response response, transport_failure failure, time_point now) {
    { m.poll_request(now) } -> std::same_as<std::optional<http_request>>; // what to send, if anything; each request is handed out once
    { m.handle_response(id, std::move(response), now) } -> std::same_as<bool>;
    { m.handle_failure(id, failure, now) } -> std::same_as<bool>;
    { c.next_deadline() } -> std::same_as<std::optional<time_point>>; // when to ask again; nothing: when something arrives
    {m.abort()};
};

/// A machine that ends, with a result that it hands out once. An aborted one ends with the error `aborted`.
template <class F>
concept flow = machine<F> && requires(F& f) {
    typename F::value_type;
    { f.poll_result() } -> std::same_as<std::optional<result<typename F::value_type>>>;
};

} // namespace calimatic::inline CALIMATIC_ABI
