#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Asks the server to forget a token (RFC 7009 2.1): a POST with a form, and the client's authentication. Revoking the refresh token ends the grant,
/// and at most servers its access tokens with it. `token_type_hint` is "refresh_token", "access_token" or "": not said. Errors: `endpoint_missing`
/// where the server has no revocation, `token_missing`, those of `authenticate_client` (which may need `random`, borrowed for
/// the call) and of URLs.
CALIMATIC_DECL result<http_request> build_revocation_request(server_metadata const& server, client_information const& client, std::string_view token,
    std::string_view token_type_hint, time_point now, check_options const& options = {}, random_source* random = nullptr);

/// Reads the answer for that client and token. 200 is success whatever else it says, for a token that the server never knew, too (2.2). After an
/// error the token may still be good: the host drops its own copy all the same. Errors: those of any answer (a 503 with its `Retry-After`, 2.2.1),
/// `revocation_error` (with the server's words, such as unsupported_token_type), `status_unexpected`.
CALIMATIC_DECL result<void> parse_revocation_response(
    http_response const& response, client_information const& client, std::string_view token, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/revocation.ipp>
#endif
