#include <calimatic/detail/printable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <string>

using namespace calimatic::detail;

TEST_CASE("every byte becomes printable ASCII") {
    std::string every;
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    auto const text = printable(every, 10'000);
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }));
    CHECK(text.size() == 95 + 161 * 4);
    CHECK(printable("a b~\\") == "a b~\\");
    CHECK(printable("\x1b[0m\xc2\x9b") == "\\x1b[0m\\xc2\\x9b");
    CHECK(printable("").empty());
}

TEST_CASE("the text is cut between bytes, not within an escape") {
    CHECK(printable("abcdef", 3) == "abc");
    CHECK(printable("ab\ncd", 5) == "ab");
    CHECK(printable("ab\ncd", 6) == "ab\\x0a");
    CHECK(printable("ab", 0).empty());
    CHECK(printable(std::string(1000, 'a')).size() == 256);
}
