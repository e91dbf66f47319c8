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

/// Checks that a result is an error, and which one.
template <class T>
void refused(std::string_view what, calimatic::result<T> const& outcome, calimatic::error_code code) {
    INFO(what);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().name() == calimatic::rule_of(code).name);
}

/// Checks that a result is a value.
template <class T>
void accepted(std::string_view what, calimatic::result<T> const& outcome) {
    INFO(what);
    INFO((outcome.has_value() ? std::string() : outcome.error().message()));
    REQUIRE(outcome.has_value());
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
};

} // namespace support
