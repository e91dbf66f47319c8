// The module of WebAssembly that answers the questions of the other one where a page has no WebCrypto: Botan behind `answer_inside`. What goes in as a
// pointer and a length was made with `calimatic_allocate` and is taken over, wiped and freed by the function that is called; a reply is a length
// of four bytes and so many bytes behind it, given back with `calimatic_release`.

#include <calimatic/core/secret.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#define CALIMATIC_EXPORT(name) extern "C" __attribute__((used, export_name(#name)))

namespace {

namespace cal = calimatic;

/// Takes fields out of bytes, each a length of four bytes and so many bytes; "" after the end.
class fields {
public:
    explicit fields(std::string_view bytes) noexcept : left_(bytes) {}
    std::string_view next() noexcept {
        std::uint32_t size = 0;
        if (left_.size() < sizeof size) return {};
        std::memcpy(&size, left_.data(), sizeof size);
        auto const field = left_.substr(sizeof size, size);
        left_.remove_prefix(sizeof size + field.size());
        return field;
    }

private:
    std::string_view left_;
};

/// The question; nothing where it is none, or about a MAC: a page holds no secret to make one with.
std::optional<cal::crypto_question> read_question(fields from) {
    cal::crypto_question question;
    auto const what = from.next(), method = from.next();
    question.data = cal::secret_string(from.next());
    question.expected = from.next();
    if (what == "sha256") return question;
    if (what == "hash_begins_with") {
        question.what = cal::crypto_question::kind::hash_begins_with;
        if (method == "SHA-256") question.hash = cal::hash_algorithm::sha256;
        else if (method == "SHA-384") question.hash = cal::hash_algorithm::sha384;
        else if (method == "SHA-512") question.hash = cal::hash_algorithm::sha512;
        else return std::nullopt;
        return question;
    }
    auto const algorithm = cal::parse_algorithm(method);
    if (what != "verify_signature" || !algorithm || cal::is_mac(*algorithm)) return std::nullopt;
    question.what = cal::crypto_question::kind::verify_signature;
    question.algorithm = *algorithm;
    auto& key = question.key;
    key.kty = from.next();
    key.crv = from.next();
    (key.kty == "RSA" ? key.n : key.x) = from.next();
    (key.kty == "RSA" ? key.e : key.y) = from.next();
    auto const& wanted = cal::traits_of(*algorithm);
    if (key.kty != wanted.kty || key.crv != wanted.crv) return std::nullopt;
    return question;
}

} // namespace

CALIMATIC_EXPORT(calimatic_allocate) void* calimatic_allocate(std::size_t size) { return std::malloc(size); }

CALIMATIC_EXPORT(calimatic_release) void calimatic_release(char* bytes, std::size_t size) {
    cal::wipe(bytes, size);
    std::free(bytes);
}

/// The answer to one question, whose fields are what, hash or algorithm, data, expected, kty, crv, n or x, e or y. The reply is one byte (0 unavailable,
/// 1 no, 2 yes, 3 a digest), and the digest.
CALIMATIC_EXPORT(calimatic_answer) char* calimatic_answer(char* bytes, std::size_t bytes_size) {
    auto const question = read_question(fields({bytes, bytes_size}));
    calimatic_release(bytes, bytes_size);
    auto const answer = question ? cal::answer_inside(*question) : cal::crypto_answer();
    auto const size = static_cast<std::uint32_t>(1 + answer.digest.size());
    auto* const out = static_cast<char*>(std::malloc(sizeof size + size));
    if (!out) std::abort();
    std::memcpy(out, &size, sizeof size);
    out[sizeof size] = static_cast<char>(answer.what);
    std::memcpy(out + sizeof size + 1, answer.digest.data(), answer.digest.size());
    return out;
}
