#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/authorization.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// What a logout at the provider (RP-Initiated Logout 2) must remember while the user is in the browser. Empty where the user does not come back.
struct pending_logout {
    std::string post_logout_redirect_uri{}; ///< exactly as registered
    secret_string state{};
};

/// A logout after which the user comes back to that address, with a fresh state. Errors: those of `validate_redirect_uri`, `random_source_failed`.
CALIMATIC_DECL result<pending_logout> make_pending_logout(
    std::string_view post_logout_redirect_uri, random_source& random, check_options const& options = {});

/// The pending logout as a saved value, secret, and back. Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL secret_string serialize(pending_logout const& pending);
CALIMATIC_DECL result<pending_logout> parse_pending_logout(std::string_view blob, check_options const& options = {});

/// What the provider is told; what is empty is not sent. Views are borrowed for the call.
struct end_session_parameters {
    std::string_view id_token_hint{}; ///< `session::id_token()`, however old it is: without one the provider may ask the user, or not come back
    std::string_view logout_hint{};
    std::string_view ui_locales{};
};

/// The URL to open in the user's browser, so that the user is signed out at the provider, too. It is no condition for signing out here: first take
/// `id_token()`, then `session::sign_out`, and then open the URL, whether or not anybody comes back (RP-Initiated Logout 5). It has the ID Token in
/// it, which is not to be logged. The endpoint's own query is kept; it must not have a parameter that is sent. Errors: `endpoint_missing` where the
/// provider has no such endpoint, so that signing out here is all there is; `client_id_missing`, those of `validate_redirect_uri`,
/// `logout_state_missing`, `parameter_repeated`, `form_malformed`, those of URLs: `url_too_long` where the ID Token is too large, for which there is
/// `build_end_session_form`.
CALIMATIC_DECL result<std::string> build_end_session_url(server_metadata const& server, client_information const& client,
    pending_logout const& pending, end_session_parameters const& parameters, check_options const& options = {});

/// A form for the user's browser to send with POST (RP-Initiated Logout 2): on a page of the application, with `fields` as hidden inputs. Their values
/// are to be escaped as HTML wants it.
struct end_session_form {
    std::string url; ///< the form's action
    std::vector<authorization_parameter> fields;
};

/// The same request as a form, for ID Tokens that are too large for a URL. Errors: those of `build_end_session_url` but for `url_too_long` of the ID
/// Token.
CALIMATIC_DECL result<end_session_form> build_end_session_form(server_metadata const& server, client_information const& client,
    pending_logout const& pending, end_session_parameters const& parameters, check_options const& options = {});

/// Checks the URL that the browser came back with (RP-Initiated Logout 3), in this order: decoding, repeated parameters, that it is our
/// post_logout_redirect_uri, `state`. After an error nothing is known of the logout, and nothing is to change: any page can open that address.
/// Errors: `url_too_long`, `url_malformed`, `form_malformed`, `too_many_parameters`, `parameter_repeated`, `logout_return_not_ours`,
/// `logout_state_missing`, `logout_state_mismatch`.
CALIMATIC_DECL result<void> validate_end_session_response(std::string_view url, pending_logout const& pending, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/logout.ipp>
#endif
