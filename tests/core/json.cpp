#include <calimatic/core/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using namespace calimatic;

namespace {

constexpr std::size_t enough = 1024 * 1024;

void refuse(std::string_view what, std::string_view text, error_code code) { support::refused(what, parse_json(text, enough), code); }
void accept(std::string_view what, std::string_view text) { support::accepted(what, parse_json(text, enough)); }

/// A document of one value, read back.
json_document document(std::string_view text) {
    auto parsed = parse_json(text, enough);
    INFO(text);
    REQUIRE(parsed.has_value());
    return *std::move(parsed);
}

std::optional<std::int64_t> integer(std::string_view text) { return document(text).root().as_int64(); }

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (; times != 0; --times) out += text;
    return out;
}

} // namespace

TEST_CASE("JSON is accepted") {
    accept("an object", R"({"a":[1,2.5,-3e2,true,false,null,"x"],"b":{}})");
    accept("a number", "0");
    accept("a string", R"("")");
    accept("null", "null");
    accept("white space around", " \t\r\n{ \"a\" : 1 } \n");
    accept("escapes", R"(["\u0041\n\t\r\b\f\/\\\"","\ud83d\ude00"])");
    accept("DEL and noncharacters", "[\"\x7f\xef\xbf\xbf\"]");
    accept("colons and quotes in strings", R"({"a:b":"c:\"d\":e\\","f\\":":"})");
    accept("names that differ in case", R"({"alg":1,"Alg":2})");
    accept("an empty name", R"({"":1})");
    accept("the same name in different objects", R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})");
    accept("idt-nul-in-sub is kept as it is", R"({"sub":"a\u0000b"})");
    accept("the smallest double underflows to 0", "1e-999");
}

TEST_CASE("what is not JSON is refused") {
    refuse("idt-payload-empty", "", error_code::json_syntax);
    refuse("idt-payload-not-json", "sub=1", error_code::json_syntax);
    refuse("idt-payload-trailing", "{}x", error_code::json_syntax);
    refuse("idt-payload-trailing, another value", "{} {}", error_code::json_syntax);
    refuse("idt-payload-trailing, a comma", "{},", error_code::json_syntax);
    refuse("a NUL after", std::string_view("{}\0", 3), error_code::json_syntax);
    refuse("idt-payload-bom", "\xef\xbb\xbf{}", error_code::json_syntax);
    refuse("idt-payload-bad-utf8", "[\"\xff\"]", error_code::json_syntax);
    refuse("overlong UTF-8", "[\"\xc0\xaf\"]", error_code::json_syntax);
    refuse("a surrogate in UTF-8", "[\"\xed\xa0\x80\"]", error_code::json_syntax);
    refuse("above U+10FFFF", "[\"\xf4\x90\x80\x80\"]", error_code::json_syntax);
    refuse("UTF-8 that ends early", "[\"\xe2\x82\"]", error_code::json_syntax);
    refuse("bad UTF-8 in a name", "{\"\x80\":1}", error_code::json_syntax);
    refuse("a lone surrogate", R"(["\ud800"])", error_code::json_syntax);
    refuse("a low surrogate first", R"(["\udc00\ud800"])", error_code::json_syntax);
    refuse("a control character", "[\"a\nb\"]", error_code::json_syntax);
    refuse("a comment", "{}//x", error_code::json_syntax);
    refuse("a comma too many", "[1,]", error_code::json_syntax);
    refuse("a comma too many in an object", R"({"a":1,})", error_code::json_syntax);
    refuse("a name without quotes", "{a:1}", error_code::json_syntax);
    refuse("single quotes", "{'a':1}", error_code::json_syntax);
    refuse("a name without a value", R"({"a"})", error_code::json_syntax);
    refuse("a bad escape", R"(["\x"])", error_code::json_syntax);
    refuse("a short escape", R"(["\u00A"])", error_code::json_syntax);
    refuse("a leading zero", "[01]", error_code::json_syntax);
    refuse("a plus", "[+1]", error_code::json_syntax);
    refuse("no digit after the point", "[1.]", error_code::json_syntax);
    refuse("no digit before the point", "[.1]", error_code::json_syntax);
    refuse("no exponent", "[1e]", error_code::json_syntax);
    refuse("a hexadecimal number", "[0x1]", error_code::json_syntax);
    refuse("NaN", "[NaN]", error_code::json_syntax);
    refuse("Infinity", "[-Infinity]", error_code::json_syntax);
    refuse("True", "[True]", error_code::json_syntax);
    refuse("an end too early", R"({"a":[1)", error_code::json_syntax);
    refuse("an end within a string", R"({"a)", error_code::json_syntax);
    refuse("an end within an escape", R"(["\)", error_code::json_syntax);
    refuse("UTF-16", std::string_view("{\0}\0", 4), error_code::json_syntax);
    refuse("a form feed around", "\f{}", error_code::json_syntax);
    CHECK(parse_json("{\"a\":x}", enough).error().got() == "at byte 5");
}

TEST_CASE("a member that is there twice is refused, wherever it is") {
    refuse("idt-dup-claim", R"({"sub":"admin","sub":"u"})", error_code::json_duplicate_member);
    refuse("idt-dup-claim-last", R"({"sub":"u","aud":"c","sub":"admin"})", error_code::json_duplicate_member);
    refuse("idt-dup-header", R"({"alg":"RS256","alg":"none"})", error_code::json_duplicate_member);
    refuse("one of them escaped", R"({"\u0061lg":"none","alg":"RS256"})", error_code::json_duplicate_member);
    refuse("the same value", R"({"a":1,"a":1})", error_code::json_duplicate_member);
    refuse("deep inside", R"([{"b":[{"a":1,"a":2}]}])", error_code::json_duplicate_member);
    refuse("a lost object with members", R"({"a":{"x":1,"y":2},"a":1})", error_code::json_duplicate_member);
    refuse("an object instead of a value", R"({"a":1,"a":{"x":1,"y":2}})", error_code::json_duplicate_member);
    refuse("three times", R"({"a":1,"a":2,"a":3})", error_code::json_duplicate_member);
    refuse("an empty name", R"({"":1,"":2})", error_code::json_duplicate_member);
    refuse("beside colons in strings", R"({"a":":","a":"\":"})", error_code::json_duplicate_member);
    std::string many = "{";
    for (int i = 0; i < 1000; ++i) many += "\"m" + std::to_string(i) + "\":1,";
    accept("a thousand distinct ones", many + "\"last\":1}");
    refuse("one of a thousand", many + "\"m500\":1}", error_code::json_duplicate_member);
}

TEST_CASE("random documents are refused exactly if they repeat a member") {
    std::mt19937 random(20261101); // the same documents in every run
    auto const below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    static constexpr std::string_view pieces[] = {":", "\\\"", "\\\\", "a", "\\u003a", "{", "x:", ",", "\\n"};
    for (int round = 0; round < 3000; ++round) {
        bool repeated = false;
        auto const text_of = [&](auto& self, unsigned depth) -> std::string {
            auto const string = [&] {
                std::string s = "\"";
                for (unsigned n = below(4); n != 0; --n) s += pieces[below(std::size(pieces))];
                return s + '"';
            };
            if (depth == 0 || below(4) == 0) return below(2) != 0 ? string() : std::to_string(below(1000));
            if (below(3) == 0) return "[" + self(self, depth - 1) + "," + self(self, depth - 1) + "]";
            std::string object = "{";
            unsigned used = 0;
            for (unsigned i = 0, n = below(5); i < n; ++i) {
                auto const name = below(12);
                repeated |= (used >> name & 1) != 0;
                used |= 1U << name;
                object += (i == 0 ? "\"n:" : ",\"n:") + std::to_string(name) + "\":" + self(self, depth - 1);
            }
            return object + "}";
        };
        auto const text = text_of(text_of, 4);
        INFO(text);
        auto const outcome = parse_json(text, enough);
        REQUIRE(outcome.has_value() == !repeated);
        if (repeated) CHECK(outcome.error() == error_code::json_duplicate_member);
    }
}

TEST_CASE("nesting is bounded, whatever its depth") { // idt-deep
    accept("as deep as allowed", repeat("[", 32) + repeat("]", 32));
    refuse("one deeper", repeat("[", 33) + repeat("]", 33), error_code::json_too_deep);
    refuse("idt-deep", repeat("[", 20'000) + repeat("]", 20'000), error_code::json_too_deep);
    refuse("deep objects", repeat("{\"a\":", 20'000) + "1" + repeat("}", 20'000), error_code::json_too_deep);
    refuse("a million without an end", std::string(1'000'000, '['), error_code::json_too_deep);
    check_options options;
    options.limits.json_depth = 2;
    support::accepted("a limit of 2", parse_json("[[1]]", enough, options));
    support::refused("beyond a limit of 2", parse_json("[[[1]]]", enough, options), error_code::json_too_deep);
    options.limits.json_depth = std::numeric_limits<std::size_t>::max();
    support::refused("a limit that would exhaust the stack", parse_json(std::string(1'000'000, '['), enough, options), error_code::json_too_deep);
}

TEST_CASE("size and strings are bounded") { // idt-huge
    support::accepted("as large as allowed", parse_json("[1234]", 6));
    support::refused("one byte larger", parse_json("[12345]", 6), error_code::json_too_large);
    support::refused("idt-huge, whatever it is", parse_json(std::string(2'000'000, '"'), enough), error_code::json_too_large);
    check_options options;
    options.limits.json_string = 4;
    support::accepted("a string as long as allowed", parse_json(R"(["abcd"])", enough, options));
    support::accepted("escapes count as what they stand for", parse_json(R"(["\u0061\u0062\u0063\u0064"])", enough, options));
    support::refused("a longer one", parse_json(R"(["abcde"])", enough, options), error_code::json_string_too_long);
    support::refused("a longer name", parse_json(R"({"abcde":1})", enough, options), error_code::json_string_too_long);
    support::refused("a longer one deep inside", parse_json(R"([{"a":["abcde"]}])", enough, options), error_code::json_string_too_long);
    refuse("the default limit", "[\"" + std::string(64 * 1024 + 1, 'x') + "\"]", error_code::json_string_too_long);
    accept("within the default limit", "[\"" + std::string(64 * 1024, 'x') + "\"]");
}

TEST_CASE("numbers are exact or refused") {
    refuse("exp=1e400", R"({"exp":1e400})", error_code::json_number_not_finite);
    refuse("exp=-1e999", R"({"exp":-1e999})", error_code::json_number_not_finite);
    refuse("deep inside", R"([[{"a":[1e309]}]])", error_code::json_number_not_finite);
    refuse("400 digits", std::string(400, '9'), error_code::json_number_not_finite);
    CHECK(integer("0") == 0);
    CHECK(integer("-0") == 0);
    CHECK(integer("-0.0") == 0);
    CHECK(integer("1.0") == 1);
    CHECK(integer("1e3") == 1000);
    CHECK(integer("1700000000.0") == 1700000000);
    CHECK(integer("17000000000e-1") == 1700000000);
    CHECK(integer("9007199254740991.0") == 9007199254740991);
    CHECK(integer("9007199254740992.0") == 9007199254740992);
    CHECK(integer("-9007199254740992.0") == -9007199254740992);
    CHECK_FALSE(integer("9007199254740994.0")); // a double, but not the only number that it stands for
    CHECK(integer("9007199254740993") == 9007199254740993);
    CHECK(integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(integer("9223372036854775808"));
    CHECK_FALSE(integer("18446744073709551615"));
    CHECK_FALSE(integer("18446744073709551616"));
    CHECK_FALSE(integer("-9223372036854775809"));
    CHECK_FALSE(integer("1e308"));
    CHECK_FALSE(integer("-1e308"));
    CHECK_FALSE(integer("1.5"));
    CHECK_FALSE(integer("1e-300"));
    CHECK_FALSE(integer("\"1\""));
    CHECK_FALSE(integer("true"));
    CHECK_FALSE(integer("null"));
    CHECK(document("1700000000.25").root().as_double() == 1700000000.25); // ok-exp-fraction
    CHECK(document("0.1").root().as_double() == 0.1);
    CHECK(document("7").root().as_double() == 7.0);
    CHECK(document("18446744073709551615").root().as_double() == 18446744073709551615.0);
    CHECK(document("18446744073709551616").root().as_double() == 18446744073709551616.0);
    CHECK_FALSE(document("\"7\"").root().as_double());
}

TEST_CASE("a value is read as what it is and as nothing else") {
    auto const doc = document(R"({"t":true,"f":false,"n":null,"i":5,"s":"\u0061lg","a":[1,[2]],"o":{"x":"y"},"u":"\u00e9"})");
    auto const root = doc.root();
    CHECK(root.kind() == json_kind::object);
    CHECK(root.size() == 8);
    CHECK(root["t"].as_bool() == true);
    CHECK(root["f"].as_bool() == false);
    CHECK_FALSE(root["i"].as_bool());
    CHECK_FALSE(root["s"].as_bool());
    CHECK(root["n"].kind() == json_kind::null);
    CHECK_FALSE(root["n"].has_value());
    CHECK(root["f"].has_value());
    CHECK(root["i"].kind() == json_kind::number);
    CHECK(root["s"].as_string() == "alg");
    CHECK_FALSE(root["i"].as_string());
    CHECK(root["u"].as_string() == "\xc3\xa9");
    CHECK(root["u"].as_string() != "e\xcc\x81"); // NFC is not NFD
    CHECK(root["a"].kind() == json_kind::array);
    CHECK(root["a"].size() == 2);
    CHECK(root["a"][0].as_int64() == 1);
    CHECK(root["a"][1][0].as_int64() == 2);
    CHECK(root["a"][2].kind() == json_kind::absent);
    CHECK(root["a"]["x"].kind() == json_kind::absent);
    CHECK(root["o"]["x"].as_string() == "y");
    CHECK(root["o"][0].kind() == json_kind::absent);
    CHECK(root["S"].kind() == json_kind::absent);
    CHECK(root["x"]["y"][3]["z"].as_string() == std::nullopt);
    CHECK(root["s"].size() == 0);
    auto const nul = document(R"({"a\u0000b":"c\u0000d"})");
    CHECK(nul.root()[std::string_view("a\0b", 3)].as_string() == std::string_view("c\0d", 3));
    CHECK(nul.root()["a"].kind() == json_kind::absent);
}

TEST_CASE("members are told in the order of the text") {
    auto const doc = document(R"({"z":1,"a":2,"m":3})");
    CHECK(doc.root().member_name(0) == "z");
    CHECK(doc.root().member_name(1) == "a");
    CHECK(doc.root().member_value(2).as_int64() == 3);
    CHECK(doc.root().member_name(3).empty());
    CHECK(doc.root().member_value(3).kind() == json_kind::absent);
    CHECK(doc.root()["z"].member_name(0).empty());
    std::string many = "{\"m0\":0";
    for (int i = 1; i < 100; ++i) many.append(",\"m").append(std::to_string(i)).append("\":").append(std::to_string(i));
    auto const large = document(many + "}");
    for (std::size_t i = 0; i < 100; ++i) {
        auto const name = std::string("m").append(std::to_string(i));
        CHECK(large.root().member_name(i) == name);
        CHECK(large.root()[std::string_view(name)].as_int64() == static_cast<std::int64_t>(i));
    }
}

TEST_CASE("a view of nothing is harmless") {
    json const none;
    CHECK(none.kind() == json_kind::absent);
    CHECK_FALSE(none.has_value());
    CHECK_FALSE(none.as_bool());
    CHECK_FALSE(none.as_int64());
    CHECK_FALSE(none.as_double());
    CHECK_FALSE(none.as_string());
    CHECK(none.size() == 0);
    CHECK(none[0].kind() == json_kind::absent);
    CHECK(none["a"].kind() == json_kind::absent);
    CHECK(none.member_name(0).empty());
    CHECK(none.member_value(0).kind() == json_kind::absent);
    CHECK(none.to_string().empty());
    CHECK(json_document().root().kind() == json_kind::absent);
}

TEST_CASE("views stay valid when the document moves") {
    auto first = document(R"({"a":["short","a string that is too long to stand in the value itself"]})");
    auto const view = first.root()["a"][1];
    auto const text = *view.as_string();
    json_document second = std::move(first);
    CHECK(first.root().kind() == json_kind::absent); // NOLINT: what is left is specified
    json_document third;
    third = std::move(second);
    CHECK(view.as_string() == text);
    CHECK(text.data() == third.root()["a"][1].as_string()->data());
    CHECK(text == "a string that is too long to stand in the value itself");
}

TEST_CASE("a value is written as JSON that reads the same") {
    for (std::string_view const text : {R"({"a":[1,-2,true,null,"x\n\"\\"],"b":{},"c":[]})", R"("\u0000\u001f")", "18446744073709551615", "[]"}) {
        auto const written = document(text).root().to_string();
        CHECK(written == text);
        CHECK(document(written).root().to_string() == written);
    }
    CHECK(document(R"({ "a" : { "b" : [ 1 ] } })").root()["a"].to_string() == R"({"b":[1]})");
    CHECK(document(document("0.1").root().to_string()).root().as_double() == 0.1);
    auto const long_text = "[\"" + std::string(5000, 'x') + "\"]";
    CHECK(document(long_text).root().to_string() == long_text);
}
