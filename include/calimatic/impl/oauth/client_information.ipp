#pragma once
#include <calimatic/oauth/client_information.hpp>

#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int client_information_version = 1;
inline constexpr std::string_view token_endpoint_audience = "token_endpoint";

} // namespace detail

CALIMATIC_DECL client_information client_information::clone() const {
    return {client_id, client_secret.clone(), client_secret_expires_at, token_endpoint_auth_method, id_token_signed_response_alg,
        userinfo_signed_response_alg, private_jwk.clone(), token_endpoint_auth_signing_alg, assertion_audience};
}

CALIMATIC_DECL secret_string serialize(client_information const& client) {
    detail::json_writer writer;
    detail::begin_blob(writer, "client_information", detail::client_information_version);
    writer.string("client_id", client.client_id);
    writer.optional_string("client_secret", client.client_secret.expose());
    if (client.client_secret_expires_at) writer.number("client_secret_expires_at", client.client_secret_expires_at->time_since_epoch().count());
    writer.string("token_endpoint_auth_method", client.token_endpoint_auth_method);
    writer.string("id_token_signed_response_alg", client.id_token_signed_response_alg);
    writer.optional_string("userinfo_signed_response_alg", client.userinfo_signed_response_alg);
    writer.optional_string("private_jwk", client.private_jwk.expose());
    writer.optional_string("token_endpoint_auth_signing_alg", client.token_endpoint_auth_signing_alg);
    if (client.assertion_audience == client_assertion_audience::token_endpoint) writer.string("assertion_audience", detail::token_endpoint_audience);
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<client_information> parse_client_information(std::string_view blob, check_options const& options) {
    detail::rule_check const rule{options};
    auto const document = detail::parse_blob(blob, "client_information", detail::client_information_version, options);
    if (!document) return document.error();
    client_information client;
    std::string audience;
    detail::blob_reader reader(document->root());
    reader.string("client_id", client.client_id)
        .optional_secret("client_secret", client.client_secret)
        .optional_time("client_secret_expires_at", client.client_secret_expires_at)
        .string("token_endpoint_auth_method", client.token_endpoint_auth_method)
        .string("id_token_signed_response_alg", client.id_token_signed_response_alg)
        .optional_string("userinfo_signed_response_alg", client.userinfo_signed_response_alg)
        .optional_secret("private_jwk", client.private_jwk)
        .optional_string("token_endpoint_auth_signing_alg", client.token_endpoint_auth_signing_alg)
        .optional_string("assertion_audience", audience);
    bool const known = audience.empty() || audience == detail::token_endpoint_audience;
    if (auto e = rule(reader.whole() && known, error_code::blob_malformed)) return *std::move(e);
    if (!audience.empty()) client.assertion_audience = client_assertion_audience::token_endpoint;
    return client;
}

} // namespace calimatic::inline CALIMATIC_ABI
