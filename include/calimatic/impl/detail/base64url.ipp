#pragma once
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/base64url.hpp>
#include <cstdint>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The digits in the order of RFC 4648 table 1, with the given last two; padded or not.
CALIMATIC_DECL std::string encode_base64(std::string_view bytes, char digit_62, char digit_63, bool pad) {
    static constexpr char alphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    auto const digit = [&](std::uint32_t value) { return value < 62 ? alphanumeric[value] : value == 62 ? digit_62 : digit_63; };
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4); // at once: what is encoded may be secret
    for (; !bytes.empty(); bytes.remove_prefix(bytes.size() < 3 ? bytes.size() : 3)) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
        text += digit(group >> 18);
        text += digit(group >> 12 & 63);
        if (bytes.size() > 1) text += digit(group >> 6 & 63);
        else if (pad) text += '=';
        if (bytes.size() > 2) text += digit(group & 63);
        else if (pad) text += '=';
    }
    return text;
}

/// 0 to 63, or 255 for what is no digit of base64url.
constexpr std::uint8_t base64url_value(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint8_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint8_t>(c - 'a' + 26);
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0' + 52);
    return c == '-' ? 62 : c == '_' ? 63 : 255;
}

struct base64url_table {
    std::uint8_t values[256];
    constexpr base64url_table() noexcept : values{} {
        for (unsigned i = 0; i < 256; ++i) values[i] = base64url_value(static_cast<char>(i));
    }
};

CALIMATIC_DECL std::string base64url_encode(std::string_view bytes) { return encode_base64(bytes, '-', '_', false); }

CALIMATIC_DECL std::string base64_encode(std::string_view bytes) { return encode_base64(bytes, '+', '/', true); }

CALIMATIC_DECL std::optional<std::string> base64url_decode(std::string_view text) {
    static constexpr base64url_table table;
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes(text.size() / 4 * 3 + (text.size() % 4 == 0 ? 0 : text.size() % 4 - 1), '\0');
    std::size_t written = 0;
    std::uint32_t group = 0;
    std::uint32_t invalid = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const value = table.values[static_cast<unsigned char>(text[i])];
        invalid |= value & 0x80U;
        group = group << 6 | value;
        if (i % 4 == 3) {
            bytes[written++] = static_cast<char>(group >> 16 & 255);
            bytes[written++] = static_cast<char>(group >> 8 & 255);
            bytes[written++] = static_cast<char>(group & 255);
            group = 0;
        }
    }
    // Bits that no byte uses must be zero, or one signature would have several spellings.
    if (text.size() % 4 == 2) {
        invalid |= group & 15;
        bytes[written++] = static_cast<char>(group >> 4 & 255);
    } else if (text.size() % 4 == 3) {
        invalid |= group & 3;
        bytes[written++] = static_cast<char>(group >> 10 & 255);
        bytes[written++] = static_cast<char>(group >> 2 & 255);
    }
    if (invalid != 0) {
        wipe(bytes);
        return std::nullopt;
    }
    return bytes;
}

CALIMATIC_DECL std::optional<std::string> base64_decode(std::string_view text) {
    bool const whole_groups = text.size() % 4 == 0;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    if (!whole_groups || text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
    std::string url_text(text);
    for (char& c : url_text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    auto bytes = base64url_decode(url_text);
    wipe(url_text);
    return bytes;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
