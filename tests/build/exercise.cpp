#include <calimatic/auth.hpp>

#include "exercise.hpp"
#include "support/provider.hpp"

namespace cal = calimatic;

namespace {

constexpr auto now = support::noon;

cal::crypto_answer answer(cal::crypto_question const& question) {
#if !defined(CALIMATIC_CRYPTO_NONE)
    return cal::answer_inside(question);
#else
    // A host that believes everything: here only the walk counts.
    if (question.what == cal::crypto_question::kind::sha256) return {cal::crypto_answer::kind::digest, std::string(32, 'd')};
    return {cal::crypto_answer::kind::yes, {}};
#endif
}

cal::result<cal::server_metadata> discover(support::provider& provider) {
    auto const request = cal::build_server_metadata_request(provider.issuer);
    expect(request.has_value(), "the metadata are asked for");
    return cal::parse_server_metadata_response(provider.handle(*request, now).value(), provider.issuer);
}

void answer_questions(cal::authorization_code_flow& flow) {
    while (auto question = flow.poll_crypto_question())
        expect(flow.handle_crypto_answer(question->id, answer(*question)), "an answer to a question is taken");
}

/// A sign-in by hand, up to its result.
cal::result<cal::sign_in> sign_in(support::provider& provider, cal::crypto_answers crypto) {
    auto server = discover(provider);
    expect(server.has_value(), "the metadata are read");
    support::seeded_random random(7);
    auto begun = cal::authorization_code_flow::start(std::move(*server), {.client_id = "cca_1"},
        {.redirect_uri = "http://localhost:3001/auth/callback", .scope = "openid profile"}, random, now,
        {.crypto = crypto, .request_userinfo = true});
    expect(begun.has_value(), "a sign-in begins");
    auto flow = std::move(*begun);
    answer_questions(flow);
    auto const url = flow.authorization_url();
    expect(url && flow.pending(), "there is a URL to open, and something to keep");

    expect(!flow.handle_redirect("http://localhost:3001/auth/callback?code=forged&state=forged", now), "a redirect with another state is refused");
    expect(!flow.poll_request(now) && !flow.poll_result(), "and the flow keeps waiting");
    expect(flow.handle_redirect(provider.authorize(*url), now).has_value(), "the redirect is taken");

    for (int steps = 0; steps < 20; ++steps) {
        answer_questions(flow);
        if (auto ended = flow.poll_result()) return std::move(*ended);
        auto const request = flow.poll_request(now);
        expect(request.has_value(), "the flow either ends, asks, or has a request to send");
        expect(flow.handle_response(request->id, provider.handle(*request, now).value(), now), "the answer to its request is taken");
    }
    expect(false, "the flow ends");
    std::abort();
}

void exercise_sign_in(cal::crypto_answers crypto) {
    support::provider provider;
    auto const user = sign_in(provider, crypto);
    if (!user) std::puts(user.error().message().c_str());
    expect(user.has_value(), "the sign-in succeeds");
    expect(user->claims.sub() == "alice" && user->claims.name() == "Alice", "it tells who it is");
    expect(user->tokens.access_token.expose() == "the-access-token" && user->userinfo && user->userinfo->sub() == "alice",
        "tokens and UserInfo are there");

    support::provider liar;
    liar.edit_claims = [](std::string claims) { return claims.replace(claims.find("nonce"), 9, R"(nonce":"x)"); };
    auto const refused = sign_in(liar, crypto);
    expect(!refused && refused.error().condition() == cal::condition::distrust_server, "an ID Token with another nonce is refused");
    expect(!refused.error().message().empty() && !refused.error().section().empty(), "with words");
}

/// A session, over a refresh and a restart in its middle, up to its end.
void exercise_session(cal::crypto_answers crypto) {
    support::provider provider;
    auto user = sign_in(provider, crypto);
    auto const server = discover(provider);
    support::seeded_random random(8);
    auto begun = cal::session::start({*server, {.client_id = "cca_1"}}, std::move(*user), random, now, {.crypto = crypto});
    expect(begun.has_value(), "a session begins");
    auto session = std::move(*begun);
    cal::secret_string saved;
    auto const save = [&] {
        while (auto event = session.poll_event()) {
            saved = serialize(session);
            session.handle_saved(event->generation);
        }
    };
    save();
    expect(session.access_token(now).has_value(), "it gives an access token out");
    auto const due = *session.next_deadline();
    expect(!session.poll_request(due), "a refresh waits for its start to be saved");
    save();
    expect(session.poll_request(due).has_value(), "then it leaves");

    auto resumed = cal::session::resume(cal::oauth_refresh{*server, {.client_id = "cca_1"}}, saved.expose(), random, due, {.crypto = crypto});
    expect(resumed.has_value(), "another process takes it up");
    session = std::move(*resumed);
    auto const request = session.poll_request(due);
    expect(request.has_value(), "and sends the refresh once more");
    session.handle_response(request->id, {200, {}, R"({"access_token":"the-next","token_type":"Bearer","expires_in":60})"}, due);
    save();
    auto const token = session.access_token(due);
    expect(token && *token == "the-next", "there is a new access token");
    session.sign_out(due);
    expect(session.has_ended() && session.access_token(due).error() == cal::error_code::signed_out, "it ends");
    expect(cal::session::resume(cal::oauth_refresh{*server, {.client_id = "cca_1"}}, "{}", random, due).error() == cal::error_code::blob_malformed,
        "a damaged one is refused");
}

#if !defined(CALIMATIC_CRYPTO_NONE)
void exercise_pkce() {
    // RFC 7636 appendix B.
    auto const challenge = cal::compute_code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    expect(challenge && *challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "the challenge is that of RFC 7636 appendix B");

    support::seeded_random random;
    auto const pair = cal::make_pkce(random);
    expect(pair && pair->code_verifier.size() == 43 && pair->code_challenge.size() == 43, "a pair is made");
    support::failing_random none;
    expect(!cal::make_pkce(none), "without random bytes no pair is made");
}
#endif

} // namespace

int main() {
#if !defined(CALIMATIC_CRYPTO_NONE)
    exercise_pkce();
    exercise_sign_in(cal::crypto_answers::inside);
    exercise_session(cal::crypto_answers::inside);
#endif
    exercise_sign_in(cal::crypto_answers::by_host);
    exercise_session(cal::crypto_answers::by_host);
    exercise_tokens();
    exercise_drivers();
    std::puts("all is well");
}
