#pragma once
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <string>
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

/// How a session comes by fresh tokens.
using refresh_method = std::variant<oauth_refresh, client_credentials>;

} // namespace calimatic::inline CALIMATIC_ABI
