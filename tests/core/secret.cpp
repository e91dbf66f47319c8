#include <calimatic/core/secret.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <concepts>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "support/outcome.hpp"

using namespace calimatic;

// Every block that the test program gives back is searched for a secret, so that what is said about wiping is seen and not believed.
namespace {

constexpr std::string_view marker = "M4RK3R-of-a-secret-that-must-not-stay-behind";
bool watching = false;
int leaks = 0;
constexpr std::size_t prefix = 32;

void* take(std::size_t size) {
    auto* const block = static_cast<char*>(std::malloc(size + prefix));
    if (!block) std::abort();
    *reinterpret_cast<std::size_t*>(block) = size;
    return block + prefix;
}

void give_back(void* memory) noexcept {
    if (!memory) return;
    auto* const block = static_cast<char*>(memory) - prefix;
    if (watching) {
        std::string_view const bytes(static_cast<char const*>(memory), *reinterpret_cast<std::size_t*>(block));
        if (bytes.find(marker.substr(0, 12)) != std::string_view::npos) ++leaks; // a part of it is a leak as well
    }
    std::free(block);
}

/// How many blocks were given back with the secret in them while `f` ran.
template <class F>
int leaks_of(F&& f) {
    leaks = 0;
    watching = true;
    f();
    watching = false;
    return leaks;
}

} // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }

TEST_CASE("the search for secrets finds one that is not wiped") {
    CHECK(leaks_of([] { std::string const text(marker); }) == 1);
    CHECK(leaks_of([] {
        std::string text(marker);
        wipe(text);
    }) == 0);
}

TEST_CASE("wiping zeroes memory and empties a string") {
    char buffer[] = "secret";
    wipe(buffer, sizeof buffer);
    CHECK(std::all_of(std::begin(buffer), std::end(buffer), [](char c) { return c == 0; }));
    wipe(nullptr, 0);
    std::string text = "a secret that is long enough for memory of its own";
    auto const* const data = text.data();
    auto const capacity = text.capacity();
    text.resize(8); // the rest is behind the end, and still there
    wipe(text);
    CHECK(text.empty());
    CHECK(text.data() == data);
    CHECK(std::all_of(data, data + capacity, [](char c) { return c == 0; }));
}

TEST_CASE("a secret is moved, not copied, and has no comparison") {
    STATIC_CHECK_FALSE(std::is_copy_constructible_v<secret_string>);
    STATIC_CHECK_FALSE(std::is_copy_assignable_v<secret_string>);
    STATIC_CHECK(std::is_nothrow_move_constructible_v<secret_string>);
    STATIC_CHECK_FALSE(std::equality_comparable<secret_string>);
    STATIC_CHECK_FALSE(std::equality_comparable_with<secret_string, std::string_view>);

    secret_string a = "token";
    CHECK(a.expose() == "token");
    secret_string b = std::move(a);
    CHECK(a.empty()); // NOLINT: what is left is specified
    CHECK(a.expose().empty());
    CHECK(b.size() == 5);
    auto& same = b;
    b = std::move(same);
    CHECK(b.expose() == "token");
    auto const c = b.clone();
    b.clear();
    CHECK(b.empty());
    CHECK(c.expose() == "token");
    CHECK(secret_string().expose().empty());
    CHECK(secret_string(std::string_view("a\0b", 3)).size() == 3);
}

TEST_CASE("a secret leaves nothing behind") {
    CHECK(leaks_of([] { secret_string const s(marker); }) == 0);
    CHECK(leaks_of([] {
        secret_string s(marker);
        s = secret_string("another");
        s = secret_string(marker);
        auto const t = s.clone();
        s.clear();
    }) == 0);
    std::string source(marker);
    secret_string const taken(std::move(source));
    CHECK(taken.expose() == marker);
    CHECK(source.empty()); // NOLINT: what is left is specified
}

TEST_CASE("a request leaves neither URL, nor header values, nor body behind") {
    auto const make = [] {
        http_request request;
        request.url = "https://as/token?code=" + std::string(marker);
        request.headers.push_back({"Authorization", ""});
        detail::append_secret(request.headers.back().value, marker);
        detail::append_secret(request.body, marker);
        return request;
    };
    CHECK(leaks_of([&] { auto const request = make(); }) == 1); // the temporary of this test
    auto first = make();
    auto second = make();
    CHECK(leaks_of([&] {
        first = std::move(second);
        auto const last = std::move(first);
    }) == 0);
}

TEST_CASE("text that grows leaves nothing behind") {
    CHECK(leaks_of([] {
        std::string text;
        for (int i = 0; i < 100; ++i) detail::append_secret(text, marker);
        CHECK(text.size() == 100 * marker.size());
        CHECK(text.starts_with(marker));
        CHECK(text.ends_with(marker));
        wipe(text);
    }) == 0);
    CHECK(leaks_of([] {
        std::string form;
        detail::append_form(form, "client_secret", marker);
        detail::append_form(form, "refresh_token", marker);
        wipe(form);
    }) == 0);
}

TEST_CASE("a JSON document leaves nothing behind, parsed or refused") {
    auto text = std::string(R"({"access_token":")") + std::string(marker) + R"(","list":[")" + std::string(marker) + R"("],"x\n)" +
        std::string(marker) + R"(":1})";
    auto const again = text + '}';
    auto long_text = "[\"" + std::string(marker) + std::string(20'000, 'x') + std::string(marker) + "\"]";
    CHECK(leaks_of([&] { CHECK(parse_json(text, 1000).has_value()); }) == 0);
    CHECK(leaks_of([&] { CHECK_FALSE(parse_json(again, 1000).has_value()); }) == 0);
    CHECK(leaks_of([&] { CHECK(parse_json(long_text, 100'000).has_value()); }) == 0);
    CHECK(leaks_of([&] {
        auto first = parse_json(text, 1000);
        auto second = parse_json(text, 1000);
        *first = *std::move(second);
        auto copy = first->root().to_string();
        wipe(copy);
    }) == 0);
}

TEST_CASE("a JSON writer leaves nothing behind") {
    CHECK(leaks_of([] {
        detail::json_writer writer;
        for (int i = 0; i < 100; ++i) writer.string("refresh_token", marker);
        detail::json_writer finished;
        for (int i = 0; i < 100; ++i) finished.string("refresh_token", marker);
        auto text = finished.finish();
        wipe(text);
    }) == 0);
}

TEST_CASE("the comparison of secrets is one of all bytes") {
    std::string const text = "0123456789abcdef";
    CHECK(constant_time_equal(text, std::string(text)));
    CHECK(constant_time_equal("", ""));
    CHECK(constant_time_equal({}, {}));
    CHECK_FALSE(constant_time_equal(text, ""));
    CHECK_FALSE(constant_time_equal(text, text.substr(1)));
    CHECK_FALSE(constant_time_equal(text, text + '\0'));
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            auto other = text;
            other[i] = static_cast<char>(other[i] ^ (1 << bit));
            CHECK_FALSE(constant_time_equal(text, other));
        }
    }
}
