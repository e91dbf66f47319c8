#pragma once
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// When this version was released. A device whose clock is before it has none.
inline constexpr time_point library_release = std::chrono::sys_days(std::chrono::year(2026) / std::chrono::November / 1);

constexpr milliseconds absolute_difference(milliseconds difference) noexcept { return difference < milliseconds{0} ? -difference : difference; }

/// An offset of more than the bound was learned by a clock that was none. It must not outlive the moment when the host's clock is set.
constexpr bool offset_applies(milliseconds offset, time_point now) noexcept {
    return absolute_difference(offset) <= clock_offset::max_clock_offset || now < library_release;
}

} // namespace detail

CALIMATIC_DECL time_point clock_offset::correct(time_point now) const noexcept {
    now = detail::bounded_time(now);
    return offset_ && detail::offset_applies(*offset_, now) ? now + *offset_ : now;
}

CALIMATIC_DECL clock_offset::clock_offset(milliseconds offset) noexcept {
    constexpr milliseconds ages = detail::bounded_time((time_point::max)()) - detail::bounded_time((time_point::min)());
    offset_ = (std::clamp)(offset, -ages, ages);
}

CALIMATIC_DECL bool clock_offset::learn(http_response const& response, time_point sent_at, time_point received_at) noexcept {
    if (find_header(response.headers, "Age")) return false; // a cache's answer has the date of its storing
    auto const field = find_header(response.headers, "Date");
    auto const date = field ? parse_http_date(detail::trim(*field)) : std::nullopt;
    return date && learn(*date, sent_at, received_at);
}

CALIMATIC_DECL bool clock_offset::learn(time_point issuer_time, time_point sent_at, time_point received_at) noexcept {
    constexpr milliseconds longest_round_trip{60'000};
    constexpr milliseconds resolution{2'000}; // whole seconds
    issuer_time = detail::bounded_time(issuer_time);
    sent_at = detail::bounded_time(sent_at);
    received_at = detail::bounded_time(received_at);
    auto const round_trip = received_at - sent_at;
    if (round_trip < milliseconds{0} || round_trip > longest_round_trip) return false;

    auto const before = offset_;
    if (offset_ && !detail::offset_applies(*offset_, received_at)) offset_.reset();
    auto const difference = issuer_time - (sent_at + round_trip / 2);
    auto const noise = resolution + round_trip / 2;
    auto const move = offset_ ? detail::absolute_difference(difference - *offset_) : milliseconds{0};
    if (!detail::offset_applies(difference, received_at) || move > max_clock_offset) {
        // Refused. A kiosk's clock is wrong by minutes, hours or altogether; what is wrong by days may as well be the server's.
    } else if (detail::absolute_difference(difference) < noise) {
        offset_ = milliseconds{0};
    } else if (!offset_ || move >= noise) {
        offset_ = difference;
    }
    return before.value_or(milliseconds{0}) != offset_.value_or(milliseconds{0});
}

CALIMATIC_DECL std::string clock_offset::describe() const {
    struct unit {
        std::int64_t length; // in milliseconds
        std::int64_t count;  // how many make the next unit
        std::string_view name;
    };
    static constexpr std::int64_t day = 24 * 3600 * std::int64_t{1000};
    static constexpr unit units[] = {
        {1000, 60, "second"}, {60'000, 60, "minute"}, {3'600'000, 24, "hour"}, {day, 365, "day"}, {day / 4 * 1461, 0, "year"}};
    auto const offset = offset_.value_or(milliseconds{0});
    if (offset == milliseconds{0}) return {};
    auto const size = detail::absolute_difference(offset).count();
    for (auto const& [length, count, name] : units) {
        auto const rounded = (size + length / 2) / length;
        if (count != 0 && rounded >= count) continue;
        std::string words = "this device's clock is " + std::to_string(rounded) + ' ';
        words += name;
        if (rounded != 1) words += 's';
        words += offset > milliseconds{0} ? " slow" : " fast";
        return words;
    }
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
