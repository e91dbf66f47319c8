#pragma once
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/authorization_code_flow.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/refresh_method.hpp>
#include <calimatic/flow/session.hpp>
#include <calimatic/flow/shared_session_event.hpp>
#include <calimatic/flow/store_question.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace calimatic::inline CALIMATIC_ABI {

/// What keeps those who share a session from refreshing it at the same time.
enum class shared_lock : std::uint8_t {
    by_host, ///< a lock of the host's, which ends with whoever holds it: who gets it goes on at once where another died
    none,    ///< a lease in the store alone: who died is waited for until that ends
};

/// How a session is shared.
struct shared_session_options {
    shared_lock lock = shared_lock::by_host;
    milliseconds lease{30'000}; ///< how long a refresh may take before another takes it over; no request of one is given longer
    session_options session{};  ///< `storage` does not matter: it is the shared one; `first_wait` and `longest_wait` are also for a store that fails
};

/// One session among several tabs, processes or plugins of a device, with one refresh between them. A machine over a store that the host supplies, and
/// asks by `poll_store_question`. When a refresh is due:
///
///     resting -> (lock) -> read -> newer tokens are there: they are taken over, no request leaves -> (unlock) -> resting
///                               -> another is at it: wait for its end or a notice, and read again
///                               -> replace, with a lease and that a refresh started -> the refresh -> replace, with the new tokens -> (unlock) -> resting
///
/// What is stored is what counts: a replacement that meets a conflict reads again, takes over what is newer, and stores its own tokens where they are.
/// Nothing is given out that is not stored. Of whoever dies in the middle the next one takes over, and a refresh whose answer was lost is sent again
/// within `ambiguity_window`, later never; see `session`. What is stored and cannot be read, or is gone, destroys nothing that is held: the access token
/// is used until it expires, and nothing is refreshed meanwhile.
class shared_session {
public:
    /// Stores the session of a user who has just signed in, whatever is stored now: the newest sign-in wins. `random` is borrowed for the call. Errors:
    /// those of `session::start`.
    static CALIMATIC_DECL result<shared_session> start(
        oauth_refresh how, sign_in signed_in, random_source& random, time_point now, shared_session_options options = {});
#if !defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
    static CALIMATIC_DECL result<shared_session> start(
        headless_refresh how, sign_in signed_in, random_source& random, time_point now, shared_session_options options = {});
#endif

    /// Takes part in the session that is stored. It is read first (`is_opening`); where there is none, this ends with `session_missing`, and where it
    /// cannot be read with the error of `session::resume`. Errors: those of `session::start`.
    static CALIMATIC_DECL result<shared_session> open(oauth_refresh how, random_source& random, time_point now, shared_session_options options = {});
#if !defined(CALIMATIC_PUBLIC_CLIENTS_ONLY)
    static CALIMATIC_DECL result<shared_session> open(
        headless_refresh how, random_source& random, time_point now, shared_session_options options = {});
#endif

    CALIMATIC_DECL shared_session(shared_session&&) noexcept;
    CALIMATIC_DECL shared_session& operator=(shared_session&&) noexcept;
    CALIMATIC_DECL ~shared_session();

    /// The access token to send now; valid until the session changes. Errors: `access_token_unavailable` while there is none that is valid and
    /// stored, and that of the end.
    CALIMATIC_DECL result<std::string_view> access_token(time_point now) const;
    /// Whose session it is, by the newest ID Token; null while it is opening, and after its end.
    CALIMATIC_DECL id_token_claims const* claims() const noexcept;
    /// The newest ID Token, for the hint of a logout (RP-Initiated Logout 2): take it before `sign_out`.
    CALIMATIC_DECL std::string_view id_token() const noexcept;
    /// What the newest access token reaches.
    CALIMATIC_DECL std::string_view scope() const noexcept;
    /// When the access token that is given out expires, by this device's clock; nothing: that was not said.
    CALIMATIC_DECL std::optional<time_point> expires_at() const noexcept;
    /// What was learned of this device's clock.
    CALIMATIC_DECL clock_offset const& clock() const noexcept;
    /// Of what was stored or taken over last; a later one is a newer state of the session. 0: nothing was yet.
    CALIMATIC_DECL std::uint64_t generation() const noexcept;
    /// Why the store, the last refresh or the revocation failed; nothing after a success.
    CALIMATIC_DECL std::optional<error> const& last_error() const noexcept;
    /// Whether the store was not read yet: whether anybody is signed in is not known.
    CALIMATIC_DECL bool is_opening() const noexcept;
    /// Whether it is over: there is no access token, and after a sign-out nothing more to store or to send either.
    CALIMATIC_DECL bool has_ended() const noexcept;

    /// A resource server refused this access token (401): as `session::handle_unauthorized`, but that another may have refreshed it already.
    CALIMATIC_DECL bool handle_unauthorized(std::string_view access_token, time_point now);

    /// Another tab, process or plugin says that something was stored: it is read soon. Nothing that the notice says is believed, so anybody may send one.
    CALIMATIC_DECL void handle_notice();

    /// Ends the session here and now and, by what it stores, for all others at their next read (`signed_out_elsewhere`); the newest refresh token is
    /// revoked as `session::sign_out` does: poll until `has_ended`. Where another user has signed in meanwhile, theirs goes on. `last_error` tells
    /// whether something failed.
    CALIMATIC_DECL void sign_out(time_point now);

    /// What happened, oldest first. One of each kind is kept until it is taken.
    CALIMATIC_DECL std::optional<shared_session_event> poll_event();

    CALIMATIC_DECL std::optional<http_request> poll_request(time_point now);
    CALIMATIC_DECL bool handle_response(request_id id, http_response response, time_point now);
    CALIMATIC_DECL bool handle_failure(request_id id, transport_failure failure, time_point now);
    /// When to call `poll_request` again; what to ask the store may come of it.
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    /// Gives up the request in flight, which counts as one that got no answer, and the question to the store, which counts as failed.
    CALIMATIC_DECL void abort();
    CALIMATIC_DECL std::optional<crypto_question> poll_crypto_question();
    CALIMATIC_DECL bool handle_crypto_answer(std::uint64_t id, crypto_answer const& answer);

    /// What to ask the store, if anything; one question is open at most, and each is handed out once. Ask after every other call.
    CALIMATIC_DECL std::optional<store_question> poll_store_question();
    /// An answer to another question than the open one is ignored and says so (false).
    CALIMATIC_DECL bool handle_store_answer(std::uint64_t id, store_answer answer);

private:
    struct state;
    CALIMATIC_DECL explicit shared_session(std::unique_ptr<state> state) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/shared_session.ipp>
#endif
