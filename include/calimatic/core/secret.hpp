#pragma once
#include <calimatic/detail/config.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// Overwrites memory so that the compiler does not leave the write out.
CALIMATIC_DECL void wipe(void* data, std::size_t size) noexcept;

/// Overwrites the whole capacity of a string and empties it. Best effort: what a string reallocated earlier is out of reach.
CALIMATIC_DECL void wipe(std::string& text) noexcept;

/// A token, code, verifier or client secret: moved, never copied by accident, wiped when dropped, with neither `==` nor `<<`.
class secret_string {
public:
    secret_string() noexcept = default;
    /// Copies the text into memory of its own; wiping the source is the caller's. Implicit, so that a literal or a `std::string` can be given.
    CALIMATIC_DECL secret_string(std::string_view text);
    secret_string(char const* text) : secret_string(std::string_view(text)) {}
    secret_string(std::string const& text) : secret_string(std::string_view(text)) {}
    /// Takes the text over and wipes the source.
    CALIMATIC_DECL secret_string(std::string&& text);
    secret_string(secret_string&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
    secret_string& operator=(secret_string&& other) noexcept {
        if (this != &other) {
            clear();
            data_ = std::move(other.data_);
            size_ = std::exchange(other.size_, 0);
        }
        return *this;
    }
    secret_string(secret_string const&) = delete;
    secret_string& operator=(secret_string const&) = delete;
    ~secret_string() { clear(); }

    /// The text, valid until this object changes or ends. The name is meant to stand out in a review.
    std::string_view expose() const noexcept { return {data_.get(), size_}; }
    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    /// A second copy, asked for in so many words.
    secret_string clone() const { return secret_string(expose()); }
    /// Wipes and forgets the text.
    CALIMATIC_DECL void clear() noexcept;

private:
    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
};

/// Whether two texts are equal, in a time that depends on their lengths only.
CALIMATIC_DECL bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

namespace detail {

/// Appends text that may be secret: a buffer that is outgrown is wiped. `piece` must not be a part of `text`.
CALIMATIC_DECL void append_secret(std::string& text, std::string_view piece);

} // namespace detail

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/secret.ipp>
#endif
