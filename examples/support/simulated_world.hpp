#pragma once
#include "checklist_report.hpp"
#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

namespace cal = calimatic;

/// The simulated platform under virtual time. What the platform's documentation does not say is made up here: where users are deleted.
class platform_host : public cal::testing::simulated_host {
public:
    explicit platform_host(cal::testing::simulated_platform& platform) : simulated_host(platform), platform_(platform) {}

    cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
        auto const path = platform_.issuer() + "/api/v1/users/";
        if (request.method != cal::http_method::delete_ || !request.url.starts_with(path)) return simulated_host::send(request);
        // Whoever may resolve may delete.
        cal::http_request lookup;
        lookup.url = path + "resolve?email=nobody@myapp.example";
        lookup.headers = request.headers;
        if (auto const allowed = simulated_host::send(lookup); !allowed || allowed->status != 404) return allowed;
        auto const user_id = request.url.substr(path.size());
        std::erase_if(platform_.directory().accounts, [&](auto const& account) { return account.user_id == user_id; });
        platform_.revoke_user(user_id);
        return cal::http_response{200, {{"Content-Type", "application/json"}}, R"({"success":true})"};
    }

private:
    cal::testing::simulated_platform& platform_;
};

/// The other side, and what an application has for it: users who sign in, sessions that are kept fresh.
class simulated_world {
protected:
    simulated_world() {
        for (auto const* name : {"alice", "bob"}) {
            auto const email = std::string(name) + "@myapp.example";
            platform_.add_user({.sub = name, .claims_json = R"({"name":")" + std::string(name) + R"(","email":")" + email + R"("})"});
            platform_.directory().accounts.push_back({.user_id = name, .keycloak_user_id = std::string("keycloak-") + name, .email = email});
        }
    }

    cal::authorization_code_flow start_sign_in(std::string const& scope, std::string const& redirect_uri) {
        return need(cal::authorization_code_flow::start(
            server_, registration_.client(), {.redirect_uri = redirect_uri, .scope = scope}, random_, host_.now()));
    }
    /// Plays the user in the browser, who allows all.
    cal::sign_in finish_sign_in(cal::authorization_code_flow& flow, std::string const& sub) {
        need(flow.handle_redirect(need(platform_.authorize(*flow.authorization_url(), host_.now(), {.sub = sub})), host_.now()));
        return need(cal::drive(flow, host_));
    }
    cal::sign_in sign_in(std::string const& sub, std::string const& scope, std::string const& redirect_uri = "https://myapp.example/auth/callback") {
        auto flow = start_sign_in(scope, redirect_uri);
        return finish_sign_in(flow, sub);
    }
    cal::session open_session(cal::sign_in user) {
        auto session = need(cal::session::start({server_, registration_.client()}, std::move(user), random_, host_.now()));
        work(session, host_.now());
        return session;
    }
    /// What an application's loop does with a session, until that time.
    void work(cal::session& session, cal::time_point until) {
        for (;;) {
            auto request = session.poll_request(host_.now());
            bool idle = !request;
            for (; auto event = session.poll_event(); idle = false)
                if (event->generation != 0) session.handle_saved(event->generation); // once `serialize(session)` is on the disk
            if (request) {
                if (auto answer = host_.send(*request)) session.handle_response(request->id, std::move(*answer), host_.now());
                else session.handle_failure(request->id, answer.error(), host_.now());
            } else if (idle) {
                auto const deadline = session.next_deadline();
                if (session.has_ended() || !deadline || *deadline > until) return host_.wait_until(until);
                host_.wait_until(*deadline);
            }
        }
    }
    cal::result<cal::userinfo> userinfo(cal::session const& session) {
        auto const token = session.access_token(host_.now());
        if (!token) return token.error();
        return call(host_, cal::build_userinfo_request(server_, *token),
            [&](cal::http_response const& response) { return cal::parse_userinfo_response(response, session.claims()->sub()); });
    }
    std::optional<cal::resolved_user> resolve(std::string_view email) {
        return need(call(host_, cal::build_resolve_user_request(calling_, email),
            [&](cal::http_response const& response) { return cal::parse_resolve_user_response(response, calling_, email); }));
    }

    cal::testing::simulated_platform platform_{{.management = {.sign_in_needs_license = true}, .registration = {.management = true}}};
    platform_host host_{platform_};
    cal::testing::seeded_random random_; // a real program takes cal::os_random
    cal::server_metadata server_;
    cal::client_registration registration_;
    cal::platform_client calling_;
};

} // namespace example
