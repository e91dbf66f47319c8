#include <calimatic/auth.hpp>

#include "exercise.hpp"
#include "support/keys.hpp"
#include "support/vectors.hpp"

namespace cal = calimatic;

void exercise_tokens() {
    auto const keys = cal::parse_jwk_set(support::jwk_set_text({support::public_jwk(vectors::rfc7515_a2_jwk)}));
    expect(keys && keys->keys.size() == 1 && keys->skipped.empty(), "the key of RFC 7515 A.2 is read");

    std::string token(vectors::rfc7515_a2);
    auto const parsed = cal::parse_compact_jws(token);
    expect(parsed && parsed->alg == "RS256", "the token of RFC 7515 A.2 is taken apart");
#if !defined(CALIMATIC_CRYPTO_NONE)
    cal::signature_verifier verifier(*keys, {cal::signature_algorithm::rs256});
    expect(verifier.verify_signature(*parsed).has_value(), "its signature is verified");

    token[token.size() - 100] = token[token.size() - 100] == 'A' ? 'B' : 'A';
    auto const changed = cal::parse_compact_jws(token);
    auto const refused = verifier.verify_signature(*changed);
    expect(!refused && refused.error() == cal::error_code::jws_signature_invalid, "a changed signature is refused");
#endif

    for (auto broken : {"", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[1e400]", "{\"keys\":3}", "\xff"})
        expect(!cal::parse_jwk_set(broken), "a broken key set is refused");
    auto const deep = cal::parse_json(std::string(100, '['), 1000);
    expect(!deep && !deep.error().message().empty(), "JSON that is nested too deep is refused, with words");
}
