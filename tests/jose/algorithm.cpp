#include <calimatic/jose/algorithm.hpp>

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace calimatic;

TEST_CASE("the table of algorithms is in the order of the enumeration, and each row names itself") {
    std::size_t position = 0;
    for (std::string name :
        {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "HS256", "HS384", "HS512"}) {
        INFO(name);
        auto const algorithm = parse_algorithm(name);
        REQUIRE(algorithm);
        CHECK(static_cast<std::size_t>(*algorithm) == position++);
        CHECK(traits_of(*algorithm).algorithm == *algorithm);
        CHECK(traits_of(*algorithm).alg == name);
    }
}

TEST_CASE("each algorithm has its key type, curve, hash and length (RFC 7518 3.1, RFC 8037 3.1, RFC 9864 2.2)") {
    using enum signature_algorithm;
    using enum hash_algorithm;
    struct row {
        signature_algorithm algorithm;
        std::string kty, crv;
        hash_algorithm hash;
        std::size_t signature_bytes;
    };
    for (auto const& expected : {
             row{rs256, "RSA", "", sha256, 0},
             row{rs384, "RSA", "", sha384, 0},
             row{rs512, "RSA", "", sha512, 0},
             row{ps256, "RSA", "", sha256, 0},
             row{ps384, "RSA", "", sha384, 0},
             row{ps512, "RSA", "", sha512, 0},
             row{es256, "EC", "P-256", sha256, 64},
             row{es384, "EC", "P-384", sha384, 96},
             row{es512, "EC", "P-521", sha512, 132},
             row{eddsa, "OKP", "Ed25519", sha512, 64}, // the hash is that of at_hash
             row{ed25519, "OKP", "Ed25519", sha512, 64},
             row{hs256, "oct", "", sha256, 32},
             row{hs384, "oct", "", sha384, 48},
             row{hs512, "oct", "", sha512, 64},
         }) {
        auto const& found = traits_of(expected.algorithm);
        INFO(found.alg);
        CHECK(found.kty == expected.kty);
        CHECK(found.crv == expected.crv);
        CHECK(found.hash == expected.hash);
        CHECK(found.signature_bytes == expected.signature_bytes);
        CHECK(is_mac(expected.algorithm) == (expected.kty == "oct"));
    }
}

TEST_CASE("names are compared exactly, and none is the name of no algorithm") {
    for (std::string name : {"", "none", "None", "NONE", "nOnE", "rs256", "RS256 ", " RS256", "RS-256", "HS1", "hs256", "HS256/64", "RS1", "Ps256",
             "ES256K", "ES521", "Eddsa", "EDDSA", "ed25519", "Ed448", "ECDSA"}) {
        INFO(name);
        CHECK_FALSE(parse_algorithm(name));
    }
    CHECK_FALSE(parse_algorithm(std::string_view("RS256\0", 6)));
    CHECK(parse_algorithm("EdDSA") != parse_algorithm("Ed25519"));
}
