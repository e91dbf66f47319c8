#pragma once
#include <algorithm>
#include <array>
#include <calimatic/auth.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <calimatic/testing/simulated_platform.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

/// \file
/// What a life is judged by, and what is written down of it.

namespace simulation {

namespace cal = calimatic;
namespace sim = calimatic::testing;
using cal::milliseconds;
using cal::seconds;
using cal::time_point;

enum class invariant : std::size_t {
    nothing_after_the_end,
    no_token_after_its_successor,
    nothing_sent_again_after_the_window,
    saved_before_used,
    no_secret_in_a_text,
    nothing_lost,
    ends_for_a_reason,
    one_request_in_flight,
    late_answers_do_nothing,
    no_busy_loop,
    waits_as_told,
    wakes_in_time,
    expired_tokens_stay_in,
    the_right_user,
    every_blob_resumes,
    sign_out_ends,
    sign_in_succeeds,
    bulk_nobody_twice,
    bulk_everybody_reported,
    bulk_results_hold,
    bulk_ends,
    nothing_is_thrown,
    count_,
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(invariant::count_)> invariant_names{
    "after a refusal or the end, nothing is requested but the revocation of a sign-out",
    "no refresh token is sent after its successor was seen",
    "no refresh token whose outcome is unknown is sent after the window, but for one last try",
    "no access token is given out before it is saved",
    "no secret is in an error, an event or a trace",
    "nothing is lost: what was received is saved, and a session whose grant is alive becomes fresh again",
    "a session ends only for a reason that its life contains",
    "one request is in flight at most, and no id comes twice",
    "a late, second or strange answer does nothing",
    "a deadline that has come is followed by progress",
    "a failure is followed by a pause, and Retry-After is honoured",
    "a session wakes before its access token ends, and while it has none",
    "an access token that is given out has not expired",
    "an access token that is given out is of the right user, and was not refused",
    "every saved value resumes, or is refused as that of a session that has ended",
    "a sign-out ends",
    "a sign-in that nothing disturbs succeeds",
    "nobody is provisioned twice, nor sent again before somebody says that it is not there",
    "everybody of a bulk provisioning is reported, and the counts are those of the results",
    "a result of a bulk provisioning is what the platform has, and never changes",
    "a bulk provisioning ends",
    "nothing is thrown",
};

/// Thrown where a life breaks an invariant.
struct violation {
    invariant broken;
    std::string how;
};

/// The log of one life, and how often each invariant was looked at.
class record {
public:
    /// A situation, counted by its name so that it shows whether the lives reach it.
    void reached(std::string const& situation) { ++situations[situation]; }

    void note(time_point at, std::string const& what) {
        auto line = "step " + std::to_string(step) + ", " + std::to_string(at.time_since_epoch().count()) + ": " + what;
        for (char const c : line) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        lines.push_back(std::move(line));
    }
    void check(invariant which, bool kept, std::string_view how) {
        ++checks[static_cast<std::size_t>(which)];
        if (!kept) throw violation{which, std::string(how)};
    }

    std::size_t step = 0;
    std::vector<std::string> lines{};
    std::uint64_t hash = 0xcbf29ce484222325;
    std::array<std::uint64_t, static_cast<std::size_t>(invariant::count_)> checks{};
    std::map<std::string, std::uint64_t> situations{};
};

/// The choices of a life.
class chance {
public:
    explicit chance(std::uint64_t seed) : random_(seed) {}
    std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }
    bool percent(unsigned of_hundred) { return below(100) < of_hundred; }
    template <class T, std::size_t N>
    T const& of(std::array<T, N> const& choices) {
        return choices[below(N)];
    }
    milliseconds up_to(milliseconds most) { return milliseconds(below(static_cast<std::uint64_t>(most.count()) + 1)); }
    sim::seeded_random& source() { return random_; }

private:
    sim::seeded_random random_;
};

/// Every secret that a life has had, each known by its first bytes, because a text may cut it off.
class secret_index {
public:
    void add(std::string_view secret) {
        if (secret.size() < length) return;
        known_.insert(key(secret));
        auto const last = secret.rfind('.'); // of a signed token: its signature, too
        if (last != secret.npos && secret.size() - last > length) known_.insert(key(secret.substr(last + 1)));
    }
    bool is_in(std::string_view text) const {
        for (std::size_t i = 0; i + length <= text.size(); ++i)
            if (known_.contains(key(text.substr(i)))) return true;
        return false;
    }

private:
    static constexpr std::size_t length = 14;
    static std::uint64_t key(std::string_view text) {
        std::uint64_t hash = 0xcbf29ce484222325;
        for (char const c : text.substr(0, length)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        return hash;
    }
    std::unordered_set<std::uint64_t> known_;
};

/// Looks for secrets in all that a trace is told.
class watching_trace final : public cal::trace {
public:
    explicit watching_trace(secret_index const& secrets) : secrets_(secrets) {}
    void record(cal::decision const& decision) noexcept override {
        ++decisions;
        if (secrets_.is_in(decision.got) || secrets_.is_in(decision.expected)) leaked = cal::rule_of(decision.rule).name;
    }
    std::uint64_t decisions = 0;
    std::string_view leaked{};

private:
    secret_index const& secrets_;
};

} // namespace simulation
