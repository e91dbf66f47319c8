#include <calimatic/flow/bulk_provisioning.hpp>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/bulk.hpp"
#include "support/keys.hpp"
#include "support/outcome.hpp"
#include "support/tokens.hpp"

namespace cal = calimatic;

using namespace std::chrono_literals;
using cal::error_code;
using cal::provision_outcome;
using cal::transport_failure;
using support::bulk_fixture;
using reply = support::bulk_reply;
using support::user;
using support::users;

namespace {

std::string edited(std::string_view blob, std::string_view member, std::string_view value) {
    return support::with_member(std::string(blob), member, value);
}

/// Five users in batches of two, of which the first has come back.
struct half_way : bulk_fixture {
    std::vector<cal::batch_user> all = users(5);
    std::string blob;
    half_way() {
        auto bulk = start(all, {.batch_size = 2});
        REQUIRE(step(bulk));
        bulk.poll_request(now);
        take_events(bulk);
        results.clear();
        blob = serialize(bulk);
    }
    cal::result<cal::bulk_provisioning> take_up(std::string_view text) { return resume(all, text, {.batch_size = 2}); }
};

} // namespace

TEST_CASE("a run that is resumed after every request provisions nobody twice and reports everybody once") {
    auto all = users(23);
    all[3].email.clear();
    all[7].email = "U1@x.example";
    for (bool const is_source : {false, true}) {
        for (bool const loses : {false, true}) {
            INFO(is_source << loses);
            bulk_fixture f;
            f.server.refuses = {"u5@x.example"};
            int requests = 0;
            f.server.after = [&](cal::http_request const& request, cal::http_response honest) -> reply {
                if (loses && request.method == cal::http_method::post && ++requests % 2 == 1) return cal::unexpected{transport_failure::no_answer};
                return honest;
            };
            cal::bulk_options const options{.batch_size = 4};
            auto bulk = is_source ? f.start_source(all, options) : f.start(all, options);
            std::optional<cal::result<cal::bulk_counts>> ended;
            for (int turns = 0; turns < 500 && !ended; ++turns) {
                f.step(bulk);
                ended = bulk.poll_result();
                if (ended) break;
                auto const blob = serialize(bulk);
                CHECK(blob.find("x.example") == std::string::npos);
                auto resumed = is_source
                    ? cal::bulk_provisioning::resume(f.platform(), std::make_unique<support::listed_users>(all), blob, f.random, f.now, options)
                    : f.resume(all, blob, options);
                support::accepted("resume", resumed);
                CHECK(resumed->counts() == bulk.counts());
                CHECK(resumed->generation() == bulk.generation());
                CHECK(serialize(*resumed) == blob);
                bulk = std::move(*resumed);
            }
            REQUIRE(ended);
            support::accepted("run", *ended);
            f.take_events(bulk);
            auto const counts = ended->value();
            CHECK(counts.refused == 2);
            CHECK(counts.duplicate == 1);
            CHECK(counts.created + counts.provisioned == 20);
            CHECK(f.results.size() == 23);
            f.outcomes(); // each index once
            CHECK(f.provisioned_nobody_twice());
        }
    }
}

TEST_CASE("a batch that was saved as leaving is looked up first, also where it never left") {
    for (bool const left : {false, true}) {
        INFO(left);
        half_way f;
        if (left) { // and its process with it
            auto bulk = f.take_up(f.blob);
            for (int i = 2; i < 4; ++i) f.server.provisioned["u" + std::to_string(i) + "@x.example"] = 1;
        }
        f.server.log.clear();
        auto resumed = f.take_up(f.blob);
        support::accepted("resume", resumed);
        CHECK(*resumed->next_deadline() == f.now + 10s);
        auto const counts = f.run(*resumed);
        support::accepted("run", counts);
        CHECK(f.server.log[0] == "GET u2@x.example");
        CHECK(f.server.log[1] == "GET u3@x.example");
        CHECK(counts->provisioned == (left ? 2 : 0));
        CHECK(counts->created == (left ? 3 : 5));
        CHECK(f.provisioned_nobody_twice());
    }
}

TEST_CASE("results that were not taken when it was saved come again, with what the platform said") {
    bulk_fixture f;
    f.server.refuses = {"u1@x.example"};
    f.saves = false;
    auto const all = std::vector{user("u0@x.example"), user("u1@x.example"), user("u0@x.example"), user("u3@x.example")};
    auto bulk = f.start(all, {.batch_size = 3});
    f.take_events(bulk);
    bulk.poll_request(f.now);
    f.take_events(bulk);
    bulk.handle_saved(bulk.generation());
    auto const request = bulk.poll_request(f.now);
    REQUIRE(request);
    bulk.handle_response(request->id, *f.server.send(*request), f.now);
    CHECK(f.outcomes() == "2 duplicate");
    f.results.clear();

    auto resumed = f.resume(all, serialize(bulk));
    support::accepted("resume", resumed);
    f.take_events(*resumed);
    CHECK(f.outcomes() == "0 created, 1 refused, 3 created");
    CHECK(f.result_of(1).error->server_text() == "not this one");
    CHECK(f.result_of(1).error->http_status() == 200);
    CHECK(*f.result_of(1).error == error_code::user_refused);
    CHECK(f.result_of(1).email == "u1@x.example");
    CHECK(f.result_of(0).user_id == "id-u0");

    f.results.clear();
    auto again = f.resume(all, serialize(*resumed)); // they were taken
    f.saves = true;
    CHECK(*f.run(*again) == cal::bulk_counts{.created = 2, .refused = 1, .duplicate = 1});
    CHECK(f.results.empty());
}

TEST_CASE("a run that is done and resumed is done") {
    bulk_fixture f;
    auto bulk = f.start(users(3));
    auto const counts = f.run(bulk);
    auto resumed = f.resume(users(3), serialize(bulk));
    support::accepted("resume", resumed);
    f.server.log.clear();
    CHECK(*f.run(*resumed) == *counts);
    CHECK(f.server.log.empty());
}

TEST_CASE("another input is refused, as is another platform, organization or decision about invitations") {
    half_way f;
    support::accepted("the same", f.take_up(f.blob));
    auto const refused = [&](std::string_view what, std::vector<cal::batch_user> all, cal::bulk_options options = {}) {
        support::refused(what, f.resume(std::move(all), f.blob, std::move(options)), error_code::bulk_input_changed);
    };
    auto changed = f.all;
    changed[0].first_name = "Grace";
    refused("another name", changed);
    changed = f.all;
    changed[1].applications = std::vector<std::string>{"cca_1"};
    refused("another application", changed);
    changed[1].applications.emplace();
    refused("no application", changed);
    changed = f.all;
    std::swap(changed[0], changed[1]);
    refused("another order", changed);
    changed = f.all;
    changed[4].role = "admin";
    refused("a user who was not sent yet", changed);
    refused("fewer", users(4));
    refused("more", users(6));
    refused("nobody", {});
    changed = f.all;
    changed[0] = {.email = changed[0].email + changed[0].first_name, .last_name = "Lovelace"};
    refused("the same letters, split in another way", changed);
    refused("another organization", f.all, {.default_organization_id = "org-2"});
    refused("invitations", f.all, {.send_invite_emails = true});
    refused("no invitations", f.all, {.send_invite_emails = false});
    support::refused("another platform",
        cal::bulk_provisioning::resume({"https://other.example", cal::added_by_host{}}, f.all, f.blob, f.random, f.now),
        error_code::bulk_input_changed);
    support::refused("a source in place of a range",
        cal::bulk_provisioning::resume(f.platform(), std::make_unique<support::listed_users>(f.all), f.blob, f.random, f.now),
        error_code::bulk_input_changed);
    support::accepted("another size of batches", f.resume(f.all, f.blob, {.batch_size = 500}));

    auto source = f.start_source(f.all, {.batch_size = 2});
    f.step(source);
    auto more = f.all;
    more.push_back(user("later@x.example"));
    support::accepted("what a source was not read for yet may change",
        cal::bulk_provisioning::resume(f.platform(), std::make_unique<support::listed_users>(more), serialize(source), f.random, f.now));
}

TEST_CASE("a damaged value is refused") {
    half_way f;
    CHECK(f.blob.find(R"("batch":[2,3])") != std::string::npos);
    struct row {
        std::string_view what;
        std::string blob;
        error_code code = error_code::blob_malformed;
    };
    row const rows[]{
        {"nothing", ""},
        {"another kind", edited(f.blob, "calimatic", R"("session")")},
        {"another version", edited(f.blob, "version", "2"), error_code::blob_version_unknown},
        {"no generation", edited(f.blob, "generation", "")},
        {"a negative generation", edited(f.blob, "generation", "-1")},
        {"a generation that is no number", edited(f.blob, "generation", R"("1")")},
        {"no batch", edited(f.blob, "batch", "")},
        {"a batch that is no list", edited(f.blob, "batch", "2")},
        {"a batch with a text", edited(f.blob, "batch", R"(["2","3"])")},
        {"a batch with a user twice", edited(f.blob, "batch", "[2,2]")},
        {"a batch with a user of later", edited(f.blob, "batch", "[2,4]")},
        {"a batch with a user beyond the input", edited(f.blob, "batch", "[2,9]")},
        {"a batch with somebody left out", edited(f.blob, "batch", "[2]")},
        {"a batch with a user who is done", edited(f.blob, "to_send", "[0]")},
        {"a user in both lists", edited(f.blob, "to_send", "[3]")},
        {"a batch that was smaller", edited(f.blob, "batch_size", "1")},
        {"a batch that was larger than any", edited(f.blob, "batch_size", "501")},
        {"no size at all", edited(f.blob, "most_at_once", "0")},
        {"other counts", edited(f.blob, "counts", R"({"created":1,"existing":0,"provisioned":0,"refused":0,"unconfirmed":0,"unknown":0})")},
        {"counts that are missing", edited(f.blob, "counts", "{}")},
        {"fewer users read", edited(f.blob, "read", "4"), error_code::bulk_input_changed},
        {"next beyond what was read", edited(f.blob, "next", "6")},
        {"more told than there was", edited(f.blob, "told", "1")},
        {"another fingerprint", edited(f.blob, "fingerprint", R"("AAAA")"), error_code::bulk_input_changed},
        {"a fingerprint that is none", edited(f.blob, "fingerprint", R"("***")")},
        {"results that are no list", edited(f.blob, "results", "{}")},
        {"a result without an outcome", edited(f.blob, "results", R"([{"index":0}])")},
        {"a result with an unknown outcome", edited(f.blob, "results", R"([{"index":0,"outcome":"duplicate"}])")},
        {"a result of later", edited(f.blob, "results", R"([{"index":4,"outcome":"created"}])")},
        {"a result of a user in the batch", edited(f.blob, "results", R"([{"index":2,"outcome":"created"}])")},
        {"a result with an id that is no text", edited(f.blob, "results", R"([{"index":0,"outcome":"created","user_id":1}])")},
        {"too large", f.blob + std::string(5'000'000, ' ')},
    };
    for (auto const& row : rows) support::refused(row.what, f.take_up(row.blob), row.code);
    for (std::size_t cut = 0; cut < f.blob.size(); cut += 3) CHECK_FALSE(f.take_up(std::string_view(f.blob).substr(0, cut)));
    support::accepted("a member of the future that does not matter", f.take_up(edited(f.blob, "unknown", "1")));
    support::refused("a size of batches that is none", f.resume(f.all, f.blob, {.batch_size = 0}), error_code::batch_size_invalid);
    support::failing_random broken;
    support::refused("random", cal::bulk_provisioning::resume(f.platform(), f.all, f.blob, broken, f.now), error_code::random_source_failed);
}

TEST_CASE("a run that is resumed with smaller batches sends no larger ones") {
    bulk_fixture f;
    f.server.instead = [](cal::http_request const& request) -> std::optional<reply> {
        if (request.method != cal::http_method::post) return std::nullopt;
        return transport_failure::no_answer;
    };
    auto bulk = f.start(users(20), {.batch_size = 20});
    f.step(bulk);
    f.server.instead = [](auto const&) { return std::nullopt; };
    auto resumed = f.resume(users(20), serialize(bulk), {.batch_size = 4});
    support::accepted("resume", resumed);
    f.server.log.clear();
    CHECK(f.run(*resumed)->created == 20);
    CHECK(f.server.count("POST 4") == 5);
    CHECK(f.server.count("POST") == 5);
}

TEST_CASE("an error of a source that is read again is told") {
    bulk_fixture f;
    auto bulk = f.start_source(users(4), {.batch_size = 2});
    f.step(bulk);
    auto const blob = serialize(bulk);
    auto const resume = [&](std::unique_ptr<cal::user_source> source) {
        return cal::bulk_provisioning::resume(f.platform(), std::move(source), blob, f.random, f.now);
    };
    support::refused("an error", resume(std::make_unique<support::listed_users>(users(4), 1)), error_code::json_syntax);
    support::refused("an early end", resume(std::make_unique<support::listed_users>(users(1))), error_code::bulk_input_changed);
}

TEST_CASE("a saved value of a run with full batches and long words stays within what is read back") {
    bulk_fixture f;
    f.server.after = [](cal::http_request const& request, cal::http_response honest) -> reply {
        if (request.method != cal::http_method::post) return honest;
        auto const body = cal::parse_json(request.body, request.body.size());
        auto const sent = body->root()["users"];
        std::string rows;
        for (std::size_t i = 0; i < sent.size(); ++i)
            rows += (i == 0 ? "" : ",") + (R"({"email":")" + std::string(*sent[i]["email"].as_string())) + R"(","error":")" + std::string(1500, 'x') +
                "\"}";
        return support::json_reply(200, R"({"success":true,"data":[)" + rows + "]}");
    };
    f.saves = false;
    auto bulk = f.start(users(1500));
    bulk.poll_request(f.now);
    bulk.handle_saved(bulk.generation());
    auto request = bulk.poll_request(f.now);
    REQUIRE(request);
    bulk.handle_response(request->id, *f.server.send(*request), f.now);
    bulk.poll_request(f.now);
    bulk.handle_saved(bulk.generation());
    request = bulk.poll_request(f.now);
    REQUIRE(request);
    bulk.handle_response(request->id, *f.server.send(*request), f.now);
    CHECK_FALSE(bulk.poll_request(f.now)); // until the results are taken
    CHECK_FALSE(bulk.next_deadline());
    auto resumed = f.resume(users(1500), serialize(bulk));
    support::accepted("resume", resumed);
    f.saves = true;
    CHECK(f.run(*resumed)->refused == 1500);
    CHECK(f.results.size() == 1500);
}

TEST_CASE("ids without end, told when users are looked up, do not make the saved value too large to be read back") {
    bulk_fixture f;
    f.server.after = [](cal::http_request const& request, cal::http_response) -> reply {
        if (request.method == cal::http_method::post) return transport_failure::no_answer;
        std::string const id(60'000, 'i');
        return support::json_reply(200, R"({"success":true,"data":{"userId":")" + id + R"(","keycloakUserId":")" + id + "\"}}");
    };
    auto bulk = f.start(users(40));
    f.saves = false; // from the batch on
    bulk.poll_request(f.now);
    bulk.handle_saved(bulk.generation());
    while (bulk.counts().total() < 40) REQUIRE(f.step(bulk));
    auto resumed = f.resume(users(40), serialize(bulk));
    support::accepted("resume", resumed);
    f.saves = true;
    CHECK(*f.run(*resumed) == cal::bulk_counts{.provisioned = 40});
    CHECK(f.results.size() == 40);
    CHECK(f.result_of(0).user_id.empty());
    CHECK(f.result_of(0).keycloak_user_id.empty());
}

TEST_CASE("a refusal with 200 is remembered over a restart") {
    bulk_fixture f;
    f.server.instead = [](cal::http_request const& request) -> std::optional<reply> {
        if (request.method != cal::http_method::post) return std::nullopt;
        return support::json_reply(200, R"({"success":false,"error":"not in this organization"})");
    };
    auto bulk = f.start(users(1));
    REQUIRE(f.step(bulk));
    auto resumed = f.resume(users(1), serialize(bulk));
    support::accepted("resume", resumed);
    CHECK(*f.run(*resumed) == cal::bulk_counts{.refused = 1});
    CHECK(f.result_of(0).error->server_text() == "not in this organization");
    CHECK(f.server.count("POST") == 1);
}
