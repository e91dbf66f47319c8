#include <calimatic/detail/rule_check.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/outcome.hpp"

using namespace calimatic;

TEST_CASE("a rule that is kept gives no error, one that is broken gives its own") {
    detail::rule_check const rule{check_options{}};
    CHECK_FALSE(rule(true, error_code::state_mismatch, "a", "b"));
    auto const broken = rule(false, error_code::id_token_iss_mismatch, "https://b", "https://a");
    REQUIRE(broken);
    CHECK(broken->code() == error_code::id_token_iss_mismatch);
    CHECK(broken->got() == "https://b");
    CHECK(broken->expected() == "https://a");
    auto const silent = rule(false, error_code::state_mismatch);
    REQUIRE(silent);
    CHECK(silent->got().empty());
    CHECK(silent->expected().empty());
}

TEST_CASE("both outcomes are recorded, made printable and cut") {
    support::recording_trace trace;
    detail::rule_check const rule{check_options{.trace = &trace}};
    CHECK_FALSE(rule(true, error_code::jws_alg_not_allowed, "RS256", "RS256"));
    CHECK(rule(false, error_code::id_token_aud_mismatch, "a\r\nforged line", std::string(1000, 'x')));
    REQUIRE(trace.entries.size() == 2);
    CHECK(trace.entries[0].rule == error_code::jws_alg_not_allowed);
    CHECK(trace.entries[0].kept);
    CHECK(trace.entries[0].got == "RS256");
    CHECK(trace.entries[1].rule == error_code::id_token_aud_mismatch);
    CHECK_FALSE(trace.entries[1].kept);
    CHECK(trace.entries[1].got == "a\\x0d\\x0aforged line");
    CHECK(trace.entries[1].expected == std::string(256, 'x'));
}
