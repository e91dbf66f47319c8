#pragma once
#include <calimatic/core/error_code.hpp>
#include <cstddef>
#include <iterator>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// Name, section and sentence of one rule after the other, each ended by a NUL: no address of any of them has to be kept, which would weigh as much as
/// half of them where the program is downloaded. Whoever reads one has an error to tell, and time to count.
inline constexpr char rule_texts[] =
#define CALIMATIC_TEXTS(name, kind, section, sentence) #name "\0" section "\0" sentence "\0"
    CALIMATIC_RULES(CALIMATIC_TEXTS)
#undef CALIMATIC_TEXTS
    ;

inline constexpr condition rule_conditions[] = {
#define CALIMATIC_CONDITION(name, kind, section, sentence) condition::kind,
    CALIMATIC_RULES(CALIMATIC_CONDITION)
#undef CALIMATIC_CONDITION
};

constexpr bool is_rule(error_code code) noexcept {
    auto const row = static_cast<std::size_t>(code);
    return row != 0 && row <= std::size(rule_conditions);
}

CALIMATIC_DECL condition condition_of(error_code code) noexcept {
    return is_rule(code) ? rule_conditions[static_cast<std::size_t>(code) - 1] : condition::fix_configuration;
}

} // namespace detail

CALIMATIC_DECL rule rule_of(error_code code) noexcept {
    rule found{"unknown", detail::condition_of(code), "error_code", "this is not the code of a rule"};
    if (!detail::is_rule(code)) return found;
    char const* text = detail::rule_texts;
    auto const next = [&] {
        std::string_view const read(text);
        text += read.size() + 1;
        return read;
    };
    for (std::size_t before = 3 * (static_cast<std::size_t>(code) - 1); before > 0; --before) next();
    found.name = next();
    found.section = next();
    found.sentence = next();
    return found;
}

} // namespace calimatic::inline CALIMATIC_ABI
