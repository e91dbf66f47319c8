#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/http.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/core/trace.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/jose/jwk.hpp>
#include <calimatic/oauth/server_metadata.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

/// How long keys are kept, and how often they are asked for.
struct jwk_set_source_options {
    milliseconds max_age{3600'000};        ///< keys older than this are fetched again
    milliseconds refetch_interval{30'000}; ///< at most one fetch for the sake of an unknown key in this time, whoever chose the key's id
    milliseconds first_wait{1'000};        ///< after a failure; doubled by every further one, up to `longest_wait`; `Retry-After` is honoured
    milliseconds longest_wait{300'000};
    std::uint64_t jitter_seed = 0; ///< from a random source, so that many devices do not ask at the same moment; guards nothing
    check_options check{};
};

/// The machine that owns the life of an issuer's keys, apart from its metadata (OIDC Core 10.1.1): fetches them when there are none or they have
/// grown old, and once more when a token names a key that is not there. One fetch is in flight at most. When a fetch fails, or brings a set in which
/// no key can be used, the keys that are held stay, however old.
class jwk_set_source {
public:
    /// Starts without keys. Whether `jwks_uri` may be used is found out at the first fetch, as an error.
    CALIMATIC_DECL explicit jwk_set_source(std::string jwks_uri, jwk_set_source_options const& options = {});

    /// Starts with keys that were fetched earlier, so that nothing is fetched until they are `max_age` old.
    CALIMATIC_DECL jwk_set_source(std::string jwks_uri, jwk_set keys, time_point fetched_at, jwk_set_source_options const& options = {});

    /// The keys held now, or null. A snapshot: it stays as it is when newer keys come.
    std::shared_ptr<jwk_set const> keys() const noexcept { return keys_; }
    /// Grows by one with every set that was fetched.
    std::uint64_t generation() const noexcept { return generation_; }
    /// Grows by one with every fetch that ended, well or not.
    std::uint64_t fetches() const noexcept { return fetches_; }
    /// When the keys held were fetched.
    std::optional<time_point> fetched_at() const noexcept { return fetched_at_; }
    /// Why the last fetch failed; nothing after a success.
    std::optional<error> const& last_error() const noexcept { return last_error_; }

    /// A token needs a key that is not in the set, or does not fit the one of its name. True: a fetch is due or in flight, so keep the token until
    /// `fetches()` grows, and then look again. False: refuse the token, because such a fetch was begun less than
    /// `refetch_interval` ago, or because the issuer is being left alone after a failure.
    CALIMATIC_DECL bool handle_unknown_key(time_point now);

    CALIMATIC_DECL std::optional<http_request> poll_request(time_point now);
    CALIMATIC_DECL bool handle_response(request_id id, http_response response, time_point now);
    CALIMATIC_DECL bool handle_failure(request_id id, transport_failure failure, time_point now);
    CALIMATIC_DECL std::optional<time_point> next_deadline() const;
    /// Forgets the request in flight; the keys stay, and the next poll may fetch again.
    void abort() noexcept { in_flight_ = false; }

private:
    CALIMATIC_DECL void survive_clock(time_point now) noexcept;
    CALIMATIC_DECL void failed(error error, time_point now);

    std::string jwks_uri_;
    jwk_set_source_options options_;
    std::shared_ptr<jwk_set const> keys_;
    std::uint64_t generation_ = 0;
    std::uint64_t fetches_ = 0;
    std::uint64_t last_id_ = 0;
    std::optional<time_point> fetched_at_;
    std::optional<time_point> forced_at_; // the last fetch for the sake of an unknown key
    std::optional<time_point> failed_at_; // and nothing came since
    milliseconds wait_{};                 // after that
    std::optional<error> last_error_;
    unsigned failures_ = 0;
    bool forced_ = false; // such a fetch is due
    bool in_flight_ = false;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/flow/jwk_set_source.ipp>
#endif
