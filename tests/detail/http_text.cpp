#include <calimatic/detail/http_text.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

namespace detail = calimatic::detail;

TEST_CASE("an HTTP token has the characters of RFC 9110 5.6.2") {
    std::string_view const tchars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        CHECK(detail::is_tchar(static_cast<char>(c)) == (tchars.find(static_cast<char>(c)) != std::string_view::npos));
    }
}

TEST_CASE("only visible ASCII can be sent as a token") {
    CHECK(detail::is_sendable("abc.DEF-123_~+/=="));
    CHECK(detail::is_sendable("!\"#~"));
    CHECK_FALSE(detail::is_sendable(""));
    for (int c = 0; c < 256; ++c) {
        INFO(c);
        CHECK(detail::is_sendable(std::string("abc") + static_cast<char>(c)) == (c > 0x20 && c < 0x7f));
    }
}

TEST_CASE("every header field of a name is taken off") {
    calimatic::http_request request;
    request.headers = {{"A", "1"}, {"authorization", "2"}, {"AUTHORIZATION", "3"}, {"B", "4"}, {"Authorization", "5"}};
    detail::remove_header(request, "Authorization");
    REQUIRE(request.headers.size() == 2);
    CHECK(request.headers[0].value == "1");
    CHECK(request.headers[1].value == "4");
}
