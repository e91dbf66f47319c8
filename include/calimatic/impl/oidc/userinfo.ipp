#pragma once
#include <calimatic/oidc/userinfo.hpp>

#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/oauth/bearer_token.hpp>
#include <calimatic/oidc/userinfo_rules.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// What holds whether the claims are in JSON or in a token.
CALIMATIC_DECL std::optional<error> check_userinfo_answer(http_response const& response, check_options const& options) {
    if (auto e = parse_resource_error(response, options)) return e;
    if (auto e = check_response(response, options.limits.userinfo_body, options)) return e;
    if (response.status != 200) return unexpected_status(response);
    return std::nullopt;
}

/// 5.3.2: else the answer must not be used. An empty subject is nobody's, so it never fits; whose it is, is not told: it may end in a log.
CALIMATIC_DECL std::optional<error> check_userinfo_sub(json claim, std::string_view sub, rule_check const& rule) {
    if (auto e = rule(claim.has_value(), error_code::userinfo_sub_missing)) return e;
    return rule(!sub.empty() && claim.as_string() == sub, error_code::userinfo_sub_mismatch);
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_userinfo_request(
    server_metadata const& server, std::string_view access_token, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = rule(!server.userinfo_endpoint.empty(), error_code::endpoint_missing, {}, "userinfo_endpoint")) return *e;
    http_request request;
    request.url = server.userinfo_endpoint;
    request.headers.push_back({"Accept", "application/json, application/jwt"}); // which of the two it is was settled by the registration
    request.max_response_body = options.limits.userinfo_body;
    if (auto put = put_bearer_token(request, access_token, options); !put) return put.error();
    return request;
}

CALIMATIC_DECL result<userinfo> parse_userinfo_response(http_response const& response, std::string_view sub, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = detail::check_userinfo_answer(response, options)) return *e;

    // An answer that does not say what it is may be JSON; one that says so has to be. A signed one (application/jwt) was not registered (5.3.2).
    auto const type = detail::media_type(response);
    bool const is_json = type == "application/json" || !find_header(response.headers, "content-type");
    if (auto e = rule(is_json, error_code::userinfo_content_type, type, "application/json")) return *e;

    auto document = parse_json(response.body, options.limits.userinfo_body, options);
    if (!document) return document.error();
    auto const claims = document->root();
    if (auto e = rule(claims.kind() == json_kind::object, error_code::userinfo_malformed)) return *e;

    if (auto e = detail::check_userinfo_sub(claims["sub"], sub, rule)) return *e;
    return userinfo(std::move(*document));
}

#if !defined(CALIMATIC_CRYPTO_NONE)

CALIMATIC_DECL result<userinfo> validate_userinfo_response(http_response const& response, signature_verifier& verifier,
    userinfo_expectations const& expected, time_point now, check_options const& options) {
    auto rules = userinfo_rules::start(response, expected, options);
    if (!rules) return rules.error();
    auto const verified = detail::verify_token(rules->token(), rules->algorithm(), verifier, expected.client_secret);
    if (!verified && verified.error().code() != error_code::jws_signature_invalid) return verified.error();
    return std::move(*rules).finish(verified.has_value(), now);
}

#endif

} // namespace calimatic::inline CALIMATIC_ABI
