#pragma once
#include <calimatic/auth.hpp>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace example {

/// What the platform wants a new application to have (its guide "New Calimatic App", Integration Checklist), in its order.
inline constexpr char const* checklist[] = {"Client registration", "Redirect URIs", "Login page URL", "Organization created", "Scopes", "OIDC config",
    "Login flow", "Organization context", "User provisioning", "Auto-licensing", "Token refresh", "Logout", "Webhook subscriptions",
    "User lifecycle sync", "Error handling", "Test with real users"};

/// Thrown by an item that is not as it should be.
struct not_so {
    std::string why;
};
/// Thrown by an item of which that cannot be told.
struct not_proven {
    std::string why;
};

inline void need(bool is_so, std::string_view else_why) {
    if (!is_so) throw not_so{std::string(else_why)};
}
template <class T>
T need(calimatic::result<T> result) {
    if (!result) throw not_so{result.error().message()};
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}
/// What is to be refused, and by which rule.
template <class T>
void need_refused(calimatic::result<T> const& result, calimatic::error_code rule) {
    auto const wanted = "should be refused: " + std::string(calimatic::rule_of(rule).name);
    if (result) throw not_so{wanted};
    if (result.error() != rule) throw not_so{wanted + ", but is: " + result.error().message()};
}

/// Sends one request, and reads the answer.
template <class Host, class Parse>
auto call(Host& host, calimatic::result<calimatic::http_request> request, Parse parse) {
    return calimatic::drive(calimatic::single_request(std::move(request), std::move(parse)), host);
}

/// One printed line an item. An item is a member function of `App` that returns in words what it has proven.
template <class App>
class checklist_report {
public:
    using item = std::string (App::*)();

    explicit checklist_report(App& app) : app_(app) {}

    void print(item const (&items)[std::size(checklist)]) {
        for (auto const one : items) {
            try {
                line("proven", (app_.*one)());
                ++proven_;
            } catch (not_so const& what) {
                line("FAILED", what.why);
                ++failed_;
            } catch (not_proven const& what) { line("not proven", what.why); }
        }
        std::printf("%zu of %zu proven%s\n", proven_, std::size(checklist), failed_ == 0 ? "" : (", " + std::to_string(failed_) + " failed").c_str());
    }
    bool any_failed() const { return failed_ != 0; }

private:
    /// What a server wrote cannot play tricks on a terminal.
    void line(char const* verdict, std::string text) {
        for (char& c : text)
            if (c < ' ' || c > '~') c = '?';
        std::printf("%2zu  %-22s %-11s %s\n", number_ + 1, checklist[number_], verdict, text.c_str());
        std::fflush(stdout);
        ++number_;
    }

    App& app_;
    std::size_t number_ = 0, proven_ = 0, failed_ = 0;
};

} // namespace example
