// A whole sign-in and what follows it, over nothing but the exported functions, against the simulated platform.

#include "page.hpp"
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cal = calimatic;
namespace sim = calimatic::testing;
using module::call;
using module::page;
using module::quoted;
using module::reply;
using module::store;

TEST_CASE("a user signs in, and the session refreshes, is taken up again and signs out") {
    page p;
    auto const user = p.sign_in(GENERATE(false, true));
    auto const value = user.value();
    CHECK(value["claims"]["sub"].as_string() == "user-1");
    CHECK(value["subject_key"].as_string() == "24:https://auth.example.com:user-1");
    CHECK(value["userinfo"]["name"].as_string() == "Alice");
    CHECK(value["keys"]["keys"].size() > 0);
    CHECK(value["scope_reduced"].as_bool() == false);
    CHECK(value["clock"]["learned"].as_int64() == 0);
    auto const first = std::string(*value["tokens"]["access_token"].as_string());
    CHECK(call("platform_claims.organization_id", "{\"claims\":" + value["claims"].to_string() + "}").value_text() == "org-1");

    auto session = p.start_session(user.handle());
    CHECK(p.ask("session.start", ",\"sign_in\":" + std::to_string(user.handle())).got() == "sign_in"); // taken
    calimatic_drop(user.handle());
    CHECK(p.tell(session, "access_token").code() == "access_token_unavailable"); // not saved
    p.settle(session);
    CHECK(p.tell(session, "access_token").value_text() == first);
    CHECK(p.tell(session, "claims").value()["subject_key"].as_string() == "24:https://auth.example.com:user-1");
    CHECK(p.tell(session, "id_token").value_text() == *value["tokens"]["id_token"].as_string());
    CHECK(p.tell(session, "scope").value_text() == *value["tokens"]["scope"].as_string());
    CHECK(p.tell(session, "expires_at").value().as_int64() == value["tokens"]["expires_at"].as_int64());
    CHECK(p.tell(session, "clock").value()["description"].as_string() == "");
    CHECK(p.tell(session, "last_error").outcome() == "null");
    CHECK(p.tell(session, "generation").outcome() == "1");
    auto const before = p.tell(session, "serialize").value_text();

    p.go_on(session);
    p.settle(session);
    auto const second = p.tell(session, "access_token").value_text();
    CHECK(second != first);
    CHECK(p.events == std::vector<std::string>{"tokens_changed", "refresh_started", "tokens_received", "tokens_changed"});

    auto const blob = p.tell(session, "serialize").value_text();
    calimatic_drop(session);
    session = p.ask("session.resume", ",\"blob\":" + quoted(blob)).handle();
    REQUIRE(session != 0);
    p.settle(session);
    CHECK(p.tell(session, "access_token").value_text() == second);
    CHECK(p.tell(session, "replace_tokens", "{\"blob\":" + quoted(before) + "}").code() == "session_not_newer");
    CHECK(p.tell(session, "handle_unauthorized", R"({"access_token":"another"})").outcome() == "false");
    p.now += cal::seconds(60);
    CHECK(p.tell(session, "handle_unauthorized", "{\"access_token\":" + quoted(second) + "}").outcome() == "true");
    p.settle(session);
    CHECK(p.tell(session, "access_token").value_text() != second);
    CHECK(p.tell(session, "revoke", R"({"subject":{"iss":"https://other.example","sub":"user-1"}})").outcome() == "false");

    // Nothing happens where an argument is wrong.
    CHECK(p.tell(session, "sign_out", R"({"local_only":true})").got() == "local_only");
    CHECK(p.tell(session, "revoke", R"({"subject":{"iss":"https://auth.example.com","sub":"user-1","x":1}})").got() == "subject.x");
    CHECK(p.tell(session, "handle_saved", R"({"generation":1.5})").got() == "generation");
    CHECK(p.tell(session, "has_ended").outcome() == "false");

    CHECK(p.tell(session, "sign_out").outcome() == "null");
    p.settle(session);
    CHECK(p.tell(session, "has_ended").outcome() == "true");
    CHECK(p.tell(session, "claims").outcome() == "null");
    CHECK(p.tell(session, "no_such_method").got() == "no_such_method");
    calimatic_drop(session);
}

TEST_CASE("two tabs share one session and refresh it once between them") {
    page p;
    store shared;
    auto const user = p.sign_in();
    auto const first = p.start_session(user.handle(), "shared_session.start");
    calimatic_drop(user.handle());
    shared.settle(p, first);
    auto const second = p.ask("shared_session.open", "").handle();
    CHECK(p.tell(second, "is_opening").outcome() == "true");
    shared.settle(p, second);
    CHECK(p.tell(second, "is_opening").outcome() == "false");
    auto const token = p.tell(first, "access_token").value_text();
    CHECK(p.tell(second, "access_token").value_text() == token);

    auto const before = p.platform.count(sim::simulated_endpoint::token);
    p.now += cal::seconds(3600 - 30);
    shared.settle(p, first);
    CHECK(p.tell(second, "handle_notice").outcome() == "null");
    shared.settle(p, second);
    CHECK(p.platform.count(sim::simulated_endpoint::token) == before + 1);
    CHECK(p.tell(first, "access_token").value_text() != token);
    CHECK(p.tell(second, "access_token").value_text() == p.tell(first, "access_token").value_text());

    CHECK(p.tell(second, "sign_out").outcome() == "null");
    shared.settle(p, second);
    CHECK(p.tell(second, "has_ended").outcome() == "true");
    CHECK(p.tell(first, "handle_notice").outcome() == "null");
    shared.settle(p, first);
    CHECK(p.tell(first, "has_ended").outcome() == "true");
    CHECK(p.tell(first, "last_error").outcome() != "");
    calimatic_drop(first);
    calimatic_drop(second);
}

TEST_CASE("keys are fetched, and one ID Token and one logout token are validated with them") {
    page p;
    auto const user = p.sign_in();
    auto const id_token = std::string(*user.value()["tokens"]["id_token"].as_string());
    calimatic_drop(user.handle());
    auto const source = call("jwk_set_source", "{\"jwks_uri\":" + quoted(p.platform.metadata().jwks_uri) + "}", {}, p.time()).handle();
    CHECK(p.tell(source, "keys").outcome() == "null");
    p.settle(source);
    auto const keys = p.tell(source, "keys").value().to_string();
    CHECK(p.tell(source, "fetches").outcome() == "1");
    CHECK(p.tell(source, "generation").outcome() == "1");
    CHECK(p.tell(source, "fetched_at").value().as_int64() == p.now.time_since_epoch().count());
    CHECK(p.tell(source, "last_error").outcome() == "null");
    CHECK(p.tell(source, "handle_unknown_key").outcome() == "true");
    p.settle(source);
    CHECK(p.tell(source, "handle_unknown_key").outcome() == "false");
    CHECK(p.tell(source, "fetches").outcome() == "2");
    calimatic_drop(source);

    auto const expected = "\"expected\":{\"issuer\":" + quoted(p.platform.issuer()) + ",\"client_id\":\"app\"}}";
    auto const nonce = call("parse_claims", "{\"token\":" + quoted(id_token) + "}").value()["nonce"].to_string();
    auto with_nonce = expected;
    with_nonce.insert(with_nonce.size() - 2, ",\"nonce\":" + nonce);
    auto const arguments = "{\"id_token\":" + quoted(id_token) + ",\"keys\":" + keys + ",";
    auto const valid = p.run(call("token_validation", arguments + with_nonce, {}, p.time()).handle());
    CHECK(valid.value()["claims"]["sub"].as_string() == "user-1");
    CHECK(p.run(call("token_validation", arguments + expected, {}, p.time()).handle()).code() == "id_token_nonce_unexpected");
    auto spoiled = arguments;
    spoiled[spoiled.find("\",\"keys\"") - 3] ^= 1;
    CHECK(p.run(call("token_validation", spoiled + with_nonce, {}, p.time()).handle()).code() == "jws_signature_invalid");

    auto const logout_token = p.platform.make_logout_token({.client_id = "app", .sub = "user-1"}, p.now);
    auto const out = p.run(
        call("logout_token_validation", "{\"logout_token\":" + quoted(logout_token) + ",\"keys\":" + keys + "," + expected, {}, p.time()).handle());
    CHECK(out.value()["subject"].to_string() == "{\"iss\":" + quoted(p.platform.issuer()) + R"(,"sub":"user-1"})");
}

TEST_CASE("a logout at the provider comes back") {
    page p;
    auto const user = p.sign_in();
    calimatic_drop(user.handle());
    auto const pending = call("make_pending_logout", R"({"post_logout_redirect_uri":"https://app.example/bye"})").value_text();
    auto const url = p.ask("build_end_session_url",
        ",\"pending\":" + quoted(pending) + R"(,"parameters":{"id_token_hint":)" + quoted(*user.value()["tokens"]["id_token"].as_string()) + "}");
    auto const back = p.platform.end_session(url.value_text(), p.now);
    REQUIRE(back);
    CHECK(call("validate_end_session_response", "{\"url\":" + quoted(*back) + ",\"pending\":" + quoted(pending) + "}").outcome() == "null");
}

TEST_CASE("a sign-in that is aborted says so, and one whose cryptography nobody does fails closed") {
    page p;
    auto const parameters = R"(,"parameters":{"redirect_uri":"https://app.example/callback"})";
    auto const aborted = p.ask("authorization_code_flow.start", parameters).handle();
    calimatic_abort(aborted);
    CHECK(p.run(aborted).code() == "aborted");

    auto const closed = p.ask("authorization_code_flow.start", parameters).handle();
    reply const question(calimatic_poll_crypto_question(closed));
    auto const id = static_cast<double>(*question.value()["id"].as_int64());
    CHECK(calimatic_handle_crypto_answer(closed, id, GENERATE(0, 4, -1), nullptr, 0) == 1);
    CHECK(p.run(closed).code() == "crypto_unavailable");
}
