#include <calimatic/platform/webhook_signature.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/outcome.hpp"
#include "support/webhooks.hpp"

using namespace calimatic;
using support::hmac_base64;
using support::hmac_hex;

namespace {

constexpr std::string_view body = "{\"id\":\"evt_1\",\"type\":\"user.updated\",\"data\":{\"userId\":\"u-1\",\"name\":\"Zo\xc3\xab\"}}";
constexpr time_point now{seconds{1'800'000'000}};
constexpr std::string_view first_key = "the-first-key-0123456789";
constexpr std::string_view second_key = "the-second-key-987654321";

// Made with Python's hmac, not with this library.
constexpr std::string_view by_first = "6b0ed0f2e54b682e10ac0268e2710c8be33550b82442a74455df90c4322329b3";
constexpr std::string_view by_second = "5de6a368e8cfd4bc6feb8ceeeb7b11ebec094713312e6800e200ae55630a6b6e";
constexpr std::string_view with_milliseconds = "ce9ff78d7efc2dec201738b04f7c2775dacc0c1e198dec20a38bf5296be66c30";
constexpr std::string_view of_body_alone = "a96345908b9c60b4b04b6c3a1b567ca4d77c652499dd5c27b323b2b27ace43bb";

using headers = std::vector<http_header>;

std::vector<secret_string> keys_of(std::initializer_list<std::string_view> texts) {
    std::vector<secret_string> keys;
    for (auto const text : texts) keys.emplace_back(text);
    return keys;
}

/// What `verify_webhook` is called with, right in every way until a row changes it.
struct delivery {
    std::string raw_body{body};
    headers fields{};
    webhook_signature_profile profile{};
    std::vector<std::string> keys{std::string(first_key)};
    time_point when = now;
    check_options options{};

    result<verified_webhook> verify(replay_cache* seen = nullptr) const {
        std::vector<secret_string> secrets;
        for (auto const& key : keys) secrets.emplace_back(key);
        return verify_webhook(raw_body, fields, profile, secrets, when, seen, options);
    }
};

delivery listed(std::string header = "t=1800000000,v1=" + std::string(by_first)) {
    return {.fields = {{"Content-Type", "application/json"}, {"x-hook-signature", std::move(header)}}, .profile = support::listed_profile()};
}
delivery single(std::string time = "1800000000000", std::string signature = "sha256=" + std::string(with_milliseconds)) {
    return {.fields = {{"X-HOOK-TIME", std::move(time)}, {"X-Hook-Signature", std::move(signature)}}, .profile = support::single_profile()};
}
/// The published vector of Standard Webhooks.
delivery standard() {
    return {.raw_body = R"({"test": 2432232314})",
        .fields = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"}, {"webhook-timestamp", "1614265330"},
            {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
        .profile = standard_webhooks_profile(),
        .keys = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        .when = time_point(seconds{1614265330})};
}

template <class Change>
delivery changed(delivery one, Change change) {
    change(one);
    return one;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

} // namespace

TEST_CASE("the published vector of Standard Webhooks verifies") {
    auto const webhook = standard().verify();
    support::accepted("vector", webhook);
    CHECK(webhook->body() == R"({"test": 2432232314})");
    CHECK(webhook->id() == "msg_p5jXN8AQM9LWM0D4loKWxJek");
    CHECK(webhook->sent_at() == time_point(seconds{1614265330}));
    CHECK(webhook->key_index() == 0);
    support::accepted("key without whsec_", changed(standard(), [](auto& d) { d.keys = {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}; }).verify());
    support::accepted("among other versions", changed(standard(), [](auto& d) {
        d.fields[2].value = "v1a,AAAA v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,AAAA";
    }).verify());
}

TEST_CASE("signatures of other senders verify, by vectors made elsewhere") {
    auto const in_list = listed().verify();
    support::accepted("listed", in_list);
    CHECK(in_list->id() == "evt_1");
    CHECK(in_list->sent_at() == now);
    auto const alone = single().verify();
    support::accepted("single", alone);
    CHECK(alone->id() == "7c7tsVbQzOmKJwJQ3hfMnLezbTPDFSW-fOn3bpbtvMs"); // SHA-256 of what was signed
    CHECK(alone->body() == body);

    auto iso = single("2027-01-15T08:00:00.000Z", "pIdbMCFR0iYwOwJ/NKFGEPQ1GCabqMSpQMqh3RXtguo=");
    iso.profile.signature = {.header = "x-hook-signature", .encoding = webhook_encoding::base64, .key_form = webhook_key_form::text};
    iso.profile.time_format = webhook_time_format::iso8601;
    iso.profile.signed_content = "{timestamp}\n{body}";
    auto const by_iso = iso.verify();
    support::accepted("ISO 8601", by_iso);
    CHECK(by_iso->sent_at() == now);
}

TEST_CASE("only verify_webhook makes a verified webhook") {
    STATIC_CHECK_FALSE(std::is_default_constructible_v<verified_webhook>);
    STATIC_CHECK_FALSE(std::is_constructible_v<verified_webhook, std::string>);
}

TEST_CASE("one flipped bit anywhere is refused") {
    for (std::size_t i = 0; i < body.size(); ++i) {
        auto one = single();
        one.raw_body[i] = static_cast<char>(one.raw_body[i] ^ 1);
        support::refused("body", one.verify(), error_code::webhook_signature_invalid);
    }
    for (std::size_t i = 7; i < 7 + with_milliseconds.size(); ++i) {
        auto one = single();
        one.fields[1].value[i] = static_cast<char>(one.fields[1].value[i] ^ 1);
        support::refused("signature", one.verify(), error_code::webhook_signature_invalid);
    }
    support::refused("time", single("1800000000001").verify(), error_code::webhook_signature_invalid);
    support::refused("id", changed(standard(), [](auto& d) { d.fields[0].value = "msg_q5jXN8AQM9LWM0D4loKWxJek"; }).verify(),
        error_code::webhook_signature_invalid);
    support::refused(
        "another key", changed(single(), [](auto& d) { d.keys = {std::string(second_key)}; }).verify(), error_code::webhook_signature_invalid);
}

TEST_CASE("JSON that was parsed and written again does not verify") {
    for (std::string_view const again : {
             R"({"id":"evt_1","type":"user.updated","data":{"userId":"u-1","name":"Zo\u00eb"}})",
             "{\"id\": \"evt_1\", \"type\": \"user.updated\", \"data\": {\"userId\": \"u-1\", \"name\": \"Zo\xc3\xab\"}}",
             "{\"data\":{\"userId\":\"u-1\",\"name\":\"Zo\xc3\xab\"},\"id\":\"evt_1\",\"type\":\"user.updated\"}",
         }) {
        support::refused(again, changed(listed(), [&](auto& d) { d.raw_body = again; }).verify(), error_code::webhook_signature_invalid);
        support::refused(again, changed(single(), [&](auto& d) { d.raw_body = again; }).verify(), error_code::webhook_signature_invalid);
    }
    support::refused("a line feed", changed(listed(), [&](auto& d) { d.raw_body += '\n'; }).verify(), error_code::webhook_signature_invalid);
    support::refused("nothing", changed(listed(), [&](auto& d) { d.raw_body.clear(); }).verify(), error_code::webhook_signature_invalid);
}

TEST_CASE("a body of any bytes verifies, if it is the one that was signed") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    for (auto const& bytes : {std::string(), std::string(1, '\0'), all, std::string("\xff\xfe"), std::string(100'000, 'x')}) {
        auto one = single("1800000000000", "sha256=" + hmac_hex(first_key, "1800000000000:" + bytes));
        one.raw_body = bytes;
        auto const webhook = one.verify();
        support::accepted("bytes", webhook);
        CHECK(webhook->body() == bytes);
    }
}

TEST_CASE("a signature has one spelling, and a version that is known") {
    auto const hex = std::string(with_milliseconds);
    struct row {
        char const* what;
        std::string signature;
        error_code code;
    };
    row const rows[] = {
        {"upper case", "sha256=CE9FF78D7EFC2DEC201738B04F7C2775DACC0C1E198DEC20A38BF5296BE66C30", error_code::webhook_signature_invalid},
        {"one upper-case digit", "sha256=C" + hex.substr(1), error_code::webhook_signature_invalid},
        {"nothing", "", error_code::webhook_header_missing},
        {"no signature", "sha256=", error_code::webhook_signature_invalid},
        {"half of it", "sha256=" + hex.substr(0, 32), error_code::webhook_signature_invalid},
        {"one digit less", "sha256=" + hex.substr(0, 63), error_code::webhook_signature_invalid},
        {"one digit more", "sha256=" + hex + "0", error_code::webhook_signature_invalid},
        {"twice", "sha256=" + hex + hex, error_code::webhook_signature_invalid},
        {"a list", "sha256=" + hex + ",sha256=" + hex, error_code::webhook_signature_invalid},
        {"a space before it", "sha256= " + hex, error_code::webhook_signature_invalid},
        {"a space after it", "sha256=" + hex + " ", error_code::webhook_signature_invalid},
        {"0x", "sha256=0x" + hex, error_code::webhook_signature_invalid},
        {"base64", "sha256=" + hmac_base64(first_key, "1800000000000:" + std::string(body)), error_code::webhook_signature_invalid},
        {"not ASCII", "sha256=\xc3\xa9" + hex.substr(2), error_code::webhook_signature_invalid},
        {"NUL", "sha256=" + hex.substr(0, 63) + std::string(1, '\0'), error_code::webhook_signature_invalid},
        {"no version", hex, error_code::webhook_signature_missing},
        {"an older version", "sha1=" + hex, error_code::webhook_signature_missing},
        {"v0", "v0=" + hex, error_code::webhook_signature_missing},
        {"the version in upper case", "SHA256=" + hex, error_code::webhook_signature_missing},
        {"a space before all", " sha256=" + hex, error_code::webhook_signature_missing},
    };
    for (auto const& row : rows) support::refused(row.what, single("1800000000000", row.signature).verify(), row.code);

    for (std::string_view const value : {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", "v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=",
             "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE==", "v1,", "v1, ",
             "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=,v1,"})
        support::refused(value, changed(standard(), [&](auto& d) { d.fields[2].value = value; }).verify(), error_code::webhook_signature_invalid);
    for (std::string_view const value : {"v0,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1a,AAAA",
             "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", " ", "v1", "v1=g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="})
        support::refused(value, changed(standard(), [&](auto& d) { d.fields[2].value = value; }).verify(), error_code::webhook_signature_missing);
}

TEST_CASE("during a rotation any of the keys and any of the signatures may fit") {
    auto const both = "t=1800000000,v1=" + std::string(by_first) + ",v1=" + std::string(by_second) + ",v0=" + std::string(by_first);
    struct row {
        char const* what;
        std::string header;
        std::vector<std::string> keys;
        std::size_t index;
    };
    std::string const one(first_key), two(second_key), three("a-third-key-that-never-was");
    row const rows[] = {
        {"old key, both signed", both, {one}, 0},
        {"new key, both signed", both, {two}, 0},
        {"new key second", "t=1800000000,v1=" + std::string(by_second), {one, two}, 1},
        {"the first that fits", both, {three, two, one}, 1},
        {"time at the end", "v1=" + std::string(by_second) + ",t=1800000000", {two}, 0},
        {"items of other kinds", "x,,t=1800000000,v1=" + std::string(by_first) + ",", {one}, 0},
    };
    for (auto const& row : rows) {
        auto d = listed(row.header);
        d.keys = row.keys;
        auto const webhook = d.verify();
        support::accepted(row.what, webhook);
        CHECK(webhook->key_index() == row.index);
    }
    support::refused("neither", changed(listed(both), [&](auto& d) { d.keys = {three}; }).verify(), error_code::webhook_signature_invalid);
    support::refused("only v0", listed("t=1800000000,v0=" + std::string(by_first)).verify(), error_code::webhook_signature_missing);
}

TEST_CASE("the time has to be signed, close to now, and written in one way") {
    struct row {
        char const* what;
        std::string time;
        error_code code;
    };
    row const rows[] = {
        {"an hour ago", "1799996400", error_code::webhook_too_old},
        {"301 s ago", "1799999699", error_code::webhook_too_old},
        {"300 s ago", "1799999700", error_code::none},
        {"in 300 s", "1800000300", error_code::none},
        {"in 301 s", "1800000301", error_code::webhook_too_early},
        {"in an hour", "1800003600", error_code::webhook_too_early},
        {"milliseconds", "1800000000000", error_code::webhook_too_early},
        {"0", "0", error_code::webhook_too_old},
        {"hexadecimal", "0x10", error_code::webhook_time_malformed},
        {"nothing", "", error_code::webhook_time_malformed},
        {"a space before it", " 1800000000", error_code::webhook_time_malformed},
        {"a space after it", "1800000000 ", error_code::webhook_time_malformed},
        {"an exponent", "18e8", error_code::webhook_time_malformed},
        {"a sign", "+1800000000", error_code::webhook_time_malformed},
        {"negative", "-1800000000", error_code::webhook_time_malformed},
        {"a fraction", "1800000000.0", error_code::webhook_time_malformed},
        {"a leading zero", "01800000000", error_code::webhook_time_malformed},
        {"NaN", "NaN", error_code::webhook_time_malformed},
        {"Infinity", "Infinity", error_code::webhook_time_malformed},
        {"digits that are not ASCII", "\xd9\xa1\xd9\xa8", error_code::webhook_time_malformed},
        {"far beyond", "9223372036854775808", error_code::webhook_time_malformed},
        {"15 digits", "999999999999999", error_code::webhook_too_early},
        {"16 digits", "1000000000000000", error_code::webhook_time_malformed},
        {"ISO 8601", "2027-01-15T08:00:00Z", error_code::webhook_time_malformed},
        {"NUL", std::string("1800000000\0", 11), error_code::webhook_time_malformed},
    };
    for (auto const& row : rows) {
        auto const signature = hmac_hex(first_key, row.time + "." + std::string(body));
        auto const webhook = listed("t=" + row.time + ",v1=" + signature).verify();
        INFO(row.what);
        CHECK(support::rule_name(webhook) == support::rule_name(row.code));
    }
    support::refused("no time", listed("v1=" + std::string(by_first)).verify(), error_code::webhook_header_missing);
    support::refused("two times", listed("t=1800000000,t=1800000000,v1=" + std::string(by_first)).verify(), error_code::webhook_header_repeated);
    support::refused("an empty time header", single("").verify(), error_code::webhook_header_missing);
    support::refused(
        "no time header", changed(single(), [](auto& d) { d.fields.erase(d.fields.begin()); }).verify(), error_code::webhook_header_missing);
}

TEST_CASE("a clock far from every time refuses, and does not overflow") {
    for (auto const when : {(time_point::min)(), (time_point::max)(), time_point{}}) {
        auto const webhook = changed(listed(), [&](auto& d) { d.when = when; }).verify();
        REQUIRE_FALSE(webhook);
        CHECK((webhook.error() == error_code::webhook_too_old || webhook.error() == error_code::webhook_too_early));
    }
}

TEST_CASE("a header field is there exactly once") {
    for (std::string_view const name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
        auto one = standard();
        std::size_t index = 0;
        while (one.fields[index].name != name) ++index;
        support::refused(name, changed(one, [&](auto& d) { d.fields.erase(d.fields.begin() + static_cast<std::ptrdiff_t>(index)); }).verify(),
            error_code::webhook_header_missing);
        support::refused(name, changed(one, [&](auto& d) { d.fields[index].value.clear(); }).verify(), error_code::webhook_header_missing);
        support::refused(name,
            changed(one,
                [&](auto& d) {
                    d.fields.push_back(d.fields[index]);
                    d.fields.back().name[0] = 'W';
                })
                .verify(),
            error_code::webhook_header_repeated);
        support::refused(name,
            changed(one,
                [&](auto& d) {
                    d.fields.insert(d.fields.begin(), {std::string(name), ""});
                })
                .verify(),
            error_code::webhook_header_repeated);
    }
}

TEST_CASE("an id has visible ASCII, and nothing that could end it") {
    for (std::string_view const id : {"msg_1.2", "msg 1", "msg\xc3\xa4", "msg\n", "msg\x7f"}) {
        auto const signature = "v1," + hmac_base64("0123456789abcdef01234567", std::string(id) + ".1800000000." + std::string(body));
        delivery const one{.fields = {{"webhook-id", std::string(id)}, {"webhook-timestamp", "1800000000"}, {"webhook-signature", signature}},
            .profile = standard_webhooks_profile(),
            .keys = {detail::base64_encode("0123456789abcdef01234567")}};
        support::refused(id, one.verify(), error_code::webhook_id_invalid);
    }
    support::refused(
        "256 bytes", changed(standard(), [](auto& d) { d.fields[0].value = std::string(256, 'x'); }).verify(), error_code::webhook_id_invalid);

    struct row {
        char const* what;
        std::string payload;
        error_code code;
    };
    row const rows[] = {
        {"a text", R"({"id":"a b.c"})", error_code::none},
        {"an integer", R"({"id":17})", error_code::none},
        {"nothing", R"({})", error_code::webhook_id_invalid},
        {"null", R"({"id":null})", error_code::webhook_id_invalid},
        {"empty", R"({"id":""})", error_code::webhook_id_invalid},
        {"a fraction", R"({"id":1.5})", error_code::webhook_id_invalid},
        {"an object", R"({"id":{}})", error_code::webhook_id_invalid},
        {"too long", R"({"id":")" + std::string(1025, 'x') + "\"}", error_code::webhook_id_invalid},
        {"an array", "[]", error_code::webhook_id_invalid},
        {"twice", R"({"id":"a","id":"b"})", error_code::json_duplicate_member},
        {"no JSON", "id=1", error_code::json_syntax},
    };
    for (auto const& row : rows) {
        auto one = listed("t=1800000000,v1=" + hmac_hex(first_key, "1800000000." + row.payload));
        one.raw_body = row.payload;
        INFO(row.what);
        CHECK(support::rule_name(one.verify()) == support::rule_name(row.code));
    }
    auto nested = listed("t=1800000000,v1=" + hmac_hex(first_key, R"(1800000000.{"a/b":{"~":{"id":17}}})"));
    nested.raw_body = R"({"a/b":{"~":{"id":17}}})";
    nested.profile.id_member = "/a~1b/~0/id";
    CHECK(nested.verify()->id() == "17");
}

TEST_CASE("the same delivery does not come twice") {
    replay_cache seen;
    support::refused("a forged one is not remembered", changed(listed(), [](auto& d) { d.raw_body[30] ^= 1; }).verify(&seen),
        error_code::webhook_signature_invalid);
    CHECK(seen.size() == 0);
    support::accepted("first", listed().verify(&seen));
    support::refused("second", listed().verify(&seen), error_code::replayed);
    support::refused("at the end of the window", changed(listed(), [](auto& d) { d.when = now + seconds{300}; }).verify(&seen), error_code::replayed);
    support::refused(
        "after it", changed(listed(), [](auto& d) { d.when = now + seconds{300} + milliseconds{1}; }).verify(&seen), error_code::webhook_too_old);
    auto const retried = "t=1800000060,v1=" + hmac_hex(first_key, "1800000060." + std::string(body));
    support::refused("another attempt at the same event", listed(retried).verify(&seen), error_code::replayed);
    seen.forget("evt_1");
    support::accepted("once it was forgotten", listed(retried).verify(&seen));

    replay_cache without_id;
    support::accepted("first", single().verify(&without_id));
    support::refused("second", single().verify(&without_id), error_code::replayed);
    auto later = single("1800000000001", "sha256=" + hmac_hex(first_key, "1800000000001:" + std::string(body)));
    support::accepted("the same payload at another time", later.verify(&without_id));

    replay_cache full(1);
    support::accepted("first", listed().verify(&full));
    auto other = listed("t=1800000000,v1=" + hmac_hex(first_key, R"(1800000000.{"id":"evt_2"})"));
    other.raw_body = R"({"id":"evt_2"})";
    support::refused("no room", other.verify(&full), error_code::replay_cache_full);

    replay_cache longer;
    auto const slow = [&](milliseconds after) {
        auto const time = std::to_string(1'800'000'000 + std::chrono::duration_cast<seconds>(after).count());
        auto one = listed("t=" + time + ",v1=" + hmac_hex(first_key, time + "." + std::string(body)));
        one.when = now + after;
        one.profile.remember_for = seconds{3600};
        return one.verify(&longer);
    };
    support::accepted("first", slow(seconds{0}));
    support::refused("an attempt within the hour", slow(seconds{3599}), error_code::replayed);
    support::accepted("an attempt after it", slow(seconds{3600}));
}

TEST_CASE("an early delivery is remembered until it could not come again") {
    replay_cache seen;
    auto const early = listed("t=1800000300,v1=" + hmac_hex(first_key, "1800000300." + std::string(body)));
    support::accepted("first", early.verify(&seen));
    support::refused("600 s later", changed(early, [](auto& d) { d.when = now + seconds{600}; }).verify(&seen), error_code::replayed);
}

TEST_CASE("a key is long enough, short enough, and written as the profile says") {
    struct row {
        char const* what;
        delivery one;
        std::vector<std::string> keys;
        error_code code;
    };
    row const rows[] = {
        {"none", listed(), {}, error_code::webhook_key_missing},
        {"empty", listed(), {""}, error_code::webhook_key_invalid},
        {"15 bytes", listed(), {"0123456789abcde"}, error_code::webhook_key_invalid},
        {"256 bytes", listed(), {std::string(256, 'x')}, error_code::webhook_key_invalid},
        {"a good one and an empty one", listed(), {std::string(first_key), ""}, error_code::webhook_key_invalid},
        {"nine keys", listed(), std::vector<std::string>(9, std::string(first_key)), error_code::webhook_key_invalid},
        {"eight keys", listed(), std::vector<std::string>(8, std::string(first_key)), error_code::none},
        {"base64 of 23 bytes", standard(), {"whsec_" + detail::base64_encode(std::string(23, 'x'))}, error_code::webhook_key_invalid},
        {"base64 of 65 bytes", standard(), {"whsec_" + detail::base64_encode(std::string(65, 'x'))}, error_code::webhook_key_invalid},
        {"base64 of 64 bytes", standard(), {"whsec_" + detail::base64_encode(std::string(64, 'x'))}, error_code::webhook_signature_invalid},
        {"whsec_ alone", standard(), {"whsec_"}, error_code::webhook_key_invalid},
        {"whsec_ twice", standard(), {"whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, error_code::webhook_key_invalid},
        {"no base64", standard(), {"whsec_not base64, but a text of words"}, error_code::webhook_key_invalid},
        {"no padding", standard(), {"whsec_" + repeated("A", 35)}, error_code::webhook_key_invalid},
    };
    for (auto const& row : rows) {
        auto one = changed(row.one, [&](auto& d) { d.keys = row.keys; });
        INFO(row.what);
        CHECK(support::rule_name(one.verify()) == support::rule_name(row.code));
    }
}

TEST_CASE("everything is within its limits before anything is computed") {
    support::refused(
        "body", changed(listed(), [](auto& d) { d.options.limits.webhook_body = body.size() - 1; }).verify(), error_code::webhook_too_large);
    support::accepted("body that just fits", changed(listed(), [](auto& d) { d.options.limits.webhook_body = body.size(); }).verify());
    support::refused("header fields", changed(listed(), [](auto& d) { d.fields.resize(129, {"a", "b"}); }).verify(), error_code::headers_too_large);
    support::refused("bytes of them",
        changed(listed(),
            [](auto& d) {
                d.fields.push_back({"a", std::string(64 * 1024, 'x')});
            })
            .verify(),
        error_code::headers_too_large);
    auto const sixteen = "t=1800000000" + repeated(",v1=0", 15) + ",v1=" + std::string(by_first);
    support::accepted("16 signatures", listed(sixteen).verify());
    support::refused("17 signatures", listed(sixteen + ",v1=0").verify(), error_code::webhook_too_many_signatures);
}

TEST_CASE("what a profile does not name is missing, and nothing is verified") {
    support::refused("fresh", changed(listed(), [](auto& d) { d.profile = {}; }).verify(), error_code::platform_fact_missing);
    struct row {
        char const* what;
        void (*change)(webhook_signature_profile&);
        char const* missing;
    };
    row const rows[] = {
        {"header", [](auto& p) { p.signature.header.clear(); }, "signature.header"},
        {"encoding", [](auto& p) { p.signature.encoding = {}; }, "signature.encoding"},
        {"an encoding that is none", [](auto& p) { p.signature.encoding = static_cast<webhook_encoding>(9); }, "signature.encoding"},
        {"key form", [](auto& p) { p.signature.key_form = {}; }, "signature.key_form"},
        {"time", [](auto& p) { p.timestamp_prefix.clear(); }, "timestamp_header"},
        {"time format", [](auto& p) { p.time_format = {}; }, "time_format"},
        {"signed content", [](auto& p) { p.signed_content.clear(); }, "signed_content"},
        {"id header", [](auto& p) { p.signed_content = "{id}.{timestamp}.{body}"; }, "id_header"},
    };
    for (auto const& row : rows) {
        auto const webhook = changed(listed(), [&](auto& d) { row.change(d.profile); }).verify();
        support::refused(row.what, webhook, error_code::platform_fact_missing);
        CHECK(webhook.error().expected() == row.missing);
    }
}

TEST_CASE("a profile that would let something pass unsigned is refused") {
    struct row {
        char const* what;
        void (*change)(webhook_signature_profile&);
    };
    row const rows[] = {
        {"short keys", [](auto& p) { p.signature.min_key_bytes = 15; }},
        {"no keys at all", [](auto& p) { p.signature.max_key_bytes = 15; }},
        {"huge keys", [](auto& p) { p.signature.max_key_bytes = 4097; }},
        {"the separator in the prefix", [](auto& p) { p.signature.prefix = "v1,"; }},
        {"two places for the time", [](auto& p) { p.timestamp_header = "x-time"; }},
        {"a time like a signature", [](auto& p) { p.timestamp_prefix = "v1="; }},
        {"a time like the beginning of one", [](auto& p) { p.timestamp_prefix = "v"; }},
        {"every item a signature", [](auto& p) { p.signature.prefix.clear(); }},
        {"a time in a list that is none", [](auto& p) { p.signature.separator = '\0'; }},
        {"the separator in the time's prefix", [](auto& p) { p.timestamp_prefix = "t,"; }},
        {"no body", [](auto& p) { p.signed_content = "{timestamp}"; }},
        {"no time", [](auto& p) { p.signed_content = "{body}"; }},
        {"body twice", [](auto& p) { p.signed_content = "{timestamp}.{body}{body}"; }},
        {"time twice", [](auto& p) { p.signed_content = "{timestamp}.{timestamp}.{body}"; }},
        {"body first", [](auto& p) { p.signed_content = "{body}.{timestamp}"; }},
        {"text after the body", [](auto& p) { p.signed_content = "{timestamp}.{body}."; }},
        {"an unknown part", [](auto& p) { p.signed_content = "{url}.{timestamp}.{body}"; }},
        {"an open brace", [](auto& p) { p.signed_content = "{timestamp}.{body"; }},
        {"a closed one", [](auto& p) { p.signed_content = "}{timestamp}.{body}"; }},
        {"text alone", [](auto& p) { p.signed_content = "text"; }},
        {"nothing behind the id",
            [](auto& p) {
                p.signed_content = "{id}{timestamp}.{body}";
                p.id_header = "x-id";
                p.id_member.clear();
            }},
        {"an id that is not signed",
            [](auto& p) {
                p.id_header = "x-id";
                p.id_member.clear();
            }},
        {"two places for the id",
            [](auto& p) {
                p.signed_content = "{id}.{timestamp}.{body}";
                p.id_header = "x-id";
            }},
        {"no pointer", [](auto& p) { p.id_member = "id"; }},
        {"half an escape", [](auto& p) { p.id_member = "/id~"; }},
        {"an unknown escape", [](auto& p) { p.id_member = "/id~2"; }},
        {"no tolerance", [](auto& p) { p.tolerance = seconds{0}; }},
        {"a negative one", [](auto& p) { p.tolerance = seconds{-300}; }},
        {"one that is for ever", [](auto& p) { p.tolerance = (seconds::max)(); }},
        {"one of more than a day", [](auto& p) { p.tolerance = seconds{86401}; }},
        {"a negative memory", [](auto& p) { p.remember_for = seconds{-1}; }},
        {"one that is for ever", [](auto& p) { p.remember_for = (seconds::max)(); }},
    };
    for (auto const& row : rows) {
        auto const webhook = changed(listed(), [&](auto& d) { row.change(d.profile); }).verify();
        support::refused(row.what, webhook, error_code::webhook_profile_invalid);
        CHECK(webhook.error().condition() == condition::fix_configuration);
    }
    support::accepted(
        "a prefix that is a text", changed(listed("t=1800000000,v1=" + hmac_hex(first_key, "v1:1800000000:" + std::string(body))), [](auto& d) {
            d.profile.signed_content = "v1:{timestamp}:{body}";
        }).verify());
}

TEST_CASE("without a signed time there is an id in the payload, and a memory") {
    insecure::unsigned_time_profile const profile(
        {.header = "x-hub-signature", .prefix = "sha256=", .encoding = webhook_encoding::hex, .key_form = webhook_key_form::text}, "/id",
        seconds{7200});
    auto const keys = keys_of({first_key});
    auto const verify = [&](std::string_view payload, std::string signature, replay_cache& seen, time_point when = now) {
        return verify_webhook(payload, headers{{"X-Hub-Signature", std::move(signature)}}, profile, keys, when, seen);
    };
    auto const signature = "sha256=" + std::string(of_body_alone);
    replay_cache seen;
    auto const webhook = verify(body, signature, seen);
    support::accepted("first", webhook);
    CHECK(webhook->id() == "evt_1");
    CHECK_FALSE(webhook->sent_at());
    CHECK(webhook->body() == body);
    support::refused("second", verify(body, signature, seen), error_code::replayed);
    support::refused("within the memory", verify(body, signature, seen, now + seconds{7200} - milliseconds{1}), error_code::replayed);
    support::accepted("after it", verify(body, signature, seen, now + seconds{7200}));
    support::refused("another body", verify(std::string(body) + " ", signature, seen), error_code::webhook_signature_invalid);
    support::refused("no id", verify("{}", "sha256=" + hmac_hex(first_key, "{}"), seen), error_code::webhook_id_invalid);
    support::refused("no JSON", verify("x", "sha256=" + hmac_hex(first_key, "x"), seen), error_code::json_syntax);
    support::refused("sha1", verify(body, "sha1=" + std::string(of_body_alone), seen), error_code::webhook_signature_missing);
    support::refused("empty", verify(body, "", seen), error_code::webhook_header_missing);
    CHECK(seen.size() == 1);
    replay_cache none(0);
    support::refused("no room", verify(body, signature, none), error_code::replay_cache_full);

    auto const with = [&](webhook_signature_format format, std::string member, seconds duration) {
        return verify_webhook(body, headers{{"X-Hub-Signature", signature}},
            insecure::unsigned_time_profile(std::move(format), std::move(member), duration), keys, now, seen);
    };
    support::refused("nothing named", with({}, "/id", seconds{60}), error_code::platform_fact_missing);
    support::refused("no member", with(profile.signature, "", seconds{60}), error_code::platform_fact_missing);
    support::refused("no pointer", with(profile.signature, "id", seconds{60}), error_code::webhook_profile_invalid);
    support::refused("no memory", with(profile.signature, "/id", seconds{0}), error_code::webhook_profile_invalid);
    support::refused("for ever", with(profile.signature, "/id", (seconds::max)()), error_code::webhook_profile_invalid);
    support::refused(
        "no keys", verify_webhook(body, headers{{"X-Hub-Signature", signature}}, profile, {}, now, seen), error_code::webhook_key_missing);
}

TEST_CASE("no error and no trace tells a key, a signature or the payload") {
    support::recording_trace trace;
    auto const secret = std::string(first_key);
    for (auto const change : {0, 1, 2, 3}) {
        auto one = change == 3 ? single() : listed();
        if (change == 1) one.raw_body[40] ^= 1;
        if (change == 2) one.when = now + seconds{1000};
        one.options.trace = &trace;
        auto const webhook = one.verify();
        if (webhook) continue;
        for (auto const* told : {secret.c_str(), by_first.data(), "evt_1", "userId"})
            CHECK(webhook.error().message().find(told) == std::string::npos);
    }
    CHECK(trace.broken() == std::vector<std::string>{"webhook_signature_invalid", "webhook_too_old"});
    for (auto const* told : {secret.c_str(), by_first.data(), by_second.data(), with_milliseconds.data(), "evt_1", "userId"})
        CHECK(trace.text().find(told) == std::string::npos);
}

TEST_CASE("what a delivery is answered with makes the sender do the right thing") {
    struct row {
        char const* what;
        result<void> outcome;
        int status;
    };
    row const rows[] = {
        {"done", {}, 204},
        {"done before", error_code::replayed, 204},
        {"forged", error_code::webhook_signature_invalid, 400},
        {"too old", error_code::webhook_too_old, 400},
        {"no JSON", error_code::json_syntax, 400},
        {"no room to remember", error_code::replay_cache_full, 503},
        {"a profile that is not finished", error_code::platform_fact_missing, 500},
        {"no key", error_code::webhook_key_missing, 500},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        auto const response = build_webhook_response(row.outcome);
        CHECK(response.status == row.status);
        CHECK(response.body.empty());
        CHECK(find_header(response.headers, "Cache-Control") == "no-store");
    }
    CHECK(build_webhook_response(listed().verify()).status == 204);
    CHECK(build_webhook_response(changed(listed(), [](auto& d) { d.raw_body[40] ^= 1; }).verify()).status == 400);
}
