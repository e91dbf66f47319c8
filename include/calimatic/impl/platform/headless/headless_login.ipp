#pragma once
#include <calimatic/platform/headless/headless_login.hpp>

#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/headless/headless_call.ipp>
#include <calimatic/impl/platform/headless/headless_members.ipp>
#include <algorithm>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline result<mfa_challenge> read_mfa_challenge(json_document document, check_options const& options) {
    mfa_challenge challenge;
    headless_reader reader(document.root(), options);
    reader.token("mfaToken", challenge.mfa_token).duration("expiresIn", challenge.expires_in).strings("methods", challenge.methods);
    auto const object = reader.object("user");
    if (auto e = reader.failure()) return *std::move(e);
    auto user = read_headless_user(object, options);
    if (!user) return std::move(user).error();
    challenge.user = *std::move(user);
    challenge.document = std::move(document);
    return challenge;
}

inline result<headless_login> read_headless_login(http_response const& response, check_options const& options) {
    rule_check const rule{options};
    auto document = parse_headless_object(response, options);
    if (!document) return std::move(document).error();
    auto const root = document->root();
    auto const required = root["mfaRequired"];
    auto const is_challenge = required.as_bool();
    bool const readable = !required.has_value() || is_challenge;
    if (auto e = rule(readable, error_code::json_member_type_wrong, "mfaRequired", "a boolean")) return *std::move(e);

    // Whichever of the two was meant, the other one's secret must not be there.
    auto const names = headless_token_names::of_login();
    auto const has_token = [root](std::string_view name) { return root[name].has_value(); };
    bool const has_tokens = has_token(names.access_token) || has_token(names.refresh_token) || has_token(names.id_token);
    bool const one_outcome = is_challenge == true ? !has_tokens : !has_token("mfaToken");
    if (auto e = rule(one_outcome, error_code::headless_login_ambiguous)) return *std::move(e);

    if (is_challenge == true) {
        auto challenge = read_mfa_challenge(*std::move(document), options);
        if (!challenge) return std::move(challenge).error();
        return headless_login(*std::move(challenge));
    }
    auto tokens = read_headless_tokens(*std::move(document), options);
    if (!tokens) return std::move(tokens).error();
    return headless_login(*std::move(tokens));
}

} // namespace detail

CALIMATIC_DECL result<http_request> build_headless_login_request(
    platform_client const& platform, std::string_view email, secret_string const& password, check_options const& options) {
    detail::headless_body body(options);
    body.set("email", email).set("password", password.expose());
    return detail::build_headless_post(platform, "/login", body, options);
}

CALIMATIC_DECL result<headless_login> parse_headless_login_response(
    http_response const& response, platform_client const& platform, secret_string const& password, check_options const& options) {
    auto login = detail::read_headless_login(response, options);
    if (!login) return detail::told(std::move(login).error(), response, platform, {password.expose()});
    return login;
}

CALIMATIC_DECL result<http_request> build_mfa_verify_request(platform_client const& platform, secret_string const& mfa_token,
    secret_string const& code, std::string_view method, check_options const& options) {
    detail::headless_body body(options);
    body.set("mfaToken", mfa_token.expose()).set("code", code.expose()).set("method", method);
    return detail::build_headless_post(platform, "/mfa/verify", body, options);
}

CALIMATIC_DECL result<headless_tokens> parse_mfa_verify_response(http_response const& response, platform_client const& platform,
    secret_string const& mfa_token, secret_string const& code, check_options const& options) {
    auto document = detail::parse_headless_object(response, options);
    auto tokens = std::move(document).and_then([&](json_document whole) { return detail::read_headless_tokens(std::move(whole), options); });
    if (!tokens) return detail::told(std::move(tokens).error(), response, platform, {mfa_token.expose(), code.expose()});
    return tokens;
}

} // namespace calimatic::inline CALIMATIC_ABI
