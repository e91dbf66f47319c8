// Surroundings of fragments about a sign-in, `flow`, that waits for `redirect`.
#include "surroundings.hpp"
#include "fragment_includes.inc"

static void example() {
    program host;
    auto flow = host.begin();
    auto& [now, random, server, client, parameters] = host;
    auto const send = [](cal::http_request const& request) { return my_http(request); };
    open_browser(flow.authorization_url().value());
    auto const redirect = wait_for_redirect();
    {
#include "fragment.inc"
    }
}

int main() { example(); }
