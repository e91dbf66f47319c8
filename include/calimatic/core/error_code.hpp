#pragma once
#include <calimatic/core/platform_rules.hpp>
#include <calimatic/core/protocol_rules.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What a host does about an error; most hosts need only this.
enum class condition : std::uint8_t {
    retry_later = 1,   ///< nothing is lost: try again after `retry_after()` or a while
    authorize_again,   ///< the user has to sign in again
    correct_input,     ///< what the caller passed is wrong
    access_refused,    ///< the user or the server said no
    fix_configuration, ///< the registration, the provider or the program has to change
    distrust_server,   ///< the other side broke a rule of the protocol or is not who it should be
};

/// The table of rules: name, condition, section, and the sentence that says what broke. Errors, documentation and the trace are fed from here.
#define CALIMATIC_RULES(X) CALIMATIC_PROTOCOL_RULES(X) CALIMATIC_PLATFORM_RULES(X)

/// One value for each rule that can be broken.
enum class error_code : std::uint16_t {
    none = 0, ///< never the code of an error that was returned
#define CALIMATIC_ENUMERATOR(name, condition, section, sentence) name,
    CALIMATIC_RULES(CALIMATIC_ENUMERATOR)
#undef CALIMATIC_ENUMERATOR
};

/// A row of the table of rules.
struct rule {
    std::string_view name;     ///< "state_mismatch"
    calimatic::condition kind; ///< what to do about it, unless the server said something more precise
    std::string_view section;  ///< "RFC 6749 10.12"
    std::string_view sentence; ///< what broke, in words
};

/// The row of a code; that of an unknown value says so.
CALIMATIC_DECL rule rule_of(error_code code) noexcept;

namespace detail {

/// What to do about a code: of its row.
CALIMATIC_DECL condition condition_of(error_code code) noexcept;

} // namespace detail

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/error_code.ipp>
#endif
