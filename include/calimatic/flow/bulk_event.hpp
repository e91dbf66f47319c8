#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/provision_batch.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// What became of one user of the input, for good.
struct provision_result {
    std::uint64_t index = 0; ///< in the input, from 0
    std::string email{};     ///< without blanks around
    provision_outcome outcome = provision_outcome::unknown;
    std::string user_id{}; ///< "" where the platform did not tell it
    std::string keycloak_user_id{};
    std::optional<calimatic::error> error{}; ///< of every outcome but `created`, `existing` and `provisioned`
};

/// How many users came to which end.
struct bulk_counts {
    std::uint64_t created = 0;
    std::uint64_t existing = 0;
    std::uint64_t provisioned = 0;
    std::uint64_t refused = 0;
    std::uint64_t unconfirmed = 0;
    std::uint64_t unknown = 0;
    std::uint64_t duplicate = 0;

    /// All together.
    std::uint64_t total() const noexcept { return created + existing + provisioned + refused + unconfirmed + unknown + duplicate; }
    friend bool operator==(bulk_counts const&, bulk_counts const&) = default;
};

/// What happened in a bulk provisioning. Where `generation` is not 0, the host saves `serialize(bulk)` and says `handle_saved(generation)`. A saving that
/// failed is tried again until it succeeds, with `bulk_provisioning::generation()`: the event does not come again.
struct bulk_event {
    enum class kind : std::uint8_t {
        user,       ///< `result` tells what became of one
        progress,   ///< `done` users of `total` have come to their end
        checkpoint, ///< there is something to save; the next batch, the results that came since the last one, and the end wait for it
        waiting,    ///< `error` tells why, `retry_at` when the run goes on
    };
    kind what = kind::progress;
    std::uint64_t generation = 0; ///< of what is to be saved; 0: nothing is
    std::optional<provision_result> result{};
    std::uint64_t done = 0;
    std::optional<std::uint64_t> total{}; ///< nothing: the source did not say
    std::optional<calimatic::error> error{};
    std::optional<time_point> retry_at{};
};

} // namespace calimatic::inline CALIMATIC_ABI
