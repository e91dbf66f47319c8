#include <calimatic/flow/bulk_event.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("counts add up, and an event is nothing to save unless it says so") {
    calimatic::bulk_counts const counts{
        .created = 1, .existing = 2, .provisioned = 4, .refused = 8, .unconfirmed = 16, .unknown = 32, .duplicate = 64};
    CHECK(counts.total() == 127);
    CHECK(counts == calimatic::bulk_counts(counts));
    CHECK(calimatic::bulk_event{}.generation == 0);
}
