// What the standard library would bring along for messages that nobody reads: the module has no output, and where C++ would throw it ends.

#include <cstdarg>
#include <cstdlib>
#include <stdexcept>

extern "C" int vsnprintf(char* text, std::size_t size, char const*, std::va_list) {
    if (size != 0) *text = '\0';
    return 0;
}

extern "C" char* strerror(int) {
    static char none[1];
    return none;
}
