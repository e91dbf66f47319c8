#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/platform/webhook_signature_profile.hpp>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// Senders of webhooks, each signing in its own way.

namespace support {

inline std::string hmac_base64(std::string_view key, std::string_view content) {
    return calimatic::detail::base64_encode(*calimatic::detail::compute_hmac(calimatic::hash_algorithm::sha256, key, content));
}

inline std::string hmac_hex(std::string_view key, std::string_view content) {
    std::string hex;
    auto const mac = calimatic::detail::compute_hmac(calimatic::hash_algorithm::sha256, key, content);
    for (char const c : *mac) {
        auto const byte = static_cast<unsigned char>(c);
        hex.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]});
    }
    return hex;
}

/// "x-hook-signature: t=1800000000,v1=5257...", the event's id being in the payload.
inline calimatic::webhook_signature_profile listed_profile() {
    return {.signature = {.header = "X-Hook-Signature",
                .prefix = "v1=",
                .separator = ',',
                .encoding = calimatic::webhook_encoding::hex,
                .key_form = calimatic::webhook_key_form::text},
        .timestamp_prefix = "t=",
        .time_format = calimatic::webhook_time_format::unix_seconds,
        .signed_content = "{timestamp}.{body}",
        .id_member = "/id"};
}

/// "x-hook-signature: sha256=5257..." and "x-hook-time: 1800000000000", without an id.
inline calimatic::webhook_signature_profile single_profile() {
    return {.signature = {.header = "X-Hook-Signature",
                .prefix = "sha256=",
                .encoding = calimatic::webhook_encoding::hex,
                .key_form = calimatic::webhook_key_form::text},
        .timestamp_header = "X-Hook-Time",
        .time_format = calimatic::webhook_time_format::unix_milliseconds,
        .signed_content = "{timestamp}:{body}"};
}

} // namespace support
