#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// What happened to a session. Whatever its kind: where `generation` is not 0, the session has changed in a way that must not be lost. Then the host
/// saves `serialize(session)` and says `handle_saved(generation)`. A saving that failed is tried again until it succeeds, with `session::generation()`:
/// the event does not come again.
struct session_event {
    enum class kind : std::uint8_t {
        tokens_changed,  ///< there are new tokens; the access token is given out once they are saved
        refresh_started, ///< a refresh is about to leave; it waits until this is saved
        tokens_received, ///< an answer came, and its ID Token is still being checked; nothing waits for the saving
        refresh_failed,  ///< `error` tells why, `retry_at` when it is tried again; nothing: it is not
        scope_reduced,   ///< the new tokens reach less far; `text` is what they reach
        clock_corrected, ///< `text` says it in words: "this device's clock is 11 minutes slow"; "": no longer
        ended,           ///< the session is over, `error` tells why: sign in again. What is saved now says so; it may as well be deleted
    };
    kind what = kind::ended;
    std::uint64_t generation = 0; ///< of what is to be saved; 0: nothing is
    std::optional<calimatic::error> error{};
    std::optional<time_point> retry_at{};
    std::string text{};
};

} // namespace calimatic::inline CALIMATIC_ABI
