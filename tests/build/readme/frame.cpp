// Surroundings of fragments that are one frame of an engine: there are `flow`, whose user has come back from the browser, its `pump`,
// `engine_http` and `now`.
#include "surroundings.hpp"
#include "fragment_includes.inc"

int main() {
    program host;
    auto flow = host.returned();
    cal::pump pump;
    engine_http_client engine_http;
    auto const now = host.now;
    for (int frame = 0; frame < 100; ++frame) {
        engine_http.finish();
#include "fragment.inc"
    }
}
