#pragma once
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// How a signature is written. Each has exactly one spelling; every other one is refused.
enum class webhook_encoding : std::uint8_t {
    hex = 1, ///< in lower case
    base64,  ///< with padding (RFC 4648 4)
};

/// How a key is written.
enum class webhook_key_form : std::uint8_t {
    text = 1, ///< its bytes are the key
    base64,   ///< the key in base64 with padding, with or without "whsec_" before it
};

/// How the time of a delivery is written.
enum class webhook_time_format : std::uint8_t {
    unix_seconds = 1,  ///< since 1970, in decimal digits
    unix_milliseconds, ///< likewise
    iso8601,           ///< "2025-01-15T11:00:00.000Z"
};

/// Where the signatures of a delivery are and how they are written: HMAC-SHA256, always.
struct webhook_signature_format {
    std::string header{};            ///< the name of the header field
    std::string prefix{};            ///< what is before each signature, its version included: "v1,", "v1=", "sha256="; "": nothing
    char separator = '\0';           ///< between several, of which one has to fit; '\0': there is exactly one
    webhook_encoding encoding{};     ///< no default
    webhook_key_form key_form{};     ///< no default
    std::size_t min_key_bytes = 16;  ///< 16 or more
    std::size_t max_key_bytes = 255; ///< at most 4096
};

/// How a sender signs what it delivers, as a value. A fresh one verifies nothing: it names nothing, and what it does not name is
/// `platform_fact_missing`. That holds for the platform's own, whose documentation does not say.
///
///     webhook_signature_profile{.signature = {.header = "x-signature", .prefix = "v1=", .separator = ',', .encoding = webhook_encoding::hex,
///                                   .key_form = webhook_key_form::text},
///         .timestamp_prefix = "t=", .time_format = webhook_time_format::unix_seconds, .signed_content = "{timestamp}.{body}"}
struct webhook_signature_profile {
    webhook_signature_format signature{};
    std::string timestamp_header{};    ///< the header field that has the time, or
    std::string timestamp_prefix{};    ///< what is before it where it stands among the signatures: "t="
    webhook_time_format time_format{}; ///< no default
    std::string signed_content{};      ///< what is signed: `{timestamp}`, perhaps `{id}`, text between them, and at the end `{body}`
    std::string id_header{};           ///< the header field that has the event's id, which must be signed; or
    std::string id_member{};           ///< where it is in the payload (RFC 6901): "/id"; "" for both: what is signed stands for an id
    seconds tolerance{300};            ///< how old a delivery may be, and how far in the future: up to a day
    seconds remember_for{0};           ///< for how long an id is remembered at least, so that late attempts at one event are found, too
};

/// That of Standard Webhooks 1.0 (standardwebhooks.com).
inline webhook_signature_profile standard_webhooks_profile() {
    return {.signature = {.header = "webhook-signature",
                .prefix = "v1,",
                .separator = ' ',
                .encoding = webhook_encoding::base64,
                .key_form = webhook_key_form::base64,
                .min_key_bytes = 24,
                .max_key_bytes = 64},
        .timestamp_header = "webhook-timestamp",
        .time_format = webhook_time_format::unix_seconds,
        .signed_content = "{id}.{timestamp}.{body}",
        .id_header = "webhook-id"};
}

namespace insecure {

/// A signature over the body alone. Whoever once saw a delivery can send it again for ever, so an id in the payload and a `replay_cache` are all that
/// there is against it, and only for `remember_for`. An id in a header field would not be signed, and so prove nothing.
struct unsigned_time_profile {
    webhook_signature_format signature;
    std::string id_member; ///< where the event's id is in the payload (RFC 6901): "/id"
    seconds remember_for;  ///< how long the sender may take until its last attempt, and long after that

    unsigned_time_profile(webhook_signature_format format, std::string member, seconds duration)
        : signature(std::move(format)), id_member(std::move(member)), remember_for(duration) {}
};

} // namespace insecure

} // namespace calimatic::inline CALIMATIC_ABI
