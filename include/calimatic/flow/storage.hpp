#pragma once
#include <calimatic/detail/config.hpp>
#include <cstdint>

namespace calimatic::inline CALIMATIC_ABI {

/// Who keeps the state of a machine over the end of the process.
enum class storage : std::uint8_t {
    by_host, ///< the host: what must not be lost is handed out for saving, and what hangs on that waits until it has said `handle_saved`
    none,    ///< nobody: nothing is waited for
};

} // namespace calimatic::inline CALIMATIC_ABI
