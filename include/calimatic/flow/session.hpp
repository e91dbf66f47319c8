#pragma once
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/authorization_code_flow.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/refresh_method.hpp>
#include <calimatic/flow/refresh_schedule.hpp>
#include <calimatic/flow/session_event.hpp>
#include <calimatic/flow/storage.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <calimatic/oidc/session_subject.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// How a session is kept fresh.
struct session_options {
    calimatic::storage storage = calimatic::storage::by_host; ///< `by_host`: a refresh leaves, and new tokens are given out, once they are saved
    crypto_answers crypto = default_crypto_answers;
    refresh_timing timing{};
    milliseconds first_wait{1'000}; ///< after a failure; doubled by every further one, up to `longest_wait`; `Retry-After` is honoured
    milliseconds longest_wait{300'000};
    milliseconds ambiguity_window{60'000}; ///< how long after its start was handed out for saving a refresh that got no answer may be sent again
    bool last_try = false; ///< present such a refresh token once more when the access token is over: for a device that is its only holder
    milliseconds unauthorized_interval{30'000};   ///< an access token that is younger than this and refused is not replaced for it
    milliseconds sign_out_wait{10'000};           ///< how long `sign_out` may wait for a refresh in flight, and then take to revoke
    std::vector<std::string> trusted_audiences{}; ///< see `id_token_expectations`
    seconds exp_tolerance{60};
    seconds iat_tolerance{60};
    seconds iat_max_age{600};
    std::optional<jwk_set> keys{}; ///< of the issuer, held from earlier: for `resume`, nothing is fetched unless they do not fit
    check_options check{};         ///< `trace` is borrowed for the session's life
};

class shared_session;

/// Keeps one token set fresh, in whatever way `refresh_method` says. A machine: it starts nothing itself, `poll_request` yields the refresh when it
/// is due, and costs nothing while it is not. Persist before publish: a refresh token may be spent by its first use (RFC 9700 4.14.2), so what a
/// restart must know is handed out for saving before it matters.
///
///     resting -> (saving that a refresh started) -> requesting_token -> (requesting_keys, checking) -> (saving the tokens) -> resting
///
/// A refresh without answer, or whose answer cannot be read, may have spent the token. It is sent again within `ambiguity_window`; later it never
/// is, the access token is used until it expires, and the user has to sign in again (`refresh_outcome_unknown`). `invalid_grant` and its like end
/// the session; every other failure waits, longer each time, and loses nothing.
class session {
public:
    /// A session of a user who has just signed in. Its first event is the one to save it by. `random` is borrowed for the call. Errors:
    /// `random_source_failed`, and those of `authorization_code_flow::start` about server and client.
    static CALIMATIC_DECL result<session> start(
        oauth_refresh how, sign_in signed_in, random_source& random, time_point now, session_options options = {});

#if !defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
    /// The same of a user who has signed in with `headless_sign_in`. Errors: those of `build_headless_refresh_request` as well.
    static CALIMATIC_DECL result<session> start(
        headless_refresh how, sign_in signed_in, random_source& random, time_point now, session_options options = {});

    /// A session of the application itself: its first token is asked for at once. Errors: as above, `client_secret_missing`.
    static CALIMATIC_DECL result<session> start(client_credentials how, random_source& random, time_point now, session_options options = {});
#endif

    /// A session that was saved with `serialize`, at any moment, taken up again in this or another process. One that was saved while a refresh was
    /// under way is one whose refresh got no answer. Errors: `blob_malformed`, `blob_version_unknown`, `session_of_another_server`,
    /// `session_of_another_client`, `session_ended`, and those of `start`.
    static CALIMATIC_DECL result<session> resume(
        refresh_method how, std::string_view blob, random_source& random, time_point now, session_options options = {});

    CALIMATIC_DECL session(session&&) noexcept;
    CALIMATIC_DECL session& operator=(session&&) noexcept;
    CALIMATIC_DECL ~session();

    /// The access token to send now; valid until the session changes. Errors: `access_token_unavailable` while there is none that is valid and
    /// saved, and that of the end.
    CALIMATIC_DECL result<std::string_view> access_token(time_point now) const;
    /// Whose session it is, by the newest ID Token; null for `client_credentials`.
    CALIMATIC_DECL id_token_claims const* claims() const noexcept;
    /// The newest ID Token, for the hint of a logout (RP-Initiated Logout 2); "" where there is none.
    CALIMATIC_DECL std::string_view id_token() const noexcept;
    /// What the newest access token reaches.
    CALIMATIC_DECL std::string_view scope() const noexcept;
    /// When the access token that is given out expires, by this device's clock; nothing: that was not said.
    CALIMATIC_DECL std::optional<time_point> expires_at() const noexcept;
    /// What was learned of this device's clock.
    CALIMATIC_DECL clock_offset const& clock() const noexcept;
    /// Counts what was handed out for saving; a later one is a newer state of the session.
    CALIMATIC_DECL std::uint64_t generation() const noexcept;
    /// Why the last refresh, or revocation, failed; nothing after a success.
    CALIMATIC_DECL std::optional<error> const& last_error() const noexcept;
    /// Whether it is over: there is no access token, and after a sign-out nothing more to send either.
    CALIMATIC_DECL bool has_ended() const noexcept;

    /// The state of that generation is safe: what waited for it may go on. Any other generation than the last one is ignored and says so (false).
    CALIMATIC_DECL bool handle_saved(std::uint64_t generation);

    /// A resource server refused this access token (401). True: a refresh is due or under way, so wait for `tokens_changed` and try once more. False:
    /// the token is not the current one any more (take that), or it was received within `unauthorized_interval`, so that another would fare no
    /// better, or there is no way to get another; the last ends the session.
    CALIMATIC_DECL bool handle_unauthorized(std::string_view access_token, time_point now);

    /// Takes over what another process or page saved of this same session, later than this one: its tokens are used from now on, and the answer to a
    /// refresh of the older ones does not matter any more. Errors: those of `resume`, `session_of_another_user`, `session_not_newer`;
    /// `session_unsettled` where either has a refresh under way that is not settled.
    CALIMATIC_DECL result<void> replace_tokens(std::string_view blob, time_point now);

    /// Ends the session here and now, and revokes its refresh token (RFC 7009; POST /logout of the headless API, if the profile has its name) where the
    /// server can, within `sign_out_wait`: poll until `has_ended`.
    /// A refresh in flight is waited for, as long again, so that it is the newest token that is revoked. `last_error` tells whether that failed.
    CALIMATIC_DECL void sign_out(time_point now);

    /// Ends the session if it is about that user: of the same `iss`, and with the `sub` and the `sid` that are given, both if both are; a session that was
    /// never told its `sid` goes by the `sub`. For the subject of a logout token (Back-Channel Logout 2.7), or the user that the host knows an event to mean. Nothing is sent: the provider has ended whatever it
    /// means to end, and a refresh token for offline_access, which it keeps, is only forgotten here; whoever works on with that in the user's absence
    /// does not call this. Returns whether it ended; false also where it had ended before, or the user is signing out.
    CALIMATIC_DECL bool revoke(session_subject const& subject, time_point now);

    /// What happened, oldest first. One of each kind is kept until it is taken.
    CALIMATIC_DECL std::optional<session_event> poll_event();

    CALIMATIC_DECL std::optional<http_request> poll_request(time_point now);
    CALIMATIC_DECL bool handle_response(request_id id, http_response response, time_point now);
    CALIMATIC_DECL bool handle_failure(request_id id, transport_failure failure, time_point now);
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    /// Gives up the request in flight: it counts as one that got no answer.
    CALIMATIC_DECL void abort();
    CALIMATIC_DECL std::optional<crypto_question> poll_crypto_question();
    CALIMATIC_DECL bool handle_crypto_answer(std::uint64_t id, crypto_answer const& answer);

    friend CALIMATIC_DECL secret_string serialize(session const& session);

private:
    friend class shared_session;
    struct state;
    CALIMATIC_DECL explicit session(std::unique_ptr<state> state) noexcept;
    static CALIMATIC_DECL id_token_claims claims_of_blob(calimatic::claims claims) noexcept;
    std::unique_ptr<state> state_;
};

/// The session as a saved value, secret, in the state that it is in. What belongs to the process is left out: keys, options, the client's secret.
CALIMATIC_DECL secret_string serialize(session const& session);

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/session.ipp>
#endif
