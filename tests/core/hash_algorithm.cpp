#include <calimatic/core/hash_algorithm.hpp>
#include <catch2/catch_test_macros.hpp>
#include <type_traits>

using namespace calimatic;

TEST_CASE("the hash functions are distinct and one byte wide") {
    STATIC_CHECK(sizeof(hash_algorithm) == 1);
    STATIC_CHECK(std::is_enum_v<hash_algorithm>);
    STATIC_CHECK(hash_algorithm::sha256 != hash_algorithm::sha384);
    STATIC_CHECK(hash_algorithm::sha384 != hash_algorithm::sha512);
}
