#pragma once
#include <calimatic/oidc/logout_token.hpp>

#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/oidc/logout_token_rules.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

#if !defined(CALIMATIC_CRYPTO_NONE)

CALIMATIC_DECL result<logout_token_claims> validate_logout_token(std::string_view logout_token, signature_verifier& verifier,
    logout_token_expectations const& expected, time_point now, check_options const& options) {
    auto rules = logout_token_rules::start(logout_token, expected, options);
    if (!rules) return rules.error();
    auto const verified = detail::verify_token(rules->token(), rules->algorithm(), verifier, expected.client_secret);
    // that no key fits, say, is not the same as a signature that does not: fetching the keys again may help
    if (!verified && verified.error().code() != error_code::jws_signature_invalid) return verified.error();
    return std::move(*rules).finish(verified.has_value(), now);
}

#endif

} // namespace calimatic::inline CALIMATIC_ABI
