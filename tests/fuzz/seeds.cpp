#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz.hpp"
#include "support/keys.hpp"
#include "support/tokens.hpp"

/// \file
/// Seeds that are made rather than kept: whatever the simulated platform answers from a sign-in to a sign-out, honest and with each of its faults, and
/// values as the library saves them.

namespace fuzz {

namespace {

std::string text_of(cal::http_response const& response) {
    auto text = std::to_string(response.status) + '\n';
    for (auto const& [name, value] : response.headers) text += name + ": " + value + '\n';
    return text + '\n' + response.body;
}

/// For the machines, whose input is decisions: all of them honest, and each one taken differently in every way.
void make_decisions(
    void (*write)(std::string_view target, std::string_view name, std::string_view bytes), std::string_view target, std::size_t decisions) {
    std::string bytes(decisions + 16, '\0');
    write(target, "honest", bytes);
    for (std::size_t at = 0; at < decisions; ++at) {
        for (char taken = 1; taken < 12; ++taken) {
            bytes[at] = taken;
            write(target, std::to_string(at) + '-' + std::to_string(taken), bytes);
        }
        bytes[at] = 0;
    }
}

using writer = void (*)(std::string_view target, std::string_view name, std::string_view bytes);

/// The simulated platform behind its network, each of whose answers becomes a seed.
struct recording_host {
    cal::testing::simulated_host& host;
    writer write;
    std::string name;
    std::string id_token{}; // the last one, whatever it is

    cal::time_point now() const { return host.now(); }
    void wait_until(cal::time_point time) { host.wait_until(time); }
    cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
        auto answer = host.send(request);
        if (answer) record(request.url, *answer);
        return answer;
    }
    void record(std::string_view url, cal::http_response const& answer) {
        if (answer.body.size() > 16 * 1024) return; // a seed is small
        auto const text = text_of(answer);
        auto const is = [url](std::string_view end) { return url.ends_with(end); };
        if (is("/openid-configuration")) {
            write("server_metadata", name, answer.body);
            write("server_metadata_response", name, text);
            write("json", "metadata-" + name, answer.body);
        } else if (is("/jwks")) {
            write("jwk_set", name, answer.body);
            write("server_metadata_response", "keys-" + name, text);
        } else if (is("/token")) {
            write("token_response", name, '\1' + text);
            write("response", "token-" + name, text);
            if (auto const document = cal::parse_json(answer.body, answer.body.size()))
                id_token = std::string(document->root()["id_token"].as_string().value_or(""));
        } else if (is("/userinfo")) {
            write("userinfo_response", name, text);
            write("www_authenticate", "userinfo-" + name, text);
        } else if (is("/revoke")) {
            write("revocation_response", name, text);
        }
    }
};

/// What the management API of the simulated platform replies, right and wrong; with a fault, if one is named.
void make_replies(writer write, std::string_view fault) {
    cal::testing::simulated_platform platform({.issuer = "https://op.example"});
    cal::platform_client const app{platform.issuer(), cal::app_client{"cca_1", "ccas_1"}};
    platform.add_client({.client = {.client_id = "cca_1", .client_secret = "ccas_1"}, .permissions = {"org:manage", "org:users:manage"}});
    if (!fault.empty()) (void)platform.inject({.name = std::string(fault), .times = cal::testing::fault_injection::until_cleared});
    cal::testing::simulated_host host(platform);
    auto const record = [&](std::string_view target, std::string_view name, cal::result<cal::http_request> const& request) {
        if (!request) return;
        auto const answer = host.send(*request);
        if (!answer) return;
        for (auto const to : {target, std::string_view("platform_response"), std::string_view("secret_response")})
            write(to, std::string(name) + '-' + std::string(fault), text_of(*answer));
    };
    for (auto const* name : {"create", "conflict"})
        record("organization_response", name, cal::build_create_organization_request(app, {.name = "Acme", .slug = "acme"}));
    record("organization_response", "find", cal::build_find_organization_request(app, "acme"));
    record("organization_response", "find-none", cal::build_find_organization_request(app, "b"));
    for (auto const* name : {"provision", "provision-again"})
        record("user_response", name, cal::build_provision_user_request(app, {.email = "a@x", .first_name = "A", .last_name = "A"}));
    record("user_response", "resolve", cal::build_resolve_user_request(app, "a@x"));
    record("user_response", "resolve-nobody", cal::build_resolve_user_request(app, "b@x"));
}

/// A whole life at the simulated platform: sign-in, UserInfo, refresh, revocation; with a fault, if one is named.
void make_answers(writer write, std::string_view alg, std::string_view fault) {
    cal::testing::simulated_platform platform({.issuer = "https://op.example", .access_token_signing_alg = "EdDSA"});
    cal::client_information client{.client_id = "client",
        .client_secret = std::string(planted) + "-client-secret-of-64-bytes-and-more-for-every-hash",
        .id_token_signed_response_alg = std::string(alg)};
    platform.add_user({});
    platform.add_client({.client = client.clone(), .redirect_uris = {"https://app.example/cb"}});
    if (!fault.empty()) (void)platform.inject(fault);
    cal::testing::simulated_host virtual_host(platform);
    recording_host host{virtual_host, write, fault.empty() ? "platform-" + std::string(alg) : std::string(fault)};
    write("client_information", host.name, cal::serialize(client).expose());

    (void)cal::drive(cal::discover(platform.issuer()), host);
    auto const metadata = platform.metadata();
    support::seeded_random random;
    cal::authorization_parameters parameters;
    parameters.redirect_uri = "https://app.example/cb";
    parameters.scope = "openid profile email offline_access";
    parameters.max_age = cal::seconds(600);
    auto flow = cal::authorization_code_flow::start(metadata, client.clone(), parameters, random, host.now(), {.request_userinfo = true});
    if (!flow) return;
    write("code_verifier", host.name, flow->pending()->code_verifier.expose());
    write("pending_sign_in", host.name, cal::serialize(*flow->pending()).expose());
    auto const redirect = platform.authorize(*flow->authorization_url(), host.now());
    write("uri", "authorization_url", *flow->authorization_url());
    if (!redirect) return;
    write("form", "redirect-" + host.name, redirect->substr(redirect->find('?') + 1));
    (void)flow->handle_redirect(*redirect, host.now());
    auto user = cal::drive(*flow, host);
    if (!host.id_token.empty()) write("compact_jws", host.name, host.id_token);
    if (!user) return;
    for (auto const target : {"token_set", "blob"}) write(target, host.name, cal::serialize(user->tokens).expose());
    write("claims", host.name, user->claims.all().root().to_string());

    auto session = cal::session::start({metadata, client.clone()}, std::move(*user), random, host.now(), {.storage = cal::storage::none});
    if (!session) return;
    write("blob", "session-" + host.name, cal::serialize(*session).expose());
    bool signed_out = false;
    for (int steps = 0; steps < 40 && !session->has_ended(); ++steps) {
        if (auto request = session->poll_request(host.now())) {
            if (auto answer = host.send(*request)) session->handle_response(request->id, std::move(*answer), host.now());
            else session->handle_failure(request->id, answer.error(), host.now());
            if (!std::exchange(signed_out, platform.count(cal::testing::simulated_endpoint::token) > 1) && signed_out) session->sign_out(host.now());
        } else if (auto const deadline = session->next_deadline()) {
            host.wait_until(*deadline);
        }
    }
}

/// What the headless API answers: each outcome of a sign-in, and what can be asked about an account, in one style of refusals.
void make_headless_answers(writer write, cal::testing::simulated_error_style style) {
    cal::testing::simulated_platform_options how{.access_token_signing_alg = "EdDSA"};
    how.headless.error_style = style;
    cal::testing::simulated_platform platform(std::move(how));
    cal::client_information client{.client_id = "client", .client_secret = "client-secret"};
    client.id_token_signed_response_alg = "EdDSA";
    platform.add_client({.client = std::move(client)});
    platform.add_user({});
    cal::testing::simulated_account alice;
    alice.password = "right password";
    platform.directory().accounts.push_back(std::move(alice));
    cal::testing::simulated_host host(platform);
    cal::platform_client const us{platform.issuer(), cal::app_client{"client", "client-secret"}};
    auto const profile = cal::testing::simulated_headless_profile();
    auto const suffix = '-' + std::to_string(static_cast<int>(style));
    auto const ask = [&](std::string_view target, std::string name, cal::result<cal::http_request> const& request) {
        auto answer = request ? platform.handle(*request, host.now()) : cal::http_response{};
        write(target, name + suffix, text_of(answer));
        return answer;
    };
    auto const login = [&](std::string name, std::string_view password) {
        return ask("headless_login", std::move(name), cal::build_headless_login_request(us, "alice@example.com", password));
    };

    auto const first = cal::parse_headless_login_response(login("tokens", "right password"), us, "right password");
    auto const* tokens = first ? std::get_if<cal::headless_tokens>(&*first) : nullptr;
    if (!tokens) return;
    auto const bearer = tokens->access_token.expose();
    ask("headless_login_sessions", "one", cal::build_list_headless_login_sessions_request(us, "user-1"));
    ask("headless_login_sessions", "nobody", cal::build_list_headless_login_sessions_request(us, "nobody"));
    ask("headless_refresh", "tokens", cal::build_headless_refresh_request(us, tokens->refresh_token, profile));
    ask("headless_refresh", "unknown", cal::build_headless_refresh_request(us, "unknown", profile));
    ask("headless_reply", "policy", cal::build_password_policy_request(us));
    ask("headless_reply", "mail", cal::build_password_reset_send_request(us, "alice@example.com"));
    ask("headless_reply", "status", cal::build_mfa_status_request(us, bearer));
    ask("headless_reply", "enroll", cal::build_mfa_enroll_request(us, bearer, "totp", profile));
    ask("headless_reply", "wrong-code", cal::build_mfa_enroll_confirm_request(us, bearer, "000000", profile));
    ask("headless_reply", "confirm", cal::build_mfa_enroll_confirm_request(us, bearer, platform.headless().next_code, profile));
    ask("headless_reply", "invalid-token", cal::build_mfa_status_request(us, "unknown"));
    auto const second = cal::parse_headless_login_response(login("challenge", "right password"), us, "right password");
    if (auto const* challenge = second ? std::get_if<cal::mfa_challenge>(&*second) : nullptr) {
        ask("mfa_verify", "wrong", cal::build_mfa_verify_request(us, challenge->mfa_token, "000000", "totp"));
        ask("mfa_verify", "tokens", cal::build_mfa_verify_request(us, challenge->mfa_token, platform.headless().next_code, "totp"));
        ask("mfa_verify", "spent", cal::build_mfa_verify_request(us, challenge->mfa_token, platform.headless().next_code, "totp"));
    }
    ask("lockout_status", "open", cal::build_lockout_status_request(us, "user-1"));
    for (auto const* name : {"wrong-1", "wrong-2", "wrong-3", "wrong-4", "wrong-5", "locked"}) login(name, "wrong password");
    ask("lockout_status", "locked", cal::build_lockout_status_request(us, "user-1"));
    ask("lockout_status", "nobody", cal::build_lockout_status_request(us, "nobody"));
}

} // namespace

void make_seeds(void (*write)(std::string_view target, std::string_view name, std::string_view bytes)) {
    make_decisions(write, "authorization_code_flow", 56);
    for (char claim = 1; claim <= 12; ++claim) // the third decision of a provider, and what becomes of the claim
        for (char value = -1; value < 14; ++value) {
            std::string bytes(72, '\0');
            bytes[2] = claim;
            bytes[3] = value < 0;
            bytes[4] = (std::max)(value, '\0');
            write("authorization_code_flow", "claim-" + std::to_string(claim) + '-' + std::to_string(value), bytes);
        }
    make_decisions(write, "headless_sign_in", 40);
    make_decisions(write, "token_validation", 24);
    make_decisions(write, "jwk_set_source", 24);
    for (auto const target : {"discovery", "single_request"}) make_decisions(write, target, 16);
    make_decisions(write, "session", 64);
    make_decisions(write, "bulk_provisioning", 64);
    cal::http_response const about_alice{200, {{"Content-Type", "application/jwt"}},
        support::signed_token(support::ed25519_key, R"({"iss":"https://op.example","aud":"client","sub":"alice"})")};
    write("signed_userinfo", "provider", text_of(about_alice));
    for (auto const* alg : {"RS256", "PS256", "ES256", "ES512", "EdDSA", "HS256"}) make_answers(write, alg, {});
    for (auto const& fault : cal::testing::faults()) make_answers(write, "EdDSA", fault.name);
    make_replies(write, {});
    for (auto const& fault : cal::testing::faults())
        if (!fault.endpoint || fault.endpoint == cal::testing::simulated_endpoint::organizations) make_replies(write, fault.name);
    write("platform_claims", "all",
        R"({"organization_id":"o-1","user_type":"staff","organization_memberships":["o-2",{"id":"o-1"}],"licenses":["cca_1"],)"
        R"("permissions":["users:read"],"roles":["admin"]})");
    using enum cal::testing::simulated_error_style;
    for (auto const style : {code_and_message, within_error, failed_with_code}) make_headless_answers(write, style);
    for (auto const* time : {"2025-01-15T11:00:00.000Z", "1990-12-31T15:59:60-08:00", "1937-01-01T12:00:27.87+00:20"}) write("iso8601", time, time);
}

} // namespace fuzz
