// The functions about time: how long to wait, when to refresh, and how far this device's clock is off. Times are UNIX times in milliseconds.

#include "calls.hpp"
#include "values.hpp"
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/flow/refresh_schedule.hpp>

namespace bridge {
namespace {

// clang-format off
constexpr function table[]{
    // {response} -> seconds, or null
    {"retry_after", [](arguments& given, call const&) -> reply {
        auto const wait = cal::retry_after(read_response_of(given, {}));
        return wait ? number_value(wait->count()) : done();
    }},
    // {text} -> milliseconds, or null
    {"parse_http_date", [](arguments& given, call const&) { return time_value(cal::parse_http_date(given.required_text("text"))); }},
    // {received_at, expires_at?, jitter_seed?, timing?: {early?, jitter?}} -> milliseconds, or null
    {"refresh_schedule", [](arguments& given, call const&) {
        cal::refresh_timing timing;
        read_timing(given, timing);
        auto const received_at = given.required_time("received_at");
        auto const expires_at = given.time("expires_at");
        auto const seed = given.number("jitter_seed").value_or(0);
        return time_value(cal::refresh_schedule(received_at, expires_at, static_cast<std::uint64_t>(seed), timing));
    }},
    // {clock?: what was learned before, response or iat (milliseconds), sent_at, received_at} -> {learned?, description}
    {"clock_offset.learn", [](arguments& given, call const&) -> reply {
        auto clock = read_clock(given, "clock");
        auto const iat = given.time("iat");
        auto const sent_at = given.required_time("sent_at"), received_at = given.required_time("received_at");
        if (iat) clock.learn(*iat, sent_at, received_at);
        else clock.learn(read_response_of(given, {}), sent_at, received_at);
        return value(to_json(clock));
    }},
    // {clock} -> the issuer's time at the time of the call
    {"clock_offset.correct", [](arguments& given, call const& call) { return time_value(read_clock(given, "clock").correct(call.now)); }},
    // {clock} -> text; "" where nothing of note was learned
    {"clock_offset.describe", [](arguments& given, call const&) { return text_value(read_clock(given, "clock").describe()); }},
};
// clang-format on

} // namespace

functions time_functions() { return table; }

} // namespace bridge
