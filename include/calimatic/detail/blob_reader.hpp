#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Reads the members of a saved value (`parse_blob`), each into its place, and remembers whether one was damaged: then the whole value is. What is
/// optional keeps its value where the member is missing; null stands for nothing that we write, and so is damage.
class blob_reader {
public:
    explicit blob_reader(json root) noexcept : root_(root) {}

    blob_reader& string(std::string_view name, std::string& out) { return read_string(name, out, true); }
    blob_reader& optional_string(std::string_view name, std::string& out) { return read_string(name, out, false); }
    blob_reader& secret(std::string_view name, secret_string& out) { return read_string(name, out, true); }
    blob_reader& optional_secret(std::string_view name, secret_string& out) { return read_string(name, out, false); }

    /// Milliseconds since 1970, within the years 1 to 9999, so that sums with durations cannot overflow.
    blob_reader& time(std::string_view name, time_point& out) {
        std::optional<time_point> read;
        optional_time(name, read);
        if (read) out = *read;
        else whole_ = false;
        return *this;
    }
    blob_reader& optional_time(std::string_view name, std::optional<time_point>& out) {
        auto const member = root_[name];
        if (member.kind() == json_kind::absent) return *this;
        auto const value = member.as_int64();
        if (value && *value >= -62'135'596'800'000 && *value <= 253'402'300'799'999) out = time_point(milliseconds(*value));
        else whole_ = false;
        return *this;
    }

    /// Seconds, none of them negative, as far as a time within the years above can be away.
    blob_reader& optional_duration(std::string_view name, std::optional<seconds>& out) {
        auto const member = root_[name];
        if (member.kind() == json_kind::absent) return *this;
        auto const value = member.as_int64();
        if (value && *value >= 0 && *value <= 315'537'897'600) out = seconds(*value);
        else whole_ = false;
        return *this;
    }

    /// Whether every member so far was as it was written.
    bool whole() const noexcept { return whole_; }

private:
    template <class Text>
    blob_reader& read_string(std::string_view name, Text& out, bool required) {
        auto const member = root_[name];
        if (auto const value = member.as_string()) out = Text(*value);
        else if (required || member.kind() != json_kind::absent) whole_ = false;
        return *this;
    }

    json root_;
    bool whole_ = true;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
