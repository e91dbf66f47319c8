#include "shared_sessions.hpp"

#include <cstdio>
#include <exception>

/// \file
/// The interleavings of processes that share a session: ./tests/run interleavings [--all]

namespace {

using namespace interleavings;
using cal::shared_lock;

circumstances const families[] = {
    // clang-format off
    {.name = "two, with the lock",                            .lock = shared_lock::by_host, .has_notices = true},
    {.name = "two, with leases",                              .lock = shared_lock::none,    .has_notices = true},
    {.name = "two, with the lock, and a crash",               .lock = shared_lock::by_host, .crashes = 1},
    {.name = "two, with leases, and a crash",                 .lock = shared_lock::none,    .crashes = 1},
    {.name = "two, with the lock, and two crashes",           .lock = shared_lock::by_host, .crashes = 2, .random_schedules = 1'000},
    {.name = "two, with the lock, a lost answer and a crash", .lock = shared_lock::by_host, .crashes = 1, .losses = 1, .random_schedules = 1'000},
    {.name = "two, with leases, and a lost answer",           .lock = shared_lock::none,    .losses = 1},
    {.name = "two, with the lock, and sleep",                 .lock = shared_lock::by_host, .sleeps = 2},
    {.name = "two, with leases, and sleep",                   .lock = shared_lock::none,    .sleeps = 1, .server = server_kind::strict},
    {.name = "two, with leases, sleep, and no grace",         .lock = shared_lock::none,    .sleeps = 1, .server = server_kind::refusing},
    {.name = "two, with leases, sleep and a crash",           .lock = shared_lock::none,    .crashes = 1, .sleeps = 1, .server = server_kind::strict, .random_schedules = 2'000},
    {.name = "two, with the lock, and a sign-out",            .lock = shared_lock::by_host, .sign_outs = 1, .has_notices = true, .random_schedules = 1'000},
    {.name = "two, with leases, and a sign-out",              .lock = shared_lock::none,    .sign_outs = 1, .has_notices = true, .random_schedules = 1'000},
    {.name = "three, with the lock",                          .lock = shared_lock::by_host, .processes = 3},
    {.name = "three, with leases",                            .lock = shared_lock::none,    .processes = 3, .random_schedules = 500},
    {.name = "three, with the lock, and a crash",             .lock = shared_lock::by_host, .processes = 3, .crashes = 1, .random_schedules = 500},
    {.name = "three, with leases, sleep and crashes",         .lock = shared_lock::none,    .processes = 3, .crashes = 2, .sleeps = 1, .server = server_kind::strict, .random_schedules = 1'000},
    {.name = "three, with leases, and a sign-out",            .lock = shared_lock::none,    .processes = 3, .sign_outs = 1, .has_notices = true, .random_schedules = 1'000},
    // clang-format on
};

/// What is stored after a sign-in.
std::string stored_sign_in(support::provider& server, cal::oauth_refresh const& how) {
    support::seeded_random random(1);
    support::virtual_host host{server};
    auto flow = cal::authorization_code_flow::start(how.server, how.client.clone(), {.redirect_uri = "http://127.0.0.1:3000/cb"}, random, host.now());
    (void)flow->handle_redirect(server.authorize(*flow->authorization_url()), host.now());
    auto user = cal::drive(*flow, host);
    if (!user) throw violation{user.error().message()};
    auto session = cal::shared_session::start(cal::oauth_refresh{how.server, how.client.clone()}, std::move(*user), random, host.now());
    support::shared_store store;
    for (int i = 0; i < 3; ++i) {
        session->poll_request(host.now());
        if (auto question = session->poll_store_question()) session->handle_store_answer(question->id, *store.answer(*question, 1));
    }
    return store.value;
}

/// Whether every schedule of a family was good. `all`: those of two processes, and twenty times as many of three.
bool explore(circumstances const& c, bool all, cal::oauth_refresh const& how, std::string_view stored, std::size_t& all_schedules) {
    bool const is_random = c.random_schedules > 0 && !(all && c.processes == 2);
    auto const most = c.random_schedules * (all ? 20 : 1);
    auto choices = is_random ? chooser(1) : chooser();
    std::unordered_set<std::uint64_t> seen;
    std::vector<std::string> log;
    std::size_t schedules = 0;
    try {
        do {
            choices.begin();
            log.clear();
            world(c, how, stored, support::noon + milliseconds{60'000}, choices, log).run(seen);
            ++schedules;
        } while ((!is_random || schedules < most) && choices.next());
    } catch (violation const& broken) {
        std::printf("BROKEN: %s\n  %s, schedule %zu\n", broken.what.c_str(), c.name.c_str(), schedules + 1);
        for (auto const& line : log) std::printf("    %s\n", line.c_str());
        return false;
    }
    all_schedules += schedules;
    std::printf("ok     %s: %zu schedules, %s\n", c.name.c_str(), schedules,
        is_random ? "at random" : ("all that lead to another of " + std::to_string(seen.size()) + " states").c_str());
    return true;
}

} // namespace

int main(int count, char** arguments) {
    bool const all = count == 2 && arguments[1] == std::string_view("--all");
    if (count > 1 && !all) {
        std::printf("usage: ./tests/run interleavings [--all]\n0 passed, 1 failed\n");
        return 1;
    }
    std::size_t passed = 0, failed = 0, schedules = 0;
    try {
        support::provider server;
        auto metadata = server.metadata();
        metadata.revocation_endpoint = metadata.issuer + "/revoke";
        cal::oauth_refresh const how{metadata, {.client_id = "client"}};
        auto const stored = stored_sign_in(server, how);
        for (auto const& c : families) ++(explore(c, all, how, stored, schedules) ? passed : failed);
    } catch (violation const& broken) {
        std::printf("the sign-in failed: %s\n", broken.what.c_str());
        ++failed;
    } catch (std::exception const& thrown) {
        std::printf("something was thrown: %s\n", thrown.what());
        ++failed;
    }
    std::printf("%zu schedules\n%zu passed, %zu failed\n", schedules, passed, failed);
    return failed == 0 ? 0 : 1;
}
