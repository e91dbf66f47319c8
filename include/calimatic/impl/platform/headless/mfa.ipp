#pragma once
#include <calimatic/platform/headless/mfa.hpp>

#include <calimatic/impl/platform/headless/headless_call.ipp>
#include <calimatic/oauth/bearer_token.hpp>
#include <initializer_list>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline result<http_request> with_bearer(result<http_request> request, std::string_view access_token, check_options const& options) {
    if (!request) return request;
    if (auto const put = put_bearer_token(*request, access_token, options); !put) return put.error();
    return request;
}

inline result<http_request> build_mfa_get(
    platform_client const& platform, std::string_view path, std::string_view access_token, check_options const& options) {
    return with_bearer(build_headless_request(platform, http_method::get, path, {}, options), access_token, options);
}

inline result<http_request> build_mfa_post(
    platform_client const& platform, std::string_view path, headless_body& body, std::string_view access_token, check_options const& options) {
    return with_bearer(build_headless_post(platform, path, body, options), access_token, options);
}

/// A 401 or a 403 without a word of the platform's own is still one about the access token.
inline result<json_document> parse_mfa_reply(
    http_response const& response, platform_client const& platform, std::initializer_list<std::string_view> secrets, check_options const& options) {
    auto document = parse_open_headless_reply(response, platform, secrets, options);
    bool const is_wordless = !document && document.error() == error_code::status_unexpected && (response.status == 401 || response.status == 403);
    if (!is_wordless) return document;
    if (auto e = parse_resource_error(response, options)) return told(*std::move(e), response, platform, secrets);
    return document;
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_mfa_status_request(
    platform_client const& platform, std::string_view access_token, check_options const& options) {
    return detail::build_mfa_get(platform, "/mfa/status", access_token, options);
}

CALIMATIC_DECL result<json_document> parse_mfa_status_response(
    http_response const& response, platform_client const& platform, std::string_view access_token, check_options const& options) {
    return detail::parse_mfa_reply(response, platform, {access_token}, options);
}

CALIMATIC_DECL result<http_request> build_mfa_enroll_request(platform_client const& platform, std::string_view access_token, std::string_view method,
    headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set_optional(profile.mfa_enroll_method, "mfa_enroll_method", method);
    return detail::build_mfa_post(platform, "/mfa/enroll", body, access_token, options);
}

CALIMATIC_DECL result<json_document> parse_mfa_enroll_response(
    http_response const& response, platform_client const& platform, std::string_view access_token, check_options const& options) {
    return detail::parse_mfa_reply(response, platform, {access_token}, options);
}

CALIMATIC_DECL result<http_request> build_mfa_enroll_confirm_request(platform_client const& platform, std::string_view access_token,
    secret_string const& code, headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set(profile.mfa_enroll_confirm_code, "mfa_enroll_confirm_code", code.expose());
    return detail::build_mfa_post(platform, "/mfa/enroll/confirm", body, access_token, options);
}

CALIMATIC_DECL result<json_document> parse_mfa_enroll_confirm_response(http_response const& response, platform_client const& platform,
    std::string_view access_token, secret_string const& code, check_options const& options) {
    return detail::parse_mfa_reply(response, platform, {access_token, code.expose()}, options);
}

CALIMATIC_DECL result<http_request> build_mfa_disable_request(platform_client const& platform, std::string_view access_token, mfa_proof const& proof,
    headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set_optional(profile.mfa_disable_code, "mfa_disable_code", proof.code.expose())
        .set_optional(profile.mfa_disable_password, "mfa_disable_password", proof.password.expose());
    return detail::build_mfa_post(platform, "/mfa/disable", body, access_token, options);
}

CALIMATIC_DECL result<json_document> parse_mfa_disable_response(http_response const& response, platform_client const& platform,
    std::string_view access_token, mfa_proof const& proof, check_options const& options) {
    return detail::parse_mfa_reply(response, platform, {access_token, proof.code.expose(), proof.password.expose()}, options);
}

CALIMATIC_DECL result<http_request> build_mfa_backup_codes_request(
    platform_client const& platform, std::string_view access_token, check_options const& options) {
    return detail::build_mfa_get(platform, "/mfa/backup-codes", access_token, options);
}

CALIMATIC_DECL result<json_document> parse_mfa_backup_codes_response(
    http_response const& response, platform_client const& platform, std::string_view access_token, check_options const& options) {
    return detail::parse_mfa_reply(response, platform, {access_token}, options);
}

CALIMATIC_DECL result<http_request> build_regenerate_mfa_backup_codes_request(platform_client const& platform, std::string_view access_token,
    mfa_proof const& proof, headless_profile const& profile, check_options const& options) {
    detail::headless_body body(options);
    body.set_optional(profile.mfa_backup_codes_code, "mfa_backup_codes_code", proof.code.expose())
        .set_optional(profile.mfa_backup_codes_password, "mfa_backup_codes_password", proof.password.expose());
    return detail::build_mfa_post(platform, "/mfa/backup-codes", body, access_token, options);
}

CALIMATIC_DECL result<json_document> parse_regenerate_mfa_backup_codes_response(http_response const& response, platform_client const& platform,
    std::string_view access_token, mfa_proof const& proof, check_options const& options) {
    return detail::parse_mfa_reply(response, platform, {access_token, proof.code.expose(), proof.password.expose()}, options);
}

} // namespace calimatic::inline CALIMATIC_ABI
