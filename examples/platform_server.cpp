// The simulated platform as an HTTP server on loopback: something to try a program against, without an account
//
//     export CALIMATIC_CLIENT_SECRET=a-secret
//     ./examples/run platform_server --client-id cca_mine --redirect-uri http://127.0.0.1:3000/callback
//
// It prints its address, which is the issuer and the base URL. GET /simulated tells what is in its directory. It forgets everything when it ends.

#include "support/http_server.hpp"
#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cal = calimatic;

namespace {

constexpr char const usage[] =
    "platform_server [options]\n"
    "  --port N             where it listens (any that is free)\n"
    "  --client-id ID       of a registered application, whose secret comes from CALIMATIC_CLIENT_SECRET (a public client, if there is none)\n"
    "  --redirect-uri URI   of that application; may be repeated\n"
    "  --lose N             every Nth answer to a bulk provisioning gets lost on its way\n";

struct settings {
    std::uint16_t port = 0;
    unsigned lose = 0;
    cal::testing::simulated_client client{.permissions = {"org:manage", "org:users:manage"}};
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
        if (word == "--client-id") out.client.client.client_id = value;
        else if (word == "--redirect-uri") out.client.redirect_uris.push_back(value);
        else if (!(word == "--port" && read_number(value, out.port)) && !(word == "--lose" && read_number(value, out.lose))) return std::nullopt;
    }
    if (char const* secret = std::getenv("CALIMATIC_CLIENT_SECRET")) out.client.client.client_secret = secret;
    out.client.client.token_endpoint_auth_method = out.client.client.client_secret.empty() ? "none" : "client_secret_post";
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

} // namespace

int main(int count, char** words) {
    auto given = read_arguments(count, words);
    if (!given) return std::fputs(usage, stderr), 2;

    std::optional<cal::testing::simulated_platform> platform;
    sent_addresses sent;
    unsigned batches = 0;
    example::http_server server([&](cal::http_request const& request) -> cal::http_response {
        auto const path = std::string_view(request.url).substr(server.origin().size());
        if (path == "/simulated") {
            auto const& directory = platform->directory();
            return {200, {{"Content-Type", "application/json"}},
                "{\"organizations\":" + std::to_string(directory.organizations.size()) + ",\"users\":" + std::to_string(directory.accounts.size()) +
                    ",\"sent_more_than_once\":" + std::to_string(sent.more_than_once()) + "}"};
        }
        bool const is_batch = path == "/api/v1/users/provision/bulk";
        if (is_batch) sent.add(request);
        auto answer = platform->handle(request, cal::system_now());
        if (is_batch && given->lose != 0 && ++batches % given->lose == 0) return {}; // it acted, and nobody learns of it
        return answer;
    });
    if (auto const problem = server.listen(given->port); !problem.empty())
        return std::fprintf(stderr, "platform_server: port %u: %s\n", unsigned{given->port}, problem.c_str()), 1;
    platform.emplace(cal::testing::simulated_platform_options{.issuer = server.origin()});
    platform->add_user({});
    if (!given->client.client.client_id.empty()) platform->add_client(std::move(given->client));
    std::printf("%s\n", server.origin().c_str());
    std::fflush(stdout);
    std::signal(SIGTERM, [](int) { std::_Exit(0); });
    server.run();
}
