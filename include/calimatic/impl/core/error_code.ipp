#pragma once
#include <calimatic/core/error_code.hpp>
#include <cstddef>
#include <iterator>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL rule rule_of(error_code code) noexcept {
    static constexpr rule rules[] = {
#define CALIMATIC_ROW(name, kind, section, sentence) {#name, condition::kind, section, sentence},
        CALIMATIC_RULES(CALIMATIC_ROW)
#undef CALIMATIC_ROW
    };
    auto const row = static_cast<std::size_t>(code);
    if (row == 0 || row > std::size(rules)) return {"unknown", condition::fix_configuration, "error_code", "this is not the code of a rule"};
    return rules[row - 1];
}

} // namespace calimatic::inline CALIMATIC_ABI
