#pragma once
#include <calimatic/jose/signer.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/core/secret.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/jose/algorithm.ipp>
#include <calimatic/impl/jose/jwk.ipp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// A private member, as bytes that are wiped.
CALIMATIC_DECL result<secret_string> read_private_member(json key, std::string_view name, rule_check const& rule) {
    if (auto e = rule(key[name].has_value(), error_code::jwk_not_private, name)) return *e;
    auto bytes = read_jwk_bytes(key, name, rule);
    if (!bytes) return bytes.error();
    return secret_string(std::move(*bytes));
}

/// The private half of a key whose public half has been read.
CALIMATIC_DECL result<signing_key> read_private_members(json value, jwk const& key, signature_algorithm algorithm, rule_check const& rule) {
    auto d = read_private_member(value, "d", rule);
    if (!d) return d.error();
    if (key.kty != "RSA") {
        if (auto e = rule(d->size() == key.x.size(), error_code::jwk_coordinate_length, "d")) return *e;
        return signing_key::load(scheme_of(algorithm), {d->expose(), {}, {}}, public_numbers_of(key));
    }
    // RFC 7518 6.3.2 allows a key of d alone; the factors are wanted here, from which d, dp, dq and qi follow
    if (auto e = rule(!value["oth"].has_value(), error_code::jwk_kty_unsupported, "oth")) return *e;
    auto p = read_private_member(value, "p", rule);
    if (!p) return p.error();
    auto q = read_private_member(value, "q", rule);
    if (!q) return q.error();
    if (auto e = rule(p->size() <= key.n.size() && q->size() <= key.n.size(), error_code::jwk_rsa_size)) return *e;
    return signing_key::load(scheme_of(algorithm), {{}, p->expose(), q->expose()}, public_numbers_of(key));
}

CALIMATIC_DECL result<signing_key> read_signing_key(json value, signature_algorithm algorithm, jwk& key, check_options const& options) {
    rule_check rule{options};
    if (auto e = rule(value.kind() == json_kind::object, error_code::jwk_malformed)) return *e;
    auto public_half = read_public_members(value, "sign", options);
    if (!public_half) return public_half.error();
    if (auto e = rule(jwk_fits(*public_half, algorithm), error_code::jwk_alg_mismatch, public_half->alg, traits_of(algorithm).alg)) return *e;
    auto private_half = read_private_members(value, *public_half, algorithm, rule);
    if (private_half) key = std::move(*public_half);
    return private_half;
}

CALIMATIC_DECL result<secret_string> read_mac_key(json value, signature_algorithm algorithm, jwk& key, check_options const& options) {
    rule_check rule{options};
    if (auto e = rule(value.kind() == json_kind::object, error_code::jwk_malformed)) return *e;
    auto common = read_common_members(value, "sign", options);
    if (!common) return common.error();
    auto const& alg = traits_of(algorithm).alg;
    bool const fits = common->kty == "oct" && (common->alg.empty() || common->alg == alg);
    if (auto e = rule(fits, error_code::jwk_alg_mismatch, common->alg, alg)) return *e;
    auto secret = read_private_member(value, "k", rule);
    if (!secret) return secret;
    if (auto e = rule(is_mac_key(secret->expose(), algorithm), error_code::hmac_key_too_short)) return *e;
    key = std::move(*common);
    return secret;
}

} // namespace detail

struct signer::state {
    result<std::string> sign(std::string_view message, random_source& random) {
        if (key) return key->sign(message, random);
        return detail::compute_hmac(traits_of(algorithm).hash, secret.expose(), message);
    }

    jwk public_key;
    signature_algorithm algorithm;
    std::optional<detail::signing_key> key; // nothing: a MAC
    secret_string secret;                   // of a MAC
};

CALIMATIC_DECL signer::signer(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
CALIMATIC_DECL signer::signer(signer&&) noexcept = default;
CALIMATIC_DECL signer& signer::operator=(signer&&) noexcept = default;
CALIMATIC_DECL signer::~signer() = default;

CALIMATIC_DECL result<signer> signer::make(std::string_view private_jwk, signature_algorithm algorithm, check_options const& options) {
    auto document = parse_json(private_jwk, options.limits.jwk_set_body, options);
    if (!document) return std::move(document).error().with_condition(condition::fix_configuration);
    auto made = std::make_unique<state>(state{{}, algorithm, {}, {}});
    std::optional<error> refused;
    if (is_mac(algorithm)) {
        auto secret = detail::read_mac_key(document->root(), algorithm, made->public_key, options);
        if (secret) made->secret = std::move(*secret);
        else refused = std::move(secret).error();
    } else {
        auto key = detail::read_signing_key(document->root(), algorithm, made->public_key, options);
        if (key) made->key.emplace(std::move(*key));
        else refused = std::move(key).error();
    }
    if (refused) return std::move(*refused).with_condition(condition::fix_configuration); // one's own key, so nobody is to be distrusted
    return signer(std::move(made));
}

CALIMATIC_DECL result<std::string> signer::sign(std::string_view payload, random_source& random, std::string_view typ) {
    detail::json_writer header;
    header.string("alg", traits_of(state_->algorithm).alg).optional_string("typ", typ);
    if (state_->public_key.kid) header.string("kid", *state_->public_key.kid);
    return sign_with_header(header.finish(), payload, random);
}

CALIMATIC_DECL result<std::string> signer::sign_with_header(std::string_view header, std::string_view payload, random_source& random) {
    auto token = detail::base64url_encode(header) + '.' + detail::base64url_encode(payload);
    auto signature = state_->sign(token, random);
    if (!signature) return signature.error();
    return token + '.' + detail::base64url_encode(*signature);
}

CALIMATIC_DECL jwk const& signer::public_key() const noexcept { return state_->public_key; }
CALIMATIC_DECL signature_algorithm signer::algorithm() const noexcept { return state_->algorithm; }

} // namespace calimatic::inline CALIMATIC_ABI

#endif
