#pragma once
#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/keys.hpp"
#include "support/tokens.hpp"

/// \file
/// A small provider for the tests of flows: honest by default, and with a place to tamper with each of its answers.

namespace support {

namespace cal = calimatic;

inline constexpr cal::time_point noon{cal::milliseconds{1'800'000'000'000}};

inline std::int64_t seconds_of(cal::time_point time) { return time.time_since_epoch().count() / 1000; }

/// The value of a parameter of a form or a query, or "".
inline std::string parameter(std::string_view form, std::string_view name) {
    if (auto const query = form.find('?'); query != std::string_view::npos) form.remove_prefix(query + 1);
    auto const parsed = cal::detail::parse_form(form, {});
    if (parsed)
        for (auto const& p : *parsed)
            if (p.name == name) return p.value;
    return {};
}

class provider {
public:
    std::string issuer = "https://op.example";
    std::string_view key = rsa_key;                   ///< signs ID Tokens
    std::vector<std::string_view> published{rsa_key}; ///< at jwks_uri
    std::string userinfo_key;                         ///< signs UserInfo; "": it is JSON
    std::string scope;                                ///< in the token response; "": left out
    std::string code = "the-code";
    std::string access_token = "the-access-token";
    std::function<std::string(std::string)> edit_claims = [](std::string claims) { return claims; };
    std::function<std::string(std::string)> edit_id_token = [](std::string token) { return token; };
    /// Gets every honest answer with the name of its endpoint, and may replace it, by a failure, too.
    std::function<cal::result<cal::http_response, cal::transport_failure>(std::string_view, cal::http_response)> tamper =
        [](std::string_view, cal::http_response honest) { return honest; };
    std::vector<std::string> log; ///< the endpoints, in the order in which they were asked

    cal::server_metadata metadata() const {
        return {.issuer = issuer,
            .authorization_endpoint = issuer + "/authorize",
            .token_endpoint = issuer + "/token",
            .jwks_uri = issuer + "/jwks",
            .userinfo_endpoint = issuer + "/userinfo",
            .authorization_response_iss_parameter_supported = true};
    }

    /// What user and browser do: follows the authorization URL and gives the redirect.
    std::string authorize(std::string_view url) {
        nonce_ = parameter(url, "nonce");
        challenge_ = parameter(url, "code_challenge");
        redirect_uri_ = parameter(url, "redirect_uri");
        client_id_ = parameter(url, "client_id");
        return redirect_uri_ + "?code=" + code + "&state=" + parameter(url, "state") + "&iss=" + cal::detail::form_encode(issuer);
    }

    cal::result<cal::http_response, cal::transport_failure> handle(cal::http_request const& request, cal::time_point time) {
        auto const endpoint = request.url.substr(request.url.rfind('/') + 1);
        log.push_back(endpoint);
        cal::http_response answer{200, {{"Content-Type", "application/json"}, {"Date", "not a date"}}, {}};
        if (endpoint == "openid-configuration") {
            answer.body = serialize(metadata());
        } else if (endpoint == "jwks") {
            for (auto k : published) answer.body += (answer.body.empty() ? "" : ",") + public_jwk(k);
            answer.body = "{\"keys\":[" + answer.body + "]}";
        } else if (endpoint == "token") {
            answer = token(request, time);
        } else if (endpoint == "userinfo") {
            bool const known = cal::find_header(request.headers, "Authorization") == "Bearer " + access_token;
            answer.status = known ? 200 : 401;
            answer.body = R"({"sub":"alice","name":"Alice","email":"alice@example.com"})";
            if (!userinfo_key.empty()) {
                answer.headers[0].value = "application/jwt";
                answer.body = sign(userinfo_key, "{\"iss\":\"" + issuer + "\",\"aud\":\"" + client_id_ + "\"," + answer.body.substr(1));
            }
        } else {
            answer.status = 404;
        }
        return tamper(endpoint, std::move(answer));
    }

private:
    cal::http_response token(cal::http_request const& request, cal::time_point time) {
        cal::http_response answer{200, {{"Content-Type", "application/json"}}, {}};
        if (parameter(request.body, "code") != code || parameter(request.body, "redirect_uri") != redirect_uri_ ||
            !proves(parameter(request.body, "code_verifier"))) {
            answer.status = 400;
            answer.body = R"({"error":"invalid_grant"})";
            return answer;
        }
        auto const claims =
            edit_claims("{\"iss\":\"" + issuer + "\",\"sub\":\"alice\",\"aud\":\"" + client_id_ + "\",\"name\":\"Alice\",\"nonce\":\"" + nonce_ +
                "\",\"iat\":" + std::to_string(seconds_of(time)) + ",\"exp\":" + std::to_string(seconds_of(time) + 300) + "}");
        auto const id_token = edit_id_token(sign(key, claims));
        answer.body = "{\"access_token\":\"" + access_token + R"(","token_type":"Bearer","expires_in":3600,"refresh_token":"the-refresh-token")";
        if (!scope.empty()) answer.body += ",\"scope\":\"" + scope + "\"";
        answer.body += ",\"id_token\":\"" + id_token + "\"}";
        return answer;
    }

#if !defined(CALIMATIC_CRYPTO_NONE)
    bool proves(std::string_view verifier) const { return cal::compute_code_challenge(verifier).value_or("") == challenge_; }
    static std::string sign(std::string_view with, std::string_view claims) { return signed_token(with, claims); }
#else // a host that answers the questions itself can pretend
    bool proves(std::string_view verifier) const { return !verifier.empty(); }
    static std::string sign(std::string_view, std::string_view claims) {
        return unsigned_token(R"({"alg":"RS256","kid":"rsa-1"})", claims, std::string(256, 's'));
    }
#endif

    std::string nonce_, challenge_, redirect_uri_, client_id_;
};

/// A host under virtual time.
struct virtual_host {
    provider& server;
    cal::time_point time = noon;

    cal::time_point now() const { return time; }
    void wait_until(cal::time_point until) { time = (std::max)(time, until); }
    cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
        time += cal::milliseconds{20};
        return server.handle(request, time);
    }
};

} // namespace support
