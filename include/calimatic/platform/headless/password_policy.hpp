#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>

namespace calimatic::inline CALIMATIC_ABI {

/// GET /security/password-policy. Errors: those of every request to the headless API (`build_headless_login_request`). For trusted back ends and devices
/// only.
CALIMATIC_DECL result<http_request> build_password_policy_request(platform_client const& platform, check_options const& options = {});

/// What a new password must be like, as the platform says it: the members are not documented. Errors: those of any answer and of `parse_json`,
/// `platform_response_malformed`, `platform_error`, and those that a code of the platform names.
CALIMATIC_DECL result<json_document> parse_password_policy_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/password_policy.ipp>
#endif
