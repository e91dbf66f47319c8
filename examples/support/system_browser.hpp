#pragma once
#include <string>
#include <string_view>

#if defined(_WIN32)
#include <windows.h>
#include <shellapi.h>
#else
#include <fcntl.h>
#include <spawn.h>
extern char** environ; // NOLINT: POSIX declares it nowhere
#endif

namespace example {

/// Opens a web address in the system's browser, the only place where a user should type a password (RFC 8252 6, 8.12). No shell ever sees the
/// address. Returns whether a browser could be started.
inline bool open_system_browser(std::string const& url) {
    if (!url.starts_with("https://") && !url.starts_with("http://")) return false;
#if defined(_WIN32)
    return reinterpret_cast<INT_PTR>(ShellExecuteA(nullptr, "open", url.c_str(), nullptr, nullptr, SW_SHOWNORMAL)) > 32;
#else
#if defined(__APPLE__)
    std::string opener = "open";
#else
    std::string opener = "xdg-open";
#endif
    std::string argument = url;
    char* const arguments[] = {opener.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t quiet; // what a browser has to say does not belong on this terminal
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    pid_t child = 0; // not waited for: it may live as long as the browser
    bool const started = posix_spawnp(&child, opener.c_str(), &quiet, nullptr, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&quiet);
    return started;
#endif
}

} // namespace example
