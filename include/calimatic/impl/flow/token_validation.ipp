#pragma once
#include <calimatic/flow/token_validation.hpp>

#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/jose/jwk.ipp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/oidc/id_token_rules.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

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
        rules.reset();
        ended.emplace(std::move(r));
        is_finished = true;
    }

    void ask(crypto_question q) {
        q.id = ++last_id;
        asked_id = q.id;
        question.emplace(std::move(q));
    }

    /// Asks about the next candidate; where there is none left, the signature fits no key.
    void ask_next_candidate() {
        while (next_candidate < candidates.size()) {
            auto const& key = candidates[next_candidate++];
            if (detail::broken_jwk_rule(key) != error_code::none) continue;
            // Whoever answers may be more lenient about lengths than RFC 7518 3.3 and 3.4 are: DER, or a leading zero that was dropped.
            if (rules->token().signature.size() != detail::signature_size(key, rules->algorithm())) continue;
            auto q = signature_question();
            q.key = key;
            return ask(std::move(q));
        }
        signature_answered(false);
    }

    void ask_about_mac() {
        if (rules->token().signature.size() != traits_of(rules->algorithm()).signature_bytes) return signature_answered(false);
        auto q = signature_question();
        q.secret = client_secret.clone();
        ask(std::move(q));
    }

    crypto_question signature_question() const {
        crypto_question q;
        q.what = crypto_question::kind::verify_signature;
        q.algorithm = rules->algorithm();
        q.data = rules->token().signing_input;
        q.expected = rules->token().signature;
        return q;
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
        ask_next_candidate();
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
    std::vector<jwk> candidates;
    std::size_t next_candidate = 0;
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
    if (is_mac(s.rules->algorithm())) {
        s.ask_about_mac();
        s.answer_questions_inside();
        return;
    }
    auto candidates = select_keys(keys, s.rules->algorithm(), s.rules->token().kid, s.options);
    if (!candidates) {
        s.finish(std::move(candidates).error());
        return;
    }
    for (auto const* key : *candidates) s.candidates.push_back(*key);
    s.ask_next_candidate();
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
