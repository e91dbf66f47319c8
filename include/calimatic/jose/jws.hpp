#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// A JSON Web Signature in compact serialization (RFC 7515 3.1), taken apart but **not verified**: `signature_verifier` does that. The payload
/// is decoded from the very bytes that are signed.
struct compact_jws {
    std::string alg;                ///< of the protected header; only ever compared with what is allowed, never obeyed (RFC 8725 3.1)
    std::optional<std::string> kid; ///< an opaque name: never a path, a URL or a query
    std::optional<std::string> typ;
    std::optional<std::string> cty;
    std::string signing_input; ///< ASCII(BASE64URL(header) || '.' || BASE64URL(payload))
    std::string payload;       ///< decoded
    std::string signature;     ///< decoded, not empty
    json_document header;      ///< the whole protected header; `jku`, `jwk`, `x5u`, `x5c` and `x5t` in it are never used to find a key
};

/// Parses strictly: exactly three parts, counted before anything is decoded; strict base64url; a header that is a JSON object without
/// duplicates, with an `alg` other than none, without `b64`, and with no `crit` (no extension is understood). Errors: `token_too_large`,
/// `jws_not_compact`, `jws_encrypted` (five parts), `base64url_invalid`, `jws_header_malformed`, `jws_alg_missing`, `jws_alg_none`,
/// `jws_kid_invalid`, `jws_crit_malformed`, `jws_crit_not_understood`, `jws_b64`, `jws_signature_missing`, those of `parse_json`.
CALIMATIC_DECL result<compact_jws> parse_compact_jws(std::string_view token, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/jose/jws.ipp>
#endif
