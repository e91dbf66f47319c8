#pragma once
#include <calimatic/platform/organization.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/platform_member.ipp>
#include <calimatic/impl/platform/platform_request.ipp>
#include <calimatic/platform/platform_request.hpp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline std::optional<error> check_slug(rule_check const& rule, std::string_view slug) {
    bool const fits = !slug.empty() && slug.size() <= 100 &&
        std::all_of(slug.begin(), slug.end(), [](char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
    return rule(fits, error_code::platform_member_invalid, "slug", "1 to 100 lowercase letters, digits and hyphens");
}

/// The object among these that has an id: whoever writes a reply that is not documented has put it into one of them.
inline json object_with_id(std::initializer_list<json> places) noexcept {
    for (auto const place : places)
        if (!place["id"].as_string().value_or("").empty()) return place;
    return {};
}

/// Reads an organization whose id is known to be there. Nothing where another member has the wrong type.
inline std::optional<organization> read_organization(json object) {
    organization read;
    read.id = *object["id"].as_string();
    struct {
        std::string_view name;
        std::string& text;
    } const members[] = {{"name", read.name}, {"slug", read.slug}, {"type", read.type}, {"domain", read.domain}, {"plan", read.plan}};
    for (auto const& member : members) {
        auto text = read_optional_string(object[member.name]);
        if (!text) return std::nullopt;
        member.text = std::move(*text);
    }
    return read;
}

/// The organization of a slug in the data of an envelope; `absent` where none can be told to be it.
inline json organization_of_slug(json data, std::string_view slug) noexcept {
    auto const is_it = [slug](json one) { return one["slug"].as_string() == slug; };
    if (data.kind() == json_kind::array) {
        json found;
        for (std::size_t i = 0; i < data.size(); ++i) {
            bool const fits = is_it(data[i]) || (data.size() == 1 && !data[i]["slug"].has_value());
            if (fits && found.has_value()) return {};
            if (fits) found = data[i];
        }
        return object_with_id({found});
    }
    auto const found = object_with_id({data, data["organization"]});
    return is_it(found) || !found["slug"].has_value() ? found : json();
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_create_organization_request(
    platform_client const& platform, new_organization const& wanted, check_options const& options) {
    detail::rule_check const rule{options};
    bool const known_type = wanted.type.empty() || wanted.type == "customer" || wanted.type == "partner" || wanted.type == "internal";
    if (auto e = detail::check_member(rule, "name", wanted.name, {1, 255})) return *std::move(e);
    if (auto e = detail::check_slug(rule, wanted.slug)) return *std::move(e);
    if (auto e = rule(known_type, error_code::platform_member_invalid, "type", "customer, partner or internal")) return *std::move(e);
    if (auto e = detail::check_member(rule, "domain", wanted.domain, {0, 255})) return *std::move(e);
    if (auto e = detail::check_text(rule, "plan", wanted.plan)) return *std::move(e);

    detail::json_writer writer;
    writer.string("name", wanted.name).string("slug", wanted.slug).optional_string("type", wanted.type);
    writer.optional_string("domain", wanted.domain).optional_string("plan", wanted.plan);
    if (auto e = detail::write_extra_members(writer, wanted.extra_members, {"name", "slug", "type", "domain", "plan"}, options)) return *std::move(e);
    return build_platform_request(platform, http_method::post, "/api/v1/organizations", writer.finish(), options);
}

CALIMATIC_DECL result<organization> parse_create_organization_response(
    http_response const& response, platform_client const& platform, std::string_view slug, check_options const& options) {
    detail::rule_check const rule{options};
    bool const exists = response.status == 409;
    json_document document;
    if (exists) { // a success, if it says which one it is
        if (auto e = detail::check_response(response, options.limits.platform_body, options)) return *std::move(e);
        if (auto read = parse_json(response.body, options.limits.platform_body, {options.limits, nullptr})) document = std::move(*read);
        if (document.root().kind() != json_kind::object) return detail::unexpected_status(response);
    } else {
        auto envelope = parse_platform_response(response, platform, options);
        if (!envelope) return std::move(envelope).error();
        document = std::move(envelope->document);
    }
    auto const root = document.root();
    auto const object = detail::object_with_id({root["data"], root["data"]["organization"], root["organization"], root});
    auto const told_slug = object["slug"].as_string();
    bool const is_another = exists && told_slug && *told_slug != slug; // which may be in conflict by something else
    if (auto e = rule(object.has_value() && !is_another, exists ? error_code::organization_id_missing : error_code::platform_response_malformed, {},
            "data.id")) {
        auto const words = detail::words_in(root);
        return detail::without_credentials(std::move(*e).with_server(words.code, words.text).with_http_status(response.status), platform.credentials);
    }
    auto read = detail::read_organization(object);
    if (auto e = rule(read.has_value(), error_code::platform_response_malformed, {}, "an organization"))
        return std::move(*e).with_http_status(response.status);
    read->created = !exists;
    read->document = std::move(document);
    return *std::move(read);
}

CALIMATIC_DECL result<http_request> build_find_organization_request(
    platform_client const& platform, std::string_view slug, check_options const& options) {
    if (auto e = detail::check_slug(detail::rule_check{options}, slug)) return *std::move(e);
    return build_platform_request(platform, http_method::get, "/api/v1/organizations?slug=" + detail::percent_encode(slug), {}, options);
}

CALIMATIC_DECL result<std::optional<organization>> parse_find_organization_response(
    http_response const& response, platform_client const& platform, std::string_view slug, check_options const& options) {
    auto envelope = parse_platform_response(response, platform, options);
    if (!envelope) {
        bool const says_so = response.status == 404 && envelope.error() == error_code::platform_error;
        if (says_so && detail::is_failure_envelope(response.body, options)) return std::optional<organization>();
        return std::move(envelope).error();
    }
    auto const data = envelope->data();
    bool const is_empty = data.kind() == json_kind::array && data.size() == 0;
    if (data.kind() == json_kind::null || data["organization"].kind() == json_kind::null || is_empty) return std::optional<organization>();
    auto const object = detail::organization_of_slug(data, slug);
    auto read = object.has_value() ? detail::read_organization(object) : std::nullopt;
    if (auto e = detail::rule_check{options}(read.has_value(), error_code::platform_response_malformed, {}, "the organization of that slug, or null"))
        return std::move(*e).with_http_status(response.status);
    read->document = std::move(envelope->document);
    return read;
}

} // namespace calimatic::inline CALIMATIC_ABI
