#pragma once
#include <calimatic/flow/bulk_provisioning.hpp>

#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/jitter.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/flow/bulk_input.ipp>
#include <calimatic/impl/platform/provision_batch.ipp>
#include <calimatic/platform/user.hpp>
#include <algorithm>
#include <deque>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

struct saved_bulk;

} // namespace detail

struct bulk_provisioning::state {
    enum class step : std::uint8_t {
        resting,          // until the next batch is chosen
        saving,           // a batch was chosen; it leaves once that is saved
        sending,          // ... which it is
        requesting_batch, // in flight
        settling,         // the answer was lost: the next user is to be looked up
        requesting_user,  // in flight
        saving_end,       // everything is done; the result is given out once that is saved
        ended,
    };

    state(platform_client p, detail::bulk_input users, std::uint64_t seed, time_point now, bulk_options o)
        : platform(std::move(p)), options(std::move(o)), input(std::move(users)), jitter_seed(seed), last_now(detail::bounded_time(now)),
          most_at_once(options.batch_size) {
        for (auto* wait : {&options.first_wait, &options.longest_wait, &options.settle_wait}) *wait = detail::bounded_wait(*wait);
    }

    // bulk_provisioning.ipp

    static result<std::unique_ptr<state>> make(
        platform_client platform, detail::bulk_input input, random_source& random, time_point now, bulk_options options);
    result<void> read_range();

    // bulk_blob.ipp

    result<void> restore(detail::saved_bulk saved, time_point now);

    bool keeps_nothing() const noexcept { return options.storage == storage::none; }

    /// A clock that was set back: the wait goes on as if no time had passed.
    void survive_clock(time_point& now) {
        now = detail::bounded_time(now);
        if (now < last_now && retry_at != at_once) retry_at = detail::bounded_time(retry_at - (last_now - now));
        last_now = now;
    }

    std::optional<time_point> next_deadline() const {
        switch (now_at) {
        case step::resting: return has_untaken() ? std::nullopt : std::optional(retry_at);
        case step::sending:
        case step::settling: return retry_at;
        case step::ended: return final_result ? std::optional(at_once) : std::nullopt;
        case step::saving:
        case step::requesting_batch:
        case step::requesting_user:
        case step::saving_end: break;
        }
        return std::nullopt;
    }

    // Events

    /// A host that keeps the run takes results before there are more of them, so that a saved value stays small.
    bool has_untaken() const noexcept { return !keeps_nothing() && untaken > 0; }

    void tell(bulk_event event) {
        std::erase_if(events, [&](auto const& other) { return other.what == event.what; });
        events.push_back(std::move(event));
    }
    void tell_result(provision_result result) {
        events.push_back({.what = bulk_event::kind::user, .result = std::move(result)});
        ++untaken;
    }
    void tell_progress() {
        auto const total = input.is_range() ? std::optional(input.size()) : options.total;
        tell({.what = bulk_event::kind::progress, .done = counts.total(), .total = total});
    }
    void tell_waiting(error e) { tell({.what = bulk_event::kind::waiting, .error = std::move(e), .retry_at = retry_at}); }

    /// What there is to save includes the results so far.
    void tell_checkpoint() {
        ++generation;
        for (auto& result : std::exchange(fresh, {})) unsaved.push_back(std::move(result));
        if (keeps_nothing()) publish();
        else tell({.what = bulk_event::kind::checkpoint, .generation = generation});
    }
    void publish() {
        for (auto& result : std::exchange(unsaved, {})) tell_result(std::move(result));
    }

    bool handle_saved(std::uint64_t saved) {
        if (saved != generation || saved == 0 || keeps_nothing()) return false;
        publish();
        if (now_at == step::saving) now_at = step::sending;
        else if (now_at == step::saving_end) end(counts);
        return true;
    }

    std::optional<bulk_event> poll_event() {
        if (events.empty()) return std::nullopt;
        std::optional<bulk_event> first(std::move(events.front()));
        events.pop_front();
        if (!first->result) return first;
        --untaken;
        if (is_local(first->result->error)) ++told;
        return first;
    }

    // Results

    /// Those that no request was needed for come again when the input is read again, and so are not saved.
    static bool is_local(std::optional<error> const& e) noexcept {
        return e && (*e == error_code::user_repeated || *e == error_code::platform_member_invalid);
    }

    std::uint64_t& count_of(provision_outcome outcome) noexcept {
        switch (outcome) {
        case provision_outcome::created: return counts.created;
        case provision_outcome::existing: return counts.existing;
        case provision_outcome::provisioned: return counts.provisioned;
        case provision_outcome::refused: return counts.refused;
        case provision_outcome::unconfirmed: return counts.unconfirmed;
        case provision_outcome::unknown: return counts.unknown;
        case provision_outcome::duplicate: break;
        }
        return counts.duplicate;
    }
    static bool is_there(provision_outcome outcome) noexcept {
        return outcome == provision_outcome::created || outcome == provision_outcome::existing || outcome == provision_outcome::provisioned;
    }

    void finish(provision_result result) {
        ++count_of(result.outcome);
        lost_alone = 0;
        if (is_there(result.outcome)) {
            lost_in_a_row = 0;
            refused_alone = 0;
            somebody_is_there = true;
        }
        fresh.push_back(std::move(result));
    }
    void finish_unsent(provision_result result) {
        ++count_of(result.outcome);
        if (result.outcome == provision_outcome::refused) ++refused_unsent;
        tell_result(std::move(result));
    }

    // Batches

    std::optional<http_request> poll(time_point now) {
        survive_clock(now);
        switch (now_at) {
        case step::resting: return has_untaken() || now < retry_at ? std::nullopt : poll_resting();
        case step::sending: return now < retry_at ? std::nullopt : send_batch();
        case step::settling: return now < retry_at ? std::nullopt : send_resolve();
        case step::saving:
        case step::requesting_batch:
        case step::requesting_user:
        case step::saving_end:
        case step::ended: break;
        }
        return std::nullopt;
    }

    std::optional<http_request> poll_resting() {
        if (auto chosen = choose_batch(); !chosen) {
            return_batch(); // nobody of it was sent
            fail(std::move(chosen).error());
            return std::nullopt;
        }
        if (batch.empty()) {
            tell_progress();
            now_at = step::saving_end;
            tell_checkpoint();
            if (keeps_nothing()) end(counts);
            return std::nullopt;
        }
        batch_size = batch.size();
        now_at = step::saving;
        tell_checkpoint();
        if (!keeps_nothing()) return std::nullopt;
        now_at = step::sending;
        return send_batch();
    }

    /// Users who are to be sent again, or else the next ones of the input, as many as fit into a request.
    result<void> choose_batch() {
        std::size_t room =
            options.check.limits.platform_body - (std::min)(options.check.limits.platform_body, 4096 + 6 * options.default_organization_id.size());
        auto const fits = [&](batch_user const& user) {
            auto const size = detail::write_batch_user(user).size() + 1;
            if (batch.empty()) room -= (std::min)(room, size); // alone it has to, or the request says why not
            else if (size > room) return false;
            else room -= size;
            return true;
        };
        if (!to_send.empty()) {
            while (!to_send.empty() && batch.size() < most_at_once && fits(to_send.users.front())) {
                auto [index, user] = to_send.take_first();
                batch.add(index, std::move(user));
            }
            return {};
        }
        while (batch.size() < most_at_once) {
            auto read = next_user();
            if (!read) return std::move(read).error();
            if (!*read) break;
            auto& [index, user, outcome] = **read;
            if (outcome) {
                finish_unsent(std::move(*outcome));
            } else if (fits(user)) {
                batch.add(index, std::move(user));
            } else {
                to_send.add(index, std::move(user));
                break;
            }
        }
        return {};
    }

    /// The next user who was not chosen yet. A range was read as a whole, and what it has that is not to be sent was told then.
    result<std::optional<detail::read_user>> next_user() {
        if (!input.is_range()) {
            auto read = input.next();
            next = input.position();
            return read;
        }
        while (next < input.size() && is_unsent[static_cast<std::size_t>(next)]) ++next;
        if (next >= input.size()) return std::optional<detail::read_user>();
        auto const index = next++;
        return std::optional<detail::read_user>(std::in_place, detail::read_user{index, input.user_at(index), {}});
    }

    std::optional<http_request> send_batch() {
        user_batch sent{batch.users, options.default_organization_id, options.send_invite_emails};
        auto request = build_provision_batch_request(platform, sent, options.check);
        if (!request) {
            fail(std::move(request).error());
            return std::nullopt;
        }
        now_at = step::requesting_batch;
        return send(std::move(*request));
    }

    std::optional<http_request> send(http_request request) {
        in_flight = request_id{++last_request};
        request.id = in_flight;
        return std::optional<http_request>(std::move(request));
    }

    // Answers

    bool handle(request_id id, http_response response, time_point now) {
        bool const awaited = id != request_id{} && id == in_flight;
        if (awaited) {
            survive_clock(now);
            in_flight = {};
            if (now_at == step::requesting_batch) handle_batch(response, now);
            else handle_resolve(response, now);
        }
        wipe(response.body);
        return awaited;
    }

    bool handle(request_id id, transport_failure failure, time_point now) {
        if (id == request_id{} || id != in_flight) return false;
        survive_clock(now);
        in_flight = {};
        if (now_at == step::requesting_batch) handle_batch_error(to_error(failure), 0, now);
        else handle_resolve_error(to_error(failure), 0, now);
        return true;
    }

    // bulk_answers.ipp

    enum class verdict : std::uint8_t {
        wait,    // the server did not act: the same again later
        lost,    // it may have acted
        refused, // it did not act, because of what was sent
        final,   // it did not act, and will not
    };
    static verdict judge(error const& e, int status) noexcept;
    void handle_batch(http_response const& response, time_point now);
    void handle_batch_error(error e, int status, time_point now);
    void take_rows(provision_batch_response reply, time_point now);
    void handle_refusal(error e);
    void refuse(std::uint64_t index, batch_user user, error e);
    void begin_settling(error e, time_point now);
    void return_batch();
    void rest();

    // bulk_settling.ipp

    std::optional<http_request> send_resolve();
    void handle_resolve(http_response const& response, time_point now);
    void handle_resolve_error(error e, int status, time_point now);
    void give_up(std::uint64_t index, batch_user user, std::optional<error> const& e);
    void finish_settling();

    // Waiting

    void wait(error const& e, unsigned times, milliseconds least, time_point now) {
        auto next_wait = options.first_wait;
        for (unsigned i = 1; i < times && next_wait < options.longest_wait; ++i) next_wait *= 2;
        next_wait = detail::jittered((std::max)((std::min)(next_wait, options.longest_wait), least), jitter_seed);
        if (auto const wanted = e.retry_after()) next_wait = (std::max)(next_wait, milliseconds(*wanted));
        retry_at = now + next_wait;
        tell_waiting(e);
    }

    /// The same request again, later, unless that was tried for long enough.
    void try_again(error e, step again, time_point now) {
        if (++failures > options.most_failures) return fail(std::move(e));
        wait(e, failures, milliseconds{0}, now);
        now_at = again;
    }

    // The end

    void end(result<bulk_counts> how) {
        now_at = step::ended;
        in_flight = {};
        final_result = std::move(how);
    }

    /// The run can be resumed: whoever is in the batch counts as sent.
    void fail(error e) {
        tell_progress();
        tell_checkpoint();
        end(unexpected{std::move(e)});
    }

    void abort() {
        if (now_at != step::ended) fail(error_code::aborted);
    }

    error broken(error_code code) const { return *detail::rule_check{options.check}(false, code); }

    static constexpr unsigned most_times_lost = 3; // alone

    platform_client platform;
    bulk_options options;
    detail::bulk_input input;
    std::uint64_t jitter_seed;
    time_point last_now;
    std::vector<bool> is_unsent{}; // of a range: who is not to be sent

    step now_at = step::resting;
    std::uint64_t next = 0;         // of the input, that was not chosen yet
    detail::user_group batch{};     // chosen, sent or in doubt; whoever is settled leaves it
    std::size_t batch_size = 0;     // how many there were when it was sent
    detail::user_group to_send{};   // before others
    std::size_t most_at_once;       // fewer than `batch_size` allows after a refusal of a whole batch
    std::optional<error> refusal{}; // of the batch in doubt, by a 2xx
    std::optional<error> doubt{};   // why it is in doubt
    bool found_somebody = false;    // of the batch in doubt

    unsigned failures = 0;         // of requests, in a row
    unsigned lost_in_a_row = 0;    // batches without a known outcome, and nobody provisioned in between
    unsigned lost_alone = 0;       // the same batch of one
    unsigned refused_alone = 0;    // users, in a row
    unsigned resolve_failures = 0; // without anybody looked up in between
    bool somebody_is_there = false;
    time_point retry_at = at_once;

    bulk_counts counts{};
    std::uint64_t refused_unsent = 0; // of those refused
    std::uint64_t generation = 0;
    std::uint64_t told = 0;                  // results that no request was needed for, and that were taken
    std::vector<provision_result> fresh{};   // came since the last checkpoint
    std::vector<provision_result> unsaved{}; // part of it
    std::deque<bulk_event> events{};
    std::size_t untaken = 0; // results in them

    request_id in_flight{}; // 0: none
    std::uint64_t last_request = 0;
    std::optional<result<bulk_counts>> final_result{};
};

} // namespace calimatic::inline CALIMATIC_ABI
