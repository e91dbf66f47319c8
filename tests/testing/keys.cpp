#include <calimatic/testing/keys.hpp>

#include <calimatic/jose/signer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <string_view>

#include "support/keys.hpp"

namespace sim = calimatic::testing;

TEST_CASE("every fixed key signs, and each has a name of its own") {
    std::set<std::string> names;
    auto const usable = [&names](std::string_view key) {
        auto const signer = calimatic::signer::make(key, support::algorithm_of(key));
        REQUIRE(signer);
        REQUIRE(signer->public_key().kid);
        CHECK(names.insert(*signer->public_key().kid).second);
    };
    for (auto key : sim::rsa_keys) usable(key);
    for (auto key : sim::p256_keys) usable(key);
    for (auto key : sim::p384_keys) usable(key);
    for (auto key : sim::p521_keys) usable(key);
    for (auto key : sim::ed25519_keys) usable(key);
    CHECK(names.size() == 12);
}
