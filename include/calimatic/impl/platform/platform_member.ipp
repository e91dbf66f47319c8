#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// How many characters a member of a request may have.
struct member_length {
    std::size_t least;
    std::size_t most;
};

/// Checks a member before it is sent. Characters are Unicode's: nothing is refused that the platform might count otherwise. The error names the member
/// and not its value, which may be a secret or personal.
inline std::optional<error> check_member(rule_check const& rule, std::string_view name, std::string_view value, member_length length) {
    auto const characters =
        static_cast<std::size_t>(std::count_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    bool const fits = characters >= length.least && characters <= length.most && is_utf8(value) && value.find('\0') == std::string_view::npos;
    return rule(fits, error_code::platform_member_invalid, name,
        std::to_string(length.least) + " to " + std::to_string(length.most) + " characters of UTF-8");
}

/// The same for a member whose length is not documented.
inline std::optional<error> check_text(rule_check const& rule, std::string_view name, std::string_view value) {
    bool const fits = is_utf8(value) && value.find('\0') == std::string_view::npos;
    return rule(fits, error_code::platform_member_invalid, name, "UTF-8 without NUL");
}

/// The ids of applications that a user gets licences for.
inline std::optional<error> check_applications(rule_check const& rule, std::optional<std::vector<std::string>> const& applications) {
    if (!applications) return std::nullopt;
    for (auto const& one : *applications)
        if (auto e = check_member(rule, "applications", one, {1, 255})) return e;
    return std::nullopt;
}

/// An id that becomes one segment of a path, once it is percent-encoded.
inline std::optional<error> check_path_id(rule_check const& rule, std::string_view id) {
    bool const fits = !id.empty() && id != "." && id != ".." && is_utf8(id) && id.find('\0') == std::string_view::npos;
    return rule(fits, error_code::platform_id_invalid);
}

/// JSON that the caller gave, which has to be an object.
inline result<json_document> parse_json_object(std::string_view text, check_options const& options) {
    auto document = parse_json(text, options.limits.platform_body, options);
    if (!document) return std::move(document).error().with_condition(condition::correct_input);
    bool const is_object = document->root().kind() == json_kind::object;
    if (auto e = rule_check{options}(is_object, error_code::json_not_an_object)) return std::move(*e).with_condition(condition::correct_input);
    return document;
}

/// Adds the members of a JSON object, of which none may be one that the library sets.
inline std::optional<error> write_extra_members(
    json_writer& writer, std::string_view object, std::initializer_list<std::string_view> reserved, check_options const& options) {
    if (object.empty()) return std::nullopt;
    auto const document = parse_json_object(object, options);
    if (!document) return document.error();
    rule_check const rule{options};
    auto const root = document->root();
    for (std::size_t i = 0; i < root.size(); ++i) {
        auto const name = root.member_name(i);
        bool const is_free = std::find(reserved.begin(), reserved.end(), name) == reserved.end();
        if (auto e = rule(is_free, error_code::parameter_reserved, name)) return e;
        auto value = root.member_value(i).to_string();
        writer.raw(name, value);
        wipe(value);
    }
    return std::nullopt;
}

/// A string that a reply may have: "" where it is absent or null; nothing where it is anything else.
inline std::optional<std::string> read_optional_string(json value) {
    if (!value.has_value()) return std::string();
    auto const text = value.as_string();
    if (!text) return std::nullopt;
    return std::string(*text);
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
