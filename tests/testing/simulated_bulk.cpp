#include <calimatic/testing/simulated_bulk.hpp>

#include <calimatic/auth.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

namespace cal = calimatic;
namespace sim = calimatic::testing;
using cal::error_code;
using sim::bulk_reply_shape;

namespace {

constexpr auto path = "/api/v1/users/provision/bulk";

struct fixture {
    sim::simulated_platform platform;
    sim::simulated_host host{platform};
    cal::platform_client app{platform.issuer(), cal::app_client{"cca_1", "ccas_1"}};

    explicit fixture(sim::simulated_bulk_options how = {}) : platform({.bulk = std::move(how)}) {
        platform.add_client({.client = {.client_id = "cca_1", .client_secret = "ccas_1"}, .permissions = {"org:users:manage"}});
        platform.add_client({.client = {.client_id = "cca_2", .client_secret = "ccas_2"}});
        platform.directory().organizations.push_back({.applications = {"cca_1", "cca_2"}});
    }
    cal::result<cal::platform_response> call(
        cal::platform_client const& who, std::string_view body, cal::http_method method = cal::http_method::post) {
        return cal::drive(cal::single_request(cal::build_platform_request(who, method, path, body),
                              [&](cal::http_response const& response) { return cal::parse_platform_response(response, who); }),
            host);
    }
    cal::result<cal::bulk_counts> run(std::vector<cal::batch_user> users, cal::bulk_options options = {}) {
        sim::seeded_random random;
        options.storage = cal::storage::none;
        options.default_organization_id = "org-1";
        auto bulk = cal::bulk_provisioning::start(app.clone(), std::move(users), random, host.now(), std::move(options));
        if (!bulk) return bulk.error();
        return cal::drive(*bulk, host);
    }
};

std::vector<cal::batch_user> users(std::size_t count) {
    std::vector<cal::batch_user> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back({.email = "u" + std::to_string(i) + "@x.example", .first_name = "Ada", .last_name = "Lovelace"});
    return all;
}

} // namespace

TEST_CASE("a run ends the same way whatever the shape of the replies, but for one without rows") {
    for (auto const shape :
        {bulk_reply_shape::results, bulk_reply_shape::users, bulk_reply_shape::created_and_failed, bulk_reply_shape::by_address}) {
        for (bool const success_is_for_all : {false, true}) {
            INFO(static_cast<int>(shape) << success_is_for_all);
            fixture f({.shape = shape, .status = 207, .success_is_for_all = success_is_for_all, .refused = {"U3@x.example"}});
            f.platform.directory().accounts.push_back({.email = "u4@x.example"});
            auto const counts = f.run(users(6));
            support::accepted("run", counts);
            CHECK(*counts == cal::bulk_counts{.created = 4, .existing = 1, .refused = 1});
            CHECK(f.platform.directory().accounts.size() == 5);
            CHECK(f.platform.count(sim::simulated_endpoint::bulk_provisioning) == 1);
            auto const* made = f.platform.directory().find_account_by_email("u0@x.example");
            REQUIRE(made);
            CHECK(made->organization_id == "org-1");
            CHECK(made->applications == std::vector<std::string>{"cca_1"});
            CHECK(made->invitations == 0);
        }
    }
    fixture f({.shape = bulk_reply_shape::without_rows});
    CHECK(*f.run(users(3)) == cal::bulk_counts{.unconfirmed = 3});
    CHECK(f.platform.directory().accounts.size() == 3);
}

TEST_CASE("a user whom the platform leaves out of its reply is unconfirmed") {
    fixture f({.left_out = {"u1@x.example"}});
    CHECK(*f.run(users(3), {.send_invite_emails = true}) == cal::bulk_counts{.created = 2, .unconfirmed = 1});
    CHECK(f.platform.directory().find_account_by_email("u1@x.example")->invitations == 1);
}

TEST_CASE("one user can make the platform refuse the batch") {
    fixture f({.refuses_whole_batch = true, .refused = {"u3@x.example"}});
    CHECK(*f.run(users(6), {.send_invite_emails = true}) == cal::bulk_counts{.created = 5, .refused = 1});
    for (auto const& account : f.platform.directory().accounts) CHECK(account.invitations == 1);
}

TEST_CASE("1,200 users on a network that fails are provisioned once each") {
    for (auto const* fault : {"net-not-sent", "net-request-lost", "net-response-lost", "net-429-retry-after", "net-429", "net-500", "net-502",
             "net-503-retry-after", "net-504", "net-truncated", "net-garbage"}) {
        INFO(fault);
        fixture f;
        REQUIRE(f.platform.inject({.name = fault, .after = 1, .endpoint = sim::simulated_endpoint::bulk_provisioning}));
        auto const counts = f.run(users(120), {.batch_size = 50, .send_invite_emails = true});
        support::accepted("run", counts);
        CHECK(counts->created + counts->provisioned == 120);
        CHECK(f.platform.directory().accounts.size() == 120);
        for (auto const& account : f.platform.directory().accounts) CHECK(account.invitations == 1);
    }
}

TEST_CASE("it is as strict as a server is") {
    fixture f;
    support::refused(
        "no permission", f.call({f.platform.issuer(), cal::app_client{"cca_2", "ccas_2"}}, R"({"users":[{}]})"), error_code::platform_error);
    support::refused("no credential", f.call({f.platform.issuer(), cal::added_by_host{}}, R"({"users":[{}]})"), error_code::platform_error);
    support::refused("get", f.call(f.app, "", cal::http_method::get), error_code::platform_error);
    for (auto const* body : {"{}", R"({"users":[]})", R"({"users":{}})", "[]"})
        support::refused(body, f.call(f.app, body), error_code::platform_error);
    std::string many;
    for (int i = 0; i < 501; ++i) many += (i == 0 ? "{}" : ",{}");
    auto const too_many = f.call(f.app, R"({"users":[)" + many + "]}");
    support::refused("501", too_many, error_code::platform_error);
    CHECK(too_many.error().http_status() == 400);
    auto const wrong = f.call(f.app,
        R"({"users":[{"email":"x","firstName":"A","lastName":"B"},{"email":"a@b.example","firstName":"A","lastName":"B","organizationId":"org-9"}]})");
    support::accepted("rows", wrong);
    CHECK(wrong->data()["results"][0]["error"].as_string() == "email: invalid");
    CHECK(wrong->data()["results"][1]["error"].as_string() == "organizationId: there is no such organization");
    CHECK(f.platform.directory().accounts.empty());
}
