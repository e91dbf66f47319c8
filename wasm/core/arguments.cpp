#include "arguments.hpp"
#include <utility>

namespace bridge {

namespace {

constexpr std::size_t most_members = 64;
constexpr std::int64_t century = 100 * 366LL * 24 * 3600;

} // namespace

arguments::arguments(cal::json object, std::string& mistake, std::string path) : object_(object), mistake_(&mistake), path_(std::move(path)) {
    if (object.kind() != cal::json_kind::object || object.size() > most_members) wrong("");
}

cal::json arguments::operator[](std::string_view name) {
    for (std::size_t i = 0; i < object_.size() && i < most_members; ++i) {
        if (object_.member_name(i) != name) continue;
        used_ |= std::uint64_t{1} << i;
        return object_.member_value(i);
    }
    return {};
}

std::string_view arguments::text(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && !value.as_string()) wrong(name);
    return value.as_string().value_or(std::string_view());
}

std::string_view arguments::required_text(std::string_view name) {
    if (!has(name)) wrong(name);
    return text(name);
}

std::vector<std::string> arguments::texts(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && value.kind() != cal::json_kind::array) wrong(name);
    std::vector<std::string> out;
    for (std::size_t i = 0; value.kind() == cal::json_kind::array && i < value.size(); ++i) {
        auto const element = value[i].as_string();
        if (!element) wrong(name);
        out.emplace_back(element.value_or(std::string_view()));
    }
    return out;
}

bool arguments::flag(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && !value.as_bool()) wrong(name);
    return value.as_bool().value_or(false);
}

std::optional<std::int64_t> arguments::number(std::string_view name, std::int64_t least, std::int64_t most) {
    auto const value = (*this)[name];
    auto const number = value.as_int64();
    bool const fits = number && *number >= least && *number <= most;
    if (value.has_value() && !fits) wrong(name);
    return fits ? number : std::nullopt;
}

std::int64_t arguments::required_number(std::string_view name, std::int64_t least, std::int64_t most) {
    if (!has(name)) wrong(name);
    return number(name, least, most).value_or(least);
}

std::optional<cal::time_point> arguments::time(std::string_view name) {
    constexpr std::int64_t most = 8'640'000'000'000'000; // of ECMAScript
    auto const milliseconds = number(name, -most, most);
    return milliseconds ? std::optional(cal::time_point(cal::milliseconds(*milliseconds))) : std::nullopt;
}

cal::time_point arguments::required_time(std::string_view name) {
    if (!has(name)) wrong(name);
    return time(name).value_or(cal::time_point());
}

std::size_t arguments::choice(std::string_view name, std::initializer_list<std::string_view> among) {
    auto const value = text(name);
    if (!has(name)) return 0;
    for (std::size_t i = 0; i < among.size(); ++i)
        if (among.begin()[i] == value) return i;
    wrong(name);
    return 0;
}

void arguments::duration(std::string_view name, cal::seconds& into) {
    if (auto const given = number(name, 0, century)) into = cal::seconds(*given);
}

void arguments::duration(std::string_view name, cal::milliseconds& into) {
    if (auto const given = number(name, 0, century * 1000)) into = cal::milliseconds(*given);
}

void arguments::wrong(std::string_view name) {
    if (mistake_->empty()) *mistake_ = path_ + std::string(name);
    if (mistake_->empty()) *mistake_ = "arguments";
}

bool arguments::finish() {
    for (std::size_t i = 0; i < object_.size() && i < most_members; ++i)
        if ((used_ >> i & 1) == 0) wrong(object_.member_name(i));
    return mistake_->empty();
}

} // namespace bridge
