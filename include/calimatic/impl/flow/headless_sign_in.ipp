#pragma once
#include <calimatic/flow/headless_sign_in.hpp>

#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/impl/flow/authorization_code_flow.ipp>
#include <calimatic/impl/flow/headless_token_set.ipp>
#include <calimatic/impl/flow/id_token_check.ipp>
#include <calimatic/platform/headless/headless_login.hpp>
#include <utility>
#include <variant>

namespace calimatic::inline CALIMATIC_ABI {

struct headless_sign_in::state {
    enum class step : std::uint8_t {
        requesting_login,
        awaiting_code,
        requesting_verification,
        requesting_keys,
        checking,
        finished,
    };

    state(platform_client p, server_metadata s, client_information c, std::uint64_t seed, headless_sign_in_options o)
        : platform(std::move(p)), server(std::move(s)), client(std::move(c)), options(std::move(o)), clock(options.clock),
          token_check(server.jwks_uri, std::exchange(options.keys, std::nullopt), seed, options.crypto, options.check) {}

    // Requests

    std::optional<http_request> poll(time_point now) {
        if (in_flight != request_id{}) return std::nullopt;
        switch (now_at) {
        case step::requesting_login:
        case step::requesting_verification: return send(std::move(outgoing), now);
        case step::awaiting_code:
            if (is_expired(now)) finish(*detail::rule_check{options.check}(false, error_code::mfa_challenge_expired));
            return std::nullopt;
        case step::requesting_keys: {
            if (auto request = token_check.poll_request(now)) return send(std::move(*request), now);
            // No request, and an error that waiting does not mend: the request could not be built.
            if (auto const& failed = token_check.key_error(); failed && failed->condition() != condition::retry_later) finish(*failed);
            return std::nullopt;
        }
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

    bool handle(request_id id, http_response response, time_point now) {
        bool const awaited = id != request_id{} && id == in_flight;
        if (awaited) {
            in_flight = request_id{};
            if (now_at == step::requesting_login) handle_login(response, now);
            else if (now_at == step::requesting_verification) handle_verification(response, now);
            else {
                token_check.handle_response(std::move(response), now);
                handle_keys();
            }
        }
        wipe(response.body);
        return awaited;
    }

    bool handle(request_id id, transport_failure failure, time_point now) {
        if (id == request_id{} || id != in_flight) return false;
        in_flight = request_id{};
        if (now_at == step::requesting_keys) {
            token_check.handle_failure(failure, now);
            handle_keys();
        } else if (now_at == step::requesting_verification && failure == transport_failure::not_sent) {
            ask_again(to_error(failure));
        } else {
            finish(to_error(failure));
        }
        return true;
    }

    // Password and code

    void handle_login(http_response const& response, time_point now) {
        auto login = parse_headless_login_response(response, platform, password, options.check);
        password.clear();
        if (!login) return finish(std::move(login).error());
        was_admitted = true;
        if (auto* tokens = std::get_if<headless_tokens>(&*login)) return handle_tokens(std::move(*tokens), response, now);
        clock.learn(response, sent_at, now);
        auto& challenge = *std::get_if<mfa_challenge>(&*login);
        mfa_token = std::move(challenge.mfa_token);
        asked.methods = std::move(challenge.methods);
        asked.user = std::move(challenge.user);
        asked.expires_at = detail::bounded_time(detail::bounded_time(now) + detail::bounded_wait(challenge.expires_in));
        now_at = step::awaiting_code;
    }

    // A device whose clock was set back since cannot tell how old the challenge is; the platform still can.
    bool is_expired(time_point now) const { return detail::bounded_time(now) >= asked.expires_at; }

    result<void> handle_code(secret_string entered, std::string_view method, time_point now) {
        detail::rule_check const rule{options.check};
        if (auto e = rule(now_at == step::awaiting_code, error_code::flow_in_wrong_state)) return *std::move(e);
        if (auto e = rule(!is_expired(now), error_code::mfa_challenge_expired)) {
            finish(*e);
            return *std::move(e);
        }
        auto request = build_mfa_verify_request(platform, mfa_token, entered, method, options.check);
        if (!request) return std::move(request).error();
        code = std::move(entered);
        outgoing = std::move(*request);
        asked.refused.reset();
        now_at = step::requesting_verification;
        return {};
    }

    void handle_verification(http_response const& response, time_point now) {
        auto tokens = parse_mfa_verify_response(response, platform, mfa_token, code, options.check);
        code.clear();
        if (tokens) return handle_tokens(std::move(*tokens), response, now);
        if (keeps_challenge(tokens.error(), response.status)) ask_again(std::move(tokens).error());
        else finish(std::move(tokens).error());
    }

    /// A gateway that got no answer does not know whether the code, or the challenge with it, was used up.
    static bool keeps_challenge(error const& e, int status) noexcept {
        if (e == error_code::server_unavailable) return status != 502 && status != 504;
        return e == error_code::mfa_code_wrong || e == error_code::too_many_requests || e == error_code::platform_input_refused;
    }

    void ask_again(error e) {
        code.clear();
        asked.refused = std::move(e);
        now_at = step::awaiting_code;
    }

    // The ID Token

    void handle_tokens(headless_tokens given, http_response const& response, time_point now) {
        mfa_token.clear();
        user = std::move(given.user);
        clock.learn(response, sent_at, now);
        received = detail::to_token_set(std::move(given), response, clock, now);
        id_token_expectations expected;
        expected.issuer = server.issuer;
        expected.client_id = client.client_id;
        expected.id_token_signed_response_alg = client.id_token_signed_response_alg;
        expected.client_secret = client.client_secret.expose();
        expected.trusted_audiences = options.trusted_audiences;
        expected.access_token = received.access_token.expose();
        expected.exp_tolerance = options.exp_tolerance;
        expected.iat_tolerance = options.iat_tolerance;
        expected.iat_max_age = options.iat_max_age;
        clock_before = clock;
        is_dated = find_header(response.headers, "Date").has_value();
        token_check.start(received.id_token.expose(), std::move(expected), clock, {sent_at, now}, is_dated);
        handle_check();
    }

    void handle_keys() {
        auto const& failed = token_check.key_error();
        if (!failed) return handle_check();
        // The user is waiting in front of the screen: a server that wants to be left alone for longer is not waited for.
        bool const may_retry = failed->condition() == condition::retry_later && failed->retry_after().value_or(seconds(0)) <= max_wait;
        if (!may_retry || ++key_failures > max_retries) finish(*failed);
    }

    void handle_check() {
        auto claims = token_check.poll_result();
        if (!claims) {
            now_at = token_check.is_requesting_keys() ? step::requesting_keys : step::checking;
            return;
        }
        if (!*claims) {
            auto e = std::move(*claims).error();
            return finish(std::move(e).without(received.access_token.expose()).without(received.refresh_token.expose()));
        }
        detail::correct_expiry(received, clock_before, is_dated, (*claims)->iat());
        ended.emplace(headless_signed_in{
            {std::move(received), std::move(**claims), std::nullopt, std::nullopt, token_check.keys(), clock, false}, std::move(user)});
        forget();
    }

    std::optional<crypto_question> poll_question() {
        if (open_question != 0 || now_at != step::checking) return std::nullopt;
        auto question = token_check.poll_question();
        if (question) open_question = question->id = ++last_question;
        return question;
    }
    bool handle_answer(std::uint64_t id, crypto_answer const& answer) {
        if (id == 0 || id != open_question) return false;
        open_question = 0;
        token_check.handle_answer(answer);
        handle_check();
        return true;
    }

    std::optional<time_point> next_deadline() const {
        if (ended || (now_at == step::checking && open_question == 0)) return at_once;
        if (in_flight != request_id{}) return std::nullopt;
        switch (now_at) {
        case step::requesting_login:
        case step::requesting_verification: return at_once;
        case step::awaiting_code: return asked.expires_at;
        case step::requesting_keys: return token_check.next_deadline();
        case step::checking:
        case step::finished: break;
        }
        return std::nullopt;
    }

    // The end

    /// What became of the challenge or of the tokens does not matter any more: trying again is signing in again.
    void finish(error e) {
        bool const begins_again = was_admitted && e.condition() == condition::retry_later && e.code() != error_code::aborted;
        if (begins_again) e = std::move(e).with_condition(condition::authorize_again);
        ended.emplace(unexpected{std::move(e)});
        forget();
    }

    void forget() {
        now_at = step::finished;
        in_flight = request_id{};
        open_question = 0;
        token_check.abort();
        outgoing = {};
        password.clear();
        mfa_token.clear();
        code.clear();
        received = {};
        client.client_secret.clear();
        platform.credentials = added_by_host{};
    }

    static constexpr unsigned max_retries = 2;
    static constexpr milliseconds max_wait{30'000};

    platform_client platform;
    server_metadata server;
    client_information client;
    headless_sign_in_options options;
    clock_offset clock;
    clock_offset clock_before;
    detail::id_token_check token_check;

    step now_at = step::requesting_login;
    http_request outgoing;
    secret_string password, mfa_token, code; // each until its answer has come
    second_factor asked;
    bool was_admitted = false; // the password was right

    request_id in_flight{}; // 0: none
    std::uint64_t last_request = 0;
    time_point sent_at{};
    bool is_dated = false; // whether the tokens' answer told the platform's time
    unsigned key_failures = 0;

    token_set received;
    headless_user user;
    std::uint64_t last_question = 0;
    std::uint64_t open_question = 0; // 0: none
    std::optional<result<headless_signed_in>> ended;
};

CALIMATIC_DECL result<headless_sign_in> headless_sign_in::start(platform_client platform, server_metadata server, client_information client,
    std::string_view email, secret_string password, random_source& random, headless_sign_in_options options) {
    detail::rule_check const rule{options.check};
    if (auto e = rule(!client.client_id.empty(), error_code::client_id_missing)) return *std::move(e);
    auto const checked = detail::check_algorithms(server, client, client.client_secret.expose(), options.check);
    if (!checked) return checked.error();
    auto request = build_headless_login_request(platform, email, password, options.check);
    if (!request) return std::move(request).error();
    auto const seed = detail::make_jitter_seed(random);
    if (!seed) return seed.error();
    auto made = std::make_unique<state>(std::move(platform), std::move(server), std::move(client), *seed, std::move(options));
    made->password = std::move(password);
    made->outgoing = std::move(*request);
    return headless_sign_in(std::move(made));
}

CALIMATIC_DECL headless_sign_in::headless_sign_in(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
CALIMATIC_DECL headless_sign_in::headless_sign_in(headless_sign_in&&) noexcept = default;
CALIMATIC_DECL headless_sign_in& headless_sign_in::operator=(headless_sign_in&&) noexcept = default;
CALIMATIC_DECL headless_sign_in::~headless_sign_in() = default;

CALIMATIC_DECL second_factor const* headless_sign_in::mfa() const noexcept {
    return state_->now_at == state::step::awaiting_code ? &state_->asked : nullptr;
}

CALIMATIC_DECL result<void> headless_sign_in::handle_code(secret_string code, std::string_view method, time_point now) {
    return state_->handle_code(std::move(code), method, now);
}

CALIMATIC_DECL std::optional<http_request> headless_sign_in::poll_request(time_point now) { return state_->poll(now); }
CALIMATIC_DECL bool headless_sign_in::handle_response(request_id id, http_response response, time_point now) {
    return state_->handle(id, std::move(response), now);
}
CALIMATIC_DECL bool headless_sign_in::handle_failure(request_id id, transport_failure failure, time_point now) {
    return state_->handle(id, failure, now);
}
CALIMATIC_DECL std::optional<time_point> headless_sign_in::next_deadline() const { return state_->next_deadline(); }
CALIMATIC_DECL void headless_sign_in::abort() {
    if (state_->now_at != state::step::finished) state_->finish(error_code::aborted);
}
CALIMATIC_DECL std::optional<result<headless_signed_in>> headless_sign_in::poll_result() { return std::exchange(state_->ended, std::nullopt); }
CALIMATIC_DECL std::optional<crypto_question> headless_sign_in::poll_crypto_question() { return state_->poll_question(); }
CALIMATIC_DECL bool headless_sign_in::handle_crypto_answer(std::uint64_t id, crypto_answer const& answer) {
    return state_->handle_answer(id, answer);
}

} // namespace calimatic::inline CALIMATIC_ABI
