#include "object.hpp"
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace bridge {

namespace {

/// A handle has the number of its place and, above that, how often the place was used: an old handle never finds a new object. A place that was used as
/// often as can be told is not used any more.
struct place {
    std::unique_ptr<object> content;
    std::uint32_t uses = 0;
};
constexpr std::uint32_t place_bits = 16;
constexpr std::uint32_t most_uses = 0xffff;

/// A module of WebAssembly is an object itself, and one thread's: so is this.
std::vector<place>& places() {
    static std::vector<place> all;
    return all;
}
std::size_t& first_free() { // or before it
    static std::size_t index = 0;
    return index;
}

place* find_place(std::uint32_t handle) noexcept {
    auto const index = handle & ((1u << place_bits) - 1);
    if (index >= places().size()) return nullptr;
    auto& found = places()[index];
    return found.content && found.uses == handle >> place_bits ? &found : nullptr;
}

} // namespace

std::uint32_t keep(std::unique_ptr<object> object) {
    auto& all = places();
    auto& index = first_free();
    while (index < all.size() && (all[index].content || all[index].uses == most_uses)) ++index;
    if (index >> place_bits) return 0;
    if (index == all.size()) all.emplace_back();
    all[index].content = std::move(object);
    ++all[index].uses;
    return all[index].uses << place_bits | static_cast<std::uint32_t>(index);
}

object* find(std::uint32_t handle) noexcept {
    auto* const found = find_place(handle);
    return found ? found->content.get() : nullptr;
}

void drop(std::uint32_t handle) noexcept {
    auto* const found = find_place(handle);
    if (!found) return;
    found->content.reset();
    first_free() = (std::min)(first_free(), static_cast<std::size_t>(found - places().data()));
}

reply started(std::unique_ptr<object> object) {
    auto const handle = keep(std::move(object));
    if (handle == 0) return handles_exhausted();
    return value("{\"handle\":" + std::to_string(handle) + "}");
}

std::optional<cal::sign_in>* read_sign_in(arguments& from) {
    auto* const named = find(static_cast<std::uint32_t>(from.required_number("sign_in", 1, UINT32_MAX)));
    auto* const signed_in = named ? named->signed_in() : nullptr;
    if (signed_in && *signed_in) return signed_in;
    from.wrong("sign_in");
    return nullptr;
}

} // namespace bridge
