#pragma once
#include <calimatic/flow/bulk_provisioning.hpp>

#include <calimatic/core/json.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/blob_reader.hpp>
#include <calimatic/detail/json_writer.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/flow/bulk_state.ipp>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

inline constexpr int bulk_version = 1;

/// What a saved run says.
struct saved_bulk {
    std::uint64_t generation = 0;
    std::string fingerprint;
    std::uint64_t read = 0;
    std::uint64_t next = 0;
    std::uint64_t told = 0;
    std::uint64_t batch_size = 0;
    std::uint64_t most_at_once = 0;
    std::uint64_t lost_alone = 0;
    std::vector<std::uint64_t> batch;
    std::vector<std::uint64_t> to_send;
    bulk_counts counts;
    std::optional<error> refusal;
    std::vector<provision_result> results;
};

/// The outcomes that a request has, with their counts.
struct counted_outcome {
    provision_outcome outcome;
    std::uint64_t bulk_counts::*count;
};
inline constexpr counted_outcome counted_outcomes[] = {
    {provision_outcome::created, &bulk_counts::created},
    {provision_outcome::existing, &bulk_counts::existing},
    {provision_outcome::provisioned, &bulk_counts::provisioned},
    {provision_outcome::refused, &bulk_counts::refused},
    {provision_outcome::unconfirmed, &bulk_counts::unconfirmed},
    {provision_outcome::unknown, &bulk_counts::unknown},
};

inline std::string write_indices(std::vector<std::uint64_t> const& indices) {
    std::string text = "[";
    for (auto const index : indices) text.append(text.size() > 1 ? "," : "").append(std::to_string(index));
    return text + ']';
}

inline void write_words(json_writer& writer, error const& e) {
    writer.optional_string("code", e.server_error()).optional_string("text", e.server_text());
    if (e.http_status() != 0) writer.number("status", e.http_status());
}

inline std::string write_result(provision_result const& result) {
    json_writer writer;
    writer.number("index", static_cast<std::int64_t>(result.index)).string("outcome", to_string(result.outcome));
    writer.optional_string("user_id", result.user_id).optional_string("keycloak_user_id", result.keycloak_user_id);
    if (result.error) write_words(writer, *result.error);
    return writer.finish();
}

/// Reads the members of a saved run.
class bulk_reader {
public:
    explicit bulk_reader(json root) noexcept : root_(root) {}

    void number(json from, std::string_view name, std::uint64_t& out) {
        constexpr std::int64_t most = std::int64_t{1} << 53; // which JSON can tell exactly everywhere
        auto const value = from[name].as_int64();
        if (value && *value >= 0 && *value <= most) out = static_cast<std::uint64_t>(*value);
        else is_whole = false;
    }
    void indices(std::string_view name, std::size_t most, std::vector<std::uint64_t>& out) {
        auto const list = root_[name];
        if (list.kind() != json_kind::array || list.size() > most) return void(is_whole = false);
        for (std::size_t i = 0; i < list.size(); ++i) {
            auto const value = list[i].as_int64();
            if (!value || *value < 0) return void(is_whole = false);
            out.push_back(static_cast<std::uint64_t>(*value));
        }
    }
    std::string text(json from, std::string_view name) {
        std::string text;
        blob_reader reader(from);
        reader.optional_string(name, text);
        is_whole = is_whole && reader.whole();
        return text;
    }
    error words(json from, provision_outcome outcome) {
        auto const status = from["status"].as_int64().value_or(0);
        return error_of(outcome, text(from, "code"), text(from, "text"), status >= 0 && status <= 999 ? static_cast<int>(status) : 0);
    }
    provision_result result(json from) {
        provision_result read;
        number(from, "index", read.index);
        auto const name = from["outcome"].as_string().value_or("");
        auto const known = std::find_if(
            std::begin(counted_outcomes), std::end(counted_outcomes), [name](auto const& one) { return to_string(one.outcome) == name; });
        if (known == std::end(counted_outcomes)) is_whole = false;
        else read.outcome = known->outcome;
        read.user_id = text(from, "user_id");
        read.keycloak_user_id = text(from, "keycloak_user_id");
        using enum provision_outcome;
        if (read.outcome == refused || read.outcome == unconfirmed || read.outcome == unknown) read.error = words(from, read.outcome);
        return read;
    }

    bool is_whole = true;

private:
    json root_;
};

/// Errors: `blob_malformed`, `blob_version_unknown`.
CALIMATIC_DECL result<saved_bulk> read_bulk(std::string_view blob, check_options const& options) {
    constexpr std::size_t most_results = 2 * user_batch::most_users, largest = 4 * 1024 * 1024; // which so many may need
    auto larger = options;
    larger.limits.blob = (std::max)(larger.limits.blob, largest);
    auto const document = parse_blob(blob, "bulk_provisioning", bulk_version, larger);
    if (!document) return document.error();
    auto const root = document->root();
    saved_bulk saved;
    bulk_reader reader(root);
    reader.number(root, "generation", saved.generation);
    reader.number(root, "read", saved.read);
    reader.number(root, "next", saved.next);
    reader.number(root, "told", saved.told);
    reader.number(root, "batch_size", saved.batch_size);
    reader.number(root, "most_at_once", saved.most_at_once);
    reader.number(root, "lost_alone", saved.lost_alone);
    for (auto const& [outcome, count] : counted_outcomes) reader.number(root["counts"], to_string(outcome), saved.counts.*count);
    reader.indices("batch", user_batch::most_users, saved.batch);
    reader.indices("to_send", 2 * user_batch::most_users, saved.to_send);
    auto const fingerprint = base64url_decode(reader.text(root, "fingerprint"));
    if (auto const refusal = root["refusal"]; refusal.kind() != json_kind::absent) saved.refusal = reader.words(refusal, provision_outcome::refused);
    auto const results = root["results"];
    bool const fits = results.kind() == json_kind::array && results.size() <= most_results && fingerprint && saved.most_at_once >= 1 &&
        saved.batch_size >= saved.batch.size() && saved.batch_size <= user_batch::most_users && saved.next <= saved.read;
    if (auto e = rule_check{options}(reader.is_whole && fits, error_code::blob_malformed)) return *std::move(e);
    for (std::size_t i = 0; i < results.size(); ++i) saved.results.push_back(reader.result(results[i]));
    if (auto e = rule_check{options}(reader.is_whole, error_code::blob_malformed)) return *std::move(e);
    saved.fingerprint = *fingerprint;
    return saved;
}

} // namespace detail

CALIMATIC_DECL std::string serialize(bulk_provisioning const& bulk) {
    auto const& s = *bulk.state_;
    detail::json_writer writer;
    detail::begin_blob(writer, "bulk_provisioning", detail::bulk_version);
    auto const number = [](detail::json_writer& to, std::string_view name, std::uint64_t value) {
        to.number(name, static_cast<std::int64_t>(value));
    };
    number(writer, "generation", s.generation);
    number(writer, "read", s.input.position());
    number(writer, "next", s.next);
    number(writer, "told", s.told);
    number(writer, "batch_size", s.batch_size);
    number(writer, "most_at_once", s.most_at_once);
    number(writer, "lost_alone", s.lost_alone);
    writer.string("fingerprint", detail::base64url_encode(s.input.fingerprint()));
    writer.raw("batch", detail::write_indices(s.batch.indices)).raw("to_send", detail::write_indices(s.to_send.indices));
    detail::json_writer counts;
    for (auto const& [outcome, count] : detail::counted_outcomes)
        number(counts, to_string(outcome), s.counts.*count - (outcome == provision_outcome::refused ? s.refused_unsent : 0));
    writer.raw("counts", counts.finish());
    if (s.refusal) {
        detail::json_writer words;
        detail::write_words(words, *s.refusal);
        writer.raw("refusal", words.finish());
    }
    std::string results;
    auto const add = [&results](provision_result const& one) { results.append(results.empty() ? "" : ",").append(detail::write_result(one)); };
    for (auto const& event : s.events)
        if (event.result && !bulk_provisioning::state::is_local(event.result->error)) add(*event.result);
    for (auto const& one : s.unsaved) add(one);
    for (auto const& one : s.fresh) add(one);
    writer.raw("results", "[" + results + ']');
    return writer.finish();
}

/// Reads the input again as far as it was read, and takes out of it what the saved value is about.
CALIMATIC_DECL result<void> bulk_provisioning::state::restore(detail::saved_bulk saved, time_point now) {
    detail::rule_check const rule{options.check};
    // Where to put a user, or the address alone.
    std::vector<batch_user> of_batch(saved.batch.size()), of_to_send(saved.to_send.size());
    std::unordered_map<std::uint64_t, std::pair<batch_user*, std::string*>> wanted;
    bool is_whole = true;
    auto const want = [&](std::uint64_t index, batch_user* user, std::string* email) {
        is_whole = is_whole && index < saved.next && wanted.try_emplace(index, user, email).second;
    };
    for (std::size_t i = 0; i < of_batch.size(); ++i) want(saved.batch[i], &of_batch[i], nullptr);
    for (std::size_t i = 0; i < of_to_send.size(); ++i) want(saved.to_send[i], &of_to_send[i], nullptr);
    for (auto& one : saved.results) want(one.index, nullptr, &one.email);
    if (auto e = rule(is_whole, error_code::blob_malformed)) return *std::move(e);

    std::uint64_t sendable = 0, local = 0;
    std::size_t met = 0;
    while (input.position() < saved.read) {
        auto read = input.next();
        if (!read) return std::move(read).error();
        if (auto e = rule(read->has_value(), error_code::bulk_input_changed, "fewer users")) return *std::move(e);
        auto& [index, user, outcome] = **read;
        if (input.is_range()) is_unsent.push_back(outcome.has_value());
        if (outcome) {
            ++count_of(outcome->outcome);
            if (outcome->outcome == provision_outcome::refused) ++refused_unsent;
            if (++local > saved.told) tell_result(std::move(*outcome));
            continue;
        }
        if (index < saved.next) ++sendable;
        auto const found = wanted.find(index);
        if (found == wanted.end()) continue;
        ++met;
        auto const [to_user, to_email] = found->second;
        if (to_email) *to_email = std::move(user.email);
        else *to_user = std::move(user);
    }
    bool const is_same = input.fingerprint() == saved.fingerprint && (!input.is_range() || input.position() == input.size());
    if (auto e = rule(is_same, error_code::bulk_input_changed)) return *std::move(e);
    // Everybody who was chosen is settled, or in one of the lists.
    auto const accounted = saved.counts.total() + saved.batch.size() + saved.to_send.size();
    is_whole = met == wanted.size() && sendable == accounted && saved.told <= local && (input.is_range() || saved.next == saved.read);
    if (auto e = rule(is_whole, error_code::blob_malformed)) return *std::move(e);

    generation = saved.generation;
    next = saved.next;
    told = saved.told;
    for (auto const& [outcome, count] : detail::counted_outcomes) counts.*count += saved.counts.*count;
    somebody_is_there = counts.created + counts.existing + counts.provisioned > 0;
    batch = {std::move(saved.batch), std::move(of_batch)};
    to_send = {std::move(saved.to_send), std::move(of_to_send)};
    batch_size = static_cast<std::size_t>(saved.batch_size);
    if (!to_send.empty()) most_at_once = static_cast<std::size_t>((std::min)(saved.most_at_once, std::uint64_t{options.batch_size}));
    lost_alone = static_cast<unsigned>((std::min)(saved.lost_alone, std::uint64_t{most_times_lost}));
    refusal = std::move(saved.refusal);
    for (auto& result : saved.results) tell_result(std::move(result));
    if (batch.empty()) return {};
    now_at = step::settling; // it may have been sent
    retry_at = detail::bounded_time(now) + options.settle_wait;
    return {};
}

} // namespace calimatic::inline CALIMATIC_ABI
