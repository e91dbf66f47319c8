#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/credentials.ipp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_reply.ipp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <calimatic/platform/platform_request.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// A value as it is sent: there, and such that no byte of it is replaced on the way.
inline std::optional<error> check_headless_value(std::string_view value, std::string_view what, check_options const& options) {
    return rule_check{options}(!value.empty() && is_utf8(value), error_code::platform_member_invalid, what, "UTF-8, not empty");
}

/// A name that the documentation leaves open; `member` is where the profile has it. One that is not UTF-8 is no member's name.
inline std::optional<error> check_fact(std::string_view name, std::string_view member, check_options const& options) {
    return rule_check{options}(!name.empty() && is_utf8(name), error_code::platform_fact_missing, {}, member);
}

/// Writes the body of a request. The first error is kept.
class headless_body {
public:
    explicit headless_body(check_options const& options) noexcept : options_(&options) {}

    /// A member whose name is documented.
    headless_body& set(std::string_view name, std::string_view value) {
        if (!error_) error_ = check_headless_value(value, name, *options_);
        if (!error_) writer_.string(name, value);
        return *this;
    }
    /// A member whose name is the profile's.
    headless_body& set(std::string_view name, std::string_view member, std::string_view value) {
        if (!error_) error_ = check_fact(name, member, *options_);
        if (!error_) error_ = check_headless_value(value, member, *options_);
        if (!error_) writer_.string(name, value);
        return *this;
    }
    /// The same, left out where the value is empty.
    headless_body& set_optional(std::string_view name, std::string_view member, std::string_view value) {
        return value.empty() ? *this : set(name, member, value);
    }

    /// All members of an object in JSON; none where it is "".
    headless_body& set_all_of(std::string_view object) {
        if (!error_) error_ = write_extra_members(writer_, object, {}, *options_);
        return *this;
    }

    result<std::string> finish() {
        if (error_) return *std::move(error_);
        return writer_.finish();
    }

private:
    check_options const* options_;
    json_writer writer_;
    std::optional<error> error_;
};

/// A request without a body where that is "".
inline result<http_request> build_headless_request(
    platform_client const& platform, http_method method, std::string_view path, std::string_view body, check_options const& options) {
    bool const takes_it = !std::holds_alternative<api_key>(platform.credentials);
    if (auto e = rule_check{options}(takes_it, error_code::client_id_missing, "api_key", "app_client")) return *std::move(e);
    return build_platform_request(platform, method, std::string("/api/v1/auth/headless").append(path), body, options);
}

/// A POST, whose body is secret.
inline result<http_request> build_headless_post(
    platform_client const& platform, std::string_view path, headless_body& body, check_options const& options) {
    auto text = body.finish();
    if (!text) return std::move(text).error();
    auto request = build_headless_request(platform, http_method::post, path, *text, options);
    wipe(*text);
    return request;
}

/// A server may repeat what it was sent. `error::without` finds no secret of fewer than 8 bytes, as a code has; then nothing of a text is kept that
/// has such a one in it.
inline error without_secret(error e, std::string_view secret) {
    if (secret.empty() || secret.size() >= 8) return std::move(e).without(secret);
    auto const told = [secret](std::string_view text) { return std::string(text.find(secret) == std::string_view::npos ? text : "[secret]"); };
    return std::move(e).with_server(told(e.server_error()), told(e.server_text()));
}

/// The error that a reply is, with its status and without what the request had in it.
inline error told(error e, http_response const& response, platform_client const& platform, std::initializer_list<std::string_view> secrets) {
    e = without_credentials(std::move(e), platform.credentials).with_http_status(response.status);
    for (auto const secret : secrets) e = without_secret(std::move(e), secret);
    return e;
}

/// What a refusal is that comes with a status of success.
inline std::optional<error> refused_in_success(json root, http_response const& response, check_options const& options) {
    if (root["success"].as_bool() != false && !root["error"].has_value()) return std::nullopt;
    return refusal(words_in(root), response, options);
}

/// The bare object that a reply is.
inline result<json_document> parse_headless_object(http_response const& response, check_options const& options) {
    auto document = parse_platform_object(response, options);
    if (!document) return document;
    if (auto e = refused_in_success(document->root(), response, options)) return *std::move(e);
    return document;
}

/// A reply whose form is not documented: an object, or no body at all.
inline result<json_document> parse_open_headless_reply(
    http_response const& response, platform_client const& platform, std::initializer_list<std::string_view> secrets, check_options const& options) {
    if (response.status >= 200 && response.status <= 299 && response.body.empty()) {
        if (auto e = check_platform_reply(response, options)) return told(*std::move(e), response, platform, secrets);
        return json_document();
    }
    auto document = parse_headless_object(response, options);
    if (!document) return told(std::move(document).error(), response, platform, secrets);
    return document;
}

/// The same where nothing in it is of interest.
inline result<void> parse_headless_success(
    http_response const& response, platform_client const& platform, std::initializer_list<std::string_view> secrets, check_options const& options) {
    auto const document = parse_open_headless_reply(response, platform, secrets, options);
    if (!document) return document.error();
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
