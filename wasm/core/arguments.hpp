#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/time.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
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
    /// The integers that a number of ECMAScript tells apart.
    static constexpr std::int64_t most_number = 9'007'199'254'740'991;

    /// `mistake` is shared with the objects inside, borrowed, and keeps the first one: the path of the member.
    arguments(cal::json object, std::string& mistake, std::string path = {});

    cal::json operator[](std::string_view name);
    bool has(std::string_view name) { return (*this)[name].has_value(); }
    std::string_view text(std::string_view name);
    std::string_view required_text(std::string_view name);
    std::vector<std::string> texts(std::string_view name);
    bool flag(std::string_view name);
    /// Nothing where it is not there.
    std::optional<bool> optional_flag(std::string_view name) { return has(name) ? std::optional(flag(name)) : std::nullopt; }
    std::optional<std::int64_t> number(std::string_view name, std::int64_t least = 0, std::int64_t most = most_number);
    std::int64_t required_number(std::string_view name, std::int64_t least = 0, std::int64_t most = most_number);
    /// UNIX time in milliseconds.
    std::optional<cal::time_point> time(std::string_view name);
    cal::time_point required_time(std::string_view name);
    /// Which of these texts it is, the first one if there is none.
    std::size_t choice(std::string_view name, std::initializer_list<std::string_view> among);
    /// Leaves `into` as it is where there is none. A century is the most, so that sums with a time cannot overflow.
    void duration(std::string_view name, cal::seconds& into);
    void duration(std::string_view name, cal::milliseconds& into);

    /// Reads the members of an object with `read(arguments&)`, where it is there, which is the answer.
    template <class F>
    bool object(std::string_view name, F&& read) {
        auto const value = (*this)[name];
        if (!value.has_value()) return false;
        arguments members(value, *mistake_, path_ + std::string(name) + ".");
        read(members);
        members.finish();
        return true;
    }
    template <class F>
    void required_object(std::string_view name, F&& read) {
        if (!object(name, read)) wrong(name);
    }

    /// The same for the objects of an array.
    template <class F>
    void objects(std::string_view name, F&& read) {
        auto const all = (*this)[name];
        if (all.has_value() && all.kind() != cal::json_kind::array) wrong(name);
        for (std::size_t i = 0; i < all.size() && all.kind() == cal::json_kind::array; ++i) {
            auto const path = std::string(name) + "." + std::to_string(i);
            if (all[i].kind() != cal::json_kind::object) return wrong(path);
            arguments members(all[i], *mistake_, path_ + path + ".");
            read(members);
            members.finish();
        }
    }

    /// To be called for a member that is of the wrong form in a way that only the caller of this class can tell.
    void wrong(std::string_view name);
    /// Whether nothing was wrong and every member was asked for; else that is the mistake. Whatever changes something asks before it does.
    bool finish();

private:
    cal::json object_;
    std::string* mistake_;
    std::string path_;
    std::uint64_t used_ = 0; // a bit for each member, by position
};

} // namespace bridge
