#pragma once
#include "arguments.hpp"
#include "reply.hpp"
#include <calimatic/core/random.hpp>
#include <calimatic/core/time.hpp>
#include <span>
#include <string_view>

namespace bridge {

/// What a function is called with, besides its arguments. All of it is borrowed for the call.
struct call {
    std::string_view bytes; ///< raw bytes that go with the arguments: the body of a response
    cal::time_point now;
    cal::random_source& random;
};

/// A pure function of the library, or the start of a machine, by its name there. The start of a machine answers with its handle.
struct function {
    std::string_view name;
    reply (*run)(arguments&, call const&);
};
using functions = std::span<function const>;

/// The functions of each part.
functions sign_in_functions();          // authorization_code_flow.cpp
functions session_functions();          // session.cpp
functions shared_session_functions();   // shared_session.cpp
functions discovery_functions();        // discovery.cpp
functions jwk_set_source_functions();   // jwk_set_source.cpp
functions token_validation_functions(); // token_validation.cpp
functions logout_token_functions();     // logout_token_validation.cpp
functions oauth_functions();            // oauth.cpp
functions bearer_token_functions();     // oauth.cpp
functions jose_functions();             // jose.cpp
functions oidc_functions();             // oidc.cpp
functions logout_functions();           // oidc.cpp
functions claims_functions();           // claims.cpp
functions time_functions();             // times.cpp
functions platform_functions();         // platform_functions.cpp

using part = functions (*)();

/// What every module has: the machines, and what a page with a session needs besides.
inline constexpr part auth_parts[]{
    discovery_functions,
    sign_in_functions,
    session_functions,
    shared_session_functions,
    token_validation_functions,
    logout_token_functions,
    bearer_token_functions,
    logout_functions,
    claims_functions,
};

/// What a module has whose host does without machines: each request and each answer as a function of its own.
inline constexpr part function_parts[]{
    jwk_set_source_functions,
    oauth_functions,
    oidc_functions,
    jose_functions,
    time_functions,
};

/// All parts of the module: each says in a file of its own what it is made of, so that what it has not is not linked.
std::span<part const> parts();

} // namespace bridge
