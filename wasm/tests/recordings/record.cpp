// Lives of a page that were played with the module compiled natively, written down call by call for WebAssembly to play again: record COUNT [FIRST].

#include "life.hpp"
#include "numbers.hpp"
#include <cstdlib>

int main(int count, char** arguments) {
    using namespace recordings;
    if (count < 2) {
        std::fprintf(stderr, "record COUNT [FIRST]: how many lives, and the seed of the first one\n");
        return 2;
    }
    auto const lives = std::strtoull(arguments[1], nullptr, 10);
    auto const first = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 0;
    auto const faults = recorded_faults();
    recorded_module module(stdout, first + 1);
    play_numbers(module, 5000);
    for (auto seed = first; seed < first + lives; ++seed) life(module, seed, faults[seed % faults.size()]).run();
    return std::fflush(stdout) == 0 ? 0 : 1;
}
