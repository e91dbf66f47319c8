#pragma once
#include <calimatic/detail/printable.hpp>

namespace calimatic::inline CALIMATIC_ABI::detail {

CALIMATIC_DECL std::string printable(std::string_view text, std::size_t max_size) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        bool const plain = byte >= 0x20 && byte <= 0x7e;
        if (out.size() + (plain ? 1 : 4) > max_size) break;
        if (plain) {
            out += c;
        } else {
            out += "\\x";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
