#include "arguments.hpp"
#include <utility>

namespace bridge {

namespace {

constexpr std::size_t most_members = 64;

} // namespace

arguments::arguments(cal::json object, std::string& mistake, std::string path) : object_(object), mistake_(&mistake), path_(std::move(path)) {
    bool const absent = !object.has_value();
    if ((!absent && object.kind() != cal::json_kind::object) || object.size() > most_members) wrong("");
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

std::string arguments::required_text(std::string_view name) {
    auto const value = text(name);
    if (!has(name)) wrong(name);
    return std::string(value);
}

std::vector<std::string> arguments::texts(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && value.kind() != cal::json_kind::array) wrong(name);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto const element = value[i].as_string();
        if (!element) wrong(name);
        out.emplace_back(element.value_or(std::string_view()));
    }
    return out;
}

std::optional<bool> arguments::flag(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && !value.as_bool()) wrong(name);
    return value.as_bool();
}

std::optional<std::int64_t> arguments::number(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && !value.as_int64()) wrong(name);
    return value.as_int64();
}

std::optional<arguments> arguments::object(std::string_view name) {
    auto const value = (*this)[name];
    if (!value.has_value()) return std::nullopt;
    return arguments(value, *mistake_, path_ + std::string(name) + ".");
}

std::vector<arguments> arguments::objects(std::string_view name) {
    auto const value = (*this)[name];
    if (value.has_value() && value.kind() != cal::json_kind::array) wrong(name);
    std::vector<arguments> out;
    for (std::size_t i = 0; i < value.size(); ++i) out.emplace_back(value[i], *mistake_, path_ + std::string(name) + "." + std::to_string(i) + ".");
    return out;
}

void arguments::wrong(std::string_view name) {
    if (mistake_->empty()) *mistake_ = path_ + std::string(name);
    if (mistake_->empty()) *mistake_ = "arguments";
}

void arguments::finish() {
    for (std::size_t i = 0; i < object_.size() && i < most_members; ++i)
        if ((used_ >> i & 1) == 0) wrong(object_.member_name(i));
}

} // namespace bridge
