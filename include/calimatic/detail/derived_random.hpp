#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/detail/crypto.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The random source of a machine that needs randomness after the host's was lent to it: HMAC-SHA-256(seed, counter), block after block, of a seed
/// of 256 bits. It gives nothing before it was seeded, and nothing where there is no cryptography.
class derived_random final : public random_source {
public:
    /// Errors: `random_source_failed`.
    result<void> seed(random_source& random) {
        std::byte bytes[32];
        bool const filled = random.fill(bytes);
        if (filled) seed_ = std::string_view(reinterpret_cast<char const*>(bytes), sizeof bytes);
        counter_ = 0;
        wipe(bytes, sizeof bytes);
        if (!filled) return error_code::random_source_failed;
        return {};
    }

    bool fill(std::span<std::byte> out) noexcept override {
#if defined(CALIMATIC_CRYPTO_NONE)
        return out.empty();
#else
        if (seed_.empty()) return false;
        while (!out.empty()) {
            char message[sizeof counter_];
            std::memcpy(message, &++counter_, sizeof message);
            auto block = compute_hmac(hash_algorithm::sha256, seed_.expose(), {message, sizeof message});
            if (!block) return false;
            auto const size = (std::min)(out.size(), block->size());
            std::memcpy(out.data(), block->data(), size);
            out = out.subspan(size);
            wipe(*block);
        }
        return true;
#endif
    }

private:
    secret_string seed_;
    std::uint64_t counter_ = 0;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
