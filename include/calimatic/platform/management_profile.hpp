#pragma once
#include <calimatic/detail/config.hpp>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// The names of the management API that the platform's documentation leaves open. None has a default: a call that needs one which is "" is
/// `platform_fact_missing`.
struct management_profile {
    std::string resolve_keycloak_parameter{}; ///< the query parameter of /users/resolve that holds a Keycloak id
    std::string set_password_member{};        ///< the member of the body of /users/{id}/set-password that holds the temporary password
};

} // namespace calimatic::inline CALIMATIC_ABI
