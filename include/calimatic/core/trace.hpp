#pragma once
#include <calimatic/core/error_code.hpp>
#include <calimatic/core/limits.hpp>
#include <calimatic/detail/config.hpp>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// One rule that was checked. The texts are redacted as those of an error are, and valid during the call only.
struct decision {
    error_code rule;           ///< the rule, named by the error that breaking it gives
    bool kept;                 ///< whether the input kept it
    std::string_view got;      ///< what was found, where it may be told
    std::string_view expected; ///< what the rule wanted
};

/// Receives every decision of a check, for support and for audits. Supplied by the host, borrowed for the call (a machine borrows it for its
/// life). It is called while a check runs and must not call back into the library.
class trace {
public:
    virtual ~trace() = default;
    virtual void record(decision const& decision) noexcept = 0;
};

/// What every parsing, validating and machine-starting function takes.
struct check_options {
    calimatic::limits limits{};
    calimatic::trace* trace = nullptr; ///< null: nothing is recorded
};

} // namespace calimatic::inline CALIMATIC_ABI
