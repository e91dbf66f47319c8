// A program without a back end signs users in, and its host does the cryptography: discovery, a sign-in, and an ID Token and a logout token on their own.
#include <calimatic/auth.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "outside.hpp"

namespace cal = calimatic;
using kind = cal::crypto_answer::kind;

namespace {

constexpr cal::time_point noon{cal::milliseconds{1'800'000'000'000}};
int questions = 0;

void expect(bool kept, char const* sentence) {
    if (kept) return;
    std::printf("not so: %s\n", sentence);
    std::exit(1);
}

cal::crypto_answer answer(cal::crypto_question const& q) {
    ++questions;
    std::string const data(q.data.expose());
    switch (q.what) {
    case cal::crypto_question::kind::sha256: return {kind::digest, outside::sha256(data)};
    case cal::crypto_question::kind::hash_begins_with:
        expect(q.hash == cal::hash_algorithm::sha256, "RS256 goes with SHA-256");
        return {outside::sha256(data).starts_with(q.expected) ? kind::yes : kind::no, {}};
    case cal::crypto_question::kind::verify_signature: break;
    }
    bool const rsa = q.key.kty == "RSA";
    std::string const alg(cal::traits_of(q.algorithm).alg);
    return {
        outside::verifies(alg, q.key.kty, q.key.crv, rsa ? q.key.n : q.key.x, rsa ? q.key.e : q.key.y, data, q.expected) ? kind::yes : kind::no, {}};
}

cal::crypto_answer unavailable(cal::crypto_question const& q) {
    return q.what == cal::crypto_question::kind::sha256 ? answer(q) : cal::crypto_answer{};
}

struct host {
    cal::time_point now() const { return noon; }
    void wait_until(cal::time_point) { expect(false, "nothing has to be waited for"); }
    cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
        outside::exchange exchange{request.url, std::string(cal::find_header(request.headers, "Authorization").value_or("")), request.body, 0, {}};
        outside::send(exchange);
        return cal::http_response{exchange.status, {}, exchange.content};
    }
};

template <class Answer>
cal::result<cal::sign_in> sign_in(outside::provider_mode mode, Answer answer_with) {
    outside::begin(mode);
    cal::os_random random;
    auto server = cal::drive(cal::discover(outside::issuer()), host{}, answer);
    expect(server.has_value(), "the metadata are read");
    auto flow = cal::authorization_code_flow::start(
        *server, {.client_id = "client"}, {.redirect_uri = "http://127.0.0.1:3000/cb"}, random, noon, {.request_userinfo = true});
    expect(flow.has_value(), "a sign-in begins");
    while (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, answer(*question));
    expect(flow->handle_redirect(outside::follow(*flow->authorization_url()), noon).has_value(), "the redirect is taken");
    return cal::drive(*flow, host{}, answer_with);
}

} // namespace

int main() {
    auto const user = sign_in(outside::provider_mode::honest, answer);
    expect(user && user->claims.sub() == "alice" && user->userinfo, "an honest provider's user is signed in");
    expect(questions == 3, "there were three questions: the challenge, the signature, at_hash");

    cal::id_token_expectations expected{.issuer = "https://op.example", .client_id = "client", .nonce = user->claims.nonce()};
    cal::token_validation good(user->tokens.id_token.expose(), user->keys, expected, noon);
    expect(cal::drive(good, host{}, answer).has_value(), "the ID Token is valid on its own");
    cal::token_validation unanswered(user->tokens.id_token.expose(), user->keys, expected, noon);
    expect(cal::drive(unanswered, host{}).error() == cal::error_code::crypto_unavailable, "and is refused where nobody answers");

    cal::logout_token_expectations const of_logout{.issuer = "https://op.example", .client_id = "client", .typ_required = true};
    cal::logout_token_validation logout(outside::logout_token(), user->keys, of_logout, noon);
    auto const logged_out = cal::drive(logout, host{}, answer);
    expect(logged_out && logged_out->sub() == "alice", "a logout token is valid on its own");
    cal::logout_token_validation changed(outside::logout_token() + "AAAA", user->keys, of_logout, noon);
    expect(cal::drive(changed, host{}, answer).error() == cal::error_code::jws_signature_invalid, "and refused when it was changed");

    expect(
        sign_in(outside::provider_mode::wrong_signature, answer).error() == cal::error_code::jws_signature_invalid, "a wrong signature is refused");
    expect(
        sign_in(outside::provider_mode::wrong_at_hash, answer).error() == cal::error_code::id_token_at_hash_mismatch, "a wrong at_hash is refused");
    expect(sign_in(outside::provider_mode::honest, unavailable).error() == cal::error_code::crypto_unavailable, "no answer is a refusal");
    std::puts("all is well");
}
