#include <calimatic/drive/blocking.hpp>

#include <calimatic/flow/single_request.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cal = calimatic;

namespace {

using answer = cal::result<cal::http_response, cal::transport_failure>;

cal::http_request a_request() {
    cal::http_request request;
    request.url = "https://op.example/thing";
    return request;
}
auto status = [](cal::http_response const& response) -> cal::result<int> { return response.status; };

/// Sends nothing before a time, asks a question, and ends with its answer.
struct waiting_flow {
    using value_type = std::string;
    cal::time_point due{cal::milliseconds{500}};
    bool sent = false, asked = false;
    std::optional<cal::result<std::string>> ended;

    std::optional<cal::http_request> poll_request(cal::time_point now) {
        if (sent || now < due) return std::nullopt;
        sent = true;
        return a_request();
    }
    bool handle_response(cal::request_id, cal::http_response, cal::time_point) { return true; }
    bool handle_failure(cal::request_id, cal::transport_failure, cal::time_point) { return true; }
    std::optional<cal::time_point> next_deadline() const { return sent ? std::nullopt : std::optional(due); }
    void abort() { ended = cal::result<std::string>(cal::error_code::aborted); }
    std::optional<cal::result<std::string>> poll_result() { return std::exchange(ended, std::nullopt); }
    std::optional<cal::crypto_question> poll_crypto_question() {
        if (!sent || std::exchange(asked, true)) return std::nullopt;
        cal::crypto_question q;
        q.id = 7;
        return q;
    }
    bool handle_crypto_answer(std::uint64_t id, cal::crypto_answer const& a) {
        if (id != 7) return false;
        if (a.what == cal::crypto_answer::kind::digest) ended = cal::result<std::string>(a.digest);
        else ended = cal::result<std::string>(cal::error_code::crypto_unavailable);
        return true;
    }
};

struct recording_host {
    cal::time_point time{};
    std::vector<cal::time_point> waits;
    int sends = 0;

    cal::time_point now() const { return time; }
    void wait_until(cal::time_point until) {
        waits.push_back(until);
        time = until;
    }
    answer send(cal::http_request const&) {
        ++sends;
        return cal::http_response{200, {}, {}};
    }
};

} // namespace

TEST_CASE("a flow is driven by one callback") {
    std::string url;
    auto const ended = cal::drive(cal::single_request(a_request(), status), [&](cal::http_request const& request) -> answer {
        url = request.url;
        return cal::http_response{204, {}, {}};
    });
    CHECK(ended.value() == 204);
    CHECK(url == "https://op.example/thing");
}

TEST_CASE("what the transport could not do becomes the flow's error") {
    auto const ended =
        cal::drive(cal::single_request(a_request(), status), [](cal::http_request const&) -> answer { return cal::transport_failure::no_answer; });
    CHECK(ended.error() == cal::error_code::transport_no_answer);
}

TEST_CASE("a host waits until the deadline, sends once, and answers the question") {
    recording_host host;
    waiting_flow flow;
    auto const ended = cal::drive(flow, host, [](cal::crypto_question const& q) {
        CHECK(q.id == 7);
        return cal::crypto_answer{cal::crypto_answer::kind::digest, "digest"};
    });
    CHECK(ended.value() == "digest");
    CHECK(host.waits == std::vector<cal::time_point>{cal::time_point{cal::milliseconds{500}}});
    CHECK(host.sends == 1);
}

TEST_CASE("a question that nobody answers ends the flow") {
    recording_host host;
    waiting_flow flow;
    CHECK(cal::drive(flow, host).error() == cal::error_code::crypto_unavailable);
}

TEST_CASE("a flow that waits for nothing that a driver can bring ends as in the wrong state") {
    struct stuck_flow : waiting_flow {
        std::optional<cal::crypto_question> poll_crypto_question() { return std::nullopt; }
    } flow;
    recording_host host;
    CHECK(cal::drive(flow, host).error() == cal::error_code::flow_in_wrong_state);
}

TEST_CASE("the system's clock is the time since 1970") {
    auto const now = cal::system_now();
    CHECK(now > cal::time_point{cal::milliseconds{1'750'000'000'000}});
    CHECK(cal::system_now() >= now);
}
