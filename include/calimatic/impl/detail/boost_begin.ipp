// Before the includes of Boost: its headers warn, and break under the macros of Windows and of engines. Has no guard on purpose: it is included
// each time, and followed by boost_end.ipp.
#include <cstddef> // libstdc++ undefines min and max with its first header: had Boost included that one, boost_end.ipp would bring them back
#pragma push_macro("min")
#pragma push_macro("max")
#pragma push_macro("check")
#pragma push_macro("verify")
#pragma push_macro("DELETE")
#pragma push_macro("ERROR")
#pragma push_macro("near")
#pragma push_macro("far")
#pragma push_macro("interface")
#pragma push_macro("small")
#pragma push_macro("IN")
#pragma push_macro("OUT")
#undef min
#undef max
#undef check
#undef verify
#undef DELETE
#undef ERROR
#undef near
#undef far
#undef interface
#undef small
#undef IN
#undef OUT
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
