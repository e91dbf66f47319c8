// Every function once as it should be called and once as it should be refused, and what all of them have in common.

#include "calls.hpp"
#include "module.hpp"
#include <calimatic/core/secret.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using module::call;
using module::with_server;

namespace {

std::vector<std::string> all_names() {
    std::vector<std::string> names;
    for (auto const part : bridge::parts())
        for (auto const& function : part()) names.emplace_back(function.name);
    return names;
}

struct row {
    std::string_view name;
    std::string arguments;
    std::string bytes;
    std::string outcome; ///< the value, or what it begins with where that ends in "..."; or the error's code, with the member for argument_malformed
};

constexpr std::string_view metadata =
    R"({"issuer":"https://op.example","authorization_endpoint":"https://op.example/authorize","token_endpoint":"https://op.example/token",)"
    R"("jwks_uri":"https://op.example/jwks"})";
constexpr std::string_view key = R"({"kty":"OKP","kid":"a","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr std::string_view parameters = R"("parameters":{"redirect_uri":"https://app.example/callback","scope":"openid email","extra":{"a":"1"}})";
constexpr std::string_view verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view expected = R"("expected":{"issuer":"https://op.example","redirect_uri":"https://app.example/callback","state":"S"})";
constexpr std::string_view ok = R"("response":{"status":200,"headers":[["Content-Type","application/json"]]})";
/// {"alg":"RS256","kid":"k"}.{"sub":"alice"}.signature
constexpr std::string_view token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJhbGljZSJ9.c2ln";
constexpr std::string_view pending =
    R"("pending":"{\"calimatic\":\"pending_logout\",\"version\":1,\"post_logout_redirect_uri\":\"https://app.example/bye\",\"state\":\"L\"}")";

std::string text(std::string_view a) { return std::string(a); }

/// Claims with an organization, and other arguments.
std::string claims(std::string_view more, std::string_view organization_id) {
    return R"({"claims":{"organization_id":")" + text(organization_id) + "\"}" + text(more) + "}";
}

std::string every_session_option(std::string const& keys) {
    return R"("options":{"storage":"none","timing":{"early":1,"jitter":1},"first_wait":1,"longest_wait":1,"ambiguity_window":1,"last_try":true,)"
           R"("unauthorized_interval":1,"sign_out_wait":1,"trusted_audiences":["b"],"exp_tolerance":1,"iat_tolerance":1,"iat_max_age":1,"keys":)" +
        keys + R"(,"limits":{"token_body":9,"json_depth":9}})";
}

std::vector<row> rows() {
    auto const keys = "{\"keys\":[" + text(key) + "]}";
    return {
        {"build_server_metadata_request", R"({"issuer":"https://op.example"})", "",
            R"({"id":0,"method":"GET","url":"https://op.example/.well-known/openid-configuration","headers":[["Accept","application/json"]],"body":"",...)"},
        {"build_server_metadata_request", R"({"issuer":"https://op.example","location":"oauth_authorization_server"})", "",
            R"({"id":0,"method":"GET","url":"https://op.example/.well-known/oauth-authorization-server",...)"},
        {"build_server_metadata_request", R"({"issuer":"http://op.example"})", "", "url_not_https"},
        {"build_server_metadata_request", R"({"issuer":"https://op.example","location":"elsewhere"})", "", "argument_malformed location"},
        {"parse_server_metadata_response", "{" + text(ok) + R"(,"issuer":"https://op.example"})", text(metadata),
            R"({"issuer":"https://op.example",...)"},
        {"parse_server_metadata_response", "{" + text(ok) + R"(,"issuer":"https://other.example"})", text(metadata), "metadata_issuer_mismatch"},
        {"parse_server_metadata", "{\"text\":" + module::quoted(metadata) + R"(,"issuer":"https://op.example"})", "",
            R"({"issuer":"https://op.example",...)"},
        {"parse_server_metadata", R"({"text":"{}","issuer":"https://op.example"})", "", "metadata_issuer_mismatch"},
        {"build_authorization_url", with_server(text(parameters) + R"(,"binding":{"state":"S","nonce":"N","code_challenge":"C"})"), "",
            R"("https://op.example/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&scope=openid%20email...)"},
        {"build_authorization_url", with_server(text(parameters) + R"(,"binding":{"state":"S","nonce":"N"})"), "",
            "argument_malformed binding.code_challenge"},
        {"build_authorization_url",
            with_server(R"("parameters":{"redirect_uri":"http://app.example/"},"binding":{"state":"S","nonce":"N","code_challenge":"C"})"), "",
            "redirect_uri_invalid"},
        {"validate_redirect_uri", R"({"redirect_uri":"https://app.example/callback"})", "", "null"},
        {"validate_redirect_uri", R"({"redirect_uri":"http://app.example/callback"})", "", "redirect_uri_invalid"},
        {"validate_authorization_response", "{" + text(expected) + R"(,"url":"https://app.example/callback?code=C&state=S"})", "", R"({"code":"C"})"},
        {"validate_authorization_response", "{" + text(expected) + R"(,"url":"https://app.example/callback?code=C&state=T"})", "", "state_mismatch"},
        {"is_our_redirect", "{" + text(expected) + R"(,"url":"https://app.example/callback?code=C&state=S"})", "", "true"},
        {"is_our_redirect", "{" + text(expected) + R"(,"url":"https://app.example/callback?code=C&state=T"})", "", "false"},
        {"make_code_verifier", "{}", "", "\"..."},
        {"validate_code_verifier", "{\"code_verifier\":\"" + text(verifier) + "\"}", "", "null"},
        {"validate_code_verifier", R"({"code_verifier":"short"})", "", "code_verifier_invalid"},
        {"build_token_request",
            with_server(R"("grant":{"grant_type":"authorization_code","code":"C","redirect_uri":"https://app.example/callback","code_verifier":")" +
                text(verifier) + "\"}"),
            "", R"({"id":0,"method":"POST","url":"https://op.example/token",...)"},
        {"build_token_request", with_server(R"("grant":{"grant_type":"refresh_token","refresh_token":"R"})"), "",
            R"({"id":0,"method":"POST","url":"https://op.example/token",...)"},
        {"build_token_request", with_server(R"("grant":{"grant_type":"refresh_token","refresh_token":"R","granted_scope":"a","scope":"b"})"), "",
            "scope_exceeds_grant"},
        {"build_token_request", with_server(R"("grant":{"grant_type":"client_credentials"})"), "", "argument_malformed grant.grant_type"},
        {"parse_token_response", "{" + text(ok) + R"(,"expected":{"scope":"openid"}})",
            R"({"access_token":"A","token_type":"Bearer","expires_in":60})",
            R"({"calimatic":"token_set","version":1,"access_token":"A","token_type":"Bearer","expires_at":1800000060000,"received_at":1800000000000,"scope":"openid"})"},
        {"parse_token_response",
            "{" + text(ok) +
                R"(,"expected":{"refreshed":{"calimatic":"token_set","version":1,"access_token":"A","token_type":"Bearer","received_at":1,"refresh_token":"R","scope":"openid"}}})",
            R"({"access_token":"B","token_type":"Bearer"})",
            R"({"calimatic":"token_set","version":1,"access_token":"B","token_type":"Bearer","received_at":1800000000000,"refresh_token":"R","scope":"openid"})"},
        {"parse_token_response", R"({"response":{"status":400}})", R"({"error":"invalid_grant"})", "token_error"},
        {"parse_token_response", "{" + text(ok) + R"(,"expected":{"refreshed":{}}})", "", "blob_malformed"},
        {"parse_token_response", "{" + text(ok) + R"(,"options":{"limits":{"token_body":3}}})", R"({"a":1})", "transport_too_large"},
        {"parse_token_response", "{" + text(ok) + R"(,"options":{"limits":{"token_bodies":3}}})", R"({"a":1})",
            "argument_malformed options.limits.token_bodies"},
        {"scope_covers", R"({"granted":"openid email","wanted":"email"})", "", "true"},
        {"scope_covers", R"({"granted":"openid email","wanted":"profile"})", "", "false"},
        {"build_revocation_request", with_server(R"("token":"T","token_type_hint":"refresh_token")"), "",
            R"({"id":0,"method":"POST","url":"https://op.example/revoke",...)"},
        {"build_revocation_request", with_server(R"("token":"")"), "", "token_missing"},
        {"parse_revocation_response", "{" + text(ok) + "," + text(module::client) + R"(,"token":"T"})", "", "null"},
        {"parse_revocation_response", R"({"response":{"status":400},"client":{"client_id":"app"},"token":"T"})",
            R"({"error":"unsupported_token_type"})", "revocation_error"},
        {"put_bearer_token", R"({"request":{"url":"https://api.example/","headers":[["Authorization","Bearer old"],["A","b"]]},"access_token":"T"})",
            "", R"({"id":0,"method":"GET","url":"https://api.example/","headers":[["A","b"],["Authorization","Bearer T"]],"body":"",...)"},
        {"put_bearer_token", R"({"request":{"method":"PUT","url":"http://api.example/"},"access_token":"T"})", "", "url_not_https"},
        {"put_bearer_token", R"({"request":{"method":"put","url":"https://api.example/"},"access_token":"T"})", "",
            "argument_malformed request.method"},
        {"parse_www_authenticate", R"({"headers":[["WWW-Authenticate","Bearer error=\"invalid_token\", Negotiate ab=="]]})", "",
            R"([{"scheme":"bearer","parameters":[["error","invalid_token"]]},{"scheme":"negotiate","token68":"ab==","parameters":[]}])"},
        {"parse_www_authenticate", R"({"headers":[["WWW-Authenticate","Bearer \""]]})", "", "challenge_malformed"},
        {"parse_resource_error", R"({"response":{"status":200}})", "", "null"},
        {"parse_resource_error", R"({"response":{"status":401,"headers":[["WWW-Authenticate","Bearer error=\"invalid_token\""]]}})", "",
            R"({"code":"invalid_token",...)"},
        {"parse_jwk_set", "{\"text\":" + module::quoted(keys) + "}", "", keys},
        {"parse_jwk_set", R"({"text":"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}"})", "", R"({"keys":[],"skipped":[{"code":"jwk_not_public",...)"},
        {"parse_jwk_set", R"({"text":"[]"})", "", "json_not_an_object"},
        {"build_jwk_set_request", R"({"jwks_uri":"https://op.example/jwks"})", "", R"({"id":0,"method":"GET","url":"https://op.example/jwks",...)"},
        {"build_jwk_set_request", R"({"jwks_uri":"http://op.example/jwks"})", "", "url_not_https"},
        {"parse_jwk_set_response", "{" + text(ok) + "}", keys, keys},
        {"parse_jwk_set_response", R"({"response":{"status":404}})", "", "status_unexpected"},
        {"thumbprint_input", "{\"key\":" + text(key) + "}", "",
            R"("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")"},
        {"thumbprint_input", R"({"key":{"kty":"oct","k":"AA"}})", "", "jwk_not_public"},
        {"parse_compact_jws", "{\"token\":\"" + text(token) + "\"}", "", R"({"alg":"RS256","kid":"k","header":{"alg":"RS256","kid":"k"}})"},
        {"parse_compact_jws", R"({"token":"a.b"})", "", "jws_not_compact"},
        {"parse_claims", "{\"token\":\"" + text(token) + "\"}", "", R"({"sub":"alice"})"},
        {"parse_claims", R"({"token":"eyJhbGciOiJSUzI1NiJ9.W10.c2ln"})", "", "jwt_claims_malformed"},
        {"build_userinfo_request", with_server(R"("access_token":"T")").replace(1, module::server.size() + module::client.size() + 1, module::server),
            "",
            R"({"id":0,"method":"GET","url":"https://op.example/userinfo","headers":[["Accept","application/json, application/jwt"],["Authorization","Bearer T"]],...)"},
        {"build_userinfo_request", "{" + text(module::server) + R"(,"access_token":"a b"})", "", "token_not_sendable"},
        {"parse_userinfo_response", "{" + text(ok) + R"(,"sub":"alice"})", R"({"sub":"alice","name":"Alice"})", R"({"sub":"alice","name":"Alice"})"},
        {"parse_userinfo_response", "{" + text(ok) + R"(,"sub":"bob"})", R"({"sub":"alice"})", "userinfo_sub_mismatch"},
        {"make_pending_logout", R"({"post_logout_redirect_uri":"https://app.example/bye"})", "", R"("{\"calimatic\":\"pending_logout\",...)"},
        {"make_pending_logout", R"({"post_logout_redirect_uri":"http://app.example/bye"})", "", "redirect_uri_invalid"},
        {"build_end_session_url", with_server(text(pending) + R"(,"parameters":{"id_token_hint":"I"})"), "",
            R"("https://op.example/logout?id_token_hint=I...)"},
        {"build_end_session_url", with_server(""), "", R"("https://op.example/logout?client_id=app")"},
        {"build_end_session_url", with_server(R"("pending":"")"), "", "blob_malformed"},
        {"build_end_session_form", with_server(R"("parameters":{"logout_hint":"alice"})"), "",
            R"({"url":"https://op.example/logout","fields":[["logout_hint","alice"],["client_id","app"]]})"},
        {"build_end_session_form", with_server(R"("parameters":{"state":"alice"})"), "", "argument_malformed parameters.state"},
        {"validate_end_session_response", "{" + text(pending) + R"(,"url":"https://app.example/bye?state=L"})", "", "null"},
        {"validate_end_session_response", "{" + text(pending) + R"(,"url":"https://app.example/bye?state=M"})", "", "logout_state_mismatch"},
        {"validate_end_session_response", R"({"url":"https://app.example/bye?state=M"})", "", "argument_malformed pending"},
        {"validate_third_party_initiated_login",
            R"({"request":{"url":"https://app.example/login?iss=https%3A%2F%2Fop.example&target_link_uri=%2Fcourses%2F1"},)"
            R"("expected":{"issuers":["https://op.example"],"targets":["https://app.example/courses/"]}})",
            "", R"({"iss":"https://op.example","target_link_uri":"https://app.example/courses/1"})"},
        {"validate_third_party_initiated_login",
            R"({"request":{"url":"https://app.example/login?iss=https%3A%2F%2Fevil.example"},"expected":{"issuers":["https://op.example"]}})", "",
            "login_iss_untrusted"},
        {"retry_after", R"({"response":{"status":503,"headers":[["Retry-After","7"]]}})", "", "7"},
        {"retry_after", R"({"response":{"status":503}})", "", "null"},
        {"retry_after", R"({"response":{"status":503,"headers":[["Retry-After"]]}})", "", "argument_malformed response.headers"},
        {"parse_http_date", R"({"text":"Fri, 15 Jan 2027 08:00:00 GMT"})", "", "1800000000000"},
        {"parse_http_date", R"({"text":"today"})", "", "null"},
        {"refresh_schedule", R"({"received_at":1800000000000,"expires_at":1800003600000,"timing":{"early":60000,"jitter":0}})", "", "1800003540000"},
        {"refresh_schedule", R"({"received_at":1800000000000})", "", "null"},
        {"refresh_schedule", R"({"expires_at":1800000000000})", "", "argument_malformed received_at"},
        {"clock_offset.learn", R"({"iat":1800000660000,"sent_at":1800000000000,"received_at":1800000000000})", "",
            R"({"learned":660000,"description":"this device's clock is 11 minutes slow"})"},
        {"clock_offset.learn",
            R"({"response":{"status":200,"headers":[["Date","Fri, 15 Jan 2027 08:00:00 GMT"]]},"sent_at":1800000000000,"received_at":1800000000100})",
            "", R"({"learned":0,"description":""})"},
        {"clock_offset.learn", R"({"sent_at":1800000000000,"received_at":1800000000100})", "", "argument_malformed response"},
        {"clock_offset.correct", R"({"clock":1000})", "", "1800000001000"},
        {"clock_offset.correct", R"({"clock":"1000"})", "", "argument_malformed clock"},
        {"clock_offset.describe", R"({"clock":660000})", "", R"("this device's clock is 11 minutes slow")"},
        {"clock_offset.describe", R"({"clock":1e300})", "", "argument_malformed clock"},
        {"platform_claims.organization_id", claims("", "org-1"), "", R"("org-1")"},
        {"platform_claims.organization_id", R"({"claims":{"organization_id":1}})", "", "null"},
        {"platform_claims.organization_id", R"({"claims":[]})", "", "argument_malformed claims"},
        {"platform_claims.user_type", R"({"claims":{"user_type":"staff"}})", "", R"("staff")"},
        {"platform_claims.organization_memberships", R"({"claims":{"organization_memberships":["a",{"b":1}]}})", "", R"(["a",{"b":1}])"},
        {"platform_claims.licenses", R"({"claims":{}})", "", "null"},
        {"platform_claims.permissions", R"({"claims":{"p":["read"]},"profile":{"permissions":"p"}})", "", R"(["read"])"},
        {"platform_claims.permissions", R"({"claims":{"p":["read"]}})", "", "platform_fact_missing"},
        {"platform_claims.roles", R"({"claims":{"r":"admin"},"profile":{"roles":"r"}})", "", R"("admin")"},
        {"platform_claims.has_permission", R"({"claims":{"p":["read"]},"permission":"read","profile":{"permissions":"p"}})", "", "true"},
        {"platform_claims.has_permission", R"({"claims":{"p":["read"]},"permission":"read"})", "", "platform_fact_missing"},
        {"platform_claims.member_of", claims(R"(,"organization_id":"org-1")", "org-1"), "", "true"},
        {"platform_claims.member_of", claims(R"(,"organization_id":"org-2")", "org-1"), "", "false"},
        {"require_organization", claims(R"(,"granted_scope":"openid organization")", "org-1"), "", R"("org-1")"},
        {"require_organization", R"({"claims":{},"granted_scope":"openid"})", "", "organization_scope_missing"},
        {"discovery", R"({"issuer":"https://op.example"})", "", "{\"handle\":..."},
        {"discovery", "{}", "", "argument_malformed issuer"},
        {"authorization_code_flow.start", with_server(parameters), "", "{\"handle\":..."},
        {"authorization_code_flow.start", with_server(R"("parameters":{"redirect_uri":"https://app.example/","max_age":0})"), "", "{\"handle\":..."},
        {"authorization_code_flow.start", with_server(R"("parameters":{"redirect_uri":"https://app.example/","max_age":-1})"), "",
            "max_age_negative"},
        {"authorization_code_flow.start", with_server(R"("parameters":{"redirect_uri":"https://app.example/","max_age":1.5})"), "",
            "argument_malformed parameters.max_age"},
        {"authorization_code_flow.start", with_server(text(parameters) + R"(,"options":{"lifetime":99999999999999})"), "",
            "argument_malformed options.lifetime"},
        {"authorization_code_flow.resume", with_server(R"("pending":"{}")"), "", "blob_malformed"},
        {"authorization_code_flow.start",
            with_server(
                R"("parameters":{"redirect_uri":"https://app.example/","scope":"openid","prompt":"login","max_age":60,"acr_values":"a","acr_required":true,)"
                R"("login_hint":"alice","ui_locales":"de","display":"page","resource":["https://api.example"],"extra":{}},)"
                R"("options":{"request_userinfo":true,"trusted_audiences":["b"],"keys":)" +
                keys + R"(,"clock":-1000,"exp_tolerance":1,"iat_tolerance":1,"iat_max_age":1,"lifetime":1,"limits":{"url":9000}})"),
            "", "{\"handle\":..."},
        {"authorization_code_flow.start", with_server(text(parameters) + R"(,"options":{"crypto":"inside"})"), "",
            "argument_malformed options.crypto"},
        {"session.resume", with_server(R"("blob":"{}",)" + every_session_option(keys)), "", "blob_malformed"},
        {"session.resume", with_server(R"("blob":"{}","options":{"timing":{"late":1}})"), "", "argument_malformed options.timing.late"},
        {"jwk_set_source",
            "{\"jwks_uri\":\"https://op.example/jwks\",\"keys\":" + keys +
                R"(,"fetched_at":1800000000000,"options":{"max_age":1,"refetch_interval":1,"first_wait":1,"longest_wait":1,"limits":{}}})",
            "", "{\"handle\":..."},
        {"token_validation",
            "{\"id_token\":\"x\",\"keys\":" + keys +
                R"(,"expected":{"issuer":"https://op.example","client_id":"app","id_token_signed_response_alg":"ES256","trusted_audiences":[],"nonce":"N","max_age":1,)"
                R"("acr_values":["a"],"access_token":"T","exp_tolerance":1,"iat_tolerance":1,"iat_max_age":1},"options":{"limits":{"token":9}}})",
            "", "{\"handle\":..."},
        {"logout_token_validation",
            "{\"logout_token\":\"x\",\"keys\":" + keys +
                R"(,"expected":{"issuer":"https://op.example","client_id":"app","id_token_signed_response_alg":"ES256","typ_required":true,"trusted_audiences":[],)"
                R"("exp_tolerance":1,"iat_tolerance":1,"iat_max_age":1}})",
            "", "{\"handle\":..."},
        {"session.start", with_server(R"("sign_in":1)"), "", "argument_malformed sign_in"},
        {"session.resume", with_server(R"("blob":"{}")"), "", "blob_malformed"},
        {"shared_session.start", with_server(R"("sign_in":1)"), "", "argument_malformed sign_in"},
        {"shared_session.open", with_server(R"("options":{"lock":"none","lease":5000,"session":{"last_try":true}})"), "", "{\"handle\":..."},
        {"shared_session.open", with_server(R"("options":{"lock":"mine"})"), "", "argument_malformed options.lock"},
        {"jwk_set_source", R"({"jwks_uri":"https://op.example/jwks"})", "", "{\"handle\":..."},
        {"jwk_set_source", "{\"jwks_uri\":\"https://op.example/jwks\",\"keys\":" + keys + "}", "", "argument_malformed fetched_at"},
        {"token_validation", "{\"id_token\":\"x\",\"keys\":" + keys + R"(,"expected":{"issuer":"https://op.example","client_id":"app"}})", "",
            "{\"handle\":..."},
        {"token_validation", R"({"id_token":"x","keys":{},"expected":{"issuer":"https://op.example","client_id":"app"}})", "",
            "argument_malformed keys"},
        {"logout_token_validation", "{\"logout_token\":\"x\",\"keys\":" + keys + R"(,"expected":{"issuer":"https://op.example","client_id":"app"}})",
            "", "{\"handle\":..."},
        {"logout_token_validation", "{\"logout_token\":\"x\",\"keys\":" + keys + R"(,"expected":{"issuer":"https://op.example"}})", "",
            "argument_malformed expected.client_id"},
    };
}

} // namespace

TEST_CASE("every function answers as it does in C++") {
    std::set<std::string_view> tried;
    auto const all = rows();
    for (auto const& row : all) {
        CAPTURE(row.name, row.arguments);
        tried.insert(row.name);
        auto const reply = call(row.name, row.arguments, row.bytes);
        auto const outcome = reply.outcome() + (reply.code() == "argument_malformed" ? " " + reply.got() : "");
        auto const wanted = std::string_view(row.outcome);
        if (wanted.ends_with("...")) CHECK(outcome.substr(0, wanted.size() - 3) == wanted.substr(0, wanted.size() - 3));
        else CHECK(outcome == wanted);
        calimatic_drop(reply.handle());
    }
    for (auto const part : bridge::auth_parts) { // those of the platform's APIs have tests beside the package
        for (auto const& function : part()) {
            CAPTURE(function.name);
            CHECK(tried.contains(function.name));
        }
    }
}

TEST_CASE("no function takes a member that it does not know") {
    for (auto const& name : all_names()) {
        CAPTURE(name);
        auto const reply = call(name, R"({"no_such_member":1})", "{}");
        CHECK(reply.code() == "argument_malformed");
        CHECK_FALSE(reply.got().empty());
    }
    for (auto const& row : rows()) { // as it should be called, but for that
        auto arguments = row.arguments;
        arguments.insert(arguments.size() - 1, arguments == "{}" ? R"("no_such_member":1)" : R"(,"no_such_member":1)");
        CAPTURE(row.name, arguments);
        CHECK(call(row.name, arguments, row.bytes).code() == "argument_malformed");
    }
}

TEST_CASE("no function takes a secret of the application") {
    for (auto const& name : all_names()) {
        CAPTURE(name);
        for (auto const secret : {"client_secret", "private_jwk", "api_key", "registration_access_token"}) {
            auto const reply = call(name, "{\"client\":{\"client_id\":\"app\",\"" + std::string(secret) + "\":\"a secret of ours\"}}");
            CHECK(reply.code() == "secret_in_page");
            CHECK(reply.got() == "client." + std::string(secret));
            CHECK(reply.text().find("a secret of ours") == std::string::npos);
        }
    }
    CHECK(call("scope_covers", R"({"a":[1,{"b":[{"client_secret":{}}]}]})").got() == "a.1.b.0.client_secret");
    CHECK(call("platform_claims.user_type", R"({"claims":{"user_type":"staff","api_key":"k","client_secret":{}}})").value_text() == "staff");
    CHECK(call("platform_claims.user_type", R"({"claims":{},"api_key":"k"})").got() == "api_key");
    CHECK(call("scope_covers", R"({"a":{"claims":{"api_key":"k"}}})").got() == "a.claims.api_key");
    CHECK(call("scope_covers", R"({"granted":"a","wanted":"a","client_secret":null})").code() == "argument_malformed"); // no secret, and no argument
}

TEST_CASE("arguments that are no object are refused") {
    for (auto const& name : all_names()) {
        CAPTURE(name);
        CHECK(call(name, "[]").got() == "arguments");
        CHECK(call(name, "1").got() == "arguments");
        CHECK(call(name, "null").got() == "arguments");
        CHECK(call(name, "nonsense").code() == "json_syntax");
        CHECK(call(name, R"({"a":1,"a":1})").code() == "json_duplicate_member");
    }
    CHECK(call("no_such_function").got() == "no_such_function");
    CHECK(call("").code() == "argument_malformed");
    CHECK(call("").got().empty());
}

TEST_CASE("a member that is null counts as left out") {
    CHECK(call("discovery", R"({"issuer":"https://op.example","location":null,"options":null})").handle() != 0);
    CHECK(call("discovery", R"({"issuer":null})").got() == "issuer");
}

TEST_CASE("a failing random source is an error") {
    module::random().works = false;
    CHECK(call("make_code_verifier").code() == "random_source_failed");
    CHECK(call("authorization_code_flow.start", with_server(parameters)).code() == "random_source_failed");
    CHECK(call("make_pending_logout", R"({"post_logout_redirect_uri":"https://app.example/bye"})").code() == "random_source_failed");
    CHECK(call("jwk_set_source", R"({"jwks_uri":"https://op.example/jwks"})").code() == "random_source_failed");
    module::random().works = true;
}
