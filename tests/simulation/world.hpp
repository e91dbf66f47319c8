#pragma once
#include <optional>
#include <set>

#include "record.hpp"

/// \file
/// What surrounds a session: the platform behind its network, time and the device's clock, and what can be known of every token.

namespace simulation {

inline constexpr auto redirect_uri = "http://127.0.0.1:3000/callback";
inline constexpr auto user = "user-1";
inline constexpr auto email = "alice@example.com";
inline constexpr auto password = "the-password-of-the-user";
inline constexpr auto right_code = "the-code-of-the-device";

/// The value of a member with a text, as it stands in an answer that this side made; "" where there is none.
inline std::string member(std::string_view body, std::string_view name) {
    auto const found = body.find('"' + std::string(name) + "\":\"");
    if (found == body.npos) return {};
    auto const begin = found + name.size() + 4;
    return std::string(body.substr(begin, body.find('"', begin) - begin));
}

/// A parameter of a form or of a query whose value needs no decoding; "" where there is none.
inline std::string parameter(std::string_view text, std::string_view name) {
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
        if (at > 0 && text[at - 1] != '&' && text[at - 1] != '?') continue;
        if (text.substr(at + name.size(), 1) != "=") continue;
        auto const begin = at + name.size() + 1;
        return std::string(text.substr(begin, text.find('&', begin) - begin));
    }
    return {};
}

/// What is chosen for a life before it begins.
struct circumstances {
    sim::simulated_platform_options platform{};
    bool without_user = false;
    bool is_headless = false; ///< signs in and refreshes through the headless API
    bool has_second_factor = false;
    bool is_confidential = false;
    bool gives_refresh_tokens = true;
    bool reads_userinfo = false;
    std::string id_token_alg = "EdDSA";
    cal::storage storage = cal::storage::by_host;
    cal::crypto_answers crypto = cal::crypto_answers::inside;
    bool last_try = false;
    std::size_t steps = 0;
    milliseconds device_ahead{0};

    explicit circumstances(chance& dice, std::uint64_t seed) {
        platform.seed = seed;
        platform.access_token_lifetime = dice.of(std::array{seconds(10), seconds(30), seconds(60), seconds(300), seconds(3600), seconds(86'400)});
        platform.reuse_grace = dice.of(std::array{seconds(0), seconds(0), seconds(30), seconds(60), seconds(600)});
        platform.rotate_refresh_tokens = dice.percent(80);
        platform.id_token_on_refresh = dice.percent(80);
        platform.send_date_header = dice.percent(80);
        platform.latency = dice.of(std::array{milliseconds(20), milliseconds(20), milliseconds(500), milliseconds(5000)});
        if (dice.percent(10)) platform.refresh_token_lifetime = seconds(7200);
        if (dice.percent(20)) platform.clock_ahead = dice.of(std::array{minutes(10), minutes(-10), minutes(1200), minutes(-1200)});
        platform.access_token_signing_alg = dice.percent(5) ? "RS256" : "EdDSA";
        auto const alg = dice.below(100);
        id_token_alg = alg < 85 ? "EdDSA" : alg < 93 ? "ES256" : "RS256";
        without_user = dice.percent(8);
        is_headless = !without_user && dice.percent(25);
        has_second_factor = dice.percent(50);
        is_confidential = without_user || is_headless || dice.percent(50);
        gives_refresh_tokens = is_headless || !dice.percent(4);
        reads_userinfo = dice.percent(30);
        if (dice.percent(10)) storage = cal::storage::none;
        if (dice.percent(40)) crypto = cal::crypto_answers::by_host;
        last_try = dice.percent(30);
        steps = 30 + dice.below(120);
        platform.headless.access_token_lifetime = platform.access_token_lifetime;
        platform.headless.refresh_token_lifetime = platform.refresh_token_lifetime;
        platform.headless.empty_replies = dice.percent(50);
        if (dice.percent(50)) { // other names than the documented ones
            auto& names = platform.headless.profile;
            names.refresh_refresh_token = "present";
            names.refresh_reply = {"access", "refresh", "identity", "until"};
            names.logout_refresh_token = "revoke";
        }
        if (dice.percent(15)) device_ahead = dice.of(std::array{minutes(3), minutes(-3), minutes(1300), minutes(-1300)});
    }

    static constexpr milliseconds minutes(int count) { return milliseconds(std::int64_t{60'000} * count); }

    std::string describe() const {
        return "access tokens of " + std::to_string(platform.access_token_lifetime.count()) + " s, grace " +
            std::to_string(platform.reuse_grace.count()) + " s" + (platform.rotate_refresh_tokens ? ", rotation" : "") +
            (platform.id_token_on_refresh ? ", ID Tokens" : "") + (platform.send_date_header ? "" : ", no Date") +
            (without_user ? ", client_credentials" : "") + (is_headless ? ", headless" : "") + (gives_refresh_tokens ? "" : ", no refresh tokens") +
            (storage == cal::storage::none ? ", storage::none" : "") + (crypto == cal::crypto_answers::by_host ? ", by_host" : "") +
            (last_try ? ", last_try" : "") + ", " + id_token_alg;
    }
};

/// What is known of a refresh token that was sent.
struct refresh_fact {
    std::size_t number = 0;
    time_point issued_at{};
    std::optional<time_point> sent_at{};       ///< last
    std::optional<time_point> unknown_since{}; ///< when it was sent first without a known outcome ...
    milliseconds lost_then{0};                 ///< ... and by how much clocks had been set back until then
    milliseconds set_back_then{0};             ///< the same when it was sent last
    std::size_t late_tries = 0;                ///< sent after the window
    bool was_dropped = false;                  ///< its successor was left out of the answer
};

/// What is known of an access token that was received.
struct access_fact {
    time_point received_at{};
    std::optional<milliseconds> lifetime{};
    milliseconds lost_then{0};
    bool was_refused = false; ///< it came with an ID Token that must be refused
    bool was_saved = false;
};

/// An answer on its way, with what the device will be able to know from it.
struct answer {
    cal::request_id id{};
    sim::simulated_endpoint from{};
    time_point sent_at{};
    time_point server_time{}; ///< then, by the platform's clock
    time_point due{};
    milliseconds timeout{};
    std::optional<cal::http_response> response{};
    cal::transport_failure failure{};
    bool is_refresh = false;     ///< or an exchange of a code: at the token endpoint, or that of the headless API
    std::string refresh_token{}; ///< that was presented
    std::string new_refresh_token{};
    std::string new_access_token{};
    std::string new_id_token{};
    bool is_readable = false;     ///< a token response that every client has to accept, as far as its ID Token is right
    bool is_whole = true;         ///< as the server made it
    bool is_refused = false;      ///< its ID Token must end the session
    bool is_suspicious = false;   ///< a fault may end the session
    bool was_handed_over = false; ///< another process took over while it was awaited
    bool is_late_try = false;     ///< sent after the window
    bool is_superseded = false;   ///< another process has brought newer tokens meanwhile
    bool is_dropped = false;      ///< a refresh token was rotated, and its successor left out
};

/// Time, the device's clock, the platform and the network.
class world {
public:
    explicit world(record& written, chance& thrown, circumstances const& given)
        : log(written), dice(thrown), trace(secrets), platform(given.platform), names(given.platform.headless.profile), ahead(given.device_ahead) {
        client.client_id = "app";
        if (given.is_confidential) client.client_secret = cal::secret_string("the-secret-of-the-application");
        client.id_token_signed_response_alg = given.id_token_alg;
        secrets.add(client.client_secret.expose());
        platform.add_user({});
        sim::simulated_account account{.user_id = user, .email = email};
        account.password = password;
        platform.directory().accounts.push_back(std::move(account));
        if (given.has_second_factor) platform.headless().second_factors.push_back({.user_id = user, .codes = {right_code}});
        for (auto const secret : {password, right_code}) secrets.add(secret);
        platform.add_client({.client = client.clone(), .redirect_uris = {redirect_uri}, .refresh_tokens = given.gives_refresh_tokens});
        server_ahead = given.platform.clock_ahead;
    }

    time_point device() const { return now + ahead; }

    /// How a session comes by fresh tokens.
    cal::refresh_method how(circumstances const& given) const {
        if (given.without_user) return cal::client_credentials{platform.metadata(), client.clone(), "profile", {}};
        if (given.is_headless) return headless();
        return cal::oauth_refresh{platform.metadata(), client.clone()};
    }
    cal::headless_refresh headless() const { return {headless_client(), names, platform.metadata(), client.clone()}; }
    cal::platform_client headless_client() const { return {platform.issuer(), cal::app_client{client.client_id, client.client_secret.clone()}}; }

    bool is_refresh(std::string_view url) const { return url == platform.metadata().token_endpoint || url.ends_with("/headless/refresh"); }
    bool is_revocation(std::string_view url) const { return url == platform.metadata().revocation_endpoint || url.ends_with("/headless/logout"); }
    /// The token that a request presents, to be refreshed or revoked.
    std::string token_of(cal::http_request const& request) const {
        if (request.url.ends_with("/headless/refresh")) return member(request.body, names.refresh_refresh_token);
        if (request.url.ends_with("/headless/logout")) return member(request.body, names.logout_refresh_token);
        return parameter(request.body, is_revocation(request.url) ? "token" : "refresh_token");
    }
    void note(std::string const& what) { log.note(now, what); }

    void check_text(std::string_view text) { log.check(invariant::no_secret_in_a_text, !secrets.is_in(text), "a secret is in a text"); }
    void check_error(cal::error const& e) {
        check_text(e.message());
        check_text(e.server_text());
        check_text(e.server_error());
        check_text(e.expected());
        check_text(e.got());
    }
    void check_trace() { log.check(invariant::no_secret_in_a_text, trace.leaked.empty(), "a secret is in a trace: " + std::string(trace.leaked)); }

    refresh_fact& fact_of_refresh(std::string const& token) {
        auto [found, is_new] = refresh_tokens.try_emplace(token);
        if (is_new) found->second.number = refresh_tokens.size();
        return found->second;
    }
    std::string name_of(std::string const& refresh_token) { return "refresh token " + std::to_string(fact_of_refresh(refresh_token).number); }

    /// Lets a fault wait for its request.
    void inject_random_fault() {
        static auto const all = sim::faults();
        static auto const network =
            static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](auto const& fault) { return fault.name.substr(0, 4) == "net-"; }));
        static auto const first = static_cast<std::size_t>(
            std::find_if(all.begin(), all.end(), [](auto const& fault) { return fault.name.substr(0, 4) == "net-"; }) - all.begin());
        auto const& fault = dice.percent(60) ? all[first + dice.below(network)] : all[dice.below(all.size())];
        sim::fault_injection how{.name = std::string(fault.name)};
        how.times = 1 + dice.below(3) * dice.below(4);
        how.delay = dice.of(std::array{milliseconds(5'000), milliseconds(29'000), milliseconds(40'000)});
        how.retry_after = dice.of(std::array{seconds(1), seconds(30), seconds(120)});
        if (fault.name.substr(0, 4) == "net-" && dice.percent(70)) how.endpoint = sim::simulated_endpoint::token;
        note("fault " + how.name + ", " + std::to_string(how.times) + " times");
        (void)platform.inject(std::move(how));
    }

    /// Sends a request; the answer is due later.
    answer send(cal::http_request const& request) {
        answer a{.id = request.id, .sent_at = now, .server_time = now + server_ahead, .timeout = request.timeout};
        a.is_refresh = is_refresh(request.url);
        if (a.is_refresh) a.refresh_token = token_of(request);
        secrets.add(parameter(request.body, "code_verifier"));
        if (dice.percent(2) && !a.refresh_token.empty()) return echo(std::move(a), request.url.ends_with("/headless/refresh"));
        auto got = platform.send(request, now);
        auto const& entry = platform.requests().back();
        a.from = entry.endpoint;
        a.due = now + platform.last_duration();
        std::string faults;
        a.is_readable = a.is_refresh && got && got->status == 200;
        for (auto const& name : entry.faults) {
            faults += ' ' + name;
            auto const fault = sim::find_fault(name);
            bool const accepted = fault->outcome == sim::fault_outcome::accepted || name == "net-delay";
            bool const of_id_token = fault->stage == sim::fault_stage::claims || fault->stage == sim::fault_stage::id_token;
            if ((!accepted && !of_id_token) || name == "idt-huge") a.is_readable = false;
            // OIDC Core 12.2: azp must stay as it was, or stay away.
            if ((!accepted && fault->outcome == sim::fault_outcome::refused) || name == "ok-azp") a.is_suspicious = true;
            if (fault->stage == sim::fault_stage::response) a.is_whole = false;
            if (must_end(name)) a.is_refused = true;
            if (name == "ok-tok-refresh-dropped") a.is_dropped = true;
        }
        if (got) {
            auto const reply = a.from != sim::simulated_endpoint::headless
                ? cal::headless_token_names{"access_token", "refresh_token", "id_token", {}}
                : a.is_refresh ? names.refresh_reply
                               : cal::headless_token_names::of_login();
            a.new_refresh_token = member(got->body, reply.refresh_token);
            a.new_access_token = member(got->body, reply.access_token);
            a.new_id_token = member(got->body, reply.id_token);
            for (auto const& secret : {a.new_refresh_token, a.new_access_token, a.new_id_token, member(got->body, "mfaToken")}) secrets.add(secret);
            note(endpoint_name(a.from) + " answers " + std::to_string(got->status) + (faults.empty() ? "" : ", but" + faults));
            a.response = std::move(*got);
        } else {
            a.failure = got.error();
            note(endpoint_name(a.from) + " does not answer:" + faults);
        }
        platform.clear_requests();
        return a;
    }

    static std::string endpoint_name(sim::simulated_endpoint which) {
        using enum sim::simulated_endpoint;
        switch (which) {
        case discovery: return "discovery";
        case jwks: return "the key set";
        case authorization: return "authorization";
        case token: return "the token endpoint";
        case userinfo: return "UserInfo";
        case revocation: return "revocation";
        case headless: return "the headless API";
        case introspection:
        case registration:
        case end_session:
        case organizations:
        case users:
        case bulk_provisioning:
        case webhooks:
        case unknown: break;
        }
        return "an unknown endpoint";
    }

    record& log;
    chance& dice;
    secret_index secrets;
    watching_trace trace;
    sim::simulated_platform platform;
    cal::headless_profile names;
    cal::client_information client;
    time_point now{seconds(1'800'000'000)};
    milliseconds ahead;        ///< of the device's clock
    milliseconds server_ahead; ///< of the platform's
    milliseconds set_back{0};  ///< by how much the device's clock was set back, all in all
    std::map<std::string, refresh_fact> refresh_tokens;
    std::map<std::string, access_fact> access_tokens;

private:
    /// Faults of a refreshed ID Token that no client may overlook, whatever its clock.
    static bool must_end(std::string_view name) {
        static constexpr std::array<std::string_view, 12> names{"idt-iss-wrong", "idt-aud-wrong", "idt-sub-missing", "idt-sig-flip", "idt-sig-empty",
            "idt-alg-none", "idt-payload-edited", "idt-exp-missing", "rt-iss-changed", "rt-sub-changed", "rt-aud-changed", "idt-at_hash-wrong"};
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    /// A server that does not act, and repeats what it was sent.
    answer echo(answer a, bool is_headless) {
        a.from = is_headless ? sim::simulated_endpoint::headless : sim::simulated_endpoint::token;
        a.due = now + milliseconds(20);
        auto const text = "cannot use " + a.refresh_token + " of " + std::string(client.client_secret.expose());
        a.response =
            cal::http_response{400, {{"Content-Type", "application/json"}}, R"({"error":"invalid_request","error_description":")" + text + "\"}"};
        note(endpoint_name(a.from) + " answers 400, and repeats what it was sent");
        return a;
    }
};

} // namespace simulation
