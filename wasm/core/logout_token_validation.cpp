// logout_token_validation: one logout token. Its result is {claims: {...}, subject: {iss, sub?, sid?}}, whose subject is what `session.revoke` takes.
// Tokens that come again are for whoever received them to find, by `jti`.

#include "calls.hpp"
#include "flow_object.hpp"
#include <calimatic/flow/logout_token_validation.hpp>
#include <memory>
#include <utility>

namespace bridge {
namespace {

// clang-format off
constexpr function table[]{
    // {logout_token, keys: a JWK set, expected: {issuer, client_id, id_token_signed_response_alg?, typ_required?, trusted_audiences?: [...],
    //  exp_tolerance?, iat_tolerance?, iat_max_age? (all in seconds)}, options?: {limits?}} -> {handle}; the time of the call is the issuer's
    {"logout_token_validation", [](arguments& given, call const& call) -> reply {
        auto const logout_token = given.required_text("logout_token");
        auto const keys = read_required_keys(given);
        auto const options = read_options(given);
        cal::logout_token_expectations expected;
        given.required_object("expected", [&](arguments& members) {
            expected.issuer = members.required_text("issuer");
            expected.client_id = members.required_text("client_id");
            if (members.has("id_token_signed_response_alg")) expected.id_token_signed_response_alg = members.text("id_token_signed_response_alg");
            expected.typ_required = members.flag("typ_required");
            read_tolerances(members, expected);
        });
        if (!given.finish()) return {};
        return started(std::make_unique<flow_object<cal::logout_token_validation>>(
            cal::logout_token_validation(logout_token, keys, expected, call.now, cal::crypto_answers::by_host, options)));
    }},
};
// clang-format on

} // namespace

functions logout_token_functions() { return table; }

} // namespace bridge
