#pragma once
#include <calimatic/flow/shared_session.hpp>

#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/flow/session.ipp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI::detail {

inline constexpr int shared_session_version = 1;
inline constexpr std::uint64_t most_generation = std::uint64_t{1} << 52; // which JSON can tell exactly everywhere

inline constexpr unsigned most_failures = 64;
inline constexpr milliseconds longest_retry_in{24 * 3600 * 1000}; // no server is taken to want more than that

/// What is stored for all who share a session: the session, as it is saved, or how it ended, and who is refreshing it.
struct shared_record {
    enum class kind : std::uint8_t { session, ended, signed_out };
    struct lease {
        std::string id;
        time_point until{};
    };

    kind what = kind::session;
    std::uint64_t generation = 0; // counts what was stored
    std::uint64_t tokens = 0;     // the generation as which that sign-in, or the start of that refresh, was stored which gave the newest tokens
    std::optional<lease> held{};
    unsigned failures = 0;    // of a refresh, without a success since ...
    milliseconds retry_in{0}; // ... and how long after `saved_at` the next one waits
    secret_string session{};
    std::string user{}; // of `session`, its `sub`; for the comparison only, since `session` was not validated
    time_point saved_at{};
};

/// The part of a saved session that the record's reader needs.
inline bool read_shared(json session, shared_record& out) {
    auto text = session.to_string();
    out.session = secret_string(std::move(text));
    if (auto const user = session["claims"]["sub"].as_string()) out.user = *user;
    return blob_reader(session).time("saved_at", out.saved_at).whole();
}

CALIMATIC_DECL secret_string serialize(shared_record const& record, std::string_view issuer, std::string_view client_id) {
    json_writer writer;
    begin_blob(writer, "shared_session", shared_session_version);
    writer.string("issuer", issuer).string("client_id", client_id);
    writer.number("generation", static_cast<std::int64_t>(record.generation)).number("tokens", static_cast<std::int64_t>(record.tokens));
    if (record.what == shared_record::kind::ended) writer.boolean("ended", true);
    if (record.what == shared_record::kind::signed_out) writer.boolean("signed_out", true);
    if (record.what == shared_record::kind::session) writer.raw("session", record.session.expose());
    if (record.held) writer.string("lease", record.held->id).number("leased_until", record.held->until.time_since_epoch().count());
    if (record.failures > 0) writer.number("failures", record.failures).number("retry_in", record.retry_in.count());
    return secret_string(writer.finish());
}

/// Errors: `blob_malformed`, `blob_version_unknown`, `session_of_another_server`, `session_of_another_client`.
CALIMATIC_DECL result<shared_record> parse_shared_record(
    std::string_view blob, std::string_view issuer, std::string_view client_id, check_options const& options) {
    rule_check const rule{options};
    auto deeper = options; // by two than the claims in it were
    deeper.limits.json_depth += 2;
    auto const document = parse_blob(blob, "shared_session", shared_session_version, deeper);
    if (!document) return document.error();
    auto const root = document->root();
    std::string saved_issuer, saved_client_id;
    shared_record record;
    blob_reader reader(root);
    reader.string("issuer", saved_issuer).string("client_id", saved_client_id);
    if (auto e = rule(reader.whole(), error_code::blob_malformed)) return *std::move(e);
    if (auto e = rule(saved_issuer == issuer, error_code::session_of_another_server, saved_issuer, issuer)) return *std::move(e);
    if (auto e = rule(saved_client_id == client_id, error_code::session_of_another_client, saved_client_id, client_id)) return *std::move(e);

    auto const count = [&](std::string_view name, std::uint64_t most) -> std::optional<std::uint64_t> {
        auto const value = root[name].as_int64();
        return value && *value >= 0 && static_cast<std::uint64_t>(*value) <= most ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
    };
    auto const is_there = [&](std::string_view name) { return root[name].kind() != json_kind::absent; };
    auto const generation = count("generation", most_generation - 1); // after the last one two states would have the same
    auto const tokens = count("tokens", most_generation);
    bool whole = generation && *generation > 0 && tokens && *tokens <= *generation;
    if (is_there("ended")) record.what = shared_record::kind::ended;
    if (is_there("signed_out")) record.what = shared_record::kind::signed_out;
    for (auto const* end : {"ended", "signed_out"}) whole = whole && (!is_there(end) || root[end].as_bool() == true);
    whole = whole && int{is_there("ended")} + int{is_there("signed_out")} + int{is_there("session")} == 1;
    if (is_there("session")) whole = whole && root["session"].kind() == json_kind::object && read_shared(root["session"], record);
    std::optional<time_point> until;
    reader.optional_time("leased_until", until);
    shared_record::lease lease;
    reader.optional_string("lease", lease.id);
    whole = whole && reader.whole() && until.has_value() == is_there("lease");
    auto const failures = count("failures", most_failures);
    auto const retry_in = count("retry_in", static_cast<std::uint64_t>(longest_retry_in.count()));
    whole = whole && failures.has_value() == is_there("failures") && retry_in.has_value() == is_there("failures");
    if (auto e = rule(whole, error_code::blob_malformed)) return *std::move(e);
    record.generation = *generation;
    record.tokens = *tokens;
    if (until) {
        lease.until = *until;
        record.held = std::move(lease);
    }
    if (failures) {
        record.failures = static_cast<unsigned>(*failures);
        record.retry_in = milliseconds(*retry_in);
    }
    return record;
}

} // namespace calimatic::inline CALIMATIC_ABI::detail
