#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/limits.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// Tells the requests of one machine apart. 0 is the request of a pure function, which has none.
enum class request_id : std::uint64_t {};

/// What a request asks for (RFC 9110 9, RFC 5789); the platform uses no other method.
enum class http_method : std::uint8_t { get, post, put, patch, delete_ };

/// The method as it stands on the wire: "GET", "POST", ...
CALIMATIC_DECL std::string_view to_string(http_method method) noexcept;

/// A header field (RFC 9110 5).
struct http_header {
    std::string name;
    std::string value;
};

/// One request, to be sent by the host under the **transport contract**:
///  - redirects are not followed: a 3xx answer is handed back as it is;
///  - TLS certificates and host names are verified; no cookies, no cache, no credentials other than the headers given here;
///  - the whole exchange ends after `timeout`, and reading ends with `too_large` once the body passes `max_response_body`;
///  - a failure is told honestly as a `transport_failure`: `not_sent` only if no byte of the request can have reached the server.
/// It carries secrets: it is moved, not copied, and wiped when dropped.
struct http_request {
    request_id id{};
    http_method method = http_method::get;
    std::string url;
    std::vector<http_header> headers;
    std::string body;
    milliseconds timeout{30'000};
    std::size_t max_response_body = 256 * 1024; ///< bytes after content decoding

    http_request() = default;
    http_request(http_request&&) noexcept = default;
    CALIMATIC_DECL http_request& operator=(http_request&& other) noexcept;
    http_request(http_request const&) = delete;
    http_request& operator=(http_request const&) = delete;
    CALIMATIC_DECL ~http_request();
};

/// The server's answer, whatever its status. Header names are compared without regard to case.
struct http_response {
    int status = 0;
    std::vector<http_header> headers;
    std::string body;
};

/// Why there is no answer.
enum class transport_failure : std::uint8_t {
    not_sent = 1, ///< no byte reached the server: name not resolved, connection refused, TLS not established
    no_answer,    ///< the request may have been acted upon: timeout or connection lost after sending began
    too_large,    ///< the body passed `max_response_body`
    cancelled,    ///< the host gave up
};

/// The failure as an error: `transport_not_sent`, `transport_no_answer`, `transport_too_large`, `transport_cancelled`.
CALIMATIC_DECL error to_error(transport_failure failure) noexcept;

/// The first header field of that name, or nothing.
CALIMATIC_DECL std::optional<std::string_view> find_header(std::vector<http_header> const& headers, std::string_view name) noexcept;

/// The waiting time that an answer asks for (`Retry-After`, RFC 9110 10.2.3): seconds, or a date taken relative to the answer's own `Date`,
/// so that a wrong clock here does no harm. At most a day; a date that is past is 0; anything unreadable is nothing.
CALIMATIC_DECL std::optional<seconds> retry_after(http_response const& response) noexcept;

/// An HTTP date (RFC 9110 5.6.7, all three forms), or nothing. A year of two digits is at most 2076.
CALIMATIC_DECL std::optional<time_point> parse_http_date(std::string_view text) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/http.ipp>
#endif
