#include <calimatic/testing/faults.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/keys.hpp"
#include "support/outcome.hpp"
#include "support/tokens.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using endpoint = sim::simulated_endpoint;
using outcome = sim::fault_outcome;
using cal::error_code;

namespace {

constexpr auto redirect_uri = "http://127.0.0.1:3000/callback";

/// Which rule the library's machines say was broken; `none`: accepted.
std::map<std::string_view, error_code> const rules{
    // clang-format off
    {"az-state-wrong", error_code::state_mismatch},
    {"az-state-missing", error_code::state_missing},
    {"az-state-twice", error_code::parameter_repeated},
    {"az-iss-wrong", error_code::authorization_iss_mismatch},
    {"az-iss-missing", error_code::authorization_iss_missing},
    {"az-iss-twice", error_code::parameter_repeated},
    {"az-code-twice", error_code::parameter_repeated},
    {"az-code-missing", error_code::code_missing},
    {"az-code-empty", error_code::code_missing},
    {"az-code-and-error", error_code::code_and_error},
    {"az-error", error_code::authorization_error},
    {"az-token-in-query", error_code::none},
    {"tok-access-missing", error_code::access_token_missing},
    {"tok-access-empty", error_code::access_token_missing},
    {"tok-access-number", error_code::json_member_type_wrong},
    {"tok-access-crlf", error_code::token_not_sendable},
    {"tok-type-missing", error_code::token_type_missing},
    {"tok-type-mac", error_code::token_type_unknown},
    {"ok-tok-type-case", error_code::none},
    {"tok-array", error_code::token_response_malformed},
    {"tok-empty", error_code::json_syntax},
    {"tok-html", error_code::token_response_malformed},
    {"tok-error-in-200", error_code::token_error},
    {"ok-tok-extra", error_code::none},
    {"tok-dup", error_code::json_duplicate_member},
    {"ok-tok-expires-missing", error_code::none},
    {"tok-expires-string", error_code::expires_in_invalid},
    {"tok-expires-negative", error_code::none},
    {"tok-expires-huge", error_code::none},
    {"tok-400-html", error_code::status_unexpected},
    {"tok-400-no-error", error_code::status_unexpected},
    {"tok-500", error_code::server_unavailable},
    {"tok-503-retry", error_code::server_unavailable},
    {"tok-429", error_code::too_many_requests},
    {"tok-redirect", error_code::redirect_not_followed},
    {"tok-huge", error_code::transport_too_large},
    {"tok-deep", error_code::json_too_deep},
    {"tok-truncated", error_code::json_syntax},
    {"tok-trailing", error_code::json_syntax},
    {"tok-hang", error_code::transport_no_answer},
    {"tok-close", error_code::transport_no_answer},
    {"tok-short-length", error_code::transport_no_answer},
    {"ok-tok-refresh-dropped", error_code::none},
    {"idt-iss-wrong", error_code::id_token_iss_mismatch},
    {"idt-iss-missing", error_code::id_token_iss_missing},
    {"idt-iss-slash", error_code::id_token_iss_mismatch},
    {"idt-iss-array", error_code::claim_type_wrong},
    {"idt-aud-wrong", error_code::id_token_aud_mismatch},
    {"idt-aud-missing", error_code::id_token_aud_missing},
    {"idt-aud-prefix", error_code::id_token_aud_mismatch},
    {"idt-aud-empty-array", error_code::id_token_aud_mismatch},
    {"idt-aud-untrusted-second", error_code::id_token_aud_untrusted},
    {"ok-aud-array", error_code::none},
    {"idt-azp-wrong", error_code::id_token_azp_mismatch},
    {"ok-azp", error_code::none},
    {"idt-sub-missing", error_code::id_token_sub_missing},
    {"idt-sub-empty", error_code::id_token_sub_invalid},
    {"idt-sub-number", error_code::claim_type_wrong},
    {"idt-nul-in-sub", error_code::id_token_sub_invalid},
    {"idt-exp-past", error_code::id_token_expired},
    {"idt-exp-missing", error_code::id_token_exp_missing},
    {"idt-exp-string", error_code::claim_type_wrong},
    {"idt-exp-null", error_code::id_token_exp_missing},
    {"idt-exp-negative", error_code::id_token_expired},
    {"ok-exp-fraction", error_code::none},
    {"idt-nbf-future", error_code::id_token_nbf_future},
    {"idt-iat-missing", error_code::id_token_iat_missing},
    {"idt-iat-future", error_code::id_token_iat_future},
    {"idt-iat-week-old", error_code::id_token_iat_old},
    {"idt-nonce-wrong", error_code::id_token_nonce_mismatch},
    {"idt-nonce-missing", error_code::id_token_nonce_missing},
    {"idt-replay", error_code::id_token_nonce_mismatch},
    {"idt-auth_time-missing", error_code::id_token_auth_time_missing},
    {"idt-auth_time-old", error_code::id_token_auth_time_old},
    {"idt-at_hash-wrong", error_code::id_token_at_hash_mismatch},
    {"ok-extra-claims", error_code::none},
    {"idt-dup-claim", error_code::json_duplicate_member},
    {"idt-dup-claim-last", error_code::json_duplicate_member},
    {"idt-payload-array", error_code::jwt_claims_malformed},
    {"idt-payload-string", error_code::jwt_claims_malformed},
    {"idt-payload-not-json", error_code::json_syntax},
    {"idt-payload-empty", error_code::json_syntax},
    {"idt-payload-trailing", error_code::json_syntax},
    {"idt-payload-bom", error_code::json_syntax},
    {"idt-payload-bad-utf8", error_code::json_syntax},
    {"idt-deep", error_code::json_too_deep},
    {"idt-huge", error_code::json_string_too_long}, // of the token response: the token is never looked at
    {"idt-dropped", error_code::id_token_missing},
    {"idt-null", error_code::id_token_missing},
    {"idt-number", error_code::json_member_type_wrong},
    {"idt-empty", error_code::id_token_missing},
    {"idt-sig-flip", error_code::jws_signature_invalid},
    {"idt-sig-absent", error_code::jws_not_compact},
    {"idt-sig-empty", error_code::jws_signature_missing},
    {"idt-sig-zero", error_code::jws_signature_invalid},
    {"idt-sig-short", error_code::jws_signature_invalid},
    {"idt-es256-der", error_code::jws_signature_invalid},
    {"idt-es256-zero", error_code::jws_signature_invalid},
    {"idt-payload-edited", error_code::jws_signature_invalid},
    {"idt-embedded-jwk", error_code::jws_signature_invalid},
    {"idt-jku", error_code::jwk_not_found},
    {"idt-x5u", error_code::jwk_not_found},
    {"idt-alg-none", error_code::jws_alg_none},
    {"idt-alg-nOnE", error_code::jws_alg_none},
    {"idt-alg-none-keeps-sig", error_code::jws_alg_none},
    {"idt-alg-missing", error_code::jws_alg_missing},
    {"idt-alg-array", error_code::jws_header_malformed},
    {"idt-alg-other", error_code::jws_alg_not_allowed},
    {"idt-alg-other-same-key", error_code::jws_alg_not_allowed},
    {"idt-hs256-spki-pem", error_code::jws_alg_not_allowed},
    {"idt-hs256-pkcs1-pem", error_code::jws_alg_not_allowed},
    {"idt-hs256-der", error_code::jws_alg_not_allowed},
    {"idt-hs256-jwk", error_code::jws_alg_not_allowed},
    {"idt-hs256-modulus", error_code::jws_alg_not_allowed},
    {"idt-hs256-empty", error_code::jws_alg_not_allowed},
    {"idt-kid-missing", error_code::none},
    {"idt-kid-unknown", error_code::jwk_not_found},
    {"idt-kid-number", error_code::jws_kid_invalid},
    {"idt-kid-traversal", error_code::jwk_not_found},
    {"idt-kid-of-other-key", error_code::jwk_not_found},
    {"ok-typ-JWT", error_code::none},
    {"idt-typ-at-jwt", error_code::id_token_typ},
    {"idt-typ-logout-jwt", error_code::id_token_typ},
    {"idt-cty-jwt", error_code::jwt_nested},
    {"idt-crit-unknown", error_code::jws_crit_not_understood},
    {"idt-crit-empty", error_code::jws_crit_malformed},
    {"idt-crit-names-absent", error_code::jws_crit_malformed},
    {"idt-b64-false", error_code::jws_crit_not_understood},
    {"idt-b64-false-no-crit", error_code::jws_b64},
    {"idt-dup-header", error_code::json_duplicate_member},
    {"idt-junk", error_code::jws_not_compact},
    {"idt-4-parts", error_code::jws_not_compact},
    {"idt-5-parts", error_code::jws_encrypted},
    {"idt-json-serialization", error_code::jws_not_compact},
    {"idt-padding", error_code::base64url_invalid},
    {"idt-whitespace", error_code::base64url_invalid},
    {"idt-inner-whitespace", error_code::base64url_invalid},
    {"idt-std-base64", error_code::base64url_invalid},
    {"idt-noncanonical-bits", error_code::base64url_invalid},
    {"rt-iss-changed", error_code::id_token_iss_mismatch},
    {"rt-sub-changed", error_code::id_token_changed},
    {"rt-aud-changed", error_code::id_token_aud_mismatch},
    {"rt-auth_time-changed", error_code::id_token_changed},
    {"ok-rt-no-id_token", error_code::none},
    {"ok-rt-no-nonce", error_code::none},
    {"ui-sub-wrong", error_code::userinfo_sub_mismatch},
    {"ui-sub-missing", error_code::userinfo_sub_missing},
    {"ui-sub-number", error_code::userinfo_sub_mismatch},
    {"ui-401", error_code::invalid_token},
    {"ui-403", error_code::insufficient_scope},
    {"ui-401-dpop-case", error_code::invalid_token},
    {"ui-html", error_code::userinfo_content_type},
    {"ui-array", error_code::userinfo_malformed},
    {"ui-redirect", error_code::redirect_not_followed},
    {"disc-issuer-wrong", error_code::metadata_issuer_mismatch},
    {"disc-issuer-slash", error_code::metadata_issuer_mismatch},
    {"disc-issuer-missing", error_code::metadata_issuer_mismatch},
    {"disc-html", error_code::json_syntax},
    {"disc-404", error_code::status_unexpected},
    {"disc-array", error_code::json_not_an_object},
    {"disc-no-authorization", error_code::metadata_member_missing},
    {"disc-no-token", error_code::metadata_member_missing},
    {"disc-no-jwks_uri", error_code::metadata_member_missing},
    {"disc-endpoint-number", error_code::metadata_member_type_wrong},
    {"disc-endpoint-javascript", error_code::metadata_url_refused},
    {"disc-endpoint-file", error_code::metadata_url_refused},
    {"disc-redirect", error_code::redirect_not_followed},
    {"ok-disc-unknown", error_code::none},
    {"disc-alg-none-only", error_code::none},
    {"disc-only-plain-pkce", error_code::none},
    {"jwks-use-enc", error_code::jwk_set_empty},
    {"jwks-key_ops-sign", error_code::jwk_set_empty},
    {"jwks-alg-mismatch", error_code::jwk_not_found},
    {"jwks-dup-kid", error_code::jwk_kid_repeated},
    {"jwks-oct", error_code::jwk_set_empty},
    {"jwks-private", error_code::jwk_set_empty},
    {"jwks-rsa-1024", error_code::jwk_not_found},
    {"jwks-e-1", error_code::jwk_not_found},
    {"jwks-e-even", error_code::jwk_not_found},
    {"jwks-off-curve", error_code::jws_signature_invalid},
    {"jwks-short-coordinate", error_code::jwk_not_found},
    {"jwks-huge", error_code::transport_too_large},
    {"jwks-500", error_code::server_unavailable},
    {"jwks-html", error_code::json_syntax},
    {"jwks-empty", error_code::jwk_set_empty},
    {"jwks-no-keys", error_code::jwk_set_malformed},
    {"jwks-keys-object", error_code::jwk_set_malformed},
    {"ok-jwks-unknown-kty", error_code::none},
    {"ok-jwks-extra", error_code::none},
    {"ok-jwks-no-kid", error_code::none},
    {"lot-typ-at-jwt", error_code::logout_token_typ},
    {"ok-lot-typ-JWT", error_code::none},
    {"lot-alg-none", error_code::jws_alg_none},
    {"lot-alg-other", error_code::jws_alg_not_allowed},
    {"lot-sig-flip", error_code::jws_signature_invalid},
    {"lot-iss-wrong", error_code::logout_token_iss_mismatch},
    {"lot-aud-wrong", error_code::logout_token_aud_mismatch},
    {"lot-iat-missing", error_code::logout_token_iat_missing},
    {"lot-iat-week-old", error_code::logout_token_iat_old},
    {"lot-exp-past", error_code::logout_token_expired},
    {"lot-exp-missing", error_code::logout_token_exp_missing},
    {"lot-no-sub-no-sid", error_code::logout_token_subject_missing},
    {"lot-no-events", error_code::logout_token_event_missing},
    {"lot-event-wrong", error_code::logout_token_event_missing},
    {"lot-event-not-object", error_code::logout_token_event_missing},
    {"lot-with-nonce", error_code::logout_token_nonce},
    {"lot-jti-missing", error_code::logout_token_jti_missing},
    {"ok-lot-extra-claims", error_code::none},
    {"api-html", error_code::json_syntax},
    {"api-success-without-data", error_code::platform_response_malformed},
    {"api-success-text", error_code::platform_response_malformed},
    {"api-success-dup", error_code::json_duplicate_member},
    {"api-success-false", error_code::platform_error},
    {"api-bare", error_code::platform_response_malformed},
    {"api-data-array", error_code::platform_response_malformed},
    {"api-data-text", error_code::platform_response_malformed},
    {"api-wrong-types", error_code::platform_response_malformed},
    {"api-ids-missing", error_code::platform_response_malformed},
    {"api-409-without-id", error_code::organization_id_missing},
    {"ok-api-extra", error_code::none},
    {"net-not-sent", error_code::transport_not_sent},
    {"net-request-lost", error_code::transport_no_answer},
    {"net-response-lost", error_code::transport_no_answer},
    {"net-delay", error_code::none}, // five seconds are within the time that a request has
    {"net-429", error_code::too_many_requests},
    {"net-429-retry-after", error_code::too_many_requests},
    {"net-500", error_code::server_unavailable},
    {"net-502", error_code::server_unavailable},
    {"net-503-retry-after", error_code::server_unavailable},
    {"net-504", error_code::server_unavailable},
    {"net-truncated", error_code::json_syntax},
    {"net-garbage", error_code::json_syntax},
    // clang-format on
};

/// Whether it is a fault of the envelopes that the platform's APIs answer with, which no sign-in meets.
bool of_envelope(sim::fault const& fault) { return fault.name.find("api-") != std::string_view::npos; }

/// One application and one user at one platform.
struct fixture {
    sim::simulated_platform platform{{.access_token_signing_alg = "EdDSA"}}; // it is fast
    sim::simulated_host host{platform};
    sim::seeded_random random{3};
    cal::client_information client{.client_id = "app"};
    cal::crypto_answers crypto;
    cal::result<cal::server_metadata> server = error_code::flow_in_wrong_state;
    std::optional<cal::authorization_code_flow> flow; ///< once the browser was opened

    fixture(sim::fault const& fault, cal::crypto_answers how, std::string_view alg = {}, std::string_view client_id = "app") : crypto(how) {
        client.client_id = client_id;
        if (alg.starts_with("HS")) client.client_secret = std::string(64, 's');
        if (!fault.id_token_signed_response_alg.empty()) client.id_token_signed_response_alg = fault.id_token_signed_response_alg;
        if (!alg.empty()) client.id_token_signed_response_alg = alg;
        platform.add_user({});
        platform.add_client({.client = client.clone(), .redirect_uris = {redirect_uri}});
    }

    cal::result<cal::sign_in> sign_in() {
        server = cal::drive(cal::discover(platform.issuer()), host);
        if (!server) return server.error();
        auto started = cal::authorization_code_flow::start(*server, client.clone(),
            {.redirect_uri = redirect_uri, .scope = "openid email", .max_age = cal::seconds(3600)}, random, host.now(),
            {.crypto = crypto, .request_userinfo = true});
        if (!started) return started.error();
        flow = std::move(*started);
        while (auto question = flow->poll_crypto_question()) flow->handle_crypto_answer(question->id, cal::answer_inside(*question));
        auto const redirect = platform.authorize(*flow->authorization_url(), host.now());
        if (!redirect) return redirect.error();
        if (auto taken = flow->handle_redirect(*redirect, host.now()); !taken) return taken.error();
        return cal::drive(*flow, host, cal::answer_inside);
    }

    cal::result<cal::token_set> refresh(cal::sign_in const& user) {
        auto tokens = cal::drive(
            cal::single_request(
                cal::build_token_request(*server, client,
                    cal::refresh_token_grant{.refresh_token = user.tokens.refresh_token.expose(), .granted_scope = user.tokens.scope}, host.now()),
                [&user](cal::http_response const& response, cal::time_point now) {
                    return cal::parse_token_response(
                        response, {.scope = user.tokens.scope, .id_token_required = false, .refreshed = &user.tokens}, now);
                }),
            host);
        if (!tokens || tokens->id_token.expose() == user.tokens.id_token.expose()) return tokens;
        auto const algorithm = *cal::parse_algorithm(client.id_token_signed_response_alg);
        cal::signature_verifier verifier(user.keys, {algorithm});
        auto const claims = cal::validate_id_token(tokens->id_token.expose(), verifier,
            {.issuer = server->issuer, .client_id = client.client_id, .access_token = tokens->access_token.expose(), .refreshed = &user.claims},
            host.now());
        if (!claims) return claims.error();
        return tokens;
    }

    std::size_t happened() const {
        std::size_t faults = 0;
        for (auto const& request : platform.requests()) faults += request.faults.size();
        return faults;
    }
};

error_code code_of(auto const& result) { return result ? error_code::none : result.error().code(); }

/// The endpoints in the order of a sign-in, for asking whether one behind another was asked.
constexpr endpoint order[]{endpoint::discovery, endpoint::authorization, endpoint::jwks, endpoint::token, endpoint::userinfo};

} // namespace

TEST_CASE("each fault has a name of its own, says what it is, and has its row here") {
    std::set<std::string_view> names;
    for (auto const& fault : sim::faults()) {
        INFO(fault.name);
        CHECK(names.insert(fault.name).second);
        CHECK(rules.contains(fault.name));
        CHECK_FALSE(fault.change.empty());
        CHECK(fault.apply);
        auto const found = sim::find_fault(fault.name);
        REQUIRE(found);
        CHECK(found->change == fault.change);
        // ok- means accepted; the few that are accepted under another name say so in their sentence
        CHECK((!fault.name.starts_with("ok-") || fault.outcome == outcome::accepted));
        CHECK((fault.endpoint.has_value() != fault.name.starts_with("net-") || of_envelope(fault)));
    }
    CHECK(names.size() == rules.size());
}

TEST_CASE("every fault of an envelope ends a call with the rule it broke, and nothing is lost") {
    for (auto const& fault : sim::faults()) {
        if (!of_envelope(fault)) continue;
        INFO(fault.name << ": " << fault.change);
        auto const rule = rules.find(fault.name)->second;
        fixture f(fault, cal::crypto_answers::inside);
        cal::platform_client const app{f.platform.issuer(), cal::app_client{"manager", "ccas_1"}};
        f.platform.add_client({.client = {.client_id = "manager", .client_secret = "ccas_1"}, .permissions = {"org:manage", "org:users:manage"}});
        auto const call = [&f](cal::result<cal::http_request> request, auto parse) {
            return cal::drive(cal::single_request(std::move(request), std::move(parse)), f.host);
        };
        auto const provision = [&] {
            return call(cal::build_provision_user_request(app, {.email = "b@x", .first_name = "B", .last_name = "B"}),
                [&](cal::http_response const& response) { return cal::parse_provision_user_response(response, app); });
        };
        auto const resolve = [&] {
            return call(cal::build_resolve_user_request(app, "b@x"),
                [&](cal::http_response const& response) { return cal::parse_resolve_user_response(response, app, "b@x"); });
        };
        auto const create = [&] {
            return call(cal::build_create_organization_request(app, {.name = "B", .slug = "b"}),
                [&](cal::http_response const& response) { return cal::parse_create_organization_response(response, app, "b"); });
        };
        auto const find = [&] {
            return call(cal::build_find_organization_request(app, "b"),
                [&](cal::http_response const& response) { return cal::parse_find_organization_response(response, app, "b"); });
        };
        auto const name = [](auto const& given) { return support::rule_name(code_of(given)); };
        REQUIRE(f.platform.inject({.name = std::string(fault.name), .times = sim::fault_injection::until_cleared}));
        CHECK(f.sign_in()); // has no envelope
        CHECK(f.happened() == 0);
        if (fault.endpoint) { // a conflict
            REQUIRE(create());
            CHECK(name(create()) == support::rule_name(rule));
        } else {
            CHECK(name(provision()) == support::rule_name(rule));
            CHECK(name(resolve()) == support::rule_name(rule));
            CHECK(name(create()) == support::rule_name(rule));
            CHECK(name(find()) == support::rule_name(rule));
        }
        CHECK((rule == error_code::none) == (fault.outcome == outcome::accepted));
        CHECK(f.happened() == (fault.endpoint ? 1 : 4));
        f.platform.clear_faults();
        CHECK(provision()->is_new_user == fault.endpoint.has_value());
        CHECK_FALSE(create()->created);
    }
}

TEST_CASE("a name that nobody knows is no fault") {
    for (auto name : {"", "idt-iss", "IDT-ISS-WRONG", "dev-slow-down"}) {
        auto const found = sim::find_fault(name);
        REQUIRE_FALSE(found);
        CHECK(found.error() == error_code::fault_unknown);
        CHECK(found.error().got() == name);
    }
    sim::simulated_platform platform;
    CHECK(platform.inject("no-such-fault").error() == error_code::fault_unknown);
}

TEST_CASE("every fault ends a sign-in or a refresh with the rule it broke, and every oddity that is allowed passes") {
    for (auto const crypto : {cal::crypto_answers::inside, cal::crypto_answers::by_host}) {
        for (auto const& fault : sim::faults()) {
            if (!fault.endpoint || fault.endpoint == endpoint::end_session || of_envelope(fault)) continue; // those have tests of their own
            INFO(fault.name << ": " << fault.change);
            auto const rule = rules.find(fault.name)->second;
            fixture f(fault, crypto);
            auto const inject = [&] { REQUIRE(f.platform.inject({.name = std::string(fault.name), .times = sim::fault_injection::until_cleared})); };
            bool const of_refresh = fault.grant_type == "refresh_token";
            if (!of_refresh) inject();
            auto user = f.sign_in();
            if (of_refresh) {
                REQUIRE(user);
                inject();
                auto const refreshed = f.refresh(*user);
                CHECK(support::rule_name(code_of(refreshed)) == support::rule_name(rule));
                if (refreshed) CHECK(refreshed->access_token.expose() != user->tokens.access_token.expose());
            } else if (fault.endpoint == endpoint::userinfo && user) { // the tokens are good, and the claims are not used
                CHECK_FALSE(user->userinfo);
                REQUIRE(user->userinfo_error);
                CHECK(support::rule_name(user->userinfo_error->code()) == support::rule_name(rule));
            } else {
                CHECK(support::rule_name(code_of(user)) == support::rule_name(rule));
                // nothing is asked behind the endpoint that was at fault; a spoiled key may show only once there is a token
                auto const last = fault.endpoint == endpoint::jwks ? endpoint::token : *fault.endpoint;
                bool behind = false;
                for (auto const one : order) {
                    if (behind && !user) CHECK(f.platform.count(one) == 0);
                    if (one == last) behind = true;
                }
                if (user) CHECK(user->userinfo);
            }
            CHECK((rule == error_code::none) == (fault.outcome == outcome::accepted || fault.outcome == outcome::prepares));
            CHECK(f.happened() > 0);
            CHECK(f.platform.count(endpoint::unknown) == 0); // no address that a fault named was asked
            CHECK(f.platform.count(endpoint::token) <= (of_refresh ? 2 : 1));
            CHECK(f.platform.count(endpoint::jwks) <= 3);
            if (f.flow) CHECK_FALSE(f.flow->poll_request(f.host.now() + cal::seconds(60)));
        }
    }
}

TEST_CASE("a fault of an ID Token shows whatever its length and its algorithm") {
    for (std::string_view const alg : {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA", "HS256"}) {
        for (auto const* client_id : {"a", "ap", "app"}) {
            for (auto const& fault : sim::faults()) {
                if (!fault.name.starts_with("idt-")) continue;
                if (!fault.id_token_signed_response_alg.empty() && fault.id_token_signed_response_alg != alg) continue;
                if (fault.stage != sim::fault_stage::id_token && client_id != std::string_view("app")) continue; // its text is not looked at
                INFO(fault.name << ", " << alg << ", " << client_id);
                fixture f(fault, cal::crypto_answers::inside, alg, client_id);
                REQUIRE(f.platform.inject(fault.name));
                auto const user = f.sign_in();
                CHECK(f.happened() == (fault.name == "idt-kid-missing" && alg == "HS256" ? 0 : 1));
                bool const shows = fault.outcome == outcome::refused && !(fault.needs_published_key && alg == "HS256");
                CHECK(user.has_value() != shows);
                if (user) continue;
                bool const named_key = fault.name == "idt-jku" || fault.name == "idt-x5u" || fault.name == "idt-hs256-empty";
                auto const rule = named_key && alg == "HS256" ? error_code::jws_signature_invalid : rules.find(fault.name)->second;
                CHECK(support::rule_name(code_of(user)) == support::rule_name(rule));
            }
        }
    }
}

TEST_CASE("every fault of a logout token is refused for the rule it broke, in both modes and whatever the algorithm") {
    for (std::string_view const alg : {"RS256", "ES256", "EdDSA", "HS256"}) {
        for (auto const& fault : sim::faults()) {
            if (fault.endpoint != endpoint::end_session) continue;
            INFO(fault.name << ": " << fault.change << ", " << alg);
            fixture f(fault, cal::crypto_answers::inside, alg);
            auto const keys = cal::drive(cal::single_request(cal::build_jwk_set_request(f.platform.metadata().jwks_uri),
                                             [](cal::http_response const& response) { return cal::parse_jwk_set_response(response); }),
                f.host);
            REQUIRE(keys);
            cal::logout_token_expectations const expected{.issuer = f.platform.issuer(),
                .client_id = "app",
                .id_token_signed_response_alg = alg,
                .client_secret = f.client.client_secret.expose()};
            auto const validate = [&](std::string const& token, cal::crypto_answers crypto) {
                return cal::drive(cal::logout_token_validation(token, *keys, expected, f.host.now(), crypto), f.host, cal::answer_inside);
            };
            sim::simulated_logout const what{.sub = "user-1", .sid = "session-1"};
            for (auto const crypto : {cal::crypto_answers::inside, cal::crypto_answers::by_host}) {
                REQUIRE(f.platform.inject(fault.name));
                CHECK(support::rule_name(code_of(validate(f.platform.make_logout_token(what, f.host.now()), crypto))) ==
                    support::rule_name(rules.find(fault.name)->second));
                auto const good = validate(f.platform.make_logout_token(what, f.host.now()), crypto); // once is over
                REQUIRE(good);
                CHECK(good->subject().sid == "session-1");
            }
        }
    }
}

TEST_CASE("the keys of a client whose tokens are signed with its secret are not asked for") {
    for (auto const& fault : sim::faults()) {
        if (fault.endpoint != endpoint::jwks) continue;
        INFO(fault.name);
        CHECK(fault.needs_published_key);
        fixture f(fault, cal::crypto_answers::inside, "HS256");
        REQUIRE(f.platform.inject(fault.name));
        CHECK(f.sign_in());
        CHECK(f.happened() == 0);
    }
}

TEST_CASE("an ID Token can only be missing where one is due") {
    for (auto const* name : {"idt-dropped", "idt-null", "idt-empty", "idt-number"}) {
        INFO(name);
        fixture f(*sim::find_fault(name), cal::crypto_answers::inside);
        auto const user = f.sign_in();
        REQUIRE(user);
        REQUIRE(f.platform.inject(name));
        auto const refreshed = f.refresh(*user);
        CHECK(refreshed);
        CHECK(f.happened() == 0);
        CHECK_FALSE(f.sign_in());
        CHECK(f.happened() == 1);
    }
}

TEST_CASE("auth_time changes whenever a refresh comes") {
    for (auto const wait : {0, 1, 59, 60, 61, 3000}) {
        INFO(wait);
        fixture f(*sim::find_fault("rt-auth_time-changed"), cal::crypto_answers::inside);
        auto const user = f.sign_in();
        REQUIRE(user);
        f.host.wait_until(cal::time_point(std::chrono::floor<cal::seconds>(f.host.now().time_since_epoch())) + cal::seconds(wait));
        REQUIRE(f.platform.inject("rt-auth_time-changed"));
        CHECK(support::rule_name(code_of(f.refresh(*user))) == "id_token_changed");
    }
}

TEST_CASE("what only prepares another fault opens no door") {
    struct row {
        char const* prepares;
        char const* fault;
    };
    for (auto const& pair : {row{"disc-alg-none-only", "idt-alg-none"}, row{"disc-alg-none-only", "idt-alg-none-keeps-sig"},
             row{"disc-only-plain-pkce", "az-state-wrong"}, row{"disc-only-plain-pkce", "idt-nonce-wrong"}}) {
        INFO(pair.prepares << " and " << pair.fault);
        fixture f(*sim::find_fault(pair.fault), cal::crypto_answers::inside);
        REQUIRE(f.platform.inject(pair.prepares));
        REQUIRE(f.platform.inject(pair.fault));
        CHECK(support::rule_name(code_of(f.sign_in())) == support::rule_name(rules.find(pair.fault)->second));
        CHECK(f.happened() == 2);
    }
}

TEST_CASE("tokens of the front channel are not used") {
    fixture f(*sim::find_fault("az-token-in-query"), cal::crypto_answers::inside);
    REQUIRE(f.platform.inject("az-token-in-query"));
    auto const user = f.sign_in();
    REQUIRE(user);
    CHECK(user->tokens.access_token.expose() != "front-channel-token");
    CHECK(f.platform.count(endpoint::token) == 1);
}

TEST_CASE("an expires_in that is odd is survived") {
    auto const expiry = [](char const* name) {
        fixture f(*sim::find_fault(name), cal::crypto_answers::inside);
        REQUIRE(f.platform.inject(name));
        auto const user = f.sign_in();
        REQUIRE(user);
        return user->tokens.expires_at ? std::optional(*user->tokens.expires_at - user->tokens.received_at) : std::nullopt;
    };
    CHECK_FALSE(expiry("ok-tok-expires-missing"));
    CHECK(*expiry("tok-expires-negative") <= cal::milliseconds(0));
    CHECK(*expiry("tok-expires-huge") > cal::seconds(86'400 * 365));
}

TEST_CASE("a refresh token that is not replaced is kept") {
    fixture f(*sim::find_fault("ok-tok-refresh-dropped"), cal::crypto_answers::inside);
    auto const user = f.sign_in();
    REQUIRE(user);
    REQUIRE(f.platform.inject("ok-tok-refresh-dropped"));
    auto const tokens = f.refresh(*user);
    REQUIRE(tokens);
    CHECK(tokens->refresh_token.expose() == user->tokens.refresh_token.expose());
}

TEST_CASE("what networks and gateways do: discovery tells it, and a code is never exchanged twice") {
    for (auto const& fault : sim::faults()) {
        if (fault.endpoint || of_envelope(fault)) continue;
        INFO(fault.name << ": " << fault.change);
        auto const rule = rules.find(fault.name)->second;
        {
            fixture f(fault, cal::crypto_answers::inside);
            auto const before = f.host.now();
            REQUIRE(f.platform.inject({.name = std::string(fault.name), .endpoint = endpoint::discovery}));
            auto const user = f.sign_in();
            CHECK(support::rule_name(code_of(user)) == support::rule_name(rule));
            if (!user) CHECK(f.platform.count(endpoint::discovery) == f.platform.requests().size());
            if (fault.name == "net-delay") CHECK(f.host.now() - before >= cal::seconds(5));
            if (fault.name == "net-request-lost") CHECK(f.host.now() - before == cal::build_server_metadata_request(f.platform.issuer())->timeout);
            if (fault.name.ends_with("retry-after")) CHECK(user.error().retry_after() == cal::seconds(30));
            if (fault.name == "net-429" || fault.name == "net-500") CHECK_FALSE(user.error().retry_after());
            REQUIRE(f.sign_in()); // once is over
        }
        fixture f(fault, cal::crypto_answers::inside);
        REQUIRE(f.platform.inject({.name = std::string(fault.name), .endpoint = endpoint::token}));
        CHECK(support::rule_name(code_of(f.sign_in())) == support::rule_name(rule));
        CHECK(f.platform.count(endpoint::token) == 1);
        CHECK(f.platform.count(endpoint::userinfo) == (rule == error_code::none ? 1 : 0));
    }
}

TEST_CASE("a lost request is not acted upon, a lost answer is") {
    struct row {
        char const* name;
        bool acted;
    };
    for (auto const& lost : {row{"net-not-sent", false}, row{"net-request-lost", false}, row{"net-429", false}, row{"net-500", false},
             row{"net-502", false}, row{"net-503-retry-after", false}, row{"net-response-lost", true}, row{"net-504", true},
             row{"net-truncated", true}, row{"net-garbage", true}, row{"tok-hang", true}}) {
        INFO(lost.name);
        fixture f(*sim::find_fault(lost.name), cal::crypto_answers::inside);
        auto user = f.sign_in();
        REQUIRE(user);
        REQUIRE(f.platform.inject({.name = lost.name, .endpoint = endpoint::token}));
        CHECK_FALSE(f.refresh(*user));
        CHECK(f.platform.requests().back().acted == lost.acted);
        // so the token was spent, or was not, and a second try shows it
        auto const again = f.refresh(*user);
        CHECK(support::rule_name(code_of(again)) == support::rule_name(lost.acted ? error_code::token_error : error_code::none));
    }
}

TEST_CASE("an answer that takes longer than the request has time is none") {
    fixture f(*sim::find_fault("net-delay"), cal::crypto_answers::inside);
    auto const before = f.host.now();
    REQUIRE(f.platform.inject({.name = "net-delay", .delay = cal::seconds(31)}));
    CHECK(f.sign_in().error() == error_code::transport_no_answer);
    CHECK(f.host.now() - before == cal::build_server_metadata_request(f.platform.issuer())->timeout);
}

namespace {

/// The ID Token that a client gets with a fault.
std::string id_token_with(std::string_view name) {
    fixture f(*sim::find_fault(name), cal::crypto_answers::inside);
    REQUIRE(f.platform.inject(name));
    std::string id_token;
    struct listening_host {
        sim::simulated_host& host;
        std::string& id_token;
        cal::time_point now() const { return host.now(); }
        void wait_until(cal::time_point time) { host.wait_until(time); }
        cal::result<cal::http_response, cal::transport_failure> send(cal::http_request const& request) {
            auto answer = host.send(request);
            if (auto const body = cal::parse_json(answer->body, 1 << 20))
                if (auto const token = body->root()["id_token"].as_string()) id_token = *token;
            return answer;
        }
    } host{f.host, id_token};
    f.server = f.platform.metadata();
    auto flow = cal::authorization_code_flow::start(*f.server, f.client.clone(), {.redirect_uri = redirect_uri}, f.random, host.now());
    REQUIRE(flow->handle_redirect(*f.platform.authorize(*flow->authorization_url(), host.now()), host.now()));
    CHECK_FALSE(cal::drive(*flow, host));
    return id_token;
}

/// Whether a token is signed with an algorithm by one of some keys.
bool signed_by(std::string_view token, std::string_view keys, cal::signature_algorithm algorithm) {
    cal::signature_verifier verifier(cal::parse_jwk_set(keys).value(), {algorithm});
    auto const parsed = cal::parse_compact_jws(token);
    return parsed && verifier.verify_signature(*parsed);
}

std::string published_keys() {
    sim::simulated_platform platform;
    return platform.handle(*cal::build_jwk_set_request(platform.metadata().jwks_uri), sim::simulated_host(platform).now()).body;
}

// The public half of the first RSA key, as openssl writes it.
constexpr std::string_view spki_pem = "-----BEGIN PUBLIC KEY-----\n"
                                      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArWfeZdTjy70aJUVBEq5g\n"
                                      "X6I3gXqQkCEvegQmuEmrsY0kllZg4EQk6hgGVUaUQOMv2bvjluEr+rW+WkItUIvk\n"
                                      "GPiRGR03ZAKvYPFPH/XjDew+LUlpTfiGKUXW2ARbV3vsdIhPVBA3X3ay99lRHDhe\n"
                                      "P4uXw1v94Atk6zkUnRnWpHNkbaHC1sOzgSPaL7Fe0oX82iXWnK7h/LhtZ6gKF4xZ\n"
                                      "VOEogOIWKvs30d5e30h0ZyORR+TNCKFGc9x1JxqaVoL4AQOqaPv+ReGXm1dwLRKH\n"
                                      "eDhGhLwJ8n5JXs/RwoUyCcsxsbbcuuzvjj04CidTXqaSPpcgYM0GStm2dc5fR6ER\n"
                                      "cwIDAQAB\n"
                                      "-----END PUBLIC KEY-----\n";
constexpr std::string_view pkcs1_pem = "-----BEGIN RSA PUBLIC KEY-----\n"
                                       "MIIBCgKCAQEArWfeZdTjy70aJUVBEq5gX6I3gXqQkCEvegQmuEmrsY0kllZg4EQk\n"
                                       "6hgGVUaUQOMv2bvjluEr+rW+WkItUIvkGPiRGR03ZAKvYPFPH/XjDew+LUlpTfiG\n"
                                       "KUXW2ARbV3vsdIhPVBA3X3ay99lRHDheP4uXw1v94Atk6zkUnRnWpHNkbaHC1sOz\n"
                                       "gSPaL7Fe0oX82iXWnK7h/LhtZ6gKF4xZVOEogOIWKvs30d5e30h0ZyORR+TNCKFG\n"
                                       "c9x1JxqaVoL4AQOqaPv+ReGXm1dwLRKHeDhGhLwJ8n5JXs/RwoUyCcsxsbbcuuzv\n"
                                       "jj04CidTXqaSPpcgYM0GStm2dc5fR6ERcwIDAQAB\n"
                                       "-----END RSA PUBLIC KEY-----\n";

} // namespace

TEST_CASE("a hostile token is what it says: a client that does not look closely would take it") {
    using algorithm = cal::signature_algorithm;
    auto const keys = published_keys();
    CHECK(signed_by(id_token_with("idt-iss-wrong"), keys, algorithm::rs256));
    CHECK(signed_by(id_token_with("idt-alg-other"), keys, algorithm::es256));
    CHECK(signed_by(id_token_with("idt-alg-other-same-key"), keys, algorithm::ps256));
    for (auto name : {"idt-embedded-jwk", "idt-jku", "idt-x5u"}) {
        INFO(name);
        auto const token = id_token_with(name);
        CHECK_FALSE(signed_by(token, keys, algorithm::rs256));
        auto const header = cal::parse_compact_jws(token);
        REQUIRE(header);
        auto const brought = header->header.root()["jwk"].to_string();
        // the key is one of the fixed ones, and not one of those that are published
        CHECK(signed_by(token,
            "{\"keys\":[" +
                (brought.empty() ? support::public_jwk(support::with_member(sim::other_rsa_key, "kid", "\"attacker\""))
                                 : support::with_member(brought, "kid", "\"rsa-1\"")) +
                "]}",
            algorithm::rs256));
    }
    struct row {
        char const* name;
        std::string secret;
    };
    auto const der = [](std::string_view pem) {
        std::string base64;
        for (auto line = pem.substr(pem.find('\n') + 1); !line.starts_with('-'); line.remove_prefix(line.find('\n') + 1))
            base64 += line.substr(0, line.find('\n'));
        for (char& c : base64) c = c == '+' ? '-' : c == '/' ? '_' : c;
        return support::decode(base64);
    };
    for (auto const& one :
        {row{"idt-hs256-spki-pem", std::string(spki_pem)}, row{"idt-hs256-pkcs1-pem", std::string(pkcs1_pem)}, row{"idt-hs256-der", der(spki_pem)},
            row{"idt-hs256-modulus", support::decode(*support::json_of(sim::rsa_key).root()["n"].as_string())}}) {
        INFO(one.name);
        auto const token = id_token_with(one.name);
        auto signer = cal::signer::make(R"({"kty":"oct","k":")" + support::encode(one.secret) + R"("})", algorithm::hs256);
        REQUIRE(signer);
        auto const parts = support::take_apart(token);
        sim::seeded_random random;
        CHECK(signer->sign_with_header(parts.header, parts.payload, random).value() == token);
    }
}
