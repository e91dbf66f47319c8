#pragma once
#include <calimatic/platform/webhook.hpp>

#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/platform/credentials.ipp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_reply.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <calimatic/platform/platform_request.hpp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline std::optional<error> check_webhook_url(std::string_view url, check_options const& options) {
    if (auto const checked = check_endpoint(url, options); !checked) return checked.error();
    return std::nullopt;
}

inline std::optional<error> check_webhook_events(rule_check const& rule, std::vector<std::string> const& events) {
    bool const named = std::all_of(events.begin(), events.end(), [](auto const& name) { return !name.empty() && is_utf8(name); });
    return rule(!events.empty() && named, error_code::platform_member_invalid, "events", "the names of one or more");
}

inline std::optional<error> check_webhook_secret(rule_check const& rule, secret_string const& secret) {
    return check_member(rule, "secret", secret.expose(), {16, 255});
}

inline std::optional<error> check_webhook_description(rule_check const& rule, std::string_view description) {
    return check_member(rule, "description", description, {0, 500});
}

/// The path of one webhook, or of what is below it.
inline result<http_request> build_webhook_request(platform_client const& platform, http_method method, std::string_view id, std::string_view below,
    std::string_view body, check_options const& options) {
    if (auto e = check_path_id(rule_check{options}, id)) return *std::move(e);
    auto path = "/api/v1/admin/webhooks/" + percent_encode(id);
    path += below;
    return build_platform_request(platform, method, path, body, options);
}

/// A reply of which it is not documented whether it is in an envelope.
struct open_reply {
    json_document document{};
    json data{}; ///< what is in the envelope, or the reply itself; `absent` where the reply had no body
};

inline result<open_reply> parse_open_reply(
    http_response const& response, platform_client const& platform, secret_string const& sent_secret, check_options const& options) {
    auto const without_secrets = [&](error e) { return without_credentials(std::move(e), platform.credentials).without(sent_secret.expose()); };
    if (auto e = check_platform_reply(response, options)) return without_secrets(*std::move(e));
    open_reply reply;
    if (response.body.empty()) return reply;
    auto document = parse_json(response.body, options.limits.platform_body, options);
    if (!document) return without_secrets(std::move(document).error()).with_http_status(response.status);
    auto const root = document->root();
    auto const success = root["success"];
    bool const well_formed =
        (root.kind() == json_kind::object || root.kind() == json_kind::array) && (!success.has_value() || success.as_bool().has_value());
    if (auto e = rule_check{options}(well_formed, error_code::platform_response_malformed)) return std::move(*e).with_http_status(response.status);
    if (success.as_bool() == false) return without_secrets(refusal(words_in(root), response, options));
    bool const in_envelope = success.has_value() || root["data"].kind() == json_kind::object || root["data"].kind() == json_kind::array;
    reply.data = in_envelope ? root["data"] : root;
    reply.document = std::move(*document);
    return reply;
}

/// Texts as they are, numbers in digits, "" where there is nothing; nothing for whatever else.
inline std::optional<std::string> read_id(json value) {
    if (auto const number = value.as_int64()) return std::to_string(*number);
    return read_optional_string(value);
}

/// A webhook, or nothing where that is not one.
inline std::optional<webhook> read_webhook(json value) {
    webhook read;
    auto id = read_id(value["id"]);
    auto url = read_optional_string(value["url"]);
    auto description = read_optional_string(value["description"]);
    auto const is_active = value["isActive"], events = value["events"];
    read.is_active = is_active.as_bool();
    bool well_formed = id && !id->empty() && url && description && (read.is_active || !is_active.has_value());
    well_formed = well_formed && (events.kind() == json_kind::array || !events.has_value());
    for (std::size_t i = 0; well_formed && i < events.size(); ++i) {
        auto const name = events[i].as_string();
        well_formed = name.has_value();
        if (name) read.events.emplace_back(*name);
    }
    if (!well_formed) return std::nullopt;
    read.id = std::move(*id);
    read.url = std::move(*url);
    read.description = std::move(*description);
    return read;
}

inline error webhook_reply_malformed(http_response const& response, std::string_view expected, check_options const& options) {
    return std::move(*rule_check{options}(false, error_code::platform_response_malformed, {}, expected)).with_http_status(response.status);
}

/// The one array that the data are or have; `absent` where that is not to be told.
inline json only_array(json data) noexcept {
    if (data.kind() == json_kind::array) return data;
    json found;
    for (std::size_t i = 0; data.kind() == json_kind::object && i < data.size(); ++i) {
        if (data.member_value(i).kind() != json_kind::array) continue;
        if (found.has_value()) return {};
        found = data.member_value(i);
    }
    return found;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_create_webhook_request(
    platform_client const& platform, webhook_registration const& registration, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = detail::check_webhook_url(registration.url, options)) return *std::move(e);
    if (auto e = detail::check_webhook_events(rule, registration.events)) return *std::move(e);
    if (!registration.secret.empty())
        if (auto e = detail::check_webhook_secret(rule, registration.secret)) return *std::move(e);
    if (auto e = detail::check_webhook_description(rule, registration.description)) return *std::move(e);
    detail::json_writer writer;
    writer.string("url", registration.url).strings("events", registration.events);
    writer.optional_string("secret", registration.secret.expose()).optional_string("description", registration.description);
    if (registration.is_active) writer.boolean("isActive", *registration.is_active);
    secret_string const body(writer.finish());
    return build_platform_request(platform, http_method::post, "/api/v1/admin/webhooks", body.expose(), options);
}

CALIMATIC_DECL result<http_request> build_list_webhooks_request(platform_client const& platform, check_options const& options) {
    return build_platform_request(platform, http_method::get, "/api/v1/admin/webhooks", {}, options);
}

CALIMATIC_DECL result<http_request> build_get_webhook_request(platform_client const& platform, std::string_view id, check_options const& options) {
    return detail::build_webhook_request(platform, http_method::get, id, {}, {}, options);
}

CALIMATIC_DECL result<http_request> build_update_webhook_request(
    platform_client const& platform, std::string_view id, webhook_update const& update, check_options const& options) {
    detail::rule_check const rule{options};
    detail::json_writer writer;
    if (update.url) {
        if (auto e = detail::check_webhook_url(*update.url, options)) return *std::move(e);
        writer.string("url", *update.url);
    }
    if (update.events) {
        if (auto e = detail::check_webhook_events(rule, *update.events)) return *std::move(e);
        writer.strings("events", *update.events);
    }
    if (update.secret) {
        if (auto e = detail::check_webhook_secret(rule, *update.secret)) return *std::move(e);
        writer.string("secret", update.secret->expose());
    }
    if (update.description) {
        if (auto e = detail::check_webhook_description(rule, *update.description)) return *std::move(e);
        writer.string("description", *update.description);
    }
    if (update.is_active) writer.boolean("isActive", *update.is_active);
    secret_string const body(writer.finish());
    return detail::build_webhook_request(platform, http_method::patch, id, {}, body.expose(), options);
}

CALIMATIC_DECL result<http_request> build_delete_webhook_request(platform_client const& platform, std::string_view id, check_options const& options) {
    return detail::build_webhook_request(platform, http_method::delete_, id, {}, {}, options);
}

CALIMATIC_DECL result<http_request> build_webhook_deliveries_request(
    platform_client const& platform, std::string_view id, check_options const& options) {
    return detail::build_webhook_request(platform, http_method::get, id, "/deliveries", {}, options);
}

CALIMATIC_DECL result<webhook> parse_webhook_response(
    http_response const& response, platform_client const& platform, secret_string const& sent_secret, check_options const& options) {
    auto reply = detail::parse_open_reply(response, platform, sent_secret, options);
    if (!reply) return std::move(reply).error();
    auto read = detail::read_webhook(reply->data["webhook"].kind() == json_kind::object ? reply->data["webhook"] : reply->data);
    if (!read) return detail::webhook_reply_malformed(response, "a webhook with its id", options);
    read->document = std::move(reply->document);
    return std::move(*read);
}

CALIMATIC_DECL result<std::optional<webhook>> parse_update_webhook_response(
    http_response const& response, platform_client const& platform, secret_string const& sent_secret, check_options const& options) {
    auto reply = detail::parse_open_reply(response, platform, sent_secret, options);
    if (!reply) return std::move(reply).error();
    bool const in_envelope = reply->document.root()["success"].has_value();
    bool const is_container = reply->data.kind() == json_kind::object || reply->data.kind() == json_kind::array;
    bool const is_empty = !reply->data.has_value() || (is_container && reply->data.size() == 0);
    bool const only_success = response.body.empty() || (in_envelope && is_empty);
    if (only_success) return std::optional<webhook>();
    auto read = parse_webhook_response(response, platform, sent_secret, options);
    if (!read) return std::move(read).error();
    return std::optional<webhook>(std::move(*read));
}

CALIMATIC_DECL result<webhook_list> parse_list_webhooks_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto reply = detail::parse_open_reply(response, platform, {}, options);
    if (!reply) return std::move(reply).error();
    webhook_list list;
    auto const all = detail::only_array(reply->data);
    bool well_formed = all.kind() == json_kind::array;
    for (std::size_t i = 0; well_formed && i < all.size(); ++i) {
        auto read = detail::read_webhook(all[i]);
        well_formed = read.has_value();
        if (read) list.webhooks.push_back(std::move(*read));
    }
    if (!well_formed) return detail::webhook_reply_malformed(response, "one array of webhooks with their ids", options);
    list.document = std::move(reply->document);
    return list;
}

CALIMATIC_DECL result<webhook_delivery_log> parse_webhook_deliveries_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto reply = detail::parse_open_reply(response, platform, {}, options);
    if (!reply) return std::move(reply).error();
    webhook_delivery_log log;
    log.deliveries = detail::only_array(reply->data);
    if (log.deliveries.kind() != json_kind::array) return detail::webhook_reply_malformed(response, "one array of deliveries", options);
    log.document = std::move(reply->document);
    return log;
}

CALIMATIC_DECL result<void> parse_delete_webhook_response(
    http_response const& response, platform_client const& platform, check_options const& options) {
    auto const reply = detail::parse_open_reply(response, platform, {}, options);
    if (!reply) return reply.error();
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
