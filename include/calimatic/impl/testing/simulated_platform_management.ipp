#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/impl/testing/simulated_platform_state.ipp>
#include <calimatic/impl/testing/simulated_provisioning.ipp>

namespace calimatic::inline CALIMATIC_ABI::testing {

/// Ends an exchange with an envelope of success around JSON text. What no reply has is "".
CALIMATIC_DECL void simulated_platform::state::give_envelope(exchange& x, int status, std::string data_json) {
    x.answer.body.set("success", "true");
    if (!data_json.empty()) x.answer.body.set("data", std::move(data_json));
    apply(x, fault_stage::body);
    x.json(status, x.answer.body.text());
}

CALIMATIC_DECL void simulated_platform::state::give_refusal(exchange& x, int status, std::string_view words) {
    x.answer.body.set("success", "false").set_string("error", words);
    apply(x, fault_stage::body);
    x.json(status, x.answer.body.text());
}

/// Who calls the management API with a permission ("": none is needed): the client_id of an application, or "" with an API key. Nothing where the
/// call was refused, and the exchange is over.
CALIMATIC_DECL std::optional<std::string> simulated_platform::state::management_caller(exchange& x, std::string_view permission) {
    auto const header = [&x](std::string_view name) { return find_header(x.request->headers, name); };
    std::vector<std::string> const* permissions = nullptr;
    std::string caller;
    if (auto const id = header("x-client-id")) {
        x.entry.client_id = caller = *id;
        auto const* client = find_client(*id);
        auto const secret = client ? client->client.client_secret.expose() : std::string_view();
        if (!secret.empty() && constant_time_equal(secret, header("x-client-secret").value_or(""))) permissions = &client->permissions;
    } else if (auto const key = header("x-api-key")) {
        for (auto const& one : directory.api_keys)
            if (!one.value.empty() && constant_time_equal(one.value.expose(), *key)) permissions = &one.permissions;
    }
    if (!permissions) {
        give_refusal(x, 401, "Unauthorized");
        return std::nullopt;
    }
    if (!permission.empty() && std::find(permissions->begin(), permissions->end(), permission) == permissions->end()) {
        give_refusal(x, 403, "Missing permission: " + std::string(permission));
        return std::nullopt;
    }
    return caller;
}

/// The JSON object that a request to the management API has. Nothing where it has none, and the exchange is over.
CALIMATIC_DECL std::optional<json_document> simulated_platform::state::management_body(exchange& x) {
    auto const type = find_header(x.request->headers, "Content-Type").value_or("");
    auto document = parse_json(x.request->body, x.request->body.size());
    bool const is_json = detail::equal_ignoring_case(type.substr(0, type.find(';')), "application/json");
    if (is_json && document && document->root().kind() == json_kind::object) return std::move(*document);
    give_refusal(x, 400, "The body has to be a JSON object");
    return std::nullopt;
}

/// A version 4 UUID (RFC 9562 5.4) of the seed's.
CALIMATIC_DECL std::string simulated_platform::state::new_id() {
    static constexpr char digits[] = "0123456789abcdef";
    std::string id = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    for (char& c : id) {
        if (c == 'x') c = digits[random.next() & 15];
        if (c == 'y') c = digits[8 | (random.next() & 3)];
    }
    return id;
}

/// Gives a user the licences of the three rules.
CALIMATIC_DECL void simulated_platform::state::assign_licenses(
    simulated_account& account, std::string_view caller, std::optional<std::vector<std::string>> const& asked) {
    auto const give = [&account](std::string const& application) {
        if (std::find(account.applications.begin(), account.applications.end(), application) == account.applications.end())
            account.applications.push_back(application);
    };
    auto const* organization = directory.find_organization(account.organization_id);
    auto const enabled = organization ? organization->applications : std::vector<std::string>();
    if (!caller.empty()) give(std::string(caller));
    for (auto const& application : enabled) {
        bool const wanted = asked ? std::find(asked->begin(), asked->end(), application) != asked->end() : caller.empty();
        if (wanted) give(application);
    }
}

/// Creates the user who has an address, or finds the one that does, and gives the licences.
CALIMATIC_DECL simulated_platform::state::provisioned simulated_platform::state::provision(
    std::string_view caller, detail::simulated_provisioning const& asked) {
    auto* account = directory.find_account_by_email(asked.email);
    bool const is_new = account == nullptr;
    if (is_new) {
        account = &directory.accounts.emplace_back(simulated_account{.user_id = new_id(),
            .keycloak_user_id = new_id(),
            .email = asked.email,
            .first_name = asked.first_name,
            .last_name = asked.last_name,
            .organization_id = asked.organization_id,
            .role = asked.role.empty() ? "member" : asked.role});
        detail::json_members claims;
        claims.set_string("name", asked.first_name + ' ' + asked.last_name).set_string("given_name", asked.first_name);
        claims.set_string("family_name", asked.last_name).set_string("email", asked.email);
        users.push_back({account->user_id, claims.text()});
        directory.events.push_back({"user.created", account->user_id, account->organization_id});
    }
    assign_licenses(*account, caller, asked.applications);
    if (asked.send_invite_email) ++account->invitations;
    return {account, is_new};
}

CALIMATIC_DECL void simulated_platform::state::answer_users(exchange& x) {
    auto const path = detail::simulated_path(options.issuer, x.request->url);
    bool const is_get = x.request->method == http_method::get;
    bool const is_post = x.request->method == http_method::post;
    auto const caller = management_caller(x, "org:users:manage");
    if (!caller) return;
    if (path == "/api/v1/users/resolve" && is_get) return resolve_user(x, *caller);
    if (path == "/api/v1/users/provision" && is_post) return provision_user(x, *caller);
    give_refusal(x, 404, "There is no such endpoint");
}

CALIMATIC_DECL void simulated_platform::state::resolve_user(exchange& x, std::string_view caller) {
    auto const question = (std::min)(x.request->url.find('?'), x.request->url.size());
    detail::simulated_form const query(std::string_view(x.request->url).substr((std::min)(question + 1, x.request->url.size())));
    auto const email = query["email"];
    auto const keycloak_id = query[options.management.profile.resolve_keycloak_parameter];
    if (!query.well_formed() || email.empty() == keycloak_id.empty()) return give_refusal(x, 400, "An email or a Keycloak id is needed");
    auto const* account = email.empty() ? directory.find_account_by_keycloak_id(keycloak_id) : directory.find_account_by_email(email);
    if (!account && options.management.nobody_is_404) return give_refusal(x, 404, "User not found");
    if (!account) return give_envelope(x, 200, "null");
    detail::json_members data;
    data.set_string("userId", account->user_id).set_string("keycloakUserId", account->keycloak_user_id).set_string("email", account->email);
    data.set("licenses", detail::json_strings(account->applications));
    bool const has_license = std::find(account->applications.begin(), account->applications.end(), caller) != account->applications.end();
    if (!caller.empty()) data.set("hasLicense", has_license ? "true" : "false");
    give_envelope(x, 200, data.text());
}

CALIMATIC_DECL void simulated_platform::state::provision_user(exchange& x, std::string_view caller) {
    auto const body = management_body(x);
    if (!body) return;
    auto const asked = detail::read_provisioning(body->root(), {});
    if (!asked) return give_refusal(x, 400, asked.error());
    if (!asked->organization_id.empty() && !directory.find_organization(asked->organization_id))
        return give_refusal(x, 400, "organizationId: there is no such organization");
    auto const [account, is_new] = provision(caller, *asked);
    detail::json_members data;
    data.set_string("userId", account->user_id).set_string("keycloakUserId", account->keycloak_user_id).set_string("email", account->email);
    data.set("isNewUser", is_new ? "true" : "false");
    give_envelope(x, is_new ? 201 : 200, data.text());
}

CALIMATIC_DECL void simulated_platform::state::answer_organizations(exchange& x) { x.json(404, "{}"); }

} // namespace calimatic::inline CALIMATIC_ABI::testing
