#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/flow/signature_questions.ipp>
#include <calimatic/jose/jwk.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// What the flows that validate one token by asking have in common: the question that is open, and how it ends.
template <class Rules, class Claims>
struct asking_about_token {
    asking_about_token(time_point n, crypto_answers c, check_options const& o) : now(n), crypto(c), options(o) {}
    asking_about_token(asking_about_token const&) = delete;
    asking_about_token& operator=(asking_about_token const&) = delete;

    void start(result<Rules> begun, jwk_set const& keys, std::string_view client_secret) {
        if (!begun) return finish(std::move(begun).error());
        rules.emplace(std::move(*begun));
        auto found = signature_questions::start(rules->token(), rules->algorithm(), keys, client_secret, options);
        if (!found) return finish(std::move(found).error());
        signatures.emplace(std::move(*found));
        ask_about_signature();
#if !defined(CALIMATIC_CRYPTO_NONE)
        while (crypto == crypto_answers::inside && question) {
            auto const q = *std::exchange(question, std::nullopt);
            handle_crypto_answer(q.id, answer_inside(q));
        }
#endif
    }

    void finish(result<Claims> r) {
        question.reset();
        asked_id = 0;
        signatures.reset();
        rules.reset();
        ended.emplace(std::move(r));
        is_finished = true;
    }

    void ask(crypto_question q) {
        q.id = ++last_id;
        asked_id = q.id;
        question.emplace(std::move(q));
    }

    /// Asks about the next one who may have signed; where there is none left, the signature fits nobody.
    void ask_about_signature() {
        if (auto q = signatures->next()) ask(std::move(*q));
        else signature_answered(false);
    }

    virtual void signature_answered(bool verified) = 0;
    virtual void answered(bool yes) {
        if (yes) signature_answered(true);
        else ask_about_signature();
    }

    bool handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) {
        if (id == 0 || id != asked_id) return false;
        question.reset();
        asked_id = 0;
        bool const yes = answer.what == crypto_answer::kind::yes;
        if (yes || answer.what == crypto_answer::kind::no) answered(yes);
        else finish(error_code::crypto_unavailable);
        return true;
    }

    std::optional<time_point> next_deadline() const { return ended || question ? std::optional(at_once) : std::nullopt; }
    void abort() {
        if (!is_finished) finish(error_code::aborted);
    }

    time_point now;
    crypto_answers crypto;
    check_options options;
    std::optional<Rules> rules;
    std::optional<signature_questions> signatures;
    bool is_finished = false;
    std::uint64_t last_id = 0;
    std::uint64_t asked_id = 0; // 0: no question is open
    std::optional<crypto_question> question;
    std::optional<result<Claims>> ended;

protected:
    ~asking_about_token() = default;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
