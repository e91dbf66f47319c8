#pragma once
#include <calimatic/flow/crypto_question.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/core/error.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/impl/jose/algorithm.ipp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL crypto_answer answer_inside(crypto_question const& question) {
    auto const yes_or_no = [](bool yes) { return crypto_answer{yes ? crypto_answer::kind::yes : crypto_answer::kind::no, {}}; };

    switch (question.what) {
    case crypto_question::kind::verify_signature: {
        if (is_mac(question.algorithm)) {
            auto const fits = detail::mac_fits(question.algorithm, question.secret.expose(), question.data.expose(), question.expected);
            if (!fits) return {};
            return yes_or_no(*fits);
        }
        auto key = detail::verification_key::load(detail::scheme_of(question.algorithm), detail::public_numbers_of(question.key));
        return yes_or_no(key && key->accepts(question.data.expose(), question.expected));
    }
    case crypto_question::kind::hash_begins_with: {
        auto const hash = detail::compute_hash(question.hash, question.data.expose());
        if (!hash) return {};
        return yes_or_no(hash->starts_with(question.expected));
    }
    case crypto_question::kind::sha256: {
        auto hash = detail::compute_hash(hash_algorithm::sha256, question.data.expose());
        if (!hash) return {};
        return {crypto_answer::kind::digest, std::move(*hash)};
    }
    }
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI

#endif
