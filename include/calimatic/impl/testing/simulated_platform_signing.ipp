#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/impl/testing/simulated_platform_state.ipp>

namespace calimatic::inline CALIMATIC_ABI::testing {

/// A token that is to be signed with an algorithm: by the fixed key that is in use, or by the client's secret (OIDC Core 10.1).
CALIMATIC_DECL detail::token_draft simulated_platform::state::draft_for(std::string_view alg, std::string_view client_secret) const {
    detail::token_draft draft{.alg = std::string(alg)};
    draft.header.set_string("alg", alg);
    auto const algorithm = parse_algorithm(alg);
    if (!algorithm) return draft;
    auto const& traits = traits_of(*algorithm);
    if (is_mac(*algorithm))
        draft.key = detail::json_members().set_string("kty", "oct").set_string("k", detail::base64url_encode(client_secret)).text();
    for (auto const& kind : detail::all_simulated_keys())
        if (kind.kty == traits.kty && kind.crv == traits.crv) draft.key = kind.keys[generation % kind.keys.size()];
    if (auto const kid = detail::json_members(draft.key).string("kid"); !kid.empty()) draft.header.set_string("kid", kid);
    return draft;
}

/// The token as text. Where the algorithm is none that this library has, or the key is none that it takes, the signature is random.
CALIMATIC_DECL std::string simulated_platform::state::sign(detail::token_draft const& draft) {
    auto const header = draft.header.text();
    auto const payload = draft.payload ? *draft.payload : draft.claims.text();
    auto const name = draft.alg + ' ' + draft.key;
    auto found = signers.find(name);
    if (auto const algorithm = parse_algorithm(draft.alg); algorithm && found == signers.end())
        if (auto made = signer::make(draft.key, *algorithm)) found = signers.emplace(name, std::move(*made)).first;
    if (found != signers.end())
        if (auto text = found->second.sign_with_header(header, payload, signing_random)) return std::move(*text);
    return detail::base64url_encode(header) + '.' + detail::base64url_encode(payload) + '.' + random_text(signing_random);
}

CALIMATIC_DECL std::string simulated_platform::state::make_access_token(
    time_point now, std::string_view sub, std::string_view client_id, std::string_view scope, std::optional<std::size_t> grant) {
    auto const lifetime = grant && grants[*grant].headless ? options.headless.access_token_lifetime : options.access_token_lifetime;
    auto draft = draft_for(options.access_token_signing_alg, {});
    draft.header.set_string("typ", "at+jwt"); // RFC 9068 2.1
    draft.claims.set_string("iss", options.issuer).set_string("sub", sub).set_string("aud", options.issuer).set_string("client_id", client_id);
    draft.claims.set_string("scope", scope).set_string("jti", random_text(random));
    draft.claims.set_number("iat", detail::whole_seconds(now)).set_number("exp", detail::whole_seconds(now + lifetime));
    if (auto const* account = directory.find_account(sub)) draft.claims.set("licenses", detail::json_strings(account->applications));
    auto text = sign(draft);
    access_tokens.emplace(text, access_record{grant, std::string(client_id), std::string(scope), now + lifetime});
    return text;
}

CALIMATIC_DECL std::string simulated_platform::state::make_id_token(exchange& x, simulated_client const& client, grant_record const& given) {
    auto& draft = x.answer.id_token;
    draft = draft_for(client.client.id_token_signed_response_alg, client.client.client_secret.expose());
    draft.claims = claims_of(given.sub, given.scope);
    draft.claims.set_string("iss", options.issuer).set_string("sub", given.sub).set_string("aud", given.client_id);
    auto const lifetime = given.headless ? options.headless.id_token_lifetime : options.id_token_lifetime;
    draft.claims.set_number("iat", x.answer.now).set_number("exp", x.answer.now + lifetime.count());
    draft.claims.set_number("auth_time", detail::whole_seconds(given.authenticated_at));
    if (!given.sid.empty()) draft.claims.set_string("sid", given.sid);
    if (!given.nonce.empty()) draft.claims.set_string("nonce", given.nonce);
    if (auto const algorithm = parse_algorithm(draft.alg)) // OIDC Core 3.1.3.6
        if (auto const hash = detail::compute_hash(traits_of(*algorithm).hash, x.answer.access_token))
            draft.claims.set_string("at_hash", detail::base64url_encode(hash->substr(0, hash->size() / 2)));
    apply(x, fault_stage::claims);
    draft.text = sign(draft);
    apply(x, fault_stage::id_token);
    return draft.text;
}

} // namespace calimatic::inline CALIMATIC_ABI::testing
