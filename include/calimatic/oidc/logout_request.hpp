#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// The logout token of a request that a provider sent to the application's backchannel_logout_uri (Back-Channel Logout 2.5): a POST of a form with
/// exactly one `logout_token`, of at most `limits::token` bytes altogether; other parameters are ignored. The token is **not validated**:
/// `validate_logout_token` does that. Errors: `logout_request_malformed`, `token_too_large`, `form_malformed`, `too_many_parameters`,
/// `parameter_repeated`.
CALIMATIC_DECL result<std::string> parse_logout_request(http_request const& request, check_options const& options = {});

/// The answer to such a request (2.8): 200 where the sessions that it means have ended, or there are none; 400 with the reason where the token was
/// refused, or something else went wrong. Never to be cached.
CALIMATIC_DECL http_response build_logout_response(result<void> const& outcome);
/// The same for what `validate_logout_token` gives.
template <class T>
http_response build_logout_response(result<T> const& outcome) {
    return build_logout_response(outcome ? result<void>() : result<void>(outcome.error()));
}

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/logout_request.ipp>
#endif
