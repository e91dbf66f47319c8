// What the module `functions` is made of: everything.

#include "calls.hpp"
#include <algorithm>
#include <array>
#include <iterator>

namespace bridge {

std::span<part const> parts() {
    static constexpr auto all = [] {
        std::array<part, std::size(auth_parts) + std::size(function_parts) + 1> out{};
        auto const rest = std::copy(std::begin(auth_parts), std::end(auth_parts), out.begin());
        std::copy(std::begin(function_parts), std::end(function_parts), rest);
        out.back() = platform_functions;
        return out;
    }();
    return all;
}

} // namespace bridge
