#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Takes the next word off a list that is separated by spaces (RFC 6749 3.3); "" once there is none.
inline std::string_view next_word(std::string_view& list) noexcept {
    auto const begin = list.find_first_not_of(' ');
    list.remove_prefix(begin == std::string_view::npos ? list.size() : begin);
    auto const word = list.substr(0, list.find(' '));
    list.remove_prefix(word.size());
    return word;
}

/// Whether the list has that word.
inline bool has_word(std::string_view list, std::string_view word) noexcept {
    for (auto next = next_word(list); !next.empty(); next = next_word(list))
        if (next == word) return true;
    return false;
}

/// The scopes, each once, in their order, with one space in between; nothing where a character must not be in a scope (RFC 6749 3.3).
inline std::optional<std::string> normalize_scope(std::string_view scope) {
    std::string normalized;
    normalized.reserve(scope.size());
    for (auto word = next_word(scope); !word.empty(); word = next_word(scope)) {
        for (char const c : word)
            if (c < 0x21 || c > 0x7e || c == '"' || c == '\\') return std::nullopt;
        if (has_word(normalized, word)) continue;
        if (!normalized.empty()) normalized += ' ';
        normalized += word;
    }
    return normalized;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
