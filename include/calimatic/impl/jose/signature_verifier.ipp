#pragma once
#include <calimatic/jose/signature_verifier.hpp>

#include <calimatic/core/secret.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/jose/algorithm.ipp>
#include <calimatic/impl/jose/jwk.ipp>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<signature_algorithm> check_algorithm(
    compact_jws const& token, std::vector<signature_algorithm> const& allowed, check_options const& options) {
    detail::rule_check rule{options};
    auto const algorithm = parse_algorithm(token.alg);
    bool const is_allowed = algorithm && std::find(allowed.begin(), allowed.end(), *algorithm) != allowed.end();
    auto const expected = allowed.size() == 1 ? traits_of(allowed.front()).alg : "";
    if (auto e = rule(is_allowed, error_code::jws_alg_not_allowed, token.alg, expected)) return *e;
    return *algorithm;
}

namespace detail {

/// Whether a secret has at least the length of the hash (RFC 7518 3.2), which is that of the MAC; so an empty one never is a key.
inline bool is_mac_key(std::string_view secret, signature_algorithm algorithm) noexcept {
    return is_mac(algorithm) && secret.size() >= traits_of(algorithm).signature_bytes;
}

/// OIDC Core 3.1.3.7 (8) and 10.1: what a client_secret must be where a MAC is registered. Nothing is asked of it for other algorithms.
CALIMATIC_DECL std::optional<error> check_mac_secret(std::string_view secret, signature_algorithm algorithm, rule_check const& rule) {
    if (!is_mac(algorithm)) return std::nullopt;
    auto const& traits = traits_of(algorithm);
    if (auto e = rule(!secret.empty(), error_code::hmac_of_public_client, traits.alg)) return e;
    auto const bytes = [](std::size_t size) { return std::to_string(size) + " bytes"; };
    return rule(is_mac_key(secret, algorithm), error_code::hmac_key_too_short, bytes(secret.size()), bytes(traits.signature_bytes));
}

} // namespace detail

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace detail {

/// Whether that is the whole MAC of the message, compared in constant time. Errors: `crypto_unavailable`.
CALIMATIC_DECL result<bool> mac_fits(signature_algorithm algorithm, std::string_view secret, std::string_view message, std::string_view mac) {
    if (!is_mac_key(secret, algorithm) || mac.size() != traits_of(algorithm).signature_bytes) return false;
    auto const computed = compute_hmac(traits_of(algorithm).hash, secret, message);
    if (!computed) return computed.error();
    return constant_time_equal(*computed, mac);
}

/// The signature of a token whose algorithm is the registered one: with the secret if that is a MAC, and else with the verifier's keys. Errors: those
/// of `signature_verifier::verify_signature`, `crypto_unavailable`.
CALIMATIC_DECL result<void> verify_token(
    compact_jws const& token, signature_algorithm algorithm, signature_verifier& verifier, std::string_view secret) {
    if (!is_mac(algorithm)) return verifier.verify_signature(token);
    auto const fits = mac_fits(algorithm, secret, token.signing_input, token.signature);
    if (!fits) return fits.error();
    if (!*fits) return error_code::jws_signature_invalid;
    return {};
}

inline public_numbers public_numbers_of(jwk const& key) noexcept {
    if (key.kty == "RSA") return {key.n, key.e};
    return {key.x, key.y};
}

} // namespace detail

struct signature_verifier::state {
    struct prepared_key {
        jwk const* key; // into `keys`, which does not change any more
        detail::scheme scheme;
        detail::verification_key verification;
    };

    state(jwk_set k, std::vector<signature_algorithm> a, check_options const& o) : keys(std::move(k)), allowed(std::move(a)), options(o) {
        for (auto const& key : keys.keys) prepare(key);
    }

    detail::verification_key* find(jwk const* key, detail::scheme scheme) noexcept {
        for (auto& p : prepared)
            if (p.key == key && p.scheme == scheme) return &p.verification;
        return nullptr; // refused when it was to be prepared: it verifies nothing
    }

    jwk_set keys;
    std::vector<signature_algorithm> allowed;
    check_options options;
    std::vector<prepared_key> prepared;

private:
    void prepare(jwk const& key) {
        for (auto algorithm : allowed) {
            if (!detail::jwk_fits(key, algorithm)) continue; // never one of a MAC
            auto const scheme = detail::scheme_of(algorithm);
            if (find(&key, scheme)) continue;
            auto const broken = detail::broken_jwk_rule(key);
            if (broken != error_code::none) return skip(key, broken);
            auto loaded = detail::verification_key::load(scheme, detail::public_numbers_of(key));
            if (!loaded) return skip(key, loaded.error().code());
            prepared.push_back({&key, scheme, std::move(*loaded)});
        }
    }
    void skip(jwk const& key, error_code code) { keys.skipped.push_back(error(code).with_got(key.kid.value_or("no kid"))); }
};

CALIMATIC_DECL signature_verifier::signature_verifier(jwk_set keys, std::vector<signature_algorithm> allowed, check_options const& options)
    : state_(std::make_unique<state>(std::move(keys), std::move(allowed), options)) {}
CALIMATIC_DECL signature_verifier::signature_verifier(signature_verifier&&) noexcept = default;
CALIMATIC_DECL signature_verifier& signature_verifier::operator=(signature_verifier&&) noexcept = default;
CALIMATIC_DECL signature_verifier::~signature_verifier() = default;

CALIMATIC_DECL result<void> signature_verifier::verify_signature(compact_jws const& token) {
    detail::rule_check rule{state_->options};
    auto algorithm = check_algorithm(token, state_->allowed, state_->options);
    if (!algorithm) return algorithm.error();
    auto candidates = select_keys(state_->keys, *algorithm, token.kid, state_->options);
    if (!candidates) return candidates.error();
    auto const scheme = detail::scheme_of(*algorithm);
    bool const accepted = std::any_of(candidates->begin(), candidates->end(), [&](jwk const* key) {
        auto* const prepared = state_->find(key, scheme);
        return prepared && prepared->accepts(token.signing_input, token.signature);
    });
    if (auto e = rule(accepted, error_code::jws_signature_invalid)) return *e;
    return {};
}

CALIMATIC_DECL jwk_set const& signature_verifier::keys() const noexcept { return state_->keys; }
CALIMATIC_DECL std::vector<signature_algorithm> const& signature_verifier::allowed() const noexcept { return state_->allowed; }

#endif

} // namespace calimatic::inline CALIMATIC_ABI
