#pragma once
#include "surroundings.hpp"

#include <calimatic/testing/simulated_platform.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What fragments about the platform take for granted: an application with a secret that is registered there, and its HTTP. The platform is simulated.
struct at_platform {
    cal::testing::simulated_platform simulated{{.issuer = "https://auth.calimatic.com", .latency = cal::milliseconds(0)}};
    host_clock now;
    cal::os_random random;
    std::string const client_id = "cca_1";
    cal::secret_string const client_secret = "ccas_only-here-for-the-test-of-a-page";
    cal::server_metadata const server = simulated.metadata();
    cal::client_information const client{.client_id = client_id, .client_secret = client_secret.clone()};
    cal::platform_client const platform{"https://auth.calimatic.com", cal::app_client{client_id, client_secret.clone()}};
    std::string const email = "jane@school.example";

    at_platform() {
        simulated.add_client({.client = client.clone(),
            .redirect_uris = {"https://myapp.example/auth/callback"},
            .permissions = {"org:manage", "org:users:manage"},
            .post_logout_redirect_uris = {"https://myapp.example/signed-out"}});
        simulated.directory().organizations.push_back({.id = "school-1", .slug = "school", .applications = {client_id}});
    }
    auto sender() {
        return [this](cal::http_request const& request) { return simulated.send(request, now); };
    }
    /// HTTP that answers at once, for `pump`.
    auto http() {
        return [this](cal::http_request request, auto answer) { answer(simulated.send(request, now)); };
    }
    /// Jane, with a licence.
    std::string provision_jane() {
        auto const send = sender();
        auto jane = cal::drive(cal::single_request(cal::build_provision_user_request(platform,
                                                       {.email = email, .first_name = "Jane", .last_name = "Smith", .organization_id = "school-1"}),
                                   [&](cal::http_response const& response) { return cal::parse_provision_user_response(response, platform); }),
            send);
        if (!jane) show(jane.error());
        return jane->user_id;
    }
    /// Jane has come through the browser.
    cal::result<cal::sign_in> sign_in(std::string_view scope, cal::testing::user_decision const& decision) {
        auto const send = sender();
        auto flow = cal::authorization_code_flow::start(
            server, client.clone(), {.redirect_uri = "https://myapp.example/auth/callback", .scope = std::string(scope)}, random, now);
        if (auto taken = flow->handle_redirect(simulated.authorize(*flow->authorization_url(), now, decision).value(), now); !taken)
            return taken.error();
        return cal::drive(*flow, send);
    }
    cal::session session(std::string_view sub) {
        auto user = sign_in("openid", {.sub = std::string(sub)});
        if (!user) show(user.error());
        return cal::session::start({server, client.clone()}, std::move(*user), random, now, {.storage = cal::storage::none}).value();
    }
};

/// What is left to do after a fragment: it did what it says.
inline void expect(bool holds, std::string_view what) {
    if (!holds) show(what);
}
