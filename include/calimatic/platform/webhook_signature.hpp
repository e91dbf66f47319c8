#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/replay_cache.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/webhook_signature_profile.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

class webhook_check;

} // namespace detail

/// What was delivered to a webhook, and signed by whoever has the key. Only `verify_webhook` makes one, so holding one is the proof.
class verified_webhook {
public:
    /// The very bytes that were verified.
    std::string_view body() const noexcept { return body_; }
    /// The event's id, by which `replay_cache::forget` lets it come again. Where the profile names none, the SHA-256 of what was signed, in base64url.
    std::string_view id() const noexcept { return id_; }
    /// When it was sent; nothing where that was not signed.
    std::optional<time_point> sent_at() const noexcept { return sent_at_; }
    /// Which of the keys fitted, counted from 0: once it is never an old one any more, that one can go.
    std::size_t key_index() const noexcept { return key_index_; }

private:
    friend class detail::webhook_check;
    verified_webhook() = default;
    std::string body_;
    std::string id_;
    std::optional<time_point> sent_at_;
    std::size_t key_index_ = 0;
};

/// Verifies what was delivered to a webhook. `raw_body` is what arrived, byte for byte: JSON that was parsed and written again does not verify. Several
/// `keys` make room for a rotation: one of them has to fit. An id is remembered in `seen` once its signature was verified; null where a store of the
/// host's own finds replays by `id()`, as it must where several processes receive. Whoever cannot act upon a webhook forgets its id there, and answers so
/// that it is sent again. Errors, in the order of the checks: `platform_fact_missing`, `webhook_profile_invalid`, `webhook_too_large`, `headers_too_large`,
/// `webhook_key_missing`, `webhook_key_invalid`, `webhook_header_repeated`, `webhook_header_missing`,
/// `webhook_too_many_signatures`, `webhook_signature_missing`, `webhook_id_invalid`, `webhook_time_malformed`, `webhook_too_old`, `webhook_too_early`,
/// `crypto_unavailable`, `webhook_signature_invalid`, those of `parse_json` where the id is in the payload, those of `replay_cache::remember`.
CALIMATIC_DECL result<verified_webhook> verify_webhook(std::string_view raw_body, std::vector<http_header> const& headers,
    webhook_signature_profile const& profile, std::span<secret_string const> keys, time_point now, replay_cache* seen,
    check_options const& options = {});

/// The same for a sender that does not sign the time: without a replay cache there is no safety at all. Errors: the same, but for those of the time.
CALIMATIC_DECL result<verified_webhook> verify_webhook(std::string_view raw_body, std::vector<http_header> const& headers,
    insecure::unsigned_time_profile const& profile, std::span<secret_string const> keys, time_point now, replay_cache& seen,
    check_options const& options = {});

/// What to answer to a delivery: 204 where the host did what it is about, and for one that arrived before, which else would be sent and counted as
/// failed again and again; 503 or 500 where the fault is on this side, so that it is sent again; 400 for whatever else. No body.
CALIMATIC_DECL http_response build_webhook_response(result<void> const& outcome);
/// The same for what `verify_webhook` or `parse_webhook_event` gives.
template <class T>
http_response build_webhook_response(result<T> const& outcome) {
    return build_webhook_response(outcome ? result<void>() : result<void>(outcome.error()));
}

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/webhook_signature.ipp>
#endif

#endif
