#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/detail/throw_exception.ipp>
#include <algorithm>
#include <bit>
#include <limits>
#include <new>
#include <utility>

// clang-format off
#include <calimatic/impl/detail/boost_begin.ipp>
#include <boost/json/array.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/value.hpp>
#include <calimatic/impl/detail/boost_end.ipp>
// clang-format on

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// Zeros every block that is given back: a token response is all secrets.
class wiping_resource final : public boost::json::memory_resource {
    static constexpr std::size_t usual_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

    void* do_allocate(std::size_t size, std::size_t alignment) override {
        if (alignment <= usual_alignment) return ::operator new(size);
        return ::operator new(size, std::align_val_t(alignment));
    }
    void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
        wipe(block, size);
        if (alignment <= usual_alignment) ::operator delete(block);
        else ::operator delete(block, std::align_val_t(alignment));
    }
    bool do_is_equal(boost::json::memory_resource const& other) const noexcept override { return this == &other; }
};

inline boost::json::value const& json_node(void const* node) noexcept { return *static_cast<boost::json::value const*>(node); }

constexpr std::string_view from_boost(boost::json::string_view text) noexcept { return {text.data(), text.size()}; }

/// Whether a double is neither infinite nor a NaN, by its bits: under -ffast-math `std::isfinite` is always true.
constexpr bool is_finite_number(double number) noexcept {
    constexpr std::uint64_t exponent = 0x7ff0'0000'0000'0000;
    return (std::bit_cast<std::uint64_t>(number) & exponent) != exponent;
}

/// What Boost.JSON lets pass and we do not.
struct json_walk {
    std::size_t longest_string;
    std::size_t members = 0;
    bool strings_too_long = false;
    bool numbers_not_finite = false;

    void look_at_string(std::string_view text) noexcept { strings_too_long |= text.size() > longest_string; }

    void look_at(boost::json::value const& value) noexcept { // as deep as the parser allowed
        if (auto const* const text = value.if_string()) {
            look_at_string(from_boost(*text));
        } else if (auto const* const number = value.if_double()) {
            numbers_not_finite |= !is_finite_number(*number);
        } else if (auto const* const array = value.if_array()) {
            for (auto const& element : *array) look_at(element);
        } else if (auto const* const object = value.if_object()) {
            members += object->size();
            for (auto const& member : *object) {
                look_at_string(from_boost(member.key()));
                look_at(member.value());
            }
        }
    }
};

/// The members that an object or its descendants have in a JSON text: of those written twice the tree keeps one only.
inline std::size_t count_colons(std::string_view text) noexcept {
    std::size_t colons = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ':') ++colons;
        if (text[i] != '"') continue;
        for (bool closed = false; !closed;) { // to the end of the string: a quotation mark after an even number of backslashes
            i = text.find('"', i + 1);
            if (i == std::string_view::npos) return colons; // no valid text gets here
            std::size_t backslashes = 0;
            while (text[i - 1 - backslashes] == '\\') ++backslashes;
            closed = backslashes % 2 == 0;
        }
    }
    return colons;
}

} // namespace detail

CALIMATIC_DECL json_kind json::kind() const noexcept {
    if (!node_) return json_kind::absent;
    switch (detail::json_node(node_).kind()) {
    case boost::json::kind::null: return json_kind::null;
    case boost::json::kind::bool_: return json_kind::boolean;
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_: return json_kind::number;
    case boost::json::kind::string: return json_kind::string;
    case boost::json::kind::array: return json_kind::array;
    case boost::json::kind::object: return json_kind::object;
    }
    return json_kind::absent;
}

CALIMATIC_DECL std::optional<bool> json::as_bool() const noexcept {
    auto const* const value = node_ ? detail::json_node(node_).if_bool() : nullptr;
    return value ? std::optional(*value) : std::nullopt;
}

CALIMATIC_DECL std::optional<std::int64_t> json::as_int64() const noexcept {
    if (!node_) return std::nullopt;
    auto const& node = detail::json_node(node_);
    if (auto const* const value = node.if_int64()) return *value;
    auto const* const value = node.if_double();
    // A uint64 here is above the range of an int64. A double is an integer that can be trusted up to 2^53 only.
    constexpr double exact = 9007199254740992.0;
    if (!value || !(*value >= -exact && *value <= exact)) return std::nullopt;
    auto const integer = static_cast<std::int64_t>(*value);
    return static_cast<double>(integer) == *value ? std::optional(integer) : std::nullopt;
}

CALIMATIC_DECL std::optional<double> json::as_double() const noexcept {
    if (!node_) return std::nullopt;
    auto const& node = detail::json_node(node_);
    if (auto const* const value = node.if_double()) return *value;
    if (auto const* const value = node.if_int64()) return static_cast<double>(*value);
    if (auto const* const value = node.if_uint64()) return static_cast<double>(*value);
    return std::nullopt;
}

CALIMATIC_DECL std::optional<std::string_view> json::as_string() const noexcept {
    auto const* const value = node_ ? detail::json_node(node_).if_string() : nullptr;
    return value ? std::optional(detail::from_boost(*value)) : std::nullopt;
}

CALIMATIC_DECL std::size_t json::size() const noexcept {
    if (!node_) return 0;
    auto const& node = detail::json_node(node_);
    if (auto const* const array = node.if_array()) return array->size();
    if (auto const* const object = node.if_object()) return object->size();
    return 0;
}

CALIMATIC_DECL json json::operator[](std::size_t index) const noexcept {
    auto const* const array = node_ ? detail::json_node(node_).if_array() : nullptr;
    return array && index < array->size() ? json(array->data() + index) : json();
}

CALIMATIC_DECL json json::operator[](std::string_view name) const noexcept {
    auto const* const object = node_ ? detail::json_node(node_).if_object() : nullptr;
    return object ? json(object->if_contains({name.data(), name.size()})) : json();
}

CALIMATIC_DECL std::string_view json::member_name(std::size_t index) const noexcept {
    auto const* const object = node_ ? detail::json_node(node_).if_object() : nullptr;
    return object && index < object->size() ? detail::from_boost(object->begin()[index].key()) : std::string_view();
}

CALIMATIC_DECL json json::member_value(std::size_t index) const noexcept {
    auto const* const object = node_ ? detail::json_node(node_).if_object() : nullptr;
    return object && index < object->size() ? json(&object->begin()[index].value()) : json();
}

CALIMATIC_DECL std::string json::to_string() const {
    std::string text;
    if (!node_) return text;
    boost::json::serializer serializer;
    serializer.reset(&detail::json_node(node_));
    char buffer[1024];
    while (!serializer.done()) detail::append_secret(text, detail::from_boost(serializer.read(buffer)));
    wipe(buffer, sizeof buffer);
    return text;
}

struct json_document::state {
    detail::wiping_resource blocks;
    boost::json::monotonic_resource arena;
    boost::json::value root;

    explicit state(std::size_t text_size) : arena((std::clamp)(text_size, std::size_t{256}, std::size_t{64 * 1024}), &blocks), root(&arena) {}
};

CALIMATIC_DECL json_document::json_document() noexcept = default;
CALIMATIC_DECL json_document::json_document(json_document&&) noexcept = default;
CALIMATIC_DECL json_document& json_document::operator=(json_document&&) noexcept = default;
CALIMATIC_DECL json_document::~json_document() = default;

CALIMATIC_DECL json json_document::root() const noexcept { return state_ ? json(&state_->root) : json(); }

CALIMATIC_DECL result<json_document> parse_json(std::string_view text, std::size_t max_size, check_options const& options) {
    // The parser is recursive, and so is the walk: a caller's own limit must not be able to exhaust the stack.
    constexpr std::size_t deepest = 256;
    detail::rule_check const rule{options};
    if (auto e = rule(text.size() <= max_size, error_code::json_too_large)) return *std::move(e);

    json_document document;
    document.state_ = std::make_unique<json_document::state>(text.size());
    auto& state = *document.state_;
    boost::json::parse_options strict;
    strict.max_depth = (std::min)(options.limits.json_depth, deepest);
    strict.numbers = boost::json::number_precision::precise;
    boost::json::error_code failure;
    std::size_t failed_at = 0;
    unsigned char buffer[4096];
    {
        boost::json::parser parser(&state.blocks, strict, buffer, sizeof buffer);
        parser.reset(&state.arena);
        failed_at = parser.write(text.data(), text.size(), failure);
        if (!failure) state.root = parser.release();
    }
    wipe(buffer, sizeof buffer);

    if (auto e = rule(failure != boost::json::error::too_deep, error_code::json_too_deep)) return *std::move(e);
    bool const too_long = failure == boost::json::error::string_too_large || failure == boost::json::error::key_too_large;
    if (auto e = rule(!too_long, error_code::json_string_too_long)) return *std::move(e);
    if (auto e = rule(!failure, error_code::json_syntax, failure ? "at byte " + std::to_string(failed_at) : std::string())) return *std::move(e);

    detail::json_walk walk{options.limits.json_string};
    walk.look_at(state.root);
    if (auto e = rule(walk.members == detail::count_colons(text), error_code::json_duplicate_member)) return *std::move(e);
    if (auto e = rule(!walk.numbers_not_finite, error_code::json_number_not_finite)) return *std::move(e);
    if (auto e = rule(!walk.strings_too_long, error_code::json_string_too_long)) return *std::move(e);
    return document;
}

} // namespace calimatic::inline CALIMATIC_ABI
