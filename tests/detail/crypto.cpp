#include <calimatic/detail/crypto.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
        auto const crv = document.root()["crv"].as_string();
        kind = rsa           ? scheme::rsa_pkcs1_sha256
            : crv == "P-256" ? scheme::ecdsa_p256_sha256
            : crv == "P-384" ? scheme::ecdsa_p384_sha384
            : crv == "P-521" ? scheme::ecdsa_p521_sha512
                             : scheme::ed25519;
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

    /// The same key for another scheme.
    numbers as(scheme other) const {
        auto changed = *this;
        changed.kind = other;
        return changed;
    }

    scheme kind;
    std::string a, b, d, p, q;
};

std::size_t signature_size_of(scheme kind) {
    switch (kind) {
    case scheme::ecdsa_p256_sha256:
    case scheme::ed25519: return 64;
    case scheme::ecdsa_p384_sha384: return 96;
    case scheme::ecdsa_p521_sha512: return 132;
    default: return 256;
    }
}

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

/// SEC 2: the curves of ECDSA, with a key each.
struct curve {
    std::string_view key;
    std::string order;
    std::string prime;
};
std::vector<curve> const curves = {
    {support::p256_key, order_p256, hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")},
    {support::p384_key, hex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
        hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff")},
    {support::p521_key,
        hex("01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"),
        hex("01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")},
};

/// ECDSA-Sig-Value of RFC 3279 2.2.3.
std::string der(std::string_view r_and_s) {
    auto const integer = [](std::string_view number) {
        number.remove_prefix((std::min)(number.find_first_not_of('\0'), number.size() - 1));
        std::string const value = (number.front() & 0x80 ? std::string(1, '\0') : "") + std::string(number);
        return std::string("\x02") + static_cast<char>(value.size()) + value;
    };
    auto const half = r_and_s.size() / 2;
    auto const body = integer(r_and_s.substr(0, half)) + integer(r_and_s.substr(half));
    return std::string(body.size() < 128 ? "\x30" : "\x30\x81") + static_cast<char>(body.size()) + body;
}

std::vector<numbers> all_keys() {
    std::vector<numbers> keys;
    for (auto jwk : {support::rsa_key, support::p256_key, support::p384_key, support::p521_key, support::ed25519_key}) keys.emplace_back(jwk);
    for (auto kind : {scheme::rsa_pkcs1_sha384, scheme::rsa_pkcs1_sha512, scheme::rsa_pss_sha256, scheme::rsa_pss_sha384, scheme::rsa_pss_sha512})
        keys.push_back(keys.front().as(kind));
    return keys;
}

struct forgery {
    char const* what;
    std::string_view signature;
};

struct pss_signature {
    scheme kind;
    std::string_view what;
    std::string_view signature;
};

/// Made by OpenSSL with the private key of rsa-1, over "message": the good one of each hash, and with other parameters than RFC 7518 3.5 allows.
constexpr pss_signature pss_signatures[] = {
    {scheme::rsa_pss_sha256, "salt 0",
        "cay8lfGV33jj8U07Kt5lA-cYr_Mg4ePvmwCjvJQ4WdekeH_9s3-QwWb9tmo5n25C1MT_uvmnD13a-OCIe9Z79gKRaEl9XcrRXqHkqC_ds9kjrmpNjlJMK3g0"
        "jVj7N3B3v7NRxQI5cH3MLNXePBMQnDmqqym_XorNWtP0NY9kxhngi8bNeoBUmPsJjCYPhXXKJzPPH6pAynSPiV6uTczmxqMyVc8z2IyDmzBNfJHMTRw2y6Im"
        "Kbi6isZferGatWzqtvfgZR5cGIJt698ZukYuF_1XiJ9s_GJ9uBzlx2PA-GCrDEaFS7T_fkkJPU4VJVUVSn0qeoepAUK6od9EQKINZA"},
    {scheme::rsa_pss_sha256, "salt 20",
        "kaMbcELZVGY870sUiblE_o4y6L1w4yBhk9VTfeJz7WhETzlxO9686n1uEQV9LPh0ENx8UIjHkwf-qcRWO1mQRofn_qothBihbnbcnRuBLdgYGCT2jRcLIBen"
        "_fNCM4gwUE1Mg7NDTkqBGq-Vd7LPOMqkXpJUEX5QeksD6FNG-AdL1Ch_0R89ulqigpt0T2MGuFHVXZ9hcZ_jNZK7vAeUtSnC792qYCWPCN7r331D7ng9eMbQ"
        "uICW-8VTfwYpc7JAzH_tjj9Y6G16ctON-0cArh7K9csr588BXfaRVDl8ekPN6bnhxHG8twEgfwJ9gcT6e594_DvSE2qQptCTsPxJiw"},
    {scheme::rsa_pss_sha256, "salt 31",
        "GnZpjX7sZf67NO95-VjBOzNwV-yTd3hthWhKJwYUCkNNOoVAO3J1qczysMlScjQHK6P4rCXsLsNJxAp-gMujyw8Fwdnzq4atVgGYiRS6vwTuWq-uJJOvjsK0"
        "M3yiAR0Gx3cqzdLPxHxidmz2VpzYGDyTsCT2b3ssqglc6fV1s-RTaFUlJ55YY5SzOUqiopWvttn1l1YhNBA4lN8BkaoFfhlD6KDJPmBVVa808h1z6mxHvZ_f"
        "Nv4x0q6kevFWQiC4ch4kjPIeRz6SPL0tE2AiBlqnI_0tGeLeukb-nZNVlitxmhi5CeJgzWRpOOCdJzVbd896IVvsjnz__NTiurpy4A"},
    {scheme::rsa_pss_sha256, "salt 33",
        "gYbL_WYwx_OVfVVmlZWBL5hDoG4W7RBUMbrf2_RW_t6OrjMTu2R-e_9me0qgmFF7PdwA-FNg9uRMx87wxIHa8vkT_IW8Mg5J5Azp_cgjh0-r3-IdJm6NAxhB"
        "4onoeXIJdTEH9V3FOso-WtOVOMyXCtywEDF31DntdRxrylO_XMjtS7s3gDZFacfqmoYdRCOPDn_9c6xS-rw77XV3LFxJx2lCH-sAXG5MGF11C9HExh5J8Fue"
        "OOHcpsWXoZ-Y1_kwD7VVxVlCe6LRMn6daBntRFI5AyRpNtROY4fWpoh4YEf6voThOS-PfVQPhD-3ed_FMw1OLG0PUiz3GzAO6YLJsQ"},
    {scheme::rsa_pss_sha256, "the longest salt",
        "cuD8WcZgKMTMRoHYeEf4XV8uuZ3qIpdpvURoTrD32fUtMvlqMHvVbYuhjDLiKpjn0Bqo-FKYdq21ga2Ywm8rW4BLf510OrhzoJqGVBW6UvThacOoo7Fb73qO"
        "g1pm-QC9TM3bHsqPZpyjVUW0q5w7TKlZ9hH0ZemD68zRs_olAqV_KwN7c0eyTLiHyuQgVAzE6XbfWGg7B0hwoAWl6SNDfNikbO_oI7uOhWg4f7v0Eja2w16q"
        "SOiUQ_IGpphqGzu2AlcE_9wHHYK3DJZL6Gte5apSBZJ7VzMxAR4HHGhI44KAsnUVB8gVlH3mz5LNiojmYtKdx_PslnC_aLZANy8wUg"},
    {scheme::rsa_pss_sha256, "MGF1 with sha512",
        "W-qRsxSjp-KXIVAGlXWtNGibJ8-XLvfBeibEKTbnqkzguDODHkT1RruaoGFW37u2c0RLERnnuKzY4vA4eiwQKSKIq7JgrzPnFkRe-UBSeFtCmcCUMEjLFp_q"
        "X-m0TL31Cd7OGZRLglZ8ExzGaI93GFVYh7JNOo4p2ah0ZtSlqmJpOmCG6kO5WJzuNoIjByskq33q20B_RAvdksEYAwFa28rEEPQy3GXBetUk28iizUImzXkO"
        "BIXQmFEJK7QFk9bvGErNHACaX0Y_-kDnmcMhmjaTMFpluOumAZBlp0mSzgx2fPcAVvAJARhoBcqGj4GpLDDtbBIyazMjSAVWAQRyFQ"},
    {scheme::rsa_pss_sha256, "as it should be",
        "PXtUcL6H-na63Y8hQrun1XjNvzk6ekI_RWXp2cicqI8lZhz9oyVkUbVoWvHiv7v-NvUcST4vvl4o1xzBjNvdTkDutSPIF8O45hXhFrDELFlH1lqtAP9MNuX2"
        "1RsKKA-vUyS-cMTNKXxOOjatG4jnfcnXhJ7zTV6sAgO6DWgMbNt4pQS89oFWNVPCYNQl_HIadLlfGsjD14dK8i3SqzINePWtPEnUpRrhyRmCpji_CQMkNCoP"
        "w4C77Ivg06cKksgVUfgo16E7cDKH6ChmIX2dtq47BFqLHx70UbPmrDvCB8qzpHv9_zLnIEljP3flo-kb4Cg5QB7vpZkn1W7LUw1jfg"},
    {scheme::rsa_pss_sha256, "PKCS #1 v1.5",
        "U7f6Q1npWwoRT2UWEOVu9550rc7b8DJqpWvvU4bWYduacgWKsbQ5I9SiKA4VPPZ2ynGm87EcHZIeaLgdGECLGofFrwQ8zy9XdW3jC8w1tP0iNYzjXvM340GB"
        "dAUdNAL9kIpfeRr3DOjE4GZfc0PVkNvtOEKcz-16eknyaGZsnIuzvoCv9x9TrO83OKdHCa0IQHNFoSl6TX2T4C_ThOmoK72G0ufCZhDxOz_hfUPZ73PGsP-O"
        "_9tQGtOn6De_g68PwfkTzaGxsgkGfpXsbUtQya0lqATEgNmRxHe5G1z5xtFQhZ0Fs5VM1NKmtmR4DES0pmujMHRu1usPqVLLzi0hHA"},
    {scheme::rsa_pss_sha384, "salt 0",
        "Rg8IhDE4g-8Yp0iBhnslHxysxgsBelYkMb6rsq1NbIkOvF0vT7Y8fM4aOrEIpJph69vFgTfRthvAbLbQn8Q5KYbRfOuT5iruo70c47CvfiYdMl9zKNxhvfaM"
        "gZjr4MVBR_fYaIM9WWr_2oQx-XysN5jkhO_PnU1f_CwprrAo9O5FXFHbZefOWExwpsCOEokt02bCGfryYXpZ03JtdMSnmC6e4Upj4BmDPBoXtBQhaJASZ4fO"
        "dRaLk0cwuu34FuIRnZgF93T3yo22zdjigRqCzigzsBxJeUwhkGvqThigayeaFGPGySwhFIY-Q1_pnFwERsuscQDnkjXiO45-yOvykQ"},
    {scheme::rsa_pss_sha384, "salt 20",
        "TNQXQAw7x5QE3GFRdB4pBKYB2PYtu0POdZimkibSvU4K1fuDJWWFB9x-DPygwkY_9GuIGLS1VQW8WPyj3_wyqwRofBDkIuGfEyCL9SfEKmHggLYm1yUmTCWv"
        "iVX_d-BpunBqoqhHws3as9yGg9lfJ_C5Wy0olVHbbVHrRuH0PSFDmf1HQcvaswJd2nWS7EHk1JladdG1j6aC4ha8gFzgurAJgU8ZI8GPdlURo7-Sz4VdrfcX"
        "kl7Z9q6hDZrFEccxBALsnDa5los7XBIfio7TGPbilOwUgZBAFXodqr4Qjtev7w7_7MR7-lPYdTkwBP47TMr_xg6cOuGx0l4UhgZ9wg"},
    {scheme::rsa_pss_sha384, "salt 47",
        "X2sJkt2k71vAzD9eydgyAfRPhHgxYL6lD1kEAlC8mmDCQoZZDen1o5T-BSJ3WAF2N8w5JR8dtxdNZQpqpTfOzfl67oT4JcwQwt6ND7TnGhW_tME4ShWxxZmZ"
        "-uet7TEIRyYfzqYPpZEOACIe-YytHfxiILoiY-mMVuSINATDespBqF-v9anf3G75ADEzQXXNIZBkEwC5mcq8nanHQWMrVHj8uDS8sSPpL9SegLmDb19sDVNT"
        "Axfj2i2NWN4W3Tr6JxtqnksjIrhYH8mbaGO4GUp9sOUW2secDxJzgM8EyhvNPi2JLiOHzQFfJpLndY5ss6zd5BsVxPT-NqPCAt4lwA"},
    {scheme::rsa_pss_sha384, "salt 49",
        "pHG3A4hye72R3oeKusy2ivOKSxSZGokuIwfLGlKQjPVjGjbI1rhh19b96mfjBo4OlGjaiD5Wa_0t67dbSeWG8nsRAeB3aiQ0Cyfq5EE2AIySs1DLkiaNMPat"
        "L-sOjc0iTTWg3X6PimCg2nLFUBvehbBdh2PTvXQ2YholWUZSb1ExDK3m31TeVXvM_Q9DOZ4yZFgcaH-W7b3YAbcWXFl4KvIntNvS4-k56I--BuBMJDdf-JPu"
        "F-IISKJK4tmzWQ3X88oVzJD8l8UcIg6hpklRh80oVSoX_yy02GoAQlnmgQtFhYMMwy4qotnGu22MYmXzTVXy_PqAFaDxcbW2wc7T2A"},
    {scheme::rsa_pss_sha384, "the longest salt",
        "oil3j-IvO_Zmvqlq29uSE5CmgQ1Uy5HgPGs7rykkUqA7D_xHKbw8ECwl5-owz-Xwdhq8dTwu0z1BcgwYwlnGnmZf4YG9AqR0zi0dZW1R93f-HDdMywo5BmCk"
        "ChvO7Jm75HklFhqP4qAjpmqR54l2cZj13ckl5kZp8lk3NslWhCxTqdz785_QRGG3apO08bQZW-vIJ9A5W4ALqsT6mcCeHMUP4_TOqeDy4-li7fcnkWpuw34j"
        "3dUYVE5UG4EiQKw2Xj1u_Qav_6YotMed5gEusPiHxQIrXUKVoCT2GVz0MX8Eo_8-dzKutIAei-cyjbtcEXILUKp8wTEXfjQ1pmQiLA"},
    {scheme::rsa_pss_sha384, "MGF1 with sha256",
        "m20bqie2B4h2b92_7lR-0IOEn6AdsIhLhiXPxJIVOqVsfkI_py4gJ_734qtpu5fvrK-stNkDQqnWE8Cec1rsf2gew0qo7QY-BJicA7q3y0fhEU0qI03NkBAS"
        "mO5ere_DlaKCqsY6GKOuTYz82Ke_8WRHwzYcTQ28U4zxfdl7-U6EDhrVChgsbUJwIBEZKRy5GsrcTwnlBBMuDHMBnDP2OPCR4U6oON58asWkNWu7SjkL02wq"
        "tUKtMMsQJ39hJuSO56tNqFJeH3ERFhmE0Y4Usir3kSXcSyekjhv515oyz-C75FMd2qcbOM1ZYAoScLx87YAd3hH7ikxFLyk8WEaInA"},
    {scheme::rsa_pss_sha384, "as it should be",
        "eafqQmdgfC4KOCzZOZcdY7tgSth118goslVHSN4cno4NUh1NJOr3zzgjLkGnzhWAkgXuYCn8j0rH4x-ZgJVjkdgeovZrTWhj9bmgzc09kJ9SK24S6-n3rnRd"
        "bBlNupnVLPC26dGo5chEWjEUcRUKlwKNmYFKHrvYmw-hYr762E0PmxDzjg_ssQc-N44-UXAQydtcxJxNpRBRbqDv2oq_NAk0wriX7yDNGm6kEggLKr5tGsGB"
        "S5h2bQOE86Va8MyZieBpQQOXeiZ5roc4Y3PwyXwML3bVtz6vEWh_ZePWtf67zZ8L4CG5GDmRY54m7xyRYrm8G1er-td_5BSLw4CiFA"},
    {scheme::rsa_pss_sha384, "PKCS #1 v1.5",
        "hDNrQEx6QOHP7K4nlI7iEnsQmGResL5wpl6TDHEzWdsH7iatk90CXUmQWR3oHuUWfRIp4u--wmoM84VDhpDz5K7s_D5hoHL_zQpKTfYD9Y9i_3BE1uUoGd05"
        "6RUtB0tEfIL3w3tyMD1cM1WLclYw5BK1rp7l-hFgdLHxcjLHqHxN7kLY7VDoHSKcWXdgIdFq46GGAJpSFIGuQaHVcPIPcTYksRPxjIU-1rBU2UiYF0wbRjH0"
        "ehJO99uq7BlUg0mMWw7giQSojmXSU8rncUarXKLuGOpR6oTkUr4nURcky4tvONR1LDmnFq0J69Yq1aS8sleQObtsKUkTuoaw-J-VrA"},
    {scheme::rsa_pss_sha512, "salt 0",
        "EidUT-XRlXJH87EYneB5ll7CDduzqHFLlcu9ZDjKXxuKG1OoaEqddIvFRPekKw74ZrC3sw5_fPJWM0icQD6sNM4-Dy5ddFoaHZFa2aeIdv5ON8GcWFO-MUU0"
        "E_srojV34AOYj7kvsttglmWRzCrCHlK0oV6_w_89KM7NRmZFdQAcOX4yubEZ274VJuNVgITUIUrCtKRIyGTNE1PD4lnBMPhC5tvD_V6jEaGLh4V7FR7Ge8U4"
        "lKUPnHdp4tAHylgJneUWyrQAg4KESku1ISpkCLNEFYBb1PRil77JdBkAIwLP5sSxmfKAfr4Ag0ZhWuyClJPra9aH_U7oR3LcuBID9g"},
    {scheme::rsa_pss_sha512, "salt 20",
        "M_HJsJaRdOtFmWq6Ve6qtarpOZ3FRK6UHXusugiio5-crV8gi2-k-vXQMkMxz3XPsRwvpTjUdHF87NbpP4zmHsZXj_LLqmoH2Kwt2rQSeJkHhUnTCSxNpwS7"
        "SrBpPceVQiaLeUmft5FGsJtRFzD2MxGX6RqckR2ZFvv1f2WBeMW5WiUMiRweaksrt4-juw9p6LUSJzR-z5JP62W99B474lvzbzZztN4AIPXCH_YwnT-xHnG0"
        "NMKC14DpcU6AWCHVNex8gsnpdRCTM_bmT530WavokDuOHBSMs673zlyTBG6sUd6EvuEQ3ihEIThI7jyi3opXmTM3Xg1MezQqO4P_5g"},
    {scheme::rsa_pss_sha512, "salt 63",
        "o5rU_RIHuC0MAaSVo76oOTOSocZPHRpA_TM2-4rYDiH1m3GvfrDEO4_-52nDrI-wTymU5fNZegzbGm4i_Unv9R2wtX7qXzPfLiLfwufJuzDJ3deaIgp-pIJD"
        "JFP9wljZxJ8E85XnvOCobUfr70XOGN3swY9E56KHmdZtoUAfTS_tv2g0VlPs29VVSYqDvzcVmUpFa3rv-k29igtDwj5LBKxzu1soyzJ_qjRdbKBuDwAIOVCZ"
        "cWtN6MvSwnLbwqEjgczHpeR2br3Np8avkNKQjAPdInue-Ldt83zpivgGxCi2czjFu_514gKoV-Asmb2TjrCV-vWr7UFoYtfZ3z3bwg"},
    {scheme::rsa_pss_sha512, "salt 65",
        "f6fnx5-lcIFy0Qy3F0jlVaJ-yawoQS0T8CxwkiV5Psjs2cO8FPykESe-e20hCDLELoaixn8-C2wO4Nq8fl8pjCy4sUEZK_LyI1WWHiSlWZ-jnG3mryuqeyTx"
        "dDHYB7iqS2O2FL82CV5gfmqqod__TcHR7duxAI4_wpbmpYa5f4DVa1nGfafvC0F5ZmwFqfgrgly983U5el2V8wgZesyBwrHcpW4RqEwjzdP0oYVpy6QY3vQy"
        "CNOI1e9UwnRtWbc1bfYp55pblBGD-sMkO2TEFt4r7JQdRSLvmi9KV4kqbR4PM7lsyzsgOlrL54LLrvuxnABeFjTdTPZLaA6JgoMW7g"},
    {scheme::rsa_pss_sha512, "the longest salt",
        "PqxjP1TUQStoNZZtrPl17Q5NucLKwH8dBHsI4fVk2oWSa13a8SemqFfPpvFnckws1UZpr24CCpNtKUjg67IWWkyCs4Tr2y7251aluqGjcpIfoU0ikhteaNO2"
        "-bZ0GatcbS2qxCBo_ceKPfmI4WDEvzjmLVI7P-T7A-uCuapWRWwEt34IpEYOfuXv2f7f1-AEu0YxtfQhjTiNk20Pfyg7ZnauDS56kZwJEdMdOxz0_2xiyESO"
        "_hWz4fDyXXHv9uL5G9MxWVFx3pJS_egqRLU4KKrbC6VukAWfmoBmHWdYxHx38o56M_5uOfEECJS-GmyPt4haPIJ7L6YSgShoEORg4Q"},
    {scheme::rsa_pss_sha512, "MGF1 with sha256",
        "L7v6-XuwtgK1QDs5iP3xwMD-GxKOHtyj1K-pjUPFHbLy5RPa0fkY7al4jLil3ZgmSezSznEDWGxQQf8d161xWM6yGb2iSKscnbS2hBq7XHiTXkXrydkqHAmn"
        "Ep7xCRa7F9rBSY_feY5dedBgJMUlNrF3aAZEHVLyvOHahkXnRSt8h7E0jhPPrAd2mL45AGIZl2t9QfqlXvQaZSLF76xB0sBcpbQZBdlhn7Sj7nwwT9vSivnS"
        "zqSQnbAJ3S5I4ErOt6_FGtGCe-j7ncJ4kFD7_166xV1M0EopBGAje9_K80hioo83YpUNYEShKrq_A9U2BPGY_xHZKMTuinR3mdX0NQ"},
    {scheme::rsa_pss_sha512, "as it should be",
        "fVVaiDvJWklGCtPKB2-kyUQBACP9obZioEEKJi4BnhW1rlF1YbP8G2sl9uDeT-aFFrmS3wVJaMh3jn89SOTu9AO2UTaizZGoVuTwKwjwgCwF9We3oSBnA1rO"
        "oIbpZMyhI49W2e96U3efllHI8shvW-yYi8JqJCTby4q-Jp0Hqw55xK1ey3Z3ru5pW8Hqx8EE1x4r3bFgq9n_YZG2wHxXgrmWmrTiEcYJ5g52UdUNCVJyeKyn"
        "P-L2JNtmdCN1JiaRPa1mVpmP4H9MhC_EKIfxH7tI7BkS4BQz8uVYD0-Mo-K5BNlfxNT3Zq57DgMs3Z6SkGegUjni1peRLNRRn8B7Qw"},
    {scheme::rsa_pss_sha512, "PKCS #1 v1.5",
        "O6rEqdyyqkFNFUry83k5zisM4PEY_3E_ChJt8CdPAncl_LXKOimN0_aGxJOEGbCgIq4T_jcKmZunuTMNJViJXe1YYLDFX_JYvod7KTxLLJbGmjCJKoNTCXm1"
        "muQgdsAmYANk4xqrE7k3GkZBsVYzCyC64IwHU61Iq0YaExqTA4qdiyZ729cX78RtcBnDAu2BDFkHp5urN9Phb_dGork-uys6rx1jqA0WNuRgy1rVw5Ny8W2U"
        "rwyPoLR7EMLL7mSKbhPmqJnW6adMdoDCJNaYW70kv60YSGCUL2CwjoTCQGTrxkOWc9e9BNOCYGfW9Ex85gRCtti9CWyBtj3hQVPCag"},
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

TEST_CASE("HMACs are those of RFC 4231 4.3 and 4.2") {
    CHECK(*compute_hmac(hash_algorithm::sha256, "Jefe", "what do ya want for nothing?") ==
        hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    CHECK(*compute_hmac(hash_algorithm::sha384, "Jefe", "what do ya want for nothing?") ==
        hex("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"));
    CHECK(*compute_hmac(hash_algorithm::sha512, "Jefe", "what do ya want for nothing?") ==
        hex("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"));
    CHECK(*compute_hmac(hash_algorithm::sha256, std::string(20, '\x0b'), "Hi There") ==
        hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    CHECK(*compute_hmac(hash_algorithm::sha256, std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

TEST_CASE("what a key signs it accepts, and nothing else") {
    for (auto const& key : all_keys()) {
        INFO(static_cast<int>(key.kind));
        auto verification = key.verification();
        REQUIRE(verification);
        auto const signature = sign(key, "message");
        CHECK(signature.size() == signature_size_of(key.kind));
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
    for (auto const& key : all_keys()) {
        INFO(static_cast<int>(key.kind));
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

TEST_CASE("RSASSA-PSS: the salt is as long as the hash, and MGF1 has the same hash (RFC 7518 3.5)") {
    numbers const key(support::rsa_key);
    for (auto const& made : pss_signatures) {
        INFO(static_cast<int>(made.kind) << ' ' << made.what);
        auto const signature = decode(made.signature);
        REQUIRE(signature.size() == 256);
        CHECK(key.as(made.kind).verification()->accepts("message", signature) == (made.what == "as it should be"));
    }
}

TEST_CASE("a signature of one scheme is none of another, though the key is the same") {
    numbers const rsa(support::rsa_key);
    auto const keys = all_keys();
    for (auto const& signed_as : keys) {
        if (signature_size_of(signed_as.kind) != 256) continue;
        auto const signature = sign(signed_as, "message");
        for (auto const& read_as : keys)
            if (signature_size_of(read_as.kind) == 256)
                CHECK(read_as.verification()->accepts("message", signature) == (signed_as.kind == read_as.kind));
    }
}

TEST_CASE("RSASSA-PSS: each signature has a salt of its own, from the random source") {
    auto key = *numbers(support::rsa_key).as(scheme::rsa_pss_sha256).signing();
    support::seeded_random one(1), two(2);
    CHECK(*key.sign("message", one) != *key.sign("message", two));
    support::failing_random broken;
    CHECK(rule_name(key.sign("message", broken)) == "random_source_failed");
}

TEST_CASE("ECDSA: signatures are r and s of full length, not DER (idt-es256-der)") {
    for (auto const& curve : curves) {
        numbers const key(curve.key);
        auto verification = *key.verification();
        auto const signature = sign(key, "message");
        auto const half = signature.size() / 2;
        REQUIRE(signature.size() == 2 * curve.order.size());
        CHECK_FALSE(verification.accepts("message", der(signature)));
        CHECK_FALSE(verification.accepts("message", der(signature).substr(0, signature.size())));
        CHECK_FALSE(verification.accepts("message", std::string_view(signature).substr(0, signature.size() - 1)));
        CHECK_FALSE(verification.accepts("message", signature + '\0'));
        CHECK_FALSE(verification.accepts("message", '\0' + signature.substr(0, half) + '\0' + signature.substr(half)));
        CHECK(verification.accepts("message", signature));
    }
}

TEST_CASE("ECDSA: r and s are from 1 to n-1 (idt-es256-zero, idt-sig-zero)") {
    for (auto const& curve : curves) {
        numbers const key(curve.key);
        auto verification = *key.verification();
        auto const signature = sign(key, "message");
        auto const half = signature.size() / 2;
        auto const r = signature.substr(0, half), s = signature.substr(half);
        std::string const zero(half, '\0'), one = std::string(half - 1, '\0') + '\x01', ones(half, '\xff');
        auto const n_minus_1 = subtract(curve.order, one);
        auto n_plus_1 = curve.order;
        ++n_plus_1.back();
        for (auto const& first : {zero, one, n_minus_1, curve.order, n_plus_1, ones, r})
            for (auto const& second : {zero, one, n_minus_1, curve.order, n_plus_1, ones, s}) {
                if (first == r && second == s) continue;
                CHECK_FALSE(verification.accepts("message", first + second));
            }
        CHECK(verification.accepts("message", r + s));
    }
}

TEST_CASE("ECDSA: the greater s is as good as the lesser one") {
    for (auto const& curve : curves) {
        numbers const key(curve.key);
        auto verification = *key.verification();
        auto const signature = sign(key, "message");
        auto const half = signature.size() / 2;
        auto const mirrored = signature.substr(0, half) + subtract(curve.order, signature.substr(half));
        CHECK(mirrored != signature);
        CHECK(verification.accepts("message", mirrored));
        CHECK(verification.accepts("message", signature));
    }
}

TEST_CASE("ECDSA with P-384 and P-521: points off the curve and coordinates not below p are refused") {
    for (auto const& curve : curves) {
        numbers const key(curve.key);
        auto const load = [&](std::string const& x, std::string const& y) { return rule_name(verification_key::load(key.kind, {x, y})); };
        std::string const zero(key.a.size(), '\0');
        auto changed = key.b;
        changed.back() = static_cast<char>(changed.back() ^ 1);
        CHECK(load(key.a, key.b) == "accepted");
        CHECK(load(key.a, subtract(curve.prime, key.b)) == "accepted"); // the point mirrored
        CHECK(load(key.a, changed) == "jwk_refused_by_crypto");
        CHECK(load(key.b, key.a) == "jwk_refused_by_crypto");
        CHECK(load(zero, zero) == "jwk_refused_by_crypto");
        CHECK(load(curve.prime, curve.prime) == "jwk_refused_by_crypto");
        CHECK(load(std::string(key.a.size(), '\xff'), key.b) == "jwk_refused_by_crypto");
    }
    // the point of one curve is on no other
    CHECK(rule_name(verification_key::load(scheme::ecdsa_p384_sha384, numbers(support::p256_key).public_half())) == "jwk_refused_by_crypto");
    CHECK(rule_name(verification_key::load(scheme::ecdsa_p256_sha256, numbers(support::p384_key).public_half())) == "jwk_refused_by_crypto");
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

TEST_CASE("ECDSA with P-384 and P-521 is deterministic (RFC 6979 A.2.6, A.2.7)") {
    support::seeded_random random;
    auto p384 = signing_key::load(scheme::ecdsa_p384_sha384,
        {hex("6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5"), {}, {}},
        {hex("EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13"),
            hex("8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720")});
    REQUIRE(p384);
    CHECK(*p384->sign("sample", random) ==
        hex("94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
            "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8"));
    auto p521 = signing_key::load(scheme::ecdsa_p521_sha512,
        {hex("00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538"),
            {}, {}},
        {hex("01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD371123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F5023A4"),
            hex("00493101C962CD4D2FDDF782285E64584139C2F91B47F87FF82354D6630F746A28A0DB25741B5B34A828008B22ACC23F924FAAFBD4D33F81EA66956DFEAA2BFDFCF5")});
    REQUIRE(p521);
    CHECK(*p521->sign("sample", random) ==
        hex("00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA"
            "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"));
}

TEST_CASE("ECDSA signatures always have one length, however small r and s are") {
    for (auto const& [jwk, count] :
        {std::pair(support::p256_key, 10'000), std::pair(support::p384_key, 1'000), std::pair(support::p521_key, 1'000)}) {
        numbers const numbers_of_key(jwk);
        auto key = *numbers_of_key.signing();
        auto verification = *numbers_of_key.verification();
        auto const size = signature_size_of(numbers_of_key.kind);
        support::seeded_random random;
        int short_ones = 0;
        for (int i = 0; i < count; ++i) {
            auto const signature = *key.sign("message " + std::to_string(i), random);
            if (signature.size() != size) FAIL("a signature of " << signature.size() << " bytes");
            if (signature[0] != 0 && signature[size / 2] != 0) continue;
            if (++short_ones > 30) continue; // every second one of P-521 has a zero
            CHECK(verification.accepts("message " + std::to_string(i), signature));
        }
        CHECK(short_ones > 0);
    }
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
             std::pair(support::p384_key, support::other_p384_key), std::pair(support::p521_key, support::other_p521_key),
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
    numbers pss = rsa.as(scheme::rsa_pss_sha384);
    CHECK(rule_name(signing_key::load(pss.kind, pss.private_half(), pss.public_half())) == "accepted");
    CHECK(rule_name(signing_key::load(pss.kind, numbers(support::other_rsa_key).private_half(), pss.public_half())) == "jwk_refused_by_crypto");
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
