#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What a value is (RFC 8259 3); `absent` is the kind of what is not there.
enum class json_kind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// A read-only view of a JSON value, as cheap to copy as a pointer and valid as long as its `json_document`. A member that is not there is a
/// view of kind `absent`, so that `doc.root()["a"]["b"].as_string()` needs no checks in between.
class json {
public:
    json() noexcept = default;

    CALIMATIC_DECL json_kind kind() const noexcept;
    /// Whether there is a value other than null. OIDC Core 5.3.2: a null claim counts as one that is not there.
    bool has_value() const noexcept { return kind() > json_kind::null; }

    /// The value, if it is of that kind. No conversions: the text "true" is not a boolean, and 1.5 is not an integer (1.0 is).
    CALIMATIC_DECL std::optional<bool> as_bool() const noexcept;
    CALIMATIC_DECL std::optional<std::int64_t> as_int64() const noexcept;
    CALIMATIC_DECL std::optional<double> as_double() const noexcept;
    CALIMATIC_DECL std::optional<std::string_view> as_string() const noexcept;

    /// Number of elements or members; 0 for everything else.
    CALIMATIC_DECL std::size_t size() const noexcept;
    /// An element of an array, or `absent`.
    CALIMATIC_DECL json operator[](std::size_t index) const noexcept;
    /// The same for every type of index, 0 included (which would else also be a name's null pointer).
    template <std::integral I>
    json operator[](I index) const noexcept {
        return (*this)[static_cast<std::size_t>(index)];
    }
    /// A member of an object, or `absent`.
    CALIMATIC_DECL json operator[](std::string_view name) const noexcept;
    json operator[](char const* name) const noexcept { return (*this)[std::string_view(name)]; }
    /// Members in the order of the text, by position: their name and their value.
    CALIMATIC_DECL std::string_view member_name(std::size_t index) const noexcept;
    CALIMATIC_DECL json member_value(std::size_t index) const noexcept;

    /// The value as JSON text; "" if absent. The text may hold what the document holds, secrets included.
    CALIMATIC_DECL std::string to_string() const;

private:
    friend class json_document;
    explicit json(void const* node) noexcept : node_(node) {}
    void const* node_ = nullptr; // a value of the JSON library's
};

/// Owns a parsed JSON text. Moved, not copied (views stay valid over a move); its memory is wiped when it is dropped, as far as it can be.
class json_document {
public:
    CALIMATIC_DECL json_document() noexcept; ///< holds nothing: its root is `absent`
    CALIMATIC_DECL json_document(json_document&&) noexcept;
    CALIMATIC_DECL json_document& operator=(json_document&&) noexcept;
    CALIMATIC_DECL ~json_document();

    CALIMATIC_DECL json root() const noexcept;

private:
    struct state;
    friend CALIMATIC_DECL result<json_document> parse_json(std::string_view, std::size_t, check_options const&);
    std::unique_ptr<state> state_;
};

/// Parses strictly: RFC 8259 and nothing else, valid UTF-8 without BOM, no duplicate members, finite numbers, at most `max_size` bytes,
/// nesting and strings within the limits. Errors: `json_syntax`, `json_duplicate_member`, `json_too_deep`, `json_too_large`,
/// `json_string_too_long`, `json_number_not_finite`.
CALIMATIC_DECL result<json_document> parse_json(std::string_view text, std::size_t max_size, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/json.ipp>
#endif
