#pragma once
#include <calimatic/flow/session.hpp>

#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/flow/session_state.ipp>
#include <calimatic/impl/oidc/id_token_rules.ipp>
#include <calimatic/jose/claims.hpp>
#include <string>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int session_version = 1;

inline std::string_view name_of(refresh_method const& how) noexcept {
    if (method_if<headless_refresh>(how)) return "headless_refresh";
    return method_if<client_credentials>(how) ? "client_credentials" : "oauth_refresh";
}

/// What a saved session says, apart from whose it is.
struct saved_session {
    std::uint64_t generation = 0;
    time_point saved_at{};
    token_set tokens;
    std::optional<token_set> received;
    bool is_dated = false;
    std::optional<claims> first_claims, latest_claims;
    std::optional<time_point> refresh_started_at;
    bool tried_last = false;
    std::optional<milliseconds> clock_offset;
};

inline void write_claims(json_writer& writer, std::string_view name, std::optional<id_token_claims> const& claims) {
    if (!claims) return;
    auto text = claims->all().root().to_string();
    writer.raw(name, text);
    wipe(text);
}

inline void write_tokens(json_writer& writer, std::string_view name, token_set const& tokens) {
    auto const text = serialize(tokens);
    writer.raw(name, text.expose());
}

/// A member that is itself a saved value or a claims set, read by `read`; false where it is damaged.
template <class T, class Read>
bool read_nested(json member, std::optional<T>& out, Read read) {
    if (member.kind() == json_kind::absent) return true;
    auto text = member.to_string();
    auto value = read(text);
    wipe(text);
    if (!value) return false;
    out = std::move(*value);
    return true;
}

/// The claims of a token that was validated once. The accessors of `id_token_claims` rely on these.
inline bool were_validated(claims const& claims, std::string_view issuer, std::string_view client_id) {
    auto const aud = claims.aud();
    return claims.iss() == issuer && claims.sub() && is_id_token_sub(*claims.sub()) && claims.exp() && claims.iat() && aud &&
        std::find(aud->begin(), aud->end(), client_id) != aud->end();
}

/// Errors: `blob_malformed`, `blob_version_unknown`, `session_of_another_server`, `session_of_another_client`, `session_ended`.
CALIMATIC_DECL result<saved_session> read_session(
    std::string_view blob, std::string_view method, std::string_view issuer, std::string_view client_id, check_options const& options) {
    rule_check const rule{options};
    auto deeper = options; // by one than the claims in it were
    ++deeper.limits.json_depth;
    auto const document = parse_blob(blob, "session", session_version, deeper);
    if (!document) return document.error();
    auto const root = document->root();
    std::string saved_method, saved_issuer, saved_client_id;
    blob_reader reader(root);
    reader.string("method", saved_method).string("issuer", saved_issuer).string("client_id", saved_client_id);
    if (auto e = rule(reader.whole() && saved_method == method, error_code::blob_malformed, saved_method, method)) return *std::move(e);
    if (auto e = rule(saved_issuer == issuer, error_code::session_of_another_server, saved_issuer, issuer)) return *std::move(e);
    if (auto e = rule(saved_client_id == client_id, error_code::session_of_another_client, saved_client_id, client_id)) return *std::move(e);
    if (auto e = rule(root["ended"].kind() == json_kind::absent, error_code::session_ended)) return *std::move(e);

    saved_session saved;
    auto const generation = root["generation"].as_int64();
    reader.time("saved_at", saved.saved_at).optional_time("refresh_started_at", saved.refresh_started_at);
    constexpr std::int64_t most = std::int64_t{1} << 53; // which JSON can tell exactly everywhere
    bool whole = reader.whole() && generation && *generation >= 0 && *generation <= most;
    if (whole) saved.generation = static_cast<std::uint64_t>(*generation);
    auto const read_tokens = [&](std::string_view text) { return parse_token_set(text, options); };
    auto const read_claims = [&](std::string_view text) { return parse_claims(text, options); };
    std::optional<token_set> tokens;
    whole = whole && read_nested(root["tokens"], tokens, read_tokens) && read_nested(root["received"], saved.received, read_tokens);
    whole =
        whole && read_nested(root["claims"], saved.first_claims, read_claims) && read_nested(root["latest_claims"], saved.latest_claims, read_claims);
    if (tokens) saved.tokens = std::move(*tokens);
    if (auto const last_try = root["last_try"]; last_try.kind() != json_kind::absent) {
        whole = whole && last_try.as_bool() == true;
        saved.tried_last = true;
    }
    if (auto const dated = root["dated"]; dated.kind() != json_kind::absent) {
        whole = whole && dated.as_bool() == true;
        saved.is_dated = true;
    }
    if (auto const offset = root["clock_offset"]; offset.kind() != json_kind::absent) {
        whole = whole && offset.as_int64();
        saved.clock_offset = milliseconds(offset.as_int64().value_or(0));
    }
    if (method != "client_credentials") {
        whole = whole && tokens && !saved.tokens.access_token.empty() && saved.first_claims && were_validated(*saved.first_claims, issuer, client_id);
        whole = whole && (!saved.refresh_started_at || !saved.tokens.refresh_token.empty());
        whole = whole && (!saved.latest_claims || were_validated(*saved.latest_claims, issuer, client_id));
    } else {
        whole = whole && !saved.received && !saved.refresh_started_at && !saved.first_claims && !saved.latest_claims;
    }
    if (auto e = rule(whole, error_code::blob_malformed)) return *std::move(e);
    return saved;
}

} // namespace detail

CALIMATIC_DECL secret_string serialize(session const& session) {
    auto const& s = *session.state_;
    detail::json_writer writer;
    detail::begin_blob(writer, "session", detail::session_version);
    writer.string("method", detail::name_of(s.how)).string("issuer", s.server().issuer).string("client_id", s.client().client_id);
    if (s.final_error) {
        writer.boolean("ended", true);
        return secret_string(writer.finish());
    }
    writer.number("generation", static_cast<std::int64_t>(s.generation)).number("saved_at", s.last_now.time_since_epoch().count());
    if (!s.tokens.access_token.empty()) detail::write_tokens(writer, "tokens", s.tokens);
    if (!s.received.access_token.empty() && !s.without_user()) {
        detail::write_tokens(writer, "received", s.received);
        if (s.is_dated) writer.boolean("dated", true);
    }
    detail::write_claims(writer, "claims", s.first_claims);
    detail::write_claims(writer, "latest_claims", s.latest_claims);
    if (s.is_started) writer.number("refresh_started_at", s.started_at.time_since_epoch().count());
    if (s.tried_last) writer.boolean("last_try", true);
    if (auto const offset = s.clock.learned()) writer.number("clock_offset", offset->count());
    return secret_string(writer.finish());
}

} // namespace calimatic::inline CALIMATIC_ABI
