#pragma once
#include <calimatic/flow/refresh_schedule.hpp>

#include <calimatic/detail/bounded_time.hpp>
#include <algorithm>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL std::optional<time_point> refresh_schedule(
    time_point received_at, std::optional<time_point> expires_at, std::uint64_t jitter_seed, refresh_timing const& timing) noexcept {
    if (!expires_at) return std::nullopt;
    auto const begin = detail::bounded_time(received_at);
    auto const end = (std::max)(detail::bounded_time(*expires_at), begin);
    auto const jitter = detail::bounded_wait(timing.jitter) / 1024 * static_cast<milliseconds::rep>(jitter_seed >> 54);
    return (std::max)(end - detail::bounded_wait(timing.early) - jitter, begin + (end - begin) / 2);
}

} // namespace calimatic::inline CALIMATIC_ABI
