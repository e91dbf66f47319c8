// Every function of the platform's APIs once as it should be called and once as it should be refused; the tests of the package go through all replies.

#include "calls.hpp"
#include "module.hpp"
#include <set>
#include <string>
#include <string_view>

using module::call;

namespace {

struct row {
    std::string_view name;
    std::string_view arguments; ///< besides `platform`, and `response` where there is a status
    int status;
    std::string_view bytes;
    std::string_view
        outcome; ///< the value, or what it begins with where that ends in "..."; or the error's code, with the member for argument_malformed
};

constexpr std::string_view platform = R"("platform":{"base_url":"https://app.example/api"})";

// clang-format off
constexpr row rows[]{
    {"build_platform_request", R"("method":"PATCH","path":"/api/v1/x?a=%26","body":[1.5,"ö"])", 0, "",
        R"({"id":0,"method":"PATCH","url":"https://app.example/api/api/v1/x?a=%26",...)"},
    {"build_platform_request", R"("method":"GET","path":"//evil.example/")", 0, "", "platform_path_invalid"},
    {"build_platform_request", R"("path":"/x")", 0, "", "argument_malformed method"},
    {"build_platform_request", R"("method":"get","path":"/x")", 0, "", "argument_malformed method"},
    {"parse_platform_response", "", 200, R"({"success":true,"data":[1]})", R"({"status":200,"document":{"success":true,"data":[1]}})"},
    {"parse_platform_response", "", 204, "", R"({"status":204,"document":null})"},
    {"parse_platform_response", "", 200, R"({"data":1})", "platform_response_malformed"},
    {"build_create_organization_request", R"("organization":{"name":"Acme","slug":"acme","extra_members":{"a":1}})", 0, "",
        R"({"id":0,"method":"POST","url":"https://app.example/api/api/v1/organizations",...)"},
    {"build_create_organization_request", R"("organization":{"name":"Acme","slug":"Acme"})", 0, "", "platform_member_invalid"},
    {"build_create_organization_request", R"("organization":{"name":"Acme","slug":"acme","created":true})", 0, "", "argument_malformed organization.created"},
    {"build_create_organization_request", "", 0, "", "argument_malformed organization"},
    {"parse_create_organization_response", R"("slug":"acme")", 409, R"({"success":true,"data":{"id":"o-1","slug":"acme"}})",
        R"({"id":"o-1","name":"","slug":"acme","type":"","domain":"","plan":"","created":false,"document":{"success":true,...)"},
    {"parse_create_organization_response", R"("slug":"acme")", 409, R"({"success":false,"error":"exists"})", "organization_id_missing"},
    {"build_find_organization_request", R"("slug":"acme")", 0, "", R"({"id":0,"method":"GET","url":"https://app.example/api/api/v1/organizations?slug=acme",...)"},
    {"build_find_organization_request", R"("slug":"../acme")", 0, "", "platform_member_invalid"},
    {"parse_find_organization_response", R"("slug":"acme")", 404, R"({"success":false,"error":"none"})", "null"},
    {"parse_find_organization_response", R"("slug":7)", 404, R"({"success":false,"error":"none"})", "argument_malformed slug"},
    {"build_resolve_user_request", R"("email":"a@x.example")", 0, "", R"({"id":0,"method":"GET","url":"https://app.example/api/api/v1/users/resolve?email=a%40x.example",...)"},
    {"build_resolve_user_request", "", 0, "", "platform_member_invalid"},
    {"build_resolve_keycloak_user_request", R"("keycloakUserId":"k","profile":{"resolve_keycloak_parameter":"kc"})", 0, "",
        R"({"id":0,"method":"GET","url":"https://app.example/api/api/v1/users/resolve?kc=k",...)"},
    {"build_resolve_keycloak_user_request", R"("keycloakUserId":"k")", 0, "", "platform_fact_missing"},
    {"parse_resolve_user_response", R"("email":"a@x.example")", 200, R"({"success":true,"data":{"userId":"u-1","hasLicense":false}})",
        R"({"userId":"u-1","keycloakUserId":"","email":"","hasLicense":false,"licenses":null,"document":{"success":true,...)"},
    {"parse_resolve_user_response", "", 200, R"({"success":true,"data":null})", "null"},
    {"parse_resolve_user_response", R"("email":"a@x.example")", 200, R"({"success":true,"data":{"userId":"u-1","email":"b@x.example"}})", "platform_response_malformed"},
    {"build_provision_user_request", R"("user":{"email":"a@x.example","applications":["cca_1"],"sendInviteEmail":false})", 0, "",
        R"({"id":0,"method":"POST","url":"https://app.example/api/api/v1/users/provision",...)"},
    {"build_provision_user_request", R"("user":{"email":"a@x.example","applications":"cca_1"})", 0, "", "argument_malformed user.applications"},
    {"build_provision_user_request", R"("user":{"email":"a@x.example","extra_members":{"role":"admin"}})", 0, "", "parameter_reserved"},
    {"parse_provision_user_response", "", 201, R"({"success":true,"data":{"userId":"u-1","isNewUser":true}})",
        R"({"userId":"u-1","keycloakUserId":"","email":"","isNewUser":true,"document":{"success":true,...)"},
    {"parse_provision_user_response", "", 403, R"({"success":false,"error":"not allowed"})", "platform_error"},
    {"build_provision_batch_request", R"("batch":{"users":[{"email":"a@x.example","firstName":"A","lastName":"B"}],"sendInviteEmails":true})", 0, "",
        R"({"id":0,"method":"POST","url":"https://app.example/api/api/v1/users/provision/bulk",...)"},
    {"build_provision_batch_request", R"("batch":{"users":[]})", 0, "", "batch_size_invalid"},
    {"build_provision_batch_request", R"("batch":{"users":[{"email":"a@x.example"},{"e-mail":"b@x.example"}]})", 0, "", "argument_malformed batch.users.1.e-mail"},
    {"build_provision_batch_request", R"("batch":{"users":[[]]})", 0, "", "argument_malformed batch.users.0"},
    {"build_provision_batch_request", R"("batch":{"users":"a@x.example"})", 0, "", "argument_malformed batch.users"},
    {"parse_provision_batch_response", R"("users":[{"email":"a@x.example"}])", 200, R"({"success":true,"data":[{"email":"a@x.example","userId":"u-1"}]})",
        R"({"status":200,"rows":[{"outcome":"provisioned","was_reported":true,"userId":"u-1","keycloakUserId":"","error":null}],"refusal":null,"document":...)"},
    {"parse_provision_batch_response", R"("users":[{"email":"a@x.example"}])", 500, "", "server_unavailable"},
    {"build_import_users_request", R"("users":[{"email":"a@x.example","firstName":"A","lastName":"B","metadata":{"a":[]}}],"extra_members":{"dryRun":true})", 0, "",
        R"({"id":0,"method":"POST","url":"https://app.example/api/api/v1/users/import",...)"},
    {"build_import_users_request", R"("users":[{"email":"a@x.example","firstName":"A","lastName":"B","metadata":[]}])", 0, "", "json_not_an_object"},
    {"parse_import_users_response", R"("users":[{"email":"a@x.example","temporaryPassword":"a-password"}])", 200, R"({"success":true})",
        R"({"status":200,"document":{"success":true}})"},
    {"parse_import_users_response", R"("users":[{"password":"a-password"}])", 200, R"({"success":true})", "argument_malformed users.0.password"},
    {"build_reset_password_request", R"("id":"u/1","profile":{"reset_password_body":""})", 0, "",
        R"({"id":0,"method":"POST","url":"https://app.example/api/api/v1/users/u%2F1/reset-password",...)"},
    {"build_reset_password_request", R"("id":"u-1")", 0, "", "platform_fact_missing"},
    {"build_reset_password_request", R"("id":"..","profile":{"reset_password_body":""})", 0, "", "platform_id_invalid"},
    {"parse_reset_password_response", "", 200, R"({"success":true})", R"({"status":200,"document":{"success":true}})"},
    {"parse_reset_password_response", "", 429, "", "too_many_requests"},
    {"build_set_password_request", R"("id":"u-1","temporary_password":"a-password","profile":{"set_password_member":"p"})", 0, "",
        R"({"id":0,"method":"POST","url":"https://app.example/api/api/v1/users/u-1/set-password",...)"},
    {"build_set_password_request", R"("id":"u-1","temporary_password":"a-password")", 0, "", "platform_fact_missing"},
    {"parse_set_password_response", R"("temporary_password":"a-password")", 200, R"({"success":true})", R"({"status":200,"document":{"success":true}})"},
    {"parse_set_password_response", R"("temporary_password":7)", 200, R"({"success":true})", "argument_malformed temporary_password"},
};
// clang-format on

void check_outcome(module::reply const& reply, std::string_view wanted) {
    auto const outcome = reply.outcome() + (reply.code() == "argument_malformed" ? " " + reply.got() : "");
    if (wanted.ends_with("...")) CHECK(outcome.substr(0, wanted.size() - 3) == wanted.substr(0, wanted.size() - 3));
    else CHECK(outcome == wanted);
}

} // namespace

TEST_CASE("every function of the platform answers as it does in C++") {
    std::set<std::string_view> tried;
    for (auto const& row : rows) {
        auto json = "{" + std::string(platform);
        if (row.status != 0)
            json += ",\"response\":{\"status\":" + std::to_string(row.status) + R"(,"headers":[["Content-Type","application/json"]]})";
        json.append(row.arguments.empty() ? "" : ",").append(row.arguments).append("}");
        CAPTURE(row.name, json);
        tried.insert(row.name);
        check_outcome(call(row.name, json, row.bytes), row.outcome);
    }
    for (auto const& function : bridge::platform_functions()) {
        CAPTURE(function.name);
        CHECK((tried.contains(function.name) || function.name == "require_license" || function.name == "validate_batch_user"));
    }
}

TEST_CASE("what needs no platform asks for none") {
    check_outcome(call("require_license", R"({"user":{"hasLicense":true}})"), "null");
    check_outcome(call("require_license", R"({"user":{"hasLicense":false}})"), "app_not_licensed");
    check_outcome(call("require_license", R"({"user":{"hasLicense":null}})"), "license_unknown");
    check_outcome(call("require_license", R"({"user":null})"), "user_not_found");
    check_outcome(call("require_license", R"({"user":{"hasLicence":true}})"), "argument_malformed user.hasLicence");
    check_outcome(call("validate_batch_user", R"({"user":{"email":"a@x.example","firstName":"A","lastName":"B"}})"), "null");
    check_outcome(call("validate_batch_user", R"({"user":{"firstName":"A","lastName":"B"}})"), "platform_member_invalid");
    check_outcome(call("validate_batch_user", "{}"), "argument_malformed user");
}

TEST_CASE("the platform is the page's own back end, and has no credential") {
    auto const find = [](std::string_view members) {
        return call("build_find_organization_request", "{\"slug\":\"acme\"," + std::string(members) + "}");
    };
    check_outcome(find(R"("platform":{})"), "argument_malformed platform.base_url");
    check_outcome(find(R"("platform":null)"), "argument_malformed platform");
    check_outcome(find(R"("platform":{"base_url":"http://app.example"})"), "url_not_https");
    check_outcome(find(R"("platform":{"base_url":"https://app.example","client_id":"cca_1"})"), "argument_malformed platform.client_id");
    auto const refused = find(R"("platform":{"base_url":"https://app.example","app_client":{"client_secret":"ccas_1"}})");
    CHECK(refused.code() == "secret_in_page");
    CHECK(refused.got() == "platform.app_client.client_secret");
    auto const built = find(platform);
    for (std::size_t i = 0; i < built.value()["headers"].size(); ++i) CHECK(built.value()["headers"][i][0].as_string() == "Accept");
}

TEST_CASE("no error tells a password that was sent") {
    constexpr std::string_view said = R"({"success":false,"error":"cannot use a-secret-password"})";
    constexpr std::string_view response = R"(,"response":{"status":400}})";
    auto const set = call(
        "parse_set_password_response", "{" + std::string(platform) + R"(,"temporary_password":"a-secret-password")" + std::string(response), said);
    auto const imported = call("parse_import_users_response",
        "{" + std::string(platform) + R"(,"users":[{"email":"a@x.example","passwordHash":"a-secret-password"}])" + std::string(response), said);
    for (auto const* reply : {&set, &imported}) {
        CHECK(reply->code() == "platform_error");
        CHECK(reply->text().find("cannot use") != std::string::npos);
        CHECK(reply->text().find("a-secret-password") == std::string::npos);
    }
}
