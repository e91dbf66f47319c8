#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/ascii.hpp>
#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL std::string_view to_string(http_method method) noexcept {
    switch (method) {
    case http_method::get: return "GET";
    case http_method::post: return "POST";
    case http_method::put: return "PUT";
    case http_method::patch: return "PATCH";
    case http_method::delete_: return "DELETE";
    }
    return "GET";
}

namespace detail {

CALIMATIC_DECL void wipe_request(http_request& request) noexcept {
    wipe(request.url);
    for (auto& header : request.headers) wipe(header.value);
    wipe(request.body);
}

/// Reads a date from left to right; what does not fit makes all that follows fail.
struct http_date_reader {
    std::string_view rest;
    bool ok = true;

    constexpr void literal(std::string_view text) noexcept {
        if (!ok || !rest.starts_with(text)) {
            ok = false;
            return;
        }
        rest.remove_prefix(text.size());
    }

    constexpr int number(std::size_t digits) noexcept {
        if (!ok || rest.size() < digits || !std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(digits), is_ascii_digit)) {
            ok = false;
            return 0;
        }
        int value = 0;
        for (char const c : rest.substr(0, digits)) value = 10 * value + (c - '0');
        rest.remove_prefix(digits);
        return value;
    }

    /// The position of the name that comes next.
    constexpr unsigned name(std::span<std::string_view const> names) noexcept {
        for (unsigned i = 0; ok && i < names.size(); ++i) {
            if (!rest.starts_with(names[i])) continue;
            rest.remove_prefix(names[i].size());
            return i;
        }
        ok = false;
        return 0;
    }
};

} // namespace detail

CALIMATIC_DECL http_request& http_request::operator=(http_request&& other) noexcept {
    if (this == &other) return *this;
    detail::wipe_request(*this);
    id = other.id;
    method = other.method;
    url = std::move(other.url);
    headers = std::move(other.headers);
    body = std::move(other.body);
    timeout = other.timeout;
    max_response_body = other.max_response_body;
    return *this;
}

CALIMATIC_DECL http_request::~http_request() { detail::wipe_request(*this); }

CALIMATIC_DECL error to_error(transport_failure failure) noexcept {
    switch (failure) {
    case transport_failure::not_sent: return error_code::transport_not_sent;
    case transport_failure::no_answer: return error_code::transport_no_answer;
    case transport_failure::too_large: return error_code::transport_too_large;
    case transport_failure::cancelled: return error_code::transport_cancelled;
    }
    return error_code::transport_no_answer; // of a value that is none of these, only the worst may be assumed
}

CALIMATIC_DECL std::optional<std::string_view> find_header(std::vector<http_header> const& headers, std::string_view name) noexcept {
    for (auto const& header : headers)
        if (detail::equal_ignoring_case(header.name, name)) return std::string_view(header.value);
    return std::nullopt;
}

CALIMATIC_DECL std::optional<seconds> retry_after(http_response const& response) noexcept {
    constexpr seconds day{24 * 3600};
    auto const field = find_header(response.headers, "Retry-After");
    if (!field) return std::nullopt;
    auto const value = detail::trim(*field);
    if (!value.empty() && std::all_of(value.begin(), value.end(), detail::is_ascii_digit)) {
        seconds wait{0};
        for (char const c : value) wait = (std::min)(day, 10 * wait + seconds{c - '0'}); // never more than a day, so it cannot overflow
        return wait;
    }
    auto const until = parse_http_date(value);
    auto const date = find_header(response.headers, "Date");
    auto const from = date ? parse_http_date(detail::trim(*date)) : std::nullopt;
    if (!until || !from) return std::nullopt;
    return std::clamp(std::chrono::duration_cast<seconds>(*until - *from), seconds{0}, day);
}

CALIMATIC_DECL std::optional<time_point> parse_http_date(std::string_view text) noexcept {
    // Names and "GMT" are case-sensitive (RFC 9110 5.6.7). Whether the day of the week is that of the date is not looked at.
    static constexpr std::string_view days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static constexpr std::string_view long_days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // A year of two digits that seems to be more than 50 years away belongs to the past. There is no clock here: the year of this release stands in.
    static constexpr int release_year = 2026;

    detail::http_date_reader in{text};
    int year = 0;
    int day = 0;
    unsigned month = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    auto const time_of_day = [&] {
        hour = in.number(2);
        in.literal(":");
        minute = in.number(2);
        in.literal(":");
        second = in.number(2);
    };
    auto const comma = text.find(',');
    if (comma == 3) { // Sun, 06 Nov 1994 08:49:37 GMT
        in.name(days);
        in.literal(", ");
        day = in.number(2);
        in.literal(" ");
        month = in.name(months) + 1;
        in.literal(" ");
        year = in.number(4);
        in.literal(" ");
        time_of_day();
        in.literal(" GMT");
    } else if (comma != std::string_view::npos) { // Sunday, 06-Nov-94 08:49:37 GMT
        in.name(long_days);
        in.literal(", ");
        day = in.number(2);
        in.literal("-");
        month = in.name(months) + 1;
        in.literal("-");
        year = 2000 + in.number(2);
        if (year > release_year + 50) year -= 100;
        in.literal(" ");
        time_of_day();
        in.literal(" GMT");
    } else { // Sun Nov  6 08:49:37 1994
        in.name(days);
        in.literal(" ");
        month = in.name(months) + 1;
        in.literal(" ");
        if (in.rest.starts_with(' ')) {
            in.literal(" ");
            day = in.number(1);
        } else {
            day = in.number(2);
        }
        in.literal(" ");
        time_of_day();
        in.literal(" ");
        year = in.number(4);
    }
    if (!in.ok || !in.rest.empty() || hour > 23 || minute > 59 || second > 60) return std::nullopt; // 60 is a leap second
    std::chrono::year_month_day const date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    // From milliseconds on, because the minutes of year 9999 do not fit in the 32 bits that they may have.
    return time_point(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
}

} // namespace calimatic::inline CALIMATIC_ABI
