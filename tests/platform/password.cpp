#include <calimatic/platform/password.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"

using calimatic::app_client;
using calimatic::error_code;
using calimatic::find_header;
using calimatic::http_method;
using calimatic::management_profile;
using calimatic::platform_client;
using calimatic::secret_string;

namespace {

platform_client const platform{"https://auth.example", app_client{"cca_1", "ccas_a-secret-of-ours"}};
secret_string const password("a-password-of-ours");

} // namespace

TEST_CASE("a reset is asked for with the body that the profile says") {
    struct row {
        management_profile profile;
        char const* body;
        std::size_t headers;
    };
    for (auto const& row :
        {row{{.reset_password_body = ""}, "", 3}, row{{.reset_password_body = R"({"sendEmail":true})"}, R"({"sendEmail":true})", 4}}) {
        auto const request = calimatic::build_reset_password_request(platform, "u/1?x=\xc3\x85", row.profile);
        support::accepted(row.body, request);
        CHECK(request->method == http_method::post);
        CHECK(request->url == "https://auth.example/api/v1/users/u%2F1%3Fx%3D%C3%85/reset-password");
        CHECK(request->body == row.body);
        CHECK(request->headers.size() == row.headers);
    }
    auto const unknown = calimatic::build_reset_password_request(platform, "u-1", {});
    support::refused("no profile", unknown, error_code::platform_fact_missing);
    CHECK(unknown.error().expected() == "reset_password_body");
    support::refused("no JSON", calimatic::build_reset_password_request(platform, "u-1", {.reset_password_body = "{"}), error_code::json_syntax);
}

TEST_CASE("a password is set under the name that the profile says") {
    for (std::string const name : {"password", "temporaryPassword"}) {
        auto const request = calimatic::build_set_password_request(platform, "u-1", password, {.set_password_member = name}, R"({"temporary":true})");
        support::accepted(name, request);
        CHECK(request->method == http_method::post);
        CHECK(request->url == "https://auth.example/api/v1/users/u-1/set-password");
        CHECK(request->body == R"({")" + name + R"(":"a-password-of-ours","temporary":true})");
        CHECK(find_header(request->headers, "Content-Type") == "application/json");
    }
    auto const unknown = calimatic::build_set_password_request(platform, "u-1", password, {});
    support::refused("no profile", unknown, error_code::platform_fact_missing);
    CHECK(unknown.error().expected() == "set_password_member");
    management_profile const profile{.set_password_member = "password"};
    support::refused("none", calimatic::build_set_password_request(platform, "u-1", {}, profile), error_code::platform_member_invalid);
    auto const latin = calimatic::build_set_password_request(platform, "u-1", "secret-\xe5", profile);
    support::refused("Latin-1", latin, error_code::platform_member_invalid);
    CHECK(latin.error().message().find("secret-") == std::string::npos);
    support::refused("another password", calimatic::build_set_password_request(platform, "u-1", password, profile, R"({"password":"x"})"),
        error_code::parameter_reserved);
}

TEST_CASE("an id that could lead elsewhere is refused") {
    management_profile const profile{.reset_password_body = "", .set_password_member = "password"};
    for (std::string_view const id :
        {std::string_view(""), std::string_view("."), std::string_view(".."), std::string_view("\xff"), std::string_view("a\0b", 3)}) {
        support::refused(id, calimatic::build_reset_password_request(platform, id, profile), error_code::platform_id_invalid);
        support::refused(id, calimatic::build_set_password_request(platform, id, password, profile), error_code::platform_id_invalid);
    }
    CHECK(calimatic::build_reset_password_request(platform, "../x", profile)->url == "https://auth.example/api/v1/users/..%2Fx/reset-password");
    CHECK(calimatic::build_reset_password_request(platform, "%2e", profile)->url == "https://auth.example/api/v1/users/%252e/reset-password");
}

TEST_CASE("the replies are envelopes, and an error repeats no password") {
    support::accepted("reset", calimatic::parse_reset_password_response({200, {}, R"({"success":true})"}, platform));
    support::accepted("reset", calimatic::parse_reset_password_response({204, {}, ""}, platform));
    support::refused("a page", calimatic::parse_reset_password_response({200, {}, "<html>"}, platform), error_code::json_syntax);
    support::refused("nobody", calimatic::parse_reset_password_response({404, {}, R"({"success":false,"error":"USER_NOT_FOUND"})"}, platform),
        error_code::user_not_found);
    auto const set = calimatic::parse_set_password_response({200, {}, R"({"success":true,"data":{"mustChange":true}})"}, platform, password);
    support::accepted("set", set);
    CHECK(set->data()["mustChange"].as_bool() == true);
    auto const refused =
        calimatic::parse_set_password_response({400, {}, R"({"success":false,"error":"too weak: a-password-of-ours"})"}, platform, password);
    support::refused("too weak", refused, error_code::platform_error);
    CHECK(refused.error().server_text() == "too weak: [secret]");
}
