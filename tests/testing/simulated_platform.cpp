#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "support/outcome.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using endpoint = sim::simulated_endpoint;
using support::accepted;
using support::refused;

namespace {

constexpr auto redirect_uri = "http://127.0.0.1:3000/callback";

/// A platform with a user and an application, and the application's side.
struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    sim::seeded_random random{7};
    cal::client_information client{.client_id = "app"};
    cal::authorization_code_options options{.request_userinfo = true};

    explicit fixture(sim::simulated_platform_options how = {}) : platform(std::move(how)) {
        platform.add_user({});
        register_client();
    }
    void register_client() { platform.add_client({.client = client.clone(), .redirect_uris = {redirect_uri}}); }

    cal::result<cal::sign_in> sign_in(sim::user_decision const& decision = {}, std::string scope = "openid email offline_access") {
        auto server = cal::drive(cal::discover(platform.issuer()), host);
        if (!server) return server.error();
        auto flow = cal::authorization_code_flow::start(
            *server, client.clone(), {.redirect_uri = redirect_uri, .scope = std::move(scope)}, random, host.now(), options);
        if (!flow) return flow.error();
        auto redirect = platform.authorize(*flow->authorization_url(), host.now(), decision);
        if (!redirect) return redirect.error();
        if (auto taken = flow->handle_redirect(*redirect, host.now()); !taken) return taken.error();
        return cal::drive(*flow, host);
    }
};

} // namespace

TEST_CASE("a user signs in") {
    fixture f;
    auto const user = f.sign_in();
    accepted("sign-in", user);
    CHECK(user->claims.sub() == "user-1");
    CHECK(user->claims.name() == "Alice Ångström");
    CHECK(user->tokens.scope == "openid email offline_access");
    REQUIRE(user->userinfo);
    CHECK(user->userinfo->email() == "alice@example.com");
}
