#pragma once
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// Fresh tokens for a user who has signed in, with the refresh token (RFC 6749 6, OIDC Core 12).
struct oauth_refresh {
    server_metadata server{};
    client_information client{};
};

/// Fresh tokens for the application itself, without a user (RFC 6749 4.4): each is asked for as the first was. The client has a secret.
struct client_credentials {
    server_metadata server{};
    client_information client{};
    std::string scope{};
    std::vector<std::string> resource{}; ///< RFC 8707
};

/// Fresh tokens for a user who has signed in with `headless_sign_in`, through the headless API, which also revokes them. For trusted back ends and
/// devices only.
struct headless_refresh {
    platform_client platform{};
    headless_profile profile{};  ///< with the names of a refresh, and that of a logout if the session is to end at the platform, too
    server_metadata server{};    ///< `issuer` and `jwks_uri`, by which ID Tokens are checked
    client_information client{}; ///< `client_id`, for which ID Tokens are made, and how they are signed
};

/// How a session comes by fresh tokens. With `CALIMATIC_PUBLIC_CLIENTS_ONLY` the ways that need a secret are none of them.
#if defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
using refresh_method = std::variant<oauth_refresh>;
#else
using refresh_method = std::variant<oauth_refresh, client_credentials, headless_refresh>;
#endif

namespace detail {

/// The way, if it is that one, which it never is where the program has it not.
template <class Method, class... Methods>
constexpr Method const* method_if(std::variant<Methods...> const& how) noexcept {
    if constexpr ((std::is_same_v<Method, Methods> || ...)) return std::get_if<Method>(&how);
    else return nullptr;
}

} // namespace detail

} // namespace calimatic::inline CALIMATIC_ABI
