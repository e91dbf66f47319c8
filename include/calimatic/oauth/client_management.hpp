#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/oauth/client_metadata.hpp>
#include <calimatic/oauth/client_registration.hpp>
#include <calimatic/oauth/server_metadata.hpp>

/// \file
/// Reading, updating and deleting a registration at servers that offer it (RFC 7592). Every reply may bring a new token, address and secret: what is
/// read replaces the registration that was held, and is saved before it is used. After `registration_access_refused` nothing is to be tried again.

namespace calimatic::inline CALIMATIC_ABI {

/// Asks what is registered (RFC 7592 2.1). Errors: `registration_management_missing` where the server gave no address or no token,
/// `registration_client_uri_foreign` where the address is not of the server's own origin, `token_not_sendable`, those of URLs.
CALIMATIC_DECL result<http_request> build_client_read_request(
    server_metadata const& server, client_registration const& registration, check_options const& options = {});

/// Reads the answer (RFC 7592 3): the registration, with every value that the reply has in the place of the old one. Errors: those of any answer,
/// `registration_access_refused` (the token or the client is gone), `client_registration_error`, `status_unexpected`,
/// `registration_of_another_client`, those of `parse_client_registration_response` about the members.
CALIMATIC_DECL result<client_registration> parse_client_read_response(
    http_response const& response, client_registration const& registration, check_options const& options = {});

/// Replaces what is registered (RFC 7592 2.2): all that is not in `metadata` is forgotten there, so that it is best made of `registration.metadata`. The
/// software statement goes with it, the secret does not. Errors: those of `build_client_read_request` and `validate_client_metadata`.
CALIMATIC_DECL result<http_request> build_client_update_request(
    server_metadata const& server, client_registration const& registration, client_metadata const& metadata, check_options const& options = {});

/// Reads the answer, as `parse_client_read_response` does; `metadata` is what was asked for.
CALIMATIC_DECL result<client_registration> parse_client_update_response(
    http_response const& response, client_registration const& registration, client_metadata const& metadata, check_options const& options = {});

/// Ends the registration (RFC 7592 2.3). Errors: those of `build_client_read_request`.
CALIMATIC_DECL result<http_request> build_client_delete_request(
    server_metadata const& server, client_registration const& registration, check_options const& options = {});

/// Reads the answer: after success (204) what was saved is to be dropped. Errors: those of any answer, `registration_access_refused`,
/// `client_registration_error`, `status_unexpected`.
CALIMATIC_DECL result<void> parse_client_delete_response(
    http_response const& response, client_registration const& registration, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/oauth/client_management.ipp>
#endif
