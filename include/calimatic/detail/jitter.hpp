#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <span>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// `wait` and up to a quarter more, so that many devices that lost one server do not come back to it all at once. It guards nothing: the seed
/// is drawn once from the host's random source, and stepped with a linear congruential generator (Knuth's MMIX).
constexpr milliseconds jittered(milliseconds wait, std::uint64_t& seed) noexcept {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return wait + wait * static_cast<milliseconds::rep>(seed >> 56) / 1024;
}

/// The seed for it. Errors: `random_source_failed`.
inline result<std::uint64_t> make_jitter_seed(random_source& random) {
    std::uint64_t seed = 0;
    if (!random.fill(std::as_writable_bytes(std::span(&seed, 1)))) return error_code::random_source_failed;
    return seed;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
