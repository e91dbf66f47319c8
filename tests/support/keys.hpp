#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/jose/signer.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// \file
/// Fixed private keys, two of each kind, as JWK text, and what tests make of them. Everybody can read these keys: they guard nothing.

namespace support {

inline constexpr std::string_view rsa_key =
    R"({"kty":"RSA","kid":"rsa-1",)"
    R"("n":"rWfeZdTjy70aJUVBEq5gX6I3gXqQkCEvegQmuEmrsY0kllZg4EQk6hgGVUaUQOMv2bvjluEr-rW-WkItUIvkGPiRGR03ZAKvYPFPH_XjDew-LUlpTfi)"
    R"(GKUXW2ARbV3vsdIhPVBA3X3ay99lRHDheP4uXw1v94Atk6zkUnRnWpHNkbaHC1sOzgSPaL7Fe0oX82iXWnK7h_LhtZ6gKF4xZVOEogOIWKvs30d5e30h0ZyO)"
    R"(RR-TNCKFGc9x1JxqaVoL4AQOqaPv-ReGXm1dwLRKHeDhGhLwJ8n5JXs_RwoUyCcsxsbbcuuzvjj04CidTXqaSPpcgYM0GStm2dc5fR6ERcw","e":"AQAB",)"
    R"("d":"AlAOsBIABcXTPl-VAz38SBEaAte3a7pmuKD0i4iIky_cOSHv74t_-tMCxpzQJ4SJUaCZY9NoRfeqI3p2nYrBPIxPAD-tAYStpkRqyYcfXwwYNaCOz1h)"
    R"(Wak5cgYvDnYlMpxxfJ6AUmY2PXn-V_tokwDk25OKhImbCN3ShFGVRCjBJTDI5pqLmj7FDDMd4at37CBql8X3ZgaFtun1csM2_3584JXvIEZqNzpk8ALw2NT7)"
    R"(6BLEZdvja4-DOChp7rmqpNelSYFphjzmU9lGawWd1rZziIyCWJCrIlkX-cQHO11RfMAnKgpfrbiCJb6zsRawIbxniHaSYkYhsRQYgxLRV0Q",)"
    R"("p":"55dxfen-Z2d9X5IdnwNsED6R36O9I9I0CD-2bi71MQf-vuzkhIl52FUAsPrYp9ubHDWyC-f6bCvgFV9D32th2MKF2QpCPqKEfJTCH9tjTgTS8GKy01e)"
    R"(_-hJ5tmcCSjxDGhP_CpW5dS1RS5cY6FGerEOCTdXjbJEggKiKtQbfJiM",)"
    R"("q":"v66Eab46qgvaWk2Cfst9s4NCBwo-P5rbRqhN5dVsmIMKWqT6VPRFe9pIgn3thl7LItjtG3CZQMjRXZGrfQuJ_9e43_aCdhf5HXtG_OMO866E5P5dRoi)"
    R"(7c_RdQurN3XLtQdFFhRaej7lxxe-dRr9emjCLRYh3MGAqsnWuQFdnlHE",)"
    R"("dp":"0lqNXGgYisXGa_Nk8lUCZ7LdfrvUBWBdoIx2YJhIX3O6oKK9YeEZCjUTPq1p8vWWasYe5Y-ct3oWvHLeTGXV5zOwrZYS2590JVBdDuCPz4K0MmIDud)"
    R"(E_b54ubU4dF16rOFmnU27xmAxEhhtFJWdVb3SWO6qmOquLUTFFY-5M6-8",)"
    R"("dq":"Ta6sey5dGA01sOM4v6o4h0fqum-sSpq3wyryZvLXz_dLevDhgwx8HHWabUgbuxkvui-v6C757Qd10jX3CfZjNwx2IE4HEVUl4IzVeCeNJ7TSpvtvUe)"
    R"(aYEaY3JaeDRvwMq1_kjMtd92FweodhdgqYjGSgDM4Bf9l5dFm9BNZnZAE",)"
    R"("qi":"jiLo_MPtB5cHkHpNAheS51ERL5SEPbTzgrMDE1_BIp4PNz0wzp5vI2B3RJudJjOoyB4X2UTSmvBFSNUBA7e22GQ8J60z08dsnJwQq7jZ31N6DWNtOz)"
    R"(hs4ggQyJbn2BGPBhsylYyQCAiP66_MzNXsdZoyKYlCaRxKQWWL6HnuAdE"})";

inline constexpr std::string_view other_rsa_key =
    R"({"kty":"RSA","kid":"rsa-2",)"
    R"("n":"orD0lF45QvclyNTFKEt2KWr1ycffz19ontZdWaz5PncLSqUsh94EXX7lrET1msihlintMLB6XaVG1Nw6vFG27pYPMLFQQyFm5X3bKhV3IJI9KCDfxDY)"
    R"(8nRVxMMN2LCav0RSEdI06x8Bna95ZQ4qiSpv02-LlO2pxSwqnqLXD02dq79DVRBQE2rgQ5kS_wH6YLSbj0iLHz8twyGDpbjo-mF2GRcdtFlhruMc9m3xhwQo)"
    R"(e9bLRe-u5Jas4swV1GeaU4b5rNy-esOkQSAy9-pEDsPXKyi8CDquP_4_ukOgmK3omZxhYvwu6kOq3k_uNvykSGKftfgsnBsO26aDTogWJ0Q","e":"AQAB",)"
    R"("d":"WV4a--VGTyKz_r3iD2BkaBv5J_5DUwZ10cqvPLNntohuC3LwIzIx86nhP-AhigTrvjEJudU3YnmHjyXqncfFVQnZDkZYcIfIngekfFmONrYeIgzs3jt)"
    R"(s0F0W8FJud5JIwfEjUWLDBzcJmJdrMU7WF2XT-3WHtjuiQDZ6IpK2H0mviqopc7ct9gHTw1M93rfBrfSDRsWxag2rp7511oCF6b4Xn1N2Nhi_pgVUXhUtxpi)"
    R"(hlxjn57rKha-WOJw6c3ksAa10ZSrOTCMR1EmUFZfqEmbyjgSbsaOFOQBP1z-QVIvrchmZc1sFfJo1lHd_EKesfAOuE0q8x-GKiLQY-BAJ",)"
    R"("p":"0Ydn2lAVMkozNP1eXum9BO5NBqkOiewp-KGCsR3yXoVpvaMpDu1TeiWz_v0lk-TqQm_hJ0_-SW0aethuXkjp-9-G7-d4m9Cdfy1Lc0oKCmkzJZaeJQ1)"
    R"(btKLkC6wLPV9-XkteG0bU6qFcBXwuEg_8rsqWdaAbvqJu46oPq0QRBBk",)"
    R"("q":"xsY1Lp-RWztNCdbfiwlY5ZR7TkoCxonAt7cQ-2g-HasokSFJyqLh-Re0ZNLWJqL2Y1nwno_OIap_tDz9lMU96OrTM0V7BpTZzbIctaWE7ZoDsOKecpQ)"
    R"(XQrJrpxtd4ST8AmBp1LOwJndpBQvgdXt4aWw32nZy0hKmnT6qocuSqnk",)"
    R"("dp":"bvwEPJVSxPKcsSLMDAZPQv9e-Xou40ue573VVjAAo6STYAm-w9Nd9kNmVliMwQvuMgbFAmfSz93kutFNlM-WcP3zobvAHPihlC3P21-Kdf1HRE_FsO)"
    R"(akfsgRd0VIJtggPZ46WMRqH2YdMiKW3KZvN77Dd8a5K38qsZjw98z0HnE",)"
    R"("dq":"QY4xD_VUTRBbsfkJtKMajGzR1doW3D-mLXDUyvVwNvyx3ltqKMhbWnl05yOZuRhZxh5tev3Wb8f5YgoTX7NFXcHEcc5iaqNAydQKH-Y81tfKi9XRh9)"
    R"(xLZ5XMZ0phRdWav3XosVuppqYPHrjyCAz2g15LdWNHLv0zsfxu7fljn5E",)"
    R"("qi":"ibtd0nAwpqT4UCFd0d2Ni_tp1JiQEw3xGiY9JE5UKrf9rjGou72UaZUVYTpHAQ1F80SyEpYG4Ghuiy297XtuJBxKKNkUKoB1OlEq7B601QGOLamr5M)"
    R"(sglksTBJBRTfXrD0bnbrMZjpPN11dx11g57cFZ6ecHWTPniUahudrVELE"})";

inline constexpr std::string_view p256_key =
    R"({"kty":"EC","kid":"p256-1","crv":"P-256","x":"WS76SwezhWS6CVbIBnuk_IJyMcaJMkOmxHpWK5eU97k",)"
    R"("y":"X_wJFezZKEU8Z-KATz0htvLWJXVuoBKVFwXPkweL7oM","d":"-BUCZI0ZToIJESAH_UVNbYbW5Hg5o_cELBv7Xev9PSU"})";

inline constexpr std::string_view other_p256_key =
    R"({"kty":"EC","kid":"p256-2","crv":"P-256","x":"nxN5zivV6nGZ6WPu5CNdYlHsxeM5WbAQpt_Rfw-vdLM",)"
    R"("y":"DYRqH0Q1qNKIenP3LML_B5YDfTD5-Yu-xs3WihMap_Y","d":"lTLt_OHcsOHGF2R3YzGLbep-xUZnyM3-Rqga2XWfi9Q"})";

inline constexpr std::string_view ed25519_key = R"({"kty":"OKP","kid":"ed25519-1","crv":"Ed25519","x":"8D_rZ6e9IdaHayc-masqZoZKPxfOHyfw_FYag58dX6Q",)"
                                                R"("d":"lwb9Rq4TULSKQzjyee0hALr0Jdca7lh3DheWMUP51Z0"})";

inline constexpr std::string_view other_ed25519_key =
    R"({"kty":"OKP","kid":"ed25519-2","crv":"Ed25519","x":"aUKV_TUZ6joFTBSjmfnZ__RuLbbrDFqr7s3igcr8aZ8",)"
    R"("d":"j08MqyU1VMeT2x4CJp_Jv0jQQgOLhEacPXLIKzO03GE"})";

inline constexpr std::string_view p384_key =
    R"({"kty":"EC","kid":"p384-1","crv":"P-384","x":"YFtvt6P-HQLAjRYt37HmtYGVmOGJ8NandMd2FSd45vxnB5nw7GpOB8Na1HuBcoyn","y":"M)"
    R"(Q85t8pdubDC_0aSAJ0cJQv5V1GAuc7DO6U6GmQPkrcxhHCqbZ4KJ2QXGmKwt1cl","d":"3gxvogMnGcsMQcwZsIMqyXIOqDvwFvBwSL-gk2fVElfvQWJP)"
    R"(VDvNH9UZN7nFUHG3"})";

inline constexpr std::string_view other_p384_key =
    R"({"kty":"EC","kid":"p384-2","crv":"P-384","x":"0eXXLA96BBe7IgBpIJt9GxC-mQLIKo9MgsKhaRgh8-rjvgWyWc9y-dWQJByrwd3r","y":"m)"
    R"(sM9lZ7SSU9vykch8i0aTSLQUrF-sOfcU6hkgS5MY07NULujV32m7dMIHkyHPBnc","d":"ZBBREH4JzcwGrCSBv3lff7mzdB53-qp3DTqQZTNnfc2_EuNp)"
    R"(D6-Vih-E-Rca2AEJ"})";

inline constexpr std::string_view p521_key =
    R"({"kty":"EC","kid":"p521-1","crv":"P-521","x":"AffD7XzvrN-q66Ue_ujVDbX6pbxfV8mw-PxCDc3FcyPwAfpQs-nbSyvav7DhB_-HyWzCPayg)"
    R"(k7G3pwaWl7vr6EdT","y":"AWnB7i7fL9IhcQHeoFZb-TvTlaH8VyOl6YaL3dXH4Io8-vPzm-rpGe8pLaYYg9oqPJdXbfdG98mIM9nYAICSsMcs","d":")"
    R"(AU--lJ7JK8GAQ5eoLOmNx7xcFcqhaXSusQ1VVcfHL2KW23-ZJnquKhbPaIEZKyLVe6DOmvfgB_-jy03cnpCkWijj"})";

inline constexpr std::string_view other_p521_key =
    R"({"kty":"EC","kid":"p521-2","crv":"P-521","x":"ANrTNsW9iVx-VJ9gFyqrrehCsC_WCg8C9HOmh3PrR6nvOQlH-rxt-ZPL6QTyUfTU0TzNIJXJ)"
    R"(lbQ792RHW58jfPN_","y":"ABMlmG1M81i259cRUp2FKvRehfkD8WKjwuYz0_Lwi98wJEIPmG196ieMl-rQdan6mBc97lSRPr4tWclinzjjYSkD","d":")"
    R"(AR-Iw1rOyvTXfTbUEEMxaMkvCh_2X_72hPpz1gjbIKrzQ3k55V4v2gkcNlZlabEzdwimwNUuA5Ep9Q4nJV63ynTa"})";

/// A client_secret as long as the longest hash. Everybody can read this one, too.
inline constexpr std::string_view client_secret = "Everybody can read this secret, so it guards nothing: 64 bytes.!";

/// Its first bytes as symmetric keys, each as long as the hash of its algorithm.
inline constexpr std::string_view hs256_key = R"({"kty":"oct","kid":"hmac-256","alg":"HS256","k":"RXZlcnlib2R5IGNhbiByZWFkIHRoaXMgc2VjcmV0LCA"})";
inline constexpr std::string_view hs384_key =
    R"({"kty":"oct","kid":"hmac-384","alg":"HS384","k":"RXZlcnlib2R5IGNhbiByZWFkIHRoaXMgc2VjcmV0LCBzbyBpdCBndWFyZHMgbm90"})";
inline constexpr std::string_view hs512_key =
    R"({"kty":"oct","kid":"hmac-512","alg":"HS512","k":"RXZlcnlib2R5IGNhbiByZWFkIHRoaXMgc2VjcmV0LCBzbyBpdCBndWFyZHMgbm90aGluZzogNjQgYnl0ZXMuIQ"})";

/// The same bytes in every run.
class seeded_random final : public calimatic::random_source {
public:
    explicit seeded_random(std::uint64_t seed = 1) noexcept : state_(seed) {}
    bool fill(std::span<std::byte> out) noexcept override { // splitmix64
        for (auto& octet : out) {
            auto z = state_ += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            octet = static_cast<std::byte>((z ^ (z >> 31)) & 0xff);
        }
        return true;
    }

private:
    std::uint64_t state_;
};

/// A random source that is out of order.
class failing_random final : public calimatic::random_source {
public:
    bool fill(std::span<std::byte>) noexcept override { return false; }
};

/// A value of JSON text as a document that can be kept. Ends the program if the text is not JSON.
inline calimatic::json_document json_of(std::string_view text) { return std::move(calimatic::parse_json(text, 1 << 20)).value(); }

/// The public half of a JWK, as text: what is not listed here is left out, and `extra` ("\"use\":\"sig\"") is added.
inline std::string public_jwk(std::string_view private_jwk, std::string_view extra = {}) {
    auto const document = json_of(private_jwk);
    std::string text = "{";
    for (auto name : {"kty", "kid", "alg", "crv", "n", "e", "x", "y"})
        if (auto value = document.root()[name]; value.has_value())
            text.append(text.size() > 1 ? "," : "").append("\"").append(name).append("\":").append(value.to_string());
    if (!extra.empty()) text.append(",").append(extra);
    return text + "}";
}

/// A key set of JWK texts, taken as they are.
inline std::string jwk_set_text(std::initializer_list<std::string_view> jwks) {
    std::string text;
    for (auto jwk : jwks) text.append(text.empty() ? "" : ",").append(jwk);
    return "{\"keys\":[" + text + "]}";
}

/// The public halves of some keys, as a set.
inline calimatic::jwk_set public_keys(std::initializer_list<std::string_view> private_jwks) {
    calimatic::jwk_set set;
    for (auto jwk : private_jwks) set.keys.push_back(calimatic::parse_jwk(json_of(public_jwk(jwk)).root()).value());
    return set;
}

/// A JWK text with a member replaced or added (`value` is JSON text), or left out where `value` is empty.
inline std::string with_member(std::string_view jwk, std::string_view name, std::string_view value) {
    auto const document = json_of(jwk);
    std::string text;
    auto const append = [&text](std::string_view member, std::string_view json) {
        text.append(text.empty() ? "" : ",").append("\"").append(member).append("\":").append(json);
    };
    for (std::size_t i = 0; i < document.root().size(); ++i)
        if (auto member = document.root().member_name(i); member != name) append(member, document.root().member_value(i).to_string());
    if (!value.empty()) append(name, value);
    return "{" + text + "}";
}

#if !defined(CALIMATIC_CRYPTO_NONE)
/// The algorithm that a test means with one of the keys above: its alg, or else the usual one of its type and curve.
inline calimatic::signature_algorithm algorithm_of(std::string_view private_jwk) {
    using enum calimatic::signature_algorithm;
    auto const document = json_of(private_jwk);
    if (auto const named = calimatic::parse_algorithm(document.root()["alg"].as_string().value_or(""))) return *named;
    auto const crv = document.root()["crv"].as_string().value_or("");
    return crv == "P-256" ? es256 : crv == "P-384" ? es384 : crv == "P-521" ? es512 : crv == "Ed25519" ? eddsa : rs256;
}

/// A JWK that names its algorithm (RFC 7517 4.4).
inline std::string for_alg(std::string_view jwk, std::string_view alg) { return with_member(jwk, "alg", '"' + std::string(alg) + '"'); }

inline calimatic::signer signer_of(std::string_view private_jwk) { return calimatic::signer::make(private_jwk, algorithm_of(private_jwk)).value(); }
#endif

} // namespace support
