#pragma once
#include <calimatic/oauth/authorization.hpp>

#include <calimatic/detail/form.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/detail/uri.hpp>
#include <algorithm>
#include <cstddef>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// What the library sets or could set, and what it could not take the answer of: request objects are not made here, and form_post and fragment
/// answers do not arrive.
inline constexpr std::string_view reserved_parameters[] = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "prompt", "max_age", "acr_values", "login_hint", "ui_locales", "display", "resource", "response_mode", "request",
    "request_uri", "code_verifier", "client_secret"};

/// What an answer has of its own (RFC 6749 4.1.2, RFC 9207 2).
inline constexpr std::string_view answer_parameters[] = {"code", "state", "iss", "error", "error_description", "error_uri"};

template <std::size_t Size>
bool is_one_of(std::string_view const (&names)[Size], std::string_view name) noexcept {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

inline form_parameter const* find_parameter(std::vector<form_parameter> const& parameters, std::string_view name) noexcept {
    auto const found = std::find_if(parameters.begin(), parameters.end(), [&](auto const& parameter) { return parameter.name == name; });
    return found == parameters.end() ? nullptr : &*found;
}

/// The first parameter whose name an earlier one has already, or null.
inline form_parameter const* find_repeated(std::vector<form_parameter> const& parameters) noexcept {
    for (auto const& parameter : parameters) // limits::parameters bounds the square
        if (find_parameter(parameters, parameter.name) != &parameter) return &parameter;
    return nullptr;
}

/// A query that is being written, `state` in it.
class authorization_query {
public:
    authorization_query() = default;
    authorization_query(authorization_query const&) = delete;
    authorization_query& operator=(authorization_query const&) = delete;
    ~authorization_query() { wipe(text_); }

    /// A space becomes %20, which every decoder reads as one; a plus sign is %2B already.
    void add(std::string_view name, std::string_view value) {
        for (auto const part : {name, value}) encodable_ = encodable_ && part.find('\0') == std::string_view::npos && is_utf8(part);
        if (!text_.empty()) append_secret(text_, "&");
        append_encoded(name);
        append_secret(text_, "=");
        append_encoded(value);
        names_.emplace_back(name);
    }
    void add_optional(std::string_view name, std::string_view value) {
        if (!value.empty()) add(name, value);
    }

    /// Whether all of it is what a form can carry: UTF-8 without NUL.
    bool encodable() const noexcept { return encodable_; }
    bool has(std::string_view name) const noexcept { return std::find(names_.begin(), names_.end(), name) != names_.end(); }
    std::string_view text() const noexcept { return text_; }

private:
    void append_encoded(std::string_view text) {
        auto encoded = form_encode(text);
        std::string_view rest = encoded;
        for (auto plus = rest.find('+'); plus != std::string_view::npos; plus = rest.find('+')) {
            append_secret(text_, rest.substr(0, plus));
            append_secret(text_, "%20");
            rest.remove_prefix(plus + 1);
        }
        append_secret(text_, rest);
        wipe(encoded);
    }

    std::string text_;
    std::vector<std::string> names_;
    bool encodable_ = true;
};

/// The parameters of a redirect: a code is among them.
struct redirect_parameters {
    std::vector<form_parameter> all;

    redirect_parameters() = default;
    redirect_parameters(redirect_parameters const&) = delete;
    redirect_parameters& operator=(redirect_parameters const&) = delete;
    ~redirect_parameters() {
        for (auto& parameter : all) wipe(parameter.value);
    }

    /// The value; "" where there is none, which is the same (RFC 6749 3.1: what is sent without a value counts as omitted).
    std::string_view operator[](std::string_view name) const noexcept {
        auto const* const found = find_parameter(all, name);
        return found ? std::string_view(found->value) : std::string_view();
    }
};

/// A URL in two, without its fragment: nothing of ours is ever in one, and browsers carry strange ones along.
struct divided_url {
    std::string_view base;
    std::string_view query;
};
inline divided_url divide_url(std::string_view url) noexcept {
    url = url.substr(0, url.find('#'));
    auto const mark = url.find('?');
    if (mark == std::string_view::npos) return {url, {}};
    return {url.substr(0, mark), url.substr(mark + 1)};
}

/// Decodes the redirect. The URL as a whole is not held against RFC 3986: browsers leave characters in a query that it does not allow.
inline std::optional<error> read_redirect(std::string_view url, redirect_parameters& out, check_options const& options) {
    rule_check const rule{options};
    if (auto e = rule(url.size() <= options.limits.url, error_code::url_too_long)) return e;
    bool const printable = std::all_of(url.begin(), url.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
    if (auto e = rule(printable, error_code::url_malformed)) return e;
    auto parameters = parse_form(divide_url(url).query, options);
    if (!parameters) return parameters.error();
    out.all = *std::move(parameters);
    return std::nullopt;
}

/// Whether two URLs without query are one and the same but for what a browser changes of its own accord: the letter case of scheme and host,
/// a default port, and an empty path (RFC 3986 6.2.2.1, 6.2.3).
inline bool is_same_address(std::string_view a, std::string_view b, check_options const& options) {
    if (a == b) return true;
    auto const left = parse_uri(a, {options.limits, nullptr});
    auto const right = parse_uri(b, {options.limits, nullptr});
    if (!left || !right || left->has_userinfo || right->has_userinfo || left->has_authority != right->has_authority) return false;
    auto const path = [](uri const& url) { return url.has_authority && url.path.empty() ? std::string_view("/") : std::string_view(url.path); };
    return same_origin(*left, *right) && path(*left) == path(*right);
}

/// "https://app.example:8443", and nothing of a path or a query: a code may have got into either.
inline std::string origin_of(std::string_view url, check_options const& options) {
    auto const parsed = parse_uri(divide_url(url).base, {options.limits, nullptr});
    if (!parsed || !parsed->has_authority || parsed->has_userinfo) return {};
    return parsed->scheme + "://" + parsed->host + (parsed->port.empty() ? "" : ":" + parsed->port);
}

/// Whether the URL is the redirect_uri with parameters added (RFC 6749 4.1.2). Those that it has by itself must all be there, in any order and
/// encoding: servers write the query anew.
inline bool is_redirect_to(std::string_view url, redirect_parameters const& parameters, std::string_view redirect_uri, check_options const& options) {
    auto const registered = divide_url(redirect_uri);
    if (redirect_uri.empty() || !is_same_address(divide_url(url).base, registered.base, options)) return false;
    auto const own = parse_form(registered.query, {options.limits, nullptr});
    if (!own) return false;
    return std::all_of(own->begin(), own->end(), [&](form_parameter const& wanted) {
        auto const* const found = find_parameter(parameters.all, wanted.name);
        return found && found->value == wanted.value;
    });
}

/// `none` stands alone, and cannot be had together with a fresh authentication (OIDC Core 3.1.2.1).
inline bool is_prompt_contradictory(authorization_parameters const& parameters) noexcept {
    if (!has_word(parameters.prompt, "none")) return false;
    auto rest = std::string_view(parameters.prompt);
    next_word(rest);
    return !next_word(rest).empty() || (parameters.max_age && parameters.max_age->count() == 0);
}

/// Extra parameters: none of ours, each once.
inline std::optional<error> validate_extra_parameters(std::vector<authorization_parameter> const& extra, check_options const& options) {
    rule_check const rule{options};
    if (auto e = rule(extra.size() <= options.limits.parameters, error_code::too_many_parameters)) return e;
    for (auto parameter = extra.begin(); parameter != extra.end(); ++parameter) {
        auto const& name = parameter->name;
        if (auto e = rule(!name.empty(), error_code::form_malformed, {}, "a name")) return e;
        if (auto e = rule(!is_one_of(reserved_parameters, name), error_code::parameter_reserved, name)) return e;
        bool const repeated = std::any_of(extra.begin(), parameter, [&](auto const& other) { return other.name == name; });
        if (auto e = rule(!repeated, error_code::parameter_repeated, name)) return std::move(*e).with_condition(condition::correct_input);
    }
    return std::nullopt;
}

} // namespace detail

CALIMATIC_DECL result<void> validate_redirect_uri(std::string_view redirect_uri, check_options const& options) {
    detail::rule_check const rule{options};
    auto const parsed = detail::parse_uri(redirect_uri, options);
    if (!parsed) return parsed.error();
    constexpr auto invalid = error_code::redirect_uri_invalid;
    if (auto e = rule(!parsed->fragment, invalid, "a fragment")) return *std::move(e);
    if (auto e = rule(!parsed->has_userinfo, invalid, "a user name")) return *std::move(e);
    if (parsed->scheme == "https" || parsed->scheme == "http") {
        if (auto e = rule(!parsed->host.empty(), invalid, "no host")) return *std::move(e);
        bool const safe = parsed->scheme == "https" || parsed->is_loopback();
        if (auto e = rule(safe, invalid, "http://" + parsed->host, "https, or http on loopback")) return *std::move(e);
    } else {
        // RFC 8252 7.1: a domain name in reverse. It also keeps out javascript:, data: and file:.
        bool const private_use = parsed->scheme.find('.') != std::string::npos;
        if (auto e = rule(private_use, invalid, parsed->scheme + ":", "https, or a private-use scheme with a period in it")) return *std::move(e);
    }
    // Its own parameters come back together with those of the answer, where none may be there twice.
    auto const own = detail::parse_form(parsed->query.value_or(""), options);
    if (!own) return own.error();
    if (auto e = rule(!detail::find_repeated(*own), invalid, "a parameter twice")) return *std::move(e);
    for (auto const& [name, value] : *own)
        if (auto e = rule(!detail::is_one_of(detail::answer_parameters, name), invalid, "the parameter " + name)) return *std::move(e);
    return {};
}

CALIMATIC_DECL result<std::string> build_authorization_url(server_metadata const& server, client_information const& client,
    authorization_parameters const& parameters, authorization_binding const& binding, check_options const& options) {
    detail::rule_check const rule{options};
    auto const& endpoint = server.authorization_endpoint;
    if (auto e = rule(!endpoint.empty(), error_code::endpoint_missing, {}, "authorization_endpoint")) return *std::move(e);
    auto const parsed = detail::check_endpoint(endpoint, options);
    if (!parsed) return parsed.error();
    if (auto e = rule(!client.client_id.empty(), error_code::client_id_missing)) return *std::move(e);
    if (auto const valid = validate_redirect_uri(parameters.redirect_uri, options); !valid) return valid.error();

    auto scope = detail::normalize_scope(parameters.scope);
    if (auto e = rule(scope.has_value(), error_code::scope_malformed)) return *std::move(e);
    if (!detail::has_word(*scope, "openid")) scope->insert(0, scope->empty() ? "openid" : "openid ");
    if (auto e = rule(!detail::is_prompt_contradictory(parameters), error_code::prompt_contradictory)) return *std::move(e);
    if (auto e = rule(!parameters.max_age || parameters.max_age->count() >= 0, error_code::max_age_negative)) return *std::move(e);
    auto acr_values = std::string_view(parameters.acr_values);
    bool const acr_named = !detail::next_word(acr_values).empty();
    if (auto e = rule(acr_named || !parameters.acr_required, error_code::acr_values_missing)) return *std::move(e);
    for (auto const& resource : parameters.resource) {
        auto const target = detail::parse_uri(resource, options);
        if (!target) return target.error();
        if (auto e = rule(!target->fragment, error_code::url_has_fragment)) return *std::move(e);
    }
    if (auto e = detail::validate_extra_parameters(parameters.extra, options)) return *std::move(e);
    bool const bound = !binding.state.empty() && !binding.nonce.empty() && !binding.code_challenge.empty();
    if (auto e = rule(bound, error_code::binding_missing)) return *std::move(e);

    detail::authorization_query query;
    query.add("response_type", "code");
    query.add("client_id", client.client_id);
    query.add("redirect_uri", parameters.redirect_uri);
    query.add("scope", *scope);
    query.add("state", binding.state);
    query.add("nonce", binding.nonce);
    query.add("code_challenge", binding.code_challenge);
    query.add("code_challenge_method", "S256");
    query.add_optional("prompt", parameters.prompt);
    if (parameters.max_age) query.add("max_age", std::to_string(parameters.max_age->count()));
    query.add_optional("acr_values", parameters.acr_values);
    query.add_optional("login_hint", parameters.login_hint);
    query.add_optional("ui_locales", parameters.ui_locales);
    query.add_optional("display", parameters.display);
    for (auto const& resource : parameters.resource) query.add("resource", resource); // RFC 8707 2: may be repeated
    for (auto const& [name, value] : parameters.extra) query.add(name, value);
    if (auto e = rule(query.encodable(), error_code::form_malformed)) return *std::move(e);

    auto const own = detail::parse_form(parsed->query.value_or(""), options);
    if (!own) return own.error();
    for (auto const& parameter : *own)
        if (auto e = rule(!query.has(parameter.name), error_code::parameter_repeated, parameter.name)) return *std::move(e);
    auto url = detail::append_query(endpoint, query.text());
    if (auto e = rule(url.size() <= options.limits.url, error_code::url_too_long)) return *std::move(e);
    return url;
}

CALIMATIC_DECL result<authorization_response> validate_authorization_response(
    std::string_view url, authorization_expectations const& expected, check_options const& options) {
    detail::rule_check const rule{options};
    detail::redirect_parameters parameters;
    if (auto e = detail::read_redirect(url, parameters, options)) return *std::move(e);
    auto const* const repeated = detail::find_repeated(parameters.all);
    bool const can_be_told = repeated && detail::is_one_of(detail::answer_parameters, repeated->name); // any other may be secret, for all we know
    auto const repeated_name = can_be_told ? std::string_view(repeated->name) : std::string_view();
    if (auto e = rule(!repeated, error_code::parameter_repeated, repeated_name)) return *std::move(e);
    bool const ours = detail::is_redirect_to(url, parameters, expected.redirect_uri, options);
    auto const origin = ours ? std::string() : detail::origin_of(url, options);
    if (auto e = rule(ours, error_code::redirect_not_ours, origin, expected.redirect_uri)) return *std::move(e);

    auto const state = parameters["state"];
    if (auto e = rule(!state.empty(), error_code::state_missing)) return *std::move(e);
    if (auto e = rule(constant_time_equal(state, expected.state), error_code::state_mismatch)) return *std::move(e);
    auto const iss = parameters["iss"];
    if (auto e = rule(!iss.empty() || !expected.iss_required, error_code::authorization_iss_missing, {}, expected.issuer)) return *std::move(e);
    if (auto e = rule(iss.empty() || iss == expected.issuer, error_code::authorization_iss_mismatch, iss, expected.issuer)) return *std::move(e);

    auto const code = parameters["code"];
    auto const refusal = parameters["error"];
    auto const with_words = [&](error e) { return std::move(e).with_server(refusal, parameters["error_description"]).without(state).without(code); };
    if (auto e = rule(code.empty() || refusal.empty(), error_code::code_and_error)) return with_words(*std::move(e));
    if (auto e = rule(refusal.empty(), error_code::authorization_error))
        return with_words(*std::move(e)).with_condition(detail::condition_of(refusal, condition::access_refused));
    if (auto e = rule(!code.empty(), error_code::code_missing)) return *std::move(e);
    bool const legal = std::all_of(code.begin(), code.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }); // RFC 6749 A.11
    if (auto e = rule(legal, error_code::form_malformed, {}, "a code of printable ASCII"))
        return std::move(*e).with_condition(condition::distrust_server);
    return authorization_response(secret_string(code));
}

CALIMATIC_DECL bool is_our_redirect(std::string_view url, authorization_expectations const& expected, check_options const& options) {
    detail::redirect_parameters parameters;
    if (detail::read_redirect(url, parameters, options)) return false;
    auto const states = std::count_if(parameters.all.begin(), parameters.all.end(), [](auto const& parameter) { return parameter.name == "state"; });
    return states == 1 && detail::is_redirect_to(url, parameters, expected.redirect_uri, options) && !expected.state.empty() &&
        constant_time_equal(parameters["state"], expected.state);
}

} // namespace calimatic::inline CALIMATIC_ABI
