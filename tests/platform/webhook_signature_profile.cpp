#include <calimatic/platform/webhook_signature_profile.hpp>

#include <catch2/catch_test_macros.hpp>
#include <type_traits>

using namespace calimatic;

TEST_CASE("a fresh profile names nothing") {
    webhook_signature_profile const profile;
    CHECK(profile.signature.header.empty());
    CHECK(profile.signature.encoding == webhook_encoding{});
    CHECK(profile.signature.key_form == webhook_key_form{});
    CHECK(profile.time_format == webhook_time_format{});
    CHECK(profile.signed_content.empty());
    CHECK(profile.timestamp_header.empty());
    CHECK(profile.timestamp_prefix.empty());
    CHECK(profile.id_header.empty());
    CHECK(profile.id_member.empty());
}

TEST_CASE("Standard Webhooks are three header fields") {
    auto const profile = standard_webhooks_profile();
    CHECK(profile.signature.header == "webhook-signature");
    CHECK(profile.timestamp_header == "webhook-timestamp");
    CHECK(profile.id_header == "webhook-id");
    CHECK(profile.signed_content == "{id}.{timestamp}.{body}");
    CHECK(profile.tolerance == seconds{300});
}

TEST_CASE("what has no signed time says so by its name, and cannot be made without an id and a duration") {
    using insecure::unsigned_time_profile;
    STATIC_CHECK_FALSE(std::is_default_constructible_v<unsigned_time_profile>);
    STATIC_CHECK_FALSE(std::is_constructible_v<unsigned_time_profile, webhook_signature_format>);
    STATIC_CHECK_FALSE(std::is_constructible_v<unsigned_time_profile, webhook_signature_format, char const*>);
    unsigned_time_profile const profile({.header = "x-signature"}, "/id", seconds{60});
    CHECK(profile.signature.header == "x-signature");
    CHECK(profile.id_member == "/id");
    CHECK(profile.remember_for == seconds{60});
}
