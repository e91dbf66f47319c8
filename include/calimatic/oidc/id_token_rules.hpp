#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// The rules of OIDC Core 3.1.3.7 without the cryptography, in three steps, for those who answer the two cryptographic questions in between:
/// `validate_id_token` and `token_validation` are made of it. A step out of order is refused with `flow_in_wrong_state`.
class id_token_rules {
public:
    /// Rules (1) to (5), (7) and (8): the form of the token, its type, issuer, audience, authorized party and algorithm. `expected` and what it borrows
    /// must outlive this object; so must `options.trace`.
    static CALIMATIC_DECL result<id_token_rules> start(
        std::string_view id_token, id_token_expectations const& expected, check_options const& options = {});
    static result<id_token_rules> start(std::string_view, id_token_expectations const&&, check_options const& = {}) = delete; // would not outlive it

    /// The first question, rule (6): is this token signed by one of the issuer's keys, with this algorithm? Or if that is a MAC (`is_mac`): is it
    /// made with the client_secret that is expected, and never with a key of a set?
    compact_jws const& token() const noexcept { return token_; }
    signature_algorithm algorithm() const noexcept { return algorithm_; }

    /// Its answer; if it is yes, rules (9) to (13) follow. Errors: `jws_signature_invalid`, the `id_token_` ones.
    CALIMATIC_DECL result<void> handle_signature(bool verified, time_point now);

    /// The second question, OIDC Core 3.1.3.8, where the token has an `at_hash`: does the hash of `data` begin with `prefix`?
    struct hash_question {
        hash_algorithm hash;
        std::string_view data; ///< the access token
        std::string prefix;    ///< half the length of the hash
    };
    CALIMATIC_DECL std::optional<hash_question> at_hash() const;

    /// Its answer (true where there is no such question), for the claims. Errors: `id_token_at_hash_mismatch`.
    CALIMATIC_DECL result<id_token_claims> finish(bool at_hash_fits) &&;

private:
    id_token_rules(id_token_expectations const& expected, check_options const& options) : expected_(&expected), options_(options) {}

    enum class step : std::uint8_t { signature, at_hash, refused };
    id_token_expectations const* expected_;
    check_options options_;
    compact_jws token_{};
    claims claims_{};
    signature_algorithm algorithm_{};
    step step_ = step::signature;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/id_token.ipp>
#include <calimatic/impl/oidc/id_token_rules.ipp>
#endif
