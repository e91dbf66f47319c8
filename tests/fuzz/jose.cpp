#include <calimatic/detail/base64url.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/claims.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/jws.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/oidc/id_token.hpp>
#include <calimatic/oidc/id_token_rules.hpp>
#include <calimatic/oidc/userinfo_rules.hpp>
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz.hpp"

/// \file
/// Keys and tokens.

namespace fuzz {

namespace {

bool is_same(cal::jwk const& a, cal::jwk const& b) {
    return a.kty == b.kty && a.kid == b.kid && a.alg == b.alg && a.crv == b.crv && a.n == b.n && a.e == b.e && a.x == b.x && a.y == b.y;
}

void require_sound(cal::jwk const& key) {
    require(!key.kid || key.kid->size() <= cal::limits{}.kid, "a kid is within its limit");
    if (key.kty == "RSA") {
        require(key.n.size() >= 256 && key.n.size() <= 1024 && key.n.front() != 0, "an RSA modulus has 2048 to 8192 bits");
        require((key.n.back() & 1) == 1 && (key.e.back() & 1) == 1 && key.e.size() <= 4, "an RSA key has an odd modulus and a small odd exponent");
        require(key.e.size() > 1 || key.e != "\1", "an RSA exponent is not 1");
    } else if (key.kty == "EC") {
        auto const size = key.crv == "P-256" ? 32u : key.crv == "P-384" ? 48u : key.crv == "P-521" ? 66u : 0u;
        require(size != 0 && key.x.size() == size && key.y.size() == size, "a coordinate has its full length");
    } else {
        require(key.kty == "OKP" && key.crv == "Ed25519" && key.x.size() == 32 && key.y.empty(), "there is no other type of key");
    }
    require(cal::jwk_thumbprint(key).has_value(), "every key has a thumbprint");
    auto const input = cal::parse_json(cal::thumbprint_input(key), 64 * 1024);
    require(input && input->root()["kty"].as_string() == key.kty, "a thumbprint is that of JSON");
}

void jwk_set(std::string_view input) {
    auto const set = cal::parse_jwk_set(input);
    if (!set) return require_fit(set.error());
    require(set->keys.size() + set->skipped.size() <= cal::limits{}.keys, "keys are within their limit");
    for (auto const& e : set->skipped) {
        require_fit(e);
        require(
            !tells(e, planted) || count(input, planted) != 1 || input.find("\"kid\"") != std::string_view::npos, "no error tells a part of a key");
    }
    for (auto const& key : set->keys) require_sound(key);
    auto const document = cal::parse_json(input, input.size());
    std::size_t usable = 0;
    for (std::size_t i = 0; i < document->root()["keys"].size(); ++i)
        if (auto const key = cal::parse_jwk(document->root()["keys"][i])) require(is_same(*key, set->keys[usable++]), "a key is the same alone");
    require(usable == set->keys.size(), "a key is the same alone");
    auto const text = cal::serialize(*set);
    auto const again = cal::parse_jwk_set(text);
    require(again && again->skipped.empty(), "what was accepted is accepted again");
    require(std::equal(set->keys.begin(), set->keys.end(), again->keys.begin(), again->keys.end(), is_same), "keys stay the same");

    cal::check_options tight;
    tight.limits.key_candidates = 2;
    for (auto const algorithm : {cal::signature_algorithm::rs256, cal::signature_algorithm::es256, cal::signature_algorithm::eddsa}) {
        auto const kid = set->keys.empty() ? std::optional<std::string>() : set->keys.front().kid;
        for (auto const& wanted : {std::optional<std::string>(), kid}) {
            auto const chosen = cal::select_keys(*set, algorithm, wanted, tight);
            if (!chosen) {
                require_fit(chosen.error());
                continue;
            }
            require(!chosen->empty() && chosen->size() <= 2, "candidates are within their limit");
            for (auto const* key : *chosen) {
                require(key->kty == cal::traits_of(algorithm).kty && key->crv == cal::traits_of(algorithm).crv, "a candidate fits the algorithm");
                require(!wanted || !key->kid || key->kid == wanted, "a candidate has the kid, or none");
            }
        }
    }
}

void compact_jws(std::string_view input) {
    auto const token = cal::parse_compact_jws(input);
    if (!token) {
        require_fit(token.error());
        require(!tells(token.error(), planted), "no error tells a part of a token");
        return;
    }
    require(input.size() <= cal::limits{}.token, "a token is within its limit");
    require(token->signing_input + '.' + cal::detail::base64url_encode(token->signature) == input, "the parts make the token");
    require(token->signing_input.ends_with('.' + cal::detail::base64url_encode(token->payload)), "the payload is what was signed");
    require(!token->signature.empty() && !token->alg.empty() && token->alg != "none", "a token is signed");
    auto const header = token->header.root();
    require(header["alg"].as_string() == token->alg && header["kid"].as_string() == token->kid, "the header is what was read");
    require(header["crit"].kind() == cal::json_kind::absent && header["b64"].kind() == cal::json_kind::absent, "no extension is let through");
    if (auto const algorithm = cal::parse_algorithm(token->alg)) require(cal::traits_of(*algorithm).alg == token->alg, "an algorithm has one name");
}

void claims(std::string_view input) {
    auto const read = cal::parse_claims(input);
    if (!read) return require_fit(read.error());
    using namespace std::chrono;
    auto const first = cal::time_point(sys_days(year(0) / January / 1)), last = cal::time_point(sys_days(year(10'000) / January / 1));
    for (auto const name : {"iss", "sub", "jti"})
        require(read->string(name).has_value() == (*read)[name].has_value(), "a registered claim has its type");
    for (auto const name : {"exp", "nbf", "iat"}) {
        auto const date = read->date(name);
        require(date.has_value() == (*read)[name].has_value(), "a registered date has its type");
        if (date) require(*date >= first && *date < last, "a date is in range");
    }
    require(read->aud().has_value() == (*read)["aud"].has_value(), "an audience has its type");
}

/// A header and a payload, each on a line of its own; they need not be JSON. The signature is taken to be right, and then not.
void id_token_rules(std::string_view input) {
    reader in(input);
    auto const header = in.text(), payload = in.text();
    auto const choices = in.byte();
    cal::time_point const now{cal::seconds(1'800'000'000)};
    cal::id_token_expectations expected{
        .issuer = "https://op.example", .client_id = "client", .nonce = "the-nonce-0123456789", .access_token = "token"};
    expected.id_token_signed_response_alg = (choices & 1) != 0 ? "EdDSA" : "RS256";
    if ((choices & 2) != 0) expected.trusted_audiences = {"api"};
    if ((choices & 4) != 0) expected.max_age = cal::seconds(60);
    if ((choices & 8) != 0) expected.acr_values = {"gold", "silver"};
    if ((choices & 16) != 0) expected.nonce.reset();
    auto const token = cal::detail::base64url_encode(header) + '.' + cal::detail::base64url_encode(payload) + ".c2lnbmF0dXJl";

    auto rules = cal::id_token_rules::start(token, expected);
    if (!rules) return require_fit(rules.error());
    require(rules->token().alg == expected.id_token_signed_response_alg, "an algorithm is the registered one");
    auto unsigned_rules = cal::id_token_rules::start(token, expected);
    require(!unsigned_rules->handle_signature(false, now) && !unsigned_rules->handle_signature(true, now), "without a signature there is no way on");
    require(!std::move(*unsigned_rules).finish(true), "without a signature there are no claims");

    auto const kept = rules->handle_signature(true, now);
    if (!kept) {
        require_fit(kept.error());
        require(!tells(kept.error(), "the-nonce-0123456789") || count(input, "the-nonce-0123456789") > 1, "no error tells the nonce");
        require(!std::move(*rules).finish(true), "after a refusal there are no claims");
        return;
    }
    auto const question = rules->at_hash();
    if (question) require(question->data == "token" && question->prefix.size() >= 16, "at_hash is half a hash of the access token");
    auto const claims = std::move(*rules).finish(true);
    require(claims.has_value(), "every rule was kept");
    require(claims->iss() == expected.issuer && !claims->sub().empty(), "the issuer is the expected one");
    auto const aud = claims->aud();
    require(std::find(aud.begin(), aud.end(), expected.client_id) != aud.end(), "the client is an audience");
    require(aud.size() == 1 || std::all_of(aud.begin(), aud.end(), [](auto a) { return a == "client" || a == "api"; }), "no audience is unknown");
    require(!expected.nonce || claims->nonce() == expected.nonce, "the nonce is the expected one");
    require(claims->exp() + cal::seconds(60) > now && claims->iat() <= now + cal::seconds(60), "the token is of this time");
    require(claims->iat() + cal::seconds(660) >= now, "the token is fresh");
    require(!expected.max_age || claims->auth_time(), "the time of authentication is known");
    require(expected.acr_values.empty() || claims->acr() == "gold" || claims->acr() == "silver", "acr is one that was asked for");
    require(!claims->azp() || claims->azp() == "client", "azp is the client");
    require(claims->subject_key().ends_with(claims->sub()), "a user has a key");
}

/// A header and a payload, each on a line of its own; they need not be JSON. The signature is taken to be right, and then not.
void userinfo_rules(std::string_view input) {
    reader in(input);
    auto const header = in.text(), payload = in.text();
    auto const choices = in.byte();
    cal::time_point const now{cal::seconds(1'800'000'000)};
    cal::userinfo_expectations expected{.sub = "alice", .issuer = "https://op.example", .client_id = "client"};
    expected.userinfo_signed_response_alg = (choices & 1) != 0 ? "HS256" : "RS256";
    if ((choices & 2) != 0) expected.client_secret = "a secret of at least as many bytes as the hash has";
    cal::http_response const answer{200, {{"Content-Type", "application/jwt"}},
        cal::detail::base64url_encode(header) + '.' + cal::detail::base64url_encode(payload) + ".c2lnbmF0dXJl"};

    auto rules = cal::userinfo_rules::start(answer, expected);
    if (!rules) return require_fit(rules.error());
    require(rules->token().alg == expected.userinfo_signed_response_alg, "an algorithm is the registered one");
    require(!cal::is_mac(rules->algorithm()) || !expected.client_secret.empty(), "a MAC has a secret");
    require(!std::move(*cal::userinfo_rules::start(answer, expected)).finish(false, now), "without a signature there are no claims");
    auto const info = std::move(*rules).finish(true, now);
    if (!info) return require_fit(info.error());
    require(info->sub() == "alice", "UserInfo is about the user");
    require((*info)["iss"].as_string() == "https://op.example", "the issuer is the expected one");
    require(!(*info)["nonce"].has_value() && !(*info)["at_hash"].has_value(), "an ID Token is no UserInfo");
}

} // namespace

std::span<target const> jose_targets() {
    static constexpr target targets[] = {
        {"jwk_set", jwk_set},
        {"compact_jws", compact_jws},
        {"claims", claims},
        {"id_token_rules", id_token_rules},
        {"userinfo_rules", userinfo_rules},
    };
    return targets;
}

} // namespace fuzz
