#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

/// \file
/// What the fuzz targets are made of. A target takes any bytes and requires what must hold for all of them.

namespace fuzz {

namespace cal = calimatic;

/// A target: its name on the command line, and what it does with an input.
struct target {
    std::string_view name;
    void (*run)(std::string_view input);
};

/// The targets of each file.
std::span<target const> core_targets();
std::span<target const> jose_targets();
std::span<target const> oauth_targets();
std::span<target const> oidc_targets();
std::span<target const> flow_targets();
std::span<target const> platform_targets();
std::span<target const> webhook_targets();
std::span<target const> headless_targets();
std::span<target const> bulk_targets();

/// Writes the seeds that are made, not kept: answers of a provider and saved values. `write(target, name, bytes)`.
void make_seeds(void (*write)(std::string_view target, std::string_view name, std::string_view bytes));

/// Ends the program unless it holds; libFuzzer then keeps the input.
inline void require(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

/// What holds for every error: one line of printable ASCII, and texts within their limits.
inline void require_fit(cal::error const& e) {
    auto const message = e.message();
    for (char const c : message) require(c >= 0x20 && c <= 0x7e, "a message is printable ASCII");
    require(message.size() <= 16 * 1024, "a message is short");
    require(!e.name().empty() && !e.section().empty(), "an error names its rule");
    require(e.expected().size() <= 256 && e.got().size() <= 256, "what an error tells is short");
    require(e.server_error().size() <= 256 && e.server_text().size() <= 1024, "what the server said is cut");
    if (auto const wait = e.retry_after()) require(wait->count() >= 0 && wait->count() <= 24 * 3600, "a wait is at most a day");
}

/// Whether any text of an error has these bytes.
inline bool tells(cal::error const& e, std::string_view bytes) {
    auto const message = e.message();
    for (std::string_view const text : {std::string_view(message), e.expected(), e.got(), e.server_error(), e.server_text()})
        if (text.find(bytes) != std::string_view::npos) return true;
    return false;
}

/// What seeds have within a secret. No rule's sentence has it, so that no error may show it unless the input has it elsewhere, too.
inline constexpr std::string_view planted = "PLANTED-SECRET";

inline std::size_t count(std::string_view text, std::string_view piece) {
    std::size_t found = 0;
    for (auto at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1)) ++found;
    return found;
}

/// Requires that an error does not tell what the input planted in one of the secret members of a JSON text.
inline void require_secret_kept(cal::error const& e, std::string_view input, std::string_view body, std::initializer_list<std::string_view> members) {
    if (count(input, planted) != 1) return;
    auto const document = cal::parse_json(body, body.size());
    if (!document) return;
    for (auto const member : members)
        if (auto const text = document->root()[member].as_string(); text && text->find(planted) != std::string_view::npos)
            require(!tells(e, planted), "no error tells a secret");
}

/// An answer written as text: the status, header fields line by line, an empty line, the body.
inline cal::http_response response_of(std::string_view text) {
    cal::http_response response;
    auto const line = [&text] {
        auto const end = text.find('\n');
        auto const taken = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        return taken;
    };
    for (char const c : line().substr(0, 4)) response.status = response.status * 10 + (c - '0');
    for (auto field = line(); !field.empty(); field = line()) {
        auto const colon = field.find(':');
        auto value = colon == std::string_view::npos ? std::string_view() : field.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        response.headers.push_back({std::string(field.substr(0, colon)), std::string(value)});
    }
    response.body = text;
    return response;
}

/// Takes decisions out of the bytes. Once they are used up every decision is 0, which is always the honest and simple one.
class reader {
public:
    explicit reader(std::string_view bytes) noexcept : rest_(bytes) {}

    std::uint8_t byte() noexcept {
        if (rest_.empty()) return 0;
        auto const taken = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return taken;
    }
    /// One of n: 0 to n - 1.
    unsigned choose(unsigned n) noexcept { return byte() % n; }
    bool flag() noexcept { return choose(2) == 1; }
    std::int64_t number() noexcept {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = value << 8 | byte();
        return static_cast<std::int64_t>(value);
    }
    cal::time_point time() noexcept { return cal::time_point(cal::milliseconds(number())); }
    /// A text up to the next line feed, so that texts stay readable in a seed.
    std::string text() {
        auto const end = rest_.find('\n');
        auto const taken = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return std::string(taken);
    }
    std::string_view rest() const noexcept { return rest_; }
    bool empty() const noexcept { return rest_.empty(); }

private:
    std::string_view rest_;
};

} // namespace fuzz
