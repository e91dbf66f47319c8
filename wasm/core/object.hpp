#pragma once
#include "calls.hpp"
#include <calimatic/core/http.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/flow/authorization_code_flow.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace bridge {

class object;

/// What only one kind of object has, by its name in C++.
struct method {
    std::string_view name;
    reply (*run)(object&, arguments&, call const&);
};

/// What a handle stands for. A kind of object answers what it has, and inherits the answer of those that have it not.
class object {
public:
    virtual ~object() = default;
    object() = default;
    object(object const&) = delete;
    object& operator=(object const&) = delete;

    virtual reply poll_request(cal::time_point) { return {}; }
    virtual bool handle_response(cal::request_id, cal::http_response, cal::time_point) { return false; }
    virtual bool handle_failure(cal::request_id, cal::transport_failure, cal::time_point) { return false; }
    virtual std::optional<cal::time_point> next_deadline() const { return std::nullopt; }
    virtual void abort() {}
    virtual reply poll_result() { return {}; }
    virtual reply poll_event() { return {}; }
    virtual std::optional<cal::crypto_question> poll_crypto_question() { return std::nullopt; }
    virtual bool handle_crypto_answer(std::uint64_t, cal::crypto_answer const&) { return false; }
    virtual reply poll_store_question() { return {}; }
    /// Says whether it was taken.
    virtual reply handle_store_answer(std::uint64_t, arguments&) { return flag_value(false); }

    virtual method const* find_method(std::string_view) const { return nullptr; }
    /// The place of the user who has signed in, if that is what this is: empty once it was taken. Null: it is something else.
    virtual std::optional<cal::sign_in>* signed_in() { return nullptr; }
};

/// Gives an object a handle, which is never 0, and finds it again: null for a handle that was not given out, or was given back. 0: there is none left.
std::uint32_t keep(std::unique_ptr<object> object);
object* find(std::uint32_t handle) noexcept;
void drop(std::uint32_t handle) noexcept;

/// The reply of what has made an object: its handle.
reply started(std::unique_ptr<object> object);
/// A member that is a handle of a user who has signed in and was not taken yet: else that is a mistake, and null.
std::optional<cal::sign_in>* read_sign_in(arguments& from);

} // namespace bridge
