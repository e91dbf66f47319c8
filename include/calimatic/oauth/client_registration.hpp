#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/client_metadata.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace calimatic::inline CALIMATIC_ABI {

/// An application to be registered (RFC 7591 3.1).
struct client_registration_request {
    client_metadata metadata{};
    std::string software_statement{};     ///< sent as given (3.1.1); "": none
    secret_string initial_access_token{}; ///< sent as given, where the server demands one (3); "": none
};

/// A registered application (RFC 7591 3.2.1). A server shows the secret once: save this (`serialize`) before anything else is done with it.
struct client_registration {
    std::string client_id{};
    secret_string client_secret{};
    std::optional<time_point> client_secret_expires_at{}; ///< nothing: never (0 on the wire)
    std::optional<time_point> client_id_issued_at{};
    secret_string registration_access_token{}; ///< RFC 7592: this and the next are for reading, updating and deleting the registration
    secret_string registration_client_uri{};   ///< as secret as the token (RFC 7592 5)
    client_metadata metadata{};                ///< as registered: the server's values, and the asked ones where it repeats none
    std::string software_statement{};          ///< that it was registered with, and is updated with; "": none
    std::vector<error> skipped{};              ///< what in the server's last reply was not what it must be, and counts as not said; not saved

    /// What to sign in with. The private key of private_key_jwt is the caller's to add.
    CALIMATIC_DECL client_information client() const;
    /// A second copy, secrets included, asked for in so many words.
    CALIMATIC_DECL client_registration clone() const;
};

/// The registration as a saved value, secrets included, and back. Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL secret_string serialize(client_registration const& registration);
CALIMATIC_DECL result<client_registration> parse_client_registration(std::string_view blob, check_options const& options = {});

/// Asks the server to register an application: a POST of JSON, which no transport may repeat, since each one makes a client. Errors: `endpoint_missing`
/// where the server has no registration, those of `validate_client_metadata` and `put_bearer_token`, those of URLs.
CALIMATIC_DECL result<http_request> build_client_registration_request(
    server_metadata const& server, client_registration_request const& request, check_options const& options = {});

/// Reads the answer: 201, or 200 of servers that mean the same, since nothing hangs on which. A `client_secret` cannot be asked for again, so it is not
/// lost over metadata of the wrong type (`skipped`), nor without the required `client_secret_expires_at`: it is taken as one that never expires, and one
/// that has expired is refused wherever it is used. Errors: those of any answer (429 with its `Retry-After`), `client_registration_error` (with the
/// server's words, such as invalid_redirect_uri), `registration_access_refused`, `status_unexpected`, those of `parse_json`, `json_not_an_object`,
/// `registration_member_missing`, `json_member_type_wrong` for a secret. In `skipped`: `json_member_type_wrong`, `registration_time_invalid`.
CALIMATIC_DECL result<client_registration> parse_client_registration_response(
    http_response const& response, client_registration_request const& request, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/client_registration.ipp>
#endif
