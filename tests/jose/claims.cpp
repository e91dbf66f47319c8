#include <calimatic/jose/claims.hpp>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/outcome.hpp"
#include "support/tokens.hpp"

using namespace calimatic;
using support::rule_name;

namespace {

void refuse(std::string_view what, std::string_view payload, error_code code) {
    INFO(what);
    CHECK(rule_name(parse_claims(payload)) == rule_name(code));
}
void accept(std::string_view what, std::string_view payload) { refuse(what, payload, error_code::none); }

/// Milliseconds since 1970 of a NumericDate, or -1 where there is none.
std::int64_t date(std::string_view number) {
    auto const document = support::json_of("[" + std::string(number) + "]");
    auto const time = as_numeric_date(document.root()[0]);
    return time ? time->time_since_epoch().count() : -1;
}

} // namespace

TEST_CASE("registered claims are typed, others are found by name (RFC 7519 4)") {
    auto set = parse_claims(R"({"iss":"https://op","sub":"u","aud":["a","b"],"exp":2,"nbf":1,"iat":0,"jti":"j","roles":["x"],"n":null})");
    REQUIRE(set);
    CHECK(set->iss() == "https://op");
    CHECK(set->sub() == "u");
    CHECK(set->jti() == "j");
    CHECK(set->aud() == std::vector<std::string_view>{"a", "b"});
    CHECK(set->exp() == time_point(seconds(2)));
    CHECK(set->nbf() == time_point(seconds(1)));
    CHECK(set->iat() == time_point(seconds(0)));
    CHECK((*set)["roles"][0].as_string() == "x");
    CHECK((*set)["n"].kind() == json_kind::null);
    CHECK((*set)["other"].kind() == json_kind::absent);
    CHECK_FALSE(set->string("roles"));
    CHECK_FALSE(set->date("sub"));
    CHECK(set->root().size() == 9);
}

TEST_CASE("views stay valid when the claims move") {
    auto set = parse_claims(R"({"sub":"a subject longer than any short string"})");
    REQUIRE(set);
    auto const before = set->sub();
    claims const moved = std::move(*set);
    CHECK(before->data() == moved.sub()->data());
}

TEST_CASE("an audience is one string or an array of them") {
    CHECK(parse_claims(R"({"aud":"a"})")->aud() == std::vector<std::string_view>{"a"});
    CHECK(parse_claims(R"({"aud":[]})")->aud()->empty()); // idt-aud-empty-array: whether nobody is enough is for the policy
    CHECK_FALSE(parse_claims("{}")->aud());
    CHECK_FALSE(parse_claims(R"({"aud":null})")->aud());
}

TEST_CASE("the claims are a JSON object and nothing else") {
    accept("an empty object", "{}");
    refuse("idt-payload-array", "[]", error_code::jwt_claims_malformed);
    refuse("idt-payload-string", R"("x")", error_code::jwt_claims_malformed);
    refuse("null", "null", error_code::jwt_claims_malformed);
    refuse("idt-payload-not-json", "sub=u", error_code::json_syntax);
    refuse("idt-payload-empty", "", error_code::json_syntax);
    refuse("idt-payload-trailing", "{}{}", error_code::json_syntax);
    refuse("idt-payload-bom", "\xef\xbb\xbf{}", error_code::json_syntax);
    refuse("idt-payload-bad-utf8", "{\"sub\":\"\xc0\x80\"}", error_code::json_syntax);
    refuse("idt-dup-claim", R"({"sub":"admin","sub":"u"})", error_code::json_duplicate_member);
    refuse("idt-dup-claim-last", R"({"sub":"u","x":1,"sub":"admin"})", error_code::json_duplicate_member);
    refuse("a claim twice, spelt differently", R"({"sub":"u","\u0073ub":"admin"})", error_code::json_duplicate_member);
    refuse("idt-deep", R"({"x":)" + std::string(20'000, '[') + std::string(20'000, ']') + "}", error_code::json_too_deep);
    refuse("idt-huge", R"({"x":")" + std::string(70'000, 'x') + R"("})", error_code::json_too_large);
}

TEST_CASE("registered claims have their types, or are null, which counts as absent") {
    for (std::string name : {"iss", "sub", "jti"}) {
        for (auto value : {"1", "true", "[]", "{}", R"(["x"])"}) refuse(name, "{\"" + name + "\":" + value + "}", error_code::claim_type_wrong);
        accept(name, "{\"" + name + "\":null}");
        accept(name, "{\"" + name + "\":\"\"}");
    }
    for (auto value : {"1", "{}", "true", R"(["a",1])", R"(["a",null])", R"([["a"]])", R"([{}])"})
        refuse("aud", std::string(R"({"aud":)") + value + "}", error_code::claim_type_wrong);
    for (std::string name : {"exp", "nbf", "iat"}) {
        for (auto value : {R"("1700000000")", "true", "[]", "{}"})
            refuse("idt-exp-string", "{\"" + name + "\":" + value + "}", error_code::claim_type_wrong);
        accept("idt-exp-null", "{\"" + name + "\":null}");
        for (auto value : {"1e12", "-1e12", "18446744073709551615", "9223372036854775807", "-9223372036854775808", "253402300800", "-62167219201"})
            refuse("out of range", "{\"" + name + "\":" + value + "}", error_code::claim_out_of_range);
        refuse("exp=1e400", "{\"" + name + "\":1e400}", error_code::json_number_not_finite);
        accept("idt-exp-negative is a date, long past", "{\"" + name + "\":-1}");
        accept("ok-exp-fraction", "{\"" + name + "\":1700000000.5}");
    }
    accept("ok-extra-claims, of any type", R"({"a":1,"b":[{}],"c":null,"d":-0.5e3,"auth_time":"not a number"})");
}

TEST_CASE("a NumericDate may be fractional and is rounded down to the millisecond") {
    CHECK(date("0") == 0);
    CHECK(date("1700000000") == 1'700'000'000'000);
    CHECK(date("1700000000.0") == 1'700'000'000'000);
    CHECK(date("1.7e9") == 1'700'000'000'000);
    CHECK(date("1700000000.5") == 1'700'000'000'500);
    CHECK(date("1700000000.9999") == 1'700'000'000'999);
    CHECK(date("-0.5") == -500);
    CHECK(date("-0.0001") == -1);
    CHECK(date("253402300799") == 253'402'300'799'000);
    CHECK(date("253402300799.5") == 253'402'300'799'500);
    CHECK(date("-62167219200") == -62'167'219'200'000);
    for (auto number : {"253402300800", "253402300800.0", "-62167219200.5", "-62167219201", "1e300", "-1e300", "18446744073709551616", "true", "null",
             "\"1\"", "[1]"}) {
        INFO(number);
        CHECK(date(number) == -1);
    }
}

TEST_CASE("strings are kept to the byte") {
    CHECK(parse_claims(R"({"sub":"u\u0000admin"})")->sub() == std::string_view("u\0admin", 7)); // idt-nul-in-sub
    CHECK(parse_claims(R"({"iss":"caf\u00e9"})")->iss() != parse_claims(R"({"iss":"cafe\u0301"})")->iss());
    CHECK(parse_claims("{\"iss\":\"\xc3\xa9\"}")->iss() == parse_claims(R"({"iss":"\u00e9"})")->iss());
    CHECK_FALSE(parse_claims(R"({"ISS":"x"})")->iss());
}

TEST_CASE("a nested token is refused, whatever its cty looks like") {
    auto const nested = [](std::string_view cty) {
        auto token = parse_compact_jws(support::unsigned_token(R"({"alg":"RS256","cty":")" + std::string(cty) + R"("})"));
        return rule_name(parse_claims(*token));
    };
    for (auto cty : {"JWT", "jwt", "Jwt", "application/jwt", "Application/JWT"}) CHECK(nested(cty) == "jwt_nested"); // idt-cty-jwt
    for (auto cty : {"", "json", "application/json", "JWTx"}) CHECK(nested(cty) == "accepted");
    CHECK(rule_name(parse_claims(*parse_compact_jws(support::unsigned_token(R"({"alg":"RS256"})")))) == "accepted");
}

TEST_CASE("claims of a token are those of the bytes that are signed") {
    auto const token = parse_compact_jws(support::unsigned_token(R"({"alg":"RS256","sub":"of the header"})", R"({"sub":"of the payload"})"));
    CHECK(parse_claims(*token)->sub() == "of the payload");
}
