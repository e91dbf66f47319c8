#pragma once
#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/curl_transport.hpp"

/// \file
/// What the tests share: the provider that run.mjs has started, and the person in front of the browser, whom it plays.

namespace interop {

namespace cal = calimatic;

/// Set by run.mjs.
inline std::string setting(char const* name) {
    char const* value = std::getenv(name);
    return value ? value : "";
}
inline std::string issuer() { return setting("CALIMATIC_INTEROP_ISSUER"); }

/// Asks run.mjs for something; what it answers, or "" and why not on stderr.
inline std::string ask(std::string const& what) {
    cal::http_request request;
    request.url = setting("CALIMATIC_INTEROP_CONTROL") + what;
    auto const response = example::curl_transport()(request);
    if (response && response->status == 200) return response->body;
    std::fprintf(stderr, "run.mjs did not do %s: %s\n", what.c_str(), response ? response->body.c_str() : "no answer");
    return {};
}

/// The person signs in and allows what is asked for, or refuses it; the URL that the browser is redirected to. A browser with a name is used again.
inline std::string redirected(
    std::string_view authorization_url, bool allow = true, std::string const& login = "alice", std::string const& browser = {}) {
    return ask("/browser?login=" + login + (allow ? "&allow=yes" : "") + (browser.empty() ? "" : "&browser=" + browser) +
        "&url=" + cal::detail::form_encode(authorization_url));
}
/// The person signs out in a browser that is used again, at this address, or with this form; the URL that it is redirected to.
inline std::string signed_out(std::string_view end_session_url, std::string const& browser, std::string_view form = {}) {
    return ask("/sign-out?browser=" + browser + "&url=" + cal::detail::form_encode(end_session_url) +
        (form.empty() ? "" : "&body=" + cal::detail::form_encode(form)));
}
inline void rotate_keys() { ask("/rotate-keys"); }

/// Sends, and remembers what was sent where.
class recording_transport {
public:
    std::function<void(cal::http_request const&)> before = [](cal::http_request const&) {};
    bool loses_answers = false;

    cal::result<cal::http_response, cal::transport_failure> operator()(cal::http_request const& request) {
        before(request);
        urls_.push_back(request.url);
        auto response = curl_(request);
        if (loses_answers) return cal::transport_failure::no_answer;
        return response;
    }
    auto count(std::string_view url) const { return std::count(urls_.begin(), urls_.end(), url); }

private:
    example::curl_transport curl_;
    std::vector<std::string> urls_;
};

inline cal::crypto_answer answer(cal::crypto_question const& question) { return cal::answer_inside(question); }

/// Does for a session what a host does: sends what is due, answers its questions, and saves it when it is told to.
class session_keeper {
public:
    recording_transport send;
    std::function<void(std::string const&)> save = [](std::string const&) {};

    /// Until that happens. Nothing: the session has ended or waits for nothing any more, or it took longer than 15 seconds.
    std::optional<cal::session_event> run(cal::session& session, cal::session_event::kind wanted) {
        auto const until = cal::system_now() + cal::seconds(15);
        for (auto now = cal::system_now(); now < until; now = cal::system_now()) {
            if (auto question = session.poll_crypto_question()) {
                session.handle_crypto_answer(question->id, answer(*question));
                continue;
            }
            auto event = session.poll_event();
            auto request = event ? std::nullopt : session.poll_request(now);
            if (!event && !request) event = session.poll_event(); // asking for a request can be what makes one due
            if (event) {
                if (event->generation != 0) {
                    save(std::string(serialize(session).expose()));
                    session.handle_saved(event->generation);
                }
                if (event->what == wanted) return event;
            } else if (request) {
                auto response = send(*request);
                if (response) session.handle_response(request->id, std::move(*response), cal::system_now());
                else session.handle_failure(request->id, response.error(), cal::system_now());
            } else if (auto const deadline = session.next_deadline()) {
                std::this_thread::sleep_for((std::min)(*deadline, until) - now);
            } else {
                break;
            }
        }
        return std::nullopt;
    }
};

// The clients that run.mjs registers.
inline cal::client_information public_client() { return {.client_id = "demonstration"}; }
inline cal::client_information confidential_client(std::string method) {
    return {.client_id = method + " client:id+%", .client_secret = "&=+% \"~:;?<>#/\\", .token_endpoint_auth_method = std::move(method)};
}
inline cal::client_information client_for_algorithm(std::string_view name, std::string_view alg) {
    cal::client_information client{.client_id = std::string(name) + "-" + std::string(alg)};
    if (!alg.starts_with("HS")) return client;
    std::string secret(confidential_client("").client_secret.expose());
    secret.resize(64, 'x');
    client.client_secret = std::move(secret);
    return client;
}
inline cal::client_information client_with_algorithm(std::string_view alg) {
    auto client = client_for_algorithm("demonstration", alg);
    client.id_token_signed_response_alg = alg;
    return client;
}
inline cal::client_information client_with_signed_userinfo(std::string_view alg) {
    auto client = client_for_algorithm("signed-userinfo", alg);
    client.userinfo_signed_response_alg = alg;
    return client;
}
constexpr std::string_view algorithms[] = {
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "EdDSA", "Ed25519"};

/// Its access tokens are good for two seconds.
inline cal::client_information short_lived_client() { return {.client_id = "short-lived"}; }

inline cal::authorization_parameters offline() {
    return {.redirect_uri = "http://127.0.0.1:4711/callback", .scope = "openid profile offline_access", .prompt = "consent"};
}

} // namespace interop
