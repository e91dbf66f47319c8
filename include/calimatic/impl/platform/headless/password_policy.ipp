#pragma once
#include <calimatic/platform/headless/password_policy.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_password_policy_request(platform_client const& platform, check_options const& options) {
    return detail::build_headless_request(platform, http_method::get, "/security/password-policy", {}, options);
}

CALIMATIC_DECL result<json_document> parse_password_policy_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto document = detail::parse_headless_object(response, options);
    if (!document) return detail::told(std::move(document).error(), response, platform, {});
    return document;
}

} // namespace calimatic::inline CALIMATIC_ABI
