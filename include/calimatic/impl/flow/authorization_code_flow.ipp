#pragma once
#include <calimatic/flow/authorization_code_flow.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/check.hpp>
#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/flow/jwk_set_source.hpp>
#include <calimatic/flow/token_validation.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/oauth/pkce.hpp>
#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

struct authorization_code_flow::state {
    enum class step : std::uint8_t {
        hashing,
        awaiting_redirect,
        requesting_keys,
        requesting_token,
        checking,
        requesting_userinfo,
        finished,
    };

    state(server_metadata s, client_information c, std::uint64_t seed, authorization_code_options o)
        : server(std::move(s)), client(std::move(c)), options(std::move(o)), clock(options.clock), jitter_seed(seed), keys(make_key_source()) {}

    jwk_set_source make_key_source() {
        jwk_set_source_options source_options;
        source_options.check = options.check;
        source_options.jitter_seed = jitter_seed;
        source_options.refetch_interval = {}; // this flow bounds its fetches itself
        if (!options.keys) return jwk_set_source(server.jwks_uri, source_options);
        // Held keys are taken as they are: whether they are still right shows when a token does not fit them.
        source_options.max_age = (milliseconds::max)() / 2;
        return jwk_set_source(server.jwks_uri, std::move(*options.keys), time_point{}, source_options);
    }

    // Beginning

    result<void> make_secrets(random_source& random) {
        for (auto* secret : {&pending.state, &pending.nonce, &pending.code_verifier}) {
            auto made = make_code_verifier(random);
            if (!made) return std::move(made).error();
            *secret = std::move(*made);
        }
        return {};
    }

    crypto_question challenge_question() const {
        crypto_question q;
        q.what = crypto_question::kind::sha256;
        q.data = pending.code_verifier.expose();
        return q;
    }

    void handle_challenge(crypto_answer const& answer) {
        if (answer.what != crypto_answer::kind::digest || answer.digest.size() != 32) return finish(error_code::crypto_unavailable);
        auto const challenge = detail::base64url_encode(answer.digest);
        auto made = build_authorization_url(
            server, client, parameters, {pending.state.expose(), pending.nonce.expose(), challenge}, options.check);
        if (!made) return finish(std::move(made).error());
        url = std::move(*made);
        now_at = step::awaiting_redirect;
    }

    // A device whose clock was set back since the sign-in began cannot tell how old it is; the code's own lifetime at the server still holds.
    time_point expires_at() const { return pending.begun_at + options.lifetime; }

    // Questions

    std::optional<crypto_question> poll_question() {
        if (asked != 0) return std::nullopt;
        std::optional<crypto_question> q;
        if (now_at == step::hashing)
            q = challenge_question();
        else if (now_at == step::checking)
            q = validation->poll_crypto_question();
        if (!q) return std::nullopt;
        validation_asked = q->id;
        asked = q->id = ++last_question;
        return q;
    }

    bool handle_answer(std::uint64_t id, crypto_answer const& answer) {
        if (id == 0 || id != asked) return false;
        asked = 0;
        if (now_at == step::hashing) {
            handle_challenge(answer);
        } else {
            validation->handle_crypto_answer(validation_asked, answer);
            handle_validation();
        }
        return true;
    }

    bool has_question() const { return asked == 0 && (now_at == step::hashing || now_at == step::checking); }

    // The redirect

    result<void> handle_redirect(std::string_view arrived, time_point now) {
        if (now_at == step::hashing) return error_code::flow_in_wrong_state;
        authorization_expectations const expected{
            server.issuer, pending.redirect_uri, pending.state.expose(), server.authorization_response_iss_parameter_supported};
        auto response = validate_authorization_response(arrived, expected, options.check);
        check_options const untraced{options.check.limits, nullptr}; // these decisions are in the trace already
        if (!response && !is_our_redirect(arrived, expected, untraced)) return std::move(response).error();
        detail::check rule{options.check};
        if (auto e = rule(!was_redirected, error_code::redirect_already_used)) return *std::move(e);
        if (final_error) return *final_error;
        was_redirected = true;
        if (auto e = rule(now < expires_at(), error_code::sign_in_expired)) {
            finish(*e);
            return *std::move(e);
        }
        if (!response) {
            finish(response.error());
            return std::move(response).error();
        }
        code = response->code();
        now_at = keys.keys() ? step::requesting_token : step::requesting_keys;
        return {};
    }

    // Requests

    std::optional<http_request> poll(time_point now) {
        if (in_flight != request_id{}) return std::nullopt;
        switch (now_at) {
        case step::awaiting_redirect:
            if (auto e = detail::check{options.check}(now < expires_at(), error_code::sign_in_expired)) finish(*std::move(e));
            return std::nullopt;
        case step::requesting_keys: {
            auto request = keys.poll_request(now);
            if (request) {
                key_request = request->id;
                return send(std::move(*request), now);
            }
            // No request, and an error that waiting does not mend: the request could not be built.
            if (auto const& failed = keys.last_error(); failed && failed->condition() != condition::retry_later) finish(*failed);
            return std::nullopt;
        }
        case step::requesting_token:
            return send_or_finish(build_token_request(
                                      server, client, authorization_code_grant{code.expose(), pending.redirect_uri, pending.code_verifier.expose()}, now,
                                      options.check),
                now);
        case step::requesting_userinfo:
            if (now < userinfo_not_before) return std::nullopt;
            {
                auto request = build_userinfo_request(server, signed_in->tokens.access_token.expose(), options.check);
                if (request) return send(std::move(*request), now);
                end_without_userinfo(std::move(request).error());
                return std::nullopt;
            }
        case step::hashing:
        case step::checking:
        case step::finished: break;
        }
        return std::nullopt;
    }

    std::optional<http_request> send(http_request request, time_point now) {
        in_flight = request_id{++last_request};
        sent_at = now;
        request.id = in_flight;
        return std::optional<http_request>(std::move(request));
    }

    std::optional<http_request> send_or_finish(result<http_request> request, time_point now) {
        if (request) return send(std::move(*request), now);
        finish(std::move(request).error());
        return std::nullopt;
    }

    bool handle(request_id id, http_response response, time_point now) {
        if (id == request_id{} || id != in_flight) return false;
        in_flight = request_id{};
        switch (now_at) {
        case step::requesting_keys:
            keys.handle_response(key_request, std::move(response), now);
            handle_keys(now);
            break;
        case step::requesting_token: handle_token_response(response, now); break;
        case step::requesting_userinfo: handle_userinfo_response(response, now); break;
        case step::hashing:
        case step::awaiting_redirect:
        case step::checking:
        case step::finished: break;
        }
        wipe(response.body);
        return true;
    }

    bool handle(request_id id, transport_failure failure, time_point now) {
        if (id == request_id{} || id != in_flight) return false;
        in_flight = request_id{};
        if (now_at == step::requesting_keys) {
            keys.handle_failure(key_request, failure, now);
            handle_keys(now);
        } else if (now_at == step::requesting_userinfo)
            retry_userinfo(to_error(failure), now);
        else
            finish(to_error(failure)); // the code may be spent, and is never sent again
        return true;
    }

    void handle_keys(time_point now) {
        if (auto const& failed = keys.last_error()) {
            if (!may_retry(*failed) || ++key_failures > max_retries) finish(*failed);
            else if (keys_refetched) keys.handle_unknown_key(now);
            return;
        }
        keys_are_fresh = true;
        if (code.empty())
            check_id_token(now);
        else
            now_at = step::requesting_token;
    }

    /// The user is waiting in front of the screen: a server that wants to be left alone for longer is not waited for.
    static bool may_retry(error const& e) {
        return e.condition() == condition::retry_later && e.retry_after().value_or(seconds(0)) <= max_wait;
    }

    void handle_token_response(http_response const& response, time_point now) {
        auto tokens = parse_token_response(response, {pending.scope, true, nullptr}, now, options.check);
        if (!tokens) {
            auto e = std::move(tokens).error().without(code.expose()).without(pending.code_verifier.expose()).without(client.client_secret.expose());
            return finish(std::move(e));
        }
        code.clear();
        pending.code_verifier.clear();
        clock.learn(response, sent_at, now);
        received = std::move(*tokens);
        check_id_token(now);
    }

    // The ID Token

    void check_id_token(time_point now) {
        id_token_expectations expected;
        expected.issuer = server.issuer;
        expected.client_id = client.client_id;
        expected.id_token_signed_response_alg = client.id_token_signed_response_alg;
        expected.trusted_audiences = options.trusted_audiences;
        expected.nonce = pending.nonce.expose();
        expected.max_age = pending.max_age;
        std::string_view acr_values = pending.acr_values;
        for (auto acr = detail::next_word(acr_values); !acr.empty(); acr = detail::next_word(acr_values)) expected.acr_values.emplace_back(acr);
        expected.access_token = received.access_token.expose();
        expected.exp_tolerance = options.exp_tolerance;
        expected.iat_tolerance = options.iat_tolerance;
        expected.iat_max_age = options.iat_max_age;
        now_at = step::checking;
        checked_at = now;
        validation.emplace(received.id_token.expose(), *keys.keys(), expected, clock.correct(now), options.crypto, options.check);
        handle_validation();
    }

    void handle_validation() {
        auto claims = validation->poll_result();
        if (!claims) return; // a question is open
        validation.reset();
        if (!*claims) {
            auto e = std::move(*claims).error();
            if (!may_refetch_keys(e) || !keys.handle_unknown_key(checked_at)) return finish(std::move(e));
            keys_refetched = true;
            now_at = step::requesting_keys;
            return;
        }
        pending.nonce.clear();
        bool const reduced = !scope_covers(received.scope, pending.scope);
        auto held_keys = *keys.keys();
        signed_in.emplace(sign_in{std::move(received), std::move(**claims), std::nullopt, std::nullopt, std::move(held_keys), clock, reduced});
        if (!options.request_userinfo) return finish_signed_in();
        now_at = step::requesting_userinfo;
    }

    /// The issuer may have changed its keys since ours were fetched (OIDC Core 10.1.1): one fetch, for a kid that is unknown, or for keys held
    /// from earlier whose key of that name does not fit any more.
    bool may_refetch_keys(error const& e) const {
        if (keys_refetched) return false;
        return e == error_code::jwk_not_found || (e == error_code::jws_signature_invalid && !keys_are_fresh);
    }

    // UserInfo

    void handle_userinfo_response(http_response const& response, time_point now) {
        auto info = parse_userinfo_response(response, signed_in->claims.sub(), options.check);
        if (info) {
            signed_in->userinfo.emplace(std::move(*info));
            return finish_signed_in();
        }
        auto e = std::move(info).error().without(signed_in->tokens.access_token.expose());
        if (e == error_code::userinfo_sub_mismatch) return finish(std::move(e));
        retry_userinfo(std::move(e), now);
    }

    void retry_userinfo(error e, time_point now) {
        if (!may_retry(e) || ++userinfo_failures > max_retries) return end_without_userinfo(std::move(e));
        auto const wait = detail::jittered(milliseconds(1000 * userinfo_failures), jitter_seed);
        userinfo_not_before = now + (std::max)(wait, milliseconds(e.retry_after().value_or(seconds(0))));
    }

    void end_without_userinfo(error e) {
        signed_in->userinfo_error = std::move(e);
        finish_signed_in();
    }

    // The end

    void finish_signed_in() {
        ended.emplace(std::move(*signed_in));
        forget();
    }

    void finish(error e) {
        final_error = e;
        ended.emplace(unexpected{std::move(e)});
        forget();
    }

    /// Drops everything secret but `state`, which is needed to tell a second redirect of ours from one of somebody else's.
    void forget() {
        now_at = step::finished;
        in_flight = request_id{};
        asked = 0;
        validation.reset();
        signed_in.reset();
        received = {};
        code.clear();
        pending.code_verifier.clear();
        pending.nonce.clear();
        url.clear();
    }

    static constexpr unsigned max_retries = 2;
    static constexpr milliseconds max_wait{30'000};

    server_metadata server;
    client_information client;
    authorization_parameters parameters; // until the URL is made
    authorization_code_options options;
    clock_offset clock;
    std::uint64_t jitter_seed;
    jwk_set_source keys;

    step now_at = step::hashing;
    pending_sign_in pending;
    secret_string code;
    std::string url;
    bool was_redirected = false;

    request_id in_flight{}; // 0: none
    request_id key_request{};
    std::uint64_t last_request = 0;
    time_point sent_at{};
    time_point checked_at{};
    unsigned key_failures = 0;
    bool keys_refetched = false;
    bool keys_are_fresh = false; // fetched by this flow
    unsigned userinfo_failures = 0;
    time_point userinfo_not_before{};

    token_set received;
    std::optional<token_validation> validation;
    std::uint64_t last_question = 0;
    std::uint64_t asked = 0;            // the question that is open; 0: none
    std::uint64_t validation_asked = 0; // what the validation calls it
    std::optional<sign_in> signed_in;
    std::optional<error> final_error;
    std::optional<result<sign_in>> ended;
};

namespace detail {

CALIMATIC_DECL result<std::uint64_t> make_jitter_seed(random_source& random) {
    std::uint64_t seed = 0;
    if (!random.fill(std::as_writable_bytes(std::span(&seed, 1)))) return error_code::random_source_failed;
    return seed;
}

/// What would otherwise be found out only after the user has signed in.
CALIMATIC_DECL result<void> check_client(server_metadata const& server, client_information const& client, time_point now, check_options const& options) {
    if (auto method = select_client_auth_method(server, client, now, options); !method) return std::move(method).error();
    if (!parse_algorithm(client.id_token_signed_response_alg))
        return error(error_code::jws_alg_unknown).with_got(client.id_token_signed_response_alg);
    return {};
}

} // namespace detail

CALIMATIC_DECL result<authorization_code_flow> authorization_code_flow::start(server_metadata server, client_information client,
    authorization_parameters parameters, random_source& random, time_point now, authorization_code_options options) {
    if (auto checked = detail::check_client(server, client, now, options.check); !checked) return std::move(checked).error();
    auto seed = detail::make_jitter_seed(random);
    if (!seed) return std::move(seed).error();
    auto made = std::make_unique<state>(std::move(server), std::move(client), *seed, std::move(options));
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
    if (auto checked = detail::check_client(server, client, now, options.check); !checked) return std::move(checked).error();
    detail::check rule{options.check};
    if (auto e = rule(pending.issuer == server.issuer, error_code::pending_of_another_server, pending.issuer, server.issuer)) return *e;
    if (auto e = rule(pending.client_id == client.client_id, error_code::pending_of_another_client, pending.client_id, client.client_id)) return *e;
    auto seed = detail::make_jitter_seed(random);
    if (!seed) return std::move(seed).error();
    auto made = std::make_unique<state>(std::move(server), std::move(client), *seed, std::move(options));
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

CALIMATIC_DECL std::optional<pending_sign_in> authorization_code_flow::pending() const {
    if (state_->now_at != state::step::awaiting_redirect) return std::nullopt;
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
    constexpr time_point at_once{};
    if (s.ended || s.has_question()) return at_once;
    if (s.in_flight != request_id{}) return std::nullopt;
    switch (s.now_at) {
    case state::step::awaiting_redirect: return s.expires_at();
    case state::step::requesting_keys: return s.keys.next_deadline();
    case state::step::requesting_token: return at_once;
    case state::step::requesting_userinfo: return s.userinfo_not_before;
    case state::step::hashing:
    case state::step::checking:
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
