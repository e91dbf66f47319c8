#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

struct form_parameter {
    std::string name;
    std::string value;
};

/// application/x-www-form-urlencoded (WHATWG URL 5.2; RFC 6749 appendix B): everything but `A-Z a-z 0-9 * - . _` is percent-encoded, a space is `+`.
CALIMATIC_DECL std::string form_encode(std::string_view text);

/// Appends `name=value`, with `&` before it unless `form` is empty.
CALIMATIC_DECL void append_form(std::string& form, std::string_view name, std::string_view value);

/// Decodes a query or a form: `+` is a space, escapes must be complete, the result is UTF-8 without NUL. Repeated names are kept, in order:
/// whether they may repeat is for the caller. Errors: `form_malformed`, `too_many_parameters`.
CALIMATIC_DECL result<std::vector<form_parameter>> parse_form(std::string_view form, check_options const& options);

/// How many bytes the well-formed UTF-8 sequence has that the bytes begin with, or 0.
CALIMATIC_DECL std::size_t utf8_sequence(std::string_view bytes) noexcept;

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
CALIMATIC_DECL bool is_utf8(std::string_view bytes) noexcept;

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/form.ipp>
#endif
