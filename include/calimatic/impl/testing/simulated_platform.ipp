#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#if !defined(CALIMATIC_CRYPTO_NONE)

#include <calimatic/impl/jose/algorithm.ipp>
#include <calimatic/impl/testing/simulated_claims.ipp>
#include <calimatic/impl/testing/simulated_platform_authorization.ipp>
#include <calimatic/impl/testing/simulated_platform_bulk.ipp>
#include <calimatic/impl/testing/simulated_platform_clients.ipp>
#include <calimatic/impl/testing/simulated_platform_headless.ipp>
#include <calimatic/impl/testing/simulated_platform_headless_account.ipp>
#include <calimatic/impl/testing/simulated_platform_logout.ipp>
#include <calimatic/impl/testing/simulated_platform_management.ipp>
#include <calimatic/impl/testing/simulated_platform_resources.ipp>
#include <calimatic/impl/testing/simulated_platform_signing.ipp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_platform_token.ipp>
#include <calimatic/impl/testing/simulated_platform_webhooks.ipp>

namespace calimatic::inline CALIMATIC_ABI {

namespace detail {

/// An issuer as the addresses of its metadata begin (OIDC Discovery 4.1).
inline std::string_view without_slash(std::string_view issuer) { return issuer.substr(0, issuer.size() - (issuer.ends_with('/') ? 1 : 0)); }

/// Where a request is going.
inline testing::simulated_endpoint simulated_endpoint_of(server_metadata const& server, std::string_view url) {
    using enum testing::simulated_endpoint;
    url = url.substr(0, url.find('?'));
    auto const issuer = without_slash(server.issuer);
    auto const host_end = (std::min)(issuer.find('/', issuer.find("//") + 2), issuer.size());
    if (url == std::string(issuer) + "/.well-known/openid-configuration") return discovery;
    if (url == std::string(issuer.substr(0, host_end)) + "/.well-known/oauth-authorization-server" + std::string(issuer.substr(host_end)))
        return discovery;
    if (url == server.jwks_uri) return jwks;
    if (url == server.authorization_endpoint) return authorization;
    if (url == server.token_endpoint) return token;
    if (url == server.userinfo_endpoint) return userinfo;
    if (url == server.revocation_endpoint) return revocation;
    if (url == server.introspection_endpoint) return introspection;
    if (url == server.end_session_endpoint) return end_session;
    auto const below = [&](std::string_view path) {
        auto const rest = url.starts_with(issuer) ? url.substr(issuer.size()) : std::string_view{};
        return rest.starts_with(path) && (rest.size() == path.size() || rest[path.size()] == '/');
    };
    if (below("/api/v1/oidc/register")) return registration;
    if (below("/api/v1/organizations")) return organizations;
    if (below("/api/v1/users/provision/bulk")) return bulk_provisioning;
    if (below("/api/v1/users")) return users;
    if (below("/api/v1/admin/webhooks")) return webhooks;
    if (below("/api/v1/auth/headless")) return headless;
    return unknown;
}

} // namespace detail

namespace testing {

CALIMATIC_DECL simulated_platform::simulated_platform(simulated_platform_options options) : state_(std::make_unique<state>(std::move(options))) {}
CALIMATIC_DECL simulated_platform::simulated_platform(simulated_platform&&) noexcept = default;
CALIMATIC_DECL simulated_platform& simulated_platform::operator=(simulated_platform&&) noexcept = default;
CALIMATIC_DECL simulated_platform::~simulated_platform() = default;

CALIMATIC_DECL simulated_platform::state::exchange simulated_platform::state::begin(simulated_endpoint endpoint, time_point now) {
    exchange x{.now = own_time(now), .entry = {.at = now, .endpoint = endpoint}};
    x.answer.issuer = options.issuer;
    x.answer.now = detail::whole_seconds(x.now);
    x.answer.duration = options.latency;
    x.answer.random = &random;
    if (options.send_date_header) x.answer.header("Date", detail::http_date(x.now));
    return x;
}

/// Lets the faults of a stage happen that wait for such a request. One that would change nothing goes on waiting.
CALIMATIC_DECL void simulated_platform::state::apply(exchange& x, fault_stage stage) {
    auto const fits = [&](waiting_fault const& fault) {
        auto const endpoint = fault.what.endpoint ? fault.what.endpoint : fault.how.endpoint;
        if (endpoint && *endpoint != x.entry.endpoint) return false;
        return fault.what.stage == stage && (fault.what.grant_type.empty() || fault.what.grant_type == x.entry.grant_type);
    };
    if ((stage == fault_stage::lost_before || stage == fault_stage::lost_after) && !x.behind_network) return;
    for (auto fault = faults.begin(); fault != faults.end();) {
        auto changed = x.answer;
        if (fits(*fault)) {
            changed.delay = fault->how.delay;
            changed.retry_after = fault->how.retry_after;
            fault->what.apply(changed);
        }
        if (changed == x.answer || (fault->how.after > 0 && fault->how.after-- > 0)) {
            ++fault;
            continue;
        }
        x.answer = std::move(changed);
        x.entry.faults.emplace_back(fault->what.name);
        if (fault->how.times == fault_injection::until_cleared || --fault->how.times > 0) ++fault;
        else fault = faults.erase(fault);
    }
}

CALIMATIC_DECL result<http_response, transport_failure> simulated_platform::state::serve(
    http_request const& request, time_point now, bool behind_network) {
    auto x = begin(detail::simulated_endpoint_of(metadata(), request.url), now);
    x.request = &request;
    x.behind_network = behind_network;
    x.answer.timeout = request.timeout;
    if (x.entry.endpoint == simulated_endpoint::token) {
        detail::simulated_form const form(request.body);
        x.entry.grant_type = form["grant_type"];
        x.entry.refresh_token = find_refresh_token(form["refresh_token"]);
    }
    if (x.entry.endpoint == simulated_endpoint::headless) x.entry.refresh_token = headless_refresh_token(x);
    apply(x, fault_stage::lost_before);
    if (!x.answer.failure) {
        apply(x, fault_stage::instead);
        x.entry.acted = x.answer.response.status == 0; // nothing has answered in its place
        if (x.entry.acted) {
            using enum simulated_endpoint;
            switch (x.entry.endpoint) {
            case discovery: answer_discovery(x); break;
            case jwks: answer_jwks(x); break;
            case authorization: answer_authorization(x); break;
            case token: answer_token(x); break;
            case userinfo: answer_userinfo(x); break;
            case revocation: answer_revocation(x); break;
            case introspection: answer_introspection(x); break;
            case registration: answer_registration(x); break;
            case end_session: answer_end_session(x); break;
            case organizations: answer_organizations(x); break;
            case users: answer_users(x); break;
            case bulk_provisioning: answer_bulk_provisioning(x); break;
            case webhooks: answer_webhooks(x); break;
            case headless: answer_headless(x); break;
            case unknown: x.json(404, "{}"); break;
            }
        }
        apply(x, fault_stage::response);
        apply(x, fault_stage::lost_after);
    }
    if (!x.answer.failure && x.answer.response.body.size() > request.max_response_body && behind_network)
        x.answer.failure = transport_failure::too_large;
    if (!x.answer.failure) x.entry.status = x.answer.response.status;
    last_duration = x.answer.duration;
    requests.push_back(std::move(x.entry));
    if (x.answer.failure) return unexpected{*x.answer.failure};
    return std::move(x.answer.response);
}

CALIMATIC_DECL server_metadata simulated_platform::state::metadata() const {
    auto const base = std::string(detail::without_slash(options.issuer)) + "/api/v1/oidc/";
    server_metadata server{.issuer = options.issuer,
        .authorization_endpoint = base + "authorize",
        .token_endpoint = base + "token",
        .jwks_uri = base + "jwks",
        .userinfo_endpoint = base + "userinfo",
        .registration_endpoint = base + "register",
        .revocation_endpoint = base + "revoke",
        .introspection_endpoint = base + "introspect",
        .end_session_endpoint = base + "logout",
        .scopes_supported = {"openid", "profile", "email", "address", "phone", "organization", "permissions", "offline_access"},
        .response_types_supported = {"code"},
        .response_modes_supported = {"query"},
        .grant_types_supported = {"authorization_code", "refresh_token", "client_credentials"},
        .token_endpoint_auth_methods_supported = {"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"},
        .code_challenge_methods_supported = {"S256"},
        .claims_supported = {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid"},
        .authorization_response_iss_parameter_supported = true};
    for (auto of_scope : detail::all_scope_claims())
        for (auto claim = detail::next_word(of_scope.claims); !claim.empty(); claim = detail::next_word(of_scope.claims))
            server.claims_supported.emplace_back(claim);
    for (auto const& row : detail::algorithm_table) server.id_token_signing_alg_values_supported.emplace_back(row.alg);
    server.token_endpoint_auth_signing_alg_values_supported = server.id_token_signing_alg_values_supported;
    return server;
}

CALIMATIC_DECL void simulated_platform::state::answer_discovery(exchange& x) {
    if (x.request->method != http_method::get) return x.json(405, "{}");
    x.answer.body = detail::json_members(serialize(metadata()));
    x.answer.body.set("subject_types_supported", R"(["public"])");
    x.answer.body.set("userinfo_signing_alg_values_supported", x.answer.body.value("id_token_signing_alg_values_supported"));
    apply(x, fault_stage::body);
    x.json(200, x.answer.body.text());
    x.answer.header("Cache-Control", "public, max-age=3600");
}

CALIMATIC_DECL void simulated_platform::state::answer_jwks(exchange& x) {
    if (x.request->method != http_method::get) return x.json(405, "{}");
    std::vector<std::string_view> published;
    for (auto const& kind : detail::all_simulated_keys())
        for (auto g = generation + 1; g-- > oldest_generation;)
            if (auto const key = kind.keys[g % kind.keys.size()]; std::find(published.begin(), published.end(), key) == published.end())
                published.push_back(key);
    for (auto const key : published) x.answer.keys.push_back(detail::public_half(key));
    apply(x, fault_stage::keys);
    std::string keys;
    for (auto const& key : x.answer.keys) keys.append(keys.empty() ? "" : ",").append(key.text());
    x.answer.body.set("keys", "[" + keys + "]");
    apply(x, fault_stage::body);
    x.json(200, x.answer.body.text());
}

CALIMATIC_DECL void simulated_platform::add_client(simulated_client client) {
    if (auto* known = state_->find_client(client.client.client_id)) *known = std::move(client);
    else state_->clients.push_back(std::move(client));
}

CALIMATIC_DECL void simulated_platform::add_user(simulated_user user) {
    if (auto* known = state_->find_user(user.sub)) *known = std::move(user);
    else state_->users.push_back(std::move(user));
}

CALIMATIC_DECL simulated_directory& simulated_platform::directory() noexcept { return state_->directory; }
CALIMATIC_DECL simulated_directory const& simulated_platform::directory() const noexcept { return state_->directory; }
CALIMATIC_DECL simulated_headless& simulated_platform::headless() noexcept { return state_->headless; }
CALIMATIC_DECL simulated_headless const& simulated_platform::headless() const noexcept { return state_->headless; }
CALIMATIC_DECL std::string const& simulated_platform::issuer() const noexcept { return state_->options.issuer; }
CALIMATIC_DECL server_metadata simulated_platform::metadata() const { return state_->metadata(); }

CALIMATIC_DECL http_response simulated_platform::handle(http_request const& request, time_point now) {
    return std::move(state_->serve(request, now, false)).value();
}

CALIMATIC_DECL result<http_response, transport_failure> simulated_platform::send(http_request const& request, time_point now) {
    return state_->serve(request, now, true);
}

CALIMATIC_DECL milliseconds simulated_platform::last_duration() const noexcept { return state_->last_duration; }

CALIMATIC_DECL result<std::string> simulated_platform::authorize(std::string_view authorization_url, time_point now, user_decision const& decision) {
    auto x = state_->begin(simulated_endpoint::authorization, now);
    auto redirect = state_->authorize(x, authorization_url, decision);
    x.entry.acted = true;
    x.entry.status = redirect ? 302 : 400;
    state_->requests.push_back(std::move(x.entry));
    return redirect;
}

CALIMATIC_DECL result<std::string> simulated_platform::end_session(std::string_view end_session_url, time_point now) {
    auto x = state_->begin(simulated_endpoint::end_session, now);
    auto const mark = (std::min)(end_session_url.find('?'), end_session_url.size());
    auto page = [&]() -> result<std::string> {
        if (end_session_url.substr(0, mark) == state_->metadata().end_session_endpoint)
            return state_->end_session(x, end_session_url.substr((std::min)(mark + 1, end_session_url.size())));
        return error(error_code::status_unexpected).with_http_status(404);
    }();
    x.entry.acted = true;
    x.entry.status = !page ? page.error().http_status() : page->empty() ? 200 : 302;
    state_->requests.push_back(std::move(x.entry));
    return page;
}

CALIMATIC_DECL std::string simulated_platform::make_logout_token(simulated_logout const& what, time_point now) {
    return state_->make_logout_token(what, now);
}

CALIMATIC_DECL void simulated_platform::rotate_keys() { ++state_->generation; }
CALIMATIC_DECL void simulated_platform::remove_old_keys() { state_->oldest_generation = state_->generation; }

CALIMATIC_DECL void simulated_platform::revoke_user(std::string_view sub) {
    for (auto& grant : state_->grants) grant.ended = grant.ended || grant.sub == sub;
}

CALIMATIC_DECL void simulated_platform::revoke_client(std::string_view client_id) {
    for (auto& grant : state_->grants) grant.ended = grant.ended || grant.client_id == client_id;
    for (auto& [text, token] : state_->access_tokens) token.revoked = token.revoked || token.client_id == client_id;
}

CALIMATIC_DECL void simulated_platform::set_clock_ahead(milliseconds ahead) noexcept { state_->options.clock_ahead = ahead; }

CALIMATIC_DECL result<void> simulated_platform::inject(fault_injection injection) {
    auto found = find_fault(injection.name);
    if (!found) return found.error();
    if (injection.times > 0) state_->faults.push_back({*found, std::move(injection)});
    return {};
}

CALIMATIC_DECL result<void> simulated_platform::inject(std::string_view name) { return inject(fault_injection{.name = std::string(name)}); }
CALIMATIC_DECL void simulated_platform::clear_faults() noexcept { state_->faults.clear(); }

CALIMATIC_DECL std::vector<simulated_request> const& simulated_platform::requests() const noexcept { return state_->requests; }

CALIMATIC_DECL std::size_t simulated_platform::count(simulated_endpoint endpoint) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        state_->requests.begin(), state_->requests.end(), [endpoint](simulated_request const& request) { return request.endpoint == endpoint; }));
}

CALIMATIC_DECL void simulated_platform::clear_requests() noexcept { state_->requests.clear(); }

} // namespace testing

} // namespace calimatic::inline CALIMATIC_ABI

#endif
