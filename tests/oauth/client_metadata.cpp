#include <calimatic/oauth/client_metadata.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/keys.hpp"
#include "support/outcome.hpp"

using calimatic::client_metadata;
using calimatic::error_code;
using support::rule_name;

namespace {

client_metadata web() { return {.redirect_uris = {"https://app.example/cb"}, .client_name = "App"}; }

template <class Change>
void refuse(std::string_view what, Change change, error_code code, std::string_view got = {}, std::string_view expected = {}) {
    INFO(what);
    auto metadata = web();
    change(metadata);
    auto const valid = calimatic::validate_client_metadata(metadata);
    REQUIRE(rule_name(valid) == rule_name(code));
    CHECK(valid.error().condition() == calimatic::condition::correct_input);
    if (!got.empty()) CHECK(valid.error().got() == got);
    if (!expected.empty()) CHECK(valid.error().expected().find(expected) != std::string_view::npos);
}

void refuse_redirect(std::vector<std::string> uris, std::string_view got, std::string_view expected) {
    refuse(
        got, [&](client_metadata& m) { m.redirect_uris = uris; }, error_code::redirect_uri_invalid, got, expected);
}

template <class Change>
void accept(std::string_view what, Change change) {
    auto metadata = web();
    change(metadata);
    support::accepted(what, calimatic::validate_client_metadata(metadata));
}

} // namespace

TEST_CASE("a redirect_uri that cannot be registered is told, with its place and why") {
    refuse_redirect({"https://app.example/cb", "http://app.example/cb"}, "http://app.example/cb", "redirect_uris[1]: https, or http on loopback");
    refuse_redirect({"https://app.example/cb#top"}, "https://app.example/cb#top", "redirect_uris[0]: wrong here: a fragment");
    refuse_redirect({"https://a:b@app.example/cb"}, "https://a:b@app.example/cb", "wrong here: a user name");
    refuse_redirect({"/cb"}, "/cb", "redirect_uris[0]: https://...");
    refuse_redirect({"javascript:alert(1)"}, "javascript:alert(1)", "a private-use scheme with a period in it");
    refuse_redirect({"myapp://cb"}, "myapp://cb", "a period");
    refuse_redirect({"https://app.example/cb?code=1"}, "https://app.example/cb?code=1", "the parameter code");
    refuse_redirect({"https://a.example/1", "https://a.example/2", "https://a.example/1"}, "https://a.example/1", "redirect_uris[2]: each once");
    accept("loopback, private use, and two that differ in a slash", [](client_metadata& m) {
        m.redirect_uris = {"http://localhost:3001/cb", "http://127.0.0.1/cb", "http://[::1]:1/cb", "com.example.app:/cb", "https://a.example/cb",
            "https://a.example/cb/"};
    });
}

TEST_CASE("a redirect_uri is there where the grant needs one, and not asked for elsewhere") {
    auto const with = [](std::vector<std::string> grants) {
        return [grants](client_metadata& m) {
            m.redirect_uris.clear();
            m.grant_types = grants;
        };
    };
    refuse("the default grant", with({}), error_code::redirect_uris_missing);
    refuse("authorization_code", with({"refresh_token", "authorization_code"}), error_code::redirect_uris_missing);
    refuse("implicit", with({"implicit"}), error_code::redirect_uris_missing);
    accept("client_credentials", with({"client_credentials"}));
}

TEST_CASE("the implicit grant on the web has https and no localhost (OIDC Registration 2)") {
    auto const web_with = [](std::string uri) {
        return [uri](client_metadata& m) {
            m.redirect_uris = {uri};
            m.grant_types = {"implicit"};
            m.application_type = "web";
        };
    };
    refuse("http", web_with("http://localhost/cb"), error_code::redirect_uri_invalid, "http://localhost/cb", "not localhost");
    refuse("localhost", web_with("https://localhost/cb"), error_code::redirect_uri_invalid);
    refuse("another scheme", web_with("com.example.app:/cb"), error_code::redirect_uri_invalid);
    accept("https", web_with("https://app.example/cb"));
}

TEST_CASE("keys are registered in one way, and public") {
    std::string const keys = R"({"keys":[)" + std::string(support::public_jwk(support::p256_key)) + "]}";
    accept("jwks", [&](client_metadata& m) { m.jwks = keys; });
    accept("jwks_uri", [&](client_metadata& m) { m.jwks_uri = "https://app.example/jwks"; });
    refuse(
        "both",
        [&](client_metadata& m) {
            m.jwks = keys;
            m.jwks_uri = "https://app.example/jwks";
        },
        error_code::client_jwks_twice);
    refuse(
        "private", [&](client_metadata& m) { m.jwks = R"({"keys":[)" + std::string(support::p256_key) + "]}"; }, error_code::jwk_not_public);
    refuse(
        "no set", [&](client_metadata& m) { m.jwks = "{}"; }, error_code::jwk_set_malformed);
    refuse(
        "no JSON", [&](client_metadata& m) { m.jwks = "keys"; }, error_code::json_syntax);
    refuse(
        "keys over http", [&](client_metadata& m) { m.jwks_uri = "http://app.example/jwks"; }, error_code::client_metadata_invalid,
        "http://app.example/jwks", "jwks_uri: an https URL");
}

TEST_CASE("addresses are addresses, and extra members have no place of their own") {
    refuse(
        "client_uri", [](client_metadata& m) { m.client_uri = "app"; }, error_code::client_metadata_invalid, "app", "client_uri: a URL");
    refuse(
        "initiate_login_uri", [](client_metadata& m) { m.initiate_login_uri = "http://app.example/login"; }, error_code::client_metadata_invalid);
    refuse(
        "backchannel_logout_uri", [](client_metadata& m) { m.backchannel_logout_uri = "https://app.example/#x"; },
        error_code::client_metadata_invalid);
    refuse(
        "post_logout_redirect_uris", [](client_metadata& m) { m.post_logout_redirect_uris = {"https://app.example/#x"}; },
        error_code::client_metadata_invalid);
    for (std::string_view const text : {"javascript:alert(1)", "http://app.example/bye", "https://user@app.example/", "app.example/bye", ""})
        refuse(
            text, [&](client_metadata& m) { m.post_logout_redirect_uris = {"https://app.example/bye", std::string(text)}; },
            error_code::client_metadata_invalid, text, "post_logout_redirect_uris");
    accept("where a logout comes back to", [](client_metadata& m) {
        m.post_logout_redirect_uris = {"https://app.example/bye?a=b", "http://localhost:3000/bye", "com.example.app:/bye"};
    });
    refuse(
        "scope", [](client_metadata& m) { m.scope = "openid \"x\""; }, error_code::scope_malformed);
    refuse(
        "extra array", [](client_metadata& m) { m.extra = "[]"; }, error_code::json_not_an_object);
    refuse(
        "extra no JSON", [](client_metadata& m) { m.extra = "{"; }, error_code::json_syntax);
    for (std::string_view const name : {"client_name", "redirect_uris", "jwks", "client_id", "client_secret", "software_statement"})
        refuse(
            name, [&](client_metadata& m) { m.extra = "{\"" + std::string(name) + "\":1}"; }, error_code::parameter_reserved, name);
    refuse(
        "_enc alone", [](client_metadata& m) { m.extra = R"({"id_token_encrypted_response_enc":"A128GCM"})"; }, error_code::client_enc_without_alg,
        "id_token_encrypted_response_enc", "id_token_encrypted_response_alg");
    accept("_enc with _alg",
        [](client_metadata& m) { m.extra = R"({"id_token_encrypted_response_enc":"A128GCM","id_token_encrypted_response_alg":"ECDH-ES"})"; });
    accept("the platform's own", [](client_metadata& m) {
        m.extra = R"({"loginUrl":"https://app.example/login","clientUri":"https://app.example","client_name#de":"Anwendung"})";
    });
}
