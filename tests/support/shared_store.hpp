#pragma once
#include <calimatic/flow/store_question.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace support {

namespace cal = calimatic;

/// What a host supplies. Who holds the lock is a number; 0: nobody.
struct shared_store {
    std::string value;
    std::uint64_t changes = 0; ///< 0: nothing is stored
    unsigned lock_holder = 0;
    bool fails = false;
    bool is_full = false; ///< only what is stored can be read

    std::string revision() const { return changes == 0 ? std::string() : std::to_string(changes); }
    void put(std::string_view text) {
        value = text;
        ++changes;
    }
    /// Nothing: the lock is another's.
    std::optional<cal::store_answer> answer(cal::store_question const& question, unsigned who) {
        using kind = cal::store_question::kind;
        using answered = cal::store_answer::kind;
        if (fails && question.what != kind::unlock) return cal::store_answer{};
        switch (question.what) {
        case kind::lock:
            if (lock_holder != 0 && lock_holder != who) return std::nullopt;
            lock_holder = who;
            break;
        case kind::unlock:
            if (lock_holder == who) lock_holder = 0;
            break;
        case kind::read: return cal::store_answer{answered::done, revision(), value};
        case kind::replace:
            if (is_full) return cal::store_answer{};
            if (question.revision != revision()) return cal::store_answer{answered::conflict, {}, {}};
            put(question.value.expose());
            return cal::store_answer{answered::done, revision(), {}};
        }
        return cal::store_answer{answered::done, {}, {}};
    }
};

} // namespace support
