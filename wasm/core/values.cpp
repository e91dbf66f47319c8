#include "values.hpp"
#include <calimatic/detail/base64url.hpp>
#include <cstdint>
#include <utility>

namespace bridge {

namespace {

using cal::detail::json_writer;

std::int64_t milliseconds_of(cal::time_point time) { return time.time_since_epoch().count(); }

std::string string_array(std::string_view a, std::string_view b) {
    json_writer writer;
    writer.strings("x", {std::string(a), std::string(b)});
    auto text = writer.finish(); // {"x":[...]}
    return text.substr(5, text.size() - 6);
}

constexpr std::string_view hash_names[]{"SHA-256", "SHA-384", "SHA-512"};
constexpr std::string_view question_names[]{"verify_signature", "hash_begins_with", "sha256"};

} // namespace

std::string to_json(cal::http_request const& request) {
    json_writer writer;
    writer.number("id", static_cast<std::int64_t>(request.id)).string("method", to_string(request.method)).string("url", request.url);
    std::string headers = "[";
    for (auto const& header : request.headers) {
        if (headers.size() > 1) headers += ',';
        headers += string_array(header.name, header.value);
    }
    headers += ']';
    writer.raw("headers", headers);
    cal::wipe(headers);
    writer.string("body", request.body).number("timeout", request.timeout.count());
    writer.number("max_response_body", static_cast<std::int64_t>(request.max_response_body));
    return writer.finish();
}

std::string to_json(cal::crypto_question const& question) {
    json_writer writer;
    writer.number("id", static_cast<std::int64_t>(question.id)).string("what", question_names[static_cast<std::size_t>(question.what)]);
    writer.string("data", cal::detail::base64url_encode(question.data.expose()));
    writer.string("expected", cal::detail::base64url_encode(question.expected));
    if (question.what == cal::crypto_question::kind::hash_begins_with) writer.string("hash", hash_names[static_cast<std::size_t>(question.hash)]);
    if (question.what != cal::crypto_question::kind::verify_signature) return writer.finish();
    writer.string("algorithm", cal::traits_of(question.algorithm).alg);
    if (!question.secret.empty()) writer.string("secret", cal::detail::base64url_encode(question.secret.expose()));
    else writer.raw("key", cal::thumbprint_input(question.key)); // a public key's required members are all that it is
    return writer.finish();
}

std::string to_json(cal::token_set const& tokens) {
    json_writer writer;
    writer.string("access_token", tokens.access_token.expose()).string("token_type", tokens.token_type);
    if (tokens.expires_at) writer.number("expires_at", milliseconds_of(*tokens.expires_at));
    writer.number("received_at", milliseconds_of(tokens.received_at));
    writer.optional_string("refresh_token", tokens.refresh_token.expose()).optional_string("id_token", tokens.id_token.expose());
    writer.string("scope", tokens.scope);
    return writer.finish();
}

std::string to_json(cal::sign_in const& signed_in) {
    json_writer writer;
    writer.raw("tokens", to_json(signed_in.tokens)).raw("claims", signed_in.claims.all().root().to_string());
    if (signed_in.userinfo) writer.raw("userinfo", signed_in.userinfo->root().to_string());
    if (signed_in.userinfo_error) writer.raw("userinfo_error", to_json(*signed_in.userinfo_error));
    writer.raw("keys", serialize(signed_in.keys));
    if (auto const offset = signed_in.clock.learned()) writer.number("clock_offset", offset->count());
    writer.boolean("scope_reduced", signed_in.scope_reduced);
    return writer.finish();
}

cal::result<cal::server_metadata> read_server(arguments& from) {
    auto const document = from["server"];
    if (document.kind() != cal::json_kind::object) from.wrong("server");
    return cal::parse_server_metadata(document.to_string(), document["issuer"].as_string().value_or(""));
}

cal::client_information read_client(arguments& from) {
    cal::client_information client;
    auto members = from.object("client");
    if (!members) {
        from.wrong("client");
        return client;
    }
    client.client_id = members->required_text("client_id");
    client.token_endpoint_auth_method = "none";
    if (members->has("id_token_signed_response_alg")) client.id_token_signed_response_alg = members->text("id_token_signed_response_alg");
    client.userinfo_signed_response_alg = members->text("userinfo_signed_response_alg");
    members->finish();
    return client;
}

cal::authorization_parameters read_authorization_parameters(arguments from) {
    cal::authorization_parameters out;
    out.redirect_uri = from.required_text("redirect_uri");
    if (from.has("scope")) out.scope = from.text("scope");
    out.prompt = from.text("prompt");
    if (auto const age = from.number("max_age")) out.max_age = cal::seconds(*age);
    out.acr_values = from.text("acr_values");
    out.acr_required = from.flag("acr_required").value_or(false);
    out.login_hint = from.text("login_hint");
    out.ui_locales = from.text("ui_locales");
    out.display = from.text("display");
    out.resource = from.texts("resource");
    if (auto extra = from.object("extra")) {
        auto const members = from["extra"];
        for (std::size_t i = 0; i < members.size(); ++i) {
            auto const name = members.member_name(i);
            out.extra.push_back({std::string(name), std::string(extra->text(name))});
        }
    }
    from.finish();
    return out;
}

cal::http_response read_response(arguments from, std::string_view body) {
    cal::http_response out;
    auto const status = from.number("status");
    if (!status || *status < 0 || *status > 999) from.wrong("status");
    out.status = static_cast<int>(status.value_or(0));
    auto const headers = from["headers"];
    for (std::size_t i = 0; i < headers.size(); ++i) {
        auto const name = headers[i][0].as_string(), text = headers[i][1].as_string();
        if (!name || !text) from.wrong("headers");
        else out.headers.push_back({std::string(*name), std::string(*text)});
    }
    from.finish();
    out.body = body;
    return out;
}

cal::jwk_set read_keys(arguments& from, std::string_view name) {
    auto const document = from[name];
    auto keys = cal::parse_jwk_set(document.to_string());
    if (keys) return std::move(*keys);
    from.wrong(name);
    return {};
}

std::string secret_member(cal::json value) {
    constexpr std::string_view names[]{"client_secret", "private_jwk", "api_key", "registration_access_token"};
    for (std::size_t i = 0; value.kind() == cal::json_kind::object && i < value.size(); ++i) {
        auto const name = value.member_name(i);
        for (auto const secret : names)
            if (name == secret && value.member_value(i).has_value()) return std::string(name);
        if (auto inside = secret_member(value.member_value(i)); !inside.empty()) return std::string(name) + "." + inside;
    }
    return {};
}

} // namespace bridge
