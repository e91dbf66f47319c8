#pragma once
#include <calimatic/platform/webhook_signature.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/core/json.hpp>
#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/bounded_time.hpp>
#include <calimatic/detail/crypto.hpp>
#include <calimatic/detail/http_text.hpp>
#include <calimatic/detail/iso8601.hpp>
#include <calimatic/detail/rule_check.hpp>
#include <calimatic/impl/platform/json_pointer.ipp>
#include <algorithm>
#include <cstdint>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

enum class webhook_part : std::uint8_t { text, id, timestamp, body };
struct webhook_piece {
    webhook_part part;
    std::string_view text{};
};

/// The pieces of "{id}.{timestamp}.{body}", or nothing where two deliveries of different parts could be the same signed bytes: the body ends it, and what
/// follows the id cannot be in it. A time that lost or gained a digit is far away from now.
inline std::optional<std::vector<webhook_piece>> parse_signed_content(std::string_view content) {
    std::vector<webhook_piece> pieces;
    auto const count = [&](webhook_part part) {
        return std::count_if(pieces.begin(), pieces.end(), [part](auto const& p) { return p.part == part; });
    };
    while (!content.empty()) {
        webhook_piece piece{webhook_part::text, content.substr(0, content.find('{'))};
        auto taken = piece.text.size();
        if (taken == 0) {
            constexpr std::pair<std::string_view, webhook_part> names[]{
                {"{id}", webhook_part::id}, {"{timestamp}", webhook_part::timestamp}, {"{body}", webhook_part::body}};
            for (auto const& [name, part] : names) {
                if (!content.starts_with(name)) continue;
                piece.part = part;
                taken = name.size();
            }
        }
        if (taken == 0 || piece.text.find('}') != std::string_view::npos) return std::nullopt;
        if (!pieces.empty() && pieces.back().part == webhook_part::id && piece.part != webhook_part::text) return std::nullopt;
        pieces.push_back(piece);
        content.remove_prefix(taken);
    }
    bool const fits = !pieces.empty() && pieces.back().part == webhook_part::body && count(webhook_part::body) == 1 &&
        count(webhook_part::timestamp) == 1 && count(webhook_part::id) <= 1;
    return fits ? std::optional(std::move(pieces)) : std::nullopt;
}

/// What is signed.
inline std::string webhook_content(std::vector<webhook_piece> const& pieces, std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string content;
    content.reserve(body.size() + id.size() + timestamp.size() + 64);
    for (auto const& piece : pieces) {
        switch (piece.part) {
        case webhook_part::text: content += piece.text; break;
        case webhook_part::id: content += id; break;
        case webhook_part::timestamp: content += timestamp; break;
        case webhook_part::body: content += body; break;
        }
    }
    return content;
}

/// The bytes of a key, or nothing where it is not one.
inline std::optional<secret_string> webhook_key_bytes(webhook_signature_format const& format, secret_string const& key) {
    auto text = key.expose();
    secret_string bytes;
    if (format.key_form == webhook_key_form::base64) {
        if (text.starts_with("whsec_")) text.remove_prefix(6);
        auto decoded = base64_decode(text);
        if (!decoded) return std::nullopt;
        bytes = std::move(*decoded);
    } else {
        bytes = key.clone();
    }
    if (bytes.size() < format.min_key_bytes || bytes.size() > format.max_key_bytes) return std::nullopt;
    return bytes;
}

/// A signature as it stands on the wire, without its prefix. Errors: `crypto_unavailable`.
inline result<std::string> webhook_signature(webhook_signature_format const& format, secret_string const& key_bytes, std::string_view content) {
    auto mac = compute_hmac(hash_algorithm::sha256, key_bytes.expose(), content);
    if (!mac || format.encoding == webhook_encoding::base64) return mac ? result<std::string>(base64_encode(*mac)) : std::move(mac);
    std::string hex;
    for (char const c : *mac) {
        auto const byte = static_cast<unsigned char>(c);
        hex.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]});
    }
    return hex;
}

inline std::optional<time_point> parse_webhook_time(std::string_view text, webhook_time_format format) noexcept {
    if (format == webhook_time_format::iso8601) return parse_iso8601(text);
    bool const digits = !text.empty() && text.size() <= 15 && std::all_of(text.begin(), text.end(), is_ascii_digit);
    if (!digits || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::int64_t number = 0;
    for (char const c : text) number = 10 * number + (c - '0');
    return time_point(milliseconds(format == webhook_time_format::unix_seconds ? 1000 * number : number));
}

/// One delivery under the rules that both kinds of profile share.
class webhook_check {
public:
    webhook_check(std::string_view raw_body, std::vector<http_header> const& headers, webhook_signature_format const& format,
        std::span<secret_string const> keys, check_options const& options)
        : body_(raw_body), headers_(headers), format_(format), keys_(keys), options_(options), rule_(options) {}

    std::optional<error> fact(bool known, std::string_view name) const { return rule_(known, error_code::platform_fact_missing, {}, name); }
    std::optional<error> profile(bool sound, std::string_view why) const { return rule_(sound, error_code::webhook_profile_invalid, why); }

    std::optional<error> check_format() const {
        bool const encoding_known = format_.encoding == webhook_encoding::hex || format_.encoding == webhook_encoding::base64;
        bool const form_known = format_.key_form == webhook_key_form::text || format_.key_form == webhook_key_form::base64;
        if (auto e = fact(!format_.header.empty(), "signature.header")) return e;
        if (auto e = fact(encoding_known, "signature.encoding")) return e;
        if (auto e = fact(form_known, "signature.key_form")) return e;
        bool const sizes_fit = format_.min_key_bytes >= 16 && format_.min_key_bytes <= format_.max_key_bytes && format_.max_key_bytes <= 4096;
        if (auto e = profile(sizes_fit, "min_key_bytes, max_key_bytes")) return e;
        bool const prefix_fits = format_.separator == '\0' || format_.prefix.find(format_.separator) == std::string::npos;
        return profile(prefix_fits, "a prefix with the separator in it");
    }

    std::optional<error> check_profile(webhook_signature_profile const& given) const {
        auto const& format = given.time_format;
        bool const format_known =
            format == webhook_time_format::unix_seconds || format == webhook_time_format::unix_milliseconds || format == webhook_time_format::iso8601;
        bool const among_signatures = !given.timestamp_prefix.empty();
        if (auto e = check_format()) return e;
        if (auto e = fact(among_signatures || !given.timestamp_header.empty(), "timestamp_header")) return e;
        if (auto e = profile(!among_signatures || given.timestamp_header.empty(), "two places for the time")) return e;
        bool const told_apart = !given.timestamp_prefix.starts_with(format_.prefix) && !format_.prefix.starts_with(given.timestamp_prefix) &&
            format_.separator != '\0' && given.timestamp_prefix.find(format_.separator) == std::string::npos;
        if (auto e = profile(!among_signatures || told_apart, "a time that looks like a signature")) return e;
        if (auto e = fact(format_known, "time_format")) return e;
        if (auto e = fact(!given.signed_content.empty(), "signed_content")) return e;
        auto const pieces = parse_signed_content(given.signed_content);
        if (auto e = profile(pieces.has_value(), "signed_content")) return e;
        bool const id_signed = std::any_of(pieces->begin(), pieces->end(), [](auto const& p) { return p.part == webhook_part::id; });
        if (auto e = fact(!id_signed || !given.id_header.empty(), "id_header")) return e;
        if (auto e = profile(id_signed || given.id_header.empty(), "an id that is not signed")) return e;
        if (auto e = profile(given.id_header.empty() || given.id_member.empty(), "two places for the id")) return e;
        if (auto e = profile(given.id_member.empty() || is_json_pointer(given.id_member), "id_member")) return e;
        constexpr seconds day{24 * 3600};
        if (auto e = profile(given.tolerance >= seconds{1} && given.tolerance <= day, "tolerance")) return e;
        return profile(given.remember_for >= seconds{0} && given.remember_for <= 366 * day, "remember_for");
    }

    /// The limits, and the keys made ready.
    std::optional<error> prepare() {
        if (auto e = rule_(body_.size() <= options_.limits.webhook_body, error_code::webhook_too_large)) return e;
        std::size_t bytes = 0;
        for (auto const& header : headers_) bytes += header.name.size() + header.value.size();
        bool const headers_fit = headers_.size() <= options_.limits.headers && bytes <= options_.limits.header_bytes;
        if (auto e = rule_(headers_fit, error_code::headers_too_large)) return e;
        if (auto e = rule_(!keys_.empty(), error_code::webhook_key_missing)) return e;
        if (auto e = rule_(keys_.size() <= options_.limits.key_candidates, error_code::webhook_key_invalid, "too many keys")) return e;
        for (auto const& key : keys_) {
            auto bytes_of_key = webhook_key_bytes(format_, key);
            if (auto e = rule_(bytes_of_key.has_value(), error_code::webhook_key_invalid, "key " + std::to_string(key_bytes_.size()))) return e;
            key_bytes_.push_back(std::move(*bytes_of_key));
        }
        return std::nullopt;
    }

    /// The one header field of that name.
    result<std::string_view> header(std::string_view name) const {
        std::size_t found = 0;
        std::string_view value;
        for (auto const& field : headers_) {
            if (!equal_ignoring_case(field.name, name)) continue;
            ++found;
            value = field.value;
        }
        if (auto e = rule_(found <= 1, error_code::webhook_header_repeated, name)) return *std::move(e);
        if (auto e = rule_(!value.empty(), error_code::webhook_header_missing, {}, name)) return *std::move(e);
        return value;
    }

    /// The signatures, and the time that may stand among them. What has neither prefix is of a version that is not known, and no signature.
    std::optional<error> read_signatures(std::string_view timestamp_prefix, std::string_view& timestamp) {
        auto const value = header(format_.header);
        if (!value) return value.error();
        auto rest = *value;
        std::size_t times = 0;
        for (bool more = true; more;) {
            auto const end = format_.separator == '\0' ? std::string_view::npos : rest.find(format_.separator);
            auto const item = rest.substr(0, end);
            more = end != std::string_view::npos;
            if (more) rest.remove_prefix(end + 1);
            if (!timestamp_prefix.empty() && item.starts_with(timestamp_prefix)) {
                timestamp = item.substr(timestamp_prefix.size());
                if (auto e = rule_(++times == 1, error_code::webhook_header_repeated, timestamp_prefix)) return e;
            } else if (item.starts_with(format_.prefix)) {
                signatures_.push_back(item.substr(format_.prefix.size()));
                bool const few = signatures_.size() <= options_.limits.webhook_signatures;
                if (auto e = rule_(few, error_code::webhook_too_many_signatures)) return e;
            }
        }
        if (auto e = rule_(timestamp_prefix.empty() || times == 1, error_code::webhook_header_missing, {}, timestamp_prefix)) return e;
        return rule_(!signatures_.empty(), error_code::webhook_signature_missing, {}, format_.prefix);
    }

    /// Every signature is compared with that of every key, whichever fits.
    result<verified_webhook> verify_signature(std::string_view content) {
        verified_webhook webhook;
        bool fits = false;
        for (std::size_t i = 0; i < key_bytes_.size(); ++i) {
            auto const expected = webhook_signature(format_, key_bytes_[i], content);
            if (auto e = rule_(expected.has_value(), error_code::crypto_unavailable)) return *std::move(e);
            bool one_fits = false;
            for (auto const signature : signatures_) one_fits = constant_time_equal(signature, *expected) || one_fits;
            if (one_fits && !fits) webhook.key_index_ = i;
            fits = fits || one_fits;
        }
        if (auto e = rule_(fits, error_code::webhook_signature_invalid)) return *std::move(e);
        webhook.body_ = body_;
        return webhook;
    }

    /// The id that is in the payload: a text or an integer.
    std::optional<error> read_id(verified_webhook& webhook, std::string_view member) const {
        auto const document = parse_json(body_, options_.limits.webhook_body, options_);
        if (!document) return document.error();
        auto const value = member_at(document->root(), member);
        if (auto const number = value.as_int64()) webhook.id_ = std::to_string(*number);
        else webhook.id_ = value.as_string().value_or("");
        return rule_(!webhook.id_.empty() && webhook.id_.size() <= 1024, error_code::webhook_id_invalid, {}, member);
    }

    /// What stands for an id where there is none. Errors: `crypto_unavailable`.
    std::optional<error> make_id(verified_webhook& webhook, std::string_view content) const {
        auto const hash = compute_hash(hash_algorithm::sha256, content);
        if (auto e = rule_(hash.has_value(), error_code::crypto_unavailable)) return e;
        webhook.id_ = base64url_encode(*hash);
        return std::nullopt;
    }

    static void put(verified_webhook& webhook, std::string_view id, time_point sent_at) {
        webhook.id_ = id;
        webhook.sent_at_ = sent_at;
    }

    std::optional<error> remember(verified_webhook const& webhook, replay_cache& seen, time_point until, time_point now) const {
        auto const remembered = seen.remember(webhook.id(), until, now);
        if (auto e = rule_(remembered.has_value(), remembered ? error_code::replayed : remembered.error().code())) return e;
        return std::nullopt;
    }

private:
    std::string_view body_;
    std::vector<http_header> const& headers_;
    webhook_signature_format const& format_;
    std::span<secret_string const> keys_;
    check_options const& options_;
    rule_check rule_;
    std::vector<secret_string> key_bytes_{};
    std::vector<std::string_view> signatures_{};
};

} // namespace detail

CALIMATIC_DECL result<verified_webhook> verify_webhook(std::string_view raw_body, std::vector<http_header> const& headers,
    webhook_signature_profile const& profile, std::span<secret_string const> keys, time_point now, replay_cache* seen, check_options const& options) {
    detail::rule_check const rule{options};
    detail::webhook_check delivery(raw_body, headers, profile.signature, keys, options);
    if (auto e = delivery.check_profile(profile)) return *std::move(e);
    if (auto e = delivery.prepare()) return *std::move(e);
    std::string_view timestamp, id;
    if (auto e = delivery.read_signatures(profile.timestamp_prefix, timestamp)) return *std::move(e);

    auto const pieces = *detail::parse_signed_content(profile.signed_content);
    if (!profile.id_header.empty()) {
        auto const found = delivery.header(profile.id_header);
        if (!found) return found.error();
        id = *found;
        bool well_formed = id.size() <= 255 && detail::is_sendable(id);
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
            if (pieces[i].part == detail::webhook_part::id)
                well_formed = well_formed && id.find(pieces[i + 1].text.front()) == std::string_view::npos;
        if (auto e = rule(well_formed, error_code::webhook_id_invalid, {}, profile.id_header)) return *std::move(e);
    }

    if (!profile.timestamp_header.empty()) {
        auto const found = delivery.header(profile.timestamp_header);
        if (!found) return found.error();
        timestamp = *found;
    }
    auto const sent_at = detail::parse_webhook_time(timestamp, profile.time_format);
    if (auto e = rule(sent_at.has_value(), error_code::webhook_time_malformed, timestamp)) return *std::move(e);
    auto const here = detail::bounded_time(now);
    auto const off = "within " + std::to_string(profile.tolerance.count()) + " s of " +
        std::to_string(std::chrono::floor<seconds>(here.time_since_epoch()).count());
    if (auto e = rule(*sent_at >= here - profile.tolerance, error_code::webhook_too_old, timestamp, off)) return *std::move(e);
    if (auto e = rule(*sent_at <= here + profile.tolerance, error_code::webhook_too_early, timestamp, off)) return *std::move(e);

    auto const content = detail::webhook_content(pieces, id, timestamp, raw_body);
    auto webhook = delivery.verify_signature(content);
    if (!webhook) return webhook;
    delivery.put(*webhook, id, *sent_at);
    if (!profile.id_member.empty()) {
        if (auto e = delivery.read_id(*webhook, profile.id_member)) return *std::move(e);
    } else if (profile.id_header.empty()) {
        if (auto e = delivery.make_id(*webhook, content)) return *std::move(e);
    }
    if (seen) { // for as long as the rule of its age would let it pass, and a moment more
        auto const until = (std::max)(*sent_at + profile.tolerance + milliseconds{1}, here + profile.remember_for);
        if (auto e = delivery.remember(*webhook, *seen, until, here)) return *std::move(e);
    }
    return webhook;
}

CALIMATIC_DECL result<verified_webhook> verify_webhook(std::string_view raw_body, std::vector<http_header> const& headers,
    insecure::unsigned_time_profile const& profile, std::span<secret_string const> keys, time_point now, replay_cache& seen,
    check_options const& options) {
    detail::webhook_check delivery(raw_body, headers, profile.signature, keys, options);
    if (auto e = delivery.check_format()) return *std::move(e);
    if (auto e = delivery.fact(!profile.id_member.empty(), "id_member")) return *std::move(e);
    if (auto e = delivery.profile(detail::is_json_pointer(profile.id_member), "id_member")) return *std::move(e);
    bool const remembers = profile.remember_for >= seconds{1} && profile.remember_for <= seconds{366 * 24 * 3600};
    if (auto e = delivery.profile(remembers, "remember_for")) return *std::move(e);
    if (auto e = delivery.prepare()) return *std::move(e);
    std::string_view no_time;
    if (auto e = delivery.read_signatures({}, no_time)) return *std::move(e);
    auto webhook = delivery.verify_signature(raw_body);
    if (!webhook) return webhook;
    if (auto e = delivery.read_id(*webhook, profile.id_member)) return *std::move(e);
    auto const here = detail::bounded_time(now);
    if (auto e = delivery.remember(*webhook, seen, here + profile.remember_for, here)) return *std::move(e);
    return webhook;
}

CALIMATIC_DECL http_response build_webhook_response(result<void> const& outcome) {
    http_response response{204, {{"Cache-Control", "no-store"}}, {}};
    if (outcome || outcome.error() == error_code::replayed) return response;
    switch (outcome.error().condition()) {
    case condition::retry_later: response.status = 503; break;
    case condition::distrust_server: response.status = 400; break;
    default: response.status = 500; break;
    }
    return response;
}

} // namespace calimatic::inline CALIMATIC_ABI

#endif
