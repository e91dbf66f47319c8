#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/platform_request.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A user who comes from the application's own database. What is "" or nothing is not sent.
struct imported_user {
    std::string email{};                                    ///< 1 to 255 characters; the key by which one who is there already is known
    std::string first_name{};                               ///< 1 to 100 characters
    std::string last_name{};                                ///< 1 to 100 characters
    std::string organization_id{};                          ///< in place of the organization that the call is for
    std::string role{};                                     ///< at most 50 characters; "member" is the platform's default
    secret_string temporary_password{};                     ///< 8 to 128 characters; the user has to change it at the first sign-in
    secret_string password_hash{};                          ///< a bcrypt or PBKDF2 hash, at most 1024 characters; the user keeps the password
    std::optional<std::vector<std::string>> applications{}; ///< nothing: a licence of the calling application
    std::string external_id{};                              ///< the application's own id of the user, at most 255 characters
    std::string metadata{};                                 ///< a JSON object, or ""
};

/// Imports users. `extra_members` are members beside `users` (which ones there are is not documented): a JSON object, or "". How many users one call may
/// have is not documented, either. Needs the permission org:users:manage. Errors: `platform_member_invalid` (which member of which user has not the
/// documented length or characters, or there is no user), `json_not_an_object` and those of `parse_json` for `metadata` and `extra_members`,
/// `parameter_reserved`, those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_import_users_request(
    platform_client const& platform, std::span<imported_user const> users, std::string_view extra_members = {}, check_options const& options = {});

/// Reads the reply, whose data are not documented. No error repeats a password or a hash of `users`, those that were sent. Errors: those of
/// `parse_platform_response`.
CALIMATIC_DECL result<platform_response> parse_import_users_response(
    http_response const& response, platform_client const& platform, std::span<imported_user const> users, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/user_import.ipp>
#endif
