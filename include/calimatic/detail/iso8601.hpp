#pragma once
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// A date and time of ISO 8601 as RFC 3339 5.6 writes it ("2025-01-15T11:00:00.000Z"), or nothing. What is finer than a millisecond is cut off; the
/// years are 1 to 9999.
CALIMATIC_DECL std::optional<time_point> parse_iso8601(std::string_view text) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/iso8601.ipp>
#endif
