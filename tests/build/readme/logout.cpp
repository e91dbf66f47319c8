// Surroundings of a program whose user signs out of a `session`.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto& random = host.random;
    auto& now = host.now;
    auto const& server = host.server;
    auto const& client = host.client;
    auto session = host.session(host.provision_jane());
    std::string browser;
    auto const open_logout_page = [&](std::string_view url) { browser = host.simulated.end_session(url, now).value(); };
    auto const url_of_the_browser = [&] { return browser; };
    {
#include "fragment.inc"
    } expect(!session.access_token(now), "the session did not end");
}

int main() { example(); }
