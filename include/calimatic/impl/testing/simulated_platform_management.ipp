#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/impl/testing/simulated_platform_state.ipp>

namespace calimatic::inline CALIMATIC_ABI::testing {

CALIMATIC_DECL void simulated_platform::state::answer_organizations(exchange& x) { x.json(404, "{}"); }

CALIMATIC_DECL void simulated_platform::state::answer_users(exchange& x) { x.json(404, "{}"); }

} // namespace calimatic::inline CALIMATIC_ABI::testing
