#include <calimatic/flow/machine.hpp>

#include <calimatic/flow/authorization_code_flow.hpp>
#include <calimatic/flow/discovery.hpp>
#include <calimatic/flow/jwk_set_source.hpp>
#include <calimatic/flow/token_validation.hpp>
#include <catch2/catch_test_macros.hpp>
#include <type_traits>

namespace cal = calimatic;

namespace {

struct no_machine {
    std::optional<cal::http_request> poll_request(cal::time_point);
};

template <class F>
constexpr bool is_whole_flow = cal::flow<F>&& std::is_move_constructible_v<F> && !std::is_copy_constructible_v<F>;

} // namespace

TEST_CASE("every machine keeps the contract, and the concepts tell what does not") {
    STATIC_CHECK(is_whole_flow<cal::discovery>);
    STATIC_CHECK(is_whole_flow<cal::token_validation>);
    STATIC_CHECK(is_whole_flow<cal::authorization_code_flow>);
    STATIC_CHECK(cal::machine<cal::jwk_set_source>);
    STATIC_CHECK_FALSE(cal::flow<cal::jwk_set_source>);
    STATIC_CHECK_FALSE(cal::machine<no_machine>);
    STATIC_CHECK_FALSE(cal::machine<int>);
}

TEST_CASE("every machine of a sign-in has the cryptographic seam") {
    STATIC_CHECK(cal::asks_crypto<cal::discovery>);
    STATIC_CHECK(cal::asks_crypto<cal::token_validation>);
    STATIC_CHECK(cal::asks_crypto<cal::authorization_code_flow>);
    STATIC_CHECK_FALSE(cal::asks_crypto<cal::jwk_set_source>);
}
