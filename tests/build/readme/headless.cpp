// Surroundings of a device on which a user types in `email` and `password`.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto& [simulated, now, random, client_id, client_secret, server, client, platform, email] = host;
    auto const sub = host.provision_jane();
    simulated.directory().find_account_by_email(email)->password = "correct horse battery staple";
    simulated.headless().second_factors.push_back({.user_id = sub, .codes = {"123456"}});
    cal::secret_string password = "correct horse battery staple";
    auto const profile = cal::testing::simulated_headless_profile();
    auto const http = host.http();
    cal::pump pump;
    auto const ask_for_code = [](cal::second_factor const&) { return cal::secret_string("123456"); };
    {
#include "fragment.inc"
    }
}

int main() { example(); }
