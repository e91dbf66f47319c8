#pragma once
#include <calimatic/core/error.hpp>
#include <calimatic/core/result.hpp>
#include <calimatic/detail/config.hpp>
#include <calimatic/platform/provision_batch.hpp>
#include <optional>

namespace calimatic::inline CALIMATIC_ABI {

/// Where the users of a bulk provisioning come from, one at a time: a file, a database. A run that is resumed reads its users from the beginning again,
/// so a source gives the same users in the same order each time that it is made.
class user_source {
public:
    virtual ~user_source() = default;

    /// The next user; nothing at the end. An error ends the run, which can be resumed.
    virtual result<std::optional<batch_user>> next() = 0;
};

} // namespace calimatic::inline CALIMATIC_ABI
