#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/impl/jose/jwk.ipp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/jws.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Who may have signed a token, one question after the other, until one is answered with yes: each key that fits, or for a MAC the secret and no key.
class signature_questions {
public:
    /// The token must stay where it is. Errors: those of `select_keys`.
    static result<signature_questions> start(
        compact_jws const& token, signature_algorithm algorithm, jwk_set const& keys, std::string_view client_secret, check_options const& options) {
        signature_questions questions(token, algorithm);
        if (is_mac(algorithm)) {
            questions.secret_ = client_secret;
            return questions;
        }
        auto candidates = select_keys(keys, algorithm, token.kid, options);
        if (!candidates) return candidates.error();
        for (auto const* key : *candidates) questions.candidates_.push_back(*key);
        return questions;
    }

    /// The next one, without an id; where there is none left, the signature fits nobody.
    std::optional<crypto_question> next() {
        // Whoever answers may be more lenient about lengths than RFC 7518 3 is: DER, a leading zero that was dropped, a part of a MAC.
        auto const size = token_->signature.size();
        if (is_mac(algorithm_)) {
            if (std::exchange(mac_asked_, true) || size != traits_of(algorithm_).signature_bytes) return std::nullopt;
            auto question = about_token();
            question.secret = secret_.clone();
            return question;
        }
        while (next_ < candidates_.size()) {
            auto const& key = candidates_[next_++];
            if (broken_jwk_rule(key) != error_code::none || size != signature_size(key, algorithm_)) continue;
            auto question = about_token();
            question.key = key;
            return question;
        }
        return std::nullopt;
    }

private:
    signature_questions(compact_jws const& token, signature_algorithm algorithm) : token_(&token), algorithm_(algorithm) {}

    crypto_question about_token() const {
        crypto_question question;
        question.what = crypto_question::kind::verify_signature;
        question.algorithm = algorithm_;
        question.data = token_->signing_input;
        question.expected = token_->signature;
        return question;
    }

    compact_jws const* token_;
    signature_algorithm algorithm_;
    std::vector<jwk> candidates_;
    std::size_t next_ = 0;
    secret_string secret_;
    bool mac_asked_ = false;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
