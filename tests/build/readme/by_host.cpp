// Surroundings of fragments that begin a sign-in: there are `server`, `client`, `parameters`, `random`, `now` and `send`.
#include "surroundings.hpp"
#include "fragment_includes.inc"

static void example() {
    auto [now, random, server, client, parameters] = program();
    auto const send = [](cal::http_request const& request) { return my_http(request); };
    {
#include "fragment.inc"
    }
}

int main() { example(); }
