#include <calimatic/auth.hpp>

#include "exercise.hpp"

namespace cal = calimatic;

void exercise_tokens() {
    // RFC 7515 A.2, the key as a set.
    auto const keys = cal::parse_jwk_set(R"({"keys":[{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz)"
                                         R"(P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA)"
                                         R"(9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8)"
                                         R"(q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}]})");
    expect(keys && keys->keys.size() == 1 && keys->skipped.empty(), "the key of RFC 7515 A.2 is read");

    std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ"
                        "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt"
                        "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    auto const parsed = cal::parse_compact_jws(token);
    expect(parsed && parsed->alg == "RS256", "the token of RFC 7515 A.2 is taken apart");
#if !defined(CALIMATIC_CRYPTO_NONE)
    cal::signature_verifier verifier(*keys, {cal::signature_algorithm::rs256});
    expect(verifier.verify(*parsed).has_value(), "its signature is verified");

    token[token.size() - 100] = token[token.size() - 100] == 'A' ? 'B' : 'A';
    auto const changed = cal::parse_compact_jws(token);
    auto const refused = verifier.verify(*changed);
    expect(!refused && refused.error() == cal::error_code::jws_signature_invalid, "a changed signature is refused");
#endif

    for (auto broken : {"", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[1e400]", "{\"keys\":3}", "\xff"})
        expect(!cal::parse_jwk_set(broken), "a broken key set is refused");
    auto const deep = cal::parse_json(std::string(100, '['), 1000);
    expect(!deep && !deep.error().message().empty(), "JSON that is nested too deep is refused, with words");
}
