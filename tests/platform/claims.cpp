#include <calimatic/platform/claims.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::claims_profile;
using calimatic::error_code;
using calimatic::json_kind;
using calimatic::platform_claims;
using support::rule_name;

namespace {

calimatic::claims parse(std::string_view json) { return calimatic::parse_claims(json).value(); }

claims_profile const one{.permissions = "permissions", .roles = "roles", .organization_id = "organizationId"};
claims_profile const other{.permissions = "https://auth.example/perms", .roles = "realm_roles", .organization_id = "id"};

} // namespace

TEST_CASE("the platform's claims are read, whatever they were put into") {
    auto const token =
        parse(R"({"sub":"u","organization_id":"o-1","user_type":"staff","organization_memberships":["o-1",{"id":"o-2"}],"licenses":["cca_1"]})");
    platform_claims const claims(token);
    CHECK(claims.organization_id() == "o-1");
    CHECK(claims.user_type() == "staff");
    CHECK(claims.organization_memberships().size() == 2);
    CHECK(claims.organization_memberships()[1]["id"].as_string() == "o-2");
    CHECK(claims.licenses()[0].as_string() == "cca_1");
    CHECK(claims["sub"].as_string() == "u");
    CHECK(claims.root().size() == 5);
    auto const info = calimatic::parse_userinfo_response({200, {}, R"({"sub":"u","organization_id":"o-3"})"}, "u");
    REQUIRE(info);
    CHECK(platform_claims(*info).organization_id() == "o-3");
    CHECK(platform_claims(info->root()).organization_id() == "o-3");
}

TEST_CASE("a claim of another type is one that is not there") {
    for (auto const* value : {"null", "1", "1e300", "true", "[]", R"(["o-1"])", "{}", R"({"id":"o-1"})", R"("")"}) {
        INFO(value);
        auto const token = parse(R"({"organization_id":)" + std::string(value) + R"(,"user_type":)" + value + "}");
        platform_claims const claims(token);
        CHECK_FALSE(claims.organization_id());
        CHECK_FALSE(claims.user_type());
        CHECK_FALSE(claims.member_of("o-1"));
        CHECK_FALSE(claims.member_of("o-1", other));
    }
    platform_claims const none{calimatic::json()};
    CHECK_FALSE(none.organization_id());
    CHECK(none.licenses().kind() == json_kind::absent);
    CHECK_FALSE(none.member_of("o-1"));
    CHECK(none.has_permission("x", one).value() == false);
}

TEST_CASE("permissions and roles are read under the names that a profile gives, and no other") {
    auto const token =
        parse(R"({"permissions":["users:read"],"roles":["admin"],"https://auth.example/perms":["users:write"],"realm_roles":{"x":1}})");
    platform_claims const claims(token);
    for (auto const& missing : {claims.permissions({}), claims.roles({})}) {
        support::refused("no profile", missing, error_code::platform_fact_missing);
        CHECK((missing.error().expected() == "permissions" || missing.error().expected() == "roles"));
    }
    support::refused("no profile", claims.has_permission("users:read", {}), error_code::platform_fact_missing);
    support::refused("half a profile", claims.has_permission("users:read", {.roles = "roles"}), error_code::platform_fact_missing);
    CHECK(claims.permissions(one)->size() == 1);
    CHECK((*claims.roles(one))[0].as_string() == "admin");
    CHECK((*claims.roles(other))["x"].as_int64() == 1);
    CHECK(claims.has_permission("users:read", one).value());
    CHECK_FALSE(claims.has_permission("users:write", one).value());
    CHECK(claims.has_permission("users:write", other).value());
    CHECK(claims.permissions({.permissions = "nowhere"})->kind() == json_kind::absent);
}

TEST_CASE("a permission is there only where exactly that text is") {
    struct row {
        char const* claim;
        bool has;
    };
    for (auto const& row : {row{R"(["a","users:read"])", true}, row{R"("users:read")", true}, row{R"([null,1,{},["x"],"users:read"])", true},
             row{R"(["users:read "])", false}, row{R"(["USERS:READ"])", false}, row{R"(["users:read:all"])", false},
             row{R"("users:read users:write")", false}, row{R"([["users:read"]])", false}, row{R"({"users:read":true})", false},
             row{R"([{"name":"users:read"}])", false}, row{R"(["users:read\u0000"])", false}, row{R"([""])", false}, row{"[]", false},
             row{"true", false}, row{"1", false}, row{"null", false}}) {
        INFO(row.claim);
        auto const token = parse(R"({"permissions":)" + std::string(row.claim) + "}");
        platform_claims const claims(token);
        CHECK(claims.has_permission("users:read", one).value() == row.has);
        CHECK_FALSE(claims.has_permission("", one).value());
    }
}

TEST_CASE("a user belongs to an organization only where exactly that id says so") {
    struct row {
        char const* claims;
        bool plainly;    ///< without a profile
        bool with_one;   ///< whose member is organizationId
        bool with_other; ///< whose member is id
    };
    for (auto const& row :
        {row{R"({"organization_id":"o-1"})", true, true, true}, row{R"({"organization_memberships":["o-2","o-1"]})", true, true, true},
            row{R"({"organization_memberships":[{"organizationId":"o-1"}]})", false, true, false},
            row{R"({"organization_memberships":[7,null,[],{"id":"o-1"}]})", false, false, true},
            row{R"({"organization_memberships":[{"id":"o-2","organizationId":"o-3","name":"o-1"}]})", false, false, false},
            row{R"({"organization_memberships":[{"id":["o-1"],"organizationId":{"id":"o-1"}}]})", false, false, false},
            row{R"({"organization_memberships":{"id":"o-1"}})", false, false, false},
            row{R"({"organization_memberships":"o-1"})", false, false, false},
            row{R"({"organization_memberships":{"o-1":true}})", false, false, false},
            row{R"({"organization_memberships":["o-11","O-1","o-1 "]})", false, false, false},
            row{R"({"organization_id":1,"organization_memberships":[1]})", false, false, false}, row{"{}", false, false, false}}) {
        INFO(row.claims);
        auto const token = parse(row.claims);
        platform_claims const claims(token);
        CHECK(claims.member_of("o-1") == row.plainly);
        CHECK(claims.member_of("o-1", one) == row.with_one);
        CHECK(claims.member_of("o-1", other) == row.with_other);
        CHECK_FALSE(claims.member_of("", one));
    }
    auto const empty = parse(R"({"organization_id":"","organization_memberships":["",{"id":""}]})");
    CHECK_FALSE(platform_claims(empty).member_of("", other));
}

TEST_CASE("tens of thousands of elements are looked through") {
    std::string list = "[";
    for (int i = 0; i < 50'000; ++i) list += "{\"id\":\"o-" + std::to_string(i) + "\"},";
    auto const text = R"({"organization_memberships":)" + list + R"("o-x"],"permissions":)" + list + R"("users:read"]})";
    auto const token = calimatic::parse_json(text, text.size());
    REQUIRE(token);
    platform_claims const claims(token->root());
    CHECK(claims.member_of("o-x"));
    CHECK(claims.member_of("o-49999", other));
    CHECK_FALSE(claims.member_of("o-50000", other));
    CHECK(claims.has_permission("users:read", one).value());
}

TEST_CASE("an application that needs an organization is told why there is none") {
    struct row {
        char const* claims;
        char const* scope;
        error_code code;
    };
    for (auto const& row : {row{R"({"organization_id":"o-1"})", "openid organization", error_code::none},
             row{R"({"organization_id":"o-1"})", "openid", error_code::none}, // it is there, whoever put it there
             row{"{}", "openid organization", error_code::organization_missing},
             row{R"({"organization_id":null})", "organization", error_code::organization_missing},
             row{R"({"organization_id":""})", "organization", error_code::organization_missing},
             row{R"({"organization_memberships":["o-1"]})", "openid organization", error_code::organization_missing},
             row{"{}", "openid profile", error_code::organization_scope_missing}, row{"{}", "", error_code::organization_scope_missing},
             row{"{}", "organizations myorganization", error_code::organization_scope_missing},
             row{R"({"organization_id":1})", "openid organization", error_code::claim_type_wrong},
             row{R"({"organization_id":["o-1"]})", "openid organization", error_code::claim_type_wrong}}) {
        INFO(row.claims << ' ' << row.scope);
        auto const token = parse(row.claims);
        auto const organization = calimatic::require_organization(token, row.scope);
        CHECK(rule_name(organization) == rule_name(row.code));
        if (organization) CHECK(*organization == "o-1");
    }
}
