// After the includes of Boost. Has no guard on purpose.
#pragma GCC diagnostic pop
#pragma pop_macro("min")
#pragma pop_macro("max")
#pragma pop_macro("check")
#pragma pop_macro("verify")
#pragma pop_macro("DELETE")
#pragma pop_macro("ERROR")
#pragma pop_macro("near")
#pragma pop_macro("far")
#pragma pop_macro("interface")
#pragma pop_macro("small")
#pragma pop_macro("IN")
#pragma pop_macro("OUT")
