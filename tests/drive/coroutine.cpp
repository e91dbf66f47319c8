#include <calimatic/drive/coroutine.hpp>

#include <calimatic/flow/single_request.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/outcome.hpp"
#include "support/provider.hpp"
#include "support/task.hpp"

namespace cal = calimatic;
using cal::transport_failure;
using support::noon;
using support::task;

namespace {

/// What a suspended coroutine waits for, and how it goes on: at most one at a time.
struct scheduler {
    std::coroutine_handle<> suspended{};
    std::vector<std::string> points{};

    bool step() {
        if (!suspended) return false;
        std::exchange(suspended, {}).resume();
        return true;
    }
};

/// Suspends, and gives the value when it is resumed.
template <class T>
struct later {
    scheduler& at;
    T value;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) { at.suspended = waiting; }
    T await_resume() { return std::move(value); }
};

using answer = cal::result<cal::http_response, transport_failure>;

/// A host under virtual time, which suspends wherever it can.
struct suspending_host {
    scheduler& at;
    support::provider& server;
    cal::time_point time = noon;
    std::unique_ptr<int> owned = std::make_unique<int>(1); // read at every call: a host that is gone is found by the sanitizers

    cal::time_point now() const { return time + cal::milliseconds{*owned - 1}; }
    later<answer> send(cal::http_request request) {
        at.points.push_back("send " + request.url.substr(request.url.rfind('/') + 1));
        return {at, server.handle(request, now())};
    }
    later<int> wait_until(cal::time_point until) {
        at.points.push_back("wait");
        time = until;
        return {at, 0};
    }
};
static_assert(cal::awaitable_host<suspending_host>);

cal::http_request a_request() {
    cal::http_request request;
    request.url = "https://op.example/thing";
    return request;
}
auto status_of = [](cal::http_response const& response) -> cal::result<int> { return response.status; };

/// Waits, asks, sends and ends, each once.
struct all_points_flow {
    using value_type = std::string;
    std::unique_ptr<int> step = std::make_unique<int>(0);
    cal::crypto_answer answered{};
    bool aborted = false;

    std::optional<cal::crypto_question> poll_crypto_question() {
        if (*step != 1) return std::nullopt;
        *step = 2;
        std::optional<cal::crypto_question> question(std::in_place);
        question->id = 7;
        question->data = "abc";
        return question;
    }
    bool handle_crypto_answer(std::uint64_t id, cal::crypto_answer const& a) {
        if (id != 7 || *step != 2) return false;
        answered = a;
        *step = 3;
        return true;
    }
    std::optional<cal::http_request> poll_request(cal::time_point now) {
        if (*step == 0 && now >= noon + cal::seconds{1}) *step = 1;
        if (*step != 3) return std::nullopt;
        *step = 4;
        auto request = a_request();
        request.id = cal::request_id{9};
        return request;
    }
    bool handle_response(cal::request_id id, cal::http_response response, cal::time_point) {
        if (id != cal::request_id{9} || response.status != 404) return false;
        *step = 5;
        return true;
    }
    bool handle_failure(cal::request_id, transport_failure, cal::time_point) { return false; }
    std::optional<cal::time_point> next_deadline() const {
        if (*step == 0) return noon + cal::seconds{1};
        return *step == 1 ? std::optional(cal::at_once) : std::nullopt;
    }
    void abort() { aborted = true; }
    std::optional<cal::result<std::string>> poll_result() {
        if (*step != 5) return std::nullopt;
        *step = 6;
        return cal::result<std::string>(answered.digest);
    }
};
static_assert(cal::flow<all_points_flow> && cal::asks_crypto<all_points_flow>);

struct suspending_answers {
    scheduler& at;
    std::unique_ptr<int> owned = std::make_unique<int>(1);

    later<cal::crypto_answer> operator()(cal::crypto_question question) {
        at.points.push_back("ask " + std::string(question.data.expose()));
        return {at, {cal::crypto_answer::kind::digest, std::string(static_cast<std::size_t>(*owned), 'd')}};
    }
};

using points = std::vector<std::string>;
points const all_points{"wait", "wait", "ask abc", "send thing"};

} // namespace

TEST_CASE("a coroutine is suspended wherever the host waits, and ends with the flow's result") {
    scheduler at;
    support::provider server;
    suspending_host host{at, server};
    all_points_flow flow;
    suspending_answers answers{at};
    auto running = cal::co_drive<task>(flow, host, answers);
    CHECK(at.points.empty());
    running.start();
    while (at.step()) {}
    REQUIRE(running.done());
    CHECK(running.value().value() == "d");
    CHECK(at.points == all_points);
    CHECK(*flow.step == 6); // referred to, not copied
}

TEST_CASE("what is passed as an rvalue lives in the coroutine") {
    scheduler at;
    support::provider server;
    auto running = [&] { return cal::co_drive<task>(all_points_flow{}, suspending_host{at, server}, suspending_answers{at}); }();
    running.start();
    while (at.step()) {}
    REQUIRE(running.done());
    CHECK(running.value().value() == "d");
    CHECK(at.points == all_points);
}

TEST_CASE("a coroutine can be destroyed wherever it is suspended") {
    for (std::size_t steps = 0; steps <= all_points.size() + 1; ++steps) {
        INFO(steps);
        scheduler at;
        support::provider server;
        suspending_host host{at, server};
        all_points_flow flow;
        {
            auto by_value = cal::co_drive<task>(all_points_flow{}, suspending_host{at, server}, suspending_answers{at});
            auto by_name = cal::co_drive<task>(flow, host, suspending_answers{at});
            for (auto* const running : {&by_value, &by_name}) {
                at.points.clear();
                for (std::size_t step = 0; step < steps; ++step) step == 0 ? running->start() : static_cast<void>(at.step());
                CHECK(at.points.size() == (std::min)(steps, all_points.size()));
                CHECK(running->done() == (steps > all_points.size()));
            }
        }
        at.suspended = {};
        CHECK(host.owned);
        CHECK_FALSE(flow.aborted);
    }
}

TEST_CASE("a coroutine is awaited by another") {
    scheduler at;
    support::provider server;
    auto const outer = [](scheduler& s, support::provider& p) -> task<int> {
        suspending_host host{s, p}; // g++ 12 destroys an aggregate twice that is made within a co_await expression
        auto const status = co_await cal::co_drive<task>(cal::single_request(a_request(), status_of), host);
        co_return status.value();
    };
    auto running = outer(at, server);
    running.start();
    while (at.step()) {}
    REQUIRE(running.done());
    CHECK(running.value() == 404);
    CHECK(at.points == points{"send thing"});
}

TEST_CASE("what the transport of a coroutine could not do becomes the flow's error") {
    scheduler at;
    support::provider server;
    server.tamper = [](std::string_view, cal::http_response) -> answer { return transport_failure::no_answer; };
    auto running = cal::co_drive<task>(cal::single_request(a_request(), status_of), suspending_host{at, server});
    running.start();
    while (at.step()) {}
    CHECK(running.value().error() == cal::error_code::transport_no_answer);
}

TEST_CASE("the answers of a coroutine may also come at once, and nobody's is that none can be given") {
    scheduler at;
    support::provider server;
    all_points_flow flow;
    auto running = cal::co_drive<task>(flow, suspending_host{at, server}, [](cal::crypto_question const&) {
        return cal::crypto_answer{cal::crypto_answer::kind::digest, "now"};
    });
    running.start();
    while (at.step()) {}
    CHECK(running.value().value() == "now");
    CHECK(at.points == points{"wait", "wait", "send thing"});

    all_points_flow unanswered;
    auto without = cal::co_drive<task>(unanswered, suspending_host{at, server});
    without.start();
    while (at.step()) {}
    CHECK(without.done());
    CHECK(unanswered.answered.what == cal::crypto_answer::kind::unavailable);
}

TEST_CASE("a flow that waits for nothing that a coroutine can bring ends as in the wrong state") {
    scheduler at;
    support::provider server;
    all_points_flow flow;
    *flow.step = 4; // its request was sent by somebody else
    auto running = cal::co_drive<task>(flow, suspending_host{at, server});
    running.start();
    REQUIRE(running.done());
    CHECK(running.value().error() == cal::error_code::flow_in_wrong_state);
    CHECK(flow.aborted);
}

TEST_CASE("a whole sign-in goes through a coroutine") {
    scheduler at;
    support::provider server;
    support::seeded_random random(7);
    auto flow = cal::authorization_code_flow::start(
        server.metadata(), {.client_id = "client"}, {.redirect_uri = "https://app.example/cb"}, random, noon, {.request_userinfo = true})
                    .value();
    REQUIRE(flow.handle_redirect(server.authorize(*flow.authorization_url()), noon));
    auto running = cal::co_drive<task>(std::move(flow), suspending_host{at, server});
    running.start();
    while (at.step()) {}
    REQUIRE(running.done());
    support::accepted("the sign-in", running.value());
    CHECK(running.value()->claims.sub() == "alice");
    CHECK(at.points == points{"send jwks", "send token", "send userinfo"});
}
