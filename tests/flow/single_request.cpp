#include <calimatic/flow/single_request.hpp>

#include <calimatic/flow/machine.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

namespace cal = calimatic;

namespace {

cal::http_request a_request() {
    cal::http_request request;
    request.url = "https://op.example/thing";
    return request;
}

auto length = [](cal::http_response const& response) -> cal::result<std::size_t> {
    if (response.status != 200) return cal::error_code::status_unexpected;
    return response.body.size();
};

} // namespace

TEST_CASE("a single request is handed out once and ends with what the parser makes of the answer") {
    cal::single_request flow(a_request(), length);
    static_assert(cal::flow<decltype(flow)>);
    CHECK(flow.next_deadline() == cal::at_once);
    auto request = flow.poll_request({});
    REQUIRE(request);
    CHECK(request->url == "https://op.example/thing");
    CHECK_FALSE(flow.poll_request({}));
    CHECK_FALSE(flow.next_deadline());
    CHECK_FALSE(flow.poll_result());
    CHECK(flow.handle_response(request->id, {200, {}, "four"}, {}));
    auto ended = flow.poll_result();
    REQUIRE(ended);
    CHECK(ended->value() == 4);
    CHECK_FALSE(flow.poll_result());
    CHECK_FALSE(flow.poll_request({}));
}

TEST_CASE("an answer that nobody waits for is ignored") {
    cal::single_request flow(a_request(), length);
    CHECK_FALSE(flow.handle_response(cal::request_id{1}, {200, {}, "early"}, {}));
    auto request = flow.poll_request({});
    CHECK_FALSE(flow.handle_response(cal::request_id{7}, {200, {}, "another"}, {}));
    CHECK_FALSE(flow.handle_failure(cal::request_id{7}, cal::transport_failure::no_answer, {}));
    CHECK_FALSE(flow.poll_result());
    CHECK(flow.handle_response(request->id, {200, {}, "x"}, {}));
    CHECK_FALSE(flow.handle_response(request->id, {200, {}, "again"}, {}));
    CHECK(flow.poll_result()->value() == 1);
}

TEST_CASE("a transport failure, a refusal of the parser and a request that cannot be built are results") {
    cal::single_request failing(a_request(), length);
    CHECK(failing.handle_failure(failing.poll_request({})->id, cal::transport_failure::not_sent, {}));
    CHECK(failing.poll_result()->error() == cal::error_code::transport_not_sent);

    cal::single_request refused(a_request(), length);
    CHECK(refused.handle_response(refused.poll_request({})->id, {404, {}, {}}, {}));
    CHECK(refused.poll_result()->error() == cal::error_code::status_unexpected);

    cal::single_request unbuilt(cal::result<cal::http_request>(cal::error_code::endpoint_missing), length);
    CHECK_FALSE(unbuilt.poll_request({}));
    CHECK(unbuilt.poll_result()->error() == cal::error_code::endpoint_missing);
}

TEST_CASE("an aborted request ends as aborted, and its answer is ignored") {
    cal::single_request flow(a_request(), length);
    auto request = flow.poll_request({});
    flow.abort();
    CHECK_FALSE(flow.handle_response(request->id, {200, {}, "late"}, {}));
    CHECK(flow.poll_result()->error() == cal::error_code::aborted);
    flow.abort();
    CHECK_FALSE(flow.poll_result());
}

TEST_CASE("the parser is given the time where it wants it, and may return nothing but success") {
    cal::time_point seen{};
    cal::single_request flow(a_request(), [&](cal::http_response const&, cal::time_point now) -> cal::result<void> {
        seen = now;
        return {};
    });
    auto request = flow.poll_request({});
    cal::time_point const later{cal::milliseconds{5000}};
    CHECK(flow.handle_response(request->id, {204, {}, {}}, later));
    CHECK(seen == later);
    CHECK(flow.poll_result()->has_value());
}
