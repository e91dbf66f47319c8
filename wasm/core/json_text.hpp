#pragma once
#include <calimatic/core/secret.hpp>
#include <string>
#include <string_view>

namespace bridge {

namespace cal = calimatic;

/// Text that may hold secrets, JSON most of the time: moved, never copied, and wiped when it is dropped.
class json_text {
public:
    json_text() noexcept = default;
    json_text(std::string&& text) noexcept { text_.swap(text); }
    json_text(char const* literal) : text_(literal) {}
    json_text(json_text&& other) noexcept { text_.swap(other.text_); }
    json_text& operator=(json_text&& other) noexcept {
        text_.swap(other.text_);
        return *this;
    }
    ~json_text() { cal::wipe(text_); }

    operator std::string_view() const noexcept { return text_; }
    std::string_view view() const noexcept { return text_; }
    bool empty() const noexcept { return text_.empty(); }

private:
    std::string text_;
};

} // namespace bridge
