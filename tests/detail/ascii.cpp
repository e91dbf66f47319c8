#include <calimatic/detail/ascii.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

namespace detail = calimatic::detail;

TEST_CASE("the letter case of ASCII is ignored, and nothing else") {
    CHECK(detail::ascii_lower("AZaz09[@`{\xc4") == "azaz09[@`{\xc4");
    CHECK(detail::ascii_lower("") == "");
    CHECK(detail::equal_ignoring_case("bEARER", "Bearer"));
    CHECK(detail::equal_ignoring_case("", ""));
    CHECK_FALSE(detail::equal_ignoring_case("Bearer", "Bearer "));
    CHECK_FALSE(detail::equal_ignoring_case("Bearer", "Beare"));
    CHECK_FALSE(detail::equal_ignoring_case("@[", "`{"));
    CHECK_FALSE(detail::equal_ignoring_case("none\xc4", "none\xe4"));
    CHECK_FALSE(detail::equal_ignoring_case("none", std::string_view("none\0", 5)));
}

TEST_CASE("digits and letters are those of ASCII, whatever the byte") {
    std::string_view const digits = "0123456789";
    std::string_view const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (int byte = 0; byte < 256; ++byte) {
        INFO(byte);
        auto const c = static_cast<char>(byte);
        bool const digit = digits.find(c) != std::string_view::npos, letter = letters.find(c) != std::string_view::npos;
        CHECK(detail::is_ascii_digit(c) == digit);
        CHECK(detail::is_ascii_alphanumeric(c) == (digit || letter));
        CHECK((detail::ascii_lower(c) != c) == (letter && byte < 'a'));
    }
}

TEST_CASE("spaces and tabs are taken off both ends, and nothing else") {
    CHECK(detail::trim(" \t a b\t \t") == "a b");
    CHECK(detail::trim("a") == "a");
    CHECK(detail::trim("") == "");
    CHECK(detail::trim("\t ") == "");
    CHECK(detail::trim("\r\na\v\f") == "\r\na\v\f");
    CHECK(detail::trim(std::string_view("\0 a", 3)) == std::string_view("\0 a", 3));
}
