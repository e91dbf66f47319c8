#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oidc/logout_token.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// The flow that validates one logout token by asking its cryptographic questions, and sends nothing: `validate_logout_token` for hosts that do the
/// cryptography themselves. The rules and their order are the same (Back-Channel Logout 2.6), and so are the errors.
class logout_token_validation {
public:
    using value_type = logout_token_claims;

    /// Copies what it needs of its arguments (`expected.tokens_seen` and `options.trace` are borrowed for the flow's life). `now` is the issuer's time,
    /// for all of the rules. `keys` are not looked at where HS256, HS384 or HS512 is registered: then `expected.client_secret` is the key.
    /// Nothing fails here: errors are the flow's result, those of `validate_logout_token` and of `select_keys`; `crypto_unavailable` where the host
    /// cannot answer.
    CALIMATIC_DECL logout_token_validation(std::string_view logout_token, jwk_set const& keys, logout_token_expectations const& expected,
        time_point now, crypto_answers crypto = default_crypto_answers, check_options const& options = {});
    CALIMATIC_DECL logout_token_validation(logout_token_validation&&) noexcept;
    CALIMATIC_DECL logout_token_validation& operator=(logout_token_validation&&) noexcept;
    CALIMATIC_DECL ~logout_token_validation();

    std::optional<http_request> poll_request(time_point) { return std::nullopt; }
    bool handle_response(request_id, http_response const&, time_point) { return false; }
    bool handle_failure(request_id, transport_failure, time_point) { return false; }
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    CALIMATIC_DECL void abort();
    CALIMATIC_DECL std::optional<result<logout_token_claims>> poll_result();
    CALIMATIC_DECL std::optional<crypto_question> poll_crypto_question();
    CALIMATIC_DECL bool handle_crypto_answer(std::uint64_t id, crypto_answer const& answer);

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/logout_token_validation.ipp>
#endif
