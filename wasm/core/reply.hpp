#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <string>
#include <string_view>

namespace bridge {

namespace cal = calimatic;

/// What goes back over the boundary, as JSON text: `{"value": ...}`, `{"error": {...}}`, or "" where there is nothing. Wiped by whoever drops it.
using reply = std::string;

/// JSON text as a value. It is wiped.
reply value(std::string&& json);
/// A text, a number, a boolean as a value; a success that has none.
reply text_value(std::string_view text);
reply number_value(double number);
reply flag_value(bool flag);
reply done();

/// An error as JSON text, and as a reply.
std::string to_json(cal::error const& error);
reply failure(cal::error const& error);

/// The caller passed something of the wrong form: `member` tells what.
reply argument_malformed(std::string_view member);
/// The caller passed a secret, which everybody who opens the page could read: `member` tells which.
reply secret_in_page(std::string_view member);

/// What `write` makes of the value, or the error.
template <class T, class F>
reply reply_of(cal::result<T> const& result, F&& write) {
    if (!result) return failure(result.error());
    return value(write(*result));
}
inline reply reply_of(cal::result<void> const& result) { return result ? done() : failure(result.error()); }

} // namespace bridge
