#include <calimatic/drive/callback.hpp>

#include <calimatic/flow/single_request.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/outcome.hpp"
#include "support/provider.hpp"
#include "support/sessions.hpp"

namespace cal = calimatic;
using cal::transport_failure;
using support::noon;

// Every allocation of the test program is counted, so that an idle pump can be seen to make none.
namespace {
std::size_t allocations = 0;
void* counted(std::size_t size) {
    ++allocations;
    auto* const memory = std::malloc(size);
    if (!memory) std::abort();
    return memory;
}
} // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using response_answer = std::function<void(cal::result<cal::http_response, transport_failure>)>;
using question_answer = std::function<void(cal::crypto_answer)>;

cal::http_request a_request() {
    cal::http_request request;
    request.url = "https://op.example/thing";
    return request;
}
cal::http_response a_response(std::string body = "body") { return {200, {}, std::move(body)}; }

auto body_of = [](cal::http_response const& response) -> cal::result<std::string> { return response.body; };
auto a_flow() { return cal::single_request(a_request(), body_of); }

/// What a flow of the above ended with: a body, the name of a rule, or "" where it has not ended.
template <class F>
std::string ending(F& flow) {
    auto ended = flow.poll_result();
    if (!ended) return {};
    return *ended ? **ended : support::rule_name(*ended);
}

/// Keeps what it is asked to send, for the test to answer.
struct keeping_host {
    std::vector<cal::http_request> requests;
    std::vector<response_answer> answers;
    std::vector<cal::crypto_question> questions;
    std::vector<question_answer> question_answers;

    auto send() {
        return [this](cal::http_request request, auto answer) {
            requests.push_back(std::move(request));
            answers.push_back(answer);
        };
    }
    auto ask() {
        return [this](cal::crypto_question question, auto answer) {
            questions.push_back(std::move(question));
            question_answers.push_back(answer);
        };
    }
};

/// Asks as many questions as it is told to, and one request; keeps what it was told.
struct asking_machine {
    int to_ask = 0;
    bool to_send = false;
    std::uint64_t last_question = 0;
    std::vector<std::string> told;

    std::optional<cal::http_request> poll_request(cal::time_point) {
        if (!std::exchange(to_send, false)) return std::nullopt;
        auto request = a_request();
        request.id = cal::request_id{1};
        return request;
    }
    bool handle_response(cal::request_id id, cal::http_response response, cal::time_point) {
        told.push_back("response " + std::to_string(static_cast<int>(id)) + " " + response.body);
        return true;
    }
    bool handle_failure(cal::request_id id, transport_failure failure, cal::time_point) {
        told.push_back("failure " + std::to_string(static_cast<int>(id)) + " " + std::to_string(static_cast<int>(failure)));
        return true;
    }
    std::optional<cal::time_point> next_deadline() const { return std::nullopt; }
    void abort() {}
    std::optional<cal::crypto_question> poll_crypto_question() {
        if (to_ask == 0) return std::nullopt;
        --to_ask;
        cal::crypto_question question;
        question.id = ++last_question;
        return question;
    }
    bool handle_crypto_answer(std::uint64_t id, cal::crypto_answer const& answer) {
        told.push_back("answer " + std::to_string(id) + " " + std::to_string(static_cast<int>(answer.what)));
        return true;
    }
};
static_assert(cal::asks_crypto<asking_machine> && cal::machine<asking_machine>);

cal::crypto_answer const yes{cal::crypto_answer::kind::yes, {}};
using told = std::vector<std::string>;

} // namespace

TEST_CASE("an answer that comes inside of send reaches the machine in the next call, with the time of that, and the pump says so") {
    cal::pump pump;
    std::string url;
    auto const send = [&](cal::http_request request, auto answer) {
        url = request.url;
        answer(a_response());
    };
    cal::time_point answered_at{};
    auto flow = cal::single_request(a_request(), [&](cal::http_response const& response, cal::time_point now) -> cal::result<std::string> {
        answered_at = now;
        return response.body;
    });
    CHECK(pump(flow, send, noon));
    CHECK(url == "https://op.example/thing");
    CHECK(ending(flow).empty());
    CHECK_FALSE(pump(flow, send, noon + cal::seconds(3)));
    CHECK(ending(flow) == "body");
    CHECK(answered_at == noon + cal::seconds(3));
}

TEST_CASE("an answer that comes later reaches the machine in the next call of the pump") {
    cal::pump pump;
    keeping_host host;
    auto flow = a_flow();
    for (int frame = 0; frame < 3; ++frame) pump(flow, host.send(), noon);
    REQUIRE(host.requests.size() == 1);
    host.answers[0](a_response());
    CHECK(ending(flow).empty()); // not yet: the host's callback does not touch the machine
    pump(flow, host.send(), noon);
    CHECK(ending(flow) == "body");
    pump(flow, host.send(), noon);
    CHECK(host.requests.size() == 1);
}

TEST_CASE("a transport failure is an answer") {
    cal::pump pump;
    for (auto const& [failure, name] : {std::pair(transport_failure::not_sent, "transport_not_sent"),
             {transport_failure::no_answer, "transport_no_answer"}, {transport_failure::too_large, "transport_too_large"}}) {
        auto flow = a_flow();
        auto const send = [&, f = failure](cal::http_request, auto answer) { answer(f); };
        while (pump(flow, send, noon)) {}
        CHECK(ending(flow) == name);
    }
}

TEST_CASE("the first answer counts") {
    cal::pump pump;
    keeping_host host;
    auto flow = a_flow();
    pump(flow, host.send(), noon);
    auto const copy = host.answers[0];
    copy(a_response("first"));
    host.answers[0](a_response("second"));
    copy(transport_failure::no_answer);
    pump(flow, host.send(), noon);
    host.answers[0](a_response("third"));
    pump(flow, host.send(), noon);
    CHECK(ending(flow) == "first");
}

TEST_CASE("an answer that never comes leaves the machine waiting, for the host to abort") {
    cal::pump pump;
    keeping_host host;
    auto flow = a_flow();
    pump(flow, host.send(), noon);
    host.answers.clear();
    for (int frame = 0; frame < 3; ++frame) pump(flow, host.send(), noon);
    CHECK(ending(flow).empty());
    flow.abort();
    pump(flow, host.send(), noon);
    CHECK(ending(flow) == "aborted");
}

TEST_CASE("an answer after the machine was aborted is ignored") {
    cal::pump pump;
    keeping_host host;
    auto flow = a_flow();
    pump(flow, host.send(), noon);
    flow.abort();
    host.answers[0](a_response());
    pump(flow, host.send(), noon);
    CHECK(ending(flow) == "aborted");
}

TEST_CASE("an answer after the machine and the pump are gone does nothing") {
    keeping_host host;
    {
        cal::pump pump;
        auto flow = std::make_unique<decltype(a_flow())>(a_flow());
        pump(*flow, host.send(), noon);
        flow.reset();
        host.answers[0](a_response()); // kept by the pump until it ends
        auto other = a_flow();
        cal::pump another;
        another(other, host.send(), noon);
    }
    for (auto const& answer : host.answers) answer(a_response());
    CHECK(host.answers.size() == 2);
}

TEST_CASE("a pump that was moved goes on, and the one that is left can be used anew") {
    cal::pump first;
    keeping_host host;
    auto flow = a_flow();
    first(flow, host.send(), noon);
    cal::pump second = std::move(first);
    host.answers[0](a_response());
    first(flow, host.send(), noon); // NOLINT: it has nothing outstanding
    CHECK(ending(flow).empty());
    second(flow, host.send(), noon);
    CHECK(ending(flow) == "body");
    STATIC_CHECK_FALSE(std::is_copy_constructible_v<cal::pump>); // two that wait for one answer
}

TEST_CASE("a machine where another one was does not get the answers that were meant for that") {
    cal::pump pump;
    keeping_host host;
    auto flow = std::optional(a_flow());
    pump(*flow, host.send(), noon);
    auto const* const place = &*flow;
    SECTION("one that has sent nothing yet") {
        host.answers[0](a_response("of the old one"));
        flow.emplace(a_flow());
        REQUIRE(&*flow == place);
        pump(*flow, host.send(), noon);
        REQUIRE(host.requests.size() == 2);
        CHECK(host.requests[0].id == host.requests[1].id); // both count from the same number
    }
    SECTION("one that has sent its own request") {
        flow.emplace(a_flow());
        pump(*flow, host.send(), noon);
        REQUIRE(host.requests.size() == 2);
        host.answers[0](a_response("of the old one"));
    }
    pump(*flow, host.send(), noon);
    CHECK(ending(*flow).empty());
    host.answers[1](a_response("its own"));
    pump(*flow, host.send(), noon);
    CHECK(ending(*flow) == "its own");
}

TEST_CASE("two machines that share a pump do not get each other's answers, and neither waits for ever") {
    cal::pump pump;
    keeping_host host;
    auto a = a_flow(), b = a_flow();
    pump(a, host.send(), noon);
    pump(b, host.send(), noon);
    host.answers[0](a_response("of a"));
    host.answers[1](a_response("of b"));
    pump(a, host.send(), noon);
    CHECK(ending(a) == "transport_cancelled");
    pump(b, host.send(), noon);
    CHECK(ending(b).empty());
    b.abort();
}

TEST_CASE("a machine that was moved with a request in flight is told that it was cancelled") {
    cal::pump pump;
    keeping_host host;
    auto flow = a_flow();
    pump(flow, host.send(), noon);
    auto moved = std::move(flow);
    host.answers[0](a_response());
    pump(moved, host.send(), noon);
    CHECK(ending(moved) == "transport_cancelled");
}

TEST_CASE("questions are asked with the requests, and answered in any order") {
    cal::pump pump;
    keeping_host host;
    asking_machine machine;
    machine.to_ask = 3;
    machine.to_send = true;
    pump(machine, host.send(), noon, host.ask());
    REQUIRE(host.questions.size() == 3);
    REQUIRE(host.requests.size() == 1);
    CHECK(host.questions[2].id == 3);
    host.question_answers[2](yes);
    pump(machine, host.send(), noon, host.ask());
    CHECK(machine.told == told{"answer 3 2"});
    host.question_answers[2]({}); // a second time
    host.answers[0](a_response());
    host.question_answers[0]({cal::crypto_answer::kind::no, {}});
    pump(machine, host.send(), noon, host.ask());
    CHECK(machine.told == told{"answer 3 2", "response 1 body", "answer 1 1"});
    host.question_answers[1](yes);
    pump(machine, host.send(), noon, host.ask());
    CHECK(machine.told.back() == "answer 2 2");
}

TEST_CASE("a question that is answered at once is answered in the same call") {
    cal::pump pump;
    keeping_host host;
    asking_machine machine;
    machine.to_ask = 2;
    pump(machine, host.send(), noon, [](cal::crypto_question, auto answer) { answer(yes); });
    CHECK(machine.told == told{"answer 1 2", "answer 2 2"});
}

TEST_CASE("without anyone to ask, every answer is that none can be given") {
    cal::pump pump;
    keeping_host host;
    asking_machine machine;
    machine.to_ask = 1;
    pump(machine, host.send(), noon);
    CHECK(machine.told == told{"answer 1 0"});
}

TEST_CASE("an answer to a question of the machine that was there before does not count for the new one") {
    cal::pump pump;
    keeping_host host;
    auto machine = std::optional<asking_machine>(std::in_place);
    machine->to_ask = 1;
    pump(*machine, host.send(), noon, host.ask());
    machine.emplace().to_ask = 1;
    pump(*machine, host.send(), noon, host.ask());
    REQUIRE(host.questions.size() == 2);
    REQUIRE(host.questions[0].id == host.questions[1].id);
    host.question_answers[0](yes);
    pump(*machine, host.send(), noon, host.ask());
    CHECK(machine->told.empty());
    host.question_answers[1]({cal::crypto_answer::kind::no, {}});
    pump(*machine, host.send(), noon, host.ask());
    CHECK(machine->told == told{"answer 1 1"});
}

TEST_CASE("a machine at another place is told that nothing comes, for questions, too") {
    cal::pump pump;
    keeping_host host;
    asking_machine machine;
    machine.to_ask = 2;
    machine.to_send = true;
    pump(machine, host.send(), noon, host.ask());
    auto moved = machine;
    for (auto const& answer : host.question_answers) answer(yes);
    pump(moved, host.send(), noon, host.ask());
    CHECK(moved.told == told{"failure 1 4", "answer 1 0", "answer 2 0"});
    CHECK(machine.told.empty());
}

TEST_CASE("an idle pump does not allocate") {
    cal::pump pump;
    keeping_host host;
    asking_machine machine;
    auto const send = host.send();
    auto const ask = host.ask();
    auto const idle = [&] {
        auto const before = allocations;
        for (int frame = 0; frame < 100; ++frame) pump(machine, send, noon, ask);
        return allocations - before;
    };
    CHECK(idle() == 0);
    machine.to_ask = 1;
    machine.to_send = true;
    pump(machine, send, noon, ask);
    CHECK(idle() == 0); // while something is outstanding, too
    REQUIRE(allocations > 0);
}

TEST_CASE("a session that rests costs no allocation either") {
    support::session_fixture f;
    auto session = f.start();
    cal::pump pump;
    keeping_host host;
    auto const send = host.send();
    pump(session, send, f.now());
    auto const before = allocations;
    for (int frame = 0; frame < 100; ++frame) {
        f.now() += cal::milliseconds(16);
        pump(session, send, f.now());
        if (session.poll_event() || !session.access_token(f.now()) || !session.next_deadline()) break;
    }
    CHECK(allocations == before);
    CHECK(f.now() > support::noon + cal::milliseconds(1600));
}

TEST_CASE("answers may come from other threads while the pump runs") {
    std::vector<std::thread> threads;
    for (int round = 0; round < 50; ++round) {
        cal::pump pump;
        auto flow = a_flow();
        std::string body;
        while ((body = ending(flow)).empty()) {
            pump(
                flow,
                [&](cal::http_request, auto answer) {
                    for (int i = 0; i < 2; ++i) threads.emplace_back([answer] { answer(a_response("of a thread")); });
                },
                noon);
            std::this_thread::yield();
        }
        CHECK(body == "of a thread");
        // This one's answer comes while its pump ends, or later.
        cal::pump short_lived;
        auto dropped = a_flow();
        short_lived(
            dropped, [&](cal::http_request, auto answer) { threads.emplace_back([answer] { answer(a_response()); }); }, noon);
    }
    for (auto& thread : threads) thread.join();
}

TEST_CASE("a whole sign-in goes through a pump, frame by frame, its questions answered a frame later") {
    support::provider provider;
    support::seeded_random random(7);
    auto flow = cal::authorization_code_flow::start(provider.metadata(), {.client_id = "client"}, {.redirect_uri = "https://app.example/cb"}, random,
        noon, {.crypto = cal::crypto_answers::by_host, .request_userinfo = true})
                    .value();
    cal::pump pump;
    keeping_host host;
    std::optional<cal::result<cal::sign_in>> user;
    for (int frame = 0; frame < 40 && !user; ++frame) {
        for (std::size_t i = 0; i < host.requests.size(); ++i) host.answers[i](provider.handle(host.requests[i], noon));
        for (std::size_t i = 0; i < host.questions.size(); ++i) host.question_answers[i](cal::answer_inside(host.questions[i]));
        host = {};
        pump(flow, host.send(), noon, host.ask());
        if (flow.awaiting_redirect()) CHECK(flow.handle_redirect(provider.authorize(*flow.authorization_url()), noon));
        user = flow.poll_result();
    }
    REQUIRE(user);
    support::accepted("the sign-in", *user);
    CHECK((*user)->claims.sub() == "alice");
    CHECK(provider.log == std::vector<std::string>{"jwks", "token", "userinfo"});
}
