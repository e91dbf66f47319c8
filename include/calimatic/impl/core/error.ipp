#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/printable.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>

namespace calimatic::inline CALIMATIC_ABI {

struct error::details {
    std::string expected;
    std::string got;
    std::string server_error;
    std::string server_text;
    std::optional<seconds> retry_after;
    std::atomic<std::uint32_t> owners{1}; // copies of one error may be in several threads

    details() = default;
    details(details const& other)
        : expected(other.expected), got(other.got), server_error(other.server_error), server_text(other.server_text), retry_after(other.retry_after) {
    }
    details& operator=(details const&) = delete;
};

namespace detail {

/// At most `max_size` bytes, not ending within a UTF-8 sequence.
CALIMATIC_DECL std::string_view cut_utf8(std::string_view text, std::size_t max_size) noexcept {
    if (text.size() <= max_size) return text;
    auto const continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
    std::size_t end = max_size;
    while (end > 0 && max_size - end < 3 && continues(end)) --end;
    return text.substr(0, continues(end) ? max_size : end); // what is not UTF-8 has no boundary to look for
}

/// How a URL (RFC 3986 2.1) or a form (WHATWG URL 5.2) would spell a secret: a server may repeat the request's own bytes.
CALIMATIC_DECL std::string percent_encoded_secret(std::string_view secret, bool form) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(3 * secret.size());
    for (char const c : secret) {
        auto const byte = static_cast<unsigned char>(c);
        if (is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || (form && c == '*')) {
            out += c;
        } else if (form && c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

/// How a JSON text would spell a secret (RFC 8259 7), as our own requests do.
CALIMATIC_DECL std::string json_escaped_secret(std::string_view secret) {
    static constexpr char digits[] = "0123456789abcdef";
    static constexpr std::string_view controls = "\b\f\n\r\t", letters = "bfnrt";
    std::string out;
    out.reserve(6 * secret.size()); // so that no shorter copy is left behind
    for (char const c : secret) {
        auto const byte = static_cast<unsigned char>(c);
        auto const control = controls.find(c);
        if (c == '"' || c == '\\') out.append({'\\', c});
        else if (control != std::string_view::npos) out.append({'\\', letters[control]});
        else if (byte < 0x20) out.append("\\u00").append({digits[byte >> 4], digits[byte & 15]});
        else out += c;
    }
    return out;
}

/// Whether there was anything to replace. An end of the text that is the beginning of the secret goes too: the text may have been cut there.
CALIMATIC_DECL bool replace_secret(std::string& text, std::string_view secret) {
    static constexpr std::string_view replacement = "[secret]";
    static constexpr std::size_t shortest = 8;
    if (secret.size() < shortest) return false;
    bool found = false;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + replacement.size())) {
        text.replace(at, secret.size(), replacement);
        found = true;
    }
    for (auto size = (std::min)(secret.size() - 1, text.size()); size >= shortest; --size) {
        if (!std::string_view(text).ends_with(secret.substr(0, size))) continue;
        text.replace(text.size() - size, size, replacement);
        return true;
    }
    return found;
}

/// One short sentence of advice for each condition.
constexpr std::string_view advice_for(condition kind) noexcept {
    switch (kind) {
    case condition::retry_later: return "try again later, nothing is lost";
    case condition::authorize_again: return "let the user sign in again";
    case condition::correct_input: return "correct what was passed to the library";
    case condition::access_refused: return "show the refusal, repeating the request does not help";
    case condition::fix_configuration: return "correct the registration, the provider's settings or the program";
    case condition::distrust_server: return "do not use the answer, and report it to the provider";
    }
    return "report this to those who made the program";
}

/// ` "text"`, in which no further quotation mark can be.
CALIMATIC_DECL void append_quoted(std::string& line, std::string_view text) {
    line += " \"";
    for (char const c : printable(text, 8 * 1024)) {
        if (c == '"') line += "\\x22";
        else line += c;
    }
    line += '"';
}

} // namespace detail

CALIMATIC_DECL error::error(error const& other) noexcept
    : code_(other.code_), http_status_(other.http_status_), condition_(other.condition_), details_(other.details_) {
    if (details_) details_->owners.fetch_add(1, std::memory_order_relaxed);
}

CALIMATIC_DECL error::~error() {
    if (details_ && details_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete details_;
}

CALIMATIC_DECL error::details& error::edit() {
    if (!details_) {
        details_ = new details;
    } else if (details_->owners.load(std::memory_order_acquire) != 1) {
        auto* const own = new details(*details_);
        error const shared(std::move(*this)); // gives the common one back
        details_ = own;
    }
    return *details_;
}

CALIMATIC_DECL std::string_view error::expected() const noexcept { return details_ ? details_->expected : std::string_view(); }
CALIMATIC_DECL std::string_view error::got() const noexcept { return details_ ? details_->got : std::string_view(); }
CALIMATIC_DECL std::string_view error::server_error() const noexcept { return details_ ? details_->server_error : std::string_view(); }
CALIMATIC_DECL std::string_view error::server_text() const noexcept { return details_ ? details_->server_text : std::string_view(); }
CALIMATIC_DECL std::optional<seconds> error::retry_after() const noexcept { return details_ ? details_->retry_after : std::nullopt; }

CALIMATIC_DECL std::string error::message() const {
    auto const rule = rule_of(code_);
    std::string line;
    line += rule.name;
    line += ": ";
    line += rule.sentence;
    line += " (";
    line += rule.section;
    line += ')';
    if (!expected().empty()) {
        line += "; expected";
        detail::append_quoted(line, expected());
    }
    if (!got().empty()) {
        line += expected().empty() ? "; got" : ", got";
        detail::append_quoted(line, got());
    }
    bool const server_spoke = !server_error().empty() || !server_text().empty();
    if (server_spoke) {
        line += "; the server said";
        if (!server_error().empty()) {
            line += ' ';
            line += detail::printable(server_error());
        }
        if (!server_text().empty()) detail::append_quoted(line, server_text());
    }
    if (http_status_ != 0) {
        line += server_spoke ? " (HTTP " : "; HTTP ";
        line += std::to_string(http_status_);
        if (server_spoke) line += ')';
    }
    if (auto const time = retry_after()) {
        line += "; retry after ";
        line += std::to_string(time->count());
        line += " s";
    }
    line += "; do: ";
    line += detail::advice_for(condition_);
    return line;
}

CALIMATIC_DECL error error::with_expected(std::string_view text) && {
    if (details_ || !text.empty()) edit().expected = detail::printable(text);
    return std::move(*this);
}

CALIMATIC_DECL error error::with_got(std::string_view text) && {
    if (details_ || !text.empty()) edit().got = detail::printable(text);
    return std::move(*this);
}

CALIMATIC_DECL error error::with_server(std::string_view server_error, std::string_view server_text) && {
    if (details_ || !server_error.empty() || !server_text.empty()) {
        auto& own = edit();
        own.server_error = detail::cut_utf8(server_error, 256);
        own.server_text = detail::cut_utf8(server_text, 1024);
    }
    return std::move(*this);
}

CALIMATIC_DECL error error::with_retry_after(std::optional<seconds> time) && {
    if (details_ || time) edit().retry_after = time;
    return std::move(*this);
}

CALIMATIC_DECL error error::with_http_status(int status) && {
    http_status_ = status > 0 && status <= 999 ? static_cast<std::uint16_t>(status) : std::uint16_t{0};
    return std::move(*this);
}

CALIMATIC_DECL error error::with_condition(calimatic::condition condition) && {
    condition_ = condition;
    return std::move(*this);
}

CALIMATIC_DECL error error::without(std::string_view secret) && {
    if (!details_) return std::move(*this);
    auto encoded = detail::percent_encoded_secret(secret, false);
    auto in_form = detail::percent_encoded_secret(secret, true);
    auto in_json = detail::json_escaped_secret(secret);
    auto escaped = detail::printable(secret, 4 * secret.size());
    for (auto text : {&details::expected, &details::got, &details::server_error, &details::server_text}) {
        auto replaced = details_->*text;
        bool changed = detail::replace_secret(replaced, secret);
        if (encoded != secret) changed |= detail::replace_secret(replaced, encoded);
        if (in_form != encoded) changed |= detail::replace_secret(replaced, in_form);
        if (in_json != secret) changed |= detail::replace_secret(replaced, in_json);
        if (escaped != secret) changed |= detail::replace_secret(replaced, escaped);
        if (changed) edit().*text = replaced;
    }
    for (auto* spelling : {&encoded, &in_form, &in_json, &escaped}) wipe(*spelling);
    return std::move(*this);
}

} // namespace calimatic::inline CALIMATIC_ABI
