#pragma once
#include <calimatic/core/replay_cache.hpp>

#include <algorithm>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<void> replay_cache::remember(std::string_view id, time_point until, time_point now) {
    if (id.empty() || id.size() > 1024) return error_code::replay_id_invalid;
    if (auto const found = ids_.find(id); found != ids_.end()) {
        if (now < found->second) return error_code::replayed;
        ids_.erase(found);
    }
    if (ids_.size() >= max_ids_ && first_end_ <= now) { // a full cache is not searched in vain by every request
        std::erase_if(ids_, [now](auto const& one) { return one.second <= now; });
        first_end_ = (time_point::max)();
        for (auto const& one : ids_) first_end_ = (std::min)(first_end_, one.second);
    }
    if (ids_.size() >= max_ids_) return error_code::replay_cache_full;
    first_end_ = ids_.empty() ? until : (std::min)(first_end_, until);
    ids_.emplace(id, until);
    return {};
}

CALIMATIC_DECL void replay_cache::forget(std::string_view id) {
    if (auto const found = ids_.find(id); found != ids_.end()) ids_.erase(found);
}

} // namespace calimatic::inline CALIMATIC_ABI
