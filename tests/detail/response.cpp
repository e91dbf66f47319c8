#include <calimatic/detail/response.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.hpp"

using calimatic::condition;
using calimatic::error;
using calimatic::error_code;
using calimatic::http_response;
using calimatic::seconds;
using support::rule_name;
namespace detail = calimatic::detail;

namespace {

error_code checked(http_response const& response, std::size_t max_body = 1024) {
    auto const e = detail::check_response(response, max_body, {});
    return e ? e->code() : error_code::none;
}

} // namespace

TEST_CASE("every answer is bounded before its body is looked at") {
    auto const refuse = [](std::string_view what, http_response const& response, error_code code) {
        INFO(what);
        CHECK(rule_name(checked(response)) == rule_name(code));
    };
    auto const accept = [](std::string_view what, http_response const& response) {
        INFO(what);
        CHECK(rule_name(checked(response)) == "accepted");
    };
    for (int const status : {200, 201, 204, 400, 401, 403, 404, 409, 428, 430, 499, 600, 0, 100, 299})
        accept("status " + std::to_string(status), {status, {}, "x"});
    for (int const status : {300, 301, 302, 303, 304, 307, 308, 399})
        refuse("tok-redirect: status " + std::to_string(status), {status, {{"Location", "https://elsewhere.example/"}}, ""},
            error_code::redirect_not_followed);
    refuse("tok-429", {429, {}, ""}, error_code::too_many_requests);
    for (int const status : {500, 501, 502, 503, 504, 599})
        refuse("tok-500: status " + std::to_string(status), {status, {}, ""}, error_code::server_unavailable);
    accept("a body as large as allowed", {200, {}, std::string(1024, 'x')});
    refuse("tok-huge: a body larger than allowed", {200, {}, std::string(1025, 'x')}, error_code::transport_too_large);
    refuse("size comes before status", {302, {}, std::string(1025, 'x')}, error_code::transport_too_large);
    accept("as many header fields as allowed", {200, std::vector<calimatic::http_header>(128, {"a", "b"}), ""});
    refuse("too many header fields", {200, std::vector<calimatic::http_header>(129, {"a", "b"}), ""}, error_code::headers_too_large);
    accept("header fields as large as allowed", {200, {{"a", std::string(64 * 1024 - 1, 'x')}}, ""});
    refuse("header fields larger than allowed", {200, {{"a", std::string(64 * 1024, 'x')}}, ""}, error_code::headers_too_large);
    refuse("header names count", {200, {{std::string(64 * 1024 + 1, 'x'), ""}}, ""}, error_code::headers_too_large);
}

TEST_CASE("a waiting time and the server's words come with the refusal") {
    auto const e =
        detail::check_response({503, {{"retry-after", "17"}}, R"({"error":"temporarily_unavailable","error_description":"maintenance"})"}, 1024, {});
    REQUIRE(e);
    CHECK(e->code() == error_code::server_unavailable);
    CHECK(e->condition() == condition::retry_later);
    CHECK(e->http_status() == 503);
    CHECK(e->retry_after() == seconds{17});
    CHECK(e->server_error() == "temporarily_unavailable");
    CHECK(e->server_text() == "maintenance");

    auto const slow = detail::check_response({429, {{"Retry-After", "5"}}, "<html>"}, 1024, {});
    REQUIRE(slow);
    CHECK(slow->retry_after() == seconds{5});
    CHECK(slow->server_error().empty());
    CHECK(slow->http_status() == 429);
}

TEST_CASE("where a redirect leads to is not repeated") {
    auto const e = detail::check_response({302, {{"Location", "https://elsewhere.example/?code=SplxlOBeZQQYbYS6WxSbIA"}}, ""}, 1024, {});
    REQUIRE(e);
    CHECK(e->http_status() == 302);
    CHECK(e->message().find("Splxl") == std::string::npos);
}

TEST_CASE("every decision is in the trace") {
    support::recording_trace trace;
    calimatic::check_options options;
    options.trace = &trace;
    CHECK_FALSE(detail::check_response({200, {}, ""}, 1, options));
    CHECK(trace.entries.size() == 5);
    CHECK(trace.broken().empty());
    CHECK(detail::check_response({500, {}, "not JSON"}, 100, options));
    CHECK(trace.broken() == std::vector<std::string>{"server_unavailable"});
}

TEST_CASE("an unexpected status is told") {
    auto const e = detail::unexpected_status({418, {}, ""});
    CHECK(e.code() == error_code::status_unexpected);
    CHECK(e.http_status() == 418);
}

TEST_CASE("the media type is read without its parameters") {
    auto const type = [](std::string value) { return detail::media_type({200, {{"content-TYPE", std::move(value)}}, ""}); };
    CHECK(detail::media_type({200, {}, ""}) == "");
    CHECK(type("application/json") == "application/json");
    CHECK(type("Application/JSON; charset=UTF-8") == "application/json");
    CHECK(type(" \tapplication/json\t ;x") == "application/json");
    CHECK(type("application/jwk-set+json") == "application/jwk-set+json");
    CHECK(type("") == "");
    CHECK(type("json") == "");
    CHECK(type("/json") == "");
    CHECK(type("application/") == "");
    CHECK(type("application/json, text/html") == "");
    CHECK(type("application/json\r\nX: y") == "");
    CHECK(type("text/html/x") == "");
}

TEST_CASE("the server's words are read from a JSON error only") {
    auto const words = [](std::string_view body) {
        auto const read = detail::parse_server_error(body, {});
        return read ? read->error + "|" + read->description : std::string("nothing");
    };
    CHECK(words(R"({"error":"invalid_grant","error_description":"expired","error_uri":"x"})") == "invalid_grant|expired");
    CHECK(words(R"({"error":"own_code"})") == "own_code|");
    CHECK(words(R"({"error":"a","error_description":7})") == "a|");
    CHECK(words("") == "nothing");
    CHECK(words("<html>error</html>") == "nothing");  // tok-400-html
    CHECK(words(R"({"message":"no"})") == "nothing"); // tok-400-no-error
    CHECK(words(R"({"error":{"code":"x"}})") == "nothing");
    CHECK(words(R"({"error":""})") == "nothing");
    CHECK(words(R"({"error":null})") == "nothing");
    CHECK(words(R"(["error"])") == "nothing");
    CHECK(words(R"({"error":"a","error":"b"})") == "nothing");
    CHECK(words(R"({"error":"a"} trailing)") == "nothing");
}

TEST_CASE("a long description is cut between two characters") {
    calimatic::check_options options;
    options.limits.server_text = 10;
    auto const cut = [&](std::string const& text) {
        return detail::parse_server_error(R"({"error":"e","error_description":")" + text + "\"}", options)->description;
    };
    CHECK(cut("0123456789") == "0123456789");
    CHECK(cut("0123456789a") == "0123456789");
    CHECK(cut("01234567\xe2\x82\xac") == "01234567");
    CHECK(cut("0123456\xe2\x82\xac!") == "0123456\xe2\x82\xac");
}

TEST_CASE("the server's error tells what to do, and an unknown one leaves it to the caller") {
    struct row {
        condition kind;
        std::vector<std::string_view> errors;
    };
    row const rows[] = {
        {condition::authorize_again,
            {"invalid_grant", "interaction_required", "login_required", "consent_required", "account_selection_required", "expired_token"}},
        {condition::fix_configuration,
            {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_request", "unsupported_response_type", "invalid_request_uri",
                "invalid_request_object", "request_not_supported", "request_uri_not_supported", "registration_not_supported",
                "unsupported_token_type"}},
        {condition::correct_input, {"invalid_scope", "invalid_target"}},
        {condition::access_refused, {"access_denied"}},
        {condition::retry_later, {"temporarily_unavailable", "server_error", "slow_down", "authorization_pending"}},
    };
    for (auto const& [kind, errors] : rows) {
        for (auto const name : errors) {
            INFO(name);
            CHECK(detail::condition_of(name, condition::distrust_server) == kind);
        }
    }
    for (std::string_view const name : {"", "own_error", "INVALID_GRANT", "invalid_grant ", "invalid_gran"}) {
        INFO(name);
        CHECK(detail::condition_of(name, condition::access_refused) == condition::access_refused);
        CHECK(detail::condition_of(name, condition::distrust_server) == condition::distrust_server);
    }
}
