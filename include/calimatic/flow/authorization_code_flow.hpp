#pragma once
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/pending_sign_in.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oauth/authorization.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/oauth/token.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <calimatic/oidc/userinfo.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// How to sign in, beyond what the server is asked for.
struct authorization_code_options {
    crypto_answers crypto = default_crypto_answers;
    bool request_userinfo = false;                ///< read UserInfo after the ID Token was validated
    std::vector<std::string> trusted_audiences{}; ///< further audiences that the ID Token may also be for
    std::optional<jwk_set> keys{};                ///< held from an earlier sign-in: nothing is fetched unless they do not fit
    clock_offset clock{};                         ///< learned earlier
    seconds exp_tolerance{60};                    ///< see `id_token_expectations`
    seconds iat_tolerance{60};
    seconds iat_max_age{600};
    milliseconds lifetime{600'000}; ///< how long the user may take in the browser
    check_options check{};          ///< `trace` is borrowed for the flow's life
};

/// A user who has signed in.
struct sign_in {
    token_set tokens;                            ///< `tokens.scope` is what was granted
    id_token_claims claims;                      ///< who it is
    std::optional<calimatic::userinfo> userinfo; ///< if it was asked for and could be had
    std::optional<error> userinfo_error;         ///< why it could not
    jwk_set keys;                                ///< the issuer's, for the next time
    clock_offset clock;                          ///< what was learned of this device's clock
    bool scope_reduced = false;                  ///< less was granted than asked for
};

/// The authorization code flow (RFC 6749 4.1, OIDC Core 3.1) with PKCE, state, nonce and a validated ID Token:
///
///     (hashing) -> awaiting_redirect -> (requesting_keys) -> requesting_token -> (requesting_keys) -> (checking) -> (requesting_userinfo) -> finished
///
/// After UserInfo that is signed come (requesting_keys) -> (checking) once more. Each arrow can instead end in an error, and after a refusal nothing is
/// requested any more; once the redirect was taken, trying again is signing in again, and the errors' `condition()` says so. The code is exchanged
/// once, whatever happens; keys and UserInfo are asked for again up to two times where the transport or the server failed.
class authorization_code_flow {
public:
    using value_type = sign_in;

    /// Begins a sign-in. `random` is borrowed for the call. Errors: `random_source_failed`, `crypto_unavailable`, those of `build_authorization_url`,
    /// `select_client_auth_method`; `endpoint_missing` without a token_endpoint or jwks_uri; `jws_alg_unknown` for a registered algorithm that the
    /// library does not know; `hmac_of_public_client`, `hmac_key_too_short` where HS256, HS384 or HS512 is registered, which need no jwks_uri.
    static CALIMATIC_DECL result<authorization_code_flow> start(server_metadata server, client_information client,
        authorization_parameters parameters, random_source& random, time_point now, authorization_code_options options = {});

    /// Takes a sign-in up again, in this process or another one, with what `pending()` gave. Errors: `pending_of_another_server`,
    /// `pending_of_another_client`, `blob_malformed` for one that was filled by hand and lacks something, and those of `start` about server and client. One
    /// that is too old ends with `sign_in_expired`.
    static CALIMATIC_DECL result<authorization_code_flow> resume(server_metadata server, client_information client, pending_sign_in pending,
        random_source& random, time_point now, authorization_code_options options = {});

    CALIMATIC_DECL authorization_code_flow(authorization_code_flow&&) noexcept;
    CALIMATIC_DECL authorization_code_flow& operator=(authorization_code_flow&&) noexcept;
    CALIMATIC_DECL ~authorization_code_flow();

    /// What to open in the system's browser: there at once, or with `crypto_answers::by_host` once the challenge was answered. Not there after
    /// `resume`.
    CALIMATIC_DECL std::optional<std::string> authorization_url() const;

    /// Whether the redirect is still to come: then there is nothing to send, and what `handle_redirect` refuses was not the answer.
    CALIMATIC_DECL bool awaiting_redirect() const noexcept;

    /// The only thing that must outlive the trip through the browser. There as long as the redirect is awaited.
    CALIMATIC_DECL std::optional<pending_sign_in> pending() const;

    /// Takes the URL that the browser was redirected to. Until exactly one `state`, equal to ours, was read at our redirect_uri, it only returns
    /// an error and keeps waiting, because any page can call a loopback port (`is_our_redirect`); after that an error is the flow's result, too.
    /// Errors: those of `validate_authorization_response`, `sign_in_expired`, `redirect_already_used`, `flow_in_wrong_state`, `aborted`.
    CALIMATIC_DECL result<void> handle_redirect(std::string_view url, time_point now);

    CALIMATIC_DECL std::optional<http_request> poll_request(time_point now);
    CALIMATIC_DECL bool handle_response(request_id id, http_response response, time_point now);
    CALIMATIC_DECL bool handle_failure(request_id id, transport_failure failure, time_point now);
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    CALIMATIC_DECL void abort();
    CALIMATIC_DECL std::optional<result<sign_in>> poll_result();
    CALIMATIC_DECL std::optional<crypto_question> poll_crypto_question();
    CALIMATIC_DECL bool handle_crypto_answer(std::uint64_t id, crypto_answer const& answer);

private:
    struct state;
    explicit authorization_code_flow(std::unique_ptr<state> state) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/authorization_code_flow.ipp>
#endif
