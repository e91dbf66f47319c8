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

/// All functions of the module, those of its parts one after the other.
std::span<function const> functions();

} // namespace bridge
