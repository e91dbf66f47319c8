#pragma once
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/jwk_set_source.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/flow/token_validation.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// When an answer was asked for and when it came, by this device's clock.
struct round_trip {
    time_point sent_at{};
    time_point received_at{};
};

/// Whether the issuer's keys are needed for that algorithm: not for a MAC, whose key is the client_secret.
inline bool needs_keys(std::string_view alg) noexcept {
    auto const algorithm = parse_algorithm(alg);
    return !algorithm || !is_mac(*algorithm);
}

/// Validates the ID Tokens that token endpoints give, as part of a machine: fetches the issuer's keys where there are none, and once more where they
/// do not fit (OIDC Core 10.1.1); learns the clock's offset from `iat` where the answer had no `Date`.
class id_token_check {
public:
    id_token_check(std::string jwks_uri, std::optional<jwk_set> keys, std::uint64_t jitter_seed, crypto_answers crypto, check_options const& options)
        : jwks_uri_(std::move(jwks_uri)), jitter_seed_(jitter_seed), crypto_(crypto), options_(options), keys_(held_keys(std::move(keys))) {}

    bool has_keys() const noexcept { return keys_.keys() != nullptr; }
    /// None before there are any.
    jwk_set keys() const { return has_keys() ? *keys_.keys() : jwk_set{}; }

    /// Fetches keys in place of those that are held, if any.
    void start_fetch() {
        step_ = step::requesting_keys;
        keys_ = jwk_set_source(jwks_uri_, key_options());
    }

    /// Begins with a token. It, `clock` and what `expected` borrows must stay where they are until the result is there. `dated`: the answer that
    /// brought the token had a `Date`, so `clock` has learned all that there is to learn.
    void start(std::string_view id_token, id_token_expectations expected, clock_offset& clock, round_trip times, bool dated) {
        id_token_ = id_token;
        expected_ = std::move(expected);
        clock_ = &clock;
        times_ = times;
        issuer_time_ = clock.correct(times.received_at);
        may_learn_from_iat_ = !dated;
        bool const by_keys = needs_keys(expected_.id_token_signed_response_alg);
        may_refetch_ = by_keys;
        if (has_keys() || !by_keys) validate(issuer_time_);
        else step_ = step::requesting_keys;
    }

    bool is_requesting_keys() const noexcept { return step_ == step::requesting_keys; }
    bool has_question() const noexcept { return validation_ && validation_->next_deadline(); }

    std::optional<http_request> poll_request(time_point now) {
        if (step_ != step::requesting_keys) return std::nullopt;
        auto request = keys_.poll_request(now);
        if (request) key_request_ = request->id;
        return request;
    }
    void handle_response(http_response response, time_point now) {
        keys_.handle_response(key_request_, std::move(response), now);
        handle_keys();
    }
    void handle_failure(transport_failure failure, time_point now) {
        keys_.handle_failure(key_request_, failure, now);
        handle_keys();
    }
    /// Why keys could not be fetched; nothing after a success.
    std::optional<error> const& key_error() const noexcept { return keys_.last_error(); }
    std::optional<time_point> next_deadline() const { return step_ == step::requesting_keys ? keys_.next_deadline() : std::nullopt; }

    std::optional<crypto_question> poll_question() {
        auto question = validation_ ? validation_->poll_crypto_question() : std::nullopt;
        if (question) asked_ = question->id;
        return question;
    }
    /// To the question that was polled last.
    void handle_answer(crypto_answer const& answer) {
        validation_->handle_crypto_answer(asked_, answer);
        handle_validation();
    }

    /// Handed out once.
    std::optional<result<id_token_claims>> poll_result() { return std::exchange(ended_, std::nullopt); }

    void abort() noexcept {
        step_ = step::idle;
        keys_.abort();
        validation_.reset();
        ended_.reset();
        id_token_ = {};
        expected_ = {};
    }

private:
    enum class step : std::uint8_t { idle, requesting_keys, checking };

    /// Held keys are taken as they are: whether they are still right shows when a token does not fit them.
    jwk_set_source held_keys(std::optional<jwk_set> keys) const {
        auto source_options = key_options();
        if (!keys) return jwk_set_source(jwks_uri_, source_options);
        source_options.max_age = (milliseconds::max)();
        return jwk_set_source(jwks_uri_, std::move(*keys), (time_point::max)(), source_options);
    }
    jwk_set_source_options key_options() const {
        jwk_set_source_options out;
        out.check = options_;
        out.jitter_seed = jitter_seed_;
        return out;
    }

    void handle_keys() {
        if (keys_.last_error()) return;
        keys_are_fresh_ = true;
        step_ = step::idle;
        if (!id_token_.empty()) validate(issuer_time_);
    }

    /// By the time at which the token was received, however long its keys took.
    void validate(time_point issuer_time) {
        step_ = step::checking;
        validation_.emplace(id_token_, keys(), expected_, issuer_time, crypto_, options_);
        handle_validation();
    }

    void handle_validation() {
        auto claims = validation_->poll_result();
        if (!claims) return; // a question is open
        validation_.reset();
        if (!*claims) {
            if (may_refetch_keys(claims->error())) return refetch_keys();
            if (learn_from_iat(claims->error())) return validate(learned_->correct(times_.received_at));
        } else if (learned_) {
            *clock_ = *learned_;
        }
        step_ = step::idle;
        learned_.reset();
        keys_are_fresh_ = false;
        id_token_ = {};
        ended_ = std::move(claims);
    }

    /// One fetch, for a kid that is unknown, or for keys held from earlier whose key of that name does not fit any more.
    bool may_refetch_keys(error const& e) const {
        if (!may_refetch_) return false;
        return e == error_code::jwk_not_found || (e == error_code::jws_signature_invalid && !keys_are_fresh_);
    }
    void refetch_keys() {
        may_refetch_ = false;
        start_fetch();
    }

    /// Where a page cannot read `Date`, a token whose signature fits tells the issuer's time: it was made for the answer that brought it. What was
    /// learned is kept only if the token then keeps every rule.
    bool learn_from_iat(error const& e) {
        constexpr error_code timely[] = {error_code::id_token_expired, error_code::id_token_nbf_future, error_code::id_token_iat_future,
            error_code::id_token_iat_old, error_code::id_token_auth_time_old, error_code::id_token_auth_time_future};
        if (!std::exchange(may_learn_from_iat_, false) || std::find(std::begin(timely), std::end(timely), e.code()) == std::end(timely)) return false;
        check_options const untraced{options_.limits, nullptr};
        auto const token = parse_compact_jws(id_token_, untraced);
        auto const claims = token ? parse_claims(*token, untraced) : error_code::jwt_claims_malformed;
        if (!claims || !claims->iat()) return false;
        learned_ = *clock_;
        if (learned_->learn(*claims->iat(), times_.sent_at, times_.received_at)) return true;
        learned_.reset();
        return false;
    }

    std::string jwks_uri_;
    std::uint64_t jitter_seed_;
    crypto_answers crypto_;
    check_options options_;
    jwk_set_source keys_;
    request_id key_request_{};
    bool keys_are_fresh_ = false; // fetched for the token that is checked

    step step_ = step::idle;
    std::string_view id_token_;
    id_token_expectations expected_;
    clock_offset* clock_ = nullptr;
    std::optional<clock_offset> learned_; // from `iat`, on trial
    round_trip times_;
    time_point issuer_time_{}; // of the answer
    bool may_refetch_ = false;
    bool may_learn_from_iat_ = false;
    std::optional<token_validation> validation_;
    std::uint64_t asked_ = 0;
    std::optional<result<id_token_claims>> ended_;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
