// Serves a page that signs its users in, and an API for them, which invites others with the secret that a page cannot hold
//
//     ./examples/run spa                                  with the simulated platform, on this machine
//     export CALIMATIC_CLIENT_ID=cca_... CALIMATIC_CLIENT_SECRET=ccas_...
//     ./examples/run spa --issuer URL --client-id ID      with yours; http://127.0.0.1:3001/ is to be registered as the page's redirect URI
//
// The page is in examples/spa. GET /api/hello says who calls; POST /api/invite creates a user in the caller's organization.

#include "support/curl_transport.hpp"
#include "support/http_server.hpp"
#include <boost/json.hpp>
#include <calimatic/auth.hpp>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cal = calimatic;
namespace json = boost::json;

namespace {

constexpr char const usage[] = "spa --pages FOLDER --client-id ID [options]\n"
                               "  --pages FOLDER       the page: index.html and what belongs to it\n"
                               "  --client-id ID       of the page, a public client\n"
                               "  --issuer URL         where users sign in (https://auth.calimatic.com)\n"
                               "  --port N             where it listens (3001)\n"
                               "  --host-name NAME     under which the page of a kiosk is opened, over plain http\n"
                               "CALIMATIC_CLIENT_ID and CALIMATIC_CLIENT_SECRET are the server's own, for its API.\n";

struct settings {
    std::string pages, client_id, host_name = "127.0.0.1", issuer = "https://auth.calimatic.com";
    std::uint16_t port = 3001;
    cal::client_information own; // the server's
};

std::optional<settings> read_arguments(int count, char** words) {
    settings out;
    for (int i = 1; i < count; i += 2) {
        std::string_view const word = words[i];
        if (i + 1 == count) return std::nullopt;
        std::string const value = words[i + 1];
        if (word == "--pages") out.pages = value;
        else if (word == "--client-id") out.client_id = value;
        else if (word == "--issuer") out.issuer = value;
        else if (word == "--host-name") out.host_name = value;
        else if (word == "--port") {
            auto const [end, failure] = std::from_chars(value.data(), value.data() + value.size(), out.port);
            if (failure != std::errc() || end != value.data() + value.size()) return std::nullopt;
        } else return std::nullopt;
    }
    if (out.pages.empty() || out.client_id.empty()) return std::nullopt;
    char const* const id = std::getenv("CALIMATIC_CLIENT_ID");
    char const* const secret = std::getenv("CALIMATIC_CLIENT_SECRET");
    if (id && secret)
        out.own = {.client_id = id, .client_secret = secret, .token_endpoint_auth_method = "client_secret_post"}; // as the platform registers it
    return out;
}

/// The files of a folder, by their paths in URLs: what is not in it cannot be asked for.
class page_files {
public:
    explicit page_files(std::filesystem::path const& folder) {
        static std::map<std::string, std::string_view> const types{{".html", "text/html; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
            {".js", "text/javascript; charset=utf-8"}, {".wasm", "application/wasm"}, {".svg", "image/svg+xml"}, {".map", "application/json"}};
        std::error_code failure; // then there is no index.html either
        for (auto const& entry : std::filesystem::recursive_directory_iterator(folder, failure)) {
            auto const type = types.find(entry.path().extension().string());
            if (!entry.is_regular_file() || type == types.end()) continue;
            std::ifstream stream(entry.path(), std::ios::binary);
            files_['/' + entry.path().lexically_relative(folder).generic_string()] = {
                type->second, std::string(std::istreambuf_iterator<char>(stream), {})};
        }
    }
    bool has(std::string_view path) const { return files_.find(path) != files_.end(); }
    cal::http_response answer(std::string_view path, std::string const& policy) const {
        auto const found = files_.find(path);
        if (found == files_.end()) return {404, {}, {}};
        return {200,
            {{"Content-Type", std::string(found->second.type)}, {"Cache-Control", "no-cache"}, {"Content-Security-Policy", policy},
                {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}},
            found->second.content};
    }

private:
    struct file {
        std::string_view type;
        std::string content;
    };
    std::map<std::string, file, std::less<>> files_;
};

/// The origin of a URL, with a space before it; "" where there is none.
std::string origin_of(std::string_view url) {
    auto const origin = url.substr(0, url.find('/', url.find("//") + 2));
    return origin.empty() ? std::string() : ' ' + std::string(origin);
}

/// What a page of ours may do: run its own scripts and modules of WebAssembly, and talk to its own server and the provider's endpoints. A sign-out whose
/// URL would be too long is a form.
std::string security_policy(cal::server_metadata const& server) {
    std::set<std::string> connect;
    for (auto const& url : {server.issuer, server.token_endpoint, server.jwks_uri, server.userinfo_endpoint, server.revocation_endpoint})
        connect.insert(origin_of(url));
    std::string policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'";
    for (auto const& origin : connect) policy += origin;
    return policy + "; form-action 'self'" + origin_of(server.end_session_endpoint) + "; base-uri 'none'; frame-ancestors 'none'";
}

cal::http_response reply(int status, json::object body) {
    return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, json::serialize(body)};
}

/// An API for those who signed in on the page.
class page_api {
public:
    page_api(cal::server_metadata const& server, settings const& given) : server_(server), given_(given) {
        // Where the platform's own API is: beside its issuer.
        platform_ = {server.issuer, cal::app_client{given.own.client_id, given.own.client_secret.clone()}};
    }

    cal::http_response answer(std::string_view path, cal::http_request const& request) {
        bool const hello = path == "/api/hello" && request.method == cal::http_method::get;
        bool const invite = path == "/api/invite" && request.method == cal::http_method::post;
        if (!hello && !invite) return reply(404, {{"error", "There is nothing here."}});
        if (given_.own.client_id.empty())
            return reply(503, {{"error", "This server has no credentials: start it with CALIMATIC_CLIENT_ID and CALIMATIC_CLIENT_SECRET."}});

        auto const header = find_header(request.headers, "authorization").value_or("");
        if (!header.starts_with("Bearer ")) return refuse({.realm = "api"});
        auto const token = header.substr(7);
        // Whether it is good, and was issued to this page: a token that some other application got of the same user is none for here.
        auto const known = call(
            cal::build_introspection_request(server_, given_.own, token, "access_token", cal::system_now()), [&](cal::http_response const& response) {
                return cal::parse_introspection_response(response, given_.own, token, {.client_id = given_.client_id}, cal::system_now());
            });
        if (!known && known.error().code() == cal::error_code::introspection_client_mismatch)
            return refuse({.realm = "api", .error = "invalid_token", .error_description = "the token was issued to another client"});
        if (!known) return unavailable(known.error());
        if (!known->active) return refuse({.realm = "api", .error = "invalid_token", .error_description = "the token is not active"});
        auto const user = call(cal::build_userinfo_request(server_, token),
            [&](cal::http_response const& response) { return cal::parse_userinfo_response(response, known->members.string("sub").value_or("")); });
        if (!user && user.error().code() == cal::error_code::invalid_token)
            return refuse({.realm = "api", .error = "invalid_token", .error_description = "the token has ended"});
        if (!user) return unavailable(user.error());
        return hello ? reply(200, {{"hello", user->name().empty() ? user->sub() : user->name()}}) : invite_user(request.body, *user);
    }

private:
    /// Into the caller's own organization: which one that is is not for the page to say.
    cal::http_response invite_user(std::string_view body, cal::userinfo const& caller) {
        auto const organization = cal::platform_claims(caller).organization_id();
        if (!organization) return reply(403, {{"error", "You belong to no organization, or did not let this application know of it."}});
        auto const form = cal::parse_json(body, 10'000);
        if (!form) return reply(400, {{"error", form.error().message()}});
        auto const text = [&](std::string_view name) { return std::string(form->root()[name].as_string().value_or("")); };
        auto const invited = call(cal::build_provision_user_request(platform_,
                                      {.email = text("email"),
                                          .first_name = text("first_name"),
                                          .last_name = text("last_name"),
                                          .organization_id = std::string(*organization),
                                          .role = "member",
                                          .send_invite_email = true}),
            [&](cal::http_response const& response) { return cal::parse_provision_user_response(response, platform_); });
        if (invited) return reply(200, {{"user_id", invited->user_id}, {"is_new_user", invited->is_new_user.value_or(true)}});
        if (invited.error().condition() == cal::condition::correct_input) return reply(400, {{"error", invited.error().message()}});
        return unavailable(invited.error());
    }

    /// Sends a request that may be none, and reads the answer.
    template <class Parse>
    auto call(cal::result<cal::http_request> request, Parse parse) const -> decltype(parse(cal::http_response())) {
        if (!request) return request.error();
        auto const response = send_(*request);
        if (!response) return to_error(response.error());
        return parse(*response);
    }

    static cal::http_response refuse(cal::bearer_challenge const& challenge) {
        auto response = reply(401, {{"error", "Sign in again."}});
        if (auto const text = cal::build_www_authenticate(challenge)) response.headers.push_back({"WWW-Authenticate", *text});
        return response;
    }
    static cal::http_response unavailable(cal::error const& why) {
        std::fprintf(stderr, "spa: %s\n", why.message().c_str());
        return reply(502, {{"error", "The platform did not do what it was asked to; the server's log says why."}});
    }

    cal::server_metadata const& server_;
    settings const& given_;
    cal::platform_client platform_;
    example::curl_transport send_;
};

int failed(std::string const& why) {
    std::fprintf(stderr, "spa: %s\n", why.c_str());
    return EXIT_FAILURE;
}

} // namespace

int main(int count, char** words) {
    auto const given = read_arguments(count, words);
    if (!given) return std::fputs(usage, stderr), 2;
    page_files const files(given->pages);
    example::curl_transport const send;
    auto const server = cal::drive(cal::discover(given->issuer), send);
    if (!server) return failed(server.error().message());
    auto const policy = security_policy(*server);
    page_api api(*server, *given);

    bool const is_kiosk = given->host_name != "127.0.0.1";
    std::string_view const first = is_kiosk ? "/kiosk.html" : "/index.html";
    if (!files.has(first)) return failed("there is no " + std::string(first.substr(1)) + " in " + given->pages);
    std::string page, redirect_uri;
    example::http_server own([&](cal::http_request const& request) -> cal::http_response {
        auto const target = std::string_view(request.url).substr(own.origin().size());
        auto const path = target.substr(0, target.find('?'));
        if (path.starts_with("/api/")) return api.answer(path, request);
        if (request.method != cal::http_method::get) return {405, {}, {}};
        if (path == "/config.json") return reply(200, {{"issuer", server->issuer}, {"client_id", given->client_id}, {"redirect_uri", redirect_uri}});
        // From the address that is registered on to the page.
        if (path == "/callback" && is_kiosk) return {303, {{"Location", page + std::string(target.substr(path.size()))}}, {}};
        return files.answer(path == "/" ? first : path, policy);
    });
    if (auto const problem = own.listen(given->port); !problem.empty())
        return failed("port " + std::to_string(given->port) + ": " + problem + "; --port N takes another one");
    page = redirect_uri = own.origin() + '/';
    if (is_kiosk) {
        // A redirect URI is https, or http on loopback (RFC 8252 7.3): this machine's own address stands in for a page that is neither.
        own.add_name(given->host_name);
        page = "http://" + given->host_name + own.origin().substr(own.origin().rfind(':')) + '/';
        redirect_uri = own.origin() + "/callback";
    }
    std::printf("%s\n", page.c_str());
    std::fflush(stdout);
    std::signal(SIGTERM, [](int) { std::_Exit(0); });
    own.run();
}
