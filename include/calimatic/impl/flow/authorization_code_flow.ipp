#pragma once
#include <calimatic/flow/authorization_code_flow.hpp>

#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/flow/authorization_code_state.ipp>
#include <calimatic/impl/flow/pending_sign_in.ipp>
#include <calimatic/impl/jose/signature_verifier.ipp>
#include <calimatic/jose/algorithm.hpp>
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// Whether there is a way to check ID Tokens, and UserInfo where they are signed: algorithms that the library knows, and what they need.
CALIMATIC_DECL result<void> check_algorithms(
    server_metadata const& server, client_information const& client, std::string_view client_secret, check_options const& options) {
    rule_check const rule{options};
    auto algorithms = std::vector<std::string_view>{client.id_token_signed_response_alg};
    if (!client.userinfo_signed_response_alg.empty()) algorithms.push_back(client.userinfo_signed_response_alg);
    if (std::any_of(algorithms.begin(), algorithms.end(), needs_keys)) {
        if (auto e = rule(!server.jwks_uri.empty(), error_code::endpoint_missing, {}, "jwks_uri")) return *std::move(e);
        if (auto url = check_endpoint(server.jwks_uri, options); !url) return std::move(url).error();
    }
    for (auto const alg : algorithms) {
        auto const algorithm = parse_algorithm(alg);
        if (auto e = rule(algorithm.has_value(), error_code::jws_alg_unknown, alg)) return *std::move(e);
        if (auto e = check_mac_secret(client_secret, *algorithm, rule)) return *std::move(e);
    }
    return {};
}

/// Whether a client that signs its requests can: the key is a good one, and the library is to do the cryptography.
CALIMATIC_DECL result<void> check_assertions(
    [[maybe_unused]] client_information const& client, client_auth_method method, crypto_answers crypto, check_options const& options) {
    if (!is_assertion(method)) return {};
    if (auto e = rule_check{options}(crypto != crypto_answers::by_host, error_code::client_assertion_by_host)) return *std::move(e);
#if !defined(CALIMATIC_CRYPTO_NONE)
    if (auto made = make_assertion_signer(client, method, options); !made) return std::move(made).error();
#endif
    return {};
}

/// What would otherwise be found out only after the user has signed in.
CALIMATIC_DECL result<void> check_client(
    server_metadata const& server, client_information const& client, time_point now, crypto_answers crypto, check_options const& options) {
    rule_check const rule{options};
    if (auto e = rule(!server.token_endpoint.empty(), error_code::endpoint_missing, {}, "token_endpoint")) return *std::move(e);
    if (auto url = check_endpoint(server.token_endpoint, options); !url) return std::move(url).error();
    auto const method = select_client_auth_method(server, client, now, options);
    if (!method) return method.error();
    if (auto checked = check_assertions(client, *method, crypto, options); !checked) return checked;
    // A client that is registered without authentication is public, and a secret that it has all the same is none.
    auto const secret = *method == client_auth_method::none ? std::string_view() : client.client_secret.expose();
    return check_algorithms(server, client, secret, options);
}

} // namespace detail

CALIMATIC_DECL result<authorization_code_flow> authorization_code_flow::start(server_metadata server, client_information client,
    authorization_parameters parameters, random_source& random, time_point now, authorization_code_options options) {
    if (auto checked = detail::check_client(server, client, options.clock.correct(now), options.crypto, options.check); !checked)
        return std::move(checked).error();
    auto seed = detail::make_jitter_seed(random);
    if (!seed) return std::move(seed).error();
    auto made = std::make_unique<state>(std::move(server), std::move(client), *seed, std::move(options));
    if (auto seeded = detail::seed_assertions(made->assertions, made->client, random); !seeded) return std::move(seeded).error();
    if (!scope_covers(parameters.scope, "openid")) parameters.scope.insert(0, parameters.scope.empty() ? "openid" : "openid ");
    auto& pending = made->pending;
    pending.issuer = made->server.issuer;
    pending.client_id = made->client.client_id;
    pending.redirect_uri = parameters.redirect_uri;
    pending.scope = parameters.scope;
    pending.begun_at = now;
    pending.max_age = parameters.max_age;
    if (parameters.acr_required) pending.acr_values = parameters.acr_values;
    made->parameters = std::move(parameters);
    if (auto secrets = made->make_secrets(random); !secrets) return std::move(secrets).error();
    // The same checks as with the real challenge, so that nothing about the request can fail later.
    auto url = build_authorization_url(made->server, made->client, made->parameters,
        {pending.state.expose(), pending.nonce.expose(), pending.code_verifier.expose()}, made->options.check);
    if (!url) return std::move(url).error();
    wipe(*url);
#if !defined(CALIMATIC_CRYPTO_NONE)
    if (made->options.crypto == crypto_answers::inside) {
        made->handle_challenge(answer_inside(made->challenge_question()));
        if (made->final_error) return std::move(*made->final_error);
    }
#endif
    return authorization_code_flow(std::move(made));
}

CALIMATIC_DECL result<authorization_code_flow> authorization_code_flow::resume(server_metadata server, client_information client,
    pending_sign_in pending, random_source& random, time_point now, authorization_code_options options) {
    if (auto checked = detail::check_client(server, client, options.clock.correct(now), options.crypto, options.check); !checked)
        return std::move(checked).error();
    detail::rule_check rule{options.check};
    if (auto e = rule(pending.issuer == server.issuer, error_code::pending_of_another_server, pending.issuer, server.issuer)) return *e;
    if (auto e = rule(pending.client_id == client.client_id, error_code::pending_of_another_client, pending.client_id, client.client_id)) return *e;
    if (auto e = rule(detail::is_whole(pending, options.check), error_code::blob_malformed)) return *std::move(e);
    auto seed = detail::make_jitter_seed(random);
    if (!seed) return std::move(seed).error();
    auto made = std::make_unique<state>(std::move(server), std::move(client), *seed, std::move(options));
    if (auto seeded = detail::seed_assertions(made->assertions, made->client, random); !seeded) return std::move(seeded).error();
    made->pending = std::move(pending);
    made->now_at = state::step::awaiting_redirect;
    return authorization_code_flow(std::move(made));
}

CALIMATIC_DECL authorization_code_flow::authorization_code_flow(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
CALIMATIC_DECL authorization_code_flow::authorization_code_flow(authorization_code_flow&&) noexcept = default;
CALIMATIC_DECL authorization_code_flow& authorization_code_flow::operator=(authorization_code_flow&&) noexcept = default;
CALIMATIC_DECL authorization_code_flow::~authorization_code_flow() = default;

CALIMATIC_DECL std::optional<std::string> authorization_code_flow::authorization_url() const {
    return state_->url.empty() ? std::nullopt : std::optional(state_->url);
}

CALIMATIC_DECL bool authorization_code_flow::awaiting_redirect() const noexcept { return state_->now_at == state::step::awaiting_redirect; }

CALIMATIC_DECL std::optional<pending_sign_in> authorization_code_flow::pending() const {
    if (!awaiting_redirect()) return std::nullopt;
    return state_->pending.clone();
}

CALIMATIC_DECL result<void> authorization_code_flow::handle_redirect(std::string_view url, time_point now) {
    return state_->handle_redirect(url, now);
}

CALIMATIC_DECL std::optional<http_request> authorization_code_flow::poll_request(time_point now) { return state_->poll(now); }

CALIMATIC_DECL bool authorization_code_flow::handle_response(request_id id, http_response response, time_point now) {
    return state_->handle(id, std::move(response), now);
}

CALIMATIC_DECL bool authorization_code_flow::handle_failure(request_id id, transport_failure failure, time_point now) {
    return state_->handle(id, failure, now);
}

CALIMATIC_DECL std::optional<time_point> authorization_code_flow::next_deadline() const {
    auto const& s = *state_;
    if (s.ended || s.has_question()) return at_once;
    if (s.in_flight != request_id{}) return std::nullopt;
    switch (s.now_at) {
    case state::step::awaiting_redirect: return s.expires_at();
    case state::step::requesting_keys: return s.token_check.next_deadline();
    case state::step::requesting_token: return at_once;
    case state::step::requesting_userinfo: return s.userinfo_failed_at + s.userinfo_wait;
    case state::step::hashing:
    case state::step::checking:
    case state::step::checking_userinfo:
    case state::step::finished: break;
    }
    return std::nullopt;
}

CALIMATIC_DECL void authorization_code_flow::abort() {
    if (state_->now_at != state::step::finished) state_->finish(error_code::aborted);
}

CALIMATIC_DECL std::optional<result<sign_in>> authorization_code_flow::poll_result() { return std::exchange(state_->ended, std::nullopt); }

CALIMATIC_DECL std::optional<crypto_question> authorization_code_flow::poll_crypto_question() { return state_->poll_question(); }

CALIMATIC_DECL bool authorization_code_flow::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) {
    return state_->handle_answer(id, answer);
}

} // namespace calimatic::inline CALIMATIC_ABI
