// What the module `auth` is made of.

#include "calls.hpp"

namespace bridge {

std::span<part const> parts() { return auth_parts; }

} // namespace bridge
