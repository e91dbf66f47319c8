#include <calimatic/flow/shared_session.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/shared_sessions.hpp"

namespace cal = calimatic;
using namespace std::chrono_literals;
using support::parameter;
using support::refusal;
using support::shared_fixture;
using support::to_response;
using kind = cal::shared_session_event::kind;
using cal::shared_lock;
using cal::transport_failure;

static_assert(cal::machine<cal::shared_session> && cal::asks_crypto<cal::shared_session>);

namespace {

std::string refresh_token_of(cal::http_request const& request) { return parameter(request.body, "refresh_token"); }
constexpr shared_lock locks[] = {shared_lock::by_host, shared_lock::none};

} // namespace

TEST_CASE("a sign-in is stored before its access token is given out, and then others have it, too") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.make(cal::shared_session::start(f.how(), f.signed_in(), f.random, f.now(), f.shared));
        CHECK(f.access_token(first) == "access_token_unavailable");
        CHECK(first.session.generation() == 0);
        f.settle(first);
        CHECK(f.access_token(first) == "the-access-token");
        CHECK(first.happened(kind::tokens_changed));
        CHECK(first.happened(kind::notify));

        auto second = f.make(cal::shared_session::open(f.how(), f.random, f.now(), f.shared));
        CHECK(second.session.is_opening());
        CHECK(f.access_token(second) == "access_token_unavailable");
        CHECK_FALSE(second.session.claims());
        f.settle(second);
        CHECK_FALSE(second.session.is_opening());
        CHECK(f.access_token(second) == "the-access-token");
        CHECK(second.session.claims()->sub() == "alice");
        CHECK(second.session.scope() == "openid email");
        CHECK(second.session.id_token() == first.session.id_token());
        CHECK(second.session.generation() == first.session.generation());
        CHECK(second.session.expires_at() == first.session.expires_at());
        CHECK(second.happened(kind::tokens_changed));
        CHECK_FALSE(second.happened(kind::notify));
    }
}

TEST_CASE("one of several refreshes, and the others take over its tokens") {
    for (auto const lock : locks) {
        shared_fixture f(lock);
        auto first = f.start(), second = f.open(), third = f.open();
        auto const request = f.next_request(second);
        CHECK(refresh_token_of(request) == "the-refresh-token");
        CHECK(request.timeout <= f.shared.lease);
        CHECK_FALSE(f.settle(first));
        CHECK_FALSE(f.settle(third));
        CHECK(f.access_token(first) == "the-access-token");
        f.answer(second, request, to_response({}));
        CHECK(f.access_token(second) == "access-2");
        CHECK(second.happened(kind::notify));
        CHECK(f.store.lock_holder == 0);
        third.session.handle_notice();
        for (auto* tab : {&first, &third}) {
            CHECK_FALSE(f.settle(*tab));
            f.now() += 30s; // the lease that the first one saw
            CHECK_FALSE(f.settle(*tab));
            CHECK(f.access_token(*tab) == "access-2");
            CHECK(tab->happened(kind::tokens_changed));
        }
        CHECK(f.store.lock_holder == 0);
    }
}
