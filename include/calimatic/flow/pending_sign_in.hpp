#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What a sign-in must remember while the user is in the browser, and all of it: `authorization_code_flow::pending` gives it, `resume` takes it. It
/// is secret, and is to be kept where no other program or page can read or change it; whoever can change it can end the sign-in elsewhere.
struct pending_sign_in {
    std::string issuer{};    ///< of the request (RFC 9700 4.4): a sign-in cannot be finished at another server ...
    std::string client_id{}; ///< ... or as another client
    std::string redirect_uri{};
    std::string scope{}; ///< asked for
    secret_string state{};
    secret_string nonce{};
    secret_string code_verifier{};
    time_point begun_at{};
    std::optional<seconds> max_age{};
    std::string acr_values{}; ///< those of which one is required; "": none is

    /// A second copy, secrets included, asked for in so many words.
    CALIMATIC_DECL pending_sign_in clone() const;
};

/// The pending sign-in as a saved value, secret, and back. Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL secret_string serialize(pending_sign_in const& pending);
CALIMATIC_DECL result<pending_sign_in> parse_pending_sign_in(std::string_view blob, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/pending_sign_in.ipp>
#endif
