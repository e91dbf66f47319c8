#include "sign_in.hpp"
#include <vector>

using namespace interop;
using cal::error_code;

// Logout in both directions: the user's browser is sent to the provider, and the provider tells the application.

namespace {

constexpr auto bye = "http://127.0.0.1:4711/bye?from=provider";

cal::client_information logout_client() { return {.client_id = "logout"}; }

/// What the provider sent to the application since it was asked last.
std::vector<cal::http_request> told() {
    auto const text = ask("/told");
    auto const document = cal::parse_json(text, 1'000'000);
    REQUIRE(document);
    std::vector<cal::http_request> requests;
    for (std::size_t i = 0; i < document->root().size(); ++i) {
        auto const one = document->root()[i];
        auto const member = [&](std::string_view name) { return std::string(one[name].as_string().value_or("")); };
        auto& request = requests.emplace_back();
        request.method = member("method") == "POST" ? cal::http_method::post : cal::http_method::get;
        request.url = member("url");
        request.headers.push_back({"Content-Type", member("type")});
        request.body = member("body");
    }
    return requests;
}

} // namespace

TEST_CASE("a user is signed out at the provider, and the logout token ends the session") {
    auto const crypto = either_crypto();
    bool const with_form = GENERATE(false, true);
    auto const browser = std::string("logout-") + (with_form ? "form" : "url") + (crypto == cal::crypto_answers::inside ? "-inside" : "-by-host");
    auto const server = provider();
    REQUIRE_FALSE(server.end_session_endpoint.empty());
    recording_transport send;
    auto user = sign_in(server, send, {.client = logout_client(), .browser = browser});
    support::accepted("sign-in", user);
    REQUIRE(user->claims.sid());
    std::string const id_token(user->tokens.id_token.expose());
    auto const keys = user->keys;
    cal::os_random random;
    auto session = cal::session::start({server, logout_client()}, std::move(*user), random, cal::system_now(), {.storage = cal::storage::none});
    support::accepted("session", session);

    auto const pending = cal::make_pending_logout(bye, random);
    support::accepted("pending", pending);
    std::string back;
    if (with_form) {
        auto const form = cal::build_end_session_form(server, logout_client(), *pending, {.id_token_hint = session->id_token()});
        support::accepted("form", form);
        std::string body;
        for (auto const& [name, value] : form->fields) cal::detail::append_form(body, name, value);
        back = signed_out(form->url, browser, body);
    } else {
        auto const url = cal::build_end_session_url(server, logout_client(), *pending, {.id_token_hint = session->id_token()});
        support::accepted("URL", url);
        back = signed_out(*url, browser);
    }
    INFO(back);
    support::accepted("return", cal::validate_end_session_response(back, *pending));
    support::refused("return of another", cal::validate_end_session_response(back, {bye, "another"}), error_code::logout_state_mismatch);

    auto const requests = told();
    REQUIRE(requests.size() == 1);
    auto const token = cal::parse_logout_request(requests.front());
    support::accepted("request", token);
    cal::replay_cache seen;
    cal::logout_token_expectations const expected{.issuer = server.issuer, .client_id = "logout", .typ_required = true, .tokens_seen = &seen};
    auto const validate = [&](std::string_view text) {
        return cal::drive(cal::logout_token_validation(text, keys, expected, cal::system_now(), crypto), send, answer);
    };
    support::refused("an ID Token", validate(id_token), error_code::logout_token_typ);
    auto const claims = validate(*token);
    support::accepted("logout token", claims);
    CHECK(claims->sub() == "alice");
    CHECK(claims->sid() == session->claims()->sid());
    support::refused("again", validate(*token), error_code::replayed);
    cal::signature_verifier verifier(keys, {cal::signature_algorithm::rs256});
    support::refused("as an ID Token", cal::validate_id_token(*token, verifier, {.issuer = server.issuer, .client_id = "logout"}, cal::system_now()),
        error_code::id_token_typ);

    CHECK_FALSE(session->revoke({server.issuer, "bob"}, cal::system_now()));
    CHECK(session->revoke(claims->subject(), cal::system_now()));
    support::refused("access token", session->access_token(cal::system_now()), error_code::session_revoked);
    CHECK(cal::build_logout_response(claims).status == 200);
}
