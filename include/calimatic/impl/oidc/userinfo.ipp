#pragma once
#include <calimatic/oidc/userinfo.hpp>

#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/oauth/bearer_token.hpp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_userinfo_request(
    server_metadata const& server, std::string_view access_token, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = rule(!server.userinfo_endpoint.empty(), error_code::endpoint_missing, {}, "userinfo_endpoint")) return *e;
    http_request request;
    request.url = server.userinfo_endpoint;
    request.headers.push_back({"Accept", "application/json"});
    request.max_response_body = options.limits.userinfo_body;
    if (auto put = put_bearer_token(request, access_token, options); !put) return put.error();
    return request;
}

CALIMATIC_DECL result<userinfo> parse_userinfo_response(http_response const& response, std::string_view sub, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = parse_resource_error(response, options)) return *e;
    if (auto e = detail::check_response(response, options.limits.userinfo_body, options)) return *e;
    if (response.status != 200) return detail::unexpected_status(response);

    // An answer that does not say what it is may be JSON; one that says so has to be. A signed one (application/jwt) was not registered (5.3.2).
    auto const type = detail::media_type(response);
    bool const is_json = type == "application/json" || !find_header(response.headers, "content-type");
    if (auto e = rule(is_json, error_code::userinfo_content_type, type, "application/json")) return *e;

    auto document = parse_json(response.body, options.limits.userinfo_body, options);
    if (!document) return document.error();
    auto const claims = document->root();
    if (auto e = rule(claims.kind() == json_kind::object, error_code::userinfo_malformed)) return *e;

    // 5.3.2: else the answer must not be used. An empty subject is nobody's, so it never fits; whose it is, is not told: it may end in a log.
    if (auto e = rule(claims["sub"].has_value(), error_code::userinfo_sub_missing)) return *e;
    if (auto e = rule(!sub.empty() && claims["sub"].as_string() == sub, error_code::userinfo_sub_mismatch)) return *e;
    return userinfo(std::move(*document));
}

} // namespace calimatic::inline CALIMATIC_ABI
