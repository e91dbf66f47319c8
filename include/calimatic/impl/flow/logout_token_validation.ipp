#pragma once
#include <calimatic/flow/logout_token_validation.hpp>

#include <calimatic/core/secret.hpp>
#include <calimatic/impl/flow/asking_about_token.ipp>
#include <calimatic/oidc/logout_token_rules.hpp>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

struct logout_token_validation::state final : detail::asking_about_token<logout_token_rules, logout_token_claims> {
    state(logout_token_expectations const& e, time_point n, crypto_answers c, check_options const& o)
        : asking_about_token(n, c, o), issuer(e.issuer), client_id(e.client_id), alg(e.id_token_signed_response_alg), client_secret(e.client_secret),
          expected(e) {
        expected.issuer = issuer;
        expected.client_id = client_id;
        expected.id_token_signed_response_alg = alg;
        expected.client_secret = client_secret.expose();
    }

    void signature_answered(bool verified) override { finish(std::move(*rules).finish(verified, now)); }

    std::string issuer, client_id, alg;
    secret_string client_secret;
    logout_token_expectations expected;
};

CALIMATIC_DECL logout_token_validation::logout_token_validation(std::string_view logout_token, jwk_set const& keys,
    logout_token_expectations const& expected, time_point now, crypto_answers crypto, check_options const& options)
    : state_(std::make_unique<state>(expected, now, crypto, options)) {
    state_->start(logout_token_rules::start(logout_token, state_->expected, options), keys, state_->expected.client_secret);
}
CALIMATIC_DECL logout_token_validation::logout_token_validation(logout_token_validation&&) noexcept = default;
CALIMATIC_DECL logout_token_validation& logout_token_validation::operator=(logout_token_validation&&) noexcept = default;
CALIMATIC_DECL logout_token_validation::~logout_token_validation() = default;

CALIMATIC_DECL std::optional<time_point> logout_token_validation::next_deadline() const { return state_->next_deadline(); }
CALIMATIC_DECL void logout_token_validation::abort() { state_->abort(); }
CALIMATIC_DECL std::optional<result<logout_token_claims>> logout_token_validation::poll_result() {
    return std::exchange(state_->ended, std::nullopt);
}
CALIMATIC_DECL std::optional<crypto_question> logout_token_validation::poll_crypto_question() {
    return std::exchange(state_->question, std::nullopt);
}
CALIMATIC_DECL bool logout_token_validation::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) {
    return state_->handle_crypto_answer(id, answer);
}

} // namespace calimatic::inline CALIMATIC_ABI
