#pragma once
#include "arguments.hpp"
#include <calimatic/flow/session.hpp>

namespace bridge {

/// `options` of a session, in milliseconds: {storage?: "by_host" | "none", timing?: {early?, jitter?}, first_wait?, longest_wait?, ambiguity_window?,
/// last_try?, unauthorized_interval?, sign_out_wait?, trusted_audiences?, exp_tolerance?, iat_tolerance?, iat_max_age? (the three in seconds),
/// keys?: a JWK set, limits?}.
cal::session_options read_session_options(arguments& given);
/// The members of such an object.
void read_session_options(arguments& members, cal::session_options& out);

} // namespace bridge
