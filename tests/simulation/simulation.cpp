#include "bulk_life.hpp"
#include "life.hpp"

#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>

/// \file
/// Whole lives of sessions and bulk provisionings, each made by its seed: ./tests/run simulation [--seeds N | --seed S]

namespace {

using namespace simulation;

constexpr std::uint64_t default_seeds = 3'000;
constexpr std::uint64_t repeated_each = 100; // every so many lives, one is lived twice

struct outcome {
    record log{};
    std::optional<violation> broken{};
};

outcome live(std::uint64_t seed) {
    outcome lived;
    try {
        life(lived.log, seed).run();
        bulk_life(lived.log, seed).run();
        lived.log.check(invariant::nothing_is_thrown, true, {});
    } catch (violation& broken) { lived.broken = std::move(broken); } catch (std::exception const& thrown) {
        lived.broken = violation{invariant::nothing_is_thrown, thrown.what()};
    }
    return lived;
}

void print_failure(std::uint64_t seed, outcome const& lived, std::size_t most_lines) {
    auto const& lines = lived.log.lines;
    auto const name = invariant_names[static_cast<std::size_t>(lived.broken->broken)];
    std::printf("BROKEN: %s\n  %s\n  seed %llu, step %zu\n", std::string(name).c_str(), lived.broken->how.c_str(),
        static_cast<unsigned long long>(seed), lived.log.step);
    for (auto i = lines.size() - (std::min)(lines.size(), most_lines); i < lines.size(); ++i) std::printf("    %s\n", lines[i].c_str());
    std::printf("  again: ./tests/run simulation --seed %llu\n", static_cast<unsigned long long>(seed));
}

int live_once(std::uint64_t seed) {
    auto const lived = live(seed);
    for (auto const& line : lived.log.lines) std::printf("%s\n", line.c_str());
    if (lived.broken) print_failure(seed, lived, 0);
    std::printf("%d passed, %d failed\n", lived.broken ? 0 : 1, lived.broken ? 1 : 0);
    return lived.broken ? 1 : 0;
}

/// All that many lives have shown.
struct summary {
    std::array<std::uint64_t, invariant_names.size()> checks{};
    std::array<std::uint64_t, invariant_names.size()> broken{};
    std::map<std::string, std::uint64_t> situations{};
    std::uint64_t not_repeated = 0;
    std::set<std::string> printed{}; ///< what was broken: an example of each
    std::mutex mutex{};

    void add(std::uint64_t seed, outcome const& lived, bool repeats) {
        std::lock_guard const lock(mutex);
        for (std::size_t i = 0; i < checks.size(); ++i) checks[i] += lived.log.checks[i];
        for (auto const& [name, count] : lived.log.situations) situations[name] += count;
        if (!repeats) {
            ++not_repeated;
            std::printf("BROKEN: the same seed does not give the same life: %llu\n", static_cast<unsigned long long>(seed));
        }
        if (!lived.broken) return;
        ++broken[static_cast<std::size_t>(lived.broken->broken)];
        if (printed.size() < 10 && printed.insert(lived.broken->how).second) print_failure(seed, lived, 30);
    }
};

int live_many(std::uint64_t seeds) {
    summary all;
    std::atomic<std::uint64_t> next{1};
    auto const work = [&] {
        for (std::uint64_t seed = next++; seed <= seeds; seed = next++) {
            auto const lived = live(seed);
            all.add(seed, lived, seed % repeated_each != 0 || live(seed).log.hash == lived.log.hash);
        }
    };
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < (std::max)(1u, std::thread::hardware_concurrency()); ++i) workers.emplace_back(work);
    }
    for (auto const& [name, count] : all.situations) std::printf("  %8llu  %s\n", static_cast<unsigned long long>(count), name.c_str());
    std::size_t passed = 0, failed = 0;
    for (std::size_t i = 0; i < all.checks.size(); ++i) {
        bool const fine = all.broken[i] == 0 && all.checks[i] > 0;
        ++(fine ? passed : failed);
        std::printf("%-6s %s: %llu checks, %llu lives broke it\n", fine ? "ok" : "FAILED", std::string(invariant_names[i]).c_str(),
            static_cast<unsigned long long>(all.checks[i]), static_cast<unsigned long long>(all.broken[i]));
    }
    ++(all.not_repeated == 0 ? passed : failed);
    std::printf("%-6s the same seed gives the same life\n", all.not_repeated == 0 ? "ok" : "FAILED");
    std::printf("%llu lives\n%zu passed, %zu failed\n", static_cast<unsigned long long>(seeds), passed, failed);
    return failed == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    auto const number = [&] { return std::strtoull(arguments[2], nullptr, 10); };
    std::string_view const what = count > 1 ? arguments[1] : "";
    if (count == 1) return live_many(default_seeds);
    if (count == 3 && what == "--seeds" && number() > 0) return live_many(number());
    if (count == 3 && what == "--seed") return live_once(number());
    std::printf("usage: ./tests/run simulation [--seeds N | --seed S]\n0 passed, 1 failed\n");
    return 1;
}
