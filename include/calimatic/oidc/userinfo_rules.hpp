#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/oidc/userinfo.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// The rules for a signed UserInfo response (OIDC Core 5.3.2) without the cryptography, in two steps, for those who answer the cryptographic question
/// in between: `validate_userinfo_response` is made of it.
class userinfo_rules {
public:
    /// The answer as such, the form of the token, its type, issuer, audience and algorithm. A JWT that can be told to be of another kind (RFC 8725 3.11)
    /// is refused: one that is typed otherwise, a logout token, an ID Token with nonce, at_hash, c_hash or s_hash. One without any of these marks cannot be
    /// told apart, and says of the same user what the same issuer signed. `expected` and what it borrows must outlive this object; so must
    /// `options.trace`. Errors: those of `validate_userinfo_response` but for the ones below.
    static CALIMATIC_DECL result<userinfo_rules> start(
        http_response const& response, userinfo_expectations const& expected, check_options const& options = {});
    static result<userinfo_rules> start(
        http_response const&, userinfo_expectations const&&, check_options const& = {}) = delete; // would not outlive it

    /// The question: is this token signed by one of the issuer's keys, with this algorithm? Or if that is a MAC (`is_mac`): is it made with the
    /// client_secret that is expected, and never with a key of a set?
    compact_jws const& token() const noexcept { return token_; }
    signature_algorithm algorithm() const noexcept { return algorithm_; }

    /// Its answer, for the claims. `now` is the issuer's time. Errors: `jws_signature_invalid`, `userinfo_expired`, `userinfo_nbf_future`,
    /// `userinfo_sub_missing`, `userinfo_sub_mismatch`.
    CALIMATIC_DECL result<userinfo> finish(bool verified, time_point now) &&;

private:
    userinfo_rules(userinfo_expectations const& expected, check_options const& options) : expected_(&expected), options_(options) {}

    userinfo_expectations const* expected_;
    check_options options_;
    compact_jws token_{};
    claims claims_{};
    signature_algorithm algorithm_{};
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/userinfo.ipp>
#include <calimatic/impl/oidc/userinfo_rules.ipp>
#endif
