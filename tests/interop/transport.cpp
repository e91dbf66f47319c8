#include "host.hpp"
#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "support/loopback_listener.hpp"

using namespace interop;
using failure = cal::transport_failure;

// The transport of the examples against a server that misbehaves (run.mjs): the contract of core/http.hpp.

namespace {

cal::result<cal::http_response, failure> get(std::string url, cal::milliseconds timeout = cal::milliseconds(5000), std::size_t largest = 1000) {
    cal::http_request request;
    request.url = std::move(url);
    request.timeout = timeout;
    request.max_response_body = largest;
    return example::curl_transport()(request);
}
auto get_here(std::string const& path, cal::milliseconds timeout = cal::milliseconds(5000), std::size_t largest = 1000) {
    return get(setting("CALIMATIC_INTEROP_CONTROL") + path, timeout, largest);
}

void fails_with(cal::result<cal::http_response, failure> const& outcome, failure expected) {
    REQUIRE_FALSE(outcome);
    CHECK(static_cast<int>(outcome.error()) == static_cast<int>(expected));
}

} // namespace

TEST_CASE("the transport hands a redirect back and does not follow it") {
    auto const response = get_here("/redirect");
    REQUIRE(response);
    CHECK(response->status == 302);
    CHECK(cal::find_header(response->headers, "location"));
    CHECK(get_here("/landed")->body == "0 visits");
}

TEST_CASE("the transport keeps no cookies") {
    example::curl_transport const send;
    cal::http_request request;
    request.url = setting("CALIMATIC_INTEROP_CONTROL") + "/cookie";
    for (int i = 0; i < 2; ++i) {
        auto const response = send(request);
        REQUIRE(response);
        CHECK(cal::find_header(response->headers, "set-cookie"));
        CHECK(response->body == "no cookie");
    }
}

TEST_CASE("the transport gives the header of the final answer only") {
    auto const response = get_here("/interim");
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK_FALSE(cal::find_header(response->headers, "link"));
    CHECK_FALSE(cal::find_header(response->headers, "x-trailer"));
    CHECK(cal::find_header(response->headers, "X-FINAL") == "yes");
}

TEST_CASE("the transport sends method headers and body as they are given") {
    cal::http_request request;
    request.method = cal::http_method::post;
    request.url = setting("CALIMATIC_INTEROP_CONTROL") + "/echo";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"X-Empty", ""}, {"Authorization", "Bearer abc"}};
    request.body = std::string("a=b\0&c=d", 8);
    auto const response = example::curl_transport()(request);
    REQUIRE(response);
    auto const echo = cal::parse_json(response->body, 10'000);
    REQUIRE(echo);
    CHECK(echo->root()["method"].as_string() == "POST");
    CHECK(echo->root()["body"].as_string() ==
        "613d62002663"
        "3d64"); // in hexadecimal
    CHECK(echo->root()["headers"]["content-type"].as_string() == "application/x-www-form-urlencoded");
    CHECK(echo->root()["headers"]["authorization"].as_string() == "Bearer abc");
    CHECK(echo->root()["headers"]["x-empty"].as_string() == "");
    CHECK_FALSE(echo->root()["headers"]["expect"].has_value());

    request.method = cal::http_method::delete_;
    request.headers.clear();
    request.body.clear();
    auto const second = example::curl_transport()(request);
    REQUIRE(second);
    auto const deleted = cal::parse_json(second->body, 10'000);
    REQUIRE(deleted);
    CHECK(deleted->root()["method"].as_string() == "DELETE");
    CHECK_FALSE(deleted->root()["headers"]["content-type"].has_value());
}

TEST_CASE("the transport stops reading a body that is too large") {
    auto const begun = std::chrono::steady_clock::now();
    fails_with(get_here("/endless"), failure::too_large);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(3));
    CHECK(get_here("/bytes", cal::milliseconds(5000), 1000)->body.size() == 1000);
    fails_with(get_here("/bytes", cal::milliseconds(5000), 999), failure::too_large);
}

TEST_CASE("the transport stops reading a header that is too large") { fails_with(get_here("/endless-header"), failure::too_large); }

TEST_CASE("the transport does not wait for longer than the request allows") {
    auto const begun = std::chrono::steady_clock::now();
    fails_with(get_here("/hang", cal::milliseconds(300)), failure::no_answer);
    fails_with(get_here("/drip", cal::milliseconds(300)), failure::no_answer);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(3));
}

TEST_CASE("the transport reports an answer that breaks off as no answer") {
    fails_with(get_here("/reset"), failure::no_answer);
    fails_with(get_here("/truncated"), failure::no_answer);
}

TEST_CASE("the transport knows when nothing can have been sent") {
    fails_with(get("http://127.0.0.1:1/"), failure::not_sent);
    fails_with(get("http://no-such-host.invalid/", cal::milliseconds(3000)), failure::not_sent);
    fails_with(get("file:///etc/hostname"), failure::not_sent);
}

TEST_CASE("the transport refuses a certificate that nobody vouches for") {
    fails_with(get(setting("CALIMATIC_INTEROP_SELF_SIGNED") + "/"), failure::not_sent);
    CHECK(ask("/self-signed-requests") == "0");
}

TEST_CASE("the listener gives up when its time has come") {
    auto listener = example::loopback_listener::listen("http://127.0.0.1/callback");
    REQUIRE(listener);
    auto const until = example::loopback_listener::clock::now() + std::chrono::milliseconds(100);
    CHECK_FALSE(listener->serve(until, [](std::string_view) { return true; }));
    CHECK(example::loopback_listener::clock::now() >= until);
}
