#pragma once
#include <calimatic/drive/os_random.hpp>

#if defined(_WIN32)
// Declared here, not by <windows.h>, whose macros would reach the whole program in header-only mode. Link bcrypt.
extern "C" __declspec(dllimport) long __stdcall BCryptGenRandom(void* algorithm, unsigned char* buffer, unsigned long size, unsigned long flags);
#elif defined(__linux__)
#include <cerrno>
#include <sys/random.h>
#else
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#endif
#include <algorithm>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL bool os_random::fill(std::span<std::byte> out) noexcept {
    // 256 bytes at a time: what getentropy gives at most, and what getrandom gives without being interrupted.
    while (!out.empty()) {
        auto const piece = out.first((std::min)(out.size(), std::size_t{256}));
#if defined(_WIN32)
        constexpr unsigned long use_system_preferred_rng = 2;
        if (BCryptGenRandom(
                nullptr, reinterpret_cast<unsigned char*>(piece.data()), static_cast<unsigned long>(piece.size()), use_system_preferred_rng) != 0)
            return false;
#elif defined(__linux__)
        if (auto const count = getrandom(piece.data(), piece.size(), 0); count != static_cast<ssize_t>(piece.size())) {
            if (count >= 0 || errno == EINTR) continue; // at boot, before the pool is ready: ask again
            return false;
        }
#else
        if (getentropy(piece.data(), piece.size()) != 0) return false;
#endif
        out = out.subspan(piece.size());
    }
    return true;
}

} // namespace calimatic::inline CALIMATIC_ABI
