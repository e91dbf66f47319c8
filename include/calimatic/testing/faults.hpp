#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::detail {

struct simulated_answer;

} // namespace calimatic::inline CALIMATIC_ABI::detail

namespace calimatic::inline CALIMATIC_ABI::testing {

/// The endpoints of the simulated platform; `unknown` is every other address.
enum class simulated_endpoint : std::uint8_t {
    discovery,
    jwks,
    authorization,
    token,
    userinfo,
    revocation,
    introspection,
    registration,      ///< of clients, and the management of those (RFC 7591, RFC 7592)
    end_session,       ///< RP-Initiated Logout 2
    organizations,     ///< /api/v1/organizations
    users,             ///< /api/v1/users/..., but for the next
    bulk_provisioning, ///< /api/v1/users/provision/bulk
    webhooks,          ///< /api/v1/admin/webhooks...
    headless,          ///< /api/v1/auth/headless/...
    unknown,
};

/// What a client has to do about a fault.
enum class fault_outcome : std::uint8_t {
    refused,  ///< not use what came, and ask no further endpoint for its sake
    accepted, ///< go on as if nothing were wrong
    prepares, ///< go on: it is harmless by itself, and makes room for another fault
    failed,   ///< cope with a server or a network that failed: try again where that is safe
};

/// Where in the making of an answer a fault acts.
enum class fault_stage : std::uint8_t {
    lost_before, ///< on the way to the server, which never acts: given by `simulated_platform::send` only
    instead,     ///< in front of the server, which never acts
    redirect,    ///< the parameters of the authorization response
    keys,        ///< the keys of the key set
    claims,      ///< header and claims of an ID Token, or a logout token, before it is signed
    id_token,    ///< the text of an ID Token, after that
    body,        ///< the members of the JSON object that is answered
    response,    ///< the whole answer
    lost_after,  ///< on the way back, after the server acted: given by `simulated_platform::send` only
};

/// One way for a provider or a network to misbehave, with a name of its own. The prefix says where: `az-` authorization response, `tok-` token
/// response, `idt-` ID Token, `rt-` ID Token of a refresh, `ui-` UserInfo, `disc-` discovery, `jwks-` key set, `lot-` logout token, `api-` the envelopes of the
/// platform's APIs, `net-` any endpoint; names that begin with `ok-` are unusual and have to be accepted.
struct fault {
    std::string_view name;                      ///< "idt-iss-wrong"
    std::optional<simulated_endpoint> endpoint; ///< nothing: any
    fault_outcome outcome;
    fault_stage stage;
    std::string_view change;                            ///< what is done, in one sentence
    void (*apply)(detail::simulated_answer&);           ///< does it
    std::string_view grant_type = {};                   ///< only of a token request with this one; "": of any
    std::string_view id_token_signed_response_alg = {}; ///< shows only with a client that is registered for this; "": with any
    bool needs_published_key = false; ///< shows only where a published key verifies: not with HS256, HS384 and HS512, whose key is the client_secret
};

/// All faults, in the order of the prefixes above.
CALIMATIC_DECL std::vector<fault> faults();

/// The fault of that name. Errors: `fault_unknown`.
CALIMATIC_DECL result<fault> find_fault(std::string_view name);

} // namespace calimatic::inline CALIMATIC_ABI::testing

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/testing/faults.ipp>
#endif

#endif
