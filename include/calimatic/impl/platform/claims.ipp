#pragma once
#include <calimatic/platform/claims.hpp>

#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/scope.hpp>
#include <cstddef>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// A claim that is a string, and not an empty one, which names nothing.
inline std::optional<std::string_view> named_by(json claim) noexcept {
    auto const text = claim.as_string();
    return text && !text->empty() ? text : std::nullopt;
}

inline result<json> claim_of_profile(json claims, std::string_view claim, std::string_view member_of_profile, check_options const& options) {
    if (auto e = rule_check{options}(!claim.empty(), error_code::platform_fact_missing, {}, member_of_profile)) return *std::move(e);
    return claims[claim];
}

} // namespace detail

CALIMATIC_DECL std::optional<std::string_view> platform_claims::organization_id() const noexcept {
    return detail::named_by(claims_["organization_id"]);
}

CALIMATIC_DECL std::optional<std::string_view> platform_claims::user_type() const noexcept { return detail::named_by(claims_["user_type"]); }

CALIMATIC_DECL result<json> platform_claims::permissions(claims_profile const& profile, check_options const& options) const {
    return detail::claim_of_profile(claims_, profile.permissions, "permissions", options);
}

CALIMATIC_DECL result<json> platform_claims::roles(claims_profile const& profile, check_options const& options) const {
    return detail::claim_of_profile(claims_, profile.roles, "roles", options);
}

CALIMATIC_DECL result<bool> platform_claims::has_permission(
    std::string_view permission, claims_profile const& profile, check_options const& options) const {
    auto const claim = permissions(profile, options);
    if (!claim) return claim.error();
    if (permission.empty()) return false;
    if (claim->as_string() == permission) return true;
    bool const is_array = claim->kind() == json_kind::array;
    for (std::size_t i = 0; is_array && i < claim->size(); ++i)
        if ((*claim)[i].as_string() == permission) return true;
    return false;
}

CALIMATIC_DECL bool platform_claims::member_of(std::string_view id, claims_profile const& profile) const noexcept {
    if (id.empty()) return false;
    if (organization_id() == id) return true;
    auto const memberships = organization_memberships();
    if (memberships.kind() != json_kind::array) return false;
    for (std::size_t i = 0; i < memberships.size(); ++i) {
        auto const one = memberships[i];
        if (one.as_string() == id) return true;
        if (!profile.organization_id.empty() && one[profile.organization_id].as_string() == id) return true;
    }
    return false;
}

CALIMATIC_DECL result<std::string_view> require_organization(
    platform_claims const& claims, std::string_view granted_scope, check_options const& options) {
    detail::rule_check const rule{options};
    auto const claim = claims["organization_id"];
    bool const is_text = !claim.has_value() || claim.kind() == json_kind::string;
    if (auto e = rule(is_text, error_code::claim_type_wrong, "organization_id", "a string")) return *std::move(e);
    if (auto const id = claims.organization_id()) return *id;
    bool const was_granted = detail::has_word(granted_scope, "organization");
    if (auto e = rule(was_granted, error_code::organization_scope_missing)) return *std::move(e);
    return *rule(false, error_code::organization_missing);
}

} // namespace calimatic::inline CALIMATIC_ABI
