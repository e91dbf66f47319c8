// Boost.JSON as the module needs it, instead of <boost/json/src.hpp>. JavaScript reads and writes every double exactly, so that the tables for it, a
// sixth of the module, stay out. So do the parts of the parser that `parse_json` never enters, for it passes a whole text at once, allows no comments
// and has numbers read precisely: were one entered all the same, the module would end. Messages of error codes are read by nobody.

#include <calimatic/impl/detail/boost_begin.ipp>
#define BOOST_JSON_SOURCE
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/detail/charconv/from_chars.hpp>
#include <boost/json/detail/ryu/ryu.hpp>
#include <cmath>
#include <cstdlib>
#include <exception>

/// The number that the text is, or an infinity: ECMAScript's `Number(text)`. The text is a number of JSON.
extern "C" __attribute__((import_module("calimatic"), import_name("parse_number"))) double calimatic_parse_number(char const* text, std::size_t size);
/// Writes the shortest text that is the finite number, as ECMAScript's `number.toExponential()` with "E" for "e+" and "E-" for "e-": at most 23 bytes.
extern "C" __attribute__((import_module("calimatic"), import_name("format_number"))) int calimatic_format_number(double number, char* text);

namespace boost {

BOOST_NORETURN void throw_exception(std::exception const&) { std::abort(); }
BOOST_NORETURN void throw_exception(std::exception const&, source_location const&) { std::abort(); }

namespace json {

namespace detail {

BOOST_JSON_CONSTINIT error_code_category_t error_code_category;
BOOST_JSON_CONSTINIT error_condition_category_t error_condition_category;
char const* error_code_category_t::name() const noexcept { return ""; }
char const* error_code_category_t::message(int, char*, std::size_t) const noexcept { return ""; }
std::string error_code_category_t::message(int) const { return {}; }
error_condition error_code_category_t::default_error_condition(int code) const noexcept { return {code, *this}; }
char const* error_condition_category_t::name() const noexcept { return ""; }
char const* error_condition_category_t::message(int, char*, std::size_t) const noexcept { return ""; }
std::string error_condition_category_t::message(int) const { return {}; }

void throw_system_error(error_code const&, source_location const&) { std::abort(); }
void throw_system_error(error, source_location const*) { std::abort(); }

namespace charconv {
from_chars_result from_chars(char const* first, char const* last, double& value, chars_format) noexcept {
    value = calimatic_parse_number(first, static_cast<std::size_t>(last - first));
    return {last, std::errc()};
}
} // namespace charconv

namespace ryu {
int d2s_buffered_n(double number, char* text, bool) noexcept {
    bool const negative = std::signbit(number);
    if (negative) *text = '-'; // ECMAScript does not write that of a zero
    return negative + calimatic_format_number(std::fabs(number), text + negative);
}
} // namespace ryu

} // namespace detail

// clang-format off
#define CALIMATIC_NOT_ENTERED(function) template <> template <> char const* basic_parser<detail::handler>::function { std::abort(); }
using first_part = std::true_type;
using later_part = std::false_type;
CALIMATIC_NOT_ENTERED(parse_document(char const*, later_part))
CALIMATIC_NOT_ENTERED(resume_value(char const*, std::false_type, bool, bool))
CALIMATIC_NOT_ENTERED(parse_value(char const*, first_part, std::true_type, bool, bool)) // with comments
CALIMATIC_NOT_ENTERED(parse_comment(char const*, first_part, bool))
template <char First>
using beginning = std::integral_constant<char, First>;
using imprecise = std::integral_constant<number_precision, number_precision::imprecise>;
using unread = std::integral_constant<number_precision, number_precision::none>;
CALIMATIC_NOT_ENTERED(parse_number(char const*, first_part, beginning<'0'>, imprecise))
CALIMATIC_NOT_ENTERED(parse_number(char const*, first_part, beginning<'-'>, imprecise))
CALIMATIC_NOT_ENTERED(parse_number(char const*, first_part, beginning<'+'>, imprecise))
CALIMATIC_NOT_ENTERED(parse_number(char const*, first_part, beginning<'0'>, unread))
CALIMATIC_NOT_ENTERED(parse_number(char const*, first_part, beginning<'-'>, unread))
CALIMATIC_NOT_ENTERED(parse_number(char const*, first_part, beginning<'+'>, unread))
#undef CALIMATIC_NOT_ENTERED
// clang-format on

} // namespace json
} // namespace boost

#include <boost/json/detail/impl/default_resource.ipp>
#include <boost/json/detail/impl/format.ipp>
#include <boost/json/detail/impl/handler.ipp>
#include <boost/json/detail/impl/shared_resource.ipp>
#include <boost/json/detail/impl/stack.ipp>
#include <boost/json/detail/impl/string_impl.ipp>
#include <boost/json/impl/array.ipp>
#include <boost/json/impl/kind.ipp>
#include <boost/json/impl/monotonic_resource.ipp>
#include <boost/json/impl/null_resource.ipp>
#include <boost/json/impl/object.ipp>
#include <boost/json/impl/parser.ipp>
#include <boost/json/impl/serializer.ipp>
#include <boost/json/impl/string.ipp>
#include <boost/json/impl/value.ipp>
#include <boost/json/impl/value_stack.ipp>
#include <calimatic/impl/detail/boost_end.ipp>
