#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <string>

namespace support {

/// "accepted", or the name of the rule that was broken: what a row of a table is compared with, and what a failing test prints.
inline std::string rule_name(calimatic::error_code code) {
    return code == calimatic::error_code::none ? "accepted" : std::string(calimatic::rule_of(code).name);
}
template <class T>
std::string rule_name(calimatic::result<T> const& result) {
    return rule_name(result ? calimatic::error_code::none : result.error().code());
}

} // namespace support
