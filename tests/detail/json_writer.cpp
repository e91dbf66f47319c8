#include <calimatic/detail/json_writer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "support/outcome.hpp"

using namespace calimatic;
using namespace calimatic::detail;

namespace {

result<json_document> read(std::string_view blob, int version = 2) { return parse_blob(blob, "token_set", version, {}); }

} // namespace

TEST_CASE("an object is written member by member, in order") {
    json_writer writer;
    writer.string("z", "x").number("a", -5).boolean("t", true).boolean("f", false).strings("l", {"1", "2"}).strings("e", {}).raw("r", "{\"n\":null}");
    writer.optional_string("left_out", "").optional_string("kept", "k");
    CHECK(writer.finish() == R"({"z":"x","a":-5,"t":true,"f":false,"l":["1","2"],"e":[],"r":{"n":null},"kept":"k"})");
    CHECK(json_writer().finish() == "{}");
}

TEST_CASE("the largest numbers are written exactly") {
    json_writer writer;
    writer.number("min", std::numeric_limits<std::int64_t>::min()).number("max", std::numeric_limits<std::int64_t>::max());
    CHECK(writer.finish() == R"({"min":-9223372036854775808,"max":9223372036854775807})");
}

TEST_CASE("names and values of any bytes come back") {
    std::string every;
    for (char c = 0; c < 0x7f; ++c) every += c;
    every += "\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80";
    auto const long_text = std::string(5000, 'x') + "\"\n" + std::string(5000, 'y');
    json_writer writer;
    writer.string(every, every).string("long", long_text).strings("list", {every, ""});
    auto const text = writer.finish();
    CHECK(text.find('\n') == std::string::npos);
    auto const document = parse_json(text, text.size());
    support::accepted("what was written", document);
    CHECK(document->root()[std::string_view(every)].as_string() == every);
    CHECK(document->root()["long"].as_string() == long_text);
    CHECK(document->root()["list"][0].as_string() == every);
    CHECK(document->root()["list"][1].as_string() == "");
}

TEST_CASE("a value cannot break out of its string") {
    json_writer writer;
    writer.string("a", R"(","admin":true,"b":")").string(R"(":1,"admin":")", "");
    auto const text = writer.finish();
    auto const document = parse_json(text, text.size());
    support::accepted("what was written", document);
    CHECK(document->root().size() == 2);
    CHECK(document->root()["admin"].kind() == json_kind::absent);
}

TEST_CASE("bytes that are not UTF-8 become replacement characters, so that the text can be read back") {
    json_writer writer;
    writer.string("a", "x\xff\xc3\xa9\xe2\x82y").string("\x80", "");
    auto const text = writer.finish();
    CHECK(text == "{\"a\":\"x\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbdy\",\"\xef\xbf\xbd\":\"\"}");
    support::accepted("what was written", parse_json(text, text.size()));
}

TEST_CASE("a saved value says what it is and comes back") {
    json_writer writer;
    begin_blob(writer, "token_set", 2);
    writer.string("access_token", "a");
    auto const blob = writer.finish();
    CHECK(blob == R"({"calimatic":"token_set","version":2,"access_token":"a"})");
    auto const document = read(blob);
    support::accepted("what was written", document);
    CHECK(document->root()["access_token"].as_string() == "a");
}

TEST_CASE("a saved value that is damaged, foreign or of another version is refused") {
    auto const refuse = [](std::string_view what, std::string_view blob, error_code code) { support::refused(what, read(blob), code); };
    refuse("nothing", "", error_code::blob_malformed);
    refuse("cut", R"({"calimatic":"token_set","ver)", error_code::blob_malformed);
    refuse("not an object", "[]", error_code::blob_malformed);
    refuse("null", "null", error_code::blob_malformed);
    refuse("no kind", R"({"version":2})", error_code::blob_malformed);
    refuse("another kind", R"({"calimatic":"pending","version":2})", error_code::blob_malformed);
    refuse("a kind that is no string", R"({"calimatic":1,"version":2})", error_code::blob_malformed);
    refuse("no version", R"({"calimatic":"token_set"})", error_code::blob_malformed);
    refuse("a version that is no number", R"({"calimatic":"token_set","version":"2"})", error_code::blob_malformed);
    refuse("a version that is no integer", R"({"calimatic":"token_set","version":2.5})", error_code::blob_malformed);
    refuse("a kind twice", R"({"calimatic":"x","calimatic":"token_set","version":2})", error_code::blob_malformed);
    refuse("a newer version", R"({"calimatic":"token_set","version":3})", error_code::blob_version_unknown);
    refuse("an older version", R"({"calimatic":"token_set","version":1})", error_code::blob_version_unknown);
    refuse("a version near 2^64", R"({"calimatic":"token_set","version":4294967298})", error_code::blob_version_unknown);
    refuse("too large", R"({"calimatic":"token_set","version":2,"x":")" + std::string(1'100'000, 'x') + "\"}", error_code::blob_malformed);
    CHECK(read("{").error().got() == "json_syntax");
    CHECK(read(R"({"calimatic":"token_set","version":3})").error().got() == "3");
    CHECK(read(R"({"calimatic":"token_set","version":3})").error().expected() == "2");
}
