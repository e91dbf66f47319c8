#pragma once
#include <calimatic/core/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bridge {

namespace cal = calimatic;

/// Reads the members of the object that a call brings, strictly: a member of the wrong type, or one that nobody asked for, is a mistake of the caller
/// that is told, so that a misspelt option never counts as left out. A null member counts as one that is not there. Views live as long as the document.
class arguments {
public:
    /// `mistake` is shared with the objects inside, borrowed, and keeps the first one: the path of the member.
    arguments(cal::json object, std::string& mistake, std::string path = {});

    cal::json operator[](std::string_view name);
    bool has(std::string_view name) { return (*this)[name].has_value(); }
    std::string_view text(std::string_view name);
    std::string required_text(std::string_view name);
    std::vector<std::string> texts(std::string_view name);
    std::optional<bool> flag(std::string_view name);
    std::optional<std::int64_t> number(std::string_view name);
    std::optional<arguments> object(std::string_view name);
    std::vector<arguments> objects(std::string_view name);

    /// To be called for a member that is of the wrong form in a way that only the caller of this class can tell.
    void wrong(std::string_view name);
    /// Every member was asked for, or else that is the mistake.
    void finish();

private:
    cal::json object_;
    std::string* mistake_;
    std::string path_;
    std::uint64_t used_ = 0; // a bit for each member, by position
};

} // namespace bridge
