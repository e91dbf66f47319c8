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

/// The functions of discovery, sign-in, sessions and tokens.
std::span<function const> functions();
/// The functions of the platform's APIs and claims.
std::span<function const> platform_functions();

/// What the module consists of, looked through in that order. Each module says it in a file of its own, so that what it has not is not linked.
std::span<std::span<function const> const> parts();

} // namespace bridge
