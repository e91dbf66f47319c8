#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// What holds for every answer, before its body is looked at: the limits on header fields and body, no redirect, 429 and 5xx as waiting times.
/// Other statuses are for the caller. Errors: `headers_too_large`, `transport_too_large`, `redirect_not_followed`, `too_many_requests`,
/// `server_unavailable`, each with the status; the last two with `Retry-After` and the words of a JSON error.
CALIMATIC_DECL std::optional<error> check_response(http_response const& response, std::size_t max_body, check_options const& options);

/// `status_unexpected` with that status.
CALIMATIC_DECL error unexpected_status(http_response const& response);

/// The media type of a message in lower case without parameters ("application/json"), or "".
CALIMATIC_DECL std::string media_type(std::vector<http_header> const& headers);
inline std::string media_type(http_response const& response) { return media_type(response.headers); }

/// The `error` and `error_description` of a JSON error body (RFC 6749 5.2), or nothing where the body is something else.
struct server_error {
    std::string error;
    std::string description;
};
CALIMATIC_DECL std::optional<server_error> parse_server_error(std::string_view body, check_options const& options);

/// What to do about an `error` that an authorization or token endpoint gave (RFC 6749 4.1.2.1 and 5.2, OIDC Core 3.1.2.6).
CALIMATIC_DECL condition condition_of(std::string_view server_error, condition otherwise) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/response.ipp>
#endif
