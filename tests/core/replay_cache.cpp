#include <calimatic/core/replay_cache.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

#include "support/outcome.hpp"

using calimatic::error_code;
using calimatic::replay_cache;
using std::chrono::seconds;
using support::accepted;
using support::refused;

namespace {

constexpr calimatic::time_point noon{seconds(1'800'000'000)};

} // namespace

TEST_CASE("an id is accepted once, until its time is over") {
    replay_cache cache;
    accepted("first", cache.remember("a", noon + seconds(60), noon));
    accepted("another", cache.remember("b", noon + seconds(60), noon));
    refused("again", cache.remember("a", noon + seconds(600), noon), error_code::replayed);
    refused(
        "one moment before the end", cache.remember("a", noon + seconds(60), noon + seconds(60) - calimatic::milliseconds(1)), error_code::replayed);
    accepted("at the end", cache.remember("a", noon + seconds(120), noon + seconds(60)));
    refused("and again", cache.remember("a", noon + seconds(120), noon + seconds(119)), error_code::replayed);
    CHECK(cache.size() == 2);
}

TEST_CASE("an id that is let go may come again") {
    replay_cache cache(1);
    accepted("first", cache.remember("a", noon + seconds(60), noon));
    cache.forget("b");
    refused("still there", cache.remember("a", noon + seconds(60), noon), error_code::replayed);
    cache.forget("a");
    CHECK(cache.size() == 0);
    accepted("once more", cache.remember("a", noon + seconds(60), noon));
}

TEST_CASE("a full cache refuses, and has room again once something is over") {
    replay_cache cache(3);
    accepted("1", cache.remember("1", noon + seconds(30), noon));
    accepted("2", cache.remember("2", noon + seconds(10), noon));
    accepted("3", cache.remember("3", noon + seconds(20), noon));
    refused("4", cache.remember("4", noon + seconds(60), noon), error_code::replay_cache_full);
    refused("2 again, which is no matter of room", cache.remember("2", noon + seconds(60), noon), error_code::replayed);
    refused("4 a moment before the first is over", cache.remember("4", noon + seconds(60), noon + seconds(9)), error_code::replay_cache_full);
    accepted("4 when the first is over", cache.remember("4", noon + seconds(60), noon + seconds(10)));
    CHECK(cache.size() == 3);
    refused("5", cache.remember("5", noon + seconds(60), noon + seconds(19)), error_code::replay_cache_full);
    accepted("5 when all but one are over", cache.remember("5", noon + seconds(60), noon + seconds(30)));
    CHECK(cache.size() == 2);
    refused("4 is still known", cache.remember("4", noon + seconds(60), noon + seconds(30)), error_code::replayed);
    replay_cache nothing(0);
    refused("no room at all", nothing.remember("1", noon + seconds(30), noon), error_code::replay_cache_full);
}

TEST_CASE("a cache that was filled before 1970, or until the end of time, works, too") {
    constexpr auto first = (calimatic::time_point::min)();
    constexpr auto last = (calimatic::time_point::max)();
    replay_cache cache(2);
    accepted("over at once", cache.remember("a", first, first));
    accepted("never over", cache.remember("b", last, last));
    accepted("room for another", cache.remember("c", last, noon));
    refused("none any more", cache.remember("d", last, noon), error_code::replay_cache_full);
}

TEST_CASE("an id that cannot be kept is refused") {
    replay_cache cache;
    refused("empty", cache.remember("", noon + seconds(60), noon), error_code::replay_id_invalid);
    accepted("1024 bytes", cache.remember(std::string(1024, 'x'), noon + seconds(60), noon));
    refused("1025 bytes", cache.remember(std::string(1025, 'x'), noon + seconds(60), noon), error_code::replay_id_invalid);
    CHECK(cache.size() == 1);
}
