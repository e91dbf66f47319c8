// The simulated platform as an HTTP server on loopback: something to try a program against, without an account
//
//     export CALIMATIC_CLIENT_SECRET=a-secret
//     ./examples/run platform_server --client-id cca_mine --redirect-uri http://127.0.0.1:3000/callback
//
// It prints its address, which is the issuer and the base URL. Its sign-in page asks who is there. GET /simulated tells what arrived and what is in its
// directory; POST /simulated with {"fault": "idt-sig-flip"} lets the next answer go wrong in that way. It forgets everything when it ends.

#include "support/http_server.hpp"
#include "support/sign_in_page.hpp"
#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal = calimatic;

namespace {

constexpr char const usage[] =
    "platform_server [options]\n"
    "  --port N             where it listens (any that is free)\n"
    "  --client-id ID       of a registered application, whose secret comes from CALIMATIC_CLIENT_SECRET (a public client, if there is none)\n"
    "  --page-client-id ID  of a registered page: a public client\n"
    "  --redirect-uri URI   of the application or page named before, also for the way back from a sign-out; may be repeated\n"
    "  --allow-origin URL   whose pages may call the endpoints of OpenID Connect; may be repeated\n"
    "  --expires-in N       how long an access token is good, in seconds (3600)\n"
    "  --lose N             every Nth answer to a bulk provisioning gets lost on its way\n";

struct settings {
    std::uint16_t port = 0;
    unsigned lose = 0;
    std::int64_t expires_in = 3600;
    std::vector<cal::testing::simulated_client> clients;
    std::vector<std::string> page_origins;
};

bool read_number(std::string_view text, auto& number) {
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size();
}

std::optional<settings> read_arguments(int count, char** words) {
    settings out;
    for (int i = 1; i < count; i += 2) {
        std::string_view const word = words[i];
        if (i + 1 == count) return std::nullopt;
        std::string const value = words[i + 1];
        if (word == "--client-id" || word == "--page-client-id") {
            auto& added = out.clients.emplace_back();
            added.client.client_id = value;
            added.permissions = {"org:manage", "org:users:manage"};
            char const* const secret = word == "--client-id" ? std::getenv("CALIMATIC_CLIENT_SECRET") : nullptr;
            if (secret) added.client.client_secret = secret;
            added.client.token_endpoint_auth_method = added.client.client_secret.empty() ? "none" : "client_secret_post";
        } else if (word == "--redirect-uri" && !out.clients.empty()) {
            out.clients.back().redirect_uris.push_back(value);
            out.clients.back().post_logout_redirect_uris.push_back(value);
        } else if (word == "--allow-origin") {
            out.page_origins.push_back(value);
        } else if (!(word == "--port" && read_number(value, out.port)) && !(word == "--lose" && read_number(value, out.lose)) &&
            !(word == "--expires-in" && read_number(value, out.expires_in))) {
            return std::nullopt;
        }
    }
    return out;
}

/// How often each address was sent to be provisioned in bulk.
class sent_addresses {
public:
    void add(cal::http_request const& request) {
        auto const document = cal::parse_json(request.body, request.body.size());
        if (!document) return;
        auto const users = document->root()["users"];
        for (std::size_t i = 0; i < users.size(); ++i) ++times_[std::string(users[i]["email"].as_string().value_or(""))];
    }
    std::size_t more_than_once() const {
        std::size_t count = 0;
        for (auto const& [address, times] : times_) count += times > 1;
        return count;
    }

private:
    std::map<std::string, unsigned> times_;
};

/// What arrived, by endpoint and, at the token endpoint, by grant.
std::string requests_json(cal::testing::simulated_platform const& platform) {
    using enum cal::testing::simulated_endpoint;
    static constexpr std::pair<cal::testing::simulated_endpoint, std::string_view> names[] = {{discovery, "discovery"}, {jwks, "jwks"},
        {authorization, "authorization"}, {userinfo, "userinfo"}, {revocation, "revocation"}, {introspection, "introspection"},
        {end_session, "end_session"}, {users, "users"}};
    std::map<std::string, unsigned, std::less<>> times{{"authorization_code", 0}, {"refresh_token", 0}};
    for (auto const& [endpoint, name] : names) times.emplace(name, 0);
    for (auto const& request : platform.requests()) {
        if (request.endpoint == token) ++times[request.grant_type];
        for (auto const& [endpoint, name] : names)
            if (request.endpoint == endpoint) ++times[std::string(name)];
    }
    std::string out;
    for (auto const& [name, number] : times)
        if (name.find_first_of("\"\\") == name.npos) out += (out.empty() ? "\"" : ",\"") + name + "\":" + std::to_string(number);
    return '{' + out + '}';
}

/// {"fault": NAME, "times": N}
cal::http_response inject_fault(cal::testing::simulated_platform& platform, std::string_view body) {
    auto const document = cal::parse_json(body, body.size());
    if (!document) return {400, {}, document.error().message()};
    auto const wanted = document->root();
    auto const injected = platform.inject({.name = std::string(wanted["fault"].as_string().value_or("")),
        .times = static_cast<std::size_t>((std::max)(wanted["times"].as_int64().value_or(1), std::int64_t{1}))});
    return injected ? cal::http_response{204, {}, {}} : cal::http_response{400, {}, injected.error().message()};
}

/// Two who can sign in, and where they are at home.
void add_people(cal::testing::simulated_platform& platform) {
    platform.directory().organizations.push_back({.id = "org-riverside", .name = "Riverside School", .slug = "riverside"});
    auto const add = [&](std::string sub, std::string first_name, std::string last_name, std::string user_type) {
        auto const email = sub + "@riverside.example", name = first_name + ' ' + last_name;
        platform.add_user({.sub = sub, .claims_json = R"({"name":")" + name + R"(","email":")" + email + R"(","email_verified":true})"});
        platform.directory().accounts.push_back({.user_id = sub,
            .keycloak_user_id = "keycloak-" + sub,
            .email = email,
            .first_name = first_name,
            .last_name = last_name,
            .organization_id = "org-riverside",
            .user_type = user_type,
            .permissions = {"courses:read"},
            .roles = {user_type}});
    };
    add("jane", "Jane", "Smith", "teacher");
    add("omar", "Omar", "Ångström", "student");
}

/// What a browser gets at the authorization endpoint: the page, and where it sends its form to, the way back to the application.
cal::http_response authorize(cal::testing::simulated_platform& platform, cal::http_request const& request) {
    cal::testing::user_decision decision;
    if (request.method == cal::http_method::post) {
        auto const mark = (std::min)(request.body.find('='), request.body.size());
        decision.allow = request.body.substr(0, mark) == "sub";
        decision.sub = request.body.substr((std::min)(mark + 1, request.body.size()));
    } else if (request.url.find("&prompt=none") == request.url.npos) { // then nobody may be asked
        return example::sign_in_page(platform.directory().accounts);
    }
    auto const back = platform.authorize(request.url, cal::system_now(), decision);
    if (!back) return {400, {{"Content-Type", "text/plain"}}, std::string(back.error().server_text())};
    return {303, {{"Location", *back}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}}, {}};
}

} // namespace

int main(int count, char** words) {
    auto given = read_arguments(count, words);
    if (!given) return std::fputs(usage, stderr), 2;

    std::optional<cal::testing::simulated_platform> platform;
    sent_addresses sent;
    unsigned batches = 0;
    example::http_server server([&](cal::http_request const& request) -> cal::http_response {
        auto const path = std::string_view(request.url).substr(server.origin().size());
        if (path == "/simulated" && request.method == cal::http_method::post) return inject_fault(*platform, request.body);
        if (path == "/simulated") {
            auto const& directory = platform->directory();
            return {200, {{"Content-Type", "application/json"}},
                "{\"organizations\":" + std::to_string(directory.organizations.size()) + ",\"users\":" + std::to_string(directory.accounts.size()) +
                    ",\"sent_more_than_once\":" + std::to_string(sent.more_than_once()) + ",\"requests\":" + requests_json(*platform) + "}"};
        }
        if (request.url.starts_with(platform->metadata().authorization_endpoint + '?')) return authorize(*platform, request);
        bool const is_batch = path == "/api/v1/users/provision/bulk";
        if (is_batch) sent.add(request);
        auto answer = platform->send(request, cal::system_now());
        if (!answer || (is_batch && given->lose != 0 && ++batches % given->lose == 0)) return {}; // maybe it acted, and nobody learns of it
        return std::move(*answer);
    });
    if (auto const problem = server.listen(given->port); !problem.empty())
        return std::fprintf(stderr, "platform_server: port %u: %s\n", unsigned{given->port}, problem.c_str()), 1;
    platform.emplace(cal::testing::simulated_platform_options{.issuer = server.origin(), .access_token_lifetime = cal::seconds(given->expires_in)});
    add_people(*platform);
    for (auto& client : given->clients) platform->add_client(std::move(client));
    std::vector<std::string> paths;
    auto const metadata = platform->metadata();
    for (auto const& endpoint : {metadata.issuer + "/.well-known/openid-configuration", metadata.jwks_uri, metadata.token_endpoint,
             metadata.userinfo_endpoint, metadata.revocation_endpoint})
        paths.push_back(endpoint.substr(server.origin().size()));
    server.allow_pages(std::move(given->page_origins), std::move(paths));
    std::printf("%s\n", server.origin().c_str());
    std::fflush(stdout);
    std::signal(SIGTERM, [](int) { std::_Exit(0); });
    server.run();
}
