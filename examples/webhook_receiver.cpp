// Receives webhooks with Boost.Beast on loopback: verifies them, and reads who was changed; here from the simulated platform, over real connections
//
//     ./examples/run webhook_receiver            the simulated platform sends, this program receives
//     export CALIMATIC_WEBHOOK_SECRET=whsec_...  and CALIMATIC_WEBHOOK_OLD_SECRET during a rotation
//     ./examples/run webhook_receiver 8080       receives at http://127.0.0.1:8080 from any sender, until it is ended
//
// How a sender signs is the profile below: that of Standard Webhooks. The Calimatic platform's own is to be filled in from its documentation.

#include "support/curl_transport.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cal = calimatic;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;

namespace {

/// How the sender signs, and where in its payload the members are.
cal::webhook_signature_profile const signature = cal::standard_webhooks_profile();
cal::webhook_payload_profile const payload{.event = "/type", .user_id = "/data/userId", .application = "/data/application"};

cal::time_point now() { return std::chrono::floor<cal::milliseconds>(std::chrono::system_clock::now()); }

/// What an application does about an event.
void act_upon(cal::webhook_event const& event) {
    std::printf("  %s: %s\n", event.name.c_str(), event.user_id.value_or("nobody whom we know").c_str());
    switch (event.type) {
    case cal::webhook_event_type::user_suspended:
    case cal::webhook_event_type::user_deleted:
    case cal::webhook_event_type::license_revoked: std::puts("  their sessions end now"); break;
    default: break;
    }
}

class receiver {
public:
    receiver(std::vector<cal::secret_string> keys, std::uint16_t port)
        : keys_(std::move(keys)), acceptor_(context_, {boost::asio::ip::address_v4::loopback(), port}) {}

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    /// One connection, one delivery, one answer.
    void serve_one() {
        beast::tcp_stream stream(acceptor_.accept());
        stream.expires_after(std::chrono::seconds(10));
        beast::flat_buffer buffer;
        http::request_parser<http::string_body> parser;
        parser.body_limit(cal::limits{}.webhook_body);
        parser.header_limit(static_cast<std::uint32_t>(cal::limits{}.header_bytes));
        beast::error_code failed;
        http::read(stream, buffer, parser, failed);
        if (failed) return;

        auto const& request = parser.get();
        std::vector<cal::http_header> headers;
        for (auto const& field : request) headers.push_back({std::string(field.name_string()), std::string(field.value())});
        auto const answer = request.method() == http::verb::post ? receive(request.body(), headers) : cal::http_response{405, {}, {}};

        http::response<http::empty_body> response(static_cast<http::status>(answer.status), request.version());
        for (auto const& [name, value] : answer.headers) response.set(name, value);
        response.keep_alive(false);
        response.prepare_payload();
        http::write(stream, response, failed);
        stream.socket().shutdown(tcp::socket::shutdown_send, failed);
    }

private:
    cal::http_response receive(std::string_view body, std::vector<cal::http_header> const& headers) {
        auto const webhook = cal::verify_webhook(body, headers, signature, keys_, now(), &seen_); // the body as it arrived, before anything reads it
        if (!webhook) {
            std::printf("  refused: %s\n", webhook.error().message().c_str());
            return cal::build_webhook_response(webhook);
        }
        auto const event = cal::parse_webhook_event(*webhook, payload);
        if (event) act_upon(*event);
        else seen_.forget(webhook->id()); // it may come again
        return cal::build_webhook_response(event);
    }

    std::vector<cal::secret_string> keys_;
    cal::replay_cache seen_;
    boost::asio::io_context context_;
    tcp::acceptor acceptor_;
};

std::vector<cal::secret_string> keys_from_environment() {
    std::vector<cal::secret_string> keys;
    for (auto const* name : {"CALIMATIC_WEBHOOK_SECRET", "CALIMATIC_WEBHOOK_OLD_SECRET"})
        if (auto const* value = std::getenv(name)) keys.emplace_back(value);
    return keys;
}

/// The simulated platform sends what happens there, once honestly, once again, and once with another body.
int play() {
    constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    std::vector<cal::secret_string> keys;
    keys.emplace_back(secret);
    receiver own(std::move(keys), 0);
    cal::testing::simulated_platform platform({.webhooks = {.signature = signature}});
    auto& webhook = platform.webhooks().emplace_back();
    webhook.url = "http://127.0.0.1:" + std::to_string(own.port()) + "/webhook";
    webhook.events = {"user.suspended", "license.revoked"};
    webhook.secret = secret;
    platform.directory().events = {{"user.suspended", "user-1"}, {"license.revoked", "user-2", {}, "cca_1"}, {"user.suspended", "user-3"}};

    example::curl_transport const send;
    bool as_expected = true;
    auto const deliver = [&](cal::http_request const& request, int expected) {
        std::thread serving([&own] { own.serve_one(); });
        auto const answer = send(request);
        serving.join();
        int const status = answer ? answer->status : 0;
        std::printf("  answered with %d\n", status);
        as_expected = as_expected && status == expected;
        return status;
    };
    for (int number = 0; auto request = platform.poll_webhook_delivery(now()); ++number) {
        std::puts(number < 2 ? "a delivery" : "a delivery that was changed on its way");
        if (number == 2) request->body.insert(1, " ");
        platform.handle_webhook_answer(request->id, deliver(*request, number < 2 ? 204 : 400), now());
        if (number != 0) continue;
        std::puts("the same once more");
        deliver(*request, 204);
    }
    std::puts(as_expected ? "all as it should be" : "NOT as it should be");
    return as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) try {
    if (argc < 2) return play();
    auto keys = keys_from_environment();
    int const port = std::atoi(argv[1]);
    if (keys.empty() || port < 1 || port > 65535) {
        std::fputs("webhook_receiver PORT, with the secret in CALIMATIC_WEBHOOK_SECRET\n", stderr);
        return EXIT_FAILURE;
    }
    receiver own(std::move(keys), static_cast<std::uint16_t>(port));
    std::setvbuf(stdout, nullptr, _IONBF, 0); // what arrives is seen at once, wherever it is written
    std::printf("waiting at http://127.0.0.1:%d\n", port);
    for (;;) own.serve_one();
} catch (std::exception const& failure) { // a port that is taken
    std::fprintf(stderr, "%s\n", failure.what());
    return EXIT_FAILURE;
}
