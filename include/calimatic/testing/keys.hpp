#pragma once
#include <calimatic/detail/config.hpp>
#include <string_view>

/// \file
/// Fixed private keys as JWK text (RFC 7517), several of each kind: the simulated platform signs with them and rotates through them. Everybody can
/// read these keys: they guard nothing, and no program may trust them outside of its tests.

namespace calimatic::inline CALIMATIC_ABI::testing {

/// RSA with 2048 bits, "rsa-1" to "rsa-4".
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
inline constexpr std::string_view third_rsa_key =
    R"({"kty":"RSA","kid":"rsa-3",)"
    R"("n":"zxuVoiqt8cpTQfQOXkstpmTQL1FhR1izJzwV7pUUOW0aUmKt2tGsvS16VMTzmEKtbYc5EclSAqME6oGS_w60WPXKDQOo-8pjAiAxCpK2oveeTZIgCmUhIE72ArM)"
    R"(XspM47Ns8AVtgHr9qUMGZU1DMbDbFRNVBrbs9Y7baKtmkHc0rtnSPOmi8RLgZT-7_LbptlIKacvqqHHWDpCqTJJNqs6GrJuQxMLMmbok9xT7WAfsqY24zT39qcb4OfE_)"
    R"(_qi-0xjXByjWPKL7dzJIDGcAV8e7YUniN9-lEHtXoLJykUps9Mlw9PsR650_y40T8y9wWLqjgqGOAGB56b0IawvCx4w","e":"AQAB",)"
    R"("d":"CoeYf_ozhcuHmB7UbC7eT0to2j8E9x-nXCNN6idiM9k8MVwbArkOUz_wrEanK-KX9q2dVS4rIT8wjMuxsY4J1UwJzceV29daWU1RsPvslTSJs9_uCRlDKeVZ1KF)"
    R"(OXyHlDwXGczs2E9ofiaOOLBI7knTmaq18_Vw7rsopJWyTT4B7aYMIanoirM4SzLB8oVyiS4OHPPjpJEziFU0jvyuhaCFXjb6pJkCVGAbknx2WwpGMtN8Th801-g0BGzd)"
    R"(YZAbfuCf0k9HDIMg3mzDb0r3oCXoc1RUfIEwsxx0oSHCMkCH2HQYr2uvscvWSJntOO2XrORhEDXIg9J3uptO0yEGLQQ",)"
    R"("p":"_EYpcchoVnX_dOXcBaUkRY_DdtfNuHoBVAlb19KzNy3kPXW8a-FVUTv3dL5iXsEBILGsIKTNrzRSTKjg6bsouG2ycOLJR-hpFYtzAcypOh3CXDRWJnLHaNcy6r1)"
    R"(7HLzZ8C9CZ0_0ioVGqh9170oUhFQI8Su7b55j2LVDczjuV8s",)"
    R"("q":"0iqmjJSIdAaYtgbdF4JXy89wj3Ajj9AW4kx_-f1o6mXf33i-wFKdMQpPqTfc77ZZq8ZdjCVCWAgGZ8NrHuTxL2-WUE6A8ygbXG30XOn_mJKMf94PpELN3_G-sgR)"
    R"(tDdUtTlHA86jCdxODg3WjDP3tK0ivhVQ6x7yA6UZCmlO920k",)"
    R"("dp":"qo14qX824vVFbq-UD5D1M74dBLSjVUvOqBTnrcK5_N0eyFpXt4uQ1am4A4pPEQZlD8huuWcR05iI52DpJbutrPokwGLid6XtnW44o4fNBQhnhVSwxa-llwCeYM)"
    R"(sXd3dJ1DLvLs-EYT33Zz57yfoIYuo5XWsWfkDT-geaAUUFBf8",)"
    R"("dq":"Z_wmT6QmJ5Ij-NxIhBs_qV3HyZCoZ72DtRA4uc4CHQeuzvkFGE9H6z240HcNX6WPlIgfPPoqazf9Q1XTKIQKOXgynSVac_TCJOdaYqZ8ilboIVQT1SggiM8plR)"
    R"(bPhmqVcgzNNUGohhYnmeGYfRMeR648-fEE7FJ-Te0vgwAwDdE",)"
    R"("qi":"1IU8m5xXM_RHkJkqDUqXS6So0dO9dLYhoAub_5PTlacojqXWiyw1nUh38akBXSUIzOQAxho8fjb082vMvPGQg8dcCGQCH0bSxkqCkm2_exWUawAkIJMkBy8V_F)"
    R"(B6wbpSl0hv2LYJfSweb4lN38pDZ6ZQP83FE53tFet32wEz6EU"})";
inline constexpr std::string_view fourth_rsa_key =
    R"({"kty":"RSA","kid":"rsa-4",)"
    R"("n":"sDyffCpTiZhcxAz_AhAd--_8kQZrmz4YRwpACPmkIsWKP0BwgPDEbLZOfg9IOTY67cnLRrs8fB_GTnJ6vfIaUOP_rzXCM_BYa9kVhpxqigEy5osEHusYDYPbxWJ)"
    R"(i87vtus3jGxWQLKtxteyRQ3Nhr1Ehek8YD387LlIWD6ODRct2Ffdt0S2RZfvquQg1qe1shGNKDUOC3_JfPQzGAdzPd3faTzrZbJBEgc4Y4TpgZqrd0dAXlPHvO_VVzc0)"
    R"(_q75AoaHWFkEvv1W0U6X7SX4srCXEA4qoeWuLkNbyItxssCe-bG93EZDlvP4pnjLZpmY8W235f7EZUM7yYuk_nNj4Zw","e":"AQAB",)"
    R"("d":"UZuo8Hq7FzaeEkzAUyi6cbz19AQIlSkiXdcRwvYyusVFmLeSwSp8kqiy3S3fcFq72_u7LSQrxICEODRLwSRYakfB0NTwelOb5kjubliE_yXB97686EJN74g1Hwh)"
    R"(JsPq_gWaweQy5p-216JvEwnqt69yCR5xTlG2CrpblT1WUxp7EjXNkN4Fr77-z_Kjz3mzlM5db5OC4MJYhwokVOjCTgXKOTpT1vBLM3kHcPtbBAYJi80D8X_N4mC2rEpC)"
    R"(4n-4A3yinAhEr33-rGnKuzwnRZaKVrPMUNIm2tQUwLjbYs98aRgS3aGX5vVPMb7Gi3tFBu5hj3Xs0FsyKjDq3P0zVcQ",)"
    R"("p":"6dvXOYHN5i0-0WSSXmYWJaTzuLM8Wdq2gvWenAx5Fapmxq3JnV_na6oyJTzAbK0Mua2B0IzmUVM_Ea48x_dpL19FwojotPrxSM6MLLs1Gt4RWQfbOpYqhEceZPF)"
    R"(pmK-LzOwYfly5k7oTNAqGWBzWo6OKXgs4ZX_621E0n68GfjE",)"
    R"("q":"wOwrIZrc55B9MWKfzbrErwTinw_QjCYo2Q4h-J3GTpjFAZ6Sa_42mHG3tYiWlXeqLMhuA_GHHSrkNFJH8NSJ1XqUI1q6-oTb6fb1S5qEGS2ZxREdIy048fCNlT_)"
    R"(_8J05_e81jNoQcw4t1axjvWNynZUr14A0ceqpVeDmKKyrQhc",)"
    R"("dp":"IB9MXt_PknBgko6H9GN9Y0pXF-W2wnjiXPa0BKdJ8onneB7i9LT5qrZEEQ1ZORREDTUiAa147W7L2Pff7W-0iQdDI8d-f22Auwl0A6jrUHd0VpBXsqJx0J2cNS)"
    R"(1b3dcvEsTTUHgYHYyPmrRfY7cCXJPYK7bK1lZP9NQgsFZwQ-E",)"
    R"("dq":"SZ3VF42wnexU2XN451hNlTuX_npaaiBlle3-qJAMDBHfmy6XUP5AdwttvqfQTljLZytUT8zqcgbb7ds3-H4h2oRb4uHMV6w6_pxuHdtobPMpqjlNlQ68nBXe8Q)"
    R"(Tq9TYJ2wxcstLDVCQk-VQ--xXntpolkKYrXQzecRbQvNSmxSE",)"
    R"("qi":"BXr7DbmjcrCEkMpISPur_49xMqEyHa1nO1_o85zKRosU-_ZtC5ArM5iJqwS992uJKiHuo1QkmXKBHlDnykpBbIh52lqOPdxlKSGMIC6IcrGWJbLvOeR7mdgMl2)"
    R"(R9QEMSV6p3tbbWsMTQf7y3bzyOwHKH5RDn3v-y9UpHJwlvsWw"})";

/// P-256, "p256-1" and "p256-2".
inline constexpr std::string_view p256_key =
    R"({"kty":"EC","kid":"p256-1","crv":"P-256","x":"WS76SwezhWS6CVbIBnuk_IJyMcaJMkOmxHpWK5eU97k",)"
    R"("y":"X_wJFezZKEU8Z-KATz0htvLWJXVuoBKVFwXPkweL7oM","d":"-BUCZI0ZToIJESAH_UVNbYbW5Hg5o_cELBv7Xev9PSU"})";
inline constexpr std::string_view other_p256_key =
    R"({"kty":"EC","kid":"p256-2","crv":"P-256","x":"nxN5zivV6nGZ6WPu5CNdYlHsxeM5WbAQpt_Rfw-vdLM",)"
    R"("y":"DYRqH0Q1qNKIenP3LML_B5YDfTD5-Yu-xs3WihMap_Y","d":"lTLt_OHcsOHGF2R3YzGLbep-xUZnyM3-Rqga2XWfi9Q"})";

/// P-384, "p384-1" and "p384-2".
inline constexpr std::string_view p384_key =
    R"({"kty":"EC","kid":"p384-1","crv":"P-384","x":"YFtvt6P-HQLAjRYt37HmtYGVmOGJ8NandMd2FSd45vxnB5nw7GpOB8Na1HuBcoyn","y":"M)"
    R"(Q85t8pdubDC_0aSAJ0cJQv5V1GAuc7DO6U6GmQPkrcxhHCqbZ4KJ2QXGmKwt1cl","d":"3gxvogMnGcsMQcwZsIMqyXIOqDvwFvBwSL-gk2fVElfvQWJP)"
    R"(VDvNH9UZN7nFUHG3"})";
inline constexpr std::string_view other_p384_key =
    R"({"kty":"EC","kid":"p384-2","crv":"P-384","x":"0eXXLA96BBe7IgBpIJt9GxC-mQLIKo9MgsKhaRgh8-rjvgWyWc9y-dWQJByrwd3r","y":"m)"
    R"(sM9lZ7SSU9vykch8i0aTSLQUrF-sOfcU6hkgS5MY07NULujV32m7dMIHkyHPBnc","d":"ZBBREH4JzcwGrCSBv3lff7mzdB53-qp3DTqQZTNnfc2_EuNp)"
    R"(D6-Vih-E-Rca2AEJ"})";

/// P-521, "p521-1" and "p521-2".
inline constexpr std::string_view p521_key =
    R"({"kty":"EC","kid":"p521-1","crv":"P-521","x":"AffD7XzvrN-q66Ue_ujVDbX6pbxfV8mw-PxCDc3FcyPwAfpQs-nbSyvav7DhB_-HyWzCPayg)"
    R"(k7G3pwaWl7vr6EdT","y":"AWnB7i7fL9IhcQHeoFZb-TvTlaH8VyOl6YaL3dXH4Io8-vPzm-rpGe8pLaYYg9oqPJdXbfdG98mIM9nYAICSsMcs","d":")"
    R"(AU--lJ7JK8GAQ5eoLOmNx7xcFcqhaXSusQ1VVcfHL2KW23-ZJnquKhbPaIEZKyLVe6DOmvfgB_-jy03cnpCkWijj"})";
inline constexpr std::string_view other_p521_key =
    R"({"kty":"EC","kid":"p521-2","crv":"P-521","x":"ANrTNsW9iVx-VJ9gFyqrrehCsC_WCg8C9HOmh3PrR6nvOQlH-rxt-ZPL6QTyUfTU0TzNIJXJ)"
    R"(lbQ792RHW58jfPN_","y":"ABMlmG1M81i259cRUp2FKvRehfkD8WKjwuYz0_Lwi98wJEIPmG196ieMl-rQdan6mBc97lSRPr4tWclinzjjYSkD","d":")"
    R"(AR-Iw1rOyvTXfTbUEEMxaMkvCh_2X_72hPpz1gjbIKrzQ3k55V4v2gkcNlZlabEzdwimwNUuA5Ep9Q4nJV63ynTa"})";

/// Ed25519, "ed25519-1" and "ed25519-2".
inline constexpr std::string_view ed25519_key = R"({"kty":"OKP","kid":"ed25519-1","crv":"Ed25519","x":"8D_rZ6e9IdaHayc-masqZoZKPxfOHyfw_FYag58dX6Q",)"
                                                R"("d":"lwb9Rq4TULSKQzjyee0hALr0Jdca7lh3DheWMUP51Z0"})";
inline constexpr std::string_view other_ed25519_key =
    R"({"kty":"OKP","kid":"ed25519-2","crv":"Ed25519","x":"aUKV_TUZ6joFTBSjmfnZ__RuLbbrDFqr7s3igcr8aZ8",)"
    R"("d":"j08MqyU1VMeT2x4CJp_Jv0jQQgOLhEacPXLIKzO03GE"})";

/// The same, in the order in which a platform rotates through them.
inline constexpr std::string_view rsa_keys[]{rsa_key, other_rsa_key, third_rsa_key, fourth_rsa_key};
inline constexpr std::string_view p256_keys[]{p256_key, other_p256_key};
inline constexpr std::string_view p384_keys[]{p384_key, other_p384_key};
inline constexpr std::string_view p521_keys[]{p521_key, other_p521_key};
inline constexpr std::string_view ed25519_keys[]{ed25519_key, other_ed25519_key};

} // namespace calimatic::inline CALIMATIC_ABI::testing
