// Surroundings of a program that calls the platform: its credential, and `send`.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto const& client_id = host.client_id;
    auto const& client_secret = host.client_secret;
    auto const send = host.sender();
    std::string logged;
    auto const log = [&](std::string_view text) { logged = text; }; // the path is none of the simulated platform's
    {
#include "fragment.inc"
    } expect(host.simulated.directory().find_account_by_email("jane@school.example") != nullptr, "Jane is not there");
    expect(logged.starts_with("status_unexpected") || logged.starts_with("platform_error"), "the request of its own was not sent: " + logged);
}

int main() { example(); }
