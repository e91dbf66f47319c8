#pragma once
#include <calimatic/detail/config.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Which sessions of an issuer a logout means (Back-Channel Logout 2.4): all of a user, or the one that the provider calls `sid`. Views are borrowed.
struct session_subject {
    std::string_view iss;
    std::string_view sub{}; ///< "": whoever has that `sid`
    std::string_view sid{}; ///< "": every session of that `sub`
};

} // namespace calimatic::inline CALIMATIC_ABI
