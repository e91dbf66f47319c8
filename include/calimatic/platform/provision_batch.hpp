#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A user who is to be provisioned together with others. What is "" or nothing is not sent. Organization, role and applications of one user have the
/// names that the platform documents for an import.
struct batch_user {
    std::string email{};
    std::string first_name{};
    std::string last_name{};
    std::string organization_id{};                          ///< in place of the batch's
    std::string role{};                                     ///< "member", "admin"
    std::optional<std::vector<std::string>> applications{}; ///< as of a `new_user`
};

/// Checks one user by the limits that the platform documents for an import: lengths at most, and an address. A user may have one name only, for that a
/// batch needs both is not documented. Errors: `platform_member_invalid` with the member's name.
CALIMATIC_DECL result<void> validate_batch_user(batch_user const& user, check_options const& options = {});

/// Users for one request to /users/provision/bulk.
struct user_batch {
    static constexpr std::size_t most_users = 500;

    std::vector<batch_user> users{};          ///< 1 to `most_users`
    std::string default_organization_id{};    ///< "": none
    std::optional<bool> send_invite_emails{}; ///< nothing: left to the platform
};

/// Asks for several users at once. Errors: `batch_size_invalid`, those of `validate_batch_user` for the first user who breaks a rule, those of
/// `build_platform_request`.
CALIMATIC_DECL result<http_request> build_provision_batch_request(
    platform_client const& platform, user_batch const& batch, check_options const& options = {});

/// What became of one user.
enum class provision_outcome : std::uint8_t {
    created,     ///< the platform has the user, who is new
    existing,    ///< the platform has the user, who was there before
    provisioned, ///< the platform has the user; whether new, it did not say
    refused,     ///< not provisioned: `error` tells why, by the platform or by the rules that are checked before anything is sent
    unconfirmed, ///< the platform's reply says nothing about this user, or contradicts itself
    unknown,     ///< sent, and what came of it could not be found out
    duplicate,   ///< not sent: the same address came earlier in the input
};

/// The name as it stands in a saved value: "created".
CALIMATIC_DECL std::string_view to_string(provision_outcome outcome) noexcept;

/// What a reply says of one user.
struct provision_row {
    provision_outcome outcome = provision_outcome::unconfirmed;
    bool was_reported = false; ///< whether the reply says anything about this user
    std::string user_id{};     ///< "" where it was not told
    std::string keycloak_user_id{};
    std::optional<calimatic::error> error{}; ///< of `refused` and `unconfirmed`
};

/// The reply to a batch.
struct provision_batch_response {
    int status = 0;
    std::vector<provision_row> rows{};         ///< one for each user that was sent, in that order
    std::optional<calimatic::error> refusal{}; ///< what the platform says of the batch as a whole, where it says failure and tells of some users
    json_document document{};                  ///< the whole reply; nothing where it had no body
};

/// Reads the reply to a batch of `sent` users. Its shape is not documented, so users are found wherever they are: every object in an array, or under an
/// address as its name, that has a sent address as its `email` or as that of an object in it (compared without regard to ASCII case and to blanks
/// around). Such a row says that the user is there if it has a `userId`, `"success": true` or an `isNewUser`, and that the user was refused if it has
/// `"success": false`, an `error`, `errors` or `failed`, or stands in an array whose name has "fail", "error", "reject", "refus" or "invalid" in it. Objects in a row count as the row, but for those that have another address. A user without a row, whose row says neither, or whose rows
/// say both, is `unconfirmed`. A refusal of the whole batch that tells of some users (2xx with `"success": false`, 400, 409, 422) is a value with
/// `refusal`; one that tells of none is an error. Errors: those of `parse_platform_response`.
CALIMATIC_DECL result<provision_batch_response> parse_provision_batch_response(
    http_response const& response, platform_client const& platform, std::vector<batch_user> const& sent, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/provision_batch.ipp>
#endif
