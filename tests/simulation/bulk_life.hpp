#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "record.hpp"

/// \file
/// A whole bulk provisioning: many users, a network that fails, and a process that ends and comes back at any moment.

namespace simulation {

/// What is chosen before it begins.
struct bulk_circumstances {
    sim::simulated_platform_options platform{};
    cal::bulk_options options{};
    std::vector<cal::batch_user> users{};
    bool is_source = false;
    std::size_t troubled_steps = 0; ///< with faults and restarts; then the rest goes undisturbed

    bulk_circumstances(chance& dice, std::uint64_t seed) {
        platform.seed = seed;
        platform.latency = dice.of(std::array{milliseconds(20), milliseconds(500), milliseconds(5000)});
        platform.management.nothing_is_404 = dice.percent(50);
        auto& bulk = platform.bulk;
        bulk.shape = dice.of(std::array{sim::bulk_reply_shape::results, sim::bulk_reply_shape::users, sim::bulk_reply_shape::created_and_failed,
            sim::bulk_reply_shape::by_address, sim::bulk_reply_shape::results, sim::bulk_reply_shape::without_rows});
        bulk.status = dice.of(std::array{200, 200, 201, 207});
        bulk.success_is_for_all = dice.percent(30);
        bulk.refuses_whole_batch = dice.percent(25);
        bool const is_large = dice.percent(2);
        options.batch_size = is_large ? 500 : 1 + dice.below(12);
        options.send_invite_emails = true;
        options.default_organization_id = "org-1";
        options.settle_wait = dice.of(std::array{milliseconds(0), milliseconds(10'000), milliseconds(60'000)});
        options.most_failures = dice.of(std::array{3u, 8u, 20u});
        options.resolve_attempts = dice.of(std::array{1u, 3u, 5u});
        if (dice.percent(10)) options.storage = cal::storage::none;
        is_source = dice.percent(50);
        troubled_steps = 20 + dice.below(is_large ? 400 : 200);
        auto const count = is_large ? 400 + dice.below(800) : dice.below(70);
        for (std::uint64_t i = 0; i < count; ++i) users.push_back(make_user(dice, i));
    }

    std::string describe() const {
        return std::to_string(users.size()) + (is_source ? " users of a source" : " users of a range") + " in batches of " +
            std::to_string(options.batch_size) + ", replies of shape " + std::to_string(static_cast<int>(platform.bulk.shape)) +
            (platform.bulk.refuses_whole_batch ? ", refused as a whole" : "") + (options.storage == cal::storage::none ? ", storage::none" : "");
    }

private:
    cal::batch_user make_user(chance& dice, std::uint64_t i) {
        auto email = "user-" + std::to_string(i) + "@x.example";
        if (dice.percent(10) && i > 0) email = users[dice.below(i)].email;
        if (dice.percent(5)) email[0] = 'U';
        if (dice.percent(3)) email = ' ' + email;
        cal::batch_user made{.email = email, .first_name = "Ada", .last_name = "Lovelace", .role = std::string(dice.percent(4) ? 51 : 0, 'x')};
        if (dice.percent(2)) made.email.clear();
        if (dice.percent(2)) made.organization_id = "org-9"; // there is none
        if (dice.percent(8)) platform.bulk.refused.push_back(email);
        if (dice.percent(3)) platform.bulk.left_out.push_back(email);
        return made;
    }
};

class bulk_life {
public:
    bulk_life(record& written, std::uint64_t seed)
        : log(written), dice(seed ^ 0xb01cb01c), given(dice, seed), platform(given.platform), trace(secrets) {
        secrets.add(secret);
        given.options.check.trace = &trace;
        platform.add_client({.client = {.client_id = "app", .client_secret = cal::secret_string(secret)}, .permissions = {"org:users:manage"}});
        platform.directory().organizations.push_back({.applications = {"app"}});
        for (auto const& one : given.users)
            if (!one.email.empty() && dice.percent(10) && !account_of(one.email)) {
                platform.directory().accounts.push_back({.user_id = "before-" + std::to_string(there_before.size()), .email = address(one.email)});
                there_before.insert(address(one.email));
            }
        note("bulk provisioning: " + given.describe());
    }

    void run() {
        begin();
        constexpr std::size_t most_steps = 20'000;
        for (log.step = 1; !is_done; ++log.step) {
            log.check(invariant::bulk_ends, log.step < most_steps, "a bulk provisioning has no end");
            bool const is_troubled = log.step < given.troubled_steps;
            if (!is_troubled) platform.clear_faults();
            if (is_troubled) trouble();
            if (!is_done) turn(is_troubled);
        }
        check_end();
    }

private:
    static constexpr auto secret = "the-secret-of-the-bulk-application";

    struct listed final : cal::user_source {
        std::vector<cal::batch_user> const& all;
        std::size_t at = 0;
        explicit listed(std::vector<cal::batch_user> const& users) : all(users) {}
        cal::result<std::optional<cal::batch_user>> next() override {
            if (at == all.size()) return std::optional<cal::batch_user>();
            return std::optional(all[at++]);
        }
    };

    static std::string address(std::string_view email) {
        auto const begin = email.find_first_not_of(' ');
        std::string text(email.substr(begin == email.npos ? email.size() : begin));
        for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return text;
    }
    sim::simulated_account* account_of(std::string_view email) { return platform.directory().find_account_by_email(address(email)); }

    void note(std::string const& what) { log.note(now, what); }
    bool keeps() const { return given.options.storage == cal::storage::by_host; }

    // Processes

    cal::platform_client client() const { return {platform.issuer(), cal::app_client{"app", cal::secret_string(secret)}}; }

    void begin() {
        auto made = given.is_source
            ? cal::bulk_provisioning::start(client(), std::make_unique<listed>(given.users), dice.source(), now, given.options)
            : cal::bulk_provisioning::start(client(), given.users, dice.source(), now, given.options);
        log.check(invariant::every_blob_resumes, made.has_value(), "a bulk provisioning does not begin");
        bulk = std::make_unique<cal::bulk_provisioning>(std::move(*made));
    }

    void resume(std::string const& blob) {
        auto options = given.options;
        if (dice.percent(10)) options.batch_size = 1 + dice.below(20);
        auto made = given.is_source
            ? cal::bulk_provisioning::resume(client(), std::make_unique<listed>(given.users), blob, dice.source(), now, options)
            : cal::bulk_provisioning::resume(client(), given.users, blob, dice.source(), now, options);
        log.check(invariant::every_blob_resumes, made.has_value(), made ? "" : made.error().message());
        bulk = std::make_unique<cal::bulk_provisioning>(std::move(*made));
        waiting_until.reset();
        acknowledged = 0;
        log.reached("bulk resumed");
    }

    /// The process ends, with or without a last word, and another one begins.
    void restart(bool is_crash) {
        unsaved = 0;
        note(is_crash ? "the process is killed" : "the process ends, and saves");
        if (!is_crash) saved = blob_of();
        now += dice.up_to(milliseconds(120'000));
        if (saved) resume(*saved);
        else begin(); // nothing was sent yet
    }

    std::string blob_of() {
        auto blob = cal::serialize(*bulk);
        log.check(
            invariant::no_secret_in_a_text, !secrets.is_in(blob) && blob.find("@x.example") == blob.npos, "a secret or an address is in a blob");
        return blob;
    }

    // What happens

    void trouble() {
        auto const roll = dice.below(100);
        if (roll < 8) return restart(keeps() && dice.percent(60));
        if (roll < 28) inject();
        if (roll == 28) now += milliseconds(3'600'000);
        if (roll == 29) {
            now -= milliseconds(1'800'000);
            waiting_until.reset();
            was_set_back = true;
            note("the clock is set back");
        }
        if (roll == 30) {
            bulk->abort();
            note("the host aborts");
        }
    }

    void inject() {
        static auto const all = [] {
            auto faults = sim::faults();
            std::erase_if(faults, [](auto const& one) { return one.name.substr(0, 4) != "net-"; });
            return faults;
        }();
        sim::fault_injection how{.name = std::string(all[dice.below(all.size())].name)};
        how.times = 1 + dice.below(3) * dice.below(4);
        how.delay = dice.of(std::array{milliseconds(5'000), milliseconds(40'000)});
        how.retry_after = dice.of(std::array{seconds(1), seconds(30), seconds(120)});
        how.endpoint = dice.percent(60) ? sim::simulated_endpoint::bulk_provisioning : sim::simulated_endpoint::users;
        note("fault " + how.name + ", " + std::to_string(how.times) + " times");
        (void)platform.inject(std::move(how));
    }

    void turn(bool is_troubled) {
        take_events(is_troubled);
        log.check(invariant::no_secret_in_a_text, trace.leaked.empty(), "a secret is in a trace");
        if (waiting_until && now < *waiting_until) log.check(invariant::waits_as_told, !bulk->poll_request(now), "a request before its time");
        if (auto ended = bulk->poll_result()) return handle_end(std::move(*ended));
        auto request = bulk->poll_request(now);
        if (request) return exchange(std::move(*request), is_troubled);
        take_events(is_troubled);
        if (auto ended = bulk->poll_result()) return handle_end(std::move(*ended));
        auto const deadline = bulk->next_deadline();
        if (deadline && *deadline > now) now = *deadline;
    }

    void exchange(cal::http_request request, bool is_troubled) {
        waiting_until.reset();
        was_set_back = false;
        log.check(invariant::one_request_in_flight, !bulk->poll_request(now), "in a bulk provisioning");
        bool const is_batch = request.method == cal::http_method::post;
        auto const addresses = is_batch ? addresses_of(request.body) : std::vector<std::string>();
        if (is_batch) {
            log.check(invariant::saved_before_used, !keeps() || (saved && acknowledged == bulk->generation()), "a batch leaves before that is saved");
            for (auto const& one : addresses)
                log.check(invariant::bulk_nobody_twice, in_doubt.insert(one).second, one + " is sent again, and nobody said that it is not there");
        }
        if (is_troubled && keeps() && dice.percent(4)) return restart(true); // before it left
        auto got = reply_to(request, is_troubled);
        note((is_batch ? "a batch of " + std::to_string(addresses.size()) : "a look-up") +
            (got ? " is answered " + std::to_string(got->status) : " is not answered"));
        for (auto const& one : platform.directory().accounts)
            log.check(invariant::bulk_nobody_twice, one.invitations <= 1, one.email + " was provisioned twice");
        if (is_troubled && keeps() && dice.percent(4)) return restart(true); // before it came back
        auto const id = request.id;
        if (is_batch && did_not_act(got))
            for (auto const& one : addresses) in_doubt.erase(one);
        if (!is_batch && says_nobody(got)) in_doubt.erase(asked_for(request.url));
        bool const taken = got ? bulk->handle_response(id, *got, now) : bulk->handle_failure(id, got.error(), now);
        log.check(invariant::late_answers_do_nothing, taken && !bulk->handle_response(id, {200, {}, "{}"}, now), "an answer is taken once");
    }

    cal::result<cal::http_response, cal::transport_failure> reply_to(cal::http_request const& request, bool is_troubled) {
        if (is_troubled && dice.percent(2)) // it does not act, and repeats what it was sent
            return cal::http_response{429, {}, std::string(R"({"success":false,"error":"slower, )") + secret + "\"}"};
        auto got = platform.send(request, now);
        for (auto const& name : platform.requests().back().faults) log.reached("bulk " + name);
        now += platform.last_duration();
        platform.clear_requests();
        return got;
    }

    /// What a client may conclude from an answer.
    static bool did_not_act(cal::result<cal::http_response, cal::transport_failure> const& got) {
        if (!got) return got.error() == cal::transport_failure::not_sent;
        return got->status == 429 || got->status == 503 || got->status == 400;
    }
    static bool says_nobody(cal::result<cal::http_response, cal::transport_failure> const& got) {
        if (!got) return false;
        if (got->status == 404) return got->body.find("\"success\":false") != std::string::npos;
        return got->status == 200 && got->body == R"({"success":true,"data":null})";
    }
    std::vector<std::string> addresses_of(std::string_view body) {
        std::vector<std::string> all;
        auto const document = cal::parse_json(body, body.size());
        auto const users = document->root()["users"];
        for (std::size_t i = 0; i < users.size(); ++i) all.push_back(address(*users[i]["email"].as_string()));
        log.check(invariant::bulk_ends, all.size() >= 1 && all.size() <= 500, "a batch has 1 to 500 users");
        return all;
    }
    static std::string asked_for(std::string_view url) {
        auto text = std::string(url.substr(url.find("?email=") + 7));
        auto const at = text.find("%40");
        return address(text.replace(at, 3, "@"));
    }

    void take_events(bool is_troubled) {
        while (auto event = bulk->poll_event()) {
            if (event->error) check_error(*event->error);
            // What was not taken before the clock was set back tells a time of then.
            if (event->what == cal::bulk_event::kind::waiting && !was_set_back) waiting_until = event->retry_at;
            if (event->what == cal::bulk_event::kind::waiting)
                note("waits for " + std::to_string((*event->retry_at - now).count()) + " ms: " + event->error->message());
            if (event->result) take_result(*event->result);
            if (event->generation != 0) unsaved = event->generation;
            if (is_troubled && dice.percent(10)) break; // the rest later
        }
        if (unsaved == 0 || (is_troubled && dice.percent(20))) return;
        saved = blob_of();
        acknowledged = bulk->generation();
        unsaved = 0;
        log.check(invariant::saved_before_used, bulk->handle_saved(bulk->generation()), "what was saved last is the last generation");
        if (!is_troubled || dice.percent(80)) take_events(is_troubled);
    }

    void check_error(cal::error const& e) {
        for (auto const& text : {std::string(e.message()), std::string(e.server_text()), std::string(e.server_error())})
            log.check(invariant::no_secret_in_a_text, !secrets.is_in(text), "a secret is in a text");
        for (auto const text : {e.got(), e.expected()})
            log.check(invariant::no_secret_in_a_text, text.find("@x.example") == text.npos, "an address is in a text");
    }

    void take_result(cal::provision_result const& told) {
        using enum cal::provision_outcome;
        if (told.error) check_error(*told.error);
        auto const outcome = std::string(to_string(told.outcome));
        log.reached("bulk " + outcome);
        log.check(invariant::bulk_results_hold, told.index < given.users.size(), "a result of nobody");
        auto const [before, is_first] = results.try_emplace(told.index, outcome + ' ' + told.user_id);
        log.check(invariant::bulk_results_hold, is_first || before->second == outcome + ' ' + told.user_id,
            "user " + std::to_string(told.index) + " is " + before->second + ", and then " + outcome);
        auto const& user = given.users[static_cast<std::size_t>(told.index)];
        log.check(invariant::bulk_results_hold, address(told.email) == address(user.email), "a result has the address of another user");
        if (is_first) ++tally[outcome];
        auto const* account = account_of(user.email);
        auto const was_there = there_before.contains(address(user.email));
        bool const is_there = account && (was_there || account->invitations > 0);
        bool holds = true;
        if (told.outcome == created) holds = is_there && !was_there && account->user_id == told.user_id;
        if (told.outcome == existing) holds = is_there && was_there;
        if (told.outcome == provisioned) holds = is_there;
        bool const is_unfit = user.role.size() > 50 || address(user.email).empty();
        if (told.outcome == refused)
            holds = (*told.error == cal::error_code::platform_member_invalid) == is_unfit && (is_unfit || !account || account->invitations == 0);
        log.check(invariant::bulk_results_hold, holds, "user " + std::to_string(told.index) + " is not " + outcome);
    }

    void handle_end(cal::result<cal::bulk_counts> ended) {
        log.check(invariant::nothing_after_the_end, !bulk->poll_request(now) && !bulk->next_deadline(), "a bulk provisioning goes on after its end");
        if (ended) {
            for (int i = 0; i < 10; ++i) take_events(false);
            is_done = true;
            final_counts = *ended;
            note("the end");
            return;
        }
        check_error(ended.error());
        note("the run ends: " + std::string(ended.error().name()));
        log.reached("bulk ended by " + std::string(ended.error().name()));
        log.check(invariant::bulk_ends, ++errors < 300, "a bulk provisioning ends in errors again and again");
        restart(keeps() && saved && dice.percent(50));
    }

    void check_end() {
        log.check(invariant::bulk_everybody_reported, results.size() == given.users.size(), "not everybody was reported");
        auto const& c = final_counts;
        auto const expected = std::map<std::string, std::uint64_t>{{"created", c.created}, {"existing", c.existing}, {"provisioned", c.provisioned},
            {"refused", c.refused}, {"unconfirmed", c.unconfirmed}, {"unknown", c.unknown}, {"duplicate", c.duplicate}};
        for (auto const& [name, count] : expected)
            log.check(invariant::bulk_everybody_reported, tally[name] == count, "the counts are not those of the results");
        log.check(invariant::bulk_everybody_reported, c.total() == given.users.size(), "the counts are not those of the input");
    }

    record& log;
    chance dice;
    bulk_circumstances given;
    sim::simulated_platform platform;
    secret_index secrets;
    watching_trace trace;
    time_point now{seconds(1'800'000'000)};
    std::unique_ptr<cal::bulk_provisioning> bulk;
    std::optional<std::string> saved; ///< survives the process
    std::uint64_t unsaved = 0;        ///< the generation that is to be saved; 0: none
    std::uint64_t acknowledged = 0;
    std::optional<time_point> waiting_until;
    bool was_set_back = false; ///< the clock, since the last request
    std::set<std::string> there_before;
    std::set<std::string> in_doubt; ///< sent, and nobody said since that it is not there
    std::map<std::uint64_t, std::string> results;
    std::map<std::string, std::uint64_t> tally;
    cal::bulk_counts final_counts;
    std::size_t errors = 0;
    bool is_done = false;
};

} // namespace simulation
