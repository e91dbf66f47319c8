#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/replay_cache.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/oidc/session_subject.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// The claims of a logout token that was validated (Back-Channel Logout 2.4). Only `validate_logout_token` and `logout_token_rules` make one, so holding
/// one is the proof. Views are valid as long as this object is, wherever it is moved.
class logout_token_claims {
public:
    std::string_view iss() const noexcept { return *claims_.iss(); }
    std::vector<std::string_view> aud() const { return *claims_.aud(); }
    time_point exp() const noexcept { return *claims_.exp(); }
    time_point iat() const noexcept { return *claims_.iat(); }
    std::string_view jti() const noexcept { return *claims_.jti(); }
    /// At least one of the two is there.
    std::optional<std::string_view> sub() const noexcept { return claims_.sub(); }
    std::optional<std::string_view> sid() const noexcept { return claims_.string("sid"); }
    /// Which sessions are to end, for `session::revoke`; valid as long as this object is.
    session_subject subject() const noexcept { return {iss(), sub().value_or(std::string_view()), sid().value_or(std::string_view())}; }

    /// Any claim, of any JSON type.
    json operator[](std::string_view name) const noexcept { return claims_[name]; }
    claims const& all() const noexcept { return claims_; }

private:
    friend class logout_token_rules;
    explicit logout_token_claims(claims claims) noexcept : claims_(std::move(claims)) {}
    claims claims_;
};

/// What a logout token must match. Views are borrowed for the call.
struct logout_token_expectations {
    std::string_view issuer{};
    std::string_view client_id{};
    std::string_view id_token_signed_response_alg = "RS256"; ///< as for ID Tokens (Back-Channel Logout 2.6)
    std::string_view client_secret{};                        ///< the key where HS256, HS384 or HS512 is registered, in UTF-8; else not looked at
    std::vector<std::string> trusted_audiences{};            ///< further audiences that the token may also be for
    bool typ_required = false;                               ///< refuse what is not typed `logout+jwt`: for a provider that types its logout tokens
    seconds exp_tolerance{60};                               ///< how far clocks may differ at `exp` and `nbf`
    seconds iat_tolerance{60};                               ///< how far in the future `iat` may be
    seconds iat_max_age{600};                                ///< how old a token may be when it is received
    replay_cache* tokens_seen = nullptr;                     ///< of this issuer; null: replays are found elsewhere, by `jti`, or do no harm
};

#if !defined(CALIMATIC_CRYPTO_NONE)
/// Validates a logout token by the rules of Back-Channel Logout 2.6 in their order, the first broken one being the error. `now` is the issuer's time
/// (`clock_offset::correct`). The verifier is not used where HS256, HS384 or HS512 is registered: then `client_secret` is the key. A token that keeps
/// every rule is remembered in `tokens_seen`: whoever cannot act upon it forgets its `jti` there. Errors: those of `parse_compact_jws`, `parse_claims`
/// and `signature_verifier::verify_signature`, `jws_alg_unknown`, `hmac_of_public_client`, `hmac_key_too_short`, `crypto_unavailable`,
/// `id_token_sub_invalid`, the `logout_token_` ones, and those of `replay_cache::remember`.
CALIMATIC_DECL result<logout_token_claims> validate_logout_token(std::string_view logout_token, signature_verifier& verifier,
    logout_token_expectations const& expected, time_point now, check_options const& options = {});
#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/oidc/logout_token_rules.hpp> // which brings impl/oidc/logout_token.ipp: validate_logout_token is made of those rules
#endif
