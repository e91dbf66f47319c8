#pragma once
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <optional>

namespace calimatic::inline CALIMATIC_ABI {

/// How long before their end tokens are refreshed.
struct refresh_timing {
    milliseconds early{60'000};  ///< before the access token expires
    milliseconds jitter{30'000}; ///< up to this much earlier still, so that devices that signed in together do not come back together
};

/// When an access token is to be refreshed: at `expires_at` less `early` and a part of `jitter`, but not before half of its lifetime is over, however
/// short that is; nothing where the server did not say when it expires (RFC 6749 5.1). All times are of one clock. `jitter_seed` guards nothing.
CALIMATIC_DECL std::optional<time_point> refresh_schedule(
    time_point received_at, std::optional<time_point> expires_at, std::uint64_t jitter_seed, refresh_timing const& timing = {}) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/refresh_schedule.ipp>
#endif
