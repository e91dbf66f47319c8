#include <calimatic/detail/scope.hpp>

#include <catch2/catch_test_macros.hpp>

namespace detail = calimatic::detail;

TEST_CASE("a scope is a set of words, each sent once") {
    CHECK(detail::normalize_scope("") == "");
    CHECK(detail::normalize_scope("   ") == "");
    CHECK(detail::normalize_scope("openid") == "openid");
    CHECK(detail::normalize_scope(" openid  email openid profile email") == "openid email profile");
    CHECK(detail::normalize_scope("openid OPENID open openid2") == "openid OPENID open openid2"); // case-sensitive, whole words
    CHECK(detail::normalize_scope("!#[]^~ https://api.example/read:all") == "!#[]^~ https://api.example/read:all");
}

TEST_CASE("a character that must not be in a scope is refused (RFC 6749 3.3)") {
    for (char const c : std::string_view("\"\\\t\r\n\0\x1f\x7f\x80\xff", 10)) {
        INFO(static_cast<int>(c));
        CHECK_FALSE(detail::normalize_scope(std::string("openid em") + c + "ail"));
        CHECK_FALSE(detail::normalize_scope(std::string(1, c)));
    }
}

TEST_CASE("words are found as a whole") {
    CHECK(detail::has_word("a bc d", "a"));
    CHECK(detail::has_word("a bc d", "bc"));
    CHECK(detail::has_word("a bc d ", "d"));
    CHECK_FALSE(detail::has_word("a bc d", "b"));
    CHECK_FALSE(detail::has_word("a bc d", ""));
    CHECK_FALSE(detail::has_word("", "a"));
    CHECK_FALSE(detail::has_word("a\tb", "a"));
}
