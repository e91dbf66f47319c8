#include <calimatic/detail/crypto.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "support/outcome.hpp"
#include "support/tokens.hpp"

using namespace calimatic;
using namespace calimatic::detail;
using support::decode;
using support::rule_name;

namespace {

std::string hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        auto const nibble = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
        bytes += static_cast<char>(nibble(digits[i]) * 16 + nibble(digits[i + 1]));
    }
    return bytes;
}

/// A key of keys.hpp, as numbers.
struct numbers {
    explicit numbers(std::string_view jwk) {
        auto const document = support::json_of(jwk);
        auto const member = [&](char const* name) { return decode(document.root()[name].as_string().value_or("")); };
        bool const rsa = document.root()["kty"].as_string() == "RSA";
        kind = rsa ? scheme::rsa_pkcs1_sha256 : document.root()["kty"].as_string() == "EC" ? scheme::ecdsa_p256_sha256 : scheme::ed25519;
        a = member(rsa ? "n" : "x");
        b = member(rsa ? "e" : "y");
        d = member("d");
        p = member("p");
        q = member("q");
    }
    public_numbers public_half() const { return {a, b}; }
    private_numbers private_half() const { return {d, p, q}; }
    result<verification_key> verification() const { return verification_key::load(kind, public_half()); }
    result<signing_key> signing() const { return signing_key::load(kind, private_half(), public_half()); }

    scheme kind;
    std::string a, b, d, p, q;
};

std::string sign(numbers const& key, std::string_view message) {
    support::seeded_random random;
    return key.signing()->sign(message, random).value();
}

/// Big-endian a - b, of a's length.
std::string subtract(std::string a, std::string_view b) {
    int borrow = 0;
    for (std::size_t i = a.size(); i-- > 0;) {
        int const difference = static_cast<unsigned char>(a[i]) - static_cast<unsigned char>(b[i]) - borrow;
        borrow = difference < 0;
        a[i] = static_cast<char>(difference + (borrow ? 256 : 0));
    }
    return a;
}

std::string const order_p256 = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/// ECDSA-Sig-Value of RFC 3279 2.2.3.
std::string der(std::string_view r_and_s) {
    auto const integer = [](std::string_view number) {
        number.remove_prefix((std::min)(number.find_first_not_of('\0'), number.size() - 1));
        std::string const value = (number.front() & 0x80 ? std::string(1, '\0') : "") + std::string(number);
        return std::string("\x02") + static_cast<char>(value.size()) + value;
    };
    auto const body = integer(r_and_s.substr(0, 32)) + integer(r_and_s.substr(32));
    return std::string("\x30") + static_cast<char>(body.size()) + body;
}

constexpr std::string_view all_keys[] = {support::rsa_key, support::p256_key, support::ed25519_key};

struct forgery {
    char const* what;
    std::string_view signature;
};

/// Made with the private key of rsa-1, over "message", but with encodings of the digest that RFC 8017 9.2 does not produce.
constexpr forgery pkcs1_forgeries[] = {
    {"the NULL parameters left out",
        "QcykoCkGH3f879KmeHpiAD1etLr4cKrIQooIx9V0vducRBds7Qo411-iI6oYrcBVsaihFuigYGUXJReNb-FGhiLWzZqHexlV1eP3gGdBy4hly97hNmMHIM_a"
        "mTHIYwhnMzNuPqH1MdCDfshCS7Tbx-a8alPlaO8IdRDd1_ktZo7bRWgkapIWgpd2kDuU71Jp2DXuSqsfBKl73XYakNIbHgF5_saCA_tR6OGZKjTJrnITX93X"
        "6PJxcwO2UuY5lZ2YvgRA6X3qCi1RtZCxZRYnsPNl46oKY7nWEUDlJEwrASTAkIrXcmP29wcVVvt0wOX7W-Qp-MBhi2m2GLS2gqSPaQ"},
    {"a length in long form",
        "BQgS17OXGtOqB47TUFkS6yRfhk07EaJz3ko6thvG9yiC9Bckqq6PE3SMiGwgwm1sFzNORCXcGlt-yjKTivdZm_Xe826lYjoTQN4Y3S46rK0piQ6JzJfYO5Gn"
        "l0MK5ouBF0n8Jf99OOMreKBkxwHByXqiickt1mKNLq3sz49VqZDSLA1E1jBjPDY8zGsS6u4Y7oe80uAEW_Vzg2V93w9bSAICn-ms6ErVxSDiE51ktDlzWnYR"
        "UVqpTvQns3q4Dz8qRVa00IPpCppFiqye2rKDEbEcoFebqyIWR2T14N2mnd8Q4BTwd5HR2r5xRdmTH2fspWPgAfWPjUuW8lVptxcJ9g"},
    {"garbage after the hash",
        "efAHr6GlSUZkS6JpNnDOHO2mdgpctO4vZ43LGhc4iTlKjaLEdwng3pSYAb5ZHdUjd_TOsnOokzUiQDiBQNoymXNVDbTeqHKoozCOQZ17XySLY8L8PkLm0Ua1"
        "NlegXrWO2qkG48tt2t78xnlPIXGyW48J3pP1mC5tS9KfuTZ0hTbePeSsfzMz9PDSznCUAVARMPgRcCgEIBVCCUi6l8vrh0XhBpG6VgQeZhIgKu2jv-AKtObn"
        "Q22PK6c2nyg-sb1TEd7qxXttj2JNATIpVcrBLpAZlpqV5w9XqfXYgdAWtxaWqUB6B_s75N_QMVAcoDekz4mLOGat_NJGjTz7hN-PwA"},
    {"garbage after the hash, almost no padding",
        "PYy63sxtnaLyr2PFaG4-aKsS5HLwU_5aib7xQJgeaZPTqVnLNHeQNIbYfIGXOhrPb2a28tfw936o14L3kHWrDqMX6Dga5uOpyWk6KJ2JliQTH-AFPr8ynAf2"
        "tG190Vh4YYz8tSso_-68FkyCGxLCPpmOguFgZbgKjf9EE_nOQ0ygccl_pW6xc5DXwAPCYxBP55d5tvobk9a5qt0x0mxuHCvUpsgpS3jcebyeJ3FAKtQgtsZ1"
        "aWkBPnCNVD8m72Tz8wHM8TYlVRewap8gn6HO2yEWO1osDXk9k68hx0tNThlBHOeZFA71JY74U_YRN-arqIjSezUkpvfW9CoBsOo0Sw"},
    {"garbage within the parameters",
        "AakYVcv-68u1vCJZB4y-rBGWoW23ZMP-NED68MSV5GqIxAlStszZsiiKzC2_jzqyF4_YBuBHJpac___nns1FeI-MQcyFb7y8tuwfPJppuPgNy0n0uj7QVBwN"
        "m_-ACGDM0zNArts-Je0D3R02AB_qdSj6dhTtIe7moOl2j7O4j6vyTtGzl5CPmP_XhG8iiEmjwfpyed706wwvU9VbaeJ7D_are2iA_G5BvuqDCM3mb3TORyDY"
        "suS8apQq_LWaADaPG-ET5QrNw-U3KL-O59V7MAP1wYwspCfsH7KMp7rcjXEvCfnGtJP-flkwQZqrL-BiDzLwAcz2KwmFGmlA9PvdAg"},
    {"block type 2",
        "NTGJ3g3uo3o_j99KwgQ6SlL4TccpassddPqELXliSmLy10_z_UguvqwSWK2Pjbt1iKtNStjN6lmuC5BPx4nc-ABsPYvnbjXbCseS9_4tUf6wfZyQb4JJgEDM"
        "bvVMoVDR_7JMcfX5qaEMhPRP3cAYttk-WBk78gq_BCcRm1mhuHCCB-J58MB9RD3tIVX-dOK746ER0G5YwOTR5QHN-UrmHRtishEk2iI5MVJvb-rnFx6CcAHq"
        "DD77x6brWzvULsVGVOxq6wTYnNKx1Yb-czwViWK3vbB7jH13WPtrgCspx0Z-2k8axGFGSie6_T3R5efJW_7rSNeACzUnZxJskY-0Mg"},
    {"block type 0",
        "lPBu9mRgsf0wg80TVyr7kXY-vT0XQqEXEqzoL9Cxbqf0uoBNkhcSdfMqx2MReCgjA8G4xB6a6GIDVgKcM4xQV2F0aKx_9X6nZxvM0BPcZZdlfbOgXW9wQ-xz"
        "8fco5oSk85INXb7RWGPxJxpie7aIk4i9FnFR-RLkRThue1-KpzLojyWBB1UZlUwotx0gURF9nC55yVRekL7t73z7cHFQOYghgLuhEry-VeU2wDuNzfeZMQkg"
        "REDGbS0m_aiJntq8HKHKnZQ8w7dGFBJ_q9VAVO8r4l7XBniu-B0r1_INOs2ufEj3ELk64dDQyOqahNYesZXhgyuKQlvDqBHdeBn9RA"},
    {"a padding octet that is not 0xff",
        "m_LHc9X5yoeP4dZ3uLlHPTsNOpHr-7Z5nUuPuCykwoh1xiwv8QBaBejEQn8ZL1I8gqUUJge7OJEyOpRB5pC4M2fcBPZhKJ-duvJDAkoQb-PRHIODby7ejFbk"
        "yaD2RD3m5kOSf-40n8d5uOCzHVABYl03hhlLXvfYeLXbfDQIpOa5jKwIEy1nOc1cUdwDucDfW1S7yfx_p_6HHxiCVzGU2DUnl-RbHKthVnVAaR7JylKH5-MU"
        "qP6YOA9Goqq5q8u-K7SQHk0aXv6DZxa-9zzOKy2iK7xu-d6_bd_ssVnTzDh9TbuABN5VwwYsQxva6QT9uq-d3n-B_E4SqqEBCrW6vg"},
    {"the hash alone, without DigestInfo",
        "IqZdtb6skFIcdxZ6h8FPyTam1HIa1D_OAkLsKWwDJtKKUFhtCpLJE60zLFzNurL9u8LpZhqNqp273Gj-ld6BXGgL5IDJOcPpX0HTuQkwYsW2DC2W8X9LAdjR"
        "89fdZFQhddOB10_jJC4YIeIJsd_nAyYdPQPadc0PFS1gGzlbnV0Xe3vqeHFAtcOeLEaLsjtqu-TFh5kzHBcFZt3bNOoy0PlaB0x_quGkLZ2qq8hcIClAImFk"
        "xQZZf7qhlGVIAcFXm4w3VaUJ-AAWZ73HmC1HcfJIL6_QnFmNt0u4fw87qkjfgdKhnyBgf1s292jkmFi7Wp3TA7nFUcsdDtqQGaeNZg"},
    {"SHA-1 in the DigestInfo",
        "N74aCYTn0i-X7nR9tVF5F_GFEXUUpODFHKFCaIW4fRKm7N-4svjtuubYCIOyMAlU3RxyzHhpcrJYDsEa-OCZ2YX8I-lUguL_Kv0ccWytooDi19X5llm-lpkl"
        "nreJxxXnlmBRY-WU4_oTk8MgR2LRpjN4vpBrUnvGLx1ut9el4SoOIP329svN7SdluI13lealWZl5Gq8tLaujC2ney0NEC9XLQite3JN1P2TpCruzUndPCBY4"
        "fBZOEGw9CwsXqTpV77SvL6-uvItu2X2GoSvsOeGUjBWX9ylS1P2fRGFPvHPmm20xuFn-bCU7oQgWOEqY7F-5iihXFr0SqJtTFwjYyQ"},
    {"SHA-512 in the DigestInfo",
        "O6rEqdyyqkFNFUry83k5zisM4PEY_3E_ChJt8CdPAncl_LXKOimN0_aGxJOEGbCgIq4T_jcKmZunuTMNJViJXe1YYLDFX_JYvod7KTxLLJbGmjCJKoNTCXm1"
        "muQgdsAmYANk4xqrE7k3GkZBsVYzCyC64IwHU61Iq0YaExqTA4qdiyZ729cX78RtcBnDAu2BDFkHp5urN9Phb_dGork-uys6rx1jqA0WNuRgy1rVw5Ny8W2U"
        "rwyPoLR7EMLL7mSKbhPmqJnW6adMdoDCJNaYW70kv60YSGCUL2CwjoTCQGTrxkOWc9e9BNOCYGfW9Ex85gRCtti9CWyBtj3hQVPCag"},
};

} // namespace

TEST_CASE("hashes are those of FIPS 180-4") {
    CHECK(*compute_hash(hash_algorithm::sha256, "abc") == hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK(*compute_hash(hash_algorithm::sha384, "abc") ==
        hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"));
    CHECK(*compute_hash(hash_algorithm::sha512, "abc") ==
        hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
    CHECK(*compute_hash(hash_algorithm::sha256, "") == hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST_CASE("what a key signs it accepts, and nothing else") {
    for (auto jwk : all_keys) {
        numbers const key(jwk);
        INFO(jwk.substr(0, 40));
        auto verification = key.verification();
        REQUIRE(verification);
        auto const signature = sign(key, "message");
        CHECK(signature.size() == (key.kind == scheme::rsa_pkcs1_sha256 ? 256u : 64u));
        CHECK(verification->accepts("message", signature));
        CHECK_FALSE(verification->accepts("massage", signature));
        CHECK_FALSE(verification->accepts("", signature));
        CHECK_FALSE(verification->accepts("message.", signature));
        for (std::size_t i = 0; i < signature.size(); i += 7) {
            auto changed = signature;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CHECK_FALSE(verification->accepts("message", changed));
        }
        CHECK(verification->accepts("message", signature)); // still: refusals leave nothing behind
    }
}

TEST_CASE("a signature of another length is none, and leaves nothing behind in a held operation (Botan 3.7.1)") {
    for (auto jwk : all_keys) {
        numbers const key(jwk);
        INFO(jwk.substr(0, 40));
        auto verification = *key.verification();
        auto const signature = sign(key, "first second");
        for (std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(4), signature.size() - 1})
            CHECK_FALSE(verification.accepts("first second", std::string_view(signature).substr(0, size)));
        CHECK_FALSE(verification.accepts("first second", signature + '\0'));
        CHECK_FALSE(verification.accepts("first second", '\0' + signature));
        CHECK_FALSE(verification.accepts("first second", signature + signature));
        CHECK(verification.accepts("first second", signature));

        // Two messages must not be spliced: what a refused signature came with is not part of the next message.
        CHECK_FALSE(verification.accepts("first ", std::string_view(signature).substr(1)));
        CHECK_FALSE(verification.accepts("second", signature));
        CHECK_FALSE(verification.accepts("first ", std::string(signature.size(), '\xff')));
        CHECK_FALSE(verification.accepts("second", signature));
        CHECK(verification.accepts("first second", signature));
    }
}

TEST_CASE("RSA: a leading zero octet is part of the signature, and its value is below the modulus") {
    numbers const key(support::rsa_key);
    auto verification = *key.verification();
    std::string const message = "message 585";
    auto const signature = sign(key, message);
    REQUIRE((signature[0] == 0 && signature[1] == 0x1b)); // without the zero it would still sort before the modulus
    CHECK(verification.accepts(message, signature));
    CHECK_FALSE(verification.accepts(message, std::string_view(signature).substr(1)));
    // s + n is the same number modulo n; the first octet of n leaves room for it
    std::string sum = signature;
    int carry = 0;
    for (std::size_t i = sum.size(); i-- > 0;) {
        carry += static_cast<unsigned char>(signature[i]) + static_cast<unsigned char>(key.a[i]);
        sum[i] = static_cast<char>(carry & 0xff);
        carry >>= 8;
    }
    REQUIRE(carry == 0);
    CHECK_FALSE(verification.accepts(message, sum));
    CHECK_FALSE(verification.accepts(message, key.a));
    CHECK_FALSE(verification.accepts(message, std::string(256, '\xff')));
    CHECK_FALSE(verification.accepts(message, std::string(256, '\0')));
    CHECK_FALSE(verification.accepts(message, std::string(255, '\0') + '\x01'));
    CHECK_FALSE(verification.accepts(message, subtract(key.a, std::string(255, '\0') + '\x01')));
    CHECK(verification.accepts(message, signature));
}

TEST_CASE("RSA: only the exact encoding of the digest is a signature (RFC 8017 8.2.2)") {
    auto verification = *numbers(support::rsa_key).verification();
    for (auto const& forged : pkcs1_forgeries) {
        INFO(forged.what);
        auto const signature = decode(forged.signature);
        REQUIRE(signature.size() == 256);
        CHECK_FALSE(verification.accepts("message", signature));
    }
    CHECK(verification.accepts("message", sign(numbers(support::rsa_key), "message")));
}

TEST_CASE("ECDSA: signatures are r and s of full length, not DER (idt-es256-der)") {
    numbers const key(support::p256_key);
    auto verification = *key.verification();
    auto const signature = sign(key, "message");
    CHECK_FALSE(verification.accepts("message", der(signature)));
    CHECK_FALSE(verification.accepts("message", der(signature).substr(0, 64)));
    CHECK_FALSE(verification.accepts("message", std::string_view(signature).substr(0, 63)));
    CHECK_FALSE(verification.accepts("message", signature + '\0'));
    CHECK_FALSE(verification.accepts("message", '\0' + signature.substr(0, 32) + '\0' + signature.substr(32)));
    CHECK(verification.accepts("message", signature));
}

TEST_CASE("ECDSA: r and s are from 1 to n-1 (idt-es256-zero, idt-sig-zero)") {
    numbers const key(support::p256_key);
    auto verification = *key.verification();
    auto const signature = sign(key, "message");
    auto const r = signature.substr(0, 32), s = signature.substr(32);
    std::string const zero(32, '\0'), one = std::string(31, '\0') + '\x01', ones(32, '\xff');
    auto const n_minus_1 = subtract(order_p256, one);
    auto n_plus_1 = order_p256;
    ++n_plus_1.back();
    for (auto const& first : {zero, one, n_minus_1, order_p256, n_plus_1, ones, r})
        for (auto const& second : {zero, one, n_minus_1, order_p256, n_plus_1, ones, s}) {
            if (first == r && second == s) continue;
            CHECK_FALSE(verification.accepts("message", first + second));
        }
    CHECK(verification.accepts("message", r + s));
}

TEST_CASE("ECDSA: the greater s is as good as the lesser one") {
    numbers const key(support::p256_key);
    auto verification = *key.verification();
    auto const signature = sign(key, "message");
    auto const mirrored = signature.substr(0, 32) + subtract(order_p256, signature.substr(32));
    CHECK(mirrored != signature);
    CHECK(verification.accepts("message", mirrored));
    CHECK(verification.accepts("message", signature));
}

TEST_CASE("ECDSA: points off the curve and coordinates not below p are refused (jwks-off-curve)") {
    numbers const key(support::p256_key);
    auto const load = [](std::string const& x, std::string const& y) { return rule_name(verification_key::load(scheme::ecdsa_p256_sha256, {x, y})); };
    auto const p = hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    std::string const zero(32, '\0');
    auto changed = key.b;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    CHECK(load(key.a, key.b) == "accepted");
    CHECK(load(key.a, subtract(p, key.b)) == "accepted"); // the point mirrored
    CHECK(load(key.a, changed) == "jwk_refused_by_crypto");
    CHECK(load(key.b, key.a) == "jwk_refused_by_crypto");
    CHECK(load(zero, zero) == "jwk_refused_by_crypto");
    CHECK(load(p, p) == "jwk_refused_by_crypto");
    CHECK(load(std::string(32, '\xff'), std::string(32, '\xff')) == "jwk_refused_by_crypto");
    // x = 0 is on the curve; x = p is the same number, spelt in a way that RFC 7518 6.2.1.2 has no room for
    auto const y = decode("ZkhceA4vg9ckM71dhKBrtlQcKvMdrocXKL-FahdPk_Q");
    CHECK(load(zero, y) == "accepted");
    CHECK(load(p, y) == "jwk_refused_by_crypto");
}

TEST_CASE("ECDSA is deterministic (RFC 6979 A.2.5)") {
    auto const x = hex("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6");
    auto const y = hex("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
    auto const d = hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    auto key = signing_key::load(scheme::ecdsa_p256_sha256, {d, {}, {}}, {x, y});
    REQUIRE(key);
    support::seeded_random random;
    CHECK(*key->sign("sample", random) ==
        hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"));
    CHECK(*key->sign("test", random) ==
        hex("F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
            "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"));
}

TEST_CASE("ECDSA signatures are always 64 bytes, however small r and s are") {
    numbers const numbers_of_key(support::p256_key);
    auto key = *numbers_of_key.signing();
    auto verification = *numbers_of_key.verification();
    support::seeded_random random;
    int short_ones = 0;
    for (int i = 0; i < 10'000; ++i) {
        auto const signature = *key.sign("message " + std::to_string(i), random);
        if (signature.size() != 64) FAIL("a signature of " << signature.size() << " bytes");
        if (signature[0] != 0 && signature[32] != 0) continue;
        ++short_ones;
        CHECK(verification.accepts("message " + std::to_string(i), signature));
    }
    CHECK(short_ones > 0);
}

TEST_CASE("Ed25519: S is below the order, so that a signature has one spelling only") {
    numbers const key(support::ed25519_key);
    auto verification = *key.verification();
    auto const signature = sign(key, "message");
    auto const order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"); // little-endian
    auto malleable = signature;
    for (int times = 1; times < 16; ++times) { // S + L, S + 2L, ...
        int carry = 0;
        for (std::size_t i = 0; i < 32; ++i) {
            carry += static_cast<unsigned char>(malleable[32 + i]) + static_cast<unsigned char>(order[i]);
            malleable[32 + i] = static_cast<char>(carry & 0xff);
            carry >>= 8;
        }
        if (carry) break;
        CHECK_FALSE(verification.accepts("message", malleable));
    }
    CHECK_FALSE(verification.accepts("message", signature.substr(0, 32) + order));
    CHECK_FALSE(verification.accepts("message", signature.substr(0, 32) + std::string(32, '\xff')));
    CHECK_FALSE(verification.accepts("message", std::string(64, '\0'))); // idt-sig-zero
    CHECK(verification.accepts("message", signature));
}

TEST_CASE("Ed25519: keys of small or mixed order, no points, and second spellings are refused") {
    auto const load = [](std::string_view digits) { return rule_name(verification_key::load(scheme::ed25519, {hex(digits), {}})); };
    for (auto small_order :
        {"0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"})
        CHECK(load(small_order) == "jwk_refused_by_crypto");
    for (auto second_spelling : {"0100000000000000000000000000000000000000000000000000000000000080",
             "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
             "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
             "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"})
        CHECK(load(second_spelling) == "jwk_refused_by_crypto");
    CHECK(load("0200000000000000000000000000000000000000000000000000000000000000") == "jwk_refused_by_crypto"); // no point has y = 2
    CHECK(load("ba9202e887c23b88b145a9d8705a15c1846c6f94318f3455d9a0ea18a3596d84") == "jwk_refused_by_crypto"); // ed25519-1 plus a point of order 8
    CHECK(load("") == "jwk_refused_by_crypto");
    CHECK(load("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751") == "jwk_refused_by_crypto");
    CHECK(load("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") == "accepted"); // RFC 8032 7.1, TEST 1
}

TEST_CASE("Ed25519 signatures are those of RFC 8032 7.1") {
    auto key = signing_key::load(scheme::ed25519, {hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), {}, {}},
        {hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), {}});
    REQUIRE(key);
    support::seeded_random random;
    CHECK(*key->sign("", random) ==
        hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"));
}

TEST_CASE("halves that do not belong together make no signing key") {
    for (auto [one, other] : {std::pair(support::rsa_key, support::other_rsa_key), std::pair(support::p256_key, support::other_p256_key),
             std::pair(support::ed25519_key, support::other_ed25519_key)}) {
        INFO(one.substr(0, 40));
        numbers const a(one), b(other);
        CHECK(rule_name(signing_key::load(a.kind, a.private_half(), a.public_half())) == "accepted");
        CHECK(rule_name(signing_key::load(a.kind, b.private_half(), a.public_half())) == "jwk_refused_by_crypto");
        CHECK(rule_name(signing_key::load(a.kind, {}, a.public_half())) == "jwk_refused_by_crypto");
        CHECK(rule_name(signing_key::load(a.kind, a.private_half(), {})) == "jwk_refused_by_crypto");
    }
    numbers rsa(support::rsa_key);
    std::string const one("\x01"), two("\x02"), zeros(128, '\0'), ones(128, '\xff');
    for (auto const& factor : {one, two, zeros, ones, rsa.q, rsa.a}) {
        CHECK(rule_name(signing_key::load(rsa.kind, {{}, factor, rsa.q}, rsa.public_half())) == "jwk_refused_by_crypto");
        CHECK(rule_name(signing_key::load(rsa.kind, {{}, factor, one}, rsa.public_half())) == "jwk_refused_by_crypto");
    }
    numbers ec(support::p256_key);
    for (auto const& d : {std::string(32, '\0'), order_p256, std::string(32, '\xff')})
        CHECK(rule_name(signing_key::load(ec.kind, {d, {}, {}}, ec.public_half())) == "jwk_refused_by_crypto");
}

TEST_CASE("a random source that fails is an error, and nothing replaces it") {
    support::failing_random broken;
    auto key = *numbers(support::p256_key).signing();
    CHECK(rule_name(key.sign("message", broken)) == "random_source_failed");
    support::seeded_random random;
    CHECK(rule_name(key.sign("message", random)) == "accepted"); // the key itself is none the worse
}

TEST_CASE("a key that was moved from is of no use, and no danger") {
    auto first = *numbers(support::ed25519_key).verification();
    auto second = std::move(first);
    auto const signature = sign(numbers(support::ed25519_key), "message");
    CHECK_FALSE(first.accepts("message", signature));
    CHECK(second.accepts("message", signature));
    first = std::move(second);
    CHECK(first.accepts("message", signature));
    auto key = *numbers(support::ed25519_key).signing();
    auto const moved = std::move(key);
    support::seeded_random random;
    CHECK(rule_name(key.sign("message", random)) == "crypto_unavailable");
}

#endif
