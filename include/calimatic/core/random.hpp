#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <span>

namespace calimatic::inline CALIMATIC_ABI {

/// A cryptographically secure source of random bytes, supplied by the host (RFC 6749 10.10, RFC 7636 7.1). It is borrowed for the call and
/// never stored. `drive/os_random.hpp` has the operating system's.
class random_source {
public:
    virtual ~random_source() = default;

    /// Fills `out` completely and returns true, or returns false: then the caller fails with `random_source_failed`, and nothing weaker is used.
    virtual bool fill(std::span<std::byte> out) noexcept = 0;
};

} // namespace calimatic::inline CALIMATIC_ABI
