#pragma once
#include <calimatic/oauth/bearer_token.hpp>

#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/detail/uri.hpp>
#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// Real servers send one to three.
inline constexpr std::size_t most_challenges = 32;

/// RFC 9110 11.2, but for the `=` at the end.
constexpr bool is_token68_character(char c) noexcept {
    return is_ascii_alphanumeric(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
}

/// Reads one field value from left to right (RFC 9110 11.6.1, 5.6.1): what separates two challenges also separates two parameters, so that a name
/// is a parameter's if `=` follows and a scheme otherwise.
class challenge_reader {
public:
    challenge_reader(std::string_view field, std::size_t most_parameters) noexcept : rest_(field), most_parameters_(most_parameters) {}

    bool read(std::vector<challenge>& out) {
        for (skip_separators(); !rest_.empty();) {
            auto const scheme = take_while(is_tchar);
            if (scheme.empty() || out.size() >= most_challenges) return false;
            auto& next = out.emplace_back();
            next.scheme = ascii_lower(scheme);
            bool const followed = !at_end_of_element();
            if (followed && rest_.front() != ' ' && rest_.front() != '\t') return false;
            skip_space();
            if (followed && read_token68(next.token68)) {
                skip_separators();
                continue;
            }
            if (!read_parameters(next.parameters) || (followed && next.parameters.empty())) return false;
            skip_separators();
        }
        return true;
    }

private:
    template <class Kind>
    std::string_view take_while(Kind kind) noexcept {
        auto const taken = rest_.substr(0, static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), kind) - rest_.begin()));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    void skip_space() noexcept {
        take_while([](char c) { return c == ' ' || c == '\t'; });
    }
    void skip_separators() noexcept { // empty elements of a list are legal
        take_while([](char c) { return c == ' ' || c == '\t' || c == ','; });
    }
    bool at_end_of_element() const noexcept {
        auto const next = rest_.find_first_not_of(" \t");
        return next == std::string_view::npos || rest_[next] == ',';
    }

    bool read_token68(std::string& out) {
        auto const before = rest_;
        auto const characters = take_while(is_token68_character);
        auto const padding = take_while([](char c) { return c == '='; });
        if (!characters.empty() && at_end_of_element()) {
            out = before.substr(0, characters.size() + padding.size());
            return true;
        }
        rest_ = before;
        return false;
    }

    /// Stops before the name of the next scheme.
    bool read_parameters(std::vector<challenge::parameter>& out) {
        while (true) {
            skip_separators();
            auto const before = rest_;
            auto const name = take_while(is_tchar);
            skip_space();
            if (name.empty() || rest_.empty() || rest_.front() != '=') {
                rest_ = before;
                return true;
            }
            rest_.remove_prefix(1);
            skip_space();
            challenge::parameter parameter{ascii_lower(name), {}};
            if (!read_value(parameter.value) || !at_end_of_element() || out.size() >= most_parameters_) return false;
            for (auto const& other : out)
                if (other.name == parameter.name) return false; // RFC 9110 11.2: once per challenge
            out.push_back(std::move(parameter));
        }
    }

    bool read_value(std::string& out) {
        if (rest_.empty() || rest_.front() != '"') {
            out = take_while(is_tchar);
            return !out.empty();
        }
        for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
            if (rest_.front() == '"') {
                rest_.remove_prefix(1);
                return true;
            }
            if (rest_.front() == '\\') {
                rest_.remove_prefix(1);
                if (rest_.empty()) return false;
            }
            auto const byte = static_cast<unsigned char>(rest_.front());
            if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
            out += rest_.front();
        }
        return false;
    }

    std::string_view rest_;
    std::size_t most_parameters_;
};

/// RFC 6750 3: the characters of error and error_description; the same and no space for error_uri. All of RFC 9110 5.6.4, too.
constexpr bool is_challenge_text(std::string_view text, bool spaces) noexcept {
    return std::all_of(text.begin(), text.end(), [spaces](char c) { return c >= (spaces ? 0x20 : 0x21) && c <= 0x7e && c != '"' && c != '\\'; });
}

/// What the server said about the token: a challenge with an `error`, or else the body, where some servers put it.
inline server_error find_resource_error(http_response const& response, std::string& scope, check_options const& options) {
    auto const challenges = parse_www_authenticate(response.headers, options);
    if (challenges) {
        for (auto const& challenge : *challenges) {
            auto const error = challenge.find("error");
            if (!error || (challenge.scheme != "bearer" && challenge.scheme != "dpop")) continue;
            scope = challenge.find("scope").value_or("");
            return {std::string(*error), std::string(challenge.find("error_description").value_or(""))};
        }
    }
    return parse_server_error(response.body, options).value_or(server_error{});
}

} // namespace detail

CALIMATIC_DECL result<void> put_bearer_token(http_request& request, std::string_view access_token, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = rule(detail::is_sendable(access_token), error_code::token_not_sendable)) return *std::move(e);
    if (auto e = rule(access_token.size() <= options.limits.token, error_code::token_too_large)) return *std::move(e);
    if (auto const url = detail::check_endpoint(request.url, options); !url) return url.error();
    detail::remove_header(request, "Authorization");
    auto& header = request.headers.emplace_back();
    header.name = "Authorization";
    header.value.reserve(7 + access_token.size()); // at once: a buffer that is outgrown would keep a part
    header.value.append("Bearer ").append(access_token);
    return {};
}

CALIMATIC_DECL std::optional<std::string_view> challenge::find(std::string_view name) const noexcept {
    for (auto const& candidate : parameters)
        if (candidate.name == name) return candidate.value;
    return std::nullopt;
}

CALIMATIC_DECL result<std::vector<challenge>> parse_www_authenticate(std::vector<http_header> const& headers, check_options const& options) {
    detail::rule_check const rule{options};
    std::vector<challenge> challenges;
    std::size_t size = 0;
    for (auto const& header : headers) {
        if (!detail::equal_ignoring_case(header.name, "WWW-Authenticate")) continue;
        size += header.value.size();
        bool const legal = size <= options.limits.header_bytes && detail::challenge_reader(header.value, options.limits.parameters).read(challenges);
        if (auto e = rule(legal, error_code::challenge_malformed)) return *std::move(e);
    }
    return challenges;
}

CALIMATIC_DECL result<std::string> build_www_authenticate(bearer_challenge const& challenge, check_options const& options) {
    detail::rule_check const rule{options};
    constexpr auto invalid = error_code::challenge_attribute_invalid;
    bool const printable = std::all_of(challenge.realm.begin(), challenge.realm.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
    if (auto e = rule(printable, invalid, "realm")) return *std::move(e);
    auto const scope = detail::normalize_scope(challenge.scope);
    if (auto e = rule(scope.has_value(), error_code::scope_malformed)) return *std::move(e);
    if (auto e = rule(detail::is_challenge_text(challenge.error, true), invalid, "error")) return *std::move(e);
    if (auto e = rule(detail::is_challenge_text(challenge.error_description, true), invalid, "error_description")) return *std::move(e);
    if (auto e = rule(detail::is_challenge_text(challenge.error_uri, false), invalid, "error_uri")) return *std::move(e);
    bool const explained = !challenge.error_description.empty() || !challenge.error_uri.empty();
    if (auto e = rule(!explained || !challenge.error.empty(), invalid, "error")) return *std::move(e);

    std::string field;
    for (auto const& [name, value] : {std::pair("realm", std::string_view(challenge.realm)), std::pair("scope", std::string_view(*scope)),
             std::pair("error", std::string_view(challenge.error)), std::pair("error_description", std::string_view(challenge.error_description)),
             std::pair("error_uri", std::string_view(challenge.error_uri))}) {
        if (value.empty()) continue;
        field.append(field.empty() ? "Bearer " : ", ").append(name).append("=\"");
        for (char const c : value) {
            if (c == '"' || c == '\\') field += '\\'; // only a realm has these
            field += c;
        }
        field += '"';
    }
    if (auto e = rule(!field.empty(), invalid, "no attribute")) return *std::move(e); // RFC 6750 3: one or more
    if (auto e = rule(field.size() <= options.limits.header_bytes, invalid, "too long")) return *std::move(e);
    return field;
}

CALIMATIC_DECL std::optional<error> parse_resource_error(http_response const& response, check_options const& options) {
    auto const status = response.status;
    if (status >= 200 && status <= 299) return std::nullopt;
    if (auto e = detail::check_response(response, (std::numeric_limits<std::size_t>::max)(), options)) return e;
    if (status != 400 && status != 401 && status != 403) return detail::unexpected_status(response);

    std::string scope;
    auto const said = detail::find_resource_error(response, scope, options);
    auto code = status == 400 ? error_code::status_unexpected : error_code::access_refused;
    if (said.error == "invalid_token") code = error_code::invalid_token;
    else if (said.error == "insufficient_scope") code = error_code::insufficient_scope;
    else if (said.error == "invalid_request") code = error_code::invalid_request;
    auto const e =
        detail::rule_check{options}(false, code, {}, code == error_code::insufficient_scope ? std::string_view(scope) : std::string_view());
    return error(*e).with_server(said.error, said.description).with_http_status(status).with_retry_after(retry_after(response));
}

} // namespace calimatic::inline CALIMATIC_ABI
