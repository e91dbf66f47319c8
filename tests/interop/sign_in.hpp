#pragma once
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "host.hpp"
#include "support/outcome.hpp"

/// \file
/// Users who sign in at the provider, and requests of single tokens.

namespace interop {

inline cal::server_metadata provider() {
    auto found = cal::drive(cal::discover(issuer()), example::curl_transport());
    support::accepted("discovery", found);
    return std::move(*found);
}

// Everything but the session of a sign-in that can vary from test to test.
struct attempt {
    cal::client_information client = public_client();
    cal::authorization_parameters parameters{.redirect_uri = "http://127.0.0.1:4711/callback"};
    cal::authorization_code_options options{};
    bool allow = true;
    std::string browser{}; ///< the name of one that is used again
    std::function<std::string(std::string)> on_the_way_back = [](std::string redirect) { return redirect; };
};

inline cal::result<cal::sign_in> sign_in(cal::server_metadata const& server, recording_transport& send, attempt attempt) {
    cal::os_random random;
    auto flow = cal::authorization_code_flow::start(
        server, std::move(attempt.client), std::move(attempt.parameters), random, cal::system_now(), std::move(attempt.options));
    support::accepted("start", flow);
    if (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, answer(*question));
    auto const url = flow->authorization_url();
    REQUIRE(url);
    auto const redirect = attempt.on_the_way_back(redirected(*url, attempt.allow, "alice", attempt.browser));
    REQUIRE_FALSE(redirect.empty());
    static_cast<void>(flow->handle_redirect(redirect, cal::system_now())); // an error is the result of the flow, too
    return cal::drive(*flow, send, answer);
}

inline cal::result<cal::sign_in> sign_in(attempt attempt) {
    recording_transport send;
    return sign_in(provider(), send, std::move(attempt));
}

inline cal::result<cal::token_set> request_tokens(cal::result<cal::http_request> request, cal::token_expectations const& expected = {}) {
    return cal::drive(
        cal::single_request(std::move(request),
            [&](cal::http_response const& response, cal::time_point now) { return cal::parse_token_response(response, expected, now); }),
        example::curl_transport());
}

inline cal::result<cal::token_set> refresh(cal::server_metadata const& server, cal::client_information const& client, cal::token_set const& tokens) {
    return request_tokens(
        cal::build_token_request(server, client,
            cal::refresh_token_grant{.refresh_token = tokens.refresh_token.expose(), .granted_scope = tokens.scope}, cal::system_now()),
        {.refreshed = &tokens});
}

inline auto either_crypto() { return GENERATE(cal::crypto_answers::inside, cal::crypto_answers::by_host); }

} // namespace interop
