#pragma once
#include <calimatic/detail/config.hpp>
#include <algorithm>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

// Unlike those of <cctype>, these know no locale and take any byte.

constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool is_ascii_alphanumeric(char c) noexcept { return is_ascii_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = ascii_lower(c);
    return lower;
}

/// For names that a specification compares without regard to case: of header fields, schemes, token types, media types.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

/// Without the spaces and tabs around it (RFC 9110 5.6.3).
constexpr std::string_view trim(std::string_view text) noexcept {
    constexpr auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
