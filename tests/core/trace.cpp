#include <calimatic/core/trace.hpp>
#include <calimatic/core/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "support/outcome.hpp"

using namespace calimatic;

TEST_CASE("nothing is recorded unless asked for") {
    check_options const options;
    CHECK(options.trace == nullptr);
    CHECK(options.limits.json_depth == limits{}.json_depth);
}

TEST_CASE("every decision is recorded, the one that failed last") {
    support::recording_trace trace;
    check_options const options{.trace = &trace};
    CHECK(parse_json("{}", 10, options).has_value());
    REQUIRE(trace.entries.size() > 1);
    for (auto const& entry : trace.entries) CHECK(entry.kept);
    trace.entries.clear();
    auto const refused = parse_json("{]", 10, options);
    REQUIRE_FALSE(refused.has_value());
    REQUIRE_FALSE(trace.entries.empty());
    CHECK(trace.entries.back().rule == refused.error().code());
    CHECK_FALSE(trace.entries.back().kept);
    CHECK(trace.entries.back().got == refused.error().got());
    for (std::size_t i = 0; i + 1 < trace.entries.size(); ++i) CHECK(trace.entries[i].kept);
}
