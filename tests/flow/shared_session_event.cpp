#include <calimatic/flow/shared_session_event.hpp>

#include <catch2/catch_test_macros.hpp>

namespace cal = calimatic;

TEST_CASE("an event of a shared session that says nothing ends it") {
    cal::shared_session_event const event;
    CHECK(event.what == cal::shared_session_event::kind::ended);
    CHECK(event.generation == 0);
    CHECK_FALSE(event.error);
    CHECK_FALSE(event.retry_at);
    CHECK(event.text.empty());
}
