#include <calimatic/detail/form.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

using namespace calimatic;
using namespace calimatic::detail;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

void accept(std::string_view what, std::string_view form, pairs const& expected) {
    auto const parsed = parse_form(form, {});
    support::accepted(what, parsed);
    INFO(what);
    pairs found;
    for (auto const& [name, value] : *parsed) found.emplace_back(name, value);
    CHECK(found == expected);
}

void refuse(std::string_view what, std::string_view form) { support::refused(what, parse_form(form, {}), error_code::form_malformed); }

} // namespace

TEST_CASE("the vector of RFC 6749 appendix B is encoded") {
    CHECK(form_encode("\x20\x25\x26\x2b\xc2\xa3\xe2\x82\xac") == "+%25%26%2B%C2%A3%E2%82%AC");
}

TEST_CASE("all bytes but the plain ones are percent-encoded") {
    CHECK(form_encode("AZaz09*-._") == "AZaz09*-._");
    CHECK(form_encode("~!'()") == "%7E%21%27%28%29");
    CHECK(form_encode("odd client:id+%") == "odd+client%3Aid%2B%25");
    CHECK(form_encode(std::string_view("\0\xff", 2)) == "%00%FF");
    CHECK(form_encode("").empty());
}

TEST_CASE("a form is built and read back") {
    std::string form;
    append_form(form, "code", "a/b+c d");
    append_form(form, "redirect_uri", "https://app/cb?a=b&c");
    append_form(form, "empty", "");
    append_form(form, "\xc3\xa9", "=");
    CHECK(form == "code=a%2Fb%2Bc+d&redirect_uri=https%3A%2F%2Fapp%2Fcb%3Fa%3Db%26c&empty=&%C3%A9=%3D");
    accept("what was built", form, {{"code", "a/b+c d"}, {"redirect_uri", "https://app/cb?a=b&c"}, {"empty", ""}, {"\xc3\xa9", "="}});
}

TEST_CASE("a query is read") {
    accept("nothing", "", {});
    accept("one", "code=a", {{"code", "a"}});
    accept("plus is a space", "a=b+c%2B", {{"a", "b c+"}});
    accept("both cases of hex", "a=%2f%2F", {{"a", "//"}});
    accept("no value", "a&b=", {{"a", ""}, {"b", ""}});
    accept("no name", "=a", {{"", "a"}});
    accept("more than one equals sign", "a=b=c", {{"a", "b=c"}});
    accept("empty pieces", "&a=1&&b=2&", {{"a", "1"}, {"b", "2"}});
    accept("UTF-8 escaped", "a=%F0%9F%98%80", {{"a", "\xf0\x9f\x98\x80"}});
    accept("UTF-8 as it is", "a=\xc3\xa9", {{"a", "\xc3\xa9"}});
    accept("an escaped ampersand separates nothing", "a=1%26b=2", {{"a", "1&b=2"}});
    accept("a semicolon separates nothing", "a=1;b=2", {{"a", "1;b=2"}});
    accept("az-code-twice is for the caller", "code=a&code=b", {{"code", "a"}, {"code", "b"}});
    accept("an escaped name is the same name", "code=a&%63ode=b", {{"code", "a"}, {"code", "b"}});
    accept("CR LF stay what they are", "a=%0D%0A", {{"a", "\r\n"}});
}

TEST_CASE("a malformed query is refused") {
    refuse("not hex", "state=%zz");
    refuse("half hex", "state=%4z");
    refuse("an escape that ends early", "state=%4");
    refuse("a percent sign at the end", "state=%");
    refuse("a percent sign alone", "state=100%&a=b");
    refuse("in the name", "st%zzate=a");
    refuse("NUL", "code=a%00b");
    refuse("NUL as it is", std::string_view("code=a\0b", 8));
    refuse("NUL in the name", "a%00=b");
    refuse("overlong UTF-8", "a=%C0%AF");
    refuse("a lone continuation", "a=%80");
    refuse("UTF-8 that ends early", "a=%E2%82");
    refuse("UTF-8 divided between two parameters", "a=%E2%82&%AC=b");
    refuse("a surrogate", "a=%ED%A0%80");
    refuse("above U+10FFFF", "a=%F4%90%80%80");
    refuse("%u", "a=%u0041");
    CHECK(parse_form("a=1&b=2&code=secret%", {}).error().got() == "parameter 3");
}

TEST_CASE("the number of parameters is bounded") {
    check_options options;
    options.limits.parameters = 3;
    support::accepted("as many as allowed", parse_form("a=1&&b=2&c=3&", options));
    support::refused("one more", parse_form("a=1&b=2&c=3&d=4", options), error_code::too_many_parameters);
    std::string many;
    for (int i = 0; i < 100'000; ++i) many += "a&";
    support::refused("very many", parse_form(many, {}), error_code::too_many_parameters);
}

TEST_CASE("UTF-8 is told from what only looks like it") { // RFC 3629 4
    for (std::string_view const good : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
             "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        INFO(form_encode(good));
        CHECK(is_utf8(good));
        if (!good.empty()) CHECK(utf8_sequence(good) == good.size());
    }
    for (std::string_view const bad :
        {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe2\x82", "\xe2\x82\x41", "\xed\xa0\x80", "\xed\xbf\xbf",
            "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"}) {
        INFO(form_encode(bad));
        CHECK_FALSE(is_utf8(bad));
        CHECK(utf8_sequence(bad) == 0);
        CHECK_FALSE(is_utf8("ok " + std::string(bad) + " ok"));
    }
    CHECK(utf8_sequence("") == 0);
    CHECK(is_utf8(std::string_view("\0", 1)));
}
