// The functions of oauth/. `options` is {limits?} everywhere. A response goes as `response`: {status, headers?: [[name, value], ...]}, with its body as the
// bytes beside the arguments; a request comes as {id, method, url, headers, body, timeout, max_response_body}.

#include "calls.hpp"
#include "values.hpp"
#include <calimatic/oauth/authorization.hpp>
#include <calimatic/oauth/bearer_token.hpp>
#include <calimatic/oauth/pkce.hpp>
#include <calimatic/oauth/revocation.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <calimatic/oauth/token.hpp>
#include <optional>
#include <string>
#include <utility>

namespace bridge {
namespace {

json_text write_request(cal::http_request const& request) { return to_json(request); }
json_text write_server(cal::server_metadata const& server) { return to_json(server); }

cal::authorization_expectations read_authorization_expectations(arguments& given) {
    cal::authorization_expectations out;
    given.required_object("expected", [&](arguments& members) {
        out.issuer = members.required_text("issuer");
        out.redirect_uri = members.required_text("redirect_uri");
        out.state = members.required_text("state");
        out.iss_required = members.flag("iss_required");
    });
    return out;
}

json_text write_challenges(std::vector<cal::challenge> const& challenges) {
    std::string out = "[";
    for (auto const& challenge : challenges) {
        cal::detail::json_writer writer;
        json_pairs parameters;
        for (auto const& parameter : challenge.parameters) parameters.add(parameter.name, parameter.value);
        writer.string("scheme", challenge.scheme).optional_string("token68", challenge.token68).raw("parameters", parameters.finish());
        out.append(out.size() > 1 ? "," : "").append(writer.finish());
    }
    return out + "]";
}

reply build_token_request(arguments& given, call const& call) {
    auto const options = read_options(given);
    auto const server = read_server(given, options);
    auto const client = read_client(given);
    cal::authorization_code_grant code{};
    cal::refresh_token_grant refresh{};
    std::size_t kind = 0;
    given.required_object("grant", [&](arguments& members) {
        if (!members.has("grant_type")) members.wrong("grant_type");
        kind = members.choice("grant_type", {"authorization_code", "refresh_token"});
        if (kind == 0) code = {members.required_text("code"), members.required_text("redirect_uri"), members.required_text("code_verifier")};
        else refresh = {members.required_text("refresh_token"), members.text("granted_scope"), members.text("scope")};
    });
    if (!server) return failure(server.error());
    return reply_of(kind == 0 ? cal::build_token_request(*server, client, code, call.now, options)
                              : cal::build_token_request(*server, client, refresh, call.now, options),
        write_request);
}

reply parse_token_response(arguments& given, call const& call) {
    auto const options = read_options(given);
    auto const response = read_response_of(given, call.bytes);
    cal::token_expectations expected;
    std::optional<cal::result<cal::token_set>> refreshed;
    given.object("expected", [&](arguments& members) {
        expected.scope = members.text("scope");
        expected.id_token_required = members.flag("id_token_required");
        if (members.has("refreshed")) refreshed = cal::parse_token_set(json_text(members["refreshed"].to_string()), options);
    });
    if (refreshed && !*refreshed) return failure(refreshed->error());
    if (refreshed) expected.refreshed = &**refreshed;
    return reply_of(cal::parse_token_response(response, expected, call.now, options), [](cal::token_set const& tokens) { return to_json(tokens); });
}

// clang-format off
constexpr function table[]{
    // {issuer, location?: "openid_configuration" | "oauth_authorization_server", options?} -> request
    {"build_server_metadata_request", [](arguments& given, call const&) -> reply {
        auto const issuer = given.required_text("issuer");
        auto const location = read_location(given);
        return reply_of(cal::build_server_metadata_request(issuer, location, read_options(given)), write_request);
    }},
    // {response, issuer, options?} -> {issuer, token_endpoint, ...}
    {"parse_server_metadata_response", [](arguments& given, call const& call) -> reply {
        auto const response = read_response_of(given, call.bytes);
        auto const issuer = given.required_text("issuer");
        return reply_of(cal::parse_server_metadata_response(response, issuer, read_options(given)), write_server);
    }},
    // {text, issuer, options?} -> {issuer, token_endpoint, ...}
    {"parse_server_metadata", [](arguments& given, call const&) -> reply {
        auto const text = given.required_text("text"), issuer = given.required_text("issuer");
        return reply_of(cal::parse_server_metadata(text, issuer, read_options(given)), write_server);
    }},
    // {server, client, parameters, binding: {state, nonce, code_challenge}, options?} -> URL
    {"build_authorization_url", [](arguments& given, call const&) -> reply {
        auto const options = read_options(given);
        auto const server = read_server(given, options);
        auto const client = read_client(given);
        auto const parameters = read_authorization_parameters(given);
        cal::authorization_binding binding{};
        given.required_object("binding", [&](arguments& members) {
            binding = {members.required_text("state"), members.required_text("nonce"), members.required_text("code_challenge")};
        });
        if (!server) return failure(server.error());
        return reply_of(cal::build_authorization_url(*server, client, parameters, binding, options));
    }},
    // {redirect_uri, options?} -> null
    {"validate_redirect_uri", [](arguments& given, call const&) -> reply {
        auto const redirect_uri = given.required_text("redirect_uri");
        return reply_of(cal::validate_redirect_uri(redirect_uri, read_options(given)));
    }},
    // {url, expected: {issuer, redirect_uri, state, iss_required?}, options?} -> {code}
    {"validate_authorization_response", [](arguments& given, call const&) -> reply {
        auto const url = given.required_text("url");
        auto const expected = read_authorization_expectations(given);
        return reply_of(cal::validate_authorization_response(url, expected, read_options(given)), [](cal::authorization_response const& response) {
            cal::detail::json_writer writer;
            return json_text(writer.string("code", response.code()).finish());
        });
    }},
    // {url, expected: {issuer, redirect_uri, state, iss_required?}, options?} -> boolean
    {"is_our_redirect", [](arguments& given, call const&) -> reply {
        auto const url = given.required_text("url");
        auto const expected = read_authorization_expectations(given);
        return flag_value(cal::is_our_redirect(url, expected, read_options(given)));
    }},
    // {} -> 256 random bits in base64url: a code_verifier, a state, a nonce
    {"make_code_verifier", [](arguments&, call const& call) -> reply {
        auto const made = cal::make_code_verifier(call.random);
        return made ? text_value(made->expose()) : failure(made.error());
    }},
    // {code_verifier, options?} -> null
    {"validate_code_verifier", [](arguments& given, call const&) -> reply {
        auto const code_verifier = given.required_text("code_verifier");
        return reply_of(cal::validate_code_verifier(code_verifier, read_options(given)));
    }},
    // {server, client, grant: {grant_type: "authorization_code", code, redirect_uri, code_verifier}
    //                       | {grant_type: "refresh_token", refresh_token, granted_scope?, scope?}, options?} -> request
    {"build_token_request", build_token_request},
    // {response, expected?: {scope?, id_token_required?, refreshed?: the tokens before}, options?}
    //  -> {access_token, token_type, expires_at?, received_at, refresh_token?, id_token?, scope}, in the form in which they are saved
    {"parse_token_response", parse_token_response},
    // {granted, wanted} -> boolean
    {"scope_covers", [](arguments& given, call const&) -> reply {
        return flag_value(cal::scope_covers(given.required_text("granted"), given.required_text("wanted")));
    }},
    // {server, client, token, token_type_hint?, options?} -> request
    {"build_revocation_request", [](arguments& given, call const& call) -> reply {
        auto const options = read_options(given);
        auto const server = read_server(given, options);
        auto const client = read_client(given);
        auto const token = given.required_text("token"), hint = given.text("token_type_hint");
        if (!server) return failure(server.error());
        return reply_of(cal::build_revocation_request(*server, client, token, hint, call.now, options), write_request);
    }},
    // {response, client, token, options?} -> null
    {"parse_revocation_response", [](arguments& given, call const& call) -> reply {
        auto const response = read_response_of(given, call.bytes);
        auto const client = read_client(given);
        auto const token = given.required_text("token");
        return reply_of(cal::parse_revocation_response(response, client, token, read_options(given)));
    }},
    // {headers: [[name, value], ...], options?} -> [{scheme, token68?, parameters: [[name, value], ...]}, ...]
    {"parse_www_authenticate", [](arguments& given, call const&) -> reply {
        auto const headers = read_headers(given);
        return reply_of(cal::parse_www_authenticate(headers, read_options(given)), write_challenges);
    }},
    // {response, options?} -> an error, or null where the answer is none
    {"parse_resource_error", [](arguments& given, call const& call) -> reply {
        auto const response = read_response_of(given, call.bytes);
        return error_value(cal::parse_resource_error(response, read_options(given)));
    }},
};

/// What a page needs that calls an API.
constexpr function bearer_table[]{
    // {request: {method?, url, headers?, body?}, access_token, options?} -> request
    {"put_bearer_token", [](arguments& given, call const&) -> reply {
        auto request = read_request(given);
        auto const access_token = given.required_text("access_token");
        auto const put = cal::put_bearer_token(request, access_token, read_options(given));
        return put ? value(to_json(request)) : failure(put.error());
    }},
};
// clang-format on

} // namespace

functions oauth_functions() { return table; }
functions bearer_token_functions() { return bearer_table; }

} // namespace bridge
