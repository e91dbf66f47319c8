#pragma once
#include <calimatic/flow/pending_sign_in.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/oauth/pkce.hpp>
#include <cstdint>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

CALIMATIC_DECL pending_sign_in pending_sign_in::clone() const {
    return {issuer, client_id, redirect_uri, scope, state.clone(), nonce.clone(), code_verifier.clone(), begun_at, max_age, acr_values};
}

CALIMATIC_DECL secret_string serialize(pending_sign_in const& pending) {
    detail::json_writer writer;
    detail::begin_blob(writer, "pending_sign_in", 1);
    writer.string("issuer", pending.issuer).string("client_id", pending.client_id).string("redirect_uri", pending.redirect_uri);
    writer.string("scope", pending.scope).string("state", pending.state.expose()).string("nonce", pending.nonce.expose());
    writer.string("code_verifier", pending.code_verifier.expose()).number("begun_at", pending.begun_at.time_since_epoch().count());
    if (pending.max_age) writer.number("max_age", pending.max_age->count());
    writer.optional_string("acr_values", pending.acr_values);
    return secret_string(writer.finish());
}

CALIMATIC_DECL result<pending_sign_in> parse_pending_sign_in(std::string_view blob, check_options const& options) {
    auto document = detail::parse_blob(blob, "pending_sign_in", 1, options);
    if (!document) return std::move(document).error();
    auto const root = document->root();

    auto const text = [&](char const* name) { return root[name].as_string().value_or(std::string_view()); };
    auto const begun_at = root["begun_at"].as_int64();
    auto const max_age = root["max_age"];
    auto const acr_values = root["acr_values"];
    constexpr std::int64_t year_9999 = 253402300799; // seconds
    auto const within = [](std::optional<std::int64_t> number, std::int64_t largest) { return number && *number >= 0 && *number <= largest; };
    bool const whole = !text("issuer").empty() && !text("client_id").empty() && !text("redirect_uri").empty() && !text("scope").empty() &&
                       !text("state").empty() && !text("nonce").empty() && validate_code_verifier(text("code_verifier")) &&
                       within(begun_at, year_9999 * 1000) && (max_age.kind() == json_kind::absent || within(max_age.as_int64(), year_9999)) &&
                       (acr_values.kind() == json_kind::absent || acr_values.as_string());
    if (!whole) return error_code::blob_malformed;

    pending_sign_in pending{std::string(text("issuer")), std::string(text("client_id")), std::string(text("redirect_uri")),
        std::string(text("scope")), text("state"), text("nonce"), text("code_verifier"), time_point(milliseconds(*begun_at)), std::nullopt,
        std::string(text("acr_values"))};
    if (auto const age = max_age.as_int64()) pending.max_age = seconds(*age);
    return pending;
}

} // namespace calimatic::inline CALIMATIC_ABI
