#include <calimatic/oauth/client_information.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/outcome.hpp"

using calimatic::client_information;
using calimatic::error_code;
using calimatic::milliseconds;
using calimatic::time_point;
using support::rule_name;

namespace {

constexpr time_point noon{milliseconds{1'800'000'000'000}};

client_information confidential(std::string method = "") {
    return {.client_id = "client",
        .client_secret = "correct horse battery",
        .client_secret_expires_at = {},
        .token_endpoint_auth_method = std::move(method)};
}

} // namespace

TEST_CASE("a client is saved and read back, and copied when asked for") {
    auto client = confidential("client_secret_post");
    client.client_secret_expires_at = noon + milliseconds{7};
    client.id_token_signed_response_alg = "ES256";
    client.userinfo_signed_response_alg = "PS256";
    client.private_jwk = "a private key";
    client.token_endpoint_auth_signing_alg = "ES384";
    client.assertion_audience = calimatic::client_assertion_audience::token_endpoint;
    for (auto const& copy : {calimatic::parse_client_information(serialize(client).expose()).value().clone(), client.clone()}) {
        CHECK(copy.client_id == "client");
        CHECK(copy.client_secret.expose() == "correct horse battery");
        CHECK(copy.client_secret_expires_at == noon + milliseconds{7});
        CHECK(copy.token_endpoint_auth_method == "client_secret_post");
        CHECK(copy.id_token_signed_response_alg == "ES256");
        CHECK(copy.userinfo_signed_response_alg == "PS256");
        CHECK(copy.private_jwk.expose() == "a private key");
        CHECK(copy.token_endpoint_auth_signing_alg == "ES384");
        CHECK(copy.assertion_audience == calimatic::client_assertion_audience::token_endpoint);
    }
    auto const plain = calimatic::parse_client_information(serialize(client_information{.client_id = "public"}).expose());
    REQUIRE(plain);
    CHECK(plain->client_id == "public");
    CHECK(plain->client_secret.empty());
    CHECK_FALSE(plain->client_secret_expires_at);
    CHECK(plain->id_token_signed_response_alg == "RS256");
    CHECK(plain->userinfo_signed_response_alg.empty());
    auto const blob = std::string(serialize(client_information{.client_id = "public"}).expose()); // as it was written before UserInfo could be signed
    CHECK(blob.find("userinfo") == std::string::npos);
    CHECK(blob.find("private_jwk") == std::string::npos); // ... or a client could sign
    CHECK(blob.find("assertion") == std::string::npos);
}

TEST_CASE("a damaged client is refused") {
    auto const refuse = [](std::string_view what, std::string_view blob, error_code code) {
        INFO(what);
        CHECK(rule_name(calimatic::parse_client_information(blob)) == rule_name(code));
    };
    std::string const whole(serialize(confidential()).expose());
    auto const with = [&](std::string_view from, std::string_view to) {
        auto changed = whole;
        auto const at = changed.find(from);
        REQUIRE(at != std::string::npos);
        return changed.replace(at, from.size(), to);
    };
    REQUIRE(calimatic::parse_client_information(whole));
    refuse("empty", "", error_code::blob_malformed);
    refuse("not JSON", "client", error_code::blob_malformed);
    refuse("an array", "[]", error_code::blob_malformed);
    for (std::size_t size = 0; size < whole.size(); size += 7) refuse("cut", whole.substr(0, size), error_code::blob_malformed);
    refuse("another kind", with("client_information", "token_set"), error_code::blob_malformed);
    refuse("a later version", with("\"version\":1", "\"version\":2"), error_code::blob_version_unknown);
    refuse("client_id a number", with("\"client\"", "1"), error_code::blob_malformed);
    refuse("client_id null", with("\"client\"", "null"), error_code::blob_malformed);
    refuse("client_id missing", with("\"client_id\"", "\"client_ID\""), error_code::blob_malformed);
    refuse("client_secret an object", with("\"correct horse battery\"", "{}"), error_code::blob_malformed);
    refuse("client_secret null", with("\"correct horse battery\"", "null"), error_code::blob_malformed);
    refuse("expiry a text", with("\"client_secret\"", "\"client_secret_expires_at\":\"1\",\"client_secret\""), error_code::blob_malformed);
    refuse("expiry a fraction", with("\"client_secret\"", "\"client_secret_expires_at\":1.5,\"client_secret\""), error_code::blob_malformed);
    refuse("expiry out of range", with("\"client_secret\"", "\"client_secret_expires_at\":9223372036854775807,\"client_secret\""),
        error_code::blob_malformed);
    refuse("method a boolean", with("\"token_endpoint_auth_method\":\"\"", "\"token_endpoint_auth_method\":false"), error_code::blob_malformed);
    refuse("alg of UserInfo a number", with("\"client_secret\"", "\"userinfo_signed_response_alg\":1,\"client_secret\""), error_code::blob_malformed);
    refuse("private key an object", with("\"client_secret\"", "\"private_jwk\":{},\"client_secret\""), error_code::blob_malformed);
    refuse("audience unknown", with("\"client_secret\"", "\"assertion_audience\":\"anybody\",\"client_secret\""), error_code::blob_malformed);
    refuse("alg missing", with("id_token_signed_response_alg", "other"), error_code::blob_malformed);
    refuse("too large", std::string(1100 * 1024, ' ') + whole, error_code::blob_malformed);
}
