#pragma once
#include <calimatic/flow/bulk_provisioning.hpp>
#include <calimatic/core/json.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/outcome.hpp"

/// \file
/// A small platform that provisions and resolves, and a host that keeps a run of bulk provisioning.

namespace support {

namespace cal = calimatic;

using bulk_reply = cal::result<cal::http_response, cal::transport_failure>;

inline cal::batch_user user(std::string email) { return {.email = std::move(email), .first_name = "Ada", .last_name = "Lovelace"}; }

/// u0@x.example and so on.
inline std::vector<cal::batch_user> users(std::size_t count) {
    std::vector<cal::batch_user> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(user("u" + std::to_string(i) + "@x.example"));
    return all;
}

inline cal::http_response json_reply(int status, std::string body) { return {status, {{"Content-Type", "application/json"}}, std::move(body)}; }

/// A source whose users are in memory; with an error at a place, if one is given.
class listed_users final : public cal::user_source {
public:
    explicit listed_users(std::vector<cal::batch_user> all, std::optional<std::size_t> error_at = {}) : all_(std::move(all)), error_at_(error_at) {}
    cal::result<std::optional<cal::batch_user>> next() override {
        if (error_at_ == at_) return cal::error_code::json_syntax;
        if (at_ == all_.size()) return std::optional<cal::batch_user>();
        return std::optional(all_[at_++]);
    }
    std::size_t read() const { return at_; }

private:
    std::vector<cal::batch_user> all_;
    std::optional<std::size_t> error_at_;
    std::size_t at_ = 0;
};

class bulk_platform {
public:
    /// Answers instead of the platform, which does not act; nothing: it does.
    std::function<std::optional<bulk_reply>(cal::http_request const&)> instead = [](auto const&) { return std::nullopt; };
    /// Replaces what it answered once it has acted.
    std::function<bulk_reply(cal::http_request const&, cal::http_response)> after = [](auto const&, cal::http_response answer) { return answer; };
    std::set<std::string> refuses{};          ///< addresses that it reports as refused
    std::map<std::string, int> provisioned{}; ///< how often each address was acted upon
    std::vector<std::string> log{};           ///< "POST 3", "GET a@x.example"

    bulk_reply send(cal::http_request const& request) {
        auto const is_batch = request.method == cal::http_method::post;
        auto const body = cal::parse_json(request.body.empty() ? "{}" : request.body, request.body.size() + 2);
        auto const sent = body->root()["users"];
        auto const query = request.url.find("?email=");
        auto const email = query == std::string::npos ? std::string() : decoded(request.url.substr(query + 7));
        log.push_back(is_batch ? "POST " + std::to_string(sent.size()) : "GET " + email);
        if (auto answer = instead(request)) return std::move(*answer);
        return after(request, is_batch ? provision(sent) : resolve(email));
    }

    std::size_t count(std::string_view method) const {
        return static_cast<std::size_t>(std::count_if(log.begin(), log.end(), [method](auto const& line) { return line.starts_with(method); }));
    }

private:
    static std::string id_of(std::string const& email) { return "id-" + email.substr(0, email.find('@')); }

    static std::string decoded(std::string_view text) {
        std::string plain;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') plain += text[i];
            else plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)), i += 2;
        }
        return plain;
    }

    cal::http_response provision(cal::json sent) {
        std::string rows;
        for (std::size_t i = 0; i < sent.size(); ++i) {
            auto const email = std::string(*sent[i]["email"].as_string());
            rows += (rows.empty() ? "" : ",") + (R"({"email":")" + email) + '"';
            if (refuses.contains(email)) {
                rows += R"(,"success":false,"error":"not this one"})";
                continue;
            }
            bool const is_new = ++provisioned[cal::detail::ascii_lower(email)] == 1;
            rows += R"(,"userId":")" + id_of(email) + R"(","isNewUser":)" + (is_new ? "true}" : "false}");
        }
        return json_reply(200, R"({"success":true,"data":{"results":[)" + rows + "]}}");
    }

    cal::http_response resolve(std::string const& email) const {
        if (!provisioned.contains(cal::detail::ascii_lower(email))) return json_reply(404, R"({"success":false,"error":"User not found"})");
        return json_reply(200, R"({"success":true,"data":{"userId":")" + id_of(email) + R"(","email":")" + email + "\"}}");
    }
};

/// The host of a run: sends, waits, saves, and writes down what happens.
struct bulk_fixture {
    bulk_platform server{};
    cal::testing::seeded_random random{};
    cal::time_point now{cal::milliseconds{1'800'000'000'000}};
    std::string saved{};
    bool saves = true;
    std::vector<cal::provision_result> results{};
    std::vector<cal::bulk_event> other_events{};

    static cal::platform_client platform() { return {"https://auth.example", cal::app_client{"cca_1", "ccas_a-secret-of-ours"}}; }

    cal::bulk_provisioning start(std::vector<cal::batch_user> all, cal::bulk_options options = {}) {
        auto made = cal::bulk_provisioning::start(platform(), std::move(all), random, now, std::move(options));
        accepted("start", made);
        return std::move(*made);
    }
    cal::bulk_provisioning start_source(std::vector<cal::batch_user> all, cal::bulk_options options = {}) {
        auto made = cal::bulk_provisioning::start(platform(), std::make_unique<listed_users>(std::move(all)), random, now, std::move(options));
        accepted("start", made);
        return std::move(*made);
    }
    cal::result<cal::bulk_provisioning> resume(std::vector<cal::batch_user> all, std::string_view blob, cal::bulk_options options = {}) {
        return cal::bulk_provisioning::resume(platform(), std::move(all), blob, random, now, std::move(options));
    }

    void take_events(cal::bulk_provisioning& bulk) {
        while (auto event = bulk.poll_event()) {
            if (event->generation != 0 && saves) {
                saved = serialize(bulk);
                bulk.handle_saved(event->generation);
            }
            if (event->result) results.push_back(std::move(*event->result));
            else other_events.push_back(std::move(*event));
        }
    }

    /// One exchange, if there is one to be had.
    bool step(cal::bulk_provisioning& bulk) {
        using namespace std::chrono;
        for (int turns = 0; turns < 4; ++turns) {
            take_events(bulk);
            if (auto const request = bulk.poll_request(now)) {
                now += milliseconds(20);
                auto answer = server.send(*request);
                if (answer) bulk.handle_response(request->id, std::move(*answer), now);
                else bulk.handle_failure(request->id, answer.error(), now);
                take_events(bulk);
                return true;
            }
            take_events(bulk);
            if (auto const deadline = bulk.next_deadline(); deadline && *deadline > now) now = *deadline;
        }
        return false;
    }

    /// To the end.
    cal::result<cal::bulk_counts> run(cal::bulk_provisioning& bulk) {
        for (int turns = 0; turns < 10'000; ++turns) {
            bool const went_on = step(bulk);
            if (auto ended = bulk.poll_result()) {
                take_events(bulk);
                CHECK_FALSE(bulk.poll_request(now));
                CHECK_FALSE(bulk.next_deadline());
                return std::move(*ended);
            }
            REQUIRE(went_on);
        }
        FAIL("no end");
        return cal::error_code::aborted;
    }

    /// "0 created, 2 refused": in the order of the input.
    std::string outcomes() const {
        std::map<std::uint64_t, std::string> sorted;
        for (auto const& one : results) {
            CHECK(!sorted.contains(one.index));
            sorted[one.index] = to_string(one.outcome);
        }
        std::string text;
        for (auto const& [index, outcome] : sorted) text.append(text.empty() ? "" : ", ").append(std::to_string(index)).append(" ").append(outcome);
        return text;
    }
    cal::provision_result const& result_of(std::uint64_t index) const {
        for (auto const& one : results)
            if (one.index == index) return one;
        FAIL("no result of " << index);
        return results.front();
    }
    cal::bulk_event const& last_progress() const {
        for (auto event = other_events.rbegin(); event != other_events.rend(); ++event)
            if (event->what == cal::bulk_event::kind::progress) return *event;
        FAIL("no progress");
        return other_events.front();
    }
    bool provisioned_nobody_twice() const {
        for (auto const& [email, times] : server.provisioned)
            if (times > 1) return false;
        return true;
    }
};

} // namespace support
