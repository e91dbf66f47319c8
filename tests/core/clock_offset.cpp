#include <calimatic/core/clock_offset.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

using namespace calimatic;
using namespace std::chrono_literals;

namespace {

constexpr char date_text[] = "Tue, 01 Dec 2026 12:00:00 GMT";
constexpr time_point date = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 12h;

http_response dated(std::string_view text = date_text) { return {200, {{"Date", std::string(text)}}, {}}; }

/// What the clock is said to be when the issuer's shows noon and this device's shows `device`.
std::string described(time_point device) {
    clock_offset offset;
    offset.learn(dated(), device, device);
    return offset.describe();
}

} // namespace

TEST_CASE("without an answer the device's clock is right") {
    clock_offset const offset;
    CHECK_FALSE(offset.learned());
    CHECK(offset.correct(date) == date);
    CHECK(offset.describe().empty());
}

TEST_CASE("a clock that is slow or fast is corrected") {
    struct row {
        std::string_view what;
        milliseconds offset;
        std::string_view words;
    };
    for (auto const& [what, offset, words] : {
             row{"slow", 11min, "this device's clock is 11 minutes slow"},
             row{"fast", -11min, "this device's clock is 11 minutes fast"},
             row{"a day slow", 24h, "this device's clock is 1 day slow"},
             row{"a day fast", -24h, "this device's clock is 1 day fast"},
             row{"just enough", 2s, "this device's clock is 2 seconds slow"},
         }) {
        INFO(what);
        clock_offset learned;
        CHECK(learned.learn(dated(), date - offset, date - offset));
        CHECK(learned.learned() == offset);
        CHECK(learned.correct(date - offset) == date);
        CHECK(learned.correct(date - offset + 5min) == date + 5min);
        CHECK(learned.describe() == words);
        CHECK_FALSE(learned.learn(dated(), date - offset, date - offset)); // nothing new
        learned.reset();
        CHECK_FALSE(learned.learned());
        CHECK(learned.correct(date) == date);
    }
}

TEST_CASE("a difference that the answer cannot tell counts as none") {
    clock_offset offset;
    CHECK_FALSE(offset.learn(dated(), date - 1999ms, date - 1999ms));
    CHECK(offset.learned() == 0ms);
    CHECK(offset.describe().empty());
    CHECK_FALSE(offset.learn(dated(), date + 1999ms, date + 1999ms));
    CHECK(offset.correct(date) == date);
    // With a round trip of 20 s the date may have been written at any time within it.
    CHECK_FALSE(offset.learn(dated(), date + 1999ms, date + 1999ms + 20s));
    CHECK_FALSE(offset.learn(dated(), date - 21999ms, date - 1999ms));
    CHECK(offset.learn(dated(), date + 2s, date + 22s));
    CHECK(offset.learned() == -12s);
    // What was learned does not jitter either.
    CHECK_FALSE(offset.learn(dated(), date + 13s, date + 13s));
    CHECK(offset.learned() == -12s);
    CHECK(offset.learn(dated(), date + 14s, date + 14s));
    CHECK(offset.learned() == -14s);
    // And when the clock has been set right, it is right.
    CHECK(offset.learn(dated(), date, date));
    CHECK(offset.learned() == 0ms);
}

TEST_CASE("only a fresh answer is believed") {
    struct row {
        std::string_view what;
        http_response response;
        milliseconds round_trip;
    };
    auto const at = date - 1h;
    for (auto const& [what, response, round_trip] : {
             row{"no Date", {200, {}, {}}, 0s},
             row{"a cached answer", {200, {{"Date", date_text}, {"Age", "0"}}, {}}, 0s},
             row{"a cached answer, other case", {200, {{"age", "12"}, {"date", date_text}}, {}}, 0s},
             row{"a Date that is none", dated("soon"), 0s},
             row{"an impossible Date", dated("Tue, 31 Nov 2026 12:00:00 GMT"), 0s},
             row{"an empty Date", dated(""), 0s},
             row{"a round trip of more than a minute", dated(), 60'001ms},
             row{"a clock that jumped back meanwhile", dated(), -1ms},
         }) {
        INFO(what);
        clock_offset offset;
        CHECK_FALSE(offset.learn(response, at, at + round_trip));
        CHECK_FALSE(offset.learned());
    }
    clock_offset offset;
    CHECK(offset.learn(dated(), at, at + 60s));
    CHECK(offset.learned() == 1h - 30s);
    CHECK(clock_offset().learn(dated(" Tue, 01 Dec 2026 12:00:00 GMT\t"), at, at));
}

TEST_CASE("an offset of more than a day is refused, and the one before stays") {
    clock_offset offset;
    CHECK_FALSE(offset.learn(dated(), date - 25h, date - 25h));
    CHECK_FALSE(offset.learned());
    CHECK_FALSE(offset.learn(dated(), date + 25h, date + 25h));
    CHECK_FALSE(offset.learned());
    CHECK_FALSE(offset.learn(dated("Fri, 31 Dec 9999 23:59:59 GMT"), date, date));
    CHECK_FALSE(offset.learned());
    CHECK(offset.learn(dated(), date - 11min, date - 11min));
    CHECK_FALSE(offset.learn(dated(), date + 25h, date + 25h));
    CHECK(offset.learned() == 11min);
}

TEST_CASE("a clock before this library's release is none, and any offset is learned") {
    clock_offset offset;
    CHECK(offset.learn(dated(), time_point{} + 5s, time_point{} + 6s));
    CHECK(offset.correct(time_point{} + 10s) >= date + 4s);
    CHECK(offset.correct(time_point{} + 10s) <= date + 5s);
    CHECK(offset.describe() == "this device's clock is 57 years slow");
    auto const last = time_point(std::chrono::sys_days(std::chrono::year(2026) / 11 / 1)) - 1ms;
    CHECK(clock_offset().learn(dated(), last, last));
    CHECK_FALSE(clock_offset().learn(dated(), last + 1ms, last + 1ms));
}

TEST_CASE("once there is an offset it moves by at most a day, even where the device has no clock") {
    clock_offset offset;
    auto const booted = time_point{} + 5s;
    REQUIRE(offset.learn(dated(), booted, booted));
    auto const learned = offset.learned();
    CHECK_FALSE(offset.learn(dated("Thu, 03 Dec 2026 12:00:01 GMT"), booted, booted));
    CHECK_FALSE(offset.learn(dated("Thu, 01 Jan 1970 00:00:05 GMT"), booted, booted));
    CHECK(offset.learned() == learned);
    CHECK(offset.learn(dated("Wed, 02 Dec 2026 12:00:00 GMT"), booted, booted));
    CHECK(offset.learned() == *learned + 24h);

    clock_offset other;
    REQUIRE(other.learn(dated(), date - 20h, date - 20h));
    CHECK_FALSE(other.learn(dated(), date + 5h, date + 5h));
    CHECK(other.learned() == 20h);
    CHECK(other.learn(dated(), date + 4h, date + 4h));
    CHECK(other.learned() == -4h);
}

TEST_CASE("an offset that was saved is taken up again, whatever it says") {
    CHECK(clock_offset(11min).learned() == 11min);
    CHECK(clock_offset(11min).correct(date) == date + 11min);
    CHECK(clock_offset(25h).correct(date) == date); // too much for a clock that is plausible
    for (auto const extreme : {(milliseconds::max)(), (milliseconds::min)()}) {
        clock_offset hostile(extreme);
        CHECK(hostile.correct(date) == date);
        hostile.correct(time_point{});
        hostile.correct((time_point::max)());
        CHECK_FALSE(hostile.describe().empty());
        CHECK(hostile.learn(dated(), date - 1h, date - 1h));
        CHECK(hostile.learned() == 1h);
    }
}

TEST_CASE("the time in a token serves where headers cannot be read, within the same bounds") {
    clock_offset offset;
    CHECK(offset.learn(date, date - 11min, date - 11min));
    CHECK(offset.describe() == "this device's clock is 11 minutes slow");
    CHECK_FALSE(offset.learn(date, date - 25h, date - 25h));
    CHECK_FALSE(offset.learn(date, date - 1h, date + 1min));
    CHECK_FALSE(offset.learn(date, date, date - 1ms));
    CHECK_FALSE(offset.learn((time_point::max)(), date, date));
    CHECK_FALSE(offset.learn((time_point::min)(), date, date));
    CHECK(offset.learned() == 11min);
}

TEST_CASE("an offset of 50 years does not outlive the setting of the clock") {
    clock_offset offset;
    REQUIRE(offset.learn(dated(), time_point{}, time_point{}));

    SECTION("not even until the next answer") { CHECK(offset.correct(date + 1min) == date + 1min); }
    SECTION("the next answer finds the clock right") {
        CHECK(offset.learn(dated(), date, date));
        CHECK(offset.learned() == 0ms);
        CHECK(offset.correct(date) == date);
        CHECK(offset.describe().empty());
    }
    SECTION("the next answer finds another offset") {
        CHECK(offset.learn(dated(), date - 11min, date - 11min));
        CHECK(offset.learned() == 11min);
    }
    SECTION("the next answer finds an offset that is refused") {
        CHECK(offset.learn(dated(), date - 25h, date - 25h));
        CHECK_FALSE(offset.learned());
    }
    SECTION("an answer that is not fresh changes nothing") {
        CHECK_FALSE(offset.learn({200, {{"Date", date_text}, {"Age", "1"}}, {}}, date, date));
        CHECK(offset.correct(date) == date);
    }
}

TEST_CASE("the words have fitting units") {
    CHECK(described(date - 59s) == "this device's clock is 59 seconds slow");
    CHECK(described(date - 59'600ms) == "this device's clock is 1 minute slow");
    CHECK(described(date + 60s) == "this device's clock is 1 minute fast");
    CHECK(described(date - 100s) == "this device's clock is 2 minutes slow");
    CHECK(described(date - 59min - 29s) == "this device's clock is 59 minutes slow");
    CHECK(described(date - 59min - 40s) == "this device's clock is 1 hour slow");
    CHECK(described(date + 5h) == "this device's clock is 5 hours fast");
    CHECK(described(date - 23h - 29min) == "this device's clock is 23 hours slow");
    CHECK(described(date - 23h - 45min) == "this device's clock is 1 day slow");
    CHECK(described(date - 24h * 40) == "this device's clock is 40 days slow");
    CHECK(described(date - 24h * 364) == "this device's clock is 364 days slow");
    CHECK(described(date - 24h * 365) == "this device's clock is 1 year slow");
    CHECK(described(date - 24h * 731) == "this device's clock is 2 years slow");
}
