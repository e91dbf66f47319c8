#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/headless/headless_profile.hpp>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// Somebody who signs up. Only address and password have to be there; whatever else is "" is not sent.
struct headless_signup {
    std::string email{};
    secret_string password{};
    std::string first_name{};
    std::string last_name{};
    std::string extra{}; ///< further members, an object in JSON; "": none
};

/// POST /signup, for trusted back ends and devices only. It needs those names of the profile whose values are sent. Errors: `platform_fact_missing`,
/// `platform_member_invalid`, those of `parse_json` and `json_not_an_object` for `extra` (as `correct_input`), among them `json_duplicate_member` for a
/// member that is there already; those of every request to the headless API (`build_headless_login_request`).
CALIMATIC_DECL result<http_request> build_headless_signup_request(
    platform_client const& platform, headless_signup const& signup, headless_profile const& profile, check_options const& options = {});

/// Reads the reply, whose members are not documented: an object, or nothing at all. Where it is that of a login, `parse_headless_login_response` reads it.
/// Errors: those of any answer and of `parse_json`, `platform_response_malformed`, `platform_error`, and those that a code of the platform names. None
/// repeats the password.
CALIMATIC_DECL result<json_document> parse_headless_signup_response(
    http_response const& response, platform_client const& platform, secret_string const& password, check_options const& options = {});

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/platform/headless/headless_signup.ipp>
#endif
