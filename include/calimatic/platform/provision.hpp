#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <optional>
#include <string>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A user who is to have an account. What is "" or nothing is not sent.
struct new_user {
    std::string email{};
    std::string first_name{};
    std::string last_name{};
    std::string organization_id{}; ///< `organization::id`
    std::string role{};            ///< "member"
    std::optional<bool> send_invite_email{};
    /// Which licences the user gets. A list: those of it that are enabled for the organization. Nothing: those of all applications that are enabled for
    /// it, unless an `app_client` calls. Where one does, its own application is included automatically.
    std::optional<std::vector<std::string>> applications{};
    std::string extra_members{}; ///< further members of the request: a JSON object, or ""
};

/// A user who has an account now.
struct provisioned_user {
    std::string user_id{};          ///< never ""
    std::string keycloak_user_id{}; ///< "" where the platform did not say; likewise below
    std::string email{};
    std::optional<bool> is_new_user{}; ///< false: the account was there before
    json_document document{};          ///< the whole reply, for whatever else it has
};

/// Gives one user an account and licences; flow/bulk_provisioning does it for many. Needs the permission org:users:manage. Errors:
/// `platform_member_invalid` (no address, or texts that are not UTF-8), `parameter_reserved` (an extra member is one of those above), those of
/// `build_platform_request`.
CALIMATIC_DECL result<http_request> build_provision_user_request(
    platform_client const& platform, new_user const& user, check_options const& options = {});

/// Reads the reply. Errors: those of `parse_platform_response`.
CALIMATIC_DECL result<provisioned_user> parse_provision_user_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/provision.ipp>
#endif
