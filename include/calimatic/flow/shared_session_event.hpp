#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// What happened to a session that is shared. There is nothing to save: that was asked for with `store_question`.
struct shared_session_event {
    enum class kind : std::uint8_t {
        tokens_changed,  ///< there is a new access token: refreshed here, or taken over from another. The first one ends the opening
        notify,          ///< tell the others that `generation` was stored, and nothing else: they call `handle_notice` and read for themselves
        refresh_failed,  ///< `error` tells why, `retry_at` when it is tried again; nothing: it is not
        store_failed,    ///< `error` tells why, `retry_at` when the store is asked again
        scope_reduced,   ///< the new tokens reach less far; `text` is what they reach
        clock_corrected, ///< `text` says it in words: "this device's clock is 11 minutes slow"; "": no longer
        ended,           ///< the session is over here, `error` tells why: sign in again
    };
    kind what = kind::ended;
    std::uint64_t generation = 0; ///< of `notify`
    std::optional<calimatic::error> error{};
    std::optional<time_point> retry_at{};
    std::string text{};
};

} // namespace calimatic::inline CALIMATIC_ABI
