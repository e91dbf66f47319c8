#include <calimatic/flow/storage.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("storage that is not chosen is the host's") { CHECK(calimatic::storage{} == calimatic::storage::by_host); }
