#include <calimatic/flow/authorization_code_flow.hpp>

#include <calimatic/drive/blocking.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "support/outcome.hpp"
#include "support/provider.hpp"

namespace cal = calimatic;
using support::noon;
using support::provider;
using support::virtual_host;
using log_of = std::vector<std::string>;

namespace {

constexpr auto redirect_uri = "http://127.0.0.1:3000/cb";

cal::authorization_parameters parameters() { return {.redirect_uri = redirect_uri, .scope = "openid email"}; }

/// One sign-in against one provider, in one of the two modes.
struct fixture {
    provider server;
    virtual_host host{server};
    support::seeded_random random;
    cal::authorization_code_options options;

    explicit fixture(cal::crypto_answers crypto) { options.crypto = crypto; }

    cal::result<cal::authorization_code_flow> start(
        cal::authorization_parameters p = parameters(), cal::client_information client = {.client_id = "client"}) {
        auto flow = cal::authorization_code_flow::start(server.metadata(), std::move(client), std::move(p), random, host.now(), options);
        if (flow) answer_questions(*flow);
        return flow;
    }
    static void answer_questions(cal::authorization_code_flow& flow) {
        while (auto q = flow.poll_crypto_question()) flow.handle_crypto_answer(q->id, cal::answer_inside(*q));
    }
    cal::result<cal::sign_in> finish(cal::authorization_code_flow& flow) { return cal::drive(flow, host, cal::answer_inside); }

    /// From the start to the end, with a redirect that may be tampered with.
    cal::result<cal::sign_in> sign_in(cal::authorization_parameters p = parameters(), cal::client_information client = {.client_id = "client"}) {
        auto flow = start(std::move(p), std::move(client));
        if (!flow) return flow.error();
        if (auto taken = flow->handle_redirect(server.authorize(*flow->authorization_url()), host.now()); !taken) return taken.error();
        return finish(*flow);
    }
};

#define BOTH_MODES fixture f(GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host))

std::string with_claim(std::string claims, std::string_view name, std::string_view value) { return support::with_member(claims, name, value); }

} // namespace

TEST_CASE("a user signs in") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    auto const user = f.sign_in();
    REQUIRE(user);
    CHECK(user->claims.sub() == "alice");
    CHECK(user->claims.name() == "Alice");
    CHECK(user->tokens.access_token.expose() == "the-access-token");
    CHECK(user->tokens.refresh_token.expose() == "the-refresh-token");
    CHECK(user->tokens.scope == "openid email");
    CHECK_FALSE(user->scope_reduced);
    REQUIRE(user->userinfo);
    CHECK(user->userinfo->email() == "alice@example.com");
    CHECK_FALSE(user->userinfo_error);
    CHECK(user->keys.keys.size() == 1);
    CHECK(f.server.log == log_of{"jwks", "token", "userinfo"});
}

TEST_CASE("without the wish for it UserInfo is not asked, and keys that are held are not fetched") {
    BOTH_MODES;
    f.options.keys = support::public_keys({support::rsa_key});
    auto const user = f.sign_in();
    REQUIRE(user);
    CHECK_FALSE(user->userinfo);
    CHECK_FALSE(user->userinfo_error);
    CHECK(f.server.log == log_of{"token"});
}

TEST_CASE("a user signs in with every algorithm that a client can have registered") {
    BOTH_MODES;
    for (auto key : {support::rsa_key, support::p256_key, support::p384_key, support::p521_key, support::ed25519_key})
        for (auto alg : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}) {
            auto const& traits = traits_of(*cal::parse_algorithm(alg));
            if (traits.kty != support::json_of(key).root()["kty"].as_string() ||
                traits.crv != support::json_of(key).root()["crv"].as_string().value_or(""))
                continue;
            INFO(alg);
            auto const named = support::for_alg(key, alg);
            f.server.key = named;
            f.server.published = {key};
            f.server.log.clear();
            auto const user = f.sign_in(parameters(), {.client_id = "client", .id_token_signed_response_alg = alg});
            REQUIRE(support::rule_name(user) == "accepted");
            CHECK(f.server.log == log_of{"jwks", "token"});
            auto const other = std::string_view(alg) == "RS256" ? "PS256" : "RS256"; // idt-alg-other-same-key
            CHECK(f.sign_in(parameters(), {.client_id = "client", .id_token_signed_response_alg = other}).error() ==
                cal::error_code::jws_alg_not_allowed);
        }
}

TEST_CASE("where HS256 is registered the client_secret is the key, and no keys are fetched") {
    BOTH_MODES;
    for (auto [key, alg, bytes] :
        {std::tuple(support::hs256_key, "HS256", 32), std::tuple(support::hs384_key, "HS384", 48), std::tuple(support::hs512_key, "HS512", 64)}) {
        INFO(alg);
        auto const secret = support::client_secret.substr(0, static_cast<std::size_t>(bytes));
        auto const client = [&](std::string_view s) {
            return cal::client_information{.client_id = "client", .client_secret = s, .id_token_signed_response_alg = alg};
        };
        f.server.key = key;
        f.server.log.clear();
        auto const user = f.sign_in(parameters(), client(secret));
        REQUIRE(support::rule_name(user) == "accepted");
        CHECK(user->claims.sub() == "alice");
        CHECK(user->keys.keys.empty());
        CHECK(f.server.log == log_of{"token"});

        f.server.log.clear();
        auto other = std::string(secret);
        other[0] = 'e';
        CHECK(f.sign_in(parameters(), client(other)).error() == cal::error_code::jws_signature_invalid);
        CHECK(f.server.log == log_of{"token"}); // no key would help

        CHECK(f.start(parameters(), client(secret.substr(1))).error() == cal::error_code::hmac_key_too_short);
        CHECK(f.start(parameters(), client("")).error() == cal::error_code::hmac_of_public_client);
        auto public_client = client(secret);
        public_client.token_endpoint_auth_method = "none";
        CHECK(f.start(parameters(), std::move(public_client)).error() == cal::error_code::hmac_of_public_client);

        auto without_keys = f.server.metadata(); // a server that only ever uses client_secrets need not publish any
        without_keys.jwks_uri.clear();
        CHECK(cal::authorization_code_flow::start(without_keys, client(secret), parameters(), f.random, noon, f.options));
    }
}

TEST_CASE("where RS256 is registered, no MAC is an ID Token, whatever the secret (idt-hs256)") {
    BOTH_MODES;
    auto const modulus_key = R"({"kty":"oct","kid":"rsa-1","alg":"HS256","k":)" + support::json_of(support::rsa_key).root()["n"].to_string() + "}";
    for (std::string_view key : {support::hs256_key, std::string_view(modulus_key)}) {
        f.server.key = key;
        CHECK(f.sign_in(parameters(), {.client_id = "client", .client_secret = support::client_secret.substr(0, 32)}).error() ==
            cal::error_code::jws_alg_not_allowed);
    }
}

TEST_CASE("the authorization URL carries fresh state, nonce and challenge, and openid") {
    BOTH_MODES;
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        auto flow = f.start({.redirect_uri = redirect_uri, .scope = "email"});
        REQUIRE(flow);
        auto const url = *flow->authorization_url();
        for (auto const* name : {"state", "nonce", "code_challenge"}) {
            auto const value = support::parameter(url, name);
            CHECK(value.size() == 43);
            CHECK(seen.insert(value).second);
        }
        CHECK(support::parameter(url, "scope") == "openid email");
        CHECK(support::parameter(url, "code_challenge_method") == "S256");
        CHECK(url.find(flow->pending()->code_verifier.expose()) == std::string::npos);
    }
}

TEST_CASE("by the host, there is neither URL nor pending sign-in before the challenge was answered") {
    fixture f(cal::crypto_answers::by_host);
    auto flow = cal::authorization_code_flow::start(f.server.metadata(), {.client_id = "client"}, parameters(), f.random, noon, f.options);
    REQUIRE(flow);
    CHECK_FALSE(flow->authorization_url());
    CHECK_FALSE(flow->awaiting_redirect());
    CHECK_FALSE(flow->pending());
    CHECK(flow->next_deadline() == cal::at_once);
    CHECK(flow->handle_redirect("http://127.0.0.1:3000/cb?state=x", noon).error() == cal::error_code::flow_in_wrong_state);
    auto const question = flow->poll_crypto_question();
    REQUIRE(question);
    CHECK(question->what == cal::crypto_question::kind::sha256);
    CHECK_FALSE(flow->poll_crypto_question());
    CHECK_FALSE(flow->handle_crypto_answer(question->id + 1, cal::answer_inside(*question)));

    SECTION("answered") {
        CHECK(flow->handle_crypto_answer(question->id, cal::answer_inside(*question)));
        CHECK(flow->authorization_url());
        CHECK(flow->pending());
        CHECK_FALSE(flow->handle_crypto_answer(question->id, cal::answer_inside(*question)));
    }
    SECTION("with anything but a digest of 32 bytes the flow ends") {
        for (auto const& bad : {cal::crypto_answer{}, cal::crypto_answer{cal::crypto_answer::kind::yes, {}},
                 cal::crypto_answer{cal::crypto_answer::kind::digest, "short"}}) {
            auto other = cal::authorization_code_flow::start(f.server.metadata(), {.client_id = "client"}, parameters(), f.random, noon, f.options);
            CHECK(other->handle_crypto_answer(other->poll_crypto_question()->id, bad));
            CHECK(other->poll_result()->error() == cal::error_code::crypto_unavailable);
        }
    }
}

TEST_CASE("what cannot work is refused before the browser is opened") {
    BOTH_MODES;
    CHECK(f.start({.redirect_uri = "http://app.example/cb"}).error() == cal::error_code::redirect_uri_invalid);
    CHECK(f.start({.redirect_uri = redirect_uri, .prompt = "none login"}).error() == cal::error_code::prompt_contradictory);
    CHECK(f.start({.redirect_uri = redirect_uri, .extra = {{"state", "x"}}}).error() == cal::error_code::parameter_reserved);
    CHECK(f.start({.redirect_uri = redirect_uri, .acr_values = " ", .acr_required = true}).error() == cal::error_code::acr_values_missing);
    CHECK(f.start(parameters(), {}).error() == cal::error_code::client_id_missing);
    CHECK(f.start(parameters(), {.client_id = "client", .token_endpoint_auth_method = "client_secret_post"}).error() ==
        cal::error_code::client_secret_missing);
    CHECK(f.start(parameters(), {.client_id = "client", .id_token_signed_response_alg = "none"}).error() == cal::error_code::jws_alg_unknown);
    support::failing_random failing;
    CHECK(cal::authorization_code_flow::start(f.server.metadata(), {.client_id = "client"}, parameters(), failing, noon, f.options).error() ==
        cal::error_code::random_source_failed);
    for (auto endpoint : {&cal::server_metadata::authorization_endpoint, &cal::server_metadata::token_endpoint, &cal::server_metadata::jwks_uri}) {
        auto without = f.server.metadata();
        (without.*endpoint).clear();
        CHECK(cal::authorization_code_flow::start(without, {.client_id = "client"}, parameters(), f.random, noon, f.options).error() ==
            cal::error_code::endpoint_missing);
        auto plain = f.server.metadata();
        plain.*endpoint = "http://op.example/x";
        CHECK(cal::authorization_code_flow::start(plain, {.client_id = "client"}, parameters(), f.random, noon, f.options).error() ==
            cal::error_code::url_not_https);
    }
    CHECK(f.server.log.empty());
}

TEST_CASE("until our state was read, a redirect is only an error, and the sign-in goes on") {
    BOTH_MODES;
    auto flow = f.start();
    REQUIRE(flow);
    auto const honest = f.server.authorize(*flow->authorization_url());
    auto const state = support::parameter(honest, "state");
    struct row {
        char const* what;
        std::string url;
        cal::error_code code;
    };
    for (auto const& bad : {
             row{"malformed", "http://127.0.0.1:3000/cb?state=%zz", cal::error_code::form_malformed},
             row{"not a URL", "hello", cal::error_code::redirect_not_ours},
             row{"another path", "http://127.0.0.1:3000/other?code=x&state=" + state, cal::error_code::redirect_not_ours},
             row{"another port", "http://127.0.0.1:3001/cb?code=x&state=" + state, cal::error_code::redirect_not_ours},
             row{"az-state-missing", "http://127.0.0.1:3000/cb?code=x", cal::error_code::state_missing},
             row{"az-state-wrong", "http://127.0.0.1:3000/cb?code=x&state=" + state + "x", cal::error_code::state_mismatch},
             row{"az-state-twice", "http://127.0.0.1:3000/cb?code=x&state=" + state + "&state=" + state, cal::error_code::parameter_repeated},
             row{"an error without our state", "http://127.0.0.1:3000/cb?error=access_denied&state=foreign", cal::error_code::state_mismatch},
         }) {
        INFO(bad.what);
        auto const taken = flow->handle_redirect(bad.url, noon);
        REQUIRE_FALSE(taken);
        CHECK(taken.error().code() == bad.code);
        CHECK_FALSE(flow->poll_result());
        CHECK(flow->awaiting_redirect());
        CHECK(flow->pending());
    }
    CHECK(flow->handle_redirect(honest, noon));
    CHECK_FALSE(flow->awaiting_redirect());
    CHECK(f.finish(*flow));
}

TEST_CASE("with our state, a bad redirect ends the sign-in without a request") {
    BOTH_MODES;
    auto flow = f.start();
    auto const honest = f.server.authorize(*flow->authorization_url());
    auto const state = support::parameter(honest, "state");
    std::string const base = "http://127.0.0.1:3000/cb?state=" + state;
    std::string const iss = "&iss=https%3A%2F%2Fop.example";
    struct row {
        char const* what;
        std::string url;
        cal::error_code code;
    };
    for (auto const& bad : {
             row{"az-code-twice", base + iss + "&code=a&code=b", cal::error_code::parameter_repeated},
             row{"az-iss-twice", base + iss + iss + "&code=a", cal::error_code::parameter_repeated},
             row{"az-iss-wrong", base + "&iss=https%3A%2F%2Fop.example1&code=a", cal::error_code::authorization_iss_mismatch},
             row{"az-iss-missing", base + "&code=a", cal::error_code::authorization_iss_missing},
             row{"az-error", base + iss + "&error=access_denied&error_description=no%0d%0a%3Cscript%3E", cal::error_code::authorization_error},
             row{"an error of another issuer", base + "&iss=https%3A%2F%2Fevil.example&error=access_denied",
                 cal::error_code::authorization_iss_mismatch},
             row{"az-code-and-error", base + iss + "&code=a&error=access_denied", cal::error_code::code_and_error},
             row{"az-code-missing", base + iss, cal::error_code::code_missing},
             row{"az-code-empty", base + iss + "&code=", cal::error_code::code_missing},
             row{"az-token-in-query", base + iss + "&access_token=x&id_token=y", cal::error_code::code_missing},
         }) {
        INFO(bad.what);
        auto pending = flow->pending();
        auto copy = cal::authorization_code_flow::resume(f.server.metadata(), {.client_id = "client"}, pending->clone(), f.random, noon, f.options);
        REQUIRE(copy);
        auto const taken = copy->handle_redirect(bad.url, noon);
        REQUIRE_FALSE(taken);
        CHECK(taken.error().code() == bad.code);
        CHECK_FALSE(copy->poll_request(noon));
        auto const ended = copy->poll_result();
        REQUIRE(ended);
        CHECK(ended->error().code() == bad.code);
        CHECK(copy->handle_redirect(honest, noon).error() == cal::error_code::redirect_already_used);
        for (char c : ended->error().message()) CHECK((c >= ' ' && c <= '~'));
    }
    CHECK(f.server.log.empty());
}

TEST_CASE("a redirect is taken once") {
    BOTH_MODES;
    auto flow = f.start();
    auto const honest = f.server.authorize(*flow->authorization_url());
    CHECK(flow->handle_redirect(honest, noon));
    CHECK_FALSE(flow->pending());
    CHECK(flow->handle_redirect(honest, noon).error() == cal::error_code::redirect_already_used);
    CHECK(flow->handle_redirect("http://127.0.0.1:3000/cb?state=foreign", noon).error() == cal::error_code::state_mismatch);
    CHECK(f.finish(*flow));
    CHECK(flow->handle_redirect(honest, noon).error() == cal::error_code::redirect_already_used);
}

TEST_CASE("a sign-in that takes too long expires, by itself or with its redirect") {
    BOTH_MODES;
    auto flow = f.start();
    auto const honest = f.server.authorize(*flow->authorization_url());
    auto const late = noon + cal::milliseconds{600'000};
    CHECK(flow->next_deadline() == late);
    CHECK_FALSE(flow->poll_request(late - cal::milliseconds{1}));
    CHECK_FALSE(flow->poll_result());

    SECTION("with its redirect") { CHECK(flow->handle_redirect(honest, late).error() == cal::error_code::sign_in_expired); }
    SECTION("by itself") {
        CHECK_FALSE(flow->poll_request(late));
        CHECK(flow->handle_redirect("http://127.0.0.1:3000/cb?state=foreign", late).error() == cal::error_code::state_mismatch);
    }
    CHECK(flow->poll_result()->error() == cal::error_code::sign_in_expired);
    CHECK_FALSE(flow->handle_redirect(honest, late));
    CHECK(f.server.log.empty());
}

TEST_CASE("a sign-in is taken up again from its saved form, at the same server and as the same client only") {
    BOTH_MODES;
    std::string blob, honest;
    {
        auto flow = f.start({.redirect_uri = redirect_uri, .scope = "openid", .max_age = cal::seconds{60}});
        honest = f.server.authorize(*flow->authorization_url());
        blob = serialize(*flow->pending()).expose();
    }
    auto const resume = [&](cal::server_metadata server, char const* client_id) {
        return cal::authorization_code_flow::resume(
            std::move(server), {.client_id = client_id}, cal::parse_pending_sign_in(blob).value(), f.random, noon, f.options);
    };
    auto foreign = f.server.metadata();
    foreign.issuer = "https://evil.example";
    CHECK(resume(foreign, "client").error() == cal::error_code::pending_of_another_server);
    CHECK(resume(f.server.metadata(), "other").error() == cal::error_code::pending_of_another_client);

    auto flow = resume(f.server.metadata(), "client");
    REQUIRE(flow);
    CHECK_FALSE(flow->authorization_url());
    CHECK(serialize(*flow->pending()).expose() == blob);
    CHECK(flow->handle_redirect(honest, noon));
    auto const user = f.finish(*flow);
    REQUIRE_FALSE(user); // max_age came along
    CHECK(user.error() == cal::error_code::id_token_auth_time_missing);
}

TEST_CASE("a pending sign-in that was filled by hand and requires nothing is not taken up") {
    BOTH_MODES;
    auto const whole = f.start()->pending().value();
    auto const refused = [&](auto change) {
        auto pending = whole.clone();
        change(pending);
        auto flow = cal::authorization_code_flow::resume(f.server.metadata(), {.client_id = "client"}, std::move(pending), f.random, noon, f.options);
        return !flow && flow.error() == cal::error_code::blob_malformed;
    };
    CHECK_FALSE(refused([](cal::pending_sign_in&) {}));
    CHECK(refused([](cal::pending_sign_in& p) { p.acr_values = "  "; }));
    CHECK(refused([](cal::pending_sign_in& p) { p.state.clear(); }));
    CHECK(refused([](cal::pending_sign_in& p) { p.nonce.clear(); }));
    CHECK(refused([](cal::pending_sign_in& p) { p.redirect_uri.clear(); }));
    CHECK(refused([](cal::pending_sign_in& p) { p.code_verifier = "short"; }));
}

TEST_CASE("a bad ID Token ends the sign-in with the first rule it broke, and UserInfo is not asked") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    struct row {
        char const* what;
        std::function<std::string(std::string)> claims;
        std::function<std::string(std::string)> token;
        cal::error_code code;
    };
    auto const keep = [](std::string text) { return text; };
    auto const set = [](std::string_view name, std::string_view value) {
        return [=](std::string c) { return with_claim(std::move(c), name, value); };
    };
    for (auto const& bad : {
             row{"idt-iss-wrong", set("iss", "\"https://op.example1\""), keep, cal::error_code::id_token_iss_mismatch},
             row{"idt-sub-missing", set("sub", ""), keep, cal::error_code::id_token_sub_missing},
             row{"idt-aud-wrong", set("aud", "\"client1\""), keep, cal::error_code::id_token_aud_mismatch},
             row{"idt-aud-untrusted-second", set("aud", R"(["client","other"])"), keep, cal::error_code::id_token_aud_untrusted},
             row{"idt-azp-wrong", set("azp", "\"other\""), keep, cal::error_code::id_token_azp_mismatch},
             row{"idt-iat-missing", set("iat", ""), keep, cal::error_code::id_token_iat_missing},
             row{"idt-exp-missing", set("exp", ""), keep, cal::error_code::id_token_exp_missing},
             row{"idt-exp-past", set("exp", "1700000000"), keep, cal::error_code::id_token_expired},
             row{"idt-nonce-wrong", set("nonce", "\"other\""), keep, cal::error_code::id_token_nonce_mismatch},
             row{"idt-nonce-missing", set("nonce", ""), keep, cal::error_code::id_token_nonce_missing},
             row{"idt-at_hash-wrong", set("at_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\""), keep, cal::error_code::id_token_at_hash_mismatch},
             row{"idt-alg-none", keep, [](std::string) { return support::unsigned_token(R"({"alg":"none"})"); }, cal::error_code::jws_alg_none},
             row{"idt-sig-flip", keep, [](std::string t) { return support::with_flipped_signature(t); }, cal::error_code::jws_signature_invalid},
             row{"idt-5-parts", keep, [](std::string) { return std::string("a.b.c.d.e"); }, cal::error_code::jws_encrypted},
         }) {
        INFO(bad.what);
        f.server.edit_claims = bad.claims;
        f.server.edit_id_token = bad.token;
        f.server.log.clear();
        auto const user = f.sign_in();
        REQUIRE_FALSE(user);
        CHECK(user.error().code() == bad.code);
        CHECK(f.server.log == log_of{"jwks", "token"});
    }
}

TEST_CASE("a bad token response ends the sign-in, and the code is not sent again") {
    BOTH_MODES;
    struct row {
        char const* what;
        cal::result<cal::http_response, cal::transport_failure> answer;
        cal::error_code code;
    };
    auto const json = [](int status, std::string body) { return cal::http_response{status, {}, std::move(body)}; };
    for (auto const& bad : {
             row{"tok-close", cal::transport_failure::no_answer, cal::error_code::transport_no_answer},
             row{"not sent", cal::transport_failure::not_sent, cal::error_code::transport_not_sent},
             row{"tok-huge", cal::transport_failure::too_large, cal::error_code::transport_too_large},
             row{"tok-redirect", cal::http_response{307, {{"Location", "https://evil.example"}}, {}}, cal::error_code::redirect_not_followed},
             row{"tok-500", json(500, "oops"), cal::error_code::server_unavailable},
             row{"tok-429", json(429, ""), cal::error_code::too_many_requests},
             row{"tok-400-html", json(400, "<html>"), cal::error_code::status_unexpected},
             row{"tok-html", json(200, "<html>"), cal::error_code::json_syntax},
             row{"tok-empty", json(200, ""), cal::error_code::json_syntax},
             row{"tok-array", json(200, "[]"), cal::error_code::token_response_malformed},
             row{"tok-error-in-200", json(200, R"({"error":"invalid_grant"})"), cal::error_code::token_error},
             row{"invalid_grant", json(400, R"({"error":"invalid_grant"})"), cal::error_code::token_error},
             row{"idt-dropped", json(200, R"({"access_token":"a","token_type":"Bearer"})"), cal::error_code::id_token_missing},
             row{"tok-type-mac", json(200, R"({"access_token":"a","token_type":"mac","id_token":"x"})"), cal::error_code::token_type_unknown},
             row{"tok-access-crlf", json(200, R"({"access_token":"a\r\nb","token_type":"Bearer","id_token":"x"})"),
                 cal::error_code::token_not_sendable},
         }) {
        INFO(bad.what);
        f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
            if (endpoint == "token") return bad.answer;
            return honest;
        };
        f.server.log.clear();
        auto const user = f.sign_in();
        REQUIRE_FALSE(user);
        CHECK(user.error().code() == bad.code);
        CHECK(user.error().condition() != cal::condition::retry_later); // the code is spent
        CHECK(f.server.log == log_of{"jwks", "token"});
    }
}

TEST_CASE("a code is sent once, also where an assertion is refused by a server that tells another time") {
    fixture f(cal::crypto_answers::inside);
    for (auto const& [status, code] : {std::pair(401, cal::error_code::token_error), std::pair(502, cal::error_code::server_unavailable)}) {
        INFO(status);
        f.server.tamper = [answered = status](std::string_view endpoint, cal::http_response honest) {
            if (endpoint != "token") return honest;
            return cal::http_response{answered, {{"Date", "Fri, 15 Jan 2027 08:15:00 GMT"}}, R"({"error":"invalid_client"})"};
        };
        f.server.log.clear();
        support::refused("refused", f.sign_in(parameters(), {.client_id = "client", .private_jwk = support::rsa_key}), code);
        CHECK(f.server.log == log_of{"jwks", "token"});
    }
}

TEST_CASE("an acr that is required is checked (OIDC Core 3.1.3.7 (12))") {
    BOTH_MODES;
    cal::authorization_parameters const wanted{.redirect_uri = redirect_uri, .acr_values = "gold silver", .acr_required = true};
    CHECK(f.sign_in(wanted).error() == cal::error_code::id_token_acr_mismatch);
    f.server.edit_claims = [](std::string c) { return with_claim(std::move(c), "acr", "\"bronze\""); };
    CHECK(f.sign_in(wanted).error() == cal::error_code::id_token_acr_mismatch);
    f.server.edit_claims = [](std::string c) { return with_claim(std::move(c), "acr", "\"silver\""); };
    CHECK(f.sign_in(wanted));
}

TEST_CASE("a server that repeats what it was sent does not get our secrets into an error") {
    BOTH_MODES;
    auto const method = GENERATE("client_secret_post", "client_secret_basic");
    std::string const secret = "s*cret of & spaces é";
    std::string sent;
    f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) {
        if (endpoint == "token") honest = {400, {}, "{\"error\":\"invalid_grant\",\"error_description\":\"" + sent + "\"}"};
        return honest;
    };
    auto flow = f.start(parameters(), {.client_id = "client", .client_secret = secret, .token_endpoint_auth_method = method});
    REQUIRE(flow);
    auto const pending = *flow->pending();
    REQUIRE(flow->handle_redirect(f.server.authorize(*flow->authorization_url()), noon));
    auto keys = flow->poll_request(noon);
    REQUIRE(flow->handle_response(keys->id, f.server.handle(*keys, noon).value(), noon));
    auto request = flow->poll_request(noon);
    sent = request->body + " " + std::string(cal::find_header(request->headers, "Authorization").value_or(""));
    REQUIRE(flow->handle_response(request->id, f.server.handle(*request, noon).value(), noon));

    auto const error = flow->poll_result()->error();
    CHECK(error.server_error() == "invalid_grant");
    CHECK(error.condition() == cal::condition::authorize_again);
    auto const basic = cal::find_header(request->headers, "Authorization").value_or("Basic nothing").substr(6);
    for (auto text : {std::string(error.server_text()), error.message()}) {
        INFO(text);
        CHECK(text.find("[secret]") != std::string::npos);
        for (auto hidden : {std::string_view("the-code"), pending.code_verifier.expose(), std::string_view(secret), basic, std::string_view("s*cret"),
                 std::string_view("s%2Acret")})
            CHECK(text.find(hidden) == std::string::npos);
    }
}

TEST_CASE("an authorization error that repeats the nonce or the state does not get them into an error") {
    BOTH_MODES;
    auto flow = f.start();
    auto const pending = *flow->pending();
    auto const redirect =
        "http://127.0.0.1:3000/cb?iss=https%3A%2F%2Fop.example&error=invalid_request&error_description=" + std::string(pending.nonce.expose()) + "+" +
        std::string(pending.state.expose()) + "&state=" + std::string(pending.state.expose());
    auto const taken = flow->handle_redirect(redirect, noon);
    REQUIRE_FALSE(taken);
    for (auto const& error : {taken.error(), flow->poll_result()->error()}) {
        CHECK(error.server_error() == "invalid_request");
        CHECK(error.message().find(pending.nonce.expose()) == std::string::npos);
        CHECK(error.message().find(pending.state.expose()) == std::string::npos);
    }
}

TEST_CASE("a transport failure after the redirect means signing in again, and before it trying again") {
    BOTH_MODES;
    f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
        if (endpoint == "token") return cal::http_response{503, {{"Retry-After", "7"}}, {}};
        return honest;
    };
    auto const user = f.sign_in();
    REQUIRE_FALSE(user);
    CHECK(user.error() == cal::error_code::server_unavailable);
    CHECK(user.error().condition() == cal::condition::authorize_again);
    CHECK(user.error().retry_after() == cal::seconds(7));
}

TEST_CASE("a lifetime that means for ever, and clocks that mean nothing, do no harm") {
    BOTH_MODES;
    f.options.lifetime = (cal::milliseconds::max)();
    for (auto now : {noon, (cal::time_point::min)(), cal::time_point{cal::milliseconds{-1}}, (cal::time_point::max)()}) {
        auto flow = cal::authorization_code_flow::start(f.server.metadata(), {.client_id = "client"}, parameters(), f.random, now, f.options);
        REQUIRE(flow);
        fixture::answer_questions(*flow);
        CHECK(flow->next_deadline());
        CHECK_FALSE(flow->poll_request(now));
        CHECK(flow->handle_redirect(f.server.authorize(*flow->authorization_url()), now));
        CHECK(flow->poll_request(now)); // the keys
    }
}

TEST_CASE("UserInfo is asked for again in time although the clock was set back") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    int asked = 0;
    f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
        if (endpoint == "userinfo" && ++asked == 1) {
            f.host.time -= cal::milliseconds{400LL * 24 * 3600 * 1000};
            return cal::http_response{503, {}, {}};
        }
        return honest;
    };
    auto const user = f.sign_in();
    REQUIRE(user);
    CHECK(user->userinfo);
}

TEST_CASE("keys that were changed just before signing are fetched once more") {
    BOTH_MODES;
    SECTION("between our fetch and the token") {
        f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) {
            if (endpoint == "jwks") {
                f.server.key = support::other_rsa_key;
                f.server.published = {support::other_rsa_key};
            }
            return honest;
        };
        auto const user = f.sign_in();
        REQUIRE(user);
        CHECK(user->keys.keys[0].kid == "rsa-2");
        CHECK(f.server.log == log_of{"jwks", "token", "jwks"});
    }
    SECTION("since the keys that we held") {
        f.options.keys = support::public_keys({support::other_rsa_key});
        REQUIRE(f.sign_in());
        CHECK(f.server.log == log_of{"token", "jwks"});
    }
    SECTION("under the same name as those that we held") {
        f.options.keys = support::public_keys({support::other_rsa_key});
        f.options.keys->keys[0].kid = "rsa-1";
        REQUIRE(f.sign_in());
        CHECK(f.server.log == log_of{"token", "jwks"});
    }
    SECTION("but not twice") {
        f.server.key = support::other_rsa_key;
        auto const user = f.sign_in();
        REQUIRE_FALSE(user);
        CHECK(user.error() == cal::error_code::jwk_not_found);
        CHECK(f.server.log == log_of{"jwks", "token", "jwks"});
    }
}

TEST_CASE("keys are asked for again within a bound, before and after the code was spent") {
    BOTH_MODES;
    int failures = GENERATE(1, 2, 3);
    int const wanted = failures;
    f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
        if (endpoint == "jwks" && failures-- > 0) return cal::transport_failure::no_answer;
        return honest;
    };
    auto const user = f.sign_in();
    if (wanted <= 2) {
        CHECK(user);
        CHECK(f.host.time > noon + cal::milliseconds{1000});
    } else {
        REQUIRE_FALSE(user);
        CHECK(user.error() == cal::error_code::transport_no_answer);
        CHECK(f.server.log == log_of{"jwks", "jwks", "jwks"});
    }
}

TEST_CASE("keys that are fetched anew are asked for again within a bound, too") {
    BOTH_MODES;
    f.options.keys = support::public_keys({support::other_rsa_key});
    int failures = GENERATE(2, 3);
    int const wanted = failures;
    f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
        if (endpoint == "jwks" && failures-- > 0) return cal::transport_failure::no_answer;
        return honest;
    };
    auto const user = f.sign_in();
    CHECK(user.has_value() == (wanted == 2));
    CHECK(f.server.log == log_of{"token", "jwks", "jwks", "jwks"});
}

TEST_CASE("a key set that is broken ends the sign-in before the code is sent") {
    BOTH_MODES;
    f.server.tamper = [](std::string_view endpoint, cal::http_response honest) {
        if (endpoint == "jwks") honest.body = "<html>";
        return honest;
    };
    auto const user = f.sign_in();
    REQUIRE_FALSE(user);
    CHECK(user.error() == cal::error_code::json_syntax);
    CHECK(f.server.log == log_of{"jwks"});
}

TEST_CASE("UserInfo that cannot be had is reported, and the user is signed in all the same") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    struct row {
        char const* what;
        cal::result<cal::http_response, cal::transport_failure> answer;
        cal::error_code code;
        std::size_t requests;
    };
    for (auto const& bad : {
             row{"ui-401", cal::http_response{401, {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}}, {}}, cal::error_code::invalid_token, 1},
             row{"ui-html", cal::http_response{200, {{"Content-Type", "text/html"}}, "<html>"}, cal::error_code::userinfo_content_type, 1},
             row{"ui-redirect", cal::http_response{302, {}, {}}, cal::error_code::redirect_not_followed, 1},
             row{"ui-sub-missing", cal::http_response{200, {}, "{}"}, cal::error_code::userinfo_sub_missing, 1},
             row{"a server that is down", cal::http_response{503, {}, {}}, cal::error_code::server_unavailable, 3},
             row{"a server that wants to rest for an hour", cal::http_response{503, {{"Retry-After", "3600"}}, {}},
                 cal::error_code::server_unavailable, 1},
             row{"no answer", cal::transport_failure::no_answer, cal::error_code::transport_no_answer, 3},
         }) {
        INFO(bad.what);
        f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
            if (endpoint == "userinfo") return bad.answer;
            return honest;
        };
        f.server.log.clear();
        auto const user = f.sign_in();
        REQUIRE(user);
        CHECK_FALSE(user->userinfo);
        REQUIRE(user->userinfo_error);
        CHECK(user->userinfo_error->code() == bad.code);
        CHECK(f.server.log.size() == 2 + bad.requests);
    }
}

TEST_CASE("UserInfo about another user ends the sign-in (ui-sub-wrong)") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    f.server.tamper = [](std::string_view endpoint, cal::http_response honest) {
        if (endpoint == "userinfo") honest.body = R"({"sub":"mallory"})";
        return honest;
    };
    auto const user = f.sign_in();
    REQUIRE_FALSE(user);
    CHECK(user.error() == cal::error_code::userinfo_sub_mismatch);
}

namespace {

cal::client_information with_signed_userinfo(std::string alg, std::string id_token_alg = "RS256") {
    return {.client_id = "client",
        .client_secret = support::client_secret,
        .id_token_signed_response_alg = std::move(id_token_alg),
        .userinfo_signed_response_alg = std::move(alg)};
}

} // namespace

TEST_CASE("UserInfo that is signed as registered is read (confidential-userinfo-jwt)") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    auto const ps512 = support::for_alg(support::rsa_key, "PS512");
    struct row {
        char const* alg;
        std::string_view key;
        log_of log;
    };
    for (auto const& good : {
             row{"RS256", support::rsa_key, {"jwks", "token", "userinfo"}},
             row{"PS512", ps512, {"jwks", "token", "userinfo"}},
             row{"ES384", support::p384_key, {"jwks", "token", "userinfo"}},
             row{"HS512", support::hs512_key, {"jwks", "token", "userinfo"}},
         }) {
        INFO(good.alg);
        f.server.published = {support::rsa_key, support::p384_key};
        f.server.userinfo_key = good.key;
        f.server.log.clear();
        auto const user = f.sign_in(parameters(), with_signed_userinfo(good.alg));
        REQUIRE(support::rule_name(user) == "accepted");
        CHECK_FALSE(user->userinfo_error);
        REQUIRE(user->userinfo);
        CHECK(user->userinfo->email() == "alice@example.com");
        CHECK((*user->userinfo)["aud"].as_string() == "client");
        CHECK(f.server.log == good.log);
    }
}

TEST_CASE("keys are fetched for signed UserInfo where there are none, or its key is not among them, once") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    f.server.userinfo_key = support::p256_key;
    SECTION("none: the ID Token needs none") {
        f.server.key = support::hs512_key;
        f.server.published = {support::p256_key};
        auto const user = f.sign_in(parameters(), with_signed_userinfo("ES256", "HS512"));
        REQUIRE(support::rule_name(user) == "accepted");
        CHECK(user->userinfo);
        CHECK(user->keys.keys.size() == 1);
        CHECK(f.server.log == log_of{"token", "userinfo", "jwks"});
    }
    SECTION("a kid that is unknown") {
        f.options.keys = support::public_keys({support::rsa_key});
        f.server.published = {support::rsa_key, support::p256_key};
        auto const user = f.sign_in(parameters(), with_signed_userinfo("ES256"));
        REQUIRE(support::rule_name(user) == "accepted");
        CHECK(user->userinfo);
        CHECK(user->keys.keys.size() == 2); // the newer ones
        CHECK(f.server.log == log_of{"token", "userinfo", "jwks"});
    }
    SECTION("a kid that stays unknown") {
        auto const user = f.sign_in(parameters(), with_signed_userinfo("ES256"));
        REQUIRE(support::rule_name(user) == "accepted");
        CHECK_FALSE(user->userinfo);
        CHECK(user->userinfo_error == cal::error_code::jwk_not_found);
        CHECK(f.server.log == log_of{"jwks", "token", "userinfo", "jwks"});
    }
    SECTION("keys that cannot be had") {
        auto fail = GENERATE(cal::transport_failure::no_answer, cal::transport_failure::too_large);
        f.options.keys = support::public_keys({support::rsa_key});
        f.server.tamper = [fail](std::string_view endpoint, cal::http_response honest) -> cal::result<cal::http_response, cal::transport_failure> {
            if (endpoint == "jwks") return fail;
            return honest;
        };
        auto const user = f.sign_in(parameters(), with_signed_userinfo("ES256"));
        REQUIRE(support::rule_name(user) == "accepted"); // the user is who it is all the same
        CHECK_FALSE(user->userinfo);
        CHECK(user->userinfo_error == cal::to_error(fail).code());
        CHECK(user->keys.keys.size() == 1); // those that fitted the ID Token
        CHECK(f.server.log.size() == (fail == cal::transport_failure::no_answer ? 5 : 3));
    }
}

TEST_CASE("signed UserInfo that breaks a rule is reported, and that of another user ends the sign-in") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    f.server.userinfo_key = support::rsa_key;
    auto const jwt = [](std::string body) { return cal::http_response{200, {{"Content-Type", "application/jwt"}}, std::move(body)}; };
    auto const claims = std::string(R"({"iss":"https://op.example","aud":"client","sub":"alice"})");
    auto const good = support::signed_token(support::rsa_key, claims);
    struct row {
        char const* what;
        cal::http_response answer;
        cal::error_code code;
    };
    for (auto const& bad : {
             row{"JSON where JWT is registered", cal::http_response{200, {{"Content-Type", "application/json"}}, R"({"sub":"alice"})"},
                 cal::error_code::userinfo_content_type},
             row{"a JWT that says it were JSON", cal::http_response{200, {{"Content-Type", "application/json"}}, good},
                 cal::error_code::userinfo_content_type},
             row{"alg none", jwt(support::unsigned_token(R"({"alg":"none"})", claims)), cal::error_code::jws_alg_none},
             row{"another algorithm", jwt(support::signed_token(support::for_alg(support::rsa_key, "PS256"), claims)),
                 cal::error_code::jws_alg_not_allowed},
             row{"a MAC with the client_secret", jwt(support::signed_token(support::hs512_key, claims)), cal::error_code::jws_alg_not_allowed},
             row{"flipped", jwt(support::with_flipped_signature(good)), cal::error_code::jws_signature_invalid},
             row{"another user, but not signed", jwt(support::with_payload(good, R"({"iss":"https://op.example","aud":"client","sub":"bob"})")),
                 cal::error_code::jws_signature_invalid},
             row{"another client", jwt(support::signed_token(support::rsa_key, R"({"iss":"https://op.example","aud":"other","sub":"alice"})")),
                 cal::error_code::userinfo_aud_mismatch},
             row{"ui-401", cal::http_response{401, {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}}, {}}, cal::error_code::invalid_token},
         }) {
        INFO(bad.what);
        f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) { return endpoint == "userinfo" ? bad.answer : honest; };
        auto const user = f.sign_in(parameters(), with_signed_userinfo("RS256"));
        REQUIRE(support::rule_name(user) == "accepted");
        CHECK_FALSE(user->userinfo);
        REQUIRE(user->userinfo_error);
        CHECK(support::rule_name(user->userinfo_error->code()) == support::rule_name(bad.code));
    }
    f.server.tamper = [&](std::string_view endpoint, cal::http_response honest) {
        if (endpoint == "userinfo")
            honest = jwt(support::signed_token(support::rsa_key, R"({"iss":"https://op.example","aud":"client","sub":"bob"})"));
        return honest;
    };
    CHECK(f.sign_in(parameters(), with_signed_userinfo("RS256")).error() == cal::error_code::userinfo_sub_mismatch);
    f.server.tamper = [](std::string_view, cal::http_response honest) { return honest; };
    auto const plain = f.sign_in(); // a JWT that was not registered
    CHECK(plain->userinfo_error == cal::error_code::userinfo_content_type);
    CHECK(f.start(parameters(), with_signed_userinfo("none")).error() == cal::error_code::jws_alg_unknown);
    auto public_client = with_signed_userinfo("HS256");
    public_client.client_secret.clear();
    CHECK(f.start(parameters(), std::move(public_client)).error() == cal::error_code::hmac_of_public_client);
    auto without_keys = f.server.metadata();
    without_keys.jwks_uri.clear();
    CHECK(
        cal::authorization_code_flow::start(without_keys, with_signed_userinfo("RS256", "HS256"), parameters(), f.random, noon, f.options).error() ==
        cal::error_code::endpoint_missing);
}

TEST_CASE("a host that cannot tell about signed UserInfo ends it, not the sign-in") {
    fixture f(cal::crypto_answers::by_host);
    f.options.request_userinfo = true;
    f.server.userinfo_key = support::rsa_key;
    auto flow = f.start(parameters(), with_signed_userinfo("RS256"));
    REQUIRE(flow);
    REQUIRE(flow->handle_redirect(f.server.authorize(*flow->authorization_url()), noon));
    int signatures = 0;
    auto const user = cal::drive(*flow, f.host, [&](cal::crypto_question const& question) {
        bool const second = question.what == cal::crypto_question::kind::verify_signature && ++signatures == 2;
        return second ? cal::crypto_answer{} : cal::answer_inside(question);
    });
    REQUIRE(support::rule_name(user) == "accepted");
    CHECK(signatures == 2);
    CHECK(user->userinfo_error == cal::error_code::crypto_unavailable);
}

TEST_CASE("less scope than was asked for is said") {
    BOTH_MODES;
    f.server.scope = "openid";
    auto const user = f.sign_in();
    REQUIRE(user);
    CHECK(user->scope_reduced);
    CHECK(user->tokens.scope == "openid");
}

TEST_CASE("a device whose clock is wrong learns the server's time with the tokens") {
    BOTH_MODES;
    // The provider lives a quarter of an hour ahead of the device: without the offset the token would be from the future.
    auto const ahead = noon + cal::milliseconds{900'000};
    f.server.edit_claims = [&](std::string claims) {
        claims = with_claim(std::move(claims), "iat", std::to_string(support::seconds_of(ahead)));
        return with_claim(std::move(claims), "exp", std::to_string(support::seconds_of(ahead) + 300));
    };
    SECTION("from the Date of the token response") {
        f.server.tamper = [](std::string_view endpoint, cal::http_response honest) {
            if (endpoint == "token") honest.headers.push_back({"Date", "Fri, 15 Jan 2027 08:15:00 GMT"});
            return honest;
        };
        auto const user = f.sign_in();
        REQUIRE(user);
        REQUIRE(user->clock.learned());
        CHECK(user->clock.describe().find("15 minutes slow") != std::string::npos);
    }
    SECTION("from the token's iat where a page cannot read Date") {
        auto const user = f.sign_in();
        REQUIRE(user);
        CHECK(user->clock.describe() == "this device's clock is 15 minutes slow");
    }
    SECTION("but not from the iat of a token that breaks another rule") {
        f.server.edit_claims = [&](std::string claims) {
            claims = with_claim(std::move(claims), "iat", std::to_string(support::seconds_of(ahead)));
            claims = with_claim(std::move(claims), "exp", std::to_string(support::seconds_of(ahead) + 300));
            return with_claim(std::move(claims), "nonce", "\"replayed\"");
        };
        CHECK(f.sign_in().error() == cal::error_code::id_token_nonce_mismatch);
    }
    SECTION("nor from one whose signature does not fit") {
        f.server.edit_id_token = [](std::string token) { return support::with_flipped_signature(token); };
        CHECK(f.sign_in().error() == cal::error_code::jws_signature_invalid);
    }
    SECTION("nor from one that is days away") {
        f.server.edit_claims = [&](std::string claims) {
            return with_claim(std::move(claims), "iat", std::to_string(support::seconds_of(noon) + 25 * 3600));
        };
        CHECK(f.sign_in().error() == cal::error_code::id_token_iat_future);
    }
    SECTION("and says so where Date and iat disagree") {
        f.server.tamper = [](std::string_view endpoint, cal::http_response honest) {
            if (endpoint == "token") honest.headers.push_back({"Date", "Fri, 15 Jan 2027 08:00:00 GMT"});
            return honest;
        };
        auto const user = f.sign_in();
        REQUIRE_FALSE(user);
        CHECK(user.error() == cal::error_code::id_token_iat_future);
    }
}

TEST_CASE("a device that boots in 1970 takes the server's time at the first sign-in") {
    BOTH_MODES;
    bool const dated = GENERATE(true, false);
    f.host.time = cal::time_point{} + std::chrono::minutes(3);
    f.server.edit_claims = [](std::string claims) {
        claims = with_claim(std::move(claims), "iat", std::to_string(support::seconds_of(noon)));
        return with_claim(std::move(claims), "exp", std::to_string(support::seconds_of(noon) + 300));
    };
    f.server.tamper = [dated](std::string_view endpoint, cal::http_response honest) {
        if (dated && endpoint == "token") honest.headers.push_back({"Date", "Fri, 15 Jan 2027 08:00:00 GMT"});
        return honest;
    };
    auto const user = f.sign_in();
    REQUIRE(user);
    CHECK(user->clock.describe() == "this device's clock is 57 years slow");
    CHECK(user->clock.correct(f.host.time) >= noon);
    CHECK(user->clock.correct(f.host.time) < noon + std::chrono::seconds(2));
}

TEST_CASE("an answer that nobody waits for is ignored at every step, and an aborted sign-in asks for nothing") {
    BOTH_MODES;
    f.options.request_userinfo = true;
    for (int steps = 0; steps < 4; ++steps) {
        INFO(steps);
        auto flow = f.start();
        REQUIRE(flow);
        auto const honest = f.server.authorize(*flow->authorization_url());
        CHECK_FALSE(flow->handle_response(cal::request_id{1}, {200, {}, "{}"}, noon));
        REQUIRE(flow->handle_redirect(honest, noon));
        cal::request_id last{};
        for (int i = 0; i < steps; ++i) {
            fixture::answer_questions(*flow);
            auto request = flow->poll_request(noon);
            REQUIRE(request);
            CHECK(request->id != last);
            last = request->id;
            CHECK_FALSE(flow->poll_request(noon));
            CHECK_FALSE(flow->handle_response(cal::request_id{99}, {200, {}, "{}"}, noon));
            CHECK_FALSE(flow->handle_failure(cal::request_id{}, cal::transport_failure::no_answer, noon));
            if (i + 1 == steps) break;
            CHECK(flow->handle_response(request->id, f.server.handle(*request, noon).value(), noon));
            CHECK_FALSE(flow->handle_response(request->id, {200, {}, "{}"}, noon));
        }
        flow->abort();
        CHECK_FALSE(flow->handle_response(last, {200, {}, "{}"}, noon));
        CHECK(flow->poll_result()->error() == cal::error_code::aborted);
        CHECK_FALSE(flow->poll_request(noon));
        CHECK_FALSE(flow->poll_crypto_question());
        CHECK_FALSE(flow->next_deadline());
        flow->abort();
        CHECK_FALSE(flow->poll_result());
    }
}

TEST_CASE("the trace tells what was checked, and no secret") {
    support::recording_trace trace;
    BOTH_MODES;
    f.options.check.trace = &trace;
    f.server.edit_claims = [](std::string c) { return with_claim(std::move(c), "aud", "\"other\""); };
    auto flow = f.start();
    auto const pending = *flow->pending();
    REQUIRE(flow->handle_redirect(f.server.authorize(*flow->authorization_url()), noon));
    CHECK_FALSE(f.finish(*flow));
    CHECK(trace.broken() == std::vector<std::string>{"id_token_aud_mismatch"});
    CHECK(trace.text().find("id_token_iss_mismatch https://op.example") != std::string::npos);
    for (auto secret : {pending.state.expose(), pending.nonce.expose(), pending.code_verifier.expose(), std::string_view("the-code"),
             std::string_view("the-access-token"), std::string_view("the-refresh-token")})
        CHECK(trace.text().find(secret) == std::string::npos);
}
