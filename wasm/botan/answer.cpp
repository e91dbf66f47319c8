// The module of WebAssembly that answers the questions of the other one where a page has no WebCrypto: Botan behind `answer_inside`. What goes in as a
// pointer and a length was made with `calimatic_allocate` and is taken over, wiped and freed by the function that is called; a reply is a length
// of four bytes and so many bytes of JSON behind it, given back with `calimatic_release`.

#include <calimatic/core/json.hpp>
#include <calimatic/core/secret.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/flow/crypto_question.hpp>
#include <calimatic/jose/algorithm.hpp>
#include <calimatic/jose/jwk.hpp>
#include <boost/json/src.hpp>
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

std::optional<std::string> bytes_of(cal::json text) {
    auto const encoded = text.as_string();
    auto decoded = cal::detail::base64url_decode(encoded.value_or(""));
    if (!encoded || !decoded) return std::nullopt;
    return std::move(*decoded);
}

/// What is wrong with a question: it is none, or the key in it cannot be loaded.
enum class refused { question, key };

/// The question as the other module writes it.
cal::result<cal::crypto_question, refused> read_question(cal::json from) {
    cal::crypto_question question;
    auto data = bytes_of(from["data"]);
    auto expected = bytes_of(from["expected"]);
    if (!data || !expected) return refused::question;
    question.data = cal::secret_string(std::move(*data));
    question.expected = std::move(*expected);
    auto const what = from["what"].as_string();
    if (what == "sha256") return question;
    if (what == "hash_begins_with") {
        question.what = cal::crypto_question::kind::hash_begins_with;
        auto const hash = from["hash"].as_string();
        if (hash == "SHA-256") question.hash = cal::hash_algorithm::sha256;
        else if (hash == "SHA-384") question.hash = cal::hash_algorithm::sha384;
        else if (hash == "SHA-512") question.hash = cal::hash_algorithm::sha512;
        else return refused::question;
        return question;
    }
    if (what != "verify_signature") return refused::question;
    question.what = cal::crypto_question::kind::verify_signature;
    auto const algorithm = cal::parse_algorithm(from["algorithm"].as_string().value_or(""));
    if (!algorithm || cal::is_mac(*algorithm)) return refused::question; // the module of a page holds no secret to make a MAC with
    question.algorithm = *algorithm;
    auto key = cal::parse_jwk(from["key"]);
    if (!key) return refused::key;
    question.key = std::move(*key);
    return question;
}

cal::crypto_answer answer(std::string_view text) {
    constexpr std::size_t most = 4 * 1024 * 1024;
    cal::check_options options;
    options.limits.json_string = most;
    auto const document = cal::parse_json(text, most, options);
    if (!document) return {};
    auto const question = read_question(document->root());
    if (question) return cal::answer_inside(*question);
    if (question.error() == refused::key) return {cal::crypto_answer::kind::no, {}};
    return {};
}

constexpr std::string_view answer_names[]{"unavailable", "no", "yes", "digest"};

} // namespace

CALIMATIC_EXPORT(calimatic_allocate) void* calimatic_allocate(std::size_t size) { return std::malloc(size); }

CALIMATIC_EXPORT(calimatic_release) void calimatic_release(char* bytes, std::size_t size) {
    cal::wipe(bytes, size);
    std::free(bytes);
}

/// The answer to one question: {"what": "unavailable", "no", "yes" or "digest", "digest": base64url}.
CALIMATIC_EXPORT(calimatic_answer) char* calimatic_answer(char* json, std::size_t json_size) {
    auto const given = answer({json, json_size});
    calimatic_release(json, json_size);
    cal::detail::json_writer writer;
    writer.string("what", answer_names[static_cast<std::size_t>(given.what)]);
    writer.optional_string("digest", cal::detail::base64url_encode(given.digest));
    auto const text = writer.finish();
    auto const size = static_cast<std::uint32_t>(text.size());
    auto* const out = static_cast<char*>(std::malloc(sizeof size + size));
    if (!out) std::abort();
    std::memcpy(out, &size, sizeof size);
    std::memcpy(out + sizeof size, text.data(), size);
    return out;
}
