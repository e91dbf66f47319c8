#pragma once
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/oauth/token.hpp>
#include <calimatic/platform/headless/headless_tokens.hpp>
#include <optional>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// What the headless API gave, as what a token endpoint would have given. The platform tells when the access token expires by its own clock: that is
/// turned into a time of this device's by the `Date` of the very answer, or else by what was learned earlier. Where nothing tells the platform's time,
/// and the token would be over by this device's, nobody knows when it ends.
inline token_set to_token_set(headless_tokens given, http_response const& response, clock_offset const& clock, time_point now) {
    token_set tokens;
    if (given.expires_at) {
        auto const field = find_header(response.headers, "Age") ? std::nullopt : find_header(response.headers, "Date");
        auto const date = field ? parse_http_date(trim(*field)) : std::nullopt;
        auto const lifetime = *given.expires_at - date.value_or(clock.correct(now));
        bool const is_told = date || !given.id_token.empty(); // whose `iat` tells it
        if (is_told || lifetime > milliseconds{0}) tokens.expires_at = bounded_time(now + lifetime);
    }
    tokens.access_token = std::move(given.access_token);
    tokens.token_type = "Bearer";
    tokens.received_at = now;
    tokens.refresh_token = std::move(given.refresh_token);
    tokens.id_token = std::move(given.id_token);
    return tokens;
}

/// The same once an ID Token that came with them was validated: where no `Date` told the platform's time, its `iat` does, unless that is but the time
/// that the answer took.
inline void correct_expiry(token_set& tokens, clock_offset const& clock, bool dated, time_point iat) {
    constexpr seconds longest_answer{5};
    auto const ahead = clock.correct(tokens.received_at) - iat;
    if (!tokens.expires_at || dated || (ahead >= milliseconds{0} && ahead <= longest_answer)) return;
    tokens.expires_at = bounded_time(*tokens.expires_at + ahead);
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
