#pragma once
#include <calimatic/oauth/client_management.hpp>

#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/oauth/client_registration.ipp>
#include <calimatic/oauth/bearer_token.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// A request to the registration's own address, with its token, which goes to no other origin than the server's (RFC 7592 5).
CALIMATIC_DECL result<http_request> make_management_request(
    server_metadata const& server, client_registration const& registration, http_method method, std::string body, check_options const& options) {
    rule_check const rule{options};
    auto const address = registration.registration_client_uri.expose();
    bool const offered = !address.empty() && !registration.registration_access_token.empty();
    if (auto e = rule(offered, error_code::registration_management_missing)) return *std::move(e);
    auto const url = check_endpoint(address, options);
    if (!url) return url.error();
    auto const& own = server.registration_endpoint.empty() ? server.issuer : server.registration_endpoint;
    auto const home = check_endpoint(own, options);
    if (!home) return home.error();
    if (auto e = rule(same_origin(*url, *home), error_code::registration_client_uri_foreign, url->host, home->host)) return *std::move(e);
    auto request = make_registration_request(method, address, std::move(body), options);
    auto const put = put_bearer_token(request, registration.registration_access_token.expose(), options);
    if (!put) return put.error();
    return request;
}

CALIMATIC_DECL result<client_registration> read_management_response(
    http_response const& response, client_registration const& registration, client_metadata const& metadata, check_options const& options) {
    auto const without_secrets = [&](error e) { return without_registration_secrets(std::move(e), registration); };
    if (auto e = check_response(response, options.limits.token_body, options)) return without_secrets(*std::move(e));
    if (auto e = registration_refusal(response, options)) return without_secrets(*std::move(e));
    if (response.status != 200) return unexpected_status(response);
    auto before = registration.clone();
    before.metadata = metadata;
    auto read = read_registration(response, std::move(before), options);
    if (!read) return without_secrets(std::move(read).error());
    return read;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_client_read_request(
    server_metadata const& server, client_registration const& registration, check_options const& options) {
    return detail::make_management_request(server, registration, http_method::get, {}, options);
}

CALIMATIC_DECL result<client_registration> parse_client_read_response(
    http_response const& response, client_registration const& registration, check_options const& options) {
    return detail::read_management_response(response, registration, registration.metadata, options);
}

CALIMATIC_DECL result<http_request> build_client_update_request(
    server_metadata const& server, client_registration const& registration, client_metadata const& metadata, check_options const& options) {
    if (auto const valid = validate_client_metadata(metadata, options); !valid) return valid.error();
    detail::json_writer body;
    body.string("client_id", registration.client_id);
    detail::write_client_metadata(body, metadata);
    body.optional_string("software_statement", registration.software_statement);
    return detail::make_management_request(server, registration, http_method::put, body.finish(), options);
}

CALIMATIC_DECL result<client_registration> parse_client_update_response(
    http_response const& response, client_registration const& registration, client_metadata const& metadata, check_options const& options) {
    return detail::read_management_response(response, registration, metadata, options);
}

CALIMATIC_DECL result<http_request> build_client_delete_request(
    server_metadata const& server, client_registration const& registration, check_options const& options) {
    return detail::make_management_request(server, registration, http_method::delete_, {}, options);
}

CALIMATIC_DECL result<void> parse_client_delete_response(
    http_response const& response, client_registration const& registration, check_options const& options) {
    auto const without_secrets = [&](error e) { return detail::without_registration_secrets(std::move(e), registration); };
    if (response.status == 204) return {};
    if (auto e = detail::check_response(response, options.limits.token_body, options)) return without_secrets(*std::move(e));
    if (auto e = detail::registration_refusal(response, options)) return without_secrets(*std::move(e));
    return detail::unexpected_status(response);
}

} // namespace calimatic::inline CALIMATIC_ABI
