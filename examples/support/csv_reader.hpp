#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// Reads comma-separated values (RFC 4180), record by record.
class csv_reader {
public:
    explicit csv_reader(std::string text) : text_(std::move(text)) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3; // spreadsheets like to begin with a byte order mark
    }

    /// Reads the next record, empty lines left out; false at the end. A quote that is not closed, or not at the end of its field, makes it not `whole`.
    bool next(std::vector<std::string>& fields, bool& whole) {
        while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) skip();
        if (at_ == text_.size()) return false;
        line_ = next_line_;
        whole = true;
        fields.assign(1, {});
        while (at_ < text_.size() && text_[at_] != '\n') {
            if (text_[at_] == '"') {
                whole = read_quoted(fields.back()) && whole;
            } else if (text_[at_] == ',') {
                fields.emplace_back();
                ++at_;
            } else {
                if (text_[at_] != '\r') fields.back() += text_[at_];
                ++at_;
            }
        }
        return true;
    }
    /// On which line the last record began, from 1.
    std::size_t line() const { return line_; }

private:
    void skip() {
        if (text_[at_] == '\n') ++next_line_;
        ++at_;
    }
    bool read_quoted(std::string& field) {
        bool const at_begin = field.empty();
        for (++at_; at_ < text_.size(); skip()) {
            if (text_[at_] != '"') {
                field += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                field += '"';
                ++at_;
            } else {
                ++at_;
                return at_begin && (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r');
            }
        }
        return false;
    }

    std::string text_;
    std::size_t at_ = 0, line_ = 0, next_line_ = 1;
};

} // namespace example
