#include <calimatic/core/platform_rules.hpp>

#include <calimatic/core/error_code.hpp>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string_view>

namespace {

struct row {
    std::string_view name, condition, section, sentence;
};
constexpr row rows[] = {
#define ROW(name, condition, section, sentence) {#name, #condition, section, sentence},
    CALIMATIC_PLATFORM_RULES(ROW)
#undef ROW
};

} // namespace

TEST_CASE("every row of the platform rules is whole, and no name is there twice") {
    std::set<std::string_view> names;
    for (auto const& row : rows) {
        INFO(row.name);
        CHECK(names.insert(row.name).second);
        CHECK(!row.section.empty());
        CHECK(!row.sentence.ends_with('.'));
        CHECK(row.sentence.size() > 10);
    }
    CHECK(names.contains("platform_error"));
}
