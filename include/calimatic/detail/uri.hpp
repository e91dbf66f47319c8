#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// The parts of an absolute URL (RFC 3986 3), still percent-encoded, but scheme and host in lower case.
struct uri {
    std::string scheme;
    std::string userinfo;
    std::string host; ///< an IPv6 address with its brackets
    std::string port;
    std::string path;
    std::optional<std::string> query;
    std::optional<std::string> fragment;
    bool has_authority = false;
    bool has_userinfo = false;

    bool is_loopback() const noexcept { return host == "localhost" || host == "[::1]" || is_loopback_ipv4(); }
    /// 127.0.0.0/8, written as four decimal numbers.
    CALIMATIC_DECL bool is_loopback_ipv4() const noexcept;
};

/// Parses an absolute URL strictly (RFC 3986 3, any scheme), changing nothing but the case of scheme and host. No error tells a part of the text,
/// because a redirect has secrets in it. Errors: `url_too_long`, `url_malformed` (also for control characters, spaces, backslashes, bytes beyond
/// ASCII, a port above 65535).
CALIMATIC_DECL result<uri> parse_uri(std::string_view text, check_options const& options);

/// The rules for a URL that secrets are sent to or that keys come from: https, or http on loopback; a host of letters, digits, `-`, `.` and `_` or an
/// address; no user name; no fragment.
/// Errors: those of `parse_uri`, `url_not_https`, `url_has_userinfo`, `url_has_fragment`.
CALIMATIC_DECL result<uri> check_endpoint(std::string_view text, check_options const& options);

/// Whether two URLs have the same scheme, host and port (default ports counted).
CALIMATIC_DECL bool same_origin(uri const& a, uri const& b) noexcept;

/// `url` with `query` appended to the query that it has (RFC 6749 3.1: an endpoint's own query is kept). `url` has no fragment.
CALIMATIC_DECL std::string append_query(std::string_view url, std::string_view query);

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/uri.ipp>
#endif
