#include <calimatic/flow/session_event.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("an event is nothing to save unless it says so, and a copy is as good") {
    calimatic::session_event const event{
        .what = calimatic::session_event::kind::refresh_failed, .error = calimatic::error(calimatic::error_code::transport_not_sent).with_got("x")};
    CHECK(event.generation == 0);
    auto const copy = event;
    CHECK(copy.error->got() == "x");
    CHECK(*copy.error == calimatic::error_code::transport_not_sent);
}
