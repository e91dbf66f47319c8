#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Remembers what arrived by its id, for as long as it would be accepted a second time: logout tokens by `jti` (Back-Channel Logout 2.6), webhooks by
/// event id. A value that the host keeps for as long as it receives, one for each sender, because ids are unique for one only. It is as large as its
/// bounds at most, and fails closed: what cannot be remembered is refused. Processes that receive for the same address need a common store instead.
class replay_cache {
public:
    /// `max_ids`: how many are remembered at a time.
    explicit replay_cache(std::size_t max_ids = 10'000) noexcept : max_ids_(max_ids) {}

    /// Succeeds the first time that an id comes, and remembers it while `now` is before `until`, after which other rules must refuse it. Errors:
    /// `replayed`; `replay_cache_full` if that many are remembered, and none of them is over; `replay_id_invalid` if it has not 1 to 1024 bytes.
    CALIMATIC_DECL result<void> remember(std::string_view id, time_point until, time_point now);

    /// Lets an id come again: for whoever could not act upon what came with it, and has asked the sender to send it once more.
    CALIMATIC_DECL void forget(std::string_view id);

    /// How many ids are held, those that are over and not yet removed among them.
    std::size_t size() const noexcept { return ids_.size(); }

private:
    std::size_t max_ids_;
    std::map<std::string, time_point, std::less<>> ids_;
    time_point first_end_{}; // none of `ids_` ends earlier
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/replay_cache.ipp>
#endif
