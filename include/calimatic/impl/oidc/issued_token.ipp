#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jws.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// What a caller tolerates, as far as it makes a difference between the years 0 and 9999, where claims are: sums of the two then cannot overflow.
/// Less than nothing counts as nothing.
constexpr milliseconds bounded_tolerance(seconds tolerance) noexcept {
    return std::clamp(tolerance, seconds(0), seconds(std::int64_t{10'000} * 366 * 86'400));
}

/// ISO 8601, in whole seconds; times outside the years 0 to 9999 as the nearest one inside.
CALIMATIC_DECL std::string utc_text(time_point time) {
    using namespace std::chrono;
    constexpr time_point first = sys_days(year(0) / January / 1);
    constexpr time_point last = sys_days(year(9999) / December / 31) + hours(24) - milliseconds(1);
    auto const inside = std::clamp(time, first, last);
    auto const day = floor<days>(inside);
    year_month_day const date(day);
    auto const second_of_day = static_cast<unsigned>(floor<seconds>(inside - day).count());
    std::string text = "0000-00-00T00:00:00Z";
    auto const put = [&text](std::size_t end, std::size_t digits, unsigned value) {
        for (; digits > 0; --digits, value /= 10) text[--end] = static_cast<char>('0' + value % 10);
    };
    put(4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put(7, 2, static_cast<unsigned>(date.month()));
    put(10, 2, static_cast<unsigned>(date.day()));
    put(13, 2, second_of_day / 3600);
    put(16, 2, second_of_day / 60 % 60);
    put(19, 2, second_of_day % 60);
    return text;
}

/// A rule about a time. Both times are told, so that a person sees which of the two clocks is wrong.
class time_rule {
public:
    time_rule(check_options const& options, time_point now) noexcept : options_(&options), now_(now) {}

    /// `wanted` is where the time should be ("after" now), `age` how far before now it may be.
    std::optional<error> operator()(
        bool kept, error_code code, std::string_view claim, time_point time, std::string_view wanted, std::optional<seconds> age = {}) const {
        if (kept && !options_->trace) return std::nullopt; // the texts are for those who read them
        auto expected = std::string(wanted);
        if (age) expected += ' ' + std::to_string(age->count()) + " s before";
        rule_check rule{*options_};
        return rule(kept, code, std::string(claim) + ' ' + utc_text(time), expected + " now, which is " + utc_text(now_));
    }

private:
    check_options const* options_;
    time_point now_;
};

/// The rules that ID Tokens and logout tokens have in common (Back-Channel Logout 2.6 (3) and (4)), by the names that each has for them.
struct issued_token_codes {
    error_code iss_missing, iss_mismatch, aud_missing, aud_mismatch, aud_untrusted, exp_missing, expired, nbf_future, iat_missing, iat_future,
        iat_old;
};

/// The one algorithm that is registered, and the secret that it may need.
inline result<signature_algorithm> check_registered_algorithm(
    compact_jws const& token, std::string_view registered, std::string_view client_secret, rule_check const& rule) {
    auto const algorithm = parse_algorithm(registered);
    if (auto e = rule(algorithm.has_value(), error_code::jws_alg_unknown, registered)) return *std::move(e);
    if (auto e = rule(token.alg == registered, error_code::jws_alg_not_allowed, token.alg, registered)) return *std::move(e);
    if (auto e = check_mac_secret(client_secret, *algorithm, rule)) return *std::move(e);
    return *algorithm;
}

/// What the caller did not say equals nothing: an empty issuer or client_id must not fit an empty claim.
template <class Expected>
std::optional<error> check_issuer_and_audience(
    claims const& claims, Expected const& expected, issued_token_codes const& codes, rule_check const& rule) {
    auto const iss = claims.iss();
    if (auto e = rule(iss.has_value(), codes.iss_missing)) return e;
    if (auto e = rule(!iss->empty() && *iss == expected.issuer, codes.iss_mismatch, *iss, expected.issuer)) return e;

    auto const aud = claims.aud();
    if (auto e = rule(aud.has_value(), codes.aud_missing)) return e;
    bool const for_us = !expected.client_id.empty() && std::find(aud->begin(), aud->end(), expected.client_id) != aud->end();
    auto const first_audience = aud->empty() ? std::string_view() : aud->front();
    if (auto e = rule(for_us, codes.aud_mismatch, first_audience, expected.client_id)) return e;
    auto const& trusted = expected.trusted_audiences;
    for (auto const audience : *aud) {
        bool const known = audience == expected.client_id || std::find(trusted.begin(), trusted.end(), audience) != trusted.end();
        if (auto e = rule(known, codes.aud_untrusted, audience)) return e;
    }
    return std::nullopt;
}

/// No sum has `now` in it: it may be anything.
template <class Expected>
std::optional<error> check_issued_token_times(
    claims const& claims, Expected const& expected, issued_token_codes const& codes, time_point now, check_options const& options) {
    rule_check rule{options};
    time_rule timely{options, now};
    auto const exp_tolerance = bounded_tolerance(expected.exp_tolerance);
    auto const iat_tolerance = bounded_tolerance(expected.iat_tolerance);

    auto const exp = claims.exp();
    if (auto e = rule(exp.has_value(), codes.exp_missing)) return e;
    if (auto e = timely(now < *exp + exp_tolerance, codes.expired, "exp", *exp, "after")) return e;
    if (auto const nbf = claims.nbf())
        if (auto e = timely(*nbf - exp_tolerance <= now, codes.nbf_future, "nbf", *nbf, "not after")) return e;

    auto const iat = claims.iat();
    if (auto e = rule(iat.has_value(), codes.iat_missing)) return e;
    if (auto e = timely(*iat - iat_tolerance <= now, codes.iat_future, "iat", *iat, "not after")) return e;
    auto const max_age = bounded_tolerance(expected.iat_max_age);
    return timely(now <= *iat + max_age + iat_tolerance, codes.iat_old, "iat", *iat, "at most", expected.iat_max_age);
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
