#include "recorded_module.hpp"
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

namespace recordings {

namespace {

recorded_module* current = nullptr; // whose random source the module asks

[[noreturn]] void stop(char const* why) {
    std::fprintf(stderr, "record: %s\n", why);
    std::exit(1);
}

std::string json_string(std::string_view text) {
    auto const object = cal::detail::json_writer().string("", text).finish(); // {"":"..."}
    return object.substr(4, object.size() - 5);
}

std::string json_bytes(std::string_view bytes) { return '"' + cal::detail::base64url_encode(bytes) + '"'; }

double milliseconds_of(cal::time_point time) { return static_cast<double>(time.time_since_epoch().count()); }

std::string bytes_of(cal::json text) {
    auto decoded = cal::detail::base64url_decode(text.as_string().value_or(""));
    if (!decoded) stop("a question holds what is not base64url");
    return std::move(*decoded);
}

} // namespace

reply::reply(std::string text) : text_(std::move(text)) {
    constexpr std::size_t most = 16 * 1024 * 1024;
    cal::check_options options;
    options.limits.json_string = most;
    options.limits.json_depth = 40; // of what the module read, and what it puts around
    auto document = cal::parse_json(text_, most, options);
    if (!document) stop("a reply that is no JSON");
    document_ = std::move(*document);
}

/// One call: its arguments are written down as they are passed.
class recorded_module::line {
public:
    line(recorded_module& module, std::string_view name) : module_(module), text_("{\"export\":" + json_string(name) + ",\"arguments\":[") {
        module_.random_.clear();
    }
    struct passed {
        char* bytes;
        std::size_t size;
    };
    passed text(std::string_view given) { return pass(given, "{\"text\":" + json_string(given) + "}"); }
    passed bytes(std::string_view given) { return pass(given, "{\"bytes\":" + json_bytes(given) + "}"); }
    double number(double given) {
        add(written(given));
        return given;
    }
    std::uint32_t handle(std::uint32_t given) {
        number(given);
        return given;
    }

    reply end(char* packed) {
        if (!packed) return write("null"), reply();
        std::uint32_t size = 0;
        std::memcpy(&size, packed, sizeof size);
        std::string text(packed + sizeof size, size);
        calimatic_release(packed, sizeof size + size);
        write("{\"text\":" + json_string(text) + "}");
        return reply(std::move(text));
    }
    double end(double number) {
        write(written(number));
        return number;
    }
    void end() { write("null"); }

private:
    static std::string written(double number) {
        if (std::isnan(number)) return "\"NaN\"";
        if (std::isinf(number)) return number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        char text[64];
        std::snprintf(text, sizeof text, "%.17g", number);
        return text;
    }
    void add(std::string_view json) {
        if (text_.back() != '[') text_ += ',';
        text_ += json;
    }
    passed pass(std::string_view given, std::string_view json) {
        add(json);
        if (given.empty()) return {nullptr, 0};
        auto* const out = static_cast<char*>(calimatic_allocate(given.size()));
        std::memcpy(out, given.data(), given.size());
        return {out, given.size()};
    }
    void write(std::string_view reply) {
        text_.append("],\"random\":[").append(module_.random_).append("],\"reply\":").append(reply).append("}\n");
        if (std::fwrite(text_.data(), 1, text_.size(), module_.out_) != text_.size()) stop("the recording cannot be written");
    }

    recorded_module& module_;
    std::string text_;
};

recorded_module::recorded_module(std::FILE* out, std::uint64_t seed) : out_(out), source_(seed) { current = this; }
recorded_module::~recorded_module() { current = nullptr; }

void recorded_module::begin_life(std::uint64_t seed, std::string_view described) {
    std::fprintf(out_, "{\"life\":%llu,\"described\":%s}\n", static_cast<unsigned long long>(seed), json_string(described).c_str());
}

reply recorded_module::call(std::string_view name, std::string_view json, cal::time_point now, std::string_view bytes) {
    line l(*this, "calimatic_call");
    auto const a = l.text(name), b = l.text(json), c = l.bytes(bytes);
    return l.end(calimatic_call(a.bytes, a.size, b.bytes, b.size, c.bytes, c.size, l.number(milliseconds_of(now))));
}

reply recorded_module::invoke(std::uint32_t handle, std::string_view name, std::string_view json, cal::time_point now) {
    line l(*this, "calimatic_invoke");
    l.handle(handle);
    auto const a = l.text(name), b = l.text(json);
    return l.end(calimatic_invoke(handle, a.bytes, a.size, b.bytes, b.size, l.number(milliseconds_of(now))));
}

void recorded_module::drop(std::uint32_t handle) {
    line l(*this, "calimatic_drop");
    calimatic_drop(l.handle(handle));
    l.end();
}

reply recorded_module::poll_request(std::uint32_t handle, cal::time_point now) {
    line l(*this, "calimatic_poll_request");
    l.handle(handle);
    return l.end(calimatic_poll_request(handle, l.number(milliseconds_of(now))));
}

bool recorded_module::handle_response(std::uint32_t handle, std::int64_t id, std::string_view json, std::string_view body, cal::time_point now) {
    line l(*this, "calimatic_handle_response");
    l.handle(handle);
    auto const number = l.number(static_cast<double>(id));
    auto const a = l.text(json), b = l.bytes(body);
    int const taken = calimatic_handle_response(handle, number, a.bytes, a.size, b.bytes, b.size, l.number(milliseconds_of(now)));
    if (taken < 0) stop("a response that cannot be read");
    return l.end(double(taken)) == 1;
}

bool recorded_module::handle_failure(std::uint32_t handle, std::int64_t id, int failure, cal::time_point now) {
    line l(*this, "calimatic_handle_failure");
    l.handle(handle);
    auto const number = l.number(static_cast<double>(id));
    l.number(failure);
    return l.end(double(calimatic_handle_failure(handle, number, failure, l.number(milliseconds_of(now))))) == 1;
}

double recorded_module::next_deadline(std::uint32_t handle) {
    line l(*this, "calimatic_next_deadline");
    return l.end(calimatic_next_deadline(l.handle(handle)));
}

void recorded_module::abort(std::uint32_t handle) {
    line l(*this, "calimatic_abort");
    calimatic_abort(l.handle(handle));
    l.end();
}

reply recorded_module::poll_result(std::uint32_t handle) {
    line l(*this, "calimatic_poll_result");
    return l.end(calimatic_poll_result(l.handle(handle)));
}

reply recorded_module::poll_event(std::uint32_t handle) {
    line l(*this, "calimatic_poll_event");
    return l.end(calimatic_poll_event(l.handle(handle)));
}

reply recorded_module::poll_crypto_question(std::uint32_t handle) {
    line l(*this, "calimatic_poll_crypto_question");
    return l.end(calimatic_poll_crypto_question(l.handle(handle)));
}

bool recorded_module::handle_crypto_answer(std::uint32_t handle, std::int64_t id, cal::crypto_answer const& answer) {
    line l(*this, "calimatic_handle_crypto_answer");
    l.handle(handle);
    auto const number = l.number(static_cast<double>(id));
    auto const what = static_cast<int>(answer.what);
    l.number(what);
    auto const digest = l.bytes(answer.digest);
    return l.end(double(calimatic_handle_crypto_answer(handle, number, what, digest.bytes, digest.size))) == 1;
}

reply recorded_module::poll_store_question(std::uint32_t handle) {
    line l(*this, "calimatic_poll_store_question");
    return l.end(calimatic_poll_store_question(l.handle(handle)));
}

reply recorded_module::handle_store_answer(std::uint32_t handle, std::int64_t id, std::string_view json) {
    line l(*this, "calimatic_handle_store_answer");
    l.handle(handle);
    auto const number = l.number(static_cast<double>(id));
    auto const text = l.text(json);
    return l.end(calimatic_handle_store_answer(handle, number, text.bytes, text.size));
}

cal::crypto_answer recorded_module::answer(reply const& asked) {
    auto const from = asked.value();
    cal::crypto_question question;
    auto const what = from["what"].as_string();
    question.data = cal::secret_string(bytes_of(from["data"]));
    if (what == "hash_begins_with") {
        auto const hash = from["hash"].as_string();
        question.what = cal::crypto_question::kind::hash_begins_with;
        question.hash = hash == "SHA-256" ? cal::hash_algorithm::sha256
            : hash == "SHA-384"           ? cal::hash_algorithm::sha384
                                          : cal::hash_algorithm::sha512;
        question.expected = bytes_of(from["expected"]);
    } else if (what == "verify_signature") {
        question.what = cal::crypto_question::kind::verify_signature;
        question.expected = bytes_of(from["expected"]);
        auto const algorithm = cal::parse_algorithm(from["algorithm"].as_string().value_or(""));
        auto key = cal::parse_jwk(from["key"]);
        if (!algorithm || !key) stop("a question whose algorithm or key is none");
        question.algorithm = *algorithm;
        question.key = std::move(*key);
    } else if (what != "sha256") stop("a question that is not known");
    auto given = cal::answer_inside(question);
    std::fprintf(out_, "{\"question\":%s,\"answer\":{\"what\":%d,\"digest\":%s}}\n", from.to_string().c_str(), static_cast<int>(given.what),
        json_bytes(given.digest).c_str());
    return given;
}

bool recorded_module::fill(void* bytes, std::size_t size) {
    if (!random_.empty()) random_ += ',';
    if (random_fails) return random_ += "null", false;
    source_.fill(std::span(static_cast<std::byte*>(bytes), size));
    random_ += json_bytes({static_cast<char const*>(bytes), size});
    return true;
}

extern "C" int calimatic_fill_random(void* bytes, std::size_t size) { return current && current->fill(bytes, size) ? 1 : 0; }

} // namespace recordings
