#include <calimatic/detail/base64url.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

using namespace calimatic::detail;

namespace {

void refuse(std::string_view what, std::string_view text) {
    INFO(what << ": " << text);
    CHECK_FALSE(base64url_decode(text));
}

} // namespace

TEST_CASE("the vectors of RFC 4648 10 are encoded and decoded") {
    struct row {
        std::string_view bytes;
        std::string_view padded;
    };
    for (auto const& [bytes, padded] : {row{"", ""}, row{"f", "Zg=="}, row{"fo", "Zm8="}, row{"foo", "Zm9v"}, row{"foob", "Zm9vYg=="},
             row{"fooba", "Zm9vYmE="}, row{"foobar", "Zm9vYmFy"}}) {
        auto const plain = padded.substr(0, padded.find('='));
        CHECK(base64_encode(bytes) == padded);
        CHECK(base64url_encode(bytes) == plain);
        CHECK(base64url_decode(plain) == bytes);
        CHECK(base64_decode(padded) == bytes);
    }
}

TEST_CASE("the vector of RFC 7515 appendix C is encoded and decoded") {
    constexpr std::string_view bytes = "\x03\xec\xff\xe0\xc1";
    CHECK(base64url_encode(bytes) == "A-z_4ME");
    CHECK(base64url_decode("A-z_4ME") == bytes);
    CHECK(base64_encode(bytes) == "A+z/4ME=");
    CHECK(base64_decode("A+z/4ME=") == bytes);
}

TEST_CASE("the header of RFC 7515 appendix A.1 is decoded") {
    CHECK(base64url_decode("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9") == "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
}

TEST_CASE("the credentials of RFC 7617 are encoded") { CHECK(base64_encode("Aladdin:open sesame") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); }

TEST_CASE("all bytes come back, at every length") {
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
        auto const text = base64url_encode(bytes);
        CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos);
        CHECK(base64url_decode(text) == bytes);
        bytes += static_cast<char>(i * 167 % 256);
    }
}

TEST_CASE("what is not strict base64url is refused") {
    refuse("idt-padding", "Zg==");
    refuse("idt-padding, one", "Zm8=");
    refuse("padding only", "=");
    refuse("padding that makes four", "====");
    refuse("idt-whitespace, before", " Zm9v");
    refuse("idt-whitespace, after", "Zm9v\n");
    refuse("idt-inner-whitespace", "Zm 9v");
    refuse("idt-inner-whitespace, CR LF", "Zm9v\r\nZm9v");
    refuse("idt-inner-whitespace that makes four", "Z m9");
    refuse("idt-std-base64, plus", "A+z_");
    refuse("idt-std-base64, slash", "A-z/");
    refuse("idt-noncanonical-bits, two digits", "Zh");
    refuse("idt-noncanonical-bits, three digits", "Zm9");
    refuse("length 1", "Z");
    refuse("length 5", "Zm9vZ");
    refuse("a point", "Zm9v.A");
    refuse("a NUL", std::string_view("Zm9\0", 4));
    refuse("a NUL at the end", std::string_view("Zm9v\0", 5));
    refuse("not ASCII", "Zm9\xc3\xa9xy");
    refuse("the byte 0xff", "\xff\xff\xff\xff");
    refuse("a percent sign", "Zm9%");
}

TEST_CASE("only the four digits of two that leave no bit unused are accepted") {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int two = 0;
    int three = 0;
    for (char const c : digits) {
        two += base64url_decode(std::string("A") + c).has_value();
        three += base64url_decode(std::string("AA") + c).has_value();
    }
    CHECK(two == 4);
    CHECK(three == 16);
    int single = 0;
    for (int byte = 0; byte < 256; ++byte) single += base64url_decode(std::string("AAA") + static_cast<char>(byte)).has_value();
    CHECK(single == 64);
}

TEST_CASE("what is not strict base64 is refused") {
    for (auto const* text :
        {"Zg", "Zm8", "Zg=", "Zg===", "Z===", "=", "==", "====", "Zg==Zg==", "Zm9v====", "A-z_", " Zm9", "Zm9\n", "Zh==", "Zm9=", "Zm\xc3\xa4"}) {
        INFO(text);
        CHECK_FALSE(base64_decode(text));
    }
}
