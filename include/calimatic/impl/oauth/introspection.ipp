#pragma once
#include <calimatic/oauth/introspection.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

CALIMATIC_DECL result<introspection> read_introspection(
    http_response const& response, introspection_expectations const& expected, time_point now, check_options const& options) {
    rule_check const rule{options};
    if (auto e = check_response(response, options.limits.token_body, options)) return *std::move(e);
    if (response.status >= 400 && response.status <= 499) {
        if (auto const words = parse_server_error(response.body, options)) {
            auto e = rule(false, error_code::introspection_error);
            return std::move(*e)
                .with_server(words->error, words->description)
                .with_http_status(response.status)
                .with_condition(condition_of(words->error, condition::fix_configuration));
        }
    }
    if (response.status != 200) return unexpected_status(response);

    introspection told;
    // Of a token that is not active nothing else is looked at: it may be anything (RFC 7662 2.2).
    auto const document = parse_json(response.body, options.limits.token, options);
    if (!document) return document.error();
    auto const root = document->root();
    if (auto e = rule(root.kind() == json_kind::object, error_code::json_not_an_object)) return *std::move(e);
    if (root["active"].as_bool() != true) return told;
    auto read = parse_claims(response.body, options);
    if (!read) return std::move(read).error();
    for (std::string_view const name : {"scope", "client_id", "username", "token_type"}) {
        auto const value = (*read)[name];
        bool const fits = !value.has_value() || value.kind() == json_kind::string;
        if (auto e = rule(fits, error_code::claim_type_wrong, name, "a string")) return *std::move(e);
    }
    auto const at = bounded_time(now);
    auto const tolerance = bounded_wait(expected.exp_tolerance);
    auto const exp = read->exp(), nbf = read->nbf();
    if ((exp && at >= *exp + tolerance) || (nbf && at + tolerance < *nbf)) return told;

    auto const iss = read->iss().value_or("");
    bool const of_issuer = expected.issuer.empty() || iss == expected.issuer;
    if (auto e = rule(of_issuer, error_code::introspection_iss_mismatch, iss, expected.issuer)) return *std::move(e);
    auto const aud = read->aud().value_or(std::vector<std::string_view>{});
    bool const for_us = expected.audience.empty() || std::find(aud.begin(), aud.end(), expected.audience) != aud.end();
    if (auto e = rule(for_us, error_code::introspection_aud_mismatch, aud.empty() ? "" : aud.front(), expected.audience)) return *std::move(e);
    auto const client_id = read->string("client_id").value_or("");
    bool const of_client = expected.client_id.empty() || client_id == expected.client_id;
    if (auto e = rule(of_client, error_code::introspection_client_mismatch, client_id, expected.client_id)) return *std::move(e);
    told.active = true;
    told.members = std::move(*read);
    return told;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_introspection_request(server_metadata const& server, client_information const& client,
    std::string_view token, std::string_view token_type_hint, time_point now, check_options const& options, random_source* random) {
    detail::rule_check const rule{options};
    auto request = detail::begin_form_request(server.introspection_endpoint, "introspection_endpoint", options);
    if (!request) return request;
    if (auto e = rule(!token.empty(), error_code::introspection_token_missing)) return *std::move(e);
    auto const method = select_client_auth_method(server, client, now, options);
    if (!method) return method.error();
    if (auto e = rule(*method != client_auth_method::none, error_code::introspection_without_credentials)) return *std::move(e);
    detail::append_form(request->body, "token", token);
    if (!token_type_hint.empty()) detail::append_form(request->body, "token_type_hint", token_type_hint);
    auto const authenticated = authenticate_client(*request, server, client, now, options, random);
    if (!authenticated) return authenticated.error();
    return request;
}

CALIMATIC_DECL result<introspection> parse_introspection_response(http_response const& response, client_information const& client,
    std::string_view token, introspection_expectations const& expected, time_point now, check_options const& options) {
    auto told = detail::read_introspection(response, expected, now, options);
    if (!told) return detail::without_client_secret(std::move(told).error(), client).without(token);
    return told;
}

} // namespace calimatic::inline CALIMATIC_ABI
