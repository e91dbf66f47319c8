// A host that passes anything: handles that are none, numbers that are no ids and no times, texts that are no JSON.

#include "module.hpp"
#include <calimatic/flow/machine.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

using module::call;
using module::invoke;
using module::reply;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double numbers[]{
    std::nan(""), infinity, -infinity, 1e300, -1e300, -1, 0, 0.5, 1.5, 9007199254740992.0, 1.8446744073709552e19, 4294967297.0};

std::uint32_t start_discovery() { return call("discovery", R"({"issuer":"https://op.example"})").handle(); }

} // namespace

TEST_CASE("a handle that is none does nothing") {
    auto const used = start_discovery();
    calimatic_drop(used);
    auto const next = start_discovery(); // in the same place
    CHECK(next != used);
    for (auto const handle : {std::uint32_t{0}, std::uint32_t{1}, used, UINT32_MAX, next + 1, next ^ 0x80000000u}) {
        CAPTURE(handle);
        CHECK(invoke(handle, "access_token").got() == "handle");
        CHECK(reply(calimatic_poll_request(handle, module::noon)).is_null());
        CHECK(reply(calimatic_poll_result(handle)).is_null());
        CHECK(reply(calimatic_poll_event(handle)).is_null());
        CHECK(reply(calimatic_poll_crypto_question(handle)).is_null());
        CHECK(reply(calimatic_poll_store_question(handle)).is_null());
        CHECK(module::handle_response(handle, 1, R"({"status":200})", "{}") == 0);
        CHECK(calimatic_handle_failure(handle, 1, 1, module::noon) == 0);
        CHECK(calimatic_handle_crypto_answer(handle, 1, 2, nullptr, 0) == 0);
        module::handed const answer(R"({"what":"done"})");
        CHECK(reply(calimatic_handle_store_answer(handle, 1, answer.bytes, answer.size)).is_null());
        CHECK(std::isnan(calimatic_next_deadline(handle)));
        calimatic_abort(handle);
        calimatic_drop(handle);
    }
    CHECK_FALSE(reply(calimatic_poll_request(next, module::noon)).is_null());
    calimatic_drop(next);
}

TEST_CASE("a handle of another kind of object is refused") {
    auto const discovery = start_discovery();
    CHECK(invoke(discovery, "access_token").got() == "access_token");
    CHECK(invoke(discovery, "").code() == "argument_malformed");
    CHECK(reply(calimatic_poll_event(discovery)).is_null());
    CHECK(reply(calimatic_poll_store_question(discovery)).is_null());
    module::handed const answer(R"({"what":"done"})");
    CHECK(reply(calimatic_handle_store_answer(discovery, 1, answer.bytes, answer.size)).code() == "argument_malformed");
    for (auto const name : {"session.start", "shared_session.start"}) {
        CHECK(call(name, module::with_server("\"sign_in\":" + std::to_string(discovery))).got() == "sign_in");
        for (auto const handle : {"-1", "0", "1.5", "4294967297", "1e300", "\"1\"", "null", "[]"})
            CHECK(call(name, module::with_server("\"sign_in\":" + std::string(handle))).got() == "sign_in");
    }
    calimatic_drop(discovery);
}

TEST_CASE("numbers that are no ids and no times") {
    auto const discovery = start_discovery();
    reply const request(calimatic_poll_request(discovery, module::noon));
    CHECK(request.value()["id"].as_int64() == 1);
    for (auto const number : numbers) {
        CAPTURE(number);
        CHECK(module::handle_response(discovery, number, R"({"status":200})", "{}", number) == 0);
        CHECK(calimatic_handle_failure(discovery, number, 1, number) == 0);
        CHECK(calimatic_handle_crypto_answer(discovery, number, 2, nullptr, 0) == 0);
        CHECK(reply(calimatic_poll_request(discovery, number)).is_null());
    }
    CHECK(reply(calimatic_poll_result(discovery)).is_null());
    CHECK(calimatic_handle_failure(discovery, 1, 99, std::nan("")) == 1); // another number than those of failures: no_answer
    CHECK(reply(calimatic_poll_result(discovery)).code() == "transport_no_answer");
    calimatic_drop(discovery);

    for (auto const number : numbers) {
        CAPTURE(number);
        CHECK(call("clock_offset.correct", R"({"clock":1000})", {}, number).value().as_int64());
        CHECK(
            call("parse_token_response", R"({"response":{"status":200}})", R"({"access_token":"A","token_type":"Bearer","expires_in":1e300})", number)
                .value()["expires_at"]
                .as_int64());
        auto const session = call("shared_session.open", module::with_server(""), {}, number).handle();
        CHECK(reply(calimatic_poll_request(session, -number)).is_null());
        calimatic_next_deadline(session);
        CHECK(invoke(session, "access_token", "{}", number).code() == "access_token_unavailable");
        calimatic_drop(session);
    }
    CHECK(call("refresh_schedule", R"({"received_at":-8640000000000000,"expires_at":8640000000000000,"jitter_seed":9007199254740991})")
              .value()
              .as_int64());
    CHECK(call("refresh_schedule", R"({"received_at":8640000000000001})").got() == "received_at");
}

TEST_CASE("a response that is none leaves the machine as it is") {
    auto const discovery = start_discovery();
    reply const request(calimatic_poll_request(discovery, module::noon));
    for (auto const json : {"", "{}", "[]", "nonsense", R"({"status":"200"})", R"({"status":1000})", R"({"status":-1})", R"({"status":200.5})",
             R"({"status":200,"headers":{}})", R"({"status":200,"headers":"x"})", R"({"status":200,"headers":[["a"]]})",
             R"({"status":200,"headers":[["a","b","c"]]})", R"({"status":200,"headers":[["a",1]]})", R"({"status":200,"body":"x"})"}) {
        CAPTURE(json);
        CHECK(module::handle_response(discovery, 1, json, "{}") == -1);
    }
    CHECK(module::handle_response(discovery, 1, R"({"status":503,"headers":null})", "") == 1);
    CHECK(reply(calimatic_poll_result(discovery)).code() == "server_unavailable");
    calimatic_drop(discovery);
}

TEST_CASE("no memory, and much of it") {
    auto const name = [](std::string_view text) { return module::handed(text); };
    auto const discovery = name("discovery");
    CHECK(reply(calimatic_call(discovery.bytes, discovery.size, nullptr, 0, nullptr, 0, module::noon)).got() == "issuer");
    auto const again = name("discovery");
    CHECK(reply(calimatic_call(again.bytes, again.size, nullptr, 5'000'000, nullptr, 5'000'000, module::noon)).got() == "issuer");
    CHECK(reply(calimatic_call(nullptr, 0, nullptr, 0, nullptr, 0, module::noon)).code() == "argument_malformed");
    CHECK(reply(calimatic_invoke(0, nullptr, 7, nullptr, 7, module::noon)).code() == "argument_malformed");
    calimatic_release(nullptr, 0);
    calimatic_release(nullptr, 7);
    calimatic_release(static_cast<char*>(calimatic_allocate(0)), 0);

    auto const large = std::string(5'000'000, 'x');
    CHECK(call("discovery", large).code() == "json_too_large");
    auto const too_long = call("discovery", "{\"issuer\":\"" + large.substr(0, 3'000'000) + "\"}").handle();
    CHECK(reply(calimatic_poll_result(too_long)).code() == "url_too_long");
    calimatic_drop(too_long);
    CHECK(call("parse_token_response", R"({"response":{"status":200}})", large).code() == "transport_too_large");
    auto const unknown = call(large);
    CHECK(unknown.code() == "argument_malformed");
    CHECK(unknown.text().size() < 1000);
    auto const member = call("discovery", "{\"" + large.substr(0, 3'000'000) + "\":1}");
    CHECK(member.code() == "argument_malformed");
    CHECK(call("discovery", R"({"issuer":)" + std::string(100, '[') + std::string(100, ']') + "}").code() == "json_too_deep");
    std::string many = "{";
    for (int i = 0; i < 100; ++i) many += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
    CHECK(call("discovery", many + "}").got() == "arguments");
    CHECK(call("discovery", "{\"issuer\":\"\xff\"}").code() == "json_syntax");
}

TEST_CASE("no handle is given out twice, however often its place is used") {
    std::set<std::uint32_t> different;
    for (int i = 0; i < 70'000; ++i) {
        auto const handle = start_discovery();
        different.insert(handle);
        calimatic_drop(handle);
    }
    CHECK(different.size() == 70'000);
    CHECK(different.count(0) == 0);
}

TEST_CASE("handles run out before they repeat, and come back when objects are dropped") {
    std::vector<std::uint32_t> all;
    std::set<std::uint32_t> different;
    while (all.size() <= 70'000) {
        auto const handle = start_discovery();
        if (handle == 0) break;
        all.push_back(handle);
        different.insert(handle);
    }
    CHECK(all.size() <= 65'536);
    CHECK(different.size() == all.size());
    CHECK(call("discovery", R"({"issuer":"https://op.example"})").code() == "handles_exhausted");
    for (auto const handle : all) calimatic_drop(handle);
    auto const handle = start_discovery();
    CHECK(handle != 0);
    calimatic_drop(handle);
}
