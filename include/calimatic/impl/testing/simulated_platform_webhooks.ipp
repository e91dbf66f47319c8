#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/platform/webhook_signature.ipp>
#include <calimatic/impl/testing/simulated_platform_headless.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_provisioning.ipp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// An object with members where pointers (RFC 6901) lead to. "" leads nowhere.
inline std::string object_at(std::vector<std::pair<std::string, std::string>> const& members) {
    json_members object;
    for (auto const& [pointer, json] : members) {
        if (pointer.empty()) continue;
        auto const name = pointer.substr(1, pointer.find('/', 1) - 1);
        std::vector<std::pair<std::string, std::string>> below;
        std::string value;
        for (auto const& [other, other_json] : members) {
            if (other != '/' + name && !other.starts_with('/' + name + '/')) continue;
            auto rest = other.substr(name.size() + 1);
            if (rest.empty()) value = other_json;
            else below.emplace_back(std::move(rest), other_json);
        }
        auto unescaped = name;
        for (auto at = unescaped.find("~1"); at != std::string::npos; at = unescaped.find("~1")) unescaped.replace(at, 2, "/");
        for (auto at = unescaped.find("~0"); at != std::string::npos; at = unescaped.find("~0", at + 1)) unescaped.replace(at, 2, "~");
        object.set(unescaped, below.empty() ? value : object_at(below));
    }
    return object.text();
}

/// The time of a delivery as a profile wants it.
inline std::string webhook_time_text(time_point time, webhook_time_format format) {
    if (format == webhook_time_format::unix_milliseconds) return std::to_string(time.time_since_epoch().count());
    if (format == webhook_time_format::unix_seconds) return std::to_string(whole_seconds(time));
    return iso8601(time);
}

/// The header fields that sign a body.
inline std::vector<http_header> signature_fields(
    webhook_signature_profile const& profile, secret_string const& secret, std::string_view id, time_point sent_at, std::string_view body) {
    auto const key = webhook_key_bytes(profile.signature, secret);
    if (!key) return {};
    auto const timestamp = webhook_time_text(sent_at, profile.time_format);
    auto const pieces = parse_signed_content(profile.signed_content);
    auto const content = pieces ? webhook_content(*pieces, id, timestamp, body) : std::string(body);
    auto const signature = webhook_signature(profile.signature, *key, content);
    std::vector<http_header> fields;
    if (!profile.id_header.empty()) fields.push_back({profile.id_header, std::string(id)});
    if (!profile.timestamp_header.empty()) fields.push_back({profile.timestamp_header, timestamp});
    std::string value;
    if (!profile.timestamp_prefix.empty()) value.append(profile.timestamp_prefix).append(timestamp) += profile.signature.separator;
    if (signature) fields.push_back({profile.signature.header, value + profile.signature.prefix + *signature});
    return fields;
}

} // namespace detail

namespace testing {

CALIMATIC_DECL void simulated_platform::state::answer_webhooks(exchange& x) {
    auto const caller = management_caller(x, {});
    if (!caller) return;
    auto const method = x.request->method;
    auto const text_of = [](simulated_webhook const& one) {
        detail::json_members object;
        object.set_string("id", one.id).set_string("url", one.url).set("events", detail::json_strings(one.events));
        object.set("description", one.description.empty() ? "null" : detail::json_string(one.description));
        return object.set("isActive", one.is_active ? "true" : "false").text();
    };
    auto rest = detail::simulated_path(options.issuer, x.request->url).substr(std::string_view("/api/v1/admin/webhooks").size());
    if (rest.empty() && method == http_method::post) {
        simulated_webhook made{.id = {}, .url = {}};
        if (!change_webhook(x, made, true)) return;
        made.id = new_id();
        webhooks.push_back(std::move(made));
        return give_envelope(x, 201, text_of(webhooks.back()));
    }
    if (rest.empty() && method == http_method::get) {
        std::string all;
        for (auto const& one : webhooks) all.append(all.empty() ? "" : ",").append(text_of(one));
        return give_envelope(x, 200, "[" + all + "]");
    }
    rest.remove_prefix((std::min)(std::size_t{1}, rest.size()));
    auto const id = rest.substr(0, rest.find('/'));
    auto const below = rest.substr(id.size());
    auto const found = std::find_if(webhooks.begin(), webhooks.end(), [id](auto const& one) { return detail::percent_encode(one.id) == id; });
    if (rest.empty() || (!below.empty() && below != "/deliveries")) return give_refusal(x, 404, "There is no such endpoint");
    if (found == webhooks.end()) return give_refusal(x, 404, "There is no such webhook");
    if (!below.empty() && method == http_method::get) {
        std::string all;
        for (auto const& one : found->log) {
            detail::json_members object;
            object.set_string("eventId", one.id).set_string("event", one.event).set_number("attempt", one.attempt).set_number("status", one.status);
            object.set_string("at", detail::webhook_time_text(one.at, webhook_time_format::iso8601));
            all.append(all.empty() ? "" : ",").append(object.text());
        }
        return give_envelope(x, 200, "[" + all + "]");
    }
    if (below.empty() && method == http_method::get) return give_envelope(x, 200, text_of(*found));
    if (below.empty() && method == http_method::patch) {
        if (change_webhook(x, *found, false)) give_envelope(x, 200, text_of(*found));
        return;
    }
    if (below.empty() && method == http_method::delete_) {
        webhooks.erase(found);
        return give_envelope(x, 200, {});
    }
    give_refusal(x, 405, "Method not allowed");
}

/// Takes the members of a request over, all or none. False where it was refused, and the exchange is over.
CALIMATIC_DECL bool simulated_platform::state::change_webhook(exchange& x, simulated_webhook& webhook, bool creates) {
    auto const body = management_body(x);
    if (!body) return false;
    auto const refuse = [&](std::string_view name) {
        give_refusal(x, 400, std::string(name) + ": invalid");
        return false;
    };
    auto const characters = [](std::string_view text) {
        return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    };
    auto const member = [&](char const* name) { return body->root()[name]; };
    auto const url = member("url"), events = member("events"), secret = member("secret"), text = member("description"), active = member("isActive");
    if (creates && !url.has_value()) return refuse("url");
    if (creates && !events.has_value()) return refuse("events");
    if (url.has_value() && (!url.as_string() || !detail::check_endpoint(*url.as_string(), {}))) return refuse("url");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < events.size() && events.kind() == json_kind::array; ++i)
        if (auto const name = events[i].as_string(); name && !name->empty()) names.emplace_back(*name);
    if (events.has_value() && (names.empty() || names.size() != events.size())) return refuse("events");
    auto const& format = options.webhooks.signature.signature;
    if (secret.has_value()) {
        auto const value = secret.as_string().value_or("");
        if (characters(value) < 16 || characters(value) > 255 || !detail::webhook_key_bytes(format, secret_string(value))) return refuse("secret");
    }
    if (text.has_value() && (!text.as_string() || characters(*text.as_string()) > 500)) return refuse("description");
    if (active.has_value() && !active.as_bool()) return refuse("isActive");
    if (url.has_value()) webhook.url = *url.as_string();
    if (events.has_value()) webhook.events = std::move(names);
    if (secret.has_value()) webhook.secret = secret_string(*secret.as_string());
    if (text.has_value()) webhook.description = *text.as_string();
    if (active.has_value()) webhook.is_active = *active.as_bool();
    if (active.as_bool() == true) webhook.failures = 0;
    return true;
}

/// Makes deliveries of what happened, one for each webhook that wants to know.
CALIMATIC_DECL void simulated_platform::state::take_events(time_point now) {
    for (auto const& event : std::exchange(directory.events, {})) {
        auto const id = new_id();
        auto const& place = options.webhooks.payload;
        auto const* account = directory.find_account(event.user_id);
        std::vector<std::pair<std::string, std::string>> members{{place.event, detail::json_string(event.type)}};
        auto const add = [&](std::string const& pointer, std::string const& value) {
            if (!value.empty()) members.emplace_back(pointer, detail::json_string(value));
        };
        add(options.webhooks.signature.id_member, id);
        add(place.user_id, event.user_id);
        if (account) add(place.email, account->email);
        add(place.organization_id, event.organization_id);
        add(place.application, event.application);
        for (auto const& webhook : webhooks)
            if (webhook.is_active && std::find(webhook.events.begin(), webhook.events.end(), event.type) != webhook.events.end())
                deliveries.push_back({webhook.id, id, event.type, detail::object_at(members), now});
    }
}

CALIMATIC_DECL simulated_webhook* simulated_platform::state::find_webhook(std::string_view id) noexcept {
    auto const found = std::find_if(webhooks.begin(), webhooks.end(), [id](auto const& one) { return one.id == id; });
    return found == webhooks.end() ? nullptr : &*found;
}

CALIMATIC_DECL std::vector<simulated_webhook>& simulated_platform::webhooks() noexcept { return state_->webhooks; }

CALIMATIC_DECL std::optional<http_request> simulated_platform::poll_webhook_delivery(time_point now) {
    auto const here = state_->own_time(now);
    state_->take_events(here);
    std::erase_if(state_->deliveries, [this](auto const& one) {
        auto const* webhook = state_->find_webhook(one.webhook_id);
        return !webhook || (!webhook->is_active && one.request == request_id{});
    });
    auto& all = state_->deliveries;
    if (std::any_of(all.begin(), all.end(), [](auto const& one) { return one.request != request_id{}; })) return std::nullopt;
    auto const due = std::find_if(all.begin(), all.end(), [here](auto const& one) { return one.due <= here; });
    if (due == all.end()) return std::nullopt;
    due->request = request_id{++state_->webhook_requests};
    ++due->attempt;
    auto const& webhook = *state_->find_webhook(due->webhook_id);
    http_request request;
    request.id = due->request;
    request.method = http_method::post;
    request.url = webhook.url;
    request.body = due->body;
    if (!webhook.secret.empty())
        request.headers = detail::signature_fields(state_->options.webhooks.signature, webhook.secret, due->event_id, here, due->body);
    request.headers.push_back({"Content-Type", "application/json"});
    return request;
}

CALIMATIC_DECL bool simulated_platform::handle_webhook_answer(request_id id, int status, time_point now) {
    auto& all = state_->deliveries;
    auto const sent = std::find_if(all.begin(), all.end(), [id](auto const& one) { return one.request == id && id != request_id{}; });
    if (sent == all.end()) return false;
    auto const& how = state_->options.webhooks;
    auto const here = state_->own_time(now);
    auto* webhook = state_->find_webhook(sent->webhook_id);
    bool const arrived = status >= 200 && status <= 299;
    bool const over = arrived || sent->attempt >= how.attempts;
    if (webhook) {
        webhook->log.push_back({sent->event_id, sent->event, sent->attempt, status, here});
        if (arrived) webhook->failures = 0;
        else if (over && ++webhook->failures >= how.failures_until_disabled) webhook->is_active = false;
    }
    sent->request = request_id{};
    sent->due = here + how.retry_after;
    if (over) all.erase(sent);
    return true;
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
