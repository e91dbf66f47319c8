#pragma once
#include <calimatic/testing/faults.hpp>

#include <calimatic/detail/scope.hpp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <array>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The claims that a scope asks for (OIDC Core 5.4).
struct scope_claims {
    std::string_view scope;
    std::string_view claims;
};

inline std::array<scope_claims, 4> all_scope_claims() {
    return {{{"profile",
                 "name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale "
                 "updated_at"},
        {"email", "email email_verified"}, {"address", "address"}, {"phone", "phone_number phone_number_verified"}}};
}

/// The claims of a user that a scope reaches: of those that belong to a scope the ones of a scope that is in the list, and all others.
inline json_members claims_within(std::string_view claims_json, std::string_view scope) {
    json_members claims(claims_json);
    for (auto const& [name, of_scope] : all_scope_claims()) {
        if (has_word(scope, name)) continue;
        auto rest = of_scope;
        for (auto claim = next_word(rest); !claim.empty(); claim = next_word(rest)) claims.remove(claim);
    }
    return claims;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
