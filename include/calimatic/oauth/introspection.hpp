#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What a server says of a token (RFC 7662 2.2). Of one that is not active nothing is known but that. Views are valid as long as this object.
struct introspection {
    bool active = false;
    claims members{}; ///< iss, sub, aud, exp, iat, nbf and jti, and every other member by name

    std::optional<std::string_view> scope() const noexcept { return members.string("scope"); }
    std::optional<std::string_view> client_id() const noexcept { return members.string("client_id"); }
    std::optional<std::string_view> username() const noexcept { return members.string("username"); }
    std::optional<std::string_view> token_type() const noexcept { return members.string("token_type"); }
};

/// What a token has to be, beside active, to be accepted here. What is "" is not asked for.
struct introspection_expectations {
    std::string_view issuer{};    ///< `iss`
    std::string_view audience{};  ///< one of `aud`
    std::string_view client_id{}; ///< the client that the token was issued to
    seconds exp_tolerance{60};    ///< by how much this device's clock may be wrong, for `exp` and `nbf`
};

/// Asks the server about a token (RFC 7662 2.1): a POST with a form, the token in it and nowhere else, and the client's authentication, which may need
/// `random`, borrowed for the call. `token_type_hint` is "access_token", "refresh_token" or "": not said. Errors: `endpoint_missing` where the server has no
/// introspection, `introspection_token_missing`, `introspection_without_credentials` for a client without authentication, those of
/// `authenticate_client` and of URLs.
CALIMATIC_DECL result<http_request> build_introspection_request(server_metadata const& server, client_information const& client,
    std::string_view token, std::string_view token_type_hint, time_point now, check_options const& options = {}, random_source* random = nullptr);

/// Reads the answer for that client and token. A token is active if the server says so with the boolean true, and neither `exp` nor `nbf` says otherwise: the
/// text "true" and the number 1 are not it. Errors: those of any answer, `introspection_error` (with the server's words), `status_unexpected`, those of
/// `parse_claims`, `claim_type_wrong` (scope, client_id, username and token_type are strings), `introspection_iss_mismatch`,
/// `introspection_aud_mismatch`, `introspection_client_mismatch` for an active token that is not as expected, or does not say so.
CALIMATIC_DECL result<introspection> parse_introspection_response(http_response const& response, client_information const& client,
    std::string_view token, introspection_expectations const& expected, time_point now, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/introspection.ipp>
#endif
