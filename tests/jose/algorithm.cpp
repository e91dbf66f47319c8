#include <calimatic/jose/algorithm.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace calimatic;

TEST_CASE("the table of algorithms is in the order of the enumeration, and each row names itself") {
    std::size_t position = 0;
    for (std::string name : {"RS256", "ES256", "EdDSA", "Ed25519"}) {
        INFO(name);
        auto const algorithm = parse_algorithm(name);
        REQUIRE(algorithm);
        CHECK(static_cast<std::size_t>(*algorithm) == position++);
        CHECK(traits_of(*algorithm).algorithm == *algorithm);
        CHECK(traits_of(*algorithm).alg == name);
    }
}

TEST_CASE("each algorithm has its key type, curve, hash and length (RFC 7518 3.1, RFC 8037 3.1, RFC 9864 2.2)") {
    auto const& rs256 = traits_of(signature_algorithm::rs256);
    CHECK(rs256.alg == "RS256");
    CHECK(rs256.kty == "RSA");
    CHECK(rs256.crv.empty());
    CHECK(rs256.hash == hash_algorithm::sha256);
    CHECK(rs256.signature_bytes == 0);
    auto const& es256 = traits_of(signature_algorithm::es256);
    CHECK(es256.alg == "ES256");
    CHECK(es256.kty == "EC");
    CHECK(es256.crv == "P-256");
    CHECK(es256.hash == hash_algorithm::sha256);
    CHECK(es256.signature_bytes == 64);
    for (auto algorithm : {signature_algorithm::eddsa, signature_algorithm::ed25519}) {
        auto const& row = traits_of(algorithm);
        CHECK(row.kty == "OKP");
        CHECK(row.crv == "Ed25519");
        CHECK(row.hash == hash_algorithm::sha512); // of at_hash too
        CHECK(row.signature_bytes == 64);
    }
}

TEST_CASE("names are compared exactly, and none is the name of no algorithm") {
    for (std::string name : {"", "none", "None", "NONE", "nOnE", "rs256", "RS256 ", " RS256", "RS-256", "HS256", "RS1", "PS256", "ES256K", "Eddsa",
             "EDDSA", "ed25519", "Ed448", "ECDSA"}) {
        INFO(name);
        CHECK_FALSE(parse_algorithm(name));
    }
    CHECK_FALSE(parse_algorithm(std::string_view("RS256\0", 6)));
    CHECK(parse_algorithm("EdDSA") != parse_algorithm("Ed25519"));
}
