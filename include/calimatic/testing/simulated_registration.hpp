#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <string>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::testing {

/// How the simulated platform registers clients.
struct simulated_registration_options {
    std::size_t per_minute = 5;         ///< more are answered with 429
    std::string initial_access_token{}; ///< demanded of whoever registers (RFC 7591 3); "": none is
    bool management = false; ///< whether what was registered can be read, updated and deleted (RFC 7592), which the platform does not document
    bool rotate_access_tokens = true; ///< whether each reply of the management has a new token, which ends the one before
};

} // namespace calimatic::inline CALIMATIC_ABI::testing

#endif
