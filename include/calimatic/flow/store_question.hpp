#pragma once
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/config.hpp>
#include <cstdint>
#include <string>

namespace calimatic::inline CALIMATIC_ABI {

/// A question to the host about the one place where a session is kept that several tabs, processes or plugins share. The host does what is asked, in
/// its own time, and answers. What is decided by the answer is decided in the library.
struct store_question {
    enum class kind : std::uint8_t {
        lock,   ///< wait until the host's lock is held here (Web Locks, a lock on a file). Done: it is
        unlock, ///< let the lock go, or stop waiting for it
        read,   ///< what is stored? Done, with its `revision` and `value`; both are "" where nothing is
        replace, ///< store `value` if the store is still at `revision` (""; nothing is there). Done, with the new revision, or conflict; never half of it
    };
    std::uint64_t id = 0;
    kind what = kind::read;
    std::string revision{}; ///< of replace
    secret_string value{};  ///< of replace; tokens are in it, so it is stored where nobody else reads
};

/// The host's answer.
struct store_answer {
    enum class kind : std::uint8_t {
        failed,   ///< it could not be done, or whether it was is not known; it is tried again later
        done,     ///< it was done
        conflict, ///< of replace: the store is at another revision, and stays as it was
    };
    kind what = kind::failed;
    std::string revision{}; ///< whatever tells one state of the store from every other, never "" where something is stored: a counter, an ETag
    secret_string value{};  ///< of read
};

} // namespace calimatic::inline CALIMATIC_ABI
