#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/testing/faults.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <calimatic/testing/simulated_bulk.hpp>
#include <calimatic/testing/simulated_directory.hpp>
#include <calimatic/testing/simulated_logout.hpp>
#include <calimatic/testing/simulated_headless.hpp>
#include <calimatic/testing/simulated_webhook.hpp>
#include <calimatic/testing/simulated_registration.hpp>
#include <calimatic/testing/simulated_registration.hpp>
#include <calimatic/testing/simulated_webhook.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::testing {

/// Somebody who can sign in.
struct simulated_user {
    std::string sub = "user-1";
    std::string claims_json =
        R"({"name":"Alice Ångström","email":"alice@example.com"})"; ///< further claims, an object: in ID Token and UserInfo, those of a scope where it was granted (OIDC Core 5.4)
};

/// A registered application.
struct simulated_client {
    client_information client{};
    std::vector<std::string> redirect_uris{};             ///< compared exactly
    std::optional<std::string> scope{};                   ///< all that it can be granted; nothing: whatever it asks for
    bool refresh_tokens = true;                           ///< whether a sign-in gives one, with or without offline_access
    std::string jwks{};                                   ///< that private_key_jwt is checked with; "": the public half of the client's private_jwk
    std::vector<std::string> permissions{};               ///< in the management API: "org:manage", "org:users:manage"
    std::vector<std::string> post_logout_redirect_uris{}; ///< compared exactly
};

/// How the platform behaves. Every time of day is by the platform's own clock.
struct simulated_platform_options {
    std::string issuer = "https://auth.example.com";
    std::uint64_t seed = 1; ///< of codes, tokens and ids; the same seed and the same calls give the same bytes
    seconds code_lifetime{60};
    seconds access_token_lifetime{3600};
    seconds refresh_token_lifetime{30 * 24 * 3600}; ///< of each one, from when it was issued
    seconds id_token_lifetime{300};
    bool rotate_refresh_tokens = true; ///< each refresh gives a successor; a spent token that comes again ends all that were made of the same sign-in
    seconds reuse_grace{0}; ///< for so long after it was spent, a token that comes again is answered with the same successor, if that is unspent
    bool id_token_on_refresh = true;
    bool send_date_header = true;
    milliseconds clock_ahead{0};                    ///< how far its clock is ahead of the times that it is called with
    milliseconds latency{20};                       ///< what an exchange takes
    std::string access_token_signing_alg = "RS256"; ///< with one of the keys that it publishes; "EdDSA" is many times as fast
    simulated_management_options management{};
    simulated_headless_options headless{};
    simulated_bulk_options bulk{};
    simulated_webhook_options webhooks{};
    simulated_registration_options registration{};
};

/// What the user decides in the browser.
struct user_decision {
    std::string sub{};                          ///< who it is; "": the user that was added first
    bool allow = true;                          ///< else `error` is sent back
    std::string error = "access_denied";        ///< RFC 6749 4.1.2.1
    std::optional<std::string> granted_scope{}; ///< nothing: all that was asked for; access_denied where nothing is left
    std::optional<time_point>
        authenticated_at{}; ///< by the platform's clock; nothing: now, as with prompt=login or where it is older than max_age; prompt=none needs one
};

/// A fault that is to happen.
struct fault_injection {
    /// For `times`: until `clear_faults`.
    static constexpr std::size_t until_cleared = (std::numeric_limits<std::size_t>::max)();

    std::string name;                             ///< one of `faults()`
    std::size_t times = 1;                        ///< to how many requests that it can happen to
    std::size_t after = 0;                        ///< how many such requests are spared first
    std::optional<simulated_endpoint> endpoint{}; ///< for a fault of any endpoint: this one only
    milliseconds delay{5'000};                    ///< of `net-delay`
    seconds retry_after{30};                      ///< of those that send Retry-After
};

/// What arrived, without its secrets.
struct simulated_request {
    time_point at; ///< as the platform was told
    simulated_endpoint endpoint;
    std::string client_id{};  ///< "" where none was named
    std::string grant_type{}; ///< of the token endpoint
    /// Which refresh token was sent, counted from 0 in the order in which they were issued; nothing where none was, or one that was never issued.
    std::optional<std::size_t> refresh_token{};
    bool acted = false;                ///< whether it reached the server
    int status = 0;                    ///< what was answered; 0 where the answer was lost
    std::vector<std::string> faults{}; ///< what went wrong on purpose, in the order in which it did
};

/// The platform as a value, for the tests of whoever uses this library: OpenID Connect (discovery, keys, codes with PKCE, refresh with rotation, UserInfo,
/// registration, introspection, logout), management, webhooks and the headless API, without a network and under a time that is an argument. It signs with
/// the fixed keys of testing/keys.hpp, and misbehaves when told to.
///
///     simulated_platform platform;
///     platform.add_user({});
///     platform.add_client({.client = {.client_id = "app"}, .redirect_uris = {"http://127.0.0.1:3000/callback"}});
///     simulated_host host(platform);
///     auto server = drive(discover(platform.issuer()), host);
///     ...
///     flow->handle_redirect(*platform.authorize(*flow->authorization_url(), host.now()), host.now());
///     auto user = drive(*flow, host);
///
/// One thread at a time.
class simulated_platform {
public:
    CALIMATIC_DECL explicit simulated_platform(simulated_platform_options options = {});
    CALIMATIC_DECL simulated_platform(simulated_platform&&) noexcept;
    CALIMATIC_DECL simulated_platform& operator=(simulated_platform&&) noexcept;
    CALIMATIC_DECL ~simulated_platform();

    /// Registers an application, or registers it anew if its client_id is known.
    CALIMATIC_DECL void add_client(simulated_client client);
    /// Adds a user, or replaces the one with that `sub`.
    CALIMATIC_DECL void add_user(simulated_user user);

    /// Organizations, users and licences, as the management API changes them.
    CALIMATIC_DECL simulated_directory& directory() noexcept;
    CALIMATIC_DECL simulated_directory const& directory() const noexcept;

    /// Second factors and mails, as the headless API changes them. Who signs in there is an account of the directory with a password.
    CALIMATIC_DECL simulated_headless& headless() noexcept;
    CALIMATIC_DECL simulated_headless const& headless() const noexcept;
    /// Webhooks, as the management API changes them.
    CALIMATIC_DECL std::vector<simulated_webhook>& webhooks() noexcept;
    /// What the platform sends to a webhook next, if an event or another attempt is due and nothing is in flight: a POST, for the host to send or to give
    /// to the receiver under test. Events are those of the directory; a test adds its own to `directory().events`.
    CALIMATIC_DECL std::optional<http_request> poll_webhook_delivery(time_point now);
    /// With what status the receiver answered to it; 0: not at all. False for any other id.
    CALIMATIC_DECL bool handle_webhook_answer(request_id id, int status, time_point now);

    CALIMATIC_DECL std::string const& issuer() const noexcept;
    /// What its discovery says, for tests that do not start there.
    CALIMATIC_DECL server_metadata metadata() const;

    /// The server: answers every request.
    CALIMATIC_DECL http_response handle(http_request const& request, time_point now);

    /// The server behind a network, which can fail.
    CALIMATIC_DECL result<http_response, transport_failure> send(http_request const& request, time_point now);
    /// How long the last `send` took.
    CALIMATIC_DECL milliseconds last_duration() const noexcept;

    /// Plays user and browser: opens the URL that an application made, decides, and gives the URL that the browser is redirected to. What a real
    /// server would say on a page of its own, because it must not redirect (RFC 6749 4.1.2.1), is the error `authorization_error`.
    CALIMATIC_DECL result<std::string> authorize(std::string_view authorization_url, time_point now, user_decision const& decision = {});

    /// The same for the URL of a logout (RP-Initiated Logout 2): signs out the user of the hint, or the one who signed in to that application last, and
    /// gives the URL that the browser is redirected to; "" where it stays on a page of the platform. What was granted to the application ends.
    /// Errors: `status_unexpected`, with what the platform's own page says.
    CALIMATIC_DECL result<std::string> end_session(std::string_view end_session_url, time_point now);
    /// The token that the platform sends to an application's backchannel_logout_uri, signed as the application's ID Tokens are. Only faults of logout
    /// tokens happen to it.
    CALIMATIC_DECL std::string make_logout_token(simulated_logout const& what, time_point now);

    /// Signs with the next keys from now on (there are four of RSA, two of every other kind, and then the first comes again). The key set keeps the ones
    /// before until `remove_old_keys`.
    CALIMATIC_DECL void rotate_keys();
    CALIMATIC_DECL void remove_old_keys();

    /// Ends all that a user granted, or all that was granted to a client, as an administrator does: refresh tokens, access tokens, codes.
    CALIMATIC_DECL void revoke_user(std::string_view sub);
    CALIMATIC_DECL void revoke_client(std::string_view client_id);

    /// How far the platform's clock is ahead from now on.
    CALIMATIC_DECL void set_clock_ahead(milliseconds ahead) noexcept;

    /// Makes it misbehave. Several faults can wait at once; those that fit a request all happen to it, and one that would change nothing of the answer
    /// waits for the next. Only faults of the authorization response happen to `authorize`. Errors: `fault_unknown`.
    CALIMATIC_DECL result<void> inject(fault_injection injection);
    /// The same for one request.
    CALIMATIC_DECL result<void> inject(std::string_view name);
    /// Whatever was injected and did not happen yet will not.
    CALIMATIC_DECL void clear_faults() noexcept;

    /// What arrived, in order.
    CALIMATIC_DECL std::vector<simulated_request> const& requests() const noexcept;
    /// How many requests arrived at an endpoint.
    CALIMATIC_DECL std::size_t count(simulated_endpoint endpoint) const noexcept;
    CALIMATIC_DECL void clear_requests() noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// A host under virtual time for the drivers: waiting takes no time, so `drive(flow, host)` runs through hours in microseconds. Borrows the platform.
class simulated_host {
public:
    explicit simulated_host(simulated_platform& platform, time_point start = time_point(seconds(1'800'000'000))) noexcept
        : platform_(&platform), now_(start) {}

    time_point now() const noexcept { return now_; }
    void wait_until(time_point time) noexcept { now_ = (std::max)(now_, time); }
    void advance(milliseconds duration) noexcept { now_ += duration; }
    /// Sets the clock of the device, which is not the platform's: that one goes on as it did.
    void set_clock(time_point time) noexcept {
        device_ahead_ += time - now_;
        now_ = time;
    }
    result<http_response, transport_failure> send(http_request const& request) {
        auto answer = platform_->send(request, now_ - device_ahead_);
        now_ += platform_->last_duration();
        return answer;
    }

private:
    simulated_platform* platform_;
    time_point now_;
    milliseconds device_ahead_{0};
};

} // namespace calimatic::inline CALIMATIC_ABI::testing

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/testing/simulated_platform.ipp>
#endif

#endif
