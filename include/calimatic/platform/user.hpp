#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/management_profile.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// A user as /users/resolve knows one. Ids and address are "" where the platform did not say.
struct resolved_user {
    std::string user_id{};
    std::string keycloak_user_id{};
    std::string email{};
    /// Whether the user has a licence for the calling application; nothing where the platform did not say, as it does only to an `app_client`.
    std::optional<bool> has_license{};
    json_document document{}; ///< the whole reply

    /// All that the platform says of the user.
    CALIMATIC_DECL json data() const noexcept;
    /// The user's licences; the shape of an element is not documented. `absent` where the platform did not say.
    CALIMATIC_DECL json licenses() const noexcept;
};

/// Asks who has an address. Errors: `platform_member_invalid` (no address, or more than 255 characters), those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_resolve_user_request(
    platform_client const& platform, std::string_view email, check_options const& options = {});

/// Asks who has a Keycloak id. Errors: `platform_fact_missing` (the profile has no `resolve_keycloak_parameter`), `platform_member_invalid` (no id),
/// those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_resolve_keycloak_user_request(
    platform_client const& platform, std::string_view keycloak_user_id, management_profile const& profile, check_options const& options = {});

/// Reads the reply. Nothing: the platform says that there is no such user, by an envelope of failure with status 404, by its code USER_NOT_FOUND, or by
/// success with data that are null or an array of nobody, or whose `user` is null. Whatever else is no user is an error, a page with status 404
/// included. So is a user with another address than `email`, the one that was asked for ("" where a Keycloak id was), compared without regard to ASCII
/// case. Errors: those of `parse_platform_response`.
CALIMATIC_DECL result<std::optional<resolved_user>> parse_resolve_user_response(
    http_response const& response, platform_client const& platform, std::string_view email, check_options const& options = {});

/// Whether a user may use the calling application, from what /users/resolve told: `access_denied` from a sign-in does not tell a missing licence from a
/// user who pressed Cancel. (Platform administrators need no licence.) Errors: `user_not_found`, `app_not_licensed`, `license_unknown` (the platform did
/// not say: ask as an `app_client`).
CALIMATIC_DECL result<void> require_license(std::optional<resolved_user> const& user, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/user.ipp>
#endif
