#include <calimatic/core/http.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace calimatic;
using namespace std::chrono_literals;

namespace {

http_response answer(std::vector<http_header> headers) { return {503, std::move(headers), {}}; }

void read(std::string_view text, std::int64_t unix_seconds) {
    INFO(text);
    auto const date = parse_http_date(text);
    REQUIRE(date);
    CHECK(*date == time_point(seconds{unix_seconds}));
}

void refuse(std::string_view what, std::string_view text) {
    INFO(what << ": " << text);
    CHECK_FALSE(parse_http_date(text));
}

} // namespace

TEST_CASE("methods stand on the wire by their names") {
    CHECK(to_string(http_method::get) == "GET");
    CHECK(to_string(http_method::post) == "POST");
    CHECK(to_string(http_method::put) == "PUT");
    CHECK(to_string(http_method::patch) == "PATCH");
    CHECK(to_string(http_method::delete_) == "DELETE");
}

TEST_CASE("a request is moved, with all that it has") {
    STATIC_CHECK_FALSE(std::is_copy_constructible_v<http_request>);
    STATIC_CHECK(std::is_nothrow_move_constructible_v<http_request>);
    STATIC_CHECK(std::is_nothrow_move_assignable_v<http_request>);
    http_request a;
    a.id = request_id{7};
    a.method = http_method::post;
    a.url = "https://as.example/token";
    a.headers = {{"Accept", "application/json"}};
    a.body = "grant_type=authorization_code";
    a.timeout = 5s;
    a.max_response_body = 17;
    http_request b;
    b.url = "https://before.example/";
    b = std::move(a);
    auto& same = b;
    b = std::move(same);
    CHECK(b.id == request_id{7});
    CHECK(b.method == http_method::post);
    CHECK(b.url == "https://as.example/token");
    REQUIRE(b.headers.size() == 1);
    CHECK(b.headers[0].value == "application/json");
    CHECK(b.body == "grant_type=authorization_code");
    CHECK(b.timeout == 5s);
    CHECK(b.max_response_body == 17);
}

TEST_CASE("a transport failure is an error of its own kind") {
    CHECK(to_error(transport_failure::not_sent) == error_code::transport_not_sent);
    CHECK(to_error(transport_failure::no_answer) == error_code::transport_no_answer);
    CHECK(to_error(transport_failure::too_large) == error_code::transport_too_large);
    CHECK(to_error(transport_failure::cancelled) == error_code::transport_cancelled);
    CHECK(to_error(transport_failure{}) == error_code::transport_no_answer);
}

TEST_CASE("a header is found by its name in any case, the first of several") {
    std::vector<http_header> const headers = {{"DATE", "a"}, {"retry-after", "1"}, {"Retry-After", "2"}, {"", "empty"}, {"Dat\xe9", "b"}};
    CHECK(find_header(headers, "Date") == "a");
    CHECK(find_header(headers, "rETRY-aFTER") == "1");
    CHECK(find_header(headers, "") == "empty");
    CHECK_FALSE(find_header(headers, "Dat"));
    CHECK_FALSE(find_header(headers, "Date "));
    CHECK_FALSE(find_header(headers, "Dat\xc9")); // ASCII only
    CHECK_FALSE(find_header({}, "Date"));
}

TEST_CASE("all three forms of an HTTP date are read") { // RFC 9110 5.6.7
    read("Sun, 06 Nov 1994 08:49:37 GMT", 784111777);
    read("Sunday, 06-Nov-94 08:49:37 GMT", 784111777);
    read("Sun Nov  6 08:49:37 1994", 784111777);
    read("Wed Nov 16 08:49:37 1994", 784975777);
    read("Thu, 01 Jan 1970 00:00:00 GMT", 0);
    read("Wed, 31 Dec 1969 23:59:59 GMT", -1);
    read("Thu, 29 Feb 2024 12:00:00 GMT", 1709208000);
    read("Tue, 29 Feb 2000 00:00:00 GMT", 951782400);
    read("Fri, 31 Dec 9999 23:59:59 GMT", 253402300799);
    read("Sat, 31 Dec 2016 23:59:60 GMT", 1483228800); // the leap second
    read("Sunday, 01-Nov-26 00:00:00 GMT", 1793491200);
    read("Mon, 06 Nov 1994 08:49:37 GMT", 784111777); // it was a Sunday, and nobody cares
}

TEST_CASE("a year of two digits is at most 50 years away, or past") {
    read("Wednesday, 01-Jan-76 00:00:00 GMT", 3345062400); // 2076
    read("Saturday, 01-Jan-77 00:00:00 GMT", 220924800);   // 1977
    read("Friday, 01-Jan-99 00:00:00 GMT", 915148800);
    read("Saturday, 01-Jan-00 00:00:00 GMT", 946684800);
}

TEST_CASE("what is no HTTP date is nothing") {
    refuse("empty", "");
    refuse("a comma", ",");
    refuse("a comma in its place", "   ,");
    refuse("a name", "Sun");
    refuse("a number", "784111777");
    refuse("no such day", "Tue, 30 Feb 2024 00:00:00 GMT");
    refuse("no leap year", "Wed, 29 Feb 2023 00:00:00 GMT");
    refuse("no leap year in 1900", "Thu, 29 Feb 1900 00:00:00 GMT");
    refuse("day 0", "Sun, 00 Nov 1994 08:49:37 GMT");
    refuse("day 31 of 30", "Sun, 31 Nov 1994 08:49:37 GMT");
    refuse("day 99", "Sun, 99 Nov 1994 08:49:37 GMT");
    refuse("hour 24", "Sun, 06 Nov 1994 24:00:00 GMT");
    refuse("minute 60", "Sun, 06 Nov 1994 08:60:37 GMT");
    refuse("second 61", "Sun, 06 Nov 1994 08:49:61 GMT");
    refuse("another zone", "Sun, 06 Nov 1994 08:49:37 CET");
    refuse("an offset", "Sun, 06 Nov 1994 08:49:37 +0100");
    refuse("no zone", "Sun, 06 Nov 1994 08:49:37");
    refuse("lower case", "sun, 06 nov 1994 08:49:37 gmt");
    refuse("no such month", "Sun, 06 Foo 1994 08:49:37 GMT");
    refuse("no such weekday", "Foo, 06 Nov 1994 08:49:37 GMT");
    refuse("a day of one digit", "Sun, 6 Nov 1994 08:49:37 GMT");
    refuse("a day of one digit in asctime", "Sun Nov 6 08:49:37 1994");
    refuse("asctime, day 0", "Sun Nov  0 08:49:37 1994");
    refuse("a year of two digits in the first form", "Sun, 06 Nov 94 08:49:37 GMT");
    refuse("a year of five digits", "Sun, 06 Nov 11994 08:49:37 GMT");
    refuse("a year of four digits in the second form", "Sunday, 06-Nov-1994 08:49:37 GMT");
    refuse("a short weekday in the second form", "Sun, 06-Nov-94 08:49:37 GMT");
    refuse("a sign", "Sun, +6 Nov 1994 08:49:37 GMT");
    refuse("white space before", " Sun, 06 Nov 1994 08:49:37 GMT");
    refuse("white space after", "Sun, 06 Nov 1994 08:49:37 GMT ");
    refuse("two spaces", "Sun,  06 Nov 1994 08:49:37 GMT");
    refuse("something after", "Sun, 06 Nov 1994 08:49:37 GMTx");
    refuse("something after asctime", "Sun Nov  6 08:49:37 1994 GMT");
    refuse("a NUL", std::string_view("Sun, 06 Nov 1994 08:49:37 GMT\0", 30));
    refuse("ISO 8601", "1994-11-06T08:49:37Z");
    refuse("not ASCII", "Sun, \xd9\xa0\xd9\xa6 Nov 1994 08:49:37 GMT");
}

TEST_CASE("a date that ends anywhere is nothing") {
    for (std::string_view const text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        for (std::size_t size = 0; size < text.size(); ++size) CHECK_FALSE(parse_http_date(std::string(text.substr(0, size))));
    }
}

TEST_CASE("Retry-After is read as seconds, at most a day") { // RFC 9110 10.2.3
    CHECK(retry_after(answer({{"Retry-After", "120"}})) == 120s);
    CHECK(retry_after(answer({{"retry-after", " 5\t"}})) == 5s);
    CHECK(retry_after(answer({{"Retry-After", "0"}})) == 0s);
    CHECK(retry_after(answer({{"Retry-After", "86400"}})) == 24h);
    CHECK(retry_after(answer({{"Retry-After", "86401"}})) == 24h);
    CHECK(retry_after(answer({{"Retry-After", std::string(10'000, '9')}})) == 24h);
    CHECK(retry_after(answer({{"Retry-After", "00000000000000000000000000000007"}})) == 7s);
    for (std::string_view const garbage : {"", " ", "-5", "+5", "1.5", "5s", "soon", "0x10", "5 5", "\xd9\xa5"}) {
        INFO(garbage);
        CHECK_FALSE(retry_after(answer({{"Retry-After", std::string(garbage)}})));
    }
    CHECK_FALSE(retry_after(answer({})));
}

TEST_CASE("Retry-After is read as a date by the server's own clock") {
    http_header const date{"Date", " Sun, 06 Nov 1994 08:49:37 GMT "};
    CHECK(retry_after(answer({date, {"Retry-After", "Sun, 06 Nov 1994 08:51:37 GMT"}})) == 120s);
    CHECK(retry_after(answer({date, {"Retry-After", "Sunday, 06-Nov-94 08:51:37 GMT"}})) == 120s);
    CHECK(retry_after(answer({date, {"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}})) == 0s);
    CHECK(retry_after(answer({date, {"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}})) == 24h);
    CHECK_FALSE(retry_after(answer({{"Retry-After", "Sun, 06 Nov 1994 08:51:37 GMT"}})));
    CHECK_FALSE(retry_after(answer({{"Date", "now"}, {"Retry-After", "Sun, 06 Nov 1994 08:51:37 GMT"}})));
    CHECK_FALSE(retry_after(answer({date, {"Retry-After", "Sun, 06 Nov 1994"}})));
}
