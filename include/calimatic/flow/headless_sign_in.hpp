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
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_tokens.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// How to sign in, beyond what the platform is asked for.
struct headless_sign_in_options {
    crypto_answers crypto = default_crypto_answers;
    std::vector<std::string> trusted_audiences{}; ///< further audiences that the ID Token may also be for
    std::optional<jwk_set> keys{};                ///< held from an earlier sign-in: nothing is fetched unless they do not fit
    clock_offset clock{};                         ///< learned earlier
    seconds exp_tolerance{60};                    ///< see `id_token_expectations`
    seconds iat_tolerance{60};
    seconds iat_max_age{600};
    check_options check{}; ///< `trace` is borrowed for the flow's life
};

/// The second factor that is asked for, to show to the user, who has not signed in yet.
struct second_factor {
    std::vector<std::string> methods{}; ///< "totp", "backup_code"
    headless_user user{};               ///< whose password it was, as far as that is told
    time_point expires_at{};            ///< until when a code is taken, by this device's clock
    std::optional<error> refused{};     ///< why the last code did not do; nothing before there was one
};

/// A user who has signed in without a browser.
struct headless_signed_in {
    calimatic::sign_in sign_in; ///< what `session::start` takes
    headless_user user;         ///< as the platform describes it; who it is the claims say
};

/// Signs in by e-mail address and password, and by a second factor where the platform asks for one, with a validated ID Token (OIDC Core 3.1.3.7; it
/// has no nonce, because there is no authorization request):
///
///     requesting_login -> (awaiting_code -> requesting_verification) -> (requesting_keys) -> (checking) -> finished
///
/// Each arrow can instead end in an error, and after a refusal nothing is requested any more. Neither password nor code is sent a second time, whatever
/// happens; keys are asked for again up to two times where the transport or the server failed. Once the password was right, trying again is signing
/// in again, and the errors' `condition()` says so. For trusted back ends and devices only: whoever runs it sees the user's password.
class headless_sign_in {
public:
    using value_type = headless_signed_in;

    /// Begins a sign-in. `server` needs `issuer` and `jwks_uri`, `client` the `client_id` that ID Tokens are for. The password is kept until its answer
    /// has come, so that no error repeats it. `random` is borrowed for the call. Errors: `random_source_failed`, `client_id_missing`, those of
    /// `build_headless_login_request`, and those of `authorization_code_flow::start` about algorithms and keys.
    static CALIMATIC_DECL result<headless_sign_in> start(platform_client platform, server_metadata server, client_information client,
        std::string_view email, secret_string password, random_source& random, headless_sign_in_options options = {});

    CALIMATIC_DECL headless_sign_in(headless_sign_in&&) noexcept;
    CALIMATIC_DECL headless_sign_in& operator=(headless_sign_in&&) noexcept;
    CALIMATIC_DECL ~headless_sign_in();

    /// What the user is to be asked for now, valid until the flow changes; null while there is nothing to ask. While it is there nothing is sent, until
    /// `handle_code`, or the end of the challenge, which is `next_deadline()`: a program that blocks in `drive` asks in its host's `wait_until`.
    CALIMATIC_DECL second_factor const* mfa() const noexcept;

    /// Takes the code that the user has entered: by its method, "totp" or "backup_code". A code that is wrong, or that could not be checked although
    /// nothing is lost by it (it was not sent, too many were, the server is busy or calls it malformed), leaves the challenge open: `mfa()` is there
    /// again and tells why. Errors: `flow_in_wrong_state`, `mfa_challenge_expired` (which is the flow's result, too), `platform_member_invalid`.
    CALIMATIC_DECL result<void> handle_code(secret_string code, std::string_view method, time_point now);

    CALIMATIC_DECL std::optional<http_request> poll_request(time_point now);
    CALIMATIC_DECL bool handle_response(request_id id, http_response response, time_point now);
    CALIMATIC_DECL bool handle_failure(request_id id, transport_failure failure, time_point now);
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    CALIMATIC_DECL void abort();
    /// Errors: those of `parse_headless_login_response` (among them `credentials_wrong`, `account_locked` with its `retry_after()`,
    /// `app_not_licensed`), of `parse_mfa_verify_response`, of fetching keys, and of `token_validation`; `mfa_challenge_expired`, `aborted`.
    CALIMATIC_DECL std::optional<result<headless_signed_in>> poll_result();
    CALIMATIC_DECL std::optional<crypto_question> poll_crypto_question();
    CALIMATIC_DECL bool handle_crypto_answer(std::uint64_t id, crypto_answer const& answer);

private:
    struct state;
    explicit headless_sign_in(std::unique_ptr<state> state) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/headless_sign_in.ipp>
#endif
