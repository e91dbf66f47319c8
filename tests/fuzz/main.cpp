#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "fuzz.hpp"

/// \file
/// One program with every target, for libFuzzer. CALIMATIC_FUZZ names the target; `targets` lists them, and `seeds FOLDER` writes the seeds that are
/// made.

namespace {

fuzz::target const* chosen = nullptr;
std::string folder;

/// Not listed: run.py breaks it to see that a failure is kept.
constexpr fuzz::target planted_fault{
    "planted_fault", [](std::string_view input) { fuzz::require(!input.starts_with("BAD"), "no input begins with BAD"); }};

template <class Visit>
void visit_targets(Visit visit) {
    for (auto const targets : {
             fuzz::core_targets(),
             fuzz::jose_targets(),
             fuzz::oauth_targets(),
             fuzz::oidc_targets(),
             fuzz::platform_targets(),
             fuzz::headless_targets(),
             fuzz::webhook_targets(),
             fuzz::bulk_targets(),
             fuzz::flow_targets(),
         })
        for (auto const& target : targets) visit(target);
}

void write_seed(std::string_view target, std::string_view name, std::string_view bytes) {
    auto const path = std::filesystem::path(folder) / target;
    std::filesystem::create_directories(path);
    std::ofstream(path / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int* argument_count, char*** arguments) {
    std::string_view const command = *argument_count > 1 ? (*arguments)[1] : "";
    if (command == "targets") {
        visit_targets([](fuzz::target const& target) { std::printf("%.*s\n", static_cast<int>(target.name.size()), target.name.data()); });
        std::exit(0);
    }
    if (command == "seeds" && *argument_count > 2) {
        folder = (*arguments)[2];
        fuzz::make_seeds(write_seed);
        std::exit(0);
    }
    char const* const name = std::getenv("CALIMATIC_FUZZ");
    visit_targets([name](fuzz::target const& target) {
        if (name && target.name == name) chosen = &target;
    });
    if (name && name == planted_fault.name) chosen = &planted_fault;
    if (chosen) return 0;
    std::fprintf(stderr, "CALIMATIC_FUZZ names no target\n");
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    chosen->run({reinterpret_cast<char const*>(data), size});
    return 0;
}
