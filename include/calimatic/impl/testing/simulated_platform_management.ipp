#pragma once
#include <calimatic/testing/simulated_platform.hpp>

#include <calimatic/detail/ascii.hpp>
#include <calimatic/detail/scope.hpp>
#include <calimatic/impl/testing/simulated_claims.ipp>
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
            .role = asked.role.empty() ? "member" : asked.role,
            .external_id = asked.external_id,
            .metadata_json = asked.metadata_json,
            .password = asked.temporary_password.clone(),
            .password_hash = asked.password_hash.clone(),
            .password_is_temporary = !asked.temporary_password.empty()});
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

CALIMATIC_DECL detail::json_members simulated_platform::state::account_members(simulated_account const& account) {
    detail::json_members members;
    members.set_string("userId", account.user_id).set_string("keycloakUserId", account.keycloak_user_id).set_string("email", account.email);
    return members;
}

CALIMATIC_DECL detail::json_members simulated_platform::state::organization_members(simulated_organization const& organization) {
    detail::json_members members;
    members.set_string("id", organization.id).set_string("name", organization.name).set_string("slug", organization.slug);
    members.set_string("type", organization.type).set_string("plan", organization.plan);
    members.set("domain", organization.domain.empty() ? "null" : detail::json_string(organization.domain));
    return members;
}

CALIMATIC_DECL void simulated_platform::state::answer_users(exchange& x) {
    auto const path = detail::simulated_path(options.issuer, x.request->url);
    bool const is_get = x.request->method == http_method::get;
    bool const is_post = x.request->method == http_method::post;
    auto const caller = management_caller(x, "org:users:manage");
    if (!caller) return;
    if (path == "/api/v1/users/resolve" && is_get) return resolve_user(x, *caller);
    if (path == "/api/v1/users/provision" && is_post) return provision_user(x, *caller);
    if (path == "/api/v1/users/import" && is_post) return import_users(x, *caller);
    if (auto const id = detail::simulated_segment(path, "/api/v1/users/", "/reset-password"); id && is_post) return reset_password(x, *id);
    if (auto const id = detail::simulated_segment(path, "/api/v1/users/", "/set-password"); id && is_post) return set_password(x, *id);
    give_refusal(x, 404, "There is no such endpoint");
}

CALIMATIC_DECL void simulated_platform::state::resolve_user(exchange& x, std::string_view caller) {
    auto const query = detail::simulated_query(x.request->url);
    auto const email = query["email"];
    auto const keycloak_id = query[options.management.profile.resolve_keycloak_parameter];
    if (!query.well_formed() || email.empty() == keycloak_id.empty()) return give_refusal(x, 400, "An email or a Keycloak id is needed");
    auto const* account = email.empty() ? directory.find_account_by_keycloak_id(keycloak_id) : directory.find_account_by_email(email);
    if (!account && options.management.nothing_is_404) return give_refusal(x, 404, "User not found");
    if (!account) return give_envelope(x, 200, "null");
    auto data = account_members(*account);
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
    auto data = account_members(*account);
    data.set("isNewUser", is_new ? "true" : "false");
    give_envelope(x, is_new ? 201 : 200, data.text());
}

/// One user who cannot be imported is enough for nobody to be.
CALIMATIC_DECL void simulated_platform::state::import_users(exchange& x, std::string_view caller) {
    auto const body = management_body(x);
    if (!body) return;
    auto const records = body->root()["users"];
    if (records.kind() != json_kind::array || records.size() == 0) return give_refusal(x, 400, "users: an array is needed");
    std::vector<detail::simulated_provisioning> all;
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto asked = detail::read_import(records[i]);
        if (!asked) return give_refusal(x, 400, "users[" + std::to_string(i) + "]: " + asked.error());
        if (!asked->organization_id.empty() && !directory.find_organization(asked->organization_id))
            return give_refusal(x, 400, "users[" + std::to_string(i) + "]: there is no such organization");
        all.push_back(std::move(*asked));
    }
    std::string rows;
    for (auto const& asked : all) {
        auto const [account, is_new] = provision(caller, asked);
        rows.append(rows.empty() ? "" : ",").append(account_members(*account).set("isNewUser", is_new ? "true" : "false").text());
    }
    give_envelope(x, 200, detail::json_members().set("users", "[" + rows + "]").text());
}

CALIMATIC_DECL void simulated_platform::state::reset_password(exchange& x, std::string_view id) {
    auto* account = directory.find_account(id);
    if (!account) return give_refusal(x, 404, "User not found");
    ++account->password_resets;
    give_envelope(x, 200, {});
}

CALIMATIC_DECL void simulated_platform::state::set_password(exchange& x, std::string_view id) {
    auto const body = management_body(x);
    if (!body) return;
    auto* account = directory.find_account(id);
    if (!account) return give_refusal(x, 404, "User not found");
    detail::record_reader read(body->root());
    secret_string password = read.text(options.management.profile.set_password_member, 8, 128);
    if (!read.wrong().empty()) return give_refusal(x, 400, read.wrong());
    account->password = std::move(password);
    account->password_is_temporary = true;
    give_envelope(x, 200, {});
}

CALIMATIC_DECL void simulated_platform::state::answer_organizations(exchange& x) {
    auto const path = detail::simulated_path(options.issuer, x.request->url);
    auto const caller = management_caller(x, "org:manage");
    if (!caller) return;
    if (path == "/api/v1/organizations" && x.request->method == http_method::post) return create_organization(x, *caller);
    if (path == "/api/v1/organizations" && x.request->method == http_method::get) return find_organization(x);
    give_refusal(x, 404, "There is no such endpoint");
}

CALIMATIC_DECL void simulated_platform::state::create_organization(exchange& x, std::string const& caller) {
    auto const body = management_body(x);
    if (!body) return;
    detail::record_reader read(body->root());
    simulated_organization made{.name = read.text("name", 1, 255),
        .slug = read.text("slug", 1, 100),
        .type = read.text("type", 0, 20),
        .domain = read.text("domain", 0, 255),
        .plan = read.text("plan", 0, 50)};
    if (made.type.empty()) made.type = "customer";
    if (made.plan.empty()) made.plan = "free";
    if (made.type != "customer" && made.type != "partner" && made.type != "internal") read.refuse("type");
    if (made.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) read.refuse("slug");
    if (!read.wrong().empty()) return give_refusal(x, 400, read.wrong());

    if (auto const* known = directory.find_organization_by_slug(made.slug)) {
        auto path = options.management.conflict_id_path;
        auto value = detail::json_string(known->id);
        for (auto dot = path.rfind('.'); dot != std::string::npos; dot = path.rfind('.')) {
            value = detail::json_members().set(path.substr(dot + 1), std::move(value)).text();
            path.resize(dot);
        }
        x.answer.body.set("success", options.management.conflict_is_success ? "true" : "false");
        x.answer.body.set_string("error", "An organization with this slug exists").set(path, std::move(value));
        apply(x, fault_stage::body);
        return x.json(409, x.answer.body.text());
    }
    made.id = new_id();
    if (!caller.empty()) made.applications.push_back(caller);
    directory.organizations.push_back(std::move(made));
    give_envelope(x, 201, organization_members(directory.organizations.back()).text());
}

CALIMATIC_DECL void simulated_platform::state::find_organization(exchange& x) {
    auto const query = detail::simulated_query(x.request->url);
    if (!query.well_formed() || query["slug"].empty()) return give_refusal(x, 400, "A slug is needed");
    auto const* found = directory.find_organization_by_slug(query["slug"]);
    bool const as_array = options.management.lookup_gives_array;
    if (!found && options.management.nothing_is_404) return give_refusal(x, 404, "Organization not found");
    if (!found) return give_envelope(x, 200, as_array ? "[]" : "null");
    auto const text = organization_members(*found).text();
    give_envelope(x, 200, as_array ? "[" + text + "]" : text);
}

/// The claims of a user that a scope reaches, those of the platform included.
CALIMATIC_DECL detail::json_members simulated_platform::state::claims_of(std::string_view sub, std::string_view scope) {
    detail::json_members claims;
    if (auto const* user = find_user(sub)) claims = detail::claims_within(user->claims_json, scope);
    auto const* account = directory.find_account(sub);
    if (!account) return claims;
    auto const& profile = options.management.claims;
    if (detail::has_word(scope, "organization")) {
        if (!account->organization_id.empty()) {
            auto membership = detail::json_string(account->organization_id);
            claims.set("organization_id", membership);
            if (!profile.organization_id.empty()) membership = detail::json_members().set(profile.organization_id, membership).text();
            claims.set("organization_memberships", "[" + membership + "]");
        }
        if (!account->user_type.empty()) claims.set_string("user_type", account->user_type);
    }
    if (detail::has_word(scope, "permissions"))
        claims.set(profile.permissions, detail::json_strings(account->permissions)).set(profile.roles, detail::json_strings(account->roles));
    return claims;
}

/// Whether a user may sign in to an application as far as licences go.
CALIMATIC_DECL bool simulated_platform::state::is_licensed(std::string_view sub, std::string_view client_id) {
    if (!options.management.sign_in_needs_license) return true;
    auto const* account = directory.find_account(sub);
    if (!account) return false;
    return account->is_platform_admin ||
        std::find(account->applications.begin(), account->applications.end(), client_id) != account->applications.end();
}

} // namespace calimatic::inline CALIMATIC_ABI::testing
