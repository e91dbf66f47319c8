#include "sign_in.hpp"
#include <chrono>
#include <memory>
#include <thread>

#include "support/provider.hpp"

using namespace interop;
using cal::error_code;
using kind = cal::session_event::kind;

// Sessions, by the clock of the provider: what is refreshed ahead of its time was "refused by a resource server".

namespace {

/// A session, its user's device, and what it was begun with.
struct signed_in {
    cal::server_metadata server = provider();
    session_keeper keeper{};
    cal::token_set first; ///< tokens, those of the sign-in
    std::string saved = "nothing";
    cal::session session;

    explicit signed_in(cal::client_information client = public_client(), cal::authorization_parameters parameters = offline(),
        cal::crypto_answers crypto = cal::crypto_answers::inside)
        : session(start(std::move(client), std::move(parameters), crypto)) {
        keeper.save = [this](std::string const& blob) { saved = blob; };
        REQUIRE(keeper.run(session, kind::tokens_changed));
    }
    signed_in(signed_in const&) = delete;
    signed_in& operator=(signed_in const&) = delete;

    std::string access_token() const {
        auto const token = session.access_token(cal::system_now());
        support::accepted("access token", token);
        return std::string(*token);
    }
    std::optional<cal::session_event> refresh_now(kind wanted = kind::tokens_changed) {
        CHECK(session.handle_unauthorized(access_token(), cal::system_now()));
        return keeper.run(session, wanted);
    }
    auto userinfo(std::string_view access_token) const {
        return cal::drive(cal::single_request(cal::build_userinfo_request(server, access_token),
                              [](cal::http_response const& response) { return cal::parse_userinfo_response(response, "alice"); }),
            example::curl_transport());
    }
    /// Every refresh token that is sent from now on, in this order.
    void watch(std::vector<std::string>& refresh_tokens) {
        keeper.send.before = [&](cal::http_request const& request) {
            if (request.url == server.token_endpoint) refresh_tokens.push_back(support::parameter(request.body, "refresh_token"));
        };
    }

private:
    cal::session start(cal::client_information client, cal::authorization_parameters parameters, cal::crypto_answers crypto) {
        auto user = sign_in(server, keeper.send, {.client = client.clone(), .parameters = std::move(parameters), .options = {.crypto = crypto}});
        support::accepted("sign-in", user);
        first = user->tokens.clone();
        cal::os_random random;
        cal::session_options options{.crypto = crypto, .unauthorized_interval = cal::milliseconds(0)};
        auto out = cal::session::start({server, std::move(client)}, std::move(*user), random, cal::system_now(), std::move(options));
        support::accepted("session", out);
        return std::move(*out);
    }
};

void ended_by_invalid_grant(signed_in const& alice, std::optional<cal::session_event> const& event) {
    REQUIRE(event);
    REQUIRE(event->error);
    CHECK(event->error->name() == "token_error");
    CHECK(event->error->server_error() == "invalid_grant");
    CHECK(event->error->condition() == cal::condition::authorize_again);
    CHECK(alice.session.has_ended());
    CHECK_FALSE(alice.session.claims());
    support::refused("after the end", alice.session.access_token(cal::system_now()), error_code::token_error);
}

} // namespace

TEST_CASE("a session refreshes whenever it is due, and follows the refresh tokens") {
    signed_in alice(short_lived_client(), offline(), either_crypto());
    std::vector<std::string> sent;
    alice.watch(sent);
    std::vector<std::string> access_tokens{alice.access_token()};
    for (int i = 0; i < 3; ++i) {
        auto const issued = alice.session.claims()->iat();
        REQUIRE(alice.keeper.run(alice.session, kind::tokens_changed));
        CHECK(alice.session.claims()->iat() > issued);
        CHECK(alice.session.claims()->sub() == "alice");
        support::accepted("UserInfo", alice.userinfo(alice.access_token()));
        access_tokens.push_back(alice.access_token());
    }
    REQUIRE(sent.size() == 3);
    CHECK(sent[0] == alice.first.refresh_token.expose());
    auto const all_differ = [](std::vector<std::string> tokens) {
        std::sort(tokens.begin(), tokens.end());
        return std::adjacent_find(tokens.begin(), tokens.end()) == tokens.end();
    };
    CHECK(all_differ(sent));
    CHECK(all_differ(access_tokens));
    for (auto const& token : sent) CHECK(alice.saved.find(token) == std::string::npos); // the last one that was saved is none of these
    CHECK(alice.session.clock().describe().empty());
}

TEST_CASE("an old refresh token that is presented once more ends the session") {
    signed_in alice(public_client(), offline(), either_crypto());
    REQUIRE(alice.refresh_now());
    auto const access_token = alice.access_token();
    support::accepted("before", alice.userinfo(access_token));
    support::refused("the old one", refresh(alice.server, public_client(), alice.first), error_code::token_error);
    support::refused("the access token goes, too", alice.userinfo(access_token), error_code::invalid_token);
    ended_by_invalid_grant(alice, alice.refresh_now(kind::ended));
}

TEST_CASE("a session whose refresh token somebody has revoked ends") {
    signed_in alice;
    auto const& token = alice.first.refresh_token;
    support::accepted("revocation",
        cal::drive(
            cal::single_request(cal::build_revocation_request(alice.server, public_client(), token.expose(), "refresh_token", cal::system_now()),
                [&](cal::http_response const& response) { return cal::parse_revocation_response(response, public_client(), token.expose()); }),
            example::curl_transport()));
    ended_by_invalid_grant(alice, alice.refresh_now(kind::ended));
}

TEST_CASE("a sign-out revokes what the session had, and the old tokens are refused") {
    auto const method = GENERATE("none", "client_secret_post", "client_secret_basic");
    INFO(method);
    auto const client = method == std::string_view("none") ? public_client() : confidential_client(method);
    signed_in alice(client.clone());
    REQUIRE(alice.refresh_now());
    std::vector<std::string> sent;
    alice.watch(sent);
    REQUIRE(alice.refresh_now()); // twice: so the newest access token is not the one of the sign-in, nor the refresh token of this one
    auto const access_token = alice.access_token();
    auto const saved = alice.saved;
    support::accepted("before", alice.userinfo(access_token));

    alice.session.sign_out(cal::system_now());
    support::refused("at once", alice.session.access_token(cal::system_now()), error_code::signed_out);
    static_cast<void>(alice.keeper.run(alice.session, kind::tokens_changed)); // which does not happen
    CHECK(alice.session.has_ended());
    CHECK_FALSE(alice.session.last_error());
    CHECK(alice.keeper.send.count(alice.server.revocation_endpoint) == 1);
    support::refused("its access token", alice.userinfo(access_token), error_code::invalid_token);

    // What was saved before the sign-out, and not deleted, is worth nothing any more.
    cal::os_random random;
    auto again = cal::session::resume(cal::oauth_refresh{alice.server, client.clone()}, saved, random, cal::system_now(),
        {.storage = cal::storage::none, .unauthorized_interval = cal::milliseconds(0)});
    support::accepted("resume", again);
    REQUIRE(again->handle_unauthorized(access_token, cal::system_now()));
    auto const ended = alice.keeper.run(*again, kind::ended);
    REQUIRE(ended);
    CHECK(ended->error->server_error() == "invalid_grant");
    REQUIRE(sent.size() == 2);
    CHECK(sent[0] != sent[1]);
}

TEST_CASE("a sign-out while a refresh is in flight revokes the tokens of its answer") {
    signed_in alice;
    CHECK(alice.session.handle_unauthorized(alice.access_token(), cal::system_now()));
    CHECK_FALSE(alice.session.poll_request(cal::system_now())); // once its start is saved
    auto const started = alice.session.poll_event();
    REQUIRE(started);
    CHECK(alice.session.handle_saved(started->generation));
    auto const request = alice.session.poll_request(cal::system_now());
    REQUIRE(request);
    alice.session.sign_out(cal::system_now());
    auto response = alice.keeper.send(*request);
    REQUIRE(response);
    auto const tokens = cal::parse_token_response(*response, {.refreshed = &alice.first}, cal::system_now());
    support::accepted("answer", tokens);
    support::accepted("before", alice.userinfo(tokens->access_token.expose()));
    CHECK(alice.session.handle_response(request->id, std::move(*response), cal::system_now()));
    static_cast<void>(alice.keeper.run(alice.session, kind::tokens_changed));
    CHECK(alice.session.has_ended());
    CHECK_FALSE(alice.session.last_error());
    support::refused("access token of the answer", alice.userinfo(tokens->access_token.expose()), error_code::invalid_token);
    support::refused("refresh token of the answer", refresh(alice.server, public_client(), *tokens), error_code::token_error);
}

TEST_CASE("keys that the provider replaces between refreshes are fetched again") {
    signed_in alice(public_client(), offline(), either_crypto());
    auto const& jwks_uri = alice.server.jwks_uri;
    CHECK(alice.keeper.send.count(jwks_uri) == 1);
    for (int rotations = 1; rotations <= 3; ++rotations) {
        rotate_keys();
        REQUIRE(alice.refresh_now());
        CHECK(alice.keeper.send.count(jwks_uri) == 1 + rotations);
        support::accepted("UserInfo", alice.userinfo(alice.access_token()));
        CHECK_FALSE(alice.session.last_error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // iat counts seconds: the next ID Token is another one
    REQUIRE(alice.refresh_now());
    CHECK(alice.keeper.send.count(jwks_uri) == 4); // those that are held still fit
}

TEST_CASE("a refresh whose answer is lost is sent again, which this provider takes for a theft") {
    signed_in alice;
    std::vector<std::string> sent;
    alice.watch(sent);
    alice.keeper.send.loses_answers = true;
    auto const failed = alice.refresh_now(kind::refresh_failed);
    REQUIRE(failed);
    CHECK(failed->error == error_code::transport_no_answer);
    CHECK_FALSE(alice.access_token().empty());
    alice.keeper.send.loses_answers = false;
    ended_by_invalid_grant(alice, alice.keeper.run(alice.session, kind::ended));
    REQUIRE(sent.size() == 2);
    CHECK(sent[0] == sent[1]);
}

TEST_CASE("a session without a refresh token ends with its access token") {
    signed_in alice(short_lived_client(), {.redirect_uri = "http://127.0.0.1:4711/callback"});
    CHECK_FALSE(alice.access_token().empty());
    auto const ended = alice.keeper.run(alice.session, kind::ended);
    REQUIRE(ended);
    CHECK(ended->error == error_code::refresh_token_missing);
    CHECK(alice.keeper.send.count(alice.server.token_endpoint) == 1);
}

TEST_CASE("every algorithm signs in and refreshes, before and after the keys are replaced") {
    auto const crypto = either_crypto();
    auto const of = [](std::string_view id_token) {
        auto const token = cal::parse_compact_jws(id_token);
        REQUIRE(token);
        return std::string(token->alg);
    };
    std::vector<std::unique_ptr<signed_in>> users;
    for (auto const alg : algorithms) {
        INFO(alg);
        users.push_back(std::make_unique<signed_in>(client_with_algorithm(alg), offline(), crypto));
        CHECK(of(users.back()->session.id_token()) == alg);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // iat counts seconds, and some signatures repeat
    for (bool const replaced : {false, true}) {
        if (replaced) rotate_keys();
        for (std::size_t i = 0; i < users.size(); ++i) {
            INFO(algorithms[i]);
            auto& alice = *users[i];
            std::string const before(alice.session.id_token());
            auto const issued = alice.session.claims()->iat();
            REQUIRE(alice.refresh_now());
            CHECK(of(alice.session.id_token()) == algorithms[i]);
            CHECK(alice.session.claims()->sub() == "alice");
            if (!replaced) CHECK(alice.session.claims()->iat() > issued);
            if (algorithms[i].starts_with("HS")) CHECK(alice.keeper.send.count(alice.server.jwks_uri) == 0);
            else if (replaced) CHECK(alice.session.id_token() != before);
        }
    }
}

TEST_CASE("an application of its own accord gets one token after another") {
    auto const server = provider();
    cal::os_random random;
    auto session = cal::session::start(cal::client_credentials{server, confidential_client("client_secret_basic"), "machine"}, random,
        cal::system_now(), {.unauthorized_interval = cal::milliseconds(0)});
    support::accepted("start", session);
    session_keeper keeper;
    REQUIRE(keeper.run(*session, kind::tokens_changed));
    auto const first = session->access_token(cal::system_now());
    REQUIRE(first);
    std::string const token(*first);
    CHECK(session->scope() == "machine");
    REQUIRE(session->handle_unauthorized(token, cal::system_now()));
    REQUIRE(keeper.run(*session, kind::tokens_changed));
    auto const second = session->access_token(cal::system_now());
    REQUIRE(second);
    CHECK(*second != token);
}
