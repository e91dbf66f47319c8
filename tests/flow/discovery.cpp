#include <calimatic/flow/discovery.hpp>

#include <calimatic/drive/blocking.hpp>
#include <catch2/catch_test_macros.hpp>

#include "support/provider.hpp"

using support::provider;
using support::virtual_host;
namespace cal = calimatic;

TEST_CASE("discovery gives the metadata of the issuer with one request") {
    provider server;
    auto metadata = cal::drive(cal::discover(server.issuer), virtual_host{server});
    REQUIRE(metadata);
    CHECK(metadata->issuer == server.issuer);
    CHECK(metadata->token_endpoint == "https://op.example/token");
    CHECK(metadata->authorization_response_iss_parameter_supported);
    CHECK(server.log == std::vector<std::string>{"openid-configuration"});
}

TEST_CASE("the metadata of another issuer are refused, and nothing more is asked (disc-issuer-wrong)") {
    provider server;
    server.tamper = [](std::string_view, cal::http_response honest) {
        honest.body.replace(honest.body.find("https://op.example"), 18, "https://op.exampleINVALID");
        return honest;
    };
    auto metadata = cal::drive(cal::discover(server.issuer), virtual_host{server});
    REQUIRE_FALSE(metadata);
    CHECK(metadata.error() == cal::error_code::metadata_issuer_mismatch);
    CHECK(metadata.error().expected() == "https://op.example");
    CHECK(server.log.size() == 1);
}

TEST_CASE("an issuer that is no https URL is refused without a request") {
    provider server;
    for (auto const* issuer : {"http://op.example", "https://op.example?x=1", "https://op.example#x", "ftp://op.example", "op.example", ""}) {
        INFO(issuer);
        CHECK_FALSE(cal::drive(cal::discover(issuer), virtual_host{server}));
    }
    CHECK(server.log.empty());
}

TEST_CASE("the location of RFC 8414 lies between host and path") {
    auto flow = cal::discover("https://op.example/tenant", cal::metadata_location::oauth_authorization_server);
    CHECK(flow.poll_request({})->url == "https://op.example/.well-known/oauth-authorization-server/tenant");
}

TEST_CASE("discovery that was aborted or got no answer says so") {
    auto flow = cal::discover("https://op.example");
    auto const id = flow.poll_request({})->id;
    SECTION("aborted") {
        flow.abort();
        CHECK(flow.poll_result()->error() == cal::error_code::aborted);
    }
    SECTION("no answer") {
        CHECK(flow.handle_failure(id, cal::transport_failure::no_answer, {}));
        CHECK(flow.poll_result()->error() == cal::error_code::transport_no_answer);
    }
    CHECK_FALSE(flow.handle_response(id, {200, {}, "{}"}, {}));
    CHECK_FALSE(flow.poll_crypto_question());
    CHECK_FALSE(flow.handle_crypto_answer(1, {}));
}
