#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/form.hpp>
#include <string>
#include <string_view>

#include "support/tokens.hpp"

/// \file
/// A provider in memory that knows one script, for the programs of this folder and the code of the README. It is honest unless told otherwise.

class scripted_provider {
public:
    explicit scripted_provider(calimatic::time_point now) : now_(std::chrono::floor<calimatic::seconds>(now).time_since_epoch().count()) {}

    std::string id_token_nonce; ///< instead of the one that was sent

    /// What the browser is sent to after the user has signed in at the URL.
    std::string authorize(std::string_view authorization_url) {
        auto const query = authorization_url.substr(authorization_url.find('?') + 1);
        redirect_uri_ = parameter(query, "redirect_uri");
        client_id_ = parameter(query, "client_id");
        if (id_token_nonce.empty()) id_token_nonce = parameter(query, "nonce");
        return redirect_uri_ + "?code=code-1&state=" + parameter(query, "state") + "&iss=" + calimatic::detail::form_encode(issuer_);
    }

    calimatic::http_response handle(calimatic::http_request const& request) {
        std::string_view const url = request.url;
        auto const origin = url.substr(0, url.find('/', url.find("://") + 3));
        auto const path = url.substr(origin.size());
        if (path == "/.well-known/openid-configuration") {
            issuer_ = origin;
            return json(metadata());
        }
        if (path == "/jwks") return json(support::jwk_set_text({support::public_jwk(support::rsa_key, R"("use":"sig","alg":"RS256")")}));
        if (path == "/token") return token(request.body);
        if (path == "/userinfo" && bearer(request) == access_token()) return json(R"({"sub":"user-1","name":"Ada","email":"ada@example.com"})");
        return {path == "/userinfo" ? 401 : 404, {}, {}};
    }

private:
    static std::string parameter(std::string_view form, std::string_view name) {
        auto const parameters = calimatic::detail::parse_form(form, {});
        if (parameters)
            for (auto const& parameter : *parameters)
                if (parameter.name == name) return parameter.value;
        return {};
    }
    static std::string_view bearer(calimatic::http_request const& request) {
        auto const field = calimatic::find_header(request.headers, "authorization").value_or("");
        return field.starts_with("Bearer ") ? field.substr(7) : std::string_view();
    }
    static calimatic::http_response json(std::string body, int status = 200) {
        return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
    }

    std::string metadata() const {
        return R"({"issuer":")" + issuer_ + R"(","authorization_endpoint":")" + issuer_ + R"(/auth","token_endpoint":")" + issuer_ +
               R"(/token","jwks_uri":")" + issuer_ + R"(/jwks","userinfo_endpoint":")" + issuer_ + R"(/userinfo","end_session_endpoint":")" + issuer_ +
               R"(/logout","revocation_endpoint":")" + issuer_ +
               R"(/revoke","response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"],)"
               R"("code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none","client_secret_basic"],)"
               R"("grant_types_supported":["authorization_code","refresh_token"],"authorization_response_iss_parameter_supported":true})";
    }

    calimatic::http_response token(std::string_view form) {
        auto const grant = parameter(form, "grant_type");
        bool const known = grant == "authorization_code" ? parameter(form, "code") == "code-1" && parameter(form, "redirect_uri") == redirect_uri_
                                                         : grant == "refresh_token" && parameter(form, "refresh_token") == refresh_token();
        if (!known) return json(R"({"error":"invalid_grant"})", 400);
        ++generation_;
        return json(R"({"access_token":")" + access_token() + R"(","token_type":"Bearer","expires_in":3600,"refresh_token":")" + refresh_token() +
                    R"(","scope":"openid profile","id_token":")" + id_token() + R"("})");
    }
    std::string access_token() const { return "access-" + std::to_string(generation_); }
    std::string refresh_token() const { return "refresh-" + std::to_string(generation_); }
    std::string id_token() const {
        auto const payload = R"({"iss":")" + issuer_ + R"(","sub":"user-1","aud":")" + client_id_ + R"(","exp":)" + std::to_string(now_ + 3600) +
                             R"(,"iat":)" + std::to_string(now_) + R"(,"nonce":")" + id_token_nonce + R"(","name":"Ada"})";
#if !defined(CALIMATIC_CRYPTO_NONE)
        return support::signed_token(support::rsa_key, payload);
#else
        return support::unsigned_token(R"({"alg":"RS256","kid":"rsa-1"})", payload, std::string(256, 's'));
#endif
    }

    long long now_;
    int generation_ = 0;
    std::string issuer_ = "https://auth.calimatic.com", redirect_uri_, client_id_;
};
