#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace calimatic::inline CALIMATIC_ABI {

/// An application client of the platform, sent as `x-client-id` and `x-client-secret`. For back ends and devices that can keep a secret: it belongs
/// neither in a page nor in a program or an image that is distributed.
struct app_client {
    std::string client_id{};       ///< "cca_..."
    secret_string client_secret{}; ///< "ccas_..."
};

/// A key of the management API, sent as `x-api-key`. The same holds for it.
struct api_key {
    secret_string value{};
};

/// No credential at all: the request goes to the host's own back end, which adds one. The only form for pages and for programs that are distributed.
struct added_by_host {};

/// Who calls the platform. Nothing that was left out counts as `added_by_host`: an `app_client` without a secret is an error.
using platform_credentials = std::variant<app_client, api_key, added_by_host>;

/// Where the platform is, and who calls it: the first argument of every function of its APIs. With `added_by_host`, `base_url` is the back end's.
struct platform_client {
    std::string base_url = "https://auth.calimatic.com"; ///< https, or http on loopback; without query and fragment; a path is kept
    platform_credentials credentials{};

    /// A second copy, secrets included, asked for in so many words.
    CALIMATIC_DECL platform_client clone() const;
};

/// Puts the credential into a request to the platform, in place of any that is there. Errors: `client_id_missing`, `client_secret_missing`,
/// `api_key_missing`, `credential_not_sendable`.
CALIMATIC_DECL result<void> put_platform_credentials(
    http_request& request, platform_credentials const& credentials, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/credentials.ipp>
#endif
