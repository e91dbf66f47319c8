#pragma once
#include <calimatic/auth.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/provider.hpp"

/// \file
/// What the fragments of the README take for granted: a program with its own HTTP, its own way to open a browser, and a screen. Behind them is a
/// provider in memory.

namespace cal = calimatic;

inline support::provider& the_provider() {
    static support::provider provider = [] {
        support::provider out;
        out.issuer = "https://auth.calimatic.com";
        return out;
    }();
    return provider;
}

/// Sends what a fragment sends: to the provider, or to the server whose access tokens it gives out.
inline cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
    if (!request.url.starts_with(the_provider().issuer)) {
        bool const known = cal::find_header(request.headers, "authorization") == "Bearer the-access-token";
        return cal::http_response{known ? 200 : 401, {{"Content-Type", "application/json"}}, known ? "{}" : ""};
    }
    if (support::parameter(request.body, "grant_type") == "refresh_token")
        return cal::http_response{
            200, {{"Content-Type", "application/json"}}, R"({"access_token":"the-next","token_type":"Bearer","expires_in":600})"};
    return the_provider().handle(request, cal::system_now());
}
inline auto my_http(cal::http_request const& request) { return send(request); }

/// The browser, with a user who signs in at once.
inline std::string& redirect_of_the_browser() {
    static std::string url;
    return url;
}
inline void open_browser(std::string const& url) { redirect_of_the_browser() = the_provider().authorize(url); }
inline std::string wait_for_redirect() { return redirect_of_the_browser(); }

/// A place that outlives the program.
inline std::string& storage() {
    static std::string text;
    return text;
}
inline void save(std::string_view text) { storage() = text; }
inline std::string load() { return storage(); }

inline void greet(std::string_view name) { std::printf("Hello, %.*s!\n", static_cast<int>(name.size()), name.data()); }

inline void welcome(std::string_view name) { greet(name); }

/// In these surroundings all goes well: a fragment that complains ends the program.
[[noreturn]] inline void show(std::string_view text) {
    std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
    std::exit(1);
}
[[noreturn]] inline void show(cal::error const& error) { show(error.message()); }
[[noreturn]] inline void log(std::string_view text) { show(text); }
[[noreturn]] inline void wait(cal::seconds) { show("wait"); }
[[noreturn]] inline void begin_again() { show("begin_again"); }
[[noreturn]] inline void refresh_and_try_once_more() { show("refresh_and_try_once_more"); }

/// Cryptography of the host's own.
inline cal::crypto_answer ask_the_console(cal::crypto_question const& question) { return cal::answer_inside(question); }

/// An engine's HTTP: what was started is finished a frame later.
struct engine_http_client {
    using callback = std::function<void(cal::result<cal::http_response, cal::transport_failure>)>;
    std::vector<std::pair<cal::http_request, callback>> started;

    void start(cal::http_request request, callback answer) { started.emplace_back(std::move(request), std::move(answer)); }
    void finish() {
        for (auto const& [request, answer] : std::exchange(started, {})) answer(send(request));
    }
};

/// The time of the frame, or of the moment.
struct host_clock {
    cal::time_point time = cal::system_now();

    operator cal::time_point() const { return time; }
    cal::time_point operator()() const { return time; }
};

/// What a program knows before anybody signs in.
struct program {
    host_clock now;
    cal::os_random random;
    cal::server_metadata server = cal::drive(cal::discover(the_provider().issuer), [](auto const& request) { return send(request); }).value();
    cal::client_information client{.client_id = "cca_1"};
    cal::authorization_parameters parameters{.redirect_uri = "http://localhost:3001/auth/callback"};

    cal::authorization_code_flow begin() {
        return cal::authorization_code_flow::start(server, client.clone(), parameters, random, now, {.request_userinfo = true}).value();
    }
    /// The user comes back from the browser.
    cal::authorization_code_flow returned() {
        auto flow = begin();
        open_browser(flow.authorization_url().value());
        if (auto const taken = flow.handle_redirect(wait_for_redirect(), now); !taken) show(taken.error());
        return flow;
    }
};
