#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/response.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>

namespace calimatic::inline CALIMATIC_ABI::testing {

/// RP-Initiated Logout 2 and 3. A browser is redirected to an address that is registered, and to no other.
CALIMATIC_DECL result<std::string> simulated_platform::state::end_session(exchange& x, std::string_view parameters) {
    auto const page = [](std::string_view text) {
        return error(error_code::status_unexpected).with_http_status(400).with_server("invalid_request", text);
    };
    detail::simulated_form const form(parameters);
    if (!form.well_formed()) return page("the parameters cannot be read");
    std::string client_id(form["client_id"]);
    auto const hint = id_tokens.find(form["id_token_hint"]); // however old it is
    if (hint == id_tokens.end() && !form["id_token_hint"].empty()) return page("the id_token_hint was never issued here");
    if (hint != id_tokens.end()) {
        auto const& audience = grants[hint->second].client_id;
        if (!client_id.empty() && client_id != audience) return page("the id_token_hint was issued to another client");
        client_id = audience;
    }
    x.entry.client_id = client_id;
    auto const* client = find_client(client_id);
    if (!client && !client_id.empty()) return page("the client_id is not known");
    std::string const uri(form["post_logout_redirect_uri"]);
    if (!uri.empty()) {
        if (!client) return page("nobody says which client the post_logout_redirect_uri is of");
        auto const& registered = client->post_logout_redirect_uris;
        if (std::find(registered.begin(), registered.end(), uri) == registered.end()) return page("the post_logout_redirect_uri is not registered");
    }

    auto const last = std::find_if(grants.rbegin(), grants.rend(), [&](grant_record const& one) { return one.client_id == client_id; });
    auto const sub = hint != id_tokens.end() ? grants[hint->second].sub : last != grants.rend() ? last->sub : std::string();
    for (auto& grant : grants) grant.ended = grant.ended || (grant.client_id == client_id && grant.sub == sub);
    if (uri.empty()) return std::string();
    std::string query;
    if (!form["state"].empty()) detail::append_form(query, "state", form["state"]);
    return detail::append_query(uri, query);
}

CALIMATIC_DECL void simulated_platform::state::answer_end_session(exchange& x) {
    auto const& request = *x.request;
    auto const mark = (std::min)(request.url.find('?'), request.url.size());
    auto const query = std::string_view(request.url).substr((std::min)(mark + 1, request.url.size()));
    bool const is_form =
        request.method == http_method::post && detail::media_type(request.headers) == "application/x-www-form-urlencoded" && query.empty();
    if (!is_form && request.method != http_method::get) return x.answer.answer(400, "text/plain", "a logout is a GET, or a POST of a form");
    auto const back = end_session(x, is_form ? std::string_view(request.body) : query);
    if (!back) return x.answer.answer(400, "text/plain", back.error().server_text());
    x.answer.answer(back->empty() ? 200 : 302, "text/plain", back->empty() ? "signed out" : "");
    if (!back->empty()) x.answer.header("Location", *back);
}

CALIMATIC_DECL std::string simulated_platform::state::make_logout_token(simulated_logout const& what, time_point now) {
    auto x = begin(simulated_endpoint::end_session, now);
    auto& draft = x.answer.id_token;
    auto const* client = find_client(what.client_id);
    draft = client ? draft_for(client->client.id_token_signed_response_alg, client->client.client_secret.expose()) : draft_for("RS256", {});
    draft.header.set_string("typ", "logout+jwt");
    draft.claims.set_string("iss", options.issuer).set_string("aud", what.client_id).set_string("jti", random_text(random));
    draft.claims.set_number("iat", x.answer.now).set_number("exp", x.answer.now + 120);
    draft.claims.set("events", R"({"http://schemas.openid.net/event/backchannel-logout":{}})");
    if (!what.sub.empty()) draft.claims.set_string("sub", what.sub);
    if (!what.sid.empty()) draft.claims.set_string("sid", what.sid);
    apply(x, fault_stage::claims);
    draft.text = sign(draft);
    apply(x, fault_stage::id_token);
    return draft.text;
}

} // namespace calimatic::inline CALIMATIC_ABI::testing
