#pragma once
#include <calimatic/flow/token_validation.hpp>

#include <calimatic/impl/flow/asking_about_token.ipp>
#include <calimatic/oidc/id_token_rules.hpp>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

struct token_validation::state final : detail::asking_about_token<id_token_rules, id_token_claims> {
    state(id_token_expectations const& e, time_point n, crypto_answers c, check_options const& o)
        : asking_about_token(n, c, o), issuer(e.issuer), client_id(e.client_id), alg(e.id_token_signed_response_alg), nonce(e.nonce),
          client_secret(e.client_secret), access_token(e.access_token), expected(e) {
        expected.issuer = issuer;
        expected.client_id = client_id;
        expected.id_token_signed_response_alg = alg;
        if (nonce) expected.nonce = *nonce;
        expected.client_secret = client_secret.expose();
        expected.access_token = access_token.expose();
    }

    void signature_answered(bool verified) override {
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

    void answered(bool yes) override {
        if (asking_at_hash) return finish(std::move(*rules).finish(yes));
        asking_about_token::answered(yes);
    }

    std::string issuer, client_id, alg;
    std::optional<std::string> nonce;
    secret_string client_secret, access_token;
    id_token_expectations expected;
    bool asking_at_hash = false;
};

CALIMATIC_DECL token_validation::token_validation(std::string_view id_token, jwk_set const& keys, id_token_expectations const& expected,
    time_point now, crypto_answers crypto, check_options const& options)
    : state_(std::make_unique<state>(expected, now, crypto, options)) {
    state_->start(id_token_rules::start(id_token, state_->expected, options), keys, state_->expected.client_secret);
}
CALIMATIC_DECL token_validation::token_validation(token_validation&&) noexcept = default;
CALIMATIC_DECL token_validation& token_validation::operator=(token_validation&&) noexcept = default;
CALIMATIC_DECL token_validation::~token_validation() = default;

CALIMATIC_DECL std::optional<time_point> token_validation::next_deadline() const { return state_->next_deadline(); }

CALIMATIC_DECL void token_validation::abort() { state_->abort(); }

CALIMATIC_DECL std::optional<result<id_token_claims>> token_validation::poll_result() { return std::exchange(state_->ended, std::nullopt); }

CALIMATIC_DECL std::optional<crypto_question> token_validation::poll_crypto_question() { return std::exchange(state_->question, std::nullopt); }

CALIMATIC_DECL bool token_validation::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) {
    return state_->handle_crypto_answer(id, answer);
}

} // namespace calimatic::inline CALIMATIC_ABI
