#pragma once
#include <calimatic/core/random.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <span>

namespace calimatic::inline CALIMATIC_ABI::testing {

/// A random source that gives the same bytes in every run, so that a test repeats. It guards nothing: whoever knows the seed knows the bytes.
class seeded_random final : public random_source {
public:
    explicit seeded_random(std::uint64_t seed = 1) noexcept : state_(seed) {}

    /// Never fails.
    bool fill(std::span<std::byte> out) noexcept override {
        for (auto& octet : out) octet = static_cast<std::byte>(next() & 0xff);
        return true;
    }

    /// The next 64 bits (splitmix64), for a test's own choices.
    std::uint64_t next() noexcept {
        auto z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

} // namespace calimatic::inline CALIMATIC_ABI::testing
