#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A webhook to register: where the platform is to send which events, and the key that it is to sign them with.
struct webhook_registration {
    std::string url{};                 ///< https, or http on loopback
    std::vector<std::string> events{}; ///< "user.updated": one or more
    secret_string secret{};            ///< 16 to 255 characters; "": **nothing is signed**, and no delivery can be verified
    std::string description{};         ///< at most 500 characters; "": none
    std::optional<bool> is_active{};   ///< nothing: the platform's default, which is active
};

/// What is to change of a webhook; whatever is nothing stays as it is.
struct webhook_update {
    std::optional<std::string> url{};
    std::optional<std::vector<std::string>> events{};
    std::optional<secret_string> secret{};
    std::optional<std::string> description{}; ///< "" is sent, too
    std::optional<bool> is_active{};          ///< true also for one that the platform disabled after failures
};

/// A webhook as the platform tells it. Texts are "" where it did not say.
struct webhook {
    std::string id{};
    std::string url{};
    std::vector<std::string> events{};
    std::string description{};
    std::optional<bool> is_active{};
    json_document document{}; ///< the whole reply, which is documented no further; nothing in an element of a list
};

/// All webhooks.
struct webhook_list {
    std::vector<webhook> webhooks{};
    json_document document{}; ///< the whole reply
};

/// What was sent to a webhook, and how it was answered: an array whose elements are not documented.
struct webhook_delivery_log {
    json deliveries{};        ///< a view of `document`
    json_document document{}; ///< the whole reply
};

/// Registers a webhook. Errors: `platform_member_invalid`, those of URLs, those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_create_webhook_request(
    platform_client const& platform, webhook_registration const& registration, check_options const& options = {});
/// Asks for all webhooks. Errors: those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_list_webhooks_request(platform_client const& platform, check_options const& options = {});
/// Asks for one. Errors: `platform_id_invalid`, those of `build_platform_request`.
CALIMATIC_DECL result<http_request> build_get_webhook_request(
    platform_client const& platform, std::string_view id, check_options const& options = {});
/// Changes one. Errors: as to register and to get one.
CALIMATIC_DECL result<http_request> build_update_webhook_request(
    platform_client const& platform, std::string_view id, webhook_update const& update, check_options const& options = {});
/// Removes one. Errors: as to get one.
CALIMATIC_DECL result<http_request> build_delete_webhook_request(
    platform_client const& platform, std::string_view id, check_options const& options = {});
/// Asks for the log of deliveries of one. Errors: as to get one.
CALIMATIC_DECL result<http_request> build_webhook_deliveries_request(
    platform_client const& platform, std::string_view id, check_options const& options = {});

/// Reads the reply to registering and to getting a webhook, in an envelope or bare, since that is not documented. `sent_secret`: that of the request,
/// so that no error repeats it. Errors: those of `parse_platform_response`; `platform_response_malformed` also where there is no id.
CALIMATIC_DECL result<webhook> parse_webhook_response(
    http_response const& response, platform_client const& platform, secret_string const& sent_secret = {}, check_options const& options = {});
/// The same for a change; nothing where the platform only says that it succeeded.
CALIMATIC_DECL result<std::optional<webhook>> parse_update_webhook_response(
    http_response const& response, platform_client const& platform, secret_string const& sent_secret = {}, check_options const& options = {});
/// Reads all webhooks. Errors: those of `parse_platform_response`; `platform_response_malformed` also where there is no array of objects with ids, or
/// more than one array.
CALIMATIC_DECL result<webhook_list> parse_list_webhooks_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});
/// Reads the log of deliveries. Errors: as for all webhooks, but for the ids.
CALIMATIC_DECL result<webhook_delivery_log> parse_webhook_deliveries_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});
/// Reads the reply to removing one: any success. Errors: those of `parse_platform_response`.
CALIMATIC_DECL result<void> parse_delete_webhook_response(
    http_response const& response, platform_client const& platform, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/webhook.ipp>
#endif
