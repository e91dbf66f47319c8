#include <calimatic/auth.hpp>
#include <calimatic/drive/coroutine.hpp>

#include "exercise.hpp"
#include "support/keys.hpp"
#include "support/task.hpp"
#include "support/vectors.hpp"

namespace cal = calimatic;

namespace {

/// An answer that is there at once, and awaited all the same.
struct awaited_answer {
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    cal::result<cal::http_response, cal::transport_failure> await_resume() const { return cal::http_response{204, {}, {}}; }
};
struct awaited_host {
    static cal::time_point now() { return {}; }
    static awaited_answer send(cal::http_request) { return {}; }
    static std::suspend_never wait_until(cal::time_point) { return {}; }
};

} // namespace

void exercise_drivers() {
    auto const flow = [] {
        cal::http_request request;
        request.url = "https://api.example/thing";
        return cal::single_request(std::move(request), [](cal::http_response const& response) -> cal::result<int> { return response.status; });
    };
    auto pumped = flow();
    cal::pump pump;
    auto const send = [](cal::http_request, auto answer) { answer(cal::http_response{204, {}, {}}); };
    while (pump(pumped, send, {})) {}
    auto const ended = pumped.poll_result();
    expect(ended && *ended && **ended == 204, "a flow ends that is pumped");

    auto running = cal::co_drive<support::task>(flow(), awaited_host{});
    running.start();
    expect(running.done() && running.value() && *running.value() == 204, "a flow ends as a coroutine");
}

void exercise_tokens() {
    auto const keys = cal::parse_jwk_set(support::jwk_set_text({support::public_jwk(vectors::rfc7515_a2_jwk)}));
    expect(keys && keys->keys.size() == 1 && keys->skipped.empty(), "the key of RFC 7515 A.2 is read");

    std::string token(vectors::rfc7515_a2);
    auto const parsed = cal::parse_compact_jws(token);
    expect(parsed && parsed->alg == "RS256", "the token of RFC 7515 A.2 is taken apart");
#if !defined(CALIMATIC_CRYPTO_NONE)
    cal::signature_verifier verifier(*keys, {cal::signature_algorithm::rs256});
    expect(verifier.verify_signature(*parsed).has_value(), "its signature is verified");

    token[token.size() - 100] = token[token.size() - 100] == 'A' ? 'B' : 'A';
    auto const changed = cal::parse_compact_jws(token);
    auto const refused = verifier.verify_signature(*changed);
    expect(!refused && refused.error() == cal::error_code::jws_signature_invalid, "a changed signature is refused");
#endif

    for (auto broken : {"", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[1e400]", "{\"keys\":3}", "\xff"})
        expect(!cal::parse_jwk_set(broken), "a broken key set is refused");
    auto const deep = cal::parse_json(std::string(100, '['), 1000);
    expect(!deep && !deep.error().message().empty(), "JSON that is nested too deep is refused, with words");
}
