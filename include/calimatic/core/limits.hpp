#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>

namespace calimatic::inline CALIMATIC_ABI {

/// Upper bounds on everything that arrives from outside, checked before it is parsed, or where that cannot be, before any of it is used. The defaults
/// are several times what real providers send.
struct limits {
    std::size_t url = 16 * 1024;             ///< bytes of any URL, the redirect included
    std::size_t parameters = 64;             ///< parameters of a redirect or a form
    std::size_t headers = 128;               ///< header fields of a response
    std::size_t header_bytes = 64 * 1024;    ///< names and values of all header fields together
    std::size_t metadata_body = 256 * 1024;  ///< bytes of a discovery document
    std::size_t jwk_set_body = 512 * 1024;   ///< bytes of a JWK set
    std::size_t token_body = 256 * 1024;     ///< bytes of a token response
    std::size_t userinfo_body = 256 * 1024;  ///< bytes of a UserInfo response
    std::size_t platform_body = 1024 * 1024; ///< bytes of a request to or a reply of the platform's APIs
    std::size_t webhook_body = 1024 * 1024;  ///< bytes of what is delivered to a webhook
    std::size_t webhook_signatures = 16;     ///< signatures of one delivery
    std::size_t token = 64 * 1024;           ///< bytes of one token (a JWT or an opaque one)
    std::size_t jose_header = 8 * 1024;      ///< bytes of a JOSE header in base64url
    std::size_t kid = 1024;                  ///< bytes of a key id
    std::size_t keys = 128;                  ///< keys of a set
    std::size_t key_candidates = 8;          ///< keys tried for one signature, or for one delivery to a webhook
    std::size_t json_depth = 32;             ///< nesting of arrays and objects; more than 256 is taken as 256
    std::size_t json_string = 64 * 1024;     ///< bytes of one string or member name, after unescaping
    std::size_t blob = 1024 * 1024;          ///< bytes of a saved value
    std::size_t server_text = 1024;          ///< bytes kept of a server's error text; the rest is cut
};

} // namespace calimatic::inline CALIMATIC_ABI
