#pragma once
#include <calimatic/jose/jwk.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The members that make a key private or symmetric (RFC 7518 6.2.2, 6.3.2, 6.4, RFC 8037 2).
inline constexpr std::string_view jwk_private_members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

inline constexpr std::size_t max_key_ops = 32; // eight are registered; the search for duplicates is quadratic

struct jwk_curve {
    std::string_view kty;
    std::string_view crv;
    std::size_t coordinate_bytes;
};
inline constexpr jwk_curve jwk_curves[] = {{"EC", "P-256", 32}, {"EC", "P-384", 48}, {"EC", "P-521", 66}, {"OKP", "Ed25519", 32}};

inline jwk_curve const* find_jwk_curve(std::string_view kty, std::string_view crv) noexcept {
    auto const* const found =
        std::find_if(std::begin(jwk_curves), std::end(jwk_curves), [&](jwk_curve const& c) { return c.kty == kty && c.crv == crv; });
    return found == std::end(jwk_curves) ? nullptr : found;
}

/// The rule that the numbers of a key break, or `none`. On its own, because a key that is about to be used is looked at once more: the struct is
/// public, and not every one may come from `parse_jwk`.
CALIMATIC_DECL error_code broken_jwk_rule(jwk const& key) noexcept {
    if (key.kty == "RSA") {
        if (key.n.empty() || key.n.front() == 0) return error_code::jwk_rsa_size;
        auto const bits = key.n.size() * 8 - static_cast<std::size_t>(std::countl_zero(static_cast<unsigned char>(key.n.front())));
        if (bits < 2048 || bits > 8192) return error_code::jwk_rsa_size;
        if ((key.n.back() & 1) == 0) return error_code::jwk_rsa_modulus;
        if (key.e.empty() || key.e.size() > 4 || key.e.front() == 0 || (key.e.back() & 1) == 0 || key.e == "\x01")
            return error_code::jwk_rsa_exponent;
        return error_code::none;
    }
    auto const* const curve = find_jwk_curve(key.kty, key.crv);
    if (!curve) return error_code::jwk_kty_unsupported;
    if (key.x.size() != curve->coordinate_bytes) return error_code::jwk_coordinate_length;
    if (key.kty == "EC" && key.y.size() != curve->coordinate_bytes) return error_code::jwk_coordinate_length;
    return error_code::none;
}

/// Whether the key may be used with the algorithm: its type, its curve and, if it names one, its algorithm (RFC 7517 4.4). No public key is one of
/// a MAC, whatever it says of itself.
inline bool jwk_fits(jwk const& key, signature_algorithm algorithm) noexcept {
    auto const& traits = traits_of(algorithm);
    return !is_mac(algorithm) && key.kty == traits.kty && key.crv == traits.crv && (key.alg.empty() || key.alg == traits.alg);
}

/// The exact length of a signature by this key.
inline std::size_t signature_size(jwk const& key, signature_algorithm algorithm) noexcept {
    auto const fixed = traits_of(algorithm).signature_bytes;
    return fixed != 0 ? fixed : key.n.size();
}

/// A required member that is base64url.
CALIMATIC_DECL result<std::string> read_jwk_bytes(json key, std::string_view name, rule_check const& rule) {
    auto const text = key[name].as_string();
    if (auto e = rule(text.has_value(), error_code::jwk_malformed, name, "a string")) return *e;
    auto bytes = base64url_decode(*text);
    if (auto e = rule(bytes.has_value(), error_code::base64url_invalid, name)) return *e;
    return std::move(*bytes);
}

/// The same for an integer, whose leading zero octets are dropped: RFC 7518 2 forbids them, but libraries write one where the highest bit is set.
CALIMATIC_DECL result<std::string> read_jwk_integer(json key, std::string_view name, rule_check const& rule) {
    auto bytes = read_jwk_bytes(key, name, rule);
    if (bytes) bytes->erase(0, (std::min)(bytes->find_first_not_of('\0'), bytes->size()));
    return bytes;
}

/// `key_ops` (RFC 7517 4.3): absent, or a list of distinct strings.
inline bool is_key_ops_well_formed(json ops) noexcept {
    if (!ops.has_value()) return true;
    if (ops.kind() != json_kind::array || ops.size() > max_key_ops) return false;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        if (ops[i].kind() != json_kind::string) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (ops[j].as_string() == ops[i].as_string()) return false;
    }
    return true;
}

inline bool has_key_op(json ops, std::string_view operation) noexcept {
    for (std::size_t i = 0; i < ops.size(); ++i)
        if (ops[i].as_string() == operation) return true;
    return !ops.has_value();
}

/// The members that say what a key of any type is meant for ("verify" or "sign"). An optional member that is null counts as absent.
CALIMATIC_DECL result<jwk> read_common_members(json value, std::string_view operation, check_options const& options) {
    rule_check rule{options};
    auto const kty = value["kty"].as_string();
    if (auto e = rule(kty.has_value(), error_code::jwk_malformed, "kty", "a string")) return *e;
    for (std::string_view name : {"use", "alg"})
        if (auto e = rule(!value[name].has_value() || value[name].kind() == json_kind::string, error_code::jwk_malformed, name, "a string"))
            return *e;
    auto const use = value["use"].as_string().value_or("sig");
    if (auto e = rule(use == "sig", error_code::jwk_not_for_signatures, use, "sig")) return *e;
    if (auto e = rule(is_key_ops_well_formed(value["key_ops"]), error_code::jwk_malformed, "key_ops", "distinct strings")) return *e;
    if (auto e = rule(has_key_op(value["key_ops"], operation), error_code::jwk_not_for_signatures, "key_ops", operation)) return *e;
    auto const kid = value["kid"];
    auto const kid_text = kid.as_string();
    if (auto e = rule(!kid.has_value() || (kid_text && kid_text->size() <= options.limits.kid), error_code::jws_kid_invalid)) return *e;

    jwk key;
    key.kty = *kty;
    if (kid_text) key.kid = std::string(*kid_text);
    key.alg = value["alg"].as_string().value_or("");
    return key;
}

/// These and the public members.
CALIMATIC_DECL result<jwk> read_public_members(json value, std::string_view operation, check_options const& options) {
    rule_check rule{options};
    auto const kty = value["kty"].as_string();
    if (auto e = rule(kty != "oct", error_code::jwk_not_public, "oct")) return *e;
    auto common = read_common_members(value, operation, options);
    if (!common) return common;
    jwk key = std::move(*common);
    if (key.kty == "RSA") {
        auto n = read_jwk_integer(value, "n", rule);
        if (!n) return n.error();
        auto e = read_jwk_integer(value, "e", rule);
        if (!e) return e.error();
        key.n = std::move(*n);
        key.e = std::move(*e);
    } else if (key.kty == "EC" || key.kty == "OKP") {
        auto const crv = value["crv"].as_string();
        if (auto e = rule(crv.has_value(), error_code::jwk_malformed, "crv", "a string")) return *e;
        if (auto e = rule(find_jwk_curve(key.kty, *crv), error_code::jwk_kty_unsupported, *crv)) return *e;
        key.crv = *crv;
        auto x = read_jwk_bytes(value, "x", rule);
        if (!x) return x.error();
        key.x = std::move(*x);
        if (key.kty == "EC") {
            auto y = read_jwk_bytes(value, "y", rule);
            if (!y) return y.error();
            key.y = std::move(*y);
        }
    } else {
        auto e = rule(false, error_code::jwk_kty_unsupported, key.kty);
        return *e;
    }
    auto const broken = broken_jwk_rule(key);
    if (broken != error_code::none) {
        auto e = rule(false, broken);
        return *e;
    }
    return key;
}

} // namespace detail

CALIMATIC_DECL result<jwk> parse_jwk(json value, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = rule(value.kind() == json_kind::object, error_code::jwk_malformed)) return *e;
    for (auto name : detail::jwk_private_members)
        if (auto e = rule(!value[name].has_value(), error_code::jwk_not_public, name)) return *e;
    return detail::read_public_members(value, "verify", options);
}

CALIMATIC_DECL result<jwk_set> parse_jwk_set(std::string_view text, check_options const& options) {
    detail::rule_check rule{options};
    auto document = parse_json(text, options.limits.jwk_set_body, options);
    if (!document) return document.error();
    auto const root = document->root();
    if (auto e = rule(root.kind() == json_kind::object, error_code::json_not_an_object)) return *e;
    auto const entries = root["keys"];
    if (auto e = rule(entries.kind() == json_kind::array, error_code::jwk_set_malformed)) return *e;
    if (auto e = rule(entries.size() <= options.limits.keys, error_code::jwk_set_too_many_keys)) return *e;

    jwk_set set;
    set.keys.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto key = parse_jwk(entries[i], options);
        if (key) set.keys.push_back(std::move(*key));
        else set.skipped.push_back(std::move(key).error().with_got(entries[i]["kid"].as_string().value_or("no kid")));
    }
    return set;
}

CALIMATIC_DECL std::string serialize(jwk_set const& keys) {
    std::string entries = "[";
    for (auto const& key : keys.keys) {
        detail::json_writer entry;
        entry.string("kty", key.kty);
        if (key.kid) entry.string("kid", *key.kid);
        entry.optional_string("alg", key.alg).optional_string("crv", key.crv);
        for (auto const& [name, bytes] : {std::pair("n", &key.n), std::pair("e", &key.e), std::pair("x", &key.x), std::pair("y", &key.y)})
            entry.optional_string(name, detail::base64url_encode(*bytes));
        if (entries.size() > 1) entries += ',';
        entries += entry.finish();
    }
    return detail::json_writer().raw("keys", entries + ']').finish();
}

CALIMATIC_DECL result<std::vector<jwk const*>> select_keys(
    jwk_set const& keys, signature_algorithm algorithm, std::optional<std::string> const& kid, check_options const& options) {
    detail::rule_check rule{options};
    // A kid that some key has, of whatever type, selects that key or none; only a kid that no key has leaves those without one.
    bool const known = kid && std::any_of(keys.keys.begin(), keys.keys.end(), [&](jwk const& key) { return key.kid == kid; });
    std::vector<jwk const*> candidates;
    for (auto const& key : keys.keys)
        if (detail::jwk_fits(key, algorithm) && (!kid || (known ? key.kid == kid : !key.kid))) candidates.push_back(&key);

    auto const name = kid ? std::string_view(*kid) : "no kid";
    if (auto e = rule(!candidates.empty(), error_code::jwk_not_found, name)) return *e;
    bool repeated = false; // linear in the usual case of one candidate, bounded by limits.keys in every other
    for (std::size_t i = 0; i < candidates.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) repeated = repeated || (candidates[i]->kid && candidates[i]->kid == candidates[j]->kid);
    if (auto e = rule(!repeated, error_code::jwk_kid_repeated, name)) return *e;
    if (auto e = rule(candidates.size() <= options.limits.key_candidates, error_code::jwk_too_many_candidates)) return *e;
    return candidates;
}

CALIMATIC_DECL std::string thumbprint_input(jwk const& key) {
    detail::json_writer members;
    if (key.kty == "RSA") members.string("e", detail::base64url_encode(key.e)).string("kty", key.kty).string("n", detail::base64url_encode(key.n));
    else members.string("crv", key.crv).string("kty", key.kty).string("x", detail::base64url_encode(key.x));
    if (key.kty == "EC") members.string("y", detail::base64url_encode(key.y));
    return members.finish();
}

#if !defined(CALIMATIC_CRYPTO_NONE)
CALIMATIC_DECL result<std::string> jwk_thumbprint(jwk const& key) {
    auto hash = detail::compute_hash(hash_algorithm::sha256, thumbprint_input(key));
    if (!hash) return hash.error();
    return detail::base64url_encode(*hash);
}
#endif

} // namespace calimatic::inline CALIMATIC_ABI
