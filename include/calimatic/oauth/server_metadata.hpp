#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/jwk.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// What a server says of itself (RFC 8414 2, OIDC Discovery 3), under the registered names. A plain value: a host whose back channel has other
/// addresses than its front channel edits the endpoints and leaves the issuer as it is. The lists guide the library and never widen what it accepts.
struct server_metadata {
    std::string issuer{};
    std::string authorization_endpoint{};
    std::string token_endpoint{};
    std::string jwks_uri{};
    std::string userinfo_endpoint{}; ///< this and the following endpoints: "" where the server has none
    std::string registration_endpoint{};
    std::string revocation_endpoint{};
    std::string introspection_endpoint{};
    std::string end_session_endpoint{};
    std::string device_authorization_endpoint{};
    std::vector<std::string> scopes_supported{};
    std::vector<std::string> response_types_supported{};
    std::vector<std::string> response_modes_supported{"query", "fragment"};
    std::vector<std::string> grant_types_supported{"authorization_code", "implicit"};
    std::vector<std::string> token_endpoint_auth_methods_supported{"client_secret_basic"};
    std::vector<std::string> token_endpoint_auth_signing_alg_values_supported{}; ///< of client assertions
    std::vector<std::string> id_token_signing_alg_values_supported{};
    std::vector<std::string> code_challenge_methods_supported{}; ///< empty: not said
    std::vector<std::string> claims_supported{};
    bool authorization_response_iss_parameter_supported = false; ///< RFC 9207 3: then an answer without `iss` is refused
};

/// Where the metadata are found under an issuer.
enum class metadata_location : std::uint8_t {
    openid_configuration,       ///< issuer + "/.well-known/openid-configuration" (OIDC Discovery 4)
    oauth_authorization_server, ///< "/.well-known/oauth-authorization-server" between host and path (RFC 8414 3.1)
};

/// Asks for the metadata of an issuer. Errors: `issuer_malformed` (the address of the metadata in its place), `url_not_https`, `url_has_query`,
/// `url_has_fragment`, `url_has_userinfo`, those of URLs.
CALIMATIC_DECL result<http_request> build_server_metadata_request(
    std::string_view issuer, metadata_location location = metadata_location::openid_configuration, check_options const& options = {});

/// Reads the answer. Errors: those of any answer (status 200 only), those of `parse_server_metadata`.
CALIMATIC_DECL result<server_metadata> parse_server_metadata_response(
    http_response const& response, std::string_view issuer, check_options const& options = {});

/// Reads a metadata document, which must be that of `issuer`, byte for byte (OIDC Discovery 4.3). Unknown members are ignored, null ones count as
/// absent, absent optional ones have their defaults. Errors: those of `parse_json`, `json_not_an_object`, `metadata_issuer_mismatch`,
/// `metadata_member_missing`, `metadata_member_type_wrong`, `metadata_url_refused`.
CALIMATIC_DECL result<server_metadata> parse_server_metadata(std::string_view text, std::string_view issuer, check_options const& options = {});

/// The metadata as a document that `parse_server_metadata` reads back, for caching.
CALIMATIC_DECL std::string serialize(server_metadata const& server);

/// Asks for the keys at `jwks_uri`. Errors: those of URLs.
CALIMATIC_DECL result<http_request> build_jwk_set_request(std::string_view jwks_uri, check_options const& options = {});

/// Reads the keys. Errors: those of any answer (status 200 only), those of `parse_jwk_set`.
CALIMATIC_DECL result<jwk_set> parse_jwk_set_response(http_response const& response, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/server_metadata.ipp>
#endif
