#pragma once
#include <calimatic/oidc/logout_token_rules.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/oidc/id_token_rules.ipp>
#include <calimatic/impl/oidc/issued_token.ipp>
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr issued_token_codes logout_token_codes{error_code::logout_token_iss_missing, error_code::logout_token_iss_mismatch,
    error_code::logout_token_aud_missing, error_code::logout_token_aud_mismatch, error_code::logout_token_aud_untrusted,
    error_code::logout_token_exp_missing, error_code::logout_token_expired, error_code::logout_token_nbf_future, error_code::logout_token_iat_missing,
    error_code::logout_token_iat_future, error_code::logout_token_iat_old};

/// Rule (5): whom it is about, in claims that are what they should be.
inline std::optional<error> check_logout_token_subject(claims const& claims, rule_check const& rule) {
    auto const sid = claims["sid"];
    if (auto e = rule(!sid.has_value() || !sid.as_string().value_or("").empty(), error_code::claim_type_wrong, "sid", "a string that is not empty"))
        return e;
    auto const sub = claims.sub();
    if (auto e = rule(!sub || is_id_token_sub(*sub), error_code::id_token_sub_invalid)) return e;
    return rule(sub || sid.has_value(), error_code::logout_token_subject_missing);
}

/// Until when the token would be accepted again.
inline time_point logout_token_end(claims const& claims, logout_token_expectations const& expected) {
    auto const by_exp = *claims.exp() + bounded_tolerance(expected.exp_tolerance);
    auto const by_iat = *claims.iat() + bounded_tolerance(expected.iat_max_age) + bounded_tolerance(expected.iat_tolerance) + milliseconds(1);
    return (std::min)(by_exp, by_iat);
}

} // namespace detail

CALIMATIC_DECL result<logout_token_rules> logout_token_rules::start(
    std::string_view logout_token, logout_token_expectations const& expected, check_options const& options) {
    detail::rule_check rule{options};
    auto token = parse_compact_jws(logout_token, options); // (1): an encrypted one is refused
    if (!token) return token.error();
    auto const typ = token->typ.value_or(std::string());
    bool const fits = detail::equal_ignoring_case(typ, "logout+jwt") ||
        (!expected.typ_required && (!token->typ || detail::equal_ignoring_case(typ, "JWT"))); // 2.4: typing is but recommended
    if (auto e = rule(fits, error_code::logout_token_typ, typ, "logout+jwt")) return *std::move(e);
    auto claims = parse_claims(*token, options);
    if (!claims) return claims.error();
    auto const algorithm = detail::check_registered_algorithm(*token, expected.id_token_signed_response_alg, expected.client_secret, rule); // (3)
    if (!algorithm) return algorithm.error();

    logout_token_rules rules(expected, options);
    rules.token_ = std::move(*token);
    rules.claims_ = std::move(*claims);
    rules.algorithm_ = *algorithm;
    return rules;
}

CALIMATIC_DECL result<logout_token_claims> logout_token_rules::finish(bool verified, time_point now) && {
    if (std::exchange(is_over_, true)) return error_code::flow_in_wrong_state;
    detail::rule_check rule{options_};
    if (auto e = rule(verified, error_code::jws_signature_invalid)) return *std::move(e); // (2)

    if (auto e = detail::check_issuer_and_audience(claims_, *expected_, detail::logout_token_codes, rule)) return *std::move(e);         // (4)
    if (auto e = detail::check_issued_token_times(claims_, *expected_, detail::logout_token_codes, now, options_)) return *std::move(e); // (4)
    if (auto e = detail::check_logout_token_subject(claims_, rule)) return *std::move(e);                                                // (5)
    bool const has_event = claims_["events"]["http://schemas.openid.net/event/backchannel-logout"].kind() == json_kind::object;
    if (auto e = rule(has_event, error_code::logout_token_event_missing)) return *std::move(e);             // (6)
    if (auto e = rule(!claims_["nonce"].has_value(), error_code::logout_token_nonce)) return *std::move(e); // (7)
    auto const jti = claims_.jti().value_or(std::string_view());
    if (auto e = rule(!jti.empty(), error_code::logout_token_jti_missing)) return *std::move(e); // 2.4
    if (auto* const seen = expected_->tokens_seen) {                                             // (8)
        auto const is_new = seen->remember(jti, detail::logout_token_end(claims_, *expected_), now);
        if (auto e = rule(is_new.has_value(), is_new ? error_code::replayed : is_new.error().code(), jti)) return *std::move(e);
    }
    return logout_token_claims(std::move(claims_));
}

} // namespace calimatic::inline CALIMATIC_ABI
