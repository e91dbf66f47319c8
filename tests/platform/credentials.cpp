#include <calimatic/platform/credentials.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <variant>

#include "support/outcome.hpp"

using calimatic::added_by_host;
using calimatic::api_key;
using calimatic::app_client;
using calimatic::error_code;
using calimatic::find_header;
using calimatic::http_request;
using calimatic::platform_credentials;

TEST_CASE("an application client is two header fields") {
    http_request request;
    support::accepted("app client", calimatic::put_platform_credentials(request, app_client{"cca_1", "ccas_1"}));
    CHECK(request.headers.size() == 2);
    CHECK(find_header(request.headers, "x-client-id") == "cca_1");
    CHECK(find_header(request.headers, "x-client-secret") == "ccas_1");
}

TEST_CASE("an API key is one, and takes the place of whatever was there") {
    http_request request;
    request.headers.push_back({"X-Client-Id", "cca_1"});
    request.headers.push_back({"x-api-key", "old"});
    support::accepted("API key", calimatic::put_platform_credentials(request, api_key{"a-key"}));
    REQUIRE(request.headers.size() == 1);
    CHECK(find_header(request.headers, "x-api-key") == "a-key");
}

TEST_CASE("what the host adds is not there") {
    http_request request;
    request.headers.push_back({"x-client-secret", "ccas_1"});
    support::accepted("by host", calimatic::put_platform_credentials(request, added_by_host{}));
    CHECK(request.headers.empty());
}

TEST_CASE("half a credential, and one that could end a header field, are refused") {
    struct row {
        char const* what;
        platform_credentials credentials;
        error_code code;
    };
    row rows[] = {
        {"nothing given", {}, error_code::client_id_missing},
        {"no client_id", app_client{"", "ccas_1"}, error_code::client_id_missing},
        {"no client_secret", app_client{"cca_1", ""}, error_code::client_secret_missing},
        {"no key", api_key{}, error_code::api_key_missing},
        {"line break in the id", app_client{"cca_1\r\nx: y", "ccas_1"}, error_code::credential_not_sendable},
        {"line break in the secret", app_client{"cca_1", "ccas_1\n"}, error_code::credential_not_sendable},
        {"a space in the key", api_key{"a key"}, error_code::credential_not_sendable},
        {"beyond ASCII", api_key{"schl\xc3\xbcssel"}, error_code::credential_not_sendable},
    };
    for (auto const& row : rows) {
        http_request request;
        support::refused(row.what, calimatic::put_platform_credentials(request, row.credentials), row.code);
        CHECK(request.headers.empty());
    }
}

TEST_CASE("a copy has the same address and the same credential") {
    calimatic::platform_client const app{"https://auth.example", app_client{"cca_1", "ccas_1"}};
    auto const copy = app.clone();
    CHECK(copy.base_url == "https://auth.example");
    REQUIRE(std::holds_alternative<app_client>(copy.credentials));
    CHECK(std::get<app_client>(copy.credentials).client_secret.expose() == "ccas_1");
    CHECK(std::get<api_key>(calimatic::platform_client{"https://a.example", api_key{"k"}}.clone().credentials).value.expose() == "k");
    CHECK(std::holds_alternative<added_by_host>(calimatic::platform_client{"https://a.example", added_by_host{}}.clone().credentials));
}
