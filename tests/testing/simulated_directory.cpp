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

constexpr auto redirect_uri = "http://127.0.0.1:3000/callback";

/// A platform with an organization, an application that may manage it, and a key that may.
struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    cal::platform_client app{platform.issuer(), cal::app_client{"cca_1", "ccas_1"}};
    cal::platform_client key{platform.issuer(), cal::api_key{"key-1"}};

    explicit fixture(sim::simulated_management_options how = {}) : platform({.management = std::move(how)}) {
        platform.add_client({.client = {.client_id = "cca_1", .client_secret = "ccas_1"},
            .redirect_uris = {redirect_uri},
            .permissions = {"org:manage", "org:users:manage"}});
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
                              [&](cal::http_response const& response) { return cal::parse_resolve_user_response(response, who, email); }),
            host);
    }
    cal::result<cal::organization> create_organization(cal::new_organization const& wanted) {
        return cal::drive(
            cal::single_request(cal::build_create_organization_request(app, wanted),
                [&](cal::http_response const& response) { return cal::parse_create_organization_response(response, app, wanted.slug); }),
            host);
    }
    cal::result<std::optional<cal::organization>> find_organization(std::string_view slug) {
        return cal::drive(cal::single_request(cal::build_find_organization_request(app, slug),
                              [&](cal::http_response const& response) { return cal::parse_find_organization_response(response, app, slug); }),
            host);
    }
    cal::result<cal::sign_in> sign_in(std::string const& sub, std::string scope, bool allow = true) {
        sim::seeded_random random(9);
        auto flow = cal::authorization_code_flow::start(platform.metadata(), {.client_id = "cca_1", .client_secret = "ccas_1"},
            {.redirect_uri = redirect_uri, .scope = std::move(scope)}, random, host.now(), {.request_userinfo = true});
        if (!flow) return flow.error();
        auto const redirect = platform.authorize(*flow->authorization_url(), host.now(), {.sub = sub, .allow = allow});
        if (!redirect) return redirect.error();
        if (auto taken = flow->handle_redirect(*redirect, host.now()); !taken) return taken.error();
        return cal::drive(*flow, host);
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
        fixture f({.nothing_is_404 = by_status});
        auto const nobody = f.resolve(f.app, "nobody@x.example");
        support::accepted("nobody", nobody);
        CHECK_FALSE(*nobody);
        CHECK(f.platform.requests().back().status == (by_status ? 404 : 200));
    }
}

TEST_CASE("an organization is created once, and is found by its slug") {
    for (auto const* path : {"data.id", "data.organization.id", "organization.id", "id"}) {
        for (bool const success : {false, true}) {
            fixture f({.conflict_id_path = path, .conflict_is_success = success, .lookup_gives_array = success, .nothing_is_404 = success});
            INFO(path << ' ' << success);
            CHECK_FALSE(f.find_organization("acme").value());
            auto const first = f.create_organization({.name = "Acme", .slug = "acme", .domain = "acme.com"});
            support::accepted("first", first);
            CHECK(first->created);
            CHECK(first->plan == "free");
            auto const again = f.create_organization({.name = "Another", .slug = "acme"});
            support::accepted("again", again);
            CHECK_FALSE(again->created);
            CHECK(again->id == first->id);
            auto const found = f.find_organization("acme");
            support::accepted("found", found);
            REQUIRE(*found);
            CHECK((*found)->id == first->id);
            CHECK((*found)->name == "Acme");
            auto const* made = f.platform.directory().find_organization(first->id);
            REQUIRE(made);
            CHECK(made->applications == std::vector<std::string>{"cca_1"});
            CHECK(f.platform.directory().organizations.size() == 2);
        }
    }
}

TEST_CASE("an organization that is not documented is refused") {
    fixture f;
    for (auto const* body : {"{}", R"({"name":"A"})", R"({"name":"A","slug":"A"})", R"({"name":"A","slug":"a","type":"school"})",
             R"({"name":1,"slug":"a"})", R"({"name":"A","slug":"a","domain":[]})"}) {
        auto const answer = f.call(f.app, "/api/v1/organizations", body);
        support::refused(body, answer, error_code::platform_error);
        CHECK(answer.error().http_status() == 400);
    }
    support::refused("no slug", f.call(f.app, "/api/v1/organizations"), error_code::platform_error);
    CHECK(f.platform.directory().organizations.size() == 1);
    f.platform.add_client({.client = {.client_id = "cca_1", .client_secret = "ccas_1"}, .permissions = {"org:users:manage"}});
    CHECK(f.create_organization({.name = "A", .slug = "a"}).error().http_status() == 403);
}

TEST_CASE("users are imported all or none, with what they had") {
    fixture f;
    std::vector<cal::imported_user> users;
    users.push_back({.email = "a@x.example", .first_name = "A", .last_name = "A", .temporary_password = "initial-password"});
    users.push_back({.email = "b@x.example",
        .first_name = "B",
        .last_name = "B",
        .organization_id = "org-1",
        .password_hash = "$2b$10$h",
        .external_id = "77",
        .metadata = R"({"grade":7})"});
    auto const import = [&] {
        return cal::drive(cal::single_request(cal::build_import_users_request(f.app, users),
                              [&](cal::http_response const& response) { return cal::parse_import_users_response(response, f.app, users); }),
            f.host);
    };
    auto const done = import();
    support::accepted("done", done);
    CHECK(done->data()["users"][1]["email"].as_string() == "b@x.example");
    auto* a = f.platform.directory().find_account_by_email("a@x.example");
    auto* b = f.platform.directory().find_account_by_email("b@x.example");
    REQUIRE((a && b));
    CHECK(a->password.expose() == "initial-password");
    CHECK(a->password_is_temporary);
    CHECK(b->password_hash.expose() == "$2b$10$h");
    CHECK_FALSE(b->password_is_temporary);
    CHECK(b->external_id == "77");
    CHECK(b->metadata_json == R"({"grade":7})");
    CHECK(b->applications == std::vector<std::string>{"cca_1"});
    users.push_back({.email = "c@x.example", .first_name = "C", .last_name = "C", .organization_id = "org-9"});
    CHECK(import().error().http_status() == 400);
    CHECK(f.platform.directory().accounts.size() == 2);
    for (auto const* body :
        {"{}", R"({"users":[]})", R"({"users":[7]})", R"({"users":[{"email":"d@x","firstName":"D","lastName":"D","metadata":[]}]})",
            R"({"users":[{"email":"d@x","firstName":"D","lastName":"D","temporaryPassword":"short"}]})"})
        support::refused(body, f.call(f.app, "/api/v1/users/import", body), error_code::platform_error);
    CHECK(f.platform.directory().accounts.size() == 2);
}

TEST_CASE("passwords are reset and set under the names of a profile") {
    for (std::string const member : {"temporaryPassword", "newPassword"}) {
        cal::management_profile const profile{.reset_password_body = "", .set_password_member = member};
        fixture f({.profile = profile});
        f.platform.directory().accounts.push_back({.user_id = "user/1+2"});
        auto const reset = [&](std::string_view id) {
            return cal::drive(cal::single_request(cal::build_reset_password_request(f.app, id, profile),
                                  [&](cal::http_response const& response) { return cal::parse_reset_password_response(response, f.app); }),
                f.host);
        };
        auto const set = [&](std::string_view id, cal::secret_string const& password) {
            return cal::drive(cal::single_request(cal::build_set_password_request(f.app, id, password, profile),
                                  [&](cal::http_response const& response) { return cal::parse_set_password_response(response, f.app, password); }),
                f.host);
        };
        support::accepted("reset", reset("user/1+2"));
        CHECK(f.platform.directory().accounts[0].password_resets == 1);
        support::accepted("set", set("user/1+2", "a-new-password"));
        CHECK(f.platform.directory().accounts[0].password.expose() == "a-new-password");
        CHECK(f.platform.directory().accounts[0].password_is_temporary);
        CHECK(reset("user").error().http_status() == 404);
        CHECK(set("user", "a-new-password").error().http_status() == 404);
        CHECK(set("user/1+2", "short").error().http_status() == 400);
        CHECK(f.platform.directory().accounts[0].password.expose() == "a-new-password");
    }
}

TEST_CASE("whoever was provisioned can sign in, and is known by the claims of the scopes") {
    for (std::string const member : {"", "organization"}) {
        cal::claims_profile const profile{.permissions = "perms", .roles = "realm_roles", .organization_id = member};
        fixture f({.claims = profile});
        auto const made = f.call(f.app, provision, bob());
        REQUIRE(made);
        auto* account = f.platform.directory().find_account_by_email("bob@x.example");
        account->user_type = "staff";
        account->permissions = {"reports:read"};
        account->roles = {"editor"};
        auto const user = f.sign_in(account->user_id, "openid profile email organization permissions");
        support::accepted("sign-in", user);
        CHECK(user->claims.name() == "Bob B");
        REQUIRE(user->userinfo);
        for (auto const& claims : {cal::platform_claims(user->claims), cal::platform_claims(*user->userinfo)}) {
            CHECK(claims.organization_id() == "org-1");
            CHECK(claims.user_type() == "staff");
            CHECK(claims.member_of("org-1", profile));
            CHECK_FALSE(claims.member_of("org-2", profile));
            CHECK(claims.organization_memberships().size() == 1);
            CHECK(claims.has_permission("reports:read", profile).value());
            CHECK_FALSE(claims.has_permission("reports:write", profile).value());
            CHECK(claims.roles(profile).value()[0].as_string() == "editor");
        }
        CHECK(cal::require_organization(user->claims, user->tokens.scope).value() == "org-1");
        auto const token = cal::parse_compact_jws(user->tokens.access_token.expose());
        REQUIRE(token);
        auto const inside = cal::parse_claims(*token);
        REQUIRE(inside);
        CHECK(cal::platform_claims(*inside).licenses()[0].as_string() == "cca_1");

        auto const without = f.sign_in(account->user_id, "openid");
        support::accepted("sign-in", without);
        CHECK(without->claims.name().empty());
        CHECK_FALSE(cal::platform_claims(without->claims).organization_id());
        CHECK_FALSE(cal::platform_claims(without->claims).has_permission("reports:read", profile).value());
        support::refused("no scope", cal::require_organization(without->claims, without->tokens.scope), error_code::organization_scope_missing);
        account->organization_id.clear();
        auto const alone = f.sign_in(account->user_id, "openid organization");
        support::refused("no organization", cal::require_organization(alone->claims, alone->tokens.scope), error_code::organization_missing);
    }
}

TEST_CASE("access_denied is a missing licence only where resolve says so") {
    fixture f({.sign_in_needs_license = true});
    REQUIRE(f.call(f.app, provision, bob()));
    auto* account = f.platform.directory().find_account_by_email("bob@x.example");
    support::accepted("licensed", f.sign_in(account->user_id, "openid"));
    auto const cancelled = f.sign_in(account->user_id, "openid", false);
    support::refused("cancelled", cancelled, error_code::authorization_error);
    CHECK(cancelled.error().server_error() == "access_denied");
    support::accepted("cancelled", cal::require_license(f.resolve(f.app, "bob@x.example").value()));

    account->applications.clear();
    auto const unlicensed = f.sign_in(account->user_id, "openid");
    support::refused("unlicensed", unlicensed, error_code::authorization_error);
    CHECK(unlicensed.error().server_error() == "access_denied");
    support::refused("unlicensed", cal::require_license(f.resolve(f.app, "bob@x.example").value()), error_code::app_not_licensed);
    support::refused("asked with a key", cal::require_license(f.resolve(f.key, "bob@x.example").value()), error_code::license_unknown);
    account->is_platform_admin = true;
    support::accepted("an administrator", f.sign_in(account->user_id, "openid"));
    f.platform.add_user({.sub = "unknown"});
    support::refused("nobody's account", f.sign_in("unknown", "openid"), error_code::authorization_error);
}
