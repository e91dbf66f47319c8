#pragma once
#include <calimatic/jose/jws.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <cstddef>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The header parameters that RFC 7515 4.1 defines itself: `crit` must not name one.
inline constexpr std::string_view jws_parameters[] = {"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"};

/// RFC 7515 4.1.11: an array of distinct names of extensions, each of which is in the header.
inline bool is_jws_crit_well_formed(json header) noexcept {
    auto const crit = header["crit"];
    if (crit.kind() != json_kind::array || crit.size() == 0) return false;
    for (std::size_t i = 0; i < crit.size(); ++i) {
        auto const name = crit[i].as_string();
        if (!name || header[*name].kind() == json_kind::absent) return false;
        if (std::find(std::begin(jws_parameters), std::end(jws_parameters), *name) != std::end(jws_parameters)) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (crit[j].as_string() == name) return false;
    }
    return true;
}

inline bool is_json_string_or_absent(json value) noexcept { return value.kind() == json_kind::absent || value.kind() == json_kind::string; }

inline std::optional<std::string> json_string_copy(json value) {
    if (auto text = value.as_string()) return std::string(*text);
    return std::nullopt;
}

} // namespace detail

CALIMATIC_DECL result<compact_jws> parse_compact_jws(std::string_view token, check_options const& options) {
    detail::rule_check rule{options};
    if (auto e = rule(token.size() <= options.limits.token, error_code::token_too_large)) return *e;

    bool const serialized_json = token.starts_with('{');           // which may have any number of dots: RFC 7520 4.8 has four, in its kids
    auto const dots = std::count(token.begin(), token.end(), '.'); // before anything is decoded or allocated
    if (auto e = rule(dots != 4 || serialized_json, error_code::jws_encrypted)) return *e;
    if (auto e = rule(dots == 2 && !serialized_json, error_code::jws_not_compact)) return *e;
    auto const first = token.find('.');
    auto const last = token.rfind('.');
    auto const encoded_header = token.substr(0, first);
    if (auto e = rule(encoded_header.size() <= options.limits.jose_header, error_code::token_too_large)) return *e;

    auto header = detail::base64url_decode(encoded_header);
    auto payload = detail::base64url_decode(token.substr(first + 1, last - first - 1));
    auto signature = detail::base64url_decode(token.substr(last + 1));
    if (auto e = rule(header.has_value(), error_code::base64url_invalid, "header")) return *e;
    if (auto e = rule(payload.has_value(), error_code::base64url_invalid, "payload")) return *e;
    if (auto e = rule(signature.has_value(), error_code::base64url_invalid, "signature")) return *e;

    auto document = parse_json(*header, options.limits.jose_header, options);
    if (!document) return document.error();
    auto const parameters = document->root();
    if (auto e = rule(parameters.kind() == json_kind::object, error_code::jws_header_malformed)) return *e;
    for (std::string_view name : {"typ", "cty"})
        if (auto e = rule(detail::is_json_string_or_absent(parameters[name]), error_code::jws_header_malformed, name)) return *e;

    auto const alg = parameters["alg"];
    if (auto e = rule(alg.kind() != json_kind::absent, error_code::jws_alg_missing)) return *e;
    if (auto e = rule(alg.kind() == json_kind::string, error_code::jws_header_malformed, "alg")) return *e;
    if (auto e = rule(!detail::equal_ignoring_case(*alg.as_string(), "none"), error_code::jws_alg_none)) return *e;

    auto const kid = parameters["kid"];
    if (auto e =
            rule(detail::is_json_string_or_absent(kid) && kid.as_string().value_or("").size() <= options.limits.kid, error_code::jws_kid_invalid))
        return *e;
    if (parameters["crit"].kind() != json_kind::absent) {
        if (auto e = rule(detail::is_jws_crit_well_formed(parameters), error_code::jws_crit_malformed)) return *e;
        if (auto e = rule(false, error_code::jws_crit_not_understood, parameters["crit"][0].as_string().value_or(""))) return *e;
    }
    // Even true, even without crit: nothing in a token changes which bytes are hashed.
    if (auto e = rule(parameters["b64"].kind() == json_kind::absent, error_code::jws_b64)) return *e;
    if (auto e = rule(!signature->empty(), error_code::jws_signature_missing)) return *e;

    compact_jws jws;
    jws.alg = *alg.as_string();
    jws.kid = detail::json_string_copy(kid);
    jws.typ = detail::json_string_copy(parameters["typ"]);
    jws.cty = detail::json_string_copy(parameters["cty"]);
    jws.signing_input = token.substr(0, last);
    jws.payload = std::move(*payload);
    jws.signature = std::move(*signature);
    jws.header = std::move(*document);
    return jws;
}

} // namespace calimatic::inline CALIMATIC_ABI
