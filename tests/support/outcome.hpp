#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// The rows of a table of accepted and refused input.

namespace support {

/// "accepted", or the name of the rule that was broken: what a row of a table is compared with, and what a failing test prints.
inline std::string rule_name(calimatic::error_code code) {
    return code == calimatic::error_code::none ? "accepted" : std::string(calimatic::rule_of(code).name);
}
template <class T>
std::string rule_name(calimatic::result<T> const& result) {
    return rule_name(result ? calimatic::error_code::none : result.error().code());
}

/// Checks that a result is an error, and which one.
template <class T>
void refused(std::string_view what, calimatic::result<T> const& outcome, calimatic::error_code code) {
    INFO(what);
    REQUIRE(rule_name(outcome) == rule_name(code));
}

/// Checks that a result is a value.
template <class T>
void accepted(std::string_view what, calimatic::result<T> const& outcome) {
    INFO(what);
    INFO((outcome ? std::string() : outcome.error().message()));
    REQUIRE(rule_name(outcome) == "accepted");
}

/// Keeps every decision.
struct recording_trace : calimatic::trace {
    struct entry {
        calimatic::error_code rule;
        bool kept;
        std::string got;
        std::string expected;
    };
    std::vector<entry> entries;

    void record(calimatic::decision const& decision) noexcept override {
        entries.push_back({decision.rule, decision.kept, std::string(decision.got), std::string(decision.expected)});
    }
    /// The names of the rules that were broken.
    std::vector<std::string> broken() const {
        std::vector<std::string> names;
        for (auto const& one : entries)
            if (!one.kept) names.push_back(rule_name(one.rule));
        return names;
    }
    /// All that a host could write down, one decision a line: "name got expected".
    std::string text() const {
        std::string lines;
        for (auto const& one : entries) lines += rule_name(one.rule) + ' ' + one.got + ' ' + one.expected + '\n';
        return lines;
    }
};

} // namespace support
