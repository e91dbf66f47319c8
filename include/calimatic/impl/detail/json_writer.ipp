#pragma once
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/detail/throw_exception.ipp>
#include <utility>

// clang-format off
#include <calimatic/impl/detail/boost_begin.ipp>
#include <boost/json/serializer.hpp>
#include <calimatic/impl/detail/boost_end.ipp>
// clang-format on

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Appends text as a JSON string. Bytes that are not UTF-8 become U+FFFD, so that what was written can be read back.
CALIMATIC_DECL void append_json_string(std::string& out, std::string_view text) {
    if (!is_utf8(text)) {
        std::string repaired;
        repaired.reserve(3 * text.size());
        while (!text.empty()) {
            auto const size = utf8_sequence(text);
            repaired += size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size);
            text.remove_prefix(size == 0 ? 1 : size);
        }
        append_json_string(out, repaired);
        wipe(repaired);
        return;
    }
    boost::json::serializer serializer;
    serializer.reset(boost::json::string_view(text.data(), text.size()));
    char buffer[1024];
    while (!serializer.done()) {
        auto const piece = serializer.read(buffer);
        append_secret(out, {piece.data(), piece.size()});
    }
    wipe(buffer, sizeof buffer);
}

CALIMATIC_DECL void json_writer::append(std::string_view piece) { append_secret(text_, piece); }

CALIMATIC_DECL void json_writer::name(std::string_view name) {
    append(text_.empty() ? "{" : ",");
    append_json_string(text_, name);
    append(":");
}

CALIMATIC_DECL json_writer& json_writer::string(std::string_view name, std::string_view value) {
    this->name(name);
    append_json_string(text_, value);
    return *this;
}

CALIMATIC_DECL json_writer& json_writer::number(std::string_view name, std::int64_t value) {
    this->name(name);
    append(std::to_string(value));
    return *this;
}

CALIMATIC_DECL json_writer& json_writer::boolean(std::string_view name, bool value) {
    this->name(name);
    append(value ? "true" : "false");
    return *this;
}

CALIMATIC_DECL json_writer& json_writer::strings(std::string_view name, std::vector<std::string> const& values) {
    this->name(name);
    append("[");
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) append(",");
        append_json_string(text_, values[i]);
    }
    append("]");
    return *this;
}

CALIMATIC_DECL json_writer& json_writer::raw(std::string_view name, std::string_view value) {
    this->name(name);
    append(value);
    return *this;
}

CALIMATIC_DECL std::string json_writer::finish() {
    append(text_.empty() ? "{}" : "}");
    std::string text;
    text_.swap(text);
    return text;
}

CALIMATIC_DECL void begin_blob(json_writer& writer, std::string_view kind, int version) {
    writer.string("calimatic", kind).number("version", version);
}

CALIMATIC_DECL result<json_document> parse_blob(std::string_view blob, std::string_view kind, int version, check_options const& options) {
    rule_check const rule{options};
    auto document = parse_json(blob, options.limits.blob, options);
    if (auto e = rule(document.has_value(), error_code::blob_malformed, document ? std::string_view() : document.error().name()))
        return *std::move(e);
    auto const root = document->root();
    auto const found_kind = root["calimatic"].as_string();
    if (auto e = rule(found_kind == kind, error_code::blob_malformed, found_kind.value_or(""), kind)) return *std::move(e);
    auto const found_version = root["version"].as_int64();
    if (auto e = rule(found_version.has_value(), error_code::blob_malformed, "version")) return *std::move(e);
    if (auto e = rule(found_version == version, error_code::blob_version_unknown, std::to_string(*found_version), std::to_string(version)))
        return *std::move(e);
    return document;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
