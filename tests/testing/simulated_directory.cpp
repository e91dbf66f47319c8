#include <calimatic/testing/simulated_directory.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using cal::error_code;
using cal::http_method;

namespace {

/// A platform with an organization, an application that may manage it, and a key that may.
struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    cal::platform_client app{platform.issuer(), cal::app_client{"cca_1", "ccas_1"}};
    cal::platform_client key{platform.issuer(), cal::api_key{"key-1"}};

    explicit fixture(sim::simulated_management_options how = {}) : platform({.management = std::move(how)}) {
        platform.add_client({.client = {.client_id = "cca_1", .client_secret = "ccas_1"}, .permissions = {"org:manage", "org:users:manage"}});
        platform.directory().organizations.push_back({.applications = {"cca_1", "cca_2"}});
        platform.directory().api_keys.push_back({"key-1", {"org:manage", "org:users:manage"}});
    }
    cal::result<cal::platform_response> call(cal::platform_client const& who, std::string_view path, std::string_view body = {}) {
        auto const method = body.empty() ? http_method::get : http_method::post;
        return cal::drive(cal::single_request(cal::build_platform_request(who, method, path, body),
                              [&](cal::http_response const& response) { return cal::parse_platform_response(response, who); }),
            host);
    }
    cal::result<std::optional<cal::resolved_user>> resolve(cal::platform_client const& who, std::string_view email) {
        return cal::drive(cal::single_request(cal::build_resolve_user_request(who, email),
                              [&](cal::http_response const& response) { return cal::parse_resolve_user_response(response, who); }),
            host);
    }
    std::vector<std::string> licenses(std::string_view email) {
        auto* account = platform.directory().find_account_by_email(email);
        return account ? account->applications : std::vector<std::string>{"nobody"};
    }
};

constexpr auto provision = "/api/v1/users/provision";

std::string bob(std::string_view more = {}) {
    return R"({"email":"bob@x.example","firstName":"Bob","lastName":"B","organizationId":"org-1")" + std::string(more) + "}";
}

} // namespace

TEST_CASE("a directory finds what it has") {
    sim::simulated_directory directory;
    CHECK_FALSE(directory.find_organization("org-1"));
    directory.organizations.push_back({});
    directory.accounts.push_back({});
    CHECK(directory.find_organization("org-1") == &directory.organizations[0]);
    CHECK(directory.find_organization_by_slug("an-organization") == &directory.organizations[0]);
    CHECK(directory.find_account("user-1") == &directory.accounts[0]);
    CHECK(directory.find_account_by_keycloak_id("keycloak-1") == &directory.accounts[0]);
    CHECK(directory.find_account_by_email("Alice@Example.COM") == &directory.accounts[0]);
    CHECK_FALSE(directory.find_account_by_email("alice@example.co"));
}

TEST_CASE("whoever is provisioned is created once, is licensed, can be resolved, and happened") {
    fixture f;
    support::accepted("nobody yet", f.resolve(f.app, "bob@x.example"));
    CHECK_FALSE(*f.resolve(f.app, "bob@x.example"));
    auto const first = f.call(f.app, provision, bob(R"(,"sendInviteEmail":true)"));
    support::accepted("first", first);
    CHECK(first->status == 201);
    CHECK(first->data()["isNewUser"].as_bool() == true);
    auto const again = f.call(f.app, provision, bob());
    support::accepted("again", again);
    CHECK(again->status == 200);
    CHECK(again->data()["isNewUser"].as_bool() == false);
    CHECK(again->data()["userId"].as_string() == first->data()["userId"].as_string());
    REQUIRE(f.platform.directory().accounts.size() == 1);
    CHECK(f.platform.directory().accounts[0].invitations == 1);
    CHECK(f.platform.directory().accounts[0].role == "member");
    REQUIRE(f.platform.directory().events.size() == 1);
    CHECK(f.platform.directory().events[0].type == "user.created");
    CHECK(f.platform.directory().events[0].user_id == f.platform.directory().accounts[0].user_id);

    auto const user = f.resolve(f.app, "BOB@x.example");
    REQUIRE(user);
    REQUIRE(*user);
    CHECK((*user)->user_id == first->data()["userId"].as_string());
    CHECK((*user)->has_license == true);
    CHECK((*user)->licenses()[0].as_string() == "cca_1");
    auto const by_key = f.resolve(f.key, "bob@x.example");
    REQUIRE(by_key);
    REQUIRE(*by_key);
    CHECK_FALSE((*by_key)->has_license); // it is said to an application alone
    auto const by_id = f.call(f.app, "/api/v1/users/resolve?keycloakId=" + (*user)->keycloak_user_id);
    support::accepted("by Keycloak id", by_id);
    CHECK(by_id->data()["email"].as_string() == "bob@x.example");
}

TEST_CASE("licences are given by three rules") {
    using list = std::vector<std::string>;
    struct row {
        char const* what;
        bool by_app;
        char const* applications;
        list licenses;
    };
    for (auto const& row : {row{"the calling application", true, "", {"cca_1"}},
             row{"explicit ones that are enabled, and the calling one", true, R"(,"applications":["cca_2","cca_3"])", {"cca_1", "cca_2"}},
             row{"no application and no context: all that are enabled", false, "", {"cca_1", "cca_2"}},
             row{"explicit without a context", false, R"(,"applications":["cca_2","cca_3"])", {"cca_2"}},
             row{"an empty list without a context", false, R"(,"applications":[])", {}}}) {
        INFO(row.what);
        fixture f;
        support::accepted(row.what, f.call(row.by_app ? f.app : f.key, provision, bob(row.applications)));
        CHECK(f.licenses("bob@x.example") == row.licenses);
    }
}

TEST_CASE("the management API refuses who may not, and what is not documented") {
    struct row {
        char const* what;
        cal::platform_client who;
        std::string path;
        std::string body;
        int status;
    };
    fixture f;
    f.platform.add_client({.client = {.client_id = "cca_2", .client_secret = "ccas_2"}, .permissions = {"org:manage"}});
    f.platform.add_client({.client = {.client_id = "cca_3"}, .permissions = {"org:users:manage"}});
    auto const& at = f.platform.issuer();
    std::vector<row> rows;
    rows.push_back({"no credential", {at, cal::added_by_host{}}, provision, bob(), 401});
    rows.push_back({"wrong secret", {at, cal::app_client{"cca_1", "ccas_2"}}, provision, bob(), 401});
    rows.push_back({"a client without a secret", {at, cal::app_client{"cca_3", "x"}}, provision, bob(), 401});
    rows.push_back({"wrong key", {at, cal::api_key{"key-2"}}, provision, bob(), 401});
    rows.push_back({"no permission", {at, cal::app_client{"cca_2", "ccas_2"}}, provision, bob(), 403});
    rows.push_back({"no such endpoint", f.app.clone(), "/api/v1/users/list", "", 404});
    rows.push_back({"no name", f.app.clone(), provision, R"({"email":"a@x"})", 400});
    rows.push_back({"no address", f.app.clone(), provision, R"({"email":"a","firstName":"A","lastName":"A"})", 400});
    rows.push_back({"a role that is a number", f.app.clone(), provision, bob(R"(,"role":1)"), 400});
    rows.push_back({"an invitation as text", f.app.clone(), provision, bob(R"(,"sendInviteEmail":"true")"), 400});
    rows.push_back({"applications as text", f.app.clone(), provision, bob(R"(,"applications":"cca_1")"), 400});
    rows.push_back({"applications as numbers", f.app.clone(), provision, bob(R"(,"applications":[1])"), 400});
    rows.push_back({"a list", f.app.clone(), provision, "[]", 400});
    rows.push_back(
        {"another organization", f.app.clone(), provision, R"({"email":"b@x","firstName":"B","lastName":"B","organizationId":"org-2"})", 400});
    rows.push_back({"nobody is asked for", f.app.clone(), "/api/v1/users/resolve", "", 400});
    rows.push_back({"two are asked for", f.app.clone(), "/api/v1/users/resolve?email=a%40x&keycloakId=k", "", 400});
    for (auto const& row : rows) {
        auto const answer = f.call(row.who, row.path, row.body);
        support::refused(row.what, answer, error_code::platform_error);
        CHECK(answer.error().http_status() == row.status);
        CHECK_FALSE(answer.error().server_text().empty());
    }
    CHECK(f.platform.directory().accounts.empty());
    CHECK(f.platform.directory().events.empty());
}

TEST_CASE("that there is nobody is said in one of two ways") {
    for (bool const by_status : {false, true}) {
        fixture f({.nobody_is_404 = by_status});
        auto const nobody = f.resolve(f.app, "nobody@x.example");
        support::accepted("nobody", nobody);
        CHECK_FALSE(*nobody);
        CHECK(f.platform.requests().back().status == (by_status ? 404 : 200));
    }
}
