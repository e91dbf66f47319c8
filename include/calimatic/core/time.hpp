#pragma once
#include <calimatic/detail/config.hpp>
#include <chrono>

namespace calimatic::inline CALIMATIC_ABI {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// UNIX time in milliseconds. Always an argument: the library never reads a clock.
using time_point = std::chrono::sys_time<milliseconds>;

} // namespace calimatic::inline CALIMATIC_ABI
