#pragma once
#include <calimatic/core/random.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <span>

namespace calimatic::inline CALIMATIC_ABI {

/// The operating system's random source: getrandom(2) on Linux, getentropy elsewhere, BCryptGenRandom on Windows. Where that fails it says so; there
/// is no fallback.
class os_random final : public random_source {
public:
    CALIMATIC_DECL bool fill(std::span<std::byte> out) noexcept override;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/drive/os_random.ipp>
#endif
