#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// What a refusal says, whichever of the platform's styles it is written in: `{"success": false, "error": "words"}`, `{"code": "CODE", "message":
/// "words"}`, the same as an object in `error`, or RFC 6749's `error` and `error_description`.
struct platform_words {
    std::string code;
    std::string text;
};

/// "RATE_LIMITED", "invalid_client", "FORBIDDEN": unlike a sentence, and unlike a single word of one.
inline bool is_platform_code(std::string_view text) noexcept {
    bool const is_word = std::all_of(text.begin(), text.end(), [](char c) { return is_ascii_alphanumeric(c) || c == '_'; });
    bool const has_lower_case = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return !text.empty() && text.size() <= 64 && is_word && (!has_lower_case || text.find('_') != std::string_view::npos);
}

inline platform_words words_in(json root) {
    auto const string = [](json value) { return std::string(value.as_string().value_or("")); };
    auto const error = root["error"];
    if (error.kind() == json_kind::object) root = error;
    platform_words words{string(root["code"]), string(root["message"])};
    if (auto const text = string(error); words.code.empty() && is_platform_code(text)) words.code = text;
    else if (words.text.empty()) words.text = text;
    if (words.text.empty()) words.text = string(root["error_description"]);
    return words;
}

/// Nothing where the body is not a refusal in any of these styles.
CALIMATIC_DECL std::optional<platform_words> parse_platform_words(std::string_view body, check_options const& options) {
    auto const document = parse_json(body, options.limits.platform_body, {options.limits, nullptr}); // looking is no decision
    if (!document) return std::nullopt;
    auto words = words_in(document->root());
    if (words.code.empty() && words.text.empty() && document->root()["success"].as_bool() != false) return std::nullopt;
    return words;
}

/// Whether a body is the envelope of a failure.
CALIMATIC_DECL bool is_failure_envelope(std::string_view body, check_options const& options) {
    auto const document = parse_json(body, options.limits.platform_body, {options.limits, nullptr}); // looking is no decision
    return document && document->root()["success"].as_bool() == false;
}

/// The rule of our own that a code of the platform stands for; `platform_error` for every other one.
CALIMATIC_DECL error_code error_code_of(std::string_view platform_code) noexcept {
    struct row {
        std::string_view code;
        error_code rule;
    };
    static constexpr row rows[] = {
        {"INVALID_CLIENT", error_code::platform_client_refused},
        {"INVALID_CREDENTIALS", error_code::credentials_wrong},
        {"ACCOUNT_LOCKED", error_code::account_locked},
        {"INVALID_TOKEN", error_code::invalid_token},
        {"MFA_INVALID_CODE", error_code::mfa_code_wrong},
        {"MFA_CHALLENGE_EXPIRED", error_code::mfa_challenge_expired},
        {"RATE_LIMITED", error_code::too_many_requests},
        {"VALIDATION_ERROR", error_code::platform_input_refused},
        {"USER_NOT_FOUND", error_code::user_not_found},
        {"APP_NOT_LICENSED", error_code::app_not_licensed},
    };
    for (auto const& row : rows)
        if (row.code == platform_code) return row.rule;
    return error_code::platform_error;
}

/// What a refusal without a code of its own means, by its status.
inline condition condition_of_status(int status) noexcept {
    switch (status) {
    case 400:
    case 404:
    case 409:
    case 422: return condition::correct_input;
    case 402:
    case 403: return condition::access_refused;
    case 423: return condition::retry_later;
    default: return condition::fix_configuration;
    }
}

/// A refusal as an error.
CALIMATIC_DECL error refusal(platform_words const& words, http_response const& response, check_options const& options) {
    auto const code = error_code_of(words.code);
    error e = *rule_check{options}(false, code);
    if (code == error_code::platform_error) e = std::move(e).with_condition(condition_of(words.code, condition_of_status(response.status)));
    return std::move(e).with_server(words.code, words.text).with_http_status(response.status).with_retry_after(retry_after(response));
}

/// What holds for every reply of the platform, in all styles: the rules of every answer, then 2xx, or the error that any other status is.
CALIMATIC_DECL std::optional<error> check_platform_reply(http_response const& response, check_options const& options) {
    if (auto e = check_response(response, options.limits.platform_body, options)) {
        if (response.status < 400 || *e == error_code::headers_too_large || *e == error_code::transport_too_large) return e;
        auto const words = parse_platform_words(response.body, options);
        return words ? std::move(*e).with_server(words->code, words->text) : *std::move(e);
    }
    if (response.status >= 200 && response.status <= 299) return std::nullopt;
    if (auto const words = parse_platform_words(response.body, options); words && response.status >= 400) return refusal(*words, response, options);
    return std::move(*rule_check{options}(false, error_code::status_unexpected)).with_http_status(response.status);
}

/// The object that a reply is, without an envelope around it.
CALIMATIC_DECL result<json_document> parse_platform_object(http_response const& response, check_options const& options) {
    if (auto e = check_platform_reply(response, options)) return *std::move(e);
    auto document = parse_json(response.body, options.limits.platform_body, options);
    if (!document) return std::move(document).error().with_http_status(response.status);
    bool const is_object = document->root().kind() == json_kind::object;
    if (auto e = rule_check{options}(is_object, error_code::platform_response_malformed)) return std::move(*e).with_http_status(response.status);
    return document;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
