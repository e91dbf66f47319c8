// Surroundings of fragments that keep a `session` of a user who has signed in: they have `seal` and `unseal`, and a place for what those give.
#include "surroundings.hpp"
#include "fragment_includes.inc"
#include <map>

// As an operating system does it that keeps secrets itself: what it gives out says nothing, and anything else is unknown to it.
static std::map<std::string, std::string, std::less<>> kept;

static std::string seal(std::string_view bytes) {
    auto handle = "kept-" + std::to_string(kept.size());
    kept.emplace(handle, bytes);
    return handle;
}
static std::optional<cal::secret_string> unseal(std::string_view sealed) {
    auto const found = kept.find(sealed);
    if (found == kept.end()) return std::nullopt;
    return cal::secret_string(found->second);
}

static void example() {
    program host;
    auto flow = host.returned();
    auto& [now, random, server, client, parameters] = host;
    auto user = cal::drive(flow, my_http);
    if (!user) show(user.error());
    auto session = cal::session::start({server, client.clone()}, std::move(*user), random, now()).value();
    {
#include "fragment.inc"
        if (!session.access_token(now())) show("the session was not saved");
        if (resumed->claims()->sub() != session.claims()->sub()) show("another session was taken up");
    }
}

int main() { example(); }
