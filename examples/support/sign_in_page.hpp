#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/testing/simulated_directory.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// Text inside an element or an attribute.
inline std::string escape_html(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '"') out += "&quot;";
        else out += c;
    }
    return out;
}

/// Whom a provider asks before it answers an application: who of these is there, or nobody. The form goes to the very address that it came from, as
/// `sub=...` or `deny=`. It cannot be put into a frame, and runs no script.
inline calimatic::http_response sign_in_page(std::vector<calimatic::testing::simulated_account> const& accounts) {
    static constexpr std::size_t most = 20;
    std::string people;
    for (std::size_t i = 0; i < accounts.size() && i < most; ++i) {
        auto const& one = accounts[i];
        people += "<button name=\"sub\" value=\"" + escape_html(one.user_id) + "\"><b>" + escape_html(one.first_name + ' ' + one.last_name) +
            "</b><span>" + escape_html(one.email) + "</span></button>\n";
    }
    return {200,
        {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"},
            {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"}},
        R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in</title>
<style>
:root { color-scheme: light dark; --text: #1d2433; --quiet: #5b6478; --line: #d8dde7; --card: #fff; --page: #eef1f6; --accent: #2f5bd7; }
@media (prefers-color-scheme: dark) { :root { --text: #e8ebf2; --quiet: #9ba5ba; --line: #343c4d; --card: #1b2130; --page: #10141d; --accent: #8aa8ff; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 400px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 16px; }
h1 { margin: 0 0 4px; font-size: 22px; }
p { margin: 0 0 20px; color: var(--quiet); }
form { display: grid; gap: 10px; }
button { display: grid; padding: 12px 16px; text-align: left; font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 10px; cursor: pointer; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button span { color: var(--quiet); font-size: 14px; }
button[name=deny] { border: 0; text-align: center; color: var(--quiet); }
</style>
<main>
<h1>Who is signing in?</h1>
<p>This is a simulated platform. Nobody is asked for a password.</p>
<form method="post">
)" + people +
            R"(<button name="deny" value="">Cancel</button>
</form>
</main>
</html>
)"};
}

} // namespace example
