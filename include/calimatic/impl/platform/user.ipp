#pragma once
#include <calimatic/platform/user.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <calimatic/platform/platform_request.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The form in which addresses are compared.
inline std::string comparable_address(std::string_view email) { return ascii_lower(trim(email)); }

/// Where in an envelope's data a user is: the data itself, its member `user`, or the one element of an array. `absent` where there is none.
inline json user_in(json data) noexcept {
    if (data.kind() == json_kind::array) return data.size() == 1 ? data[0] : json();
    return data["user"].kind() == json_kind::object ? data["user"] : data;
}

/// What is told of the user, in it or beside it: which of the two is not documented.
inline json user_member_in(json data, std::string_view name) noexcept {
    auto const member = user_in(data)[name];
    return member.has_value() ? member : data[name];
}

struct user_ids {
    std::string user_id;
    std::string keycloak_user_id;
    std::string email;
};

/// What tells users apart, each "" where the platform did not say. Nothing where it is no object, or where a member has the wrong type.
inline std::optional<user_ids> read_user_ids(json user) {
    if (user.kind() != json_kind::object) return std::nullopt;
    auto user_id = read_optional_string(user[user["userId"].has_value() ? "userId" : "id"]);
    auto keycloak_user_id = read_optional_string(user["keycloakUserId"]);
    auto email = read_optional_string(user["email"]);
    if (!user_id || !keycloak_user_id || !email) return std::nullopt;
    return user_ids{std::move(*user_id), std::move(*keycloak_user_id), std::move(*email)};
}

/// Whether the data of an envelope say that there is nobody.
inline bool is_nobody(json data) noexcept {
    if (data.kind() == json_kind::null || data["user"].kind() == json_kind::null) return true;
    return data.kind() == json_kind::array && data.size() == 0;
}

inline result<http_request> build_resolve_request(
    platform_client const& platform, std::string_view parameter, std::string_view value, check_options const& options) {
    auto const path = "/api/v1/users/resolve?" + percent_encode(parameter) + '=' + percent_encode(value);
    return build_platform_request(platform, http_method::get, path, {}, options);
}

} // namespace detail

CALIMATIC_DECL json resolved_user::data() const noexcept { return detail::user_in(document.root()["data"]); }
CALIMATIC_DECL json resolved_user::licenses() const noexcept { return detail::user_member_in(document.root()["data"], "licenses"); }

CALIMATIC_DECL result<http_request> build_resolve_user_request(
    platform_client const& platform, std::string_view email, check_options const& options) {
    if (auto e = detail::check_member(detail::rule_check{options}, "email", email, {1, 255})) return *std::move(e);
    return detail::build_resolve_request(platform, "email", email, options);
}

CALIMATIC_DECL result<http_request> build_resolve_keycloak_user_request(
    platform_client const& platform, std::string_view keycloak_user_id, management_profile const& profile, check_options const& options) {
    detail::rule_check const rule{options};
    auto const& parameter = profile.resolve_keycloak_parameter;
    if (auto e = rule(!parameter.empty(), error_code::platform_fact_missing, {}, "resolve_keycloak_parameter")) return *std::move(e);
    if (auto e = detail::check_member(rule, "keycloakUserId", keycloak_user_id, {1, 255})) return *std::move(e);
    return detail::build_resolve_request(platform, parameter, keycloak_user_id, options);
}

CALIMATIC_DECL result<std::optional<resolved_user>> parse_resolve_user_response(
    http_response const& response, platform_client const& platform, std::string_view email, check_options const& options) {
    auto envelope = parse_platform_response(response, platform, options);
    if (!envelope) {
        bool const says_so = response.status == 404 && envelope.error() == error_code::platform_error;
        if (envelope.error() == error_code::user_not_found || (says_so && detail::is_failure_envelope(response.body, options)))
            return std::optional<resolved_user>();
        return std::move(envelope).error();
    }
    auto const data = envelope->data();
    if (detail::is_nobody(data)) return std::optional<resolved_user>();

    auto ids = detail::read_user_ids(detail::user_in(data));
    bool const is_somebody = ids && !(ids->user_id.empty() && ids->keycloak_user_id.empty() && ids->email.empty());
    auto const has_license = detail::user_member_in(data, "hasLicense");
    bool const is_contradicted = data["hasLicense"].has_value() && data["hasLicense"].as_bool() != has_license.as_bool();
    bool const is_another =
        is_somebody && !email.empty() && !ids->email.empty() && detail::comparable_address(ids->email) != detail::comparable_address(email);
    bool const well_formed = is_somebody && !is_another && !is_contradicted && (has_license.as_bool() || !has_license.has_value());
    if (auto e = detail::rule_check{options}(well_formed, error_code::platform_response_malformed, {}, "a user, or null"))
        return std::move(*e).with_http_status(response.status);
    return std::optional(resolved_user{
        std::move(ids->user_id), std::move(ids->keycloak_user_id), std::move(ids->email), has_license.as_bool(), std::move(envelope->document)});
}

CALIMATIC_DECL result<void> require_license(std::optional<resolved_user> const& user, check_options const& options) {
    detail::rule_check const rule{options};
    if (auto e = rule(user.has_value(), error_code::user_not_found)) return *std::move(e);
    if (auto e = rule(user->has_license.has_value(), error_code::license_unknown)) return *std::move(e);
    if (auto e = rule(*user->has_license, error_code::app_not_licensed)) return *std::move(e);
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
