#pragma once
#include <calimatic/testing/simulated_directory.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI::detail {

/// One user whom a call wants to have provisioned.
struct simulated_provisioning {
    std::string email{};
    std::string first_name{};
    std::string last_name{};
    std::string organization_id{};
    std::string role{};
    bool send_invite_email = false;
    std::optional<std::vector<std::string>> applications{};
    // of an import
    secret_string temporary_password{};
    secret_string password_hash{};
    std::string external_id{};
    std::string metadata_json{};
};

/// The path of a request, below the issuer's.
inline std::string_view simulated_path(std::string_view issuer, std::string_view url) {
    url = url.substr(0, url.find('?'));
    auto const base = issuer.size() - (issuer.ends_with('/') ? 1 : 0);
    return url.substr((std::min)(base, url.size()));
}

/// Some texts as a JSON array.
inline std::string json_strings(std::vector<std::string> const& texts) {
    std::string array;
    for (auto const& text : texts) array.append(array.empty() ? "" : ",").append(json_string(text));
    return "[" + array + "]";
}

/// Reads the members of a record, and keeps the first thing that is wrong with it.
class record_reader {
public:
    explicit record_reader(json record) noexcept : record_(record) {
        if (record.kind() != json_kind::object) wrong_ = "A user is an object";
    }
    std::string text(std::string_view name, std::size_t least, std::size_t most) {
        auto const value = record_[name];
        if (!value.has_value() && least == 0) return {};
        auto const text = value.as_string();
        if (!text || text->size() < least || text->size() > most) return refuse(name);
        return std::string(*text);
    }
    bool flag(std::string_view name) {
        auto const value = record_[name];
        if (value.has_value() && !value.as_bool()) refuse(name);
        return value.as_bool().value_or(false);
    }
    std::optional<std::vector<std::string>> texts(std::string_view name) {
        auto const value = record_[name];
        if (!value.has_value()) return std::nullopt;
        std::vector<std::string> texts;
        if (value.kind() != json_kind::array) refuse(name);
        for (std::size_t i = 0; i < value.size() && value.kind() == json_kind::array; ++i) {
            if (auto const text = value[i].as_string()) texts.emplace_back(*text);
            else refuse(name);
        }
        return texts;
    }
    std::string object(std::string_view name) {
        auto const value = record_[name];
        if (value.has_value() && value.kind() != json_kind::object) return refuse(name);
        return value.has_value() ? value.to_string() : std::string();
    }
    std::string refuse(std::string_view name) {
        if (wrong_.empty()) wrong_ = std::string(name) + ": invalid";
        return {};
    }
    std::string const& wrong() const noexcept { return wrong_; }

private:
    json record_;
    std::string wrong_;
};

/// Reads a record of one user; the error is what a refusal says.
inline result<simulated_provisioning, std::string> read_provisioning(json record, std::string_view default_organization_id) {
    record_reader read(record);
    simulated_provisioning asked;
    asked.email = read.text("email", 3, 255);
    if (asked.email.find('@') == std::string::npos) read.refuse("email");
    asked.first_name = read.text("firstName", 1, 100);
    asked.last_name = read.text("lastName", 1, 100);
    asked.organization_id = read.text("organizationId", 0, 255);
    if (asked.organization_id.empty()) asked.organization_id = default_organization_id;
    asked.role = read.text("role", 0, 50);
    asked.send_invite_email = read.flag("sendInviteEmail");
    asked.applications = read.texts("applications");
    if (!read.wrong().empty()) return unexpected{read.wrong()};
    return asked;
}

/// Reads a record of an import, which has more.
inline result<simulated_provisioning, std::string> read_import(json record) {
    auto asked = read_provisioning(record, {});
    if (!asked) return asked;
    record_reader read(record);
    if (record["temporaryPassword"].has_value()) asked->temporary_password = read.text("temporaryPassword", 8, 128);
    asked->password_hash = read.text("passwordHash", 0, 1024);
    asked->external_id = read.text("externalId", 0, 255);
    asked->metadata_json = read.object("metadata");
    if (!read.wrong().empty()) return unexpected{read.wrong()};
    return asked;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
