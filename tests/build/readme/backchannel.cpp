// Surroundings of a back end that gets a `request` to its backchannel_logout_uri.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto& now = host.now;
    auto const& server = host.server;
    auto const& client = host.client;
    auto const sub = host.provision_jane();
    std::vector<cal::session> sessions;
    sessions.push_back(host.session(sub));
    auto const keys = cal::drive(cal::single_request(cal::build_jwk_set_request(server.jwks_uri),
                                     [](cal::http_response const& response) { return cal::parse_jwk_set_response(response); }),
        host.sender());
    cal::signature_verifier verifier(*keys, {cal::signature_algorithm::rs256});
    cal::replay_cache seen;
    cal::http_request request;
    request.method = cal::http_method::post;
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = "logout_token=" + host.simulated.make_logout_token({.client_id = client.client_id, .sub = sub}, now);
    int status = 0;
    auto const answer = [&](cal::http_response const& response) { status = response.status; };
    auto const receive = [&] {
#include "fragment.inc"
    };
    receive();
    expect(status == 200 && sessions[0].has_ended(), "the session did not end");
}

int main() { example(); }
