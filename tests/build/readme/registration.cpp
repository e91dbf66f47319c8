// Surroundings of a program that registers itself at `server`.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto const& server = host.server;
    auto const send = host.sender();
    {
#include "fragment.inc"
    } expect(load().find("cca_") != std::string::npos, "the registration was not saved");
}

int main() { example(); }
