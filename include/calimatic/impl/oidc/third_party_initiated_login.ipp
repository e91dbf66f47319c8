#pragma once
#include <calimatic/oidc/third_party_initiated_login.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/detail/form.ipp>
#include <calimatic/impl/oauth/authorization.ipp>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The parameters, wherever they are by the method (OIDC Core 4).
inline std::optional<error> read_login_initiation(http_request const& request, redirect_parameters& out, check_options const& options) {
    rule_check const rule{options};
    constexpr auto malformed = error_code::login_request_malformed;
    if (request.method == http_method::get) return read_redirect(request.url, out, options);
    if (auto e = rule(request.method == http_method::post, malformed, to_string(request.method), "GET or POST")) return e;
    auto const type = media_type(request.headers);
    if (auto e = rule(type == "application/x-www-form-urlencoded", malformed, type, "application/x-www-form-urlencoded")) return e;
    if (auto e = rule(request.body.size() <= options.limits.url, malformed, {}, "at most " + std::to_string(options.limits.url) + " bytes")) return e;
    auto parameters = parse_form(request.body, options);
    if (!parameters) return parameters.error();
    out.all = *std::move(parameters);
    return std::nullopt;
}

/// A path of a URL that was parsed, and that means the same to everybody, however often it is decoded: nothing in it can become a host, a line break or a way up.
inline bool is_plain_path(std::string_view path) {
    if (path.starts_with("//")) return false; // without its host, another host
    std::string segment;
    for (std::size_t i = 0; i <= path.size(); ++i) {
        if (i == path.size() || path[i] == '/') {
            if (segment == "." || segment == "..") return false;
            segment.clear();
            continue;
        }
        char c = path[i];
        if (c == '%') {
            c = static_cast<char>(16 * hexadecimal_value(path[i + 1]) + hexadecimal_value(path[i + 2]));
            if (c == '/' || c == '\\' || c == '%' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
            i += 2;
        }
        segment += c;
    }
    return true;
}

/// Whether a page is another one or below it.
inline bool is_below(uri const& page, uri const& top) {
    if (!same_origin(page, top)) return false;
    auto const with_slash = [](std::string_view path) { return path.empty() ? std::string_view("/") : path; };
    auto const path = with_slash(page.path), start = with_slash(top.path);
    return path.starts_with(start) && (path.size() == start.size() || start.ends_with('/') || path[start.size()] == '/');
}

/// The target as an absolute URL, if it is one of the application's.
inline result<std::string> check_login_target(std::string_view target, std::vector<std::string> const& targets, check_options const& options) {
    rule_check const rule{options};
    constexpr auto refused = error_code::login_target_refused;
    std::string absolute(target);
    std::vector<uri> tops;
    for (auto const& one : targets) {
        auto top = check_endpoint(one, options);
        if (!top) return top.error();
        tops.push_back(*std::move(top));
    }
    // Everything else without a scheme is one host to some and a path to others: "//host", "/\\host", "host".
    bool const is_path = target.starts_with('/') && !target.starts_with("//");
    if (is_path && !tops.empty()) absolute.insert(0, origin_of(targets.front(), options));
    auto const url = check_endpoint(absolute.substr(0, absolute.find('#')), {options.limits, nullptr});
    bool const readable = url && url->has_authority && is_plain_path(url->path) && parse_uri(absolute, {options.limits, nullptr});
    if (auto e = rule(readable, refused, {}, "an absolute URL of the application, or a path")) return *std::move(e);
    bool const ours = std::any_of(tops.begin(), tops.end(), [&](uri const& top) { return is_below(*url, top); });
    if (auto e = rule(ours, refused, url->scheme + "://" + url->host + (url->port.empty() ? "" : ":" + url->port), "a page of the application"))
        return *std::move(e);
    return absolute;
}

} // namespace detail

CALIMATIC_DECL result<third_party_initiated_login> validate_third_party_initiated_login(
    http_request const& request, login_initiation_expectations const& expected, check_options const& options) {
    detail::rule_check const rule{options};
    detail::redirect_parameters parameters;
    if (auto e = detail::read_login_initiation(request, parameters, options)) return *std::move(e);
    auto const* const repeated = detail::find_repeated(parameters.all);
    if (auto e = rule(!repeated, error_code::parameter_repeated, repeated ? std::string_view(repeated->name) : std::string_view()))
        return *std::move(e);

    third_party_initiated_login login{std::string(parameters["iss"]), std::string(parameters["login_hint"])};
    if (login.iss.empty()) login.iss = expected.iss_if_missing;
    if (auto e = rule(!login.iss.empty(), error_code::login_iss_missing)) return *std::move(e);
    auto const& issuers = expected.issuers;
    bool const trusted = login.iss == expected.iss_if_missing || std::find(issuers.begin(), issuers.end(), login.iss) != issuers.end();
    if (auto e = rule(trusted, error_code::login_iss_untrusted, login.iss)) return *std::move(e);

    if (auto const target = parameters["target_link_uri"]; !target.empty()) {
        auto checked = detail::check_login_target(target, expected.targets, options);
        if (!checked) return std::move(checked).error();
        login.target_link_uri = *std::move(checked);
    }
    return login;
}

} // namespace calimatic::inline CALIMATIC_ABI
