#pragma once
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <algorithm>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// A host's clock may say anything, and a caller's duration may mean "never": within these bounds sums of the two cannot overflow.
constexpr time_point bounded_time(time_point time) noexcept {
    constexpr time_point year_1{milliseconds{-62'135'596'800'000}}, year_9999{milliseconds{253'402'300'799'999}};
    return (std::clamp)(time, year_1, year_9999);
}
constexpr milliseconds bounded_wait(milliseconds wait) noexcept {
    constexpr milliseconds century{100 * 366LL * 24 * 3600 * 1000};
    return (std::clamp)(wait, milliseconds{0}, century);
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
