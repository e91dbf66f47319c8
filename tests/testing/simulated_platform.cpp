#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/testing/keys.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using endpoint = sim::simulated_endpoint;
using cal::seconds;
using support::accepted;
using support::refused;

namespace {

constexpr auto redirect_uri = "http://127.0.0.1:3000/callback";

/// A platform with a user and an application, and the application's side.
struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    sim::seeded_random random{7};
    cal::client_information client{.client_id = "app"};
    cal::server_metadata server;
    cal::authorization_code_options options{.request_userinfo = true};

    explicit fixture(sim::simulated_platform_options how = {}) : platform(std::move(how)), server(platform.metadata()) {
        platform.add_user({});
        platform.add_user({.sub = "user-2", .claims_json = R"({"name":"Bob"})"});
        register_client();
    }
    void register_client(std::optional<std::string> scope = {}) {
        platform.add_client({.client = client.clone(), .redirect_uris = {redirect_uri}, .scope = std::move(scope)});
    }

    cal::result<cal::authorization_code_flow> start(cal::authorization_parameters wanted) {
        return cal::authorization_code_flow::start(server, client.clone(), std::move(wanted), random, host.now(), options);
    }
    cal::result<cal::sign_in> sign_in(sim::user_decision const& decision = {}, std::string scope = "openid profile email offline_access") {
        auto flow = start({.redirect_uri = redirect_uri, .scope = std::move(scope)});
        if (!flow) return flow.error();
        auto redirect = platform.authorize(*flow->authorization_url(), host.now(), decision);
        if (!redirect) return redirect.error();
        if (auto taken = flow->handle_redirect(*redirect, host.now()); !taken) return taken.error();
        return cal::drive(*flow, host);
    }

    template <class Grant>
    cal::result<cal::token_set> ask(Grant const& grant, cal::client_information const& who) {
        return cal::drive(cal::single_request(cal::build_token_request(server, who, grant, host.now(), {}, &random),
                              [](cal::http_response const& response, cal::time_point now) { return cal::parse_token_response(response, {}, now); }),
            host);
    }
    cal::result<cal::token_set> refresh(std::string_view token, std::string_view scope = {}) {
        return ask(cal::refresh_token_grant{.refresh_token = token, .granted_scope = scope, .scope = scope}, client);
    }
    cal::result<cal::userinfo> userinfo(std::string_view token, std::string_view sub = "user-1") {
        return cal::drive(cal::single_request(cal::build_userinfo_request(server, token),
                              [sub](cal::http_response const& response) { return cal::parse_userinfo_response(response, sub); }),
            host);
    }
    cal::result<void> revoke(std::string_view token, cal::client_information const& who) {
        return cal::drive(cal::single_request(cal::build_revocation_request(server, who, token, {}, host.now(), {}, &random),
                              [&](cal::http_response const& response) { return cal::parse_revocation_response(response, who, token); }),
            host);
    }
};

/// That the token endpoint refused, and with which error of RFC 6749 5.2.
template <class T>
void refused_by_server(std::string_view what, cal::result<T> const& outcome, std::string_view error) {
    refused(what, outcome, cal::error_code::token_error);
    CHECK(outcome.error().server_error() == error);
}

/// A server's answers one after the other, as the host saw them.
struct recording_host {
    sim::simulated_host& host;
    std::string& text;
    cal::time_point now() const { return host.now(); }
    void wait_until(cal::time_point time) { host.wait_until(time); }
    cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
        auto answer = host.send(request);
        if (answer)
            for (auto const& header : answer->headers) text += header.name + ": " + header.value + '\n';
        text += answer ? answer->body : "no answer";
        return answer;
    }
};

} // namespace

TEST_CASE("a user signs in, from the issuer's name to the claims") {
    for (auto const* issuer : {"https://auth.example.com", "https://auth.example.com:8443/tenant/1"}) {
        fixture f({.issuer = issuer});
        for (auto where : {cal::metadata_location::openid_configuration, cal::metadata_location::oauth_authorization_server}) {
            auto found = cal::drive(cal::discover(issuer, where), f.host);
            accepted(issuer, found);
            CHECK(serialize(*found) == serialize(f.server));
        }
        auto const user = f.sign_in();
        accepted("sign-in", user);
        CHECK(user->claims.sub() == "user-1");
        CHECK(user->claims.name() == "Alice Ångström");
        CHECK(user->claims.auth_time());
        CHECK(user->claims["at_hash"].has_value());
        CHECK(user->tokens.scope == "openid profile email offline_access");
        CHECK(user->tokens.expires_at == user->tokens.received_at + seconds(3600));
        REQUIRE(user->userinfo);
        CHECK(user->userinfo->email() == "alice@example.com");
        CHECK(f.platform.count(endpoint::unknown) == 0);
    }
}

TEST_CASE("every algorithm that the metadata name signs ID Tokens, in both modes") {
    for (auto const& alg : sim::simulated_platform().metadata().id_token_signing_alg_values_supported) {
        for (auto crypto : {cal::crypto_answers::inside, cal::crypto_answers::by_host}) {
            fixture f;
            f.client.id_token_signed_response_alg = alg;
            if (alg.starts_with("HS")) f.client.client_secret = std::string(64, 's');
            f.options.crypto = crypto;
            f.register_client();
            auto flow = f.start({.redirect_uri = redirect_uri});
            accepted(alg, flow);
            while (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, cal::answer_inside(*question));
            CHECK(flow->handle_redirect(f.platform.authorize(*flow->authorization_url(), f.host.now()).value(), f.host.now()));
            accepted(alg, cal::drive(*flow, f.host, cal::answer_inside));
        }
    }
}

TEST_CASE("a run repeats, byte for byte, and another seed gives another") {
    auto const run = [](std::uint64_t seed, char const* alg) {
        fixture f({.seed = seed, .access_token_signing_alg = alg});
        f.client.id_token_signed_response_alg = alg;
        f.register_client();
        std::string text;
        recording_host host{f.host, text};
        auto flow = f.start({.redirect_uri = redirect_uri});
        text += *f.platform.authorize(*flow->authorization_url(), f.host.now());
        CHECK(flow->handle_redirect(text, f.host.now()));
        accepted("sign-in", cal::drive(*flow, host));
        CHECK(f.platform.inject("net-garbage"));
        refused("garbage", cal::drive(cal::discover(f.platform.issuer()), host), cal::error_code::json_syntax);
        return text;
    };
    for (auto alg : {"RS256", "EdDSA"}) {
        CHECK(run(1, alg) == run(1, alg));
        CHECK(run(1, alg) != run(2, alg));
    }
}

TEST_CASE("codes and tokens do not depend on how tokens are signed") {
    auto const run = [](char const* alg) {
        fixture f({.access_token_signing_alg = alg});
        f.client.id_token_signed_response_alg = alg;
        f.register_client();
        std::string tokens;
        for (int i = 0; i < 3; ++i) tokens += f.sign_in()->tokens.refresh_token.expose();
        return tokens;
    };
    auto const tokens = run("EdDSA");
    for (auto const* alg : {"RS256", "PS256", "ES256", "ES512"}) CHECK(run(alg) == tokens);
}

TEST_CASE("its metadata have what is required, and nothing empty") {
    for (auto const* issuer : {"https://auth.example.com", "https://auth.example.com/", "https://auth.example.com/tenant/1/"}) {
        INFO(issuer);
        fixture f({.issuer = issuer});
        for (auto where : {cal::metadata_location::openid_configuration, cal::metadata_location::oauth_authorization_server}) {
            auto const found = cal::drive(cal::discover(issuer, where), f.host);
            accepted(issuer, found);
            CHECK(found->token_endpoint.find("//", 8) == std::string::npos);
            CHECK(serialize(*found) == serialize(f.server));
        }
        accepted("sign-in", f.sign_in());
        auto const text = f.platform.handle(*cal::build_server_metadata_request(issuer), f.host.now()).body;
        auto const document = cal::parse_json(text, text.size());
        REQUIRE(document);
        CHECK(document->root()["subject_types_supported"].to_string() == R"(["public"])"); // OIDC Discovery 3
        CHECK(document->root()["userinfo_signing_alg_values_supported"].to_string() ==
            document->root()["id_token_signing_alg_values_supported"].to_string());
        for (std::size_t i = 0; i < document->root().size(); ++i) CHECK(document->root().member_value(i).to_string() != "[]");
    }
}

TEST_CASE("what the platform must not redirect is an error of its own") {
    fixture f;
    auto const url = *f.start({.redirect_uri = redirect_uri})->authorization_url();
    auto const with = [&url](std::string_view from, std::string_view to) {
        auto changed = url;
        return changed.replace(changed.find(from), from.size(), to);
    };
    for (auto const& bad : {with("auth.example.com", "evil.example.com"), with("/authorize", "/authorise"), with("client_id=app", "client_id=other"),
             with("callback", "callback2"), with("redirect_uri", "redirect"), std::string()}) {
        refused(bad, f.platform.authorize(bad, f.host.now()), cal::error_code::authorization_error);
    }
    CHECK(f.platform.count(endpoint::authorization) == 6);
}

TEST_CASE("what it refuses otherwise goes back to the application") {
    fixture f;
    auto const url = *f.start({.redirect_uri = redirect_uri})->authorization_url();
    auto const error_of = [&](std::string_view from, std::string_view to, sim::user_decision const& decision = {}) {
        auto changed = url;
        changed.replace(changed.find(from), from.size(), to);
        auto const redirect = f.platform.authorize(changed, f.host.now(), decision);
        REQUIRE(redirect);
        CHECK(redirect->find("code=") == std::string::npos);
        CHECK(redirect->find("state=") != std::string::npos);
        CHECK(redirect->find("iss=https%3A%2F%2Fauth.example.com") != std::string::npos);
        auto const error = redirect->find("error=") + 6;
        return redirect->substr(error, redirect->find('&', error) - error);
    };
    CHECK(error_of("S256", "plain") == "invalid_request");
    CHECK(error_of("code_challenge=", "challenge=") == "invalid_request");
    CHECK(error_of("response_type=code", "response_type=token") == "unsupported_response_type");
    CHECK(error_of("scope=openid", "scope=email") == "invalid_scope");
    CHECK(error_of("scope=openid", "scope=openid&scope=openid") == "invalid_request");
    CHECK(error_of("a", "a", {.allow = false}) == "access_denied");
    CHECK(error_of("a", "a", {.allow = false, .error = "interaction_required"}) == "interaction_required");
    CHECK(error_of("a", "a", {.sub = "nobody"}) == "login_required");

    auto const denied = f.sign_in({.allow = false});
    refused("denied", denied, cal::error_code::authorization_error);
    CHECK(denied.error().server_error() == "access_denied");
    CHECK(f.platform.count(endpoint::token) == 0);
}

TEST_CASE("the user decides who it is, how much, and when it was") {
    fixture f;
    auto const long_ago = f.host.now() - seconds(86'400);
    auto const user = f.sign_in({.sub = "user-2", .granted_scope = "openid", .authenticated_at = long_ago});
    accepted("sign-in", user);
    CHECK(user->claims.sub() == "user-2");
    CHECK(user->claims.name().empty());
    CHECK(user->claims.auth_time() == long_ago);
    CHECK(user->tokens.scope == "openid");
    CHECK(user->scope_reduced);

    f.register_client("openid email");
    CHECK(f.sign_in()->tokens.scope == "openid email");
}

TEST_CASE("what is granted is never more than was asked for, allowed and decided") {
    fixture f;
    auto const error_of = [](cal::result<cal::sign_in> const& user) { return user ? std::string_view() : user.error().server_error(); };
    CHECK(error_of(f.sign_in({.granted_scope = ""})) == "access_denied");
    CHECK(error_of(f.sign_in({.granted_scope = "phone"})) == "access_denied");
    f.register_client("");
    CHECK(error_of(f.sign_in()) == "access_denied");
    f.register_client("openid email");
    auto const user = f.sign_in({.granted_scope = "openid profile"});
    accepted("what is left", user);
    CHECK(user->tokens.scope == "openid");
    CHECK(user->scope_reduced);

    f.client.client_secret = "ccas_0123456789";
    f.register_client("users:read");
    refused_by_server("nothing is left", f.ask(cal::client_credentials_grant{.scope = "admin"}, f.client), "invalid_scope");
}

TEST_CASE("the claims of a scope are given with that scope, all others always") {
    constexpr auto claims = R"({"name":"Alice","nickname":"Al","updated_at":1,"email":"alice@example.com","email_verified":true,
        "address":{"country":"SE"},"phone_number":"+46","phone_number_verified":false,"groups":["a"]})";
    struct row {
        char const* scope;
        std::set<std::string_view> given;
    };
    for (auto const& one :
        {row{"openid", {}}, row{"openid profile", {"name", "nickname", "updated_at"}}, row{"openid email", {"email", "email_verified"}},
            row{"openid address", {"address"}}, row{"openid phone", {"phone_number", "phone_number_verified"}}}) {
        INFO(one.scope);
        fixture f;
        f.platform.add_user({.claims_json = claims});
        auto const user = f.sign_in({}, one.scope);
        accepted(one.scope, user);
        REQUIRE(user->userinfo);
        for (auto const* name :
            {"name", "nickname", "updated_at", "email", "email_verified", "address", "phone_number", "phone_number_verified", "groups", "sub"}) {
            INFO(name);
            bool const given = one.given.contains(name) || name == std::string_view("groups") || name == std::string_view("sub");
            CHECK(user->claims[name].has_value() == given);
            CHECK((*user->userinfo)[name].has_value() == given);
        }
    }
}

TEST_CASE("prompt and max_age say whether the user authenticates now") {
    fixture f;
    auto const now = f.host.now();
    struct row {
        char const* parameters;
        std::optional<seconds> ago; ///< since the user authenticated; nothing: now
        char const* error;
        seconds auth_time_ago{0};
    };
    for (auto const& one : {row{"&prompt=none", {}, "login_required"}, row{"&prompt=none", seconds(100), "", seconds(100)},
             row{"&prompt=none&max_age=99", seconds(100), "login_required"}, row{"&prompt=none&max_age=100", seconds(100), "", seconds(100)},
             row{"&prompt=none%20login", seconds(100), "invalid_request"}, row{"&prompt=login", seconds(100), ""},
             row{"&prompt=consent%20login", seconds(100), ""}, row{"&prompt=consent", seconds(100), "", seconds(100)},
             row{"&max_age=99", seconds(100), ""}, row{"&max_age=100", seconds(100), "", seconds(100)}, row{"&max_age=0", seconds(1), ""},
             row{"&max_age=-1", {}, "invalid_request"}, row{"&max_age=x", {}, "invalid_request"}, row{"&max_age=", {}, ""}}) {
        INFO(one.parameters);
        auto flow = f.start({.redirect_uri = redirect_uri});
        sim::user_decision decision;
        if (one.ago) decision.authenticated_at = now - *one.ago;
        auto const redirect = *f.platform.authorize(*flow->authorization_url() + one.parameters, now, decision);
        auto const taken = flow->handle_redirect(redirect, now);
        if (*one.error) {
            REQUIRE_FALSE(taken);
            CHECK(taken.error().server_error() == one.error);
            continue;
        }
        accepted(one.parameters, taken);
        auto const user = cal::drive(*flow, f.host);
        accepted(one.parameters, user);
        CHECK(user->claims.auth_time() == now - one.auth_time_ago);
    }
}

TEST_CASE("clients authenticate as they were registered, and in no other way") {
    struct row {
        char const* id;
        char const* secret;
        char const* registered;
        char const* used;
        bool good;
    };
    for (auto const& one : {row{"app", "", "none", "none", true}, row{"app", "ccas_0123456789", "client_secret_post", "client_secret_post", true},
             row{"app", "ccas_0123456789", "client_secret_basic", "client_secret_basic", true},
             row{"app", "ccas_0123456789", "", "client_secret_basic", true},
             row{"odd client:id+%", "s&cr=t+% é:", "client_secret_basic", "client_secret_basic", true},
             row{"odd client:id+%", "s&cr=t+% é:", "client_secret_post", "client_secret_post", true},
             row{"app", "ccas_0123456789", "client_secret_post", "client_secret_basic", false},
             row{"app", "ccas_0123456789", "client_secret_basic", "client_secret_post", false},
             row{"app", "ccas_0123456789", "client_secret_post", "none", false}}) {
        INFO(one.id << ' ' << one.registered << ' ' << one.used);
        fixture f;
        f.client = {.client_id = one.id, .client_secret = one.secret, .token_endpoint_auth_method = one.registered};
        f.register_client();
        f.client.token_endpoint_auth_method = one.used;
        auto const user = f.sign_in();
        if (one.good) accepted(one.id, user);
        else refused_by_server(one.id, user, "invalid_client");
        CHECK(f.platform.requests().back().status == (one.good ? 200 : 401));
    }
    fixture f;
    f.client = {.client_id = "app", .client_secret = "ccas_0123456789", .token_endpoint_auth_method = "client_secret_post"};
    f.register_client();
    f.client.client_secret = "ccas_9876543210";
    refused_by_server("a wrong secret", f.sign_in(), "invalid_client");
    f.client.client_id = "another";
    refused_by_server("an unknown client", f.ask(cal::client_credentials_grant{}, f.client), "invalid_client");

    auto both = cal::build_token_request(f.server, f.client, cal::client_credentials_grant{}, f.host.now());
    both->headers.push_back({"Authorization", "Basic YXBwOmNjYXNfMDEyMzQ1Njc4OQ=="});
    CHECK(f.platform.handle(*both, f.host.now()).status == 401);

    f.client = {.client_id = "app", .client_secret = "ccas_0123456789"};
    f.register_client();
    auto basic = cal::build_token_request(f.server, f.client, cal::client_credentials_grant{}, f.host.now());
    basic->body += "&client_id=app";
    CHECK(f.platform.handle(*basic, f.host.now()).status == 200);
    basic->body += "2";
    auto const answer = f.platform.handle(*basic, f.host.now());
    CHECK(answer.status == 401);
    CHECK(answer.body.find("invalid_client") != std::string::npos);
}

TEST_CASE("a client that signs by a clock that is wrong learns the platform's first, and sends its code once") {
    for (int const minutes : {-10, -2, 2, 10}) {
        INFO(minutes);
        fixture f;
        f.client.token_endpoint_auth_method = "private_key_jwt";
        f.client.private_jwk = sim::p256_key;
        f.client.token_endpoint_auth_signing_alg = "ES256";
        f.register_client();
        f.host.set_clock(f.host.now() + seconds(60 * minutes));
        auto flow =
            cal::authorization_code_flow::start(f.server, f.client.clone(), {.redirect_uri = std::string(redirect_uri)}, f.random, f.host.now());
        accepted("start", flow);
        auto const redirect = f.platform.authorize(*flow->authorization_url(), f.host.now() - seconds(60 * minutes));
        accepted("authorize", redirect);
        accepted("redirect", flow->handle_redirect(*redirect, f.host.now()));
        accepted("sign-in", cal::drive(*flow, f.host));
        CHECK(f.platform.count(sim::simulated_endpoint::token) == 1);

        auto alone = cal::session::start(
            cal::client_credentials{.server = f.server, .client = f.client.clone()}, f.random, f.host.now(), {.storage = cal::storage::none});
        accepted("session", alone);
        for (int steps = 0; steps < 8 && !alone->access_token(f.host.now()); ++steps) {
            if (auto const request = alone->poll_request(f.host.now()))
                alone->handle_response(request->id, f.host.send(*request).value(), f.host.now());
            else if (auto const deadline = alone->next_deadline()) f.host.wait_until(*deadline);
        }
        accepted("access token", alone->access_token(f.host.now()));
        CHECK(f.platform.count(sim::simulated_endpoint::token) <= 4);
    }
}

TEST_CASE("a client that is refused for another reason than its clock is not asked for ever") {
    for (bool const clock_is_wrong : {false, true}) {
        fixture f;
        f.client.token_endpoint_auth_method = "private_key_jwt";
        f.client.private_jwk = sim::p256_key;
        f.client.token_endpoint_auth_signing_alg = "ES256";
        f.register_client();
        f.client.private_jwk = sim::other_p256_key;
        if (clock_is_wrong) f.host.set_clock(f.host.now() + seconds(600));
        refused("another key", f.sign_in(), cal::error_code::token_error);
        CHECK(f.platform.count(sim::simulated_endpoint::token) == 1);
    }
}

TEST_CASE("a client signs its requests in a sign-in, a session and its end, and each assertion is good once") {
    for (std::string_view const method : {"private_key_jwt", "client_secret_jwt"}) {
        INFO(method);
        fixture f;
        f.client.token_endpoint_auth_method = method;
        if (method == "private_key_jwt") {
            f.client.private_jwk = sim::p256_key;
            f.client.token_endpoint_auth_signing_alg = "ES256";
        } else {
            f.client.client_secret = std::string(32, 's');
        }
        f.register_client();
        auto user = f.sign_in();
        accepted("sign-in", user);
        auto session = cal::session::start(
            cal::oauth_refresh{f.server, f.client.clone()}, std::move(*user), f.random, f.host.now(), {.storage = cal::storage::none});
        accepted("session", session);
        auto const run = [&f](cal::session& one) {
            while (auto request = one.poll_request(f.host.now())) {
                auto const id = request->id;
                one.handle_response(id, f.host.send(*request).value(), f.host.now());
            }
        };
        f.host.advance(seconds(3600)); // two refreshes: two assertions of one seed
        run(*session);
        f.host.advance(seconds(3600));
        run(*session);
        auto resumed = cal::session::resume(
            cal::oauth_refresh{f.server, f.client.clone()}, serialize(*session).expose(), f.random, f.host.now(), {.storage = cal::storage::none});
        accepted("resumed", resumed);
        f.host.advance(seconds(3600));
        run(*resumed);
        resumed->sign_out(f.host.now());
        run(*resumed);
        CHECK(f.platform.count(endpoint::revocation) == 1);
        for (auto const& request : f.platform.requests()) CHECK(request.status == 200 + 102 * (request.endpoint == endpoint::authorization));
        CHECK(f.platform.count(endpoint::token) == 4);

        accepted("for itself", f.ask(cal::client_credentials_grant{}, f.client));
        auto request = cal::build_token_request(f.server, f.client, cal::client_credentials_grant{}, f.host.now(), {}, &f.random);
        REQUIRE(request);
        CHECK(f.platform.handle(*request, f.host.now()).status == 200);
        CHECK(f.platform.handle(*request, f.host.now()).status == 401); // its jti came before
        auto late = cal::build_token_request(f.server, f.client, cal::client_credentials_grant{}, f.host.now(), {}, &f.random);
        f.host.advance(seconds(60));
        CHECK(f.platform.handle(*late, f.host.now()).status == 401);
        auto const refuse = [&](std::string_view what, auto change) {
            auto other = f.client.clone();
            auto server = f.server;
            change(other, server);
            auto asked = cal::build_token_request(server, other, cal::client_credentials_grant{}, f.host.now(), {}, &f.random);
            accepted(what, asked);
            CHECK(f.platform.handle(*asked, f.host.now()).status == 401);
        };
        refuse("another audience", [](auto&, auto& server) { server.issuer = "https://other.example"; });
        refuse("another method", [](auto& other, auto&) {
            other.token_endpoint_auth_method = "client_secret_post";
            other.client_secret = std::string(32, 's');
        });
        refuse("another key", [](auto& other, auto&) {
            if (other.private_jwk.empty()) other.client_secret = std::string(32, 't');
            else other.private_jwk = sim::other_p256_key;
        });
        refuse("another algorithm", [](auto& other, auto&) {
            if (!other.private_jwk.empty()) other.private_jwk = sim::rsa_key;
            else other.token_endpoint_auth_method = "client_secret_basic";
            if (!other.private_jwk.empty()) other.token_endpoint_auth_signing_alg = "RS256";
        });
        auto const started = cal::authorization_code_flow::start(
            f.server, f.client.clone(), {.redirect_uri = redirect_uri}, f.random, f.host.now(), {.crypto = cal::crypto_answers::by_host});
        refused("by host", started, cal::error_code::client_assertion_by_host);
        auto const alone = cal::session::start(
            cal::client_credentials{f.server, f.client.clone()}, f.random, f.host.now(), {.crypto = cal::crypto_answers::by_host});
        refused("by host", alone, cal::error_code::client_assertion_by_host);
        accepted("a session of its own", cal::session::start(cal::client_credentials{f.server, f.client.clone()}, f.random, f.host.now()));
    }
}

TEST_CASE("a token request is a POST with a form that has nothing twice") {
    fixture f;
    f.client.client_secret = "ccas_0123456789";
    f.client.token_endpoint_auth_method = "client_secret_post";
    f.register_client();
    auto const status = [&](auto change) {
        auto request = cal::build_token_request(f.server, f.client, cal::client_credentials_grant{}, f.host.now());
        change(*request);
        return f.platform.handle(*request, f.host.now()).status;
    };
    CHECK(status([](cal::http_request&) {}) == 200);
    CHECK(status([](cal::http_request& r) { r.method = cal::http_method::get; }) == 400);
    CHECK(status([](cal::http_request& r) { r.headers.clear(); }) == 400);
    CHECK(status([](cal::http_request& r) { r.url += "?grant_type=client_credentials"; }) == 400);
    CHECK(status([](cal::http_request& r) { r.body += "&grant_type=client_credentials"; }) == 400);
    CHECK(status([](cal::http_request& r) { r.body += "&a=%zz"; }) == 400);
    CHECK(status([](cal::http_request& r) { r.body.replace(r.body.find("client_credentials"), 18, "password"); }) == 400);
    CHECK(status([](cal::http_request& r) { r.url = "https://auth.example.com/api/v1/oidc/other"; }) == 404);
    CHECK(status([](cal::http_request& r) { r.url = "https://auth.example.com/.well-known/openid-configuration"; }) == 405);
}

TEST_CASE("a code is for one client, one redirect_uri, one verifier, one minute and one exchange") {
    fixture f;
    f.platform.add_client({.client = {.client_id = "other"}, .redirect_uris = {redirect_uri}});
    std::string const verifier(43, 'v');
    auto const code = [&] {
        std::string query = "client_id=app&response_type=code&scope=openid&code_challenge_method=S256&redirect_uri=";
        query += cal::detail::form_encode(redirect_uri) + "&code_challenge=" + *cal::compute_code_challenge(verifier);
        auto const redirect = *f.platform.authorize(f.server.authorization_endpoint + "?" + query, f.host.now());
        auto const begin = redirect.find("code=") + 5;
        return redirect.substr(begin, redirect.find('&', begin) - begin);
    };
    auto const exchange = [&](std::string_view the_code, std::string_view uri, std::string_view the_verifier, char const* client = "app") {
        return f.ask(cal::authorization_code_grant{.code = the_code, .redirect_uri = uri, .code_verifier = the_verifier},
            cal::client_information{.client_id = client});
    };
    auto const first = code();
    auto const tokens = exchange(first, redirect_uri, verifier);
    accepted("honest", tokens);
    accepted("UserInfo", f.userinfo(tokens->access_token.expose()));
    refused_by_server("a second time", exchange(first, redirect_uri, verifier), "invalid_grant");
    refused("and what was made of it is not to be trusted", f.userinfo(tokens->access_token.expose()), cal::error_code::invalid_token);
    refused_by_server("nor is its refresh token", f.refresh(tokens->refresh_token.expose()), "invalid_grant");

    refused_by_server("made up", exchange("made-up", redirect_uri, verifier), "invalid_grant");
    refused_by_server("another client", exchange(code(), redirect_uri, verifier, "other"), "invalid_grant");
    refused_by_server("another redirect_uri", exchange(code(), "http://127.0.0.1:3000/callback2", verifier), "invalid_grant");
    refused_by_server("another verifier", exchange(code(), redirect_uri, std::string(43, 'w')), "invalid_grant");
    auto const late = code();
    f.host.advance(seconds(60));
    refused_by_server("too late", exchange(late, redirect_uri, verifier), "invalid_grant");
    auto const revoked = code();
    f.platform.revoke_user("user-1");
    refused_by_server("after the user was thrown out", exchange(revoked, redirect_uri, verifier), "invalid_grant");
}

TEST_CASE("each refresh gives a successor, and a spent token ends the whole family") {
    fixture f;
    auto const user = f.sign_in();
    auto const other = f.sign_in();
    auto const second = f.refresh(user->tokens.refresh_token.expose());
    accepted("first refresh", second);
    CHECK(second->refresh_token.expose() != user->tokens.refresh_token.expose());
    CHECK(second->access_token.expose() != user->tokens.access_token.expose());
    CHECK_FALSE(second->id_token.empty());
    auto const third = f.refresh(second->refresh_token.expose());
    accepted("second refresh", third);

    refused_by_server("reuse", f.refresh(user->tokens.refresh_token.expose()), "invalid_grant");
    refused_by_server("the newest is dead, too", f.refresh(third->refresh_token.expose()), "invalid_grant");
    refused("so are the access tokens", f.userinfo(third->access_token.expose()), cal::error_code::invalid_token);
    accepted("another sign-in is not", f.refresh(other->tokens.refresh_token.expose()));

    std::vector<std::optional<std::size_t>> sent;
    for (auto const& request : f.platform.requests())
        if (request.grant_type == "refresh_token") sent.push_back(request.refresh_token);
    CHECK(sent == std::vector<std::optional<std::size_t>>{0, 2, 0, 3, 1});
}

TEST_CASE("within the grace, a spent token is answered with the same successor") {
    fixture f({.reuse_grace = seconds(30)});
    auto const user = f.sign_in();
    auto const token = user->tokens.refresh_token.expose();
    auto const second = f.refresh(token);
    accepted("first", second);
    f.host.advance(seconds(20));
    auto const again = f.refresh(token);
    accepted("within the grace", again);
    CHECK(again->refresh_token.expose() == second->refresh_token.expose());

    SECTION("until that one is spent") {
        accepted("the successor", f.refresh(second->refresh_token.expose()));
        refused_by_server("then not", f.refresh(token), "invalid_grant");
    }
    SECTION("until the time is up") {
        f.host.advance(seconds(10));
        refused_by_server("then not", f.refresh(token), "invalid_grant");
        refused_by_server("and the family ends", f.refresh(second->refresh_token.expose()), "invalid_grant");
    }
}

TEST_CASE("a spent token that comes before it was spent, by a clock that was set back, is reuse") {
    for (auto const grace : {seconds(0), seconds(30)}) {
        fixture f({.reuse_grace = grace});
        auto const user = f.sign_in();
        auto const token = user->tokens.refresh_token.expose();
        accepted("first", f.refresh(token));
        f.platform.set_clock_ahead(-seconds(10));
        refused_by_server("again", f.refresh(token), "invalid_grant");
    }
}

TEST_CASE("without rotation the token stays, until it expires") {
    fixture f({.refresh_token_lifetime = seconds(100), .rotate_refresh_tokens = false, .id_token_on_refresh = false});
    auto const user = f.sign_in();
    auto const token = user->tokens.refresh_token.expose();
    for (int i = 0; i < 3; ++i) {
        auto const tokens = f.refresh(token);
        accepted("refresh", tokens);
        CHECK(tokens->refresh_token.empty());
        CHECK(tokens->id_token.empty());
    }
    f.host.advance(seconds(100));
    refused_by_server("expired", f.refresh(token), "invalid_grant");
}

TEST_CASE("a refresh token is its client's, and reaches as far as was granted") {
    fixture f;
    auto const user = f.sign_in();
    auto const token = user->tokens.refresh_token.expose();
    f.platform.add_client({.client = {.client_id = "other"}, .redirect_uris = {redirect_uri}});
    refused_by_server(
        "another client", f.ask(cal::refresh_token_grant{.refresh_token = token}, cal::client_information{.client_id = "other"}), "invalid_grant");
    refused_by_server("made up", f.refresh("made-up"), "invalid_grant");
    refused_by_server("more scope", f.refresh(token, "openid phone"), "invalid_scope");
    CHECK(f.refresh(token, "openid")->scope == "openid");

    f.platform.add_client({.client = f.client.clone(), .redirect_uris = {redirect_uri}, .refresh_tokens = false});
    CHECK(f.sign_in()->tokens.refresh_token.empty());
}

TEST_CASE("a client gets a token for itself, if it can prove who it is") {
    fixture f;
    f.client.client_secret = "ccas_0123456789";
    f.register_client("users:read users:write");
    auto const tokens = f.ask(cal::client_credentials_grant{.scope = "users:read admin"}, f.client);
    accepted("client credentials", tokens);
    CHECK(tokens->scope == "users:read");
    CHECK(tokens->refresh_token.empty());
    CHECK(tokens->id_token.empty());
    refused("it is no user", f.userinfo(tokens->access_token.expose()), cal::error_code::insufficient_scope);

    fixture open;
    auto request = cal::build_token_request(f.server, f.client, cal::client_credentials_grant{}, f.host.now());
    request->headers.erase(request->headers.begin(), request->headers.end());
    request->headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request->body = "grant_type=client_credentials&client_id=app";
    CHECK(open.platform.handle(*request, open.host.now()).body.find("unauthorized_client") != std::string::npos);
}

TEST_CASE("UserInfo knows its tokens") {
    fixture f({.access_token_lifetime = seconds(100)});
    auto const user = f.sign_in();
    accepted("honest", f.userinfo(user->tokens.access_token.expose()));
    refused("an ID Token", f.userinfo(user->tokens.id_token.expose()), cal::error_code::invalid_token);
    f.host.advance(seconds(100));
    refused("expired", f.userinfo(user->tokens.access_token.expose()), cal::error_code::invalid_token);
    auto const none = f.platform.handle(*cal::build_jwk_set_request(f.server.userinfo_endpoint), f.host.now());
    CHECK(none.status == 401);
    CHECK(cal::find_header(none.headers, "WWW-Authenticate") == "Bearer realm=\"userinfo\"");
}

TEST_CASE("UserInfo is signed where the client is registered so") {
    for (auto const* alg : {"RS256", "ES384", "EdDSA", "HS256"}) {
        fixture f;
        f.client.userinfo_signed_response_alg = alg;
        f.client.client_secret = std::string(32, 's');
        f.register_client();
        auto const user = f.sign_in();
        accepted(alg, user);
        REQUIRE(user->userinfo);
        CHECK(user->userinfo->email() == "alice@example.com");
        CHECK((*user->userinfo)["aud"].as_string() == "app");
        refused("it is not JSON", f.userinfo(user->tokens.access_token.expose()), cal::error_code::userinfo_content_type);
        CHECK(f.platform.inject("ui-sub-wrong"));
        refused("a fault is signed, too", f.sign_in(), cal::error_code::userinfo_sub_mismatch);
    }
}

TEST_CASE("revoking a refresh token ends the grant, an access token goes alone, an unknown one is no error") {
    fixture f;
    f.client.client_secret = "ccas_0123456789";
    f.register_client();
    auto const user = f.sign_in();
    auto const second = f.refresh(user->tokens.refresh_token.expose());
    accepted("an access token", f.revoke(user->tokens.access_token.expose(), f.client));
    refused("it is gone", f.userinfo(user->tokens.access_token.expose()), cal::error_code::invalid_token);
    accepted("the other is not", f.userinfo(second->access_token.expose()));

    cal::client_information const other{.client_id = "other"};
    f.platform.add_client({.client = other.clone(), .redirect_uris = {redirect_uri}});
    refused("by another client", f.revoke(second->refresh_token.expose(), other), cal::error_code::revocation_error);
    auto wrong = f.client.clone();
    wrong.client_secret = "ccas_9876543210";
    refused("with a wrong secret", f.revoke(second->refresh_token.expose(), wrong), cal::error_code::revocation_error);
    accepted("it lives", f.userinfo(second->access_token.expose()));

    accepted("the refresh token", f.revoke(second->refresh_token.expose(), f.client));
    accepted("twice", f.revoke(second->refresh_token.expose(), f.client));
    accepted("unknown", f.revoke("unknown", f.client));
    refused_by_server("the family is gone", f.refresh(second->refresh_token.expose()), "invalid_grant");
    refused("with its access tokens", f.userinfo(second->access_token.expose()), cal::error_code::invalid_token);
}

TEST_CASE("an administrator ends grants") {
    fixture f;
    auto const alice = f.sign_in();
    auto const bob = f.sign_in({.sub = "user-2"});
    f.platform.revoke_user("user-1");
    refused_by_server("hers", f.refresh(alice->tokens.refresh_token.expose()), "invalid_grant");
    accepted("not his", f.userinfo(bob->tokens.access_token.expose(), "user-2"));
    f.platform.revoke_client("app");
    refused("now his", f.userinfo(bob->tokens.access_token.expose(), "user-2"), cal::error_code::invalid_token);
    refused_by_server("his, too", f.refresh(bob->tokens.refresh_token.expose()), "invalid_grant");
}

TEST_CASE("keys are rotated, the old ones are published until they are removed, and the first comes again") {
    fixture f;
    auto const first = f.sign_in();
    f.options.keys = first->keys;
    std::set<std::string> seen;
    for (int i = 0; i < 4; ++i) {
        f.platform.rotate_keys();
        f.platform.clear_requests();
        auto const user = f.sign_in();
        accepted("with keys that were held", user);
        CHECK(f.platform.count(endpoint::jwks) == (i < 3 ? 1 : 0)); // the fourth is the one that was held
        auto const token = cal::parse_compact_jws(user->tokens.id_token.expose());
        REQUIRE(token->kid);
        CHECK(seen.insert(*token->kid).second);
        cal::signature_verifier verifier(user->keys, {cal::signature_algorithm::rs256});
        accepted("the first token", verifier.verify_signature(*cal::parse_compact_jws(first->tokens.id_token.expose())));
    }
    f.platform.rotate_keys();
    f.platform.remove_old_keys();
    auto const keys = cal::parse_jwk_set_response(f.platform.handle(*cal::build_jwk_set_request(f.server.jwks_uri), f.host.now()));
    cal::signature_verifier verifier(*keys, {cal::signature_algorithm::rs256});
    refused("removed", verifier.verify_signature(*cal::parse_compact_jws(first->tokens.id_token.expose())), cal::error_code::jwk_not_found);
}

TEST_CASE("the platform has a clock of its own") {
    SECTION("which can be ahead, and is told in Date") {
        fixture f({.clock_ahead = std::chrono::minutes(11)});
        auto const user = f.sign_in();
        accepted("the client learns it", user);
        CHECK(user->clock.describe() == "this device's clock is 11 minutes slow");
        f.platform.set_clock_ahead(cal::milliseconds(0));
        CHECK(f.sign_in()->clock.describe().empty());
    }
    SECTION("which does not go wrong with the device's") {
        fixture f;
        f.host.set_clock(f.host.now() + std::chrono::hours(2));
        CHECK(f.sign_in()->clock.describe() == "this device's clock is 2 hours fast");
    }
    SECTION("which need not be told") {
        fixture f({.send_date_header = false, .clock_ahead = std::chrono::minutes(11)});
        auto const answer = f.platform.handle(*cal::build_jwk_set_request(f.server.jwks_uri), f.host.now());
        CHECK_FALSE(cal::find_header(answer.headers, "Date"));
    }
    SECTION("in the form of RFC 9110") {
        fixture f;
        auto const request = *cal::build_jwk_set_request(f.server.jwks_uri);
        for (auto second : {0, 784111777, 951782400, 951868800, 1'800'000'000, 1'709'164'800}) {
            cal::time_point const time{seconds(second)};
            auto const date = std::string(*cal::find_header(f.platform.handle(request, time + cal::milliseconds(999)).headers, "Date"));
            CHECK(cal::parse_http_date(date) == time);
            if (second == 784111777) CHECK(date == "Sun, 06 Nov 1994 08:49:37 GMT");
        }
    }
}

TEST_CASE("faults wait for their request, happen as often as was said, and can be called off") {
    fixture f;
    auto const discover = [&] { return cal::drive(cal::discover(f.platform.issuer()), f.host); };
    CHECK(f.platform.inject({.name = "disc-404", .times = 2, .after = 1}));
    CHECK(f.platform.inject({.name = "net-500", .endpoint = endpoint::token}));
    accepted("spared", discover());
    refused("first", discover(), cal::error_code::status_unexpected);
    refused("second", discover(), cal::error_code::status_unexpected);
    accepted("over", discover());
    refused("the other waited for its endpoint", f.sign_in(), cal::error_code::server_unavailable);

    CHECK(f.platform.inject({.name = "disc-404", .times = sim::fault_injection::until_cleared}));
    for (int i = 0; i < 5; ++i) refused("every time", discover(), cal::error_code::status_unexpected);
    f.platform.clear_faults();
    accepted("called off", discover());
    CHECK(f.platform.inject({.name = "disc-404", .times = 0}));
    accepted("never", discover());

    CHECK(f.platform.inject("net-response-lost"));
    CHECK(f.platform.handle(*cal::build_server_metadata_request(f.platform.issuer()), f.host.now()).status == 200); // no network, nothing lost
    refused("behind a network", discover(), cal::error_code::transport_no_answer);
}

TEST_CASE("a fault waits for an answer that it changes") {
    fixture f;
    auto const happened = [&f](endpoint where) {
        std::vector<std::string> names;
        for (auto const& request : f.platform.requests())
            if (request.endpoint == where) names.insert(names.end(), request.faults.begin(), request.faults.end());
        return names;
    };
    SECTION("a browser has no part in what networks do") {
        CHECK(f.platform.inject("net-500"));
        accepted("the keys are asked for again", f.sign_in());
        CHECK(f.platform.count(endpoint::jwks) == 2);
        CHECK(happened(endpoint::authorization).empty());
        CHECK(happened(endpoint::jwks) == std::vector<std::string>{"net-500"});
    }
    SECTION("an error has no tokens that could be spoiled") {
        CHECK(f.platform.inject({.name = "tok-access-missing", .after = 1}));
        refused_by_server("an error", f.refresh("made-up"), "invalid_grant");
        accepted("spared", f.sign_in());
        CHECK(happened(endpoint::token).empty());
        refused("now", f.sign_in(), cal::error_code::access_token_missing);
        CHECK(happened(endpoint::token) == std::vector<std::string>{"tok-access-missing"});
    }
    SECTION("a code that is not given cannot be given twice") {
        for (auto const* name : {"az-code-twice", "az-code-empty", "az-code-missing", "az-code-and-error", "az-token-in-query"}) {
            CHECK(f.platform.inject(name));
            f.platform.clear_requests();
            CHECK(f.sign_in({.allow = false}).error().server_error() == "access_denied");
            CHECK(happened(endpoint::authorization).empty());
            (void)f.sign_in();
            CHECK(happened(endpoint::authorization) == std::vector<std::string>{name});
        }
    }
    SECTION("the same one twice needs two requests, and what never arrives is not spoiled") {
        for (auto const* name : {"net-500", "net-500", "net-not-sent", "ok-disc-unknown"}) CHECK(f.platform.inject(name));
        auto const discover = [&] { return cal::drive(cal::discover(f.platform.issuer()), f.host); };
        refused("not sent", discover(), cal::error_code::transport_not_sent);
        refused("first", discover(), cal::error_code::server_unavailable);
        refused("second", discover(), cal::error_code::server_unavailable);
        accepted("the last", discover());
        CHECK(happened(endpoint::discovery) == std::vector<std::string>{"net-not-sent", "net-500", "net-500", "ok-disc-unknown"});
    }
}

TEST_CASE("two faults happen to one request") {
    fixture f;
    CHECK(f.platform.inject("idt-iat-missing"));
    CHECK(f.platform.inject("idt-sig-flip"));
    refused("the signature comes first", f.sign_in(), cal::error_code::jws_signature_invalid);
    CHECK(f.platform.requests().back().faults == std::vector<std::string>{"idt-iat-missing", "idt-sig-flip"});
}

TEST_CASE("what arrived is told without its secrets") {
    fixture f;
    f.client.client_secret = "ccas_0123456789";
    f.register_client();
    auto const user = f.sign_in();
    CHECK(f.refresh(user->tokens.refresh_token.expose()));
    auto const& all = f.platform.requests();
    std::vector<endpoint> asked;
    for (auto const& request : all) {
        asked.push_back(request.endpoint);
        CHECK(request.acted);
        CHECK(request.client_id == (request.endpoint == endpoint::jwks ? "" : "app"));
        CHECK(request.status == (request.endpoint == endpoint::authorization ? 302 : 200));
    }
    CHECK(asked == std::vector{endpoint::authorization, endpoint::jwks, endpoint::token, endpoint::userinfo, endpoint::token});
    CHECK(all[2].grant_type == "authorization_code");
    CHECK_FALSE(all[2].refresh_token);
    CHECK(all[4].grant_type == "refresh_token");
    CHECK(all[4].refresh_token == 0);
    f.platform.clear_requests();
    CHECK(f.platform.requests().empty());
}

TEST_CASE("a browser can ask for itself") {
    fixture f;
    auto flow = f.start({.redirect_uri = redirect_uri});
    cal::http_request request;
    request.url = *flow->authorization_url();
    auto const answer = f.platform.handle(request, f.host.now());
    CHECK(answer.status == 302);
    CHECK(flow->handle_redirect(*cal::find_header(answer.headers, "Location"), f.host.now()));
    accepted("sign-in", cal::drive(*flow, f.host));
    CHECK(f.platform.count(endpoint::authorization) == 1);
    request.url += "&client_id=app";
    CHECK(f.platform.handle(request, f.host.now()).status == 302); // told to the application
    request.url = f.server.authorization_endpoint;
    CHECK(f.platform.handle(request, f.host.now()).status == 400);
}

TEST_CASE("a platform is a value that moves") {
    fixture f;
    auto moved = std::move(f.platform);
    sim::simulated_host host(moved);
    accepted("discovery", cal::drive(cal::discover(moved.issuer()), host));
}
