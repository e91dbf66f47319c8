#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz.hpp"
#include "play.hpp"
#include "support/keys.hpp"
#include "support/provider.hpp"
#include "support/tokens.hpp"

/// \file
/// The machines, against a server and a host that the fuzzer plays. Without any bytes both are honest.

namespace fuzz {

namespace {

/// A seed of the whole input, so that no input can have learned the secrets of its own run.
std::uint64_t hash(std::string_view bytes) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (char const c : bytes) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return value;
}

std::string quoted(std::string_view text) {
    cal::detail::json_writer writer;
    auto const object = writer.string("t", text).finish();
    return object.substr(5, object.size() - 6);
}

/// A value that the fuzzer chose, as JSON text.
std::string any_json(reader& in, std::int64_t now) {
    switch (in.choose(16)) {
    case 0: return "null";
    case 1: return "\"\"";
    case 2: return std::to_string(now + static_cast<std::int8_t>(in.byte()) * 60);
    case 3: return std::to_string(in.number());
    case 4: return "[]";
    case 5: return "{}";
    case 6: return "true";
    case 7: return "1e300";
    case 8: return "-1";
    case 9: return "0.5";
    case 10: return "[\"client\"]";
    case 11: return "[\"client\",\"other\"]";
    case 12: return "\"https://op.example\"";
    case 13: return "\"Bearer\"";
    case 14: return in.text();
    default: return quoted(in.text());
    }
}

std::string with_any_member(reader& in, std::string const& object, std::initializer_list<std::string_view> names, std::int64_t now) {
    auto const document = cal::parse_json(object, object.size());
    if (!document || document->root().kind() != cal::json_kind::object) return object;
    auto const which = in.choose(static_cast<unsigned>(names.size()) + 1);
    auto const name = which < names.size() ? std::string(names.begin()[which]) : in.text();
    return support::with_member(object, name, in.flag() ? "" : any_json(in, now));
}

/// A provider that is honest until the fuzzer decides otherwise.
class server {
public:
    server(host& host, std::uint64_t seed) : host_(host), in_(host.in), random_(seed) {
        honest.key = support::ed25519_key;
        honest.published = {support::ed25519_key};
        honest.code = cal::make_code_verifier(random_)->expose();
        honest.access_token = cal::make_code_verifier(random_)->expose();
        honest.edit_claims = [this](std::string claims) { return edit_claims(std::move(claims)); };
        honest.edit_id_token = [this](std::string token) { return edit_id_token(std::move(token)); };
        switch (in_.choose(8)) {
        case 1: honest.published = {support::other_ed25519_key}; break;
        case 2: honest.published = {support::p256_key, support::ed25519_key, support::other_ed25519_key}; break;
        case 3: honest.published = {}; break;
        case 4: honest.key = support::p256_key; break;
        default: break;
        }
        signature_fault_ = in_.choose(6);
        claim_ = in_.choose(static_cast<unsigned>(claims.size()) + 2);
        if (claim_ == 0) return;
        claim_name_ = claim_ <= claims.size() ? std::string(claims.begin()[claim_ - 1]) : in_.text();
        claim_value_ = in_.flag() ? "" : any_json(in_, support::seconds_of(host_.now));
    }

    cal::result<cal::http_response, cal::transport_failure> answer(cal::http_request const& request) {
        require(request.url.starts_with(honest.issuer + "/"), "requests go to the issuer's endpoints");
        bool const is_headless = request.url.find("/headless/") != std::string::npos;
        auto const grant = is_headless ? std::string() : support::parameter(request.body, "grant_type");
        if (grant == "authorization_code") require(++exchanges == 1, "a code is sent once");
        for (auto const* name : {"code", "code_verifier", "client_secret", "refresh_token", "token"})
            if (auto sent = support::parameter(request.body, name); !sent.empty()) host_.secrets.push_back(std::move(sent));
        if (auto const header = cal::find_header(request.headers, "Authorization")) host_.secrets.emplace_back(header->substr(header->find(' ') + 1));
        if (auto const header = cal::find_header(request.headers, "x-client-secret")) host_.secrets.emplace_back(*header);

        auto const what = in_.choose(12);
        auto answer = is_headless              ? headless(request)
            : grant == "refresh_token"         ? refresh()
            : request.url.ends_with("/revoke") ? cal::http_response{200, {}, {}}
                                               : honest.handle(request, host_.now);
        auto& [status, headers, body] = *answer;
        switch (what) {
        case 1: body = R"({"sub":"mallory"})"; break;
        case 2: return cal::transport_failure{static_cast<std::uint8_t>(1 + in_.choose(4))};
        case 3: status = static_cast<int>(100 + in_.byte() * 2); break;
        case 4: body = with_any_member(in_, body, is_headless ? headless_members : members, support::seconds_of(host_.now)); break;
        case 5: body.resize((std::min)(body.size(), std::size_t{in_.byte()} * 4)); break;
        case 6:
            if (!body.empty()) body[std::size_t{in_.byte()} * 257 % body.size()] = static_cast<char>(in_.byte());
            break;
        case 7: answer = response_of(in_.text()), answer->body = in_.text(); break;
        case 8: repeat(request, *answer); break;
        case 9: add_header(headers); break;
        case 10:
            status = in_.flag() ? 429 : 503;
            add_header(headers);
            break;
        case 11: body = in_.text(); break;
        default: break;
        }
        return answer;
    }

    support::provider honest;
    std::vector<std::string> signed_tokens; ///< ID Tokens that the provider signed with a key of its own
    unsigned exchanges = 0;
    unsigned logins = 0, verifications = 0; ///< of the headless API
    std::string password, code;             ///< that are right there; without a code none is asked for

private:
    static constexpr std::initializer_list<std::string_view> headless_members = {
        "accessToken", "refreshToken", "idToken", "expiresAt", "user", "mfaRequired", "mfaToken", "expiresIn", "methods", "error", "keys"};
    static constexpr std::initializer_list<std::string_view> members = {"access_token", "token_type", "expires_in", "refresh_token", "id_token",
        "scope", "keys", "issuer", "token_endpoint", "jwks_uri", "sub", "name"};
    static constexpr std::initializer_list<std::string_view> claims = {
        "iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "azp", "acr", "auth_time", "at_hash", "events"};

    /// Every refresh gives a new access token and rotates the refresh token.
    cal::result<cal::http_response, cal::transport_failure> refresh() {
        auto const made = [this] { return std::string(cal::make_code_verifier(random_)->expose()); };
        auto body = R"({"token_type":"Bearer","expires_in":3600,"access_token":")" + made() + R"(","refresh_token":")" + made() + '"';
        auto const at = support::seconds_of(host_.now);
        if (in_.flag())
            body += R"(,"id_token":")" +
                edit_id_token(support::signed_token(honest.key,
                    edit_claims(R"({"iss":"https://op.example","sub":"alice","aud":"client","iat":)" + std::to_string(at) +
                        ",\"exp\":" + std::to_string(at + 300) + "}"))) +
                '"';
        return cal::http_response{200, {{"Content-Type", "application/json"}}, body + '}'};
    }

    /// A sign-in, whose second factor is asked for where there is a code.
    cal::http_response headless(cal::http_request const& request) {
        auto const sent = cal::parse_json(request.body, request.body.size());
        require(sent.has_value(), "a request of the headless API has JSON");
        auto const text = [&sent](std::string_view name) { return std::string(sent->root()[name].as_string().value_or("")); };
        for (auto const* name : {"password", "mfaToken", "code"})
            if (auto secret = text(name); !secret.empty()) host_.secrets.push_back(std::move(secret));
        auto const json = [](int status, std::string body) {
            return cal::http_response{status, {{"Content-Type", "application/json"}}, std::move(body)};
        };
        auto const made = [this] { return std::string(cal::make_code_verifier(random_)->expose()); };
        bool const is_login = request.url.ends_with("/login");
        ++(is_login ? logins : verifications);
        if (is_login && text("password") != password) return json(401, R"({"code":"INVALID_CREDENTIALS","message":"words"})");
        if (!is_login && text("code") != code) return json(401, R"({"code":"MFA_INVALID_CODE","message":"words"})");
        if (is_login && !code.empty())
            return json(200,
                R"({"mfaRequired":true,"mfaToken":"mfa_)" + made() +
                    R"(","expiresIn":300,"methods":["totp"],"user":{"userId":"u-1","email":"alice@example.com"}})");
        auto const at = support::seconds_of(host_.now);
        auto const made_claims = edit_claims(
            R"({"iss":"https://op.example","sub":"alice","aud":"client","iat":)" + std::to_string(at) + ",\"exp\":" + std::to_string(at + 300) + "}");
        return json(200,
            R"({"accessToken":")" + made() + R"(","refreshToken":")" + made() + R"(","idToken":")" +
                edit_id_token(support::signed_token(honest.key, made_claims)) +
                R"(","expiresAt":"2027-01-15T08:15:00.000Z","user":{"userId":"u-1","email":"alice@example.com"}})");
    }

    std::string edit_claims(std::string text) { return claim_ == 0 ? text : support::with_member(text, claim_name_, claim_value_); }

    std::string edit_id_token(std::string token) {
        signed_tokens.push_back(token);
        switch (signature_fault_) {
        case 1: return support::with_flipped_signature(token);
        case 2: return support::with_header(token, in_.text());
        case 3: return support::with_payload(token, in_.text());
        case 4: return token.substr(0, std::size_t{in_.byte()} * 2);
        case 5: return signed_tokens.emplace_back(support::signed_with_header(support::ed25519_key, in_.text(), support::take_apart(token).payload));
        default: return token;
        }
    }

    /// A server that repeats what it was sent.
    void repeat(cal::http_request const& request, cal::http_response& answer) {
        std::string text = request.body;
        for (auto const& header : request.headers) text += ' ' + header.value;
        if (in_.flag()) text = "you sent " + text;
        if (in_.flag()) text.insert(0, std::string(1024 - in_.byte() % 256 * 3, '.'));
        answer.status = static_cast<int>(400 + in_.choose(5));
        answer.body = "{\"error\":\"invalid_grant\",\"error_description\":" + quoted(text) + "}";
        if (in_.flag()) answer.headers.push_back({"WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=" + quoted(text)});
    }

    void add_header(std::vector<cal::http_header>& headers) {
        static constexpr char const* names[] = {"Retry-After", "Date", "Content-Type", "Age", "Location", "WWW-Authenticate"};
        headers.insert(headers.begin(), {names[in_.choose(6)], in_.text()});
    }

    host& host_;
    reader& in_;
    support::seeded_random random_;
    // What is wrong with the ID Token.
    unsigned signature_fault_ = 0;
    unsigned claim_ = 0; // which claim, from 1; 0: none
    std::string claim_name_, claim_value_;
};

bool is_signed(server const& provider, std::string_view token) {
    return std::find(provider.signed_tokens.begin(), provider.signed_tokens.end(), token) != provider.signed_tokens.end();
}

// Sign-in

/// The redirect, or what another page makes of it.
std::string any_redirect(reader& in, std::string honest) {
    auto const replace = [&honest](std::string_view from, std::string_view to) {
        if (auto const at = honest.find(from); at != std::string::npos) honest.replace(at, from.size(), to);
    };
    switch (in.choose(12)) {
    case 1: replace("code=", "error=access_denied&error_description="); break;
    case 2: replace("state=", "state=x"); break;
    case 3: replace("&iss=", "&is="); break;
    case 4: replace("&iss=https", "&iss=http"); break;
    case 5: honest += '&' + in.text(); break;
    case 6: replace("?", '?' + in.text() + '&'); break;
    case 7: return in.text();
    case 8: honest.resize((std::min)(honest.size(), std::size_t{in.byte()})); break;
    case 9: honest[in.byte() % honest.size()] = static_cast<char>(in.byte()); break;
    case 10: honest += '#' + in.text(); break;
    case 11: replace("code=", in.text() + "="); break;
    default: break;
    }
    return honest;
}

void authorization_code_flow(std::string_view input) {
    reader in(input);
    host host{in};
    auto const seed = hash(input);
    server provider(host, seed);
    support::seeded_random random(seed + 1);

    auto metadata = provider.honest.metadata();
    metadata.authorization_response_iss_parameter_supported = in.choose(4) != 1;
    cal::client_information client{.client_id = "client", .id_token_signed_response_alg = in.choose(8) == 1 ? "ES256" : "EdDSA"};
    if (auto const method = in.choose(4); method > 0) {
        client.client_secret = cal::make_code_verifier(random)->clone();
        if (method > 1) client.token_endpoint_auth_method = method == 2 ? "client_secret_post" : "client_secret_basic";
    }
    cal::authorization_parameters parameters;
    parameters.redirect_uri = in.choose(4) == 1 ? "com.example.app:/cb" : "http://127.0.0.1:8080/cb";
    cal::authorization_code_options options;
    if (in.choose(4) != 1) options.crypto = cal::crypto_answers::by_host;
    options.request_userinfo = in.choose(4) != 1;
    if (in.choose(8) == 1) parameters.max_age = cal::seconds(in.byte());
    if (in.choose(8) == 1) parameters.acr_values = "gold", parameters.acr_required = true;
    if (auto const held = in.choose(4); held == 1) options.keys = support::public_keys({support::other_ed25519_key});
    else if (held == 2) options.keys = support::public_keys({support::ed25519_key});
    auto const resume_options = options;
    auto const client_again = client.clone();
    auto const begun_at = host.now;

    auto begun = cal::authorization_code_flow::start(metadata, std::move(client), parameters, random, host.now, std::move(options));
    require(begun.has_value(), "a sign-in begins");
    auto flow = std::move(*begun);
    std::string redirect, nonce;
    bool was_taken = false;
    play driver(flow, host);
    auto result = driver.run([&](cal::http_request const& request) { return provider.answer(request); },
        [&] {
            if (!flow.awaiting_redirect()) return false;
            require(!was_taken, "a redirect that was taken is not awaited");
            if (auto const url = flow.authorization_url()) {
                redirect = provider.honest.authorize(*url);
                nonce = support::parameter(*url, "nonce");
                host.secrets.push_back(nonce);
                host.secrets.push_back(support::parameter(*url, "state"));
            }
            require(!redirect.empty(), "there is a URL to open");
            if (in.choose(4) == 1) { // another process takes it up
                auto const saved = cal::serialize(*flow.pending());
                auto resumed = cal::authorization_code_flow::resume(
                    metadata, client_again.clone(), std::move(*cal::parse_pending_sign_in(saved.expose())), random, host.now, resume_options);
                require(resumed.has_value(), "a sign-in is taken up again");
                flow = std::move(*resumed);
                driver.begin_anew();
                return true;
            }
            if (in.choose(4) == 1) host.let_time_pass(flow.next_deadline());
            auto const url = any_redirect(in, redirect);
            auto const taken = flow.handle_redirect(url, host.now);
            if (!taken) host.require_harmless(taken.error());
            was_taken = !flow.awaiting_redirect();
            require(was_taken || !taken, "a redirect that was not taken is an error");
            if (was_taken) require(!flow.handle_redirect(url, host.now), "a redirect is taken once");
            else if (in.empty()) flow.abort(), host.aborted = true;
            return true;
        });

    require(!flow.awaiting_redirect() && !flow.pending(), "a flow that ended awaits nothing");
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value(), "honest sides come to a sign-in");
    if (!result) return;
    auto const& [tokens, claims, userinfo, userinfo_error, keys, clock, scope_reduced] = *result;
    require(was_taken && provider.exchanges == 1, "a sign-in has a code");
    require(host.now >= begun_at || host.now < begun_at, "time goes on");
    require(host.has_lied || is_signed(provider, tokens.id_token.expose()), "an ID Token was signed by the issuer");
    require(claims.iss() == metadata.issuer && claims.nonce() == nonce && !claims.sub().empty(), "an ID Token is that of this sign-in");
    auto const aud = claims.aud();
    require(aud.size() == 1 && aud.front() == "client", "an ID Token is for this client");
    require(!parameters.max_age || claims.auth_time(), "the time of authentication is known");
    require(!parameters.acr_required || claims.acr() == "gold", "acr is the one that was asked for");
    require(!userinfo || userinfo->sub() == claims.sub(), "UserInfo is about the user");
    require(!userinfo || resume_options.request_userinfo, "UserInfo was asked for");
    require(!resume_options.request_userinfo || userinfo || userinfo_error, "where there is no UserInfo, an error says why");
    if (userinfo_error) host.require_harmless(*userinfo_error);
    require(!keys.keys.empty(), "the keys are handed out");
    require(!tokens.access_token.empty(), "there is an access token");
    require(scope_reduced == !cal::scope_covers(tokens.scope, parameters.scope), "a reduced scope is told");
    (void)clock.describe();
}

void headless_sign_in(std::string_view input) {
    reader in(input);
    host host{in};
    auto const seed = hash(input);
    server provider(host, seed);
    support::seeded_random random(seed + 1);
    auto const metadata = provider.honest.metadata();
    cal::client_information client{.client_id = "client", .id_token_signed_response_alg = in.choose(8) == 1 ? "ES256" : "EdDSA"};
    cal::headless_sign_in_options options;
    if (in.choose(4) != 1) options.crypto = cal::crypto_answers::by_host;
    if (auto const held = in.choose(4); held == 1) options.keys = support::public_keys({support::other_ed25519_key});
    else if (held == 2) options.keys = support::public_keys({support::ed25519_key});
    provider.password = cal::make_code_verifier(random)->expose();
    if (in.choose(4) != 1) provider.code = cal::make_code_verifier(random)->expose();
    auto const password = in.choose(8) == 1 ? "of somebody else" : provider.password;
    cal::platform_client platform{provider.honest.issuer, cal::app_client{"client", cal::make_code_verifier(random)->clone()}};

    auto begun = cal::headless_sign_in::start(std::move(platform), metadata, std::move(client), "alice@example.com", password, random, options);
    require(begun.has_value(), "a sign-in begins");
    auto flow = std::move(*begun);
    unsigned codes = 0;
    play driver(flow, host);
    auto const result = driver.run([&](cal::http_request const& request) { return provider.answer(request); },
        [&] {
            auto const* const asked = flow.mfa();
            if (!asked) return false;
            require(provider.verifications <= codes, "a code is sent once");
            require(flow.next_deadline() == asked->expires_at, "a challenge has an end");
            if (asked->refused) host.require_harmless(*asked->refused);
            if (in.choose(4) == 1) host.let_time_pass(flow.next_deadline());
            auto const taken = flow.handle_code(in.choose(4) == 1 ? in.text() : provider.code, in.choose(8) == 1 ? in.text() : "totp", host.now);
            if (!taken) {
                host.require_harmless(taken.error());
                return true;
            }
            ++codes;
            require(!flow.mfa() && !flow.handle_code(provider.code, "totp", host.now), "one code is checked at a time");
            return true;
        });

    require(!flow.mfa() && !flow.handle_code(provider.code, "totp", host.now), "a flow that ended asks for nothing");
    require(provider.logins <= 1 && provider.verifications <= codes, "neither password nor code is sent twice");
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value(), "honest sides come to a sign-in");
    if (!result) return;
    auto const& [tokens, claims, userinfo, userinfo_error, keys, clock, scope_reduced] = result->sign_in;
    require(host.has_lied || is_signed(provider, tokens.id_token.expose()), "an ID Token was signed by the issuer");
    require(claims.iss() == metadata.issuer && !claims["nonce"].has_value() && !claims.sub().empty(), "an ID Token is that of this sign-in");
    auto const aud = claims.aud();
    require(aud.size() == 1 && aud.front() == "client", "an ID Token is for this client");
    require(!userinfo && !userinfo_error && !scope_reduced, "nothing else was asked for");
    require(!keys.keys.empty(), "the keys are handed out");
    require(!tokens.access_token.empty() && !tokens.refresh_token.empty(), "there are tokens");
    (void)clock.describe();
}

void discovery(std::string_view input) {
    reader in(input);
    host host{in};
    server provider(host, hash(input));
    auto flow = cal::discover(provider.honest.issuer);
    play driver(flow, host);
    auto const result = driver.run([&](cal::http_request const& request) { return provider.answer(request); }, [] { return false; });
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value(), "an honest server is discovered");
    if (result) require(result->issuer == provider.honest.issuer, "metadata are those of the issuer");
}

void single_request(std::string_view input) {
    reader in(input);
    host host{in};
    server provider(host, hash(input));
    auto flow = cal::single_request(cal::build_userinfo_request(provider.honest.metadata(), provider.honest.access_token),
        [](cal::http_response const& response) { return cal::parse_userinfo_response(response, "alice"); });
    play driver(flow, host);
    host.secrets.clear();
    unsigned requests = 0;
    auto const result = driver.run(
        [&](cal::http_request const& request) {
            require(++requests == 1, "nothing is sent twice");
            auto answer = provider.answer(request);
            host.secrets.clear(); // the pure function does not know the token
            return answer;
        },
        [] { return false; });
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value(), "an honest server answers");
    if (result) require(result->sub() == "alice", "UserInfo is about the user");
}

void jwk_set_source(std::string_view input) {
    reader in(input);
    host host{in};
    server provider(host, hash(input));
    cal::jwk_set_source_options options;
    if (in.flag()) options.max_age = cal::milliseconds(in.number());
    if (in.flag()) options.refetch_interval = cal::milliseconds(in.number());
    if (in.flag()) options.first_wait = cal::milliseconds(in.number());
    if (in.flag()) options.longest_wait = cal::milliseconds(in.number());
    options.jitter_seed = hash(input);
    bool const held = in.flag();
    auto source = held ? cal::jwk_set_source("https://op.example/jwks", support::public_keys({support::ed25519_key}), in.time(), options)
                       : cal::jwk_set_source("https://op.example/jwks", options);
    auto keys = source.keys();
    auto generation = source.generation(), fetches = source.fetches();
    play driver(source, host);
    driver.run(
        24, [&](cal::http_request const& request) { return provider.answer(request); },
        [&] {
            require(source.generation() >= generation && source.fetches() >= fetches, "nothing is counted down");
            require((source.keys() != keys) == (source.generation() != generation), "keys change with their generation");
            require(!keys || (source.keys() && !source.keys()->keys.empty()), "keys that are held stay");
            require(!source.keys() || source.fetched_at(), "keys have a time");
            if (source.last_error()) host.require_harmless(*source.last_error());
            keys = source.keys(), generation = source.generation(), fetches = source.fetches();
            if (auto const unknown = in.choose(8); unknown < 2) (void)source.handle_unknown_key(unknown == 0 ? host.now : in.time());
            return false;
        });
}

/// A session between its sign-in and its end: answers get lost, states get saved or do not, the process ends and comes back.
void session(std::string_view input) {
    reader in(input);
    host host{in};
    auto const seed = hash(input);
    server provider(host, seed);
    support::seeded_random random(seed + 1);
    auto metadata = provider.honest.metadata();
    metadata.revocation_endpoint = metadata.issuer + "/revoke";
    cal::client_information client{.client_id = "client", .id_token_signed_response_alg = "EdDSA"};

    auto begun = cal::authorization_code_flow::start(metadata, client.clone(), {.redirect_uri = "http://127.0.0.1:8080/cb"}, random, host.now);
    support::virtual_host honest_host{provider.honest, host.now};
    (void)begun->handle_redirect(provider.honest.authorize(*begun->authorization_url()), host.now);
    auto signed_in = cal::drive(*begun, honest_host);
    if (!signed_in) return; // the fuzzer chose a provider whose tokens are no good
    provider.exchanges = 0;

    cal::session_options options;
    bool const keeps_nothing = in.choose(4) == 1;
    if (keeps_nothing) options.storage = cal::storage::none;
    if (in.choose(4) != 1) options.crypto = cal::crypto_answers::by_host;
    options.last_try = in.choose(4) == 1;
    if (in.choose(8) == 1) options.ambiguity_window = cal::milliseconds(in.number());
    if (in.choose(8) == 1) options.first_wait = cal::milliseconds(in.number());
    std::vector<std::string> saved_tokens{std::string(signed_in->tokens.access_token.expose())}; // those that may be given out
    auto live = cal::session::start(cal::oauth_refresh{metadata, client.clone()}, std::move(*signed_in), random, host.now, options);
    require(live.has_value(), "a session begins");
    auto session = std::move(*live);

    play driver(session, host);
    std::string saved, presented, received, received_refresh;
    std::vector<std::string> spent; // refresh tokens whose successor is saved
    bool start_is_saved = false, has_ended = false;
    auto const answer = [&](cal::http_request const& request) {
        auto const token = support::parameter(request.body, "refresh_token");
        if (!token.empty()) {
            require(!has_ended, "after its end a session refreshes nothing");
            require(keeps_nothing || start_is_saved, "a refresh leaves once its start is saved");
            require(std::find(spent.begin(), spent.end(), token) == spent.end(), "a refresh token is not sent after its successor was saved");
            presented = token;
        }
        auto response = provider.answer(request);
        if (response && !token.empty()) {
            cal::token_set before;
            before.refresh_token = token;
            if (auto const tokens = cal::parse_token_response(*response, {"", false, &before}, host.now)) {
                received = tokens->access_token.expose();
                received_refresh = tokens->refresh_token.expose();
            }
        }
        return response;
    };
    auto const is_there = [&saved_tokens](
                              std::string_view token) { return std::find(saved_tokens.begin(), saved_tokens.end(), token) != saved_tokens.end(); };
    driver.run(40, answer, [&] {
        while (auto const event = session.poll_event()) {
            if (event->error) host.require_harmless(*event->error);
            if (event->retry_at) require(event->what == cal::session_event::kind::refresh_failed, "only a failure is tried again");
            require(!has_ended, "nothing happens after the end");
            using kind = cal::session_event::kind;
            if (event->what == kind::ended) has_ended = true;
            if (event->what == kind::tokens_changed && keeps_nothing && !received.empty()) saved_tokens.push_back(received);
            if (event->generation == 0 || in.choose(8) == 1) continue; // a host that does not save
            saved = cal::serialize(session).expose();
            require(!session.handle_saved(event->generation + 1), "another generation is not the one that was saved");
            if (!session.handle_saved(event->generation)) continue; // an older one
            if (event->what == kind::refresh_started) start_is_saved = true;
            if (event->what == kind::tokens_changed) {
                start_is_saved = false;
                if (!received.empty()) saved_tokens.push_back(received);
                if (!presented.empty() && received_refresh != presented) spent.push_back(presented);
            }
        }
        if (auto const token = session.access_token(host.now)) {
            require(!has_ended, "after its end a session gives nothing out");
            require(is_there(*token), "an access token is given out once it is saved");
            if (in.choose(8) == 1) (void)session.handle_unauthorized(std::string(*token), host.now);
        } else {
            host.require_harmless(token.error());
        }
        require(!session.handle_unauthorized("another-token", host.now), "what is not the current token is not refreshed for");
        if (session.last_error()) host.require_harmless(*session.last_error());
        switch (in.choose(16)) {
        case 1: session.sign_out(host.now); break;
        case 2: { // the process ends and comes back
            if (saved.empty() || has_ended) break;
            auto resumed = cal::session::resume(cal::oauth_refresh{metadata, client.clone()}, saved, random, host.now, options);
            if (!resumed) {
                require_fit(resumed.error());
                break;
            }
            session = std::move(*resumed);
            driver.begin_anew();
            start_is_saved = true; // or it would not be in the blob
            break;
        }
        case 4: // the user is signed out elsewhere
            if (session.revoke({"https://op.example", in.flag() ? "bob" : "alice"}, host.now)) require(session.has_ended(), "it has ended");
            break;
        case 3: { // what was saved is damaged
            auto blob = std::string(cal::serialize(session).expose());
            blob[std::size_t{in.byte()} * 257 % blob.size()] = static_cast<char>(in.byte());
            if (auto const resumed = cal::session::resume(cal::oauth_refresh{metadata, client.clone()}, blob, random, host.now, options); !resumed)
                require_fit(resumed.error());
            if (auto const replaced = session.replace_tokens(in.text(), host.now); !replaced) require_fit(replaced.error());
            break;
        }
        default: break;
        }
        return false;
    });
    require(!session.has_ended() || !session.access_token(host.now), "after its end a session gives nothing out");
}

/// A session that is shared, with its host: a machine that answers the questions to the store as the fuzzer wants.
class shared_host {
public:
    shared_host(cal::shared_session session, reader& in) : session(std::move(session)), in_(in) {}

    std::optional<cal::http_request> poll_request(cal::time_point now) {
        if (open_ && in_.choose(4) != 1) answer();
        for (int i = 0; i < 60; ++i) {
            auto request = session.poll_request(now);
            if (auto question = session.poll_store_question()) { // in place of one that was given up
                open_ = std::move(question);
                require(!session.poll_store_question(), "a question to the store is handed out once");
                if (open_->what == cal::store_question::kind::replace) written.emplace_back(open_->value.expose());
            }
            if (request || !open_) return request;
            if (in_.choose(8) == 1) return std::nullopt; // it takes its time
            answer();
        }
        require(false, "the store is not asked for ever");
        std::abort();
    }
    bool handle_response(cal::request_id id, cal::http_response response, cal::time_point now) {
        return session.handle_response(id, std::move(response), now);
    }
    bool handle_failure(cal::request_id id, cal::transport_failure failure, cal::time_point now) { return session.handle_failure(id, failure, now); }
    std::optional<cal::time_point> next_deadline() const { return session.next_deadline(); }
    void abort() {
        session.abort();
        open_.reset();
    }
    std::optional<cal::crypto_question> poll_crypto_question() { return session.poll_crypto_question(); }
    bool handle_crypto_answer(std::uint64_t id, cal::crypto_answer const& answer) { return session.handle_crypto_answer(id, answer); }

    cal::shared_session session;
    std::vector<std::string> written; ///< what was to be stored
    std::string value;                ///< what is
    std::uint64_t revision = 0;

private:
    void answer() {
        using kind = cal::store_question::kind;
        using answered = cal::store_answer::kind;
        auto const question = *std::exchange(open_, std::nullopt);
        cal::store_answer given{answered::done, {}, {}};
        auto const what = in_.choose(16);
        if (what == 1) given.what = answered::failed;
        if (what == 2) given.what = answered::conflict;
        if (what == 3) require(!session.handle_store_answer(question.id + 1, {answered::done, "1", "x"}), "an answer to another question is ignored");
        if (question.what == kind::read) given = {given.what, revision == 0 ? std::string() : std::to_string(revision), read(what)};
        if (question.what == kind::replace && what != 2) {
            if (what != 1 || in_.flag()) { // one that failed may have been done
                value = question.value.expose();
                ++revision;
            }
            given.revision = std::to_string(revision);
        }
        (void)session.handle_store_answer(question.id, std::move(given)); // which a sign-out may have given up
        require(!session.handle_store_answer(question.id, {answered::done, "1", "x"}), "an answer that comes twice is ignored");
    }
    std::string read(unsigned what) {
        static constexpr std::initializer_list<std::string_view> members = {"generation", "tokens", "session", "lease", "leased_until", "failures",
            "retry_in", "ended", "signed_out", "issuer", "client_id", "version", "calimatic"};
        switch (what) {
        case 4: return in_.text();
        case 5: return with_any_member(in_, value, members, 1'800'000'000);
        case 6: {
            auto damaged = value;
            if (!damaged.empty()) damaged[std::size_t{in_.byte()} * 257 % damaged.size()] = static_cast<char>(in_.byte());
            return damaged;
        }
        case 7: return written.empty() ? value : written[in_.byte() % written.size()]; // an older one, or one that was never stored
        default: return value;
        }
    }

    reader& in_;
    std::optional<cal::store_question> open_;
};

/// One of those who share a session: what is stored is damaged, older, of others; answers get lost; the process ends and another begins.
void shared_session(std::string_view input) {
    reader in(input);
    host host{in};
    auto const seed = hash(input);
    server provider(host, seed);
    support::seeded_random random(seed + 1);
    auto metadata = provider.honest.metadata();
    metadata.revocation_endpoint = metadata.issuer + "/revoke";
    cal::client_information client{.client_id = "client", .id_token_signed_response_alg = "EdDSA"};
    auto begun = cal::authorization_code_flow::start(metadata, client.clone(), {.redirect_uri = "http://127.0.0.1:8080/cb"}, random, host.now);
    support::virtual_host honest_host{provider.honest, host.now};
    (void)begun->handle_redirect(provider.honest.authorize(*begun->authorization_url()), host.now);
    auto signed_in = cal::drive(*begun, honest_host);
    if (!signed_in) return; // the fuzzer chose a provider whose tokens are no good
    provider.exchanges = 0;

    cal::shared_session_options options;
    if (in.choose(2) == 1) options.lock = cal::shared_lock::none;
    if (in.choose(4) != 1) options.session.crypto = cal::crypto_answers::by_host;
    options.session.last_try = in.choose(4) == 1;
    if (in.choose(8) == 1) options.lease = cal::milliseconds(in.number());
    if (in.choose(8) == 1) options.session.first_wait = cal::milliseconds(in.number());
    auto first = cal::shared_session::start(cal::oauth_refresh{metadata, client.clone()}, std::move(*signed_in), random, host.now, options);
    require(first.has_value(), "a shared session begins");
    shared_host machine(std::move(*first), in);

    play driver(machine, host);
    bool has_ended = false;
    auto const answer = [&](cal::http_request const& request) {
        if (!support::parameter(request.body, "refresh_token").empty()) require(!has_ended, "after its end a session refreshes nothing");
        return provider.answer(request);
    };
    driver.run(40, answer, [&] {
        auto& session = machine.session;
        while (auto const event = session.poll_event()) {
            if (event->error) host.require_harmless(*event->error);
            require((event->generation != 0) == (event->what == cal::shared_session_event::kind::notify), "a notice has a generation");
            if (event->what == cal::shared_session_event::kind::ended) has_ended = true;
        }
        if (auto const token = session.access_token(host.now)) {
            require(!has_ended, "after its end a session gives nothing out");
            // Whatever is given out was stored, here or by whoever wrote what was read: at least it has gone through a question.
            require(session.generation() != 0, "an access token is given out once it is stored");
            if (in.choose(8) == 1) (void)session.handle_unauthorized(std::string(*token), host.now);
        } else {
            host.require_harmless(token.error());
        }
        if (session.last_error()) host.require_harmless(*session.last_error());
        switch (in.choose(16)) {
        case 1: session.sign_out(host.now); break;
        case 2: session.handle_notice(); break;
        case 3: { // another takes part
            auto opened = cal::shared_session::open(cal::oauth_refresh{metadata, client.clone()}, random, host.now, options);
            require(opened.has_value(), "whoever has the configuration can take part");
            shared_host next(std::move(*opened), in);
            next.written = std::move(machine.written);
            next.value = std::move(machine.value);
            next.revision = machine.revision;
            machine.abort();
            machine.session = std::move(next.session);
            machine.written = std::move(next.written);
            machine.value = std::move(next.value);
            driver.begin_anew();
            has_ended = false;
            break;
        }
        default: break;
        }
        return false;
    });
}

/// An ID Token that the fuzzer wrote and a key of the issuer signed, and the same with the questions answered by a host.
void token_validation(std::string_view input) {
    reader in(input);
    host host{in};
    auto const keys = in.flag() ? support::public_keys({support::other_ed25519_key, support::p256_key, support::ed25519_key})
                                : support::public_keys({support::ed25519_key});
    auto const header = in.choose(4) == 1 ? in.text() : std::string(R"({"alg":"EdDSA","kid":"ed25519-1","typ":"JWT"})");
    auto payload =
        std::string(R"({"iss":"https://op.example","sub":"alice","aud":"client","nonce":"the-nonce-0123456789","iat":1800000000,"exp":1800000300})");
    static constexpr std::initializer_list<std::string_view> names = {"iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "azp", "at_hash", "events"};
    for (auto times = in.choose(4); times > 0; --times) payload = with_any_member(in, payload, names, 1'800'000'000);
    auto const honest = support::signed_with_header(in.choose(8) == 1 ? support::other_ed25519_key : support::ed25519_key, header, payload);
    auto token = honest;
    if (in.choose(4) == 1 && !token.empty()) token[std::size_t{in.byte()} * 257 % token.size()] = static_cast<char>(in.byte());
    if (in.choose(8) == 1) token = in.text();
    cal::id_token_expectations const expected{.issuer = "https://op.example",
        .client_id = "client",
        .id_token_signed_response_alg = "EdDSA",
        .nonce = "the-nonce-0123456789",
        .access_token = "the-access-token-0123456789"};

    cal::token_validation asking(token, keys, expected, host.now, cal::crypto_answers::by_host);
    auto const begun_at = host.now;
    play driver(asking, host);
    auto const result =
        driver.run([](cal::http_request const&) -> cal::result<cal::http_response, cal::transport_failure> { std::abort(); }, [] { return false; });
    cal::signature_verifier verifier(keys, {cal::signature_algorithm::eddsa});
    auto const inside = cal::validate_id_token(token, verifier, expected, begun_at);
    if (!inside) require_fit(inside.error());
    if (inside) {
        require(token == honest, "a token that was changed is not accepted");
        require(inside->iss() == "https://op.example" && inside->nonce() == "the-nonce-0123456789", "an ID Token is the expected one");
        require(inside->aud().size() == 1 && inside->aud().front() == "client" && !inside->sub().empty(), "an ID Token is the expected one");
    }
    if (result && !host.has_lied) require(inside.has_value(), "a host's answers give no more than the library's");
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value() && inside.has_value(), "an honest token is accepted");
}

/// The same for a logout token.
void logout_token_validation(std::string_view input) {
    reader in(input);
    host host{in};
    auto const keys = support::public_keys({support::other_ed25519_key, support::ed25519_key});
    auto const header = in.choose(4) == 1 ? in.text() : std::string(R"({"alg":"EdDSA","kid":"ed25519-1","typ":"logout+jwt"})");
    auto payload = std::string(
        R"({"iss":"https://op.example","sub":"alice","aud":"client","iat":1800000000,"exp":1800000300,"jti":"1","events":{"http://schemas.openid.net/event/backchannel-logout":{}}})");
    static constexpr std::initializer_list<std::string_view> names = {"iss", "sub", "sid", "aud", "exp", "iat", "nbf", "nonce", "jti", "events"};
    for (auto times = in.choose(4); times > 0; --times) payload = with_any_member(in, payload, names, 1'800'000'000);
    auto const honest = support::signed_with_header(in.choose(8) == 1 ? support::other_ed25519_key : support::ed25519_key, header, payload);
    auto token = honest;
    if (in.choose(4) == 1 && !token.empty()) token[std::size_t{in.byte()} * 257 % token.size()] = static_cast<char>(in.byte());
    cal::logout_token_expectations const expected{.issuer = "https://op.example", .client_id = "client", .id_token_signed_response_alg = "EdDSA"};

    cal::logout_token_validation asking(token, keys, expected, host.now, cal::crypto_answers::by_host);
    auto const begun_at = host.now;
    play driver(asking, host);
    auto const result =
        driver.run([](cal::http_request const&) -> cal::result<cal::http_response, cal::transport_failure> { std::abort(); }, [] { return false; });
    cal::signature_verifier verifier(keys, {cal::signature_algorithm::eddsa});
    auto const inside = cal::validate_logout_token(token, verifier, expected, begun_at);
    if (!inside) require_fit(inside.error());
    if (inside) require(token == honest && inside->iss() == "https://op.example", "a logout token is the expected one");
    if (result && !host.has_lied) require(inside.has_value(), "a host's answers give no more than the library's");
    if (input.find_first_not_of('\0') == std::string_view::npos) require(result.has_value() && inside.has_value(), "an honest token is accepted");
}

} // namespace

std::span<target const> flow_targets() {
    static constexpr target targets[] = {
        {"authorization_code_flow", authorization_code_flow},
        {"headless_sign_in", headless_sign_in},
        {"discovery", discovery},
        {"single_request", single_request},
        {"jwk_set_source", jwk_set_source},
        {"token_validation", token_validation},
        {"logout_token_validation", logout_token_validation},
        {"session", session},
        {"shared_session", shared_session},
    };
    return targets;
}

} // namespace fuzz
