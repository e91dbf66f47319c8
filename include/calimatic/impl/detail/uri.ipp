#pragma once
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/detail/throw_exception.ipp>
#include <algorithm>
#include <utility>

// clang-format off
#include <calimatic/impl/detail/boost_begin.ipp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <calimatic/impl/detail/boost_end.ipp>
// clang-format on

namespace calimatic::inline CALIMATIC_ABI::detail {

/// What no URL has, whatever a browser or another parser would make of it (RFC 3986 2).
constexpr bool is_never_in_uri(char c) noexcept {
    auto const byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7f || c == '\\';
}

/// The number of a port without leading zeros, the scheme's own where none is given.
CALIMATIC_DECL std::string_view effective_port(uri const& url) noexcept {
    std::string_view port = url.port;
    if (port.empty()) return url.scheme == "https" ? "443" : url.scheme == "http" ? "80" : "";
    while (port.size() > 1 && port.front() == '0') port.remove_prefix(1);
    return port;
}

/// Whether a port is empty or from 0 to 65535.
CALIMATIC_DECL bool is_port(std::string_view port) noexcept {
    unsigned number = 0;
    for (char const c : port) {
        number = 10 * number + static_cast<unsigned>(c - '0');
        if (number > 65535) return false;
    }
    return true;
}

/// A DNS name or an address. RFC 3986 would also let a host be percent-encoded or have a comma, and then every client has its own idea of where
/// the request goes.
CALIMATIC_DECL bool is_plain_host(std::string_view host) noexcept {
    if (host.empty()) return false;
    if (host.front() == '[') return host.find('%') == std::string_view::npos;
    return std::all_of(
        host.begin(), host.end(), [](char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_'; });
}

CALIMATIC_DECL bool uri::is_loopback_ipv4() const noexcept {
    std::string_view rest = host;
    for (int part = 0; part < 4; ++part) {
        auto const number = rest.substr(0, part < 3 ? rest.find('.') : rest.size());
        if (number.empty() || number.size() > 3 || !std::all_of(number.begin(), number.end(), is_ascii_digit)) return false;
        if (number.size() > 1 && number.front() == '0') return false; // octal, to some
        int value = 0;
        for (char const c : number) value = 10 * value + (c - '0');
        if (value > 255 || (part == 0 && value != 127)) return false;
        if (part < 3) {
            if (rest.size() == number.size()) return false;
            rest.remove_prefix(number.size() + 1);
        }
    }
    return true;
}

CALIMATIC_DECL result<uri> parse_uri(std::string_view text, check_options const& options) {
    rule_check const rule{options};
    if (auto e = rule(text.size() <= options.limits.url, error_code::url_too_long)) return *std::move(e);
    // Nothing of the text is told: a redirect has a code in it.
    if (auto e =
            rule(std::none_of(text.begin(), text.end(), is_never_in_uri), error_code::url_malformed, "a space, or a character that must be escaped"))
        return *std::move(e);
    auto const parsed = boost::urls::parse_uri({text.data(), text.size()});
    bool const has_scheme = text.substr(0, text.find_first_of("/?#")).find(':') != std::string_view::npos;
    if (auto e = rule(has_scheme, error_code::url_malformed, "no scheme", "https://...")) return *std::move(e);
    bool const one_fragment = text.find('#') == text.rfind('#'); // Boost.URL lets a fragment have another `#`
    if (auto e = rule(parsed.has_value() && one_fragment, error_code::url_malformed)) return *std::move(e);

    auto const copy = [](boost::core::string_view part) { return std::string(part.data(), part.size()); };
    auto const& view = *parsed;
    uri url;
    url.scheme = ascii_lower(copy(view.scheme()));
    url.has_authority = view.has_authority();
    url.has_userinfo = view.has_userinfo();
    url.userinfo = copy(view.encoded_userinfo());
    url.host = ascii_lower(copy(view.encoded_host()));
    url.port = copy(view.port());
    url.path = copy(view.encoded_path());
    if (view.has_query()) url.query = copy(view.encoded_query());
    if (view.has_fragment()) url.fragment = copy(view.encoded_fragment());
    if (auto e = rule(is_port(url.port), error_code::url_malformed)) return *std::move(e);
    return url;
}

CALIMATIC_DECL result<uri> check_endpoint(std::string_view text, check_options const& options) {
    rule_check const rule{options};
    auto parsed = parse_uri(text, options);
    if (!parsed) return parsed;
    auto const& url = *parsed;
    bool const secure = url.scheme == "https" || (url.scheme == "http" && url.is_loopback());
    if (auto e = rule(secure, error_code::url_not_https, url.scheme + "://" + url.host)) return *std::move(e);
    if (auto e = rule(is_plain_host(url.host), error_code::url_malformed, url.host)) return *std::move(e);
    if (auto e = rule(!url.has_userinfo, error_code::url_has_userinfo)) return *std::move(e);
    if (auto e = rule(!url.fragment, error_code::url_has_fragment)) return *std::move(e);
    return parsed;
}

CALIMATIC_DECL bool same_origin(uri const& a, uri const& b) noexcept {
    return a.scheme == b.scheme && a.host == b.host && effective_port(a) == effective_port(b);
}

CALIMATIC_DECL std::string append_query(std::string_view url, std::string_view query) {
    std::string out;
    out.reserve(url.size() + 1 + query.size());
    out += url;
    if (query.empty()) return out;
    auto const mark = url.find('?');
    if (mark == std::string_view::npos) out += '?';
    else if (mark + 1 != url.size() && !url.ends_with('&')) out += '&'; // a query may itself end with a question mark
    out += query;
    return out;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
