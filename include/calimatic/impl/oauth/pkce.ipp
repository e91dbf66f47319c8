#pragma once
#include <calimatic/oauth/pkce.hpp>

#include <calimatic/detail/base64url.hpp>
#if !defined(CALIMATIC_CRYPTO_NONE)
#include <calimatic/detail/crypto.hpp>
#endif
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL result<secret_string> make_code_verifier(random_source& random) {
    std::array<std::byte, 32> bytes{};
    if (!random.fill(bytes)) {
        wipe(bytes.data(), bytes.size());
        return error_code::random_source_failed;
    }
    secret_string verifier(detail::base64url_encode({reinterpret_cast<char const*>(bytes.data()), bytes.size()}));
    wipe(bytes.data(), bytes.size());
    return verifier;
}

CALIMATIC_DECL result<void> validate_code_verifier(std::string_view code_verifier, check_options const& options) {
    auto const is_unreserved = [](char c) { return detail::is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~'; };
    bool const valid =
        code_verifier.size() >= 43 && code_verifier.size() <= 128 && std::all_of(code_verifier.begin(), code_verifier.end(), is_unreserved);
    if (auto e = detail::rule_check{options}(valid, error_code::code_verifier_invalid)) return *std::move(e);
    return {};
}

#if !defined(CALIMATIC_CRYPTO_NONE)

CALIMATIC_DECL result<pkce> make_pkce(random_source& random) {
    auto verifier = make_code_verifier(random);
    if (!verifier) return verifier.error();
    auto challenge = compute_code_challenge(verifier->expose());
    if (!challenge) return challenge.error();
    return pkce{std::move(*verifier), std::move(*challenge)};
}

CALIMATIC_DECL result<std::string> compute_code_challenge(std::string_view code_verifier) {
    if (auto const valid = validate_code_verifier(code_verifier); !valid) return valid.error();
    auto const digest = detail::compute_hash(hash_algorithm::sha256, code_verifier);
    if (!digest) return digest.error();
    return detail::base64url_encode(*digest);
}

#endif

} // namespace calimatic::inline CALIMATIC_ABI
