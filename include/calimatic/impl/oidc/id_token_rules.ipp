#pragma once
#include <calimatic/oidc/id_token_rules.hpp>

#include <calimatic/core/secret.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/oidc/issued_token.ipp>
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr issued_token_codes id_token_codes{error_code::id_token_iss_missing, error_code::id_token_iss_mismatch,
    error_code::id_token_aud_missing, error_code::id_token_aud_mismatch, error_code::id_token_aud_untrusted, error_code::id_token_exp_missing,
    error_code::id_token_expired, error_code::id_token_nbf_future, error_code::id_token_iat_missing, error_code::id_token_iat_future,
    error_code::id_token_iat_old};

/// Printable, so that no sub ends early in somebody's C string or forges a line of a log.
constexpr bool is_id_token_sub(std::string_view sub) noexcept {
    return !sub.empty() && sub.size() <= 255 && std::all_of(sub.begin(), sub.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

constexpr std::size_t half_hash_size(hash_algorithm hash) noexcept {
    switch (hash) {
    case hash_algorithm::sha256: return 16;
    case hash_algorithm::sha384: return 24;
    case hash_algorithm::sha512: break;
    }
    return 32;
}

/// The bytes of `at_hash`, if it has the form of one: the left half of that hash (OIDC Core 3.1.3.6).
CALIMATIC_DECL std::optional<std::string> decode_at_hash(json claim, hash_algorithm hash) {
    auto const text = claim.as_string();
    if (!text) return std::nullopt;
    auto bytes = base64url_decode(*text);
    if (!bytes || bytes->size() != half_hash_size(hash)) return std::nullopt;
    return bytes;
}

/// A logout token may be typed JWT and has no nonce, so that a refresh would take it for an ID Token (Back-Channel Logout 2.4).
inline bool is_logout_token(claims const& claims) noexcept {
    return claims["events"]["http://schemas.openid.net/event/backchannel-logout"].kind() != json_kind::absent;
}

/// Rule (11). Neither nonce is told: an error may end in a log.
CALIMATIC_DECL std::optional<error> check_id_token_nonce(json nonce, std::optional<std::string_view> expected, check_options const& options) {
    rule_check rule{options};
    if (!expected) return rule(!nonce.has_value(), error_code::id_token_nonce_unexpected);
    if (auto e = rule(nonce.has_value(), error_code::id_token_nonce_missing)) return e;
    auto const text = nonce.as_string();
    return rule(text && constant_time_equal(*text, *expected), error_code::id_token_nonce_mismatch);
}

/// Rule (13). `iat_tolerance` serves both ways: `auth_time` comes from the same clock as `iat`.
CALIMATIC_DECL std::optional<error> check_id_token_auth_time(
    json claim, id_token_expectations const& expected, time_point now, check_options const& options) {
    rule_check rule{options};
    time_rule timely{options, now};
    auto const tolerance = bounded_tolerance(expected.iat_tolerance);
    auto const max_age = bounded_tolerance(*expected.max_age);
    if (auto e = rule(claim.has_value(), error_code::id_token_auth_time_missing)) return e;
    if (auto e = rule(claim.kind() == json_kind::number, error_code::claim_type_wrong, "auth_time", "a number")) return e;
    auto const auth_time = as_numeric_date(claim);
    if (auto e = rule(auth_time.has_value(), error_code::claim_out_of_range, "auth_time", "a time between the years 0 and 9999")) return e;
    if (auto e = timely(*auth_time - tolerance <= now, error_code::id_token_auth_time_future, "auth_time", *auth_time, "not after")) return e;
    return timely(now <= *auth_time + max_age + tolerance, error_code::id_token_auth_time_old, "auth_time", *auth_time, "at most", expected.max_age);
}

/// OIDC Core 12.2: what a refresh must leave as it was.
CALIMATIC_DECL std::optional<error> check_id_token_refreshed(
    claims const& claims, id_token_claims const& first, id_token_expectations const& expected, check_options const& options) {
    rule_check rule{options};
    constexpr auto changed = error_code::id_token_changed;
    if (auto e = rule(claims.iss() == first.iss(), changed, "iss")) return e;
    if (auto e = rule(claims.sub() == first.sub(), changed, "sub")) return e;
    auto const iat_tolerance = bounded_tolerance(expected.iat_tolerance);
    if (auto e = rule(*claims.iat() >= first.iat() - iat_tolerance, changed, "iat")) return e;
    auto const aud = claims.aud();
    for (auto const audience : first.aud())
        if (auto e = rule(std::find(aud->begin(), aud->end(), audience) != aud->end(), changed, "aud")) return e;
    bool const both_have_auth_time = first.auth_time() && claims["auth_time"].has_value();
    if (auto e = rule(!both_have_auth_time || claims.date("auth_time") == first.auth_time(), changed, "auth_time")) return e;
    auto const nonce = claims["nonce"];
    bool const same_nonce = nonce.as_string() && first.nonce() && constant_time_equal(*nonce.as_string(), *first.nonce());
    if (auto e = rule(!nonce.has_value() || same_nonce, changed, "nonce")) return e; // that it is gone is as it should be
    return rule(claims.string("azp") == first.azp(), changed, "azp");
}

} // namespace detail

CALIMATIC_DECL result<id_token_rules> id_token_rules::start(
    std::string_view id_token, id_token_expectations const& expected, check_options const& options) {
    detail::rule_check rule{options};
    auto token = parse_compact_jws(id_token, options); // (1): five parts are refused before any of them is decoded
    if (!token) return token.error();
    bool const typed_jwt = !token->typ || detail::equal_ignoring_case(*token->typ, "JWT"); // RFC 7519 5.1
    if (auto e = rule(typed_jwt, error_code::id_token_typ, token->typ.value_or(std::string()), "JWT")) return *e;
    auto claims = parse_claims(*token, options);
    if (!claims) return claims.error();
    if (auto e = rule(!detail::is_logout_token(*claims), error_code::id_token_typ, "logout token", "ID Token")) return *e;

    if (auto e = detail::check_issuer_and_audience(*claims, expected, detail::id_token_codes, rule)) return *std::move(e); // (2), (3)
    if (auto const azp = (*claims)["azp"]; azp.has_value()) {
        auto const text = azp.as_string();
        if (auto e = rule(text.has_value(), error_code::claim_type_wrong, "azp", "a string")) return *e;
        if (auto e = rule(*text == expected.client_id, error_code::id_token_azp_mismatch, *text, expected.client_id)) return *e; // (4), (5)
    }

    auto const algorithm =
        detail::check_registered_algorithm(*token, expected.id_token_signed_response_alg, expected.client_secret, rule); // (7), (8)
    if (!algorithm) return algorithm.error();

    id_token_rules rules(expected, options);
    rules.token_ = std::move(*token);
    rules.claims_ = std::move(*claims);
    rules.algorithm_ = *algorithm;
    return rules;
}

CALIMATIC_DECL result<void> id_token_rules::handle_signature(bool verified, time_point now) {
    bool const in_order = step_ == step::signature;
    step_ = step::refused; // until every rule was kept
    if (!in_order) return error_code::flow_in_wrong_state;

    detail::rule_check rule{options_};
    if (auto e = rule(verified, error_code::jws_signature_invalid)) return *e; // (6)

    auto const sub = claims_.sub(); // OIDC Core 2: no rule of 3.1.3.7, so it comes before those that remain
    if (auto e = rule(sub.has_value(), error_code::id_token_sub_missing)) return *e;
    if (auto e = rule(detail::is_id_token_sub(*sub), error_code::id_token_sub_invalid)) return *e;

    if (auto e = detail::check_issued_token_times(claims_, *expected_, detail::id_token_codes, now, options_)) return *e; // (9), (10)
    if (!expected_->refreshed)
        if (auto e = detail::check_id_token_nonce(claims_["nonce"], expected_->nonce, options_)) return *e; // (11)
    if (auto const& wanted = expected_->acr_values; !wanted.empty()) {
        auto const acr = claims_.string("acr");
        bool const fits = acr && std::find(wanted.begin(), wanted.end(), *acr) != wanted.end();
        if (auto e = rule(fits, error_code::id_token_acr_mismatch, acr.value_or(std::string_view()), wanted.front())) return *e; // (12)
    }
    if (expected_->max_age && !expected_->refreshed)
        if (auto e = detail::check_id_token_auth_time(claims_["auth_time"], *expected_, now, options_)) return *e; // (13)
    if (expected_->refreshed)
        if (auto e = detail::check_id_token_refreshed(claims_, *expected_->refreshed, *expected_, options_)) return *e;

    step_ = step::at_hash;
    if (!expected_->access_token.empty() && claims_["at_hash"].has_value()) {
        if (auto e = rule(at_hash().has_value(), error_code::id_token_at_hash_mismatch)) { // not even the form of one
            step_ = step::refused;
            return *e;
        }
    }
    return {};
}

CALIMATIC_DECL std::optional<id_token_rules::hash_question> id_token_rules::at_hash() const {
    if (step_ != step::at_hash || expected_->access_token.empty()) return std::nullopt;
    auto const hash = traits_of(algorithm_).hash;
    auto prefix = detail::decode_at_hash(claims_["at_hash"], hash);
    if (!prefix) return std::nullopt;
    return hash_question{hash, expected_->access_token, std::move(*prefix)};
}

CALIMATIC_DECL result<id_token_claims> id_token_rules::finish(bool at_hash_fits) && {
    bool const in_order = step_ == step::at_hash;
    bool const asked = at_hash().has_value();
    step_ = step::refused; // the claims are handed out once
    if (!in_order) return error_code::flow_in_wrong_state;
    detail::rule_check rule{options_};
    if (asked || !at_hash_fits)
        if (auto e = rule(at_hash_fits, error_code::id_token_at_hash_mismatch)) return *e;
    return id_token_claims(std::move(claims_));
}

} // namespace calimatic::inline CALIMATIC_ABI
