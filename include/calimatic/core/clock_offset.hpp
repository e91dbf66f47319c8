#pragma once
#include <calimatic/core/http.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/detail/config.hpp>
#include <optional>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// How far this device's clock is from the issuer's, learned from the issuer's own fresh answers, so that a kiosk with a wrong clock can
/// still tell a valid token from an expired one. A plain value: sign-in, session and validators are given the same one.
class clock_offset {
public:
    /// The most that a learned offset may be where the clock is plausible, and the most that it moves once there is one.
    static constexpr milliseconds max_clock_offset{24 * 3600 * 1000};

    /// No offset: this device's clock is taken to be right.
    clock_offset() noexcept = default;

    /// An offset that was learned and saved earlier.
    CALIMATIC_DECL explicit clock_offset(milliseconds offset) noexcept;

    /// Learns from the `Date` of an answer (RFC 9110 6.6.1) that came straight from the issuer (no `Age`) over a request that took no longer
    /// than a minute. Differences of less than 2 s plus half the round trip, from the right time or from what was learned before, count as none.
    /// Returns whether the offset changed. More than `max_clock_offset` is refused, unless the device's clock is before this library's release
    /// and so is no clock at all; what such a clock learned is forgotten as soon as an answer finds it plausible.
    CALIMATIC_DECL bool learn(http_response const& response, time_point sent_at, time_point received_at) noexcept;

    /// Learns from the issuer's time in an ID Token (`iat`) that was received over such a request and whose signature fits, where headers cannot be
    /// read. The same bounds hold.
    CALIMATIC_DECL bool learn(time_point iat, time_point sent_at, time_point received_at) noexcept;

    /// Forgets what was learned: the host's clock jumped.
    void reset() noexcept { offset_.reset(); }

    /// The issuer's time at this device's time `now`. An offset of more than `max_clock_offset` is left out once the clock is plausible: somebody
    /// has set it.
    CALIMATIC_DECL time_point correct(time_point now) const noexcept;

    /// What was learned; positive where this device is slow, 0 where it agrees with the issuer, nothing where no answer could tell.
    std::optional<milliseconds> learned() const noexcept { return offset_; }

    /// For the screen: "this device's clock is 11 minutes slow", or "" where nothing of note was learned.
    CALIMATIC_DECL std::string describe() const;

private:
    std::optional<milliseconds> offset_;
};

} // namespace calimatic::inline CALIMATIC_ABI

#if !defined(CALIMATIC_SEPARATE_COMPILATION)
#include <calimatic/impl/core/clock_offset.ipp>
#endif
