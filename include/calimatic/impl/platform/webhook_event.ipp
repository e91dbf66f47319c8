#pragma once
#include <calimatic/platform/webhook_event.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/json_pointer.ipp>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline webhook_event_type webhook_event_type_of(std::string_view name) noexcept {
    using enum webhook_event_type;
    constexpr std::pair<std::string_view, webhook_event_type> names[]{{"user.created", user_created}, {"user.updated", user_updated},
        {"user.suspended", user_suspended}, {"user.deleted", user_deleted}, {"license.revoked", license_revoked}};
    for (auto const& [known, type] : names)
        if (known == name) return type;
    return other;
}

} // namespace detail

CALIMATIC_DECL result<webhook_event> parse_webhook_event(
    verified_webhook const& webhook, webhook_payload_profile const& profile, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = rule(!profile.event.empty(), error_code::platform_fact_missing, {}, "event")) return *std::move(e);
    for (auto const* place : {&profile.event, &profile.user_id, &profile.email, &profile.organization_id, &profile.application}) {
        bool const sound = place->empty() || detail::is_json_pointer(*place);
        if (auto e = rule(sound, error_code::webhook_profile_invalid, *place, "/members/of/members")) return *std::move(e);
    }
    webhook_event event;
    auto document = parse_json(webhook.body(), options.limits.webhook_body, options);
    if (!document) return std::move(document).error();
    auto const name = detail::member_at(document->root(), profile.event).as_string().value_or("");
    if (auto e = rule(!name.empty(), error_code::webhook_event_malformed, {}, profile.event)) return *std::move(e);
    event.name = name;
    event.type = detail::webhook_event_type_of(name);
    bool const known = event.type != webhook_event_type::other;
    if (auto e = rule(!known || !profile.user_id.empty(), error_code::platform_fact_missing, {}, "user_id")) return *std::move(e);

    auto const read = [&](std::optional<std::string>& out, std::string const& place) -> std::optional<error> {
        auto const value = place.empty() ? json() : detail::member_at(document->root(), place);
        if (auto const number = value.as_int64()) out = std::to_string(*number);
        else if (auto const text = value.as_string()) out = std::string(*text);
        // An event that is not known may have something else there.
        return rule(!known || out || !value.has_value(), error_code::webhook_event_malformed, {}, place);
    };
    if (auto e = read(event.user_id, profile.user_id)) return *std::move(e);
    if (auto e = read(event.email, profile.email)) return *std::move(e);
    if (auto e = read(event.organization_id, profile.organization_id)) return *std::move(e);
    if (auto e = read(event.application, profile.application)) return *std::move(e);
    bool const about_somebody = !known || (event.user_id && !event.user_id->empty());
    if (auto e = rule(about_somebody, error_code::webhook_event_malformed, {}, profile.user_id)) return *std::move(e);
    event.payload = std::move(*document);
    return event;
}

} // namespace calimatic::inline CALIMATIC_ABI

#endif
