#pragma once
#include <calimatic/core/json.hpp>
#include <algorithm>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Whether the text leads to a member (RFC 6901 3): "/data/user/id".
inline bool is_json_pointer(std::string_view pointer) noexcept {
    if (!pointer.starts_with('/')) return false;
    for (auto tilde = pointer.find('~'); tilde != std::string_view::npos; tilde = pointer.find('~', tilde + 1))
        if (tilde + 1 == pointer.size() || (pointer[tilde + 1] != '0' && pointer[tilde + 1] != '1')) return false;
    return true;
}

/// The member of a member that a pointer leads to, or `absent`. Elements of arrays are not reached.
inline json member_at(json value, std::string_view pointer) {
    while (pointer.starts_with('/')) {
        pointer.remove_prefix(1);
        auto const end = (std::min)(pointer.find('/'), pointer.size());
        std::string name(pointer.substr(0, end));
        pointer.remove_prefix(end);
        for (auto at = name.find("~1"); at != std::string::npos; at = name.find("~1", at + 1)) name.replace(at, 2, "/");
        for (auto at = name.find("~0"); at != std::string::npos; at = name.find("~0", at + 1)) name.replace(at, 2, "~");
        value = value[std::string_view(name)];
    }
    return value;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
