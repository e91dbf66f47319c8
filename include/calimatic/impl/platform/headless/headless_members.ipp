#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/iso8601.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <calimatic/platform/headless/headless_tokens.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Reads the members of a reply, each into its place. The first error is kept; what is optional and null counts as absent.
class headless_reader {
public:
    headless_reader(json object, check_options const& options) noexcept : object_(object), options_(&options), rule_(options) {}

    headless_reader& string(std::string_view name, std::string& out) {
        if (auto const text = text_of(name, true)) out = *text;
        return *this;
    }
    headless_reader& optional_string(std::string_view name, std::string& out) {
        if (auto const text = text_of(name, false)) out = *text;
        return *this;
    }
    /// A token that is at most as long as one may be; "" counts as absent. One that goes into a header is `sendable`.
    headless_reader& token(std::string_view name, secret_string& out, bool sendable = false) { return read_token(name, out, true, sendable); }
    headless_reader& optional_token(std::string_view name, secret_string& out) { return read_token(name, out, false, false); }

    headless_reader& time(std::string_view name, time_point& out) {
        if (auto const text = text_of(name, true)) read_time(name, *text, out);
        return *this;
    }
    headless_reader& optional_time(std::string_view name, std::optional<time_point>& out) {
        if (auto const text = text_of(name, false)) read_time(name, *text, out.emplace());
        return *this;
    }
    /// At most ten years; what is negative is over.
    headless_reader& duration(std::string_view name, seconds& out) {
        if (auto const value = there(name); !error_) read_duration(value, name, out);
        return *this;
    }
    headless_reader& optional_duration(std::string_view name, std::optional<seconds>& out) {
        if (auto const value = object_[name]; !error_ && value.has_value()) read_duration(value, name, out.emplace());
        return *this;
    }
    /// A whole number that is not negative, and small enough to be one of attempts or minutes.
    headless_reader& count(std::string_view name, std::int64_t& out) {
        auto const value = there(name).as_int64();
        if (!error_ && expect(value && *value >= 0 && *value <= 1'000'000'000, name, "a number")) out = *value;
        return *this;
    }
    headless_reader& boolean(std::string_view name, bool& out) {
        auto const value = there(name).as_bool();
        if (!error_ && expect(value.has_value(), name, "a boolean")) out = *value;
        return *this;
    }
    headless_reader& strings(std::string_view name, std::vector<std::string>& out) {
        if (auto const value = there(name); !error_) read_strings(value, name, out);
        return *this;
    }
    headless_reader& optional_strings(std::string_view name, std::optional<std::vector<std::string>>& out) {
        if (auto const value = object_[name]; !error_ && value.has_value()) read_strings(value, name, out.emplace());
        return *this;
    }
    /// A member that is an object or an array; reading stops where it is not.
    json object(std::string_view name) {
        auto const value = there(name);
        return !error_ && expect(value.kind() == json_kind::object, name, "an object") ? value : json();
    }
    json array(std::string_view name) {
        auto const value = there(name);
        return !error_ && expect(value.kind() == json_kind::array, name, "an array") ? value : json();
    }

    std::optional<error> failure() { return std::exchange(error_, std::nullopt); }

private:
    bool keep(std::optional<error> e) {
        error_ = std::move(e);
        return !error_;
    }
    bool expect(bool kept, std::string_view name, std::string_view kind) { return keep(rule_(kept, error_code::json_member_type_wrong, name, kind)); }
    /// A member that has to be there.
    json there(std::string_view name) {
        auto const value = object_[name];
        if (!error_) keep(rule_(value.has_value(), error_code::platform_response_malformed, {}, name));
        return value;
    }
    std::optional<std::string_view> text_of(std::string_view name, bool required) {
        if (error_) return std::nullopt;
        auto const value = required ? there(name) : object_[name];
        if (error_ || !value.has_value()) return std::nullopt;
        auto const text = value.as_string();
        return expect(text.has_value(), name, "a string") ? text : std::nullopt;
    }
    headless_reader& read_token(std::string_view name, secret_string& out, bool required, bool sendable) {
        auto const text = text_of(name, required);
        if (!text) return *this;
        if (text->empty()) {
            if (required) keep(rule_(false, error_code::platform_response_malformed, {}, name));
            return *this;
        }
        if (!keep(rule_(text->size() <= options_->limits.token, error_code::token_too_large, name))) {
            error_ = std::move(*error_).with_condition(condition::distrust_server);
            return *this;
        }
        if (sendable && !keep(rule_(is_sendable(*text), error_code::token_not_sendable, name))) return *this;
        out = *text;
        return *this;
    }
    void read_duration(json value, std::string_view name, seconds& out) {
        auto const number = value.as_double();
        constexpr double longest = 3650.0 * 24 * 3600;
        if (expect(number.has_value(), name, "a number of seconds"))
            out = seconds(static_cast<seconds::rep>(std::floor((std::clamp)(*number, 0.0, longest))));
    }
    void read_time(std::string_view name, std::string_view text, time_point& out) {
        auto const time = parse_iso8601(text);
        if (keep(rule_(time.has_value(), error_code::timestamp_malformed, name))) out = *time;
    }
    void read_strings(json value, std::string_view name, std::vector<std::string>& out) {
        if (!expect(value.kind() == json_kind::array, name, "an array of strings")) return;
        for (std::size_t i = 0; i < value.size(); ++i) {
            auto const text = value[i].as_string();
            if (!expect(text.has_value(), name, "an array of strings")) return;
            out.emplace_back(*text);
        }
    }

    json object_;
    check_options const* options_;
    rule_check rule_;
    std::optional<error> error_;
};

inline result<headless_user> read_headless_user(json object, check_options const& options) {
    headless_user user;
    headless_reader reader(object, options);
    reader.string("userId", user.user_id)
        .string("email", user.email)
        .optional_string("firstName", user.first_name)
        .optional_string("lastName", user.last_name)
        .optional_string("organizationId", user.organization_id)
        .optional_string("orgName", user.org_name)
        .optional_strings("licenses", user.licenses);
    if (auto e = reader.failure()) return *std::move(e);
    return user;
}

/// The token set that /login and /mfa/verify reply with. It owns the document that it was read from.
inline result<headless_tokens> read_headless_tokens(json_document document, check_options const& options) {
    headless_tokens tokens;
    auto const names = headless_token_names::of_login();
    headless_reader reader(document.root(), options);
    reader.token(names.access_token, tokens.access_token, true)
        .token(names.refresh_token, tokens.refresh_token)
        .token(names.id_token, tokens.id_token)
        .time(names.expires_at, tokens.expires_at.emplace());
    auto const object = reader.object("user");
    if (auto e = reader.failure()) return *std::move(e);
    auto user = read_headless_user(object, options);
    if (!user) return std::move(user).error();
    tokens.user = *std::move(user);
    tokens.document = std::move(document);
    return tokens;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
