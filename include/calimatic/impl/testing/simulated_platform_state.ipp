#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/core/replay_cache.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/impl/testing/simulated_answer.ipp>
#include <calimatic/impl/testing/simulated_directory.ipp>
#include <calimatic/impl/testing/simulated_keys.ipp>
#include <calimatic/impl/testing/simulated_provisioning.ipp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/signer.hpp>
#include <calimatic/oauth/client_metadata.hpp>
#include <calimatic/oauth/client_registration.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <array>
#include <map>
#include <span>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The parameters of a form or a query. One that is there twice counts as malformed (RFC 6749 3.2).
class simulated_form {
public:
    explicit simulated_form(std::string_view text) {
        auto parsed = parse_form(text, {});
        well_formed_ = parsed.has_value();
        if (parsed) parameters_ = std::move(*parsed);
        for (auto const& one : parameters_)
            well_formed_ = well_formed_ &&
                std::count_if(parameters_.begin(), parameters_.end(), [&one](auto const& other) { return other.name == one.name; }) == 1;
    }
    bool well_formed() const noexcept { return well_formed_; }
    /// "" where there is none.
    std::string_view operator[](std::string_view name) const noexcept {
        for (auto const& one : parameters_)
            if (one.name == name) return one.value;
        return {};
    }

private:
    std::vector<form_parameter> parameters_;
    bool well_formed_ = false;
};

/// The query of a URL.
inline simulated_form simulated_query(std::string_view url) {
    auto const question = (std::min)(url.find('?'), url.size());
    return simulated_form(url.substr((std::min)(question + 1, url.size())));
}

/// The one segment between two parts of a path, decoded; nothing where there is none.
inline std::optional<std::string> simulated_segment(std::string_view path, std::string_view before, std::string_view after) {
    if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size()) return std::nullopt;
    std::string segment(path.substr(before.size(), path.size() - before.size() - after.size()));
    if (segment.find('/') != std::string::npos) return std::nullopt;
    for (auto plus = segment.find('+'); plus != std::string::npos; plus = segment.find('+')) segment.replace(plus, 1, "%2B"); // no space in a path
    simulated_form const decoded("segment=" + segment);
    return decoded.well_formed() ? std::optional(std::string(decoded["segment"])) : std::nullopt;
}

/// A date as RFC 9110 5.6.7 prefers it: "Sun, 06 Nov 1994 08:49:37 GMT".
CALIMATIC_DECL std::string http_date(time_point time) {
    using namespace std::chrono;
    auto const second = floor<seconds>(time);
    auto const day = floor<days>(second);
    year_month_day const date(day);
    hh_mm_ss const clock(second - day);
    auto const digits = [](auto number, std::size_t size) {
        auto text = std::to_string(number);
        return text.size() < size ? std::string(size - text.size(), '0') + text : text;
    };
    auto const three = [](std::string_view names, unsigned index) { return std::string(names.substr(3 * std::size_t{index}, 3)); };
    return three("SunMonTueWedThuFriSat", weekday(day).c_encoding()) + ", " + digits(static_cast<unsigned>(date.day()), 2) + ' ' +
        three("JanFebMarAprMayJunJulAugSepOctNovDec", static_cast<unsigned>(date.month()) - 1) + ' ' + digits(static_cast<int>(date.year()), 4) +
        ' ' + digits(clock.hours().count(), 2) + ':' + digits(clock.minutes().count(), 2) + ':' + digits(clock.seconds().count(), 2) + " GMT";
}

inline std::int64_t whole_seconds(time_point time) { return std::chrono::floor<seconds>(time.time_since_epoch()).count(); }

} // namespace detail

namespace testing {

struct simulated_platform::state {
    /// What a user granted to a client at one sign-in: its code, and all that was made of it.
    struct grant_record {
        std::string sub;
        std::string client_id;
        std::string scope;
        std::string nonce;
        time_point authenticated_at;
        std::string code;
        std::string code_challenge;
        std::string redirect_uri;
        time_point code_expires_at;
        bool code_spent = false;
        bool ended = false;
        std::string sid{};     ///< in its ID Tokens; "": they have none
        bool headless = false; ///< made by the headless API, whose tokens have lifetimes of their own
    };
    struct refresh_record {
        std::string token;
        std::size_t grant;
        time_point expires_at;
        std::optional<time_point> spent_at{};
        std::size_t successor = 0; ///< once it was spent
    };
    struct access_record {
        std::optional<std::size_t> grant; ///< nothing: of the client itself
        std::string client_id;
        std::string scope;
        time_point expires_at;
        bool revoked = false;
    };
    /// A second factor that was asked for.
    struct challenge_record {
        std::string token;
        std::string user_id;
        std::string client_id;
        time_point expires_at;
        bool answered = false;
    };
    /// Wrong passwords of an account.
    struct attempts_record {
        int failures = 0;
        std::optional<time_point> locked_until{};
    };
    /// Where a user is signed in by the headless API.
    struct login_session_record {
        std::string id;
        std::size_t grant;
        std::string user_agent;
        time_point created_at;
        time_point last_active_at;
    };
    struct headless_call; // impl/testing/simulated_platform_headless.ipp
    /// A fault that waits for its request.
    struct waiting_fault {
        fault what;
        fault_injection how;
    };
    /// A user who was provisioned, valid until the directory changes.
    struct provisioned {
        simulated_account* account;
        bool is_new;
    };
    /// What a webhook is to be sent.
    struct delivery_record {
        std::string webhook_id;
        std::string event_id;
        std::string event;
        std::string body;
        time_point due;
        int attempt = 0;      ///< how many were begun
        request_id request{}; ///< that is in flight
    };
    /// One request and the answer that is being made.
    struct exchange {
        http_request const* request = nullptr;
        time_point now; ///< by the platform's clock
        simulated_request entry;
        bool behind_network = false;
        detail::simulated_answer answer{};

        void json(int status, std::string_view text) { answer.answer(status, "application/json", text); }
        void oauth_error(int status, std::string_view error, std::string_view description) {
            json(status, detail::json_members().set_string("error", error).set_string("error_description", description).text());
        }
    };

    simulated_platform_options options;
    seeded_random random;
    seeded_random signing_random; ///< of its own, so that codes and tokens do not depend on what a signature draws
    std::vector<simulated_client> clients{};
    std::vector<simulated_user> users{};
    simulated_directory directory{};
    simulated_headless headless{};
    std::vector<challenge_record> challenges{};
    std::map<std::string, attempts_record, std::less<>> attempts{}; ///< by user id
    std::vector<login_session_record> login_sessions{};
    std::vector<simulated_webhook> webhooks{};
    std::vector<delivery_record> deliveries{};
    std::uint64_t webhook_requests = 0;
    replay_cache assertions{};                                               ///< of clients, by the one and the jti
    std::map<std::string, client_registration, std::less<>> registrations{}; ///< by client_id
    std::vector<time_point> registered_at{};                                 ///< within the last minute
    std::vector<grant_record> grants{};
    std::vector<refresh_record> refresh_tokens{};
    std::map<std::string, access_record, std::less<>> access_tokens{};
    std::map<std::string, std::size_t, std::less<>> id_tokens{}; ///< the grant of each that was issued
    std::map<std::string, signer, std::less<>> signers{};        ///< by algorithm and key
    std::size_t generation = 0;                                  ///< of the keys that sign
    std::size_t oldest_generation = 0;                           ///< that is still published
    std::vector<waiting_fault> faults{};
    std::vector<simulated_request> requests{};
    milliseconds last_duration{0};

    explicit state(simulated_platform_options given) : options(std::move(given)), random(options.seed), signing_random(~options.seed) {}

    // impl/testing/simulated_platform.ipp
    CALIMATIC_DECL exchange begin(simulated_endpoint endpoint, time_point now);
    CALIMATIC_DECL void apply(exchange& x, fault_stage stage);
    CALIMATIC_DECL result<http_response, transport_failure> serve(http_request const& request, time_point now, bool behind_network);
    CALIMATIC_DECL server_metadata metadata() const;
    CALIMATIC_DECL void answer_discovery(exchange& x);
    CALIMATIC_DECL void answer_jwks(exchange& x);
    // impl/testing/simulated_platform_authorization.ipp
    CALIMATIC_DECL result<std::string> authorize(exchange& x, std::string_view url, user_decision const& decision);
    CALIMATIC_DECL void answer_authorization(exchange& x);
    // impl/testing/simulated_platform_token.ipp
    CALIMATIC_DECL simulated_client* authenticated_client(exchange& x, detail::simulated_form const& form);
    CALIMATIC_DECL void answer_token(exchange& x);
    CALIMATIC_DECL void exchange_code(exchange& x, simulated_client const& client, detail::simulated_form const& form);
    CALIMATIC_DECL void refresh(exchange& x, simulated_client const& client, detail::simulated_form const& form);
    CALIMATIC_DECL std::optional<std::size_t> spend_refresh_token(std::size_t index, time_point now, seconds lifetime);
    CALIMATIC_DECL void give_client_credentials(exchange& x, simulated_client const& client, detail::simulated_form const& form);
    CALIMATIC_DECL void give_tokens(exchange& x, simulated_client const& client, std::size_t index, std::string scope,
        std::optional<std::size_t> refresh_token, bool with_id_token);
    CALIMATIC_DECL void give_answer(exchange& x, std::string_view scope);
    // impl/testing/simulated_platform_signing.ipp
    CALIMATIC_DECL detail::token_draft draft_for(std::string_view alg, std::string_view client_secret) const;
    CALIMATIC_DECL std::string sign(detail::token_draft const& draft);
    CALIMATIC_DECL std::string make_access_token(
        time_point now, std::string_view sub, std::string_view client_id, std::string_view scope, std::optional<std::size_t> grant);
    CALIMATIC_DECL std::string make_id_token(exchange& x, simulated_client const& client, grant_record const& given);
    // impl/testing/simulated_platform_resources.ipp
    CALIMATIC_DECL void answer_userinfo(exchange& x);
    CALIMATIC_DECL void answer_revocation(exchange& x);
    // impl/testing/simulated_platform_clients.ipp
    CALIMATIC_DECL std::string_view wrong_about_assertion(simulated_client const& client, std::string_view assertion, time_point now);
    CALIMATIC_DECL void answer_introspection(exchange& x);
    CALIMATIC_DECL std::optional<client_metadata> asked_metadata(exchange& x, json root);
    CALIMATIC_DECL void give_registration(exchange& x, int status, client_registration& registration);
    CALIMATIC_DECL void register_client(exchange& x);
    CALIMATIC_DECL void manage_client(exchange& x, std::string_view client_id);
    CALIMATIC_DECL void answer_registration(exchange& x);
    // impl/testing/simulated_platform_logout.ipp
    CALIMATIC_DECL result<std::string> end_session(exchange& x, std::string_view parameters);
    CALIMATIC_DECL void answer_end_session(exchange& x);
    CALIMATIC_DECL std::string make_logout_token(simulated_logout const& what, time_point now);
    // impl/testing/simulated_platform_management.ipp
    CALIMATIC_DECL void give_envelope(exchange& x, int status, std::string data_json);
    CALIMATIC_DECL void give_refusal(exchange& x, int status, std::string_view words);
    CALIMATIC_DECL std::optional<std::string> management_caller(exchange& x, std::string_view permission);
    CALIMATIC_DECL std::optional<json_document> management_body(exchange& x);
    CALIMATIC_DECL std::string new_id();
    CALIMATIC_DECL void assign_licenses(simulated_account& account, std::string_view caller, std::optional<std::vector<std::string>> const& asked);
    CALIMATIC_DECL provisioned provision(std::string_view caller, detail::simulated_provisioning const& asked);
    CALIMATIC_DECL void resolve_user(exchange& x, std::string_view caller);
    CALIMATIC_DECL static detail::json_members account_members(simulated_account const& account);
    CALIMATIC_DECL static detail::json_members organization_members(simulated_organization const& organization);
    CALIMATIC_DECL void provision_user(exchange& x, std::string_view caller);
    CALIMATIC_DECL void import_users(exchange& x, std::string_view caller);
    CALIMATIC_DECL void reset_password(exchange& x, std::string_view id);
    CALIMATIC_DECL void set_password(exchange& x, std::string_view id);
    CALIMATIC_DECL void create_organization(exchange& x, std::string const& caller);
    CALIMATIC_DECL void find_organization(exchange& x);
    CALIMATIC_DECL detail::json_members claims_of(std::string_view sub, std::string_view scope);
    CALIMATIC_DECL bool is_licensed(std::string_view sub, std::string_view client_id);
    CALIMATIC_DECL void answer_organizations(exchange& x);
    CALIMATIC_DECL void answer_users(exchange& x);
    // impl/testing/simulated_platform_bulk.ipp
    CALIMATIC_DECL void answer_bulk_provisioning(exchange& x);
    // impl/testing/simulated_platform_webhooks.ipp
    CALIMATIC_DECL void answer_webhooks(exchange& x);
    CALIMATIC_DECL bool change_webhook(exchange& x, simulated_webhook& webhook, bool creates);
    CALIMATIC_DECL void take_events(time_point now);
    CALIMATIC_DECL simulated_webhook* find_webhook(std::string_view id) noexcept;
    // impl/testing/simulated_platform_headless.ipp
    CALIMATIC_DECL void answer_headless(exchange& x);
    CALIMATIC_DECL std::optional<std::size_t> headless_refresh_token(exchange const& x) const;

    simulated_client* find_client(std::string_view client_id) noexcept {
        auto const found = std::find_if(clients.begin(), clients.end(), [&](auto const& one) { return one.client.client_id == client_id; });
        return found == clients.end() ? nullptr : &*found;
    }
    simulated_user* find_user(std::string_view sub) noexcept {
        auto const found = std::find_if(users.begin(), users.end(), [&](auto const& one) { return one.sub == sub; });
        return found == users.end() ? nullptr : &*found;
    }
    std::optional<std::size_t> find_refresh_token(std::string_view token) const noexcept {
        for (std::size_t i = refresh_tokens.size(); i-- > 0;)
            if (refresh_tokens[i].token == token) return i;
        return std::nullopt;
    }
    /// Opaque text with 192 bits of the seed's.
    static std::string random_text(seeded_random& random) {
        std::array<std::byte, 24> bytes{};
        random.fill(bytes);
        return detail::base64url_encode({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
    }
    time_point own_time(time_point now) const noexcept { return now + options.clock_ahead; }
};

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
