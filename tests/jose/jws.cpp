#include <calimatic/jose/jws.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.hpp"
#include "support/tokens.hpp"
#include "support/vectors.hpp"

using namespace calimatic;
using support::encode;
using support::rule_name;
using support::unsigned_token;

namespace {

void refuse(std::string_view what, std::string_view token, error_code code, check_options const& options = {}) {
    INFO(what);
    CHECK(rule_name(parse_compact_jws(token, options)) == rule_name(code));
}
void accept(std::string_view what, std::string_view token, check_options const& options = {}) { refuse(what, token, error_code::none, options); }

std::string const header = encode(R"({"alg":"RS256"})");
std::string const payload = encode("{}");
std::string const signature = encode("signature");
std::string const honest = header + '.' + payload + '.' + signature;

} // namespace

TEST_CASE("a token comes apart into the bytes that were signed") {
    auto jws = parse_compact_jws(unsigned_token(R"({"alg":"ES256","kid":"a","typ":"at+jwt","cty":"text/plain","x":[1]})", R"({"sub":"u"})", "raw"));
    REQUIRE(jws);
    CHECK(jws->alg == "ES256");
    CHECK(jws->kid == "a");
    CHECK(jws->typ == "at+jwt");
    CHECK(jws->cty == "text/plain");
    CHECK(jws->payload == R"({"sub":"u"})");
    CHECK(jws->signature == "raw");
    CHECK(jws->signing_input == encode(R"({"alg":"ES256","kid":"a","typ":"at+jwt","cty":"text/plain","x":[1]})") + '.' + encode(R"({"sub":"u"})"));
    CHECK(jws->header.root()["x"].size() == 1);
}

TEST_CASE("what the header leaves out is absent, which is not the same as empty") {
    auto jws = parse_compact_jws(honest);
    REQUIRE(jws);
    CHECK_FALSE(jws->kid);
    CHECK_FALSE(jws->typ);
    CHECK_FALSE(jws->cty);
    jws = parse_compact_jws(unsigned_token(R"({"alg":"RS256","kid":""})"));
    REQUIRE(jws);
    CHECK(jws->kid == "");
}

TEST_CASE("a token has exactly three parts") {
    accept("three parts", honest);
    refuse("nothing", "", error_code::jws_not_compact);
    refuse("idt-junk: no dot", "junk", error_code::jws_not_compact);
    refuse("one dot: h.p", header + '.' + payload, error_code::jws_not_compact);
    refuse("idt-4-parts", honest + '.' + signature, error_code::jws_not_compact);
    refuse("idt-5-parts: a JWE, whatever is in it", "a.b.c.d.e", error_code::jws_encrypted);
    refuse("a JWE with PBES2 and p2c of 10^9",
        encode(R"({"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000,"p2s":"AAAA"})") + ".AA.AA.AA.AA", error_code::jws_encrypted);
    refuse("six parts", "a.b.c.d.e.f", error_code::jws_not_compact);
    refuse("only dots", "..", error_code::json_syntax);
    refuse("idt-header-empty", '.' + payload + '.' + signature, error_code::json_syntax);
    refuse("idt-sig-absent: h.p.", header + '.' + payload + '.', error_code::jws_signature_missing);
    accept("an empty payload is a JWS, though no JWT", header + ".." + signature);
}

TEST_CASE("a megabyte of dots is refused by its length, and counted once where the length is allowed") {
    std::string const dots(1'000'000, '.');
    refuse("over the limit", dots, error_code::token_too_large);
    check_options generous;
    generous.limits.token = 2'000'000;
    refuse("within the limit", dots, error_code::jws_not_compact, generous);
}

TEST_CASE("sizes are checked before anything is decoded") {
    check_options options;
    options.limits.token = honest.size();
    accept("a token of the very size allowed", honest, options);
    options.limits.token = honest.size() - 1;
    refuse("a token one byte longer", honest, error_code::token_too_large, options);
    options = {};
    options.limits.jose_header = header.size();
    accept("a header of the very size allowed", honest, options);
    options.limits.jose_header = header.size() - 1;
    refuse("a header one byte longer", honest, error_code::token_too_large, options);
    refuse("idt-huge: junk of 65 kB is not even looked at", std::string(65 * 1024, '*') + "..", error_code::token_too_large);
}

TEST_CASE("base64url is strict in every part") {
    refuse("idt-padding, signature", honest + "=", error_code::base64url_invalid);
    refuse("idt-padding, header", header + "=." + payload + '.' + signature, error_code::base64url_invalid);
    refuse("idt-whitespace: before", ' ' + honest, error_code::base64url_invalid);
    refuse("idt-whitespace: after", honest + "\n", error_code::base64url_invalid);
    refuse("idt-inner-whitespace", header + ".e3 0." + signature, error_code::base64url_invalid);
    refuse("idt-inner-whitespace: CRLF", header + ".e3\r\n0." + signature, error_code::base64url_invalid);
    refuse("idt-std-base64: +", header + '.' + payload + ".++++", error_code::base64url_invalid);
    refuse("idt-std-base64: /", header + '.' + payload + ".////", error_code::base64url_invalid);
    accept("the same in base64url", header + '.' + payload + ".----");
    refuse("length 4n+1", header + '.' + payload + ".AAAAA", error_code::base64url_invalid);
    refuse("idt-noncanonical-bits: two characters", header + '.' + payload + ".AB", error_code::base64url_invalid);
    refuse("idt-noncanonical-bits: three characters", header + '.' + payload + ".AAB", error_code::base64url_invalid);
    refuse("not ASCII", header + '.' + payload + ".\xc3\xa9\xc3\xa9", error_code::base64url_invalid);
    refuse("NUL", header + '.' + payload + std::string(".AA\0A", 5), error_code::base64url_invalid);
}

TEST_CASE("the header is a JSON object without duplicates, byte order mark or anything after it") {
    refuse("an array", unsigned_token(R"([])"), error_code::jws_header_malformed);
    refuse("a string", unsigned_token(R"("x")"), error_code::jws_header_malformed);
    refuse("null", unsigned_token("null"), error_code::jws_header_malformed);
    refuse("not JSON", unsigned_token("alg=RS256"), error_code::json_syntax);
    refuse("something after it", unsigned_token(R"({"alg":"RS256"}x)"), error_code::json_syntax);
    refuse("a byte order mark", unsigned_token("\xef\xbb\xbf{\"alg\":\"RS256\"}"), error_code::json_syntax);
    refuse("bad UTF-8", unsigned_token("{\"alg\":\"RS256\",\"x\":\"\xff\"}"), error_code::json_syntax);
    refuse("idt-dup-header: alg twice", unsigned_token(R"({"alg":"none","alg":"RS256"})"), error_code::json_duplicate_member);
    refuse("idt-dup-header: spelt differently", unsigned_token(R"({"\u0061lg":"RS256","alg":"RS256"})"), error_code::json_duplicate_member);
    refuse("idt-deep", unsigned_token(R"({"alg":"RS256","x":)" + std::string(2000, '[') + std::string(2000, ']') + "}"), error_code::json_too_deep);
    accept("an escaped name is the same name", unsigned_token(R"({"\u0061lg":"RS256"})"));
    refuse("names are case-sensitive", unsigned_token(R"({"ALG":"RS256"})"), error_code::jws_alg_missing);
    accept("iss, sub and aud in the header mean nothing", unsigned_token(R"({"alg":"RS256","iss":1,"sub":null,"aud":{}})"));
    refuse("typ is a string", unsigned_token(R"({"alg":"RS256","typ":1})"), error_code::jws_header_malformed);
    refuse("typ is not null", unsigned_token(R"({"alg":"RS256","typ":null})"), error_code::jws_header_malformed);
    refuse("cty is a string", unsigned_token(R"({"alg":"RS256","cty":["JWT"]})"), error_code::jws_header_malformed);
}

TEST_CASE("alg is there, is a string, and is not none in any spelling") {
    refuse("idt-alg-missing", unsigned_token("{}"), error_code::jws_alg_missing);
    refuse("idt-alg-array", unsigned_token(R"({"alg":["RS256"]})"), error_code::jws_header_malformed);
    refuse("idt-alg-null", unsigned_token(R"({"alg":null})"), error_code::jws_header_malformed);
    refuse("idt-alg-number", unsigned_token(R"({"alg":256})"), error_code::jws_header_malformed);
    refuse("idt-alg-none", unsigned_token(R"({"alg":"none"})", "{}", ""), error_code::jws_alg_none);
    refuse("idt-none-keeps-sig", unsigned_token(R"({"alg":"none"})"), error_code::jws_alg_none);
    for (auto name : {"None", "NONE", "nOnE", "noNe"})
        refuse("idt-alg-nOnE", unsigned_token(std::string(R"({"alg":")") + name + R"("})"), error_code::jws_alg_none);
    refuse("none, escaped", unsigned_token(R"({"alg":"\u006eone"})"), error_code::jws_alg_none);
    accept("an alg that nobody knows parses, and is not allowed later", unsigned_token(R"({"alg":"none "})"));
}

TEST_CASE("kid is an opaque string of bounded length") {
    for (auto kid : {"../../dev/null", "' OR 1", "|cmd", "https://attacker.example/key", "\\u0000"}) {
        auto const token = unsigned_token(std::string(R"({"alg":"RS256","kid":")") + kid + R"("})");
        accept("idt-kid-traversal: a name like any other", token);
    }
    refuse("idt-kid-number", unsigned_token(R"({"alg":"RS256","kid":1})"), error_code::jws_kid_invalid);
    refuse("kid null", unsigned_token(R"({"alg":"RS256","kid":null})"), error_code::jws_kid_invalid);
    refuse("kid an object", unsigned_token(R"({"alg":"RS256","kid":{}})"), error_code::jws_kid_invalid);
    accept("1024 bytes", unsigned_token(R"({"alg":"RS256","kid":")" + std::string(1024, 'k') + R"("})"));
    refuse("1025 bytes", unsigned_token(R"({"alg":"RS256","kid":")" + std::string(1025, 'k') + R"("})"), error_code::jws_kid_invalid);
    refuse("1 MB", unsigned_token(R"({"alg":"RS256","kid":")" + std::string(1'000'000, 'k') + R"("})"), error_code::token_too_large);
}

TEST_CASE("no extension is understood, and a malformed crit is told apart") {
    auto const crit = [](std::string_view what, std::string_view members, error_code code) {
        refuse(what, unsigned_token(R"({"alg":"RS256",)" + std::string(members) + "}"), code);
    };
    crit("idt-crit-unknown", R"("crit":["exp"],"exp":1)", error_code::jws_crit_not_understood);
    crit("two of them", R"("crit":["a","b"],"a":1,"b":null)", error_code::jws_crit_not_understood);
    crit("idt-crit-empty", R"("crit":[])", error_code::jws_crit_malformed);
    crit("idt-crit-names-absent", R"("crit":["absent"])", error_code::jws_crit_malformed);
    crit("crit as a string", R"("crit":"exp","exp":1)", error_code::jws_crit_malformed);
    crit("crit null", R"("crit":null)", error_code::jws_crit_malformed);
    crit("crit false", R"("crit":false)", error_code::jws_crit_malformed);
    crit("crit of numbers", R"("crit":[1],"1":1)", error_code::jws_crit_malformed);
    crit("crit with a name twice", R"("crit":["b64","b64"],"b64":true)", error_code::jws_crit_malformed);
    for (auto name : {"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"}) {
        auto const members =
            std::string(R"("crit":[")") + name + R"("],"jku":"","jwk":{},"kid":"","x5u":"","x5c":[],"x5t":"","x5t#S256":"","typ":"","cty":"")";
        crit("a name that JWS defines", members, error_code::jws_crit_malformed);
    }
    std::string list, values;
    for (int i = 0; i < 300; ++i) {
        auto const name = '"' + std::to_string(i) + '"';
        list += (i ? "," : "") + name;
        values += "," + name + ":0";
    }
    crit("a long list costs no more than its length squared", R"("crit":[)" + list + "]" + values, error_code::jws_crit_not_understood);
}

TEST_CASE("b64 has no place in a JWT, with crit or without") {
    refuse("idt-b64-false", unsigned_token(R"({"alg":"RS256","b64":false,"crit":["b64"]})"), error_code::jws_crit_not_understood);
    refuse("idt-b64-false-no-crit", unsigned_token(R"({"alg":"RS256","b64":false})"), error_code::jws_b64);
    refuse("b64 true", unsigned_token(R"({"alg":"RS256","b64":true})"), error_code::jws_b64);
    refuse("b64 null", unsigned_token(R"({"alg":"RS256","b64":null})"), error_code::jws_b64);
    refuse(
        "a dot in an unencoded payload", encode(R"({"alg":"RS256","b64":false,"crit":["b64"]})") + ".$.02." + signature, error_code::jws_not_compact);
}

TEST_CASE("keys and addresses in the header are neither used nor looked at") {
    accept("idt-embedded-jwk", unsigned_token(R"({"alg":"RS256","jwk":{"kty":"oct","k":"AA"}})"));
    accept("idt-jku", unsigned_token(R"({"alg":"RS256","jku":"file:///etc/passwd"})"));
    accept("idt-x5u", unsigned_token(R"({"alg":"RS256","x5u":"http://169.254.169.254/"})"));
    accept("x5c", unsigned_token(R"({"alg":"RS256","x5c":[1,2,3]})"));
}

TEST_CASE("the JSON serializations are not the compact one") {
    refuse("RFC 7515 A.6", vectors::rfc7515_a6, error_code::jws_not_compact);
    refuse("RFC 7515 A.7", vectors::rfc7515_a7, error_code::jws_not_compact);
    refuse("RFC 7520 4.6", vectors::rfc7520_4_6, error_code::jws_not_compact);
    refuse("RFC 7520 4.7: alg in the unprotected header only", vectors::rfc7520_4_7, error_code::jws_not_compact);
    refuse("RFC 7520 4.8: several signatures", vectors::rfc7520_4_8, error_code::jws_not_compact);
    refuse("idt-json-serialization: a polyglot", R"({"a":".)" + honest + R"(","protected":"","payload":"","signature":""})",
        error_code::jws_not_compact);
    refuse("a polyglot of two dots", R"({"protected":")" + honest + R"("})", error_code::jws_not_compact);
}

TEST_CASE("the vectors of the specifications parse, or are refused for what they are") {
    for (auto token : {vectors::rfc7515_a1, vectors::rfc7515_a2, vectors::rfc7515_a3, vectors::rfc7515_a4, vectors::rfc7520_4_1, vectors::rfc7520_4_2,
             vectors::rfc7520_4_3, vectors::rfc7520_4_4, vectors::rfc7520_4_5, vectors::rfc8037_a4})
        accept("a compact JWS", token);
    CHECK(parse_compact_jws(vectors::rfc7515_a1)->typ == "JWT");
    CHECK(parse_compact_jws(vectors::rfc7515_a1)->payload == "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
    CHECK(parse_compact_jws(vectors::rfc7520_4_1)->kid == "bilbo.baggins@hobbiton.example");
    CHECK(parse_compact_jws(vectors::rfc7520_4_2)->alg == "PS384");  // which no algorithm here is: not allowed later
    CHECK(parse_compact_jws(vectors::rfc7520_4_5)->payload.empty()); // detached content: nothing puts it back
    refuse("RFC 7515 A.5", vectors::rfc7515_a5, error_code::jws_alg_none);
}

TEST_CASE("no prefix of a token and no token with one byte changed makes the parser stumble") {
    auto const token = unsigned_token(R"({"alg":"RS256","kid":"k"})", R"({"sub":"u"})");
    for (std::size_t size = 0; size < token.size(); ++size) (void)parse_compact_jws(std::string_view(token).substr(0, size));
    std::size_t refused = 0;
    for (std::size_t i = 0; i < token.size(); ++i)
        for (int byte = 0; byte < 256; byte += 3) {
            auto changed = token;
            changed[i] = static_cast<char>(byte);
            refused += !parse_compact_jws(changed);
        }
    CHECK(refused > 3000);
}

TEST_CASE("the trace tells every rule that was looked at, and the one that broke last") {
    support::recording_trace seen;
    check_options options;
    options.trace = &seen;
    CHECK_FALSE(parse_compact_jws(unsigned_token(R"({"alg":"none"})"), options));
    CHECK(seen.entries.size() > 6);
    CHECK(seen.broken() == std::vector<std::string>{"jws_alg_none"});
    CHECK_FALSE(seen.entries.back().kept);
}
