#include <calimatic/auth.hpp>
#include <calimatic/detail/form.hpp>
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "support/keys.hpp"
#include "support/provider.hpp"
#include "support/tokens.hpp"

/// \file
/// Seeds that are made rather than kept: whatever a provider answers in a whole sign-in, and values as the library saves them.

namespace fuzz {

namespace {

std::string text_of(cal::http_response const& response) {
    auto text = std::to_string(response.status) + '\n';
    for (auto const& [name, value] : response.headers) text += name + ": " + value + '\n';
    return text + '\n' + response.body;
}

/// For the machines, whose input is decisions: all of them honest, and each one taken differently in every way.
void make_decisions(
    void (*write)(std::string_view target, std::string_view name, std::string_view bytes), std::string_view target, std::size_t decisions) {
    std::string bytes(decisions + 16, '\0');
    write(target, "honest", bytes);
    for (std::size_t at = 0; at < decisions; ++at) {
        for (char taken = 1; taken < 12; ++taken) {
            bytes[at] = taken;
            write(target, std::to_string(at) + '-' + std::to_string(taken), bytes);
        }
        bytes[at] = 0;
    }
}

} // namespace

void make_seeds(void (*write)(std::string_view target, std::string_view name, std::string_view bytes)) {
    make_decisions(write, "authorization_code_flow", 56);
    for (char claim = 1; claim <= 12; ++claim) // the third decision of a provider, and what becomes of the claim
        for (char value = -1; value < 14; ++value) {
            std::string bytes(72, '\0');
            bytes[2] = claim;
            bytes[3] = value < 0;
            bytes[4] = (std::max)(value, '\0');
            write("authorization_code_flow", "claim-" + std::to_string(claim) + '-' + std::to_string(value), bytes);
        }
    make_decisions(write, "token_validation", 24);
    make_decisions(write, "jwk_set_source", 24);
    for (auto const target : {"discovery", "single_request"}) make_decisions(write, target, 16);
    make_decisions(write, "session", 64);
    cal::http_response const about_alice{200, {{"Content-Type", "application/jwt"}},
        support::signed_token(support::ed25519_key, R"({"iss":"https://op.example","aud":"client","sub":"alice"})")};
    write("signed_userinfo", "provider", text_of(about_alice));
    for (auto const key : {support::rsa_key, support::p256_key, support::ed25519_key}) {
        support::provider provider;
        provider.key = key;
        provider.published = {key, support::other_p256_key};
        provider.access_token = std::string(planted) + "-access-token";
        provider.scope = "openid email";
        auto const kid = std::string(*support::json_of(key).root()["kid"].as_string());
        std::string id_token;
        provider.edit_id_token = [&id_token](std::string token) { return id_token = std::move(token); };
        provider.tamper = [&](std::string_view endpoint, cal::http_response answer) {
            auto const text = text_of(answer);
            if (endpoint == "openid-configuration") {
                write("server_metadata", "provider", answer.body);
                write("server_metadata_response", "provider", text);
                write("json", "server_metadata", answer.body);
            } else if (endpoint == "jwks") {
                write("jwk_set", "provider-" + kid, answer.body);
                write("server_metadata_response", "keys-" + kid, text);
            } else if (endpoint == "token") {
                write("token_response", "provider-" + kid, '\1' + text);
                write("response", "token-" + kid, text);
            } else {
                write("userinfo_response", "provider", text);
            }
            return answer;
        };

        support::virtual_host host{provider};
        support::seeded_random random;
        auto const metadata = cal::drive(cal::discover(provider.issuer), host);
        cal::client_information client{.client_id = "client",
            .client_secret = std::string(planted) + "-client-secret",
            .id_token_signed_response_alg = std::string(cal::traits_of(support::algorithm_of(key)).alg)};
        write("client_information", "confidential", cal::serialize(client).expose());
        cal::authorization_parameters parameters;
        parameters.redirect_uri = "https://app.example/cb";
        parameters.max_age = cal::seconds(600);
        auto flow = cal::authorization_code_flow::start(*metadata, std::move(client), parameters, random, host.now(), {.request_userinfo = true});
        write("code_verifier", "begun", flow->pending()->code_verifier.expose());
        write("pending_sign_in", "begun", cal::serialize(*flow->pending()).expose());
        auto const redirect = provider.authorize(*flow->authorization_url());
        write("uri", "authorization_url", *flow->authorization_url());
        write("form", "redirect", redirect.substr(redirect.find('?') + 1));
        (void)flow->handle_redirect(redirect, host.now());
        auto const result = cal::drive(*flow, host);
        if (result)
            for (auto const target : {"token_set", "blob"}) write(target, "signed-in-" + kid, cal::serialize(result->tokens).expose());

        auto const parts = support::take_apart(id_token);
        write("compact_jws", "id_token-" + kid, id_token);
        write("claims", "id_token", parts.payload);
        write("json", "id_token", parts.payload);
        write("base64url", "signature-" + kid, support::encode(parts.signature));
    }
}

} // namespace fuzz
