#pragma once
#include "json_text.hpp"
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bridge {

namespace cal = calimatic;

/// What goes back over the boundary, as JSON text: `{"value": ...}`, `{"error": {...}}`, or "" where there is nothing.
using reply = json_text;

/// JSON text as a value.
reply value(std::string_view json);
/// A text, a number, a boolean as a value; a success that has none, or null.
reply text_value(std::string_view text);
reply number_value(std::int64_t number);
reply flag_value(bool flag);
reply done();
/// UNIX time in milliseconds, or null.
reply time_value(std::optional<cal::time_point> time);

/// An error as JSON text, and as a reply.
json_text to_json(cal::error const& error);
reply failure(cal::error const& error);
/// An error that is told, not one of this call; or null.
reply error_value(std::optional<cal::error> const& error);

/// The caller passed something of the wrong form: `member` tells what.
reply argument_malformed(std::string_view member);
/// The caller passed a secret, which everybody who opens the page could read: `member` tells which.
reply secret_in_page(std::string_view member);
/// There are as many objects as handles: the program does not drop them.
reply handles_exhausted();

/// What `write` makes of the value, or the error.
template <class T, class F>
reply reply_of(cal::result<T> const& result, F&& write) {
    if (!result) return failure(result.error());
    return value(write(*result));
}
inline reply reply_of(cal::result<void> const& result) { return result ? done() : failure(result.error()); }
/// For texts, secrets among them.
inline reply reply_of(cal::result<std::string_view> const& result) { return result ? text_value(*result) : failure(result.error()); }
inline reply reply_of(cal::result<std::string>&& result) { return result ? text_value(json_text(std::move(*result))) : failure(result.error()); }

} // namespace bridge
