#include "platform_values.hpp"
#include <optional>
#include <utility>

namespace bridge {

namespace {

using cal::detail::json_writer;

json_writer& json_member(json_writer& writer, std::string_view name, cal::json value) {
    auto text = value.has_value() ? value.to_string() : "null";
    writer.raw(name, text);
    cal::wipe(text);
    return writer;
}

json_writer& flag_member(json_writer& writer, std::string_view name, std::optional<bool> value) {
    return value ? writer.boolean(name, *value) : writer.raw(name, "null");
}

json_writer& error_member(json_writer& writer, std::string_view name, std::optional<cal::error> const& error) {
    return writer.raw(name, error ? to_json(*error) : "null");
}

/// Members that every description of a user has.
template <class User>
void read_user(arguments& from, User& out) {
    out.email = from.text("email");
    out.first_name = from.text("firstName");
    out.last_name = from.text("lastName");
    out.organization_id = from.text("organizationId");
    out.role = from.text("role");
    if (from.has("applications")) out.applications = from.texts("applications");
}

} // namespace

std::string to_json(cal::organization const& organization) {
    json_writer writer;
    writer.string("id", organization.id).string("name", organization.name).string("slug", organization.slug).string("type", organization.type);
    writer.string("domain", organization.domain).string("plan", organization.plan).boolean("created", organization.created);
    return json_member(writer, "document", organization.document.root()).finish();
}

std::string to_json(cal::resolved_user const& user) {
    json_writer writer;
    writer.string("userId", user.user_id).string("keycloakUserId", user.keycloak_user_id).string("email", user.email);
    flag_member(writer, "hasLicense", user.has_license);
    json_member(writer, "licenses", user.licenses());
    return json_member(writer, "document", user.document.root()).finish();
}

std::string to_json(cal::provisioned_user const& user) {
    json_writer writer;
    writer.string("userId", user.user_id).string("keycloakUserId", user.keycloak_user_id).string("email", user.email);
    flag_member(writer, "isNewUser", user.is_new_user);
    return json_member(writer, "document", user.document.root()).finish();
}

std::string to_json(cal::provision_batch_response const& response) {
    std::string rows = "[";
    for (auto const& row : response.rows) {
        json_writer writer;
        writer.string("outcome", to_string(row.outcome)).boolean("was_reported", row.was_reported);
        writer.string("userId", row.user_id).string("keycloakUserId", row.keycloak_user_id);
        if (rows.size() > 1) rows += ',';
        rows += error_member(writer, "error", row.error).finish();
    }
    rows += ']';
    json_writer writer;
    writer.number("status", response.status).raw("rows", rows);
    error_member(writer, "refusal", response.refusal);
    return json_member(writer, "document", response.document.root()).finish();
}

std::string to_json(cal::platform_response const& response) {
    json_writer writer;
    writer.number("status", response.status);
    return json_member(writer, "document", response.document.root()).finish();
}

std::string to_json(cal::platform_claims const& claims) {
    json_writer writer;
    auto const organization = claims.organization_id(), type = claims.user_type();
    if (organization) writer.string("organization_id", *organization);
    else writer.raw("organization_id", "null");
    if (type) writer.string("user_type", *type);
    else writer.raw("user_type", "null");
    json_member(writer, "organization_memberships", claims.organization_memberships());
    return json_member(writer, "licenses", claims.licenses()).finish();
}

cal::platform_client read_platform(arguments& from) {
    cal::platform_client platform;
    platform.credentials = cal::added_by_host{};
    auto members = from.object("platform");
    if (!members) {
        from.wrong("platform");
        return platform;
    }
    platform.base_url = members->required_text("base_url");
    members->finish();
    return platform;
}

cal::management_profile read_management_profile(arguments& from) {
    cal::management_profile profile;
    auto members = from.object("profile");
    if (!members) return profile;
    profile.resolve_keycloak_parameter = members->text("resolve_keycloak_parameter");
    if (members->has("reset_password_body")) profile.reset_password_body = members->text("reset_password_body");
    profile.set_password_member = members->text("set_password_member");
    members->finish();
    return profile;
}

cal::claims_profile read_claims_profile(arguments& from) {
    cal::claims_profile profile;
    auto members = from.object("profile");
    if (!members) return profile;
    profile.permissions = members->text("permissions");
    profile.roles = members->text("roles");
    profile.organization_id = members->text("organization_id");
    members->finish();
    return profile;
}

cal::new_organization read_new_organization(arguments from) {
    cal::new_organization out;
    out.name = from.text("name");
    out.slug = from.text("slug");
    out.type = from.text("type");
    out.domain = from.text("domain");
    out.plan = from.text("plan");
    out.extra_members = read_json(from, "extra_members");
    from.finish();
    return out;
}

cal::new_user read_new_user(arguments from) {
    cal::new_user out;
    read_user(from, out);
    out.send_invite_email = from.flag("sendInviteEmail");
    out.extra_members = read_json(from, "extra_members");
    from.finish();
    return out;
}

cal::batch_user read_batch_user(arguments from) {
    cal::batch_user out;
    read_user(from, out);
    from.finish();
    return out;
}

std::vector<cal::batch_user> read_batch_users(arguments& from) {
    std::vector<cal::batch_user> out;
    for (auto& user : from.objects("users")) out.push_back(read_batch_user(std::move(user)));
    return out;
}

std::vector<cal::imported_user> read_imported_users(arguments& from) {
    std::vector<cal::imported_user> out;
    for (auto& user : from.objects("users")) {
        cal::imported_user one;
        read_user(user, one);
        one.temporary_password = cal::secret_string(user.text("temporaryPassword"));
        one.password_hash = cal::secret_string(user.text("passwordHash"));
        one.external_id = user.text("externalId");
        one.metadata = read_json(user, "metadata");
        user.finish();
        out.push_back(std::move(one));
    }
    return out;
}

std::string read_json(arguments& from, std::string_view name) {
    auto const value = from[name];
    return value.has_value() ? value.to_string() : std::string();
}

} // namespace bridge
