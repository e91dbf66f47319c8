#pragma once
#include <calimatic/oidc/id_token.hpp>

#include <calimatic/core/secret.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/oidc/id_token_rules.hpp>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL std::string id_token_claims::subject_key() const {
    auto key = std::to_string(iss().size()); // the length first: any separator alone could be part of either
    key += ':';
    key += iss();
    key += ':';
    key += sub();
    return key;
}

#if !defined(CALIMATIC_CRYPTO_NONE)

CALIMATIC_DECL result<id_token_claims> validate_id_token(
    std::string_view id_token, signature_verifier& verifier, id_token_expectations const& expected, time_point now, check_options const& options) {
    auto rules = id_token_rules::start(id_token, expected, options);
    if (!rules) return rules.error();

    auto const verified = detail::verify_token(rules->token(), rules->algorithm(), verifier, expected.client_secret);
    // that no key fits, say, is not the same as a signature that does not: fetching the keys again may help
    if (!verified && verified.error().code() != error_code::jws_signature_invalid) return verified.error();
    if (auto kept = rules->handle_signature(verified.has_value(), now); !kept) return kept.error();

    bool at_hash_fits = true;
    if (auto const question = rules->at_hash()) {
        auto const hash = detail::compute_hash(question->hash, question->data);
        if (!hash) return hash.error();
        at_hash_fits = constant_time_equal(std::string_view(*hash).substr(0, question->prefix.size()), question->prefix);
    }
    return std::move(*rules).finish(at_hash_fits);
}

#endif

} // namespace calimatic::inline CALIMATIC_ABI
