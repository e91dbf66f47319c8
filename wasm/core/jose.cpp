// The functions of jose/, which verify nothing: token_validation does. `options` is {limits?}.

#include "calls.hpp"
#include "values.hpp"
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/oauth/server_metadata.hpp>

namespace bridge {
namespace {

json_text write_keys(cal::jwk_set const& keys) { return to_json(keys); }
json_text write_claims(cal::claims const& claims) { return claims.root().to_string(); }

json_text write_header(cal::compact_jws const& token) {
    cal::detail::json_writer writer;
    writer.string("alg", token.alg);
    if (token.kid) writer.string("kid", *token.kid);
    if (token.typ) writer.string("typ", *token.typ);
    if (token.cty) writer.string("cty", *token.cty);
    return writer.raw("header", token.header.root().to_string()).finish();
}

// clang-format off
constexpr function table[]{
    // {text, options?} -> {keys: [...], skipped?: [error, ...]}
    {"parse_jwk_set", [](arguments& given, call const&) -> reply {
        auto const text = given.required_text("text");
        return reply_of(cal::parse_jwk_set(text, read_options(given)), write_keys);
    }},
    // {jwks_uri, options?} -> request
    {"build_jwk_set_request", [](arguments& given, call const&) -> reply {
        auto const jwks_uri = given.required_text("jwks_uri");
        return reply_of(cal::build_jwk_set_request(jwks_uri, read_options(given)), [](cal::http_request const& request) { return to_json(request); });
    }},
    // {response, options?} -> {keys: [...], skipped?: [error, ...]}
    {"parse_jwk_set_response", [](arguments& given, call const& call) -> reply {
        auto const response = read_response_of(given, call.bytes);
        return reply_of(cal::parse_jwk_set_response(response, read_options(given)), write_keys);
    }},
    // {key: a JWK, options?} -> the text whose SHA-256 is its thumbprint (RFC 7638)
    {"thumbprint_input", [](arguments& given, call const&) -> reply {
        auto const document = given["key"];
        if (document.kind() != cal::json_kind::object) given.wrong("key");
        auto const key = cal::parse_jwk(document, read_options(given));
        return key ? text_value(cal::thumbprint_input(*key)) : failure(key.error());
    }},
    // {token, options?} -> {alg, kid?, typ?, cty?, header: {...}}, not verified
    {"parse_compact_jws", [](arguments& given, call const&) -> reply {
        auto const token = given.required_text("token");
        return reply_of(cal::parse_compact_jws(token, read_options(given)), write_header);
    }},
    // {token, options?} -> {iss, sub, ...}, not verified
    {"parse_claims", [](arguments& given, call const&) -> reply {
        auto const token = given.required_text("token");
        auto const options = read_options(given);
        auto const parsed = cal::parse_compact_jws(token, options);
        return parsed ? reply_of(cal::parse_claims(*parsed, options), write_claims) : failure(parsed.error());
    }},
};
// clang-format on

} // namespace

functions jose_functions() { return table; }

} // namespace bridge
