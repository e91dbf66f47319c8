// token_validation: one ID Token. Its result is {claims: {...}, subject_key}. A refreshed one is for `session` to compare with the first.

#include "calls.hpp"
#include "flow_object.hpp"
#include <calimatic/flow/token_validation.hpp>
#include <memory>
#include <utility>

namespace bridge {
namespace {

// clang-format off
constexpr function table[]{
    // {id_token, keys: a JWK set, expected: {issuer, client_id, id_token_signed_response_alg?, nonce?, max_age?, acr_values?: [...], access_token?,
    //  trusted_audiences?: [...], exp_tolerance?, iat_tolerance?, iat_max_age? (all in seconds)}, options?: {limits?}} -> {handle}; the time of the call
    //  is the issuer's
    {"token_validation", [](arguments& given, call const& call) -> reply {
        auto const id_token = given.required_text("id_token");
        auto const keys = read_required_keys(given);
        auto const options = read_options(given);
        cal::id_token_expectations expected;
        given.required_object("expected", [&](arguments& members) {
            expected.issuer = members.required_text("issuer");
            expected.client_id = members.required_text("client_id");
            if (members.has("id_token_signed_response_alg")) expected.id_token_signed_response_alg = members.text("id_token_signed_response_alg");
            if (members.has("nonce")) expected.nonce = members.text("nonce");
            if (auto const age = members.number("max_age", 0, UINT32_MAX)) expected.max_age = cal::seconds(*age);
            expected.acr_values = members.texts("acr_values");
            expected.access_token = members.text("access_token");
            read_tolerances(members, expected);
        });
        if (!given.finish()) return {};
        return started(std::make_unique<flow_object<cal::token_validation>>(
            cal::token_validation(id_token, keys, expected, call.now, cal::crypto_answers::by_host, options)));
    }},
};
// clang-format on

} // namespace

functions token_validation_functions() { return table; }

} // namespace bridge
