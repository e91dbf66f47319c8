#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/webhook_signature.hpp>
#include <cstdint>
#include <optional>
#include <string>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI {

/// What an event is about. The platform's documentation names these five, and does not say that there are no others.
enum class webhook_event_type : std::uint8_t { other, user_created, user_updated, user_suspended, user_deleted, license_revoked };

/// Where the members of a payload are (RFC 6901): "/data/userId". The platform's documentation does not say, so none has a default.
struct webhook_payload_profile {
    std::string event{};           ///< the event's name; without it no payload is read
    std::string user_id{};         ///< whom it is about; without it no event of the five is read
    std::string email{};           ///< "": not read, as the following
    std::string organization_id{}; ///< where that is told
    std::string application{};     ///< the one whose licence was revoked, where that is told
};

/// An event that a webhook tells. What the payload does not have, or the profile does not name, is nothing.
struct webhook_event {
    webhook_event_type type = webhook_event_type::other;
    std::string name{};                   ///< "user.updated", as it was sent
    std::optional<std::string> user_id{}; ///< always there, but for `other`; a number in digits, as in the following
    std::optional<std::string> email{};
    std::optional<std::string> organization_id{};
    std::optional<std::string> application{};
    json_document payload{}; ///< all of it
};

/// Reads the event out of a webhook, which was verified or would not exist. One that is not known is passed on by its name. Errors:
/// `platform_fact_missing`, `webhook_profile_invalid` (a place that is not written as RFC 6901 says), those of `parse_json`, `webhook_event_malformed`.
CALIMATIC_DECL result<webhook_event> parse_webhook_event(
    verified_webhook const& webhook, webhook_payload_profile const& profile, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/webhook_event.ipp>
#endif

#endif
