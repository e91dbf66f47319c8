// Surroundings of a program whose `user` has signed in for an organization.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto const sub = host.provision_jane();
    auto const signed_in = host.sign_in("openid organization permissions", {.sub = sub});
    if (!signed_in) show(signed_in.error());
    auto const& user = *signed_in;
    std::string const school_id = "school-1";
    cal::claims_profile const profile{.permissions = "permissions"};
    auto const open_reports = [] {};
    {
#include "fragment.inc"
    }
}

int main() { example(); }
