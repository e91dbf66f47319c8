#include <calimatic/core/error_code.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

using namespace calimatic;

namespace {

std::vector<std::pair<error_code, std::string_view>> all_codes() {
    return {
#define ROW(name, kind, section, sentence) {error_code::name, #name},
        CALIMATIC_RULES(ROW)
#undef ROW
    };
}

bool printable_without_quotes(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e && c != '"'; });
}

} // namespace

TEST_CASE("every code has the row of its own name") {
    for (auto const& [code, name] : all_codes()) CHECK(rule_of(code).name == name);
}

TEST_CASE("every rule says what broke, where it is written and what to do") {
    std::set<std::string_view> sentences;
    for (auto const& [code, name] : all_codes()) {
        INFO(name);
        auto const row = rule_of(code);
        CHECK(row.kind >= condition::retry_later);
        CHECK(row.kind <= condition::distrust_server);
        CHECK_FALSE(row.section.empty());
        CHECK(printable_without_quotes(row.section));
        REQUIRE_FALSE(row.sentence.empty());
        CHECK(printable_without_quotes(row.sentence));
        CHECK(row.sentence.back() != '.');
        CHECK(sentences.insert(row.sentence).second);
    }
}

TEST_CASE("what is no code has a row that says so") {
    for (auto code : {error_code::none, static_cast<error_code>(all_codes().size() + 1), static_cast<error_code>(0xffff)}) {
        CHECK(rule_of(code).name == "unknown");
        CHECK_FALSE(rule_of(code).sentence.empty());
    }
    CHECK(rule_of(static_cast<error_code>(all_codes().size())).name == all_codes().back().second);
}
