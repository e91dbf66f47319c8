#pragma once
#include <calimatic/flow/token_validation.hpp>

#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/flow/signature_questions.ipp>
#include <calimatic/oidc/id_token_rules.hpp>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

struct token_validation::state {
    state(id_token_expectations const& e, time_point n, crypto_answers c, check_options const& o)
        : issuer(e.issuer), client_id(e.client_id), alg(e.id_token_signed_response_alg), nonce(e.nonce), client_secret(e.client_secret),
          access_token(e.access_token), expected(e), now(n), crypto(c), options(o) {
        expected.issuer = issuer;
        expected.client_id = client_id;
        expected.id_token_signed_response_alg = alg;
        if (nonce) expected.nonce = *nonce;
        expected.client_secret = client_secret.expose();
        expected.access_token = access_token.expose();
    }

    void finish(result<id_token_claims> r) {
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

    void signature_answered(bool verified) {
        if (auto r = rules->handle_signature(verified, now); !r) return finish(std::move(r).error());
        auto hash = rules->at_hash();
        if (!hash) return finish(std::move(*rules).finish(true));
        crypto_question q;
        q.what = crypto_question::kind::hash_begins_with;
        q.hash = hash->hash;
        q.data = hash->data;
        q.expected = hash->prefix;
        asking_at_hash = true;
        ask(std::move(q));
    }

    void handle(crypto_answer const& answer) {
        asked_id = 0;
        bool const yes = answer.what == crypto_answer::kind::yes;
        if (!yes && answer.what != crypto_answer::kind::no) return finish(error_code::crypto_unavailable);
        if (asking_at_hash) return finish(std::move(*rules).finish(yes));
        if (yes) return signature_answered(true);
        ask_about_signature();
    }

    void answer_questions_inside() {
#if !defined(CALIMATIC_CRYPTO_NONE)
        while (crypto == crypto_answers::inside && question) {
            auto const q = std::move(*question);
            question.reset();
            handle(answer_inside(q));
        }
#endif
    }

    std::string issuer, client_id, alg;
    std::optional<std::string> nonce;
    secret_string client_secret, access_token;
    id_token_expectations expected;
    time_point now;
    crypto_answers crypto;
    check_options options;
    std::optional<id_token_rules> rules;
    std::optional<detail::signature_questions> signatures;
    bool asking_at_hash = false;
    bool is_finished = false;
    std::uint64_t last_id = 0;
    std::uint64_t asked_id = 0; // 0: no question is open
    std::optional<crypto_question> question;
    std::optional<result<id_token_claims>> ended;
};

CALIMATIC_DECL token_validation::token_validation(std::string_view id_token, jwk_set const& keys, id_token_expectations const& expected,
    time_point now, crypto_answers crypto, check_options const& options)
    : state_(std::make_unique<state>(expected, now, crypto, options)) {
    auto& s = *state_;
    auto rules = id_token_rules::start(id_token, s.expected, s.options);
    if (!rules) {
        s.finish(std::move(rules).error());
        return;
    }
    s.rules.emplace(std::move(*rules));
    auto signatures = detail::signature_questions::start(s.rules->token(), s.rules->algorithm(), keys, s.expected.client_secret, s.options);
    if (!signatures) {
        s.finish(std::move(signatures).error());
        return;
    }
    s.signatures.emplace(std::move(*signatures));
    s.ask_about_signature();
    s.answer_questions_inside();
}
CALIMATIC_DECL token_validation::token_validation(token_validation&&) noexcept = default;
CALIMATIC_DECL token_validation& token_validation::operator=(token_validation&&) noexcept = default;
CALIMATIC_DECL token_validation::~token_validation() = default;

CALIMATIC_DECL std::optional<time_point> token_validation::next_deadline() const {
    return state_->ended || state_->question ? std::optional(at_once) : std::nullopt;
}

CALIMATIC_DECL void token_validation::abort() {
    if (!state_->is_finished) state_->finish(error_code::aborted);
}

CALIMATIC_DECL std::optional<result<id_token_claims>> token_validation::poll_result() { return std::exchange(state_->ended, std::nullopt); }

CALIMATIC_DECL std::optional<crypto_question> token_validation::poll_crypto_question() { return std::exchange(state_->question, std::nullopt); }

CALIMATIC_DECL bool token_validation::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) {
    if (id == 0 || id != state_->asked_id) return false;
    state_->question.reset();
    state_->handle(answer);
    return true;
}

} // namespace calimatic::inline CALIMATIC_ABI
