#pragma once
#include <calimatic/flow/jwk_set_source.hpp>

#include <calimatic/detail/check.hpp>
#include <calimatic/detail/jitter.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {
inline constexpr milliseconds longest_asked_wait{24 * 3600 * 1000}; // what `retry_after` gives at most
}

CALIMATIC_DECL jwk_set_source::jwk_set_source(std::string jwks_uri, jwk_set keys, time_point fetched_at, jwk_set_source_options const& options)
    : jwks_uri_(std::move(jwks_uri)), options_(options), keys_(std::make_shared<jwk_set const>(std::move(keys))), generation_(1),
      fetched_at_(fetched_at) {}

CALIMATIC_DECL bool jwk_set_source::handle_unknown_key(time_point now) {
    if (in_flight_ || forced_ || !keys_) return true;
    // A clock that was set back must not forbid fetching for longer than the interval.
    if (forced_at_ && now >= *forced_at_ && now - *forced_at_ < options_.refetch_interval) return false;
    forced_ = true;
    forced_at_ = now;
    return true;
}

CALIMATIC_DECL std::optional<http_request> jwk_set_source::poll_request(time_point now) {
    if (in_flight_) return std::nullopt;
    // A clock that was set back must not put the next fetch off by more than the waits that were meant.
    if (not_before_ && *not_before_ - now > (std::max)(options_.longest_wait, detail::longest_asked_wait)) not_before_.reset();
    if (fetched_at_ && *fetched_at_ > now) fetched_at_ = now;
    if (auto const due = next_deadline(); !due || now < *due) return std::nullopt;
    auto request = build_jwk_set_request(jwks_uri_, options_.check);
    if (!request) {
        failed(std::move(request).error(), now);
        return std::nullopt;
    }
    request->id = request_id{++last_id_};
    in_flight_ = true;
    return std::move(*request);
}

CALIMATIC_DECL bool jwk_set_source::handle_response(request_id id, http_response response, time_point now) {
    if (!in_flight_ || id != request_id{last_id_}) return false;
    auto keys = parse_jwk_set_response(response, options_.check);
    if (!keys) {
        failed(std::move(keys).error(), now);
        return true;
    }
    // An issuer without keys is one that is being repaired: what it said before is better than nothing.
    auto const why = keys->skipped.empty() ? std::string_view() : keys->skipped.front().name();
    if (auto e = detail::check{options_.check}(!keys->keys.empty(), error_code::jwk_set_empty, why)) {
        failed(*std::move(e), now);
        return true;
    }
    ++fetches_;
    in_flight_ = false;
    forced_ = false;
    failures_ = 0;
    not_before_.reset();
    last_error_.reset();
    keys_ = std::make_shared<jwk_set const>(std::move(*keys));
    fetched_at_ = now;
    ++generation_;
    return true;
}

CALIMATIC_DECL bool jwk_set_source::handle_failure(request_id id, transport_failure failure, time_point now) {
    if (!in_flight_ || id != request_id{last_id_}) return false;
    failed(to_error(failure), now);
    return true;
}

CALIMATIC_DECL std::optional<time_point> jwk_set_source::next_deadline() const {
    if (in_flight_) return std::nullopt;
    time_point due{}; // at once
    if (keys_ && !forced_) due = *fetched_at_ + options_.max_age;
    return not_before_ ? (std::max)(due, *not_before_) : due;
}

CALIMATIC_DECL void jwk_set_source::failed(error error, time_point now) {
    ++fetches_;
    in_flight_ = false;
    forced_ = false; // the next unknown key may ask again, once its interval is over
    auto wait = options_.first_wait;
    for (unsigned i = 0; i < failures_ && wait < options_.longest_wait; ++i) wait *= 2;
    wait = detail::jittered((std::min)(wait, options_.longest_wait), options_.jitter_seed);
    if (auto const asked = error.retry_after()) wait = (std::max)(wait, milliseconds(*asked));
    ++failures_;
    not_before_ = now + wait;
    last_error_ = std::move(error);
}

} // namespace calimatic::inline CALIMATIC_ABI
