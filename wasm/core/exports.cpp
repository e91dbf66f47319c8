// The functions that the module of WebAssembly exports. Whatever goes in as a pointer and a length was made with `calimatic_allocate`; the function that
// is called takes it over, wipes it and frees it. A reply is a length of four bytes and so many bytes of JSON behind it, which the caller gives back
// with `calimatic_release`; a null pointer is no reply. Times are UNIX times in milliseconds.

#include "calls.hpp"
#include "object.hpp"
#include "values.hpp"
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/flow/machine.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__EMSCRIPTEN__)
#define CALIMATIC_EXPORT(name) extern "C" __attribute__((used, export_name(#name)))
extern "C" __attribute__((import_module("calimatic"), import_name("fill_random"))) int calimatic_fill_random(void* bytes, std::size_t size);
#else
#define CALIMATIC_EXPORT(name) extern "C"
/// The host's random source: 1 if all bytes were filled.
extern "C" int calimatic_fill_random(void* bytes, std::size_t size);
#endif

namespace {

using namespace bridge;

class host_random final : public cal::random_source {
public:
    bool fill(std::span<std::byte> out) noexcept override { return calimatic_fill_random(out.data(), out.size()) == 1; }
};

/// Bytes that were handed over: wiped and freed with this object.
class taken {
public:
    taken(char* bytes, std::size_t size) noexcept : bytes_(bytes), size_(bytes ? size : 0) {}
    taken(taken const&) = delete;
    taken& operator=(taken const&) = delete;
    ~taken() {
        cal::wipe(bytes_, size_);
        std::free(bytes_);
    }
    std::string_view text() const noexcept { return {bytes_, size_}; }

private:
    char* bytes_;
    std::size_t size_;
};

char* give(reply const& text) {
    if (text.empty()) return nullptr;
    auto const size = static_cast<std::uint32_t>(text.view().size());
    auto* const out = static_cast<char*>(std::malloc(sizeof size + size));
    if (!out) std::abort();
    std::memcpy(out, &size, sizeof size);
    std::memcpy(out + sizeof size, text.view().data(), size);
    return out;
}

/// A number of the host that may be anything, NaN included, as one that can be converted.
double bounded(double number, double least, double most) noexcept { return number >= least ? (std::min)(number, most) : least; }

cal::time_point time_of(double milliseconds) noexcept {
    constexpr double most = 8.64e15; // of ECMAScript
    return cal::detail::bounded_time(cal::time_point(cal::milliseconds(static_cast<std::int64_t>(std::floor(bounded(milliseconds, -most, most))))));
}

/// An id that was given out; one that never is for whatever else the host passes.
std::uint64_t id_of(double id) noexcept {
    constexpr double most = 9007199254740992.0;
    auto const number = static_cast<std::uint64_t>(bounded(id, 0, most));
    return static_cast<double>(number) == id ? number : UINT64_MAX;
}

constexpr std::size_t most_json = 4 * 1024 * 1024;

cal::result<cal::json_document> parse_arguments(std::string_view text) {
    cal::check_options options;
    options.limits.json_string = most_json; // what is too long is for the functions to say
    return cal::parse_json(text.empty() ? "{}" : text, most_json, options);
}

/// Reads the arguments and calls `run` with them; what is wrong with them goes before what it says.
template <class F>
reply with_arguments(std::string_view text, F&& run) {
    auto const document = parse_arguments(text);
    if (!document) return failure(document.error());
    if (auto const secret = secret_member(document->root()); !secret.empty()) return secret_in_page(secret);
    std::string mistake;
    arguments given(document->root(), mistake);
    auto out = run(given);
    return given.finish() ? std::move(out) : argument_malformed(mistake);
}

} // namespace

CALIMATIC_EXPORT(calimatic_allocate) void* calimatic_allocate(std::size_t size) { return std::malloc(size); }

CALIMATIC_EXPORT(calimatic_release) void calimatic_release(char* bytes, std::size_t size) { taken const ended(bytes, size); }

/// Calls a pure function, or starts a machine, by its name in C++. `bytes` go with the arguments: the body of a response.
CALIMATIC_EXPORT(calimatic_call)
char* calimatic_call(char* name, std::size_t name_size, char* json, std::size_t json_size, char* bytes, std::size_t size, double now) {
    taken const called(name, name_size), text(json, json_size), raw(bytes, size);
    host_random random;
    for (auto const part : parts())
        for (auto const& function : part())
            if (function.name == called.text())
                return give(with_arguments(text.text(), [&](arguments& given) { return function.run(given, {raw.text(), time_of(now), random}); }));
    return give(argument_malformed(called.text()));
}

/// Calls what only one kind of object has, by its name in C++.
CALIMATIC_EXPORT(calimatic_invoke)
char* calimatic_invoke(std::uint32_t handle, char* name, std::size_t name_size, char* json, std::size_t json_size, double now) {
    taken const called(name, name_size), text(json, json_size);
    host_random random;
    auto* const object = find(handle);
    if (!object) return give(argument_malformed("handle"));
    auto const* const method = object->find_method(called.text());
    if (!method) return give(argument_malformed(called.text()));
    return give(with_arguments(text.text(), [&](arguments& given) { return method->run(*object, given, {{}, time_of(now), random}); }));
}

CALIMATIC_EXPORT(calimatic_drop) void calimatic_drop(std::uint32_t handle) { drop(handle); }

CALIMATIC_EXPORT(calimatic_poll_request) char* calimatic_poll_request(std::uint32_t handle, double now) {
    auto* const object = find(handle);
    return object ? give(object->poll_request(time_of(now))) : nullptr;
}

/// `json`: {"status", "headers": [[name, value], ...]}. 1: taken. 0: ignored. -1: the machine was told nothing, because that is not what `json` is.
CALIMATIC_EXPORT(calimatic_handle_response)
int calimatic_handle_response(std::uint32_t handle, double id, char* json, std::size_t json_size, char* body, std::size_t body_size, double now) {
    taken const text(json, json_size), raw(body, body_size);
    auto* const object = find(handle);
    if (!object) return 0;
    auto const document = parse_arguments(text.text());
    std::string mistake;
    arguments given(document ? document->root() : cal::json(), mistake);
    auto response = read_response(given, raw.text());
    if (!given.finish()) return -1;
    return object->handle_response(cal::request_id(id_of(id)), std::move(response), time_of(now));
}

/// 1 not_sent, 2 no_answer, 3 too_large, 4 cancelled; anything else counts as no_answer.
CALIMATIC_EXPORT(calimatic_handle_failure) int calimatic_handle_failure(std::uint32_t handle, double id, int failure, double now) {
    auto* const object = find(handle);
    auto const what = failure >= 1 && failure <= 4 ? cal::transport_failure(failure) : cal::transport_failure::no_answer;
    return object && object->handle_failure(cal::request_id(id_of(id)), what, time_of(now));
}

/// A NaN: none. Minus infinity: at once.
CALIMATIC_EXPORT(calimatic_next_deadline) double calimatic_next_deadline(std::uint32_t handle) {
    auto* const object = find(handle);
    auto const deadline = object ? object->next_deadline() : std::nullopt;
    if (!deadline) return std::nan("");
    if (*deadline == cal::at_once) return -HUGE_VAL;
    return static_cast<double>(deadline->time_since_epoch().count());
}

CALIMATIC_EXPORT(calimatic_abort) void calimatic_abort(std::uint32_t handle) {
    if (auto* const object = find(handle)) object->abort();
}

CALIMATIC_EXPORT(calimatic_poll_result) char* calimatic_poll_result(std::uint32_t handle) {
    auto* const object = find(handle);
    return object ? give(object->poll_result()) : nullptr;
}

CALIMATIC_EXPORT(calimatic_poll_event) char* calimatic_poll_event(std::uint32_t handle) {
    auto* const object = find(handle);
    return object ? give(object->poll_event()) : nullptr;
}

CALIMATIC_EXPORT(calimatic_poll_crypto_question) char* calimatic_poll_crypto_question(std::uint32_t handle) {
    auto* const object = find(handle);
    auto const question = object ? object->poll_crypto_question() : std::nullopt;
    return question ? give(value(to_json(*question))) : nullptr;
}

/// 1 no, 2 yes, 3 a digest, in `bytes`; anything else: unavailable.
CALIMATIC_EXPORT(calimatic_handle_crypto_answer)
int calimatic_handle_crypto_answer(std::uint32_t handle, double id, int what, char* bytes, std::size_t size) {
    taken const digest(bytes, size);
    auto* const object = find(handle);
    cal::crypto_answer answer;
    if (what >= 1 && what <= 3) answer.what = cal::crypto_answer::kind(what);
    answer.digest = digest.text();
    return object && object->handle_crypto_answer(id_of(id), answer);
}

CALIMATIC_EXPORT(calimatic_poll_store_question) char* calimatic_poll_store_question(std::uint32_t handle) {
    auto* const object = find(handle);
    return object ? give(object->poll_store_question()) : nullptr;
}

/// `json`: {"what": "failed" | "done" | "conflict", "revision"?, "value"?}. Says whether it was the answer to the open question.
CALIMATIC_EXPORT(calimatic_handle_store_answer)
char* calimatic_handle_store_answer(std::uint32_t handle, double id, char* json, std::size_t json_size) {
    taken const text(json, json_size);
    auto* const object = find(handle);
    if (!object) return nullptr;
    return give(with_arguments(text.text(), [&](arguments& given) { return object->handle_store_answer(id_of(id), given); }));
}
