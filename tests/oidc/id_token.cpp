#include <calimatic/oidc/id_token.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/id_token_cases.hpp"

using calimatic::error_code;
using calimatic::signature_algorithm;
using support::id_token_sample;

namespace {

calimatic::id_token_claims validated(id_token_sample const& sample) {
    return support::validate_by_hand(sample.unsigned_text(), sample.expected, sample.now, [](auto const&) { return true; }).value();
}

calimatic::id_token_claims of_user(std::string_view iss, std::string_view sub) {
    id_token_sample sample;
    auto const quoted_iss = '"' + std::string(iss) + '"', quoted_sub = '"' + std::string(sub) + '"';
    sample.claims.set("iss", quoted_iss).set("sub", quoted_sub);
    sample.expected.issuer = iss;
    return validated(sample);
}

} // namespace

TEST_CASE("the claims of an ID Token can be read by name and by type") {
    id_token_sample sample;
    sample.claims.set("aud", R"(["client-1","api-1"])").set("azp", R"("client-1")").set("auth_time", support::seconds_from_now(-7));
    sample.claims.set("acr", R"("gold")").set("sid", R"("s-1")").set("name", R"("J\u00e4ne")").set("preferred_username", R"("jane")");
    sample.claims.set("email", R"("jane@example.com")").set("picture", R"("https://example.com/jane.png")").set("email_verified", "true");
    sample.claims.set("organization", R"({"id":"o-1"})").set("exp", support::seconds_from_now(300) + ".25");
    sample.expected.trusted_audiences = {"api-1"};
    auto const claims = validated(sample);
    using std::chrono::seconds;
    CHECK(claims.iss() == "https://op.example.com");
    CHECK(claims.sub() == "user-1");
    CHECK(claims.aud() == std::vector<std::string_view>{"client-1", "api-1"});
    CHECK(claims.exp() == support::now + std::chrono::milliseconds(300'250));
    CHECK(claims.iat() == support::now);
    CHECK(claims.auth_time() == support::now - seconds(7));
    CHECK(claims.nonce() == "n-0S6_WzA2Mj-n-0S6_WzA2Mj");
    CHECK(claims.acr() == "gold");
    CHECK(claims.azp() == "client-1");
    CHECK(claims.sid() == "s-1");
    CHECK(claims.name() == "J\xc3\xa4ne");
    CHECK(claims.preferred_username() == "jane");
    CHECK(claims.email() == "jane@example.com");
    CHECK(claims.picture() == "https://example.com/jane.png");
    CHECK(claims.email_verified());
    CHECK(claims["organization"]["id"].as_string() == "o-1");
    CHECK(claims.all().date("iat") == support::now);
}

TEST_CASE("a claim that is not there, null or of another type says nothing") {
    for (std::string_view const json : {"", "null", "1", "[]"}) {
        INFO(json);
        id_token_sample sample;
        for (auto name : {"name", "preferred_username", "email", "picture", "acr", "sid"})
            if (!json.empty()) sample.claims.set(name, std::string(json));
        sample.claims.set("auth_time", R"("1800000000")");
        auto const claims = validated(sample);
        CHECK(claims.name().empty());
        CHECK(claims.preferred_username().empty());
        CHECK(claims.email().empty());
        CHECK(claims.picture().empty());
        CHECK_FALSE(claims.acr());
        CHECK_FALSE(claims.sid());
        CHECK_FALSE(claims.azp());
        CHECK_FALSE(claims.auth_time());
    }
}

TEST_CASE("an e-mail address is verified only if a boolean says so") {
    for (std::string_view const json : {"false", "null", R"("true")", "1", "[true]"}) {
        INFO(json);
        id_token_sample sample;
        sample.claims.set("email_verified", std::string(json));
        CHECK_FALSE(validated(sample).email_verified());
    }
    CHECK_FALSE(validated({}).email_verified());
}

TEST_CASE("claims stay readable when they are moved") {
    auto claims = validated({});
    auto const sub = claims.sub();
    auto const moved = std::move(claims);
    CHECK(moved.sub().data() == sub.data());
}

TEST_CASE("a user is (iss, sub), and no two have the same key") {
    CHECK(of_user("https://auth.calimatic.com", "u1").subject_key() == "26:https://auth.calimatic.com:u1");
    std::set<std::string> keys;
    std::initializer_list<std::pair<std::string_view, std::string_view>> const users = {{"https://a", "b:c"}, {"https://a:b", "c"},
        {"https://a", "b"}, {"https://a", "B"}, {"https://a:", "b"}, {"https://a", ":b"}, {"https://ab", "c"}, {"https://a", "bc"},
        {"9:https://a", "x"}, {"https://a", "9:https://a:b"}};
    for (auto const& [iss, sub] : users) keys.insert(of_user(iss, sub).subject_key());
    CHECK(keys.size() == users.size());
    id_token_sample sample;
    sample.claims.set("email", R"("another@example.com")").set("name", R"("another")");
    CHECK(validated(sample).subject_key() == validated({}).subject_key());
}

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace {

std::vector<signature_algorithm> const every_algorithm = {signature_algorithm::rs256, signature_algorithm::ps256, signature_algorithm::es256,
    signature_algorithm::es384, signature_algorithm::es512, signature_algorithm::eddsa, signature_algorithm::ed25519};

calimatic::signature_verifier sample_verifier() {
    return {support::public_keys({support::rsa_key, support::p256_key, support::p384_key, support::p521_key, support::ed25519_key}), every_algorithm};
}

/// Whether the MAC is that of the secret, found out by making it once more.
bool is_mac_with(calimatic::compact_jws const& token, std::string_view secret) {
    auto const key = R"({"kty":"oct","k":")" + support::encode(secret) + R"(","alg":")" + token.alg + "\"}";
    return token.signing_input + '.' + support::encode(token.signature) ==
        support::signed_with_header(key, token.header.root().to_string(), token.payload);
}

/// Validates twice: at once, and by hand with the same answers.
struct both {
    std::string at_once;
    std::string by_hand;
};
both validate_both(id_token_sample const& sample, calimatic::signature_verifier& verifier) {
    auto const token = sample.signed_text();
    return {support::rule_name(calimatic::validate_id_token(token, verifier, sample.expected, sample.now)),
        support::rule_name(support::validate_by_hand(token, sample.expected, sample.now, [&](calimatic::compact_jws const& jws) {
            return jws.alg.starts_with("HS") ? is_mac_with(jws, sample.expected.client_secret) : verifier.verify_signature(jws).has_value();
        }))};
}

} // namespace

TEST_CASE("the rules of an ID Token, with its signature, at once and by hand") {
    auto verifier = sample_verifier();
    for (auto const& row : support::id_token_cases()) {
        INFO(row.what);
        id_token_sample sample;
        row.change(sample);
        std::optional<calimatic::id_token_claims> first;
        if (sample.first) sample.expected.refreshed = &first.emplace(support::first_claims(*sample.first));
        auto const got = validate_both(sample, verifier);
        CHECK(got.at_once == support::rule_name(row.code));
        CHECK(got.by_hand == got.at_once);
    }
}

TEST_CASE("the signature of an ID Token") {
    auto verifier = sample_verifier();
    auto const check = [&verifier](std::string_view what, std::function<void(id_token_sample&)> const& change, error_code code, error_code by_hand) {
        INFO(what);
        id_token_sample sample;
        change(sample);
        auto const got = validate_both(sample, verifier);
        CHECK(got.at_once == support::rule_name(code));
        CHECK(got.by_hand == support::rule_name(by_hand));
    };
    auto const refuse = [&check](std::string_view what, std::function<void(id_token_sample&)> const& change, error_code code) {
        check(what, change, code, code);
    };
    // one who answers by hand knows only that it does not verify
    auto const no_key = [&check](std::string_view what, std::function<void(id_token_sample&)> const& change, error_code code) {
        check(what, change, code, error_code::jws_signature_invalid);
    };
    using sample = id_token_sample;
    auto const es256 = [](sample& s) {
        s.key = support::p256_key;
        s.header.set("alg", R"("ES256")").set("kid", R"("p256-1")");
        s.expected.id_token_signed_response_alg = "ES256";
    };
    auto const invalid = error_code::jws_signature_invalid;

    auto const hs256 = [](sample& s, std::string_view key = support::hs256_key) {
        s.key = key;
        s.header.set("alg", R"("HS256")").remove("kid");
        s.expected.id_token_signed_response_alg = "HS256";
        s.expected.client_secret = support::client_secret.substr(0, 32);
    };
    auto const modulus_key = R"({"kty":"oct","alg":"HS256","k":)" + support::json_of(support::rsa_key).root()["n"].to_string() + "}";

    // clang-format off
    refuse("HS256: idt-sig-flip", [=](sample& s) { hs256(s); s.token = support::with_flipped_signature(s.signed_text()); }, invalid);
    refuse("HS256: idt-sig-zero", [=](sample& s) { hs256(s); s.token = support::with_signature(s.signed_text(), std::string(32, '\0')); }, invalid);
    refuse("HS256: half of the MAC", [=](sample& s) { hs256(s); s.token = support::with_signature(s.signed_text(), support::take_apart(s.signed_text()).signature.substr(0, 16)); }, invalid);
    refuse("HS256: a longer MAC", [=](sample& s) { hs256(s); s.token = support::with_signature(s.signed_text(), support::take_apart(s.signed_text()).signature + '\0'); }, invalid);
    refuse("HS256: another secret", [=](sample& s) { hs256(s); s.expected.client_secret = support::client_secret.substr(1, 32); }, invalid);
    refuse("HS256: more of the secret", [=](sample& s) { hs256(s); s.expected.client_secret = support::client_secret; }, invalid);
    refuse("HS256: the modulus of the key as a secret", [=, &modulus_key](sample& s) { hs256(s, modulus_key); }, invalid);
    refuse("HS256: idt-payload-edited", [=](sample& s) {
        hs256(s);
        auto const token = s.signed_text();
        s.token = support::with_payload(token, s.claims.set("sub", R"("admin")").text());
    }, invalid);
    refuse("HS256: an RS256 signature under its name", [=](sample& s) { hs256(s, support::rsa_key); }, invalid);
    refuse("idt-sig-flip", [](sample& s) { s.token = support::with_flipped_signature(s.signed_text()); }, invalid);
    refuse("idt-sig-flip: ES256", [=](sample& s) { es256(s); s.token = support::with_flipped_signature(s.signed_text()); }, invalid);
    refuse("idt-sig-zero", [](sample& s) { s.token = support::with_signature(s.signed_text(), std::string(256, '\0')); }, invalid);
    refuse("idt-sig-short", [](sample& s) { s.token = support::with_signature(s.signed_text(), std::string(3, '\0')); }, invalid);
    refuse("idt-es256-zero", [=](sample& s) { es256(s); s.token = support::with_signature(s.signed_text(), std::string(64, '\0')); }, invalid);
    refuse("idt-sig-of-other: the signature of another token", [](sample& s) {
        sample other;
        other.claims.set("sub", R"("user-2")");
        s.token = support::with_signature(s.signed_text(), support::take_apart(other.signed_text()).signature);
    }, invalid);
    refuse("idt-payload-edited", [](sample& s) {
        auto const token = s.signed_text();
        s.token = support::with_payload(token, s.claims.set("sub", R"("admin")").text());
    }, invalid);
    refuse("idt-header-edited", [](sample& s) {
        auto const token = s.signed_text();
        s.token = support::with_header(token, s.header.set("x", "1").text());
    }, invalid);
    refuse("idt-sig-other-key: the right kid", [](sample& s) { s.key = support::other_rsa_key; }, invalid);
    refuse("idt-embedded-jwk", [](sample& s) {
        s.key = support::other_rsa_key;
        s.header.set("jwk", support::public_jwk(support::other_rsa_key));
    }, invalid);
    refuse("idt-jku", [](sample& s) { s.key = support::other_rsa_key; s.header.set("jku", R"("https://evil.example.com/jwks")"); }, invalid);
    refuse("idt-x5u", [](sample& s) { s.key = support::other_rsa_key; s.header.set("x5u", R"("https://evil.example.com/x5u")"); }, invalid);
    refuse("a signature that does not fit comes before claims that do not", [](sample& s) { s.key = support::other_rsa_key; s.claims.set("exp", "0"); }, invalid);
    refuse("idt-padding", [](sample& s) { s.token = s.signed_text() + "=="; }, error_code::base64url_invalid);
    refuse("idt-whitespace", [](sample& s) { s.token = s.signed_text() + "\n"; }, error_code::base64url_invalid);
    no_key("idt-kid-unknown", [](sample& s) { s.header.set("kid", R"("x")"); }, error_code::jwk_not_found);
    no_key("idt-kid-traversal", [](sample& s) { s.header.set("kid", R"("../../dev/null")"); }, error_code::jwk_not_found);
    no_key("idt-kid-of-other-key", [](sample& s) { s.header.set("kid", R"("p256-1")"); }, error_code::jwk_not_found);
    refuse("idt-kid-missing: one key fits", [](sample& s) { s.header.remove("kid"); }, error_code::none);
    // clang-format on
}

TEST_CASE("errors about the keys are handed on as they are") {
    id_token_sample sample;
    auto const validate = [&sample](calimatic::jwk_set keys, std::vector<signature_algorithm> allowed = every_algorithm) {
        calimatic::signature_verifier verifier(std::move(keys), std::move(allowed));
        return support::rule_name(calimatic::validate_id_token(sample.signed_text(), verifier, sample.expected, sample.now));
    };
    CHECK(validate({}) == "jwk_not_found");
    CHECK(validate(support::public_keys({support::p256_key})) == "jwk_not_found");
    CHECK(validate(support::public_keys({support::rsa_key, support::rsa_key})) == "jwk_kid_repeated");
    auto without_kids = support::public_keys({support::other_rsa_key, support::p256_key, support::rsa_key});
    for (auto& key : without_kids.keys) key.kid.reset();
    CHECK(validate(without_kids) == "accepted"); // ok-jwks-no-kid
}

TEST_CASE("the algorithm is the registered one, whatever the verifier allows") {
    id_token_sample sample;
    sample.key = support::p256_key;
    sample.header.set("alg", R"("ES256")").set("kid", R"("p256-1")");
    auto verifier = sample_verifier();
    CHECK(support::rule_name(calimatic::validate_id_token(sample.signed_text(), verifier, sample.expected, sample.now)) == "jws_alg_not_allowed");
    sample.expected.id_token_signed_response_alg = "ES256";
    CHECK(support::rule_name(calimatic::validate_id_token(sample.signed_text(), verifier, sample.expected, sample.now)) == "accepted");
    calimatic::signature_verifier rs256_only(support::public_keys({support::rsa_key, support::p256_key}), {signature_algorithm::rs256});
    CHECK(support::rule_name(calimatic::validate_id_token(sample.signed_text(), rs256_only, sample.expected, sample.now)) == "jws_alg_not_allowed");
}

TEST_CASE("the claims are those of the very bytes that were verified") {
    id_token_sample sample;
    sample.payload =
        " {\n\"iss\" : \"https://op.example.com\", \"s\\u0075b\":\"us\\u0065r-1\",\"aud\":\"client-1\",\"nonce\":\"n-0S6_WzA2Mj-n-0S6_WzA2Mj\","
        "\"iat\":1.8e9,\"exp\":180000003E1}\r\n";
    auto verifier = sample_verifier();
    auto const claims = calimatic::validate_id_token(sample.signed_text(), verifier, sample.expected, sample.now);
    REQUIRE(claims);
    CHECK(claims->sub() == "user-1");
    CHECK(claims->exp() == support::now + std::chrono::seconds(30));
}

TEST_CASE("the ID Tokens of OIDC Core appendix A") {
    auto const key = support::json_of(
        R"({"kty":"RSA","kid":"1e9gdk7",)"
        R"("n":"w7Zdfmece8iaB0kiTY8pCtiBtzbptJmP28nSWwtdjRu0f2GFpajvWE4VhfJAjEsOcwYzay7XGN0b-X84BfC8hmCTOj2b2eHT7NsZegFPKRUQzJ9wW8ipn_aDJWMGDuB)"
        R"(1XyqT1E7DYqjUCEOD1b4FLpy_xPn6oV_TYOfQ9fZdbE5HGxJUzekuGcOKqOQ8M7wfYHhHHLxGpQVgL0apWuP2gDDOdTtpuld4D2LK1MZK99s9gaSjRHE8JDb1Z4IGhEcEyzkx)"
        R"(swVdPndUWzfvWBBWXWxtSUvQGBRkuy1BHOa4sP6FKjWEeeF7gm7UMs2Nm2QUgNZw6xvEDGaLk4KASdIxRQ","e":"AQAB"})"); // A.7
    calimatic::jwk_set keys;
    keys.keys.push_back(calimatic::parse_jwk(key.root()).value());
    calimatic::signature_verifier verifier(std::move(keys), {signature_algorithm::rs256});
    calimatic::time_point const then{std::chrono::seconds(1311280970)};

    std::string_view const with_claims = // A.2
        "eyJraWQiOiIxZTlnZGs3IiwiYWxnIjoiUlMyNTYifQ.ewogImlzcyI6ICJodHRwOi8vc2VydmVyLmV4YW1wbGUuY29tIiwKICJzdWIiOiAiMjQ4Mjg5NzYxMDAxIiwKICJhdWQ"
        "iOiAiczZCaGRSa3F0MyIsCiAibm9uY2UiOiAibi0wUzZfV3pBMk1qIiwKICJleHAiOiAxMzExMjgxOTcwLAogImlhdCI6IDEzMTEyODA5NzAsCiAibmFtZSI6ICJKYW5lIERvZ"
        "SIsCiAiZ2l2ZW5fbmFtZSI6ICJKYW5lIiwKICJmYW1pbHlfbmFtZSI6ICJEb2UiLAogImdlbmRlciI6ICJmZW1hbGUiLAogImJpcnRoZGF0ZSI6ICIwMDAwLTEwLTMxIiwKICJ"
        "lbWFpbCI6ICJqYW5lZG9lQGV4YW1wbGUuY29tIiwKICJwaWN0dXJlIjogImh0dHA6Ly9leGFtcGxlLmNvbS9qYW5lZG9lL21lLmpwZyIKfQ.rHQjEmBqn9Jre0OLykYNnspA1"
        "0Qql2rvx4FsD00jwlB0Sym4NzpgvPKsDjn_wMkHxcp6CilPcoKrWHcipR2iAjzLvDNAReF97zoJqq880ZD1bwY82JDauCXELVR9O6_B0w3K-E7yM2macAAgNCUwtik6SjoSUZR"
        "cf-O5lygIyLENx882p6MtmwaL1hd6qn5RZOQ0TLrOYu0532g9Exxcm-ChymrB4xLykpDj3lUivJt63eEGGN6DH5K6o33TcxkIjNrCD4XB1CKKumZvCedgHHF3IAK4dVEDSUoGl"
        "H9z4pP_eWYNXvqQOjGs-rDaQzUHl6cQQWNiDpWOl_lxXjQEvQ";
    calimatic::id_token_expectations expected{.issuer = "http://server.example.com", .client_id = "s6BhdRkqt3", .nonce = "n-0S6_WzA2Mj"};
    auto claims = calimatic::validate_id_token(with_claims, verifier, expected, then);
    REQUIRE(claims);
    CHECK(claims->sub() == "248289761001");
    CHECK(claims->name() == "Jane Doe");
    CHECK(claims->email() == "janedoe@example.com");
    CHECK_FALSE(claims->email_verified());
    CHECK((*claims)["birthdate"].as_string() == "0000-10-31");
    CHECK(claims->subject_key() == "25:http://server.example.com:248289761001");

    std::string_view const with_at_hash = // A.3
        "eyJraWQiOiIxZTlnZGs3IiwiYWxnIjoiUlMyNTYifQ.ewogImlzcyI6ICJodHRwOi8vc2VydmVyLmV4YW1wbGUuY29tIiwKICJzdWIiOiAiMjQ4Mjg5NzYxMDAxIiwKICJhdWQ"
        "iOiAiczZCaGRSa3F0MyIsCiAibm9uY2UiOiAibi0wUzZfV3pBMk1qIiwKICJleHAiOiAxMzExMjgxOTcwLAogImlhdCI6IDEzMTEyODA5NzAsCiAiYXRfaGFzaCI6ICI3N1FtV"
        "VB0alBmeld0RjJBbnBLOVJRIgp9.F9gRev0Dt2tKcrBkHy72cmRqnLdzw9FLCCSebV7mWs7o_sv2O5s6zMky2kmhHTVx9HmdvNnx9GaZ8XMYRFeYk8L5NZ7aYlA5W56nsG1iWO"
        "ou_-gji0ibWIuuf4Owaho3YSoi7EvsTuLFz6tq-dLyz0dKABMDsiCmJ5wqkPUDTE3QTXjzbUmOzUDli-gCh5QPuZAq0cNW3pf_2n4zpvTYtbmj12cVcxGIMZby7TMWESRjQ9_o"
        "3jvhVNcCGcE0KAQXejhA1ocJhNEvQNqMFGlBb6_0RxxKjDZ-Oa329eGDidOvvp0h5hoES4a8IuGKS7NOcpp-aFwp0qVMDLI-Xnm-Pg";
    expected.access_token = support::sample_access_token;
    CHECK(support::rule_name(calimatic::validate_id_token(with_at_hash, verifier, expected, then)) == "accepted");
    expected.access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Z";
    CHECK(support::rule_name(calimatic::validate_id_token(with_at_hash, verifier, expected, then)) == "id_token_at_hash_mismatch");
    expected.access_token = {};
    CHECK(support::rule_name(calimatic::validate_id_token(with_at_hash, verifier, expected, support::now)) == "id_token_expired");
}

#endif
