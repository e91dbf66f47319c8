#pragma once
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <optional>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

constexpr bool is_form_plain(char c) noexcept { return is_ascii_alphanumeric(c) || c == '*' || c == '-' || c == '.' || c == '_'; }

/// 0 to 15, or -1.
constexpr int hexadecimal_value(char c) noexcept {
    if (is_ascii_digit(c)) return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// The text without its escapes; nothing if one is incomplete, or if the result is not UTF-8 or has a NUL.
CALIMATIC_DECL std::optional<std::string> decode_form(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (text.size() - i < 3) return std::nullopt;
            int const high = hexadecimal_value(text[i + 1]);
            int const low = hexadecimal_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') return std::nullopt;
        out += c;
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

CALIMATIC_DECL std::string form_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::size_t size = 0;
    for (char const c : text) size += is_form_plain(c) || c == ' ' ? 1 : 3;
    std::string out;
    out.reserve(size); // at once: the text may be secret
    for (char const c : text) {
        if (is_form_plain(c)) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

CALIMATIC_DECL void append_form(std::string& form, std::string_view name, std::string_view value) {
    if (!form.empty()) append_secret(form, "&");
    append_secret(form, form_encode(name));
    append_secret(form, "=");
    auto encoded = form_encode(value);
    append_secret(form, encoded);
    wipe(encoded);
}

CALIMATIC_DECL result<std::vector<form_parameter>> parse_form(std::string_view form, check_options const& options) {
    rule_check const rule{options};
    std::vector<form_parameter> parameters;
    while (!form.empty()) {
        auto const piece = form.substr(0, form.find('&'));
        form.remove_prefix((std::min)(piece.size() + 1, form.size()));
        if (piece.empty()) continue; // "a=1&&b=2" (WHATWG URL 5.1)
        if (auto e = rule(parameters.size() < options.limits.parameters, error_code::too_many_parameters)) return *std::move(e);
        auto const equals = piece.find('=');
        auto name = decode_form(piece.substr(0, equals));
        auto value = decode_form(equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1));
        // Which one is told by its number: name and value may both be secret.
        auto const which = name && value ? std::string() : "parameter " + std::to_string(parameters.size() + 1);
        if (auto e = rule(name && value, error_code::form_malformed, which)) return *std::move(e);
        parameters.push_back({*std::move(name), *std::move(value)});
    }
    return parameters;
}

CALIMATIC_DECL std::size_t utf8_sequence(std::string_view bytes) noexcept {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.empty()) return 0;
    auto const first = byte(0);
    if (first < 0x80) return 1;
    // The second byte's range depends on the first one's: this is where overlong forms, surrogates and what is above U+10FFFF are refused.
    std::size_t size = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) size = 2;
    else if (first >= 0xe0 && first <= 0xef) size = 3;
    else if (first >= 0xf0 && first <= 0xf4) size = 4;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
    if (size == 0 || bytes.size() < size || byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    return size;
}

CALIMATIC_DECL bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        auto const size = utf8_sequence(bytes);
        if (size == 0) return false;
        bytes.remove_prefix(size);
    }
    return true;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
