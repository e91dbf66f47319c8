#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/config.hpp>
#include <algorithm>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// RFC 9110 5.6.2.
constexpr bool is_tchar(char c) noexcept { return is_ascii_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos; }

/// What an access token may be made of, so that it can be in a header and cannot end one: visible ASCII (RFC 6749 A.12 without the space).
constexpr bool is_sendable(std::string_view token) noexcept {
    return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
}

/// Takes every field of that name off a request, and wipes its value.
inline void remove_header(http_request& request, std::string_view name) {
    for (auto header = request.headers.begin(); header != request.headers.end();) {
        if (!equal_ignoring_case(header->name, name)) {
            ++header;
            continue;
        }
        wipe(header->value);
        header = request.headers.erase(header);
    }
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
