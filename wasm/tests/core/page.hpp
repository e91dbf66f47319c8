#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module.hpp"

/// \file
/// A page of an application of the simulated platform: it has nothing of the library but the exported functions.

namespace module {

namespace sim = calimatic::testing;

/// A page: its clock, its network, its cryptography.
struct page {
    sim::simulated_platform platform;
    cal::time_point now{cal::milliseconds{1'800'000'000'000}};
    std::string server;
    std::vector<std::string> events;
    bool saves = true;

    page() {
        platform.add_user({.sub = "user-1", .claims_json = R"({"name":"Alice","organization_id":"org-1"})"});
        platform.add_client({.client = {.client_id = "app"},
            .redirect_uris = {"https://app.example/callback"},
            .post_logout_redirect_uris = {"https://app.example/bye"}});
        auto const found = run(call("discovery", "{\"issuer\":" + quoted(platform.issuer()) + "}").handle());
        REQUIRE(found.value()["token_endpoint"].as_string());
        server = "\"server\":" + found.value().to_string() + R"(,"client":{"client_id":"app"})";
    }
    double time() const { return static_cast<double>(now.time_since_epoch().count()); }
    reply ask(std::string_view name, std::string_view more) { return call(name, "{" + server + std::string(more) + "}", {}, time()); }
    reply tell(std::uint32_t handle, std::string_view name, std::string_view json = "{}") { return invoke(handle, name, json, time()); }

    void answer(std::uint32_t handle, cal::json question) {
        using kind = cal::crypto_question::kind;
        auto const text = [&](std::string_view name) { return cal::detail::base64url_decode(*question[name].as_string()).value_or(""); };
        cal::crypto_question asked;
        asked.data = text("data");
        asked.expected = text("expected");
        if (*question["what"].as_string() == "verify_signature") {
            asked.what = kind::verify_signature;
            asked.algorithm = *cal::parse_algorithm(*question["algorithm"].as_string());
            auto key = cal::parse_jwk(question["key"]);
            REQUIRE(key);
            asked.key = std::move(*key);
        } else if (*question["what"].as_string() == "hash_begins_with") {
            asked.what = kind::hash_begins_with;
            REQUIRE(*question["hash"].as_string() == "SHA-256");
            asked.hash = cal::hash_algorithm::sha256;
        } else {
            REQUIRE(*question["what"].as_string() == "sha256");
        }
        auto const answered = cal::answer_inside(asked);
        module::handed const digest(answered.digest);
        auto const id = static_cast<double>(*question["id"].as_int64());
        CHECK(calimatic_handle_crypto_answer(handle, id, static_cast<int>(answered.what), digest.bytes, digest.size) == 1);
        CHECK(calimatic_handle_crypto_answer(handle, id, 2, nullptr, 0) == 0); // it is not open any more
    }

    /// What a host does whenever it may; whether there was anything to do.
    bool step(std::uint32_t handle) {
        bool did = false;
        while (true) {
            reply const question(calimatic_poll_crypto_question(handle));
            if (question.is_null()) break;
            answer(handle, question.value());
            did = true;
        }
        reply const request(calimatic_poll_request(handle, time()));
        if (!request.is_null()) {
            cal::http_request sent;
            auto const value = request.value();
            sent.method = *value["method"].as_string() == "POST" ? cal::http_method::post : cal::http_method::get;
            sent.url = *value["url"].as_string();
            for (std::size_t i = 0; i < value["headers"].size(); ++i)
                sent.headers.push_back({std::string(*value["headers"][i][0].as_string()), std::string(*value["headers"][i][1].as_string())});
            sent.body = *value["body"].as_string();
            auto const id = static_cast<double>(*value["id"].as_int64());
            auto const got = platform.send(sent, now);
            now += platform.last_duration();
            if (got) {
                std::string headers = "[";
                for (auto const& header : got->headers)
                    headers += (headers.size() > 1 ? ",[" : "[") + quoted(header.name) + "," + quoted(header.value) + "]";
                auto const json = "{\"status\":" + std::to_string(got->status) + ",\"headers\":" + headers + "]}";
                CHECK(module::handle_response(handle, id, json, got->body, time()) == 1);
                CHECK(module::handle_response(handle, id, json, got->body, time()) == 0);
            } else {
                CHECK(calimatic_handle_failure(handle, id, static_cast<int>(got.error()), time()) == 1);
            }
            did = true;
        }
        while (true) {
            reply const event(calimatic_poll_event(handle));
            if (event.is_null()) break;
            events.emplace_back(*event.value()["what"].as_string());
            if (*event.value()["generation"].as_int64() != 0 && saves)
                tell(handle, "handle_saved", "{\"generation\":" + std::to_string(*event.value()["generation"].as_int64()) + "}");
            did = true;
        }
        return did;
    }
    reply run(std::uint32_t handle) {
        for (int steps = 0; steps < 50; ++steps) {
            step(handle);
            if (reply result(calimatic_poll_result(handle)); !result.is_null()) {
                calimatic_drop(handle);
                return result;
            }
        }
        FAIL("no result");
        return reply(nullptr);
    }
    void settle(std::uint32_t handle) {
        for (int steps = 0; step(handle); ++steps) REQUIRE(steps < 50);
    }
    void go_on(std::uint32_t handle) { // to the next deadline
        auto const deadline = calimatic_next_deadline(handle);
        REQUIRE_FALSE(std::isnan(deadline));
        now = (std::max)(now, cal::time_point(cal::milliseconds(static_cast<std::int64_t>(deadline))));
        settle(handle);
    }

    reply sign_in(bool by_resuming = false, std::string_view options = R"({"request_userinfo":true})") {
        auto flow = ask("authorization_code_flow.start",
            R"(,"parameters":{"redirect_uri":"https://app.example/callback","scope":"openid profile organization offline_access"},"options":)" +
                std::string(options))
                        .handle();
        REQUIRE(flow != 0);
        CHECK(tell(flow, "authorization_url").outcome() == "null"); // the challenge was not answered
        settle(flow);
        CHECK(tell(flow, "awaiting_redirect").outcome() == "true");
        auto const url = tell(flow, "authorization_url").value_text();
        auto const pending = tell(flow, "pending").value_text();
        if (by_resuming) {
            calimatic_drop(flow);
            flow = ask("authorization_code_flow.resume", ",\"pending\":" + quoted(pending) + ",\"options\":" + std::string(options)).handle();
            REQUIRE(flow != 0);
        }
        auto const redirect = platform.authorize(url, now);
        REQUIRE(redirect);
        CHECK(tell(flow, "handle_redirect", R"({"url":"https://app.example/callback?code=C&state=T"})").code() == "state_mismatch");
        CHECK(tell(flow, "handle_redirect", "{\"url\":" + quoted(*redirect) + "}").outcome() == "null");
        CHECK(tell(flow, "handle_redirect", "{\"url\":" + quoted(*redirect) + "}").code() == "redirect_already_used");
        CHECK(tell(flow, "pending").outcome() == "null");
        return run(flow);
    }
    std::uint32_t start_session(std::uint32_t signed_in, std::string_view name = "session.start") {
        auto const session = ask(name, ",\"sign_in\":" + std::to_string(signed_in)).handle();
        REQUIRE(session != 0);
        return session;
    }
};

/// A store that several tabs share.
struct store {
    std::string value;
    int revision = 0;

    void answer(page& tab, std::uint32_t handle) {
        while (true) {
            reply const question(calimatic_poll_store_question(handle));
            if (question.is_null()) return;
            auto const asked = question.value();
            auto const now_at = revision == 0 ? "" : std::to_string(revision);
            std::string json = R"({"what":"done"})";
            if (*asked["what"].as_string() == "read") json = R"({"what":"done","revision":")" + now_at + "\",\"value\":" + quoted(value) + "}";
            if (*asked["what"].as_string() == "replace") {
                if (*asked["revision"].as_string() == now_at) {
                    value = *asked["value"].as_string();
                    json = R"({"what":"done","revision":")" + std::to_string(++revision) + "\"}";
                } else {
                    json = R"({"what":"conflict"})";
                }
            }
            module::handed const wrong(R"({"what":"done","value":1})"), right(json), again(json);
            auto const id = static_cast<double>(*asked["id"].as_int64());
            CHECK(reply(calimatic_handle_store_answer(handle, id, wrong.bytes, wrong.size)).got() == "value");
            CHECK(reply(calimatic_handle_store_answer(handle, id, right.bytes, right.size)).outcome() == "true");
            CHECK(reply(calimatic_handle_store_answer(handle, id, again.bytes, again.size)).outcome() == "false");
            tab.step(handle);
        }
    }
    void settle(page& tab, std::uint32_t handle) {
        for (int turns = 0; turns < 10; ++turns) {
            tab.settle(handle);
            answer(tab, handle);
        }
    }
};

} // namespace module
