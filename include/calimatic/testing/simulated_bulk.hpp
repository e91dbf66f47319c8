#pragma once
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <string>
#include <vector>

#if !defined(CALIMATIC_CRYPTO_NONE)

namespace calimatic::inline CALIMATIC_ABI::testing {

/// Where the reply to a bulk provisioning tells of its users.
enum class bulk_reply_shape : std::uint8_t {
    results,            ///< in data.results, each with its `success`
    users,              ///< data is an array, of which each element has a `user`
    created_and_failed, ///< in data.created, data.existing and data.failed
    by_address,         ///< data.results has a member for each address
    without_rows,       ///< nowhere: data has numbers only
};

/// How the bulk provisioning of the simulated platform does what the documentation leaves open.
struct simulated_bulk_options {
    bulk_reply_shape shape = bulk_reply_shape::results;
    int status = 200;                           ///< of a batch that was acted upon
    bool success_is_for_all = false;            ///< whether `success` of the envelope is false where anybody was refused
    bool refuses_whole_batch = false;           ///< whether one user who is refused makes it refuse the batch, with 400, and act upon nobody
    std::vector<std::string> refused{};         ///< addresses that it does not provision
    std::string refusal = "Domain not allowed"; ///< what it says of them
    std::vector<std::string> left_out{};        ///< addresses that it acts upon and does not tell of
};

} // namespace calimatic::inline CALIMATIC_ABI::testing

#endif
