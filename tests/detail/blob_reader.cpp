#include <calimatic/detail/blob_reader.hpp>

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <string_view>

using calimatic::milliseconds;
using calimatic::secret_string;
using calimatic::time_point;
using calimatic::detail::blob_reader;

namespace {

/// Lets a reader loose on a JSON object, and says whether the object was whole.
template <class Read>
bool whole(std::string_view text, Read read) {
    auto const document = calimatic::parse_json(text, 4096);
    REQUIRE(document);
    blob_reader reader(document->root());
    read(reader);
    return reader.whole();
}

} // namespace

TEST_CASE("members are read into their places, and what is optional keeps its value") {
    std::string text, kept = "kept";
    secret_string secret, kept_secret = "kept";
    time_point time{};
    std::optional<time_point> other, kept_time = time_point(milliseconds(5));
    CHECK(whole(R"({"a":"x","b":"y","c":-7,"d":1.0})", [&](blob_reader& r) {
        r.string("a", text).secret("b", secret).time("c", time).optional_time("d", other);
        r.optional_string("e", kept).optional_secret("e", kept_secret).optional_time("e", kept_time);
    }));
    CHECK(text == "x");
    CHECK(secret.expose() == "y");
    CHECK(time == time_point(milliseconds(-7)));
    CHECK(other == time_point(milliseconds(1)));
    CHECK(kept == "kept");
    CHECK(kept_secret.expose() == "kept");
    CHECK(kept_time == time_point(milliseconds(5)));
}

TEST_CASE("a damaged or missing member makes the whole value damaged") {
    std::string text;
    secret_string secret;
    time_point time{};
    std::optional<time_point> optional_time;
    CHECK_FALSE(whole("{}", [&](blob_reader& r) { r.string("a", text); }));
    CHECK_FALSE(whole("{}", [&](blob_reader& r) { r.secret("a", secret); }));
    CHECK_FALSE(whole("{}", [&](blob_reader& r) { r.time("a", time); }));
    CHECK_FALSE(whole("[]", [&](blob_reader& r) { r.string("a", text); }));
    for (auto const json : {R"({"a":null})", R"({"a":1})", R"({"a":{}})", R"({"a":["x"]})", R"({"a":true})"}) {
        INFO(json);
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.string("a", text); }));
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.optional_string("a", text); }));
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.secret("a", secret); }));
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.optional_secret("a", secret); }));
    }
    for (auto const json :
        {R"({"a":null})", R"({"a":"1"})", R"({"a":1.5})", R"({"a":253402300800000})", R"({"a":-62135596800001})", R"({"a":1e300})", R"({"a":[]})"}) {
        INFO(json);
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.time("a", time); }));
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.optional_time("a", optional_time); }));
    }
    // Nothing that follows mends it.
    CHECK_FALSE(whole(R"({"a":"x"})", [&](blob_reader& r) { r.string("b", text).string("a", text); }));
}

TEST_CASE("the years 1 and 9999 are the ends of time") {
    time_point time{};
    CHECK(whole(R"({"a":253402300799999})", [&](blob_reader& r) { r.time("a", time); }));
    CHECK(whole(R"({"a":-62135596800000})", [&](blob_reader& r) { r.time("a", time); }));
}

TEST_CASE("a duration is a whole number of seconds that is not negative, and no longer than the times that there are") {
    std::optional<calimatic::seconds> age;
    CHECK(whole(R"({"a":60})", [&](blob_reader& r) { r.optional_duration("a", age).optional_duration("b", age); }));
    CHECK(age == calimatic::seconds(60));
    CHECK(whole(R"({"a":0})", [&](blob_reader& r) { r.optional_duration("a", age); }));
    CHECK(age == calimatic::seconds(0));
    for (auto const json :
        {R"({"a":-1})", R"({"a":null})", R"({"a":"60"})", R"({"a":1.5})", R"({"a":9223372036854775807})", R"({"a":315537897601})"}) {
        INFO(json);
        CHECK_FALSE(whole(json, [&](blob_reader& r) { r.optional_duration("a", age); }));
    }
}
