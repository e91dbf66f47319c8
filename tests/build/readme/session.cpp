// Surroundings of fragments about a session: there are `user`, who has signed in, `pump`, and `engine_http`, whose answers come a frame later.
#include "surroundings.hpp"
#include "fragment_includes.inc"

#include <functional>
#include <memory>

namespace {

struct slow_http {
    std::vector<std::function<void()>> answers;

    template <class Answer>
    void start(cal::http_request request, Answer answer) {
        answers.push_back([request = std::make_shared<cal::http_request>(std::move(request)), answer] { answer(send(*request)); });
    }
};

void example() {
    program host;
    auto flow = host.returned();
    auto user = cal::drive(flow, send).value();
    auto& [now, random, server, client, parameters] = host;
    slow_http engine_http;
    cal::pump pump;
    int frame = 0;
    std::string seen;
    auto const playing = [&] { // an hour a frame, with the answers of the frame before
        now.time += std::chrono::hours(1);
        for (auto const& answer : std::exchange(engine_http.answers, {})) answer();
        return ++frame < 10;
    };
    auto const show_hint = [](std::string_view text) { std::printf("%.*s\n", static_cast<int>(text.size()), text.data()); };
    auto const call_api = [&](std::string token, auto refused) {
        if (frame == 9) refused(token);
        seen = std::move(token);
    };
    {
#include "fragment.inc"
    }
    if (seen != "the-next" || load().find("the-next") == std::string::npos) show("the session was not refreshed: " + seen);
}

} // namespace

int main() { example(); }
