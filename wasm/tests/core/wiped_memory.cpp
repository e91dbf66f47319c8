// Memory that held a secret is wiped before it is given back: every block is looked at when it is.

#include "page.hpp"
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view secret = "a-secret-that-is-to-be-found-nowhere";
bool is_watching = false;
int found = 0;

void give_back(void* block) noexcept {
    if (block && is_watching && std::string_view(static_cast<char*>(block), malloc_usable_size(block)).find(secret) != std::string_view::npos)
        ++found;
    std::free(block);
}

} // namespace

void* operator new(std::size_t size) {
    auto* const block = std::calloc(1, size == 0 ? 1 : size); // so that nothing older is found in it
    if (!block) std::abort();
    return block;
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }

namespace {

using module::handed;
using module::reply;

/// What `run` leaves behind; its own reply is the host's to give back.
template <class F>
reply watched(F&& run) {
    is_watching = true;
    auto* const packed = run();
    is_watching = false;
    return reply(packed);
}

reply call(std::string_view name, std::string const& json, std::string_view bytes = {}) {
    handed const n(name), j(json), b(bytes);
    return watched([&] { return calimatic_call(n.bytes, n.size, j.bytes, j.size, b.bytes, b.size, module::noon); });
}

reply invoke(std::uint32_t handle, std::string_view name, std::string const& json = "{}") {
    handed const n(name), j(json);
    return watched([&] { return calimatic_invoke(handle, n.bytes, n.size, j.bytes, j.size, module::noon); });
}

void drop(std::uint32_t handle) {
    is_watching = true;
    calimatic_drop(handle);
    is_watching = false;
}

} // namespace

TEST_CASE("a block that holds the secret is found") {
    found = 0;
    is_watching = true;
    delete new std::string(secret);
    is_watching = false;
    CHECK(found == 1);
}

TEST_CASE("functions leave no secret in memory") {
    found = 0;
    auto const text = "\"" + std::string(secret) + "\"";
    auto const holds = [&](reply const& made) { return made.text().find(secret) != std::string::npos; };
    struct {
        std::string_view name;
        std::string arguments;
        std::string bytes{};
    } const rows[]{
        {"parse_token_response", R"({"response":{"status":200}})",
            R"({"access_token":)" + text + R"(,"token_type":"Bearer","refresh_token":)" + text + R"(,"id_token":)" + text + "}"},
        {"build_token_request", module::with_server(R"("grant":{"grant_type":"refresh_token","refresh_token":)" + text + "}")},
        {"build_token_request",
            module::with_server(R"("grant":{"grant_type":"authorization_code","redirect_uri":"https://app.example/","code":)" + text +
                R"(,"code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"})")},
        {"build_revocation_request", module::with_server("\"token\":" + text)},
        {"put_bearer_token", R"({"request":{"url":"https://api.example/"},"access_token":)" + text + "}"},
        {"build_userinfo_request", "{" + std::string(module::server) + ",\"access_token\":" + text + "}"},
        {"build_authorization_url",
            module::with_server(R"("parameters":{"redirect_uri":"https://app.example/"},"binding":{"code_challenge":"C","nonce":)" + text +
                ",\"state\":" + text + "}")},
        {"validate_authorization_response",
            R"({"expected":{"issuer":"https://op.example","redirect_uri":"https://app.example/","state":"S"},"url":"https://app.example/?state=S&code=)" +
                std::string(secret) + "\"}"},
        {"build_end_session_url", module::with_server("\"parameters\":{\"id_token_hint\":" + text + "}")},
        {"build_end_session_form", module::with_server("\"parameters\":{\"id_token_hint\":" + text + "}")},
    };
    for (auto const& row : rows) {
        CAPTURE(row.name);
        CHECK(holds(call(row.name, row.arguments, row.bytes)));
        CHECK(found == 0);
        found = 0;
    }
}

TEST_CASE("a shared session leaves no secret in memory") {
    module::page page;
    module::store shared;
    auto const user = page.sign_in();
    auto const first = page.start_session(user.handle(), "shared_session.start");
    calimatic_drop(user.handle());
    shared.settle(page, first);
    auto const token = page.tell(first, "access_token").value_text();
    calimatic_drop(first);
    for (auto at = shared.value.find(token); at != std::string::npos; at = shared.value.find(token)) shared.value.replace(at, token.size(), secret);
    page.now += calimatic::seconds(60); // long enough for a refusal to be believed

    found = 0;
    auto const opened = call("shared_session.open", "{" + page.server + "}").handle();
    REQUIRE(opened != 0);
    auto const poll = [&] { return watched([&] { return calimatic_poll_request(opened, page.time()); }); };
    auto const answer = [&](std::string const& json) {
        auto const question = watched([&] { return calimatic_poll_store_question(opened); });
        REQUIRE_FALSE(question.is_null());
        handed const text(json);
        auto const id = static_cast<double>(*question.value()["id"].as_int64());
        CHECK(watched([&] { return calimatic_handle_store_answer(opened, id, text.bytes, text.size); }).outcome() == "true");
        CHECK(poll().is_null());
        return question.text();
    };
    auto const stored = R"({"what":"done","revision":"1","value":)" + module::quoted(shared.value) + "}";
    CHECK(poll().is_null());
    answer(stored);
    REQUIRE(page.tell(opened, "access_token").value_text() == secret);
    REQUIRE(page.tell(opened, "handle_unauthorized", "{\"access_token\":\"" + std::string(secret) + "\"}").outcome() == "true");
    CHECK(answer(R"({"what":"done"})").find("\"lock\"") != std::string::npos);
    answer(stored);
    CHECK(answer(R"({"what":"conflict"})").find(secret) != std::string::npos); // a refresh is to be stored as started
    drop(opened);
    CHECK(found == 0);
}

TEST_CASE("a session leaves no secret in memory") {
    module::page page;
    auto const user = page.sign_in();
    auto const session = page.start_session(user.handle());
    calimatic_drop(user.handle());
    page.settle(session);
    auto blob = page.tell(session, "serialize").value_text();
    auto const token = page.tell(session, "access_token").value_text();
    calimatic_drop(session);
    for (auto at = blob.find(token); at != std::string::npos; at = blob.find(token)) blob.replace(at, token.size(), secret);

    found = 0;
    auto const resumed = call("session.resume", "{" + page.server + ",\"blob\":" + module::quoted(blob) + "}").handle();
    REQUIRE(resumed != 0);
    CHECK(invoke(resumed, "access_token").value_text() == secret);
    CHECK(invoke(resumed, "serialize").value_text().find(secret) != std::string::npos);
    CHECK(invoke(resumed, "handle_unauthorized", "{\"access_token\":\"" + std::string(secret) + "\"}").outcome() == "true");
    drop(resumed);
    CHECK(found == 0);
}
