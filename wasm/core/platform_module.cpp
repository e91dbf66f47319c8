// What the module `platform` is made of: all that `auth` is, and the platform's APIs.

#include "calls.hpp"
#include <algorithm>
#include <array>
#include <iterator>

namespace bridge {

std::span<part const> parts() {
    static constexpr auto all = [] {
        std::array<part, std::size(auth_parts) + 1> out{};
        std::copy(std::begin(auth_parts), std::end(auth_parts), out.begin());
        out.back() = platform_functions;
        return out;
    }();
    return all;
}

} // namespace bridge
