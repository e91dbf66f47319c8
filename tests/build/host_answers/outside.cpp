#include "outside.hpp"

#include <calimatic/auth.hpp>
#include <calimatic/detail/crypto.hpp>

#include "support/provider.hpp"

namespace cal = calimatic;

namespace outside {

static support::provider provider;

std::string issuer() { return provider.issuer; }

void begin(provider_mode mode) {
    provider = {};
    if (mode == provider_mode::wrong_signature) provider.edit_id_token = [](std::string token) { return support::with_flipped_signature(token); };
    auto const hash = mode == provider_mode::wrong_at_hash ? std::string(16, 'x') : sha256("the-access-token").substr(0, 16);
    provider.edit_claims = [hash](std::string claims) { return support::with_member(claims, "at_hash", '"' + support::encode(hash) + '"'); };
}

std::string follow(std::string const& authorization_url) { return provider.authorize(authorization_url); }

void send(exchange& exchange) {
    cal::http_request request;
    request.url = exchange.url;
    request.body = exchange.body;
    if (!exchange.authorization.empty()) request.headers.push_back({"Authorization", exchange.authorization});
    auto const response = provider.handle(request, support::noon).value();
    exchange.status = response.status;
    exchange.content = response.body;
}

std::string logout_token() {
    return support::signed_token(support::rsa_key,
        R"({"iss":"https://op.example","aud":"client","sub":"alice","iat":1800000000,"exp":1800000120,"jti":"1",)"
        R"("events":{"http://schemas.openid.net/event/backchannel-logout":{}}})",
        "logout+jwt");
}

bool verifies(std::string const& alg, std::string const& kty, std::string const& crv, std::string const& a, std::string const& b,
    std::string const& data, std::string const& signature) {
    cal::crypto_question question;
    question.what = cal::crypto_question::kind::verify_signature;
    question.algorithm = cal::parse_algorithm(alg).value();
    question.key.kty = kty;
    question.key.crv = crv;
    (kty == "RSA" ? question.key.n : question.key.x) = a;
    (kty == "RSA" ? question.key.e : question.key.y) = b;
    question.data = data;
    question.expected = signature;
    return cal::answer_inside(question).what == cal::crypto_answer::kind::yes;
}

std::string sha256(std::string const& data) { return cal::detail::compute_hash(cal::hash_algorithm::sha256, data).value(); }

} // namespace outside
