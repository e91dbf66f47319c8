#pragma once
#include "arguments.hpp"
#include "reply.hpp"
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/management_profile.hpp>
#include <calimatic/platform/organization.hpp>
#include <calimatic/platform/platform_request.hpp>
#include <calimatic/platform/provision.hpp>
#include <calimatic/platform/provision_batch.hpp>
#include <calimatic/platform/user.hpp>
#include <calimatic/platform/user_import.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bridge {

namespace cal = calimatic;

/// Values of the platform as JSON text, under the names that the platform documents; what is no member of its replies has the name that it has in C++.
/// A text that the platform did not say is "", and whatever else it did not say is null.
json_text to_json(cal::organization const& organization); // {id, name, slug, type, domain, plan, created, document}
json_text to_json(cal::resolved_user const& user);        // {userId, keycloakUserId, email, hasLicense, licenses, document}
json_text to_json(cal::provisioned_user const& user);     // {userId, keycloakUserId, email, isNewUser, document}
json_text to_json(
    cal::provision_batch_response const& response); // {status, rows: [{outcome, was_reported, userId, keycloakUserId, error}], refusal, document}
json_text to_json(cal::platform_response const& response); // {status, document}

/// Values out of the members of a call, as in values.hpp.
/// `platform`: {base_url}, that of the page's own back end, which adds the credential. A page has none: see `secret_member`.
cal::platform_client read_platform(arguments& from);
/// `profile`: {resolve_keycloak_parameter?, reset_password_body?, set_password_member?}.
cal::management_profile read_management_profile(arguments& from);
/// `organization`: {name, slug, type?, domain?, plan?, extra_members?: {...}}.
cal::new_organization read_new_organization(arguments& from);
/// `user`: {email, firstName?, lastName?, organizationId?, role?, applications?: [...], sendInviteEmail?, extra_members?: {...}}.
cal::new_user read_new_user(arguments& from);
/// {email, firstName?, lastName?, organizationId?, role?, applications?: [...]}.
cal::batch_user read_batch_user(arguments& members);
/// `users`: such objects.
std::vector<cal::batch_user> read_batch_users(arguments& from);
/// `users`: such objects that also have {temporaryPassword?, passwordHash?, externalId?, metadata?: {...}}.
std::vector<cal::imported_user> read_imported_users(arguments& from);
/// A member of any type as JSON text; "" where it is not there.
std::string read_json(arguments& from, std::string_view name);

} // namespace bridge
