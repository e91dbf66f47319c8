#pragma once
#include <calimatic/detail/config.hpp>
#include <cstdint>

namespace calimatic::inline CALIMATIC_ABI {

/// The hash functions that the algorithms of JOSE use (RFC 6234).
enum class hash_algorithm : std::uint8_t { sha256, sha384, sha512 };

} // namespace calimatic::inline CALIMATIC_ABI
