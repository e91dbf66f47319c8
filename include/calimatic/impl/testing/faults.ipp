#pragma once
#include <calimatic/testing/faults.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/impl/testing/faults_authorization.ipp>
#include <calimatic/impl/testing/faults_id_token.ipp>
#include <calimatic/impl/testing/faults_jose.ipp>
#include <calimatic/impl/testing/faults_logout.ipp>
#include <calimatic/impl/testing/faults_metadata.ipp>
#include <calimatic/impl/testing/faults_network.ipp>
#include <calimatic/impl/testing/faults_platform.ipp>
#include <calimatic/impl/testing/faults_token.ipp>
#include <span>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The faults of one kind after the other.
template <class F>
void each_group_of_faults(F f) {
    f(authorization_faults());
    f(token_faults());
    f(id_token_claim_faults());
    f(jose_faults());
    f(refresh_faults());
    f(userinfo_faults());
    f(discovery_faults());
    f(key_set_faults());
    f(logout_faults());
    f(platform_faults());
    f(network_faults());
}

} // namespace detail

namespace testing {

CALIMATIC_DECL std::vector<fault> faults() {
    std::vector<fault> all;
    detail::each_group_of_faults([&all](std::span<fault const> group) { all.insert(all.end(), group.begin(), group.end()); });
    return all;
}

CALIMATIC_DECL result<fault> find_fault(std::string_view name) {
    std::optional<fault> found;
    detail::each_group_of_faults([&](std::span<fault const> group) {
        for (auto const& one : group)
            if (one.name == name) found = one;
    });
    if (!found) return error(error_code::fault_unknown).with_got(name);
    return *found;
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI

#endif
