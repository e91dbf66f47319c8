#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/impl/flow/signature_questions.ipp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oidc/userinfo.hpp>
#include <calimatic/oidc/userinfo_rules.hpp>
#include <optional>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Validates one signed UserInfo response as part of a machine that has the issuer's keys.
class userinfo_check {
public:
    userinfo_check(crypto_answers crypto, check_options const& options) : crypto_(crypto), options_(options) {}

    /// Begins with an answer that came at `issuer_time`, by the issuer's clock; then it wants the keys. What `expected` borrows must stay where it is
    /// until the result is there.
    void start(http_response const& response, userinfo_expectations const& expected, time_point issuer_time) {
        abort();
        expected_ = expected;
        issuer_time_ = issuer_time;
        auto rules = userinfo_rules::start(response, expected_, options_);
        if (rules) rules_.emplace(std::move(*rules));
        else finish(std::move(rules).error());
    }
    /// Whether the answer was good so far, so that the keys are wanted.
    bool is_open() const noexcept { return rules_.has_value(); }
    /// Whether it can be without any.
    bool is_mac() const noexcept { return calimatic::is_mac(rules_->algorithm()); }

    /// The keys. False: none of them fits, and newer ones, which there may be, should be given instead.
    bool handle_keys(jwk_set const& keys, bool may_be_newer) {
        auto questions = signature_questions::start(rules_->token(), rules_->algorithm(), keys, expected_.client_secret, options_);
        if (questions) {
            questions_.emplace(std::move(*questions));
            ask();
            return true;
        }
        if (may_be_newer && questions.error() == error_code::jwk_not_found) return false;
        finish(std::move(questions).error());
        return true;
    }

    bool has_question() const noexcept { return question_.has_value(); }
    std::optional<crypto_question> poll_question() { return std::exchange(question_, std::nullopt); }
    void handle_answer(crypto_answer const& answer) {
        if (answer.what == crypto_answer::kind::no) return ask();
        if (answer.what != crypto_answer::kind::yes) return finish(error_code::crypto_unavailable);
        finish(std::move(*rules_).finish(true, issuer_time_));
    }

    /// Handed out once.
    std::optional<result<userinfo>> poll_result() { return std::exchange(ended_, std::nullopt); }

    void abort() noexcept {
        rules_.reset();
        questions_.reset();
        question_.reset();
        ended_.reset();
        expected_ = {};
    }

private:
    void ask() {
        question_ = questions_->next();
        if (!question_) return finish(std::move(*rules_).finish(false, issuer_time_));
        if (crypto_ == crypto_answers::by_host) return;
#if !defined(CALIMATIC_CRYPTO_NONE)
        handle_answer(answer_inside(*poll_question()));
#endif
    }

    void finish(result<userinfo> outcome) {
        abort();
        ended_ = std::move(outcome);
    }

    [[maybe_unused]] crypto_answers crypto_; // read where there is a back end
    check_options options_;
    userinfo_expectations expected_;
    time_point issuer_time_{};
    std::optional<userinfo_rules> rules_;
    std::optional<signature_questions> questions_;
    std::optional<crypto_question> question_;
    std::optional<result<userinfo>> ended_;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
