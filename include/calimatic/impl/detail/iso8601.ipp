#pragma once
#include <calimatic/detail/iso8601.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <chrono>
#include <cstddef>

namespace calimatic::inline CALIMATIC_ABI::detail {

CALIMATIC_DECL std::optional<time_point> parse_iso8601(std::string_view text) noexcept {
    constexpr std::size_t longest = 64; // only the fraction has no length of its own
    if (text.size() > longest) return std::nullopt;
    bool ok = true;
    auto const number = [&](std::size_t digits) {
        int value = 0;
        for (; digits > 0; --digits) {
            ok = ok && !text.empty() && is_ascii_digit(text.front());
            if (!ok) return 0;
            value = 10 * value + (text.front() - '0');
            text.remove_prefix(1);
        }
        return value;
    };
    auto const letter = [&](char wanted) {
        ok = ok && !text.empty() && ascii_lower(text.front()) == wanted; // 5.6: the T and the Z may be in lower case
        if (ok) text.remove_prefix(1);
    };

    auto const year = number(4);
    letter('-');
    auto const month = number(2);
    letter('-');
    auto const day = number(2);
    letter('t');
    auto const hour = number(2);
    letter(':');
    auto const minute = number(2);
    letter(':');
    auto const second = number(2);
    milliseconds fraction{0};
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = milliseconds{100 * number(1)};
        for (int unit = 10; ok && !text.empty() && is_ascii_digit(text.front()); unit /= 10) fraction += milliseconds{unit * number(1)};
    }
    std::chrono::minutes offset{0};
    if (text.starts_with('+') || text.starts_with('-')) {
        int const sign = text.front() == '-' ? -1 : 1;
        text.remove_prefix(1);
        auto const hours = number(2);
        letter(':');
        auto const minutes = number(2);
        ok = ok && hours <= 23 && minutes <= 59;
        offset = sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
    } else {
        letter('z');
    }

    std::chrono::year_month_day const date{
        std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)}, std::chrono::day{static_cast<unsigned>(day)}};
    bool const in_range = year >= 1 && date.ok() && hour <= 23 && minute <= 59 && second <= 60; // 60 is a leap second (5.7)
    if (!ok || !text.empty() || !in_range) return std::nullopt;
    // From milliseconds on, because the minutes of year 9999 do not fit in the 32 bits that they may have.
    time_point const time =
        time_point(std::chrono::sys_days(date)) + std::chrono::hours{hour} + std::chrono::minutes{minute} + seconds{second} + fraction - offset;
    return time == bounded_time(time) ? std::optional(time) : std::nullopt;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
