#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Text from outside, made fit for a line of a log: every byte that is not printable ASCII becomes `\xNN`, so that nobody can forge a line or
/// steer a terminal. At most `max_size` bytes; an escape is never cut in two.
CALIMATIC_DECL std::string printable(std::string_view text, std::size_t max_size = 256);

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/printable.ipp>
#endif
