#pragma once
#include <calimatic/oauth/revocation.hpp>

#include <calimatic/detail/form.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<http_request> build_revocation_request(server_metadata const& server, client_information const& client, std::string_view token,
    std::string_view token_type_hint, time_point now, check_options const& options, random_source* random) {
    auto request = detail::begin_form_request(server.revocation_endpoint, "revocation_endpoint", options);
    if (!request) return request;
    if (auto e = detail::rule_check{options}(!token.empty(), error_code::token_missing)) return *std::move(e);
    detail::append_form(request->body, "token", token);
    if (!token_type_hint.empty()) detail::append_form(request->body, "token_type_hint", token_type_hint);
    if (auto const authenticated = authenticate_client(*request, server, client, now, options, random); !authenticated) return authenticated.error();
    return request;
}

CALIMATIC_DECL result<void> parse_revocation_response(
    http_response const& response, client_information const& client, std::string_view token, check_options const& options) {
    if (response.status == 200) return {}; // before anything that is said beside it
    auto const without_secrets = [&](error e) { return detail::without_client_secret(std::move(e), client).without(token); };
    if (auto e = detail::check_response(response, options.limits.token_body, options)) return without_secrets(*std::move(e));
    if (response.status >= 400 && response.status <= 499) {
        if (auto const words = detail::parse_server_error(response.body, options)) {
            auto e = detail::rule_check{options}(false, error_code::revocation_error);
            return without_secrets(std::move(*e)
                                       .with_server(words->error, words->description)
                                       .with_http_status(response.status)
                                       .with_retry_after(retry_after(response))
                                       .with_condition(detail::condition_of(words->error, condition::fix_configuration)));
        }
    }
    return detail::unexpected_status(response);
}

} // namespace calimatic::inline CALIMATIC_ABI
