#pragma once
#include <calimatic/testing/simulated_directory.hpp>

#include <calimatic/detail/ascii.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

template <class T, class F>
T* find_where(std::vector<T>& all, F fits) noexcept {
    auto const found = std::find_if(all.begin(), all.end(), fits);
    return found == all.end() ? nullptr : &*found;
}

} // namespace detail

namespace testing {

CALIMATIC_DECL simulated_organization* simulated_directory::find_organization(std::string_view id) noexcept {
    return detail::find_where(organizations, [id](auto const& one) { return one.id == id; });
}

CALIMATIC_DECL simulated_organization* simulated_directory::find_organization_by_slug(std::string_view slug) noexcept {
    return detail::find_where(organizations, [slug](auto const& one) { return one.slug == slug; });
}

CALIMATIC_DECL simulated_account* simulated_directory::find_account(std::string_view user_id) noexcept {
    return detail::find_where(accounts, [user_id](auto const& one) { return one.user_id == user_id; });
}

CALIMATIC_DECL simulated_account* simulated_directory::find_account_by_keycloak_id(std::string_view keycloak_user_id) noexcept {
    return detail::find_where(accounts, [keycloak_user_id](auto const& one) { return one.keycloak_user_id == keycloak_user_id; });
}

CALIMATIC_DECL simulated_account* simulated_directory::find_account_by_email(std::string_view email) noexcept {
    return detail::find_where(accounts, [email](auto const& one) { return detail::equal_ignoring_case(one.email, email); });
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
