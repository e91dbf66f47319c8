#pragma once
#include <calimatic/platform/platform_request.hpp>

#include <calimatic/detail/form.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/platform/credentials.ipp>
#include <calimatic/impl/platform/platform_reply.ipp>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// Every byte but the unreserved ones percent-encoded (RFC 3986 2.3), so that an id stays one segment of a path, or one value of a query.
CALIMATIC_DECL std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') encoded += c;
        else encoded.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return encoded;
}

/// An absolute path without an authority, a fragment, dot segments (also percent-encoded) or backslashes.
inline bool is_platform_path(std::string_view path) {
    if (!path.starts_with('/') || path.starts_with("//")) return false;
    if (path.find_first_of("#\\") != std::string_view::npos) return false;
    auto rest = path.substr(0, path.find('?'));
    while (!rest.empty()) {
        rest.remove_prefix(1);
        auto const end = (std::min)(rest.find('/'), rest.size());
        auto segment = ascii_lower(rest.substr(0, end));
        for (auto dot = segment.find("%2e"); dot != std::string::npos; dot = segment.find("%2e")) segment.replace(dot, 3, ".");
        if (segment == "." || segment == "..") return false;
        rest.remove_prefix(end);
    }
    return true;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_platform_request(
    platform_client const& platform, http_method method, std::string_view path, std::string_view body, check_options const& options) {
    detail::rule_check const rule{options};
    auto const base = detail::check_endpoint(platform.base_url, options);
    if (!base) return base.error();
    if (auto e = rule(!base->query, error_code::url_has_query, {}, "a base_url without one")) return *std::move(e);
    if (auto e = rule(detail::is_platform_path(path), error_code::platform_path_invalid)) return *std::move(e);

    http_request request;
    request.method = method;
    request.url = platform.base_url;
    if (request.url.ends_with('/')) request.url.pop_back();
    request.url.append(path);
    if (auto const url = detail::check_endpoint(request.url, options); !url) return url.error();
    if (!body.empty()) {
        if (auto const read = parse_json(body, options.limits.platform_body, options); !read)
            return error(read.error()).with_condition(condition::correct_input);
        detail::append_secret(request.body, body);
        request.headers.push_back({"Content-Type", "application/json"});
    }
    request.headers.push_back({"Accept", "application/json"});
    request.max_response_body = options.limits.platform_body;
    if (auto const put = put_platform_credentials(request, platform.credentials, options); !put) return put.error();
    return request;
}

CALIMATIC_DECL result<platform_response> parse_platform_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto const without_secrets = [&](error e) { return detail::without_credentials(std::move(e), platform.credentials); };
    if (response.status == 204 || (response.status >= 200 && response.status <= 299 && response.body.empty())) {
        if (auto e = detail::check_platform_reply(response, options)) return without_secrets(*std::move(e));
        return platform_response{response.status, {}};
    }
    auto document = detail::parse_platform_object(response, options);
    if (!document) return without_secrets(std::move(document).error());
    auto const success = document->root()["success"].as_bool();
    if (auto e = detail::rule_check{options}(success.has_value(), error_code::platform_response_malformed, {}, "success"))
        return std::move(*e).with_http_status(response.status);
    if (!*success) return without_secrets(detail::refusal(detail::words_in(document->root()), response, options));
    return platform_response{response.status, std::move(*document)};
}

} // namespace calimatic::inline CALIMATIC_ABI
