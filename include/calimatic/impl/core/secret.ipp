#pragma once
#include <calimatic/core/secret.hpp>
#include <algorithm>
#include <cstring>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL void wipe(void* data, std::size_t size) noexcept {
    if (size == 0) return;
#if defined(__GNUC__)
    std::memset(data, 0, size);
    __asm__ __volatile__("" : : "r"(data) : "memory"); // whoever reads the memory now would find zeros, so that they have to be written
#else
    for (auto volatile* byte = static_cast<unsigned char volatile*>(data); size != 0; --size) *byte++ = 0;
#endif
}

CALIMATIC_DECL void wipe(std::string& text) noexcept {
    text.resize(text.capacity()); // allocates nothing, and makes all of it ours to write
    wipe(text.data(), text.size());
    text.clear();
}

CALIMATIC_DECL secret_string::secret_string(std::string_view text) {
    if (text.empty()) return;
    data_ = std::make_unique<char[]>(text.size());
    size_ = text.size();
    std::memcpy(data_.get(), text.data(), text.size());
}

CALIMATIC_DECL secret_string::secret_string(std::string&& text) : secret_string(std::string_view(text)) { wipe(text); }

CALIMATIC_DECL void secret_string::clear() noexcept {
    wipe(data_.get(), size_);
    data_.reset();
    size_ = 0;
}

CALIMATIC_DECL bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    // Volatile reads are all made, whatever the first ones show.
    auto const* const left = reinterpret_cast<unsigned char const volatile*>(a.data());
    auto const* const right = reinterpret_cast<unsigned char const volatile*>(b.data());
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        unsigned const l = left[i];
        unsigned const r = right[i];
        difference |= l ^ r;
    }
    return difference == 0;
}

namespace detail {

CALIMATIC_DECL void append_secret(std::string& text, std::string_view piece) {
    if (text.capacity() - text.size() < piece.size()) {
        std::string larger;
        larger.reserve((std::max)(text.size() + piece.size(), 2 * text.capacity()));
        larger = text; // within what was reserved
        larger.append(piece);
        wipe(text);
        text.swap(larger);
    } else {
        text.append(piece);
    }
}

} // namespace detail

} // namespace calimatic::inline CALIMATIC_ABI
