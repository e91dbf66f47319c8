#include <calimatic/platform/webhook.hpp>
#include <calimatic/platform/webhook_event.hpp>
#include <calimatic/platform/webhook_signature.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz.hpp"
#include "support/webhooks.hpp"

/// \file
/// What is delivered to a webhook, and the replies of their management.

namespace fuzz {

namespace {

constexpr cal::time_point now{cal::milliseconds(1'800'000'000'000)};
constexpr std::string_view key = "PLANTED-SECRET-of-24-bytes";

std::vector<cal::secret_string> const& keys() {
    static std::vector<cal::secret_string> const both = [] {
        std::vector<cal::secret_string> made;
        made.emplace_back("another-key-of-the-rotation");
        made.emplace_back(key);
        return made;
    }();
    return both;
}

/// One of the profiles, with anything that a host could have written into it.
cal::webhook_signature_profile profile_of(reader& in) {
    auto profile = in.flag() ? support::single_profile() : support::listed_profile();
    if (in.flag()) {
        profile = cal::standard_webhooks_profile();
        profile.signature.key_form = cal::webhook_key_form::text;
    }
    if (in.flag()) profile.signed_content = in.text();
    if (in.flag()) profile.signature.prefix = in.text();
    if (in.flag()) profile.timestamp_prefix = in.text();
    if (in.flag()) profile.id_member = in.text();
    if (in.flag()) profile.tolerance = cal::seconds(in.number());
    if (in.flag()) profile.remember_for = cal::seconds(in.number());
    if (in.flag()) profile.signature.separator = static_cast<char>(in.byte());
    if (in.flag()) profile.time_format = static_cast<cal::webhook_time_format>(in.choose(5));
    return profile;
}

/// Decisions about the profile and the clock, then header fields and a body. Nobody but the target can sign: the signature in the input is wrong.
void webhook_signature(std::string_view input) {
    reader in(input);
    auto const profile = profile_of(in);
    auto const when = in.flag() ? in.time() : now;
    auto const delivered = response_of(in.rest());
    cal::replay_cache seen;
    auto const webhook = cal::verify_webhook(delivered.body, delivered.headers, profile, keys(), when, &seen);
    require(!webhook, "nobody has a signature");
    require_fit(webhook.error());
    require(count(input, planted) > 0 || !tells(webhook.error(), planted), "no error tells a key");
    require(seen.size() == 0, "what is not verified is not remembered");
    auto const answer = cal::build_webhook_response(webhook);
    require(answer.status >= 400 && answer.body.empty(), "what is refused is answered so");
    cal::insecure::unsigned_time_profile const unsigned_time(profile.signature, profile.id_member, profile.remember_for);
    auto const without_time = cal::verify_webhook(delivered.body, delivered.headers, unsigned_time, keys(), when, seen);
    require(!without_time && seen.size() == 0, "nobody has a signature");
    require_fit(without_time.error());
}

/// Whether the payload is signed for the time that the input gives, it is accepted if that is close to now, exactly once, and as it is.
void webhook_event(std::string_view input) {
    reader in(input);
    cal::webhook_payload_profile profile{.event = "/type", .user_id = "/data/userId", .email = "/data/email"};
    if (in.flag()) profile = {.event = in.text(), .user_id = in.text(), .email = in.text(), .organization_id = in.text(), .application = in.text()};
    auto const time = in.flag() ? in.text() : "1800000000000";
    auto const payload = in.rest();
    auto signing = support::single_profile();
    std::vector<cal::http_header> const fields{
        {"x-hook-time", time}, {"x-hook-signature", "sha256=" + support::hmac_hex(key, time + ":" + std::string(payload))}};
    cal::replay_cache seen;
    auto const verify = [&](std::string_view bytes) { return cal::verify_webhook(bytes, fields, signing, keys(), now, &seen); };
    auto const forged = verify(std::string(payload) + ' ');
    require(!forged && seen.size() == 0, "another body does not verify");
    auto const webhook = verify(payload);
    if (!webhook) {
        require(time != "1800000000000", "what is signed and of now is accepted");
        return require_fit(webhook.error());
    }
    require(webhook->sent_at() && *webhook->sent_at() >= now - signing.tolerance && *webhook->sent_at() <= now + signing.tolerance, "it is of now");
    require(webhook->body() == payload && webhook->key_index() == 1, "the bytes are those that were verified");
    require(verify(payload).error() == cal::error_code::replayed, "nothing comes twice");

    auto const event = cal::parse_webhook_event(*webhook, profile);
    if (!event) return require_fit(event.error());
    require(!event->name.empty(), "an event has a name");
    bool const known = event->type != cal::webhook_event_type::other;
    require(!known || (event->user_id && !event->user_id->empty()), "an event that is known is about somebody");
    require(cal::parse_json(event->payload.root().to_string(), payload.size() * 6 + 64).has_value(), "a payload is JSON");
}

void webhook_response(std::string_view input) {
    cal::platform_client const platform{"https://auth.example", cal::app_client{"cca_1", "ccas_PLANTED-SECRET"}};
    auto const answer = response_of(input);
    auto const check = [&](auto const& read) {
        if (read) return require(answer.status >= 200 && answer.status <= 299, "no other status has a value");
        require_fit(read.error());
        require(!tells(read.error(), "ccas_PLANTED-SECRET"), "no error tells our secret");
    };
    auto const webhook = cal::parse_webhook_response(answer, platform, "whsec_PLANTED-SECRET");
    check(webhook);
    if (webhook) require(!webhook->id.empty(), "a webhook has an id");
    else require(!tells(webhook.error(), "whsec_PLANTED-SECRET"), "no error tells the webhook's secret");
    auto const updated = cal::parse_update_webhook_response(answer, platform, "whsec_PLANTED-SECRET");
    check(updated);
    require(!webhook || (updated && updated->has_value()), "a reply with a webhook is one to a change, too");
    auto const list = cal::parse_list_webhooks_response(answer, platform);
    check(list);
    auto const log = cal::parse_webhook_deliveries_response(answer, platform);
    check(log);
    if (list) require(log && log->deliveries.size() == list->webhooks.size(), "both find the same array");
    check(cal::parse_delete_webhook_response(answer, platform));
}

} // namespace

std::span<target const> webhook_targets() {
    static constexpr target targets[] = {
        {"webhook_signature", webhook_signature},
        {"webhook_event", webhook_event},
        {"webhook_response", webhook_response},
    };
    return targets;
}

} // namespace fuzz
