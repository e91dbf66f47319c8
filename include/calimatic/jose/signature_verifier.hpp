#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/jws.hpp>
#include <memory>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// The alg of a token, if it is one of those allowed (RFC 8725 3.1): the list comes from configuration, never from the token or the server.
/// Errors: `jws_alg_not_allowed`.
CALIMATIC_DECL result<signature_algorithm> check_algorithm(
    compact_jws const& token, std::vector<signature_algorithm> const& allowed, check_options const& options = {});

#if !defined(CALIMATIC_CRYPTO_NONE)

/// Verifies JWS signatures with the keys of one set, each prepared once for each algorithm that it fits. A key is bound to its algorithms
/// before any token is seen; none is ever one of HS256, HS384 or HS512. It has state: one thread at a time; make one for each thread.
class signature_verifier {
public:
    /// Takes the keys over. `options.trace` is borrowed for the verifier's life. Preparing a key costs microseconds; the back end's refusal of
    /// one (a point off its curve) is remembered as `jwk_refused_by_crypto` in `keys().skipped`, and the key then verifies nothing.
    CALIMATIC_DECL signature_verifier(jwk_set keys, std::vector<signature_algorithm> allowed, check_options const& options = {});
    CALIMATIC_DECL signature_verifier(signature_verifier&&) noexcept;
    CALIMATIC_DECL signature_verifier& operator=(signature_verifier&&) noexcept;
    CALIMATIC_DECL ~signature_verifier();

    /// Succeeds if the signature is by a key of the set that fits. Errors: `jws_alg_not_allowed`, those of `select_keys`, `jws_signature_invalid`.
    CALIMATIC_DECL result<void> verify_signature(compact_jws const& token);

    CALIMATIC_DECL jwk_set const& keys() const noexcept;
    CALIMATIC_DECL std::vector<signature_algorithm> const& allowed() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

#endif

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/signature_verifier.ipp>
#endif
