#pragma once
#include <calimatic/oidc/userinfo_rules.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/oidc/id_token_rules.ipp>
#include <calimatic/impl/oidc/userinfo.ipp>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// RFC 8725 3.11 and 3.12: UserInfo has no registered type, so it is told from the other tokens of its issuer by what those have.
CALIMATIC_DECL std::optional<error> check_userinfo_type(compact_jws const& token, claims const& claims, check_options const& options) {
    rule_check rule{options};
    constexpr auto typ = error_code::userinfo_typ;
    if (auto e = rule(!token.typ || equal_ignoring_case(*token.typ, "JWT"), typ, token.typ.value_or(std::string()), "JWT")) return e;
    for (std::string_view name : {"nonce", "at_hash", "c_hash", "s_hash"})
        if (auto e = rule(!claims[name].has_value(), typ, name)) return e;
    return rule(!is_logout_token(claims), typ, "logout token");
}

} // namespace detail

CALIMATIC_DECL result<userinfo_rules> userinfo_rules::start(
    http_response const& response, userinfo_expectations const& expected, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = detail::check_userinfo_answer(response, options)) return *std::move(e);
    auto const type = detail::media_type(response);
    if (auto e = rule(type == "application/jwt", error_code::userinfo_content_type, type, "application/jwt")) return *std::move(e);

    auto token = parse_compact_jws(response.body, options);
    if (!token) return token.error();
    auto claims = parse_claims(*token, options);
    if (!claims) return claims.error();
    if (auto e = detail::check_userinfo_type(*token, *claims, options)) return *std::move(e);

    // 5.3.2 has it that they should be there; without them nothing tells whose answer this is. What was not expected equals nothing.
    auto const iss = claims->iss().value_or(std::string_view());
    if (auto e = rule(!iss.empty() && iss == expected.issuer, error_code::userinfo_iss_mismatch, iss, expected.issuer)) return *std::move(e);
    auto const aud = claims->aud().value_or(std::vector<std::string_view>());
    bool const for_us = !expected.client_id.empty() && std::find(aud.begin(), aud.end(), expected.client_id) != aud.end();
    auto const first_audience = aud.empty() ? std::string_view() : aud.front();
    if (auto e = rule(for_us, error_code::userinfo_aud_mismatch, first_audience, expected.client_id)) return *std::move(e);

    auto const algorithm = detail::check_registered_algorithm(*token, expected.userinfo_signed_response_alg, expected.client_secret, rule);
    if (!algorithm) return algorithm.error();

    userinfo_rules rules(expected, options);
    rules.token_ = std::move(*token);
    rules.claims_ = std::move(*claims);
    rules.algorithm_ = *algorithm;
    return rules;
}

CALIMATIC_DECL result<userinfo> userinfo_rules::finish(bool verified, time_point now) && {
    detail::rule_check rule{options_};
    if (auto e = rule(verified, error_code::jws_signature_invalid)) return *std::move(e);

    // RFC 7519 4.1.4 and 4.1.5: not needed, but kept where they are there
    detail::time_rule timely{options_, now};
    auto const tolerance = detail::bounded_tolerance(expected_->exp_tolerance);
    if (auto const exp = claims_.exp())
        if (auto e = timely(now < *exp + tolerance, error_code::userinfo_expired, "exp", *exp, "after")) return *std::move(e);
    if (auto const nbf = claims_.nbf())
        if (auto e = timely(*nbf - tolerance <= now, error_code::userinfo_nbf_future, "nbf", *nbf, "not after")) return *std::move(e);

    if (auto e = detail::check_userinfo_sub(claims_["sub"], expected_->sub, rule)) return *std::move(e);
    return userinfo(std::move(claims_).document());
}

} // namespace calimatic::inline CALIMATIC_ABI
