// Surroundings of fragments about a sign-in, `flow`, whose user has come back from the browser.
#include "surroundings.hpp"
#include "fragment_includes.inc"

static void example() {
    program host;
    auto flow = host.returned();
    auto& [now, random, server, client, parameters] = host;
    auto const send = [](cal::http_request const& request) { return my_http(request); };
    {
#include "fragment.inc"
    }
}

int main() { example(); }
