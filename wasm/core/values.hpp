#pragma once
#include "arguments.hpp"
#include "reply.hpp"
#include <calimatic/core/http.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/flow/authorization_code_flow.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/oauth/authorization.hpp>
#include <calimatic/oauth/client_information.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/oauth/token.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace bridge {

namespace cal = calimatic;

/// Values as JSON text, under the registered names. Times are UNIX times in milliseconds.
std::string to_json(cal::http_request const& request);
std::string to_json(cal::crypto_question const& question);
std::string to_json(cal::token_set const& tokens);
/// The public part of a sign-in: tokens, claims, userinfo, userinfo_error, keys, clock_offset, scope_reduced.
std::string to_json(cal::sign_in const& signed_in);

/// Values out of the members of a call. A mistake is told to `from`, and the value is of no use then; an error is one of the library's.
/// `server`: a metadata document. `client`: client_id and the signing algorithms; a secret is refused, see `secret_member`.
cal::result<cal::server_metadata> read_server(arguments& from);
cal::client_information read_client(arguments& from);
cal::authorization_parameters read_authorization_parameters(arguments from);
cal::http_response read_response(arguments from, std::string_view body);
cal::jwk_set read_keys(arguments& from, std::string_view name);

/// The path of the first member, however deep, that has the name of a secret of an application; "" where there is none.
std::string secret_member(cal::json value);

} // namespace bridge
