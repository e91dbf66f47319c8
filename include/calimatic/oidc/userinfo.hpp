#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// The claims of a UserInfo response whose `sub` is that of the ID Token (OIDC Core 5.3). Aggregated and distributed claims are not followed.
class userinfo {
public:
    std::string_view sub() const noexcept { return *document_.root()["sub"].as_string(); }
    /// What to show; "" where the provider did not say. Not for telling users apart.
    std::string_view name() const noexcept { return document_.root()["name"].as_string().value_or(std::string_view()); }
    std::string_view email() const noexcept { return document_.root()["email"].as_string().value_or(std::string_view()); }
    std::string_view picture() const noexcept { return document_.root()["picture"].as_string().value_or(std::string_view()); }
    /// Any claim, of any JSON type.
    json operator[](std::string_view name) const noexcept { return document_.root()[name]; }
    json root() const noexcept { return document_.root(); }

private:
    friend CALIMATIC_DECL result<userinfo> parse_userinfo_response(http_response const&, std::string_view, check_options const&);
    friend class userinfo_rules;
    explicit userinfo(json_document document) noexcept : document_(std::move(document)) {}
    json_document document_;
};

/// Asks for the claims, with the token in the header (OIDC Core 5.3.1). Errors: `endpoint_missing`, those of `put_bearer_token`.
CALIMATIC_DECL result<http_request> build_userinfo_request(
    server_metadata const& server, std::string_view access_token, check_options const& options = {});

/// Reads an answer in JSON, which must be about `sub`, the subject of the ID Token (5.3.2). A signed one is refused: that was not registered. Errors: those of `parse_resource_error`, `transport_too_large`,
/// `userinfo_content_type`, `userinfo_malformed`, those of `parse_json`, `userinfo_sub_missing`, `userinfo_sub_mismatch`.
CALIMATIC_DECL result<userinfo> parse_userinfo_response(http_response const& response, std::string_view sub, check_options const& options = {});

/// What a signed UserInfo response must match. Views are borrowed for the call.
struct userinfo_expectations {
    std::string_view sub{}; ///< of the ID Token
    std::string_view issuer{};
    std::string_view client_id{};
    std::string_view userinfo_signed_response_alg{}; ///< the registered one (OIDC Registration 2)
    std::string_view client_secret{};                ///< the key where that is HS256, HS384 or HS512, in UTF-8; else not looked at
    seconds exp_tolerance{60};                       ///< how far clocks may differ at `exp` and `nbf`, which need not be there
};

#if !defined(CALIMATIC_CRYPTO_NONE)
/// Validates an answer that is a signed JWT (application/jwt), as it must be for a client that has `userinfo_signed_response_alg` registered (5.3.2):
/// signature, issuer, audience and `sub`. `now` is the issuer's time. Errors: those of `parse_resource_error`, `parse_compact_jws`, `parse_claims` and
/// `signature_verifier::verify_signature`, `transport_too_large`, `jws_alg_unknown`, `hmac_of_public_client`, `hmac_key_too_short`,
/// `crypto_unavailable`, and the `userinfo_` ones.
CALIMATIC_DECL result<userinfo> validate_userinfo_response(http_response const& response, signature_verifier& verifier,
    userinfo_expectations const& expected, time_point now, check_options const& options = {});
#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/oidc/userinfo_rules.hpp> // which brings impl/oidc/userinfo.ipp: validate_userinfo_response is made of those rules
#endif
