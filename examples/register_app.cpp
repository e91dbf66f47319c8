// Registers an application at a provider, and keeps what it gave in a file that nobody else can read before anything is done with it
//
//     ./examples/run register_app              plays it all through with the simulated platform
//     ./examples/run register_app --issuer https://auth.calimatic.com --name "My App" --redirect-uri https://my.app/callback --save my-app.json
//     ./examples/run register_app --issuer https://auth.calimatic.com --save my-app.json --read
//
// The secret is shown once, and goes to that file and nowhere else: another program reads it from there with `parse_client_registration`.

#include "support/curl_transport.hpp"
#include "support/private_file.hpp"
#include "support/temporary_folder.hpp"
#include <algorithm>
#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal = calimatic;

namespace {

constexpr char const usage[] = "register_app --issuer URL --save FILE --redirect-uri URI [options]     registers an application\n"
                               "  --redirect-uri URI   compared exactly: repeat it for production, staging and development\n"
                               "  --name TEXT          what users are shown\n"
                               "  --scope TEXT         all that it may ask for (openid profile email organization)\n"
                               "  --login-url URL      where the platform sends users to sign in (loginUrl)\n"
                               "  --client-uri URL     where the application is\n"
                               "  --return-uri URI     where users come back to after a logout; may be repeated\n"
                               "  --public             it is distributed, and so can keep no secret\n"
                               "  CALIMATIC_REGISTRATION_TOKEN is sent where the provider demands an initial access token\n"
                               "register_app --issuer URL --save FILE --read       what is registered now, where the provider tells (RFC 7592)\n"
                               "register_app --issuer URL --save FILE --delete     ends the registration, and deletes the file\n";

enum class task { create, read, end };

struct settings {
    std::string issuer, file;
    task what = task::create;
    cal::client_registration_request request{
        .metadata = {.grant_types = {"authorization_code", "refresh_token"}, .scope = "openid profile email organization"}};
};

/// How the program sends: with libcurl, or to the simulated platform.
using transport = std::function<cal::result<cal::http_response, cal::transport_failure>(cal::http_request const&)>;

/// One line. What a server wrote cannot play tricks on a terminal.
void say(std::string_view step, std::string text) {
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    std::printf("%-11.*s %s\n", static_cast<int>(step.size()), step.data(), text.c_str());
}
bool failed(std::string_view step, std::string why) { return say(step, std::move(why)), false; }

/// A member that is the platform's own, as JSON; in an address nothing has to be escaped.
std::string login_page(std::string const& url) { return R"({"loginUrl":")" + url + R"("})"; }

std::optional<settings> read_arguments(int count, char** words) {
    settings out;
    auto& metadata = out.request.metadata;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        if (word == "--read" || word == "--delete") {
            out.what = word == "--read" ? task::read : task::end;
        } else if (word == "--public") {
            metadata.token_endpoint_auth_method = "none";
        } else if (i + 1 == count) {
            return std::nullopt;
        } else {
            std::string const value = words[++i];
            if (word == "--issuer") out.issuer = value;
            else if (word == "--save") out.file = value;
            else if (word == "--redirect-uri") metadata.redirect_uris.push_back(value);
            else if (word == "--name") metadata.client_name = value;
            else if (word == "--scope") metadata.scope = value;
            else if (word == "--login-url" && value.find_first_of("\"\\") == value.npos) metadata.extra = login_page(value);
            else if (word == "--client-uri") metadata.client_uri = value;
            else if (word == "--return-uri") metadata.post_logout_redirect_uris.push_back(value);
            else return std::nullopt;
        }
    }
    // Other users of this machine can read a program's arguments, and shells remember them: a secret is not taken from there.
    if (char const* token = std::getenv("CALIMATIC_REGISTRATION_TOKEN")) out.request.initial_access_token = token;
    if (out.issuer.empty() || out.file.empty() || (out.what == task::create && metadata.redirect_uris.empty())) return std::nullopt;
    return out;
}

/// What the provider made of the addresses: it may leave some out or write them in another way, and only those that it wrote will do.
void show_changes(std::vector<std::string> const& asked, std::vector<std::string> const& registered) {
    auto const has = [](std::vector<std::string> const& all, std::string const& one) { return std::find(all.begin(), all.end(), one) != all.end(); };
    for (auto const& uri : asked)
        if (!has(registered, uri)) say("CHANGED", "not registered: " + uri);
    for (auto const& uri : registered) say(has(asked, uri) ? "redirect" : "CHANGED", (has(asked, uri) ? "" : "registered instead: ") + uri);
}

void show(cal::client_registration const& registration, cal::client_metadata const& asked) {
    say("registered", registration.client_id + (registration.client_secret.empty() ? ", without a secret" : ", with a secret"));
    show_changes(asked.redirect_uris, registration.metadata.redirect_uris);
    say("scope", registration.metadata.scope);
}

/// Saves it before anything else is done with it.
bool save(example::private_file const& file, cal::client_registration const& registration) {
    auto const problem = file.write(serialize(registration).expose());
    // Nothing can bring it back, so whoever administers the provider has to know which client it was.
    if (!problem.empty()) return failed("NOT SAVED", problem + ": what the provider gave for " + registration.client_id + " is lost");
    say("saved", file.path() + ", for nobody else to read");
    return true;
}

bool create(settings const& given, example::private_file const& file, transport const& send) {
    std::optional<std::string> content;
    if (auto const problem = file.read(content); !problem.empty()) return failed(file.path(), problem);
    if (content) return failed("refused", file.path() + " is there already, and may be all that knows a secret");
    if (auto const problem = file.try_write(); !problem.empty()) return failed(file.path(), problem); // better now than with a secret in hand

    cal::client_registration_request const request{
        .metadata = given.request.metadata, .initial_access_token = given.request.initial_access_token.clone()};
    if (auto valid = validate_client_metadata(request.metadata); !valid) return failed("refused", valid.error().message());
    auto const server = cal::drive(cal::discover(given.issuer), send);
    if (!server) return failed("failed", server.error().message());
    auto const registration =
        cal::drive(cal::single_request(cal::build_client_registration_request(*server, request),
                       [&](cal::http_response const& response) { return cal::parse_client_registration_response(response, request); }),
            send);
    if (!registration) {
        say("failed", registration.error().message());
        if (registration.error() == cal::error_code::transport_no_answer)
            say("", "it may be registered all the same: every attempt makes another client");
        return false;
    }
    if (!save(file, *registration)) return false;
    show(*registration, request.metadata);
    return true;
}

/// The other two: with the token that came with the registration.
bool manage(settings const& given, example::private_file const& file, transport const& send) {
    std::optional<std::string> content;
    if (auto const problem = file.read(content); !problem.empty() || !content)
        return failed(file.path(), problem.empty() ? "there is no such file" : problem);
    auto const known = cal::parse_client_registration(*content);
    cal::wipe(*content);
    if (!known) return failed(file.path(), known.error().message());
    auto const server = cal::drive(cal::discover(given.issuer), send);
    if (!server) return failed("failed", server.error().message());

    if (given.what == task::end) {
        auto const ended = cal::drive(cal::single_request(cal::build_client_delete_request(*server, *known),
                                          [&](cal::http_response const& response) { return cal::parse_client_delete_response(response, *known); }),
            send);
        if (!ended) return failed("failed", ended.error().message()); // and the file stays
        if (auto const problem = file.remove(); !problem.empty()) return failed(file.path(), problem);
        say("deleted", known->client_id + ", and " + file.path());
        return true;
    }
    auto const read = cal::drive(cal::single_request(cal::build_client_read_request(*server, *known),
                                     [&](cal::http_response const& response) { return cal::parse_client_read_response(response, *known); }),
        send);
    if (!read) return failed("failed", read.error().message());
    if (!save(file, *read)) return false; // it may have another token now, and another secret
    show(*read, known->metadata);
    return true;
}

bool work(settings const& given, transport const& send) {
    example::private_file const file(given.file);
    return given.what == task::create ? create(given, file, send) : manage(given, file, send);
}

/// Whether an application signs a user in with what is in the file.
bool signs_in(std::string const& path, cal::testing::simulated_platform& platform, transport const& send) {
    std::optional<std::string> content;
    if (!example::private_file(path).read(content).empty() || !content) return failed("failed", "nothing can be read from the file");
    auto const registration = cal::parse_client_registration(*content);
    if (!registration) return failed("failed", registration.error().message());
    cal::os_random random;
    auto flow = cal::authorization_code_flow::start(platform.metadata(), registration->client(),
        {.redirect_uri = registration->metadata.redirect_uris.back(), .scope = "openid profile"}, random, cal::system_now());
    if (!flow) return failed("failed", flow.error().message());
    auto const redirect = platform.authorize(*flow->authorization_url(), cal::system_now());
    if (!redirect) return failed("failed", redirect.error().message());
    if (auto taken = flow->handle_redirect(*redirect, cal::system_now()); !taken) return failed("failed", taken.error().message());
    auto const user = cal::drive(*flow, send);
    if (!user) return failed("failed", user.error().message());
    say("signed in", std::string(user->claims.name()) + ", by " + registration->metadata.redirect_uris.back());
    return true;
}

/// The simulated platform registers, and does not like the name localhost: it writes the address in another way.
int play() {
    example::temporary_folder const folder;
    if (folder.path().empty()) return failed("failed", "there is no place for temporary files"), EXIT_FAILURE;
    cal::testing::simulated_platform platform({.registration = {.management = true}});
    platform.add_user({.sub = "user-1", .claims_json = R"({"name":"Alice"})"});
    transport const send = [&](cal::http_request const& request) {
        cal::http_request changed;
        changed.method = request.method;
        changed.url = request.url;
        changed.headers = request.headers;
        changed.body = request.body;
        if (auto const at = changed.body.find("//localhost:"); at != changed.body.npos) changed.body.replace(at + 2, 9, "127.0.0.1");
        return platform.send(changed, cal::system_now());
    };
    bool all = true;
    auto const check = [&all](std::string_view what, bool fits) {
        say(fits ? "  proven" : "  NOT SO", std::string(what));
        all = all && fits;
    };

    settings wanted{.issuer = platform.issuer(), .file = folder.path() + "/my-app.json"};
    auto& metadata = wanted.request.metadata;
    metadata.client_name = "My App";
    metadata.scope = "openid profile email organization";
    metadata.extra = login_page("https://my.app/login");
    metadata.redirect_uris = {"https://my.app/auth/callback", "https://staging.my.app/auth/callback#now", "http://localhost:3001/auth/callback"};
    std::puts("An address with a fragment is refused before anything is sent:");
    check("it is refused", !work(wanted, send) && platform.requests().empty());

    std::puts("Without it:");
    metadata.redirect_uris[1] = "https://staging.my.app/auth/callback";
    check("it is registered", work(wanted, send));
    auto const mode = std::filesystem::status(wanted.file).permissions() & std::filesystem::perms::mask;
    check("its mode is 0600", mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    check("the client signs in", signs_in(wanted.file, platform, send));

    std::puts("Once more, with the file there:");
    check("it is refused", !work(wanted, send) && platform.count(cal::testing::simulated_endpoint::registration) == 1);
    std::puts("Read, and ended:");
    wanted.what = task::read;
    check("it is read", work(wanted, send));
    check("the client still signs in", signs_in(wanted.file, platform, send));
    wanted.what = task::end;
    check("it is deleted", work(wanted, send) && !std::filesystem::exists(wanted.file));
    std::puts(all ? "all as it should be" : "NOT as it should be");
    return all ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int count, char** words) {
    if (count == 1) return play();
    auto given = read_arguments(count, words);
    if (!given) return std::fputs(usage, stderr), 2;
    example::curl_transport const curl;
    return work(*given, [&curl](cal::http_request const& request) { return curl(request); }) ? EXIT_SUCCESS : EXIT_FAILURE;
}
