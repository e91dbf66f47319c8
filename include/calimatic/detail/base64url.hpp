#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// base64url without padding (RFC 7515 2, RFC 4648 5).
CALIMATIC_DECL std::string base64url_encode(std::string_view bytes);

/// The bytes, or nothing for whatever is not strict: padding, white space, `+` and `/`, a length of 4n+1, unused bits that are not zero.
CALIMATIC_DECL std::optional<std::string> base64url_decode(std::string_view text);

/// base64 with padding (RFC 4648 4), for the Authorization header of RFC 7617.
CALIMATIC_DECL std::string base64_encode(std::string_view bytes);

/// The bytes of base64 with padding, as strictly. They may be a key: the caller wipes them.
CALIMATIC_DECL std::optional<std::string> base64_decode(std::string_view text);

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/base64url.ipp>
#endif
