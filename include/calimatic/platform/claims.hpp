#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <calimatic/oidc/userinfo.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What the platform's documentation leaves open of its claims. Nothing here has a default.
struct claims_profile {
    std::string permissions{}; ///< the claim that has the permissions (scope `permissions`)
    std::string roles{};       ///< the claim that has the roles (scope `permissions`)
    /// The member of an element of organization_memberships that is the organization's id. "": elements that are objects do not count.
    std::string organization_id{};
};

/// The platform's own claims, wherever it put them: in the ID Token, the access token or UserInfo. It is no more trustworthy than what it was made of, and
/// views it, so that must live on. A claim that is null or has another type counts as one that is not there, and stays reachable as JSON.
class platform_claims {
public:
    platform_claims(json claims) noexcept : claims_(claims) {}
    platform_claims(claims const& claims) noexcept : claims_(claims.root()) {}
    platform_claims(id_token_claims const& claims) noexcept : claims_(claims.all().root()) {}
    platform_claims(userinfo const& claims) noexcept : claims_(claims.root()) {}

    /// The organization that the user signed in for (scope `organization`); nothing where there is none.
    CALIMATIC_DECL std::optional<std::string_view> organization_id() const noexcept;
    /// The kind of user (scope `organization`); which there are is not documented.
    CALIMATIC_DECL std::optional<std::string_view> user_type() const noexcept;
    /// All organizations of the user (scope `organization`); the shape of an element is not documented.
    json organization_memberships() const noexcept { return claims_["organization_memberships"]; }
    /// The applications that the user is licensed for, a claim of access tokens; the shape of an element is not documented. Whether the user may use the
    /// application is for `require_license` to say.
    json licenses() const noexcept { return claims_["licenses"]; }

    /// The claim that the profile names, of whatever shape; `absent` where it is not there. Errors: `platform_fact_missing`.
    CALIMATIC_DECL result<json> permissions(claims_profile const& profile, check_options const& options = {}) const;
    CALIMATIC_DECL result<json> roles(claims_profile const& profile, check_options const& options = {}) const;

    /// Whether the claim with the permissions is that string, or an array with it: not where it has another shape. Errors: `platform_fact_missing`.
    CALIMATIC_DECL result<bool> has_permission(std::string_view permission, claims_profile const& profile, check_options const& options = {}) const;
    /// Whether the user belongs to an organization: organization_id is that id, or an element of organization_memberships is, or has it in the member
    /// that the profile names. Not where it is "", nor where the claims have another shape.
    CALIMATIC_DECL bool member_of(std::string_view organization_id, claims_profile const& profile = {}) const noexcept;

    /// Any claim, of any JSON type.
    json operator[](std::string_view name) const noexcept { return claims_[name]; }
    json root() const noexcept { return claims_; }

private:
    json claims_;
};

/// The organization that the user signed in for, for an application that cannot do without. `granted_scope` is that of the tokens (`token_set::scope`).
/// Errors: `organization_missing` (the user has none), `organization_scope_missing` (there is none because the scope `organization` was not granted),
/// `claim_type_wrong`.
CALIMATIC_DECL result<std::string_view> require_organization(
    platform_claims const& claims, std::string_view granted_scope, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/claims.ipp>
#endif
