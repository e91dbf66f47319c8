#pragma once
#include <calimatic/core/hash_algorithm.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// Who does the cryptography of a machine.
enum class crypto_answers : std::uint8_t {
#if !defined(CALIMATIC_CRYPTO_NONE)
    inside, ///< the library's back end, at once; no question is ever asked
#endif
    by_host, ///< the host, which polls for questions and answers them when it can
};

/// What a machine does unless told otherwise: `inside` where there is a back end.
inline constexpr crypto_answers default_crypto_answers{};

/// A question to the host. The decision that hangs on it, and the rules for keys, stay in the library: type, size, exponent and curve are
/// checked before a key is asked about.
struct crypto_question {
    enum class kind : std::uint8_t {
        verify_signature, ///< is `expected` the signature of `data` under `key`, or the MAC under `secret`, with `algorithm`? Yes or no
        hash_begins_with, ///< does the `hash` of `data` begin with the bytes of `expected`? Yes or no
        sha256,           ///< what is the SHA-256 of `data`? A digest
    };
    std::uint64_t id = 0;
    kind what = kind::sha256;
    signature_algorithm algorithm{}; ///< of verify_signature
    jwk key{};                       ///< of verify_signature; a key that cannot be loaded counts as the answer no
    secret_string secret{};          ///< of verify_signature with HS256, HS384 and HS512, which have no `key`; compare MACs in constant time
    hash_algorithm hash{};           ///< of hash_begins_with
    secret_string data{};            ///< a token's signing input, an access token, a code verifier
    std::string expected{};          ///< raw bytes; r and s one after the other for ECDSA (RFC 7518 3.4)
};

/// The host's answer. Anything but the answer that the question wants fails closed.
struct crypto_answer {
    enum class kind : std::uint8_t {
        unavailable, ///< the host cannot tell: the machine ends with `crypto_unavailable`
        no,
        yes,
        digest,
    };
    kind what = kind::unavailable;
    std::string digest{}; ///< 32 bytes
};

/// A machine that touches cryptography. An answer to an unknown or old question is ignored and says so (false).
template <class M>
concept asks_crypto = requires(M& m, std::uint64_t id, crypto_answer answer) {
    { m.poll_crypto_question() } -> std::same_as<std::optional<crypto_question>>; // each is handed out once
    { m.handle_crypto_answer(id, answer) } -> std::same_as<bool>;
};

#if !defined(CALIMATIC_CRYPTO_NONE)
/// The answer of the library's own back end, for hosts that want it on a thread of their own.
CALIMATIC_DECL crypto_answer answer_inside(crypto_question const& question);
#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/crypto_question.ipp>
#endif
