#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/detail/printable.hpp>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// Checks one rule after the other, records each in the trace, and makes the error of the one that broke:
///     rule_check const rule{options};
///     if (auto e = rule(claims.iss == issuer, error_code::id_token_iss_mismatch, claims.iss, issuer)) return *e;
class rule_check {
public:
    explicit rule_check(check_options const& options) noexcept : trace_(options.trace) {}

    /// `got` and `expected` become part of the error: never pass a secret.
    std::optional<error> operator()(bool kept, error_code code, std::string_view got = {}, std::string_view expected = {}) const {
        if (trace_) trace_->record({code, kept, printable(got), printable(expected)});
        if (kept) return std::nullopt;
        return error(code).with_got(got).with_expected(expected);
    }

private:
    trace* trace_;
};

} // namespace calimatic::inline CALIMATIC_ABI::detail
