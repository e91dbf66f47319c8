#pragma once
#include <calimatic/oidc/id_token.hpp>
#include <calimatic/oidc/id_token_rules.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/keys.hpp"
#include "support/outcome.hpp"
#include "support/tokens.hpp"

/// \file
/// An ID Token that keeps every rule, and what it must match, to be spoiled in one place.

namespace support {

/// A JSON object as text, member by member.
class object_text {
public:
    object_text(std::initializer_list<std::pair<std::string, std::string>> members) : members_(members) {}
    /// `json` is JSON text. A new member is put last.
    object_text& set(std::string_view name, std::string_view json) {
        for (auto& member : members_)
            if (member.first == name) return member.second = json, *this;
        members_.emplace_back(name, json);
        return *this;
    }
    object_text& remove(std::string_view name) {
        std::erase_if(members_, [name](auto const& member) { return member.first == name; });
        return *this;
    }
    /// Appended even if the name is there already.
    object_text& repeat(std::string_view name, std::string_view json) {
        members_.emplace_back(name, json);
        return *this;
    }
    std::string text() const {
        std::string text;
        for (auto const& [name, json] : members_) text.append(text.empty() ? "\"" : ",\"").append(name).append("\":").append(json);
        return "{" + text + "}";
    }

private:
    std::vector<std::pair<std::string, std::string>> members_;
};

/// 2027-01-15T08:00:00Z.
inline constexpr std::int64_t now_in_seconds = 1'800'000'000;
inline constexpr calimatic::time_point now{std::chrono::seconds(now_in_seconds)};
/// A NumericDate as JSON text.
inline std::string seconds_from_now(std::int64_t difference) { return std::to_string(now_in_seconds + difference); }

/// The access token of OIDC Core A.3 with the hashes of it, so that they are not computed by what is tested.
inline constexpr std::string_view sample_access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
inline constexpr std::string_view sample_at_hash_sha256 = "77QmUPtjPfzWtF2AnpK9RQ";
inline constexpr std::string_view sample_at_hash_sha384 = "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs";
inline constexpr std::string_view sample_at_hash_sha512 = "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM";

struct id_token_sample {
    object_text header{{"alg", R"("RS256")"}, {"typ", R"("JWT")"}, {"kid", R"("rsa-1")"}};
    object_text claims{{"iss", R"("https://op.example.com")"}, {"sub", R"("user-1")"}, {"aud", R"("client-1")"}, {"exp", seconds_from_now(300)},
        {"iat", seconds_from_now(0)}, {"nonce", R"("n-0S6_WzA2Mj-n-0S6_WzA2Mj")"}};
    std::optional<std::string> payload{}; ///< instead of the claims
    std::optional<std::string> token{};   ///< instead of all of these
    std::string_view key = rsa_key;
    std::optional<object_text> first{}; ///< of a refresh: the claims of the first ID Token
    calimatic::id_token_expectations expected{
        .issuer = "https://op.example.com", .client_id = "client-1", .nonce = "n-0S6_WzA2Mj-n-0S6_WzA2Mj", .access_token = sample_access_token};
    calimatic::time_point now = support::now;

    std::string payload_text() const { return payload ? *payload : claims.text(); }
    /// The token with a signature that nobody could verify.
    std::string unsigned_text() const { return token ? *token : unsigned_token(header.text(), payload_text()); }
#if !defined(CALIMATIC_CRYPTO_NONE)
    std::string signed_text() const { return token ? *token : signed_with_header(key, header.text(), payload_text()); }
#endif
};

/// An answerer who knows the hashes of the sample's access token and of nothing else.
inline bool answer_at_hash(calimatic::id_token_rules::hash_question const& question) {
    if (question.data != sample_access_token) return false;
    switch (question.hash) {
    case calimatic::hash_algorithm::sha256: return encode(question.prefix) == sample_at_hash_sha256;
    case calimatic::hash_algorithm::sha384: return encode(question.prefix) == sample_at_hash_sha384;
    case calimatic::hash_algorithm::sha512: break;
    }
    return encode(question.prefix) == sample_at_hash_sha512;
}

/// `id_token_rules` with the answers given by hand.
inline calimatic::result<calimatic::id_token_claims> validate_by_hand(std::string_view token, calimatic::id_token_expectations const& expected,
    calimatic::time_point time, std::function<bool(calimatic::compact_jws const&)> const& verified, calimatic::check_options const& options = {}) {
    auto rules = calimatic::id_token_rules::start(token, expected, options);
    if (!rules) return rules.error();
    if (auto kept = rules->handle_signature(verified(rules->token()), time); !kept) return kept.error();
    auto const question = rules->at_hash();
    return std::move(*rules).finish(!question || answer_at_hash(*question));
}

/// The claims of a token that keeps every rule but those about when it was received, for whoever needs a first one.
inline calimatic::id_token_claims first_claims(object_text const& claims) {
    auto const document = json_of(claims.text());
    auto const text = [&document](std::string_view name) { return document.root()[name].as_string(); };
    calimatic::id_token_expectations const expected{.issuer = *text("iss"),
        .client_id = text("aud") ? *text("aud") : *document.root()["aud"][std::size_t{0}].as_string(),
        .trusted_audiences = {"api-1", "api-2"},
        .nonce = text("nonce"),
        .iat_max_age = std::chrono::hours(24 * 365)};
    auto const token = unsigned_token(R"({"alg":"RS256"})", claims.text());
    return validate_by_hand(token, expected, now, [](auto const&) { return true; }).value();
}

} // namespace support
