// The functions of oidc/: UserInfo, logout at the provider, sign-ins that somebody else began. `options` is {limits?}.

#include "calls.hpp"
#include "values.hpp"
#include <calimatic/oidc/logout.hpp>
#include <calimatic/oidc/third_party_initiated_login.hpp>
#include <calimatic/oidc/userinfo.hpp>
#include <string>
#include <utility>

namespace bridge {
namespace {

json_text write_form(cal::end_session_form const& form) {
    cal::detail::json_writer writer;
    json_pairs fields;
    for (auto const& field : form.fields) fields.add(field.name, field.value);
    return writer.string("url", form.url).raw("fields", fields.finish()).finish();
}

/// `pending`: the text that `make_pending_logout` gave; none where the user does not come back.
cal::result<cal::pending_logout> read_pending(arguments& given, cal::check_options const& options) {
    auto const text = given.text("pending");
    if (!given.has("pending")) return cal::pending_logout();
    return cal::parse_pending_logout(text, options);
}

/// Both forms of the request take the same.
template <class Build>
reply build_end_session(arguments& given, Build&& build) {
    auto const options = read_options(given);
    auto const server = read_server(given, options);
    auto const client = read_client(given);
    auto const pending = read_pending(given, options);
    cal::end_session_parameters parameters;
    given.object("parameters", [&](arguments& members) {
        parameters = {members.text("id_token_hint"), members.text("logout_hint"), members.text("ui_locales")};
    });
    if (!server) return failure(server.error());
    if (!pending) return failure(pending.error());
    return build(*server, client, *pending, parameters, options);
}

// clang-format off
constexpr function table[]{
    // {server, access_token, options?} -> request
    {"build_userinfo_request", [](arguments& given, call const&) -> reply {
        auto const options = read_options(given);
        auto const server = read_server(given, options);
        auto const access_token = given.required_text("access_token");
        if (!server) return failure(server.error());
        return reply_of(cal::build_userinfo_request(*server, access_token, options), [](cal::http_request const& request) { return to_json(request); });
    }},
    // {response, sub, options?} -> {sub, ...}
    {"parse_userinfo_response", [](arguments& given, call const& call) -> reply {
        auto const response = read_response_of(given, call.bytes);
        auto const sub = given.required_text("sub");
        return reply_of(cal::parse_userinfo_response(response, sub, read_options(given)), [](cal::userinfo const& claims) {
            return json_text(claims.root().to_string());
        });
    }},
    // {post_logout_redirect_uri, options?} -> the text to keep until the user comes back, secret
    {"make_pending_logout", [](arguments& given, call const& call) -> reply {
        auto const uri = given.required_text("post_logout_redirect_uri");
        auto const pending = cal::make_pending_logout(uri, call.random, read_options(given));
        return pending ? text_value(serialize(*pending).expose()) : failure(pending.error());
    }},
    // {server, client, pending?, parameters?: {id_token_hint?, logout_hint?, ui_locales?}, options?} -> URL
    {"build_end_session_url", [](arguments& given, call const&) -> reply {
        return build_end_session(given, [](auto const&... all) { return reply_of(cal::build_end_session_url(all...)); });
    }},
    // the same -> {url, fields: [[name, value], ...]}
    {"build_end_session_form", [](arguments& given, call const&) -> reply {
        return build_end_session(given, [](auto const&... all) {
            auto form = cal::build_end_session_form(all...);
            auto out = reply_of(form, write_form);
            if (form)
                for (auto& field : form->fields) cal::wipe(field.value); // the ID Token is one of them
            return out;
        });
    }},
    // {url, pending, options?} -> null
    {"validate_end_session_response", [](arguments& given, call const&) -> reply {
        auto const options = read_options(given);
        auto const url = given.required_text("url");
        if (!given.has("pending")) given.wrong("pending");
        auto const pending = read_pending(given, options);
        return pending ? reply_of(cal::validate_end_session_response(url, *pending, options)) : failure(pending.error());
    }},
    // {request: {method?, url, headers?, body?}, expected: {issuers: [...], iss_if_missing?, targets?: [...]}, options?}
    //  -> {iss, login_hint?, target_link_uri?}
    {"validate_third_party_initiated_login", [](arguments& given, call const&) -> reply {
        auto const request = read_request(given);
        cal::login_initiation_expectations expected;
        given.required_object("expected", [&](arguments& members) {
            expected.issuers = members.texts("issuers");
            expected.iss_if_missing = members.text("iss_if_missing");
            expected.targets = members.texts("targets");
        });
        return reply_of(cal::validate_third_party_initiated_login(request, expected, read_options(given)),
            [](cal::third_party_initiated_login const& login) {
                cal::detail::json_writer writer;
                writer.string("iss", login.iss).optional_string("login_hint", login.login_hint);
                return json_text(writer.optional_string("target_link_uri", login.target_link_uri).finish());
            });
    }},
};
// clang-format on

} // namespace

functions oidc_functions() { return table; }

} // namespace bridge
