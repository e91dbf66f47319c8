#pragma once
#include <calimatic/oidc/logout.hpp>

#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/oauth/authorization.ipp>
#include <calimatic/oauth/pkce.hpp>
#include <optional>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int pending_logout_version = 1;

/// The parameters in the order of RP-Initiated Logout 2. client_id goes with the hint, too: the provider may not be able to read that.
CALIMATIC_DECL result<end_session_form> collect_end_session_fields(server_metadata const& server, client_information const& client,
    pending_logout const& pending, end_session_parameters const& parameters, check_options const& options) {
    rule_check const rule{options};
    end_session_form form{server.end_session_endpoint, {}};
    if (auto e =
            rule(!form.url.empty(), error_code::endpoint_missing, {}, "end_session_endpoint, without which the user can only be signed out here"))
        return *std::move(e);
    auto const parsed = check_endpoint(form.url, options);
    if (!parsed) return parsed.error();
    if (auto e = rule(!client.client_id.empty(), error_code::client_id_missing)) return *std::move(e);
    auto const& uri = pending.post_logout_redirect_uri;
    if (!uri.empty()) {
        if (auto const valid = validate_redirect_uri(uri, options); !valid) return valid.error();
        if (auto e = rule(!pending.state.empty(), error_code::logout_state_missing)) return *std::move(e);
    }

    bool encodable = true;
    auto const add = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        encodable = encodable && value.find('\0') == std::string_view::npos && is_utf8(value);
        form.fields.push_back({std::string(name), std::string(value)});
    };
    add("id_token_hint", parameters.id_token_hint);
    add("logout_hint", parameters.logout_hint);
    add("client_id", client.client_id);
    add("post_logout_redirect_uri", uri);
    if (!uri.empty()) add("state", pending.state.expose());
    add("ui_locales", parameters.ui_locales);
    if (auto e = rule(encodable, error_code::form_malformed)) return *std::move(e);

    auto const own = parse_form(parsed->query.value_or(""), options);
    if (!own) return own.error();
    for (auto const& [name, value] : form.fields)
        if (auto e = rule(!find_parameter(*own, name), error_code::parameter_repeated, name)) return *std::move(e);
    return form;
}

} // namespace detail

CALIMATIC_DECL result<pending_logout> make_pending_logout(
    std::string_view post_logout_redirect_uri, random_source& random, check_options const& options) {
    if (auto const valid = validate_redirect_uri(post_logout_redirect_uri, options); !valid) return valid.error();
    auto state = make_code_verifier(random); // 256 random bits, and no character that needs escaping
    if (!state) return std::move(state).error();
    return pending_logout{std::string(post_logout_redirect_uri), std::move(*state)};
}

CALIMATIC_DECL secret_string serialize(pending_logout const& pending) {
    detail::json_writer writer;
    detail::begin_blob(writer, "pending_logout", detail::pending_logout_version);
    writer.string("post_logout_redirect_uri", pending.post_logout_redirect_uri).string("state", pending.state.expose());
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<pending_logout> parse_pending_logout(std::string_view blob, check_options const& options) {
    auto document = detail::parse_blob(blob, "pending_logout", detail::pending_logout_version, options);
    if (!document) return std::move(document).error();
    pending_logout pending;
    detail::blob_reader reader(document->root());
    reader.string("post_logout_redirect_uri", pending.post_logout_redirect_uri).secret("state", pending.state);
    bool const whole = reader.whole() && pending.post_logout_redirect_uri.empty() == pending.state.empty(); // an empty state would equal none
    if (auto e = detail::rule_check{options}(whole, error_code::blob_malformed)) return *std::move(e);
    return pending;
}

CALIMATIC_DECL result<std::string> build_end_session_url(server_metadata const& server, client_information const& client,
    pending_logout const& pending, end_session_parameters const& parameters, check_options const& options) {
    auto form = detail::collect_end_session_fields(server, client, pending, parameters, options);
    if (!form) return form.error();
    detail::authorization_query query;
    for (auto& [name, value] : form->fields) {
        query.add(name, value);
        wipe(value);
    }
    auto url = detail::append_query(form->url, query.text());
    if (auto e = detail::rule_check{options}(url.size() <= options.limits.url, error_code::url_too_long)) return *std::move(e);
    return url;
}

CALIMATIC_DECL result<end_session_form> build_end_session_form(server_metadata const& server, client_information const& client,
    pending_logout const& pending, end_session_parameters const& parameters, check_options const& options) {
    return detail::collect_end_session_fields(server, client, pending, parameters, options);
}

CALIMATIC_DECL result<void> validate_end_session_response(std::string_view url, pending_logout const& pending, check_options const& options) {
    detail::rule_check const rule{options};
    detail::redirect_parameters parameters;
    if (auto e = detail::read_redirect(url, parameters, options)) return *std::move(e);
    auto const* const repeated = detail::find_repeated(parameters.all);
    auto const repeated_name = repeated && repeated->name == "state" ? std::string_view(repeated->name) : std::string_view();
    if (auto e = rule(!repeated, error_code::parameter_repeated, repeated_name)) return *std::move(e);
    bool const ours = detail::is_redirect_to(url, parameters, pending.post_logout_redirect_uri, options);
    auto const origin = ours ? std::string() : detail::origin_of(url, options);
    if (auto e = rule(ours, error_code::logout_return_not_ours, origin, pending.post_logout_redirect_uri)) return *std::move(e);
    auto const state = parameters["state"];
    if (auto e = rule(!state.empty(), error_code::logout_state_missing)) return *std::move(e);
    if (auto e = rule(constant_time_equal(state, pending.state.expose()), error_code::logout_state_mismatch)) return *std::move(e);
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
