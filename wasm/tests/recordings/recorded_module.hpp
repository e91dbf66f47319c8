#pragma once
#include <calimatic/core/json.hpp>
#include <calimatic/core/time.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/testing/seeded_random.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

/// \file
/// The module, compiled natively, and what is written down of it.

extern "C" {
void* calimatic_allocate(std::size_t size);
void calimatic_release(char* bytes, std::size_t size);
char* calimatic_call(char* name, std::size_t name_size, char* json, std::size_t json_size, char* bytes, std::size_t size, double now);
char* calimatic_invoke(std::uint32_t handle, char* name, std::size_t name_size, char* json, std::size_t json_size, double now);
void calimatic_drop(std::uint32_t handle);
char* calimatic_poll_request(std::uint32_t handle, double now);
int calimatic_handle_response(std::uint32_t handle, double id, char* json, std::size_t json_size, char* body, std::size_t body_size, double now);
int calimatic_handle_failure(std::uint32_t handle, double id, int failure, double now);
double calimatic_next_deadline(std::uint32_t handle);
void calimatic_abort(std::uint32_t handle);
char* calimatic_poll_result(std::uint32_t handle);
char* calimatic_poll_event(std::uint32_t handle);
char* calimatic_poll_crypto_question(std::uint32_t handle);
int calimatic_handle_crypto_answer(std::uint32_t handle, double id, int what, char* bytes, std::size_t size);
char* calimatic_poll_store_question(std::uint32_t handle);
char* calimatic_handle_store_answer(std::uint32_t handle, double id, char* json, std::size_t json_size);
}

namespace recordings {

namespace cal = calimatic;

/// A reply of the module.
class reply {
public:
    reply() = default;
    explicit reply(std::string text);

    /// Whether there was one.
    explicit operator bool() const noexcept { return !text_.empty(); }
    bool has_failed() const noexcept { return document_.root()["error"].has_value(); }
    cal::json value() const noexcept { return document_.root()["value"]; }
    /// "": none, or of another type.
    std::string text() const { return std::string(value().as_string().value_or("")); }
    std::uint32_t handle() const { return static_cast<std::uint32_t>(value()["handle"].as_int64().value_or(0)); }
    std::string const& written() const noexcept { return text_; }

private:
    std::string text_;
    cal::json_document document_;
};

/// Every call of an export is one line of JSON: {export, arguments: [number, {text} or {bytes: base64url}, ...], random: [base64url or null, ...], reply},
/// whose reply is a text, a number, or null. What belongs to no call is {life} and {question, answer}.
class recorded_module {
public:
    recorded_module(std::FILE* out, std::uint64_t seed);
    ~recorded_module();
    recorded_module(recorded_module const&) = delete;
    recorded_module& operator=(recorded_module const&) = delete;

    void begin_life(std::uint64_t seed, std::string_view described);

    reply call(std::string_view name, std::string_view json, cal::time_point now, std::string_view bytes = {});
    reply invoke(std::uint32_t handle, std::string_view name, std::string_view json, cal::time_point now);
    void drop(std::uint32_t handle);
    reply poll_request(std::uint32_t handle, cal::time_point now);
    bool handle_response(std::uint32_t handle, std::int64_t id, std::string_view json, std::string_view body, cal::time_point now);
    bool handle_failure(std::uint32_t handle, std::int64_t id, int failure, cal::time_point now);
    double next_deadline(std::uint32_t handle);
    void abort(std::uint32_t handle);
    reply poll_result(std::uint32_t handle);
    reply poll_event(std::uint32_t handle);
    reply poll_crypto_question(std::uint32_t handle);
    bool handle_crypto_answer(std::uint32_t handle, std::int64_t id, cal::crypto_answer const& answer);
    reply poll_store_question(std::uint32_t handle);
    reply handle_store_answer(std::uint32_t handle, std::int64_t id, std::string_view json);

    /// The answer of the native back end to a question, written down, too.
    cal::crypto_answer answer(reply const& question);

    /// Fills from a seed, or fails where that was asked for.
    bool fill(void* bytes, std::size_t size);
    bool random_fails = false;

private:
    class line;
    std::FILE* out_;
    cal::testing::seeded_random source_;
    std::string random_; // what the call was given so far, as JSON
};

} // namespace recordings
