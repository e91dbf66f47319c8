#include <calimatic/detail/base64url.hpp>
#include <calimatic/detail/form.hpp>
#include <calimatic/detail/uri.hpp>
#include <calimatic/jose/signature_verifier.hpp>
#include <calimatic/oidc/logout.hpp>
#include <calimatic/oidc/logout_request.hpp>
#include <calimatic/oidc/logout_token.hpp>
#include <calimatic/oidc/logout_token_rules.hpp>
#include <calimatic/oidc/third_party_initiated_login.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz.hpp"
#include "support/keys.hpp"

/// \file
/// Logout in both directions, and logins that others begin.

namespace fuzz {

namespace {

constexpr std::string_view issuer = "https://op.example";
constexpr std::string_view state = "the-state-0123456789";
constexpr cal::time_point now{cal::milliseconds(1'800'000'000'000)};

/// A request as a server gets it: a method that may be wrong, the type and the body.
cal::http_request request_of(reader& in) {
    cal::http_request request;
    request.method = in.flag() ? cal::http_method::get : cal::http_method::post;
    request.headers.push_back({"Content-Type", in.flag() ? in.text() : "application/x-www-form-urlencoded"});
    request.url = "https://app.example/page?" + in.text();
    request.body = in.rest();
    return request;
}

void logout_request(std::string_view input) {
    reader in(input);
    auto const request = request_of(in);
    auto const token = cal::parse_logout_request(request);
    auto const answer = cal::build_logout_response(token);
    require(answer.status == (token ? 200 : 400), "what is refused is answered with 400");
    require(cal::find_header(answer.headers, "cache-control") == "no-store", "no answer is cached");
    if (!token) return require_fit(token.error());
    require(request.method == cal::http_method::post && !token->empty(), "a token comes with POST");
    auto const sent = cal::detail::parse_form(request.body, {});
    auto const named = [](auto const& one) { return one.name == "logout_token"; };
    require(sent && std::count_if(sent->begin(), sent->end(), named) == 1, "there is one token");
    require(token->size() <= cal::limits{}.token, "a token is within its limit");
    static cal::signature_verifier verifier(support::public_keys({support::ed25519_key}), {cal::signature_algorithm::eddsa});
    cal::logout_token_expectations const expected{.issuer = issuer, .client_id = "client", .id_token_signed_response_alg = "EdDSA"};
    auto const claims = cal::validate_logout_token(*token, verifier, expected, now);
    require(!claims, "nobody has a signature");
    require_fit(claims.error());
}

/// A header and a payload, each on a line of its own; they need not be JSON. The signature is taken to be right, and then not.
void logout_token_rules(std::string_view input) {
    reader in(input);
    auto const header = in.text(), payload = in.text();
    auto const choices = in.byte();
    cal::replay_cache seen(1);
    cal::logout_token_expectations expected{.issuer = issuer, .client_id = "client"};
    expected.id_token_signed_response_alg = (choices & 1) != 0 ? "EdDSA" : "RS256";
    if ((choices & 2) != 0) expected.trusted_audiences = {"api"};
    expected.typ_required = (choices & 4) != 0;
    if ((choices & 8) != 0) expected.tokens_seen = &seen;
    auto const token = cal::detail::base64url_encode(header) + '.' + cal::detail::base64url_encode(payload) + ".c2lnbmF0dXJl";

    auto rules = cal::logout_token_rules::start(token, expected);
    if (!rules) return require_fit(rules.error());
    require(rules->token().alg == expected.id_token_signed_response_alg, "an algorithm is the registered one");
    require(!std::move(*cal::logout_token_rules::start(token, expected)).finish(false, now), "without a signature there are no claims");
    auto const claims = std::move(*rules).finish(true, now);
    require(!std::move(*rules).finish(true, now), "the claims are handed out once");
    if (!claims) {
        require_fit(claims.error());
        require(seen.size() == 0, "what is refused is not remembered");
        return;
    }
    require(claims->iss() == issuer && !claims->jti().empty(), "the issuer is the expected one");
    auto const aud = claims->aud();
    require(std::find(aud.begin(), aud.end(), "client") != aud.end(), "the client is an audience");
    require(claims->sub() || claims->sid(), "somebody is meant");
    require(!claims->all()["nonce"].has_value() && (*claims)["events"].size() > 0, "it is no ID Token");
    require(claims->exp() + cal::seconds(60) > now && claims->iat() <= now + cal::seconds(60), "the token is of this time");
    if (expected.tokens_seen) {
        auto again = cal::logout_token_rules::start(token, expected);
        require(std::move(*again).finish(true, now).error() == cal::error_code::replayed, "no token is accepted twice");
    }
}

void pending_logout(std::string_view input) {
    auto const pending = cal::parse_pending_logout(input);
    if (!pending) {
        require_fit(pending.error());
        require_secret_kept(pending.error(), input, input, {"state"});
        return;
    }
    require(pending->state.empty() == pending->post_logout_redirect_uri.empty(), "nothing is missing that a check hangs on");
    auto const blob = cal::serialize(*pending);
    auto const again = cal::parse_pending_logout(blob.expose());
    require(again && cal::serialize(*again).expose() == blob.expose(), "a pending logout stays the same");
}

void end_session_response(std::string_view input) {
    for (std::string_view const page : {"https://app.example/bye", "http://127.0.0.1:8080/?a=1&b", "com.example.app:/bye"}) {
        auto const ended = cal::validate_end_session_response(input, {std::string(page), state});
        if (ended) {
            auto const mark = input.find('?');
            auto const form = cal::detail::parse_form(input.substr(mark + 1, input.find('#') - mark - 1), {});
            auto const mine = [](auto const& one) { return one.name == "state" && one.value == state; };
            require(form && std::count_if(form->begin(), form->end(), mine) == 1, "our state came back once");
            continue;
        }
        require_fit(ended.error());
        if (input.starts_with("https://app.example/")) require(!tells(ended.error(), state), "no error tells the state");
    }
}

void end_session_url(std::string_view input) {
    reader in(input);
    cal::server_metadata const server{.issuer = std::string(issuer), .end_session_endpoint = "https://op.example/logout" + in.text()};
    cal::pending_logout const pending{in.flag() ? "" : "https://app.example/bye" + in.text(), state};
    auto const hint = in.text(), logout_hint = in.text(), locales = in.text();
    cal::end_session_parameters const parameters{hint, logout_hint, locales};
    auto const url = cal::build_end_session_url(server, {.client_id = "client"}, pending, parameters);
    auto const form = cal::build_end_session_form(server, {.client_id = "client"}, pending, parameters);
    if (!url) {
        require_fit(url.error());
        require(!tells(url.error(), state) || count(input, state) > 0, "no error tells the state");
        require(!form || url.error() == cal::error_code::url_too_long, "a form is refused for what a URL is refused for");
        return;
    }
    require(url->size() <= cal::limits{}.url && cal::detail::check_endpoint(*url, {}).has_value(), "the URL is one");
    require(form && url->starts_with(form->url), "the endpoint's own query is kept");
    auto const sent = cal::detail::parse_form(url->substr(url->find('?') + 1), {});
    require(sent.has_value(), "the query can be read");
    for (auto const& field : form->fields)
        require(std::count_if(sent->begin(), sent->end(), [&](auto const& one) { return one.name == field.name; }) == 1, "a parameter is sent once");
}

void login_initiation(std::string_view input) {
    reader in(input);
    auto const request = request_of(in);
    cal::login_initiation_expectations expected{.issuers = {std::string(issuer)}, .targets = {"https://app.example/a/", "http://localhost:3000"}};
    if (in.empty()) expected.iss_if_missing = "https://platform.example";
    auto const login = cal::validate_third_party_initiated_login(request, expected);
    if (!login) return require_fit(login.error());
    require(login->iss == issuer || (login->iss == expected.iss_if_missing && !login->iss.empty()), "the issuer is a trusted one");
    if (login->target_link_uri.empty()) return;
    auto const target = cal::detail::parse_uri(login->target_link_uri, {});
    require(target && !target->has_userinfo, "the target is a URL");
    bool const first = target->scheme == "https" && target->host == "app.example" && target->path.starts_with("/a/");
    bool const second = target->scheme == "http" && target->host == "localhost" && target->port == "3000";
    require(first || second, "the target is the application's");
    for (std::string_view const bad : {"/../", "/./", "%2e%2e", "%2E%2E", "%2f", "%2F", "%5c", "%5C", "%0", "\\"})
        require(target->path.find(bad) == std::string::npos, "the path is a plain one");
}

} // namespace

std::span<target const> oidc_targets() {
    static constexpr target targets[] = {
        {"logout_request", logout_request},
        {"logout_token_rules", logout_token_rules},
        {"pending_logout", pending_logout},
        {"end_session_response", end_session_response},
        {"end_session_url", end_session_url},
        {"login_initiation", login_initiation},
    };
    return targets;
}

} // namespace fuzz
