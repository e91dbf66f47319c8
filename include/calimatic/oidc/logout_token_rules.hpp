#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/oidc/logout_token.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// The rules of Back-Channel Logout 2.6 without the cryptography, in two steps, for those who answer the cryptographic question in between:
/// `validate_logout_token` and `logout_token_validation` are made of it.
class logout_token_rules {
public:
    /// The form of the token, its type and algorithm. A type other than `logout+jwt`, or JWT where it is not required, is that of another token
    /// (RFC 8725 3.11). `expected` and what it borrows must outlive this object; so must `options.trace`.
    static CALIMATIC_DECL result<logout_token_rules> start(
        std::string_view logout_token, logout_token_expectations const& expected, check_options const& options = {});
    static result<logout_token_rules> start(
        std::string_view, logout_token_expectations const&&, check_options const& = {}) = delete; // would not outlive it

    /// The question: is this token signed by one of the issuer's keys, with this algorithm? Or if that is a MAC (`is_mac`): is it made with the
    /// client_secret that is expected, and never with a key of a set?
    compact_jws const& token() const noexcept { return token_; }
    signature_algorithm algorithm() const noexcept { return algorithm_; }

    /// Its answer; if it is yes, rules (4) to (8) follow, and the claims are handed out, once. `now` is the issuer's time. Errors:
    /// `jws_signature_invalid`, `claim_type_wrong`, `id_token_sub_invalid`, the `logout_token_` ones, those of `replay_cache::remember`.
    CALIMATIC_DECL result<logout_token_claims> finish(bool verified, time_point now) &&;

private:
    logout_token_rules(logout_token_expectations const& expected, check_options const& options) : expected_(&expected), options_(options) {}

    logout_token_expectations const* expected_;
    check_options options_;
    compact_jws token_{};
    claims claims_{};
    signature_algorithm algorithm_{};
    bool is_over_ = false;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/logout_token.ipp>
#include <calimatic/impl/oidc/logout_token_rules.ipp>
#endif
