#pragma once
#include <calimatic/oauth/client_metadata.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/oauth/server_metadata.ipp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oauth/authorization.hpp>
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// What an address in the metadata has to be.
enum class client_address : std::uint8_t { none, any, endpoint };

/// The members that are strings, in the order of the struct.
struct client_string {
    std::string_view name;
    std::string client_metadata::*member;
    client_address address = client_address::none;
};
inline constexpr client_string client_strings[] = {
    {"token_endpoint_auth_method", &client_metadata::token_endpoint_auth_method},
    {"token_endpoint_auth_signing_alg", &client_metadata::token_endpoint_auth_signing_alg},
    {"client_name", &client_metadata::client_name},
    {"client_uri", &client_metadata::client_uri, client_address::any},
    {"logo_uri", &client_metadata::logo_uri, client_address::any},
    {"scope", &client_metadata::scope},
    {"tos_uri", &client_metadata::tos_uri, client_address::any},
    {"policy_uri", &client_metadata::policy_uri, client_address::any},
    {"jwks_uri", &client_metadata::jwks_uri, client_address::endpoint},
    {"software_id", &client_metadata::software_id},
    {"software_version", &client_metadata::software_version},
    {"application_type", &client_metadata::application_type},
    {"id_token_signed_response_alg", &client_metadata::id_token_signed_response_alg},
    {"userinfo_signed_response_alg", &client_metadata::userinfo_signed_response_alg},
    {"backchannel_logout_uri", &client_metadata::backchannel_logout_uri, client_address::endpoint},
    {"initiate_login_uri", &client_metadata::initiate_login_uri, client_address::endpoint},
};

/// The members that are lists of strings, likewise.
struct client_list {
    std::string_view name;
    std::vector<std::string> client_metadata::*member;
};
inline constexpr client_list client_lists[] = {
    {"redirect_uris", &client_metadata::redirect_uris},
    {"grant_types", &client_metadata::grant_types},
    {"response_types", &client_metadata::response_types},
    {"contacts", &client_metadata::contacts},
    {"post_logout_redirect_uris", &client_metadata::post_logout_redirect_uris},
};

inline constexpr std::string_view session_required = "backchannel_logout_session_required";

/// What a registration has beside the metadata.
inline constexpr std::string_view registration_members[] = {"client_id", "client_secret", "client_secret_expires_at", "client_id_issued_at",
    "registration_access_token", "registration_client_uri", "software_statement"};

inline bool is_typed_member(std::string_view name) noexcept {
    auto const is_it = [name](auto const& row) { return row.name == name; };
    return name == "jwks" || name == session_required || std::any_of(std::begin(client_strings), std::end(client_strings), is_it) ||
        std::any_of(std::begin(client_lists), std::end(client_lists), is_it) ||
        std::find(std::begin(registration_members), std::end(registration_members), name) != std::end(registration_members);
}

inline bool has_grant(client_metadata const& metadata, std::string_view grant) {
    auto const& grants = metadata.grant_types;
    return grants.empty() ? grant == "authorization_code" : std::find(grants.begin(), grants.end(), grant) != grants.end();
}

/// Extra members that were read before, under whatever limits.
inline result<json_document> parse_extra(std::string_view extra) {
    check_options widest;
    widest.limits.json_depth = 256;
    widest.limits.json_string = extra.size();
    return parse_json(extra, extra.size(), widest);
}

/// Writes what is said. `extra` is an object.
CALIMATIC_DECL void write_client_metadata(json_writer& writer, client_metadata const& metadata) {
    // RFC 7591 2.1: said, because the default belongs to another grant
    if (metadata.response_types.empty() && !has_grant(metadata, "authorization_code") && !has_grant(metadata, "implicit"))
        writer.strings("response_types", {});
    for (auto const& [name, member] : client_lists)
        if (!(metadata.*member).empty()) writer.strings(name, metadata.*member);
    for (auto const& row : client_strings) writer.optional_string(row.name, metadata.*row.member);
    if (!metadata.jwks.empty()) writer.raw("jwks", metadata.jwks);
    if (metadata.backchannel_logout_session_required) writer.boolean(session_required, *metadata.backchannel_logout_session_required);
    auto const extra = parse_extra(metadata.extra);
    if (!extra) return;
    for (std::size_t i = 0; i < extra->root().size(); ++i) writer.raw(extra->root().member_name(i), extra->root().member_value(i).to_string());
}

/// The members that have no place of their own: those of a reply, and then what was asked for that the reply does not repeat.
CALIMATIC_DECL std::string merge_extra(json root, std::string_view asked) {
    json_writer writer;
    bool any = false;
    auto const add = [&](std::string_view name, json value) {
        any = true;
        writer.raw(name, value.to_string());
    };
    for (std::size_t i = 0; i < root.size(); ++i)
        if (!is_typed_member(root.member_name(i))) add(root.member_name(i), root.member_value(i));
    auto const before = parse_extra(asked);
    if (before)
        for (std::size_t i = 0; i < before->root().size(); ++i)
            if (root[before->root().member_name(i)].kind() == json_kind::absent) add(before->root().member_name(i), before->root().member_value(i));
    return any ? writer.finish() : std::string();
}

/// Replaces what a server says otherwise (RFC 7591 3.2.1); null counts as not said.
CALIMATIC_DECL std::optional<error> read_client_metadata(json root, client_metadata& metadata, check_options const& options) {
    rule_check const rule{options};
    constexpr auto wrong = error_code::json_member_type_wrong;
    for (auto const& row : client_strings) {
        auto const value = root[row.name];
        if (!value.has_value()) continue;
        auto const text = value.as_string();
        if (auto e = rule(text.has_value(), wrong, row.name, "a string")) return e;
        metadata.*row.member = *text;
    }
    for (auto const& [name, member] : client_lists) {
        auto const value = root[name];
        if (!value.has_value()) continue;
        auto strings = read_strings(value);
        if (auto e = rule(strings.has_value(), wrong, name, "an array of strings")) return e;
        metadata.*member = std::move(*strings);
    }
    if (auto const jwks = root["jwks"]; jwks.has_value()) {
        if (auto e = rule(jwks.kind() == json_kind::object, wrong, "jwks", "an object")) return e;
        metadata.jwks = jwks.to_string();
    }
    if (auto const required = root[session_required]; required.has_value()) {
        auto const value = required.as_bool();
        if (auto e = rule(value.has_value(), wrong, session_required, "a boolean")) return e;
        metadata.backchannel_logout_session_required = *value;
    }
    metadata.extra = merge_extra(root, metadata.extra);
    return std::nullopt;
}

/// Each address to which a browser is sent, told by its place in the list.
CALIMATIC_DECL std::optional<error> check_redirect_uris(client_metadata const& metadata, check_options const& options) {
    rule_check const rule{options};
    auto const& uris = metadata.redirect_uris;
    bool const needs_one = has_grant(metadata, "authorization_code") || has_grant(metadata, "implicit");
    if (auto e = rule(!uris.empty() || !needs_one, error_code::redirect_uris_missing)) return e;
    bool const implicit_web = metadata.application_type == "web" && has_grant(metadata, "implicit");
    check_options const untraced{options.limits, nullptr}; // the decision is told once, with its place
    for (auto uri = uris.begin(); uri != uris.end(); ++uri) {
        auto const place = "redirect_uris[" + std::to_string(uri - uris.begin()) + "]: ";
        std::string wanted;
        if (auto const valid = validate_redirect_uri(*uri, untraced); !valid) {
            auto const& e = valid.error();
            wanted = !e.expected().empty() ? std::string(e.expected())
                : e.got().empty()          ? "an absolute URL (" + std::string(rule_of(e.code()).sentence) + ")"
                                           : "wrong here: " + std::string(e.got());
        } else if (std::find(uris.begin(), uri, *uri) != uri) {
            wanted = "each once";
        } else if (auto const parsed = parse_uri(*uri, untraced); implicit_web && (parsed->scheme != "https" || parsed->is_loopback())) {
            wanted = "https and not localhost, for the implicit grant on the web";
        }
        if (auto e = rule(wanted.empty(), error_code::redirect_uri_invalid, *uri, place + wanted)) return e;
    }
    return std::nullopt;
}

CALIMATIC_DECL std::optional<error> check_client_addresses(client_metadata const& metadata, check_options const& options) {
    rule_check const rule{options};
    check_options const untraced{options.limits, nullptr};
    constexpr auto invalid = error_code::client_metadata_invalid;
    for (auto const& row : client_strings) {
        auto const& text = metadata.*row.member;
        if (row.address == client_address::none || text.empty()) continue;
        bool const is_endpoint = row.address == client_address::endpoint;
        bool const fits = is_endpoint ? check_endpoint(text, untraced).has_value() : parse_uri(text, untraced).has_value();
        if (auto e = rule(fits, invalid, text, std::string(row.name) + (is_endpoint ? ": an https URL" : ": a URL"))) return e;
    }
    for (auto const& text : metadata.post_logout_redirect_uris) // no others are ever logged out to
        if (auto e = rule(validate_redirect_uri(text, untraced).has_value(), invalid, text,
                "post_logout_redirect_uris: https, http on loopback or a private-use scheme, without a fragment"))
            return e;
    return std::nullopt;
}

/// RFC 7591 2: the keys in one way, and nothing private among them.
CALIMATIC_DECL std::optional<error> check_client_keys(client_metadata const& metadata, check_options const& options) {
    if (auto e = rule_check{options}(metadata.jwks.empty() || metadata.jwks_uri.empty(), error_code::client_jwks_twice)) return e;
    if (metadata.jwks.empty()) return std::nullopt;
    auto const keys = parse_jwk_set(metadata.jwks, options);
    if (!keys) return error(keys.error()).with_condition(condition::correct_input);
    for (auto const& e : keys->skipped)
        if (e == error_code::jwk_not_public) return error(e).with_condition(condition::correct_input);
    return std::nullopt;
}

CALIMATIC_DECL std::optional<error> check_client_extra(client_metadata const& metadata, check_options const& options) {
    if (metadata.extra.empty()) return std::nullopt;
    rule_check const rule{options};
    auto const document = parse_json(metadata.extra, options.limits.token_body, options);
    if (!document) return error(document.error()).with_condition(condition::correct_input);
    auto const root = document->root();
    if (auto e = rule(root.kind() == json_kind::object, error_code::json_not_an_object, {}, "extra"))
        return std::move(*e).with_condition(condition::correct_input);
    for (std::size_t i = 0; i < root.size(); ++i) {
        auto const name = root.member_name(i);
        if (auto e = rule(!is_typed_member(name), error_code::parameter_reserved, name)) return e;
        if (!name.ends_with("_enc") || !root.member_value(i).has_value()) continue;
        auto const alg = std::string(name.substr(0, name.size() - 3)) + "alg";
        if (auto e = rule(root[alg].has_value(), error_code::client_enc_without_alg, name, alg)) return e;
    }
    return std::nullopt;
}

} // namespace detail

CALIMATIC_DECL result<void> validate_client_metadata(client_metadata const& metadata, check_options const& options) {
    if (auto e = detail::check_redirect_uris(metadata, options)) return *std::move(e);
    if (auto e = detail::check_client_addresses(metadata, options)) return *std::move(e);
    bool const scope_fits = detail::normalize_scope(metadata.scope).has_value();
    if (auto e = detail::rule_check{options}(scope_fits, error_code::scope_malformed)) return *std::move(e);
    if (auto e = detail::check_client_keys(metadata, options)) return *std::move(e);
    if (auto e = detail::check_client_extra(metadata, options)) return *std::move(e);
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
