#include "values.hpp"
#include <calimatic/detail/base64url.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>

namespace bridge {

namespace {

using cal::detail::json_writer;

constexpr std::string_view hash_names[]{"SHA-256", "SHA-384", "SHA-512"};
constexpr std::string_view question_names[]{"verify_signature", "hash_begins_with", "sha256"};
constexpr std::string_view event_names[]{
    "tokens_changed", "refresh_started", "tokens_received", "refresh_failed", "scope_reduced", "clock_corrected", "ended"};

constexpr std::string_view shared_event_names[]{
    "tokens_changed", "notify", "refresh_failed", "store_failed", "scope_reduced", "clock_corrected", "ended"};

/// Both kinds of events have the same members.
template <class E>
json_text event_text(E const& event, std::string_view what) {
    json_writer writer;
    writer.string("what", what).number("generation", static_cast<std::int64_t>(event.generation));
    if (event.error) writer.raw("error", to_json(*event.error));
    if (event.retry_at) writer.number("retry_at", event.retry_at->time_since_epoch().count());
    writer.optional_string("text", event.text);
    return writer.finish();
}

void write_claims(json_writer& writer, cal::id_token_claims const& claims) {
    writer.raw("claims", json_text(claims.all().root().to_string())).string("subject_key", claims.subject_key());
}

// clang-format off
constexpr struct { std::string_view name; std::size_t cal::limits::*limit; } limit_names[]{
    {"url", &cal::limits::url},
    {"parameters", &cal::limits::parameters},
    {"headers", &cal::limits::headers},
    {"header_bytes", &cal::limits::header_bytes},
    {"metadata_body", &cal::limits::metadata_body},
    {"jwk_set_body", &cal::limits::jwk_set_body},
    {"token_body", &cal::limits::token_body},
    {"userinfo_body", &cal::limits::userinfo_body},
    {"platform_body", &cal::limits::platform_body},
    {"token", &cal::limits::token},
    {"jose_header", &cal::limits::jose_header},
    {"kid", &cal::limits::kid},
    {"keys", &cal::limits::keys},
    {"key_candidates", &cal::limits::key_candidates},
    {"json_depth", &cal::limits::json_depth},
    {"json_string", &cal::limits::json_string},
    {"blob", &cal::limits::blob},
    {"server_text", &cal::limits::server_text},
};
// clang-format on

} // namespace

json_pairs& json_pairs::add(std::string_view a, std::string_view b) {
    cal::detail::append_secret(text_, text_.size() > 1 ? ",[" : "[");
    append(a);
    cal::detail::append_secret(text_, ",");
    append(b);
    cal::detail::append_secret(text_, "]");
    return *this;
}

void json_pairs::append(std::string_view text) {
    json_text const object = json_writer().string("", text).finish(); // {"":"..."}
    cal::detail::append_secret(text_, object.view().substr(4, object.view().size() - 5));
}

json_text json_pairs::finish() {
    cal::detail::append_secret(text_, "]");
    return std::move(text_);
}

json_text to_json(cal::http_request const& request) {
    json_writer writer;
    writer.number("id", static_cast<std::int64_t>(request.id)).string("method", to_string(request.method)).string("url", request.url);
    json_pairs headers;
    for (auto const& header : request.headers) headers.add(header.name, header.value);
    writer.raw("headers", headers.finish());
    writer.string("body", request.body).number("timeout", request.timeout.count());
    writer.number("max_response_body", static_cast<std::int64_t>(request.max_response_body));
    return writer.finish();
}

json_text to_json(cal::crypto_question const& question) {
    json_writer writer;
    writer.number("id", static_cast<std::int64_t>(question.id)).string("what", question_names[static_cast<std::size_t>(question.what)]);
    writer.string("data", json_text(cal::detail::base64url_encode(question.data.expose())));
    writer.string("expected", cal::detail::base64url_encode(question.expected));
    if (question.what == cal::crypto_question::kind::hash_begins_with) writer.string("hash", hash_names[static_cast<std::size_t>(question.hash)]);
    if (question.what != cal::crypto_question::kind::verify_signature) return writer.finish();
    writer.string("algorithm", cal::traits_of(question.algorithm).alg);
    writer.raw("key", cal::thumbprint_input(question.key)); // a public key's required members are all that it is
    return writer.finish();
}

json_text to_json(cal::token_set const& tokens) { return std::string(serialize(tokens).expose()); }

json_text to_json(cal::server_metadata const& server) { return serialize(server); }

json_text to_json(cal::jwk_set const& keys) {
    auto text = serialize(keys);
    if (keys.skipped.empty()) return text;
    text.pop_back();
    text += ",\"skipped\":[";
    for (auto const& error : keys.skipped) text.append(to_json(error)).append(&error == &keys.skipped.back() ? "]}" : ",");
    return text;
}

json_text to_json(cal::clock_offset const& clock) {
    json_writer writer;
    if (auto const learned = clock.learned()) writer.number("learned", learned->count());
    writer.string("description", clock.describe());
    return writer.finish();
}

json_text to_json(cal::id_token_claims const& claims) {
    json_writer writer;
    write_claims(writer, claims);
    return writer.finish();
}

json_text to_json(cal::logout_token_claims const& claims) {
    json_writer writer, subject;
    auto const who = claims.subject();
    subject.string("iss", who.iss).optional_string("sub", who.sub).optional_string("sid", who.sid);
    writer.raw("claims", json_text(claims.all().root().to_string())).raw("subject", json_text(subject.finish()));
    return writer.finish();
}

json_text to_json(cal::session_event const& event) { return event_text(event, event_names[static_cast<std::size_t>(event.what)]); }

json_text to_json(cal::shared_session_event const& event) { return event_text(event, shared_event_names[static_cast<std::size_t>(event.what)]); }

json_text to_json(cal::sign_in const& signed_in, std::uint32_t handle) {
    json_writer writer;
    writer.number("handle", handle).raw("tokens", to_json(signed_in.tokens));
    write_claims(writer, signed_in.claims);
    if (signed_in.userinfo) writer.raw("userinfo", json_text(signed_in.userinfo->root().to_string()));
    if (signed_in.userinfo_error) writer.raw("userinfo_error", to_json(*signed_in.userinfo_error));
    writer.raw("keys", to_json(signed_in.keys)).raw("clock", to_json(signed_in.clock)).boolean("scope_reduced", signed_in.scope_reduced);
    return writer.finish();
}

cal::result<cal::server_metadata> read_server(arguments& from, cal::check_options const& options) {
    auto const document = from["server"];
    if (document.kind() != cal::json_kind::object) from.wrong("server");
    return cal::parse_server_metadata(document.to_string(), document["issuer"].as_string().value_or(""), options);
}

cal::client_information read_client(arguments& from) {
    cal::client_information client;
    from.required_object("client", [&](arguments& members) {
        client.client_id = members.required_text("client_id");
        client.token_endpoint_auth_method = "none";
        if (members.has("id_token_signed_response_alg")) client.id_token_signed_response_alg = members.text("id_token_signed_response_alg");
        client.userinfo_signed_response_alg = members.text("userinfo_signed_response_alg");
    });
    return client;
}

cal::metadata_location read_location(arguments& from) {
    return from.choice("location", {"openid_configuration", "oauth_authorization_server"}) == 0 ? cal::metadata_location::openid_configuration
                                                                                                : cal::metadata_location::oauth_authorization_server;
}

cal::authorization_parameters read_authorization_parameters(arguments& from) {
    cal::authorization_parameters out;
    from.required_object("parameters", [&](arguments& members) {
        out.redirect_uri = members.required_text("redirect_uri");
        if (members.has("scope")) out.scope = members.text("scope");
        out.prompt = members.text("prompt");
        if (auto const age = members.number("max_age", -std::int64_t{UINT32_MAX}, UINT32_MAX)) out.max_age = cal::seconds(*age);
        out.acr_values = members.text("acr_values");
        out.acr_required = members.flag("acr_required");
        out.login_hint = members.text("login_hint");
        out.ui_locales = members.text("ui_locales");
        out.display = members.text("display");
        out.resource = members.texts("resource");
        members.object("extra", [&](arguments& extra) {
            auto const all = members["extra"];
            for (std::size_t i = 0; i < all.size() && all.kind() == cal::json_kind::object; ++i) {
                auto const name = all.member_name(i);
                out.extra.push_back({std::string(name), std::string(extra.text(name))});
            }
        });
    });
    return out;
}

std::vector<cal::http_header> read_headers(arguments& from) {
    std::vector<cal::http_header> out;
    auto const headers = from["headers"];
    if (headers.has_value() && headers.kind() != cal::json_kind::array) from.wrong("headers");
    for (std::size_t i = 0; i < headers.size(); ++i) {
        auto const name = headers[i][0].as_string(), text = headers[i][1].as_string();
        if (!name || !text || headers[i].size() != 2) return from.wrong("headers"), std::vector<cal::http_header>();
        out.push_back({std::string(*name), std::string(*text)});
    }
    return out;
}

wiped_response read_response(arguments& members, std::string_view body) {
    wiped_response out;
    out.status = static_cast<int>(members.required_number("status", 0, 999));
    out.headers = read_headers(members);
    out.body = body;
    return out;
}

wiped_response read_response_of(arguments& from, std::string_view body) {
    wiped_response out;
    from.required_object("response", [&](arguments& members) {
        out.status = static_cast<int>(members.required_number("status", 0, 999));
        out.headers = read_headers(members);
    });
    out.body = body;
    return out;
}

cal::http_request read_request(arguments& from) {
    cal::http_request out;
    from.required_object("request", [&](arguments& members) {
        out.method = cal::http_method(members.choice("method", {"GET", "POST", "PUT", "PATCH", "DELETE"}));
        out.url = members.required_text("url");
        out.headers = read_headers(members);
        out.body = members.text("body");
    });
    return out;
}

std::optional<cal::jwk_set> read_keys(arguments& from, std::string_view name) {
    if (!from.has(name)) return std::nullopt;
    auto keys = cal::parse_jwk_set(from[name].to_string());
    if (keys) return std::move(*keys);
    from.wrong(name);
    return std::nullopt;
}

cal::jwk_set read_required_keys(arguments& from) {
    if (!from.has("keys")) from.wrong("keys");
    return read_keys(from, "keys").value_or(cal::jwk_set());
}

cal::clock_offset read_clock(arguments& from, std::string_view name) {
    auto const learned = from.number(name, -arguments::most_number, arguments::most_number);
    return learned ? cal::clock_offset(cal::milliseconds(*learned)) : cal::clock_offset();
}

void read_timing(arguments& from, cal::refresh_timing& into) {
    from.object("timing", [&](arguments& members) {
        members.duration("early", into.early);
        members.duration("jitter", into.jitter);
    });
}

cal::check_options read_limits(arguments& from) {
    cal::check_options out;
    from.object("limits", [&](arguments& members) {
        for (auto const& [name, limit] : limit_names)
            if (auto const given = members.number(name, 0, INT32_MAX)) out.limits.*limit = static_cast<std::size_t>(*given);
    });
    return out;
}

cal::check_options read_options(arguments& from) {
    cal::check_options out;
    from.object("options", [&](arguments& members) { out = read_limits(members); });
    return out;
}

std::string secret_member(cal::json value, bool is_inside) {
    constexpr std::string_view names[]{"client_secret", "private_jwk", "api_key", "registration_access_token"};
    bool const named = value.kind() == cal::json_kind::object;
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto const member = named ? value.member_value(i) : value[i];
        auto const name = named ? std::string(value.member_name(i)) : std::to_string(i);
        if (name == "claims" && named && !is_inside) continue; // somebody else's words, which nothing takes a credential from
        if (member.has_value() && std::find(std::begin(names), std::end(names), name) != std::end(names)) return name;
        if (auto inside = secret_member(member, true); !inside.empty()) return name + "." + inside;
    }
    return {};
}

} // namespace bridge
