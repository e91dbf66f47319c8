// Surroundings of a program that receives a webhook: `raw_body` and `headers`, and the `sessions` that it is about.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto& now = host.now;
    auto const sub = host.provision_jane();
    host.simulated.directory().events.clear();
    host.simulated.webhooks().push_back(
        {.url = "https://myapp.example/webhook", .events = {"user.suspended"}, .secret = "whsec_c2VjcmV0LXRoYXQtaXMtb25seS1mb3ItdGVzdHM="});
    host.simulated.directory().events.push_back({"user.suspended", sub, "school-1"});
    auto const delivery = host.simulated.poll_webhook_delivery(now);
    if (!delivery) show("nothing was delivered");
    auto const& raw_body = delivery->body;
    auto const& headers = delivery->headers;
    auto const signature = cal::standard_webhooks_profile();
    cal::webhook_payload_profile const payload{.event = "/type", .user_id = "/data/userId"};
    std::vector<cal::secret_string> keys;
    keys.emplace_back("whsec_c2VjcmV0LXRoYXQtaXMtb25seS1mb3ItdGVzdHM=");
    cal::replay_cache seen;
    std::vector<cal::session> sessions;
    sessions.push_back(host.session(sub));
    auto const& issuer = host.server.issuer;
    auto const sub_of = [](std::string_view user_id) { return user_id; };
    int status = 0;
    auto const answer = [&](cal::http_response const& response) { status = response.status; };
    auto const receive = [&] {
#include "fragment.inc"
    };
    receive();
    expect(status == 204 && sessions[0].has_ended(), "the session did not end");
}

int main() { example(); }
