#include <calimatic/oidc/session_subject.hpp>

#include <catch2/catch_test_macros.hpp>
#include <type_traits>

// What it does is tested with `session::revoke` and `logout_token_claims::subject`.
TEST_CASE("a subject that is not filled in names nobody") {
    calimatic::session_subject const nobody{};
    CHECK(nobody.iss.empty());
    CHECK(nobody.sub.empty());
    CHECK(nobody.sid.empty());
    static_assert(std::is_trivially_copyable_v<calimatic::session_subject>);
}
