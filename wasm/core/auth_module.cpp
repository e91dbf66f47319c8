// What the module `auth` is made of.

#include "calls.hpp"

namespace bridge {

std::span<part const> parts() {
    static constexpr part all[]{
        discovery_functions,
        sign_in_functions,
        session_functions,
        token_validation_functions,
        logout_token_functions,
        jwk_set_source_functions,
        oauth_functions,
        oidc_functions,
        jose_functions,
        claims_functions,
        time_functions,
    };
    return all;
}

} // namespace bridge
