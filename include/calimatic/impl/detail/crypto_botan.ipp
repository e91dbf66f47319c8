#pragma once
#include <calimatic/detail/crypto.hpp>

#if defined(__has_include) && !__has_include(<botan/ffi.h>)
#error "Botan 3 is missing: add the folder that has botan/ffi.h to the include path, or define CALIMATIC_CRYPTO_NONE and let the host answer"
#endif
#include <botan/ffi.h>
#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

// The C API reports every failure, want of memory included, as a code: nothing is thrown through this file.

template <class Handle, int (*Destroy)(Handle)>
struct botan_destroy {
    void operator()(Handle handle) const noexcept { Destroy(handle); }
};
template <class Handle, int (*Destroy)(Handle)>
using botan_owner = std::unique_ptr<std::remove_pointer_t<Handle>, botan_destroy<Handle, Destroy>>;

using botan_hash = botan_owner<botan_hash_t, botan_hash_destroy>;
using botan_mac = botan_owner<botan_mac_t, botan_mac_destroy>;
using botan_random = botan_owner<botan_rng_t, botan_rng_destroy>;
using botan_number = botan_owner<botan_mp_t, botan_mp_destroy>;
using botan_public_key = botan_owner<botan_pubkey_t, botan_pubkey_destroy>;
using botan_private_key = botan_owner<botan_privkey_t, botan_privkey_destroy>;
using botan_verification = botan_owner<botan_pk_op_verify_t, botan_pk_op_verify_destroy>;
using botan_signing = botan_owner<botan_pk_op_sign_t, botan_pk_op_sign_destroy>;

/// What `create(&handle)` makes, or null.
template <class Owner, class Create>
Owner botan_create(Create create) {
    typename Owner::pointer handle = nullptr;
    bool const created = create(&handle) == BOTAN_FFI_SUCCESS;
    Owner owner(handle);
    return created ? std::move(owner) : Owner();
}

inline std::uint8_t const* botan_bytes(std::string_view text) noexcept { return reinterpret_cast<std::uint8_t const*>(text.data()); }

CALIMATIC_DECL botan_number botan_number_of(std::string_view big_endian) {
    auto number = botan_create<botan_number>([](botan_mp_t* out) { return botan_mp_init(out); });
    if (!number || botan_mp_from_bin(number.get(), botan_bytes(big_endian), big_endian.size()) != BOTAN_FFI_SUCCESS) return {};
    return number;
}

/// What Botan wants for a scheme. PSS is given with its salt length, without which any would be accepted.
struct botan_scheme {
    char const* padding;
    char const* group;           // of ECDSA, or null
    std::size_t signature_bytes; // 0: the modulus, so this is RSA
    scheme trial;                // what a private key is tried out with: the same key, and nothing random
};

/// In the order of the enumeration.
inline constexpr botan_scheme botan_schemes[] = {
    {"PKCS1v15(SHA-256)", nullptr, 0, scheme::rsa_pkcs1_sha256},
    {"PKCS1v15(SHA-384)", nullptr, 0, scheme::rsa_pkcs1_sha384},
    {"PKCS1v15(SHA-512)", nullptr, 0, scheme::rsa_pkcs1_sha512},
    {"PSS(SHA-256,MGF1,32)", nullptr, 0, scheme::rsa_pkcs1_sha256},
    {"PSS(SHA-384,MGF1,48)", nullptr, 0, scheme::rsa_pkcs1_sha384},
    {"PSS(SHA-512,MGF1,64)", nullptr, 0, scheme::rsa_pkcs1_sha512},
    {"SHA-256", "secp256r1", 64, scheme::ecdsa_p256_sha256},
    {"SHA-384", "secp384r1", 96, scheme::ecdsa_p384_sha384},
    {"SHA-512", "secp521r1", 132, scheme::ecdsa_p521_sha512},
    {"Pure", nullptr, 64, scheme::ed25519},
};

constexpr botan_scheme const& botan_scheme_of(scheme scheme) noexcept { return botan_schemes[static_cast<std::size_t>(scheme)]; }

/// A source that refuses to be drawn from; what would only blind a computation then does without.
CALIMATIC_DECL botan_random botan_no_random() {
    return botan_create<botan_random>([](botan_rng_t* out) { return botan_rng_init(out, "null"); });
}

/// RFC 8032 5.1.3: y is less than p, and an x of zero has no sign. Botan's check of small orders misses the identity in its other spellings.
CALIMATIC_DECL bool is_canonical_ed25519(std::string_view point) noexcept {
    auto const octet = [point](std::size_t i) { return static_cast<unsigned char>(point[i]); };
    if (point.size() != 32) return false;
    bool const sign = (octet(31) & 0x80) != 0;
    bool middle_is_zero = (octet(31) & 0x7f) == 0, middle_is_ones = (octet(31) & 0x7f) == 0x7f;
    for (std::size_t i = 1; i < 31; ++i) {
        middle_is_zero = middle_is_zero && octet(i) == 0;
        middle_is_ones = middle_is_ones && octet(i) == 0xff;
    }
    if (middle_is_ones && octet(0) >= 0xed) return false;                                             // y >= 2^255 - 19
    bool const x_is_zero = (middle_is_zero && octet(0) == 1) || (middle_is_ones && octet(0) == 0xec); // y = 1 and y = -1
    return !(x_is_zero && sign);
}

struct botan_hash_row {
    char const* name;
    char const* hmac;
    std::size_t bytes;
};
/// In the order of the enumeration.
inline constexpr botan_hash_row botan_hashes[] = {
    {"SHA-256", "HMAC(SHA-256)", 32}, {"SHA-384", "HMAC(SHA-384)", 48}, {"SHA-512", "HMAC(SHA-512)", 64}};

constexpr botan_hash_row const& botan_hash_of(hash_algorithm hash) noexcept { return botan_hashes[static_cast<std::size_t>(hash)]; }

CALIMATIC_DECL result<std::string> compute_hash(hash_algorithm hash, std::string_view data) {
    auto const& row = botan_hash_of(hash);
    auto const context = botan_create<botan_hash>([&](botan_hash_t* out) { return botan_hash_init(out, row.name, 0); });
    std::string digest(row.bytes, '\0');
    if (!context || botan_hash_update(context.get(), botan_bytes(data), data.size()) != BOTAN_FFI_SUCCESS ||
        botan_hash_final(context.get(), reinterpret_cast<std::uint8_t*>(digest.data())) != BOTAN_FFI_SUCCESS)
        return error_code::crypto_unavailable;
    return digest;
}

CALIMATIC_DECL result<std::string> compute_hmac(hash_algorithm hash, std::string_view key, std::string_view data) {
    auto const& row = botan_hash_of(hash);
    auto const context = botan_create<botan_mac>([&](botan_mac_t* out) { return botan_mac_init(out, row.hmac, 0); });
    std::string tag(row.bytes, '\0');
    if (!context || botan_mac_set_key(context.get(), botan_bytes(key), key.size()) != BOTAN_FFI_SUCCESS ||
        botan_mac_update(context.get(), botan_bytes(data), data.size()) != BOTAN_FFI_SUCCESS ||
        botan_mac_final(context.get(), reinterpret_cast<std::uint8_t*>(tag.data())) != BOTAN_FFI_SUCCESS)
        return error_code::crypto_unavailable;
    return tag;
}

struct verification_key::state {
    detail::scheme scheme;
    botan_public_key key;
    botan_verification operation; // null: to be made anew
    std::string modulus;          // RSA

    bool is_rsa() const noexcept { return botan_scheme_of(scheme).signature_bytes == 0; }
    std::size_t signature_bytes() const noexcept { return is_rsa() ? modulus.size() : botan_scheme_of(scheme).signature_bytes; }

    bool make_operation() {
        operation = botan_create<botan_verification>(
            [&](botan_pk_op_verify_t* out) { return botan_pk_op_verify_create(out, key.get(), botan_scheme_of(scheme).padding, 0); });
        return operation != nullptr;
    }
};

CALIMATIC_DECL verification_key::verification_key(std::unique_ptr<state> loaded) noexcept : state_(std::move(loaded)) {}
CALIMATIC_DECL verification_key::verification_key(verification_key&&) noexcept = default;
CALIMATIC_DECL verification_key& verification_key::operator=(verification_key&&) noexcept = default;
CALIMATIC_DECL verification_key::~verification_key() = default;

CALIMATIC_DECL result<verification_key> verification_key::load(detail::scheme scheme, public_numbers const& numbers) {
    auto loaded = std::make_unique<state>();
    loaded->scheme = scheme;
    if (scheme == scheme::ed25519) {
        if (!is_canonical_ed25519(numbers.a)) return error_code::jwk_refused_by_crypto;
        loaded->key = botan_create<botan_public_key>([&](botan_pubkey_t* out) { return botan_pubkey_load_ed25519(out, botan_bytes(numbers.a)); });
    } else {
        auto const a = botan_number_of(numbers.a), b = botan_number_of(numbers.b);
        if (!a || !b) return error_code::jwk_refused_by_crypto;
        loaded->key = botan_create<botan_public_key>([&](botan_pubkey_t* out) {
            return loaded->is_rsa() ? botan_pubkey_load_rsa(out, a.get(), b.get())
                                    : botan_pubkey_load_ecdsa(out, a.get(), b.get(), botan_scheme_of(scheme).group);
        });
        if (loaded->is_rsa()) loaded->modulus = numbers.a;
    }
    // Loading alone finds neither points of small order nor, in other versions, points off the curve. No check of a public key draws anything.
    auto const no_random = botan_no_random();
    if (!loaded->key || !no_random || botan_pubkey_check_key(loaded->key.get(), no_random.get(), 0) != BOTAN_FFI_SUCCESS || !loaded->make_operation())
        return error_code::jwk_refused_by_crypto;
    return verification_key(std::move(loaded));
}

CALIMATIC_DECL bool verification_key::accepts(std::string_view message, std::string_view signature) noexcept {
    if (!state_ || signature.size() != state_->signature_bytes()) return false;
    if (state_->is_rsa() && signature >= state_->modulus) return false; // RFC 8017 5.2.2: equal lengths, so numeric order
    if (!state_->operation && !state_->make_operation()) return false;
    auto* const operation = state_->operation.get();
    int answer = botan_pk_op_verify_update(operation, botan_bytes(message), message.size());
    if (answer == BOTAN_FFI_SUCCESS) answer = botan_pk_op_verify_finish(operation, botan_bytes(signature), signature.size());
    // A held EdDSA operation can keep what it hashed, and any may after a failure: such a one is not used again.
    bool const clean = answer == BOTAN_FFI_SUCCESS || answer == BOTAN_FFI_INVALID_VERIFIER;
    if (!clean || state_->scheme == scheme::ed25519) state_->operation.reset();
    return answer == BOTAN_FFI_SUCCESS;
}

struct signing_key::state {
    detail::scheme scheme;
    botan_private_key key;

    result<std::string> sign(detail::scheme as, std::string_view message, botan_random const& random) const {
        // made anew for each message: what a failure leaves behind in one is not worth knowing
        auto const operation = botan_create<botan_signing>(
            [&](botan_pk_op_sign_t* out) { return botan_pk_op_sign_create(out, key.get(), botan_scheme_of(as).padding, 0); });
        std::size_t size = 0;
        if (!random || !operation || botan_pk_op_sign_output_length(operation.get(), &size) != BOTAN_FFI_SUCCESS)
            return error_code::crypto_unavailable;
        std::string signature(size, '\0');
        if (botan_pk_op_sign_update(operation.get(), botan_bytes(message), message.size()) != BOTAN_FFI_SUCCESS ||
            botan_pk_op_sign_finish(operation.get(), random.get(), reinterpret_cast<std::uint8_t*>(signature.data()), &size) != BOTAN_FFI_SUCCESS ||
            size != signature.size())
            return error_code::crypto_unavailable;
        return signature;
    }
};

CALIMATIC_DECL signing_key::signing_key(std::unique_ptr<state> loaded) noexcept : state_(std::move(loaded)) {}
CALIMATIC_DECL signing_key::signing_key(signing_key&&) noexcept = default;
CALIMATIC_DECL signing_key& signing_key::operator=(signing_key&&) noexcept = default;
CALIMATIC_DECL signing_key::~signing_key() = default;

CALIMATIC_DECL result<signing_key> signing_key::load(detail::scheme scheme, private_numbers const& numbers, public_numbers const& public_half) {
    auto loaded = std::make_unique<state>();
    loaded->scheme = scheme;
    auto const& row = botan_scheme_of(scheme);
    if (row.signature_bytes == 0) {
        auto const p = botan_number_of(numbers.p), q = botan_number_of(numbers.q), e = botan_number_of(public_half.b);
        if (p && q && e)
            loaded->key =
                botan_create<botan_private_key>([&](botan_privkey_t* out) { return botan_privkey_load_rsa(out, p.get(), q.get(), e.get()); });
    } else if (row.group) {
        auto const d = botan_number_of(numbers.d);
        if (d) loaded->key = botan_create<botan_private_key>([&](botan_privkey_t* out) { return botan_privkey_load_ecdsa(out, d.get(), row.group); });
    } else if (numbers.d.size() == 32) {
        loaded->key = botan_create<botan_private_key>([&](botan_privkey_t* out) { return botan_privkey_load_ed25519(out, botan_bytes(numbers.d)); });
    }
    auto verification = verification_key::load(row.trial, public_half);
    if (!loaded->key || !verification) return error_code::jwk_refused_by_crypto;
    auto const trial = loaded->sign(row.trial, "trial", botan_no_random());
    if (!trial || !verification->accepts("trial", *trial)) return error_code::jwk_refused_by_crypto;
    return signing_key(std::move(loaded));
}

CALIMATIC_DECL result<std::string> signing_key::sign(std::string_view message, random_source& random) {
    struct draw {
        random_source& source;
        bool failed = false;

        static int fill(void* context, std::uint8_t* out, std::size_t size) {
            auto& self = *static_cast<draw*>(context);
            if (!self.source.fill(std::as_writable_bytes(std::span(out, size)))) self.failed = true;
            return self.failed ? -1 : 0;
        }
    };
    if (!state_) return error_code::crypto_unavailable;
    draw context{random};
    auto const source =
        botan_create<botan_random>([&](botan_rng_t* out) { return botan_rng_init_custom(out, "host", &context, draw::fill, nullptr, nullptr); });
    auto signature = state_->sign(state_->scheme, message, source);
    if (context.failed) return error_code::random_source_failed; // even where Botan made do without
    return signature;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
