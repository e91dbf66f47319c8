#pragma once
#include <cstdio>
#include <cstdlib>

/// \file
/// What the two translation units of the program share. Nothing of the library is part of it, so that the units may be built differently.

/// Ends the program with the sentence unless it is true. Works without exceptions and with any macros.
inline void expect(bool kept, char const* sentence) {
    if (kept) return;
    std::printf("not so: %s\n", sentence);
    std::exit(1);
}

/// The other translation unit's part: keys, tokens and JSON; and the drivers that do not block.
void exercise_tokens();
void exercise_drivers();
