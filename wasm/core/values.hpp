#pragma once
#include "arguments.hpp"
#include "reply.hpp"
#include <calimatic/core/clock_offset.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/flow/authorization_code_flow.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/flow/refresh_schedule.hpp>
#include <calimatic/flow/session_event.hpp>
#include <calimatic/flow/shared_session_event.hpp>
#include <calimatic/oauth/authorization.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/oauth/token.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <calimatic/oidc/logout_token.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bridge {

namespace cal = calimatic;

/// Values as JSON text, under the registered names, or else under those in C++. Times are UNIX times in milliseconds.
json_text to_json(cal::http_request const& request); // {id, method, url, headers: [[name, value], ...], body, timeout, max_response_body}
json_text to_json(cal::crypto_question const& question);
json_text to_json(cal::token_set const& tokens); // as saved: {calimatic, version, access_token, token_type, expires_at?, received_at, ...}
json_text to_json(cal::server_metadata const& server);
json_text to_json(cal::jwk_set const& keys);               // {keys: [...], skipped?: [error, ...]}
json_text to_json(cal::clock_offset const& clock);         // {learned?, description}
json_text to_json(cal::id_token_claims const& claims);     // {claims: {...}, subject_key}
json_text to_json(cal::logout_token_claims const& claims); // {claims: {...}, subject: {iss, sub?, sid?}}
json_text to_json(cal::session_event const& event);        // {what, generation, error?, retry_at?, text?}
json_text to_json(cal::shared_session_event const& event); // {what, generation, error?, retry_at?, text?}
/// {handle, tokens, claims, subject_key, userinfo?, userinfo_error?, keys, clock, scope_reduced}
json_text to_json(cal::sign_in const& signed_in, std::uint32_t handle);

/// Pairs of texts as JSON: an array of arrays of two.
class json_pairs {
public:
    json_pairs& add(std::string_view a, std::string_view b);
    json_text finish();

private:
    void append(std::string_view text);
    std::string text_ = "[";
};

/// A response whose body is wiped when it is dropped.
struct wiped_response : cal::http_response {
    wiped_response() = default;
    wiped_response(wiped_response&&) = default;
    wiped_response& operator=(wiped_response&&) = delete;
    ~wiped_response() { cal::wipe(body); }
};

/// Values out of the members of a call. A mistake is told to `from`, and the value is of no use then; an error is one of the library's.
/// `server`: a metadata document. `client`: client_id and the signing algorithms; a secret is refused, see `secret_member`.
cal::result<cal::server_metadata> read_server(arguments& from, cal::check_options const& options = {});
cal::client_information read_client(arguments& from);
cal::metadata_location read_location(arguments& from);
/// `parameters`: those of an authorization request.
cal::authorization_parameters read_authorization_parameters(arguments& from);
/// {status, headers?: [[name, value], ...]}, with the body beside it.
wiped_response read_response(arguments& members, std::string_view body);
/// `response`.
wiped_response read_response_of(arguments& from, std::string_view body);
/// `request`: {method?, url, headers?, body?}.
cal::http_request read_request(arguments& from);
std::vector<cal::http_header> read_headers(arguments& from);
/// A JWK set, which must be one that can be read.
std::optional<cal::jwk_set> read_keys(arguments& from, std::string_view name);
cal::jwk_set read_required_keys(arguments& from); // `keys`
/// The milliseconds that a clock_offset has learned.
cal::clock_offset read_clock(arguments& from, std::string_view name);
/// `timing`: {early?, jitter?}.
void read_timing(arguments& from, cal::refresh_timing& into);
/// `limits`: {token_body, json_depth, ...}; those that are not given are the default ones.
cal::check_options read_limits(arguments& from);
/// `options`: {limits?}, of functions that have no other.
cal::check_options read_options(arguments& from);

/// The members that all checks of a token have.
template <class T>
void read_tolerances(arguments& from, T& into) {
    into.trusted_audiences = from.texts("trusted_audiences");
    from.duration("exp_tolerance", into.exp_tolerance);
    from.duration("iat_tolerance", into.iat_tolerance);
    from.duration("iat_max_age", into.iat_max_age);
}

/// The path of the first member, however deep, that has the name of a secret of an application; "" where there is none. The argument `claims`, which a
/// provider wrote, is not looked into.
std::string secret_member(cal::json value, bool is_inside = false);

} // namespace bridge
