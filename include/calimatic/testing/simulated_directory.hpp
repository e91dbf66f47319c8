#pragma once
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/claims.hpp>
#include <calimatic/platform/management_profile.hpp>
#include <string>
#include <string_view>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::testing {

/// An organization of the simulated platform.
struct simulated_organization {
    std::string id = "org-1";
    std::string name = "An organization";
    std::string slug = "an-organization";
    std::string type = "customer";
    std::string domain{};
    std::string plan = "free";
    std::vector<std::string> applications{}; ///< that are enabled: client_ids
};

/// A user as the management API knows one. A `simulated_user` with the same `sub` can sign in; whoever is provisioned has one.
struct simulated_account {
    std::string user_id = "user-1"; ///< `sub` of the tokens
    std::string keycloak_user_id = "keycloak-1";
    std::string email = "alice@example.com"; ///< compared without regard to case
    std::string first_name{};
    std::string last_name{};
    std::string organization_id{};
    std::string role = "member";
    std::string external_id{};
    std::string metadata_json{};             ///< an object, or ""
    std::string user_type{};                 ///< the claim, with the scope `organization`
    std::vector<std::string> permissions{};  ///< the claims that the profile names, with the scope `permissions`
    std::vector<std::string> roles{};        ///< likewise
    secret_string password{};                ///< for the headless API
    secret_string password_hash{};           ///< that came with an import
    bool password_is_temporary = false;      ///< whether it has to be changed at the first sign-in
    std::vector<std::string> applications{}; ///< licences: client_ids
    bool is_platform_admin = false;          ///< needs no licence
    int invitations = 0;                     ///< how many mails were sent
    int password_resets = 0;                 ///< likewise
};

/// A key of the management API.
struct simulated_api_key {
    secret_string value{};
    std::vector<std::string> permissions{}; ///< "org:manage", "org:users:manage"
};

/// Something that happened to an account, for webhooks to tell.
struct simulated_event {
    std::string type; ///< "user.created"
    std::string user_id{};
    std::string organization_id{};
    std::string application{}; ///< whose licence it is about, or ""
};

/// What the management API of the simulated platform works on; a test may look at it and change it.
struct simulated_directory {
    std::vector<simulated_organization> organizations{};
    std::vector<simulated_account> accounts{};
    std::vector<simulated_api_key> api_keys{};
    std::vector<simulated_event> events{}; ///< that no webhook told yet

    /// Null where there is none; valid until the directory changes.
    CALIMATIC_DECL simulated_organization* find_organization(std::string_view id) noexcept;
    CALIMATIC_DECL simulated_organization* find_organization_by_slug(std::string_view slug) noexcept;
    CALIMATIC_DECL simulated_account* find_account(std::string_view user_id) noexcept;
    CALIMATIC_DECL simulated_account* find_account_by_keycloak_id(std::string_view keycloak_user_id) noexcept;
    CALIMATIC_DECL simulated_account* find_account_by_email(std::string_view email) noexcept;
};

/// How the management API of the simulated platform does what the documentation leaves open.
struct simulated_management_options {
    management_profile profile{.resolve_keycloak_parameter = "keycloakId", .reset_password_body = "", .set_password_member = "temporaryPassword"};
    claims_profile claims{.permissions = "permissions", .roles = "roles", .organization_id = "id"};
    std::string conflict_id_path = "data.id"; ///< where the id is in the reply for a slug that exists: members with dots between them
    bool conflict_is_success = false;         ///< whether that reply says `"success": true`
    bool lookup_gives_array = false;          ///< whether the data of an organization that was looked up are an array
    bool nothing_is_404 = true;         ///< whether that there is no such user or organization is said by the status; else by data that are null
    bool sign_in_needs_license = false; ///< whether a user without a licence for the application is refused with access_denied
};

} // namespace calimatic::inline CALIMATIC_ABI::testing

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/testing/simulated_directory.ipp>
#endif

#endif
