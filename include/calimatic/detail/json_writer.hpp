#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Writes one JSON object, member by member, in the order given; whoever writes a name twice is not stopped. Bytes that are not UTF-8 become U+FFFD,
/// so that the text can always be read back. What it holds is wiped when it is dropped.
class json_writer {
public:
    json_writer() = default;
    json_writer(json_writer const&) = delete;
    json_writer& operator=(json_writer const&) = delete;
    ~json_writer() { wipe(text_); }

    CALIMATIC_DECL json_writer& string(std::string_view name, std::string_view value);
    CALIMATIC_DECL json_writer& number(std::string_view name, std::int64_t value);
    CALIMATIC_DECL json_writer& boolean(std::string_view name, bool value);
    CALIMATIC_DECL json_writer& strings(std::string_view name, std::vector<std::string> const& values);
    /// `value` is JSON text already.
    CALIMATIC_DECL json_writer& raw(std::string_view name, std::string_view value);
    /// `string`, left out where the value is empty.
    json_writer& optional_string(std::string_view name, std::string_view value) { return value.empty() ? *this : string(name, value); }

    /// The finished object. Nothing can be written after it.
    CALIMATIC_DECL std::string finish();

private:
    void append(std::string_view piece);
    void name(std::string_view name);
    std::string text_;
};

/// Begins a saved value: `{"calimatic": kind, "version": version, ...`.
CALIMATIC_DECL void begin_blob(json_writer& writer, std::string_view kind, int version);

/// Reads a saved value back. Errors: `blob_malformed` (not JSON, too large, another kind), `blob_version_unknown`.
CALIMATIC_DECL result<json_document> parse_blob(std::string_view blob, std::string_view kind, int version, check_options const& options);

} // namespace calimatic::inline CALIMATIC_ABI::detail

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/detail/json_writer.ipp>
#endif
