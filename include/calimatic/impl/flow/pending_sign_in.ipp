#pragma once
#include <calimatic/flow/pending_sign_in.hpp>

#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/oauth/pkce.hpp>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int pending_sign_in_version = 1;

/// Whether nothing is missing that a check hangs on: an empty text would equal one that is not there, and a list without a word would require nothing.
CALIMATIC_DECL bool is_whole(pending_sign_in const& pending, check_options const& options) {
    auto acr_values = std::string_view(pending.acr_values);
    bool const acr_named = acr_values.empty() || !next_word(acr_values).empty();
    return acr_named && !pending.issuer.empty() && !pending.client_id.empty() && !pending.redirect_uri.empty() && !pending.state.empty() &&
        !pending.nonce.empty() && validate_code_verifier(pending.code_verifier.expose(), options);
}

} // namespace detail

CALIMATIC_DECL pending_sign_in pending_sign_in::clone() const {
    return {issuer, client_id, redirect_uri, scope, state.clone(), nonce.clone(), code_verifier.clone(), begun_at, max_age, acr_values};
}

CALIMATIC_DECL secret_string serialize(pending_sign_in const& pending) {
    detail::json_writer writer;
    detail::begin_blob(writer, "pending_sign_in", detail::pending_sign_in_version);
    writer.string("issuer", pending.issuer).string("client_id", pending.client_id).string("redirect_uri", pending.redirect_uri);
    writer.string("scope", pending.scope).string("state", pending.state.expose()).string("nonce", pending.nonce.expose());
    writer.string("code_verifier", pending.code_verifier.expose()).number("begun_at", pending.begun_at.time_since_epoch().count());
    if (pending.max_age) writer.number("max_age", pending.max_age->count());
    writer.optional_string("acr_values", pending.acr_values);
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<pending_sign_in> parse_pending_sign_in(std::string_view blob, check_options const& options) {
    auto document = detail::parse_blob(blob, "pending_sign_in", detail::pending_sign_in_version, options);
    if (!document) return std::move(document).error();
    pending_sign_in pending;
    detail::blob_reader reader(document->root());
    reader.string("issuer", pending.issuer)
        .string("client_id", pending.client_id)
        .string("redirect_uri", pending.redirect_uri)
        .string("scope", pending.scope)
        .secret("state", pending.state)
        .secret("nonce", pending.nonce)
        .secret("code_verifier", pending.code_verifier)
        .time("begun_at", pending.begun_at)
        .optional_duration("max_age", pending.max_age)
        .optional_string("acr_values", pending.acr_values);
    if (auto e = detail::rule_check{options}(reader.whole() && detail::is_whole(pending, options), error_code::blob_malformed)) return *std::move(e);
    return pending;
}

} // namespace calimatic::inline CALIMATIC_ABI
