#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// How many characters a member of a request may have.
struct member_length {
    std::size_t least;
    std::size_t most;
};

/// Checks a member before it is sent. Characters are Unicode's: nothing is refused that the platform might count otherwise. The error names the member
/// and not its value, which may be a secret or personal.
inline std::optional<error> check_member(rule_check const& rule, std::string_view name, std::string_view value, member_length length) {
    auto const characters =
        static_cast<std::size_t>(std::count_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    bool const fits = characters >= length.least && characters <= length.most && is_utf8(value) && value.find('\0') == std::string_view::npos;
    return rule(fits, error_code::platform_member_invalid, name,
        std::to_string(length.least) + " to " + std::to_string(length.most) + " characters of UTF-8");
}

/// A string that a reply may have: "" where it is absent or null; nothing where it is anything else.
inline std::optional<std::string> read_optional_string(json value) {
    if (!value.has_value()) return std::string();
    auto const text = value.as_string();
    if (!text) return std::nullopt;
    return std::string(*text);
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
