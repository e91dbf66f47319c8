// Surroundings of a program whose `user` pressed Cancel, or has no licence.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto const& platform = host.platform;
    auto const& email = host.email;
    auto const send = host.sender();
    auto const sub = host.provision_jane();
    host.simulated.directory().find_account_by_email(email)->applications.clear();
    auto const user = host.sign_in("openid", {.sub = sub, .allow = false});
    std::string asked;
    auto const ask_for_a_license = [&](cal::error const& why) { asked = why.name(); };
    {
#include "fragment.inc"
    } expect(asked == "app_not_licensed", "nobody asked for a licence");
}

int main() { example(); }
