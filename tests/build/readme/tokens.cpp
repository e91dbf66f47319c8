// Surroundings of fragments that go on after a sign-in: there are `user`, and what validates `id_token`: `keys` and `nonce`.
#include "surroundings.hpp"
#include "fragment_includes.inc"

static void example() {
    program host;
    auto& [now, random, server, client, parameters] = host;
    auto const send = [](cal::http_request const& request) { return my_http(request); };
    auto flow = host.returned();
    auto const user = cal::drive(flow, send).value();
    auto keys = user.keys;
    auto const id_token = user.tokens.id_token.expose();
    auto const nonce = user.claims.nonce();
    {
#include "fragment.inc"
    }
}

int main() { example(); }
