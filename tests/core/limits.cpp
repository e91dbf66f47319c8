#include <calimatic/core/limits.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace calimatic;

TEST_CASE("the default limits fit each other") {
    constexpr limits l;
    STATIC_CHECK(l.token <= l.token_body);
    STATIC_CHECK(l.jose_header < l.token);
    STATIC_CHECK(l.kid < l.jose_header);
    STATIC_CHECK(l.key_candidates <= l.keys);
    STATIC_CHECK(l.json_string >= l.token); // a token arrives as a string of JSON
    STATIC_CHECK(l.blob >= l.token);
    STATIC_CHECK(l.json_depth >= 8);
    STATIC_CHECK(l.json_depth <= 64);
    STATIC_CHECK(l.server_text <= 4096);
}

TEST_CASE("a limit is changed by name") {
    constexpr limits l{.json_depth = 4};
    STATIC_CHECK(l.json_depth == 4);
    STATIC_CHECK(l.url == limits{}.url);
}
