#pragma once
#include <calimatic/core/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// \file
/// The module as its host sees it: nothing but the exported functions and memory that is handed over.

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

namespace module {

namespace cal = calimatic;

/// 2027-01-15T08:00:00Z.
inline constexpr double noon = 1'800'000'000'000;

/// What the host's random source does: a host sets it, and looks at it.
struct random_source {
    bool works = true;
    std::uint64_t state = 1;
};
random_source& random();

/// Memory that is handed over to the function that is called.
struct handed {
    explicit handed(std::string_view text) : size(text.size()), bytes(static_cast<char*>(calimatic_allocate(text.size()))) { text.copy(bytes, size); }
    std::size_t size;
    char* bytes;
};

/// A reply, taken over and given back.
class reply {
public:
    explicit reply(char* packed) {
        if (!packed) return;
        std::uint32_t size = 0;
        std::string_view(packed, sizeof size).copy(reinterpret_cast<char*>(&size), sizeof size);
        text_ = std::string(packed + sizeof size, size);
        calimatic_release(packed, sizeof size + size);
        auto parsed = cal::parse_json(*text_, text_->size());
        REQUIRE(parsed);
        document_ = std::move(*parsed);
    }
    /// Whether there was none.
    bool is_null() const { return !text_; }
    std::string text() const { return text_.value_or("null"); }
    cal::json value() const { return document_.root()["value"]; }
    cal::json error() const { return document_.root()["error"]; }
    /// The value as JSON text, or the error's code.
    std::string outcome() const { return error().has_value() ? code() : value().to_string(); }
    std::string code() const { return std::string(error()["code"].as_string().value_or("")); }
    std::string got() const { return std::string(error()["got"].as_string().value_or("")); }
    std::string value_text() const { return std::string(value().as_string().value_or("")); }
    std::uint32_t handle() const { return static_cast<std::uint32_t>(value()["handle"].as_int64().value_or(0)); }

private:
    std::optional<std::string> text_;
    cal::json_document document_;
};

inline reply call(std::string_view name, std::string_view json = "{}", std::string_view bytes = {}, double now = noon) {
    handed const n(name), j(json), b(bytes);
    return reply(calimatic_call(n.bytes, n.size, j.bytes, j.size, b.bytes, b.size, now));
}

inline reply invoke(std::uint32_t handle, std::string_view name, std::string_view json = "{}", double now = noon) {
    handed const n(name), j(json);
    return reply(calimatic_invoke(handle, n.bytes, n.size, j.bytes, j.size, now));
}

inline int handle_response(std::uint32_t handle, double id, std::string_view json, std::string_view body, double now = noon) {
    handed const j(json), b(body);
    return calimatic_handle_response(handle, id, j.bytes, j.size, b.bytes, b.size, now);
}

/// A text as a string of JSON.
std::string quoted(std::string_view text);

/// The members that most calls need.
inline constexpr std::string_view server =
    R"("server":{"issuer":"https://op.example","authorization_endpoint":"https://op.example/authorize","token_endpoint":"https://op.example/token",)"
    R"("jwks_uri":"https://op.example/jwks","userinfo_endpoint":"https://op.example/userinfo","revocation_endpoint":"https://op.example/revoke",)"
    R"("end_session_endpoint":"https://op.example/logout"})";
inline constexpr std::string_view client = R"("client":{"client_id":"app"})";

/// Both of them and `more`, as an object.
inline std::string with_server(std::string_view more) {
    return "{" + std::string(server) + "," + std::string(client) + (more.empty() ? "" : ",") + std::string(more) + "}";
}

} // namespace module
