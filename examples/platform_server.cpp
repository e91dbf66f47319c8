// The simulated platform as an HTTP server on loopback: something to try a program against, without an account

#include "support/http_server.hpp"

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace cal = calimatic;

int main(int count, char** arguments) {
    std::uint16_t port = 0;
    for (int i = 1; i < count; ++i) {
        std::string_view const name = arguments[i];
        std::string_view const value = i + 1 < count ? arguments[++i] : "";
        if (name == "--port" && std::from_chars(value.data(), value.data() + value.size(), port).ec == std::errc()) continue;
        std::fprintf(stderr, "platform_server [--port N]\n");
        return 2;
    }

    cal::testing::simulated_platform* platform = nullptr;
    example::http_server server([&](cal::http_request const& request) { return platform->handle(request, cal::system_now()); });
    if (auto const problem = server.listen(port); !problem.empty()) {
        std::fprintf(stderr, "platform_server: port %u: %s\n", unsigned{port}, problem.c_str());
        return 1;
    }
    cal::testing::simulated_platform made({.issuer = server.origin()});
    platform = &made;
    std::printf("%s\n", server.origin().c_str());
    std::fflush(stdout);
    server.run();
}
