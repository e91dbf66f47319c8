#pragma once
#include <calimatic/flow/jwk_set_source.hpp>

#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/flow/machine.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL jwk_set_source::jwk_set_source(std::string jwks_uri, jwk_set_source_options const& options)
    : jwks_uri_(std::move(jwks_uri)), options_(options) {
    for (auto* duration : {&options_.max_age, &options_.refetch_interval, &options_.first_wait, &options_.longest_wait})
        *duration = detail::bounded_wait(*duration);
}

CALIMATIC_DECL jwk_set_source::jwk_set_source(std::string jwks_uri, jwk_set keys, time_point fetched_at, jwk_set_source_options const& options)
    : jwk_set_source(std::move(jwks_uri), options) {
    keys_ = std::make_shared<jwk_set const>(std::move(keys));
    generation_ = 1;
    fetched_at_ = detail::bounded_time(fetched_at);
}

CALIMATIC_DECL bool jwk_set_source::handle_unknown_key(time_point now) {
    now = detail::bounded_time(now);
    survive_clock(now);
    if (in_flight_ || forced_) return true;
    if (failed_at_ && now - *failed_at_ < wait_) return false;
    if (!keys_) return true;
    if (forced_at_ && now - *forced_at_ < options_.refetch_interval) return false;
    forced_ = true;
    forced_at_ = now;
    return true;
}

CALIMATIC_DECL std::optional<http_request> jwk_set_source::poll_request(time_point now) {
    if (in_flight_) return std::nullopt;
    now = detail::bounded_time(now);
    survive_clock(now);
    if (now < *next_deadline()) return std::nullopt;
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
    if (auto e = detail::rule_check{options_.check}(!keys->keys.empty(), error_code::jwk_set_empty, why)) {
        failed(*std::move(e), now);
        return true;
    }
    in_flight_ = false;
    forced_ = false;
    failures_ = 0;
    failed_at_.reset();
    last_error_.reset();
    keys_ = std::make_shared<jwk_set const>(std::move(*keys));
    fetched_at_ = detail::bounded_time(now);
    ++fetches_;
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
    auto const due = keys_ && !forced_ ? *fetched_at_ + options_.max_age : at_once;
    return failed_at_ ? (std::max)(due, *failed_at_ + wait_) : due;
}

/// Where the clock was set back, every wait begins anew, so that none is longer than it was meant to be.
CALIMATIC_DECL void jwk_set_source::survive_clock(time_point now) noexcept {
    for (auto* begun_at : {&fetched_at_, &failed_at_, &forced_at_})
        if (*begun_at && **begun_at > now) *begun_at = now;
}

CALIMATIC_DECL void jwk_set_source::failed(error error, time_point now) {
    ++fetches_;
    in_flight_ = false;
    forced_ = false; // the next unknown key may ask again, once its interval is over
    wait_ = options_.first_wait;
    for (unsigned i = 0; i < failures_ && wait_ < options_.longest_wait; ++i) wait_ *= 2;
    wait_ = detail::jittered((std::min)(wait_, options_.longest_wait), options_.jitter_seed);
    if (auto const asked = error.retry_after()) wait_ = (std::max)(wait_, milliseconds(*asked));
    ++failures_;
    failed_at_ = detail::bounded_time(now);
    last_error_ = std::move(error);
}

} // namespace calimatic::inline CALIMATIC_ABI
