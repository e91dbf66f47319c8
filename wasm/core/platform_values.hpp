#pragma once
#include "arguments.hpp"
#include "reply.hpp"
#include <calimatic/core/http.hpp>
#include <calimatic/platform/claims.hpp>
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
std::string to_json(cal::organization const& organization);
std::string to_json(cal::resolved_user const& user);
std::string to_json(cal::provisioned_user const& user);
std::string to_json(cal::provision_batch_response const& response);
std::string to_json(cal::platform_response const& response);
/// organization_id, user_type, organization_memberships and licenses, where they are.
std::string to_json(cal::platform_claims const& claims);

/// Values out of the members of a call, as in values.hpp.
/// `platform`: base_url, that of the page's own back end, which adds the credential. A page has none: see `secret_member`.
cal::platform_client read_platform(arguments& from);
cal::management_profile read_management_profile(arguments& from);
cal::claims_profile read_claims_profile(arguments& from);
cal::new_organization read_new_organization(arguments from);
cal::new_user read_new_user(arguments from);
cal::batch_user read_batch_user(arguments from);
std::vector<cal::batch_user> read_batch_users(arguments& from);
std::vector<cal::imported_user> read_imported_users(arguments& from);
/// A member of any type as JSON text; "" where it is not there.
std::string read_json(arguments& from, std::string_view name);

} // namespace bridge
