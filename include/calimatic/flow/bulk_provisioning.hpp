#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/random.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/flow/bulk_event.hpp>
#include <calimatic/flow/machine.hpp>
#include <calimatic/flow/storage.hpp>
#include <calimatic/flow/user_source.hpp>
#include <calimatic/platform/credentials.hpp>
#include <calimatic/platform/provision_batch.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// It needs SHA-256, and does not ask for it: a run is for back ends and tools, which have a cryptographic library.
#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

class bulk_input;

} // namespace detail

/// How users are provisioned.
struct bulk_options {
    calimatic::storage storage = calimatic::storage::by_host; ///< `by_host`: a batch leaves, and results are given out, once they are saved
    std::size_t batch_size = user_batch::most_users;          ///< 1 to 500
    std::string default_organization_id{};
    std::optional<bool> send_invite_emails{};
    std::optional<std::uint64_t> total{}; ///< how many users a source has, for the progress
    milliseconds first_wait{1'000};       ///< after a failure; doubled by every further one, up to `longest_wait`; `Retry-After` is honoured
    milliseconds longest_wait{300'000};
    milliseconds settle_wait{10'000}; ///< before the users of a batch that got no answer are looked up: it may still arrive
    unsigned most_failures = 20;      ///< in a row, after which the run ends with the error; it can be resumed
    unsigned resolve_attempts = 5;    ///< to look one user up, after which what became of that one is `unknown`
    check_options check{};            ///< `trace` is borrowed for the life of the run
};

/// Provisions any number of users, in batches. A flow that tells what became of each user by an event; its result counts them.
///
///     resting -> (saving) -> requesting a batch -> resting
///                                               -> settling, where the answer was lost: each user is looked up -> resting
///
/// Addresses are compared without regard to ASCII case and to blanks around, which are not sent. A user whose address came before is a `duplicate`: of a
/// range that is told before anything is sent, of a source when it is read. A user who breaks a documented limit is `refused` without being sent. To
/// know addresses again costs about 50 bytes of memory for each user; otherwise a source is read as batches leave, and only the users of one are held.
///
/// Nobody is sent twice whose first sending may have acted, unless the platform said in between that there is no such user. A batch leaves once the
/// host has saved that it will, so the same holds over restarts. What ends a request decides:
///  - rows of users: each has its outcome; whoever has no row is `unconfirmed`, unless the platform refuses the batch as a whole and reports nobody as
///    provisioned: then the others are sent again (after 400, 409, 422), or looked up and sent again (after a 2xx);
///  - 400, 404 with the platform's words, 409, 413, 422 or a 2xx with `"success": false`, without rows: the batch is sent again in halves, so that
///    whoever is refused alone is `refused`; where the first 10 users are, and nobody was provisioned, the run ends with the error;
///  - 429, 503, 423, not sent: the same batch is sent again after a wait, `most_failures` times;
///  - no answer, 408, every other 5xx, a 2xx that cannot be read: each user of the batch is looked up. Found is `provisioned`; not found is sent again, in
///    smaller batches; alone and lost three times is `unknown`, as is whoever cannot be looked up;
///  - everything else (401, 403, a redirect, wrong credentials): the run ends with the error. Nothing is lost: resume it.
class bulk_provisioning {
public:
    using value_type = bulk_counts;

    /// Provisions a range. `random` is borrowed for the call. Errors: `batch_size_invalid`, `random_source_failed`, `crypto_unavailable`, those of
    /// `build_provision_batch_request` about the platform.
    static CALIMATIC_DECL result<bulk_provisioning> start(
        platform_client platform, std::vector<batch_user> users, random_source& random, time_point now, bulk_options options = {});
    /// The same for the users of a source.
    static CALIMATIC_DECL result<bulk_provisioning> start(
        platform_client platform, std::unique_ptr<user_source> users, random_source& random, time_point now, bulk_options options = {});

    /// A run that was saved with `serialize`, at any moment, taken up in this or another process with the same users; those that were read before are read
    /// again. Users who were in a batch when it was saved are looked up before anything is sent. A result that was not taken when it was saved comes again.
    /// Errors: `blob_malformed`, `blob_version_unknown`, `bulk_input_changed` (other users, or as a range instead of a source, another platform,
    /// `default_organization_id` or `send_invite_emails`), those of the source and of `start`.
    static CALIMATIC_DECL result<bulk_provisioning> resume(platform_client platform, std::vector<batch_user> users, std::string_view blob,
        random_source& random, time_point now, bulk_options options = {});
    static CALIMATIC_DECL result<bulk_provisioning> resume(platform_client platform, std::unique_ptr<user_source> users, std::string_view blob,
        random_source& random, time_point now, bulk_options options = {});

    CALIMATIC_DECL bulk_provisioning(bulk_provisioning&&) noexcept;
    CALIMATIC_DECL bulk_provisioning& operator=(bulk_provisioning&&) noexcept;
    CALIMATIC_DECL ~bulk_provisioning();

    /// How many users have come to their end so far.
    CALIMATIC_DECL bulk_counts const& counts() const noexcept;
    /// Counts what was handed out for saving; a later one is a newer state of the run.
    CALIMATIC_DECL std::uint64_t generation() const noexcept;
    /// The state of that generation is safe: what waited for it may go on. Any other generation than the last one is ignored and says so (false).
    CALIMATIC_DECL bool handle_saved(std::uint64_t generation);
    /// What happened, oldest first: each result, and the latest of every other kind; with `storage::none`, results gather until they are taken. With
    /// `storage::by_host`, the next batch waits until all results are
    /// taken. What is still there when the run ends can be taken after it.
    CALIMATIC_DECL std::optional<bulk_event> poll_event();

    CALIMATIC_DECL std::optional<http_request> poll_request(time_point now);
    CALIMATIC_DECL bool handle_response(request_id id, http_response response, time_point now);
    CALIMATIC_DECL bool handle_failure(request_id id, transport_failure failure, time_point now);
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    /// Ends the run with `aborted`; it can be resumed.
    CALIMATIC_DECL void abort();
    CALIMATIC_DECL std::optional<result<bulk_counts>> poll_result();

    friend CALIMATIC_DECL std::string serialize(bulk_provisioning const& bulk);

private:
    struct state;
    static CALIMATIC_DECL result<bulk_provisioning> begin(
        platform_client platform, detail::bulk_input input, random_source& random, time_point now, bulk_options options);
    static CALIMATIC_DECL result<bulk_provisioning> take_up(
        platform_client platform, detail::bulk_input input, std::string_view blob, random_source& random, time_point now, bulk_options options);
    CALIMATIC_DECL explicit bulk_provisioning(std::unique_ptr<state> state) noexcept;
    std::unique_ptr<state> state_;
};

/// The run as a saved value. It has no addresses, but indices into the input, a fingerprint (SHA-256) of the users that were read, and results that were
/// not taken, with what the platform said of them.
CALIMATIC_DECL std::string serialize(bulk_provisioning const& bulk);

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/bulk_provisioning.ipp>
#endif

#endif
