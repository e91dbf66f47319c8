// The module platform.wasm: all that auth.wasm has, and the platform's APIs.

#include "calls.hpp"

namespace bridge {

std::span<std::span<function const> const> parts() {
    static std::span<function const> const all[]{functions(), platform_functions()};
    return all;
}

} // namespace bridge
