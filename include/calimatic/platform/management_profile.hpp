#pragma once
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// What the platform's documentation leaves open of the management API. Nothing here has a default: a call that needs what is not given is
/// `platform_fact_missing`.
struct management_profile {
    std::string resolve_keycloak_parameter{};         ///< the query parameter of /users/resolve that holds a Keycloak id
    std::optional<std::string> reset_password_body{}; ///< the body of /users/{id}/reset-password: JSON, or "" for none
    std::string set_password_member{};                ///< the member of the body of /users/{id}/set-password that holds the temporary password
};

} // namespace calimatic::inline CALIMATIC_ABI
