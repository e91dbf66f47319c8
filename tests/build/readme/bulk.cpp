// Surroundings of a program with `users` to provision, `pump` and `http`.
#include "at_platform.hpp"
#include "fragment_includes.inc"

static void example() {
    at_platform host;
    auto& [simulated, now, random, client_id, client_secret, server, client, platform, email] = host;
    std::vector<cal::batch_user> users;
    for (int i = 0; i < 1100; ++i)
        users.push_back({.email = "pupil" + std::to_string(i) + "@school.example", .first_name = "A", .last_name = "Pupil"});
    std::string const school_id = "school-1";
    auto const http = host.http();
    cal::pump pump;
    std::size_t created = 0;
    std::uint64_t done = 0;
    auto const report = [&](cal::provision_result const& result) { created += result.outcome == cal::provision_outcome::created; };
    auto const draw_bar = [&](std::uint64_t now_done, std::size_t) { done = now_done; };
    {
#include "fragment.inc"
    } expect(created == users.size() && done == users.size(), "not everybody was provisioned");
}

int main() { example(); }
