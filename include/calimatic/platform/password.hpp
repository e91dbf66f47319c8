#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/management_profile.hpp>
#include <calimatic/platform/platform_request.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

// Whether `id` is the platform's id of a user or Keycloak's is not documented. Both calls need the permission org:users:manage.

/// Has the platform send the user a mail with which the password is reset. Errors: `platform_fact_missing` (the profile has no
/// `reset_password_body`), `platform_id_invalid`, those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_reset_password_request(
    platform_client const& platform, std::string_view id, management_profile const& profile, check_options const& options = {});

/// Reads the reply, whose data are not documented. Errors: those of `parse_platform_response`.
CALIMATIC_DECL result<platform_response> parse_reset_password_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

/// Sets a temporary password. `extra_members` are members beside it: a JSON object, or "". Errors: `platform_fact_missing` (the profile has no
/// `set_password_member`), `platform_id_invalid`, `platform_member_invalid` (no password, or one that is not UTF-8), `parameter_reserved`, those of
/// `build_platform_request`.
CALIMATIC_DECL result<http_request> build_set_password_request(platform_client const& platform, std::string_view id,
    secret_string const& temporary_password, management_profile const& profile, std::string_view extra_members = {},
    check_options const& options = {});

/// Reads the reply, whose data are not documented. No error repeats the password that was sent. Errors: those of `parse_platform_response`.
CALIMATIC_DECL result<platform_response> parse_set_password_response(
    http_response const& response, platform_client const& platform, secret_string const& temporary_password, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/password.ipp>
#endif
