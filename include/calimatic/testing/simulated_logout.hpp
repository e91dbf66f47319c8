#pragma once
#include <calimatic/detail/config.hpp>
#include <string>

namespace calimatic::inline CALIMATIC_ABI::testing {

/// A logout that the simulated platform tells an application (Back-Channel Logout 2.4).
struct simulated_logout {
    std::string client_id = "app";
    std::string sub{}; ///< "": the token has none
    std::string sid{}; ///< "": the token has none; that of a sign-in is in its ID Tokens
};

} // namespace calimatic::inline CALIMATIC_ABI::testing
