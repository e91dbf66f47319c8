// Signs a person in at any OpenID Connect provider, from a terminal: system browser, loopback redirect, claims, UserInfo, refresh
//
//     export CALIMATIC_CLIENT_SECRET=...     only where the provider gave the program a secret
//     ./examples/run console_login --issuer https://auth.example.com --client-id abc --scope "openid profile offline_access"
//
// Register the program at the provider with the redirect URI http://127.0.0.1/callback, or name the registered one with --redirect-uri.

#include "support/curl_transport.hpp"
#include "support/loopback_listener.hpp"
#include "support/system_browser.hpp"
#include <calimatic/auth.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal = calimatic;

namespace {

constexpr char const usage[] =
    "console_login --issuer URL --client-id ID [options]\n"
    "  --scope TEXT         what to ask for (openid profile email); with offline_access the sign-in is refreshed once\n"
    "  --redirect-uri URI   as registered; may be repeated: the first whose port is free is taken; without a port any will do\n"
    "                       (http://127.0.0.1/callback)\n"
    "  --auth-method NAME   none, client_secret_post or client_secret_basic; the secret comes from CALIMATIC_CLIENT_SECRET\n"
    "  --id-token-alg NAME  the algorithm that is registered for ID Tokens (RS256)\n"
    "  --no-browser         print the address instead of opening it\n";

struct settings {
    std::string issuer;
    std::string scope = "openid profile email";
    std::vector<std::string> redirect_uris;
    cal::client_information client; // --client-id, --auth-method, --id-token-alg, and the secret
    bool browser = true;
};

std::optional<settings> read_arguments(int count, char** words) {
    settings out;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        if (word == "--no-browser") {
            out.browser = false;
        } else if (i + 1 == count) {
            return std::nullopt;
        } else {
            std::string value = words[++i];
            if (word == "--issuer") out.issuer = value;
            else if (word == "--client-id") out.client.client_id = value;
            else if (word == "--scope") out.scope = value;
            else if (word == "--redirect-uri") out.redirect_uris.push_back(value);
            else if (word == "--auth-method") out.client.token_endpoint_auth_method = value;
            else if (word == "--id-token-alg") out.client.id_token_signed_response_alg = value;
            else return std::nullopt;
        }
    }
    // Other users of this machine can read a program's arguments, and shells remember them: a secret is not taken from there. The browser, which
    // inherits the environment, does not need it either.
    if (char const* secret = std::getenv("CALIMATIC_CLIENT_SECRET")) out.client.client_secret = secret;
    ::unsetenv("CALIMATIC_CLIENT_SECRET");
    if (out.redirect_uris.empty()) out.redirect_uris.push_back("http://127.0.0.1/callback");
    if (out.issuer.empty() || out.client.client_id.empty()) return std::nullopt;
    return out;
}

void say(std::string_view text) { std::printf("%.*s\n", static_cast<int>(text.size()), text.data()); }

int failed(std::string_view step, std::string_view why) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(step.size()), step.data(), static_cast<int>(why.size()), why.data());
    return 1;
}

// Claims are written by others. As JSON, with what is left of control characters taken out, they cannot play tricks on a terminal.
void say_members(cal::json object) {
    for (std::size_t i = 0; i < object.size(); ++i) {
        if (object.member_name(i) == "nonce") continue; // it has served its purpose
        auto line = "  " + std::string(object.member_name(i)) + ": " + object.member_value(i).to_string();
        for (std::size_t at = 0; at < line.size(); ++at) {
            auto const byte = static_cast<unsigned char>(line[at]);
            bool const c1 = byte == 0xc2 && at + 1 < line.size() && static_cast<unsigned char>(line[at + 1]) < 0xa0; // U+0080 to U+009F
            if (byte < 0x20 || byte == 0x7f || c1) line.replace(at, c1 ? 2 : 1, "?");
        }
        say(line);
    }
}

std::string in_words(std::optional<cal::time_point> expires_at) {
    if (!expires_at) return "for a time that the provider does not tell";
    return "for " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*expires_at - cal::system_now()).count()) + " seconds";
}

// The access token is about to expire: the same sign-in, fresh tokens (RFC 6749 6), without the user.
cal::result<cal::token_set> refresh(
    cal::server_metadata const& server, cal::client_information const& client, cal::sign_in const& user, example::curl_transport const& send) {
    auto request = cal::build_token_request(server, client,
        cal::refresh_token_grant{.refresh_token = user.tokens.refresh_token.expose(), .granted_scope = user.tokens.scope}, cal::system_now());
    auto tokens = cal::drive(cal::single_request(std::move(request),
                                 [&](cal::http_response const& response, cal::time_point now) {
                                     return cal::parse_token_response(response, {.refreshed = &user.tokens}, now);
                                 }),
        send);
    if (!tokens || tokens->id_token.expose() == user.tokens.id_token.expose()) return tokens; // no new ID Token came along

    // A new one must be about the same user, and from the same sign-in (OIDC Core 12.2).
    auto const algorithm = cal::parse_algorithm(client.id_token_signed_response_alg);
    cal::signature_verifier verifier(user.keys, {*algorithm});
    cal::id_token_expectations const expected{
        .issuer = server.issuer,
        .client_id = client.client_id,
        .id_token_signed_response_alg = client.id_token_signed_response_alg,
        .access_token = tokens->access_token.expose(),
        .refreshed = &user.claims,
    };
    auto claims = cal::validate_id_token(tokens->id_token.expose(), verifier, expected, user.clock.correct(cal::system_now()));
    if (!claims) return std::move(claims).error();
    say("The refreshed ID Token is valid and about the same user.");
    return tokens;
}

} // namespace

int main(int argument_count, char** arguments) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    auto const settings = read_arguments(argument_count, arguments);
    if (!settings) {
        std::fputs(usage, stderr);
        return 2;
    }
    auto const& client = settings->client;
    example::curl_transport const send;
    cal::os_random random;

    auto server = cal::drive(cal::discover(settings->issuer), send);
    if (!server) return failed("The provider's metadata could not be read", server.error().message());
    say("Read the metadata of " + server->issuer + ".");

    std::optional<example::loopback_listener> listener;
    for (auto const& uri : settings->redirect_uris)
        if (!listener) listener = example::loopback_listener::listen(uri);
    if (!listener) return failed("Nothing can listen at " + settings->redirect_uris.back(), "not http on loopback, or the port is taken");

    cal::authorization_parameters parameters{.redirect_uri = listener->redirect_uri(), .scope = settings->scope};
    if (cal::scope_covers(settings->scope, "offline_access")) parameters.prompt = "consent"; // OIDC Core 11
    auto flow = cal::authorization_code_flow::start(
        *server, client.clone(), std::move(parameters), random, cal::system_now(), {.request_userinfo = !server->userinfo_endpoint.empty()});
    if (!flow) return failed("The sign-in could not be begun", flow.error().message());

    auto const url = flow->authorization_url();
    if (!url) return failed("The sign-in could not be begun", cal::error(cal::error_code::flow_in_wrong_state).message());
    if (!settings->browser) say("Open this address in a browser: " + *url);
    else if (example::open_system_browser(*url)) say("Your browser was opened: sign in there. (If it was not, run this again with --no-browser.)");
    else return failed("No browser could be opened", "run this again with --no-browser");

    // Any page can call a loopback port. The flow knows its own redirect by its state, and goes on waiting until that has come.
    auto const until = example::loopback_listener::clock::now() + (flow->next_deadline().value_or(cal::system_now()) - cal::system_now());
    bool const returned = listener->serve(until, [&](std::string_view redirect) {
        auto const taken = flow->handle_redirect(redirect, cal::system_now());
        bool const waiting = flow->awaiting_redirect();
        if (!taken && waiting) failed("Ignored a call that is not the answer", taken.error().message());
        return !waiting;
    });
    listener.reset();
    if (returned) say("The browser came back.");

    auto user = cal::drive(*flow, send);
    if (!user) return failed("The sign-in failed", user.error().message());
    say("The ID Token is valid. The user is:");
    say_members(user->claims.all().root());
    say("Granted: " + user->tokens.scope + ", " + in_words(user->tokens.expires_at) + ".");
    if (auto const clock = user->clock.describe(); !clock.empty()) say("Note that " + clock + ".");

    if (user->userinfo) {
        say("UserInfo says:");
        say_members(user->userinfo->root());
    } else if (user->userinfo_error) {
        failed("UserInfo could not be read", user->userinfo_error->message());
    }

    if (user->tokens.refresh_token.empty()) {
        say("There is no refresh token, so nothing is refreshed.");
    } else {
        auto const tokens = refresh(*server, client, *user, send);
        if (!tokens) return failed("The refresh failed", tokens.error().message());
        say("Refreshed: the new access token is good " + in_words(tokens->expires_at) + ".");
    }
    say("Signed in.");
}
