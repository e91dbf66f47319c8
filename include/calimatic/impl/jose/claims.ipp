#pragma once
#include <calimatic/jose/claims.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr std::int64_t first_numeric_date = -62167219200; // 0000-01-01T00:00:00Z
inline constexpr std::int64_t last_numeric_date = 253402300799;  // 9999-12-31T23:59:59Z

inline bool is_audience(json aud) noexcept {
    if (aud.kind() == json_kind::string) return true;
    if (aud.kind() != json_kind::array) return false;
    for (std::size_t i = 0; i < aud.size(); ++i)
        if (aud[i].kind() != json_kind::string) return false;
    return true;
}

/// RFC 7519 5.2 and RFC 7515 4.1.10: a media type, compared without regard to case, its "application/" left out or not.
constexpr bool is_cty_jwt(std::string_view cty) noexcept { return equal_ignoring_case(cty, "JWT") || equal_ignoring_case(cty, "application/jwt"); }

} // namespace detail

CALIMATIC_DECL std::optional<std::vector<std::string_view>> claims::aud() const {
    auto const value = (*this)["aud"];
    if (auto one = value.as_string()) return std::vector<std::string_view>{*one};
    if (value.kind() != json_kind::array) return std::nullopt;
    std::vector<std::string_view> all;
    all.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i)
        if (auto one = value[i].as_string()) all.push_back(*one); // parse_claims has seen that each is a string
    return all;
}

CALIMATIC_DECL std::optional<time_point> claims::date(std::string_view name) const noexcept { return as_numeric_date((*this)[name]); }

CALIMATIC_DECL std::optional<time_point> as_numeric_date(json value) noexcept {
    if (auto whole = value.as_int64()) {
        if (*whole < detail::first_numeric_date || *whole > detail::last_numeric_date) return std::nullopt;
        return time_point(seconds(*whole));
    }
    auto const number = value.as_double();
    // written so that NaN is out of range too
    if (!number || !(*number >= double(detail::first_numeric_date) && *number < double(detail::last_numeric_date + 1))) return std::nullopt;
    return time_point(milliseconds(static_cast<std::int64_t>(std::floor(*number * 1000))));
}

CALIMATIC_DECL result<claims> parse_claims(std::string_view payload, check_options const& options) {
    detail::rule_check rule{options};
    auto document = parse_json(payload, options.limits.token, options);
    if (!document) return document.error();
    claims set;
    set.document_ = std::move(*document);
    if (auto e = rule(set.root().kind() == json_kind::object, error_code::jwt_claims_malformed)) return *e;
    for (std::string_view name : {"iss", "sub", "jti"})
        if (auto e = rule(!set[name].has_value() || set[name].kind() == json_kind::string, error_code::claim_type_wrong, name, "a string")) return *e;
    if (auto e =
            rule(!set["aud"].has_value() || detail::is_audience(set["aud"]), error_code::claim_type_wrong, "aud", "a string or an array of strings"))
        return *e;
    for (std::string_view name : {"exp", "nbf", "iat"}) {
        if (!set[name].has_value()) continue;
        if (auto e = rule(set[name].kind() == json_kind::number, error_code::claim_type_wrong, name, "a number")) return *e;
        if (auto e = rule(set.date(name).has_value(), error_code::claim_out_of_range, name, "a time between the years 0 and 9999")) return *e;
    }
    return set;
}

CALIMATIC_DECL result<claims> parse_claims(compact_jws const& token, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = rule(!token.cty || !detail::is_cty_jwt(*token.cty), error_code::jwt_nested)) return *e;
    return parse_claims(token.payload, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
