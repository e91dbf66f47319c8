#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/uri.hpp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <charconv>
#include <system_error>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// The scopes of a list that are in every other one that there is.
inline std::string common_scope(std::string_view asked, std::initializer_list<std::optional<std::string_view>> allowed) {
    std::string common;
    for (auto word = next_word(asked); !word.empty(); word = next_word(asked))
        if (std::all_of(allowed.begin(), allowed.end(), [word](auto const& list) { return !list || has_word(*list, word); }))
            common.append(common.empty() ? "" : " ").append(word);
    return common;
}

/// How old an authentication may be.
inline std::optional<seconds> requested_max_age(simulated_form const& request) {
    auto const text = request["max_age"];
    std::uint32_t age = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), age);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return seconds(age);
}

/// What is wrong with an authorization request whose client and redirect_uri are known: an error of RFC 6749 4.1.2.1, or "".
inline std::string_view authorization_request_error(simulated_form const& request) {
    if (!request.well_formed()) return "invalid_request";
    if (request["response_type"] != "code") return "unsupported_response_type";
    if (request["code_challenge"].empty() || request["code_challenge_method"] != "S256") return "invalid_request";
    if (!has_word(request["scope"], "openid")) return "invalid_scope";
    if (has_word(request["prompt"], "none") && request["prompt"] != "none") return "invalid_request"; // OIDC Core 3.1.2.1
    if (!request["max_age"].empty() && !requested_max_age(request)) return "invalid_request";
    return {};
}

} // namespace detail

namespace testing {

CALIMATIC_DECL result<std::string> simulated_platform::state::authorize(exchange& x, std::string_view url, user_decision const& decision) {
    auto const page = [](std::string_view text) { return error(error_code::authorization_error).with_server("invalid_request", text); };
    auto const question = (std::min)(url.find('?'), url.size());
    if (url.substr(0, question) != metadata().authorization_endpoint) return page("this is not the address of the authorization endpoint");
    detail::simulated_form const request(url.substr((std::min)(question + 1, url.size())));
    x.entry.client_id = request["client_id"];
    auto const* client = find_client(request["client_id"]);
    if (!client) return page("the client_id is not known");
    std::string const redirect_uri(request["redirect_uri"]);
    if (std::find(client->redirect_uris.begin(), client->redirect_uris.end(), redirect_uri) == client->redirect_uris.end())
        return page("the redirect_uri is not registered");

    auto& redirect = x.answer.redirect;
    auto const& user = decision.sub.empty() && !users.empty() ? users.front().sub : decision.sub;
    auto refused = detail::authorization_request_error(request);
    if (refused.empty() && !decision.allow) refused = decision.error;
    if (refused.empty() && !find_user(user)) refused = "login_required";
    if (refused.empty() && !is_licensed(user, client->client.client_id)) refused = "access_denied";
    auto const scope = detail::common_scope(request["scope"], {client->scope, decision.granted_scope});
    if (refused.empty() && scope.empty()) refused = "access_denied";
    auto authenticated_at = decision.authenticated_at;
    auto const max_age = detail::requested_max_age(request);
    if (detail::has_word(request["prompt"], "login") || (authenticated_at && max_age && x.now - *authenticated_at > *max_age))
        authenticated_at = std::nullopt;
    if (refused.empty() && request["prompt"] == "none" && !authenticated_at) refused = "login_required"; // nobody may be asked
    if (!refused.empty()) {
        redirect.emplace_back("error", refused);
    } else {
        grants.push_back({.sub = user,
            .client_id = client->client.client_id,
            .scope = scope,
            .nonce = std::string(request["nonce"]),
            .authenticated_at = authenticated_at.value_or(x.now),
            .code = random_text(random),
            .code_challenge = std::string(request["code_challenge"]),
            .redirect_uri = redirect_uri,
            .code_expires_at = x.now + options.code_lifetime,
            .sid = "session-" + std::to_string(grants.size() + 1)});
        redirect.emplace_back("code", grants.back().code);
    }
    if (!request["state"].empty()) redirect.emplace_back("state", request["state"]);
    redirect.emplace_back("iss", options.issuer);
    apply(x, fault_stage::redirect);
    std::string query;
    for (auto const& [name, value] : redirect) detail::append_form(query, name, value);
    return detail::append_query(redirect_uri, query);
}

/// For a test with a browser of its own: nobody is asked, and the first user allows everything.
CALIMATIC_DECL void simulated_platform::state::answer_authorization(exchange& x) {
    auto const redirect = authorize(x, x.request->url, {});
    x.answer.answer(redirect ? 302 : 400, "text/plain", redirect ? std::string_view() : redirect.error().server_text());
    if (redirect) x.answer.header("Location", *redirect);
}

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI
