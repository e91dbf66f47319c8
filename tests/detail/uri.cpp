#include <calimatic/detail/uri.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "support/outcome.hpp"

using namespace calimatic;
using namespace calimatic::detail;

namespace {

uri parts(std::string_view text) {
    auto parsed = parse_uri(text, {});
    support::accepted(text, parsed);
    return *parsed;
}

void malformed(std::string_view what, std::string_view text) { support::refused(what, parse_uri(text, {}), error_code::url_malformed); }
void refuse(std::string_view what, std::string_view text, error_code code) { support::refused(what, check_endpoint(text, {}), code); }
void accept(std::string_view what, std::string_view text) { support::accepted(what, check_endpoint(text, {})); }

bool loopback_ipv4(std::string_view host) {
    uri url;
    url.host = host;
    return url.is_loopback_ipv4();
}

} // namespace

TEST_CASE("a URL is taken apart, scheme and host in lower case") {
    auto const full = parts("HTTPS://us%41:er@EXAMPLE.com:8443/Path/%2e%2E?Q=%26a+b#Frag");
    CHECK(full.scheme == "https");
    CHECK(full.has_authority);
    CHECK(full.has_userinfo);
    CHECK(full.userinfo == "us%41:er");
    CHECK(full.host == "example.com");
    CHECK(full.port == "8443");
    CHECK(full.path == "/Path/%2e%2E"); // as it was: nothing is normalized
    CHECK(full.query == "Q=%26a+b");
    CHECK(full.fragment == "Frag");

    auto const bare = parts("https://a");
    CHECK(bare.path.empty());
    CHECK(bare.port.empty());
    CHECK_FALSE(bare.has_userinfo);
    CHECK_FALSE(bare.query);
    CHECK_FALSE(bare.fragment);

    auto const empty = parts("https://@a:/?#");
    CHECK(empty.has_userinfo);
    CHECK(empty.userinfo.empty());
    CHECK(empty.port.empty());
    CHECK(empty.query == "");
    CHECK(empty.fragment == "");
}

TEST_CASE("the redirect URIs of applications are read") { // RFC 8252 7
    auto const private_use = parts("com.example.app:/cb");
    CHECK(private_use.scheme == "com.example.app");
    CHECK_FALSE(private_use.has_authority);
    CHECK(private_use.host.empty());
    CHECK(private_use.path == "/cb");
    CHECK(parts("com.example.app:/cb?code=a&state=b").query == "code=a&state=b");
    CHECK(parts("com.example.app://cb").host == "cb");

    auto const loopback = parts("http://127.0.0.1:1234/cb?x=1");
    CHECK(loopback.host == "127.0.0.1");
    CHECK(loopback.port == "1234");
    CHECK(loopback.query == "x=1");
    CHECK(loopback.is_loopback());
    auto const six = parts("http://[::1]:80/");
    CHECK(six.host == "[::1]");
    CHECK(six.port == "80");
    CHECK(six.is_loopback());
    CHECK(parts("http://LOCALHOST/").is_loopback());
    CHECK(parts("urn:ietf:wg:oauth:2.0:oob").path == "ietf:wg:oauth:2.0:oob");
}

TEST_CASE("what is not a URL is refused") {
    malformed("nothing", "");
    malformed("no scheme", "//a/b");
    malformed("a path", "/cb");
    malformed("a host", "example.com");
    malformed("a scheme of a digit", "1a://b");
    malformed("a space", "https://a/b c");
    malformed("a space before", " https://a/");
    malformed("a line feed after", "https://a/\n");
    malformed("CR LF within", "https://a/\r\nHost: b");
    malformed("a tab within", "https://a/\tb");
    malformed("a NUL", std::string_view("https://a/\0b", 12));
    malformed("DEL", "https://a/\x7f");
    malformed("a backslash", "https://a\\b");
    malformed("a backslash before @", "https://good.example\\@evil.example/");
    malformed("a backslash in the path", "https://a/\\b");
    malformed("not ASCII", "https://\xc3\xa9.example/");
    malformed("not ASCII in the query", "https://a/?q=\xc3\xa9");
    malformed("half an escape", "https://a/%4");
    malformed("no escape", "https://a/%zz");
    malformed("angle brackets", "https://a/<b>");
    malformed("a quotation mark", "https://a/\"");
    malformed("a pipe", "https://a/|");
    malformed("a caret", "https://a/^");
    malformed("a brace", "https://{tenant}/");
    malformed("a port of letters", "https://a:b/");
    malformed("a port above 65535", "https://a:65536/");
    malformed("a port of many digits", "https://a:00000000000000000000000000099999999999999/");
    malformed("a bracket that stays open", "https://[::1/");
    malformed("a bad IPv6 address", "https://[::g]/");
    malformed("two @", "https://a@b@c/");
    malformed("brackets in the query", "https://a/?b[]=c");
    malformed("a second fragment", "https://a/#b#c");
    CHECK(parts("https://a:65535/").port == "65535");
    // A redirect has secrets in it: only the kind of fault is told.
    CHECK(parse_uri("https://a/?code=secret value", {}).error().got() == "a space, or a character that must be escaped");
    CHECK(parse_uri("auth.example.com/secret", {}).error().got() == "no scheme");
    CHECK(parse_uri("https://a/?code=secret[", {}).error().got().empty());
}

TEST_CASE("the length of a URL is bounded before anything else") {
    check_options options;
    options.limits.url = 20;
    support::accepted("as long as allowed", parse_uri("https://example.com/", options));
    support::refused("one byte longer", parse_uri("https://example.com/a", options), error_code::url_too_long);
    support::refused("long rubbish", parse_uri(std::string(1'000'000, ' '), {}), error_code::url_too_long);
    support::refused("a long endpoint", check_endpoint("https://example.com/" + std::string(16 * 1024, 'a'), {}), error_code::url_too_long);
}

TEST_CASE("only four decimal numbers that begin with 127 are IPv4 loopback") {
    for (auto host : {"127.0.0.1", "127.0.0.0", "127.255.255.255", "127.1.2.3"}) CHECK(loopback_ipv4(host));
    for (auto host : {"", "127", "127.1", "127.0.1", "127.0.0.1.", ".127.0.0.1", "127.0.0.256", "127.0.0.01", "0127.0.0.1", "127.00.0.1", "127..0.1",
             "127.0.0.1.1", "127.0.0.a", "127.0.0.-1", "128.0.0.1", "12.7.0.1", "2130706433", "0x7f.0.0.1", "127.0.0.1 ", "127.0.0.1.evil.example",
             "127.0.0.1000", "localhost", "1270.0.1", "127.0.0."}) {
        INFO(host);
        CHECK_FALSE(loopback_ipv4(host));
    }
}

TEST_CASE("an endpoint is https, or http on loopback") {
    accept("https", "https://op.example/token");
    accept("upper case", "HTTPS://OP.example/token");
    accept("with a port", "https://op.example:8443");
    accept("with a query", "https://op.example/auth?tenant=1");
    accept("an address", "https://192.0.2.1/");
    accept("an IPv6 address", "https://[2001:db8::1]/");
    accept("localhost", "http://localhost:3001/token");
    accept("127.0.0.0/8", "http://127.8.9.10/");
    accept("::1", "http://[::1]:3001/");
    refuse("plain http", "http://op.example/token", error_code::url_not_https);
    refuse("disc-endpoint-javascript", "javascript:alert(1)", error_code::url_not_https);
    refuse("disc-endpoint-file", "file:///etc/passwd", error_code::url_not_https);
    refuse("data", "data:application/json,%7B%7D", error_code::url_not_https);
    refuse("ftp", "ftp://op.example/", error_code::url_not_https);
    refuse("wss", "wss://op.example/", error_code::url_not_https);
    refuse("a name that begins like localhost", "http://localhost.evil.example/", error_code::url_not_https);
    refuse("a name that begins like an address", "http://127.0.0.1.evil.example/", error_code::url_not_https);
    refuse("a name that ends like localhost", "http://notlocalhost/", error_code::url_not_https);
    refuse("localhost as user name", "http://localhost@evil.example/", error_code::url_not_https);
    refuse("a short address", "http://127.1/", error_code::url_not_https);
    refuse("a number as address", "http://2130706433/", error_code::url_not_https);
    refuse("any address", "http://0.0.0.0/", error_code::url_not_https);
    refuse("loopback over ftp", "ftp://localhost/", error_code::url_not_https);
    refuse("no host", "https:///token", error_code::url_malformed);
    refuse("no authority", "https:/token", error_code::url_malformed);
    refuse("no authority at all", "https:op.example", error_code::url_malformed);
    refuse("only a port", "https://:443/", error_code::url_malformed);
    refuse("a percent-encoded host", "https://op%2eexample/", error_code::url_malformed);
    refuse("a percent-encoded end of host", "https://op.example%2f.evil.example/", error_code::url_malformed);
    refuse("a comma in the host", "https://a,b/", error_code::url_malformed);
    refuse("a semicolon in the host", "https://op.example;.evil.example/", error_code::url_malformed);
    refuse("a user name", "https://op.example@evil.example/", error_code::url_has_userinfo);
    refuse("a password", "https://a:b@op.example/", error_code::url_has_userinfo);
    refuse("an empty user name", "https://@op.example/", error_code::url_has_userinfo);
    refuse("a fragment", "https://op.example/auth#x", error_code::url_has_fragment);
    refuse("an empty fragment", "https://op.example/auth#", error_code::url_has_fragment);
    refuse("not a URL", "https://op.example/ auth", error_code::url_malformed);
}

TEST_CASE("an origin is scheme, host and port") {
    auto const same = [](std::string_view a, std::string_view b) { return same_origin(parts(a), parts(b)); };
    CHECK(same("https://a/x", "https://A:443/y?z"));
    CHECK(same("http://a:80", "http://a:/"));
    CHECK(same("https://a:0443/", "https://a/"));
    CHECK(same("app://a:8080", "app://a:8080/x"));
    CHECK_FALSE(same("https://a", "http://a"));
    CHECK_FALSE(same("https://a", "http://a:443"));
    CHECK_FALSE(same("https://a", "https://b"));
    CHECK_FALSE(same("https://a", "https://a.b"));
    CHECK_FALSE(same("https://a:444", "https://a"));
    CHECK_FALSE(same("https://[::1]", "https://localhost"));
}

TEST_CASE("an endpoint's own query is kept") {
    CHECK(append_query("https://op/auth", "a=b") == "https://op/auth?a=b");
    CHECK(append_query("https://op/auth?tenant=1", "a=b") == "https://op/auth?tenant=1&a=b");
    CHECK(append_query("https://op/auth?", "a=b") == "https://op/auth?a=b");
    CHECK(append_query("https://op/auth?tenant=1&", "a=b") == "https://op/auth?tenant=1&a=b");
    CHECK(append_query("https://op/auth?next=/a?", "a=b") == "https://op/auth?next=/a?&a=b");
    CHECK(append_query("https://op/auth??", "a=b") == "https://op/auth??&a=b");
    CHECK(append_query("https://op/auth?x=%26", "a=b") == "https://op/auth?x=%26&a=b");
    CHECK(append_query("https://op/auth", "") == "https://op/auth");
}
