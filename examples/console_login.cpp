// Signs a person in at any OpenID Connect provider, from a terminal, and keeps the session in a file: system browser, loopback, UserInfo, refresh
//
//     export CALIMATIC_CLIENT_SECRET=...     only where the provider gave the program a secret
//     ./examples/run console_login --issuer https://auth.example.com --client-id abc --scope "openid offline_access" --save ~/.my-session
//
// Register the program at the provider with the redirect URI http://127.0.0.1/callback, or name the registered one with --redirect-uri. With --save a
// second start needs no browser, and with --sign-out as well the session ends.

#include "support/curl_transport.hpp"
#include "support/loopback_listener.hpp"
#include "support/private_file.hpp"
#include "support/system_browser.hpp"
#include <calimatic/auth.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cal = calimatic;

namespace {

constexpr char const usage[] =
    "console_login --issuer URL --client-id ID [options]\n"
    "  --scope TEXT         what to ask for (openid profile email); with offline_access the session is refreshed, too\n"
    "  --redirect-uri URI   as registered; may be repeated: the first whose port is free is taken; without a port any will do\n"
    "                       (http://127.0.0.1/callback)\n"
    "  --auth-method NAME   none, client_secret_post or client_secret_basic; the secret comes from CALIMATIC_CLIENT_SECRET\n"
    "  --id-token-alg NAME  the algorithm that is registered for ID Tokens (RS256)\n"
    "  --no-browser         print the address instead of opening it\n"
    "  --save FILE          keep the session there, and take up the one that is there (the file is as good as a password)\n"
    "  --sign-out           end the session of that file\n";

struct settings {
    std::string issuer;
    std::string scope = "openid profile email";
    std::vector<std::string> redirect_uris;
    cal::client_information client; // --client-id, --auth-method, --id-token-alg, and the secret
    bool browser = true;
    std::optional<example::private_file> file; // --save
    bool sign_out = false;
};

std::optional<settings> read_arguments(int count, char** words) {
    settings out;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        if (word == "--no-browser") {
            out.browser = false;
        } else if (word == "--sign-out") {
            out.sign_out = true;
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
            else if (word == "--save" && !value.empty()) out.file.emplace(value);
            else return std::nullopt;
        }
    }
    // Other users of this machine can read a program's arguments, and shells remember them: a secret is not taken from there. The browser, which
    // inherits the environment, does not need it either.
    if (char const* secret = std::getenv("CALIMATIC_CLIENT_SECRET")) out.client.client_secret = secret;
    ::unsetenv("CALIMATIC_CLIENT_SECRET");
    if (out.redirect_uris.empty()) out.redirect_uris.push_back("http://127.0.0.1/callback");
    if (out.issuer.empty() || out.client.client_id.empty() || (out.sign_out && !out.file)) return std::nullopt;
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

// What a session is used through: sends for it, saves it when it says so, and tells the person what happens to it.
class keeper {
public:
    keeper(std::optional<example::private_file> file, example::curl_transport const& send) : file_(std::move(file)), send_(send) {}

    // How a session is begun and taken up here. Right after the sign-in it is to show a refresh, which a real program has no reason to hurry.
    cal::session_options options() const {
        return {.storage = file_ ? cal::storage::by_host : cal::storage::none, .unauthorized_interval = cal::milliseconds(0)};
    }

    // Whether what was to be saved last is.
    bool is_safe() const { return is_safe_; }

    // Works until the session rests. Where it has no access token, that is when nothing more can be expected within half a minute.
    void work(cal::session& session) {
        auto const until = cal::system_now() + cal::seconds(30);
        for (;;) {
            auto request = session.poll_request(cal::system_now());
            bool idle = !request;
            for (; auto event = session.poll_event(); idle = false) handle(session, *event);
            if (request) {
                if (auto response = send_(*request)) session.handle_response(request->id, std::move(*response), cal::system_now());
                else session.handle_failure(request->id, response.error(), cal::system_now());
            } else if (idle) {
                auto const deadline = session.next_deadline();
                if (!deadline || *deadline > until || session.access_token(cal::system_now())) return;
                std::this_thread::sleep_for(*deadline - cal::system_now());
            }
        }
    }

private:
    void handle(cal::session& session, cal::session_event const& event) {
        using kind = cal::session_event::kind;
        if (event.generation != 0 && !save(session, event.generation)) return;
        switch (event.what) {
        case kind::refresh_started:
        case kind::tokens_received: break;
        case kind::tokens_changed: // the first time, they are those of the sign-in
            if (session.generation() > 1) say("Refreshed: the new access token is good " + in_words(session.expires_at()) + ".");
            break;
        case kind::refresh_failed: failed("The session could not be refreshed", event.error->message()); break;
        case kind::scope_reduced: say("The new access token reaches less: " + event.text + "."); break;
        case kind::clock_corrected: say(event.text.empty() ? "This device's clock is right." : "Note that " + event.text + "."); break;
        case kind::ended:
            if (event.error != cal::error_code::signed_out) say("The session has ended: " + event.error->message());
            if (!file_) break;
            if (auto const why = file_->remove(); !why.empty()) failed(file_->path() + " could not be deleted", why);
            break;
        }
    }

    // Until it is on the disk, the session neither sends the refresh nor gives out the tokens that it is about.
    bool save(cal::session& session, std::uint64_t generation) {
        auto const why = file_->write(serialize(session).expose());
        is_safe_ = why.empty();
        if (is_safe_) session.handle_saved(generation);
        else failed("The session could not be saved in " + file_->path(), why);
        return is_safe_;
    }

    std::optional<example::private_file> file_;
    example::curl_transport const& send_;
    bool is_safe_ = true;
};

// The session of the file, if there is one that goes on. False: the person has to look at the file first.
bool take_up(std::optional<cal::session>& session, settings const& settings, cal::server_metadata const& server, keeper& keeper) {
    auto const& file = *settings.file;
    std::optional<std::string> saved;
    if (auto const why = file.read(saved); !why.empty()) return failed(file.path() + " cannot be used", why), false;
    if (auto const why = file.try_write(); !why.empty()) return failed(file.path() + " cannot be written", why), false;
    if (!saved) return true;
    cal::os_random random;
    auto resumed = cal::session::resume(cal::oauth_refresh{server, settings.client.clone()}, *saved, random, cal::system_now(), keeper.options());
    cal::wipe(*saved);
    if (!resumed) {
        failed("There is no session to take up in " + file.path(), resumed.error().message());
        return resumed.error() == cal::error_code::blob_malformed; // nobody can want that back; it is replaced after the sign-in
    }
    session = std::move(*resumed);
    say("Took up the session of " + file.path() + ".");
    keeper.work(*session);
    if (session->has_ended()) session.reset();
    return true;
}

int sign_out(cal::session& session, cal::server_metadata const& server, keeper& keeper) {
    session.sign_out(cal::system_now());
    keeper.work(session);
    if (auto const& e = session.last_error()) return failed("Signed out here, but the provider could not be told", e->message());
    say(server.revocation_endpoint.empty() ? "Signed out. The provider revokes no tokens: they are good until they expire." : "Signed out.");
    return 0;
}

// In the system's browser, which comes back to a port of this program. Nothing: it failed, and the person was told.
std::optional<cal::sign_in> sign_in(settings const& settings, cal::server_metadata const& server, example::curl_transport const& send) {
    auto const give_up = [](std::string_view step, std::string_view why) {
        failed(step, why);
        return std::optional<cal::sign_in>();
    };
    std::optional<example::loopback_listener> listener;
    for (auto const& uri : settings.redirect_uris)
        if (!listener) listener = example::loopback_listener::listen(uri);
    if (!listener) return give_up("Nothing can listen at " + settings.redirect_uris.back(), "not http on loopback, or the port is taken");

    cal::authorization_parameters parameters{.redirect_uri = listener->redirect_uri(), .scope = settings.scope};
    if (cal::scope_covers(settings.scope, "offline_access")) parameters.prompt = "consent"; // OIDC Core 11
    cal::os_random random;
    auto flow = cal::authorization_code_flow::start(server, settings.client.clone(), std::move(parameters), random, cal::system_now());
    if (!flow) return give_up("The sign-in could not be begun", flow.error().message());

    auto const url = flow->authorization_url();
    if (!url) return give_up("The sign-in could not be begun", cal::error(cal::error_code::flow_in_wrong_state).message());
    if (!settings.browser) say("Open this address in a browser: " + *url);
    else if (example::open_system_browser(*url)) say("Your browser was opened: sign in there. (If it was not, run this again with --no-browser.)");
    else return give_up("No browser could be opened", "run this again with --no-browser");

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
    if (!user) return give_up("The sign-in failed", user.error().message());
    if (auto const clock = user->clock.describe(); !clock.empty()) say("Note that " + clock + ".");
    return std::move(*user);
}

// Asks a server that takes the access token, here UserInfo. If it refuses the token, the session may have a better one, once.
void show_userinfo(cal::session& session, cal::server_metadata const& server, keeper& keeper, example::curl_transport const& send) {
    for (bool once_more = true;; once_more = false) {
        auto const token = session.access_token(cal::system_now());
        if (!token) return void(failed("There is no access token", token.error().message()));
        std::string_view const sub = session.claims()->sub();
        auto const info = cal::drive(cal::single_request(cal::build_userinfo_request(server, *token),
                                         [sub](cal::http_response const& response) { return cal::parse_userinfo_response(response, sub); }),
            send);
        if (info) {
            say("UserInfo says:");
            return say_members(info->root());
        }
        failed("UserInfo could not be read", info.error().message());
        if (!once_more || info.error() != cal::error_code::invalid_token) return;
        session.handle_unauthorized(*token, cal::system_now());
        keeper.work(session);
    }
}

} // namespace

int main(int argument_count, char** arguments) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    auto const settings = read_arguments(argument_count, arguments);
    if (!settings) {
        std::fputs(usage, stderr);
        return 2;
    }
    example::curl_transport const send;
    cal::os_random random;

    auto server = cal::drive(cal::discover(settings->issuer), send);
    if (!server) return failed("The provider's metadata could not be read", server.error().message());
    say("Read the metadata of " + server->issuer + ".");

    keeper keeper(settings->file, send);
    std::optional<cal::session> session;
    if (settings->file && !take_up(session, *settings, *server, keeper)) return 1;
    if (settings->sign_out) return session ? sign_out(*session, *server, keeper) : failed("Nobody was signed out", "there is no session");

    bool show_refresh = false;
    if (!session) {
        auto user = sign_in(*settings, *server, send);
        if (!user) return 1;
        say("The ID Token is valid.");
        show_refresh = !user->tokens.refresh_token.empty();
        if (!show_refresh) say("There is no refresh token, so nothing is refreshed.");
        auto started = cal::session::start({*server, settings->client.clone()}, std::move(*user), random, cal::system_now(), keeper.options());
        if (!started) return failed("The session could not be begun", started.error().message());
        session = std::move(*started);
        keeper.work(*session);
    }
    if (auto const token = session->access_token(cal::system_now()); !token) return failed("There is no access token", token.error().message());
    say("The user is:");
    say_members(session->claims()->all().root());
    say("Granted: " + std::string(session->scope()) + ", " + in_words(session->expires_at()) + ".");

    if (!server->userinfo_endpoint.empty()) show_userinfo(*session, *server, keeper, send);
    if (show_refresh && !session->has_ended()) {
        auto const token = session->access_token(cal::system_now());
        if (token) session->handle_unauthorized(*token, cal::system_now()); // as if a server had refused it
        keeper.work(*session);
    }
    if (session->has_ended() || session->last_error() || !keeper.is_safe()) return 1; // the person was told
    if (settings->file) say("The session is in " + settings->file->path() + ": start this again, or end it with --sign-out.");
    say("Signed in.");
}
