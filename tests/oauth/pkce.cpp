#include <calimatic/oauth/pkce.hpp>

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <set>
#include <span>
#include <string>

#include "support/outcome.hpp"

using calimatic::error_code;
using support::rule_name;

namespace {

/// Counts upwards; fails after so many fills.
class counting_source final : public calimatic::random_source {
public:
    explicit counting_source(int fills = 1'000'000) : fills_(fills) {}
    bool fill(std::span<std::byte> out) noexcept override {
        if (fills_-- <= 0) return false;
        for (auto& byte : out) byte = std::byte{0};
        for (std::size_t i = 0; i < sizeof next_ && i < out.size(); ++i) out[i] = static_cast<std::byte>(next_ >> (8 * i));
        ++next_;
        return true;
    }

private:
    int fills_;
    unsigned next_ = 1;
};

/// Writes half of what it was asked for and says so.
class half_source final : public calimatic::random_source {
public:
    bool fill(std::span<std::byte> out) noexcept override {
        for (auto& byte : out.first(out.size() / 2)) byte = std::byte{0x55};
        return false;
    }
};

constexpr std::string_view appendix_b_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view appendix_b_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

} // namespace

TEST_CASE("a code_verifier has 43 unreserved characters, and no two are alike") {
    counting_source random;
    std::set<std::string, std::less<>> seen;
    for (int i = 0; i < 10'000; ++i) {
        auto const verifier = calimatic::make_code_verifier(random);
        REQUIRE(verifier);
        REQUIRE(verifier->size() == 43);
        REQUIRE(calimatic::validate_code_verifier(verifier->expose()));
        REQUIRE(seen.emplace(verifier->expose()).second);
    }
}

TEST_CASE("a code_verifier is made of all the random bytes") {
    struct last_byte_source final : calimatic::random_source {
        std::byte last{};
        bool fill(std::span<std::byte> out) noexcept override {
            for (auto& byte : out) byte = std::byte{0xff};
            out.back() = last;
            return out.size() == 32;
        }
    } random;
    random.last = std::byte{0x01};
    CHECK(calimatic::make_code_verifier(random)->expose() == std::string(41, '_') + "wE");
    random.last = std::byte{0x02};
    CHECK(calimatic::make_code_verifier(random)->expose() == std::string(41, '_') + "wI");
}

TEST_CASE("a failing random source is an error, not a weak verifier") {
    counting_source empty(0);
    half_source half;
    CHECK(rule_name(calimatic::make_code_verifier(empty)) == "random_source_failed");
    CHECK(rule_name(calimatic::make_code_verifier(half)) == "random_source_failed");
}

TEST_CASE("a code_verifier that someone else made is validated") {
    auto const refuse = [](std::string_view what, std::string_view verifier) {
        INFO(what);
        CHECK(rule_name(calimatic::validate_code_verifier(verifier)) == "code_verifier_invalid");
    };
    auto const accept = [](std::string_view what, std::string_view verifier) {
        INFO(what);
        CHECK(rule_name(calimatic::validate_code_verifier(verifier)) == "accepted");
    };
    std::string const longest(128, 'a');
    accept("appendix B", appendix_b_verifier);
    accept("43 characters", longest.substr(0, 43));
    accept("128 characters", longest);
    accept("every kind of unreserved character", "ABCXYZabcxyz0189-._~ABCXYZabcxyz0189-._~ABC");
    refuse("empty", "");
    refuse("42 characters", longest.substr(0, 42));
    refuse("129 characters", longest + 'a');
    for (char const c : std::string_view("=+/ %\n\r\t!\"@[`{\x7f\0\x80\xff", 19)) {
        auto verifier = longest.substr(0, 43);
        for (std::size_t const at : {std::size_t{0}, std::size_t{21}, std::size_t{42}}) {
            auto changed = verifier;
            changed[at] = c;
            refuse("byte " + std::to_string(static_cast<unsigned char>(c)), changed);
        }
    }
}

#if !defined(CALIMATIC_CRYPTO_NONE)

TEST_CASE("the challenge is that of RFC 7636 appendix B") {
    auto const challenge = calimatic::compute_code_challenge(appendix_b_verifier);
    REQUIRE(challenge);
    CHECK(*challenge == appendix_b_challenge);
}

TEST_CASE("no challenge is computed of an invalid verifier") {
    CHECK(rule_name(calimatic::compute_code_challenge("short")) == "code_verifier_invalid");
    CHECK(rule_name(calimatic::compute_code_challenge(std::string(129, 'a'))) == "code_verifier_invalid");
}

TEST_CASE("a pair is a fresh verifier with its challenge") {
    counting_source random;
    auto const first = calimatic::make_pkce(random);
    auto const second = calimatic::make_pkce(random);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->code_challenge == *calimatic::compute_code_challenge(first->code_verifier.expose()));
    CHECK(first->code_challenge.size() == 43);
    CHECK(first->code_verifier.expose() != second->code_verifier.expose());
    CHECK(first->code_challenge != second->code_challenge);
}

TEST_CASE("a failing random source makes no pair") {
    counting_source empty(0);
    CHECK(rule_name(calimatic::make_pkce(empty)) == "random_source_failed");
}

#endif
