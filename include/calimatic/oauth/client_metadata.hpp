#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// What an application is registered with (RFC 7591 2, OIDC Registration 2, RP-Initiated Logout 3.1, Back-Channel Logout 2.2), under the registered
/// names. What is empty is not said, and the server's own choice.
struct client_metadata {
    std::vector<std::string> redirect_uris{}; ///< compared exactly: each one that will be used, and no other
    std::string token_endpoint_auth_method{}; ///< "none" for a program that is distributed
    std::string token_endpoint_auth_signing_alg{};
    std::vector<std::string> grant_types{};    ///< none: authorization_code
    std::vector<std::string> response_types{}; ///< none: code
    std::string client_name{};
    std::string client_uri{};
    std::string logo_uri{};
    std::string scope{};
    std::vector<std::string> contacts{};
    std::string tos_uri{};
    std::string policy_uri{};
    std::string jwks_uri{};
    std::string jwks{}; ///< a key set as JSON text, of public keys alone; not together with jwks_uri
    std::string software_id{};
    std::string software_version{};
    std::string application_type{}; ///< "web" or "native"
    std::vector<std::string> post_logout_redirect_uris{};
    std::string id_token_signed_response_alg{};
    std::string userinfo_signed_response_alg{};
    std::string backchannel_logout_uri{};
    std::optional<bool> backchannel_logout_session_required{};
    std::string initiate_login_uri{};
    /// Further members, a JSON object: those that the platform calls `{"loginUrl": "https://...", "clientUri": "https://..."}`, names in other languages
    /// ("client_name#de"), encryption. After a registration also whatever else the server said.
    std::string extra{};
};

/// Whether a server could register it (RFC 7591 2, OIDC Registration 2). The error says which member is wrong (`expected()`), and what is in it (`got()`).
/// Errors: `redirect_uris_missing` where the grant needs one, `redirect_uri_invalid` (see `validate_redirect_uri`; twice the same; with the implicit
/// grant on the web anything but https away from localhost), `client_metadata_invalid` (an address that is none, or not https where secrets or keys pass),
/// `scope_malformed`, `client_jwks_twice`, `client_enc_without_alg`, those of `parse_jwk_set`, `jwk_not_public`, `parameter_reserved` (an extra member
/// that has a place of its own), those of `parse_json`, `json_not_an_object`.
CALIMATIC_DECL result<void> validate_client_metadata(client_metadata const& metadata, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/client_metadata.ipp>
#endif
