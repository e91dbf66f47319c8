#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// The claims of an ID Token that was validated (OIDC Core 2 and 5.1). Only `validate_id_token` and `id_token_rules` make one, so holding one is
/// the proof, and a `session` that was saved gives back those that it had. A user is (iss, sub): never an e-mail address or a name (OIDC Core 5.7). Views are valid as long as this object is, wherever it is moved.
class id_token_claims {
public:
    std::string_view iss() const noexcept { return *claims_.iss(); }
    std::string_view sub() const noexcept { return *claims_.sub(); }
    std::vector<std::string_view> aud() const { return *claims_.aud(); }
    time_point exp() const noexcept { return *claims_.exp(); }
    time_point iat() const noexcept { return *claims_.iat(); }
    std::optional<time_point> auth_time() const noexcept { return claims_.date("auth_time"); }
    std::optional<std::string_view> nonce() const noexcept { return claims_.string("nonce"); }
    std::optional<std::string_view> acr() const noexcept { return claims_.string("acr"); }
    std::optional<std::string_view> azp() const noexcept { return claims_.string("azp"); }
    std::optional<std::string_view> sid() const noexcept { return claims_.string("sid"); }

    /// What to show; "" where the provider did not say. Not for telling users apart.
    std::string_view name() const noexcept { return claims_.string("name").value_or(std::string_view()); }
    std::string_view preferred_username() const noexcept { return claims_.string("preferred_username").value_or(std::string_view()); }
    std::string_view email() const noexcept { return claims_.string("email").value_or(std::string_view()); }
    std::string_view picture() const noexcept { return claims_.string("picture").value_or(std::string_view()); }
    /// True only if the provider said so with a boolean.
    bool email_verified() const noexcept { return claims_["email_verified"].as_bool().value_or(false); }

    /// Any claim, of any JSON type.
    json operator[](std::string_view name) const noexcept { return claims_[name]; }
    claims const& all() const noexcept { return claims_; }

    /// One text for (iss, sub), under which an application files what it knows of the user: the length of iss in bytes, ":", iss, ":", sub
    /// ("26:https://auth.calimatic.com:u1"). Two users never have the same, and no version of this library will write another.
    CALIMATIC_DECL std::string subject_key() const;

private:
    friend class id_token_rules;
    friend class session; // in flow/
    explicit id_token_claims(claims claims) noexcept : claims_(std::move(claims)) {}
    claims claims_;
};

/// What an ID Token must match. Views are borrowed for the call.
struct id_token_expectations {
    std::string_view issuer{};
    std::string_view client_id{};
    std::string_view id_token_signed_response_alg = "RS256";
    std::string_view client_secret{};             ///< the key where HS256, HS384 or HS512 is registered, in UTF-8; else not looked at
    std::vector<std::string> trusted_audiences{}; ///< further audiences that the token may also be for
    std::optional<std::string_view> nonce{};      ///< the one that was sent; nothing: none was sent, and the token must have none
    std::optional<seconds> max_age{};             ///< the one that was sent: then `auth_time` is checked
    std::vector<std::string> acr_values{};        ///< if not empty, `acr` must be one of them
    std::string_view access_token{};              ///< that came with it: then `at_hash`, if there, is checked
    id_token_claims const* refreshed = nullptr;   ///< of a refresh: the first ID Token (OIDC Core 12.2); `nonce` and `max_age` are then not looked at
    seconds exp_tolerance{60};                    ///< how far clocks may differ at `exp` and `nbf`
    seconds iat_tolerance{60};                    ///< how far in the future `iat` and `auth_time` may be
    seconds iat_max_age{600};                     ///< how old a token may be when it is received
};

#if !defined(CALIMATIC_CRYPTO_NONE)
/// Validates an ID Token by the rules of OIDC Core 3.1.3.7, in that order, always with its signature. `now` is the issuer's time
/// (`clock_offset::correct`). The verifier is not used where HS256, HS384 or HS512 is registered: then `client_secret` is the key. Errors: those of
/// `parse_compact_jws`, `parse_claims` and `signature_verifier::verify_signature`, `jws_alg_unknown`, `hmac_of_public_client`, `hmac_key_too_short`,
/// `crypto_unavailable`, and the `id_token_` ones.
CALIMATIC_DECL result<id_token_claims> validate_id_token(std::string_view id_token, signature_verifier& verifier,
    id_token_expectations const& expected, time_point now, check_options const& options = {});
#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/oidc/id_token_rules.hpp> // which brings impl/oidc/id_token.ipp: validate_id_token is made of those rules
#endif
