#include <calimatic/flow/bulk_provisioning.hpp>

#include <calimatic/drive/blocking.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/bulk.hpp"
#include "support/keys.hpp"
#include "support/outcome.hpp"

namespace cal = calimatic;

using namespace std::chrono_literals;
using cal::error_code;
using cal::provision_outcome;
using cal::transport_failure;
using support::bulk_fixture;
using support::json_reply;
using reply = support::bulk_reply;
using support::user;
using support::users;
using kind = cal::bulk_event::kind;

static_assert(cal::flow<cal::bulk_provisioning>);

namespace {

/// Answers the requests of one kind that come first; the platform does not act.
auto first(std::string_view method, std::size_t times, reply answer) {
    return [=, left = times](cal::http_request const& request) mutable -> std::optional<reply> {
        if (to_string(request.method) != method || left == 0) return std::nullopt;
        --left;
        return answer;
    };
}
/// The same once it has acted.
auto first_after(std::string_view method, std::size_t times, reply answer) {
    return [=, left = times](cal::http_request const& request, cal::http_response honest) mutable -> reply {
        if (to_string(request.method) != method || left == 0) return honest;
        --left;
        return answer;
    };
}

cal::http_response refusal(int status) { return json_reply(status, R"({"success":false,"error":"Validation failed"})"); }

struct blocking_host {
    bulk_fixture& f;
    cal::time_point now() const { return f.now; }
    void wait_until(cal::time_point time) { f.now = time; }
    reply send(cal::http_request const& request) { return f.server.send(request); }
};

} // namespace

TEST_CASE("1,200 users leave in batches of 500, and each has a result") {
    bulk_fixture f;
    auto bulk = f.start(users(1200), {.default_organization_id = "org-1", .send_invite_emails = true});
    auto const counts = f.run(bulk);
    support::accepted("run", counts);
    CHECK(f.server.log == std::vector<std::string>{"POST 500", "POST 500", "POST 200"});
    CHECK(counts->created == 1200);
    CHECK(counts->total() == 1200);
    CHECK(bulk.counts() == *counts);
    REQUIRE(f.results.size() == 1200);
    for (std::size_t i = 0; i < f.results.size(); ++i) {
        CHECK(f.results[i].index == i);
        CHECK(f.results[i].email == "u" + std::to_string(i) + "@x.example");
        CHECK(f.results[i].user_id == "id-u" + std::to_string(i));
        CHECK(f.results[i].outcome == provision_outcome::created);
        CHECK_FALSE(f.results[i].error);
    }
    std::vector<std::uint64_t> done;
    for (auto const& event : f.other_events) {
        if (event.what != kind::progress) continue;
        CHECK(event.total == 1200);
        if (done.empty() || done.back() != event.done) done.push_back(event.done);
    }
    CHECK(done == std::vector<std::uint64_t>{500, 1000, 1200});
}

TEST_CASE("a source is read as batches leave, and its total is told where it is known") {
    bulk_fixture f;
    auto owned = std::make_unique<support::listed_users>(users(25));
    auto const* source = owned.get();
    auto made = cal::bulk_provisioning::start(f.platform(), std::move(owned), f.random, f.now, {.batch_size = 10, .total = 25});
    support::accepted("start", made);
    CHECK(source->read() == 0);
    REQUIRE(f.step(*made));
    CHECK(source->read() == 10);
    CHECK(f.server.log == std::vector<std::string>{"POST 10"});
    REQUIRE(f.step(*made));
    CHECK(source->read() == 20);
    CHECK(f.run(*made)->created == 25);
    CHECK(f.last_progress().done == 25);
    CHECK(f.last_progress().total == 25);

    bulk_fixture other;
    auto unknown = other.start_source(users(3));
    CHECK(other.run(unknown)->created == 3);
    CHECK(other.last_progress().done == 3);
    CHECK_FALSE(other.last_progress().total);
}

TEST_CASE("nobody to provision is an end at once") {
    bulk_fixture f;
    auto bulk = f.start({});
    CHECK(f.run(bulk)->total() == 0);
    auto source = f.start_source({});
    CHECK(f.run(source)->total() == 0);
    CHECK(f.server.log.empty());
}

TEST_CASE("what would fail later fails at the start") {
    bulk_fixture f;
    auto const start = [&](cal::platform_client platform, cal::bulk_options options) {
        return cal::bulk_provisioning::start(std::move(platform), users(1), f.random, f.now, std::move(options));
    };
    for (std::size_t const size : {std::size_t{0}, std::size_t{501}})
        support::refused("batch_size", start(f.platform(), {.batch_size = size}), error_code::batch_size_invalid);
    support::refused("no secret", start({"https://auth.example", cal::app_client{"cca_1", {}}}, {}), error_code::client_secret_missing);
    support::refused("http", start({"http://auth.example", cal::added_by_host{}}, {}), error_code::url_not_https);
    support::failing_random broken;
    support::refused("random", cal::bulk_provisioning::start(f.platform(), users(1), broken, f.now), error_code::random_source_failed);
}

TEST_CASE("of a range, duplicates and users who break a limit are told before anything is sent") {
    bulk_fixture f;
    std::vector<cal::batch_user> all{user("a@x.example"), user(" A@X.example "), user("b@x.example"), user(""), user("a@x.example")};
    all.push_back(user("c@x.example"));
    all[5].role.assign(51, 'x');
    all.push_back(user("c@x.example")); // the one before was not fit to be sent
    auto bulk = f.start(all);
    f.take_events(bulk);
    CHECK(f.server.log.empty());
    CHECK(f.outcomes() == "1 duplicate, 3 refused, 4 duplicate, 5 refused");
    CHECK(*f.result_of(1).error == error_code::user_repeated);
    CHECK(f.result_of(1).email == "A@X.example");
    CHECK(*f.result_of(3).error == error_code::platform_member_invalid);
    CHECK(f.result_of(5).error->got() == "role");
    auto const counts = f.run(bulk);
    CHECK(f.outcomes() == "0 created, 1 duplicate, 2 created, 3 refused, 4 duplicate, 5 refused, 6 created");
    CHECK(f.server.log == std::vector<std::string>{"POST 3"});
    CHECK(*counts == cal::bulk_counts{.created = 3, .refused = 2, .duplicate = 2});
}

TEST_CASE("a range waits until what is wrong with it was taken") {
    bulk_fixture f;
    auto bulk = f.start({user("a@x.example"), user("a@x.example")});
    CHECK_FALSE(bulk.next_deadline());
    CHECK_FALSE(bulk.poll_request(f.now));
    CHECK(bulk.poll_event()->result->outcome == provision_outcome::duplicate);
    CHECK(bulk.next_deadline() == cal::at_once);
}

TEST_CASE("of a source, they are told when they are read") {
    bulk_fixture f;
    auto bulk = f.start_source({user("a@x.example"), user("b@x.example"), user("a@x.example"), user("c@x.example"), user("")}, {.batch_size = 2});
    f.take_events(bulk);
    CHECK(f.results.empty());
    CHECK_FALSE(bulk.poll_request(f.now));
    f.take_events(bulk);
    CHECK(f.results.empty());
    REQUIRE(f.step(bulk));
    CHECK(*f.run(bulk) == cal::bulk_counts{.created = 3, .refused = 1, .duplicate = 1});
    CHECK(f.outcomes() == "0 created, 1 created, 2 duplicate, 3 created, 4 refused");
    CHECK(f.server.log == std::vector<std::string>{"POST 2", "POST 1"});
}

TEST_CASE("blanks around an address are not sent") {
    bulk_fixture f;
    auto bulk = f.start({user("\t a@x.example ")});
    CHECK(f.run(bulk)->created == 1);
    CHECK(f.server.provisioned.begin()->first == "a@x.example");
}

TEST_CASE("a batch leaves once the host has saved that it will, and results are given out once they are saved") {
    bulk_fixture f;
    f.saves = false;
    auto bulk = f.start(users(3), {.batch_size = 2});
    CHECK(bulk.next_deadline() == cal::at_once);
    CHECK_FALSE(bulk.poll_request(f.now));
    CHECK_FALSE(bulk.next_deadline());
    auto const event = bulk.poll_event();
    REQUIRE(event);
    CHECK(event->what == kind::checkpoint);
    CHECK(event->generation == bulk.generation());
    CHECK_FALSE(bulk.poll_event());
    CHECK_FALSE(bulk.poll_request(f.now + 1h));
    CHECK_FALSE(bulk.handle_saved(event->generation + 1));
    CHECK_FALSE(bulk.handle_saved(0));
    CHECK_FALSE(bulk.poll_request(f.now));
    CHECK(bulk.handle_saved(event->generation));
    auto const request = bulk.poll_request(f.now);
    REQUIRE(request);
    CHECK_FALSE(bulk.poll_request(f.now));

    CHECK(bulk.handle_response(request->id, *f.server.send(*request), f.now));
    CHECK_FALSE(bulk.handle_response(request->id, json_reply(200, ""), f.now));
    CHECK_FALSE(bulk.poll_request(f.now));
    f.take_events(bulk);
    CHECK(f.results.empty());
    CHECK_FALSE(bulk.poll_request(f.now));
    CHECK(bulk.handle_saved(bulk.generation()));
    f.take_events(bulk);
    CHECK(f.outcomes() == "0 created, 1 created");

    auto const last = bulk.poll_request(f.now);
    REQUIRE(last);
    CHECK(bulk.handle_response(last->id, *f.server.send(*last), f.now));
    CHECK_FALSE(bulk.poll_request(f.now));
    CHECK_FALSE(bulk.poll_result()); // the end is saved, too
    CHECK(bulk.handle_saved(bulk.generation()));
    CHECK(bulk.next_deadline() == cal::at_once);
    CHECK(bulk.poll_result()->value().created == 3);
    CHECK_FALSE(bulk.poll_result());
    f.take_events(bulk);
    CHECK(f.outcomes() == "0 created, 1 created, 2 created");
}

TEST_CASE("without storage nothing is waited for, and a blocking driver runs it to its end") {
    bulk_fixture f;
    f.server.refuses = {"u7@x.example"};
    auto bulk = f.start(users(30), {.storage = cal::storage::none, .batch_size = 10});
    auto const counts = cal::drive(bulk, blocking_host{f});
    support::accepted("run", counts);
    CHECK(*counts == cal::bulk_counts{.created = 29, .refused = 1});
    while (auto event = bulk.poll_event()) {
        CHECK(event->generation == 0);
        if (event->result) f.results.push_back(*event->result);
    }
    CHECK(f.results.size() == 30);
    CHECK_FALSE(bulk.handle_saved(bulk.generation()));
}

TEST_CASE("half a batch refused is normal") {
    bulk_fixture f;
    for (int i = 0; i < 10; i += 2) f.server.refuses.insert("u" + std::to_string(i) + "@x.example");
    f.server.provisioned["u1@x.example"] = 1; // was there before
    auto bulk = f.start(users(10));
    CHECK(*f.run(bulk) == cal::bulk_counts{.created = 4, .existing = 1, .refused = 5});
    CHECK(f.server.log.size() == 1);
    auto const& refused = f.result_of(4);
    CHECK(*refused.error == error_code::user_refused);
    CHECK(refused.error->server_text() == "not this one");
    CHECK(f.result_of(1).outcome == provision_outcome::existing);
}

TEST_CASE("a user whom the reply does not tell of is unconfirmed, and nobody is sent again") {
    bulk_fixture f;
    f.server.after = [](auto const&, auto const&) {
        return json_reply(200, R"({"success":true,"data":{"results":[{"email":"u1@x.example","userId":"x"}]}})");
    };
    auto bulk = f.start(users(3));
    CHECK(*f.run(bulk) == cal::bulk_counts{.provisioned = 1, .unconfirmed = 2});
    CHECK(*f.result_of(0).error == error_code::user_unconfirmed);
    CHECK(f.server.log.size() == 1);
}

TEST_CASE("what the server did not act upon is sent again after a wait") {
    struct row {
        std::string_view what;
        reply answer;
        cal::milliseconds least;
        cal::milliseconds most;
    };
    cal::http_response later{429, {{"Retry-After", "90"}}, ""};
    row const rows[]{
        {"429", cal::http_response{429, {}, ""}, 1s, 1250ms},
        {"429 with Retry-After", later, 90s, 90s},
        {"503 with Retry-After", cal::http_response{503, {{"Retry-After", "7"}}, "<html>"}, 7s, 7s},
        {"a code for it", json_reply(400, R"({"success":false,"error":{"code":"RATE_LIMITED","message":"slow"}})"), 1s, 1250ms},
        {"the same with 200", json_reply(200, R"({"success":false,"error":"RATE_LIMITED"})"), 1s, 1250ms},
        {"423", json_reply(423, R"({"success":false,"error":"locked"})"), 1s, 1250ms},
        {"not sent", cal::unexpected{transport_failure::not_sent}, 1s, 1250ms},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        bulk_fixture f;
        f.server.instead = first("POST", 1, row.answer);
        auto bulk = f.start(users(3));
        REQUIRE(f.step(bulk));
        auto const& told = f.other_events.back();
        REQUIRE(told.what == kind::waiting);
        CHECK(told.error);
        CHECK(*told.retry_at - f.now >= row.least);
        CHECK(*told.retry_at - f.now <= row.most);
        CHECK(bulk.next_deadline() == told.retry_at);
        CHECK_FALSE(bulk.poll_request(*told.retry_at - 1ms));
        CHECK(f.run(bulk)->created == 3);
        CHECK(f.server.log == std::vector<std::string>{"POST 3", "POST 3"});
    }
}

TEST_CASE("waits grow up to the longest, and the run ends after too many failures in a row") {
    bulk_fixture f;
    f.server.instead = first("POST", 1000, cal::unexpected{transport_failure::not_sent});
    auto bulk = f.start(users(3), {.first_wait = 1s, .longest_wait = 10s, .most_failures = 6});
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 6; ++i) {
        REQUIRE(f.step(bulk));
        waits.push_back((*f.other_events.back().retry_at - f.now) / 1s);
    }
    CHECK(waits[0] == 1);
    CHECK(waits[1] == 2);
    CHECK((waits[2] == 4 || waits[2] == 5));
    CHECK(waits[3] >= 8);
    CHECK(waits[5] >= 10);
    CHECK(waits[5] <= 12);
    support::refused("in the end", f.run(bulk), error_code::transport_not_sent);
    CHECK(f.server.log.size() == 7);
    CHECK(f.results.empty());
    auto resumed = f.resume(users(3), f.saved); // nothing is lost
    support::accepted("resume", resumed);
    f.server.instead = [](auto const&) { return std::nullopt; };
    CHECK(f.run(*resumed)->created == 3);
    CHECK(f.provisioned_nobody_twice());
}

TEST_CASE("a success may ask for a pause, too") {
    bulk_fixture f;
    f.server.after = [](cal::http_request const&, cal::http_response honest) {
        honest.headers.push_back({"Retry-After", "30"});
        return honest;
    };
    auto bulk = f.start(users(2), {.batch_size = 1});
    auto const begun = f.now;
    CHECK(f.run(bulk)->created == 2);
    CHECK(f.now - begun >= 30s);
}

TEST_CASE("a lost answer is settled address by address before anything is sent again") {
    struct row {
        std::string_view what;
        reply answer;
    };
    row const rows[]{
        {"no answer", cal::unexpected{transport_failure::no_answer}},
        {"too large", cal::unexpected{transport_failure::too_large}},
        {"cancelled", cal::unexpected{transport_failure::cancelled}},
        {"502", cal::http_response{502, {}, "<html>"}},
        {"504", cal::http_response{504, {}, "<html>"}},
        {"500", cal::http_response{500, {}, ""}},
        {"408", cal::http_response{408, {}, ""}},
        {"a page with 200", cal::http_response{200, {}, "<html>"}},
        {"cut off", json_reply(200, R"({"success":true,"data":{"resul)")},
        {"no envelope", json_reply(200, R"({"ok":true})")},
        {"wrong types", json_reply(201, R"({"success":"yes","data":1})")},
        {"too many headers", cal::http_response{429, std::vector<cal::http_header>(200, {"a", "b"}), ""}},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        {
            bulk_fixture f; // it acted
            f.server.after = first_after("POST", 1, row.answer);
            auto bulk = f.start(users(3));
            auto const sent_at = f.now;
            REQUIRE(f.step(bulk));
            CHECK(f.other_events.back().what == kind::waiting);
            CHECK(*bulk.next_deadline() - sent_at >= 10s); // it may still arrive
            CHECK(*f.run(bulk) == cal::bulk_counts{.provisioned = 3});
            CHECK(f.server.log == std::vector<std::string>{"POST 3", "GET u0@x.example", "GET u1@x.example", "GET u2@x.example"});
            CHECK(f.result_of(1).user_id == "id-u1");
            CHECK(f.provisioned_nobody_twice());
        }
        {
            bulk_fixture f; // it did not act
            f.server.instead = first("POST", 1, row.answer);
            auto bulk = f.start(users(2));
            CHECK(*f.run(bulk) == cal::bulk_counts{.created = 2});
            CHECK(f.server.log == std::vector<std::string>{"POST 2", "GET u0@x.example", "GET u1@x.example", "POST 1", "POST 1"});
        }
    }
}

TEST_CASE("a batch that was acted upon in part is finished by the rest of it") {
    bulk_fixture f;
    f.server.provisioned["u1@x.example"] = 1;
    f.server.instead = first("POST", 1, cal::unexpected{transport_failure::no_answer});
    auto bulk = f.start(users(4));
    CHECK(*f.run(bulk) == cal::bulk_counts{.created = 3, .provisioned = 1});
    CHECK(f.server.log.back() == "POST 3");
    CHECK(f.provisioned_nobody_twice());
}

TEST_CASE("a user with whom the server fails every time is found, and the others are provisioned") {
    bulk_fixture f;
    f.server.instead = [](cal::http_request const& request) -> std::optional<reply> {
        if (request.body.find("u5@x.example") == std::string::npos) return std::nullopt;
        return cal::http_response{500, {}, ""};
    };
    auto bulk = f.start(users(12));
    auto const counts = f.run(bulk);
    support::accepted("run", counts);
    CHECK(*counts == cal::bulk_counts{.created = 11, .unknown = 1});
    CHECK(f.result_of(5).outcome == provision_outcome::unknown);
    CHECK(*f.result_of(5).error == error_code::user_outcome_unknown);
    CHECK(f.result_of(5).error->http_status() == 500);
}

TEST_CASE("whoever is unknown was lost alone three times") {
    bulk_fixture f;
    std::map<std::string, int> lost; // by what was sent alone
    f.server.instead = [&](cal::http_request const& request) -> std::optional<reply> {
        if (request.method != cal::http_method::post) return std::nullopt;
        auto const body = cal::parse_json(request.body, request.body.size());
        auto const sent = body->root()["users"];
        auto const email = std::string(*sent[0]["email"].as_string());
        bool const is_lost = sent.size() > 1 || email == "u0@x.example" || ++lost[email] == 1;
        if (email == "u0@x.example" && sent.size() == 1) ++lost[email];
        return is_lost ? std::optional<reply>(cal::http_response{500, {}, ""}) : std::nullopt;
    };
    auto bulk = f.start(users(5));
    auto const counts = f.run(bulk);
    support::accepted("run", counts);
    CHECK(*counts == cal::bulk_counts{.created = 4, .unknown = 1});
    CHECK(f.result_of(0).outcome == provision_outcome::unknown);
    CHECK(lost["u0@x.example"] == 3);
}

TEST_CASE("a server that loses every batch ends the run") {
    bulk_fixture f;
    f.server.instead = first("POST", 1000, cal::http_response{500, {}, ""});
    auto bulk = f.start(users(300), {.most_failures = 5});
    support::refused("run", f.run(bulk), error_code::server_unavailable);
    CHECK(f.server.count("POST") == 6);
}

TEST_CASE("what cannot be settled is unknown, and is not sent again") {
    struct row {
        std::string_view what;
        reply answer;
        std::size_t gets; // of three users
    };
    row const rows[]{
        {"500", cal::http_response{500, {}, ""}, 7}, // five times the first one, once each other
        {"no answer", cal::unexpected{transport_failure::no_answer}, 7},
        {"a page", cal::http_response{200, {}, "<html>"}, 7},
        {"another user", json_reply(200, R"({"success":true,"data":{"userId":"1","email":"other@x.example"}})"), 7},
        {"refused", refusal(400), 3},
        {"refused with a page", cal::http_response{422, {}, "<html>"}, 7},
        {"not found, by a page", cal::http_response{404, {}, "<html>"}, 7},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        bulk_fixture f;
        f.server.instead = first("GET", 100, row.answer);
        f.server.after = first_after("POST", 1, cal::unexpected{transport_failure::no_answer});
        auto bulk = f.start(users(5), {.batch_size = 3});
        CHECK(*f.run(bulk) == cal::bulk_counts{.created = 2, .unknown = 3});
        CHECK(f.server.count("GET") == row.gets);
        CHECK(*f.result_of(0).error == error_code::user_outcome_unknown);
        CHECK(f.provisioned_nobody_twice());
    }
}

TEST_CASE("a look-up that the server did not act upon is tried again, and one that is forbidden ends the run") {
    for (reply const& answer : {reply(cal::http_response{429, {{"Retry-After", "5"}}, ""}), reply(cal::unexpected{transport_failure::not_sent}),
             reply(cal::http_response{503, {}, ""})}) {
        bulk_fixture f;
        f.server.instead = first("GET", 7, answer);
        f.server.after = first_after("POST", 1, cal::unexpected{transport_failure::no_answer});
        auto bulk = f.start(users(2));
        CHECK(*f.run(bulk) == cal::bulk_counts{.provisioned = 2});
    }
    bulk_fixture f;
    f.server.instead = first("GET", 1, refusal(403));
    f.server.after = first_after("POST", 1, cal::unexpected{transport_failure::no_answer});
    auto bulk = f.start(users(2));
    support::refused("403", f.run(bulk), error_code::platform_error);
    CHECK(f.results.empty());
    auto resumed = f.resume(users(2), f.saved);
    support::accepted("resume", resumed);
    CHECK(*f.run(*resumed) == cal::bulk_counts{.provisioned = 2});
    CHECK(f.provisioned_nobody_twice());
}

TEST_CASE("a batch that is refused as a whole is sent again in parts, so that whoever is refused alone is known") {
    for (reply const& answer : {reply(refusal(400)), reply(refusal(404)), reply(refusal(409)), reply(refusal(422)), reply(refusal(413)),
             reply(cal::http_response{413, {}, "<html>"}), reply(cal::http_response{400, {}, ""})}) {
        INFO(answer->status << ' ' << answer->body);
        bulk_fixture f;
        f.server.instead = [&](cal::http_request const& request) -> std::optional<reply> {
            if (request.body.find("u13@x.example") == std::string::npos) return std::nullopt;
            return answer;
        };
        auto bulk = f.start(users(20));
        CHECK(*f.run(bulk) == cal::bulk_counts{.created = 19, .refused = 1});
        CHECK(f.result_of(13).outcome == provision_outcome::refused);
        CHECK(*f.result_of(13).error == error_code::user_refused);
        CHECK(f.result_of(13).error->http_status() == answer->status);
        if (!answer->body.starts_with('{')) CHECK(f.result_of(13).error->server_text().empty());
        else CHECK(f.result_of(13).error->server_text() == "Validation failed");
        CHECK(f.server.count("GET") == 0);
        CHECK(f.server.log.size() <= 12);
        CHECK(f.provisioned_nobody_twice());
    }
}

TEST_CASE("a refusal with 200 is looked into before anybody is sent again") {
    bulk_fixture f;
    f.server.instead = [](cal::http_request const& request) -> std::optional<reply> {
        if (request.body.find("u1@x.example") == std::string::npos) return std::nullopt;
        return refusal(200);
    };
    auto bulk = f.start(users(3));
    CHECK(*f.run(bulk) == cal::bulk_counts{.created = 2, .refused = 1});
    CHECK(f.result_of(1).error->server_text() == "Validation failed");
    CHECK(f.server.log[1] == "GET u0@x.example");

    bulk_fixture acted; // in part, and said nothing of it
    acted.server.after = [](cal::http_request const& request, cal::http_response honest) -> reply {
        return request.method == cal::http_method::post ? refusal(200) : honest;
    };
    auto other = acted.start(users(3));
    CHECK(*acted.run(other) == cal::bulk_counts{.provisioned = 3});
    CHECK(acted.provisioned_nobody_twice());
}

TEST_CASE("a refusal that tells of some users is final for these alone") {
    auto const tells_of_two = [](int status, std::string_view rows) {
        return [=](cal::http_request const& request) -> std::optional<reply> {
            if (request.body.find("u2@x.example") == std::string::npos) return std::nullopt;
            return json_reply(status, R"({"success":false,"error":"Validation failed","errors":[)" + std::string(rows) + "]}");
        };
    };
    for (int const status : {400, 200}) {
        INFO(status);
        bulk_fixture f;
        f.server.instead = tells_of_two(status, R"({"email":"u2@x.example","message":"bad"})");
        auto bulk = f.start(users(5));
        CHECK(*f.run(bulk) == cal::bulk_counts{.created = 4, .refused = 1});
        CHECK(f.server.count("GET") == (status == 200 ? 4 : 0));
        CHECK(f.server.count("POST") >= 2);
    }
    bulk_fixture f; // somebody was provisioned: nobody else is sent again
    f.server.instead = tells_of_two(400, R"({"email":"u2@x.example"}]},"data":{"users":[{"email":"u0@x.example","userId":"1"})");
    f.server.instead = [](cal::http_request const&) -> std::optional<reply> {
        return json_reply(400, R"({"success":false,"errors":[{"email":"u2@x.example"}],"data":[{"email":"u0@x.example","userId":"1"}]})");
    };
    auto bulk = f.start(users(4));
    CHECK(*f.run(bulk) == cal::bulk_counts{.provisioned = 1, .refused = 1, .unconfirmed = 2});
    CHECK(f.server.log.size() == 1);
}

TEST_CASE("where everybody is refused alone the run ends soon, and tells why") {
    bulk_fixture f;
    f.server.instead = first("POST", 10'000, json_reply(400, R"({"success":false,"error":"there is no such organization"})"));
    auto bulk = f.start(users(1000));
    auto const counts = f.run(bulk);
    support::refused("run", counts, error_code::platform_error);
    CHECK(counts.error().server_text() == "there is no such organization");
    CHECK(f.server.log.size() < 25);
    CHECK(f.results.size() == 10);
}

TEST_CASE("what no later try can change ends the run, which can be resumed") {
    struct row {
        std::string_view what;
        reply answer;
        error_code code;
        bool may_have_acted;
    };
    row const rows[]{
        {"401", refusal(401), error_code::platform_error, false},
        {"403", refusal(403), error_code::platform_error, false},
        {"wrong credentials", json_reply(400, R"({"code":"INVALID_CLIENT","message":"no"})"), error_code::platform_client_refused, false},
        {"a licence", json_reply(400, R"({"success":false,"error":"APP_NOT_LICENSED"})"), error_code::app_not_licensed, false},
        {"wrong credentials with 200", json_reply(200, R"({"success":false,"error":"INVALID_CLIENT"})"), error_code::platform_client_refused, true},
        {"no such page", cal::http_response{404, {}, "<html>"}, error_code::status_unexpected, false},
        {"a redirect", cal::http_response{302, {}, ""}, error_code::redirect_not_followed, true},
        {"405", cal::http_response{405, {}, ""}, error_code::status_unexpected, false},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        bulk_fixture f;
        f.server.instead = first("POST", 1, row.answer);
        auto bulk = f.start(users(3));
        support::refused("run", f.run(bulk), row.code);
        CHECK(f.results.empty());
        auto resumed = f.resume(users(3), f.saved);
        support::accepted("resume", resumed);
        CHECK(f.run(*resumed)->created == 3);
        CHECK((f.server.count("GET") > 0) == row.may_have_acted);
    }
}

TEST_CASE("an error of the source ends the run, and nobody is taken to be its end") {
    for (std::size_t const error_at : std::initializer_list<std::size_t>{0, 3, 5, 7}) {
        INFO(error_at);
        bulk_fixture f;
        auto source = std::make_unique<support::listed_users>(users(10), error_at);
        auto bulk = cal::bulk_provisioning::start(f.platform(), std::move(source), f.random, f.now, {.batch_size = 5});
        support::refused("run", f.run(*bulk), error_code::json_syntax);
        CHECK(f.results.size() == (error_at < 5 ? 0 : 5));
        auto resumed = cal::bulk_provisioning::resume(
            f.platform(), std::make_unique<support::listed_users>(users(10)), serialize(*bulk), f.random, f.now, {.batch_size = 5});
        support::accepted("resume", resumed);
        CHECK(f.run(*resumed)->created == 10);
        CHECK(f.results.size() == 10);
        CHECK(f.server.count("GET") == 0); // nobody was in doubt
        CHECK(f.provisioned_nobody_twice());
    }
}

TEST_CASE("a batch stays within the size of a request") {
    bulk_fixture f;
    auto all = users(12);
    for (auto& one : all) one.applications = std::vector<std::string>(200, std::string(250, 'a')); // some 50 KB each
    cal::bulk_options options;
    options.check.limits.platform_body = 256 * 1024;
    auto bulk = f.start_source(all, options);
    CHECK(f.run(bulk)->created == 12);
    CHECK(f.server.log.size() >= 3);
    CHECK(f.server.log.size() <= 6);

    all.resize(1);
    all[0].applications = std::vector<std::string>(300, std::string(250, 'a'));
    auto other = f.start(all);
    CHECK(*f.run(other) == cal::bulk_counts{.refused = 1}); // without a request
}

TEST_CASE("an abort ends the run, and what was in flight is looked up when it is resumed") {
    bulk_fixture f;
    auto bulk = f.start(users(2));
    bulk.poll_request(f.now);
    f.take_events(bulk);
    auto const request = bulk.poll_request(f.now);
    REQUIRE(request);
    auto answer = f.server.send(*request);
    bulk.abort();
    CHECK_FALSE(bulk.handle_response(request->id, std::move(*answer), f.now));
    CHECK(bulk.poll_result()->error() == error_code::aborted);
    bulk.abort();
    CHECK_FALSE(bulk.poll_result());
    auto resumed = f.resume(users(2), serialize(bulk));
    support::accepted("resume", resumed);
    CHECK(*f.run(*resumed) == cal::bulk_counts{.provisioned = 2});
    CHECK(f.provisioned_nobody_twice());
}

TEST_CASE("an answer to another request is ignored, and a clock that is set back prolongs no wait") {
    bulk_fixture f;
    f.server.instead = first("POST", 1, cal::http_response{429, {{"Retry-After", "60"}}, ""});
    auto bulk = f.start(users(1));
    CHECK_FALSE(bulk.handle_response(cal::request_id{}, json_reply(200, ""), f.now));
    CHECK_FALSE(bulk.handle_failure(cal::request_id{7}, transport_failure::no_answer, f.now));
    REQUIRE(f.step(bulk));
    auto const left = *bulk.next_deadline() - f.now;
    f.now -= 24h * 365;
    CHECK_FALSE(bulk.poll_request(f.now));
    CHECK(*bulk.next_deadline() - f.now == left);
    CHECK(f.run(bulk)->created == 1);
}

TEST_CASE("no secret and no address is in an error, and decisions are recorded") {
    bulk_fixture f;
    support::recording_trace trace;
    f.server.instead = first("POST", 1, json_reply(400, R"({"success":false,"error":"you are ccas_a-secret-of-ours"})"));
    cal::bulk_options options;
    options.check.trace = &trace;
    auto bulk = f.start({user("a@x.example"), user("a@x.example"), user(std::string(300, 'x') + "@x.example")}, options);
    auto const counts = f.run(bulk);
    support::accepted("run", counts);
    CHECK(counts->refused == 2);
    for (auto const& one : f.results) {
        REQUIRE(one.error);
        CHECK(one.error->message().find("ccas_a") == std::string::npos);
        CHECK(one.error->message().find("x.example") == std::string::npos);
    }
    CHECK(trace.text().find("x.example") == std::string::npos);
    CHECK(trace.text().find("ccas_a") == std::string::npos);
    CHECK(trace.text().find("user_repeated") != std::string::npos);
}
