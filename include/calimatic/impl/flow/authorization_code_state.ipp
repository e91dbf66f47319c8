#pragma once
#include <calimatic/flow/authorization_code_flow.hpp>

#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/derived_random.hpp>
#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/flow/id_token_check.ipp>
#include <calimatic/impl/flow/userinfo_check.ipp>
#include <calimatic/impl/oauth/client_authentication.ipp>
#include <calimatic/oauth/pkce.hpp>
#include <algorithm>
#include <cstddef>
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
        checking_userinfo,
        finished,
    };

    state(server_metadata s, client_information c, std::uint64_t seed, authorization_code_options o)
        : server(std::move(s)), client(std::move(c)), options(std::move(o)), clock(options.clock), jitter_seed(seed),
          token_check(server.jwks_uri, std::exchange(options.keys, std::nullopt), seed, options.crypto, options.check),
          signed_userinfo(options.crypto, options.check) {}

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
        auto made = build_authorization_url(server, client, parameters, {pending.state.expose(), pending.nonce.expose(), challenge}, options.check);
        if (!made) return finish(std::move(made).error());
        url = std::move(*made);
        parameters = {};
        now_at = step::awaiting_redirect;
    }

    // A device whose clock was set back since the sign-in began cannot tell how old it is; the code's own lifetime at the server still holds.
    time_point expires_at() const { return detail::bounded_time(pending.begun_at) + detail::bounded_wait(options.lifetime); }
    bool is_expired(time_point now) const { return detail::bounded_time(now) >= expires_at(); }

    // Questions

    std::optional<crypto_question> poll_question() {
        if (asked != 0) return std::nullopt;
        std::optional<crypto_question> q;
        if (now_at == step::hashing) q = challenge_question();
        else if (now_at == step::checking) q = token_check.poll_question();
        else if (now_at == step::checking_userinfo) q = signed_userinfo.poll_question();
        if (!q) return std::nullopt;
        asked = q->id = ++last_question;
        return q;
    }

    bool handle_answer(std::uint64_t id, crypto_answer const& answer) {
        if (id == 0 || id != asked) return false;
        asked = 0;
        if (now_at == step::hashing) {
            handle_challenge(answer);
        } else if (now_at == step::checking_userinfo) {
            signed_userinfo.handle_answer(answer);
            handle_signed_userinfo();
        } else {
            token_check.handle_answer(answer);
            handle_check();
        }
        return true;
    }

    bool has_question() const { return asked == 0 && (now_at == step::hashing || now_at == step::checking || now_at == step::checking_userinfo); }

    // The redirect

    result<void> handle_redirect(std::string_view arrived, time_point now) {
        if (now_at == step::hashing) return error_code::flow_in_wrong_state;
        authorization_expectations const expected{
            server.issuer, pending.redirect_uri, pending.state.expose(), server.authorization_response_iss_parameter_supported};
        auto response = validate_authorization_response(arrived, expected, options.check);
        check_options const untraced{options.check.limits, nullptr}; // these decisions are in the trace already
        if (!response && !is_our_redirect(arrived, expected, untraced)) return std::move(response).error();
        detail::rule_check rule{options.check};
        if (auto e = rule(!was_redirected, error_code::redirect_already_used)) return *std::move(e);
        if (final_error) return *final_error;
        was_redirected = true;
        if (auto e = rule(!is_expired(now), error_code::sign_in_expired)) {
            finish(*e);
            return *std::move(e);
        }
        if (!response) {
            finish(without_secrets(std::move(response).error()));
            return *final_error;
        }
        code = response->code();
        now_at = step::requesting_token;
        if (!token_check.has_keys() && detail::needs_keys(client.id_token_signed_response_alg)) {
            token_check.start_fetch();
            now_at = step::requesting_keys;
        }
        return {};
    }

    // Requests

    std::optional<http_request> poll(time_point now) {
        if (in_flight != request_id{}) return std::nullopt;
        switch (now_at) {
        case step::awaiting_redirect:
            if (is_expired(now)) finish(*detail::rule_check{options.check}(false, error_code::sign_in_expired));
            return std::nullopt;
        case step::requesting_keys: {
            if (auto request = token_check.poll_request(now)) return send(std::move(*request), now);
            // No request, and an error that waiting does not mend: the request could not be built.
            if (auto const& failed = token_check.key_error(); failed && failed->condition() != condition::retry_later) end_without_keys(*failed);
            return std::nullopt;
        }
        case step::requesting_token:
            return send_or_finish(
                build_token_request(server, client, authorization_code_grant{code.expose(), pending.redirect_uri, pending.code_verifier.expose()},
                    clock.correct(now), options.check, &assertions),
                now);
        case step::requesting_userinfo:
            if (now >= userinfo_failed_at && now < userinfo_failed_at + userinfo_wait) return std::nullopt; // before: the clock was set back
            if (auto request = build_userinfo_request(server, signed_in->tokens.access_token.expose(), options.check))
                return send(std::move(*request), now);
            else end_without_userinfo(std::move(request).error());
            return std::nullopt;
        case step::hashing:
        case step::checking:
        case step::checking_userinfo:
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
        if (id == request_id{} || id != in_flight) {
            wipe(response.body);
            return false;
        }
        in_flight = request_id{};
        switch (now_at) {
        case step::requesting_keys:
            // An assertion has the time in it, and the code is sent once: what comes from the token endpoint's own server before that tells the time.
            if (!code.empty() && detail::signs_requests(client) && keys_are_of_token_server()) clock.learn(response, sent_at, now);
            token_check.handle_response(std::move(response), now);
            handle_keys();
            break;
        case step::requesting_token: handle_token_response(response, now); break;
        case step::requesting_userinfo: handle_userinfo_response(response, now); break;
        case step::hashing:
        case step::awaiting_redirect:
        case step::checking:
        case step::checking_userinfo:
        case step::finished: break;
        }
        wipe(response.body);
        return true;
    }

    bool handle(request_id id, transport_failure failure, time_point now) {
        if (id == request_id{} || id != in_flight) return false;
        in_flight = request_id{};
        if (now_at == step::requesting_keys) {
            token_check.handle_failure(failure, now);
            handle_keys();
        } else if (now_at == step::requesting_userinfo) retry_userinfo(to_error(failure), now);
        else finish(to_error(failure)); // the code may be spent, and is never sent again
        return true;
    }

    bool keys_are_of_token_server() const {
        auto const keys = detail::parse_uri(server.jwks_uri, {});
        auto const token = detail::parse_uri(server.token_endpoint, {});
        return keys && token && detail::same_origin(*keys, *token);
    }

    void handle_keys() {
        if (auto const& failed = token_check.key_error()) {
            if (!may_retry(*failed) || ++key_failures > max_retries) end_without_keys(*failed);
        } else if (signed_in) {
            signed_in->keys = token_check.keys();
            check_signed_userinfo();
        } else if (code.empty()) {
            handle_check();
        } else {
            now_at = step::requesting_token;
        }
    }

    void end_without_keys(error e) {
        if (signed_in) end_without_userinfo(std::move(e));
        else finish(std::move(e));
    }

    /// The user is waiting in front of the screen: a server that wants to be left alone for longer is not waited for.
    static bool may_retry(error const& e) { return e.condition() == condition::retry_later && e.retry_after().value_or(seconds(0)) <= max_wait; }

    void handle_token_response(http_response const& response, time_point now) {
        auto tokens = parse_token_response(response, {pending.scope, true, nullptr}, now, options.check);
        if (!tokens) return finish(without_secrets(std::move(tokens).error()));
        code.clear();
        pending.code_verifier.clear();
        clock.learn(response, sent_at, now);
        received = std::move(*tokens);
        check_id_token({sent_at, now}, find_header(response.headers, "Date").has_value());
    }

    /// A server may repeat what it was sent.
    error without_secrets(error e) const {
        e = std::move(e).without(code.expose()).without(pending.code_verifier.expose()).without(pending.nonce.expose());
        return detail::without_client_secret(std::move(e), client);
    }

    // The ID Token

    void check_id_token(detail::round_trip times, bool dated) {
        id_token_expectations expected;
        expected.issuer = server.issuer;
        expected.client_id = client.client_id;
        expected.id_token_signed_response_alg = client.id_token_signed_response_alg;
        expected.client_secret = client.client_secret.expose();
        expected.trusted_audiences = options.trusted_audiences;
        expected.nonce = pending.nonce.expose();
        expected.max_age = pending.max_age;
        std::string_view acr_values = pending.acr_values;
        for (auto acr = detail::next_word(acr_values); !acr.empty(); acr = detail::next_word(acr_values)) expected.acr_values.emplace_back(acr);
        expected.access_token = received.access_token.expose();
        expected.exp_tolerance = options.exp_tolerance;
        expected.iat_tolerance = options.iat_tolerance;
        expected.iat_max_age = options.iat_max_age;
        token_check.start(received.id_token.expose(), std::move(expected), clock, times, dated);
        handle_check();
    }

    void handle_check() {
        auto claims = token_check.poll_result();
        if (!claims) {
            now_at = token_check.is_requesting_keys() ? step::requesting_keys : step::checking;
            return;
        }
        if (!*claims) return finish(std::move(*claims).error());
        pending.nonce.clear();
        bool const reduced = !scope_covers(received.scope, pending.scope);
        signed_in.emplace(sign_in{std::move(received), std::move(**claims), std::nullopt, std::nullopt, token_check.keys(), clock, reduced});
        if (!options.request_userinfo) return finish_signed_in();
        now_at = step::requesting_userinfo;
    }

    // UserInfo

    void handle_userinfo_response(http_response const& response, time_point now) {
        userinfo_received_at = now;
        if (client.userinfo_signed_response_alg.empty())
            return handle_userinfo(parse_userinfo_response(response, signed_in->claims.sub(), options.check));
        userinfo_expectations expected;
        expected.sub = signed_in->claims.sub();
        expected.issuer = server.issuer;
        expected.client_id = client.client_id;
        expected.userinfo_signed_response_alg = client.userinfo_signed_response_alg;
        expected.client_secret = client.client_secret.expose();
        expected.exp_tolerance = options.exp_tolerance;
        signed_userinfo.start(response, expected, clock.correct(now));
        if (!signed_userinfo.is_open()) return handle_signed_userinfo();
        if (token_check.has_keys() || signed_userinfo.is_mac()) return check_signed_userinfo();
        fetch_userinfo_keys();
    }

    void fetch_userinfo_keys() {
        userinfo_keys_fetched = true;
        key_failures = 0;
        token_check.start_fetch();
        now_at = step::requesting_keys;
    }

    void check_signed_userinfo() {
        if (signed_userinfo.handle_keys(token_check.keys(), !userinfo_keys_fetched)) handle_signed_userinfo();
        else fetch_userinfo_keys();
    }

    void handle_signed_userinfo() {
        if (auto info = signed_userinfo.poll_result()) handle_userinfo(std::move(*info));
        else now_at = step::checking_userinfo;
    }

    void handle_userinfo(result<userinfo> info) {
        if (info) {
            signed_in->userinfo.emplace(std::move(*info));
            return finish_signed_in();
        }
        auto e = std::move(info).error().without(signed_in->tokens.access_token.expose());
        if (e == error_code::userinfo_sub_mismatch) return finish(std::move(e));
        retry_userinfo(std::move(e), userinfo_received_at);
    }

    void retry_userinfo(error e, time_point now) {
        if (!may_retry(e) || ++userinfo_failures > max_retries) return end_without_userinfo(std::move(e));
        auto const wait = detail::jittered(milliseconds(1000 * userinfo_failures), jitter_seed);
        userinfo_wait = (std::max)(wait, milliseconds(e.retry_after().value_or(seconds(0))));
        userinfo_failed_at = detail::bounded_time(now);
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

    /// Once the redirect was taken its code is spent, or will be by the time that a server is back: trying again is signing in again.
    void finish(error e) {
        bool const begins_again = was_redirected && e.condition() == condition::retry_later && e.code() != error_code::aborted;
        if (begins_again) e = std::move(e).with_condition(condition::authorize_again);
        final_error = e;
        ended.emplace(unexpected{std::move(e)});
        forget();
    }

    /// Drops everything secret but `state`, which is needed to tell a second redirect of ours from one of somebody else's.
    void forget() {
        now_at = step::finished;
        in_flight = request_id{};
        asked = 0;
        token_check.abort();
        signed_userinfo.abort();
        signed_in.reset();
        received = {};
        code.clear();
        pending.code_verifier.clear();
        pending.nonce.clear();
        client.client_secret.clear();
        wipe(url);
    }

    static constexpr unsigned max_retries = 2;
    static constexpr milliseconds max_wait{30'000};

    server_metadata server;
    client_information client;
    authorization_parameters parameters; // until the URL is made
    authorization_code_options options;
    clock_offset clock;
    detail::derived_random assertions; // of a client that signs its requests
    std::uint64_t jitter_seed;
    detail::id_token_check token_check;
    detail::userinfo_check signed_userinfo;

    step now_at = step::hashing;
    pending_sign_in pending;
    secret_string code;
    std::string url;
    bool was_redirected = false;

    request_id in_flight{}; // 0: none
    std::uint64_t last_request = 0;
    time_point sent_at{};
    unsigned key_failures = 0;
    unsigned userinfo_failures = 0;
    time_point userinfo_failed_at = at_once;
    milliseconds userinfo_wait{};
    time_point userinfo_received_at{};
    bool userinfo_keys_fetched = false;

    token_set received;
    std::uint64_t last_question = 0;
    std::uint64_t asked = 0; // the question that is open; 0: none
    std::optional<sign_in> signed_in;
    std::optional<error> final_error;
    std::optional<result<sign_in>> ended;
};

} // namespace calimatic::inline CALIMATIC_ABI
