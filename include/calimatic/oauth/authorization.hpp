#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// A further parameter of an authorization request.
struct authorization_parameter {
    std::string name;
    std::string value;
};

/// What the application asks for (RFC 6749 4.1.1, OIDC Core 3.1.2.1), under the registered names; what is empty is not sent.
struct authorization_parameters {
    std::string redirect_uri{};   ///< exactly as registered
    std::string scope = "openid"; ///< `openid` is added where it is missing; a scope given twice is sent once
    std::string prompt{};
    std::optional<seconds> max_age{}; ///< not negative; then `auth_time` is checked
    std::string acr_values{};
    bool acr_required = false; ///< then the ID Token's `acr` must be one of `acr_values`
    std::string login_hint{};
    std::string ui_locales{};
    std::string display{};
    std::vector<std::string> resource{};          ///< RFC 8707
    std::vector<authorization_parameter> extra{}; ///< must not name a parameter that the library sets
};

/// What ties the answer to the request: all three fresh for every request.
struct authorization_binding {
    std::string_view state;
    std::string_view nonce;
    std::string_view code_challenge; ///< S256 (RFC 7636 4.3)
};

/// The URL to open in the system's browser. The endpoint's own query is kept; it must not have a parameter that is sent. Errors: `endpoint_missing`,
/// `client_id_missing`, those of `validate_redirect_uri`, `scope_malformed`, `prompt_contradictory`, `acr_values_missing`, `max_age_negative`, `too_many_parameters`,
/// `parameter_reserved`, `parameter_repeated`, `binding_missing`, `form_malformed`, those of URLs.
CALIMATIC_DECL result<std::string> build_authorization_url(server_metadata const& server, client_information const& client,
    authorization_parameters const& parameters, authorization_binding const& binding, check_options const& options = {});

/// Whether a redirect_uri may be used: https; http on loopback (RFC 8252 7.3); or a private-use scheme with a period in it (7.1); absolute and
/// without a fragment. A query must not have a name twice, or one that the answer adds (`state`, `code`, ...). Errors: `redirect_uri_invalid` with
/// the reason, `form_malformed`, `too_many_parameters`, those of URLs.
CALIMATIC_DECL result<void> validate_redirect_uri(std::string_view redirect_uri, check_options const& options = {});

/// What the answer must match; all of it was fixed when the request was made.
struct authorization_expectations {
    std::string_view issuer;
    std::string_view redirect_uri;
    std::string_view state;
    bool iss_required = false; ///< the server's metadata promise `iss` (RFC 9207 3)
};

/// A code that came with our state, from our issuer, at our redirect_uri. Only `validate_authorization_response` makes one.
class authorization_response {
public:
    /// To be exchanged once, and never logged.
    std::string_view code() const noexcept { return code_.expose(); }

private:
    friend CALIMATIC_DECL result<authorization_response> validate_authorization_response(
        std::string_view, authorization_expectations const&, check_options const&);
    explicit authorization_response(secret_string code) noexcept : code_(std::move(code)) {}
    secret_string code_;
};

/// Checks the URL that the browser was redirected to, in this order: decoding, repeated parameters, that it is our redirect_uri, `state`, `iss`
/// (RFC 9207, for errors too), `error`, `code`. Unknown parameters are ignored; tokens in the URL and its fragment are never looked at; a parameter
/// without value counts as omitted (RFC 6749 3.1). The address is compared exactly but for what browsers change (case of scheme and host, default
/// port, empty path); the redirect_uri's own query must be there, in any order. Errors: `url_too_long`, `url_malformed`, `form_malformed`,
/// `too_many_parameters`, `parameter_repeated`, `redirect_not_ours`, `state_missing`, `state_mismatch`, `authorization_iss_missing`,
/// `authorization_iss_mismatch`, `code_and_error`, `authorization_error` (with the server's words), `code_missing`.
CALIMATIC_DECL result<authorization_response> validate_authorization_response(
    std::string_view url, authorization_expectations const& expected, check_options const& options = {});

/// Whether the URL is our redirect_uri and carries exactly one `state`, equal to ours. Anything else may come from any page that can reach the
/// listener, and must not end a sign-in.
CALIMATIC_DECL bool is_our_redirect(std::string_view url, authorization_expectations const& expected, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/authorization.ipp>
#endif
