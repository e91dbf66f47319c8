#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <string>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// What the application lets others begin a sign-in with.
struct login_initiation_expectations {
    std::vector<std::string> issuers{}; ///< those that the application signs in with, compared exactly
    std::string iss_if_missing{};       ///< the issuer where none is named, for a platform that does not name itself; "": one must be named
    /// Where a sign-in may lead: each of these pages and all below it ("https://app.example/courses/"); https, or http on loopback.
    std::vector<std::string> targets{};
};

/// A sign-in that somebody else began, by sending the user's browser to the application's login page (OIDC Core 4): the issuer to sign in with,
/// `login_hint` for `authorization_parameters`, and where to go afterwards. Who sent it is not known. Whoever keeps `target_link_uri` in the browser until
/// then keeps it from being changed (RFC 9700 4.7.1), or asks `validate_third_party_initiated_login` again.
struct third_party_initiated_login {
    std::string iss;
    std::string login_hint{};      ///< "": none
    std::string target_link_uri{}; ///< absolute, below one of the targets; "": none was named
};

/// Checks a request to the login page: parameters in the query of a GET or the form of a POST, an issuer that is trusted, and a target_link_uri that is
/// one of the application's. That is an absolute URL, or a path, which is that of the first target's host. It has no user name, and its path no
/// control character, backslash, dot segment or escaped slash, however they are escaped, nor two slashes in front, so that it is safe without its host,
/// too. The user should be asked before anything happens that only a signed-in user may bring about. Errors: `login_request_malformed`, `url_too_long`, `url_malformed`, `form_malformed`, `too_many_parameters`,
/// `parameter_repeated`, `login_iss_missing`, `login_iss_untrusted`, `login_target_refused`, and those of URLs about `targets`.
CALIMATIC_DECL result<third_party_initiated_login> validate_third_party_initiated_login(
    http_request const& request, login_initiation_expectations const& expected, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oidc/third_party_initiated_login.ipp>
#endif
